"""Connections of every kind of bad manners, in a process of their own: `python -m torture.pests PORT SECONDS KINDS`.

They come within so many seconds, each again when it is thrown out, and stay until the process is ended. Each line that
it says is how many are open. Whoever measures others beside them shares no turn with them.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from benchmarks.installation import HOST

from torture.page import HOME
from torture.wire import read_message

DRIP = 1.0  # seconds between two bytes
KEPT = (20.0, 28.0)  # seconds between two requests over a connection that stays: before nginx lets go of it
ADDRESSES = 50  # they come from: one may hold 2,000 requests open
_HEAD = f"GET {HOME} HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: "
_BODY = (
    f"POST {HOME}thi/bat-dau/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Cookie: sessionid=cham\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 4000\r\n\r\nphieu="
)
_SMALL = f"GET /static/img/favicon.svg HTTP/1.1\r\nHost: {HOST}\r\n\r\n"  # nginx has it itself: nobody's turn
_WHOLE = f"GET {HOME}xep-hang/ HTTP/1.1\r\nHost: {HOST}\r\nAccept: text/html\r\n\r\n"


@dataclass
class Pests:
    """Connections of each kind of bad manners, until they are cancelled; they come from fifty addresses."""

    port: int
    rng: Random = field(default_factory=lambda: Random(90))
    open: int = 0
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def come(self, kinds: dict[str, int], within: float) -> None:
        """So many of each kind, one after the other, all within that time."""
        for kind, count in kinds.items():
            self.tasks += [asyncio.create_task(self._be(kind, self.rng.uniform(0, within))) for _ in range(count)]

    async def _be(self, kind: str, when: float) -> None:
        """One of them, again and again when it is thrown out."""
        await asyncio.sleep(when)
        source = (f"127.0.1.{self.rng.randint(1, ADDRESSES)}", 0)
        while True:
            with suppress(OSError):
                reader, writer = await asyncio.open_connection(HOST, self.port, local_addr=source)
                self.open += 1
                try:
                    await self._behave(kind, reader, writer)
                finally:
                    self.open -= 1
                    writer.close()
            await asyncio.sleep(DRIP)

    async def _behave(self, kind: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write({"head": _HEAD, "body": _BODY, "read": _WHOLE, "kept": "", "silent": ""}[kind].encode())
        if kind == "read":
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        while True:
            if kind == "silent":
                await reader.read(1)
                return
            if kind == "kept":
                writer.write(_SMALL.encode())
                await read_message(reader)
                await asyncio.sleep(self.rng.uniform(*KEPT))
                continue
            await asyncio.sleep(DRIP)
            if kind != "read":
                writer.write(b"x")
                await writer.drain()
            elif not await reader.read(1):
                return


async def main(port: int, within: float, kinds: dict[str, int]) -> None:
    """Until it is ended. In truth they are elsewhere: they take no processor away from the site."""
    os.nice(19)
    pests = Pests(port)
    pests.come(kinds, within)
    while True:
        print(pests.open, flush=True)
        await asyncio.sleep(DRIP)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), json.loads(sys.argv[3])))
