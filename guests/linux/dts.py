#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The device tree of a Linux TVM, as source for dtc, on stdout.

It is measured with the TVM and names all there is: the vCPUs, one range of
memory, a 16550 and a PLIC that the host emulates, where the files of the TVM
go, and nothing else. The guest loader and the host only follow it.

The kernel's image_size, not the size of its file, says where it ends: its
header tells (Documentation/arch/riscv/boot-image-header.rst). Without the
files, the arguments are only checked.
"""

import argparse
import os
import re
import struct
import sys

RAM = 0x80000000
DTB = RAM + 0x100000
KERNEL = RAM + 0x200000
MIB = 1 << 20
ALIGN = 2 * MIB
# What the kernel needs behind its files to come up at all, and for each vCPU
ROOM = 60 * MIB
ROOM_VCPU = 2 * MIB
MAX_VCPUS = 64
# Beyond them is address space that devices may want
MAX_MEM = 1 << 38
# What the loader fills from the guest's own entropy, or takes out
SEED_BYTES = 64

# What the TSM keeps from a guest although the hart may have it: the kernel
# would believe in it and fail
NEVER = ("smaia", "ssaia", "svpbmt")
BASE = ("i", "m", "a", "f", "d", "c", "zicntr", "zicsr", "zifencei", "sstc")

TREE = """/dts-v1/;

/ {{
	#address-cells = <2>;
	#size-cells = <2>;
	compatible = "opensbi-cove,tvm";
	model = "opensbi-cove TVM";

	aliases {{
		serial0 = &uart;
	}};

	chosen {{
		bootargs = "{bootargs}";
		stdout-path = "serial0";
		linux,initrd-start = <{initrd_start}>;
		linux,initrd-end = <{initrd_end}>;
		rng-seed = [{seed}];

		opensbi-cove {{
			compatible = "opensbi-cove,guest";
			kernel = <{kernel}>;
			dtb = <{dtb}>;
		}};
	}};

	memory@{ram:x} {{
		device_type = "memory";
		reg = <{ram_cells} {mem_cells}>;
	}};

	cpus {{
		#address-cells = <1>;
		#size-cells = <0>;
		timebase-frequency = <10000000>;
{cpus}	}};

	soc {{
		#address-cells = <2>;
		#size-cells = <2>;
		compatible = "simple-bus";
		interrupt-parent = <&plic>;
		ranges;

		plic: interrupt-controller@c000000 {{
			compatible = "sifive,plic-1.0.0", "riscv,plic0";
			reg = <0 0xc000000 0 0x400000>;
			interrupt-controller;
			#interrupt-cells = <1>;
			#address-cells = <0>;
			interrupts-extended = {contexts};
			riscv,ndev = <31>;
			opensbi-cove,mmio;
		}};

		uart: serial@10000000 {{
			compatible = "ns16550a";
			reg = <0 0x10000000 0 0x1000>;
			clock-frequency = <3686400>;
			interrupts = <10>;
			opensbi-cove,mmio;
		}};
	}};
}};
"""

CPU = """
		cpu@{id:x} {{
			device_type = "cpu";
			compatible = "riscv";
			reg = <{id}>;
			riscv,isa = "{isa}";
			riscv,isa-base = "rv64i";
			riscv,isa-extensions = {extensions};
			mmu-type = "riscv,sv48";

			cpu{id}_intc: interrupt-controller {{
				compatible = "riscv,cpu-intc";
				interrupt-controller;
				#interrupt-cells = <1>;
				#address-cells = <0>;
			}};
		}};
"""


def die(why):
    """End with one line."""
    sys.exit("linux-guest: " + why)


def cells(value):
    """A 64-bit number as two cells."""
    return "0x%x 0x%x" % (value >> 32, value & 0xffffffff)


def up(value):
    """The next 2 MiB boundary."""
    return (value + ALIGN - 1) & -ALIGN


def size(text):
    """MEM, a number with M or G behind it, in bytes."""
    found = re.fullmatch("([0-9]{1,6})([MG])", text)
    if not found:
        die("MEM=%s: not a size, like 512M or 2G" % text)
    mem = int(found[1]) * {"M": MIB, "G": 1 << 30}[found[2]]
    if mem % ALIGN:
        die("MEM=%s: not a multiple of 2M" % text)
    if mem > MAX_MEM:
        die("MEM=%s: more than %dG" % (text, MAX_MEM >> 30))
    return mem


def image_size(path):
    """How much memory the kernel takes, from its header."""
    with open(path, "rb") as f:
        head = f.read(64)
    if len(head) < 64 or head[48:53] != b"RISCV":
        die("%s: no riscv Linux kernel image" % path)
    offset, total = struct.unpack_from("<QQ", head, 8)
    if RAM + offset != KERNEL:
        die("%s: wants to be loaded at 0x%x, not 0x%x" %
            (path, RAM + offset, KERNEL))
    return max(total, os.path.getsize(path))


def isa(more):
    """The extensions, and the old form of them in one string."""
    names = list(BASE)
    for name in more.replace(",", " ").split():
        if not re.fullmatch("[bv]|[sz][a-z0-9]+", name) or name in NEVER:
            die("ISA=%s: %s is no extension for a guest" % (more, name))
        if name not in names:
            names.append(name)
    names.sort(key=lambda n: len(n) > 1)
    single = "".join(n for n in names if len(n) == 1)
    return names, "_".join(["rv64" + single] +
                           [n for n in names if len(n) > 1])


def arguments():
    """The command line, with what is out of range turned away."""
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--vcpus", required=True)
    p.add_argument("--mem", required=True)
    p.add_argument("--isa", default="")
    p.add_argument("--bootargs", required=True)
    p.add_argument("--image")
    p.add_argument("--initrd")
    a = p.parse_args()
    if not (re.fullmatch("[1-9][0-9]?", a.vcpus) and
            int(a.vcpus) <= MAX_VCPUS):
        die("VCPUS=%s: 1 to %d" % (a.vcpus, MAX_VCPUS))
    if not (a.bootargs.isascii() and a.bootargs.isprintable()):
        die("APPEND: not plain text")
    return a


def main():
    """Place the files in memory and print the tree."""
    a = arguments()
    mem = size(a.mem)
    names, old = isa(a.isa)
    if not a.image:
        return
    start = up(KERNEL + image_size(a.image))
    end = start + os.path.getsize(a.initrd)
    room = ROOM + int(a.vcpus) * ROOM_VCPU
    least = (up(end) - RAM + room) // MIB
    if mem < least * MIB:
        die("MEM=%s: %dM at least" % (a.mem, least))
    vcpus = range(int(a.vcpus))
    print(TREE.format(
        bootargs=a.bootargs.replace("\\", "\\\\").replace('"', '\\"'),
        initrd_start=cells(start), initrd_end=cells(end),
        seed=" ".join(["00"] * SEED_BYTES), kernel=cells(KERNEL),
        dtb=cells(DTB), ram=RAM, ram_cells=cells(RAM), mem_cells=cells(mem),
        cpus="".join(CPU.format(id=i, isa=old, extensions=", ".join(
            '"%s"' % n for n in names)) for i in vcpus),
        # Linux takes a PLIC only if it has a context for every CPU
        contexts=", ".join("<&cpu%d_intc 9>" % i for i in vcpus)), end="")


if __name__ == "__main__":
    main()
