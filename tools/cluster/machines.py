"""Machines that are network namespaces on one bridge: made, switched off, frozen, and gone without a trace."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PREFIX = "lt-"  # of every namespace, of the bridge and its ends: what `stop` may remove
BRIDGE = f"{PREFIX}bridge"
NETWORK = "10.77.0"
HERE = f"{NETWORK}.1"  # this machine, on the bridge
STATE = Path("/var/lib/lantoa-cluster")
ENOUGH = 15.0  # seconds a process gets to end by itself


def run(*command: str, check: bool = True, **more: object) -> str:
    """Run a program to its end; what it printed."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, **more)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return done.stdout


@dataclass(frozen=True)
class Machine:
    """One namespace: a name, an address, a folder."""

    name: str
    number: int

    @property
    def space(self) -> str:
        """The namespace's name."""
        return f"{PREFIX}{self.name}"

    @property
    def address(self) -> str:
        """Where the others find it."""
        return f"{NETWORK}.{self.number}"

    @property
    def folder(self) -> Path:
        """What it keeps."""
        return STATE / self.name

    def make(self) -> None:
        """The namespace, with one end on the bridge."""
        run("ip", "netns", "add", self.space)
        outer, inner = self.space, "eth0"
        run("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", self.space)
        run("ip", "link", "set", outer, "master", BRIDGE, "up")
        inside = ("ip", "-n", self.space)
        run(*inside, "addr", "add", f"{self.address}/24", "dev", inner)
        run(*inside, "link", "set", inner, "up")
        run(*inside, "link", "set", "lo", "up")
        self.folder.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, command: list[str], *, user: str = "", environ: dict[str, str] | None = None) -> int:
        """Start a program on this machine; its process id. What it says goes to NAME.log in the machine's folder."""
        inside = ["ip", "netns", "exec", self.space]
        if user:
            inside += ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"]
        plain = {name: os.environ[name] for name in ("PATH", "LANG", "HOME", "PYTHONPATH") if name in os.environ}
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [*inside, *command],
                env=plain | (environ or {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd="/" if user else None,
            ).pid

    def pids(self, like: str = "") -> list[int]:
        """Processes that run here now, those whose command names ``like``."""
        found = [int(pid) for pid in run("ip", "netns", "pids", self.space, check=False).split()]
        return [pid for pid in found if like in command_of(pid)]

    def send(self, number: signal.Signals, like: str = "") -> int:
        """A signal to every process here (or to those whose command names ``like``); how many got it."""
        got = 0
        for pid in self.pids(like):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
                got += 1
        return got

    def off(self) -> None:
        """As if the power went: everything at once, nothing is asked."""
        while self.send(signal.SIGKILL):
            time.sleep(0.02)

    def stop(self, like: str = "") -> None:
        """End what runs here in order; after a while by force."""
        self.send(signal.SIGTERM, like)
        until = time.monotonic() + ENOUGH
        while self.pids(like) and time.monotonic() < until:
            time.sleep(0.1)
        while self.send(signal.SIGKILL, like):
            time.sleep(0.02)

    def cut(self, *, cable: bool) -> None:
        """Pull the cable or put it in again."""
        run("ip", "link", "set", self.space, "down" if cable else "up")


def command_of(pid: int) -> str:
    """What a process was started as; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def make_bridge() -> None:
    """The cable between all machines, with this one on it."""
    run("ip", "link", "add", BRIDGE, "type", "bridge")
    run("ip", "addr", "add", f"{HERE}/24", "dev", BRIDGE)
    run("ip", "link", "set", BRIDGE, "up")


def remove_all() -> int:
    """Every process in our namespaces, the namespaces, the bridge, the folder; how many machines there were."""
    spaces = [line.split()[0] for line in run("ip", "netns", "list").splitlines() if line.startswith(PREFIX)]
    for space in spaces:
        machine = Machine(space.removeprefix(PREFIX), 0)
        machine.send(signal.SIGCONT)
        machine.off()
        run("ip", "netns", "delete", space)
    # By themselves the ends of the cables would go a moment after the namespaces.
    for link in run("ip", "-br", "link").split("\n"):
        if link.startswith(PREFIX):
            run("ip", "link", "delete", link.split()[0].partition("@")[0], check=False)
    shutil.rmtree(STATE, ignore_errors=True)
    return len(spaces)
