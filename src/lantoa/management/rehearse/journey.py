"""What people do, step by step, as their browsers would; each step raises Unexpected where an honest person is stopped.

Names and texts are invented; results are what the pages show.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from lantoa.management.demo import names
from lantoa.management.demo.shares import MESSAGES
from lantoa.management.rehearse.books import Person, Sat
from lantoa.management.rehearse.browser import MOVED, OK, Browser, Place, Unexpected
from lantoa.management.rehearse.forms import Form, NoForm, errors_of, form_with
from lantoa.management.rehearse.wire import Answer
from lantoa.people.models import Group
from lantoa.people.rehearsals import numbers_of

MOST_CARDS = 200  # of a course; more means going round in circles
LEFT_OUT = 0.02  # of the answers, as people leave some out
_CARD = re.compile(r'class="btn btn--wide"\s+href="([^"]+/hoc/[^"/]+/\d+/)"')
_PAPER = re.compile(r'action="[^"]*/thi/(\d+)/nop/"')
_SAVE = re.compile(r'data-save="([^"]+)"')
_RIGHT = re.compile(r'class="hero-score">\s*(\d+)')
_SPAN = re.compile(r'<strong class="num">(?:(\d+) phút )?(\d+) giây</strong>')
_RANKS = re.compile(r'class="figure">([\d.]+)</p>')
RESULT = re.compile(r"/ket-qua/(\d+)/")


@dataclass(frozen=True, slots=True)
class Manner:
    """How people use it."""

    saves: int = 20  # of a sitting: one an answer, as people take their time
    password: str = "phượng nở đỏ bến Bính"  # noqa: S105 (of invented people, gone with them)


class Journey:
    """The steps at one place; what was acknowledged goes into the books."""

    def __init__(self, place: Place, seed: int, manner: Manner) -> None:
        self.place, self.books, self.manner = place, place.books, manner
        self._rng = Random(f"lantoa/rehearse/1 {seed}")  # noqa: S311 (invented people, no secret)

    # --- opening ---------------------------------------------------------------------------------------------------

    async def register(self, person: Person) -> None:
        """From the landing, or the unit's QR code, over the form to the topics."""
        browser, home = Browser(self.place, person), self.place.home
        by_code = self._rng.random() < 0.4  # noqa: PLR2004 (four of ten come by the code on their unit's poster)
        await browser.open("unit's page" if by_code else "landing", f"{home}don-vi/{person.unit}/" if by_code else home)
        path = f"{home}dang-ky/" + (f"?don-vi={person.unit}" if by_code else "")
        page = await browser.open("registration form", path)
        form = _form("registration form", page, 'name="full_name"')
        full_name, _ = names.name(self._rng)
        phone, citizen_id = numbers_of(person.serial)
        answer = await browser.send(
            "register", form, path, full_name=full_name, phone=phone, citizen_id=citizen_id, unit=person.unit,
            sub_unit="", group=self._rng.choice(Group.values), password=self.manner.password, consent="on",
        )  # fmt: skip
        if answer.status not in MOVED:
            raise Unexpected("register", f"{answer.status} {errors_of(answer.text)}"[:200])
        person.registered = True
        await browser.follow("topics", answer)

    async def sign_in(self, person: Person) -> None:
        """On another device, or after the cookies went."""
        person.cookies.clear()
        browser, path = Browser(self.place, person), f"/dang-nhap/?contest={self.place.home.strip('/')}"
        page = await browser.open("sign-in form", path)
        form = _form("sign-in form", page, 'name="login"')
        login = numbers_of(person.serial)[0]
        answer = await browser.send("sign in", form, path, login=login, password=self.manner.password)
        if answer.status not in MOVED:
            raise Unexpected("sign in", f"{answer.status} {errors_of(answer.text)}"[:200])
        self.books.sign_ins += 1
        await browser.follow("topics", answer)

    async def learn(self, person: Person) -> None:
        """All compulsory cards, by the button that leads on."""
        browser = Browser(self.place, person)
        page = await browser.open("topics", f"{self.place.home}hoc/")
        for _ in range(MOST_CARDS):
            link = _CARD.search(page.text)
            if link is None:
                break
            card = await browser.open("card", link[1])
            answer = await browser.send("card done", _form("card", card, 'value="done"'), link[1])
            page = await browser.follow("lesson", answer)
            self.books.cards += 1
        person.learned = True

    # --- the exam --------------------------------------------------------------------------------------------------

    async def sit(self, person: Person, seconds: float, *, hand_in: bool = True, twice: bool = False) -> None:
        """Start, answer with a save for each, hand in, see the result; ``twice`` presses the last button two times.

        Whoever was turned away in the middle of an exam finds its paper there and goes on with it.
        """
        browser, path = Browser(self.place, person), f"{self.place.home}thi/"
        paper = await browser.open("exam", path)
        if not _PAPER.search(paper.text):
            form = _form("exam", paper, "/thi/bat-dau/")
            paper = await browser.follow("paper", await browser.send("start", form, path))
        text = paper.text
        number = _found("paper", _PAPER, text)
        sheet = await self._answer(browser, text, seconds)
        if not hand_in:
            person.left_open = int(number)
            return
        form = _form_of("paper", text, "/nop/")
        asked = [browser.send("submit", form, path, **sheet, chac="1") for _ in range(1 + twice)]
        answers = await asyncio.gather(*asked)
        if len({answer.location for answer in answers}) > 1 or answers[0].status not in MOVED:
            raise Unexpected("submit", " / ".join(f"{one.status} {one.location}" for one in answers))
        person.sat.append(result_of(await browser.follow("result", answers[0]), int(number)))

    async def _answer(self, browser: Browser, text: str, seconds: float) -> dict[str, str]:
        """The sheet as it stands at the end; the whole of it is saved with every answer."""
        form, save = _form_of("paper", text, "/nop/"), _found("paper", _SAVE, text)
        asked = text.count("<fieldset")
        sheet: dict[str, str] = {}
        revision = int(form.fields.get("ban", "1"))
        for place in range(1, asked + 1):
            if self._rng.random() >= LEFT_OUT:
                sheet[f"c{place}"] = str(self._rng.randrange(4))
            if place * self.manner.saves // asked > (place - 1) * self.manner.saves // asked:
                await asyncio.sleep(seconds / max(1, self.manner.saves))
                revision += 1
                kept = await browser.tell("save", save, form, **sheet, ban=str(revision))
                if kept.status != OK:
                    raise Unexpected("save", f"{kept.status} {kept.text[:80]}")
                self.books.saves += 1
        return sheet | {"ban": str(revision + 1)}

    # --- afterwards ------------------------------------------------------------------------------------------------

    async def share(self, person: Person) -> None:
        """Send a message to neighbours."""
        browser, path = Browser(self.place, person), f"{self.place.home}chia-se/"
        form = _form("share form", await browser.open("share form", path), 'name="noi-dung"')
        own = {"loai": "message", "noi-dung": self._rng.choice(MESSAGES), "dang": "1"}
        answer = await browser.send("share", form, path, **own)
        await browser.follow("share form", answer)
        person.shared = True
        self.books.shares += 1

    async def look_up(self, person: Person) -> None:
        """One's own place on the board."""
        await Browser(self.place, person).open("my place", f"{self.place.home}xep-hang/")

    async def look(self, units: Sequence[str]) -> None:
        """A passer-by opens one page."""
        step, path = self._page(units)
        answer = await self.place.get(step, path)
        if answer.status != OK:
            raise Unexpected(step, str(answer.status))

    def _page(self, units: Sequence[str]) -> tuple[str, str]:
        ((name, path),) = self._rng.choices(LOOKED_AT, OFTEN)
        return name, self.place.home + path.format(unit=self._rng.choice(units))


# What passers-by open, and how many of a hundred.
LOOKED_AT, OFTEN = zip(
    *(
        (("landing", ""), 44),
        (("units' board", "xep-hang/don-vi/"), 16),
        (("board", "xep-hang/"), 12),
        (("statistics", "thong-ke/"), 8),
        (("unit's page", "don-vi/{unit}/"), 8),
        (("rules", "the-le/"), 5),
        (("wall", "lan-toa/"), 4),
        (("documents", "van-ban/"), 3),
    ),
    strict=True,
)


def result_of(page: Answer, number: int) -> Sat:
    """What the page of a result says."""
    text = page.text
    span = _SPAN.search(text)
    if span is None:
        raise Unexpected("result", "no time on the page")
    return Sat(number, int(_found("result", _RIGHT, text)), 60 * int(span[1] or 0) + int(span[2]))


def ranks_of(page: Answer) -> tuple[int, int]:
    """In the whole contest and in one's unit, as the page of a result says."""
    city, unit = (int(figure.replace(".", "")) for figure in _RANKS.findall(page.text)[:2])
    return city, unit


def _form(step: str, page: Answer, mark: str) -> Form:
    return _form_of(step, page.text, mark)


def _form_of(step: str, text: str, mark: str) -> Form:
    try:
        return form_with(text, mark)
    except NoForm as other:
        raise Unexpected(step, str(other)) from other


def _found(step: str, pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if found is None:
        raise Unexpected(step, f"no {pattern.pattern} on the page")
    return found[1]
