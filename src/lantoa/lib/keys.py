"""The installation's secrets: from the environment, else from one file that only its owner may read."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SIZE = 32  # bytes of each key
# Without these three nothing runs. By the name in the file.
NEEDED = {"secret": "LANTOA_SECRET_KEY", "sealing": "LANTOA_SEALING_KEY", "index": "LANTOA_INDEX_KEY"}
# A process that lacks one of these runs, and cannot sign (lib/signing.py).
SIGNING = {"head": "LANTOA_HEAD_KEY", "receipt": "LANTOA_RECEIPT_KEY", "bulletin": "LANTOA_BULLETIN_KEY"}


@dataclass(frozen=True, repr=False)
class Keys:
    """What must never lie in the database or in its backups; a signing key may be missing."""

    django: str
    sealing: bytes
    index: bytes
    head: bytes | None = None
    receipt: bytes | None = None
    bulletin: bytes | None = None


def read_keys(path: Path, environ: Mapping[str, str]) -> Keys:
    """The keys of this installation, each 64 hex digits; what the environment does not name lies in ``path``.

    The needed three come all from the environment, and then the file is neither read nor written: a signing key that
    is not in the environment either is missing. Else all come from the file (mode 0600), which is made, and gets what
    it lacks, here; a signing key in the environment comes before the file's. Raises ValueError for anything else.
    """
    given = {key: value for key, name in (NEEDED | SIGNING).items() if (value := environ.get(name))}
    if 0 < len(given.keys() & NEEDED.keys()) < len(NEEDED):
        raise ValueError(f"Set all of {', '.join(NEEDED.values())}, or none.")
    if not given.keys() >= NEEDED.keys():
        given = _from_file(path, (NEEDED | SIGNING).keys() - given.keys()) | given
    known = {key: _key(value) for key, value in given.items()}
    return Keys(
        django=given["secret"],
        sealing=known["sealing"],
        index=known["index"],
        **{key: known.get(key) for key in SIGNING},
    )


def _key(value: str) -> bytes:
    try:
        key = bytes.fromhex(value)
    except ValueError:
        key = b""
    if len(key) != SIZE or len(value) != 2 * SIZE:
        raise ValueError("Each key is 64 hex digits.")
    return key


def _from_file(path: Path, wanted: Iterable[str]) -> dict[str, str]:
    stored = _stored(path)
    if stored.keys() >= set(wanted):
        return stored
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone_in(path.parent):
        stored = _stored(path)  # another process may have been first: its keys stay
        missing = [name for name in NEEDED | SIGNING if name in set(wanted) - stored.keys()]
        stored |= {name: secrets.token_hex(SIZE) for name in missing}
        if missing:
            _replace(path, json.dumps(stored))
    return stored


def _stored(path: Path) -> dict[str, str]:
    try:
        stored: dict[str, str] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return stored


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One process at a time; the lock goes with the process, however it ends."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(path: Path, text: str) -> None:
    """The whole new file or the old one, also through a power cut; the owner stays (an operator may act as root)."""
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            if path.exists() and os.geteuid() == 0:
                before = path.stat()
                os.fchown(file.fileno(), before.st_uid, before.st_gid)
            os.fsync(file.fileno())
        Path(draft).replace(path)
    finally:
        with suppress(FileNotFoundError):
            Path(draft).unlink()
