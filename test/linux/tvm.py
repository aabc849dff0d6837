# SPDX-License-Identifier: BSD-2-Clause
"""TVMs at the terminals of a Linux host."""

import re

PROMPT = "tvm# "
BOOT_SECONDS = 400
LOAD_SECONDS = 3
# What a kernel must not have to say
COMPLAINTS = (r"WARNING|BUG:|Oops|rcu.*stall|soft lockup|hung task|Call Trace|"
              r"Unable to handle|nobody cared|Bad page|bad_page|segfault")
FILES = "--kernel /guests/Image --initrd /guests/initrd"


class Tvm:
    """One with a Linux in it, or an ordinary VM, in the foreground of a
    terminal of the host's."""

    def __init__(self, tty, name, options):
        self.tty = tty
        self.name = name
        self.prompt = tty.prompt
        self.vcpus = re.search(r"--vcpus (\d+)", options)[1]
        # Each byte of the boot costs an exit, and two processes' time
        tty.send("covm run %s %s --append loglevel=3; echo ended:$?:\n" %
                 (FILES, options))

    def boot(self):
        """Wait for its shell."""
        self.tty.expect(r"linux-guest: ready\n.*" + PROMPT, BOOT_SECONDS)
        self.tty.prompt = PROMPT

    def checks(self, report, where):
        """It computes, on all of its vCPUs."""
        status, out = self.tty.command("nproc; load %d" % LOAD_SECONDS, 240)
        report.check(status == 0 and out.startswith(self.vcpus + "\n") and
                     re.search(r"^load: ok, %s CPUs" % self.vcpus, out, re.M),
                     "%s computes, %s" % (self.name, where), out)

    def complaints(self, report, where):
        """Its kernel is content."""
        out = self.tty.command("dmesg | grep -E '%s'" % COMPLAINTS)[1]
        report.check(not out, "the kernel of %s is content, %s" %
                     (self.name, where), out[:300])

    def leave(self, report, where):
        """Off; back in the host's shell."""
        self.tty.send("poweroff\n")
        found = self.tty.expect(r"ended:(\d+):\n", 60)
        self.tty.prompt = self.prompt
        self.tty.expect(self.prompt, 20)
        report.check(found[1] == "0", "%s ends well, %s" % (self.name, where),
                     "status " + found[1])


def modules(host, report, order):
    """Load them in this order."""
    for name in order:
        status, out = host.console.command("insmod /modules/%s.ko" % name,
                                          240)
        if status:
            report.check(False, "%s.ko loads" % name, out)
            return False
    out = host.console.command("ls -l /dev/cove /dev/kvm; covm info")[1]
    return report.check("/dev/cove" in out and "No such" not in out,
                        "%s are loaded in this order, %d harts" %
                        (", ".join(order), host.harts), out)


def unload(host, report, works):
    """rmmod cove, which must work or not."""
    status, out = host.console.command("rmmod cove", 240)
    there = host.console.command("grep '^cove ' /proc/modules")[0] == 0
    if works:
        report.check(status == 0 and not there,
                     "the driver leaves when no TVM is there", out)
    else:
        report.check(status != 0 and there and "unavailable" in out,
                     "the driver does not leave while there are TVMs", out)


def memory(host):
    """MB that the host has to give."""
    out = host.console.command("sync; echo 3 >/proc/sys/vm/drop_caches; "
                               "sed -n 's/^MemFree: *//p' /proc/meminfo")[1]
    return int(out.split()[0]) >> 10


def measured(host, report):
    """What covm predicts, and what a TVM reads in its own registers."""
    out = host.console.command("covm measure --elf /guests/hello.elf "
                               "2>/dev/null", 240)[1]
    predicted = re.findall(r"^([45]: [0-9a-f]{96})$", out, re.M)
    out = host.console.command("covm run --elf /guests/hello.elf", 240)[1]
    inside = re.findall(r"^measurement ([45]: [0-9a-f]{96})$", out, re.M)
    report.check(len(predicted) == 2 and predicted == inside,
                 "covm measure predicts what a TVM finds in its registers",
                 "%s, %s" % (predicted, out[-300:]))


def ordinary(host, report, tty):
    """A VM of KVM's, and its Linux knows no TSM."""
    vm = Tvm(tty, "an ordinary VM", "--kvm --memory 192M --vcpus 1")
    vm.boot()
    out = tty.command("dmesg | grep 'SBI implementation'")[1]
    report.check("ID=0x3 " in out, "an ordinary VM boots beside a TVM, %d "
                 "harts" % host.harts, out)
    vm.checks(report, "beside a TVM")
    vm.complaints(report, "beside a TVM")
    vm.leave(report, "beside a TVM")


def host_test(host, report):
    """Small VMs of KVM's, a tool's of the suite linux-host."""
    out = host.console.command("host-test vm", 300)[1]
    cases = re.findall(r"^CASE (\w+) (.*)$", out, re.M)
    report.check(len(cases) >= 3 and all(c[0] == "ok" for c in cases),
                 "KVM's VMs beside TVMs: %d cases" % len(cases), out)


def beside(host, report, count):
    """The host's own shell, while TVMs run."""
    status, out = host.console.command(
        "covm list; head -c 4M /guests/Image >/tmp/a; gzip -c /tmp/a | "
        "gunzip | cmp - /tmp/a", 240)
    listed = len(re.findall(r"^ *\d+ ", out, re.M))
    report.check(status == 0 and listed == count,
                 "the host's shell works beside %d TVM%s" %
                 (count, "s" * (count > 1)), out)


def content(host, report):
    """The host's kernel, after all this; the attack's own lines apart."""
    out = host.console.command("dmesg | grep -E '%s|cove: .*lost'" %
                               COMPLAINTS)[1]
    report.check(not out, "the host's kernel is content, %d harts" %
                 host.harts, out[:500])
