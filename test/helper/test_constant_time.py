# SPDX-License-Identifier: BSD-2-Clause
"""No branch and no address depends on a key, but for those in ct.supp, which
say why they may (threat T-41)."""

import re
import subprocess

import pytest

import evidence

SUPPRESSIONS = evidence.HERE / "ct.supp"
JOBS = ["boot", "cbor", "x509"]


@pytest.fixture(scope="module", name="path")
def _path(tmp_path_factory):
    path = tmp_path_factory.mktemp("ct")
    evidence.Output(path, evidence.Inputs(7, True))
    return path


def check(path, job):
    """Memcheck's exit status, 9 if it has found something, and its words."""
    done = subprocess.run(
        ["valgrind", "-v", "--error-exitcode=9", "--num-callers=40",
         "--error-limit=no", f"--suppressions={SUPPRESSIONS}",
         evidence.BUILD / "helper/ct", path, job],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        check=False, stdin=subprocess.DEVNULL)
    return done.returncode, done.stderr


def test_t41_constant_time(path):
    """All jobs; and there is no suppression that none of them needs."""
    used = set()
    for job in JOBS:
        status, words = check(path, job)
        assert status == 0, words[-3000:]
        assert "ERROR SUMMARY: 0 errors" in words
        used |= set(re.findall(r"used_suppression: +\d+ (.*?) \S*ct.supp",
                               words))
    assert used == set(re.findall(r"{\n   (.*)\n", SUPPRESSIONS.read_text()))


@pytest.mark.parametrize("leak", ["branch", "memcmp"])
def test_t41_leaks_are_seen(path, leak):
    """A leak that is put in is found."""
    status, words = check(path, leak)
    assert status == 9, words[-3000:]
    assert "main" in words
