"""A telephone on 2G: a link that carries few bytes a second and takes its time, for whoever connects to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from benchmarks.installation import HOST

DOWN, UP = 6_250, 2_500  # bytes a second: GPRS, 50 and 20 kbit/s
AWAY = 0.3  # seconds that a byte is on its way
PIECE = 500  # bytes that travel together


@asynccontextmanager
async def thin_link(port: int) -> AsyncIterator[int]:
    """The port of a link that leads to that one."""

    async def carry(near: asyncio.StreamReader, near_writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):  # the trial ends while it is open
            far, far_writer = await asyncio.open_connection(HOST, port)
            await asyncio.gather(_flow(near, far_writer, UP), _flow(far, near_writer, DOWN))

    server = await asyncio.start_server(carry, HOST, 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _flow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rate: int) -> None:
    """One direction; what follows closely travels behind what went before."""
    passed = 0.0
    try:
        while piece := await reader.read(PIECE):
            if time.monotonic() - passed > AWAY:
                await asyncio.sleep(AWAY)
            await asyncio.sleep(len(piece) / rate)
            writer.write(piece)
            await writer.drain()
            passed = time.monotonic()
    finally:
        writer.close()
