# SPDX-License-Identifier: BSD-2-Clause
"""A second opinion on keys, tokens and certificates: other code for the
derivations, other libraries for CBOR and X.509."""

import datetime
import subprocess

import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.x509.oid import NameOID, ObjectIdentifier

import evidence
import p384

SEEDS = list(range(12))
OID_UCCS = ObjectIdentifier("2.23.133.5.4.6")


class Case:
    """One set of inputs, what was made of it, and what should have been."""

    def __init__(self, path, seed):
        self.inputs = evidence.Inputs(seed, {0: True, 1: False}.get(seed))
        self.out = evidence.Output(path, self.inputs)
        self.chain = p384.Chain(self.inputs)


@pytest.fixture(scope="module", params=SEEDS, name="case")
def _case(request, tmp_path_factory):
    return Case(tmp_path_factory.mktemp(f"seed{request.param}"),
                request.param)


def public(key):
    """A key for the library."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(),
                                                        key.bytes)


def loads(data):
    """Decode; it must be the one deterministic encoding, without a rest."""
    value = cbor2.loads(data)
    assert cbor2.dumps(value, canonical=True) == data
    return value


def open_sign1(token, key, kid=None):
    """The claims of a decoded COSE_Sign1, which that key has signed."""
    assert token.tag == 18
    protected, unprotected, payload, signature = token.value
    assert unprotected == {}
    assert loads(protected) == {1: -35} if kid is None else {1: -35, 4: kid}
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    r, s = (int.from_bytes(signature[i:i + 48], "big") for i in (0, 48))
    public(key).verify(utils.encode_dss_signature(r, s), signed,
                       ec.ECDSA(hashes.SHA384()))
    assert (r, s) == key.sign(signed)
    claims = loads(payload)
    assert claims.tag == 61
    return claims.value


def cose_key(point):
    """A public key as it is in a claim."""
    return cbor2.dumps({1: 2, -1: 2, -2: point[0].to_bytes(48, "big"),
                        -3: point[1].to_bytes(48, "big")}, canonical=True)


def component(c):
    """A component as it is in a claim."""
    return {1: c[0], 2: c[1], 3: str(c[2]), 6: "sha-384"}


def check_evidence(case, value):
    """The map of evidence and all that is in it."""
    inputs, chain = case.inputs, case.chain
    assert list(value) == [266]
    assert sorted(value[266]) == ["platform", "tsm", "tvm"]
    assert open_sign1(value[266]["platform"], chain.root, chain.root.id) == {
        265: "https://riscv.org/TBD",
        -70000: cose_key(chain.platform.point),
        -70001: inputs.manufacturer,
        -70002: inputs.state,
        -70003: [component(c) for c in inputs.components]}
    assert open_sign1(value[266]["tsm"], chain.platform) == {
        -70004: cose_key(chain.tsm.point),
        -70007: [component(inputs.driver), component(inputs.tsm)]}
    expected = {
        10: inputs.challenge,
        -70005: inputs.key,
        -70006: [{1: i, 2: inputs.measurements[i], 3: "sha-384"}
                 for i in range(6)],
        -70009: [{1: i, 2: inputs.measurements[i], 3: "sha-384"}
                 for i in range(6, 10)]}
    if inputs.identity is not None:
        expected[-70008] = inputs.identity
    assert open_sign1(value[266]["tvm"], chain.tsm) == expected


def test_keys(case):
    """The keys of all layers."""
    chain, out = case.chain, case.out
    assert out.file("root.point") == chain.root.bytes
    assert out.file("tsm.point") == chain.tsm.bytes
    assert out.file("tsm.scalar") == chain.tsm.d.to_bytes(48, "big")
    for key in (chain.root, chain.platform, chain.tsm):
        other = ec.derive_private_key(key.d, ec.SECP384R1()).public_key()
        numbers = other.public_numbers()
        assert (numbers.x, numbers.y) == key.point


def test_secrets_are_gone(case):
    """No secret of a layer above the TSM's is in what the boot job leaves."""
    job = case.out.file("boot.out")
    secrets = case.chain.secrets + [
        k.d.to_bytes(48, order)
        for k in (case.chain.root, case.chain.platform)
        for order in ("big", "little")]
    assert evidence.result(job) == 0
    for secret in secrets:
        assert secret[:16] not in job and secret[-16:] not in job
    assert case.chain.tsm.d.to_bytes(48, "big") in job
    for name in ("cbor.out", "x509.out"):
        assert case.chain.tsm.d.to_bytes(48, "big")[:16] not in \
            case.out.file(name)


def test_tokens(case):
    """Those that the boot job makes are those in the evidence."""
    value = loads(case.out.file("evidence.cbor"))
    value = loads(value.value[2]).value[-70010][266]
    assert loads(case.out.file("platform.token")) == value["platform"]
    assert loads(case.out.file("tsm.token")) == value["tsm"]


def test_cbor(case):
    """The CBOR form."""
    claims = open_sign1(loads(case.out.file("evidence.cbor")), case.chain.tsm)
    assert sorted(claims) == [-70010, 1, 2]
    assert claims[1] == case.chain.tsm.id.hex()
    assert claims[2] == p384.key_id(p384.encode(case.inputs.guest)).hex()
    check_evidence(case, claims[-70010])


def name_of(hex_id):
    """A name of one attribute."""
    return x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, hex_id)])


def test_x509(case):
    """The X.509 form."""
    der = case.out.file("evidence.der")
    cert = x509.load_der_x509_certificate(der)
    assert cert.public_bytes(serialization.Encoding.DER) == der
    issuer = case.chain.tsm.id
    subject = p384.key_id(p384.encode(case.inputs.guest))
    assert cert.version == x509.Version.v3
    serial = bytes([issuer[0] & 0x3F | 0x40]) + issuer[1:]
    assert cert.serial_number == int.from_bytes(serial, "big")
    assert cert.issuer == name_of(issuer.hex())
    assert cert.subject == name_of(subject.hex())
    assert cert.not_valid_before == datetime.datetime(2024, 1, 1)
    assert cert.not_valid_after == datetime.datetime(9999, 12, 31, 23, 59, 59)
    numbers = cert.public_key().public_numbers()
    assert numbers.curve.name == "secp384r1"
    assert (numbers.x, numbers.y) == case.inputs.guest
    assert cert.signature_algorithm_oid.dotted_string == "1.2.840.10045.4.3.3"
    public(case.chain.tsm).verify(cert.signature, cert.tbs_certificate_bytes,
                                  ec.ECDSA(hashes.SHA384()))
    assert utils.decode_dss_signature(cert.signature) == \
        case.chain.tsm.sign(cert.tbs_certificate_bytes)

    extensions = {e.oid: e for e in cert.extensions}
    assert len(extensions) == 5
    critical = {e.oid.dotted_string for e in cert.extensions if e.critical}
    assert critical == {"2.5.29.15", "2.5.29.19", "2.23.133.5.4.6"}
    aki = cert.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    assert aki.value == x509.AuthorityKeyIdentifier(issuer, None, None)
    ski = cert.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    assert ski.value == x509.SubjectKeyIdentifier(subject)
    basic = cert.extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.value == x509.BasicConstraints(True, 0)
    usage = cert.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.value == x509.KeyUsage(False, False, False, False, False,
                                        True, False, False, False)
    value = loads(extensions[OID_UCCS].value.value)
    assert value.tag == 601
    check_evidence(case, value.value)


def test_forms_agree(case):
    """The evidence is the same in both."""
    cbor = loads(loads(case.out.file("evidence.cbor")).value[2])
    cert = x509.load_der_x509_certificate(case.out.file("evidence.der"))
    der = cert.extensions.get_extension_for_oid(OID_UCCS).value.value
    assert cbor2.loads(der).value == cbor.value[-70010]


def openssl(*args):
    """Run it; what it prints."""
    done = subprocess.run(["openssl", *args], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def authority(case):
    """A certificate of the TSM's key by itself."""
    key = ec.derive_private_key(case.chain.tsm.d, ec.SECP384R1())
    name = name_of(case.chain.tsm.id.hex())
    return x509.CertificateBuilder(
        name, name, key.public_key(), 1, datetime.datetime(2024, 1, 1),
        datetime.datetime(2099, 1, 1)).add_extension(
            x509.BasicConstraints(True, 1), True).add_extension(
            x509.SubjectKeyIdentifier(case.chain.tsm.id), False).sign(
                key, hashes.SHA384())


def test_openssl(case, tmp_path):
    """OpenSSL accepts the certificate, of this key and of no other."""
    der = case.out.path / "evidence.der"
    leaf, trusted = tmp_path / "leaf.pem", tmp_path / "ca.pem"
    openssl("x509", "-inform", "der", "-in", der, "-out", leaf)
    trusted.write_bytes(authority(case).public_bytes(
        serialization.Encoding.PEM))
    assert "OK" in openssl("verify", "-partial_chain", "-ignore_critical",
                           "-CAfile", trusted, leaf)
    # It says so about the one extension that it does not know
    done = subprocess.run(["openssl", "verify", "-partial_chain", "-CAfile",
                           trusted, leaf], capture_output=True, text=True,
                          check=False)
    assert done.returncode and "unhandled critical" in done.stderr
    parsed = openssl("asn1parse", "-inform", "der", "-in", der)
    assert "error" not in parsed.lower()
    # Another platform's TSM has the same measurements, but not the key
    broken = bytearray(der.read_bytes())
    broken[-1] ^= 1
    der = tmp_path / "broken.der"
    der.write_bytes(broken)
    openssl("x509", "-inform", "der", "-in", der, "-out", leaf)
    done = subprocess.run(["openssl", "verify", "-partial_chain",
                           "-ignore_critical", "-CAfile", trusted, leaf],
                          capture_output=True, check=False)
    assert done.returncode


def test_points_are_p384():
    """The arithmetic of this test itself."""
    assert (p384.G[1]**2 - p384.G[0]**3 + 3 * p384.G[0] - p384.B) % p384.P == 0
    assert p384.mul(p384.N) is None
