"""Decisions from the command line follow the rules of the rooms and say in words what is refused."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from lantoa.contests.models import Correction
from lantoa.exams.actions import start_attempt, submit_attempt
from lantoa.exams.models import Best
from lantoa.people.models import Account, Role
from lantoa.units.models import Succession
from tests.factories.contest import DURING, OPENS, a_bank, a_contest, a_contestant

pytestmark = pytest.mark.django_db


def run(*words):
    out = io.StringIO()
    call_command(*map(str, words), stdout=out)
    return out.getvalue()


@pytest.fixture
def me():
    contest = a_contest()
    a_bank(contest)
    account = Account.objects.create(username="btc", created_at=OPENS)
    Role.objects.create(account=account, kind="organiser")
    someone = a_contestant(contest)
    start_attempt(contestant=someone, at=DURING)
    submit_attempt(contestant=someone, number=1, at=DURING + timedelta(minutes=5))
    return someone


def correct(me, kind, *words, by="btc"):
    return run("correct", me.contest.slug, kind, me.pk, *words, "--by", by, "--reason", "Thi hộ.")


def test_an_attempt_is_void_and_counts_again(me):
    assert "Không tính" in correct(me, "void", "--attempt", 1)
    assert not Best.objects.exists()
    correct(me, "restore", "--attempt", 1)
    assert Best.objects.get().contestant == me
    assert [one.by.username for one in Correction.objects.all()] == ["btc", "btc"]


def test_somebody_moves_and_merges_from_a_moment_on(me):
    other = a_contestant(me.contest, name="Nguyễn Văn An (2)")
    unit = me.contest.root.children.order_by("code").last()
    correct(me, "move", "--unit", unit.code, "--since", "2025-10-20T08:00")
    correct(me, "merge", "--into", other.pk)
    me.refresh_from_db()
    assert me.unit == unit
    assert Correction.objects.get(kind="move").effective.isoformat() == "2025-10-20T01:00:00+00:00"
    assert Best.objects.get().contestant == other


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("void", "--attempt", "9"), "không có lượt thi này"),
        (("restore",), "đã quyết định như vậy rồi"),
        (("move", "--unit", "x"), "không phải xã, phường"),
        (("merge", "--into", "0"), "has no contestant 0"),
    ],
)
def test_what_cannot_be_decided_is_said(me, words, said):
    with pytest.raises(CommandError, match=said):
        correct(me, *words)


def test_who_decides_has_an_account_with_the_power(me):
    with pytest.raises(CommandError, match="không có tài khoản"):
        correct(me, "void", by="ai-do")
    Account.objects.create(username="khach", created_at=OPENS)
    with pytest.raises(CommandError, match="không được điều chỉnh"):
        correct(me, "void", by="khach")


def test_units_merge_from_the_command_line(me):
    words = ("units", "merge", "11413", "11414", "--since", "2025-10-20", "--by", "btc", "--reason", "Nghị quyết.")
    assert "Xã Cẩm Giang → Xã Cẩm Giàng" in run(*words)
    assert Succession.objects.get().reason == "Nghị quyết."
    with pytest.raises(CommandError, match="không có xã, phường nào mang mã 11413"):
        run(*words)
