# SPDX-License-Identifier: BSD-2-Clause
"""Checking evidence as a relying party does, with libraries that have nothing
in common with those of the firmware: python3-cbor2, python3-cryptography."""

import datetime
import hmac
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import cbor2
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, \
    PublicFormat
from cryptography.x509.oid import ExtensionOID, NameOID, \
    SignatureAlgorithmOID

TAG_SIGN1, TAG_CWT, TAG_UCCS = 18, 61, 601
ES384 = -35
ALG = "sha-384"
PROFILE = "https://riscv.org/TBD"
UCCS_EVIDENCE = x509.ObjectIdentifier("2.23.133.5.4.6")
NOT_CONFIGURED, SECURED, DEBUG, RECOVERY = 1, 2, 3, 4
DIGEST = 48
INITIAL, REGISTERS = 6, 10


class Refused(Exception):
    """This is not the evidence of a TVM."""


def need(what, why):
    """One condition of many."""
    if not what:
        raise Refused(why)


def kdf(secret, info, length=DIGEST):
    """HKDF-SHA-384 without salt, of at most 48 bytes."""
    prk = hmac.digest(bytes(DIGEST), secret, "sha384")
    return hmac.digest(prk, info + b"\1", "sha384")[:length]


def key_id(point):
    """What names a key: 20 bytes."""
    return kdf(point, b"CDI_ID", 20)


def key_point(key):
    """A public key as 97 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def load_key(point):
    """The public key of 97 bytes."""
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(),
                                                            point)
    except ValueError as e:
        raise Refused("not a point of the curve") from e


def decode(data):
    """CBOR, of which there is one encoding only."""
    need(isinstance(data, bytes), "not a byte string")
    try:
        value = cbor2.loads(data)
        again = cbor2.dumps(value, canonical=True)
    except (cbor2.CBORError, ArithmeticError, AttributeError, EOFError,
            LookupError, MemoryError, RecursionError, TypeError,
            ValueError) as e:
        raise Refused("not CBOR: %s" % e) from e
    need(again == data, "not the deterministic encoding")
    return value


def tagged(value, tag):
    """What a tag is on."""
    need(isinstance(value, cbor2.CBORTag) and value.tag == tag,
         "no tag %d" % tag)
    return value.value


def claims(value, keys, optional=()):
    """A map with these keys and no others."""
    need(isinstance(value, dict), "not a map")
    need(set(keys) <= set(value) <= set(keys) | set(optional),
         "claims are %s" % list(value))
    return value


def sized(value, length):
    """A byte string of that length."""
    need(isinstance(value, bytes) and len(value) == length,
         "not %d bytes" % length)
    return value


def cose_key(data):
    """The point of an encoded COSE_Key."""
    key = claims(decode(data), (1, -1, -2, -3))
    need(key[1] == 2 and key[-1] == 2, "not a key on P-384")
    return b"\4" + sized(key[-2], 48) + sized(key[-3], 48)


class Sign1:
    """A COSE_Sign1 whose signature is still to be checked."""

    def __init__(self, value):
        parts = tagged(value, TAG_SIGN1)
        need(isinstance(parts, list) and len(parts) == 4, "not a COSE_Sign1")
        protected, unprotected, payload, signature = parts
        header = claims(decode(protected), (1,), (4,))
        need(header[1] == ES384, "not ES384")
        need(unprotected == {}, "unprotected header")
        self.kid = header.get(4)
        self.claims = tagged(decode(payload), TAG_CWT)
        self.signed = cbor2.dumps(["Signature1", protected, b"", payload])
        self.signature = sized(signature, 96)

    def verify(self, point):
        """Must have been signed with that key."""
        r, s = (int.from_bytes(self.signature[i:i + 48], "big")
                for i in (0, 48))
        check_signature(point, utils.encode_dss_signature(r, s), self.signed)


def check_signature(point, signature, signed):
    """ECDSA on P-384 with SHA-384."""
    try:
        load_key(point).verify(signature, signed, ec.ECDSA(hashes.SHA384()))
    except InvalidSignature as e:
        raise Refused("bad signature") from e


@dataclass(frozen=True)
class Component:
    """A piece of software."""
    type: str
    digest: bytes
    svn: int


def component(value):
    """A Component out of a token."""
    value = claims(value, (1, 2, 3, 6))
    need(value[6] == ALG, "another hash")
    need(isinstance(value[1], str) and isinstance(value[3], str), "no text")
    need(value[3].isdigit() and str(int(value[3])) == value[3], "no number")
    return Component(value[1], sized(value[2], DIGEST), int(value[3]))


def components(value):
    """A list of them."""
    need(isinstance(value, list) and value, "no components")
    return [component(v) for v in value]


def measurements(value, first, last):
    """Values of registers."""
    need(isinstance(value, list) and len(value) == last - first,
         "not all registers")
    out = []
    for i, v in enumerate(value):
        v = claims(v, (1, 2, 3))
        need(v[1] == first + i and v[3] == ALG, "not register %d" % first)
        out.append(sized(v[2], DIGEST))
    return out


@dataclass
class Evidence:
    """What evidence says, once it is checked."""
    root_id: bytes = b""
    platform: bytes = b""
    manufacturer: bytes = b""
    state: int = 0
    platform_components: list = field(default_factory=list)
    tsm: bytes = b""
    tsm_components: list = field(default_factory=list)
    challenge: bytes = b""
    guest: bytes = b""
    identity: bytes = None
    registers: list = field(default_factory=list)


def check_map(value, root, challenge):
    """The map of evidence, F.4: three tokens, each signed with the key that
    the one before it names. root, and then all keys: points."""
    tokens = claims(claims(value, (266,))[266], ("platform", "tsm", "tvm"))
    platform, tsm, tvm = (Sign1(tokens[name])
                          for name in ("platform", "tsm", "tvm"))
    e = Evidence()

    platform.verify(root)
    e.root_id = key_id(root)
    need(platform.kid == e.root_id, "kid of another key")
    c = claims(platform.claims, (265, -70000, -70001, -70002, -70003))
    need(c[265] == PROFILE, "another profile")
    e.platform = cose_key(c[-70000])
    e.manufacturer = sized(c[-70001], 64)
    e.state = c[-70002]
    need(e.state in (NOT_CONFIGURED, SECURED, DEBUG, RECOVERY), "no state")
    e.platform_components = components(c[-70003])

    tsm.verify(e.platform)
    need(tsm.kid is None, "kid in the TSM's token")
    c = claims(tsm.claims, (-70004, -70007))
    e.tsm = cose_key(c[-70004])
    e.tsm_components = components(c[-70007])

    tvm.verify(e.tsm)
    need(tvm.kid is None, "kid in the TVM's token")
    c = claims(tvm.claims, (10, -70005, -70006, -70009), (-70008,))
    e.challenge = sized(c[10], 64)
    need(e.challenge == challenge, "old evidence")
    e.guest = cose_key(c[-70005])
    e.registers = measurements(c[-70006], 0, INITIAL) + \
        measurements(c[-70009], INITIAL, REGISTERS)
    if -70008 in c:
        e.identity = sized(c[-70008], 64)
    return e


def check_cbor(data, root, challenge):
    """The CBOR form, F.5."""
    cert = Sign1(decode(data))
    need(cert.kid is None, "kid in the certificate")
    c = claims(cert.claims, (1, 2, -70010))
    e = check_map(c[-70010], root, challenge)
    cert.verify(e.tsm)
    need(c[1] == key_id(e.tsm).hex(), "another issuer")
    need(c[2] == key_id(e.guest).hex(), "another subject")
    return e


def name(value):
    """A name of nothing but the id of a key."""
    need([a.oid for a in value] == [NameOID.SERIAL_NUMBER], "another name")
    return list(value)[0].value


def extension(cert, oid, critical):
    """One of the certificate's extensions."""
    found = cert.extensions.get_extension_for_oid(oid)
    need(found.critical == critical, "%s: critical or not" % oid)
    return found.value


def check_extensions(cert, issuer, subject):
    """But for the evidence."""
    need(len(cert.extensions) == 5, "other extensions")
    aki = extension(cert, ExtensionOID.AUTHORITY_KEY_IDENTIFIER, False)
    need((aki.key_identifier, aki.authority_cert_issuer,
          aki.authority_cert_serial_number) == (issuer, None, None), "AKI")
    ski = extension(cert, ExtensionOID.SUBJECT_KEY_IDENTIFIER, False)
    need(ski.digest == subject, "SKI")
    usage = extension(cert, ExtensionOID.KEY_USAGE, True)
    need(usage == x509.KeyUsage(False, False, False, False, False, True, False,
                                False, False), "key usage")
    basic = extension(cert, ExtensionOID.BASIC_CONSTRAINTS, True)
    need(basic.ca and basic.path_length == 0, "basic constraints")


def check_certificate(cert, root, challenge):
    """The fields of an X.509 certificate, F.5."""
    need(cert.version == x509.Version.v3, "not version 3")
    need(cert.signature_algorithm_oid == SignatureAlgorithmOID.ECDSA_WITH_SHA384,
         "another algorithm")
    value = decode(extension(cert, UCCS_EVIDENCE, True).value)
    e = check_map(tagged(value, TAG_UCCS), root, challenge)
    check_signature(e.tsm, cert.signature, cert.tbs_certificate_bytes)
    issuer, subject = key_id(e.tsm), key_id(e.guest)
    need(name(cert.issuer) == issuer.hex(), "another issuer")
    need(name(cert.subject) == subject.hex(), "another subject")
    serial = bytes([issuer[0] & 0x3f | 0x40]) + issuer[1:]
    need(cert.serial_number == int.from_bytes(serial, "big"), "serial number")
    need(key_point(cert.public_key()) == e.guest, "another key")
    need(cert.not_valid_before <= datetime.datetime(2024, 12, 31) and
         cert.not_valid_after == datetime.datetime(9999, 12, 31, 23, 59, 59),
         "validity")
    check_extensions(cert, issuer, subject)
    return e


def check_x509(data, root, challenge):
    """The X.509 form, F.5."""
    try:
        cert = x509.load_der_x509_certificate(data)
        need(cert.public_bytes(Encoding.DER) == data, "more than that")
        return check_certificate(cert, root, challenge)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion,
            x509.ExtensionNotFound, x509.DuplicateExtension) as e:
        raise Refused("not a certificate: %s" % e) from e


CHECK = {"cbor": check_cbor, "x509": check_x509}


def tsm_certificate(point):
    """Somebody vouches for the TSM's key: that is for who knows X.509 only."""
    own = ec.generate_private_key(ec.SECP384R1())
    day = datetime.datetime(2024, 1, 1)

    def named(text):
        return x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, text)])

    builder = x509.CertificateBuilder(
        named("somebody"), named(key_id(point).hex()), load_key(point), 1, day,
        day.replace(year=2124))
    for value in (x509.BasicConstraints(True, None),
                  x509.KeyUsage(False, False, False, False, False, True, False,
                                False, False)):
        builder = builder.add_extension(value, True)
    for value in (x509.SubjectKeyIdentifier(key_id(point)),
                  x509.AuthorityKeyIdentifier(b"somebody", None, None)):
        builder = builder.add_extension(value, False)
    return builder.sign(own, hashes.SHA384())


def openssl(*args):
    """A command that must succeed; its output."""
    done = subprocess.run(["openssl", *map(str, args)], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert not done.returncode, done.stdout
    return done.stdout


def check_by_openssl(data, point, directory):
    """A certificate as OpenSSL sees it; asn1parse's lines."""
    der, pem, ca = (Path(directory) / n for n in ("der", "pem", "ca"))
    der.write_bytes(data)
    cert = x509.load_der_x509_certificate(data)
    pem.write_bytes(cert.public_bytes(Encoding.PEM))
    ca.write_bytes(tsm_certificate(point).public_bytes(Encoding.PEM))
    assert openssl("verify", "-x509_strict", "-partial_chain",
                   "-ignore_critical", "-trusted", ca, pem).endswith(": OK\n")
    return openssl("asn1parse", "-inform", "DER", "-in", der).splitlines()
