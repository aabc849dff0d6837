# SPDX-License-Identifier: BSD-2-Clause
"""
All groups of host/tests. The machine is booted once for each group, while
tests are collected: so each TAP case is a test of its own.

SYSTEM_GROUPS=a,b in the environment: only those.
"""

import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

import machine
import tap

# What pmuwrap may do to the machine is seen soon enough; many vCPUs take long
TIMEOUT = {"pmuwrap": 20, "smp": 180, "stress": 180, "conformance": 240}
# Groups that need another way to boot: test_reboot.py, test_memory.py,
# test_locks.py, test_mmode.py, test_options.py, test_sha384.py,
# test_evidence.py, test/bench
ELSEWHERE = {"reboot", "notsm", "locks", "bench", "gib", "static_pool",
             "counters", "steps", "sha384", "mmode", "evidence_dump"}
# make soak is for what takes longer than this to happen
MORE = {"stress": " stress=15"}
SECRET = "LEAKED-SECRET"


def list_groups(axes):
    """All groups in the host, and their number of cases."""
    text = machine.boot("groups", axes, "test=?", timeout=30).text
    return {name: int(n) for name, n in
            re.findall(r"^# group (\w+): (\d+) cases$", text, re.M)}


def run_groups(axes, groups):
    """Boot for each group, two at a time unless SYSTEM_JOBS=1 (others test as
    well then); {group: (boot, tap)}."""
    def one(group):
        boot = machine.boot("tap-" + group, axes, "test=" + group +
                            MORE.get(group, ""),
                            timeout=TIMEOUT.get(group, 90))
        return group, (boot, tap.check(boot))

    jobs = min(int(os.environ.get("SYSTEM_JOBS") or 2), os.cpu_count() or 1)
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        return dict(pool.map(one, groups))


def pytest_generate_tests(metafunc):
    """Run everything; one parameter for each case, one for each boot."""
    if "case" not in metafunc.fixturenames:
        return
    axes = machine.from_environment()
    have = list_groups(axes)
    only = os.environ.get("SYSTEM_GROUPS")
    groups = only.split(",") if only else sorted(set(have) - ELSEWHERE)
    params = [pytest.param(None, have, id="groups")]
    for group, (boot, result) in run_groups(axes, groups).items():
        params += [pytest.param(boot, c, id="%s: %s" % (group, c.name))
                   for c in result.cases]
        params.append(pytest.param(boot, (have.get(group), result),
                                   id="%s: boot" % group))
    metafunc.parametrize("boot,case", params)


def check_boot(boot, expected, result):
    """Not the cases but the run as a whole."""
    tail = "\n".join(boot.lines[-15:])
    assert not result.problems, "%s, see %s\n%s" % (
        "; ".join(result.problems), boot.log, tail)
    assert result.plan == expected
    assert SECRET not in boot.text


def test_tap(boot, case):
    """One case of the host, or a boot."""
    if boot is None:
        assert case, "the host lists no groups"
    elif isinstance(case, tuple):
        check_boot(boot, *case)
    elif case.skip:
        pytest.skip(case.reason)
    else:
        assert case.ok, case.reason
