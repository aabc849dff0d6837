# SPDX-License-Identifier: BSD-2-Clause
"""T-72: TVM memory over a reset through SRST."""

import dataclasses
import re

import pytest

import machine
import tap


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
    # The second boot is like the first, whatever a reset leaves in the PMP
    pmp = re.findall(r"^opensbi-cove: PMP .*$", boot.text, re.M)
    assert len(pmp) == 2 and pmp[0] == pmp[1], boot.log
