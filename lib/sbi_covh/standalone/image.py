#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""image.py GUEST.elf OUT: lay a 64-bit ELF file out as standalone mode wants
it: first guest address, bytes and entry (a page with three little-endian
64-bit numbers), then all pages from there on, zeros where no segment is."""

import struct
import sys

PAGE = 4096
PT_LOAD = 1
EM_RISCV = 243
GPA_MAX = 1 << 41
MOST = 64 << 20


def segments(data):
    """Guest address, content and size of what is to be loaded; the entry."""
    if data[:6] != b"\x7fELF\2\1" or \
            struct.unpack_from("<H", data, 18)[0] != EM_RISCV:
        raise ValueError("not an ELF file of 64-bit RISC-V")
    entry, phoff = struct.unpack_from("<QQ", data, 24)
    size, count = struct.unpack_from("<HH", data, 54)
    found, start = [], None
    for i in range(count):
        kind, _, offset, vaddr, paddr, filesz, memsz, _ = \
            struct.unpack_from("<IIQQQQQQ", data, phoff + i * size)
        if kind != PT_LOAD or not memsz:
            continue
        if filesz > memsz or offset + filesz > len(data) or \
                paddr + memsz > GPA_MAX:
            raise ValueError("segment %d lies outside" % i)
        found.append((paddr, data[offset:offset + filesz], memsz))
        if vaddr <= entry < vaddr + memsz:
            start = entry - vaddr + paddr
    if start is None:
        raise ValueError("the entry lies in no segment")
    return found, start


def main():
    """Read, lay out, write."""
    with open(sys.argv[1], "rb") as f:
        found, entry = segments(f.read())
    base = min(gpa for gpa, _, _ in found) // PAGE * PAGE
    end = -(-max(gpa + size for gpa, _, size in found) // PAGE) * PAGE
    if end - base > MOST:
        raise ValueError("%d bytes from end to end" % (end - base))
    pages = bytearray(end - base)
    for gpa, content, _ in found:
        pages[gpa - base:gpa - base + len(content)] = content
    head = struct.pack("<QQQ", base, len(pages), entry).ljust(PAGE, b"\0")
    with open(sys.argv[2], "wb") as f:
        f.write(head + pages)


try:
    main()
except (OSError, ValueError, struct.error) as e:
    sys.exit("error: %s: %s" % (sys.argv[1], e))
