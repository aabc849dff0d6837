# SPDX-License-Identifier: BSD-2-Clause
"""Reading the test results that the host prints (TAP version 13)."""

import re
from dataclasses import dataclass, field

HEAD = "TAP version 13"
LINE = re.compile(r"^(not )?ok (\d+) - (.*?)(?: # (SKIP )?(.*))?$")


@dataclass
class Case:
    """One result line."""
    number: int
    name: str
    ok: bool
    skip: bool = False
    reason: str = ""


@dataclass
class Tap:
    """Results, and everything that is wrong with their form."""
    plan: int = None
    cases: list = field(default_factory=list)
    problems: list = field(default_factory=list)


def parse(text):
    """Results of the last run in a console log (there may be two boots)."""
    tap = Tap()
    at = text.rfind(HEAD + "\n")
    if at < 0:
        tap.problems.append("no TAP header")
        return tap
    for line in text[at:].split("\n")[1:]:
        plan = re.match(r"^1\.\.(\d+)$", line)
        result = LINE.match(line)
        if plan:
            if tap.plan is not None:
                tap.problems.append("two plans")
            tap.plan = int(plan[1])
        elif result:
            tap.cases.append(Case(int(result[2]), result[3], not result[1],
                                  bool(result[4]), result[5] or ""))
    if tap.plan is None:
        tap.problems.append("no plan")
    elif [c.number for c in tap.cases] != list(range(1, tap.plan + 1)):
        tap.problems.append(
            "%d planned, results %s" %
            (tap.plan, ", ".join(str(c.number) for c in tap.cases) or "none"))
    total = "# %d passed, %d failed, %d skipped" % (
        sum(c.ok and not c.skip for c in tap.cases),
        sum(not c.ok for c in tap.cases), sum(c.skip for c in tap.cases))
    if total not in text[at:].split("\n"):
        tap.problems.append("no line \"%s\"" % total)
    return tap


def check(boot):
    """Parse a boot's output; problems include death, timeout and status."""
    tap = parse(boot.text)
    failed = any(not c.ok for c in tap.cases)
    if boot.timed_out:
        tap.problems.append("no end after %d s" % boot.seconds)
    elif not failed and boot.status:
        tap.problems.append("exit status %d" % boot.status)
    return tap
