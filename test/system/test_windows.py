# SPDX-License-Identifier: BSD-2-Clause
"""What firmware says about PMP entries, against a model of the windows."""

import dataclasses
import re

import pytest

import demo
import machine
import tap

PAGE = 4096
CALL = re.compile(r"opensbi-cove: hart \d+: COVH ([12])\(0x(\w+), 0x(\w+), .*\)"
                  r" = (-?\d+), 0x0$")
FREE = re.compile(r"opensbi-cove: (\d+) of (\d+) PMP entries free for windows$")
FAILED = -1


def entries(pages):
    """PMP entries for a set of page numbers: one for a naturally aligned
    power of two, else two."""
    total = 0
    for first in sorted(p for p in pages if p - 1 not in pages):
        size = 1
        while first + size in pages:
            size += 1
        total += 2 if size & (size - 1) or first % size else 1
    return total


class Model:
    """The windows as the calls that are traced must leave them."""

    def __init__(self, boot):
        pool = re.search(r"^opensbi-cove: pool 0x(\w+), (\d+) pages", boot.text,
                         re.M)
        start = int(pool[1], 16) // PAGE if pool else 0
        self.pool = range(start, start + (int(pool[2]) if pool else 0))
        self.total = int(re.search(r"^opensbi-cove: PMP .* (\d+) free for",
                                   boot.text, re.M)[1])
        self.pages = set()
        self.counts = {"said": 0, "refused": 0}

    def call(self, fid, base, num, error):
        """A convert (1) or reclaim (2)."""
        pages = {p for p in range(base // PAGE, base // PAGE + num)
                 if p not in self.pool}
        after = self.pages | pages if fid == 1 else self.pages - pages
        if error == 0:
            self.pages = after
            assert entries(after) <= self.total
        elif error == FAILED:
            self.counts["refused"] += 1
            assert entries(after) > self.total

    def say(self, free, total):
        """The line after a call that was served."""
        self.counts["said"] += 1
        assert total == self.total
        assert free == total - entries(self.pages)


def follow(boot):
    """Hold all lines against the model."""
    model = Model(boot)
    for line in boot.lines:
        call, free = CALL.match(line), FREE.match(line)
        if call:
            model.call(int(call[1]), int(call[2], 16), int(call[3], 16),
                       int(call[4]))
        if free:
            model.say(int(free[1]), int(free[2]))
    return model


def test_free_entries(axes):
    """A line for each change of the windows, and no call that is refused
    although it fits, or served although it does not."""
    axes = dataclasses.replace(axes, trace=True, harts=min(axes.harts, 2))
    boot = machine.boot("windows", axes, "test=window")
    result = tap.check(boot)
    assert not result.problems, result.problems
    model = follow(boot)
    assert model.counts["said"] > 200 and model.counts["refused"] > 5
    assert not model.pages
    # As many windows as the line at boot has promised
    count = int(re.search(r"^# (\d+) windows of one page", boot.text, re.M)[1])
    assert count == model.total


@pytest.fixture(scope="module", name="used")
def entries_used(axes):
    """Entries that OpenSBI and the TSM take on this machine."""
    text = machine.boot("pmp-used", axes, "test=?", timeout=30).text
    return int(re.search(r"^opensbi-cove: PMP \d+ entries, (\d+) used", text,
                         re.M)[1])


def boot_limited(axes, limit, append):
    """Boot with at most so many entries; all cases that are not skipped
    must pass."""
    boot = machine.boot("pmp-%d" % limit, dataclasses.replace(
        axes, pmp_limit=limit), append)
    result = tap.check(boot)
    failed = ["%s: %s" % (c.name, c.reason) for c in result.cases if not c.ok]
    assert not failed, "%s, see %s" % ("\n".join(failed), boot.log)
    assert not result.problems, "%s, see %s" % (result.problems, boot.log)
    return boot.text, {c.name: c.skip for c in result.cases}


def test_no_entry_left(axes, used):
    """With none for windows, the TSM works from its pool."""
    text, skipped = boot_limited(axes, used, "test=basic,guest,window_full")
    assert ("opensbi-cove: PMP %d entries, %d used, 0 free for windows\n" %
            (used, used)) in text
    assert not skipped["no entry for windows: the pool is enough"]
    assert not skipped["hello, all of it measured"]


def test_demo_without_windows(axes, used):
    """The demonstration says so and goes on with the pool."""
    elf = machine.GUESTS / "hello.elf"
    boot = machine.boot("pmp-demo", dataclasses.replace(axes, pmp_limit=used),
                        "", elf)
    assert "\nhost: no window beside the pool: " in boot.text, boot.log
    assert demo.guest_part(boot) == demo.hello_lines(elf.read_bytes())
    assert "host: done, power off" in boot.lines, boot.log


def test_entry_missing(axes, used):
    """With one less there is no TSM; the machine goes on."""
    text, skipped = boot_limited(axes, used - 1, "test=notsm notsm=1")
    assert text.count("opensbi-cove: no TSM") == 1
    assert ("opensbi-cove: no TSM: %d PMP entries do not suffice\n" %
            (used - 1)) in text
    assert not any(skipped.values())
