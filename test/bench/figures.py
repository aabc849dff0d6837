# SPDX-License-Identifier: BSD-2-Clause
"""What the benchmarks share: builds, boots that count, build/bench.json."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("BUILD") or ROOT / "build").resolve()
OUT = BUILD / "test" / "bench"
JSON = BUILD / "bench.json"
VERSION = os.environ.get("OPENSBI_VERSION") or "1.6"
FW = BUILD / "fw" / VERSION


def run(args, **env):
    """Run something, with its output caught."""
    return subprocess.run([str(a) for a in args], cwd=ROOT, check=False,
                          env={**os.environ, **env}, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)


def command(args, **env):
    """Run something that must succeed; what it prints."""
    done = run(args, **env)
    if done.returncode:
        sys.exit("bench: %s: %s\n0 passed, 1 failed, 0 skipped" %
                 (args[0], (done.stdout + done.stderr).strip()[-2000:]))
    return done.stdout


def skip(why):
    """End: nothing can be counted."""
    print("SKIP bench: " + why)
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)


def prepare():
    """A QEMU that counts, and none of what a make above us has put in."""
    OUT.mkdir(parents=True, exist_ok=True)
    version = command([ROOT / "firmware/qemu.sh", "--version"])
    if int(re.search(r"version (\d+)", version)[1]) < 10:
        skip("QEMU before 10 does not count exactly")
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "EXTRA_CONFIG",
                 "VARIANT"):
        os.environ.pop(name, None)


def boot(name, config, cpu, kernel, initrd, append, seconds, mem="1G"):
    """Boot one hart whose every instruction takes 1 ns; the console."""
    log = OUT / (name + ".log")
    with open(log, "wb") as f:
        try:
            subprocess.run(
                [ROOT / "firmware/qemu.sh", "-M", "virt", "-cpu", cpu, "-m",
                 mem, "-smp", "1", "-icount", "shift=0,sleep=off", "-seed", "1",
                 "-nographic", "-no-reboot", "-bios",
                 FW / config / "fw_jump.bin", "-kernel", kernel, "-initrd",
                 initrd, "-append", append],
                stdin=subprocess.DEVNULL, stdout=f, stderr=subprocess.STDOUT,
                timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            # What there is lacks its end, which whoever reads it looks for
            pass
    text = log.read_bytes().decode("latin-1").replace("\r", "")
    log.write_text(text, encoding="utf-8")
    return text


def found(text):
    """The figures on a console."""
    return {k: int(v) for k, v in
            re.findall(r"^# bench ([\w.]+) (\d+)$", text, re.M)}


def grown(figures, name, than, more, percent=0):
    """A failure if a figure is more than another, @percent and @more apart."""
    if figures[name] <= figures[than] * (1 + percent / 100) + more:
        return []
    return ["%s: %d, but %s: %d" % (name, figures[name], than, figures[than])]


def save(figures, add=False):
    """Write the file anew, or add to what is there."""
    if add and JSON.exists():
        figures = {**json.loads(JSON.read_text(encoding="ascii")), **figures}
    JSON.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n",
                    encoding="ascii")


def end(bad, checked, skipped=0):
    """Tell what has failed, and how much was looked at; exit status."""
    for line in bad:
        print("FAIL " + line)
    print("%d passed, %d failed, %d skipped" %
          (checked - len(bad), len(bad), skipped))
    return 1 if bad else 0
