# SPDX-License-Identifier: BSD-2-Clause
"""Commands of the first page that no other test gives."""

import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

import demo
import machine

HELLO = machine.GUESTS / "hello.elf"
FIGURES = ["create", "measure", "finalize", "first instruction"]


def make(axes, name, *args, **env):
    """`make` with these arguments, on the machine of the environment."""
    return machine.run(name, ["make", "-C", machine.ROOT, *args], 240,
                       machine.environment(QEMU=axes.qemu,
                                           OPENSBI_VERSION=axes.opensbi,
                                           **env))


def symbol(elf, name):
    """Address of a symbol in an ELF file."""
    out = subprocess.run(["riscv64-linux-gnu-nm", elf], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    return int(re.search(r"^(\w+) \w %s$" % name, out, re.M)[1], 16)


def test_guest_inside(axes):
    """Firmware, host and guest in one file, without loader and initrd."""
    # The host's objects, all but one of which are the same
    objects = machine.BUILD / "host/embedded.obj"
    shutil.rmtree(objects, ignore_errors=True)
    shutil.copytree(machine.BUILD / "host/host.obj", objects)
    built = make(axes, "make-host-embedded", "host", "GUEST_ELF=%s" % HELLO,
                 "OUT=embedded")
    assert built.status == 0, built.log
    built = make(axes, "make-firmware-payload", "firmware", CONFIG="release",
                 FW_PAYLOAD=str(machine.BUILD / "host/embedded.bin"))
    assert built.status == 0, built.log
    out = machine.ROOT / re.search(r"^firmware: (.*)", built.text, re.M)[1]
    boot = machine.run("payload", [
        machine.ROOT / "firmware/qemu.sh", "-M", "virt", "-cpu",
        machine.cpu(axes), "-m", axes.mem, "-smp", str(axes.harts),
        "-nographic", "-no-reboot", "-bios", out / "fw_payload.bin"], 90,
        machine.environment(QEMU=axes.qemu))
    demo.check(boot, HELLO.read_bytes())


def test_perf(axes):
    """PERF=1 prints the figures and nothing else."""
    boot = make(axes, "make-perf", "-s", "run-standalone", "PERF=1",
                "GUEST=%s" % HELLO)
    assert boot.status == 0, boot.log
    lines = [re.fullmatch(r"standalone: (.+?) +\d+ cycles +\d+ instructions"
                          r".*", line) for line in boot.lines if line]
    assert all(lines) and [m[1] for m in lines] == FIGURES, boot.log


def free_port():
    """A TCP port that nobody has."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def test_debug(axes):
    """gdb knows the guest and, once it has its place, the trampoline."""
    if subprocess.run([machine.ROOT / "firmware/deps.sh", "gdb-multiarch"],
                      check=False).returncode:
        pytest.skip("there is no gdb-multiarch")
    script = machine.LOGS / "commands.gdb"
    script.write_text("info address main\n"
                      "continue\n"
                      "print/x (unsigned long)&tramp_enter\n"
                      "print/x covh_place.block\n"
                      "print/x *(unsigned short *)&tramp_enter\n",
                      encoding="ascii")
    boot = make(axes, "make-debug", "debug", GUEST=str(HELLO),
                GDB_PORT=str(free_port()),
                GDB_ARGS="-batch -x %s" % script)
    assert boot.status == 0, boot.log
    assert ('Symbol "main" is a function at address 0x%x.' %
            symbol(HELLO, "main")) in boot.text, boot.log
    addr, block, insn = (int(n, 16) for n in
                         re.findall(r"^\$\d+ = 0x(\w+)$", boot.text, re.M))
    tramp = Path(re.search(r'from file "(.*/trampoline\.elf)"',
                           boot.text)[1])
    offset = symbol(tramp, "tramp_enter")
    assert block and addr == block + offset, boot.log
    # It is there, not only its name
    image = machine.LOGS / "trampoline.image"
    subprocess.run(["riscv64-linux-gnu-objcopy", "-O", "binary", tramp,
                    image], check=True)
    assert insn == int.from_bytes(image.read_bytes()[offset:offset + 2],
                                  "little")
