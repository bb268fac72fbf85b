"""What the cluster is made of: Debian's packages, and Patroni from its own locked list in its own environment."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

from tools.cluster.machines import run

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = {
    "etcd": "etcd-server",
    "nginx": "nginx-light",
    "redis-server": "redis-server",
    "ip": "iproute2",
    "setpriv": "util-linux",
    "pgbackrest": "pgbackrest",
}
OLDEST = 15  # of PostgreSQL
# Readable for the user postgres, which the folder of a checkout need not be.
PATRONI = Path("/var/cache/lantoa-cluster/patroni")
LOCKED = ROOT / "requirements" / "patroni.txt"


def binaries() -> Path | None:
    """The newest PostgreSQL server's programs on this machine."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin/initdb") if path.parts[4].isdecimal()]
    newest = max(found, key=lambda path: int(path.parts[4]), default=None)
    return newest.parent if newest and int(newest.parts[4]) >= OLDEST else None


def missing() -> list[str]:
    """Debian's packages that are not there."""
    lacking = [package for program, package in PROGRAMS.items() if not shutil.which(program, path=_path())]
    return lacking if binaries() else [*lacking, "postgresql"]


def prepare() -> Path:
    """See that everything is there, installing what can be; Patroni's program. Ends loudly for what cannot be."""
    if os.geteuid():
        sys.exit("make cluster needs root: it makes network namespaces, and runs PostgreSQL as its own user.")
    if lacking := missing():
        print("Installing", *lacking, flush=True)
        # RUNLEVEL: a server that is only needed by us is not started for the whole machine.
        environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        run("apt-get", "update", "-qq", check=False)
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *lacking, check=False, env=environ)
    if lacking := missing():
        sys.exit(f"make cluster needs these packages of Debian 12 or newer, and could not install them: {lacking}")
    return _patroni()


def _patroni() -> Path:
    """Patroni in an environment of its own, by Debian's Python: the user postgres must be able to run it."""
    program, stamp = PATRONI / "bin" / "patroni", PATRONI / "made-from"
    wanted = hashlib.sha256(LOCKED.read_bytes()).hexdigest()
    if not program.exists() or not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(PATRONI, ignore_errors=True)
        run("/usr/bin/python3", "-m", "venv", str(PATRONI))
        run(str(PATRONI / "bin" / "pip"), "install", "-q", "--require-hashes", "-r", str(LOCKED))
        stamp.write_text(wanted)
    return program


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
