# SPDX-License-Identifier: BSD-2-Clause
"""The last line that test suites print."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent)]


def pytest_terminal_summary(terminalreporter):
    """Passed, failed, skipped."""
    stats = terminalreporter.stats
    failed = len(stats.get("failed", [])) + len(stats.get("error", []))
    terminalreporter.write_line(
        f"{len(stats.get('passed', []))} passed, {failed} failed, "
        f"{len(stats.get('skipped', []))} skipped")
