# SPDX-License-Identifier: BSD-2-Clause
"""The image that the firmware carries, in a program of bare.c in QEMU that does
M-mode's part: it makes what make_evidence makes, interrupted or not, and leaves
no secret behind."""

import os
import re
import struct
import subprocess

import pytest

import evidence
import p384

JOBS = ["boot", "cbor", "x509"]
# Instructions: what a job takes, and a fifth
MOST = {"boot": 40_000_000, "cbor": 19_000_000, "x509": 19_000_000}
REPORT = "<12Q"
# trampoline/layout.h
WORK_FAULT = 13


class Context:
    """A context after its job."""

    def __init__(self, report, data):
        fields = struct.unpack(REPORT, report)
        (_, self.status, self.instructions, self.pauses) = fields[:4]
        self.trap = fields[4:10]
        self.stack = fields[10]
        assert fields[11] == len(data)
        self.data = data

    def job(self):
        """The struct covh_job."""
        return self.data[struct.unpack_from("<I", self.data, 16)[0]:]


class Image:
    """The helper of the release firmware."""

    def __init__(self, path):
        self.bin = path / "helper.bin"
        self.elf = path / "helper.elf"

    def symbols(self):
        """Offsets by name."""
        out = subprocess.run(
            [os.environ.get("CROSS_COMPILE", "riscv64-linux-gnu-") + "nm",
             self.elf], check=True, text=True, stdout=subprocess.PIPE).stdout
        return {line.split()[2]: int(line.split()[0], 16)
                for line in out.splitlines()}

    def run(self, job, tmp_path, interval=0):
        """Do a job, with an interrupt each so many ticks."""
        serial, params = tmp_path / "serial", tmp_path / "params"
        (tmp_path / "job").write_bytes(job)
        params.write_bytes(struct.pack("<Q", interval))
        args = [evidence.ROOT / "firmware/qemu.sh", "-M", "virt", "-m", "64M",
                "-smp", "1", "-cpu", "rv64", "-icount", "shift=0", "-display",
                "none", "-monitor", "none", "-bios", "none", "-kernel",
                evidence.BUILD / "helper/bare.elf", "-serial",
                f"file:{serial}"]
        for name, address in ((params, 0x80800000), (self.bin, 0x80900000),
                              (tmp_path / "job", 0x80A00000)):
            args += ["-device",
                     f"loader,file={name},addr={address:#x},force-raw=on"]
        subprocess.run(args, check=True, timeout=120,
                       stdin=subprocess.DEVNULL)
        out = serial.read_bytes()
        size = struct.calcsize(REPORT)
        return Context(out[:size], out[size:])


@pytest.fixture(scope="module", name="image")
def _image():
    env = {k: v for k, v in os.environ.items()
           if k not in ("CONFIG", "VARIANT", "EXTRA_CONFIG", "FW_PAYLOAD")}
    out = subprocess.run(
        [evidence.ROOT / "firmware/build.sh"], check=True, text=True,
        stdout=subprocess.PIPE, env={**env, "CONFIG": "release"}).stdout
    name = re.search(r"^firmware: (.*)$", out, re.M)[1]
    return Image(evidence.ROOT / name / "obj/platform/cove/covh")


@pytest.fixture(scope="module", name="made")
def _made(tmp_path_factory):
    inputs = evidence.Inputs(100, True)
    return inputs, evidence.Output(tmp_path_factory.mktemp("made"), inputs)


def secrets(inputs, chain, job):
    """What must be gone after a job, in both orders of bytes."""
    values = [k.d.to_bytes(48, "big") for k in (chain.root, chain.platform)]
    values += chain.secrets
    values += [p384.hkdf(s, b"ID_Key", 48) for s in chain.secrets]
    if job != "boot":
        values.append(chain.tsm.d.to_bytes(48, "big"))
    return values + [v[::-1] for v in values]


def check_stack(image, context):
    """A third of the stack is never used, as far as the pauses see it."""
    symbols = image.symbols()
    bottom, end = symbols["helper_stack"], symbols["helper_stack_end"]
    print(f"{end - context.stack} bytes of the stack of {end - bottom} used")
    assert 3 * (context.stack - bottom) > end - bottom


@pytest.mark.parametrize("interval", [0, 20])
@pytest.mark.parametrize("job", JOBS)
def test_job(image, made, tmp_path, job, interval):
    """The same result as natively, and nothing else."""
    inputs, out = made
    context = image.run(out.file(f"{job}.job"), tmp_path, interval)
    assert context.status == 0, context.trap
    expected = out.file(f"{job}.out")
    assert context.job()[:len(expected)] == expected
    print(f"{job}: {context.instructions} instructions, "
          f"{context.pauses} pauses")
    if interval:
        assert context.pauses > 1000
        check_stack(image, context)
    else:
        assert context.instructions < MOST[job]
    chain = p384.Chain(inputs)
    for i, value in enumerate(secrets(inputs, chain, job)):
        for part in (value[:16], value[16:32], value[32:]):
            at = context.data.find(part)
            assert at < 0, f"secret {i} at {at:#x}"
    if job == "boot":
        assert context.data.count(chain.tsm.d.to_bytes(48, "big")[:16]) == 1


def test_no_such_job(image, made, tmp_path):
    """Nothing comes of it."""
    job = bytearray(made[1].file("boot.job"))
    job[0] = 9
    context = image.run(job, tmp_path)
    assert context.status == 0
    assert evidence.result(context.job()) == -1
    assert not any(context.job()[8:len(job)])


def test_header(image):
    """Sizes in the header."""
    data = image.bin.read_bytes()
    size, total, job, rela, rela_size = struct.unpack_from("<5I", data, 8)
    assert size == len(data)
    assert size <= 58 * 1024 and total <= 128 * 1024
    assert total % 4096 == 0 and job % 4096 == 0 and job < total
    assert rela % 8 == 0 and rela + rela_size <= size
    for at in range(rela, rela + rela_size, 24):
        offset, info, addend = struct.unpack_from("<3Q", data, at)
        assert info == 3 and addend < total
        assert offset % 8 == 0 and rela + rela_size <= offset < size


def test_fault(image, made, tmp_path):
    """An exception of the helper's own is told to M-mode."""
    data = bytearray(image.bin.read_bytes())
    at = image.symbols()["helper_main"]
    data[at:at + 4] = bytes(4)
    broken = Image(tmp_path)
    broken.bin.write_bytes(data)
    context = broken.run(made[1].file("boot.job"), tmp_path)
    cause, _, scause, sepc, function, _ = context.trap
    assert context.status == 1
    assert (cause, function, scause) == (9, WORK_FAULT, 2)
    assert sepc & 0xFFFF == 0x7000 + at & 0xFFFF


def test_guard(image, made, tmp_path):
    """A stack that has overflown is an error, and the result is kept back."""
    symbols = image.symbols()
    data = bytearray(image.bin.read_bytes())
    # The end of the stack goes down to a kilobyte above its beginning:
    # auipc sp; addi sp, sp, are the first two instructions
    start = struct.unpack_from("<I", data, 0)[0]
    at = (start >> 20 & 0x7FE) | (start >> 9 & 0x800)
    offset = symbols["helper_stack"] + 1024 - at
    high = offset + 0x800 >> 12
    struct.pack_into("<II", data, at, high << 12 | 0x117,
                     (offset - (high << 12) & 0xFFF) << 20 | 0x10113)
    broken = Image(tmp_path)
    broken.bin.write_bytes(data)
    job = made[1].file("boot.job")
    context = broken.run(job, tmp_path)
    assert context.status == 0
    assert evidence.result(context.job()) == -1
    assert not any(context.job()[8:len(job)])
