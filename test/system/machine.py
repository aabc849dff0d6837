# SPDX-License-Identifier: BSD-2-Clause
"""Building the firmware and booting QEMU, along the axes of the tests."""

import os
import re
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("BUILD") or ROOT / "build").resolve()
LOGS = BUILD / "test" / "system"
GUESTS = BUILD / "guests"
HOST = BUILD / "host" / "host.bin"
SYSTEM_QEMU = "/usr/bin/qemu-system-riscv64"

_lock = threading.Lock()
_firmware = {}
_qemu_major = {}


@dataclass(frozen=True)
class Axes:
    """One machine and firmware."""
    qemu: str = ""
    opensbi: str = "1.6"
    harts: int = 4
    smepmp: bool = False
    pmp_limit: int = 0
    mem: str = "1G"
    zicboz: bool = True
    pool: bool = True

    def __str__(self):
        return "QEMU %d, OpenSBI %s, %d hart%s%s%s%s%s" % (
            qemu_major(self.qemu), self.opensbi, self.harts,
            "s" if self.harts > 1 else "", ", Smepmp" if self.smepmp else "",
            ", %d PMP entries" % self.pmp_limit if self.pmp_limit else "",
            "" if self.zicboz else ", no Zicboz", "" if self.pool else
            ", no pool")


def from_environment():
    """QEMU, OPENSBI_VERSION, HARTS, SMEPMP, PMP_LIMIT, MEM."""
    env = os.environ.get
    return Axes(qemu=env("QEMU") or "",
                opensbi=env("OPENSBI_VERSION") or "1.6",
                harts=int(env("HARTS") or 4),
                smepmp=(env("SMEPMP") or "0") == "1",
                pmp_limit=int(env("PMP_LIMIT") or 0),
                mem=env("MEM") or "1G")


def environment(**more):
    """Ours without what a make above us has put in, but with @more."""
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "CONFIG", "QEMU",
                        "VARIANT", "EXTRA_CONFIG", "GUEST", "FW_PAYLOAD",
                        "HARTS", "OPENSBI_VERSION")}
    env["BUILD"] = str(BUILD)
    env.update(more)
    return env


def qemu_major(qemu=""):
    """Major version of the QEMU that firmware/qemu.sh takes."""
    with _lock:
        if qemu not in _qemu_major:
            out = subprocess.run([ROOT / "firmware/qemu.sh", "--version"],
                                 env=environment(QEMU=qemu), text=True,
                                 stdout=subprocess.PIPE, check=True).stdout
            _qemu_major[qemu] = int(re.search(r"version (\d+)", out)[1])
        return _qemu_major[qemu]


def old_qemu():
    """The system's QEMU if it is older than 10, else None."""
    if shutil.which(SYSTEM_QEMU) and qemu_major(SYSTEM_QEMU) < 10:
        return SYSTEM_QEMU
    return None


def firmware(axes, config="test"):
    """Build the firmware (once) and return its directory."""
    extra, variant = [], []
    if axes.pmp_limit:
        extra.append("CONFIG_SBI_COVH_PMP_LIMIT=%d" % axes.pmp_limit)
        variant.append("pmp%d" % axes.pmp_limit)
    if not axes.pool:
        extra.append("CONFIG_SBI_COVH_POOL_MIB=0")
        variant.append("nopool")
    key = (axes.opensbi, config, tuple(variant))
    with _lock:
        if key not in _firmware:
            env = environment(OPENSBI_VERSION=axes.opensbi, CONFIG=config)
            if extra:
                env.update(EXTRA_CONFIG=" ".join(extra),
                           VARIANT="-".join(variant))
            run = subprocess.run([ROOT / "firmware/build.sh"], env=env,
                                 cwd=ROOT, text=True, check=False,
                                 stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT)
            if run.returncode:
                raise RuntimeError("firmware: " + run.stdout)
            path = re.search(r"^firmware: (.*)", run.stdout, re.M)[1]
            _firmware[key] = ROOT / path
        return _firmware[key]


def cpu(axes):
    """QEMU's -cpu argument."""
    old = qemu_major(axes.qemu) < 10
    model = "rv64"
    if axes.smepmp:
        model += ",x-epmp=on" if old else ",smepmp=on"
    if not axes.zicboz and not old:
        model += ",zicboz=off"
    return model


@dataclass
class Boot:
    """What came of one boot."""
    name: str
    command: list
    text: str = ""
    status: int = None
    timed_out: bool = False
    seconds: float = 0
    log: Path = None
    lines: list = field(default_factory=list)


def run(name, command, timeout, env=None):
    """Run a command with a console; kill it when it takes too long."""
    boot = Boot(name, [str(c) for c in command])
    start = time.time()
    with subprocess.Popen(boot.command, env=env or environment(), cwd=ROOT,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as p:
        try:
            out = p.communicate(timeout=timeout)[0]
        except subprocess.TimeoutExpired:
            boot.timed_out = True
            p.kill()
            out = p.communicate()[0]
        boot.status = p.returncode
    boot.seconds = time.time() - start
    boot.text = out.decode("latin-1").replace("\r", "")
    boot.lines = boot.text.split("\n")
    LOGS.mkdir(parents=True, exist_ok=True)
    boot.log = LOGS / (re.sub(r"[^\w.,=-]+", "_", name) + ".log")
    boot.log.write_text(" ".join(boot.command) + "\n\n" + boot.text,
                        encoding="utf-8")
    return boot


def boot(name, axes, append="", initrd=GUESTS / "all.cpio", config="test",
         kernel=HOST, timeout=90, reboot=False, icount=False):
    """Boot the reference host; with @icount an instruction takes 1 ns."""
    args = [ROOT / "firmware/qemu.sh", "-M", "virt", "-cpu", cpu(axes), "-m",
            axes.mem, "-smp", str(axes.harts), "-nographic", "-bios",
            firmware(axes, config) / "fw_jump.bin", "-kernel", kernel]
    if not reboot:
        args.append("-no-reboot")
    if icount:
        args += ["-icount", "shift=0", "-seed", "1"]
    if initrd:
        args += ["-initrd", initrd]
    if "test=" in append:
        # Some cases know what an old QEMU does not do
        append += " qemu=%d" % qemu_major(axes.qemu)
    if append:
        args += ["-append", append]
    return run(name, args, timeout, environment(QEMU=axes.qemu))
