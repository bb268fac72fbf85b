"""What documents of a bulletin are made from: the bulletin before, the seal, later corrections."""

from datetime import timedelta

from lantoa.contests import actions
from lantoa.contests.ledger import enter_missing_joinings
from lantoa.contests.log import Leaf
from lantoa.contests.sequencer import number_waiting
from lantoa.lib import clock
from lantoa.lib.signing import signed_by
from lantoa.people.models import Account
from lantoa.standings.bulletins import publish_bulletin
from lantoa.standings.editions import as_published, known_today, unpublished
from lantoa.standings.outputs.formats import RENDERERS
from lantoa_verify.merkle import root
from tests.factories.contest import DURING, OPENS, a_contestant


def publish(contest, as_of=DURING):
    return publish_bulletin(contest=contest, as_of=as_of, by=None)


def reports(bulletin):
    return [RENDERERS[name](as_published(bulletin), "vi") for name in ("docx", "pdf")]


def test_a_bulletin_is_compared_with_the_latest_moment_published_before_it(contest):
    noon = [publish(contest, DURING + timedelta(days=n)) for n in (0, 2, 1)]
    assert as_published(noon[0]).before is None
    assert as_published(noon[1]).before["number"] == 1
    assert as_published(noon[2]).before["number"] == 1
    assert unpublished(contest, DURING + timedelta(days=3)).before["number"] == 2
    assert unpublished(contest, DURING).before is None


def test_one_published_later_of_an_earlier_moment_and_later_corrections_change_no_report(crowded):
    publish(crowded, DURING - timedelta(days=4))
    last = publish(crowded)
    made = reports(last)
    publish(crowded, DURING - timedelta(days=1))
    by = Account.objects.create(username="ban-to-chuc", created_at=OPENS)
    actions.move(
        contestant=a_contestant(crowded), unit=crowded.root.children.last(), sub_unit=None, by=by, at=clock.now()
    )
    assert reports(last) == made


def test_the_seal_is_that_of_the_bulletin_and_its_root_that_of_the_log_below_the_figures(crowded):
    bulletin = publish(crowded)
    seal = as_published(bulletin).seal
    assert signed_by(bytes.fromhex(seal.key), bytes.fromhex(seal.signature), bulletin.sealed)
    assert (seal.digest, seal.root) == (bulletin.digest, "")
    enter_missing_joinings(crowded)
    number_waiting(crowded)
    bulletin = publish(crowded)
    a_contestant(crowded, name="Người đến sau")
    enter_missing_joinings(crowded)
    number_waiting(crowded)
    leaves = [bytes(leaf.entry.leaf) for leaf in Leaf.objects.filter(contest=crowded).order_by("index")]
    assert 0 < bulletin.known_size < len(leaves)
    assert as_published(bulletin).seal.root == root(leaves[: bulletin.known_size]).hex()


def test_as_known_today_it_says_what_changed_and_whose_seal_it_was(crowded):
    bulletin = publish(crowded)
    assert known_today(bulletin).changes == ()
    late = a_contestant(crowded, name="Người được ghi nhận sau")
    edition = known_today(bulletin)
    assert {(change.unit, change.what) for change in edition.changes} == {
        (late.unit.code, "registered"),
        ("", "registered"),
    }
    assert edition.seal == as_published(bulletin).seal
