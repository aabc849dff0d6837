# SPDX-License-Identifier: BSD-2-Clause
"""Two Linux TVMs of different images at the same time, next to what the host
has to do for itself: each does its work, and neither sees the other."""

import os
import re
import secrets
import subprocess

import machine

ARCHIVE = machine.BUILD / "linux" / "two.cpio"
# Name: what its image is made of
GUESTS = {
    "a": {"VCPUS": "1", "MEM": "256M"},
    "b": {"VCPUS": "2", "MEM": "320M"},
}
LOAD_SECONDS = 5
SECONDS = 200


def build(markers):
    """Both images in one archive; what went wrong."""
    script = machine.ROOT / "guests/linux/build.sh"
    commands = [([name], {**env, "MARKER": markers[name],
                          "APPEND": "covm.load=%d" % LOAD_SECONDS})
                for name, env in GUESTS.items()]
    commands.append((["--pack", ARCHIVE, *GUESTS], {}))
    for args, env in commands:
        done = subprocess.run([script, *args], check=False, text=True,
                              env=machine.environment(**env),
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if done.returncode:
            return done.stdout.strip()
    return ""


def lines_of(name, boot):
    """What one TVM has printed: the host puts its name in front."""
    return "\n".join(n.removeprefix(name + ": ") for n in boot.lines
                     if n.startswith(name + ": "))


def check_guest(name, markers, boot, report):
    """One of the two: its own work, and nothing of the other's."""
    text = lines_of(name, boot)
    report.check("\nlinux-guest: ready\n" in text,
                 "two TVMs: %s boots" % name)
    report.check(re.search(r"^load: ok, %s CPUs, %d s" %
                           (GUESTS[name]["VCPUS"], LOAD_SECONDS), text, re.M),
                 "two TVMs: the work of %s goes well" % name, text[-300:])
    own = text.count("linux-guest: marker " + markers[name])
    report.check(own == 2, "two TVMs: %s has its own marker" % name,
                 "%d times" % own)
    other = [m for n, m in markers.items() if n != name and m in text]
    report.check(not other, "two TVMs: %s does not show the other's" % name)


def run(report):
    """Build, boot, check."""
    markers = {name: secrets.token_hex(16) for name in GUESTS}
    why = build(markers)
    if "can be had" in why:
        report.skip("two TVMs: Debian's riscv64 kernel cannot be had")
        return
    if not report.check(not why, "two TVMs: their images can be built", why):
        return
    axes = machine.Axes(qemu=os.environ.get("QEMU") or "",
                        opensbi=os.environ.get("OPENSBI_VERSION") or "1.6",
                        harts=2, mem="2G")
    boot = machine.boot("two", axes, "linux=" + ",".join(GUESTS), ARCHIVE,
                        os.environ.get("CONFIG") or "release",
                        timeout=SECONDS)
    for name in GUESTS:
        check_guest(name, markers, boot, report)
    denied = boot.text.count("host: reading a guest page at")
    report.check(denied == len(GUESTS) and not re.search(
        "^host: reading a guest page at (?!.*: access fault$)", boot.text,
        re.M), "two TVMs: the host can read neither", "%d tried" % denied)
    work = re.search(r"^host: its own work meanwhile: (\d+) pages", boot.text,
                     re.M)
    report.check(work and int(work[1]) > 0,
                 "two TVMs: the host's own work goes on")
    last = re.search("^host: a destroyed, pages reclaimed\n(.*\n)*"
                     "host: b destroyed, pages reclaimed\n(.*\n)*"
                     "host: done, power off", boot.text, re.M)
    report.check(last and boot.status == 0 and not boot.timed_out,
                 "two TVMs: the host comes to its end", "see %s" % boot.log)
