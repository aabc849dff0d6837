# SPDX-License-Identifier: BSD-2-Clause
"""A relying party on the build machine, and a TVM of a Linux host that has to
prove what it is: over a serial line of the host's, which is the TVM's console.
"""

import re
import subprocess

import machine
from host import HERE, LOGS, firmware, output

TOOLS = machine.BUILD / "tools"
ELF = "/guests/attest.elf"
SECONDS = 300


def registers(host):
    """4 and 5, as covm predicts them on the host; two lines of a policy."""
    out = host.console.command("covm measure --elf %s 2>/dev/null" % ELF,
                               240)[1]
    return "".join("register.%s = %s\n" % n for n in
                   re.findall(r"^([45]): ([0-9a-f]{96})$", out, re.M))


def policy(host, name, measured):
    """For this firmware, machine and TVM."""
    image = firmware() / "fw_jump.bin"
    pool, pmp = host.pool()
    digest = re.search(r'"digest": "(\w+)"', output(
        [TOOLS / "cove-measure", "--firmware", image, "--json"]))[1]
    text = (machine.ROOT / "tools/policies/qemu-virt.policy").read_text()
    text += output([TOOLS / "cove-measure", "--firmware", image, "--component",
                    digest, "--pool", pool, "--pmp-entries", pmp, "--policy"])
    path = LOGS / name
    path.write_text(text + measured, encoding="ascii")
    (LOGS / "qemu-virt.pem").write_bytes(
        (machine.ROOT / "tools/policies/qemu-virt.pem").read_bytes())
    return path


def exchange(host, path):
    """The TVM on the last line, which no shell has; what the party says."""
    console = host.console
    # covm reads a terminal only if it is its session's. stty waits for what is
    # still to be printed when that session ends
    console.send("(setsid sh -c 'exec </dev/ttyS3 >/dev/ttyS3; covm run --elf "
                 "%s; s=$?; stty opost; exit $s'; echo ended:$?:)\n" % ELF)
    done = subprocess.run(
        [TOOLS / "cove-relying-party", "--policy", path, "--format", "cbor",
         "--seconds", str(SECONDS), "--secret", LOGS / "secret", "--save", LOGS / "evidence", "--log",
         LOGS / "party.log", "--", HERE / "line", host.socket(3),
         "attest: the secret is here"],
        env=host.env, check=False, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    status = console.expect(r"ended:(\d+):\n", 60)[1]
    console.expect(console.prompt, 20)
    return done, status


def verify(path):
    """The evidence that came, once more, by the tool for it."""
    done = subprocess.run(
        [TOOLS / "cove-verify", "--evidence", LOGS / "evidence",
         "--nonce-file", LOGS / "evidence.nonce", "--policy", path],
        check=False, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def check(host, report):
    """The TVM gets its secret; evidence of another TVM would not do."""
    measured = registers(host)
    good = policy(host, "policy", measured)
    other = policy(host, "other-policy",
                   re.sub(r"(register\.4 = )(.)", lambda m: m[1] + (
                       "0" if m[2] != "0" else "1"), measured))
    (LOGS / "secret").write_bytes(b"for this TVM alone, 32 bytes....")
    for old in ("evidence", "evidence.nonce"):
        (LOGS / old).unlink(missing_ok=True)
    done, status = exchange(host, good)
    report.check(done.returncode == 0 and "ACCEPTED" in done.stdout and
                 status == "0",
                 "a TVM of Linux's proves what it is, and gets a secret",
                 "status %d, %s: %s" % (done.returncode, status,
                                        done.stdout[-400:]))
    status, out = verify(good)
    report.check(status == 0 and "evidence accepted" in out,
                 "cove-verify accepts the evidence; registers 4 and 5 are "
                 "those that covm measure has said", out[-300:])
    status, out = verify(other)
    report.check(status == 1 and "register.4" in out and "REFUSED" in out,
                 "cove-verify refuses it for a TVM of another image",
                 out[-300:])
