# SPDX-License-Identifier: BSD-2-Clause
"""T-42: what a guest reads of its measurement, against the prediction."""

import re
import subprocess

import machine
import predict
import tap

HELLO = machine.GUESTS / "hello.elf"


def test_t42_vcpu_sets(axes):
    """Registers 4 and 5 for each set of vCPUs, in the order of creation."""
    boot = machine.boot("vcpu-sets", axes, "test=measure case=sets")
    result = tap.check(boot)
    assert not result.problems, result.problems
    assert [(c.ok, c.skip) for c in result.cases] == [(True, False)]
    lines = re.findall(r"^# vCPUs (\S+) 4 (\w+) 5 (\w+)$", boot.text, re.M)
    assert len(lines) == 6
    for vcpus, code, config in lines:
        ids = [ord(c) - ord("0") for c in vcpus]
        assert (code, config) == predict.predict(
            HELLO.read_bytes(), extra_ram=0, vcpus=ids), vcpus


def test_t42_command_line():
    """The tool by itself says the same."""
    out = subprocess.run(
        ["/usr/bin/python3", machine.ROOT / "tools/predict.py", HELLO,
         "--extra-ram", "0x1000", "--arg", "7", "--vcpus", "0", "2", "63"],
        stdout=subprocess.PIPE, text=True, check=True).stdout
    code, config = predict.predict(HELLO.read_bytes(), extra_ram=0x1000, arg=7,
                                   vcpus=(0, 2, 63))
    assert out == "4: %s\n5: %s\n" % (code, config)
    assert config != predict.predict(HELLO.read_bytes(), extra_ram=0x1000,
                                     arg=7, vcpus=(0, 2))[1]
