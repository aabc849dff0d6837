# SPDX-License-Identifier: BSD-2-Clause
"""Firmware with one TVM in it: `make run-standalone`."""

import re

import demo
import machine

HELLO = machine.GUESTS / "hello.elf"
STEPS = ["create", "measure", "finalize", "first instruction"]


def standalone(axes, guest):
    """What the command prints."""
    env = machine.environment(QEMU=axes.qemu, OPENSBI_VERSION=axes.opensbi,
                              CONFIG="standalone", GUEST=str(guest))
    return machine.run("standalone-" + guest.stem,
                       [machine.ROOT / "firmware/run.sh"], 120, env)


def test_hello(axes):
    """The guest's own lines and measurement, and what each step took."""
    boot = standalone(axes, HELLO)
    assert boot.status == 0, boot.log
    lines = iter(boot.lines)
    for want in demo.hello_lines(HELLO.read_bytes()):
        assert any(line == want for line in lines), want
    for step in STEPS:
        assert re.search(r"^standalone: %s +\d+ cycles +\d+ instructions" %
                         step, boot.text, re.M), step


def test_no_guest(axes):
    """A file that is no guest fails when the firmware is built."""
    boot = standalone(axes, machine.ROOT / "LICENSE")
    assert boot.status != 0
    # No word about what else was built at the same time
    assert re.fullmatch("error: .*: not an ELF file of 64-bit RISC-V",
                        boot.lines[0]), boot.log
    assert len(boot.lines) <= 4, boot.log
