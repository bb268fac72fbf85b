"""Compile the password hash for the processor at hand: the same function at half the price (decision 0032).

The package that comes compiled fits every x86-64 processor since 2003. The same source, with the instructions of those
since 2015, takes 40 % less CPU. Everything is fetched by the hashes in requirements/, and the result has to give what
is known beforehand; where a compiler or such a processor is missing, the package stays as it came.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "argon2-cffi-bindings"
FLAGS = "-O3 -march=x86-64-v3"  # AVX2 and what came with it
NEEDED = {"avx2", "bmi2", "fma", "movbe"}  # of that level, as Linux names them
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "--no-cache-dir")
ANSWER = "b7338d3d6c430ae107f0d086f13e2b64992dce94189dabd3d7278c8462e0df5f"
CHECK = f"""
from argon2.low_level import Type, hash_secret_raw
made = hash_secret_raw(b"a password of some length", b"sixteen bytes of", 2, 19456, 1, 32, Type.ID).hex()
raise SystemExit(made != "{ANSWER}")
"""


def main() -> None:
    """Compile it and put it in place, or say why not."""
    reason = lacking()
    with tempfile.TemporaryDirectory() as place:
        try:
            reason = reason or put_in_place(compiled(Path(place)), Path(place) / "tried")
        except subprocess.CalledProcessError as failed:
            reason = f"{failed}"
    if reason:
        sys.stderr.write(f"The password hash stays as it came, at nearly twice the CPU: {reason}.\n")


def put_in_place(wheel: Path, tried: Path) -> None:
    """Install it once it gave the answer that every right build gives; raises CalledProcessError."""
    install = [sys.executable, *PIP, "install", "--no-index", "--no-deps", str(wheel)]
    subprocess.run([*install, "--target", str(tried)], check=True)
    subprocess.run([sys.executable, "-c", CHECK], check=True, env={**os.environ, "PYTHONPATH": str(tried)})
    subprocess.run([*install, "--force-reinstall"], check=True)


def lacking() -> str | None:
    """Why it cannot be compiled here."""
    if platform.machine() != "x86_64" or not processor() >= NEEDED:
        return "it is compiled apart only for x86-64 processors with AVX2"
    if not shutil.which("cc"):
        return "there is no C compiler (Debian: gcc)"
    if not Path(sysconfig.get_path("include"), "Python.h").is_file():
        return "Python's headers are missing (Debian: python3-dev)"
    return None


def processor() -> set[str]:
    """What the processor can, in Linux's words."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return set()
    return next((set(line.split()) for line in lines if line.startswith("flags")), set())


def compiled(place: Path) -> Path:
    """The wheel, made in an environment of its own from nothing but what requirements/ name by their hashes."""
    venv.create(place / "apart", with_pip=True)
    python = str(place / "apart" / "bin" / "python")
    build = ROOT / "requirements" / "build.txt"
    subprocess.run([python, *PIP, "install", "--require-hashes", "-r", str(build)], check=True)
    wanted = place / "wanted.txt"
    wanted.write_text(pinned((ROOT / "requirements" / "main.txt").read_text(encoding="utf-8")), encoding="utf-8")
    source = ["--no-binary", PACKAGE, "--no-build-isolation", "--no-deps", "--require-hashes", "-r", str(wanted)]
    path = f"{place / 'apart' / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    surroundings = {**os.environ, "PATH": path, "CFLAGS": FLAGS}
    subprocess.run([python, *PIP, "wheel", *source, "-w", str(place)], check=True, env=surroundings)
    (wheel,) = place.glob("*.whl")
    return wheel


def pinned(requirements: str) -> str:
    """The package's own lines, with its hashes."""
    lines = requirements.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(f"{PACKAGE}=="))
    after = next(n for n, line in enumerate(lines) if n > first and not line.startswith("    --hash="))
    return "\n".join(lines[first:after]) + "\n"


if __name__ == "__main__":
    main()
