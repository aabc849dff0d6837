# SPDX-License-Identifier: BSD-2-Clause
"""The keys that a secret and what is measured lead to, calculated anew from the
ABI's text; and what the stage before OpenSBI hands over."""

import hashlib
import hmac
import struct
from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives.asymmetric import ec

from evidence import Component, kdf, key_point

# The order of P-384
ORDER = int("ffffffffffffffffffffffffffffffffffffffffffffffff"
            "c7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16)
MAGIC = 0x4543494445564F43
HANDOVER_SIZE = 2248
MAX_COMPONENTS = 24
TEST_SECRET = hashlib.sha384(
    b"opensbi-cove: no root of trust, for tests only").digest()


class HmacDrbg:
    """NIST SP 800-90A, 10.1.2, with SHA-384: no reseeding, no more inputs."""

    def __init__(self, seed):
        self.key, self.v = bytes(48), b"\1" * 48
        self.update(seed)

    def update(self, data=b""):
        """HMAC_DRBG_Update."""
        for round_ in b"\0\1" if data else b"\0":
            self.key = hmac.digest(self.key,
                                   self.v + bytes([round_]) + data, "sha384")
            self.v = hmac.digest(self.key, self.v, "sha384")

    def generate(self):
        """48 bytes."""
        self.v = out = hmac.digest(self.key, self.v, "sha384")
        self.update()
        return out


def scalar(secret):
    """The private key of a secret: 48 bytes, the most significant first."""
    rng = HmacDrbg(kdf(secret, b"ID_Key"))
    while True:
        candidate = rng.generate()
        if 0 < int.from_bytes(candidate, "big") < ORDER:
            return candidate


def point(private):
    """The public key of a scalar, 97 bytes."""
    key = ec.derive_private_key(int.from_bytes(private, "big"),
                                ec.SECP384R1())
    return key_point(key.public_key())


def extend(register, digest):
    """What becomes of a register."""
    return hashlib.sha384(register + digest).digest()


class Image:
    """What a firmware's file says of itself, attest/image.h."""

    def __init__(self, path):
        data = path.read_bytes()
        at = data.index(b"opensbi-cove.img")
        assert not at & 7
        self.ro_end, self.svn, self.version, self.flags, zero = \
            struct.unpack_from("<QIIII", data, at + 16)
        assert not zero and at < self.ro_end < len(data)
        self.digest = hashlib.sha384(data[:self.ro_end]).digest()

    def config(self, pmp_entries, pool, pool_size):
        """Digest of the TSM's configuration, which register 3 stands for."""
        return hashlib.sha384(struct.pack(
            "<IIIIQQ", self.version, self.svn, self.flags, pmp_entries, pool,
            pool_size)).digest()

    def component(self, kind):
        """How it names itself in tokens."""
        return Component(kind, self.digest, self.svn)


@dataclass(frozen=True)
class Handover:
    """struct covh_handover, good or bad."""
    secret: bytes
    state: int
    components: list = field(default_factory=list)
    manufacturer: bytes = bytes(64)
    magic: int = MAGIC
    version: int = 1
    count: int = None
    # Of a component's type, its last byte
    end: bytes = b"\0"

    def encode(self):
        """Its bytes."""
        out = struct.pack("<QII48s64sII", self.magic, self.version, self.state,
                          self.secret, self.manufacturer,
                          len(self.components) if self.count is None
                          else self.count, 0)
        for c in self.components:
            text = c.type.encode()
            assert len(text) < 32
            out += struct.pack("<31s1s48sII", text, self.end, c.digest, c.svn,
                               0)
        return out.ljust(HANDOVER_SIZE, b"\0")

    def with_(self, **other):
        """Nearly the same."""
        return replace(self, **other)


class Chain:
    """All secrets and keys, and the registers of the platform and the TSM."""

    def __init__(self, secret, state, components, image, config):
        self.root = scalar(secret)
        tcb0 = struct.pack("<I", state) + b"".join(
            struct.pack("<32s48sI", c.type.encode(), c.digest, c.svn)
            for c in components)
        self.cdi0 = self.next_cdi(secret, tcb0)
        self.platform = scalar(self.cdi0)
        tcb1 = (image.digest + struct.pack("<I", image.svn)) * 2 + config
        self.cdi1 = self.next_cdi(self.cdi0, tcb1)
        self.tsm = scalar(self.cdi1)
        self.registers = [bytes(48) for _ in range(4)]
        for c in components:
            self.registers[0] = extend(self.registers[0], c.digest)
        self.registers[2] = extend(self.registers[2], image.digest)
        self.registers[3] = extend(self.registers[3], config)

    @staticmethod
    def next_cdi(secret, tcb):
        """The compound device identifier of a layer."""
        return kdf(secret + hashlib.sha384(tcb).digest(), b"CDI_Attest")
