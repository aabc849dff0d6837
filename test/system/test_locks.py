# SPDX-License-Identifier: BSD-2-Clause
"""No lock of the TSM is held longer than 2,000 instructions.

Counted by a test build on QEMU with -icount, where counts are exact. Harts
take turns there, so that one hart does all the work; many harts are started
to make what looks at every hart long.
"""

import dataclasses
import re

import pytest

import machine
import tap

LIMIT = 2000
# And no call goes on longer without a look at IPIs: test_mmode.py
MMODE_LIMIT = 400000


def longest(axes, groups, name):
    """Boot; the longest hold of each lock."""
    if machine.qemu_major(axes.qemu) < 10:
        pytest.skip("QEMU before 10 does not count exactly")
    boot = machine.boot("locks-" + name, axes,
                        "test=%s lock-limit=%d mmode-limit=%d stress=1 sums=0"
                        % (groups, LIMIT, MMODE_LIMIT),
                        icount=True, timeout=300)
    result = tap.check(boot)
    failed = ["%s: %s" % (c.name, c.reason) for c in result.cases if not c.ok]
    assert not failed, "%s, see %s" % ("\n".join(failed), boot.log)
    assert not result.problems, "%s, see %s" % (result.problems, boot.log)
    found = {k: int(v) for k, v in
             re.findall(r"^# lock (\w+) (\d+)$", boot.text, re.M)}
    assert sorted(found) == ["TVM", "slots", "window"]
    # All have been held, and seen
    assert all(0 < n <= LIMIT for n in found.values()), found
    return found


def test_all_calls(axes):
    """Everything that the other tests do on one hart."""
    longest(dataclasses.replace(axes, harts=1), "all,-bench,-mmode,-gib", "all")


@pytest.mark.parametrize("change", [{"harts": 64}, {"smepmp": True},
                                    {"opensbi": "1.8.1"}, {"zicboz": False}],
                         ids=["64-harts", "smepmp", "1.8.1", "no-zicboz"])
def test_longest(axes, change):
    """The longest ones where something else makes them longer."""
    axes = dataclasses.replace(axes, **{"harts": 1, **change})
    longest(axes, "locks,errors_memory", "-".join(change))
