#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Evidence for tests, good and bad, made of docs/attestation.md alone.

As a program: write a good one, its nonce, its policy and its root key into a
directory, or inputs for fuzz.c. As a module: Evidence has everything that can
be had otherwise.
"""

import argparse
import base64
import hashlib
import os
import struct
from pathlib import Path

import p384

PROFILE = "https://riscv.org/TBD"
ALG = "sha-384"
STATES = {"NotConfigured": 1, "Secured": 2, "Debug": 3, "Recovery": 4}


class Raw(bytes):
    """Bytes that are encoded already."""


class Pairs(list):
    """A map as it is: not sorted, perhaps with a key twice."""


class Tag:
    """A tag and what it is on."""

    def __init__(self, number, value):
        self.number, self.value = number, value


def head(major, n):
    """The shortest head of a number."""
    if n < 24:
        return bytes([major << 5 | n])
    for info, size, code in ((24, 8, "B"), (25, 16, ">H"), (26, 32, ">I")):
        if n < 1 << size:
            return bytes([major << 5 | info]) + struct.pack(code, n)
    return bytes([major << 5 | 27]) + struct.pack(">Q", n)


def encode(v):
    """Deterministic CBOR."""
    if isinstance(v, Raw):
        return bytes(v)
    if isinstance(v, bool) or v is None:
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[v]
    if isinstance(v, int):
        return head(0, v) if v >= 0 else head(1, -1 - v)
    if isinstance(v, bytes):
        return head(2, len(v)) + v
    if isinstance(v, str):
        return head(3, len(v.encode())) + v.encode()
    if isinstance(v, Tag):
        return head(6, v.number) + encode(v.value)
    if isinstance(v, dict):
        pairs = sorted((encode(k), encode(e)) for k, e in v.items())
        return head(5, len(v)) + b"".join(k + e for k, e in pairs)
    if isinstance(v, Pairs):
        return head(5, len(v)) + b"".join(encode(k) + encode(e) for k, e in v)
    return head(4, len(v)) + b"".join(map(encode, v))


def cose_key(key):
    """The public key, encoded."""
    return encode({1: 2, -1: 2, -2: key.x, -3: key.y})


# DER, as much as a certificate needs

def der(tag, *parts):
    """One element."""
    body = b"".join(parts)
    n = len(body)
    size = bytes([n]) if n < 128 else \
        bytes([0x80 | (n.bit_length() + 7) // 8]) + \
        n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag]) + size + body


def integer(raw):
    """An unsigned number of big-endian bytes."""
    raw = raw.lstrip(b"\0") or b"\0"
    return der(2, b"\0" * (raw[0] >> 7) + raw)


def oid(text):
    """An object identifier."""
    a, b, *rest = map(int, text.split("."))
    out = bytes()
    for n in [40 * a + b] + rest:
        part = bytes([n & 127])
        while n := n >> 7:
            part = bytes([0x80 | n & 127]) + part
        out += part
    return der(6, out)


ECDSA_SHA384 = der(0x30, oid("1.2.840.10045.4.3.3"))


def name(text):
    """A name of one serialNumber."""
    return der(0x30, der(0x31, der(0x30, oid("2.5.4.5"),
                                   der(0x13, text.encode()))))


def extension(number, critical, value):
    """One of a certificate's extensions."""
    return der(0x30, oid(number), der(1, b"\xff") if critical else b"",
               der(4, value))


class Evidence:
    """What goes into evidence; change what is to be wrong, then make it."""

    def __init__(self, seed=b"device 1"):
        self.root = p384.Key(seed + b" root")
        self.platform = p384.Key(seed + b" platform")
        self.tsm = p384.Key(seed + b" TSM")
        self.guest = p384.Key(seed + b" guest")
        self.signer = {"platform": self.root, "tsm": self.platform,
                       "tvm": self.tsm, "cert": self.tsm}
        self.kid = {"platform": self.root.id}
        self.nonce = hashlib.sha512(seed + b" nonce").digest()
        self.identity = None
        self.state = STATES["Secured"]
        self.manufacturer = b"opensbi-cove test platform".ljust(64, b"\0")
        self.components = [self.component("firmware", seed, "7")]
        self.tsm_components = [self.component("tsm-driver", b"driver", "3"),
                               self.component("tsm", b"tsm", "3")]
        self.registers = {i: hashlib.sha384(b"register %d" % i).digest()
                          for i in range(6)}
        self.measure()
        self.runtime = {i: bytes(48) for i in range(6, 10)}
        self.guest_key = cose_key(self.guest)
        # Called with what is about to be encoded, by what it is; the result
        # takes its place
        self.change = {}
        self.names = None

    @staticmethod
    def component(kind, seed, svn):
        """One measured piece of software."""
        return {1: kind, 2: hashlib.sha384(seed).digest(), 3: svn, 6: ALG}

    def measure(self):
        """Registers 0 and 2 are what the components lead to."""
        for i, components in ((0, self.components),
                              (2, self.tsm_components[1:2])):
            self.registers[i] = bytes(48)
            for c in components:
                self.registers[i] = hashlib.sha384(self.registers[i] +
                                                   c[2]).digest()

    def changed(self, what, value):
        """The value, or what a test wants in its place."""
        return self.change.get(what, lambda v: v)(value)

    def sign1(self, who, claims):
        """A token."""
        protected = {1: -35}
        if who in self.kid:
            protected[4] = self.kid[who]
        protected = encode(self.changed(who + " protected", protected))
        payload = encode(self.changed(
            who + " payload", Tag(61, self.changed(who, claims))))
        signature = self.signer[who].sign(
            encode(["Signature1", protected, b"", payload]))
        parts = self.changed(who + " parts", [
            protected, {}, payload,
            self.changed(who + " signature", signature)])
        return self.changed(who + " token", Tag(18, parts))

    def platform_token(self):
        """Says what the platform is."""
        return self.sign1("platform", {
            265: PROFILE, -70000: cose_key(self.platform),
            -70001: self.manufacturer, -70002: self.state,
            -70003: self.components})

    def tsm_token(self):
        """Says what the TSM is."""
        return self.sign1("tsm", {-70004: cose_key(self.tsm),
                                  -70007: self.tsm_components})

    def tvm_token(self):
        """Says what the guest is."""
        claims = {10: self.nonce, -70005: self.guest_key,
                  -70006: self.measurements(self.registers),
                  -70009: self.measurements(self.runtime)}
        if self.identity is not None:
            claims[-70008] = self.identity
        return self.sign1("tvm", claims)

    @staticmethod
    def measurements(registers):
        """Registers as they stand in the token."""
        return [{1: i, 2: v, 3: ALG} for i, v in registers.items()]

    def evidence(self):
        """The map of three tokens."""
        return self.changed("evidence", {266: self.changed("submods", {
            "platform": self.platform_token(), "tsm": self.tsm_token(),
            "tvm": self.tvm_token()})})

    def cbor(self):
        """The certificate in its CBOR form."""
        iss, sub = self.names or (self.tsm.id.hex(), self.guest.id.hex())
        return self.changed("bytes", encode(self.sign1("cert", {
            1: iss, 2: sub, -70010: self.evidence()})))

    def extensions(self):
        """Those of the X.509 form."""
        uccs = encode(self.changed("uccs", Tag(601, self.evidence())))
        return {
            "aki": extension("2.5.29.35", False,
                             der(0x30, der(0x80, self.tsm.id))),
            "ski": extension("2.5.29.14", False, der(4, self.guest.id)),
            "usage": extension("2.5.29.15", True, b"\3\2\2\4"),
            "basic": extension("2.5.29.19", True,
                               der(0x30, der(1, b"\xff"), der(2, b"\0"))),
            "uccs": extension("2.23.133.5.4.6", True, uccs)}

    def x509(self):
        """The certificate in its X.509 form."""
        iss, sub = self.names or (self.tsm.id.hex(), self.guest.id.hex())
        point = self.changed("spki", self.guest.point)
        serial = bytes([self.tsm.id[0] & 0x3f | 0x40]) + self.tsm.id[1:]
        parts = self.changed("tbs", [
            der(0xa0, der(2, b"\2")),
            integer(self.changed("serial", serial)),
            self.changed("algorithm", ECDSA_SHA384), name(iss),
            der(0x30, der(0x17, b"240101000000Z"),
                der(0x18, b"99991231235959Z")), name(sub),
            der(0x30, der(0x30, oid("1.2.840.10045.2.1"),
                          oid("1.3.132.0.34")), der(3, b"\0", point)),
            der(0xa3, der(0x30, *self.changed("extensions",
                                              self.extensions()).values()))])
        tbs = der(0x30, *parts)
        raw = self.changed("cert signature", self.signer["cert"].sign(tbs))
        signature = der(0x30, integer(raw[:48]), integer(raw[48:]))
        return self.changed("bytes", der(
            0x30, tbs, self.changed("outer algorithm", ECDSA_SHA384),
            der(3, b"\0", signature)))

    def make(self, form):
        """The certificate in either form."""
        return {"cbor": self.cbor, "x509": self.x509}[form]()

    def policy(self):
        """A policy that accepts just this, as list of lines."""
        lines = ["rot-key = " + self.root.point.hex(),
                 "manufacturer = " + self.manufacturer.hex(), "min-svn = 3"]
        return lines + ["register.%d = %s" % (i, v.hex())
                        for i, v in self.registers.items()]


def pem(point):
    """A public key as SubjectPublicKeyInfo."""
    spki = der(0x30, der(0x30, oid("1.2.840.10045.2.1"), oid("1.3.132.0.34")),
               der(3, b"\0", point))
    text = base64.b64encode(spki).decode()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines,
                      "-----END PUBLIC KEY-----", ""])


def write_seeds(directory):
    """What fuzz.c starts from: a byte that says what it is, and good input."""
    e = Evidence()
    e.nonce = bytes(64)
    seeds = [b"\0" + e.make("cbor"), b"\1" + e.make("x509")]
    e.identity = bytes(64)
    e.guest_key = encode({1: 2, 2: b"name", 3: -35, -1: 2, -2: e.guest.x,
                          -3: e.guest.y})
    e.components = e.components * 3
    e.change["tvm"] = lambda m: {k: v for k, v in m.items() if k != -70009}
    seeds += [b"\0" + e.make("cbor"), b"\1" + e.make("x509")]
    lines = e.policy() + [
        "accept-state = Debug # comment", "min-svn.firmware = 7",
        "component.tsm = " + "00" * 48, "identity = none", "register.9 = any"]
    seeds += [b"\2" + "\n".join(lines).encode(), b"\3" + e.guest_key]
    for i, seed in enumerate(seeds):
        (directory / ("seed-%d" % i)).write_bytes(seed)


def main():
    """Command line."""
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("directory", type=Path)
    p.add_argument("--seeds", action="store_true", help="inputs for fuzz.c")
    a = p.parse_args()
    os.makedirs(a.directory, exist_ok=True)
    if a.seeds:
        write_seeds(a.directory)
        return
    e = Evidence()
    for form in ("cbor", "x509"):
        (a.directory / ("evidence." + form)).write_bytes(e.make(form))
    (a.directory / "nonce").write_bytes(e.nonce)
    (a.directory / "guest.key").write_bytes(e.guest_key)
    (a.directory / "root.pem").write_text(pem(e.root.point))
    (a.directory / "policy").write_text("\n".join(e.policy()) + "\n")


if __name__ == "__main__":
    main()
