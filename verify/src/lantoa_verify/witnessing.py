"""Running a witness: from a PC by cron (it fetches the newest head), or as a small server (C2SP tlog-witness)."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time
import urllib.request
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lantoa_verify.entries import SECRET_BYTES
from lantoa_verify.export import CHECKPOINT, Source, needed, source_of
from lantoa_verify.merkle import HASH_BYTES
from lantoa_verify.notes import COSIGNATURE, Checkpoint, Signer, Verifier, split_note
from lantoa_verify.tiles import WIDTH, ReadTile, consistency_proof, tile_path
from lantoa_verify.witness import CONFLICT, Fork, Memory, Witness

MOST_BYTES = 64 * 1024  # of a request
_PATIENCE = 60  # seconds


def add_command(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("place", nargs="?", help="web address or folder of the export")
    parser.add_argument("--name", required=True, help="the witness's name, such as bao.example.vn/w")
    parser.add_argument("--secret", required=True, type=Path, help="file of the private key (64 hex digits)")
    parser.add_argument("--new", action="store_true", help="make the private key, say the public one, and stop")
    parser.add_argument("--state", type=Path, default=Path("witness.json"), help="file that remembers what was signed")
    parser.add_argument("--send", help="web address that takes the signed head (POST)")
    parser.add_argument("--listen", metavar="HOST:PORT", help="serve tlog-witness there instead of fetching once")


def run(given: argparse.Namespace, logs: Sequence[Verifier]) -> int:
    """Run the witness; raises Fork for a history that is not the one signed before."""
    if given.new:
        _make(given.secret)
    signer = Signer(given.name, bytes.fromhex(given.secret.read_text().strip()), COSIGNATURE)
    if given.new:
        print(signer.verifier)
        return 0
    witness = Witness(signer, tuple(logs), Memory(given.state))
    if given.listen:
        host, _, port = given.listen.rpartition(":")
        serve(witness, host, int(port)).serve_forever()
    elif given.place:
        note = fetch(witness, source_of(given.place), int(time.time()))
        print(note, end="")
        if given.send:
            send(given.send, note)
    else:
        raise ValueError("name an export to fetch from, or --listen")
    return 0


def _make(path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(SECRET_BYTES) + "\n")


def fetch(witness: Witness, source: Source, moment: int) -> str:
    """Return the newest head of an export under this witness's signature alone, when it continues the last one signed.

    Raises Fork.
    """
    note = needed(source, CHECKPOINT).decode()
    checkpoint = Checkpoint.parse(split_note(note)[0])
    old = witness.memory.last(checkpoint.origin).size
    if checkpoint.size < old:
        raise Fork(CONFLICT, f"a head of {checkpoint.size} entries after one of {old}", old)
    path = consistency_proof(tiles_of(source, checkpoint.size), old, checkpoint.size)
    return f"{checkpoint.text}\n{witness.cosign(note, old, path, moment)}"


def tiles_of(source: Source, size: int) -> ReadTile:
    """Return a reader of the tiles of an export at that size."""

    def read(level: int, number: int) -> bytes:
        width = min(WIDTH, (size >> (8 * level)) - number * WIDTH)
        partial = source.read(tile_path(level, number, width))
        data = partial if partial is not None or width == WIDTH else source.read(tile_path(level, number))
        if data is None or len(data) < width * HASH_BYTES:
            raise Fork(CONFLICT, f"{tile_path(level, number, width)} is missing")
        return data

    return read


def send(url: str, note: str) -> None:
    """Hand a head that was signed to the log; raises OSError."""
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"not a web address: {url}")
    request = urllib.request.Request(url, note.encode(), {"Content-Type": "text/plain; charset=utf-8"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 -- checked above
        answer.read()


def serve(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """Return a server that answers ``POST …/add-checkpoint``; port 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not self.path.endswith("/add-checkpoint") or not length.isdigit() or int(length) > MOST_BYTES:
                self.send_error(404 if length.isdigit() else 411)
                return
            body = self.rfile.read(int(length)).decode("utf-8", "replace")
            status, text = witness.add_checkpoint(body, int(time.time()))
            answer = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/x.tlog.size" if status == CONFLICT else "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name of http.server
            sys.stderr.write(f"{self.address_string()} {format % args}\n")

    return ThreadingHTTPServer((host, port), Handler)
