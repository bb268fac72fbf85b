"""HTTP/1.1 as browsers speak it, as cheap as Python can: kept-alive connections, one question at a time on each.

Measured beside k6 (benchmarks/generators.py, decision 0028): the generator shares the machine with what it drives.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from ssl import SSLContext
from ssl import create_default_context as secure
from typing import NamedTuple, Self
from urllib.parse import urlsplit

PATIENCE = 30.0  # seconds for an answer
END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_GZIP = re.compile(rb"\r\ncontent-encoding: *gzip", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=;\r]+)=([^;\r]*)", re.IGNORECASE)
_HTML = re.compile(rb"\r\ncontent-type: *text/html", re.IGNORECASE)
_WHERE = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)
WITHOUT_BODY = frozenset({204, 304})


class Broken(ConnectionError):
    """No whole answer came: refused, cut, or too late."""


class Answer(NamedTuple):
    """What came back, as it came."""

    status: int
    head: bytes
    body: bytes

    @property
    def text(self) -> str:
        """The body as words."""
        body = zlib.decompress(self.body, wbits=31) if self.body and _GZIP.search(self.head) else self.body
        return body.decode("utf-8", "replace")

    @property
    def is_page(self) -> bool:
        """Whether it says that it is HTML."""
        return _HTML.search(self.head) is not None

    @property
    def cookies(self) -> list[tuple[str, str]]:
        """Names and values that it sets; an empty value takes one away."""
        return [(name.decode(), value.decode()) for name, value in _COOKIE.findall(self.head)]

    @property
    def location(self) -> str:
        """Where it leads on to: a path of the same place."""
        found = _WHERE.search(self.head)
        parts = urlsplit(found[1].decode() if found else "")
        return parts.path + (f"?{parts.query}" if parts.query else "")


class _Connection(asyncio.Protocol):
    """One connection; `ask` puts a question, its future brings the answer."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.waiting: asyncio.Future[Answer] | None = None
        self.asked = 0
        self._seen = bytearray()
        self._body_at = 0
        self._length: int | None = None  # of the body; None: in chunks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self, question: bytes, waiting: asyncio.Future[Answer]) -> None:
        """Send it; nothing else is under way here."""
        assert self.transport is not None
        self.waiting, self._body_at = waiting, 0
        self.asked += 1
        self._seen.clear()
        self.transport.write(question)

    @property
    def usable(self) -> bool:
        """Whether another question may be put."""
        return self.transport is not None and not self.transport.is_closing()

    @property
    def silent(self) -> bool:
        """Whether not a byte came back."""
        return not self._seen

    def data_received(self, data: bytes) -> None:
        self._seen += data
        if not self._body_at:
            end = self._seen.find(END)
            if end < 0:
                return
            self._read_head(end)
        body = self._whole_body()
        if body is not None:
            self._done(body)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(Broken(str(exc or "closed")))

    def close(self) -> None:
        """Hang up."""
        if self.transport is not None:
            self.transport.abort()

    def _read_head(self, end: int) -> None:
        self._body_at = end + len(END)
        head = bytes(self._seen[:end])
        found = _LENGTH.search(head)
        chunked = not found and _CHUNKED.search(head)
        self._length = int(found[1]) if found else None if chunked else 0
        if int(head[9:12]) in WITHOUT_BODY:
            self._length = 0

    def _whole_body(self) -> bytes | None:
        if self._length is None:
            return _unchunked(self._seen, self._body_at)
        end = self._body_at + self._length
        return bytes(self._seen[self._body_at : end]) if len(self._seen) >= end else None

    def _done(self, body: bytes) -> None:
        head = bytes(self._seen[: self._body_at])
        if _CLOSES.search(head):
            self.close()
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(Answer(int(head[9:12]), head, body))
        self.waiting = None


def _unchunked(seen: bytearray, at: int) -> bytes | None:
    """The body of a chunked answer, None while it is not whole."""
    parts: list[bytes] = []
    while True:
        end = seen.find(b"\r\n", at)
        if end < 0:
            return None
        size = int(bytes(seen[at:end]).split(b";")[0], 16)
        if len(seen) < end + size + 4:
            return None
        if size == 0:
            return b"".join(parts)
        parts.append(bytes(seen[end + 2 : end + 2 + size]))
        at = end + size + 4


class Wire:
    """The connections to one place; as many as questions are asked at once."""

    def __init__(self, address: str) -> None:
        """``address``: scheme, host and port."""
        parts = urlsplit(address)
        self.address = f"{parts.scheme}://{parts.netloc}"
        self.host = parts.netloc
        self._name = parts.hostname or ""
        self._tls: SSLContext | None = secure() if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)
        self._idle: list[_Connection] = []
        self.sent_again = 0  # questions put twice, as browsers do when a kept connection turns out to be closed

    async def ask(self, question: bytes) -> Answer:
        """The answer to a whole HTTP message; raises :class:`Broken`."""
        while self._idle:
            kept = self._idle.pop()
            if not kept.usable:
                continue
            try:
                return await self._ask(kept, question)
            except Broken:
                if not kept.silent:
                    raise
                self.sent_again += 1
        return await self._ask(await self._connect(), question)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up everywhere."""
        while self._idle:
            self._idle.pop().close()
        await asyncio.sleep(0)  # the loop takes its sockets back

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            _, made = await loop.create_connection(_Connection, self._name, self._port, ssl=self._tls)
        except OSError as refused:
            raise Broken(str(refused)) from refused
        return made

    async def _ask(self, connection: _Connection, question: bytes) -> Answer:
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Answer] = loop.create_future()
        connection.ask(question, waiting)
        too_late = loop.call_later(PATIENCE, _give_up, waiting)
        try:
            answer = await waiting
        except Broken:
            connection.close()
            raise
        finally:
            too_late.cancel()
        if connection.usable:
            self._idle.append(connection)
        return answer


def _give_up(waiting: asyncio.Future[Answer]) -> None:
    if not waiting.done():
        waiting.set_exception(Broken(f"no answer in {PATIENCE:.0f} s"))
