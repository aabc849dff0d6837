#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Predict measurement registers 4 and 5 of a TVM from its ELF file.

Independent of the C code of host and TSM: written from the ABI's text.
Register M starts as 48 zero bytes; each event makes it SHA-384(M || data).
Register 4: le64(GPA) || the 4096 bytes, per measured page, in order.
Register 5: le32(tag) || le32(length) || payload, per event, in order.
"""

import argparse
import hashlib
import struct

PAGE = 4096
PT_LOAD = 1
TAG_REGION, TAG_VCPU, TAG_FINALIZE = 1, 2, 5
DEMO_EXTRA_RAM = 1 << 20


class Elf:
    """The loadable segments of an ELF64 file, by physical address."""

    def __init__(self, data):
        if data[:6] != b"\x7fELF\2\1":
            raise ValueError("not a little-endian 64-bit ELF file")
        entry, phoff = struct.unpack_from("<QQ", data, 24)
        phentsize, phnum = struct.unpack_from("<HH", data, 54)
        self.segments = []
        self.entry = None
        for i in range(phnum):
            kind, _, offset, vaddr, paddr, filesz, memsz, _ = \
                struct.unpack_from("<IIQQQQQQ", data, phoff + i * phentsize)
            if kind != PT_LOAD or not memsz:
                continue
            self.segments.append((paddr, data[offset:offset + filesz], memsz))
            if vaddr <= entry < vaddr + memsz:
                self.entry = entry - vaddr + paddr
        if self.entry is None:
            raise ValueError("the entry lies in no segment")

    def regions(self):
        """Segments rounded to pages, those that touch merged, ascending."""
        spans = sorted((gpa // PAGE * PAGE, -(-(gpa + size) // PAGE) * PAGE)
                       for gpa, _, size in self.segments)
        merged = []
        for start, end in spans:
            if merged and start <= merged[-1][1]:
                merged[-1][1] = max(end, merged[-1][1])
            else:
                merged.append([start, end])
        return merged

    def page(self, gpa):
        """The 4096 bytes at a guest address, and whether the file has any."""
        page = bytearray(PAGE)
        found = False
        for start, data, _ in self.segments:
            lo, hi = max(start, gpa), min(start + len(data), gpa + PAGE)
            if lo < hi:
                page[lo - gpa:hi - gpa] = data[lo - start:hi - start]
                found = True
        return bytes(page), found


class Register:
    """One measurement register."""

    def __init__(self):
        self.value = bytes(48)

    def extend(self, data):
        """M' = SHA-384(M || data)."""
        self.value = hashlib.sha384(self.value + data).digest()

    def record(self, tag, *payload):
        """Extend by one tagged record of 64-bit numbers."""
        body = struct.pack("<%dQ" % len(payload), *payload)
        self.extend(struct.pack("<II", tag, len(body)) + body)


def predict(data, lazy=False, arg=0, extra_ram=DEMO_EXTRA_RAM, vcpus=(0,)):
    """Hexadecimal registers 4 and 5 of what the reference host builds."""
    elf = Elf(data)
    code, config = Register(), Register()
    regions = elf.regions()
    for i, (start, end) in enumerate(regions):
        if i == len(regions) - 1:
            end += -(-extra_ram // PAGE) * PAGE
        config.record(TAG_REGION, start, end - start)
    for start, end in regions:
        for gpa in range(start, end, PAGE):
            page, in_file = elf.page(gpa)
            if in_file or not lazy:
                code.extend(struct.pack("<Q", gpa) + page)
    for vcpu in vcpus:
        config.record(TAG_VCPU, vcpu)
    config.record(TAG_FINALIZE, elf.entry, arg)
    return code.value.hex(), config.value.hex()


def main():
    """Command line."""
    number = lambda s: int(s, 0)
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("elf")
    p.add_argument("--lazy", action="store_true",
                   help="only pages that come from the file are measured")
    p.add_argument("--arg", type=number, default=0)
    p.add_argument("--extra-ram", type=number, default=DEMO_EXTRA_RAM)
    p.add_argument("--vcpus", type=number, nargs="+", default=[0],
                   help="ids, in the order in which they are created")
    a = p.parse_args()
    with open(a.elf, "rb") as f:
        code, config = predict(f.read(), a.lazy, a.arg, a.extra_ram, a.vcpus)
    print("4:", code)
    print("5:", config)


if __name__ == "__main__":
    main()
