# SPDX-License-Identifier: BSD-2-Clause
"""The host's root attacks: test/linux/attack, and /proc/kcore."""

import re

# Two loads and one store of each page
LINE = (r"attack: %s: (\d+) pages, stopped by PMP: (\d+) loads, (\d+) stores; "
        r"not: (\d+) loads, (\d+) stores \(cause \d+\); (\d+) bytes read$")
PATTERN = "0x6472616e69647261"


def run(host):
    """Load the module; its lines."""
    _, out = host.console.command("dmesg -c >/dev/null; insmod /modules/"
                                  "attack.ko; dmesg | grep -o 'attack: .*'",
                                  300)
    return out


def stopped(out, name):
    """How many pages of this kind were tried; -1: not all were stopped."""
    found = re.search(LINE % name, out, re.M)
    if not found:
        return -1
    pages, loads, stores, *through = [int(n) for n in found.groups()]
    return pages if (loads, stores) == (2 * pages, pages) and \
        not any(through) else -1


def kcore(host, out, kind):
    """The page that the module has named, through /proc/kcore."""
    found = re.search(r"attack: kcore %s (0x\w+)" % kind, out)
    return host.console.command("kcore " + found[1])[1].strip() \
        if found else "no address"


def check(host, report, ranges):
    """All attempts; TVMs have this many ranges of memory. -> no page is left
    that can be read."""
    out = run(host)
    report.check(out.count("read and written\n") == 2 and
                 "attack: end\n" in out,
                 "the attack works on ordinary pages", out)
    report.check("attack: no mapping: cause 13\n" in out,
                 "the attack tells a page that is not mapped", out)
    for name in ("firmware", "pool, memremap", "pool, ioremap"):
        pages = stopped(out, name)
        report.check(pages > 0, "root cannot read or write a page: %s, %d" %
                     (name, pages), out)
    pages = stopped(out, "converted memory")
    found = re.search(r"converted memory: (\d+) ranges", out)
    report.check(pages >= 0 and (pages > 0) == (ranges > 0) and found and
                 (int(found[1]) > 0) == (ranges > 0),
                 "root cannot read or write a page: converted memory, %d" %
                 pages, out)
    print("# pages that were tried of converted memory: %d" % pages)
    got = kcore(host, out, "control")
    report.check(got == "kcore: content " + PATTERN,
                 "/proc/kcore shows an ordinary page", got)
    if ranges:
        got = kcore(host, out, "converted")
        report.check(got == "kcore: zeros" or
                     got.startswith("kcore: read: "),
                     "/proc/kcore does not show a converted page", got)
    status, out = host.console.command("rmmod attack")
    report.check(status == 0, "the host goes on after the attack", out)
