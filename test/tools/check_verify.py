#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""cove-verify against evidence of all kinds. T-44, T-47, T-48.

check_verify.py PROGRAM DIRECTORY: prints a line per case, and "N passed, N
failed, N skipped" at the end.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import p384
from make_evidence import (ECDSA_SHA384, STATES, Evidence, Pairs, Raw, Tag,
                           cose_key, der, encode, extension, head, oid, pem)

FORMS = ("cbor", "x509")
PROGRAM, DIR = sys.argv[1], Path(sys.argv[2])
count = {"passed": 0, "failed": 0}

# Checks in their order: what needs what is theirs to say
CHAIN = ["encoding", "root-key", "platform-signature", "platform-claims",
         "tsm-signature", "tsm-claims", "tvm-signature", "tvm-claims",
         "certificate-signature", "certificate-names"]
RULES = ["nonce", "state", "manufacturer", "svn", "components"] + \
    ["register.%d" % i for i in range(10)] + ["identity"]

memo = {}


def key(seed):
    """A key of that seed, made once."""
    if seed not in memo:
        memo[seed] = p384.Key(seed)
    return memo[seed]


def evidence(seed=b"device 1"):
    """A device's evidence, with its keys made once."""
    if seed not in memo:
        memo[seed] = Evidence(seed)
    e = Evidence.__new__(Evidence)
    e.__dict__.update(memo[seed].__dict__)
    for name in ("signer", "kid", "registers", "runtime", "change"):
        setattr(e, name, dict(getattr(e, name)))
    e.components = [dict(c) for c in e.components]
    e.tsm_components = [dict(c) for c in e.tsm_components]
    return e


def result(name, problem):
    """Print and count."""
    count["failed" if problem else "passed"] += 1
    print("%s - %s%s" % ("not ok" if problem else "ok", name,
                         ": " + problem if problem else ""))


def run(*args):
    """The program, with a nonce unless there is one."""
    return subprocess.run([PROGRAM, *map(str, args)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)


def files(data, nonce, policy):
    """Arguments for these."""
    (DIR / "e").write_bytes(data)
    (DIR / "n").write_bytes(nonce)
    (DIR / "p").write_text("".join(line + "\n" for line in policy))
    return ["--evidence", DIR / "e", "--nonce-file", DIR / "n",
            "--policy", DIR / "p"]


def problem_of(p, failed, warning):
    """What is wrong with a run, or ""."""
    code = 1 if failed else 0
    if p.returncode != code or p.stderr:
        return "exit %d, %s" % (p.returncode, (p.stderr or p.stdout)[-600:])
    report = json.loads(p.stdout)
    found = {c["name"] for c in report["checks"] if c["result"] == "fail"}
    if found != set(failed):
        return "failed are " + ", ".join(sorted(found))
    names = [c["name"] for c in report["checks"]]
    if names != CHAIN + RULES:
        return "checks are " + ", ".join(names)
    if report["verdict"] != ("refused" if failed else "accepted"):
        return "verdict " + report["verdict"]
    if bool(report["warning"]) != warning:
        return "warning: %s" % report["warning"]
    if bool(report["guest_key"]) == bool(failed):
        return "a key in spite of it, or none"
    return ""


def expect(name, data, e, *failed, policy=None, nonce=None, warning=False,
           args=()):
    """These checks fail, and no other; none: accepted."""
    p = run(*files(data, nonce or e.nonce,
                   e.policy() if policy is None else policy), "--json", *args)
    result(name, problem_of(p, failed, warning))


def both(name, e, *failed, **more):
    """The same in both forms."""
    for form in FORMS:
        expect("%s: %s" % (name, form), e.make(form), e, *failed, **more)


def changed(name, what, how, *failed, **more):
    """Evidence with one thing as it must not be."""
    e = evidence()
    e.change[what] = how
    both(name, e, *failed, **more)


def without(claim):
    """Take a claim out."""
    return lambda m: {k: v for k, v in m.items() if k != claim}


def put(claim, value):
    """Put a claim in, or another value for it."""
    return lambda m: {**m, claim: value}


def good():
    """What is to be accepted."""
    e = evidence()
    both("good", e)
    for form in FORMS:
        expect("good, format named: " + form, e.make(form), e,
               args=["--format", form])
        expect("good, other format named: " + form, e.make(form), e, "encoding",
               args=["--format", FORMS[form == "cbor"]])
    (DIR / "root.pem").write_text(pem(e.root.point))
    both("root key in a file", e,
         policy=["rot-key = root.pem", *e.policy()[1:]])
    other = ["rot-key = " + key(b"other").point.hex()]
    both("one of two root keys", e, policy=other + e.policy())
    both("policy with comments and spaces", e, policy=[
        "", "  # comment", *("\t" + s.replace(" = ", "=") + " # so\r"
                             for s in e.policy())])
    both("any register", e, policy=e.policy()[:3] + [
        "register.%d = any" % i for i in range(6)])
    both("one of several values", e, policy=e.policy() + [
        "register.4 = " + "00" * 48, "register.2 = " + "11" * 48])
    e.guest_key = encode({1: 2, 2: b"name", 3: -35, -1: 2, -2: e.guest.x,
                          -3: e.guest.y})
    both("guest key with kid and alg", e)


def nonces():
    """T-44: a certificate made for another request."""
    e = evidence()
    for i in (0, 63):
        n = bytearray(e.nonce)
        n[i] ^= 1
        both("t44 nonce differs in byte %d" % i, e, "nonce", nonce=bytes(n))


def roots():
    """Keys that do not lead to the policy's root."""
    e = evidence()
    other = key(b"other root")
    both("wrong root key", e, "root-key",
         policy=["rot-key = " + other.point.hex(), *e.policy()[1:]])
    e.signer["platform"] = other
    both("signed by another root with this id", e, "platform-signature")
    for who, check in (("tsm", "tsm-signature"), ("tvm", "tvm-signature"),
                       ("cert", "certificate-signature")):
        e = evidence()
        e.signer[who] = other
        both("%s signed by another key" % who, e, check)


def swaps():
    """Parts of another device's evidence."""
    a, b = evidence(), evidence(b"device 2")
    rules = a.policy() + ["rot-key = " + b.root.point.hex()]
    tokens = {"platform": b.platform_token(), "tsm": b.tsm_token(),
              "tvm": b.tvm_token()}
    for who, check in (("platform", "tsm-signature"), ("tsm", "tsm-signature"),
                       ("tvm", "tvm-signature")):
        e = evidence()
        e.change["submods"] = put(who, tokens[who])
        both("other device's %s token" % who, e, check, policy=rules)
    e = evidence()
    e.change["submods"] = lambda m: tokens
    both("other device's evidence", e, "certificate-signature", *(
        ["nonce", "register.0"]), policy=rules)
    e = evidence()
    e.change["submods"] = lambda m: {**m, "tsm": m["tvm"], "tvm": m["tsm"]}
    both("tsm and tvm tokens exchanged", e, "tsm-signature")
    e = evidence()
    e.change["submods"] = lambda m: {**m, "platform": m["tsm"]}
    both("tsm token as platform token", e, "encoding")


def names():
    """The envelope belongs to these keys."""
    other = key(b"other guest")
    e = evidence()
    e.names = (other.id.hex(), e.guest.id.hex())
    both("wrong issuer", e, "certificate-names")
    e.names = (e.tsm.id.hex(), other.id.hex())
    both("wrong subject", e, "certificate-names")
    e.names = (e.tsm.id.hex().upper(), e.guest.id.hex())
    both("issuer in capitals", e, "certificate-names")
    e = evidence()
    e.guest_key = cose_key(other)
    both("guest key exchanged in the token", e, "certificate-names")
    e = evidence()
    e.change["spki"] = lambda p: other.point
    expect("guest key exchanged in the certificate", e.x509(), e,
           "certificate-names")
    for part, number, value in (
            ("aki", "2.5.29.35", der(0x30, der(0x80, other.id))),
            ("ski", "2.5.29.14", der(4, other.id))):
        e = evidence()
        e.change["extensions"] = put(part, extension(number, False, value))
        expect("wrong " + part, e.x509(), e, "certificate-names")
    e = evidence()
    e.change["serial"] = lambda s: s[:-1] + b"\1"
    expect("wrong serial number", e.x509(), e, "certificate-names")


def states():
    """Only what the policy takes, and with a warning."""
    for name, value in STATES.items():
        e = evidence()
        e.state = value
        line = ["accept-state = " + name]
        if name == "Secured":
            both("state Secured, named", e, policy=e.policy() + line)
            both("state Secured, another named", e, "state",
                 policy=e.policy() + ["accept-state = Debug"])
            continue
        both("state %s, not named" % name, e, "state")
        both("state %s, named" % name, e, warning=True,
             policy=e.policy() + line)
        both("state %s, two named" % name, e, warning=True,
             policy=e.policy() + line + ["accept-state = Secured"])
        p = run(*files(e.cbor(), e.nonce, e.policy() + line))
        result("state %s warns people" % name, "" if not p.returncode and
               "WARNING: platform state " + name in p.stdout else p.stdout)
    for value in (0, 5, -1, 2**32 + 2, "Secured", b"\2"):
        changed("state %r" % (value,), "platform", put(-70002, value),
                "platform-claims")


def components():
    """T-48: an older one, another one."""
    e = evidence()
    base = e.policy()
    both("t48 svn below the policy's", e, "svn",
         policy=[s.replace("min-svn = 3", "min-svn = 4") for s in base])
    e.tsm_components[0][3] = "2"
    both("t48 svn of the driver below", e, "svn")
    e = evidence()
    both("svn of a component", e, policy=base + ["min-svn.firmware = 7"])
    both("t48 svn of a component below", e, "svn",
         policy=base + ["min-svn.firmware = 8"])
    both("svn of an absent component", e, "svn",
         policy=base + ["min-svn.boot = 0"])
    digest = "component.firmware = " + e.components[0][2].hex()
    both("digest of a component", e, policy=base + [digest])
    both("one of two digests", e, policy=base + [
        "component.firmware = " + "22" * 48, digest])
    both("another digest", e, "components", policy=base + [
        "component.firmware = " + "22" * 48])
    both("digest of an absent component", e, "components", policy=base + [
        "component.boot = " + "22" * 48])
    both("another manufacturer", e, "manufacturer", policy=[
        base[0], "manufacturer = " + "33" * 64, *base[2:]])
    both("any manufacturer", e, policy=[base[0], "manufacturer = any",
                                        *base[2:]])
    for svn in ("", "03", "-3", "3 ", "4294967296", "99999999999", 3, b"3"):
        changed("svn %r" % (svn,), "tsm", lambda m, s=svn: {
            **m, -70007: [{**c, 3: s} for c in m[-70007]]}, "tsm-claims")
    for what, comp in (("without alg", without(6)), ("alg sha-256",
                                                     put(6, "sha-256")),
                       ("without type", without(1)), ("type with a space",
                                                      put(1, "a b")),
                       ("type of 32 characters", put(1, "a" * 32)),
                       ("type with a line end", put(1, "a\n")),
                       ("digest of 47 bytes", put(2, bytes(47))),
                       ("unknown key", put(7, 1)), ("without svn", without(3)),
                       ("manifest that is text", put(4, "x"))):
        changed("component " + what, "platform", lambda m, f=comp: {
            **m, -70003: [f(c) for c in m[-70003]]}, "platform-claims")
    changed("component with manifest and signer", "platform", lambda m: {
        **m, -70003: [{**c, 4: b"m", 5: b"s"} for c in m[-70003]]})
    changed("no components", "platform", put(-70003, []), "platform-claims")
    changed("33 components", "platform", lambda m: {
        **m, -70003: m[-70003] * 33}, "platform-claims")
    for name, how in (("one", lambda a: a[:1]), ("three", lambda a: a + a[:1]),
                      ("exchanged", lambda a: a[::-1])):
        changed("tsm components: " + name, "tsm", lambda m, f=how: {
            **m, -70007: f(m[-70007])}, "tsm-claims")


def other_software():
    """A TSM that says it is another one, with the key of the one that it is:
    the policy has the registers of good ones, and no components."""
    for i, what in ((0, "platform"), (2, "tsm")):
        e = evidence()
        e.registers[i] = hashlib.sha384(b"a good " + what.encode()).digest()
        both("another %s than in its token" % what, e, "tvm-claims")
    e = evidence()
    e.components.append(e.component("soc", b"soc", "1"))
    both("a component more than register 0 has", e, "tvm-claims")
    e.measure()
    both("two components in register 0", e)


def registers():
    """Values, and lists of them that are not as they must be."""
    e = evidence()
    base = e.policy()
    for i in range(6):
        check = "register.%d" % i
        other = [s if not s.startswith(check) else check + " = " + "44" * 48
                 for s in base]
        both("another " + check, e, check, policy=other)
        both("policy without " + check, e, check, policy=[
            s for s in base if not s.startswith(check)])
    value = bytes(range(48))
    e.runtime[7] = value
    both("extended runtime register, not named", e, "register.7")
    both("runtime register", e,
         policy=base + ["register.7 = " + value.hex()])
    both("any runtime register", e, policy=base + ["register.7 = any"])
    both("another runtime register", e, "register.6", "register.7",
         policy=base + ["register.6 = " + value.hex(),
                        "register.7 = " + "44" * 48])
    e = evidence()
    e.change["tvm"] = without(-70009)
    both("no runtime registers", e)
    both("no runtime registers, zero wanted", e, "register.6",
         policy=base + ["register.6 = " + "00" * 48])
    lists = {
        "unknown register": (-70006, lambda a: a + [{**a[0], 1: 26}]),
        "runtime register among the initial": (
            -70006, lambda a: a + [{**a[0], 1: 6}]),
        "initial register among the runtime": (
            -70009, lambda a: a + [{**a[0], 1: 0}]),
        "unknown runtime register": (-70009, lambda a: a + [{**a[0], 1: 10}]),
        "negative register": (-70006, lambda a: a + [{**a[0], 1: -1}]),
        "register of 2^63": (-70006, lambda a: a + [{**a[0], 1: 2**63}]),
        "register twice": (-70006, lambda a: a + [a[0]]),
        "missing register": (-70006, lambda a: a[:-1]),
        "empty list": (-70006, lambda a: []),
        "empty runtime list": (-70009, lambda a: []),
        "list that is a map": (-70006, lambda a: {0: 0}),
        "measurement sha-256": (-70006, lambda a: [{**m, 3: "sha-256"}
                                                   for m in a]),
        "measurement of 49 bytes": (-70006, lambda a: [
            {**m, 2: m[2] + b"\0"} for m in a]),
        "measurement with unknown key": (-70006, lambda a: [{**m, 4: 0}
                                                            for m in a]),
        "measurement without alg": (-70006, lambda a: [
            {1: m[1], 2: m[2]} for m in a]),
        "measurement that is no map": (-70006, lambda a: [1] * 6)}
    for name, (claim, how) in lists.items():
        changed(name, "tvm", lambda m, c=claim, f=how: {**m, c: f(m[c])},
                "tvm-claims")


def identities():
    """With one, without, another."""
    e = evidence()
    base = e.policy()
    line = "identity = " + "55" * 64
    both("no identity, one wanted", e, "identity", policy=base + [line])
    both("no identity, none wanted", e, policy=base + ["identity = none"])
    both("no identity, one or none wanted", e,
         policy=base + [line, "identity = none"])
    e.identity = b"\x55" * 64
    both("identity, not named", e)
    both("identity", e, policy=base + [line])
    both("any identity", e, policy=base + ["identity = any"])
    both("identity, none wanted", e, "identity",
         policy=base + ["identity = none"])
    both("another identity", e, "identity",
         policy=base + ["identity = " + "56" * 64])
    e.identity = bytes(63)
    both("identity of 63 bytes", e, "tvm-claims")


def claims():
    """Each one that must be there, and none else."""
    for who, mandatory in (("platform", (265, -70000, -70001, -70002, -70003)),
                           ("tsm", (-70004, -70007)),
                           ("tvm", (10, -70005, -70006))):
        check = who + "-claims"
        for claim in mandatory:
            changed("%s without %d" % (who, claim), who, without(claim), check)
        changed(who + " with an unknown claim", who, put(-70099, 1), check)
        changed(who + " with a text claim", who, put("x", 1), check)
        changed(who + " that is a list", who, lambda m: [1], check)
        changed(who + " without tag 61", who + " payload", lambda t: t.value,
                check)
        changed(who + " under tag 62", who + " payload",
                lambda t: Tag(62, t.value), check)
        changed(who + " with a claim twice", who, lambda m: Pairs(
            sorted([*m.items()][:1] * 2)), check)
    for claim in (1, 2, -70010):
        e = evidence()
        e.change["cert"] = without(claim)
        expect("certificate without %d" % claim, e.cbor(), e,
               "encoding" if claim == -70010 else "certificate-names")
    e = evidence()
    e.change["cert"] = put(4, 1)
    expect("certificate with an unknown claim", e.cbor(), e, "encoding")
    changed("another profile", "platform", put(265, "https://riscv.org/"),
            "platform-claims")
    changed("nonce of 63 bytes", "tvm", put(10, bytes(63)), "tvm-claims")
    changed("nonce that is text", "tvm", put(10, "x" * 64), "tvm-claims")
    changed("manufacturer of 65 bytes", "platform", put(-70001, bytes(65)),
            "platform-claims")
    for name, how in (("no tvm", without("tvm")),
                      ("a fourth", put("x", 1)),
                      ("a number", put("tvm", 1)),
                      ("a bare token", lambda m: {**m,
                                                  "tvm": m["tvm"].value})):
        changed("tokens: " + name, "submods", how, "encoding")
    changed("evidence with another claim", "evidence", put(1, 1), "encoding")
    changed("evidence without 266", "evidence", lambda m: {267: m[266]},
            "encoding")


def keys():
    """Keys that are none."""
    e = evidence()
    x, y = e.guest.x, e.guest.y
    bad = {
        "off the curve": {1: 2, -1: 2, -2: x, -3: x},
        "zero": {1: 2, -1: 2, -2: bytes(48), -3: bytes(48)},
        "not reduced": {1: 2, -1: 2, -2: b"\xff" * 48, -3: y},
        "P-256": {1: 2, -1: 1, -2: x[:32], -3: y[:32]},
        "OKP": {1: 1, -1: 2, -2: x, -3: y},
        "47 bytes": {1: 2, -1: 2, -2: x[:47], -3: y},
        "compressed": {1: 2, -1: 2, -2: x, -3: Raw(b"\xf5")},
        "without y": {1: 2, -1: 2, -2: x},
        "with d": {1: 2, -1: 2, -2: x, -3: y, -4: bytes(48)},
        "kid that is text": {1: 2, 2: "kid", -1: 2, -2: x, -3: y},
        "not sorted": Pairs([(-1, 2), (1, 2), (-2, x), (-3, y)]),
        "a number": 1, "an empty map": {}}
    for name, value in bad.items():
        raw = encode(value)
        changed("guest key: " + name, "tvm", put(-70005, raw), "tvm-claims")
        changed("tsm key: " + name, "tsm", put(-70004, raw), "tsm-claims")
        changed("platform key: " + name, "platform", put(-70000, raw),
                "platform-claims")
    changed("guest key that is a map", "tvm", put(-70005, {1: 2}),
            "tvm-claims")
    changed("guest key that is empty", "tvm", put(-70005, b""), "tvm-claims")
    changed("guest key with bytes behind it", "tvm",
            lambda m: {**m, -70005: m[-70005] + b"\0"}, "tvm-claims")


def cose():
    """The form of tokens."""
    def part(i, value):
        return lambda p: p[:i] + [value] + p[i + 1:]

    for who in ("platform", "tsm", "tvm"):
        for name, what, how in (
                ("algorithm -7", "protected", put(1, -7)),
                ("algorithm as text", "protected", put(1, "ES384")),
                ("no algorithm", "protected", without(1)),
                ("content type", "protected", put(3, 0)),
                ("critical header", "protected", put(2, [1])),
                ("kid of 19 bytes", "protected", put(4, bytes(19))),
                ("unprotected header", "parts", part(1, {4: b"x"})),
                ("unprotected list", "parts", part(1, [])),
                ("empty protected header", "parts", part(0, b"")),
                ("payload not there", "parts", part(2, Raw(b"\xf6"))),
                ("signature of 95 bytes", "signature", lambda s: s[:-1]),
                ("signature of 97 bytes", "signature", lambda s: s + b"\0"),
                ("signature in DER", "signature", lambda s: der(
                    0x30, der(2, s[:48]), der(2, s[48:]))),
                ("three parts", "parts", lambda p: p[:3]),
                ("five parts", "parts", lambda p: p + [b""]),
                ("tag 17", "token", lambda t: Tag(17, t.value)),
                ("tag twice", "token", lambda t: Tag(18, t)),
                ("no tag", "token", lambda t: t.value)):
            changed("%s: %s" % (who, name), "%s %s" % (who, what), how,
                    "encoding")
        for name, how in (("zero", lambda s: bytes(96)),
                          ("r zero", lambda s: bytes(48) + s[48:]),
                          ("all ones", lambda s: b"\xff" * 96),
                          ("exchanged", lambda s: s[48:] + s[:48])):
            changed("%s: signature %s" % (who, name), who + " signature", how,
                    who + "-signature")
    changed("platform token without kid", "platform protected", without(4),
            "encoding")
    for who in ("tsm", "tvm"):
        changed("kid in the %s token" % who, who + " protected",
                put(4, bytes(20)), "encoding")
    e = evidence()
    e.kid["cert"] = bytes(20)
    expect("kid in the certificate", e.cbor(), e, "encoding")


def encodings():
    """CBOR that is not deterministic, or none at all."""
    e = evidence()
    data = e.cbor()
    hostile = {
        "empty": b"", "one byte": data[:1], "without its last byte": data[:-1],
        "with a byte behind it": data + b"\0", "twice": data + data,
        "65537 bytes": data.ljust(65537, b"\0"),
        "10 MB": bytes(10000000),
        "nested arrays": b"\x81" * 65536, "nested tags": b"\xd2" * 65536,
        "nested maps": b"\xa1\0" * 30000,
        "array of 2^64": b"\xd2\x9b" + b"\xff" * 8,
        "array of 2^32": b"\xd2\x9b\0\0\0\1\0\0\0\0",
        "map of 2^63": b"\xbb\x80" + bytes(7),
        "bytes of 2^64": b"\x5b" + b"\xff" * 8 + data,
        "indefinite array": b"\xd2\x9f" + data[2:] + b"\xff",
        "indefinite bytes": b"\x5f\x41\0\xff", "a break": b"\xff",
        "long tag": b"\xd8\x12" + data[1:],
        "long array": b"\xd2\x98\4" + data[2:],
        "reserved head": b"\xdc", "float": b"\xf9\0\0", "true": b"\xf5",
        "text": b"-----BEGIN CERTIFICATE-----\n"}
    for name, raw in hostile.items():
        expect("bytes: " + name, raw, e, "encoding")
        expect("bytes as X.509: " + name, raw, e, "encoding",
               args=["--format", "x509"])
    for name, raw in (("indefinite map", b"\xbf\x0a\0\xff"),
                      ("long number", b"\xa1\x18\x0a\0"),
                      ("long length", b"\xa1\x0a\x58\1x"),
                      ("bad UTF-8", b"\xa1\x0a\x62\xc3\x28"),
                      ("surrogate", b"\xa1\x0a\x63\xed\xa0\x80"),
                      ("overlong UTF-8", b"\xa1\x0a\x62\xc0\x80"),
                      ("not sorted", b"\xa2\x0a\0\1\0"),
                      ("key twice", b"\xa2\x0a\0\x0a\0"),
                      ("float", b"\xa1\x0a\xfb" + bytes(8)),
                      ("null", b"\xa1\x0a\xf6"),
                      ("bytes behind it", b"\xa1\x0a\0\0")):
        changed("tvm payload: " + name, "tvm payload",
                lambda t, r=raw: Tag(61, Raw(r)), "tvm-claims")
        changed("evidence: " + name, "evidence", lambda m, r=raw: Raw(r),
                "encoding")


def x509():
    """The other envelope."""
    def case(name, what, how, *failed):
        e = evidence()
        e.change[what] = how
        expect("x509: " + name, e.x509(), e, *failed)

    uccs = extension("2.23.133.5.4.6", True, encode(1))
    for part in ("aki", "ski", "usage", "basic", "uccs"):
        case("no " + part, "extensions", without(part), "encoding")
        case(part + " twice", "extensions",
             lambda m, p=part: {**m, "again": m[p]}, "encoding")
    case("unknown extension", "extensions", put(
        "x", extension("1.2.3.4", False, b"\5\0")), "encoding")
    case("unknown critical extension", "extensions", put(
        "x", extension("1.2.3.4", True, b"\5\0")), "encoding")
    case("evidence not critical", "extensions", lambda m: {
        **m, "uccs": m["uccs"].replace(der(1, b"\xff"), b"")}, "encoding")
    case("evidence without its tag", "extensions", put("uccs", uccs),
         "encoding")
    case("evidence under tag 61", "uccs", lambda t: Tag(61, t.value),
         "encoding")
    case("evidence with a byte behind it", "uccs",
         lambda t: Raw(encode(t) + b"\0"), "encoding")
    case("aki critical", "extensions", put("aki", extension(
        "2.5.29.35", True, der(0x30, der(0x80, evidence().tsm.id)))),
         "encoding")
    case("no CA", "extensions", put("basic", extension(
        "2.5.29.19", True, der(0x30))), "encoding")
    case("path length 1", "extensions", put("basic", extension(
        "2.5.29.19", True, der(0x30, der(1, b"\xff"), der(2, b"\1")))),
         "encoding")
    case("digitalSignature too", "extensions", put("usage", extension(
        "2.5.29.15", True, b"\3\2\2\x84")), "encoding")
    case("usage is garbage", "extensions", put("usage", extension(
        "2.5.29.15", True, b"\5\0")), "encoding")
    case("version 1", "tbs", lambda p: p[1:], "encoding")
    null = der(0x30, oid("1.2.840.10045.4.3.3"), der(5))
    case("algorithm with NULL", "algorithm", lambda a: null, "encoding")
    case("outer algorithm with NULL", "outer algorithm", lambda a: null,
         "encoding")
    sha256 = der(0x30, oid("1.2.840.10045.4.3.2"))
    case("ecdsa-with-SHA256 inside", "algorithm", lambda a: sha256,
         "encoding")
    case("ecdsa-with-SHA256 outside", "outer algorithm", lambda a: sha256,
         "encoding")
    case("ends in 2049", "tbs", lambda p: p[:4] + [der(
        0x30, der(0x17, b"240101000000Z"), der(0x17, b"491231235959Z"))] +
         p[5:], "encoding")
    case("empty issuer", "tbs", lambda p: p[:3] + [der(0x30)] + p[4:],
         "certificate-names")
    case("compressed key", "spki", lambda p: bytes([2 | p[-1] & 1]) + p[1:49],
         "certificate-names")
    case("key off the curve", "spki", lambda p: p[:49] + p[1:49],
         "certificate-names")
    case("no key", "spki", lambda p: b"", "certificate-names")
    case("signature zero", "cert signature", lambda s: bytes(96),
         "certificate-signature")
    case("bytes behind it", "bytes", lambda b: b + b"\0", "encoding")
    case("long length", "bytes", lambda b: b"\x30\x83\0" + b[2:4] + b[4:],
         "encoding")
    case("indefinite length", "bytes", lambda b: b"\x30\x80" + b[4:] +
         b"\0\0", "encoding")
    case("unused bits in the signature", "bytes", unused_bits,
         "certificate-signature")


def unused_bits(cert):
    """The last bit string says that its last bit does not count."""
    at = cert.rindex(ECDSA_SHA384) + len(ECDSA_SHA384)
    at += 2 if cert[at + 1] < 128 else 3
    return cert[:at] + b"\1" + cert[at + 1:]


def options():
    """Files and options."""
    e = evidence()
    args = files(e.cbor(), e.nonce, e.policy())
    (DIR / "guest").write_bytes(e.guest_key)
    (DIR / "other").write_bytes(cose_key(key(b"other guest")))
    p = run(*args, "--guest-key", DIR / "guest")
    result("--guest-key", "" if not p.returncode else p.stdout)
    p = run(*args, "--guest-key", DIR / "other")
    result("--guest-key, another", "" if p.returncode == 1 and
           "FAILED: guest-key" in p.stdout else p.stdout)
    p = run(*args, "--guest-key", DIR / "other", "--out-key", DIR / "none")
    result("no --out-key when refused", "" if p.returncode == 1 and
           not (DIR / "none").exists() else p.stdout)
    p = run(*args, "--out-key", DIR / "out.pem")
    result("--out-key", "" if not p.returncode and
           (DIR / "out.pem").read_text() == pem(e.guest.point) else p.stdout)
    p = run(*args, "--out-key", DIR / "out.der", "--out-form", "der")
    result("--out-key in DER", "" if not p.returncode and
           (DIR / "out.der").read_bytes()[-97:] == e.guest.point else p.stdout)
    p = run(*args[:2], "--nonce", e.nonce.hex(), *args[4:])
    result("--nonce", "" if not p.returncode else p.stdout)
    p = run(*args)
    result("few words", "" if p.stdout == "evidence accepted\n" else p.stdout)
    p = run(*args, "--verbose")
    result("many words", "" if "register 4" in p.stdout and
           "ok: tvm-signature" in p.stdout else p.stdout)
    wrong = (["--evidence", DIR / "gone"], ["--policy", DIR / "gone"],
             ["--nonce-file", DIR / "gone"], ["--nonce-file", DIR / "p"],
             ["--format", "pem"], ["--out-form", "x"], ["--nonce", "00"],
             ["--unknown"], ["word"], ["--guest-key", DIR / "p"],
             ["--guest-key", DIR / "gone"], ["--evidence", DIR],
             ["--out-key", DIR / "no" / "such"])
    for more in wrong:
        p = run(*args, *more)
        result("exit 2: " + " ".join(str(m).rsplit("/", maxsplit=1)[-1]
                                     for m in more),
               "" if p.returncode == 2 and p.stderr.startswith("cove-verify")
               or "usage" in p.stderr else "exit %d" % p.returncode)
    for i in (0, 2, 4):
        p = run(*args[:i], *args[i + 2:])
        result("exit 2: no " + args[i], "" if p.returncode == 2 else p.stdout)
    p = run(*args[:2], *args[4:], "--nonce", "0g" * 64)
    result("exit 2: nonce of no digits", "" if p.returncode == 2 else p.stdout)
    p = run("--help")
    result("--help", "" if not p.returncode and "usage" in p.stdout else "no")


def policies():
    """Lines that are no policy."""
    e = evidence()
    base = e.policy()
    (DIR / "p256.pem").write_text(
        "-----BEGIN PUBLIC KEY-----\n"
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
        "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
        "-----END PUBLIC KEY-----\n")
    bad = ["unknown = 1", "rot-key", "rot-key =", "= 1", "register.4 any",
           "register.10 = any", "register. = any", "register.x = any",
           "register.4 = 00", "register.4 = " + "0g" * 48,
           "register.4 = " + "00" * 49, "register.4 = none",
           "accept-state = secured", "accept-state = any", "accept-state = 2",
           "min-svn = -1", "min-svn = 4294967296", "min-svn = 0x10",
           "min-svn = 5", "min-svn. = 5", "min-svn.x = y", "component.x = any",
           "component." + "a" * 32 + " = " + "00" * 48, "identity = 00",
           "manufacturer = x", "rot-key = 04" + "00" * 96,
           "rot-key = " + "00" * 97, "rot-key = gone.pem", "rot-key = p",
           "rot-key = p256.pem", "rot-id = 00", "x" * 2000,
           "identity = any \0 x", "REGISTER.4 = any"]
    for line in bad:
        p = run(*files(e.cbor(), e.nonce, base + [line]))
        where = "line %d: " % (len(base) + 1)
        result("policy, exit 2: %.40r" % line, "" if p.returncode == 2 and
               where in p.stderr and not p.stdout else
               "exit %d, %s" % (p.returncode, p.stderr))
    p = run(*files(e.cbor(), e.nonce, base + ["register.4 = any"] +
                   ["register.4 = " + "00" * 48] * 64))
    result("policy, exit 2: 65 values", "" if p.returncode == 2 else p.stdout)
    p = run(*files(e.cbor(), e.nonce, base[1:]))
    result("policy, exit 2: no root key", "" if p.returncode == 2 and
           "rot-key" in p.stderr else p.stderr)
    p = run(*files(e.cbor(), e.nonce, []))
    result("policy, exit 2: empty", "" if p.returncode == 2 else p.stdout)


def main():
    """All of them."""
    assert head(0, 23) == b"\x17" and head(0, 24) == b"\x18\x18"
    for group in (good, nonces, roots, swaps, names, states, components,
                  other_software, registers, identities, claims, keys, cose,
                  encodings, x509, options, policies):
        group()
    print("%(passed)d passed, %(failed)d failed, 0 skipped" % count)
    sys.exit(bool(count["failed"]))


main()
