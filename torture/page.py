"""A contestant's browser: opens the exam, answers, saves, submits, and never gives up, as the page's script does.

It knows its score before the site does: the invented bank's right options say that they are right.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from urllib.parse import urlencode

from benchmarks.installation import HOST

from torture.filling import SLUG
from torture.rig import Person
from torture.wire import Connection, Message

RIGHT = "đúng"
ASKED = 20
HOME = f"/{SLUG}/"
SAVE_WITHIN, SUBMIT_WITHIN = 15.0, 20.0  # seconds, those of exam.js
_FORM = re.compile(r'<form\b[^>]*\baction="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input\b(?=[^>]*\btype="hidden")[^>]*>')
_NAME, _VALUE = re.compile(r'\bname="([^"]*)"'), re.compile(r'\bvalue="([^"]*)"')
_OPTION = re.compile(r'<input\b[^>]*\bname="c(\d+)"[^>]*\bvalue="(\d)"[^>]*>(.*?)</label>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_RESULT = re.compile(r"/ket-qua/(\d+)/$")


@dataclass
class Sat:
    """One attempt as its contestant's own book has it; instants are this machine's clock, as the database's is."""

    contestant: int
    number: int
    right: int  # how many of the sheet that was sent are right
    sheet: list[int]
    receipts: set[str] = field(default_factory=set)  # every place where an acknowledgement led
    codes: set[str] = field(default_factory=set)  # every short code that its result page showed
    opened: float = 0.0  # when its paper was on the screen
    sent: float = 0.0  # when it was submitted first
    acknowledged: float = 0.0  # when the site said for the first time that it has it; 0: never


@dataclass
class Seen:
    """What all pages of a trial met."""

    answers: dict[int, int] = field(default_factory=dict)  # by status
    lost: int = 0  # requests without an answer
    waits: list[float] = field(default_factory=list)  # seconds of each answer on the exam's way
    odd: list[str] = field(default_factory=list)  # what must never be met

    def count(self, answer: Message, took: float) -> None:
        """One answer."""
        self.answers[answer.status] = self.answers.get(answer.status, 0) + 1
        self.waits.append(took)

    def percentile(self, share: float) -> float:
        """Seconds under which that share of the answers came."""
        ordered = sorted(self.waits) or [0.0]
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True)
class Paper:
    """The open exam as the page shows it."""

    number: int
    hidden: dict[str, str]
    right: list[int]  # the place of the right option of each question

    @classmethod
    def read(cls, page: str) -> Paper | None:
        """From the page, if a paper stands on it."""
        for action, inside in _FORM.findall(page):
            if found := re.search(r"/thi/(\d+)/nop/$", action):
                shown = [(int(n), int(value), _TAG.sub("", text)) for n, value, text in _OPTION.findall(inside)]
                places = {n: value for n, value, text in shown if text.split()[-1:] == [RIGHT]}
                return cls(int(found[1]), hidden(inside), [places[n] for n in range(1, ASKED + 1)])
        return None


def hidden(form: str) -> dict[str, str]:
    """Every hidden field of a form: a page sends them all back."""
    found = {}
    for tag in _HIDDEN.findall(form):
        name, value = _NAME.search(tag), _VALUE.search(tag)
        if name:
            found[name[1]] = html.unescape(value[1]) if value else ""
    return found


class Page:
    """One contestant at one device."""

    def __init__(
        self,
        port: int,
        person: Person,
        seen: Seen,
        rng: Random,
        *,
        again: float = 5.0,
        until: Callable[[], bool],
        through: int | None = None,
    ) -> None:
        """``again``: seconds between tries (5 in exam.js); ``until`` says that the trial is over: nobody tries on.

        ``through``: the port of a proxy that the browser knows nothing of.
        """
        self.person, self.seen, self.rng, self.again, self.over = person, seen, rng, again, until
        self.wire = Connection(through or port, name=f"{HOST}:{port}")
        self.origin = f"http://{HOST}:{port}"
        self.crumbs = {"sessionid": person.session}

    async def move(self, port: int) -> None:
        """Go on at another site of the same installation."""
        await self.wire.close()
        self.wire, self.origin = Connection(port), f"http://{HOST}:{port}"

    async def ask(
        self, path: str, form: dict[str, str] | None = None, *, accept: str = "text/html", within: float = SUBMIT_WITHIN
    ) -> Message:
        """One request; keeps cookies. Raises ConnectionError or TimeoutError."""
        fields = {"Accept": accept, "Cookie": "; ".join(f"{k}={v}" for k, v in self.crumbs.items())}
        body = None
        if form is not None:
            body = urlencode(form).encode()
            fields |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        began = time.monotonic()
        answer = await self.wire.ask("GET" if form is None else "POST", path, fields, body, within=within)
        self.seen.count(answer, time.monotonic() - began)
        for name, value in answer.fields:
            if name == "set-cookie":
                crumb = value.split(";")[0].partition("=")
                self.crumbs[crumb[0]] = crumb[2]
        return answer

    async def steadily(
        self,
        path: str,
        form: dict[str, str] | None = None,
        *,
        accept: str = "text/html",
        within: float = SUBMIT_WITHIN,
    ) -> Message | None:
        """The same, tried again until there is an answer that is no failure of the site's; None when all is over."""
        while not self.over():
            try:
                answer = await self.ask(path, form, accept=accept, within=within)
                if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return answer
            except (ConnectionError, TimeoutError):
                self.seen.lost += 1
            await asyncio.sleep(self.again * self.rng.uniform(0.6, 1.4))
        return None

    async def open_paper(self) -> Paper | None:
        """The open exam, or a new one: with the start page's own form. None when no exam can be started."""
        page = await self.steadily(f"{HOME}thi/")
        if page is None:
            return None
        if paper := Paper.read(page.text):
            return paper
        forms = dict(_FORM.findall(page.text))
        start = f"{HOME}thi/bat-dau/"
        if start not in forms:
            return None
        answer = await self.steadily(start, hidden(forms[start]))
        if answer is not None and answer.status in {302, 303}:
            answer = await self.steadily(answer.field("location"))
        return Paper.read(answer.text) if answer is not None else None

    def fill(self, paper: Paper, chance: float = 0.7) -> Sat:
        """Choose: each question right with that chance."""
        sheet = [place if self.rng.random() < chance else (place + 1) % 4 for place in paper.right]
        right = sum(mine == place for mine, place in zip(sheet, paper.right, strict=True))
        return Sat(self.person.contestant, paper.number, right, sheet)

    def form(self, paper: Paper, sheet: list[int], revision: int) -> dict[str, str]:
        """The paper's form with the choices."""
        chosen = {f"c{n}": str(place) for n, place in enumerate(sheet, 1) if place >= 0}
        return {**paper.hidden, "ban": str(revision), **chosen}

    async def save(self, paper: Paper, sheet: list[int], revision: int) -> int:
        """Keep the sheet; the status, or 0 when nothing came back."""
        try:
            form = self.form(paper, sheet, revision)
            answer = await self.ask(
                f"{HOME}thi/{paper.number}/luu/", form, accept="application/json", within=SAVE_WITHIN
            )
        except (ConnectionError, TimeoutError):
            self.seen.lost += 1
            return 0
        return answer.status

    async def submit(self, paper: Paper, sat: Sat, revision: int = 9) -> bool:
        """Hand in until the site says that it has it; whether it did."""
        form = {**self.form(paper, sat.sheet, revision), "chac": "1"}
        sat.sent = sat.sent or time.time()
        answer = await self.steadily(f"{HOME}thi/{paper.number}/nop/", form, accept="application/json")
        return answer is not None and self.noted(sat, answer)

    def noted(self, sat: Sat, answer: Message) -> bool:
        """Enter an acknowledgement in the book; anything else on this way is odd."""
        where = answer.field("location")
        if answer.status == HTTPStatus.OK and answer.field("content-type") == "application/json":
            where = str(json.loads(answer.body).get("next", ""))
        if answer.status in {200, 302, 303} and (found := _RESULT.search(where)) and int(found[1]) == sat.number:
            sat.acknowledged = sat.acknowledged or time.time()
            sat.receipts.add(where)
            return True
        self.seen.odd.append(f"{answer.status} {where} {_TAG.sub(' ', answer.text)[:200]}")
        return False

    async def sit(self, *, saves: int = 1) -> Sat | None:
        """A whole exam; None when there was none to be had before the end."""
        paper = await self.open_paper()
        if paper is None:
            return None
        sat = self.fill(paper)
        for revision in range(1, saves + 1):
            part = [place if n < ASKED * revision // (saves + 1) else -1 for n, place in enumerate(sat.sheet)]
            await self.save(paper, part, revision)
        await self.submit(paper, sat, saves + 1)
        return sat
