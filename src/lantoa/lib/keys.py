"""The installation's secrets: from the environment, else from one file that only its owner may read."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SIZE = 32  # bytes of each key


@dataclass(frozen=True, repr=False)
class Keys:
    """What must never lie in the database or in its backups."""

    django: str
    sealing: bytes
    index: bytes


def read_keys(path: Path, environ: Mapping[str, str]) -> Keys:
    """The keys of this installation; made once in ``path`` (mode 0600) when the environment names none.

    ``LANTOA_SECRET_KEY``, ``LANTOA_SEALING_KEY`` and ``LANTOA_INDEX_KEY`` are 64 hex digits each.
    """
    names = ("LANTOA_SECRET_KEY", "LANTOA_SEALING_KEY", "LANTOA_INDEX_KEY")
    given = [environ.get(name) for name in names]
    if any(given) and not all(given):
        raise ValueError(f"Set all of {', '.join(names)}, or none.")
    values = [value for value in given if value] or _from_file(path)
    if any(len(value) != 2 * SIZE for value in values):
        raise ValueError("Each key is 64 hex digits.")
    return Keys(django=values[0], sealing=bytes.fromhex(values[1]), index=bytes.fromhex(values[2]))


def _from_file(path: Path) -> list[str]:
    if not path.exists():
        _make(path)
    stored = json.loads(path.read_text())
    return [stored["secret"], stored["sealing"], stored["index"]]


def _make(path: Path) -> None:
    """Write fresh keys; when two processes start at once the first one's file stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = {name: secrets.token_hex(SIZE) for name in ("secret", "sealing", "index")}
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(fresh, file)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
