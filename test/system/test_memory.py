# SPDX-License-Identifier: BSD-2-Clause
"""T-20: RAM that the device tree lists twice; and other maps of memory."""

import dataclasses
import re
import subprocess

import pytest

import machine
import tap

REFUSED = "opensbi-cove: no TSM: RAM map unusable or no place in it "

# QEMU's own node is 0x80000000 to 0xbfffffff. Ranges of nodes beside it:
BESIDE = {
    "inside": [[(0x88000000, 0x1000000)]],
    "one-page": [[(0xbffff000, 0x1000)]],
    "equal": [[(0x80000000, 0x40000000)]],
    "same-base": [[(0x80000000, 0x1000)]],
    "same-end": [[(0xa0000000, 0x20000000)]],
    "across-the-end": [[(0xbfff0000, 0x20000)]],
    "wraps": [[(0xc0000000, 0xffffffff50000000)]],
}
# and of nodes instead of it
INSTEAD = {
    "two-ranges": [[(0x80000000, 0x20000000), (0x9ffff000, 0x20001000)]],
    "two-nodes": [[(0xa0000000, 0x20000000)], [(0x80000000, 0x20001000)]],
    "equal-nodes": [[(0x80000000, 0x40000000)]] * 2,
}


def tree(axes, name, nodes, base=True):
    """The machine's device tree with more memory nodes, as a file."""
    machine.LOGS.mkdir(parents=True, exist_ok=True)
    dtb = machine.LOGS / ("%s.dtb" % name)
    subprocess.run([machine.ROOT / "firmware/qemu.sh", "-M",
                    "virt,dumpdtb=%s" % dtb, "-cpu", machine.cpu(axes), "-m",
                    axes.mem, "-smp", str(axes.harts), "-nographic"],
                   env=machine.environment(QEMU=axes.qemu), check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    if not base:
        subprocess.run(["fdtput", "-r", dtb, "/memory@80000000"], check=True)
    for i, ranges in enumerate(nodes):
        # Two nodes cannot have one name, their ranges can be equal
        node = "/memory@%x" % (0x1000000000 + i)
        cells = ["%x" % (n >> s & 0xffffffff) for r in ranges for n in r
                 for s in (32, 0)]
        subprocess.run(["fdtput", "-c", dtb, node], check=True)
        subprocess.run(["fdtput", "-t", "s", dtb, node, "device_type",
                        "memory"], check=True)
        subprocess.run(["fdtput", "-t", "x", dtb, node, "reg"] + cells,
                       check=True)
    return dtb


def boot(axes, name, append, nodes, base=True):
    """Boot with that memory map; everything must pass."""
    dtb = tree(axes, name, nodes, base)
    result = machine.boot(name, axes, append, more=["-dtb", dtb])
    cases = tap.check(result)
    assert not cases.problems, cases.problems
    failed = ["%s: %s" % (c.name, c.reason) for c in cases.cases if not c.ok]
    assert not failed, "\n".join(failed)
    assert all(c.reason == "needs a second hart" and axes.harts == 1
               for c in cases.cases if c.skip), result.log
    return result.text


def check_refused(axes, name, nodes, base):
    """Boot says why there is no TSM, once, and goes on without."""
    text = boot(axes, "alias-" + name, "test=notsm notsm=1", nodes, base)
    assert text.count("opensbi-cove: no TSM") == 1
    assert text.count(REFUSED) == 1
    assert not re.search(r"^opensbi-cove: (TSM|pool|PMP)", text, re.M)


@pytest.mark.parametrize("name", BESIDE)
def test_t20_beside(axes, name):
    """One node more, which names RAM again."""
    check_refused(axes, name, BESIDE[name], True)


@pytest.mark.parametrize("name", INSTEAD)
def test_t20_instead(axes, name):
    """Two ranges or nodes of which neither is whole."""
    check_refused(axes, name, INSTEAD[name], False)


def test_t20_too_many_banks(axes):
    """More banks than the TSM can count are refused, not cut off."""
    nodes = [[(0x80000000 + i * 0x4000000, 0x4000000)] for i in range(9)]
    check_refused(axes, "banks", nodes, False)


def test_t20_two_banks(axes):
    """Banks that only touch are no alias, in whatever order they come."""
    nodes = [[(0xa0000000, 0x20000000), (0x80000000, 0x20000000)]]
    text = boot(axes, "banks-2", "test=basic,access,reset", nodes, False)
    assert re.search(r"^opensbi-cove: PMP \d+ entries", text, re.M)


def test_gib(axes):
    """Enough RAM for a guest's page of 1 GiB, which may not fit the PMP."""
    result = machine.boot("gib", dataclasses.replace(axes, mem="3G"),
                          "test=gib", timeout=240)
    cases = tap.check(result)
    assert not cases.problems, cases.problems
    assert not [(c.name, c.reason) for c in cases.cases if not c.ok]
    if all(c.skip for c in cases.cases):
        pytest.skip(cases.cases[0].reason)
