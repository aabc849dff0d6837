# SPDX-License-Identifier: BSD-2-Clause
"""TVMs of a Linux host against ordinary VMs of the same VMM (covm, with and
without --kvm): a device's exit to the VMM and back, work for the CPU, the boot
of Linux; and how late the host's own processes wake up beside busy TVMs."""

import re

from figures import BUILD, ROOT, boot, command, run
from linux_guest import APPEND, MEM, bare, to_init

HERE = ROOT / "test/bench-linux"
SECONDS = 2400
TICK = 100
LOADS = 50
WORKS = ("sort", "hash", "matrix")
KINDS = ("tvm", "kvm")
# With one command line and as much memory, of which the host's pool is a part
BOOTS = ("host", "kvm", "tvm")
# KVM's exit for a device to the VMM and back, a figure of the issue's
KVM_EXIT = 7180
MORE_PERCENT = 1


def image():
    """The initramfs. What is missing, if it cannot be made."""
    command(["make", "-s", "guests"])
    command([ROOT / "firmware/deps.sh", "libc6-dev-riscv64-cross"])
    latency = BUILD / "linux/latency"
    command(["riscv64-linux-gnu-gcc", "-static", "-O2", "-Wall", "-Wextra",
             "-Werror", "-o", latency, HERE / "latency.c"])
    files = [BUILD / "guests" / (g + ".elf") for g in ("exits", "cpu", "spin")]
    made = run([ROOT / "host/linux/image.sh", "tvms", latency] + files,
               INIT=str(HERE / "init-tvms"), MEM=MEM, APPEND=APPEND)
    if made.returncode == 2:
        return "Debian's riscv64 kernel or its headers cannot be had"
    if made.returncode:
        raise SystemExit(made.stderr)
    return None


def parts(text):
    """{kind: what its guests have printed}"""
    found = {kind: "" for kind in KINDS}
    for kind, part in re.findall(r"^FROM (tvm|kvm)\n(.*?)^FROM none$", text,
                                 re.M | re.S):
        found[kind] += part
    return found


def of_guests(text):
    """Figures that guests have printed; and what is missing."""
    figures, bad, checks = {}, [], {}
    for kind, part in parts(text).items():
        loads = re.search(r"^exits: (\d+) ticks", part, re.M)
        if loads:
            figures["%s.mmio_exit" % kind] = int(loads[1]) * TICK // LOADS
        for work, ticks, check in re.findall(
                r"^cpu: (\w+) (\d+) ticks, check (\w+)$", part, re.M):
            figures["%s.cpu.%s" % (kind, work)] = int(ticks) * TICK
            checks.setdefault(work, set()).add(check)
        figures["boot.linux_%s" % kind] = to_init(part)
    bad += ["cpu.%s: results differ" % work for work, all_ in checks.items()
            if len(all_) != 1 or "0" in all_]
    return figures, bad


def measure():
    """All figures, what went wrong, and why nothing was done."""
    why = image()
    if why:
        return {}, [], why
    command([ROOT / "firmware/build.sh"], CONFIG="release")
    text = boot("linux-host", "release", "rv64", BUILD / "linux/Image",
                BUILD / "linux/initrd-tvms.cpio", "console=ttyS0 quiet",
                SECONDS, mem="2G")
    # What covm shows of its progress has no line of its own
    text = re.sub(r"covm: loading: +\d+%|\x1b\[K", "", text)
    figures, bad = of_guests(text)
    figures.update({k: int(v) for k, v in re.findall(
        r"^# bench (latency[\w.]+) (\d+)$", text, re.M)})
    figures["boot.linux_host"] = bare("guest")
    bad += re.findall(r"^CASE FAIL (.*)", text, re.M)
    if "\nBENCH: end" not in text:
        bad.append("linux-host: no end, see linux-host.log")
    wanted = ["%s.%s" % (kind, name) for kind in KINDS for name in
              ["mmio_exit"] + ["cpu." + w for w in WORKS]]
    wanted += ["boot.linux_" + where for where in BOOTS]
    wanted += ["latency.%s.%s" % (when, what)
               for when in ("host", "tvms_1", "tvms_2")
               for what in ("median", "max")]
    bad += [name + ": no figure" for name in wanted if not figures.get(name)]
    return {} if bad else figures, bad, None


def judge(figures):
    """What is more than it may be."""
    bad = []
    if figures["tvm.mmio_exit"] >= KVM_EXIT:
        bad.append("tvm.mmio_exit: %d, less than %d" %
                   (figures["tvm.mmio_exit"], KVM_EXIT))
    for work in WORKS:
        here = figures["tvm.cpu." + work]
        there = figures["kvm.cpu." + work]
        if here > there * (100 + MORE_PERCENT) / 100:
            bad.append("tvm.cpu.%s: %d, at most %d %% more than %d" %
                       (work, here, MORE_PERCENT, there))
    return bad


def show(figures):
    """The table."""
    row = "%-34s %14s %14s %8s"
    print(row % ("instructions, under covm", "TVM", "ordinary VM", ""))
    for name in ["mmio_exit"] + ["cpu." + w for w in WORKS]:
        here, there = figures["tvm." + name], figures["kvm." + name]
        print(row % (name, "{:,}".format(here), "{:,}".format(there),
                     "%+.2f %%" % (100 * here / there - 100)))
    base = figures["boot.linux_host"]
    print("\nboot of Linux to its first program, %s of memory" % MEM)
    for where, text in zip(BOOTS, ("no VM", "ordinary VM", "TVM")):
        n = figures["boot.linux_" + where]
        print("%-34s %14s %14s" % (text, "{:,}".format(n),
                                   "x %.2f" % (n / base)))
    print("\n%-34s %14s %14s" % ("a process wakes up late by", "median",
                                 "most"))
    for when, text in (("host", "the host alone"), ("tvms_1", "a busy TVM"),
                       ("tvms_2", "two of them")):
        print("%-34s %14s %14s" % (
            text, "{:,}".format(figures["latency.%s.median" % when]),
            "{:,}".format(figures["latency.%s.max" % when])))
    print()
