# SPDX-License-Identifier: BSD-2-Clause
"""Running make_evidence: inputs, and what it leaves."""

import os
import random
import struct
import subprocess
from pathlib import Path

import p384

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = Path(os.environ.get("BUILD") or ROOT / "build").resolve()
PROGRAM = BUILD / "helper/make_evidence"

# struct covh_job: kind and result, then in, then out
JOB_RESULT = 4
TYPES = ["firmware", "soc", "x" * 31, "loader \u00e9"]


class Inputs:
    """What a platform and a TVM could be, at random."""

    def __init__(self, seed, identity=None):
        rand = random.Random(seed)
        svns = [0, 9, 10, 255, 65536, 2**32 - 1]
        self.secret = rand.randbytes(48)
        self.manufacturer = rand.randbytes(64)
        self.config = rand.randbytes(48)
        self.state = rand.choice([1, 2, 3, 4])
        self.components = [
            (rand.choice(TYPES), rand.randbytes(48), rand.choice(svns))
            for _ in range(rand.choice([1, 2, 8]))]
        self.driver = ("tsm-driver", rand.randbytes(48), rand.choice(svns))
        self.tsm = ("tsm", rand.randbytes(48), rand.choice(svns))
        self.challenge = rand.randbytes(64)
        if identity is None:
            identity = rand.choice([True, False])
        self.identity = rand.randbytes(64) if identity else None
        self.measurements = [rand.randbytes(48) for _ in range(10)]
        self.guest = p384.mul(rand.randrange(1, p384.N))
        self.key = self.cose_key(rand)

    def cose_key(self, rand):
        """The guest's key, with any of what may be in it."""
        parts = [b"\x01\x02"]
        if rand.choice([True, False]):
            parts.append(b"\x02\x44" + rand.randbytes(4))
        if rand.choice([True, False]):
            parts.append(b"\x03\x38\x22")
        parts.append(b"\x20\x02")
        for label, value in zip((0x21, 0x22), self.guest):
            parts.append(bytes([label, 0x58, 48]) + value.to_bytes(48, "big"))
        return bytes([0xA0 + len(parts)]) + b"".join(parts)

    def arguments(self):
        """For make_evidence."""
        def component(c):
            return f"{c[0]}:{c[1].hex()}:{c[2]}"
        args = [f"secret={self.secret.hex()}", f"state={self.state}",
                f"manufacturer={self.manufacturer.hex()}",
                f"config={self.config.hex()}",
                f"challenge={self.challenge.hex()}", f"key={self.key.hex()}",
                f"driver={component(self.driver)}",
                f"tsm={component(self.tsm)}"]
        args += [f"component={component(c)}" for c in self.components]
        args += [f"msmt{i}={m.hex()}" for i, m in enumerate(self.measurements)]
        if self.identity is not None:
            args.append(f"identity={self.identity.hex()}")
        return args


class Output:
    """The files of one run."""

    def __init__(self, path, inputs):
        path.mkdir(parents=True, exist_ok=True)
        subprocess.run([PROGRAM, path, *inputs.arguments()], check=True)
        self.path = path

    def file(self, name):
        """A file's content."""
        return (self.path / name).read_bytes()


def result(job):
    """The result of a job, as bytes of a struct covh_job."""
    return struct.unpack_from("<i", job, JOB_RESULT)[0]
