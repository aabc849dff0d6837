# SPDX-License-Identifier: BSD-2-Clause
"""Building the firmware and booting QEMU, along the axes of the tests."""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
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
    numbers: str = "0.7"
    trace: bool = False
    static: bool = False
    guard: int = 0
    std_errors: bool = False
    no_htinst: bool = False
    counters: bool = False
    steps: int = 0
    svn: int = 0
    # Model and properties for -cpu, properties for -M virt
    cpu: str = "rv64"
    board: str = ""

    def __str__(self):
        return "QEMU %d, OpenSBI %s, %d hart%s%s%s%s%s%s%s%s" % (
            qemu_major(self.qemu), self.opensbi, self.harts,
            "s" if self.harts > 1 else "", ", Smepmp" if self.smepmp else "",
            ", %d PMP entries" % self.pmp_limit if self.pmp_limit else "",
            "" if self.zicboz else ", no Zicboz", "" if self.pool else
            ", no pool", "" if self.numbers == "0.7" else
            ", numbers of spec " + self.numbers,
            "" if self.cpu == "rv64" else ", CPU " + self.cpu,
            ", board " + self.board if self.board else "")


def from_environment():
    """QEMU, OPENSBI_VERSION, HARTS, SMEPMP, PMP_LIMIT, MEM, NUMBERING."""
    env = os.environ.get
    return Axes(qemu=env("QEMU") or "",
                opensbi=env("OPENSBI_VERSION") or "1.6",
                harts=int(env("HARTS") or 4),
                smepmp=(env("SMEPMP") or "0") == "1",
                pmp_limit=int(env("PMP_LIMIT") or 0),
                mem=env("MEM") or "1G",
                numbers=env("NUMBERING") or "0.7")


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
    options = [o for o in (
        (axes.pmp_limit, "PMP_LIMIT=%d" % axes.pmp_limit,
         "pmp%d" % axes.pmp_limit),
        (not axes.pool, "POOL_MIB=0", "nopool"),
        (axes.numbers == "0.5", "OLD_NUMBERS=y", "spec0.5"),
        (axes.trace, "TRACE=y", "trace"),
        (axes.static, "STATIC=y", "static"),
        (axes.guard, "GUARD_KIB=%d" % axes.guard, "guard%d" % axes.guard),
        (axes.std_errors, "STD_ERRORS=y", "stderrors"),
        (axes.no_htinst, "NO_HTINST=y", "nohtinst"),
        (axes.counters, "COUNTERS=y", "counters"),
        (axes.steps, "STEP_LIMIT=%d" % axes.steps, "steps"),
        (axes.svn, "SVN=%d" % axes.svn, "svn%d" % axes.svn),
    ) if o[0]]
    extra = ["CONFIG_SBI_COVH_" + option for _, option, _ in options]
    variant = [name for _, _, name in options]
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
    model = axes.cpu
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


def run(name, command, timeout, env=None, see=None):
    """Run a command with a console; kill it when it takes too long.

    see: called with each line as it comes.
    """
    boot = Boot(name, [str(c) for c in command])
    start = time.time()
    with subprocess.Popen(boot.command, env=env or environment(), cwd=ROOT,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as p:
        def end():
            boot.timed_out = True
            p.kill()

        timer = threading.Timer(timeout, end)
        timer.start()
        out = b""
        for line in p.stdout:
            out += line
            if see:
                see(line.decode("latin-1").strip())
        boot.status = p.wait()
        timer.cancel()
    boot.seconds = time.time() - start
    boot.text = out.decode("latin-1").replace("\r", "")
    boot.lines = boot.text.split("\n")
    LOGS.mkdir(parents=True, exist_ok=True)
    boot.log = LOGS / (re.sub(r"[^\w.,=-]+", "_", name) + ".log")
    boot.log.write_text(" ".join(boot.command) + "\n\n" + boot.text,
                        encoding="utf-8")
    with open(LOGS / "seconds", "a", encoding="ascii") as f:
        f.write("%6.1f %s\n" % (boot.seconds, boot.log.name))
    return boot


class Monitor:
    """QEMU's monitor, which acts when a line comes on the console."""

    def __init__(self, line, act):
        self.dir = tempfile.TemporaryDirectory()
        self.path = self.dir.name + "/qmp"
        self.args = ["-qmp", "unix:%s,server=on,wait=off" % self.path]
        self.line = line
        self.act = act
        self.file = None

    def see(self, line):
        """One line of the console."""
        if line != self.line or self.file:
            return
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.path)
            with s.makefile("rw", encoding="ascii") as self.file:
                self.file.readline()
                self.command("qmp_capabilities")
                self.act(self)

    def command(self, execute, **arguments):
        """Run one; its result."""
        self.file.write(json.dumps({"execute": execute,
                                    "arguments": arguments}))
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "event" not in answer:
                return answer["return"]

    def reset(self):
        """QEMU 10 falls over its PMU when it resets a hart in VS or VU mode:
        wait for a moment when there is none."""
        for _ in range(1000):
            self.command("stop")
            text = self.command("human-monitor-command",
                                **{"command-line": "info registers -a"})
            if not re.search(r"^ *V +=? *1\b", text, re.M):
                break
            self.command("cont")
            time.sleep(0.001)
        self.command("system_reset")
        self.command("cont")

    def read(self, addr, size):
        """Bytes of RAM, whatever is there."""
        path = self.dir.name + "/ram"
        self.command("pmemsave", val=addr, size=size, filename=path)
        return Path(path).read_bytes()


def patience():
    """How much longer a boot may take on a machine with so much else to do."""
    return max(1, os.getloadavg()[0] / (os.cpu_count() or 1))


def boot(name, axes, append="", initrd=GUESTS / "all.cpio", config="test",
         kernel=HOST, timeout=90, reboot=False, icount=False, more=(),
         see=None):
    """Boot the reference host, with @more arguments for QEMU; with @icount
    an instruction takes 1 ns. @see: as run()"""
    args = [ROOT / "firmware/qemu.sh", "-M",
            ",".join(["virt"] + [axes.board] * bool(axes.board)), "-cpu",
            cpu(axes), "-m", axes.mem, "-smp", str(axes.harts), "-nographic",
            "-bios", firmware(axes, config) / "fw_jump.bin", "-kernel",
            kernel]
    if not reboot:
        args.append("-no-reboot")
    if icount:
        args += ["-icount", "shift=0", "-seed", "1"]
    if initrd:
        args += ["-initrd", initrd]
    if "test=" in append:
        # Some cases know what an old QEMU does not do
        append += " qemu=%d" % qemu_major(axes.qemu)
    if axes.numbers != "0.7":
        append += " numbers=" + axes.numbers
    if axes.std_errors:
        append += " errors=standard"
    if append:
        args += ["-append", append]
    return run(name, args + list(more), timeout * patience(),
               environment(QEMU=axes.qemu), see)
