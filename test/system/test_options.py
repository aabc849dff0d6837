# SPDX-License-Identifier: BSD-2-Clause
"""Firmware with options that are off in all other tests. They have nothing to
do with each other, so one build has them all."""

import dataclasses
import re
import subprocess

import pytest

import demo
import machine
import tap
import test_memory

STEPS = 40
# No power of two, and no multiple of a page
GUARD_KIB = 262

HELLO = machine.GUESTS / "hello.elf"


def options(axes):
    """The machine with that firmware."""
    return dataclasses.replace(axes, static=True, guard=GUARD_KIB,
                               std_errors=True, no_htinst=True, steps=STEPS,
                               counters=axes.numbers == "0.7")


def groups(name, axes, append, skips=(), icount=False, more=()):
    """Boot; every case must pass, none may skip but those named, or for
    such a reason."""
    boot = machine.boot("option-" + name, options(axes), append,
                        icount=icount, more=more)
    result = tap.check(boot)
    assert not result.problems, "%s, see %s" % (result.problems, boot.log)
    bad = ["%s: %s" % (c.name, c.reason) for c in result.cases
           if not c.ok or (c.skip and not {c.name, c.reason} & set(skips))]
    assert not bad, "%s, see %s" % ("\n".join(bad), boot.log)
    return boot


def test_std_errors(axes):
    """SBI_COVH_STD_ERRORS: no private error code."""
    groups("std-errors", axes, "test=errors_tvm case=OUT_OF_PTPAGES")


def test_t09_static(axes):
    """SBI_COVH_STATIC: no page outside the pool becomes confidential."""
    groups("static", axes, "test=static_pool static=1 guard=%d" % GUARD_KIB)


def test_t19_guard(axes):
    """SBI_COVH_GUARD_KIB: both ends of confidential memory are unused."""
    boot = groups("guard", axes, "test=guard guard=%d" % GUARD_KIB)
    low, high, kib = re.search(
        r"^opensbi-cove: guards (0x\w+) and (0x\w+), (\d+) KiB each$",
        boot.text, re.M).groups()
    base, pages, tramp = re.search(
        r"^opensbi-cove: pool (0x\w+), (\d+) pages; trampoline (0x\w+)$",
        boot.text, re.M).groups()
    size = 4096 * -(-GUARD_KIB // 4)
    assert int(kib) * 1024 == size
    assert int(low, 16) + size == int(tramp, 16)
    assert int(base, 16) + 4096 * int(pages) == int(high, 16)


def test_t19_no_room(axes):
    """Guards that leave next to nothing of the pool: no TSM, and why."""
    dtb = test_memory.tree(axes, "option-guard-no-room", [])
    node = "/chosen/opensbi-cove"
    subprocess.run(["fdtput", "-c", dtb, node], check=True)
    subprocess.run(["fdtput", "-t", "x", dtb, node, "pool-size", "0",
                    "100000"], check=True)
    boot = groups("guard-no-room", axes, "test=notsm notsm=1", {},
                  more=["-dtb", dtb])
    assert boot.text.count("opensbi-cove: no TSM") == 1
    assert ("opensbi-cove: no TSM: the guards leave too little of the pool "
            in boot.text)
    assert not re.search(r"^opensbi-cove: (TSM|pool|PMP)", boot.text, re.M)


def test_no_htinst(axes):
    """SBI_COVH_NO_HTINST: the guest's code says what an MMIO access is."""
    skips = ["vector"] + ["needs a second hart"] * (axes.harts == 1)
    groups("no-htinst", axes, "test=mmio,mmio_refused,mmio_race rounds=3000",
           skips)


def test_counters(axes):
    """SBI_COVH_COUNTERS: exits and instructions of a vCPU, counted."""
    if axes.numbers != "0.7":
        pytest.skip("counters are not for hosts of spec " + axes.numbers)
    if machine.qemu_major(axes.qemu) < 10:
        groups("counters", axes, "test=counters", {"counters of instructions"})
    else:
        groups("counters", dataclasses.replace(axes, harts=1),
               "test=counters icount=1", icount=True)


def test_t39_steps(axes):
    """SBI_COVH_STEP_LIMIT: instructions are counted, so that it can be."""
    if machine.qemu_major(axes.qemu) < 10:
        pytest.skip("QEMU before 10 does not count instructions as it should")
    groups("steps", dataclasses.replace(axes, harts=1),
           "test=steps steps=%d" % STEPS, icount=True)


def test_static_demo(axes):
    """SBI_COVH_STATIC: a guest from the pool alone."""
    boot = machine.boot("option-static-demo", options(axes), "", HELLO)
    assert demo.guest_part(boot) == demo.hello_lines(HELLO.read_bytes())
    assert "host: no window beside the pool: INVALID_ADDRESS (-5)" in boot.lines
    assert "a window in ordinary memory" not in boot.text
    assert re.search("^host: reading a pool page at .*: access fault$",
                     boot.text, re.M)
    assert boot.status == 0
