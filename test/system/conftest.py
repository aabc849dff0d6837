# SPDX-License-Identifier: BSD-2-Clause
"""Counting, and what all tests share."""

import os
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "tools")]

import machine  # noqa: E402  pylint: disable=wrong-import-position

counts = {"passed": 0, "failed": 0, "skipped": 0}


def pytest_report_header():
    """Which machine this is about."""
    return "machine: %s" % machine.from_environment()


@pytest.fixture(scope="session")
def axes():
    """The machine of the environment."""
    return machine.from_environment()


def pytest_runtest_logreport(report):
    """Each test counts once."""
    if report.failed:
        counts["failed"] += 1
        if report.when == "teardown":
            counts["passed"] -= 1
    elif report.skipped:
        counts["skipped"] += 1
    elif report.when == "call":
        counts["passed"] += 1


def pytest_collectreport(report):
    """A file that cannot be collected is a failure."""
    if report.failed:
        counts["failed"] += 1


def pytest_sessionfinish():
    """The line that run prints at the end."""
    path = os.environ.get("SYSTEM_COUNTS")
    if path:
        Path(path).write_text(
            "{passed} passed, {failed} failed, {skipped} skipped\n".format(
                **counts), encoding="ascii")
