# SPDX-License-Identifier: BSD-2-Clause
"""The demonstration: what `make run` shows, and how it fails."""

import re
import subprocess

import pytest

import demo
import machine

HELLO = machine.GUESTS / "hello.elf"
OWN_C = """
#include <guest/guest.h>

static unsigned char zeros[9000];

int main(unsigned long vcpu_id, unsigned long arg)
{
	printf("own=%lx,%lu,%d\\n", arg, vcpu_id, zeros[8999]);
	return 0;
}
"""


def build_guest(source, addr):
    """Build one guest at an address of its own; its ELF file."""
    out = machine.LOGS / ("guest-%x" % addr)
    subprocess.run(["make", "-s", "-C", machine.ROOT / "guests",
                    "BUILD=%s" % out, "GUEST_SRC=%s" % source,
                    "LINK_ADDR=0x%x" % addr], env=machine.environment(
                        BUILD=str(out)), check=True)
    return out / "guests" / (source.stem + ".elf")


@pytest.mark.parametrize("load", ["eager", "lazy"])
@pytest.mark.parametrize("source", ["pool", "window"])
def test_hello(axes, load, source):
    """All lines of the demonstration, in order and whole."""
    boot = machine.boot("demo-%s-%s" % (load, source), axes,
                        "load=%s from=%s" % (load, source), HELLO, "release")
    demo.check(boot, HELLO.read_bytes(), window=source == "window",
               lazy=load == "lazy")
    assert (demo.faults(boot) > 0) == (load == "lazy")


def test_argument_and_memory(axes):
    """The guest's argument and memory are what the host was told."""
    boot = machine.boot("demo-arg", axes, "arg=0x1234 ram=0x345678", HELLO,
                        "release")
    demo.check(boot, HELLO.read_bytes(), arg=0x1234, extra_ram=0x345678)


@pytest.mark.parametrize("vcpus", [1, 3, 8])
def test_vcpus(axes, vcpus):
    """As many vCPUs as the host was told, on however many harts."""
    elf = machine.GUESTS / "team.elf"
    boot = machine.boot("demo-vcpus-%d" % vcpus, axes, "vcpus=%d" % vcpus, elf,
                        "release")
    assert boot.status == 0, boot.log
    assert ("%d vCPUs: the numbers below 1000000 add up to 499999500000" %
            vcpus) in boot.lines, boot.log
    assert "host: done, power off" in boot.lines, boot.log


def test_sharers(axes):
    """Calls on a TVM that meet: the host tries again."""
    elf = machine.GUESTS / "sharers.elf"
    boot = machine.boot("demo-sharers", axes, "vcpus=4", elf, "release")
    assert boot.status == 0, boot.log
    assert ("4 vCPUs shared and unshared, 0 times in vain" in
            boot.lines), boot.log
    assert "host: done, power off" in boot.lines, boot.log


def test_make_run(axes):
    """The command that the first page names."""
    env = machine.environment(QEMU=axes.qemu, HARTS=str(axes.harts),
                              OPENSBI_VERSION=axes.opensbi, CONFIG="release",
                              GUEST=str(HELLO))
    boot = machine.run("make-run", [machine.ROOT / "firmware/run.sh"], 90, env)
    demo.check(boot, HELLO.read_bytes())


@pytest.mark.parametrize("addr", [0x10000, 0x1000000000, 0x40000000])
def test_other_address(axes, addr):
    """hello linked at other guest addresses."""
    elf = build_guest(machine.ROOT / "guests/hello.c", addr)
    boot = machine.boot("demo-at-%x" % addr, axes, "", elf, "release")
    demo.check(boot, elf.read_bytes())
    assert "entry 0x%x\n" % addr in boot.text


def test_own_guest(axes):
    """A guest of the user's: one C file. It prints no measurement."""
    source = machine.LOGS / "own.c"
    source.write_text(OWN_C, encoding="ascii")
    elf = build_guest(source, 0x90000000)
    boot = machine.boot("demo-own", axes, "arg=0xabc load=lazy", elf,
                        "release")
    demo.check(boot, elf.read_bytes(), ["own=abc,0,0"], lazy=True, arg=0xabc)


def broken(name, change):
    """hello's ELF file, changed."""
    data = bytearray(HELLO.read_bytes())
    path = machine.LOGS / (name + ".elf")
    path.write_bytes(change(data))
    return path


def foreign(data):
    """The same for another machine."""
    data[18] = 62
    return data


FAILURES = {
    "no-guest": (lambda: None, "", "release",
                 "there is no guest: give its ELF file as initrd"),
    "text-file": (lambda: machine.ROOT / "LICENSE", "", "release",
                  "guest: not an ELF file"),
    "cut-short": (lambda: broken("cut", lambda d: d[:5000]), "", "release",
                  "guest: segment at 0x[0-9a-f]+ lies outside the file"),
    "other-machine": (lambda: broken("x86", foreign), "", "release",
                      "guest: for machine 62, not RISC-V .*"),
    "vanilla": (lambda: HELLO, "", "vanilla",
                "this firmware has no TSM .*"),
    "too-much-memory": (lambda: HELLO, "ram=0x100000000", "release",
                        "convert_pages: .*"),
    "bad-argument": (lambda: HELLO, "load=never", "release",
                     "boot argument load=never: .*"),
    "guest-dies": (lambda: machine.GUESTS / "outside.elf", "", "release",
                   "guest died: .*"),
    "guest-fails": (lambda: machine.GUESTS / "canary.elf", "arg=7", "release",
                    "guest (died|shut down).*"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failure(axes, name):
    """One line with the reason, no success, and a status that is not 0."""
    initrd, append, config, reason = FAILURES[name]
    machine.LOGS.mkdir(parents=True, exist_ok=True)
    elf = initrd()
    if append or not elf:
        # Nothing but QEMU's own status, which is not what counts
        boot = machine.boot("fail-" + name, axes, append, elf, config,
                            timeout=40)
    else:
        # Not within the time that the run has
        machine.firmware(machine.Axes(opensbi=axes.opensbi), config)
        env = machine.environment(QEMU=axes.qemu, HARTS=str(axes.harts),
                                  OPENSBI_VERSION=axes.opensbi, CONFIG=config,
                                  GUEST=str(elf))
        boot = machine.run("fail-" + name, [machine.ROOT / "firmware/run.sh"],
                           40, env)
        assert boot.status != 0, boot.log
    assert not boot.timed_out, boot.log
    said = [line for line in boot.lines if line.startswith("host: FAILED")]
    assert len(said) == 1, boot.log
    assert re.fullmatch("host: FAILED: " + reason, said[0]), said[0]
    assert "host: done, power off" not in boot.lines, boot.log
