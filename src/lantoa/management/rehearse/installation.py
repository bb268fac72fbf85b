"""What the installation says of itself, by its open data and pages: read as anybody may."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lantoa.management.rehearse.browser import OK
from lantoa.management.rehearse.wire import Wire
from lantoa_verify.export import CHECKPOINT, Site, read_lines
from lantoa_verify.notes import Checkpoint, split_note

API = "/api/v1/contests/"
SETTLED, LOOKS = 75, 2.0  # tries, and seconds between them, until the figures are of a minute after the run
BETWEEN = 10.0  # seconds after which one who asked too often asks again
TOO_OFTEN = 429


class NotARehearsal(ValueError):
    """The address is not a fresh rehearsal's: nothing is driven that real people take part in, nor twice."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What must be known of the contest before it begins."""

    slug: str
    name: str
    asked: int
    time_limit: int  # seconds
    units: list[str]  # codes
    populations: list[int]


class Installation:
    """Reads one contest's open data."""

    def __init__(self, wire: Wire, slug: str) -> None:
        self.wire, self.slug = wire, slug

    async def rehearsal(self) -> Rehearsal:
        """The contest, if it was made to be rushed; raises :class:`NotARehearsal`."""
        told = await self.read("")
        if told.get("rehearsal") is not True:
            raise NotARehearsal(f"{self.slug}: không phải cuộc diễn tập")
        if (await self.read("statistics"))["registered"]:
            raise NotARehearsal(f"{self.slug}: đã diễn tập rồi; xóa đi và chuẩn bị lại")
        units = (await self.read("units/"))["units"]
        return Rehearsal(
            self.slug,
            told["name"],
            told["asked"],
            told["time_limit"],
            [unit["code"] for unit in units],
            [unit["population"] or 1 for unit in units],
        )

    async def settled(self, since: datetime) -> dict[str, Any]:
        """The statistics of a minute after ``since``; the newest there are when it does not come."""
        figures = await self.read("statistics")
        for _ in range(SETTLED):
            if datetime.fromisoformat(figures["as_of"]).astimezone(UTC) > since:
                break
            await asyncio.sleep(LOOKS)
            figures = await self.read("statistics")
        return figures

    async def board(self) -> list[dict[str, Any]]:
        """The whole of it."""
        return [row async for row in self.standings()]

    async def standings(self) -> AsyncIterator[dict[str, Any]]:
        """Every row of the board, in order."""
        path: str | None = "standings?limit=100"
        while path:
            page = await self.read(path)
            for row in page["rows"]:
                yield row
            path = page["next"] and page["next"].partition(f"/{self.slug}/")[2]

    async def log(self) -> Counter[str]:
        """Lines of the published log by kind."""
        return await asyncio.to_thread(self._log)

    def _log(self) -> Counter[str]:
        source = Site(f"{self.wire.address}/log/{self.slug}")
        checkpoint = source.read(CHECKPOINT)
        if checkpoint is None:
            return Counter()
        size = Checkpoint.parse(split_note(checkpoint.decode())[0]).size
        lines = (line for bundle in read_lines(source, size) for line in bundle)
        return Counter(line.split(b" ", 1)[0].decode() for line in lines)

    async def read(self, path: str) -> dict[str, Any]:
        """One answer of the open data; waits its turn where it is asked too often."""
        question = f"GET {API}{self.slug}/{path} HTTP/1.1\r\nHost: {self.wire.host}\r\nAccept: application/json\r\n\r\n"
        answer = await self.wire.ask(question.encode())
        while answer.status == TOO_OFTEN:
            await asyncio.sleep(BETWEEN)
            answer = await self.wire.ask(question.encode())
        if answer.status != OK:
            raise NotARehearsal(f"{API}{self.slug}/{path}: {answer.status}")
        found: dict[str, Any] = json.loads(answer.text)
        return found
