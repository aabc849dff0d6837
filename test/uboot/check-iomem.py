#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Hold the no-map nodes of the device tree against /proc/iomem.

Reads the "MEM:" lines of test/linux-host/init. Each node must lie wholly
inside "Reserved" memory, and not inside what Linux calls System RAM: then no
kernel, initrd or device tree was put there.
"""

import re
import sys

text = sys.stdin.read()
nodes = []
for name, cells in re.findall(r"^MEM: node (\S+) no-map (.*)$", text, re.M):
    cells = [int(c, 16) for c in cells.split()]
    nodes += [(name, a, a + s) for a, s in zip(cells[::2], cells[1::2])]

reserved, ram = [], []
for indent, start, end, name in re.findall(
    r"^MEM: iomem ( *)([0-9a-f]+)-([0-9a-f]+) : (.*)$", text, re.M
):
    rng = (int(start, 16), int(end, 16) + 1)
    if name == "System RAM":
        ram.append(rng)
    elif name == "Reserved" and not indent:
        reserved.append(rng)

# Neighbours count as one range.
merged = []
for start, end in sorted(reserved):
    if merged and start <= merged[-1][1]:
        merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
    else:
        merged.append((start, end))

bad = 0
for name, start, end in nodes:
    if not any(a <= start and end <= b for a, b in merged):
        print(f"{name}: {start:#x}-{end:#x} is not reserved in /proc/iomem")
        bad = 1
    if any(start < b and a < end for a, b in ram):
        print(f"{name}: {start:#x}-{end:#x} is System RAM in /proc/iomem")
        bad = 1
if not nodes or not ram:
    print("no reserved-memory nodes or no System RAM seen")
    bad = 1
print(f"# {len(nodes)} no-map nodes")
sys.exit(bad)
