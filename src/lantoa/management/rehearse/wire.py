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
LOOKS = 1.0  # seconds between two looks at who waits in vain
PIECE = 1 << 16  # bytes taken at once
END = b"\r\n\r\n"
# Names of headers as they are looked for: in a head in small letters, which costs a tenth of a pattern that knows both.
_LENGTH, _CHUNKED = b"\r\ncontent-length:", b"\r\ntransfer-encoding: chunked"
_CLOSES, _GZIP = b"\r\nconnection: close", b"\r\ncontent-encoding: gzip"
_HTML, _WHERE, _SETS = b"\r\ncontent-type: text/html", b"\r\nlocation:", b"\r\nset-cookie:"
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=;\r]+)=([^;\r]*)", re.IGNORECASE)
WITHOUT_BODY = frozenset({204, 304})


class Broken(ConnectionError):
    """No whole answer came: refused, cut, or too late."""


class Answer(NamedTuple):
    """What came back, as it came."""

    status: int
    head: bytes
    low: bytes  # the head in small letters
    body: bytes

    @property
    def text(self) -> str:
        """The body as words."""
        body = zlib.decompress(self.body, wbits=31) if self.body and _GZIP in self.low else self.body
        return body.decode("utf-8", "replace")

    @property
    def is_page(self) -> bool:
        """Whether it says that it is HTML."""
        return _HTML in self.low

    @property
    def cookies(self) -> list[tuple[str, str]]:
        """Names and values that it sets; an empty value takes one away."""
        if _SETS not in self.low:
            return []
        return [(name.decode(), value.decode()) for name, value in _COOKIE.findall(self.head)]

    @property
    def location(self) -> str:
        """Where it leads on to: a path of the same place."""
        parts = urlsplit(_value(self.head, self.low, _WHERE).decode())
        return parts.path + (f"?{parts.query}" if parts.query else "")


def _value(head: bytes, low: bytes, name: bytes) -> bytes:
    """What stands behind a header's name; empty where there is none."""
    at = low.find(name)
    if at < 0:
        return b""
    at += len(name)
    end = head.find(b"\r\n", at)
    return head[at : end if end >= 0 else None].strip()


class _Connection(asyncio.BufferedProtocol):
    """One connection; `ask` puts a question, its future brings the answer."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.waiting: asyncio.Future[Answer] | None = None
        self.too_late = 0.0  # by the loop's clock
        self._piece = memoryview(bytearray(PIECE))
        self._seen = bytearray()
        self._head = self._low = b""
        self._length: int | None = None  # of the body; None: in chunks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self, question: bytes, waiting: asyncio.Future[Answer]) -> None:
        """Send it; nothing else is under way here."""
        assert self.transport is not None
        self.waiting, self._head = waiting, b""
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

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 (asyncio's signature)
        return self._piece

    def buffer_updated(self, nbytes: int) -> None:
        self._seen += self._piece[:nbytes]
        if not self._head:
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
        self._head = head = bytes(self._seen[: end + len(END)])
        self._low = low = head.lower()
        length = _value(head, low, _LENGTH)
        self._length = int(length) if length else None if _CHUNKED in low else 0
        if int(head[9:12]) in WITHOUT_BODY:
            self._length = 0

    def _whole_body(self) -> bytes | None:
        at = len(self._head)
        if self._length is None:
            return _unchunked(self._seen, at)
        end = at + self._length
        if len(self._seen) < end:
            return None
        with memoryview(self._seen) as seen:
            return bytes(seen[at:end])

    def _done(self, body: bytes) -> None:
        if _CLOSES in self._low:
            self.close()
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(Answer(int(self._head[9:12]), self._head, self._low, body))
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
        self._busy: set[_Connection] = set()
        self._look: asyncio.TimerHandle | None = None
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
        if self._look is not None:
            self._look.cancel()
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
        connection.too_late = loop.time() + PATIENCE
        self._busy.add(connection)
        if self._look is None:
            self._look = loop.call_later(LOOKS, self._give_up, loop)
        connection.ask(question, waiting)
        try:
            answer = await waiting
        except Broken:
            connection.close()
            raise
        finally:
            self._busy.discard(connection)
        if connection.usable:
            self._idle.append(connection)
        return answer

    def _give_up(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell those who waited too long; looked at once a second, for an alarm a question costs more than asking."""
        now = loop.time()
        for connection in self._busy:
            waiting = connection.waiting
            if connection.too_late < now and waiting is not None and not waiting.done():
                waiting.set_exception(Broken(f"no answer in {PATIENCE:.0f} s"))
        self._look = loop.call_later(LOOKS, self._give_up, loop) if self._busy else None
