# SPDX-License-Identifier: BSD-2-Clause
"""One boot for every other value of an axis; test/matrix has the pairs."""

import dataclasses
import re

import pytest

import demo
import machine
import tap

HELLO = machine.GUESTS / "hello.elf"
# Those that touch PMP, harts, CSRs, OpenSBI's services
GROUPS = ("basic,guest,access,steal,buffers,clear,services,window,window_full,"
          "reset,fence_harts")

AXES = {
    "one-hart": {"harts": 1},
    "two-harts": {"harts": 2},
    "other-opensbi": {"opensbi": None},
    "old-qemu": {"qemu": None},
    "smepmp": {"smepmp": True},
    "pmp-limit": {"pmp_limit": 12},
    "no-zicboz": {"zicboz": False},
    "no-pool": {"pool": False},
    "spec-0.5": {"numbers": "0.5"},
}


def other(axes, name):
    """The machine of the environment, but for one axis."""
    change = dict(AXES[name])
    if name == "other-opensbi":
        change["opensbi"] = "1.8.1" if axes.opensbi == "1.6" else "1.6"
    if name == "old-qemu":
        change["qemu"] = machine.old_qemu()
        if not change["qemu"]:
            pytest.skip("the system has no QEMU older than 10")
    changed = dataclasses.replace(axes, **change)
    if changed == axes:
        pytest.skip("this is the machine of the other tests")
    return changed


@pytest.mark.parametrize("name", AXES)
def test_demo(axes, name):
    """The demonstration."""
    changed = other(axes, name)
    boot = machine.boot("smoke-demo-" + name, changed, "", HELLO)
    if changed.pool and not changed.pmp_limit:
        demo.check(boot, HELLO.read_bytes())
    else:
        # Other lines about memory, the same of the guest
        assert demo.guest_part(boot) == demo.hello_lines(HELLO.read_bytes())
        assert boot.status == 0
    assert ("%d harts" % changed.harts) in boot.text


def check_device_tree(boot):
    """What the host finds in its device tree is what the boot has said."""
    found = re.findall(r"^# device tree: (.*)$", boot.text, re.M)
    assert len(found) == 2
    for text in found:
        assert re.search(r"^opensbi-cove: %s(: .*)?$" % re.escape(text),
                         boot.text, re.M), text


@pytest.mark.parametrize("name", AXES)
def test_groups(axes, name):
    """The groups that depend on the machine."""
    boot = machine.boot("smoke-tap-" + name, other(axes, name),
                        "test=" + GROUPS)
    result = tap.check(boot)
    failed = ["%s: %s" % (c.name, c.reason) for c in result.cases if not c.ok]
    assert not failed, "\n".join(failed)
    assert not result.problems, "%s, see %s" % (result.problems, boot.log)
    check_device_tree(boot)
