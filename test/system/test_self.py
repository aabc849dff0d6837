# SPDX-License-Identifier: BSD-2-Clause
"""The runner itself: what is wrong with a run must be seen."""

import machine
import tap

GOOD = ("firmware\nTAP version 13\n1..3\nok 1 - a\nok 2 - b # SKIP none\n"
        "not ok 3 - c # x.c:1: wrong\n# 1 passed, 1 failed, 1 skipped\n")


def problems(text, status=1, timed_out=False):
    """Problems of a run with that console output."""
    return tap.check(machine.Boot("x", [], text, status, timed_out)).problems


def test_good_run():
    """Names, reasons and counts."""
    result = tap.parse(GOOD)
    assert not problems(GOOD)
    assert [c.ok for c in result.cases] == [True, True, False]
    assert [c.skip for c in result.cases] == [False, True, False]
    assert result.cases[1].reason == "none"
    assert result.cases[2].reason == "x.c:1: wrong"
    assert result.cases[2].name == "c"


def test_second_boot_counts():
    """After a reboot the last run is the result."""
    assert not problems("TAP version 13\n1..9\nok 1 - a\n" + GOOD)


def test_bad_runs():
    """Each kind of damage is reported."""
    assert problems("", status=0) == ["no TAP header"]
    assert problems(GOOD.replace("1..3\n", ""))
    assert problems(GOOD.replace("1..3", "1..4"))
    assert problems(GOOD.replace("1..3", "1..2"))
    assert problems(GOOD.replace("ok 2", "ok 1"))
    assert problems(GOOD.replace("# 1 passed", "# 2 passed"))
    assert problems(GOOD[:GOOD.index("not ok 3")])
    assert problems(GOOD[:GOOD.index("# 1 passed")])
    assert problems(GOOD, status=-9, timed_out=True)
    assert problems(GOOD.replace("not ok", "ok").replace(
        "1 passed, 1 failed", "2 passed, 0 failed"))
