# SPDX-License-Identifier: BSD-2-Clause
"""What somebody finds who logs in to a Linux TVM: checks, as functions of the
terminal, the report and the machine."""

import hashlib
import re
import time

from machine import BUILD

# What the kernel must not have to say
COMPLAINTS = (r"WARNING|BUG:|Oops|rcu.*stall|soft lockup|hung task|Call Trace|"
              r"Unable to handle|nobody cared|segfault|unhandled signal")
# What the host says when the guest is gone
LAST_LINES = ("guest shut down", "reading a guest page at .*: access fault",
              "guest destroyed, pages reclaimed", "done, power off")
SBI_ID = "0x4d545331"
BUSYBOX = BUILD / "linux" / "busybox"
TMPFS_MIB = 200


def kernel_log(tty, pattern):
    """Its lines with this pattern."""
    return tty.command("dmesg | grep -E '%s'" % pattern)[1].splitlines()


def cpus(tty, report, guest):
    """As many as asked for, without what a guest has not got."""
    out = tty.command("nproc")[1].strip()
    report.check(out == str(guest.vcpus), "nproc: %s" % guest, out)
    info = tty.command("cat /proc/cpuinfo")[1]
    isa = re.findall(r"^isa\s*: (\w+)$", info, re.M)
    letters = [i.split("_")[0].removeprefix("rv64") for i in isa]
    report.check(len(isa) == guest.vcpus and
                 all("h" not in n and n.startswith("imafdc") for n in letters),
                 "/proc/cpuinfo: each vCPU, and none with H: %s" % guest,
                 " ".join(isa))


def firmware(tty, report, guest):
    """The SBI is ours."""
    log = kernel_log(tty, "SBI implementation")
    report.check(any("ID=%s " % SBI_ID in n for n in log),
                 "the kernel finds the TSM's SBI: %s" % guest, " ".join(log))


def seed(tty, report, guest):
    """Nothing that the host knows counts as entropy."""
    status, _ = tty.command("test -e /proc/device-tree/chosen/rng-seed")
    report.check(status == 1, "no rng-seed is left: %s" % guest)
    log = kernel_log(tty, "crng init done")
    zkr = tty.command("grep -q zkr /proc/cpuinfo")[0] == 0
    # With a seed the generator is ready before there is a clock, else it waits
    # for the guest's own noise
    early = [n for n in log if "[    0.000000]" in n]
    report.check(bool(early) == zkr,
                 "entropy is the guest's own: %s" % guest, " ".join(log))


def interrupt(tty, report, guest):
    """Ctrl-C reaches a program."""
    tty.send("sleep 1000\n")
    tty.expect("sleep 1000\n", 20)
    time.sleep(1)
    tty.send("\x03")
    tty.expect(r"\^C\n?tvm# ", 20)
    status, _ = tty.command("true")
    report.check(status == 0, "Ctrl-C ends a program: %s" % guest)


def clock(tty, report, guest):
    """Time runs on, and no faster or slower than outside."""
    naps = 3
    begin = time.time()
    _, out = tty.command("date +%%s; cut -d' ' -f1 /proc/uptime; sleep %d; "
                         "date +%%s; cut -d' ' -f1 /proc/uptime" % naps, 60)
    outside = time.time() - begin
    date1, up1, date2, up2 = [float(n) for n in out.split()]
    # The commands themselves take some time; whole seconds are rounded
    report.check(date2 - date1 >= naps and naps <= up2 - up1 <= outside,
                 "time runs on: %s" % guest,
                 "%s, %.1f s outside" % (" ".join(out.split()), outside))


def tmpfs(tty, report, guest):
    """200 MB of memory keep what was written: the sum is made outside, too."""
    block = BUSYBOX.read_bytes()
    blocks = (TMPFS_MIB << 20) // len(block) + 1
    digest = hashlib.md5()
    # No two pages are the same
    for i in range(1, blocks + 1):
        digest.update(b"%d\n" % i + block)
    status, out = tty.command(
        "for i in $(seq %d); do echo $i; cat /bin/busybox; done >/tmp/file; "
        "df -m /tmp; md5sum </tmp/file" % blocks, 180)
    used = re.search(r"^\S+ +\d+ +(\d+)", out, re.M)
    report.check(status == 0 and used and int(used[1]) >= TMPFS_MIB and
                 digest.hexdigest() in out,
                 "%d MB of tmpfs: %s" % (TMPFS_MIB, guest), out)
    tty.command("rm /tmp/file")


def load(tty, report, guest):
    """All vCPUs work, and work right."""
    status, out = tty.command("load %d" % guest.seconds,
                              guest.seconds + 90)
    report.check(status == 0 and
                 re.search(r"^load: ok, %d CPUs, " % guest.vcpus, out, re.M),
                 "%d s of load on all vCPUs: %s" % (guest.seconds, guest),
                 out.strip())
    print("# " + out.strip())
    _, out = tty.command("cat /proc/interrupts")
    ticks = re.search(r"^ *\d+:((?: +\d+){%d}).*riscv-timer" % guest.vcpus,
                      out, re.M)
    report.check(ticks and all(int(n) > 20 for n in ticks[1].split()),
                 "each vCPU has had timer interrupts: %s" % guest, out)
    ipis = re.search(r"^ *IPI1:((?: +\d+){%d})" % guest.vcpus, out, re.M)
    if guest.vcpus > 1:
        report.check(ipis and all(int(n) > 20 for n in ipis[1].split()),
                     "each vCPU has had IPIs: %s" % guest, out)


def complaints(tty, report, guest):
    """The kernel is content, after all this."""
    bad = kernel_log(tty, COMPLAINTS)
    report.check(not bad, "the kernel is content: %s" % guest,
                 " | ".join(bad[:5]))


CHECKS = (cpus, firmware, seed, interrupt, clock, tmpfs, load, complaints)
