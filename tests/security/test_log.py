"""S20: whatever is sent, and whatever breaks, the log holds words of our own code and nothing of a person."""

from __future__ import annotations

import io
import json
import logging
import re
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from lantoa.config import lines
from lantoa.lib import clock
from lantoa.lib.watch.measures import EVENTS
from lantoa.people.models import Account
from lantoa.people.sign_in import MOST_PER_NAME
from tests.security.addresses import SITE, address
from tests.security.conftest import FACTS, PASSWORD

pytestmark = pytest.mark.django_db
PHONE, CITIZEN_ID, CODE = "0968471253", "031188091726", "731946"
WORDS = "canary thuyền thúng"
PLACE, AGENT = "203.0.113.77", "Trinh-duyet-la/7.7"
FORGED = 'x\r\n{"event": "forged"}\n\x85\u2028{"event": "forged"}'
SENT = {"HTTP_USER_AGENT": AGENT, "HTTP_REFERER": f"https://xa.example/?otp={CODE}", "HTTP_X_FORWARDED_FOR": PLACE}
QUERY = {"q": f"{PHONE} {FORGED}", "ma": CITIZEN_ID, "next": f"/{WORDS}/", "otp": CODE}
CANARIES = (
    PHONE,
    PHONE[1:],
    CITIZEN_ID,
    CODE,
    WORDS,
    PLACE,
    AGENT,
    "xa.example",
    PASSWORD,
    "forged",
    *FACTS["contestant"],
)
SHOWN = {"at", "level", "event", "by", "id", "process", "error", "where", "route", "method", "status", "ms"}


class Heard(logging.Handler):
    """The whole log: as it is written, and as a formatter of the standard library would have written it."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines, self.plain = io.StringIO(), io.StringIO()

    def emit(self, record):
        self.lines.write(lines.EventLine().format(record) + "\n")
        self.plain.write(logging.Formatter("%(message)s").format(record) + "\n")


@pytest.fixture
def heard(monkeypatch):
    """Everything that any logger says, also what nobody usually listens to; requests are caught where they are written."""
    heard = Heard()
    monkeypatch.setattr(lines, "write", heard.lines.write)
    # As it is in production; the loggers named here hold things back.
    names = ["", "django", "django.request", "django.security", "lantoa"]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger("django.db").setLevel(logging.INFO)
    logging.getLogger().addHandler(heard)
    yield heard
    logging.getLogger().removeHandler(heard)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def told(heard):
    """The lines as data: each one whole, with known names only."""
    text = heard.lines.getvalue()
    assert text.isascii()
    found = [json.loads(line) for line in text.splitlines()]
    assert all(line.keys() <= SHOWN for line in found)
    return found


def secrets_of(world):
    """What belongs to the contestant besides."""
    mine = world.people["contestant"]
    return (mine.certificate.number, world.sessions["contestant"], mine.text, f"/{world.contest.slug}/")


def leaked(text, world):
    """Which canaries stand there, also spelled as JSON spells them."""
    wanted = [*CANARIES, *secrets_of(world)]
    return [canary for canary in wanted if canary in text or json.dumps(canary).strip('"') in text]


def test_every_page_with_canaries_in_everything_that_can_be_sent_leaves_none_in_the_log(heard, world, enter):
    asked = 0
    for role in ("anonymous", "contestant"):
        for name, meets in SITE.items():
            with transaction.atomic():
                browser = enter(role, raise_request_exception=False)
                fields = {
                    **QUERY,
                    **meets.sent,
                    "login": CITIZEN_ID,
                    "password": WORDS,
                    "full_name": WORDS,
                    "phone": PHONE,
                }
                where = address(name, world)
                browser.get(where, QUERY, **SENT)
                browser.post(where, fields, **SENT)
                asked += 2
                transaction.set_rollback(True)
    found = told(heard)
    requests = [line for line in found if line["event"] == "request"]
    assert len(requests) == asked
    assert {line["route"] for line in requests} >= {*SITE} - {"file", "favicon"}
    assert leaked(heard.lines.getvalue(), world) == []


def test_guessing_is_heard_once_for_each_try_and_names_nobody(heard, world, enter):
    browser = enter("anonymous")
    for _ in range(MOST_PER_NAME + 1):
        browser.post("/dang-nhap/", {"login": PHONE, "password": WORDS}, **SENT)
    events = [line for line in told(heard) if line.get("by", "").startswith("lantoa.")]
    assert [line["event"] for line in events] == ["sign-in refused: wrong"] * MOST_PER_NAME + [
        "sign-in refused: too many tries for one name"
    ]
    requests = {line["id"] for line in told(heard) if line["event"] == "request"}
    assert {line["id"] for line in events} == requests
    assert leaked(heard.lines.getvalue(), world) == []


def break_everything(world, enter, monkeypatch):
    """A page that breaks over what was typed, a row that the database refuses and quotes, a host nobody knows."""

    def broken(request, *_, **__):
        raise ValueError(f"cannot read {request.GET['ma']} of {WORDS} {FORGED}")

    monkeypatch.setattr("lantoa.site.views.landing.whoever", broken, raising=False)
    monkeypatch.setattr(
        "lantoa.site.views.landing.contest_or_404", lambda _: broken(SimpleNamespace(GET=QUERY)), raising=False
    )
    browser = enter("contestant", raise_request_exception=False)
    assert browser.get(address("contest", world), QUERY, **SENT).status_code == 500
    browser.get("/", headers={"Host": f"{CODE}.xa.example"})
    log = logging.getLogger("lantoa.thu")
    try:
        with transaction.atomic():
            for _ in range(2):
                Account.objects.create(username=WORDS, created_at=clock.now())
    except IntegrityError as problem:
        log.exception("could not be kept")
        log.warning("waits: %s", problem)
    log.warning("someone called %s", CITIZEN_ID)
    log.info("several: %s", "+84 968 471 253")
    log.warning("begins a line: %s", FORGED.replace("forged", "x"))
    met = f"met {WORDS}"
    logging.getLogger("others.library").warning(met)


def test_what_breaks_is_told_by_kind_and_place_never_by_what_it_was_about(heard, world, enter, monkeypatch):
    break_everything(world, enter, monkeypatch)
    found = told(heard)
    assert leaked(heard.lines.getvalue(), world) == []
    (broken,) = [line for line in found if line.get("error") == "ValueError"]
    assert re.search(r"security/test_log.py:\d+ broken$", broken["where"][-1])
    (refused,) = [line for line in found if line["event"] == "could not be kept"]
    assert refused["error"] == "IntegrityError 23505 lantoa_account_username_key"
    assert "waits: IntegrityError 23505 lantoa_account_username_key" in [line["event"] for line in found]
    assert "someone called …" in [line["event"] for line in found]
    assert "several: …" in [line["event"] for line in found]


def test_control_an_ordinary_log_of_the_same_would_tell_it(heard, world, enter, monkeypatch):
    break_everything(world, enter, monkeypatch)
    assert set(leaked(heard.plain.getvalue(), world)) >= {CITIZEN_ID, WORDS, "xa.example"}
    assert "\n{" in heard.plain.getvalue()


def test_events_are_counted_by_their_words_without_what_they_were_about():
    made = logging.makeLogRecord(
        {"name": "lantoa.thu", "msg": "someone called %s", "args": (PHONE,), "levelname": "INFO"}
    )
    seen = []
    counted = lines.CountEvents()
    original, lines.measures.EVENTS = lines.measures.EVENTS, SimpleNamespace(add=lambda *labels: seen.append(labels))
    try:
        assert counted.filter(made)
        made.name = "others"
        assert counted.filter(made)
    finally:
        lines.measures.EVENTS = original
    assert seen == [("someone called %s", "info"), ("others", "info")]
    assert EVENTS.labels == ("event", "level")
