#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Pack guests into a cpio archive ("newc"), to be given as initrd.

usage: mkcpio.py OUTPUT FILE...

Each file goes in under its name without directory and without .elf, or, as
NAME=FILE, under that name.
"""

import os
import sys


def entry(name, data):
    """One archive member, padded to 4 bytes."""
    name = name.encode() + b"\0"
    mode = 0o100644 if data else 0
    fields = [0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0]
    out = b"070701" + b"".join(b"%08x" % f for f in fields) + name
    out += b"\0" * (-len(out) % 4) + data
    return out + b"\0" * (-len(out) % 4)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    out = b""
    for arg in sys.argv[2:]:
        name, _, path = arg.rpartition("=")
        name = name or os.path.basename(path).removesuffix(".elf")
        with open(path, "rb") as f:
            out += entry(name, f.read())
    out += entry("TRAILER!!!", b"")
    with open(sys.argv[1] + ".new", "wb") as f:
        f.write(out)
    os.replace(sys.argv[1] + ".new", sys.argv[1])


if __name__ == "__main__":
    main()
