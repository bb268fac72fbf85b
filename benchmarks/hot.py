"""The hot requests: what a contest's rush consists of, in the order in which a contestant meets them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.test import Client
from django.test.utils import CaptureQueriesContext

if TYPE_CHECKING:
    from lantoa.contests.models import Contest

Form = Mapping[str, str]
PASSWORD = "bến cảng mùa hoa phượng"
LOCAL = "127.0.0.1"
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
TOKEN = "0123456789abcdefghijABCDEFGHIJ01"  # a CSRF secret, in the cookie and in the header

# What issue and budget allow (SQL queries of the whole request, session and person in it).
BUDGET = {"exam start": 6, "save answer": 4, "submit": 6, "standings, me": 5, "statistics, me": 5}


@dataclass(frozen=True)
class Hot:
    """One request; ``signed`` in as the i-th contestant, ``form`` for the i-th time."""

    name: str
    path: str
    signed: bool = False
    form: Callable[[int], Form] | None = None
    expected: int = 200
    accept: str = "text/html"


def phone(serial: int) -> str:
    return f"0912{serial:06}"


def citizen_id(serial: int) -> str:
    return f"031090{serial:06}"


def hot_requests(contest: Contest, *, lesson: str, unit: str) -> list[Hot]:
    """All of them; each contestant walks from the first to the last, on their first attempt."""
    home = f"/{contest.slug}/"
    exam = f"{home}thi/"

    def registering(i: int) -> Form:
        person = {
            "full_name": "Nguyễn Thị Thử Nghiệm",
            "phone": phone(500_000 + i),
            "citizen_id": citizen_id(500_000 + i),
        }
        place = {"unit": unit, "sub_unit": "", "group": "resident"}
        return {**person, **place, "password": PASSWORD, "consent": "on"}

    def sheet(i: int) -> Form:
        return {f"c{number}": str((number + i) % 4) for number in range(1, contest.asked + 1)}

    return [
        Hot("landing", home),
        Hot("register", f"{home}dang-ky/", form=registering, expected=302),
        Hot("sign in", "/dang-nhap/", form=lambda i: {"login": phone(i), "password": PASSWORD}, expected=302),
        Hot("topics", f"{home}hoc/", signed=True),
        Hot("lesson", f"{home}hoc/{lesson}/", signed=True),
        Hot("lesson card", f"{home}hoc/{lesson}/1/", signed=True),
        Hot("card done", f"{home}hoc/{lesson}/1/", signed=True, form=lambda _i: {"do": "done"}, expected=302),
        Hot("exam start", f"{exam}bat-dau/", signed=True, form=lambda _i: {}),
        Hot("exam paper", exam, signed=True),
        Hot(
            "save answer",
            f"{exam}1/luu/",
            signed=True,
            form=lambda i: {**sheet(i), "ban": "1"},
            accept="application/json",
        ),
        Hot("submit", f"{exam}1/nop/", signed=True, form=sheet, expected=302),
        Hot("result, my rank", f"{home}ket-qua/1/", signed=True),
        Hot("standings", f"{home}xep-hang/"),
        Hot("standings, me", f"{home}xep-hang/", signed=True),
        Hot("unit standings", f"{home}xep-hang/don-vi/"),
        Hot("statistics", f"{home}thong-ke/"),
        Hot("statistics, me", f"{home}thong-ke/", signed=True),
    ]


def count_queries(hot: Hot, client: Client, i: int) -> int:
    """SQL queries of one request in this process; transaction control is not counted."""
    return len(captured(hot, client, i))


def captured(hot: Hot, client: Client, i: int) -> list[str]:
    """The statements of one request."""
    from django.db import connection

    headers = {"HTTP_HOST": LOCAL, "HTTP_ACCEPT": hot.accept}
    with CaptureQueriesContext(connection) as queries:
        if hot.form is None:
            response = client.get(hot.path, **headers)
        else:
            response = client.post(hot.path, hot.form(i), **headers)
    assert response.status_code == hot.expected, (
        hot.name,
        response.status_code,
        response.headers,
        response.content[:3000],
    )
    return [query["sql"] for query in queries if not query["sql"].startswith(CONTROL)]
