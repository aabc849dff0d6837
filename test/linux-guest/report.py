# SPDX-License-Identifier: BSD-2-Clause
"""One line for each check, and the sum."""


class Report:
    """What passed, failed and was skipped."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, good, what, why=""):
        """One check; @why is for those that fail."""
        if good:
            self.passed += 1
            print("ok %s" % what, flush=True)
        else:
            self.failed += 1
            print("FAIL %s%s" % (what, ": %s" % why if why else ""),
                  flush=True)
        return bool(good)

    def skip(self, what):
        """One that cannot be made, and why."""
        self.skipped += 1
        print("SKIP %s" % what, flush=True)

    def end(self):
        """The last line; an exit status."""
        print("%d passed, %d failed, %d skipped" %
              (self.passed, self.failed, self.skipped))
        return 1 if self.failed else 0
