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
    # As arguments, which make passes on to all others
    built = make(axes, "make-firmware-payload", "firmware", "CONFIG=release",
                 "FW_PAYLOAD=%s" % (machine.BUILD / "host/embedded.bin"))
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


# Arguments of `make run`, and the one line that comes of them
WRONG = {
    "no-hart": (["HARTS=0"], "run: HARTS=0: 1 to 64"),
    "harts": (["HARTS=100"], "run: HARTS=100: 1 to 64"),
    "vcpus": (["VCPUS=many"], "run: VCPUS=many: 1 to 64"),
    "guest": (["GUEST=none.elf"], "run: GUEST=none.elf: no such file"),
    "qemu": (["QEMU=/bin/false"], "run: QEMU: exit status 1"),
    "jobs": (["JOBS=abc"], "firmware: JOBS=abc: not a number"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong(axes, name):
    """One clear line, and make's own that it has failed."""
    args, line = WRONG[name]
    run = machine.run("wrong-" + name, ["make", "-s", "-C", machine.ROOT,
                                        "run"] + args, 90,
                      machine.environment(OPENSBI_VERSION=axes.opensbi))
    assert run.status, run.log
    lines = [l for l in run.lines if l and not l.startswith("make")]
    assert lines == [line], run.log


@pytest.mark.parametrize("option", ["garbage", "CONFIG_SBI_COVH_STATC=y",
                                    "CONFIG_SBI_COVH_POOL_MIB=abc"])
def test_no_option(axes, option):
    """What Kconfig would leave out without a word."""
    run = make(axes, "no-option", "firmware", "VARIANT=none",
               "EXTRA_CONFIG=" + option)
    assert run.status, run.log
    assert ("firmware: EXTRA_CONFIG: %s: no such option, or not with this "
            "value" % option) in run.lines, run.log


def test_no_source(axes):
    """A guest's source that is not there."""
    run = make(axes, "no-source", "guests", "GUEST_SRC=none.c")
    assert run.status, run.log
    assert "guests: %s: no such file" % (machine.ROOT / "none.c") in run.lines


def test_space(tmp_path):
    """make cannot handle such a path, and says so."""
    path = tmp_path / "two words"
    path.mkdir()
    shutil.copy(machine.ROOT / "Makefile", path)
    run = machine.run("space", ["make", "-C", path, "run"], 30)
    assert run.status, run.log
    assert "has a space in it" in run.text, run.log


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
