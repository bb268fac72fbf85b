"""A network that misbehaves: a proxy that cuts, doubles, delays and reorders whole requests and answers (R05, R09)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from random import Random
from typing import Self

from benchmarks.installation import HOST

from torture.wire import LONGEST, Cut, read_message

WITHIN = 60.0  # seconds until an answer is no longer waited for


class Proxy:
    """Listens before a site. Each POST meets one of ``fates`` by its weight; every other request passes.

    pass; deaf: the request never arrives; mute: it is carried out and the answer is lost; double: carried out twice at
    once; late: the answer is lost and the request arrives up to ``delay`` seconds later, after what came meanwhile;
    slow: all of it waits that long.
    """

    def __init__(self, port: int, fates: Mapping[str, float], *, delay: float, rng: Random) -> None:
        self.upstream, self.fates, self.delay, self.rng = port, dict(fates), delay, rng
        self.met: Counter[str] = Counter()
        self.port = 0
        self._later: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0, limit=LONGEST)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self.settled()

    async def settled(self) -> None:
        """Until everything that was held back has arrived."""
        while self._later:
            await asyncio.gather(*self._later)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, Cut, TimeoutError):
            while True:
                request = await read_message(reader)
                answer = await self._meet(request.raw, self._fate(request.first))
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        writer.close()

    def _fate(self, first: str) -> str:
        fate = "pass"
        if first.startswith("POST"):
            (fate,) = self.rng.choices(list(self.fates), list(self.fates.values()))
            self.met[fate] += 1
        return fate

    async def _meet(self, request: bytes, fate: str) -> bytes | None:
        wait = self.delay * self.rng.random()
        if fate == "deaf":
            return None
        if fate == "late":
            self._hold(request, wait)
            return None
        if fate == "double":
            self._hold(request, 0)
        answer = await self._forward(request, wait if fate == "slow" else 0)
        return None if fate == "mute" else answer

    def _hold(self, request: bytes, wait: float) -> None:
        task = asyncio.create_task(self._unheard(request, wait))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _unheard(self, request: bytes, wait: float) -> None:
        """Carried out or not: nobody waits for this answer."""
        with suppress(ConnectionError, Cut, TimeoutError):
            await self._forward(request, wait)

    async def _forward(self, request: bytes, wait: float) -> bytes:
        await asyncio.sleep(wait)
        reader, writer = await asyncio.open_connection(HOST, self.upstream, limit=LONGEST)
        try:
            writer.write(request)
            await writer.drain()
            return (await asyncio.wait_for(read_message(reader), WITHIN)).raw
        finally:
            writer.close()
