"""`lantoa simulate CONTEST`: one's own contest, or the reason why not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from lantoa.contests.models import Movement
from lantoa.lib.clock import VIETNAM
from lantoa.management.simulate.published import CLOSES, OPENS, REFERENCE
from tests.factories.contest import a_bank, a_contest, a_contestant


def test_a_contest_of_ones_own_is_filled_as_far_as_asked(db, capsys):
    contest = a_contest(opens_at=OPENS, closes_at=CLOSES)
    a_bank(contest)
    call_command("simulate", contest.slug, part=500, until=datetime(2025, 10, 21, 15, 30, tzinfo=VIETNAM))
    assert f"{REFERENCE[0].registered // 500} đăng ký" in capsys.readouterr().out
    assert not Movement.objects.filter(at__gt=REFERENCE[0].at).exists()
    with pytest.raises(CommandError, match="somebody takes part"):
        call_command("simulate", contest.slug, part=500)


def test_a_contest_that_the_history_does_not_fit_is_refused(db):
    later = a_contest(opens_at=OPENS + timedelta(days=1), closes_at=CLOSES)
    with pytest.raises(CommandError, match="not open from"):
        call_command("simulate", later.slug)
    empty = a_contest(slug="khong-co-de", opens_at=OPENS, closes_at=CLOSES)
    with pytest.raises(CommandError, match="no question bank"):
        call_command("simulate", empty.slug)
    a_bank(empty)
    a_contestant(empty)
    with pytest.raises(CommandError, match="somebody takes part"):
        call_command("simulate", empty.slug)
    with pytest.raises(CommandError, match="no contest named"):
        call_command("simulate", "khong-co")
    with pytest.raises(CommandError, match="--until"):
        call_command("simulate", empty.slug, until=CLOSES + timedelta(days=1))
