# SPDX-License-Identifier: BSD-2-Clause
"""The helper's derivations and signatures once more, from their definitions:
nothing but hashlib, hmac and integers."""

import hashlib
import hmac
import struct

P = 2**384 - 2**128 - 2**96 + 2**32 - 1
N = int("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
        "581a0db248b0a77aecec196accc52973", 16)
B = int("b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a"
        "c656398d8a2ed19d2a85c8edd3ec2aef", 16)
G = (int("aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a38"
         "5502f25dbf55296c3a545e3872760ab7", 16),
     int("3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c0"
         "0a60b1ce1d7e819d7a431d7c90ea0e5f", 16))


def sha384(data):
    """SHA-384."""
    return hashlib.sha384(data).digest()


def hkdf(ikm, info, length):
    """HKDF-SHA-384 without salt, for up to one block."""
    prk = hmac.digest(bytes(48), ikm, "sha384")
    return hmac.digest(prk, info + b"\1", "sha384")[:length]


class Drbg:
    """HMAC-DRBG with SHA-384 (SP 800-90A), seeded once."""

    def __init__(self, seed):
        self.key, self.v = bytes(48), b"\1" * 48
        self.update(seed)

    def mac(self, data):
        """HMAC with the present key."""
        return hmac.digest(self.key, data, "sha384")

    def update(self, data=b""):
        """The state moves on."""
        for i in range(2 if data else 1):
            self.key = self.mac(self.v + bytes([i]) + data)
            self.v = self.mac(self.v)

    def block(self):
        """One request of 48 bytes."""
        self.v = self.mac(self.v)
        out = self.v
        self.update()
        return out

    def scalar(self):
        """A number from 1 to N - 1."""
        while True:
            value = int.from_bytes(self.block(), "big")
            if 0 < value < N:
                return value


def add(p, q):
    """The sum of two points; None is infinity."""
    if p is None or q is None:
        return p or q
    if p[0] == q[0]:
        if (p[1] + q[1]) % P == 0:
            return None
        slope = (3 * p[0] * p[0] - 3) * pow(2 * p[1], -1, P)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def mul(k, p=G):
    """k times a point."""
    total = None
    while k:
        if k & 1:
            total = add(total, p)
        p = add(p, p)
        k >>= 1
    return total


def encode(point):
    """The 97 bytes of a point."""
    return b"\4" + point[0].to_bytes(48, "big") + point[1].to_bytes(48, "big")


class Key:
    """The key pair of a secret."""

    def __init__(self, secret):
        self.d = Drbg(hkdf(secret, b"ID_Key", 48)).scalar()
        self.point = mul(self.d)
        self.bytes = encode(self.point)
        self.id = key_id(self.bytes)

    def sign(self, message):
        """r and s as RFC 6979 has them."""
        digest = sha384(message)
        # As long as the order, so the hash is not cut; it may be above it
        h = int.from_bytes(digest, "big") % N
        k = Drbg(self.d.to_bytes(48, "big") + h.to_bytes(48, "big")).scalar()
        r = mul(k)[0] % N
        s = pow(k, -1, N) * (h + r * self.d) % N
        return r, s


def key_id(point):
    """The id of the key with that encoded point."""
    return hkdf(point, b"CDI_ID", 20)


def le32(value):
    """Four bytes, little-endian."""
    return struct.pack("<I", value)


class Chain:
    """The keys of the layers, from what the boot job is given."""

    def __init__(self, inputs):
        self.root = Key(inputs.secret)
        tcb = le32(inputs.state)
        for name, digest, svn in inputs.components:
            tcb += name.encode().ljust(32, b"\0") + digest + le32(svn)
        cdi = hkdf(inputs.secret + sha384(tcb), b"CDI_Attest", 48)
        self.platform = Key(cdi)
        tcb = inputs.tsm[1] + le32(inputs.tsm[2])
        tcb += inputs.driver[1] + le32(inputs.driver[2])
        tcb += inputs.config
        cdi1 = hkdf(cdi + sha384(tcb), b"CDI_Attest", 48)
        self.tsm = Key(cdi1)
        self.secrets = [inputs.secret, cdi, cdi1]
