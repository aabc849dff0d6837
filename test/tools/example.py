#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The example of docs/attestation.md: evidence, explained item by item.

example.py               write it there, of what make_evidence.py makes
example.py --check       is what is there still true, and does the program that
                         checks evidence by hand do so?
example.py EVIDENCE      explain this, in the CBOR form, on standard output
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import make_evidence

ROOT = Path(__file__).resolve().parent.parent.parent
DOC = ROOT / "docs/attestation.md"
BEGIN, END = "<!-- example -->\n", "<!-- end of example -->"
# Bytes that a line shows
SHOWN = 10

COSE_KEY = {1: "kty", -1: "crv", -2: "x", -3: "y", 2: "kid", 3: "alg"}
COMPONENT = {1: "type", 2: "digest", 3: "SVN", 6: "algorithm"}
MEASUREMENT = {1: "register", 2: "value", 3: "algorithm"}
CERT = {1: "iss, id of the TSM", 2: "sub, id of the guest",
        -70010: "evidence"}
TOKENS = {
    "certificate": CERT,
    "platform": {265: "eat_profile", -70000: "public key of the platform",
                 -70001: "manufacturer", -70002: "platform state",
                 -70003: "software components"},
    "tsm": {-70004: "public key of the TSM",
            -70007: "software components: driver, TSM"},
    "tvm": {10: "nonce", -70005: "public key of the guest",
            -70006: "initial measurements", -70008: "identity",
            -70009: "runtime measurements"}}
STATES = {v: k for k, v in make_evidence.STATES.items()}


def shorten(text):
    """A text that fits in a line."""
    return text if len(text) <= 24 else text[:20] + "..."


class Reader:
    """Walks through CBOR, a line for each head."""

    def __init__(self, data):
        self.data, self.at, self.lines = data, 0, []

    def head(self):
        """Major type and number; where it began."""
        start = self.at
        first = self.data[start]
        n, size = first & 31, 0
        self.at += 1
        if n >= 24:
            size = 1 << (n - 24)
            n = int.from_bytes(self.data[self.at:self.at + size], "big")
            self.at += size
        return first >> 5, n, start

    def line(self, start, end, depth, text):
        """One line: where, bytes, what."""
        shown = self.data[start:min(end, start + SHOWN)].hex(" ")
        if end - start > SHOWN:
            shown += " ..."
        self.lines.append("%4d  %-*s  %s%s" % (
            start, 3 * SHOWN + 3, shown, " " * depth, text))

    def skip(self):
        """Past one item."""
        major, n, _ = self.head()
        if major in (2, 3):
            self.at += n
        for _ in range({4: n, 5: 2 * n, 6: 1}.get(major, 0)):
            self.skip()

    def whole(self, depth, text):
        """An item in one line."""
        start = self.at
        self.skip()
        self.line(start, self.at, depth, text)

    def value(self):
        """A number or a text, and where it began."""
        major, n, start = self.head()
        if major == 3:
            self.at += n
            return self.data[self.at - n:self.at].decode(), start
        return (-1 - n if major == 1 else n), start

    def simple(self, depth, text, start=None):
        """A number, text or bytes, and its label before it."""
        major, n, at = self.head()
        start = at if start is None else start
        if major in (2, 3):
            self.at += n
        body = self.data[self.at - n:self.at] if major in (2, 3) else b""
        shown = {0: str(n), 1: str(-1 - n), 2: "%d bytes" % n,
                 3: '"%s"' % shorten(body.decode("ascii", "replace"))}[major]
        self.line(start, self.at, depth, text + shown)

    def pairs(self, depth, what, names, values):
        """A map whose values are explained by functions."""
        _, n, start = self.head()
        self.line(start, self.at, depth, "%s: map of %d" % (what, n))
        for _ in range(n):
            label, start = self.value()
            text = "%s: %s" % (label, names[label]) if label in names else \
                str(label)
            if label not in values:
                self.simple(depth + 1, text + ": ", start)
                continue
            self.line(start, self.at, depth + 1, text)
            values[label](depth + 2)

    def inside(self, depth, what, item):
        """A byte string that is CBOR."""
        _, n, start = self.head()
        self.line(start, self.at, depth, "%d bytes: %s" % (n, what))
        item(depth + 1)

    def array(self, depth, what, item):
        """The first element, and one line for each other."""
        _, n, start = self.head()
        self.line(start, self.at, depth, "array of %d" % n)
        for i in range(n):
            if i:
                self.whole(depth + 1, "%s, the same" % what)
            else:
                item(depth + 1)

    def key(self, depth):
        """COSE_Key in a byte string."""
        self.inside(depth, "COSE_Key", lambda d: self.pairs(
            d, "EC2 on P-384", COSE_KEY, {}))

    def components(self, depth):
        """Measured software."""
        self.array(depth, "component", lambda d: self.pairs(
            d, "component", COMPONENT, {}))

    def measurements(self, depth):
        """Registers."""
        self.array(depth, "measurement", lambda d: self.pairs(
            d, "measurement", MEASUREMENT, {}))

    def state(self, depth):
        """A number with a name."""
        n, start = self.value()
        self.line(start, self.at, depth, "%d: %s" % (n, STATES[n]))

    def submods(self, depth):
        """Three tokens by name."""
        self.pairs(depth, "evidence", {266: "submods"}, {
            266: lambda d: self.pairs(d, "tokens", {}, {
                name: lambda x, n=name: self.sign1(x, n)
                for name in ("platform", "tsm", "tvm")})})

    def sign1(self, depth, who):
        """COSE_Sign1."""
        key, components = self.key, self.components
        values = {-70000: key, -70004: key, -70005: key, -70003: components,
                  -70007: components, -70006: self.measurements,
                  -70009: self.measurements, -70002: self.state,
                  -70010: self.submods}
        _, n, start = self.head()
        self.line(start, self.at, depth, "tag %d, COSE_Sign1: %s" % (n, who))
        _, n, start = self.head()
        self.line(start, self.at, depth + 1, "array of %d" % n)
        self.inside(depth + 1, "protected header", lambda d: self.pairs(
            d, "header", {1: "alg, ES384 is", 4: "kid: id of the root's key"},
            {}))
        self.whole(depth + 1, "unprotected header, empty")
        self.inside(depth + 1, "payload", lambda d: self.payload(
            d, who, values))
        self.simple(depth + 1, "signature: r and s: ")

    def payload(self, depth, who, values):
        """Claims under their tag."""
        _, n, start = self.head()
        self.line(start, self.at, depth, "tag %d, CWT" % n)
        self.pairs(depth, "claims", TOKENS[who], values)


def explain(data):
    """The section, as text."""
    r = Reader(data)
    r.sign1(0, "certificate")
    assert r.at == len(data)
    return "```\n%s\n```\n" % "\n".join(line.rstrip() for line in r.lines)


def runs(d, evidence):
    """Does the program of the document accept this?"""
    return not subprocess.run(
        [sys.executable, "check.py", evidence, "root.pem", "nonce"], cwd=d,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        check=False).returncode


def check_program(doc):
    """Run the program of the document on good evidence, and on bad."""
    program = re.search(r"```python\n(.*?)```", doc, re.S)[1]
    with tempfile.TemporaryDirectory() as d:
        d = Path(d)
        (d / "check.py").write_text(program)
        subprocess.run([sys.executable, ROOT / "test/tools/make_evidence.py",
                        d], check=True)
        for evidence in ("evidence.cbor", "evidence.x509"):
            if not runs(d, evidence):
                return "the program refuses " + evidence
            openssl(d)
            for name, at in ((evidence, -1), ("nonce", 0)):
                good = (d / name).read_bytes()
                bad = bytearray(good)
                bad[at] ^= 1
                (d / name).write_bytes(bad)
                if runs(d, evidence):
                    return "the program accepts a changed " + name
                (d / name).write_bytes(good)
    return ""


def openssl(d):
    """What the document says to type."""
    text = DOC.read_text()
    for line in re.findall(r"^    (openssl .*)$", text, re.M):
        subprocess.run(line, shell=True, cwd=d, check=True,
                       stdout=subprocess.DEVNULL)


def show(path):
    """Explain a file, and leave the document as it is."""
    try:
        data = path.read_bytes()
    except OSError as e:
        sys.exit("%s: %s" % (path, e.strerror))
    if data[:1] != b"\xd2":
        sys.exit("%s: not evidence of the CBOR form" % path)
    print(explain(data).strip("`\n"))


def main():
    """Command line."""
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--check", action="store_true",
                   help="is the document's example as it would be written?")
    p.add_argument("evidence", nargs="?", type=Path,
                   help="explain this on standard output instead")
    a = p.parse_args()
    if a.evidence:
        show(a.evidence)
        return
    data = make_evidence.Evidence().cbor()
    doc = DOC.read_text()
    before, rest = doc.split(BEGIN)
    old, after = rest.split(END)
    new = explain(data)
    if not a.check:
        DOC.write_text(before + BEGIN + new + END + after)
    elif old != new:
        sys.exit("docs/attestation.md: the example is another one now; "
                 "test/tools/example.py writes it")
    else:
        problem = check_program(doc)
        if problem:
            sys.exit("docs/attestation.md: " + problem)
        print("%d lines explain %d bytes, and the program by hand works" %
              (new.count("\n") - 2, len(data)))


if __name__ == "__main__":
    main()
