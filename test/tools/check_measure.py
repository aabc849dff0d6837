#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""cove-measure against tools/predict.py and against this file's own sums.

check_measure.py PROGRAM DIRECTORY [ELF...]: prints a line per case, and "N
passed, N failed, N skipped" at the end.
"""

import hashlib
import json
import random
import struct
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import predict  # noqa: E402  pylint: disable=wrong-import-position

PROGRAM, DIR = sys.argv[1], Path(sys.argv[2])
ELFS = sys.argv[3:]
count = {"passed": 0, "failed": 0}
RANDOM = random.Random(1)
PAGE, HUGE = 4096, 1 << 21


def result(name, problem):
    """Print and count."""
    count["failed" if problem else "passed"] += 1
    print("%s - %s%s" % ("not ok" if problem else "ok", name,
                         ": " + problem if problem else ""))


def run(*args):
    """The program."""
    return subprocess.run([PROGRAM, *map(str, args)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)


def expect(name, args, registers):
    """It answers these registers."""
    p = run(*args)
    want = "".join("%d: %s\n" % r for r in sorted(registers.items()))
    result(name, "" if p.stdout == want and not p.returncode and not p.stderr
           else "exit %d, %s%s" % (p.returncode, p.stdout, p.stderr))


def refuse(name, args, text=""):
    """It ends with 2, one line, and nothing on stdout."""
    p = run(*args)
    result("exit 2: " + name, "" if p.returncode == 2 and not p.stdout and
           p.stderr.startswith("cove-measure: ") and text in p.stderr else
           "exit %d, %s%s" % (p.returncode, p.stdout, p.stderr[:300]))


def elf(segments, entry, kind=2, machine=243):
    """An ELF file of (vaddr, paddr, data, memsz)."""
    at = 64 + 56 * len(segments)
    heads, body = b"", b""
    for vaddr, paddr, data, memsz in segments:
        heads += struct.pack("<IIQQQQQQ", 1, 7, at + len(body), vaddr, paddr,
                             len(data), memsz, PAGE)
        body += data
    return (b"\x7fELF\2\1\1" + bytes(9) +
            struct.pack("<HHIQQQIHHHHHH", kind, machine, 1, entry, 64, 0, 0,
                        64, 56, len(segments), 0, 0, 0) + heads + body)


def random_elf():
    """Up to eight segments, some of which touch or leave holes."""
    segments, at = [], 0x80000000 + RANDOM.randrange(8) * 0x100
    for _ in range(RANDOM.randrange(1, 9)):
        data = RANDOM.randbytes(RANDOM.choice([0, 1, 100, 4096, 9000]))
        memsz = max(1, len(data) + RANDOM.choice([0, 0, 1, 5000, 20000]))
        segments.append((at + 0x1000000, at, data, memsz))
        at += memsz + RANDOM.choice([0, 1, 4096, 12288, 100000])
    where = RANDOM.choice(segments)
    RANDOM.shuffle(segments)
    return elf(segments, where[0] + RANDOM.randrange(where[3]))


def bare_metal():
    """--guest, against predict.py."""
    path = DIR / "guest.elf"
    for i in range(60):
        data = random_elf()
        path.write_bytes(data)
        lazy, arg = bool(i & 1), RANDOM.randrange(1 << 64)
        extra, vcpus = RANDOM.randrange(100000), RANDOM.randrange(1, 65)
        code, config = predict.predict(data, lazy, arg, extra, range(vcpus))
        expect("guest %d" % i, ["--guest", path, *(["--lazy"] if lazy else []),
                                "--arg", hex(arg), "--extra-ram", extra,
                                "--vcpus", vcpus], {4: code, 5: config})
    for name in ELFS:
        data = Path(name).read_bytes()
        for lazy in (False, True):
            code, config = predict.predict(data, lazy)
            expect(Path(name).name + " lazy" * lazy, [
                "--guest", name, *(["--lazy"] if lazy else [])],
                {4: code, 5: config})
    path.write_bytes(random_elf())
    before = run("--guest", path).stdout
    for option in (["--arg", 1], ["--vcpus", 2], ["--extra-ram", 4096]):
        after = run("--guest", path, *option).stdout
        result("t42 %s changes register 5 only" % option[0], "" if
               before[:100] == after[:100] and before != after else after)


class Tvm:
    """Registers of a guest, by the text of the ABI."""

    def __init__(self):
        self.code, self.config = predict.Register(), predict.Register()
        self.data = {}

    def put(self, gpa, data):
        """A file in memory."""
        for i in range(len(data)):
            page = self.data.setdefault((gpa + i) // PAGE, bytearray(PAGE))
            page[(gpa + i) % PAGE] = data[i]

    def measure(self, gpa, size):
        """All pages of a range."""
        for n in range(gpa // PAGE, (gpa + size) // PAGE):
            self.code.extend(struct.pack("<Q", n * PAGE) +
                             bytes(self.data.get(n, bytes(PAGE))))

    def registers(self, entry, arg):
        """What is expected."""
        self.config.record(predict.TAG_FINALIZE, entry, arg)
        return {4: self.code.value.hex(), 5: self.config.value.hex()}


def layouts():
    """--layout."""
    (DIR / "a").write_bytes(b"a" * 5000)
    (DIR / "b").write_bytes(b"b" * 100)
    head = ["region = 0x80000000, 0x600000", "file = 0x80001800, a",
            "file = 2151678720,b # 0x80400300", "vcpus = 2",
            "entry = 0x80001800", "arg = 7"]

    def tvm():
        t = Tvm()
        t.put(0x80001800, b"a" * 5000)
        t.put(0x80400300, b"b" * 100)
        t.config.record(predict.TAG_REGION, 0x80000000, 0x600000)
        t.config.record(predict.TAG_VCPU, 0)
        t.config.record(predict.TAG_VCPU, 1)
        return t

    for how, ranges in (("all", [(0x80000000, 0x600000)]),
                        ("files", [(0x80001000, 0x2000),
                                   (0x80400000, 0x1000)]),
                        ("files 2M", [(0x80000000, HUGE),
                                      (0x80400000, HUGE)])):
        t = tvm()
        for r in ranges:
            t.measure(*r)
        (DIR / "layout").write_text("\n".join(head + ["measure = " + how]))
        expect("layout, measure " + how, ["--layout", DIR / "layout"],
               t.registers(0x80001800, 7))
    t = tvm()
    t.measure(0x80400000, 0x1000)
    t.measure(0x80000000, 0x3000)
    (DIR / "layout").write_text("\n".join(head + [
        "measure = 0x80400000, 0x1000", "measure = 0x80000000,0x3000"]))
    expect("layout, ranges in another order", ["--layout", DIR / "layout"],
           t.registers(0x80001800, 7))
    t = Tvm()
    t.config.record(predict.TAG_VCPU, 3)
    t.config.record(predict.TAG_REGION, 0, PAGE)
    t.config.record(predict.TAG_VCPU, 0)
    (DIR / "layout").write_text(
        "\t# events in their order\n\nvcpu=3\nregion=0,0x1000\r\nvcpu = 0\n"
        "entry = 0\n")
    expect("layout, events in their order", ["--layout", DIR / "layout"],
           t.registers(0, 0))
    bad_layouts(head)


def bad_layouts(head):
    """Lines that are none."""
    for line in ("region", "region =", "= 1", "region = 1, 4096",
                 "region = 0, 100", "region = 4096, 0", "region = 0",
                 "region = -4096, 4096", "region = 0, 0x10000000000000000",
                 "region = 0xfffffffffffff000, 0x1000", "file = 0, gone",
                 "file = a", "file = x, a", "file = 0x80001f00, b",
                 "file = 0x90000000, a", "elf = a", "measure = some",
                 "measure = 0x70000000, 0x1000", "measure = 0x80000001, 0x1000",
                 "vcpus = 0", "vcpus = 1000", "vcpu = x", "entry = 1",
                 "arg = 1", "ram = 5", "x" * 3000):
        (DIR / "layout").write_text("\n".join(
            head + ["measure = all", line, ""]))
        refuse("layout: %.40s" % line, ["--layout", DIR / "layout"])
    (DIR / "layout").write_text("\n".join(head))
    refuse("layout: nothing measured", ["--layout", DIR / "layout"],
           "not measured")
    (DIR / "layout").write_text("vcpus = 1\n")
    refuse("layout: no entry", ["--layout", DIR / "layout"], "no entry")
    (DIR / "layout").write_bytes(b"vcpus = 1\n\0")
    refuse("layout: not text", ["--layout", DIR / "layout"], "not a text file")


def linux():
    """--linux, with the tree that guests/linux/dts.py makes."""
    d = DIR / "linux"
    d.mkdir(exist_ok=True)
    image = RANDOM.randbytes(3000000)
    image = image[:8] + struct.pack("<QQ", 0x200000, 3100000) + \
        image[24:48] + b"RISCV" + image[53:]
    initrd, loader = RANDOM.randbytes(70001), elf(
        [(0x80000000, 0x80000000, RANDOM.randbytes(9000), 20000)], 0x80000010)
    for name, data in (("Image", image), ("initrd", initrd),
                       ("loader.elf", loader)):
        (d / name).write_bytes(data)
    for vcpus in (1, 5):
        dts = subprocess.run([
            sys.executable, ROOT / "guests/linux/dts.py", "--vcpus", str(vcpus),
            "--mem", "256M", "--bootargs", "x", "--image", d / "Image",
            "--initrd", d / "initrd"], stdout=subprocess.PIPE, check=True)
        dtb = subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb"],
                             input=dts.stdout, stdout=subprocess.PIPE,
                             check=True).stdout
        (d / "dtb").write_bytes(dtb)
        t = Tvm()
        start = (0x80200000 + 3100000 + HUGE - 1) // HUGE * HUGE
        for gpa, data in ((0x80000000, predict.Elf(loader).segments[0][1]),
                          (0x80100000, dtb), (0x80200000, image),
                          (start, initrd)):
            t.put(gpa, data)
        t.config.record(predict.TAG_REGION, 0x80000000, 256 << 20)
        for gpa in range(0x80000000, 0x90000000, HUGE):
            if any(n * PAGE // HUGE == gpa // HUGE for n in t.data):
                t.measure(gpa, HUGE)
        for i in range(vcpus):
            t.config.record(predict.TAG_VCPU, i)
        expect("Linux, %d vCPUs" % vcpus, ["--linux", d],
               t.registers(0x80000010, 0x80100000))
    (d / "dtb").write_bytes(dtb[:1000])
    refuse("Linux: half a tree", ["--linux", d], "not a device tree")
    (d / "dtb").write_bytes(dtb)
    (d / "initrd").write_bytes(initrd[:-1])
    refuse("Linux: another initrd", ["--linux", d], "initrd")
    (d / "initrd").unlink()
    refuse("Linux: no initrd", ["--linux", d])


def header(end, svn=5, version=1, flags=3):
    """What the firmware says of itself."""
    return struct.pack("<16sQIII", b"opensbi-cove.img", end, svn, version,
                       flags).ljust(48, b"\0")


def extended(*digests):
    """A register."""
    m = bytes(48)
    for d in digests:
        m = hashlib.sha384(m + d).digest()
    return m.hex()


def firmware():
    """--firmware and what goes with it."""
    path = DIR / "fw.bin"
    code = RANDOM.randbytes(5000 * 8)
    image = code[:8000] + header(30000) + code[8000:]
    path.write_bytes(image)
    digest = hashlib.sha384(image[:30000]).digest()
    record = struct.pack("<IIIIQQ", 1, 5, 3, 10, 0xb8007000, 16377 * PAGE)
    r = {1: "00" * 48, 2: extended(digest)}
    expect("firmware", ["--firmware", path], r)
    r[3] = extended(hashlib.sha384(record).digest())
    pool = ["--pool", "0xb8007000,16377", "--pmp-entries", 10]
    expect("firmware and pool", ["--firmware", path, *pool], r)
    dtb = subprocess.run(
        ["dtc", "-q", "-I", "dts", "-O", "dtb"], stdout=subprocess.PIPE,
        check=True, input=b"""/dts-v1/; / { reserved-memory { pool@b8000000 {
        compatible = "opensbi-cove,pool";
        opensbi-cove,pool = <0 0xb8007000 0 %d>; }; }; };""" %
        (16377 * PAGE)).stdout
    (DIR / "dtb").write_bytes(dtb)
    expect("firmware and tree", ["--firmware", path, "--dtb", DIR / "dtb",
                                 "--pmp-entries", 10], r)
    none = struct.pack("<IIIIQQ", 1, 5, 3, 10, 0, 0)
    (DIR / "dtb-none").write_bytes(subprocess.run(
        ["dtc", "-q", "-I", "dts", "-O", "dtb"], stdout=subprocess.PIPE,
        check=True, input=b"""/dts-v1/; / { pool {
        compatible = "opensbi-cove,pool"; }; };""").stdout)
    for name, args in (("tree without pool", ["--dtb", DIR / "dtb-none"]),
                       ("no pool", ["--pool", "0,0"])):
        expect("firmware and " + name, [
            "--firmware", path, *args, "--pmp-entries", 10],
            {**r, 3: extended(hashlib.sha384(none).digest())})
    expect("firmware as its own component", [
        "--component", "self", "--firmware", path],
        {0: extended(digest), 1: r[1], 2: r[2]})
    a, b = RANDOM.randbytes(48), RANDOM.randbytes(48)
    r[0] = extended(a, b)
    args = ["--firmware", path, *pool, "--component", a.hex(), "--component",
            b.hex().upper()]
    expect("firmware, pool, components", args, r)
    p = run(*args, "--policy")
    lines = ["register.%d = %s" % e for e in sorted(r.items())] + \
        ["min-svn = 5", ""]
    result("--policy", "" if p.stdout.split("\n") == lines else p.stdout)
    j = json.loads(run(*args, "--json").stdout)
    result("--json", "" if j == {
        "registers": {str(k): v for k, v in r.items()}, "firmware": {
            "digest": digest.hex(), "bytes": 30000, "svn": 5, "version": 1,
            "flags": 3}} else str(j))
    j = json.loads(run("--component", a.hex(), "--json").stdout)
    result("--json without firmware", "" if j["firmware"] is None and
           j["registers"] == {"0": extended(a), "1": "00" * 48} else str(j))
    bad_firmware(path, code, pool)


def bad_firmware(path, code, pool):
    """Images that are none, and options that do not go together."""
    for name, image in (
            ("no header", code), ("empty", b""),
            ("two headers", header(10000) * 2 + code),
            ("header not aligned", b"\0\0\0\0" + header(10000) + code),
            ("end beyond the file", header(1 << 20) + code),
            ("end of 2^64 - 1", header((1 << 64) - 1) + code),
            ("end before the header", code + header(64)),
            ("half a header", code + header(100)[:24])):
        path.write_bytes(image)
        refuse("firmware: " + name, ["--firmware", path])
    path.write_bytes(header(10000) + code)
    f = ["--firmware", path]
    for args in (["--firmware", DIR], ["--firmware", DIR / "gone"],
                 f + pool[:2], f + pool[2:], pool,
                 f + pool + ["--dtb", DIR / "dtb"],
                 f + ["--dtb", path, *pool[2:]],
                 f + ["--dtb", DIR / "linux/dtb", *pool[2:]],
                 f + ["--pool", "1", *pool[2:]],
                 f + ["--pool", "1,0xfffffffffffffff", *pool[2:]],
                 f + ["--pmp-entries", "65", *pool[:2]],
                 f + ["--pmp-entries", "-1", *pool[:2]],
                 ["--component", "00"], ["--component", "self"],
                 ["--component", "1" * 96] * 33, ["--component", "0x" + "0" * 94],
                 f + ["--policy", "--json"], f + ["word"], f + ["--arg", "1"],
                 ["--guest", path], ["--guest", DIR / "a"],
                 ["--guest", path, "--linux", DIR], []):
        refuse(" ".join(str(a).rsplit("/", maxsplit=1)[-1][:30]
                        for a in args), args)
    for name, data in (
            ("x86-64", elf([(0, 0, b"x", 1)], 0, machine=62)),
            ("object", elf([(0, 0, b"x", 1)], 0, kind=1)),
            ("no segments", elf([], 0)),
            ("entry elsewhere", elf([(0, 0, b"x", 1)], 1)),
            ("overlap", elf([(0, 0, b"x", 2), (9, 1, b"x", 1)], 0)),
            ("end of memory", elf([(0, (1 << 64) - 2, b"x", 1)], 0)),
            ("wraps", elf([(0, (1 << 64) - 2, b"x", 9)], 0)),
            ("65 segments", elf([(i, i, b"x", 1) for i in range(65)], 0)),
            ("cut", elf([(0, 0, b"x" * 100, 100)], 0)[:-1]),
            ("32-bit", b"\x7fELF\1" + bytes(59))):
        (DIR / "bad.elf").write_bytes(data)
        refuse("ELF: " + name, ["--guest", DIR / "bad.elf"])
    p = run("--help")
    result("--help", "" if not p.returncode and "usage" in p.stdout else "no")


def main():
    """All of them."""
    for group in (bare_metal, layouts, linux, firmware):
        group()
    print("%(passed)d passed, %(failed)d failed, 0 skipped" % count)
    sys.exit(bool(count["failed"]))


main()
