# SPDX-License-Identifier: BSD-2-Clause
"""ECDSA on P-384 with SHA-384 for test evidence: the same input gives the same
bytes (RFC 6979). Slow, not constant-time, for nothing but tests."""

import hashlib
import hmac

P = 2**384 - 2**128 - 2**96 + 2**32 - 1
N = int("ffffffffffffffffffffffffffffffffffffffffffffffff"
        "c7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16)
G = (int("aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b98"
         "59f741e082542a385502f25dbf55296c3a545e3872760ab7", 16),
     int("3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147c"
         "e9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f", 16))


def add(p, q):
    """Sum of two points; None is the point at infinity. a = -3."""
    if p is None or q is None:
        return q if p is None else p
    if p[0] == q[0]:
        if (p[1] + q[1]) % P == 0:
            return None
        slope = (3 * p[0] * p[0] - 3) * pow(2 * p[1], -1, P)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def make_table():
    """Multiples of G: for each hexadecimal digit of a number, by its value."""
    rows, p = [], G
    for _ in range(96):
        row = [None]
        for _ in range(15):
            row.append(add(row[-1], p))
        rows.append(row)
        p = add(row[-1], p)
    return rows


TABLE = make_table()


def multiply(k):
    """k times G."""
    result = None
    for row in TABLE:
        result = add(result, row[k & 15])
        k >>= 4
    return result


def hkdf(key, info, length):
    """HKDF-SHA-384 without salt, of at most 48 bytes."""
    prk = hmac.digest(bytes(48), key, "sha384")
    return hmac.digest(prk, info + b"\1", "sha384")[:length]


def nonces(secret, digest):
    """RFC 6979, 3.2: candidates for k."""
    seed = secret + (int.from_bytes(digest, "big") % N).to_bytes(48, "big")
    k, v = bytes(48), b"\1" * 48
    for i in b"\0\1":
        k = hmac.digest(k, v + bytes([i]) + seed, "sha384")
        v = hmac.digest(k, v, "sha384")
    while True:
        v = hmac.digest(k, v, "sha384")
        yield int.from_bytes(v, "big")
        k = hmac.digest(k, v + b"\0", "sha384")
        v = hmac.digest(k, v, "sha384")


class Key:
    """A key pair, made of any bytes."""

    def __init__(self, seed):
        d = int.from_bytes(hashlib.sha384(b"test key" + seed).digest(), "big")
        self.d = d % (N - 1) + 1
        x, y = multiply(self.d)
        self.x, self.y = x.to_bytes(48, "big"), y.to_bytes(48, "big")
        self.point = b"\4" + self.x + self.y
        self.id = hkdf(self.point, b"CDI_ID", 20)
        self.signed = {}

    def sign(self, data):
        """r and s of 48 bytes each."""
        if data not in self.signed:
            self.signed[data] = self.make_signature(data)
        return self.signed[data]

    def make_signature(self, data):
        """What sign() remembers."""
        digest = hashlib.sha384(data).digest()
        for k in nonces(self.d.to_bytes(48, "big"), digest):
            if not 0 < k < N:
                continue
            r = multiply(k)[0] % N
            s = pow(k, -1, N) * (int.from_bytes(digest, "big") + r * self.d) % N
            if r and s:
                return r.to_bytes(48, "big") + s.to_bytes(48, "big")
        raise AssertionError
