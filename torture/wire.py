"""HTTP/1.1 as a browser speaks it over one kept connection: just enough to see every fault of the other side."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from benchmarks.installation import HOST

LONGEST = 2**22  # bytes of one message


class Cut(ConnectionError):
    """The other side went away before its message was whole."""


@dataclass(frozen=True)
class Message:
    """One request or answer as it came: first line, fields (lower case), body, and its bytes."""

    first: str
    fields: list[tuple[str, str]]
    body: bytes
    raw: bytes

    @property
    def status(self) -> int:
        """Of an answer."""
        return int(self.first.split(" ", 2)[1])

    def field(self, name: str) -> str:
        """The first field of that name, or nothing."""
        return next((value for known, value in self.fields if known == name), "")

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")


async def read_message(reader: asyncio.StreamReader, *, bodiless: bool = False) -> Message:
    """The next message of a connection; raises Cut when it ends before that."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        fields = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        known = dict(fields)
        if bodiless:
            body = raw = b""
        elif known.get("transfer-encoding") == "chunked":
            body, raw = await _chunks(reader)
        else:
            body = raw = await reader.readexactly(int(known.get("content-length", 0)))
    except (asyncio.IncompleteReadError, ConnectionError) as gone:
        raise Cut(str(gone)) from gone
    return Message(first, fields, body, head + raw)


async def _chunks(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    body, raw = b"", b""
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        chunk = await reader.readexactly(size + 2)
        raw += line + chunk
        body += chunk[:-2]
        if size == 0:
            return body, raw


class Connection:
    """One kept connection, opened again whenever it is gone."""

    def __init__(self, port: int, *, host: str = HOST, name: str = "", source: str = "") -> None:
        """``name``: what the request says whom it is for, where that is not who is connected to.

        ``source``: the address that it comes from; any of 127.0.0.0/8 is one's own.
        """
        self.host, self.port, self.name = host, port, name or f"{host}:{port}"
        self.source = (source, 0) if source else None
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, method: str, path: str, fields: Mapping[str, str], body: bytes | None = None, *, within: float = 60.0
    ) -> Message:
        """The answer; raises ConnectionError or TimeoutError, and the connection is a new one next time."""
        try:
            async with asyncio.timeout(within):
                return await self._ask(method, path, fields, body)
        except BaseException:
            await self.close()
            raise

    async def _ask(self, method: str, path: str, fields: Mapping[str, str], body: bytes | None) -> Message:
        if self._streams is None or self._streams[0].at_eof():
            await self.close()
            self._streams = await asyncio.open_connection(self.host, self.port, limit=LONGEST, local_addr=self.source)
        reader, writer = self._streams
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.name}"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        writer.write("\r\n".join([*lines, "", ""]).encode() + (body or b""))
        await writer.drain()
        answer = await read_message(reader, bodiless=method == "HEAD")
        if answer.field("connection").lower() == "close":
            await self.close()
        return answer

    async def close(self) -> None:
        """Let go of it."""
        if self._streams:
            writer = self._streams[1]
            self._streams = None
            writer.close()
            with suppress(ConnectionError, TimeoutError):
                await writer.wait_closed()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
