"""A contest of the house from its opening to its end, and what an outsider makes of it."""

from datetime import timedelta

import pytest

from lantoa.awards.erasure import erase_person
from lantoa.contests.export import folder_of
from lantoa.contests.log import Entry
from lantoa.contests.publications import seed_of
from lantoa.exams.models import Attempt
from lantoa.lib import clock
from lantoa.standings.bulletins import publish_bulletin
from lantoa.standings.figures import figures
from lantoa_verify.export import bundle, unbundle
from tests.verify.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    made = House()
    made.run()
    return made


def lived(house):
    """Bulletins before and after corrections; nothing revealed yet."""
    now = clock.now()
    house.round(now)
    publish_bulletin(contest=house.contest, as_of=house.opens + timedelta(hours=4), by=house.organiser)
    house.correct()
    house.round(now + timedelta(seconds=60))
    publish_bulletin(contest=house.contest, as_of=house.opens + timedelta(hours=9), by=house.organiser)
    house.round(now + timedelta(minutes=3))


def test_an_export_with_a_bulletin_and_corrections_holds(house):
    lived(house)
    report = house.report()
    assert (report.findings, report.bulletins, report.papers) == ([], 2, 0)


def test_a_bulletin_published_while_no_sequencer_runs_holds_too(house):
    publish_bulletin(contest=house.contest, as_of=house.opens + timedelta(hours=4), by=house.organiser)
    house.round(clock.now())
    report = house.report()
    assert (report.findings, report.bulletins) == ([], 1)


def test_after_the_end_everybody_draws_and_marks_every_paper_again_and_counts_the_standing(house):
    lived(house)
    erase_person(person=house.people[0].person, by=house.organiser)
    house.round(clock.now() + timedelta(minutes=5))
    house.end()
    report = house.report()
    counted = figures(house.contest, house.after).total
    assert report.findings == report.notices == []
    assert report.counts == (counted.registered, counted.finished, counted.attempts)
    assert (report.bulletins, report.standings) == (2, 1)
    sat = Attempt.objects.filter(contestant__contest=house.contest).count()
    assert report.papers == sat - house.attempts(0)
    assert report.erased == 1 + house.attempts(0)


class Copy(dict):
    """An outsider's copy of the public files."""

    def __init__(self, house):
        folder = folder_of(house.contest)
        super().__init__(
            {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        )

    def read(self, path):
        return self.get(path)

    def change(self, folder, change):
        """Change the first record of an exam in the bundles beside the entries."""
        lines = unbundle(next(data for path, data in sorted(self.items()) if path.startswith("tile/entries/000")))
        records = unbundle(self[f"{folder}/000"])
        place = next(n for n, line in enumerate(lines) if line.startswith(b"first ") and records[n])
        records[place] = change(records[place])
        self[f"{folder}/000"] = bundle(records)


def score(files):
    def better(opening):
        salt, words = opening[:16], opening[16:].decode().split(" ")
        words[2] = str((int(words[2]) + 1) % 21)
        return salt + " ".join(words).encode()

    files.change("openings", better)


def answer(files):
    files.change("answers", lambda record: record[:-1] + (b"A" if record[-1:] != b"A" else b"B"))


def key(files):
    rows = files["keys.csv"].decode().splitlines()
    rows[1:] = [row[:-1] + str((int(row[-1]) + 1) % 4) for row in rows[1:]]
    files["keys.csv"] = ("\n".join(rows) + "\n").encode()


def dropped_opening(files):
    files.change("openings", lambda _: b"")


def dropped_answers(files):
    files.change("answers", lambda _: b"")


def beacon(files):
    files["beacon.txt"] = b"87211"


def seed(files):
    files["seed.txt"] = bytes(32).hex().encode() + b"\n"


def standing(files):
    path = next(path for path in files if path.startswith("standings/"))
    first, second, *rest = files[path].splitlines(keepends=True)
    files[path] = b"".join([second, first, *rest])


def test_what_an_outsider_changes_in_an_export_of_the_house_is_found(house):
    house.end()
    assert house.report(Copy(house)).findings == []
    for tampering in (score, answer, key, dropped_opening, dropped_answers, beacon, seed, standing):
        files = Copy(house)
        tampering(files)
        assert house.report(files).findings, tampering.__name__


def test_the_organisers_own_changes_behind_the_triggers_back_are_found_at_the_end(house):
    attempt = Attempt.objects.filter(contestant__contest=house.contest, correct__lt=20).first()
    answers = [(one + 1) % 4 for one in attempt.answers]
    Attempt.objects.filter(pk=attempt.pk).update(answers=answers)
    house.end()
    assert [one.what for one in house.report().findings] == ["the answers do not match their commitment"]


def test_before_the_end_no_file_tells_seed_key_answers_or_standing(house):
    lived(house)
    house.round(house.after)
    names = {path.split("/")[0] for path in Copy(house)}
    assert names == {
        *("beacon.txt", "bank", "bulletins", "checkpoint", "heads.txt", "openings", "policy", "rules", "tile", "units")
    }
    content = b"".join(Copy(house).values())
    assert seed_of(house.contest).hex().encode() not in content
    assert not Entry.objects.newest(house.contest, "reveal")
    house.end()
    assert {"seed.txt", "keys.csv", "answers", "standings"} < {path.split("/")[0] for path in Copy(house)}
    assert seed_of(house.contest).hex().encode() in b"".join(Copy(house).values())


def test_a_contest_without_a_public_number_is_drawn_again_all_the_same():
    plain = House(6, number="")
    plain.run()
    plain.end()
    report = plain.report()
    assert (report.findings, report.papers) == ([], sum(plain.attempts(n) for n in range(6)))
    assert "beacon.txt" not in Copy(plain)
