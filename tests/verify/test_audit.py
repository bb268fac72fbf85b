"""The verifier against a whole export: the untouched one holds, and whatever is changed in it is found."""

import json
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantoa_verify import entries, export
from lantoa_verify.export import BadExport
from lantoa_verify.fold import Book, ranks
from lantoa_verify.notes import Checkpoint
from lantoa_verify.streams import beacon_digest
from tests.verify.conftest import checked
from tests.verify.making import BEACON, ORIGIN, Contest, counted, log_files, ranked

SITTINGS = (b"first ", b"again ")


class Hand:
    """An outsider's hand on an export: it can change every byte, but it has no key."""

    def __init__(self, contest, seed):
        self.contest, self.random = contest, Random(seed)
        self.lines, self.openings = list(contest.lines), list(contest.openings)
        self.answers, self.files = list(contest.answers), dict(contest.files)

    def some(self, *kinds):
        return self.random.choice([place for place, line in enumerate(self.lines) if line.startswith(kinds)])

    def some_file(self, folder):
        return self.random.choice([path for path in self.files if path.startswith(folder)])

    def word(self, place, number, change):
        """Change one word of an opened body."""
        salt, body = self.openings[place][:16], self.openings[place][16:].decode().split(" ")
        body[number] = str(change(body[number]))
        self.openings[place] = salt + " ".join(body).encode()

    def of_line(self, place, number, change):
        words = self.lines[place].decode().split(" ")
        words[number] = str(change(words[number]))
        self.lines[place] = " ".join(words).encode()

    def export(self):
        """The files with the changed entries, the old heads."""
        files = dict(self.files)
        files |= log_files(self.lines, self.openings, self.contest.signed)
        files |= {path: data for path, data in self.files.items() if self.contest.files[path] != data}
        return files | dict(export.beside_files(export.ANSWERS, self.answers))


def score(hand):
    hand.word(hand.some(*SITTINGS), 2, lambda right: (int(right) + 1) % 6)


def duration(hand):
    hand.word(hand.some(*SITTINGS), 4, lambda ms: int(ms) - 1)


def moment(hand):
    hand.of_line(hand.some(*SITTINGS), 1, lambda at: int(at) - hand.random.randint(1, 9))


def order(hand):
    one = hand.some(*SITTINGS)
    two = hand.random.choice(
        [place for place, line in enumerate(hand.lines) if line.startswith(SITTINGS) and place != one]
    )
    for column in (hand.lines, hand.openings, hand.answers):
        column[one], column[two] = column[two], column[one]


def dropped(hand):
    place = hand.random.randrange(3, len(hand.lines) - 1)
    for column in (hand.lines, hand.openings, hand.answers):
        del column[place]
        column.append(column[-1])


def doubled(hand):
    place = hand.random.randrange(3, len(hand.lines) - 2)
    for column in (hand.lines, hand.openings, hand.answers):
        column.insert(place, column[place])
        column.pop()


def version_of_rules(hand):
    hand.word(hand.some(*SITTINGS), 5, lambda version: int(version) + 1)


def text_of_rules(hand):
    hand.files["rules/1.json"] = hand.files["rules/1.json"].replace(b"1200000", b"1300000")


def head_in_the_log(hand):
    hand.of_line(hand.some(b"head "), 3, lambda _: hand.random.randbytes(32).hex())


def signed_head(hand):
    notes = export.read_heads(hand.files["heads.txt"].decode())
    del notes[hand.random.randrange(len(notes) - 1)]
    hand.files["heads.txt"] = export.heads_text(notes).encode()


def newest_head(hand):
    hand.files["checkpoint"] = hand.files["checkpoint"].replace(b"\n", b"\n1", 1)


def standing(hand):
    path = hand.some_file("standings/")
    rows = hand.files[path].splitlines(keepends=True)
    hand.files[path] = b"".join([*rows[1:], rows[0]]) if rows else b"1 1\n"


def figure(hand):
    path = hand.some_file("bulletins/")
    data = json.loads(hand.files[path])
    data[hand.random.choice(["registered", "finished", "attempts", "visits"])] += hand.random.choice([-1, 1])
    hand.files[path] = json.dumps(data).encode()


def row_of_a_unit(hand):
    path = hand.some_file("bulletins/")
    data = json.loads(hand.files[path])
    hand.random.choice(data["units"])["finished"] += 1
    hand.files[path] = json.dumps(data).encode()


def unit(hand):
    hand.word(hand.some(b"join "), 1, lambda code: f"11{int(code[2:]) % 8 + 1:03}" + ("9" if code == "11008" else ""))


def pseudonym(hand):
    other = hand.openings[hand.some(b"join ")][16:48].decode()
    hand.word(hand.some(*SITTINGS), 0, lambda who: other if other != who else "0" * 32)


def correction(hand):
    hand.word(hand.some(b"void ", b"restore "), 1, lambda attempt: int(attempt) + 1)


def tile(hand):
    path = hand.some_file("tile/0/")
    place = hand.random.randrange(len(hand.files[path]))
    hand.files[path] = hand.files[path][:place] + bytes([hand.files[path][place] ^ 1]) + hand.files[path][place + 1 :]


def bank(hand):
    data = json.loads(hand.files["bank/1.json"])
    hand.random.choice(data["questions"])["words"] += 50
    hand.files["bank/1.json"] = json.dumps(data).encode()


def answers(hand):
    place = hand.some(*SITTINGS)
    salt, choices = hand.answers[place][:16], hand.answers[place][16:]
    hand.answers[place] = salt + (b"A" if choices[:1] != b"A" else b"B") + choices[1:]


def right_option(hand):
    rows = hand.files["keys.csv"].decode().splitlines()
    place = hand.random.randrange(1, len(rows))
    rows[place] = rows[place][:-1] + str((int(rows[place][-1]) + 1) % 4)
    hand.files["keys.csv"] = ("\n".join(rows) + "\n").encode()


def revealed_seed(hand):
    hand.files["seed.txt"] = hand.random.randbytes(32).hex().encode()


def public_number(hand):
    hand.files["beacon.txt"] += b"1"


TAMPERINGS = [
    score, duration, moment, order, dropped, doubled, version_of_rules, text_of_rules, head_in_the_log, signed_head,
    newest_head, standing, figure, row_of_a_unit, unit, pseudonym, correction, tile, bank, answers, right_option,
    revealed_seed, public_number,
]  # fmt: skip
NEED_PAPERS = {answers, right_option, revealed_seed}
TIMES = 44  # of each kind: above a thousand together


def found(files, **more):
    try:
        return not checked(files, **more).good
    except ValueError:  # cannot be read at all; the command ends with 1 or 2
        return True


def test_control_the_untouched_export_holds(contest):
    report = checked(contest.files, kept=[contest.checkpoint(100)])
    assert report.findings == report.notices == report.late == []
    shown = counted(contest.facts, len(contest.lines), contest.at)
    assert report.counts._asdict() == {name: shown[name] for name in ("registered", "finished", "attempts")}
    kinds = Counter(line.split(b" ")[0].decode() for line in contest.lines)
    assert kinds.keys() == (entries.BODIES.keys() | entries.PUBLIC.keys()) - {"award", "erase", "key", "incident"}
    assert (report.heads, report.bulletins) == (kinds["head"] + 1, kinds["bulletin"])
    assert report.papers == kinds["first"] + kinds["again"]


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda tampering: tampering.__name__)
def test_an_outsiders_tampering_is_found_every_time(contest, tampering):
    tried = 0
    for seed in range(2 * TIMES):
        hand = Hand(contest, seed)
        tampering(hand)
        files = hand.export()
        if files != contest.files:
            tried += 1
            assert found(files, papers=tampering in NEED_PAPERS), seed
        if tried == TIMES:
            return
    raise AssertionError(f"tried only {tried} times")


def test_control_a_hand_that_changes_nothing_is_not_accused(contest):
    assert Hand(contest, 1).export() == contest.files


def rewritten(contest, seed, before):
    """The organiser, who has the keys, betters one submission and makes everything after it anew."""
    place = Random(seed).choice([n for n, line in enumerate(contest.lines[:before]) if line.startswith(SITTINGS)])
    better = {place: lambda body: body._replace(right=5 if body.right < 5 else 4, ms=body.ms // 2)}
    return Contest(7, size=120, reveal=False, drawn=False, change=better)


def test_the_organisers_own_rewriting_is_found_only_with_a_head_that_a_witness_kept():
    contest = Contest(7, size=120, reveal=False, drawn=False)
    kept = contest.checkpoint(90)
    alone = with_head = 0
    for seed in range(50):
        other = rewritten(contest, seed, 90)
        assert other.files != contest.files
        alone += found(other.files)
        with_head += any("not the history" in str(one) for one in checked(other.files, kept=[kept]).findings)
    assert (alone, with_head) == (0, 50)
    assert not found(contest.files, kept=[kept])


def test_a_log_that_became_shorter_is_found(contest):
    assert found(contest.files, kept=[Checkpoint(ORIGIN, len(contest.lines) + 1, bytes(32))])


def erased(contest, people):
    """The export after everything about some people was closed, as the organiser does it."""
    hand = Hand(contest, 5)
    whos = {hand.openings[hand.some(b"first ")][16:48] for _ in range(people)}
    indexes = [place for place, opening in enumerate(contest.openings) if opening[16:48] in whos]
    for place in indexes:
        hand.openings[place] = hand.answers[place] = b""
    return hand, indexes


def test_erasing_people_leaves_every_proof_valid_and_the_rest_checkable():
    contest = Contest(4, size=300)
    hand, indexes = erased(contest, 4)
    contest.openings, contest.answers = hand.openings, hand.answers
    text = export.indexes_text(indexes)
    contest.public("erase", entries.Erase(len(indexes), export.digest_of(text)), text)
    contest.publish_log()
    contest.files |= dict(export.beside_files(export.ANSWERS, contest.answers))
    report = checked(contest.files)
    assert report.findings == []
    assert sum(report.closed.values()) == report.erased == len(indexes)


def test_what_is_withheld_after_the_contest_though_nobody_was_erased_is_found(contest):
    hand, indexes = erased(contest, 4)
    said = [one.entry for one in checked(hand.export()).findings if "nobody was erased" in str(one)]
    assert set(said) == {n for n in indexes if not contest.lines[n].startswith((b"join ", b"move "))}


def test_answers_that_are_withheld_after_the_contest_are_found(contest):
    hand = Hand(contest, 1)
    hand.answers[hand.some(*SITTINGS)] = b""
    assert ["withheld" in str(one) for one in checked(hand.export()).findings] == [True]


def numbered(*entered):
    """A short contest with these public entries at its end, and what the verifier says of them."""
    contest = Contest(3, size=60, reveal=False)
    for kind, fields in entered:
        contest.public(kind, fields)
    contest.publish_log()
    return [str(one).partition(": ")[2] for one in checked(contest.files).findings]


def test_another_seed_or_another_number_after_the_first_exam_is_found():
    first = entries.parse_line(Contest(3, size=60, reveal=False).lines[4]).fields
    assert numbered(("seed", first._replace(commitment=bytes(32)))) == [
        "another seed of the papers was committed to",
        "the public number was named when it could be known",
    ]
    assert "a public number was named when one was written down already" in numbered(
        ("seed", first._replace(beacon="vn-index:2099-01-01"))
    )
    assert "the public number was written down after the first exam" in numbered(
        ("beacon", entries.Digest(beacon_digest(BEACON)))
    )


def test_an_entry_that_is_said_to_be_erased_is_closed():
    contest = Contest(3, size=80, reveal=False)
    text = export.indexes_text([10, 20])
    contest.public("erase", entries.Erase(2, export.digest_of(text)), text)
    contest.publish_log()
    assert any("said to be erased" in str(one) for one in checked(contest.files).findings)
    contest.openings[10] = contest.openings[20] = b""
    contest.publish_log()
    assert checked(contest.files).erased == 2


def test_joinings_withheld_for_small_units_leave_city_figures_exact(contest):
    withheld = {f"{code}".encode() for code in ("11001", "11002")}
    openings = [
        b"" if line.startswith(b"join ") and opening.split(b" ")[-1] in withheld else opening
        for line, opening in zip(contest.lines, contest.openings, strict=True)
    ]
    files = contest.files | log_files(contest.lines, openings, contest.signed)
    report = checked(files)
    assert report.findings == []
    assert report.closed["join"] > 10
    path = next(path for path in files if path.startswith("bulletins/"))
    assert found(files | {path: files[path].replace(b'"registered": ', b'"registered": 9', 1)})


def test_late_entries_are_listed_not_accused():
    contest = Contest(3, size=80, reveal=False)
    contest.at -= 400_000
    contest._sit(contest.people[0])
    contest.at += 400_000
    contest.publish_log()
    report = checked(contest.files)
    ((entry, late),) = report.late
    assert contest.lines[entry].startswith(SITTINGS)
    assert late == 400_000
    assert report.findings == []


def test_figures_and_standings_of_any_moment_follow_as_counted_another_way():
    contest = Contest(11, size=900, drawn=False, corrections=0.2)
    book = Book()
    for entry, at, kind, body in contest.facts:
        if kind == "join":
            book.join(entry, at, body)
        elif kind in {"first", "again"}:
            book.sit(entry, at, body, first=kind == "first")
        elif kind == "succession":
            assert book.succeed(entry, body)
        elif kind != "share":
            book.decide(entry, kind, body)
    random, last = Random(1), len(contest.lines)
    for _ in range(200):
        size, as_of = random.randrange(last + 1), contest.at - random.randrange(contest.at - contest.closes + 2_000_000)
        shown, follows = counted(contest.facts, size, as_of), book.figures(size, as_of)
        assert follows.city._asdict() == {name: shown[name] for name in follows.city._fields}
        rows = {row.pop("code"): tuple(row.values()) for row in shown["units"]}
        assert follows.units == {code: row for code, row in rows.items() if any(row)}
        assert follows.finished_units == shown["finished_units"]
        assert ranks(book.standing(size, as_of)) == ranked(contest.facts, size, as_of)


@settings(max_examples=120)
@given(st.data())
def test_every_byte_of_every_file_counts_and_none_makes_the_verifier_fall(contest, data):
    spelt_freely = {"policy", "seed.txt"}  # blanks and capitals may be others there
    paths = sorted(path for path, content in contest.files.items() if content and path not in spelt_freely)
    path = data.draw(st.sampled_from(paths))
    content = contest.files[path]
    place = data.draw(st.integers(0, len(content) - 1))
    other = content[:place] + bytes([content[place] ^ data.draw(st.integers(1, 255))]) + content[place + 1 :]
    assert found(contest.files | {path: other}, papers=path.startswith("answers/")), (path, place)


def test_papers_of_an_unrevealed_contest_are_not_asked_for():
    report = checked(Contest(3, size=80, reveal=False, drawn=False).files)
    assert (report.good, report.papers) == (True, 0)


def test_a_missing_file_without_which_nothing_can_be_said_is_named(contest):
    path = next(path for path in contest.files if path.startswith("tile/entries/"))
    with pytest.raises(BadExport, match="tile/entries"):
        checked({name: data for name, data in contest.files.items() if name != path})
