# SPDX-License-Identifier: BSD-2-Clause
"""What the demonstration must print, in this order."""

import math
import re

import predict

FOLLOW = "host: run; the guest's own lines follow"
ENDED = r"host: guest shut down; \d+ runs: \d+ calls, (\d+) page faults, .*"


def primes(limit):
    """How many primes are below a limit."""
    return sum(all(n % d for d in range(2, math.isqrt(n) + 1))
               for n in range(2, limit))


def hello_lines(elf, **how):
    """All that guest hello prints, computed here."""
    code, config = predict.predict(elf, **how)
    root = str(math.isqrt(2 * 10 ** 30))
    return [
        "hello from a confidential VM: vCPU 0, argument 0x%x" %
        how.get("arg", 0),
        "%d primes below 20000" % primes(20000),
        "the square root of 2 is %s.%s" % (root[0], root[1:]),
        "measurement 4: " + code,
        "measurement 5: " + config,
    ]


def story(elf, window=False, **how):
    """Patterns of lines, each of which must come after the one before."""
    code, conf = predict.predict(elf, **how)
    pool, ram = ("from the boot-time pool", "a window in ordinary memory")
    converted = (r"host: converted \d+ pages \(\d+ KiB\) at 0x[0-9a-f]+ to "
                 "confidential memory, ")
    lines = [
        r"OpenSBI v\d+\.\d+(\.\d+)?",
        r"opensbi-cove: TSM \d+\.\d+, Sv\d\dx4, \d+ harts",
        r"opensbi-cove: pool 0x[0-9a-f]+, \d+ pages; .*",
        r"opensbi-cove: PMP \d+ entries, \d+ used, \d+ free for windows",
        r"host: TSM found: implementation 0x[0-9a-f]+, version .*",
        converted + ram,
    ]
    if not window:
        lines.append(converted + pool)
    lines += [
        r"host: TVM 0x[0-9a-f]+ is ready, " + (
            "measured as far as it comes from the file"
            if how.get("lazy") else "(?!measured as far).* measured"),
        FOLLOW,
        ENDED,
        "predicted   4: %s by the host(: match)?" % code,
        "predicted   5: %s by the host(: match)?" % conf,
        "host: reading a guest page at 0x[0-9a-f]+: access fault",
        "host: reading a firmware page at 0x[0-9a-f]+: access fault",
        "host: TVM destroyed, pages reclaimed",
        "host: reading the reclaimed page at 0x[0-9a-f]+: all zeros",
    ]
    if not window:
        lines.append("host: reading a pool page at 0x[0-9a-f]+: access fault")
    lines += ["host: done, power off"]
    return lines


def missing(boot, patterns):
    """The first pattern that does not come in its turn, or None."""
    lines = iter(boot.lines)
    for pattern in patterns:
        if not any(re.fullmatch(pattern, line) for line in lines):
            return pattern
    return None


def guest_part(boot):
    """The lines between the host's word and its next one."""
    start = boot.lines.index(FOLLOW) + 1
    for end in range(start, len(boot.lines)):
        if re.fullmatch(ENDED, boot.lines[end]):
            return boot.lines[start:end]
    return boot.lines[start:]


def check(boot, elf, guest_lines=None, window=False, **how):
    """The whole demonstration; @guest_lines None: those of hello."""
    where = "see %s" % boot.log
    assert not boot.timed_out, where
    lost = missing(boot, story(elf, window, **how))
    assert lost is None, "not in its place: %s; %s" % (lost, where)
    want = hello_lines(elf, **how) if guest_lines is None else guest_lines
    assert guest_part(boot) == want, where
    assert boot.status == 0, where
    if guest_lines is None:
        assert boot.text.count(" by the host: match\n") == 2, where


def faults(boot):
    """Number of page faults that the host says it answered."""
    return int(re.search("^" + ENDED + "$", boot.text, re.M)[1])
