# SPDX-License-Identifier: BSD-2-Clause
"""T-72: TVM memory over a reset, through SRST and from outside."""

import dataclasses
import re
import struct
import tempfile
from pathlib import Path

import pytest

import machine
import tap

NOTHING = "no page records, nothing zeroed"
OTHER = "page records of another memory map, nothing zeroed"


def previous(boot):
    """What each boot says of the run before."""
    return re.findall(r"^opensbi-cove: previous run: (.*)$", boot.text, re.M)


def test_t72_late_hart(axes):
    """A hart that is starting when the reset comes runs no TVM behind it."""
    if axes.harts == 1:
        pytest.skip("needs a second hart")
    boot = machine.boot("reboot-late", axes, "test=reboot reboot=2",
                        reboot=True)
    assert boot.text.count(tap.HEAD + "\n") == 2, boot.log
    result = tap.check(boot)
    assert not result.problems, result.problems
    assert [(c.ok, c.skip) for c in result.cases] == [(True, False)], \
        result.cases[0].reason


@pytest.mark.parametrize("harts", [1, 0])
def test_t72_srst(axes, harts):
    """The first boot fills TVMs and resets; the second finds nothing."""
    axes = dataclasses.replace(axes, harts=harts or axes.harts)
    boot = machine.boot("reboot-%d" % axes.harts, axes, "test=reboot reboot=1",
                        reboot=True)
    heads = boot.text.count(tap.HEAD + "\n")
    assert heads == 2, "%d boots, see %s" % (heads, boot.log)
    zeroed = re.findall(r"reset: (\d+) confidential pages zeroed", boot.text)
    assert int(zeroed[0]) >= 128
    result = tap.check(boot)
    assert not result.problems, result.problems
    assert [(c.ok, c.skip) for c in result.cases] == [(True, False)], \
        result.cases[0].reason
    # All is done: the second boot has nothing to do
    assert previous(boot) == [NOTHING, NOTHING]
    # The second boot is like the first, whatever a reset leaves in the PMP
    pmp = re.findall(r"^opensbi-cove: PMP .*$", boot.text, re.M)
    assert len(pmp) == 2 and pmp[0] == pmp[1], boot.log


def test_t72_vector(axes):
    """A hart that goes down inside keeps no V registers of the guest."""
    if axes.harts == 1:
        pytest.skip("needs a second hart")
    axes = dataclasses.replace(axes, cpu="rv64,v=on")
    boot = machine.boot("reboot-vector", axes, "test=reboot reboot=5",
                        reboot=True)
    assert boot.text.count(tap.HEAD + "\n") == 2, boot.log
    result = tap.check(boot)
    assert not result.problems, result.problems
    assert [(c.ok, c.skip) for c in result.cases] == [(True, False)], \
        result.cases[0].reason


def from_outside(axes, name, append, **more):
    """Two boots, the second after a reset that nobody announced."""
    monitor = machine.Monitor("host: reset me", machine.Monitor.reset)
    boot = machine.boot(name, axes, append, reboot=True, see=monitor.see,
                        more=monitor.args, **more)
    skip = re.search(r"^ok 1 - .* # SKIP (.*)", boot.text, re.M)
    if skip:
        pytest.skip(skip[1])
    heads = boot.text.count(tap.HEAD + "\n")
    assert heads == 2, "%d boots, see %s" % (heads, boot.log)
    # The firmware had no part in it
    assert boot.text.index("opensbi-cove: reset:") > \
        boot.text.rindex(tap.HEAD)
    result = tap.check(boot)
    assert not result.problems, result.problems
    assert [(c.ok, c.skip) for c in result.cases] == [(True, False)], \
        result.cases[0].reason
    return boot


def zeroed(line):
    """Numbers of pages: zeroed, and zeroed in part."""
    found = re.fullmatch(r"(\d+) confidential pages zeroed, (\d+) of them "
                         "around new data", line)
    assert found, line
    return int(found[1]), int(found[2])


def test_t72_from_outside(axes):
    """QEMU's monitor resets the machine while a TVM runs."""
    boot = from_outside(axes, "reboot-outside", "test=reboot reboot=3")
    first, second = previous(boot)
    assert first == NOTHING
    pages, in_part = zeroed(second)
    assert pages >= 128 and not in_part


def test_t72_loader(axes):
    """What the boot loader has just filled is spared, to the byte."""
    boot = from_outside(axes, "reboot-loader", "test=reboot reboot=4")
    loaded = sum(-(-(int(end, 16) - int(start, 16)) // 4096)
                 for start, end in re.findall(
                     r"^# confidential: 0x(\w+)-0x(\w+)$", boot.text, re.M))
    pages, in_part = zeroed(previous(boot)[1])
    # Firmware has made the device tree larger since
    assert pages == loaded and loaded >= in_part >= loaded - 2 > 0


RAM = 0x80000000
RAM_PAGES = 0x40000
PAGE = 4096
NC, DATA = 2, 11
# Two pages that nobody uses at boot
VICTIM = 0x90000000


class Forger:
    """Puts things into RAM, as an earlier system could have done."""

    def __init__(self, axes):
        text = machine.boot("forge-places", axes, "test=basic").text
        at = re.search(r"pool 0x(\w+), (\d+) pages; trampoline 0x(\w+)", text)
        self.records = int(re.search(r"records 0x(\w+),", text)[1], 16)
        self.pool, self.block = int(at[1], 16), int(at[3], 16)
        self.block_size = self.pool + int(at[2]) * PAGE - self.block
        self.dir = tempfile.TemporaryDirectory()
        self.args = []
        self.place(VICTIM, b"\xc5" * 2 * PAGE)

    def place(self, addr, data):
        """Some bytes."""
        path = Path(self.dir.name) / ("%x" % addr)
        path.write_bytes(data)
        self.args += ["-device", "loader,file=%s,addr=0x%x,force-raw=on" %
                      (path, addr)]

    def place_note(self, magic=0x436F5645526563A1, nram=1):
        """hart/previous.c says what it looks like."""
        self.place(self.pool - PAGE, struct.pack(
            "<7Q", magic, self.records, self.block, self.block_size, nram,
            RAM, RAM + RAM_PAGES * PAGE).ljust(PAGE, b"\0"))

    def place_records(self):
        """All is confidential that is not the next image, but for a page."""
        image = struct.unpack_from("<Q", machine.HOST.read_bytes(), 16)[0]
        rec = [DATA] * RAM_PAGES
        first = 0x200000 // PAGE
        last = first + -(-image // PAGE)
        rec[first:last] = [NC] * (last - first)
        rec[(VICTIM - RAM) // PAGE + 1] = NC
        self.place(self.records, struct.pack("<%dQ" % RAM_PAGES, *rec))

    def boot(self, name, axes):
        """One boot; what it says, and what has become of the two pages."""
        seen = []
        monitor = machine.Monitor(
            tap.HEAD, lambda m: seen.append(m.read(VICTIM, 2 * PAGE)))
        boot = machine.boot(name, axes, "test=basic,guest", see=monitor.see,
                            more=self.args + monitor.args)
        result = tap.check(boot)
        assert not result.problems, result.problems
        assert all(c.ok for c in result.cases), boot.log
        line, = previous(boot)
        return line, seen[0][:PAGE], seen[0][PAGE:]


def test_t72_forged(axes):
    """Records that an earlier system has made up cost nothing in use."""
    forger = Forger(axes)
    forger.place_note()
    forger.place_records()
    line, zero, same = forger.boot("forge", axes)
    pages, in_part = zeroed(line)
    # Up to the records themselves, at the least
    assert pages >= (forger.records - RAM) // PAGE - 4096
    # Firmware, device tree, initrd
    assert in_part > 64
    assert zero == bytes(PAGE) and same == b"\xc5" * PAGE


@pytest.mark.parametrize("note, says", [({"magic": 1}, NOTHING),
                                        ({"nram": 1 << 60}, OTHER),
                                        ({"nram": 0}, OTHER)])
def test_t72_garbage(axes, note, says):
    """Neither is a note that is not exactly this machine's believed."""
    forger = Forger(axes)
    forger.place_note(**note)
    forger.place_records()
    line, one, two = forger.boot("garbage", axes)
    assert line == says
    assert one == two == b"\xc5" * PAGE
