#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tools/handover.py against test/system/dice.py, which the firmware's own keys
are compared with.

    check_handover.py DIRECTORY
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "test/system"))

# pylint: disable=wrong-import-position
import dice  # noqa: E402
from evidence import Component, key_point  # noqa: E402
from cryptography.hazmat.primitives.serialization import (  # noqa: E402
    load_pem_public_key)

DIGEST = "11" * 48


def run(*args):
    """Exit status, and what it says."""
    done = subprocess.run([sys.executable, ROOT / "tools/handover.py", *args],
                          stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stderr


def main(out):
    """Good ones, with each state and the keys of some secrets; bad ones."""
    out.mkdir(parents=True, exist_ok=True)
    secret, made, pem = out / "secret", out / "handover", out / "root.pem"
    results = {}
    for i, state in enumerate(("NotConfigured", "Secured", "Debug",
                               "Recovery")):
        secret.write_bytes(bytes(range(i, i + 48)))
        status, _ = run("--secret", secret, "--state", state, "--out", made,
                        "--manufacturer", "maker", "--root-key", pem,
                        "--component", "rom," + DIGEST + ",7",
                        "--component", "firmware," + "22" * 48 + ",0x10")
        want = dice.Handover(secret.read_bytes(), i + 1, [
            Component("rom", b"\x11" * 48, 7),
            Component("firmware", b"\x22" * 48, 16)],
            b"maker".ljust(64, b"\0")).encode()
        results[state] = status == 0 and made.read_bytes() == want and \
            key_point(load_pem_public_key(pem.read_bytes())) == \
            dice.point(dice.scalar(secret.read_bytes()))
    for name, bad in {
            "no component": [],
            "a space": ["--component", "a b," + DIGEST + ",1"],
            "a long type": ["--component", "a" * 32 + "," + DIGEST + ",1"],
            "a short digest": ["--component", "a,11,1"],
            "a large SVN": ["--component", "a," + DIGEST + ",4294967296"],
            "two fields": ["--component", "a," + DIGEST]}.items():
        status, said = run("--secret", secret, "--out", out / "bad", *bad)
        results[name] = status == 2 and said.startswith("handover.py: ")
    for name, good in results.items():
        print("%s - handover: %s" % ("ok" if good else "not ok", name))
    bad = len(results) - sum(results.values())
    print("%d passed, %d failed" % (len(results) - bad, bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
