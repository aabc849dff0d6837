# SPDX-License-Identifier: BSD-2-Clause
"""Harts that have more than QEMU's rv64: AIA, Smstateen, Ssctr, V, Zkr.

T-11, T-13, T-18, T-70: rows of world_csrs.h are for CSRs that only such harts
have, and group units is about V where there is V.
"""

import dataclasses
import re

import pytest

import machine
import tap

# Those that look at registers, interrupts, and what a guest may not use
GROUPS = "world_csrs,world_regs,world_guest,world_irq,world_hazard,guest,units"
# and at IPIs, which come by the IMSIC there: once with each OpenSBI
SMP = {"aia", "max"}

AIA_BOARD = "aia=aplic-imsic,aia-guests=1"
# hgeie, hvien, hvictl, hviprio1, hviprio2, siselect, vsiselect
AIA = {0x607, 0x608, 0x609, 0x646, 0x647, 0x150, 0x250}
STATEEN0 = {0x10c, 0x60c}
STATEEN = STATEEN0 | {0x10d, 0x10e, 0x10f, 0x60d, 0x60e, 0x60f}
CTR = {0x14e, 0x24e}

VECTOR = "# V registers of a TVM: %d bytes"
BRANCHES = "T-55 branches of a TVM are not recorded"
# No QEMU yet has Ssqosid
QOSID = "T-60 the QoS id of both worlds"

# Name: machine, CSRs that the host must be able to change, cases that skip
HARTS = {
    # Nothing but the TSM is between a guest and the AIA
    "aia": ({"cpu": "rv64,v=on", "board": AIA_BOARD}, AIA, {BRANCHES}),
    # OpenSBI 1.6 lets S-mode have no stateen but the first, and no Ssctr
    "stateen": ({"cpu": "rv64,v=on,smstateen=on,smctr=on,ssctr=on",
                 "board": AIA_BOARD, "opensbi": "1.6"},
                AIA | STATEEN0, {BRANCHES}),
    # Everything that QEMU has, Zicfiss among it
    "max": ({"cpu": "max", "board": AIA_BOARD, "opensbi": "1.8.1"},
            AIA | STATEEN | CTR, set()),
}


@pytest.mark.parametrize("name", HARTS)
def test_t13_t70_harts(axes, name):
    """The CSRs are there, and the groups above pass."""
    if machine.qemu_major(axes.qemu) < 10:
        pytest.skip("QEMU before 10 has no Smstateen, and its AIA fails")
    change, csrs, skips = HARTS[name]
    boot = machine.boot("cpu-" + name, dataclasses.replace(axes, **change),
                        "test=" + GROUPS + ",smp" * (name in SMP),
                        timeout=180)
    result = tap.check(boot)
    failed = ["%s: %s" % (c.name, c.reason) for c in result.cases if not c.ok]
    assert not failed, "%s, see %s" % ("\n".join(failed), boot.log)
    assert not result.problems, "%s, see %s" % (result.problems, boot.log)
    odd = re.search(r"^# CSRs with odd values:((?: 0x\w+)+)$", boot.text, re.M)
    missing = csrs - {int(n, 16) for n in odd[1].split()}
    assert not missing, "%s, see %s" % ([hex(n) for n in missing], boot.log)
    skipped = {c.name for c in result.cases if c.skip} - {QOSID}
    assert skipped & {BRANCHES} == skips, skipped
    if axes.harts >= 4:
        assert skipped == skips, skipped
    assert VECTOR % 16 in boot.lines, boot.log


@pytest.mark.parametrize("bits, room", ((512, True), (1024, False)))
def test_t18_vlen(axes, bits, room):
    """V registers as long as there is room for, and longer: no V then."""
    axes = dataclasses.replace(axes, cpu="rv64,v=on,vlen=%d" % bits)
    boot = machine.boot("cpu-vlen%d" % bits, axes, "test=units,mmio_refused")
    result = tap.check(boot)
    assert all(c.ok for c in result.cases), boot.log
    assert ("vector" in [c.name for c in result.cases if c.skip]) != room
    assert not result.problems, "%s, see %s" % (result.problems, boot.log)
    assert VECTOR % (bits // 8 if room else 0) in boot.lines, boot.log
    assert (" no V for TVMs, its registers have %d bytes" % (bits // 8)
            in boot.text) != room, boot.log


def test_seed(axes):
    """Guests have entropy where the hart has Zkr."""
    if machine.qemu_major(axes.qemu) < 10:
        pytest.skip("OpenSBI does not boot with QEMU 7.2's Zkr")
    boot = machine.boot("cpu-zkr", dataclasses.replace(axes, cpu="rv64,zkr=on"),
                        "test=seed")
    result = tap.check(boot)
    assert [c.ok and not c.skip for c in result.cases] == [True], boot.log
    assert not result.problems, "%s, see %s" % (result.problems, boot.log)
