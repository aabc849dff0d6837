# SPDX-License-Identifier: BSD-2-Clause
"""The conformance tables on machines that test_tap.py has not."""

import dataclasses
import re

import pytest

import machine
import tap

SECONDS = 240
SUMS = re.compile(r"^# conformance: (\d+) checks, 0 failed, (\d+) skipped; "
                  r"(\d+) pages looked at$", re.M)


def play(name, axes, more=()):
    """Boot, all cases must pass; the number of checks."""
    boot = machine.boot(name, axes, "test=conformance", more=more,
                        timeout=SECONDS)
    result = tap.check(boot)
    failed = ["%s: %s" % (c.name, c.reason) for c in result.cases if not c.ok]
    # What was noted before the first
    notes = [line for line in re.split(r"^not ok", boot.text, maxsplit=1,
                                       flags=re.M)[0].split("\n")
             if line.startswith("#")][-8:]
    assert not failed, "%s, see %s" % ("\n".join(failed + notes), boot.log)
    assert not result.problems, "%s, see %s" % (result.problems, boot.log)
    return boot, int(SUMS.search(boot.text)[1])


def test_without_tsm(axes):
    """A hart without the H extension: FAILED comes before all else."""
    boot, checks = play("conformance-no-tsm", axes,
                        more=["-cpu", "rv64,h=false"])
    assert "opensbi-cove: no TSM: " in boot.text
    assert checks >= 400


def test_other_numbers(axes):
    """The same tables under the numbers of the other version."""
    other = "0.5" if axes.numbers == "0.7" else "0.7"
    _, checks = play("conformance-numbers", dataclasses.replace(
        axes, numbers=other))
    assert checks >= 400


def test_sv39x4(axes):
    """A G-stage of three levels."""
    if machine.qemu_major(axes.qemu) < 10:
        pytest.skip("this QEMU cannot do without Sv48")
    _, checks = play("conformance-sv39", axes,
                     more=["-cpu", machine.cpu(axes) + ",sv48=off,sv57=off"])
    assert checks >= 400
