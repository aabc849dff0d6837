#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a boot stage hands over to the firmware (struct covh_handover), and the
public key that relying parties have to know then: their rot-key. For trials,
and for who registers devices; docs/porting.md, "Root of trust".

Components are what has run and will run, in order, this firmware included:
--component TYPE,DIGEST,SVN. cove-measure --firmware fw_jump.bin --json has
digest and SVN of the firmware. The key depends on the secret alone.
"""

import argparse
import hmac
import struct
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

STATES = {"NotConfigured": 1, "Secured": 2, "Debug": 3, "Recovery": 4}
DIGEST, MANUFACTURER, SIZE, COMPONENTS = 48, 64, 2248, 24
ORDER = int("ffffffffffffffffffffffffffffffffffffffffffffffff"
            "c7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16)


def sha384(key, *data):
    """HMAC-SHA-384."""
    return hmac.digest(key, b"".join(data), "sha384")


def private_key(secret):
    """HMAC-DRBG with SHA-384 (NIST SP 800-90A), from KDF(secret, "ID_Key", 48)
    and nothing else: its first 48 bytes that are a scalar of P-384."""
    seed = sha384(sha384(bytes(48), secret), b"ID_Key\1")
    key, value = bytes(48), b"\1" * 48
    for step in b"\0", b"\1":
        key = sha384(key, value, step, seed)
        value = sha384(key, value)
    while True:
        value = scalar = sha384(key, value)
        number = int.from_bytes(scalar, "big")
        if 0 < number < ORDER:
            return ec.derive_private_key(number, ec.SECP384R1())
        key = sha384(key, value, b"\0")
        value = sha384(key, value)


def component(text):
    """TYPE,DIGEST,SVN as struct covh_component."""
    name, digest, svn = text.split(",")
    if not 0 < len(name) < 32 or not all("!" <= c <= "~" for c in name):
        raise ValueError("a type has 1 to 31 characters from ! to ~")
    digest = bytes.fromhex(digest)
    if len(digest) != DIGEST:
        raise ValueError("a digest has 48 bytes")
    return struct.pack("<32s48sII", name.encode(), digest, int(svn, 0), 0)


def handover(secret, state, manufacturer, components):
    """struct covh_handover."""
    if len(secret) != DIGEST:
        raise ValueError("a secret has 48 bytes")
    if len(manufacturer) > MANUFACTURER:
        raise ValueError("a manufacturer has 64 bytes at most")
    if not 0 < len(components) <= COMPONENTS:
        raise ValueError("1 to 24 components, please")
    out = struct.pack("<8sII48s64sII", b"COVEDICE", 1, STATES[state], secret,
                      manufacturer, len(components), 0)
    return (out + b"".join(components)).ljust(SIZE, b"\0")


def main():
    """Command line."""
    p = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--secret", type=Path, required=True, metavar="FILE",
                   help="48 bytes that nobody else knows")
    p.add_argument("--state", choices=STATES, default="Secured",
                   help="as the stage knows it (Secured)")
    p.add_argument("--manufacturer", default="", metavar="TEXT")
    p.add_argument("--component", action="append", default=[],
                   metavar="TYPE,DIGEST,SVN")
    p.add_argument("--out", type=Path, metavar="FILE",
                   help="write the structure there")
    p.add_argument("--root-key", type=Path, metavar="FILE",
                   help="write the public key there (PEM)")
    a = p.parse_args()
    try:
        secret = a.secret.read_bytes()
        if a.out:
            a.out.write_bytes(handover(
                secret, a.state, a.manufacturer.encode(),
                [component(c) for c in a.component]))
        if a.root_key:
            a.root_key.write_bytes(private_key(secret).public_key()
                                   .public_bytes(
                Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    except (OSError, ValueError, struct.error) as e:
        print("handover.py: %s" % e, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
