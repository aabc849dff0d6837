# SPDX-License-Identifier: BSD-2-Clause
"""The evidence of the real firmware, checked by code that has nothing in common
with it; T-35, T-43, T-44, T-47, T-48, T-57, and what is handed over at boot."""

import dataclasses
import re
import shutil
import struct
import subprocess

import pytest

import machine
import predict
import tap
from test_memory import tree
from test_options import options

if subprocess.run([machine.ROOT / "firmware/deps.sh", "openssl",
                   "python3-cbor2", "python3-cryptography"],
                  check=False).returncode:
    pytest.skip("there is no python3-cbor2 or python3-cryptography",
                allow_module_level=True)

# pylint: disable=wrong-import-position
import dice  # noqa: E402
import evidence  # noqa: E402
from evidence import Component, DEBUG, NOT_CONFIGURED, RECOVERY, \
    SECURED  # noqa: E402

PAGE = 4096
RAM = 0x80000000
RAM_END = RAM + (1 << 30)
FREE = 0x90000008
# Of RAM that takes less long to search
SMALL, FREE_IN_SMALL = "128M", 0x86000008
NEXT_IMAGE = 0x80200000
# Bytes to look at where nothing may change
READ = 832
# Cases of the host that may skip
GONE, SECRETS = "the handover is gone", "secrets in RAM"
# For where there is no need of evidence
BRIEFLY = "case=gone"


def pattern(n, length):
    """Bytes without a repetition."""
    return bytes((n + i * i) & 0xff for i in range(length))


def one(n, kind="rot", svn=3):
    """Some software."""
    return Component(kind, pattern(n, 48), svn)


GOOD = dice.Handover(pattern(77, 48), SECURED, [one(1), one(2, "soc", 0)],
                     pattern(7, 64))
LONG = GOOD.with_(components=[one(i, "component-%02d-%s" % (i, "x" * 18),
                                  0xffffffff - i) for i in range(24)])
# The longest and the shortest name, and the ends of what may be in one
NAMES = GOOD.with_(state=RECOVERY, components=[
    one(1, "n" * 31, 0), one(2, "!", 1), one(3, "~!~", 10)])

# Handed over in earnest: "debug" where the pool would be, "recovery" as high as
# it goes
GIVEN = {
    "secured": LONG,
    "debug": GOOD.with_(state=DEBUG),
    "recovery": NAMES,
    "unusable": LONG.with_(count=25),
}
# Handed over at a place where all is well, but not understood
BAD = {
    "magic": GOOD.with_(magic=dice.MAGIC ^ 1 << 63),
    "version": GOOD.with_(version=2),
    "state-0": GOOD.with_(state=0),
    "state-5": GOOD.with_(state=5),
    "no-components": GOOD.with_(components=[]),
    "25-components": LONG.with_(count=25),
    "type-without-end": LONG.with_(end=b"x"),
    "no-type": GOOD.with_(components=[one(1, "")]),
    "type-of-two-words": GOOD.with_(components=[one(1), one(2, "a b")]),
    "type-in-utf-8": GOOD.with_(components=[one(1, "M\u00fcnchen")]),
}
# A good one, or none, where it must neither be read nor wiped
MISPLACED = {
    "misaligned": FREE + 4,
    "no-ram": 0x40000000,
    "null": 0,
    "wraps": (1 << 64) - 8,
    "across-the-end": RAM_END - dice.HANDOVER_SIZE + 8,
    "firmware": RAM,
    "device-tree": None,
    "into-the-initrd": None,
    "into-the-next-image": NEXT_IMAGE - 440,
}
# A good one that a host would like to find behind the TSM: its own image names
# all of RAM as its size, or there is no TSM
REACHED_FOR = {"size-of-image": "claims", "without-tsm": "no-tsm"}
NO_ROOT = "platform state NotConfigured: no root of trust, DMA is not stopped"
# What is put there first
PLACED = {name: GOOD.encode()[:READ] for name in ("misaligned",
                                                  "across-the-end")}


def claiming(image):
    """An image whose header says that it takes all of RAM."""
    assert image[0x38:0x3c] == b"RSC\5"
    return image[:16] + struct.pack("<Q", RAM_END - NEXT_IMAGE) + image[24:]


class Run:
    """One boot of group evidence_dump, and what the host said there."""

    def __init__(self, axes, name, append="", config="test", more=(),
                 read=None, kernel=machine.HOST):
        self.axes = axes
        self.config = config
        # Bytes from one address on, before the first case
        self.seen = b""
        monitor = machine.Monitor(tap.HEAD, lambda m: self.look(m, *read))
        more = list(more)
        if read:
            more += monitor.args
        self.boot = machine.boot("evidence-" + name, axes,
                                 "test=evidence_dump " + append, config=config,
                                 more=more, see=read and monitor.see,
                                 kernel=kernel)
        self.text = self.boot.text
        self.tap = tap.check(self.boot)

    def look(self, monitor, addr, size):
        """What is in RAM there?"""
        self.seen = monitor.read(addr, size)

    def check(self, *skipped):
        """All cases have passed but those."""
        assert not self.tap.problems, "%s, see %s" % (self.tap.problems,
                                                      self.boot.log)
        bad = ["%s: %s" % (c.name, c.reason) for c in self.tap.cases
               if not c.ok or c.skip != (c.name in skipped)]
        assert self.tap.cases and not bad, "%s, see %s" % (bad, self.boot.log)
        return self

    def dump(self, name):
        """Bytes that the host has shown."""
        out = "".join(re.findall("^# %s ([0-9a-f]+)$" % re.escape(name),
                                 self.text, re.M))
        assert out, "no %s in %s" % (name, self.boot.log)
        return bytes.fromhex(out)

    def numbers(self, expression, base=10):
        """Numbers on the console."""
        found = re.search(expression, self.text)
        assert found, "no %s in %s" % (expression, self.boot.log)
        return [int(n, base) for n in found.groups()]

    def says(self, line):
        """Is it a line of the firmware? Twice it must not be there."""
        n = self.boot.lines.count("opensbi-cove: " + line)
        assert n < 2, self.boot.log
        return n == 1

    def image(self):
        """The firmware."""
        return dice.Image(machine.firmware(self.axes, self.config) /
                          "fw_jump.bin")

    def pool(self):
        """Address and size, from the console."""
        pages, = self.numbers(r"opensbi-cove: pool \w+, (\d+) pages")
        pool, = self.numbers(r"opensbi-cove: pool 0x(\w+),", 16)
        return pool, pages * PAGE

    def fdt(self):
        """Address of the device tree."""
        return self.numbers(r"Domain0 Next Arg1 +: 0x(\w+)", 16)[0]

    def chain(self, state, handover=None):
        """What all keys and registers must be."""
        image = self.image()
        used, = self.numbers(r"opensbi-cove: PMP \d+ entries, (\d+) used")
        config = image.config(used, *self.pool())
        secret, components = dice.TEST_SECRET, [image.component("firmware")]
        if handover:
            secret, components = handover.secret, handover.components
        return dice.Chain(secret, state, components, image, config)

    def evidence(self, chain, first, form="cbor"):
        """What it says; it must be signed with the keys of that chain."""
        said = evidence.CHECK[form](self.dump(form), dice.point(chain.root),
                                    challenge(first))
        assert said.platform == dice.point(chain.platform)
        assert said.tsm == dice.point(chain.tsm)
        assert said.registers[:4] == chain.registers
        return said


def challenge(n):
    """The host's challenge=N."""
    return struct.pack("<8Q", *range(n, n + 8))


def initrd(axes):
    """Its address: QEMU tells where it would put it."""
    dtb = machine.LOGS / "evidence-initrd.dtb"
    subprocess.run([machine.ROOT / "firmware/qemu.sh", "-M",
                    "virt,dumpdtb=%s" % dtb, "-m", axes.mem, "-cpu",
                    machine.cpu(axes), "-smp", str(axes.harts), "-nographic",
                    "-bios", machine.firmware(axes) / "fw_jump.bin", "-kernel",
                    machine.HOST, "-initrd", machine.GUESTS / "all.cpio"],
                   env=machine.environment(QEMU=axes.qemu), check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    out = subprocess.run(["fdtget", "-t", "x", dtb, "/chosen",
                          "linux,initrd-start"], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    return int("".join("%08x" % int(cell, 16) for cell in out.split()), 16)


def half_words(secret):
    """The first and the last 8 bytes, in both orders, as boot arguments have
    them: inverted, or the arguments would be found."""
    both = [secret, secret[::-1]]
    return [~int.from_bytes(s[i:i + 8], "little") & (1 << 64) - 1
            for s in both for i in (0, 40)]


def words_to_find(chain):
    """Secrets that nobody keeps, and at the end the one that M-mode keeps."""
    words = half_words(GOOD.secret)[:2] + half_words(chain.cdi0)[:2] + \
        half_words(chain.cdi1)[:2] + half_words(chain.root) + \
        half_words(chain.platform) + half_words(chain.tsm)[:2]
    return "".join(" find%d=0x%x" % (i, w) for i, w in enumerate(words))


class Runs:
    """All boots, each when a test asks for it first."""

    def __init__(self, axes):
        # Nothing of this has to do with evidence
        self.axes = dataclasses.replace(axes, numbers="0.7", pmp_limit=0,
                                        mem="1G", pool=True)
        self.small = dataclasses.replace(self.axes, mem=SMALL)
        self.trees = {a.mem: tree(a, "evidence-" + a.mem, [])
                      for a in (self.axes, self.small)}
        self.done = {}
        self.todo = {
            "plain": ("challenge=77 identity=5 extend=7",),
            "other": ("challenge=78",),
            "release": ("challenge=77 identity=5", "release"),
            "svn": ("challenge=77", "test",
                    dataclasses.replace(self.axes, svn=2)),
            # Firmware that test_options.py builds as well
            "options": ("challenge=77", "test", options(self.axes)),
        }

    def __getitem__(self, name):
        if name not in self.done:
            self.done[name] = self.make(name)
        return self.done[name]

    def make(self, name):
        """Boot."""
        if name == "secrets":
            return self.secrets()
        if name in GIVEN:
            return self.handed(name, GIVEN[name], self.place(name))
        if name in BAD:
            return self.handed(name, BAD[name], FREE, BRIEFLY)
        if name == "one-cell":
            return self.one_cell()
        if name in MISPLACED:
            return self.misplaced(name, self.place(name))
        if name in REACHED_FOR:
            return self.handed(name, GOOD, FREE, BRIEFLY, REACHED_FOR[name])
        return self.run(name, *self.todo[name])

    def pool(self):
        """Where it is if nothing is handed over."""
        return self["plain"].pool()[0]

    def fdt(self):
        """Where QEMU puts the device tree."""
        return self["plain"].fdt()

    def place(self, name):
        """Where something is handed over, or where nothing may be."""
        special = {
            "debug": lambda: self.pool() + 64 * PAGE,
            "recovery": lambda: RAM_END - dice.HANDOVER_SIZE,
            "device-tree": self.fdt,
            "into-the-initrd": lambda: initrd(self.axes) - 440,
        }
        return special[name]() if name in special else \
            MISPLACED.get(name, FREE)

    def run(self, name, append, config="test", axes=None, more=(), read=None,
            kernel=machine.HOST):
        """One boot."""
        return Run(axes or self.axes, name, append, config, more, read, kernel)

    def property(self, name, at, mem=None):
        """The machine's device tree with the property, as QEMU's arguments."""
        dtb = machine.LOGS / ("evidence-%s.dtb" % name)
        shutil.copyfile(self.trees[mem or self.axes.mem], dtb)
        subprocess.run(["fdtput", "-p", "-t", "x", dtb, "/chosen/opensbi-cove",
                        "dice-handover", "%x" % (at >> 32),
                        "%x" % (at & 0xffffffff)], check=True)
        return ["-dtb", dtb]

    @staticmethod
    def load(name, data, at):
        """Bytes in RAM, as QEMU's arguments."""
        path = machine.LOGS / ("evidence-%s.bin" % name)
        path.write_bytes(data)
        return ["-device", "loader,file=%s,addr=0x%x,force-raw=on" %
                (path, at)]

    def handed(self, name, handover, at, append="", host=None):
        """Something is handed over where it may be; @host: what the host does
        about it."""
        more = self.property(name, at) + \
            self.load(name, handover.encode(), at)
        kernel = machine.HOST
        if host == "claims":
            kernel = machine.LOGS / "evidence-claims.bin"
            kernel.write_bytes(claiming(machine.HOST.read_bytes()))
        elif host == "no-tsm":
            more += ["-cpu", machine.cpu(dataclasses.replace(
                self.axes, cpu="rv64,h=off"))]
        return self.run(name, "challenge=9 handover=%d %s" % (at, append),
                        "release", more=more, kernel=kernel)

    def misplaced(self, name, at):
        """Or where it may not be."""
        args = self.property(name, at)
        if name in PLACED:
            args += self.load(name, PLACED[name], at)
        return self.run(name, BRIEFLY, "release", more=args,
                        read=(at, READ) if RAM <= at < RAM_END else None)

    def one_cell(self):
        """An address in a property that is too short."""
        args = self.property("one-cell", FREE)
        subprocess.run(["fdtput", "-t", "x", args[1], "/chosen/opensbi-cove",
                        "dice-handover", "%x" % FREE], check=True)
        return self.run("one-cell", BRIEFLY, "release", more=args)

    def secrets(self):
        """Look for secrets. What they are depends on the places that a boot
        chooses: there is one before."""
        args = self.property("secrets", FREE_IN_SMALL, self.small.mem) + \
            self.load("secrets", GOOD.encode(), FREE_IN_SMALL)
        where = self.run("places", BRIEFLY, "test", self.small, args)
        chain = where.chain(DEBUG, GOOD)
        return self.run("secrets", "challenge=9 handover=%d" % FREE_IN_SMALL +
                        words_to_find(chain), "test", self.small, args)


@pytest.fixture(scope="module", name="runs")
def all_runs(axes):
    """What has been booted is booted once."""
    return Runs(axes)


@pytest.fixture(params=list(evidence.CHECK))
def form(request):
    """One of the two formats."""
    return request.param


def test_registers(runs, form):
    """Evidence has all registers as COVG 10 reads them, and as they can be
    predicted from files and the lines of the boot."""
    run = runs["plain"].check(GONE, SECRETS)
    said = run.evidence(run.chain(DEBUG), 77, form)
    read = [run.dump("register.%d" % i) for i in range(evidence.REGISTERS)]
    assert said.registers == read
    puppet = (machine.GUESTS / "puppet.elf").read_bytes()
    code, config = predict.predict(puppet, lazy=True, extra_ram=0)
    assert [r.hex() for r in read[4:6]] == [code, config]
    zero = bytes(evidence.DIGEST)
    assert read[6:] == [zero, dice.extend(zero, challenge(77)[:48]), zero, zero]


def test_claims(runs, form):
    """The other claims."""
    run = runs["plain"]
    said = run.evidence(run.chain(DEBUG), 77, form)
    image = run.image()
    assert said.identity == struct.pack("<8Q", *[5] * 8)
    assert said.manufacturer == bytes(64)
    assert said.platform_components == [image.component("firmware")]
    assert said.tsm_components == [image.component("tsm-driver"),
                                   image.component("tsm")]
    assert image.svn == 1 and image.flags & 1
    # The generator: the guest's private key is 1
    assert said.guest == dice.point(bytes(47) + b"\1")


def test_both_forms(runs):
    """They say the same."""
    run = runs["plain"]
    chain = run.chain(DEBUG)
    assert run.evidence(chain, 77, "cbor") == run.evidence(chain, 77, "x509")


def test_openssl(runs, tmp_path):
    """OpenSSL trusts the certificate if it trusts the TSM's key."""
    run = runs["plain"]
    tsm = dice.point(run.chain(DEBUG).tsm)
    lines = evidence.check_by_openssl(run.dump("x509"), tsm, tmp_path)
    assert sum(":2.23.133.5.4.6" in line for line in lines) == 1
    assert sum("ecdsa-with-SHA384" in line for line in lines) == 2
    assert sum(line.endswith(":secp384r1") for line in lines) == 1
    other = dice.point(runs["release"].chain(NOT_CONFIGURED).tsm)
    with pytest.raises(AssertionError):
        evidence.check_by_openssl(run.dump("x509"), other, tmp_path)


def test_t43_identity(runs, form):
    """No identity, no claim; nothing that is measured says which it was."""
    with_ = runs["plain"]
    without = runs["other"].check(GONE, SECRETS)
    one_, other = (run.evidence(run.chain(DEBUG), n, form)
                   for run, n in ((with_, 77), (without, 78)))
    assert other.identity is None
    assert one_.registers[:6] == other.registers[:6]
    assert other.registers[6:] == [bytes(48)] * 4


def test_t44_replay(runs, form):
    """Evidence for one challenge is none for another."""
    run = runs["plain"]
    root = dice.point(run.chain(DEBUG).root)
    with pytest.raises(evidence.Refused, match="old evidence"):
        evidence.CHECK[form](run.dump(form), root, challenge(78))


@pytest.mark.filterwarnings("ignore:Parsed a negative serial number")
def test_t47_flips(runs, form):
    """No byte can be another one: a few here, all in test/tools."""
    run = runs["plain"]
    root = dice.point(run.chain(DEBUG).root)
    good = run.dump(form)
    for i in [*range(24), *range(24, len(good), 23), len(good) - 1]:
        bad = good[:i] + bytes([good[i] ^ 1 << i % 8]) + good[i + 1:]
        with pytest.raises(evidence.Refused):
            evidence.CHECK[form](bad, root, challenge(77))
    for bad in (good[:-1], good + b"\0", b""):
        with pytest.raises(evidence.Refused):
            evidence.CHECK[form](bad, root, challenge(77))


def test_t47_other_root(runs, form):
    """Nor is it believed whoever has signed it."""
    run = runs["plain"]
    with pytest.raises(evidence.Refused, match="bad signature"):
        evidence.CHECK[form](run.dump(form), dice.point(run.chain(DEBUG).tsm),
                             challenge(77))


def said_by(run, state, n):
    """Evidence of a boot with the test secret."""
    return run.check(GONE, SECRETS).evidence(run.chain(state), n)


def test_t48_same(runs):
    """The same firmware has the same keys at each boot."""
    one_, other = (said_by(runs[name], DEBUG, n)
                   for name, n in (("plain", 77), ("other", 78)))
    assert (one_.platform, one_.tsm) == (other.platform, other.tsm)


@pytest.mark.parametrize("name", ["svn", "options"])
def test_t48_other_firmware(runs, name):
    """Other firmware is measured as such and has other keys."""
    one_, other = (said_by(runs[n], DEBUG, 77) for n in ("plain", name))
    assert one_.registers[2] != other.registers[2]
    assert one_.registers[3] != other.registers[3]
    assert one_.registers[4:6] == other.registers[4:6]
    assert one_.platform != other.platform and one_.tsm != other.tsm
    # The root key is the secret's alone
    assert one_.root_id == other.root_id
    svn = 2 if name == "svn" else 1
    assert [c.svn for c in other.platform_components + other.tsm_components] \
        == [svn] * 3


def test_t57_debug(runs):
    """A test build says so and has other keys."""
    test, release = said_by(runs["plain"], DEBUG, 77), \
        said_by(runs["release"], NOT_CONFIGURED, 77)
    assert test.state == DEBUG and release.state == NOT_CONFIGURED
    assert test.platform != release.platform and test.tsm != release.tsm
    assert runs["plain"].says("platform state Debug: test build, "
                              "DMA is not stopped")
    assert runs["release"].says(NO_ROOT)
    assert not runs["release"].image().flags & 1


def handed_over(run, handover, state, form, skipped=(SECRETS,)):
    """Evidence says what was handed over, and that is gone."""
    run.check(*skipped)
    said = run.evidence(run.chain(state, handover), 9, form)
    assert said.state == state
    assert said.platform_components == handover.components
    assert said.manufacturer == handover.manufacturer
    assert said.registers[1] == bytes(48)
    assert "dice-handover" not in run.text
    return said


def test_t35_secured(runs, form):
    """Nothing is Secured while nobody stops DMA. It fills two pages."""
    run = runs["secured"]
    handed_over(run, LONG, NOT_CONFIGURED, form)
    assert run.says("platform state NotConfigured: DMA is not stopped")
    assert len(run.dump(form)) > PAGE


@pytest.mark.parametrize("name, state", [("debug", DEBUG),
                                         ("recovery", RECOVERY)])
def test_t35_other_states(runs, name, state):
    """What is no better than that stays."""
    run = runs[name]
    handed_over(run, GIVEN[name], state, "cbor")
    assert run.says("platform state %s: as handed over, DMA is not stopped" %
                    name.capitalize())


def test_not_in_pool(runs):
    """The TSM puts nothing of its own where something is handed over."""
    at = runs.pool() + 64 * PAGE
    pool, size = runs["debug"].pool()
    assert not pool <= at < pool + size


def test_t57_secured(runs):
    """A test build is Debug, whatever is handed over."""
    handed_over(runs["secrets"], GOOD, DEBUG, "x509", ())


def test_no_secret_left(runs):
    """Of all that leads to the TSM's key only that is left."""
    run = runs["secrets"].check()
    found = [int(n) for n in re.findall(r"^# find\d+ (\d+)$", run.text, re.M)]
    assert found[:14] == [0] * 14
    assert len(found) == 16 and all(found[14:])


def test_fallback(runs):
    """What is used instead: nothing of what was handed over."""
    run = runs["unusable"].check(SECRETS)
    assert run.says("dice-handover: not understood")
    assert run.says(NO_ROOT)
    said = run.evidence(run.chain(NOT_CONFIGURED), 9)
    assert said.state == NOT_CONFIGURED
    assert said.platform_components == [run.image().component("firmware")]
    assert said.manufacturer == bytes(64)


@pytest.mark.parametrize("name", BAD)
def test_not_understood(runs, name):
    """It is wiped and not used."""
    run = runs[name].check()
    assert run.says("dice-handover: not understood")
    assert run.says(NO_ROOT)


@pytest.mark.parametrize("name", REACHED_FOR)
def test_reached_for(runs, name):
    """The host does not find it."""
    runs[name].check()
    assert "dice-handover" not in runs[name].text


def test_t72_size_of_image(runs):
    """Nor does it choose the TSM's places, or that there are none, by what it
    says of its image: what a run before has left is zeroed."""
    run = runs["size-of-image"]
    assert run.pool() == runs["secured"].pool()
    assert run.says("platform state NotConfigured: DMA is not stopped")


def test_one_cell(runs):
    """It is said that the property is not used."""
    run = runs["one-cell"].check(GONE)
    assert run.text.count("dice-handover: not two cells") == 1
    assert run.says(NO_ROOT)


@pytest.mark.parametrize("name", MISPLACED)
def test_misplaced(runs, name):
    """Neither read nor wiped."""
    run = runs[name].check(GONE)
    assert re.search(r"^opensbi-cove: dice-handover at 0x\w+: not aligned or "
                     "not in free RAM$", run.text, re.M)
    assert run.says(NO_ROOT)
    if name in PLACED:
        assert run.seen[:len(PLACED[name])] == PLACED[name]
    elif name == "firmware":
        path = machine.firmware(run.axes, "release") / "fw_jump.bin"
        assert run.seen == path.read_bytes()[:READ]
    elif name == "device-tree":
        assert run.fdt() == runs.fdt()
        assert run.seen[:4] == b"\xd0\x0d\xfe\xed"
    elif name == "into-the-initrd":
        cpio = (machine.GUESTS / "all.cpio").read_bytes()
        assert run.seen[440:] == cpio[:READ - 440]
    elif name == "into-the-next-image":
        assert run.seen[440:] == machine.HOST.read_bytes()[:READ - 440]
