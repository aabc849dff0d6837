# SPDX-License-Identifier: BSD-2-Clause
"""SHA-384 with base instructions, with Zbb, with Zknh: each is right, and what
all harts have decides at boot which of them measures pages."""

import dataclasses
import re

import pytest

import machine
import tap

# -cpu: which functions run, which of them is chosen
CPUS = {
    "rv64,zbb=off": ({"base"}, "base"),
    "rv64,zbb=on": ({"base", "zbb"}, "zbb"),
    "rv64,zbb=off,zknh=on": ({"base", "zknh"}, "zknh"),
    "rv64,zbb=on,zknh=on": ({"base", "zbb", "zknh"}, "zknh"),
}
# At most, for each byte of a page
LIMITS = {"base": 42, "zbb": 28, "zknh": 18}


def check(axes, name, more, runs, chosen):
    """Boot; everything is right, and as expected."""
    exact = machine.qemu_major(axes.qemu) >= 10
    boot = machine.boot("sha384-" + name, axes, "test=sha384", timeout=180,
                        icount=exact, more=more)
    result = tap.check(boot)
    assert not result.problems, "%s, see %s" % (result.problems, boot.log)
    bad = ["%s: %s" % (c.name, c.reason) for c in result.cases
           if not c.ok or c.skip]
    assert not bad and len(result.cases) == 3, "%s, see %s" % (bad, boot.log)
    insns = {k: int(v) for k, v in
             re.findall(r"^# bench sha384\.(\w+) (\d+)$", boot.text, re.M)}
    used = insns.pop("chosen")
    assert {k for k, n in insns.items() if n} == runs, insns
    said = re.search(r"^opensbi-cove: SHA-384 by (\w+) instructions$",
                     boot.text, re.M)
    assert said and said[1].lower() == chosen
    if exact:
        assert used == insns[chosen], (used, insns)
        assert all(0 < insns[k] <= LIMITS[k] * 4096 for k in runs), insns


@pytest.mark.parametrize("cpu", CPUS)
def test_cpu(axes, cpu):
    """All harts alike."""
    check(dataclasses.replace(axes, harts=1, cpu=cpu), cpu, (), *CPUS[cpu])


def device_tree(axes, path):
    """What QEMU makes for the boot of check()."""
    machine.boot("sha384-dtb", axes, "test=sha384",
                 more=["-machine", "dumpdtb=%s" % path])
    return path.read_bytes()


@pytest.mark.parametrize("hart", [0, 1])
@pytest.mark.parametrize("lacks", [["zknh"], ["zbb", "zknh"]], ids="-".join)
def test_harts_differ(axes, tmp_path, lacks, hart):
    """One hart lacks extensions, says the device tree: no hart uses them."""
    axes = dataclasses.replace(axes, harts=2, cpu="rv64,zbb=on,zknh=on")
    path = tmp_path / "dtb"
    dtb = device_tree(axes, path)
    for name in (n.encode() for n in lacks):
        # In riscv,isa, and in riscv,isa-extensions where QEMU writes it
        for word in (b"_%s_" % name, b"\0%s\0" % name):
            parts = dtb.split(word)
            assert len(parts) in (1, 3), (word, len(parts))
            if len(parts) == 3:
                words = [word, word]
                words[hart] = word.replace(b"z", b"x", 1)
                dtb = parts[0] + words[0] + parts[1] + words[1] + parts[2]
    path.write_bytes(dtb)
    chosen = "base" if "zbb" in lacks else "zbb"
    runs = {"base", "zbb", "zknh"} - set(lacks)
    check(axes, "-".join(["hart%d" % hart] + lacks), ["-dtb", path], runs,
          chosen)


# Old device trees have riscv,isa alone
@pytest.mark.parametrize("old,new,chosen", [
    (b"_zknh_", b"_zknh_", "zknh"),
    (b"_zknh_", b"_zknhx", "zbb"),
    (b"_zknh_", b"_zkn\0_", "zbb"),
], ids=["there", "longer", "shorter"])
def test_isa_string(axes, tmp_path, old, new, chosen):
    """An extension is known by its whole name."""
    axes = dataclasses.replace(axes, harts=1, cpu="rv64,zbb=on,zknh=on")
    path = tmp_path / "dtb"
    dtb = device_tree(axes, path)
    assert dtb.count(old) == 1
    path.write_bytes(dtb.replace(old, new).replace(b"\0riscv,isa-extensions\0",
                                                   b"\0riscx,isa-extensions\0"))
    check(axes, "isa-string-" + chosen, ["-dtb", path],
          {"base", "zbb", chosen}, chosen)
