"""What each address of the open data answers; figures come from the same functions as the pages."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lantoa.api.answers import DAY, MINUTE, Answer
from lantoa.api.parameters import USUAL
from lantoa.api.problems import Problem
from lantoa.contests.models import Contest
from lantoa.lib import clock, sealing
from lantoa.lib.clock import VIETNAM
from lantoa.standings import ranks
from lantoa.standings.figures import Figures, curve, figures, newest_minute
from lantoa.standings.models import Bulletin
from lantoa.standings.plain import Plain, instant, plain, plain_days
from lantoa.units.models import Unit

EDITION = "1.0.0"  # of the form of the data; a mark given for another edition holds no more
_KEY = struct.Struct(">hiqq")  # missed, ms, microseconds since 1970, contestant
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def contests() -> Answer:
    """All public contests, the newest first."""
    now = clock.now()
    return Answer(lambda: {"contests": [_contest(found, now) for found in Contest.objects.public()]}, MINUTE)


def contest(contest: str) -> Answer:
    """One contest: whose, from when to when, by which rules."""
    found = _named(contest)
    return Answer(lambda: _contest(found, found.moment), MINUTE)


def statistics(contest: str, as_of: datetime | None, known_at: datetime | None) -> Answer:
    """Totals, units, clusters, ranks by three measures, visits."""
    return _figures(contest, as_of, known_at, plain, "statistics")


def units(contest: str, as_of: datetime | None, known_at: datetime | None) -> Answer:
    """The units that compete at that moment."""
    keys = ("code", "name", "cluster", "population")
    return _figures(
        contest,
        as_of,
        known_at,
        lambda counted: {"units": [{key: unit[key] for key in keys} for unit in plain(counted)["units"]]},
        "units",
    )


def unit(contest: str, code: str, as_of: datetime | None, known_at: datetime | None) -> Answer:
    """One unit, with its ranks."""

    def only(counted: Figures) -> Plain:
        found: Plain | None = next((unit for unit in plain(counted)["units"] if unit["code"] == code), None)
        if found is None:
            raise Problem(404)
        return found

    return _figures(contest, as_of, known_at, only, f"units/{code}")


def days(contest: str, as_of: datetime | None, known_at: datetime | None) -> Answer:
    """Running totals at the end of each day."""
    found, at, known, settled = _moments(contest, as_of, known_at)

    def make() -> Plain:
        return {**_whose(found, at, known), "days": plain_days(curve(found, at, known))}

    return Answer(make, DAY if settled else MINUTE, _source("curve", found, at, known))


def standings(contest: str, after: str | None, unit: str | None, limit: int | None) -> Answer:
    """Contestants in order, of the contest or of one unit, behind a key."""
    found, size = _named(contest), limit or USUAL
    key = _read_key(found, after) if after else None

    def make() -> Plain:
        try:
            stretch = ranks.after(found, key, size, unit)
        except Unit.DoesNotExist as missing:
            raise Problem(404) from missing
        place = stretch.unit
        return {
            "contest": found.slug,
            "unit": {"code": place.code, "name": place.full_name} if place else None,
            "asked": found.asked,
            "total": stretch.total,
            "rows": [_row(found, row) for row in stretch.rows],
            "next": _next(found, stretch, unit, limit),
        }

    return Answer(make, MINUTE // 2)


def bulletins(contest: str) -> Answer:
    """What was published, the newest first."""
    found = _named(contest)

    def make() -> Plain:
        listed = Bulletin.objects.of(found).defer("content")
        return {"contest": found.slug, "bulletins": [_bulletin(found, each) for each in listed]}

    return Answer(make, MINUTE)


def bulletin(contest: str, number: int) -> Answer:
    """One bulletin with its seal: the signed bytes are its content in the spelling of RFC 8785."""
    found = _named(contest)

    def make() -> Plain:
        try:
            one = Bulletin.objects.of(found).get(number=number)
        except Bulletin.DoesNotExist as missing:
            raise Problem(404) from missing
        return {
            "contest": found.slug,
            **_bulletin(found, one),
            "sha256": one.digest,
            "previous": one.previous or None,
            "signature": bytes(one.signature).hex(),
            "key": bytes(one.key).hex(),
            "content": one.data,
        }

    return Answer(make, DAY)


def _bulletin(contest: Contest, one: Bulletin) -> Plain:
    return {
        "number": one.number,
        "as_of": instant(one.as_of),
        "known_at": instant(one.known_at),
        "published_at": instant(one.published_at),
        "address": settings.PUBLIC_URL + reverse("api-bulletin", args=[contest.slug, one.number]),
    }


def _named(slug: str) -> Contest:
    try:
        return Contest.objects.named(slug)
    except Contest.DoesNotExist as missing:
        raise Problem(404) from missing


def _figures(
    slug: str, as_of: datetime | None, known_at: datetime | None, form: Callable[[Figures], Plain], what: str
) -> Answer:
    found, at, known, settled = _moments(slug, as_of, known_at)

    def make() -> Plain:
        return {**_whose(found, at, known), **form(figures(found, at, known))}

    return Answer(make, DAY if settled else MINUTE, _source(what, found, at, known))


def _moments(slug: str, as_of: datetime | None, known_at: datetime | None) -> tuple[Contest, datetime, datetime, bool]:
    """The contest, of when and as known when; whether both were asked for, so that the answer stays for ever."""
    found = _named(slug)
    newest = newest_minute(found.moment).astimezone(UTC)
    at, known = as_of or newest, known_at or newest
    late = _("Số của phút này chưa chốt. Thử lại sau hai phút.")
    errors = {name: late for name, asked in (("as_of", at), ("known_at", known)) if asked > newest}
    if not errors and known < at:
        errors["known_at"] = _("Thời điểm này không được trước as_of.")
    if errors:
        raise Problem(400, errors)
    return found, at, known, as_of is not None and known_at is not None


def _source(what: str, contest: Contest, at: datetime, known: datetime) -> str:
    """What figures follow from; names of units and clusters are allowed to be a day behind."""
    today = contest.moment.astimezone(VIETNAM).date()
    return f"{EDITION}|{what}|{contest.pk}|{contest.package_version}|{at}|{known}|{today}"


def _whose(contest: Contest, at: datetime, known: datetime) -> Plain:
    return {"contest": contest.slug, "as_of": instant(at), "known_at": instant(known)}


def _contest(contest: Contest, now: datetime) -> Plain:
    where = [contest.slug]
    return {
        "slug": contest.slug,
        "name": contest.name,
        "name_en": contest.name_en or None,
        "organiser": contest.organiser,
        "operator": contest.operator or None,
        "place": {"code": contest.root.code, "name": contest.root.full_name},
        "opens_at": instant(contest.opens_at),
        "closes_at": instant(contest.closes_at),
        "phase": contest.phase(now).value,
        "asked": contest.asked,
        "time_limit": int(contest.time_limit.total_seconds()),
        "attempts_limit": contest.attempts_limit,
        "rehearsal": contest.rehearsal,
        "links": {
            "page": f"{settings.PUBLIC_URL}/{contest.slug}/",
            **{
                name: settings.PUBLIC_URL + reverse(f"api-{name}", args=where)
                for name in ("statistics", "curve", "standings", "units", "bulletins")
            },
        },
    }


def _row(contest: Contest, row: ranks.Row) -> Plain:
    """What the page of the standings shows, and to the minute as there."""
    return {
        "rank": row.rank,
        "name": row.name or None,
        "unit": {"code": row.unit_code, "name": row.unit},
        "right": contest.asked - row.missed,
        "ms": row.ms,
        "submitted_at": instant(row.submitted_at.replace(second=0, microsecond=0)),
    }


def _next(contest: Contest, stretch: ranks.Stretch, unit: str | None, limit: int | None) -> str | None:
    if not stretch.more:
        return None
    last = stretch.rows[-1]
    at = (last.submitted_at - _EPOCH) // timedelta(microseconds=1)
    key = sealing.token(_purpose(contest), _KEY.pack(last.missed, last.ms, at, last.contestant))
    query = urlencode({"after": key} | ({"unit": unit} if unit else {}) | ({"limit": limit} if limit else {}))
    return f"{settings.PUBLIC_URL}{reverse('api-standings', args=[contest.slug])}?{query}"


def _read_key(contest: Contest, word: str) -> tuple[int, int, datetime, int]:
    try:
        missed, ms, at, contestant = _KEY.unpack(sealing.read_token(_purpose(contest), word))
    except (sealing.Broken, struct.error) as error:
        raise Problem(400, {"after": _("Dùng nguyên địa chỉ ghi ở next của lần trước.")}) from error
    return missed, ms, _EPOCH + timedelta(microseconds=at), contestant


def _purpose(contest: Contest) -> str:
    return f"standings:{contest.pk}"
