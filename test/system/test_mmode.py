# SPDX-License-Identifier: BSD-2-Clause
"""T-59: no call keeps a hart in M-mode for more than 400,000 instructions
without a look at its pending IPIs.

Counted by a test build on QEMU with -icount. What the other tests do is looked
at as well: test_locks.py.
"""

import dataclasses
import re

import pytest

import machine
import tap

LIMIT = 400000
# Calls that take pages, by number, and run
LONG = {1, 2, 8, 10, 11, 12, 13, 15, 17, 18, 19}


# Where a page costs most: base instructions, no Zicboz; a mapping by the PMP
@pytest.mark.parametrize("change", [
    {"cpu": "rv64,zbb=off", "zicboz": False}, {"smepmp": True}],
    ids=["base", "smepmp"])
def test_longest(axes, change):
    """As many pages as a call takes, and the largest."""
    if machine.qemu_major(axes.qemu) < 10:
        pytest.skip("QEMU before 10 does not count exactly")
    axes = dataclasses.replace(axes, **{
        "harts": 1, "mem": "4G", "pmp_limit": 0, "numbers": "0.7", **change})
    boot = machine.boot("mmode-" + "-".join(change), axes,
                        "test=mmode,gib mmode-limit=%d" % LIMIT, icount=True,
                        timeout=300)
    result = tap.check(boot)
    failed = ["%s: %s" % (c.name, c.reason) for c in result.cases
              if not c.ok or c.skip]
    assert not failed, "%s, see %s" % ("\n".join(failed), boot.log)
    assert not result.problems, "%s, see %s" % (result.problems, boot.log)
    found = {int(k): int(v) for k, v in
             re.findall(r"^# bench mmode\.covh\.(\d+) (\d+)$", boot.text,
                        re.M)}
    assert found.keys() >= LONG, found
    assert max(found.values()) <= LIMIT
