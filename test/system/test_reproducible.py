# SPDX-License-Identifier: BSD-2-Clause
"""The same sources give the same firmware, guests and host, bit for bit: in
another directory, at another time, of files with other dates and rights, made
by another number of jobs."""

import os
import shutil
import subprocess

import machine

FIRMWARE = ["fw_jump.bin", "fw_dynamic.bin", "fw_payload.bin"]
OTHERS = ["host/host.bin", "guests/all.cpio", "guests/loader.elf"]
LONG_AGO = 981173106
# A clock for what asks date(1); the compiler has SOURCE_DATE_EPOCH
DATE = "#!/bin/sh\nexec %s -d @%d \"$@\"\n" % (shutil.which("date"), LONG_AGO)


def make(root, build, env):
    """Guests, host and release firmware; where that is."""
    def run(*command):
        done = subprocess.run([str(c) for c in command], cwd=root, check=False,
                              text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT,
                              env={**env, "BUILD": str(build)})
        assert not done.returncode, done.stdout[-2000:]
        return done.stdout

    for part in ("guests", "host"):
        run("make", "-s", "-C", root / part, "-j" + env["JOBS"])
    out = run(root / "firmware/build.sh")
    return root / out.rstrip().split("firmware: ")[-1]


def copy(path):
    """The tree, with downloads, without what was made in it."""
    shutil.copytree(machine.ROOT, path, ignore=shutil.ignore_patterns(
        "build", ".git", "__pycache__"), symlinks=True)
    (path / "build/cache").mkdir(parents=True)
    for name in ("opensbi-*", "mbedtls-*"):
        for archive in (machine.BUILD / "cache").glob(name):
            shutil.copy(archive, path / "build/cache")
    for file in path.rglob("*"):
        os.utime(file, (LONG_AGO, LONG_AGO))


def test_reproducible(axes, tmp_path):
    """Here, and elsewhere."""
    env = machine.environment(OPENSBI_VERSION=axes.opensbi, CONFIG="release")
    env.pop("SOURCE_DATE_EPOCH", None)
    jobs = os.cpu_count() or 1
    here = make(machine.ROOT, machine.BUILD, {**env, "JOBS": str(jobs)})

    bin_dir = tmp_path / "bin"
    bin_dir.mkdir()
    (bin_dir / "date").write_text(DATE, encoding="ascii")
    (bin_dir / "date").chmod(0o755)
    umask = os.umask(0o077)
    try:
        tree = tmp_path / "a.tree/with-a-name" / ("x" * 60)
        copy(tree)
        there = make(tree, tree / "build", {
            **env, "PATH": "%s:%s" % (bin_dir, env["PATH"]), "TZ": "NZ",
            "LC_ALL": "C.UTF-8", "HOME": str(tmp_path), "USER": "somebody",
            "SOURCE_DATE_EPOCH": str(LONG_AGO), "JOBS": str(jobs + 1)})
    finally:
        os.umask(umask)
    pairs = [(here / name, there / name) for name in FIRMWARE] + \
        [(machine.BUILD / name, tree / "build" / name) for name in OTHERS]
    different = [a.name for a, b in pairs
                 if a.read_bytes() != b.read_bytes()]
    assert not different
