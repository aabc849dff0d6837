# SPDX-License-Identifier: BSD-2-Clause
"""Debian's Linux as a TVM: its exits and who handles them, the size of its
leaves, and how long it boots, with one vCPU on one hart. A release build with
SBI_COVH_COUNTERS; nothing else is measured with that."""

import re

from figures import BUILD, FW, ROOT, boot, command, found, run

SECONDS = 400
WORKS = ("idle", "sort")
MEM = "512M"
# A guest that has booted and that is all
APPEND = "covm.bench=none"
CAUSES = {
    2: "FP first use, illegal", 10: "SBI and COVG calls", 20: "fetch fault",
    21: "load: fault, MMIO", 22: "WFI, virtual instruction",
    23: "store: fault, MMIO", 24: "interrupt of the host",
}
HANDLERS = ("trampoline", "m_mode", "host")
# Share of the TVM's memory that 2 MiB leaves map, in percent
LEAST_2M = 90


def archive(work):
    """A TVM that does this and ends."""
    command([ROOT / "guests/linux/build.sh", work], VCPUS="1", MEM=MEM,
            APPEND="covm.bench=" + work)
    path = BUILD / "linux" / ("bench-%s.cpio" % work)
    command([ROOT / "guests/linux/build.sh", "--pack", path, work])
    return path


def to_init(text):
    """When the kernel, after all of its own, starts the first program: ns."""
    at = re.search(r"^\[ *(\d+)\.(\d{6})\] Run /init as init process", text,
                   re.M)
    return (int(at[1]) * 10 ** 6 + int(at[2])) * 1000 if at else None


def tvm(work):
    """Figures of one workload, and what went wrong."""
    text = boot("linux-tvm-" + work, "release-counters", "rv64",
                BUILD / "host/host.bin", archive(work),
                "linux=%s counters=1" % work, SECONDS, mem="2G")
    figures = found(text)
    if "host: done, power off" not in text or "ticks" not in figures:
        return {}, ["linux_tvm.%s: no end, see linux-tvm-%s.log" % (work, work)]
    figures["to_init"] = to_init(text)
    # Of the whole hart: a tick is 100, or as long a time in which there were
    # none. guest_instructions is what its runs execute
    figures["instructions"] = figures.pop("ticks") * 100
    return {"linux_tvm.%s.%s" % (work, name): n
            for name, n in figures.items()}, []


def bare(work):
    """The same kernel and initramfs in HS-mode: when init starts."""
    files = BUILD / "linux/tvm" / work
    text = boot("linux-bare", "release", "rv64", files / "Image",
                files / "initrd", "console=ttyS0 earlycon=sbi " + APPEND,
                SECONDS, mem=MEM)
    return to_init(text)


def measure():
    """All figures, and what went wrong."""
    figures, bad = {}, []
    if run([ROOT / "firmware/fetch.sh", "linux"]).returncode:
        return {}, [], "Debian's riscv64 kernel cannot be had"
    command([ROOT / "firmware/deps.sh", "device-tree-compiler"])
    command([ROOT / "firmware/build.sh"], CONFIG="release", VARIANT="counters",
            EXTRA_CONFIG="CONFIG_SBI_COVH_COUNTERS=y")
    for work in WORKS:
        more, failed = tvm(work)
        figures.update(more)
        bad += failed
    if not bad:
        figures["linux_tvm.boot"] = figures.pop("linux_tvm.idle.to_init")
        figures.pop("linux_tvm.sort.to_init")
        figures["linux_tvm.boot_bare"] = bare("idle")
        bad = ["%s: no figure" % name for name, n in figures.items()
               if n is None]
    return {} if bad else figures, bad, None


def judge(figures):
    """What is not as it should be, and how much was looked at."""
    big = figures["linux_tvm.sort.leaves_2m"] * 512
    small = figures["linux_tvm.sort.leaves_4k"]
    share = 100 * big // (big + small)
    figures["linux_tvm.leaves_2m_percent"] = share
    bad = []
    if share < LEAST_2M:
        bad.append("linux_tvm.leaves_2m_percent: %d, at least %d" %
                   (share, LEAST_2M))
    for work in WORKS:
        guest = figures["linux_tvm.%s.guest_instructions" % work]
        hart = figures["linux_tvm.%s.instructions" % work]
        if not 0 < guest < hart:
            bad.append("linux_tvm.%s.guest_instructions: %d of %d" %
                       (work, guest, hart))
    return bad, 1 + len(WORKS) + len(figures)


def exits(figures, work):
    """{(handler, cause): number}"""
    pattern = re.compile(r"linux_tvm\.%s\.exits\.(\w+)\.(\d+)$" % work)
    return {(m[1], int(m[2])): n for name, n in figures.items()
            if (m := pattern.match(name))}


def show(figures):
    """The table."""
    print("Linux as a TVM, one vCPU on one hart: exits per 10^9 guest "
          "instructions")
    print("%-28s %12s %12s %12s" % (("",) + HANDLERS))
    for work in WORKS:
        have = exits(figures, work)
        per = 10 ** 9 / figures["linux_tvm.%s.guest_instructions" % work]
        total = sum(have.values()) or 1
        for cause in sorted({c for _, c in have}):
            print(("%-28s" + " %12.0f" * 3) % (
                ("%s: %s" % (work, CAUSES.get(cause, cause)),) +
                tuple(have.get((h, cause), 0) * per for h in HANDLERS)))
        print(("%-28s" + " %11.1f%%" * 3) % (
            (work + ": share",) +
            tuple(100 * sum(n for (by, _), n in have.items() if by == h) /
                  total for h in HANDLERS)))
    print("boot to the first program: %.2f x the bare kernel's %s\n" % (
        figures["linux_tvm.boot"] / figures["linux_tvm.boot_bare"],
        "{:,}".format(figures["linux_tvm.boot_bare"])))
