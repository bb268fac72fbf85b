"""A witness: it signs a head only when it continues the last one that it signed (C2SP tlog-witness).

Its memory is one small file. Whoever shows it another history gets 422 and no signature; both heads together then
prove the fork.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantoa_verify.merkle import EMPTY, BadProof, verify_consistency
from lantoa_verify.notes import (
    BadNote,
    Checkpoint,
    Head,
    Signer,
    Verifier,
    from_base64,
    open_checkpoint,
    split_note,
    to_base64,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OK, BAD_REQUEST, FORBIDDEN, UNKNOWN, CONFLICT, FORKED = 200, 400, 403, 404, 409, 422
MOST_LINES = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


class Fork(ValueError):
    """A head that does not continue the one that was signed before: ``status`` as of tlog-witness."""

    def __init__(self, status: int, message: str, size: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.size = size


@dataclass(frozen=True, slots=True)
class Seen:
    """The last head that was signed."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Memory:
    """What a witness remembers: for each log the last head that it signed."""

    path: Path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the memory: looking and remembering are one step, whoever else runs."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as lock:
            flock(lock, LOCK_EX)
            yield

    def last(self, origin: str) -> Seen:
        """Return the last head of a log; the empty tree for one never seen."""
        found = self._read().get(origin)
        return Seen(found["size"], bytes.fromhex(found["root"])) if found else Seen(0, EMPTY)

    def keep(self, checkpoint: Checkpoint, note: str) -> None:
        """Remember a head, on disk before anything is answered."""
        known = self._read()
        known[checkpoint.origin] = {"size": checkpoint.size, "root": checkpoint.root.hex(), "note": note}
        draft = self.path.with_suffix(".new")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(known, file, indent=1, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)

    def _read(self) -> dict[str, dict[str, Any]]:
        known: dict[str, dict[str, Any]] = {}
        if self.path.exists():
            known = json.loads(self.path.read_text(encoding="utf-8"))
        return known


def continues(seen: Seen, head: Head, old: int, path: Sequence[bytes]) -> None:
    """Check that a head continues the last one signed; raises Fork."""
    if old > head.size:
        raise Fork(BAD_REQUEST, f"a head of {head.size} does not come after {old}", seen.size)
    if old != seen.size:
        raise Fork(CONFLICT, f"the last head signed has size {seen.size}, not {old}", seen.size)
    if not old and path:
        raise Fork(FORKED, "from the empty tree there is nothing to prove", seen.size)
    if old == head.size and seen.root != head.root:
        raise Fork(CONFLICT, f"another root at the size {old} that was signed", seen.size)
    if old:
        try:
            verify_consistency(old, head.size, seen.root, head.root, path)
        except BadProof as error:
            raise Fork(FORKED, f"not the history that was signed: {error}", seen.size) from error


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness with its key (of kind COSIGNATURE), the keys of the logs that it knows, and its memory."""

    signer: Signer
    logs: tuple[Verifier, ...]
    memory: Memory

    def cosign(self, note: str, old: int, path: Sequence[bytes], moment: int) -> str:
        """Return the signature line for a head that continues the last one; ``moment`` in POSIX seconds.

        Raises Fork, with the status of tlog-witness: 400, 403, 404, 409, 422.
        """
        head = self._open(note)
        with self.memory.locked():
            continues(self.memory.last(head.checkpoint.origin), head, old, path)
            self.memory.keep(head.checkpoint, note)
        return self.signer.line(head.checkpoint.text, moment)

    def _open(self, note: str) -> Head:
        try:
            origin = Checkpoint.parse(split_note(note)[0]).origin
        except BadNote as error:
            raise Fork(BAD_REQUEST, str(error)) from error
        mine = [verifier for verifier in self.logs if verifier.name == origin]
        if not mine:
            raise Fork(UNKNOWN, f"{origin} is not known here")
        try:
            return open_checkpoint(note, origin, mine)
        except BadNote as error:
            raise Fork(FORBIDDEN, str(error)) from error

    def add_checkpoint(self, body: str, moment: int) -> tuple[int, str]:
        """Answer a request of tlog-witness: (status, body)."""
        try:
            old, path, note = parse_request(body)
            return OK, self.cosign(note, old, path, moment)
        except BadNote as error:
            return BAD_REQUEST, f"{error}\n"
        except Fork as error:
            return error.status, f"{error.size}\n" if error.status == CONFLICT else f"{error}\n"


def parse_request(body: str) -> tuple[int, list[bytes], str]:
    """Read the body of add-checkpoint: old size, consistency proof, checkpoint; raises BadNote."""
    head, between, note = body.partition("\n\n")
    first, *lines = head.split("\n")
    old = _OLD.fullmatch(first)
    if not old or not between or len(lines) > MOST_LINES:
        raise BadNote("not a request of tlog-witness")
    return int(old[1]), [from_base64(line) for line in lines], note


def write_request(old: int, path: Iterable[bytes], note: str) -> str:
    """Return the body of add-checkpoint."""
    return "".join([f"old {old}\n", *(f"{to_base64(part)}\n" for part in path), "\n", note])
