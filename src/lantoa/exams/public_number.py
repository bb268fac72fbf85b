"""The public number that joins the seed of the papers (log.md §6): named before it exists, entered once it is known.

Whoever knows the seed beforehand then still does not know the papers, and could not have chosen a seed that suits. A
contest may do without (`none`); its pages say so.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from django.db import transaction

from lantoa.contests.calendar import Phase, start_of
from lantoa.contests.log import Entry
from lantoa.contests.models import Contest
from lantoa.contests.publications import enter_beacon, enter_seed, spelled
from lantoa.exams.models import Attempt
from lantoa.lib import clock
from lantoa.lib.text import tidy
from lantoa.people.journal import note
from lantoa.people.models import Account

POWER = "run_contest"
LONGEST_SOURCE, LONGEST_WHERE = 120, 200
LEAST_LETTERS = 8  # of a source in words
_DIGITS = re.compile(r"[0-9]{3,60}", re.ASCII)
_SEPARATORS = re.compile(r"[\s.,]")


class Refused(Exception):
    """A rule says no. Codes: forbidden, no-bank, late, source, day, known, unnamed, early, number, where."""

    def __init__(self, code: str) -> None:
        """Carry the rule's code; the door turns it into words."""
        super().__init__(code)
        self.code = code


def name_number(*, contest: Contest, source: str, day: date, by: Account | None, at: datetime | None = None) -> Contest:
    """Commit to the public number of a later day, in words (such as a lottery's first prize); ``by`` None: by command.

    The bank must be published, the contest not open, and the day must begin after now and before the opening: so
    nobody knows the number yet. Another one may be named until one is entered; each naming stands in the log. Raises
    :class:`Refused`.
    """
    words = tidy(source)
    with transaction.atomic():
        held, moment = _held(contest, by, at)
        if code := _unnameable(held, words, day, moment):
            raise Refused(code)
        held.number_source, held.number_day = words, day
        held.save(update_fields=["number_source", "number_day"])
        enter_seed(held, moment)
        note(by, "name_number", f"contest:{held.pk}", at=moment, source=words, day=day.isoformat())
    return held


def enter_number(
    *, contest: Contest, number: str, where: str, by: Account | None, at: datetime | None = None
) -> Contest:
    """Enter the number that was named, once: its digits as published, and where everybody can read it.

    Points, commas and blanks are left out, so that one number has one spelling. From then on papers are drawn with it;
    until then no exam starts. Raises :class:`Refused`.
    """
    digits, place = _SEPARATORS.sub("", number), tidy(where)
    with transaction.atomic():
        held, moment = _held(contest, by, at)
        if code := _unenterable(held, digits, place, moment):
            raise Refused(code)
        held.number_value, held.number_where = digits, place
        held.save(update_fields=["number_value", "number_where"])
        enter_beacon(held, moment)
        note(by, "enter_number", f"contest:{held.pk}", at=moment, number=digits, where=place)
    return held


def _held(contest: Contest, by: Account | None, at: datetime | None) -> tuple[Contest, datetime]:
    """The row, locked, and the moment; raises Refused for who may not."""
    if by is not None and not by.may(POWER):
        raise Refused("forbidden")
    return Contest.objects.select_for_update(no_key=True).get(pk=contest.pk), at or clock.now()


def _unnameable(contest: Contest, words: str, day: date, at: datetime) -> str:
    """Why no number can be named; empty when it can."""
    if contest.number_value:
        return "known"
    if contest.phase(at) is not Phase.BEFORE or Attempt.objects.begun(contest):
        return "late"
    if Entry.objects.newest(contest, "bank") is None:
        return "no-bank"
    if len(words) > LONGEST_SOURCE or len(spelled(words, day).partition(":")[0]) < LEAST_LETTERS:
        return "source"
    return "" if at < start_of(day) < contest.opens_at else "day"


def _unenterable(contest: Contest, digits: str, where: str, at: datetime) -> str:
    """Why the number cannot be entered; empty when it can."""
    if contest.number_day is None:
        return "unnamed"
    if contest.number_value:
        return "known"
    if at < start_of(contest.number_day):
        return "early"
    if not _DIGITS.fullmatch(digits):
        return "number"
    return "" if where and len(where) <= LONGEST_WHERE else "where"
