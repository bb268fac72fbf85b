"""What people do on the site, request by request, as their browsers do it: forms with all their hidden fields, no more.

Each story is a visit for `wire.drive`; a name in it is a line of the tables. `sitting` is the whole way through the
exam; the rest is what else the rush consists of.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from benchmarks.wire import Answer, Asked, Visit

PASSWORD = "bến cảng mùa hoa phượng"
SIGNED = ", signed in"
SAVES = 6  # whole sheets that the page sends on its own in one attempt (performance.md)
BROWSER = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130 Safari/537.36",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "vi-VN,vi;q=0.9,en;q=0.8",
    "Sec-Fetch-Site": "same-origin",
}
PAGE = "text/html,application/xhtml+xml,*/*;q=0.8"
_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_ACTION = re.compile(r'\baction="([^"]*)"')
_HIDDEN = re.compile(r'<input\b(?=[^>]*\btype="hidden")[^>]*>')
_NAME, _VALUE = re.compile(r'\bname="([^"]*)"'), re.compile(r'\bvalue="([^"]*)"')


def phone(serial: int) -> str:
    return f"0912{serial:06}"


def citizen_id(serial: int) -> str:
    return f"031090{serial:06}"


@dataclass(frozen=True)
class Place:
    """Where the walk leads: the site's address, the contest, a lesson in it, the unit to register for."""

    origin: str  # what a browser names as its own
    slug: str
    lesson: str
    unit: str
    asked: int

    @property
    def home(self) -> str:
        """The contest's landing."""
        return f"/{self.slug}/"


@dataclass
class Walker:
    """Somebody with a browser: what it keeps, and the page that it shows."""

    place: Place
    serial: int
    login: str = ""  # a user name; else the telephone number
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""
    leads: str = ""  # where the last answer sent the browser

    def get(self, name: str, path: str) -> Asked:
        """Open a page."""
        return Asked(name, "GET", path, {**BROWSER, "Accept": PAGE, **self._crumbs()})

    def post(self, name: str, path: str, fields: dict[str, str], *, to: str = "", accept: str = PAGE) -> Asked:
        """Send the form of the page whose action is ``path``, with all that it hides; ``to`` another address."""
        form = {**self.hidden(path, fields), **fields}
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded", "Origin": self.place.origin}
        return Asked(name, "POST", to or path, {**BROWSER, **headers, **self._crumbs()}, urlencode(form))

    def _crumbs(self) -> dict[str, str]:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": kept} if kept else {}

    def hidden(self, action: str, fields: dict[str, str]) -> dict[str, str]:
        """The hidden fields of the form for ``action`` that suits ``fields`` best; one of the page itself too."""
        forms = [inside for attributes, inside in _FORM.findall(self.page) if _leads(attributes) in {action, ""}]
        if not forms:
            raise SystemExit(f"the page has no form for {action}\n{self.page[:2000]}")
        meant = max(forms, key=lambda inside: sum(_suits(inside, *pair) for pair in fields.items()))
        inputs = [(_NAME.search(one), _VALUE.search(one)) for one in _HIDDEN.findall(meant)]
        return {name[1]: html.unescape(value[1]) if value else "" for name, value in inputs if name}

    def see(self, answer: Answer, *expected: int) -> None:
        """Take an answer: what it sets, shows, and where it leads."""
        if answer.status not in (expected or (200,)):
            raise SystemExit(f"{answer.status} instead of {expected or 200}\n{answer.headers}\n{answer.text[:3000]}")
        for name, value in answer.headers:
            if name == "set-cookie":
                crumb, _, rest = value.partition(";")
                self._keep(*crumb.partition("=")[::2], gone="max-age=0" in rest.lower().replace(" ", ""))
        self.leads = urlsplit(answer.header("location")).path
        if answer.header("content-type").startswith("text/html") and answer.status == 200:
            self.page = answer.text

    def _keep(self, name: str, value: str, *, gone: bool) -> None:
        if gone:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def sheet(self) -> dict[str, str]:
        """An answer to every question."""
        return {f"c{number}": str((number + self.serial) % 4) for number in range(1, self.place.asked + 1)}


def _leads(attributes: str) -> str:
    """Where a form is sent, or nothing."""
    found = _ACTION.search(attributes)
    return urlsplit(html.unescape(found[1])).path if found else ""


def _suits(inside: str, name: str, value: str) -> int:
    """2 for a field of that name and value, 1 for one of that name."""
    return (f'name="{name}"' in inside) + (f'name="{name}" value="{value}"' in inside)


def signing_in(me: Walker, onward: str = "") -> Visit:
    """Open the sign-in page, as the site leads there, and send it."""
    path = "/dang-nhap/"
    asked = urlencode({"next": onward or me.place.home, "contest": me.place.slug})
    me.see((yield me.get("sign-in page", f"{path}?{asked}")))
    me.see((yield me.post("sign in", path, {"login": me.login or phone(me.serial), "password": PASSWORD})), 302)


def sitting(me: Walker, number: int = 1, saves: int = SAVES) -> Visit:
    """Signed in: the start page, the paper of that number, its saves, the submission, the result, the board."""
    exam = f"{me.place.home}thi/"
    start, save, submit = f"{exam}bat-dau/", f"{exam}{number}/luu/", f"{exam}{number}/nop/"
    me.see((yield me.get("exam start page", exam)))
    me.see((yield me.post("start", start, {})), 200, 302, 303)
    if me.leads:
        me.see((yield me.get("start", me.leads)))
    for revision in range(1, saves + 1):
        sheet = {**me.sheet(), "ban": str(revision)}
        me.see((yield me.post("save", submit, sheet, to=save, accept="application/json")))
    final = {**me.sheet(), "ban": str(saves + 1), "chac": "1"}
    me.see((yield me.post("submit", submit, final)), 302, 303)
    me.see((yield me.get("result", me.leads)))
    me.see((yield me.get(f"standings{SIGNED}", f"{me.place.home}xep-hang/")))


def whole_flow(me: Walker) -> Visit:
    """From the landing to the board, as one person walks it."""
    me.see((yield me.get("landing", me.place.home)))
    yield from signing_in(me, f"{me.place.home}thi/")
    yield from sitting(me)


def learning(me: Walker) -> Visit:
    """Signed in: a card of a lesson, read and ticked off."""
    topics = f"{me.place.home}hoc/"
    card = f"{topics}{me.place.lesson}/1/"
    me.see((yield me.get("topics", topics)))
    me.see((yield me.get("lesson", f"{topics}{me.place.lesson}/")))
    me.see((yield me.get("lesson card", card)))
    me.see((yield me.post("card done", card, {"do": "done"})), 302)


def looking_around(me: Walker, who: str = "") -> Visit:
    """What visitors open before the end; ``who`` says in the names that somebody is signed in."""
    for name, path in (("landing", ""), ("standings", "xep-hang/"), ("unit standings", "xep-hang/don-vi/")):
        me.see((yield me.get(f"{name}{who}", f"{me.place.home}{path}")))
    me.see((yield me.get(f"statistics{who}", f"{me.place.home}thong-ke/")))


def registering(me: Walker) -> Visit:
    """The page with the form, and the form."""
    me.see((yield me.get("registration page", f"{me.place.home}dang-ky/")))
    person = {
        "full_name": "Nguyễn Thị Thử Nghiệm",
        "phone": phone(me.serial),
        "citizen_id": citizen_id(me.serial),
        "unit": me.place.unit,
        "sub_unit": "",
        "group": "resident",
    }
    form = {**person, "password": PASSWORD, "consent": "on"}
    me.see((yield me.post("register", f"{me.place.home}dang-ky/", form)), 302)


def searching_people(me: Walker) -> Visit:
    """Somebody who runs the contest, signed in: the list of people, and one of them by name."""
    people = "/quan-tri/lantoa/contestant/"
    me.see((yield me.get("console, people", people)))
    me.see((yield me.get("console, people search", f"{people}?{urlencode({'q': 'nguyen van'})}")))


def as_signed_in(me: Walker) -> list[Visit]:
    """Everything that somebody who takes part does, in this order."""
    return [whole_flow(me), learning(me), looking_around(me, SIGNED)]


def as_nobody(me: Walker) -> list[Visit]:
    """Everything that a stranger does: registering comes last."""
    return [looking_around(me), registering(me)]
