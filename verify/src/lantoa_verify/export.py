"""The public files of a log: where each lies, how it is written and read (log.md §2, C2SP tlog-tiles).

::

    checkpoint                 the newest head, with its cosignatures
    checkpoint.witnessed       the newest head that witnesses have signed, when that is an older one
    heads.txt                  every signed head, oldest first, an empty line between two
    policy                     keys of the log and its witnesses (C2SP tlog-policy)
    tile/<level>/<n>[.p/<w>]   hashes, 256 a file
    tile/entries/<n>[.p/<w>]   lines, 256 a file, each after its length (two bytes, big-endian)
    openings/<n>, answers/<n>  the same form; empty: withheld, erased, or a public entry
    rules/<version>.json, units/<version>.csv, bank/<version>.json, bulletins/<number>.json, standings/<as_of>.txt
    texts/<sha256>.txt         lists of erased entries, explanations of incidents
    beacon.txt                 the public number, as soon as it is known
    seed.txt, keys.csv         after the closing: the seed (64 hex digits), right options (``bank,id,right``)

Writers are pure: they take facts and give (path, bytes). Only ``openings/``, ``answers/``, the checkpoints,
``heads.txt`` and ``policy`` ever change under one name.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Protocol

from lantoa_verify.entries import BulletinEntry, Digest, Erase, Line, Reveal, Standing, Version
from lantoa_verify.merkle import HASH_BYTES
from lantoa_verify.tiles import WIDTH, ReadTile, entries_path, numbered, tile_path, widths

CHECKPOINT, WITNESSED, HEADS, POLICY = "checkpoint", "checkpoint.witnessed", "heads.txt", "policy"
BEACON, SEED, KEYS = "beacon.txt", "seed.txt", "keys.csv"
OPENINGS, ANSWERS = "openings", "answers"
LONGEST = 65_535  # bytes of one record
_SUFFIX = {"rules": "json", "bank": "json", "units": "csv"}
_PATIENCE = 60  # seconds for one file of a site
_NOT_FOUND = 404


class BadExport(ValueError):
    """A file that is not written as it should be, or is not there."""


# --- reading ---------------------------------------------------------------------------------------------------------


class Source(Protocol):
    """Where an export lies."""

    def read(self, path: str) -> bytes | None:
        """Return a file, or None when there is none; raises BadExport when that cannot be told."""


class Folder:
    """An export on this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> bytes | None:
        """Return a file, or None."""
        try:
            return (self._root / path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BadExport(f"{path}: {error}") from error


class Site:
    """An export on the web."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("https://", "http://")):
            raise BadExport(f"not a web address: {url}")
        self._url = url.rstrip("/") + "/"

    def read(self, path: str) -> bytes | None:
        """Return a file, or None when the site says that there is none."""
        try:
            with urllib.request.urlopen(self._url + path, timeout=_PATIENCE) as answer:  # noqa: S310 -- checked above
                data: bytes = answer.read()
                return data
        except urllib.error.HTTPError as error:
            if error.code == _NOT_FOUND:
                return None
            raise BadExport(f"{path}: {error}") from error
        except OSError as error:
            raise BadExport(f"{path}: {error}") from error


def source_of(place: str) -> Source:
    """Return the export at a web address or in a folder."""
    return Site(place) if place.startswith(("https://", "http://")) else Folder(Path(place))


def needed(source: Source, path: str) -> bytes:
    """Return a file that must be there; raises BadExport."""
    data = source.read(path)
    if data is None:
        raise BadExport(f"{path} is missing")
    return data


def unbundle(data: bytes) -> list[bytes]:
    """Return the records of a bundle; raises BadExport."""
    records, place = [], 0
    while place < len(data):
        start = place + 2
        end = start + int.from_bytes(data[place:start], "big")
        if end > len(data):
            raise BadExport("a bundle is cut off")
        records.append(data[start:end])
        place = end
    return records


def read_lines(source: Source, size: int) -> Iterator[list[bytes]]:
    """Yield the lines of the first ``size`` entries, up to 256 at a time; raises BadExport.

    A partial bundle may have been replaced by a longer one since; its beginning is the same.
    """
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        data = source.read(entries_path(number, width))
        if data is None and width < WIDTH:
            data = source.read(entries_path(number))
        lines = unbundle(data) if data is not None else []
        if len(lines) < width:
            raise BadExport(f"{entries_path(number, width)} is missing, or too short")
        yield lines[:width]


def read_beside(source: Source, folder: str, number: int, width: int) -> list[bytes]:
    """Return what lies beside the entries of a bundle (openings, answers); empty where nothing does."""
    data = source.read(f"{folder}/{numbered(number)}")
    records = unbundle(data)[:width] if data else []
    return records + [b""] * (width - len(records))


def read_heads(text: str) -> list[str]:
    """Return the signed heads of ``heads.txt``, oldest first."""
    parts = text.removesuffix("\n").split("\n\n") if text else []
    if len(parts) % 2:
        raise BadExport(f"{HEADS} is cut off")
    return [f"{words}\n\n{signatures}\n" for words, signatures in zip(parts[::2], parts[1::2], strict=True)]


def text_of(line: Line) -> tuple[str, bytes] | None:
    """Return the path of the text that a public entry names by its hash, and the hash; None for other entries."""
    fields = line.fields
    if isinstance(fields, Version):
        return f"{line.kind}/{fields.version}.{_SUFFIX[line.kind]}", fields.digest
    if isinstance(fields, BulletinEntry):
        return f"bulletins/{fields.number}.json", fields.digest
    if isinstance(fields, Standing):
        return f"standings/{fields.as_of}.txt", fields.digest
    if isinstance(fields, Reveal):
        return KEYS, fields.keys
    digest = fields.indexes if isinstance(fields, Erase) else fields.digest if isinstance(fields, Digest) else None
    if digest is None or line.kind == "beacon":
        return None
    return f"texts/{digest.hex()}.txt", digest


# --- writing ---------------------------------------------------------------------------------------------------------

File = tuple[str, bytes]


def bundle(records: Iterable[bytes]) -> bytes:
    """Return records as a bundle; raises ValueError for one above 65,535 bytes."""
    parts = []
    for record in records:
        if len(record) > LONGEST:
            raise ValueError(f"a record has at most {LONGEST} bytes")
        parts += [len(record).to_bytes(2, "big"), record]
    return b"".join(parts)


def entry_files(lines: Iterable[bytes], first: int = 0) -> Iterator[File]:
    """Yield the bundles of lines; ``first`` is the number of the first bundle, whose lines are given from its start."""
    for number, records in _by_bundle(lines, first):
        yield entries_path(number, len(records)), bundle(records)


def beside_files(folder: str, records: Iterable[bytes], first: int = 0) -> Iterator[File]:
    """Yield the bundles of ``openings`` or ``answers``: one record an entry, empty for none."""
    for number, part in _by_bundle(records, first):
        yield f"{folder}/{numbered(number)}", bundle(part)


def _by_bundle(records: Iterable[bytes], first: int) -> Iterator[tuple[int, list[bytes]]]:
    source, number = iter(records), first
    while part := list(islice(source, WIDTH)):
        yield number, part
        number += 1


def tile_files(read: ReadTile, size: int, since: int = 0) -> Iterator[File]:
    """Yield the tiles of a tree of ``size``; with ``since`` only those that a tree of that size did not have."""
    known = set(widths(since))
    for level, number, width in widths(size):
        if (level, number, width) not in known:
            yield tile_path(level, number, width), read(level, number)[: width * HASH_BYTES]


def heads_text(notes: Iterable[str]) -> str:
    """Return the content of ``heads.txt``: signed heads, oldest first."""
    return "\n".join(notes)


def indexes_text(indexes: Iterable[int]) -> bytes:
    """Return the list that an ``erase`` entry names by its hash: one index a line, ascending."""
    return b"".join(b"%d\n" % index for index in sorted(indexes))


def standing_text(rows: Iterable[tuple[int, int]]) -> bytes:
    """Return a standing: ``rank index`` a line, best first; the index is that of the entry that ranks.

    It names nobody: it stays as it is when somebody is erased.
    """
    return b"".join(b"%d %d\n" % row for row in rows)


def keys_text(keys: Mapping[int, Mapping[str, int]]) -> bytes:
    """Return the right options by bank version and question, in the author's order from 0."""
    rows = [f"{version},{one},{keys[version][one]}\n" for version in sorted(keys) for one in sorted(keys[version])]
    return "".join(["bank,id,right\n", *rows]).encode()


def read_keys(data: bytes) -> dict[int, dict[str, int]]:
    """Return the right options of ``keys.csv``; raises BadExport."""
    header, *rows = data.decode().splitlines()
    keys: dict[int, dict[str, int]] = {}
    try:
        for row in rows:
            version, one, right = row.split(",")
            keys.setdefault(int(version), {})[one] = int(right)
    except ValueError as error:
        raise BadExport(f"{KEYS}: not a row of three") from error
    if header != "bank,id,right":
        raise BadExport(f"{KEYS} has another header")
    return keys


def digest_of(data: bytes) -> bytes:
    """Return the hash by which an entry names a text."""
    return sha256(data).digest()


def read_standing(data: bytes) -> Sequence[tuple[int, int]]:
    """Return the rows (rank, index) of a standing; raises BadExport."""
    try:
        rows = [tuple(map(int, row.split(" "))) for row in data.decode("ascii").splitlines()]
        return [(rank, index) for rank, index in rows]
    except ValueError as error:
        raise BadExport("not a standing") from error
