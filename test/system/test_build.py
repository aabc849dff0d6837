# SPDX-License-Identifier: BSD-2-Clause
"""Builds that cannot be: one line that says why, and nothing half done."""

import shutil
import subprocess

import pytest

import machine

SCRIPTS = ["fetch.sh", "prepare.sh", "sources.lock", "apt-private.sh"]


class Tree:
    """A copy of what makes OpenSBI's source tree, with its own build."""

    def __init__(self, path, opensbi):
        self.path = path
        self.opensbi = opensbi
        (path / "firmware").mkdir()
        for name in SCRIPTS:
            shutil.copy(machine.ROOT / "firmware" / name, path / "firmware")
        shutil.copytree(machine.ROOT / "opensbi-patches",
                        path / "opensbi-patches")
        self.cache = path / "build/cache"
        self.cache.mkdir(parents=True)
        archive, = (machine.BUILD / "cache").glob("opensbi-%s-*" % opensbi)
        self.archive = self.cache / archive.name
        shutil.copy(archive, self.archive)
        self.src = path / "build/src"

    def run(self, *command, **env):
        """A script of firmware/: status, lines of both outputs."""
        clean = machine.environment(BUILD=str(self.path / "build"),
                                    **{"OPENSBI_SRC": "", **env})
        done = subprocess.run([self.path / "firmware" / command[0],
                               *command[1:]], env=clean, text=True,
                              stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.splitlines()

    def prepare(self, **env):
        """Make the source tree."""
        return self.run("prepare.sh", "opensbi", self.opensbi, **env)

    def sources(self):
        """Directories in build/src."""
        return [p.name for p in self.src.glob("*") if p.is_dir()]


@pytest.fixture(name="tree")
def own_tree(tmp_path, axes):
    """One for each test."""
    if not list((machine.BUILD / "cache").glob("opensbi-%s-*" %
                                               axes.opensbi)):
        pytest.skip("OpenSBI is not of the cache here, but OPENSBI_SRC")
    return Tree(tmp_path, axes.opensbi)


def flip(data):
    """One bit is wrong."""
    return data[:5000] + bytes([data[5000] ^ 1]) + data[5001:]


@pytest.mark.parametrize("damage", [flip, lambda d: d[:5000],
                                    lambda d: b""],
                         ids=["bit", "cut", "empty"])
def test_cache(tree, damage):
    """An archive that is not the one that was pinned is not used."""
    damaged = damage(tree.archive.read_bytes())
    tree.archive.write_bytes(damaged)
    want = "fetch: opensbi-%s: %s: bad checksum (make distclean to start " \
        "anew)" % (tree.opensbi, tree.archive)
    assert tree.run("fetch.sh", "opensbi-" + tree.opensbi) == (1, [want])
    assert tree.prepare() == (1, [want])
    assert tree.archive.read_bytes() == damaged
    assert not tree.sources()
    left = sorted(p.name for p in tree.cache.iterdir())
    assert left == [".lock-opensbi-" + tree.opensbi, tree.archive.name]


def fingerprint(path):
    """All files of a tree, with dates and contents."""
    return {str(p): (p.stat().st_mtime_ns, p.read_bytes())
            for p in path.rglob("*") if p.is_file()}


def test_patch(tree):
    """A patch that does not apply is named; the tree is what it was."""
    patch = sorted((tree.path / "opensbi-patches").glob(
        tree.opensbi + "/*.patch"))[1]
    good = patch.read_text(encoding="utf-8")
    bad = "".join(line if line[0] != " " else " no such line\n"
                  for line in good.splitlines(keepends=True))
    want = "prepare: opensbi-patches/%s/%s does not apply" % (tree.opensbi,
                                                            patch.name)
    patch.write_text(bad, encoding="utf-8")
    status, lines = tree.prepare()
    assert status == 1 and lines[-1] == want, lines
    assert not tree.sources()

    patch.write_text(good, encoding="utf-8")
    source = tree.src / ("opensbi-" + tree.opensbi)
    assert tree.prepare() == (0, [str(source)])
    before = fingerprint(source)
    patch.write_text(bad, encoding="utf-8")
    status, lines = tree.prepare()
    assert status == 1 and lines[-1] == want, lines
    assert fingerprint(source) == before
    assert tree.sources() == [source.name]

    # Nor does it stay broken
    patch.write_text(good, encoding="utf-8")
    assert tree.prepare() == (0, [str(source)])
    assert fingerprint(source) == before


VERSION = """#define OPENSBI_VERSION_MAJOR 1
#define OPENSBI_VERSION_MINOR 5
"""
FOREIGN = {
    "version": (VERSION, "OpenSBI 1.5: no series in opensbi-patches"),
    "no-version": ("", "{new}: no version in sbi_version.h"),
    "no-opensbi": (None, "OPENSBI_SRC={src} is no OpenSBI source tree"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_tree(tree, name):
    """A tree that there are no patches for is left alone."""
    text, says = FOREIGN[name]
    theirs = tree.path / "theirs"
    (theirs / "include/sbi").mkdir(parents=True)
    if text is not None:
        (theirs / "include/sbi/sbi_version.h").write_text(text,
                                                          encoding="ascii")
    before = fingerprint(theirs)
    status, lines = tree.prepare(OPENSBI_SRC=str(theirs))
    assert status == 1 and len(lines) == 1
    assert lines[0].startswith("prepare: " + says.split("{")[0])
    assert lines[0].endswith(says.split("}")[-1])
    assert fingerprint(theirs) == before
    assert not tree.sources()


def test_no_tree(tree):
    """Nor is there anything to do without a directory."""
    assert tree.prepare(OPENSBI_SRC="/nowhere") == (
        1, ["prepare: OPENSBI_SRC=/nowhere: no such directory"])


@pytest.mark.parametrize("config", ["release", "standalone"])
def test_missing_guest(axes, config):
    """GUEST= that is not there: nothing is built or booted for it."""
    boot = machine.run("missing-" + config, [
        machine.ROOT / "firmware/run.sh"], 60, machine.environment(
            OPENSBI_VERSION=axes.opensbi, CONFIG=config, GUEST="missing.elf"))
    assert boot.status == 1
    assert boot.text == "run: GUEST=missing.elf: no such file\n"
