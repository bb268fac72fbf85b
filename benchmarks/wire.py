"""Asking over real connections that are kept open, many at once, from one thread; what it spends is not counted.

A visit is a generator: it yields what to ask and is sent the answer. `drive` hands the visits out to connections; each
connection asks its next question as soon as it has the whole answer to the one before.
"""

from __future__ import annotations

import selectors
import socket
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property

PATIENCE = 60.0  # seconds without any answer
LARGEST = 1 << 18  # bytes read at a time


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: what it is called in the tables, and how a browser would put it."""

    name: str
    method: str
    path: str
    headers: dict[str, str]
    body: str = ""

    def bytes(self, host: str) -> bytes:
        """As it goes over the wire."""
        body = self.body.encode()
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if body or self.method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Answer:
    """What came back, and how long it took."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    seconds: float = 0.0
    size: int = 0  # bytes on the wire, without the head

    def header(self, name: str) -> str:
        """The first of that name (lower case), or nothing."""
        return next((value for known, value in self.headers if known == name), "")

    @cached_property
    def text(self) -> str:
        """The page itself."""
        packed = self.header("content-encoding") == "gzip"
        return (zlib.decompress(self.body, 31) if packed else self.body).decode()


Visit = Generator[Asked, Answer, None]


@dataclass
class Times:
    """How long each kind of question took, in seconds, and how many bytes came back."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def note(self, asked: Asked, answer: Answer) -> None:
        """One more."""
        self.seconds[asked.name].append(answer.seconds)
        self.sizes[asked.name].append(answer.size)


class Connection:
    """One kept connection, with the visit that it makes."""

    def __init__(self, host: str, port: int) -> None:
        self.host = f"{host}:{port}"
        self.socket = socket.create_connection((host, port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.close = self.socket.close
        self._read = bytearray()

    def begin(self, visits: Iterator[Visit]) -> bool:
        """Take the next visit and ask its first question; False when there is none."""
        self.visits = visits
        for visit in visits:
            for first in visit:
                self.visit = visit
                self._ask(first)
                return True
        return False

    def go_on(self, answer: Answer) -> bool:
        """The visit's next question, or the next visit."""
        try:
            self._ask(self.visit.send(answer))
        except StopIteration:
            return self.begin(self.visits)
        return True

    def _ask(self, asked: Asked) -> None:
        self.asked, self.said = asked, time.perf_counter()
        self.socket.sendall(asked.bytes(self.host))

    def hear(self) -> Answer | None:
        """Read what is there; the answer once it is whole."""
        came = self.socket.recv(LARGEST)
        if not came:
            raise SystemExit(f"{self.asked.name}: the server closed the connection\n{bytes(self._read[:500])!r}")
        self._read += came
        found = _whole(self._read)
        if found is None:
            return None
        self._read.clear()
        found.seconds = time.perf_counter() - self.said
        found.size = len(found.body)
        return found


def _whole(read: bytearray) -> Answer | None:
    head, mark, rest = bytes(read).partition(b"\r\n\r\n")
    if not mark:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    answer = Answer(int(first.split()[1]), headers, rest)
    if answer.header("transfer-encoding") == "chunked":
        if not rest.endswith(b"0\r\n\r\n"):
            return None
        answer.body = _unchunked(rest)
        return answer
    return answer if len(rest) >= int(answer.header("content-length") or 0) else None


def _unchunked(rest: bytes) -> bytes:
    parts, at = [], 0
    while size := int(rest[at : (line := rest.index(b"\r\n", at))], 16):
        parts.append(rest[line + 2 : line + 2 + size])
        at = line + 4 + size
    return b"".join(parts)


def drive(*groups: tuple[Iterable[Visit], Sequence[Connection]], going_on: Callable[[], bool] = lambda: True) -> Times:
    """Make all visits, each over one of the connections beside it, or until ``going_on`` says no."""
    times = Times()
    with selectors.DefaultSelector() as selector:
        for visits, connections in groups:
            waiting = iter(visits)
            for connection in connections:
                if connection.begin(waiting):
                    selector.register(connection.socket, selectors.EVENT_READ, connection)
        while selector.get_map():
            ready = selector.select(PATIENCE)
            if not ready:
                raise SystemExit(f"no answer within {PATIENCE:.0f} s")
            for key, _ in ready:
                if not _heard(key.data, times, going_on):
                    selector.unregister(key.data.socket)
    return times


@contextmanager
def connected(host: str, port: int, count: int) -> Iterator[list[Connection]]:
    """So many connections, kept until the end."""
    with ExitStack() as kept:
        yield [kept.enter_context(closing(Connection(host, port))) for _ in range(count)]


def _heard(connection: Connection, times: Times, going_on: Callable[[], bool]) -> bool:
    """Take what came; whether the connection has more to do."""
    answer = connection.hear()
    if answer is None:
        return True
    times.note(connection.asked, answer)
    return going_on() and connection.go_on(answer)
