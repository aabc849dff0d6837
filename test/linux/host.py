# SPDX-License-Identifier: BSD-2-Clause
"""A Linux host with everything in it that the tests want, and three more
terminals beside its console: serial lines of its own, ttyS1 to ttyS3."""

import contextlib
import os
import re
import subprocess
import tempfile
from pathlib import Path

import machine
from terminal import Terminal

HERE = Path(__file__).resolve().parent
LOGS = machine.BUILD / "test" / "linux"
LINUX = machine.BUILD / "linux"
HOST = "host# "
LINES = 3
BOOT_SECONDS = 300


def output(command, **env):
    """Of a program that must succeed; its last line too if it does not."""
    done = subprocess.run([str(c) for c in command], cwd=machine.ROOT,
                          env=machine.environment(**env), check=False,
                          text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        raise RuntimeError("%s: status %d: %s" % (
            Path(command[0]).name, done.returncode,
            (done.stdout + done.stderr)[-300:].strip()))
    return done.stdout


def build():
    """The initramfs, with the attacker's module and programs."""
    files = output([machine.ROOT / "test/linux-host/programs.sh", "clash",
                    "outside", "swap"]).split()
    kcore = LINUX / "kcore"
    output(["riscv64-linux-gnu-gcc", "-static", "-s", "-O2", "-Wall",
            "-Wextra", "-Werror", "-o", kcore, HERE / "kcore.c"])
    files += [kcore, machine.GUESTS / "hello.elf",
              machine.GUESTS / "attest.elf"]
    files += output([machine.ROOT / "firmware/linux-module.sh",
                     HERE / "attack"]).split()
    output([machine.ROOT / "host/linux/image.sh", "test", *files])


def firmware():
    """The directory of the firmware to test."""
    axes = machine.Axes(opensbi=os.environ.get("OPENSBI_VERSION") or "1.6")
    return machine.firmware(axes, os.environ.get("CONFIG") or "release")


class Host(contextlib.AbstractContextManager):
    """The machine: .console and .line[1..3] are terminals at its shells."""

    def __init__(self, harts, mem):
        self.harts = harts
        self.stack = contextlib.ExitStack()
        self.dir = self.stack.enter_context(tempfile.TemporaryDirectory())
        env = machine.environment(QEMU=os.environ.get("QEMU") or "")
        command = [machine.ROOT / "firmware/qemu.sh", "-M", "virt", "-cpu",
                   "rv64,zkr=on", "-smp", str(harts), "-m", mem, "-nographic",
                   "-no-reboot", "-bios", firmware() / "fw_jump.bin",
                   "-kernel", LINUX / "Image", "-initrd",
                   LINUX / "initrd-test.cpio", "-append",
                   "console=ttyS0 host.idle host.shells=%d" % (LINES - 1)]
        for n in range(1, LINES + 1):
            command += ["-chardev", "socket,id=line%d,path=%s,server=on,"
                        "wait=off" % (n, self.socket(n)),
                        "-device", "pci-serial,chardev=line%d" % n]
        self.env = env
        self.console = self.stack.enter_context(Terminal(
            command, LOGS / ("host-%d.log" % harts), env, machine.ROOT, HOST))
        self.line = {}

    def __exit__(self, *what):
        return self.stack.__exit__(*what)

    def socket(self, n):
        """Where QEMU has line @n."""
        return "%s/line%d" % (self.dir, n)

    def boot(self):
        """Wait for the shells."""
        self.console.expect("host: ready\n.*" + HOST, BOOT_SECONDS)
        for n in range(1, LINES):
            self.line[n] = self.stack.enter_context(Terminal(
                [HERE / "line", self.socket(n)],
                LOGS / ("line%d-%d.log" % (n, self.harts)), self.env,
                machine.ROOT, HOST))
            self.line[n].send("\n")
            self.line[n].expect(HOST, 60)

    def pool(self):
        """ADDRESS,PAGES of it and PMP entries in use, as the boot says."""
        pool = re.search(r"^opensbi-cove: pool (0x\w+), (\d+) pages",
                         self.console.text, re.M)
        pmp = re.search(r"^opensbi-cove: PMP \d+ entries, (\d+) used",
                        self.console.text, re.M)
        return "%s,%s" % pool.groups(), pmp[1]
