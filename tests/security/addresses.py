"""Every address of the site, from the real resolver, and what each role meets there. A new address needs a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import override

CONSOLE = "quan-tri/"


@dataclass(frozen=True)
class Meets:
    """Answers in order: anonymous, the contestant whose object it is, another contestant, staff of any role.

    ``sent`` is what is posted; ``where`` fills the address besides the contest.
    """

    get: str
    post: str
    sent: dict[str, str] = field(default_factory=dict)
    where: dict[str, str | int] = field(default_factory=dict)

    def answer(self, method: str, role: str) -> int:
        """The status declared for a role."""
        column = {"anonymous": 0, "contestant": 1, "other": 2}.get(role, 3)
        return int(getattr(self, method).split()[column])


EVERYBODY, NEVER, GUIDED = "200 200 200 200", "405 405 405 405", "302 302 302 302"
MINE = "302 200 200 302"  # each contestant their own; others are shown the way
PUBLIC = Meets(EVERYBODY, NEVER)
SHEET = {f"c{number}": "0" for number in range(1, 21)} | {"ban": "1", "chac": "1"}

# Where a number stands in the address, it is the contestant's second attempt, which is open; the other has only one.
SITE: dict[str, Meets] = {
    "home": Meets(GUIDED, NEVER),
    "robots": PUBLIC,
    "favicon": Meets(GUIDED, NEVER),
    "security": PUBLIC,
    "file": Meets(EVERYBODY, NEVER, where={"name": "FILE"}),
    "contest": PUBLIC,
    "contest-qr": PUBLIC,
    "unit-entry": Meets(EVERYBODY, NEVER, where={"code": "UNIT"}),
    "unit-qr": Meets(EVERYBODY, NEVER, where={"code": "UNIT"}),
    "units-json": PUBLIC,
    "register": Meets("200 302 302 200", "200 302 302 200"),
    "profile": Meets(MINE, NEVER),
    "profile-edit": Meets(MINE, "302 302 302 302", sent={"group": "resident"}),
    "profile-data": Meets(MINE, NEVER),
    "profile-consent": Meets(NEVER, GUIDED, sent={"dong-y": "1"}),
    "profile-erasure": Meets(NEVER, GUIDED),
    "sign-in": Meets("200 302 302 302", "200 302 302 302", sent={"login": "0912000000", "password": "sai"}),
    "sign-out": Meets(EVERYBODY, GUIDED),
    "password": Meets("302 200 200 200", "302 200 200 200", sent={"old": "sai", "new": "một câu khác"}),
    "check": PUBLIC,
    "check-number": Meets(EVERYBODY, NEVER, where={"number": "NUMBER"}),
    "certificate": Meets(MINE, GUIDED),
    "certificate-pdf": Meets(MINE, NEVER),
    "certificate-png": Meets(MINE, NEVER),
    "topics": Meets(MINE, NEVER),
    "lesson": Meets(MINE, NEVER, where={"code": "LESSON"}),
    "card": Meets(MINE, GUIDED, sent={"do": "done"}, where={"code": "LESSON", "number": 1}),
    "exam": Meets(MINE, NEVER),
    "exam-start": Meets(NEVER, MINE),
    "exam-save": Meets(NEVER, "302 200 404 302", sent=SHEET, where={"number": 2}),
    "exam-submit": Meets(GUIDED, "302 302 404 302", sent=SHEET, where={"number": 2}),
    "result": Meets("302 302 404 302", NEVER, where={"number": 2}),
    "receipt": Meets("302 404 404 302", NEVER, where={"number": 2}),
    "receipt-file": Meets("302 404 404 302", NEVER, where={"number": 2}),
    "book": Meets(EVERYBODY, EVERYBODY, sent={"bien-nhan": "không phải biên nhận"}),
    "book-file": Meets("404 404 404 404", NEVER, where={"name": "checkpoint"}),
    "cosignature": Meets(NEVER, "400 400 400 400"),
    "share": Meets(MINE, "302 422 422 302", sent={"loai": "slogan", "noi-dung": "ngắn"}),
    "share-withdraw": Meets(NEVER, GUIDED),
    "wall": PUBLIC,
    "report-share": Meets(EVERYBODY, GUIDED, sent={"ly-do": "Chép lại."}, where={"share": "SHARE"}),
    "standings": PUBLIC,
    "unit-standings": PUBLIC,
    "cluster-standings": PUBLIC,
    "statistics": PUBLIC,
    "statistics-csv": PUBLIC,
    "bulletins": PUBLIC,
    "newest-bulletin": Meets(GUIDED, NEVER),
    "bulletin": Meets("404 404 404 404", NEVER, where={"number": 1}),
    "bulletin-file": Meets("404 404 404 404", NEVER, where={"number": 1, "name": "ban-tin.json"}),
    "documents": PUBLIC,
    "document": Meets(EVERYBODY, NEVER, where={"slug": "the-le"}),
    "rules": PUBLIC,
    "help": PUBLIC,
    "privacy": PUBLIC,
    "accessibility": PUBLIC,
    "open-data": PUBLIC,
    "api-contests": PUBLIC,
    "api-contest": PUBLIC,
    "api-statistics": PUBLIC,
    "api-curve": PUBLIC,
    "api-standings": PUBLIC,
    "api-units": PUBLIC,
    "api-unit": Meets(EVERYBODY, NEVER, where={"code": "UNIT"}),
    "api-bulletins": PUBLIC,
    "api-bulletin": Meets("404 404 404 404", NEVER, where={"number": 1}),  # none is published here
    "api-openapi": PUBLIC,
}
# Open data: the same for everybody, readable from anybody's page, in no language, and they answer OPTIONS.
OPEN_DATA = {name for name in SITE if name.startswith("api-")}

# The console besides its tables, which tests/console/test_who_may_see_what.py declares.
CONSOLE_PAGES = {
    *("index", "login", "logout", "password_change", "password_change_done"),
    *("autocomplete", "jsi18n", "search", "view_on_site", "app_list", "provisional_winners", "correct_results"),
    *("papers_and_key", "erase_person", "questions_after_use"),
}


@cache
def patterns() -> tuple[tuple[str, URLPattern], ...]:
    """Every route of the installation with its pattern; the language prefix left out."""

    def walk(found, prefix=""):
        for one in found:
            if isinstance(one, URLResolver):
                route = "" if type(one.pattern).__name__ == "LocalePrefixPattern" else str(one.pattern)
                yield from walk(one.url_patterns, prefix + route)
            else:
                yield prefix + str(one.pattern), one

    return tuple(walk(get_resolver().url_patterns))


def site_patterns() -> dict[str, URLPattern]:
    """Those of the public site, by name."""
    return {pattern.name: pattern for route, pattern in patterns() if not route.startswith(CONSOLE)}


def console_patterns() -> list[tuple[str, URLPattern]]:
    """Those of the organiser's console."""
    return [(route, pattern) for route, pattern in patterns() if route.startswith(CONSOLE)]


def address(name: str, world, /, **changed: object) -> str:
    """The address of a page of the site in this world, in Vietnamese."""
    mine = world.people["contestant"]
    known = {
        "FILE": world.files["co-tep"],
        "UNIT": world.unit.code,
        "NUMBER": mine.certificate.number,
        "LESSON": world.lesson.code,
        "SHARE": mine.share.pk,
    }
    wanted = site_patterns()[name].pattern.converters
    where = {"contest": world.contest.slug, **SITE[name].where, **changed}
    with override("vi"):
        return reverse(name, kwargs={key: known.get(value, value) for key, value in where.items() if key in wanted})
