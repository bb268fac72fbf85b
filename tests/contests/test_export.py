"""The public files: whoever has them has the log (I6); bodies only as far as nobody is singled out."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from lantoa.contests import export as files
from lantoa.contests import ledger
from lantoa.contests.log import Cosignature, Entry, Head
from lantoa.contests.models import Movement
from lantoa.contests.publications import publish_rules, publish_units
from lantoa.contests.rounds import sequence
from lantoa.contests.sequencer import verifier
from lantoa.contests.witnesses import Refused, accept, counted
from lantoa_verify import entries as forms
from lantoa_verify.export import read_heads, text_of, unbundle
from lantoa_verify.merkle import leaf_hash, root
from lantoa_verify.notes import Signer, Verifier, open_checkpoint
from lantoa_verify.tiles import root_at, tile_path, widths
from tests.factories.contest import CLOSES, DURING, a_contest, a_contestant

pytestmark = pytest.mark.django_db
LATER = DURING + timedelta(days=1)


@pytest.fixture
def contest():
    return a_contest()


def people(contest, count, finished):
    made = [a_contestant(contest, name=f"Người số {n}") for n in range(count)]
    ledger.enter_missing_joinings(contest)
    for one in made[:finished]:
        Movement.objects.create(
            contest=contest, at=DURING, known_at=DURING, unit=one.unit, contestant=one, fin=1, att=1
        )
    return made


def records(path):
    return unbundle(path.read_bytes())


def reader(folder: Path, size: int):
    width = {(level, number): width for level, number, width in widths(size)}
    return lambda level, number: (folder / tile_path(level, number, width[level, number])).read_bytes()


def test_the_files_alone_give_the_signed_root(contest):
    people(contest, 300, 0)
    sequence(contest, DURING)
    folder = files.folder_of(contest)
    policy = (folder / "policy").read_text().splitlines()
    key = Verifier.parse(next(line for line in policy if line.startswith("log ")).split(" ")[1])
    head = open_checkpoint((folder / "checkpoint").read_text(), "127.0.0.1/log/thu-nghiem", [key])
    lines = records(folder / "tile/entries/000") + records(folder / "tile/entries/001.p/45")
    assert head.size == len(lines) == 301
    assert head.root == root(map(leaf_hash, lines)) == root_at(reader(folder, 301), 301)
    assert read_heads((folder / "heads.txt").read_text()) == [(folder / "checkpoint").read_text()]


def test_growing_files_stay_those_of_each_head(contest):
    for step in range(1, 4):
        people(contest, 120, 0)
        sequence(contest, DURING + timedelta(minutes=step))
    folder, newest = files.folder_of(contest), Head.objects.newest(contest)
    assert newest.size == 363  # 360 people, entry 0, two heads
    assert root_at(reader(folder, newest.size), newest.size) == bytes(newest.root)
    heads = [
        open_checkpoint(note, contest.log.origin, [verifier(contest.log.origin)])
        for note in read_heads((folder / "heads.txt").read_text())
    ]
    assert [head.size for head in heads] == [121, 242, 363]


def test_the_checkpoint_is_written_after_all_that_stands_below_it(contest, monkeypatch):
    people(contest, 10, 0)
    order = []
    put = files.put
    monkeypatch.setattr(files, "put", lambda path, data: (order.append(path.name), put(path, data)))
    sequence(contest, DURING)
    assert order[-1] == "checkpoint"
    assert len(order) > 4


def opened(contest):
    size = Head.objects.newest(contest).size
    lines = records(next((files.folder_of(contest) / "tile/entries").rglob(f"*.p/{size}")))
    bodies = records(files.folder_of(contest) / "openings/000")
    assert len(bodies) == len(lines)
    return [forms.open_entry(forms.parse_line(line), body) for line, body in zip(lines, bodies, strict=True) if body]


@pytest.mark.parametrize(("finished", "shown"), [(4, 0), (5, 9)])
def test_who_joined_where_is_opened_only_for_units_in_which_five_finished(contest, finished, shown):
    people(contest, 9, finished)
    sequence(contest, LATER)
    assert len(opened(contest)) == shown


def test_bodies_of_today_are_opened_tomorrow_or_when_the_contest_is_over(contest):
    made = people(contest, 6, 6)
    today = made[0].joined_at + timedelta(hours=2)
    sequence(contest, today)
    assert opened(contest) == []
    sequence(contest, today + timedelta(days=1))
    assert {body.who for body in opened(contest)} == {bytes(one.who) for one in made}
    sequence(contest, CLOSES)
    assert len(opened(contest)) == 6


def test_a_new_day_opens_older_bodies_a_slice_a_round_and_a_new_head_does_not_wait(contest, monkeypatch):
    monkeypatch.setattr(files, "SLICE", 256)
    made = people(contest, 600, 6)
    today, folder = made[0].joined_at + timedelta(hours=2), files.folder_of(contest)
    sequence(contest, today)
    tomorrow, seen = today + timedelta(days=1), []
    for minute in range(4):
        made += people(contest, 1, 0)
        sequence(contest, tomorrow + timedelta(minutes=minute))
        bodies = [record for number in range(3) for record in records(folder / f"openings/00{number}")]
        assert len(bodies) == Head.objects.newest(contest).size
        seen.append(sum(map(bool, bodies[: 1 + 600])))
    assert seen == [255 + 89, 600, 600, 600]  # the first slice, and the newest bundle that grows with the head
    assert not files.export(contest, tomorrow + timedelta(minutes=3))


def test_what_is_erased_is_withdrawn_while_every_proof_stays(contest):
    made = people(contest, 6, 6)
    sequence(contest, LATER)
    before = (files.folder_of(contest) / "checkpoint").read_text()
    gone = made[0]
    Entry.objects.filter(contestant=gone).update(secret=None, body=None, contestant=None)
    ledger.append(contest.pk, ledger.public("erase", LATER, forms.Erase(1, bytes(32))))
    sequence(contest, LATER + timedelta(minutes=1))
    assert bytes(gone.who) not in {body.who for body in opened(contest)}
    assert len(opened(contest)) == 5
    folder, old = files.folder_of(contest), int(before.split("\n")[1])
    assert root_at(reader(folder, Head.objects.newest(contest).size), old) == bytes(
        Head.objects.get(contest=contest, size=old).root
    )


def test_texts_of_every_version_are_there_with_the_hash_that_the_log_names(contest):
    publish_rules(contest, DURING)
    publish_units(contest, DURING)
    sequence(contest, DURING)
    for entry in Entry.objects.published(contest):
        path, digest = text_of(forms.parse_line(entry.line.encode()))
        assert sha256((files.folder_of(contest) / path).read_bytes()).digest() == digest


# --- witnesses --------------------------------------------------------------------------------------------------------


@pytest.fixture
def witness(settings):
    signer = Signer("bao.example/nhan-chung", bytes(range(32)), 0x04)
    settings.WITNESSES = [str(signer.verifier)]
    return signer


def cosigned(head, witness, moment=1_760_000_000):
    text = head.note.split("\n\n")[0] + "\n"
    return head.note + witness.line(text, moment)


def test_a_known_witness_is_counted_and_stands_under_the_public_head(contest, witness):
    people(contest, 3, 0)
    sequence(contest, DURING)
    head = Head.objects.newest(contest)
    assert counted(contest, DURING) == 0
    assert accept(contest=contest, note=cosigned(head, witness)) == ["bao.example/nhan-chung"]
    accept(contest=contest, note=cosigned(head, witness))
    assert (counted(contest, DURING), Cosignature.objects.count()) == (1, 1)
    sequence(contest, DURING)
    note = (files.folder_of(contest) / "checkpoint").read_text()
    assert note == (files.folder_of(contest) / "checkpoint.witnessed").read_text() == cosigned(head, witness)
    assert counted(contest, DURING + timedelta(days=2)) == 0


def test_strangers_broken_notes_and_other_heads_are_refused(contest, witness):
    people(contest, 3, 0)
    sequence(contest, DURING)
    head = Head.objects.newest(contest)
    stranger = Signer("ai.do/x", bytes(32), 0x04)
    other = head.note.replace(f"\n{head.size}\n", f"\n{head.size + 1}\n")
    text = other.split("\n\n")[0] + "\n"
    for note, code in (
        (cosigned(head, stranger), "witness"),
        ("hello", "note"),
        (other + witness.line(text, 1), "head"),
        (head.note + witness.line("other\n", 1), "note"),
    ):
        with pytest.raises(Refused) as refused:
            accept(contest=contest, note=note)
        assert refused.value.code == code
    assert not Cosignature.objects.exists()
