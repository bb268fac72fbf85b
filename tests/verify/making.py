"""A whole contest's export, made up: the organiser's side of the verifier, with figures counted in another way.

Everything follows from one seed; `change` alters the body of one submission, and everything after follows from that.
"""

import json
from collections import defaultdict
from hashlib import sha256
from random import Random
from struct import pack

from lantoa_verify import entries, export, papers, tiles
from lantoa_verify.merkle import Edge, leaf_hash
from lantoa_verify.notes import Checkpoint, Signer, to_base64
from lantoa_verify.policy import write_policy
from lantoa_verify.redraw import bank_text, read_bank
from lantoa_verify.streams import beacon_digest, contest_key, paper_key, seed_commitment

ORIGIN = "thi.example.vn/log/thu"
LOG = Signer(ORIGIN, bytes(range(32)))
OPENS = 1_760_142_000_000
ASKED, LIMIT_MS = 5, 1_200_000
UNITS = [f"11{number:03}" for number in range(1, 9)]
BEACON = b"xsmb:2025-10-10:87210"
BLUEPRINT = {"asked": ASKED, "cells": [{"topic": 1, "level": 1, "count": 3}, {"topic": 2, "count": 2}]}
QUESTIONS = [
    {
        "id": f"T{topic}-{topic}.{lesson}-{number}",
        "topic": topic,
        "lesson": f"{topic}.{lesson}",
        "level": 1,
        "words": 40 + (lesson * 7 + number * 3) % 9,
        "enemies": [],
        "fixed": number == 2,
        "weight": 1 + number,
    }
    for topic in (1, 2)
    for lesson in range(1, 6)
    for number in range(3)
]
RIGHT = {one["id"]: (place * 7) % 4 for place, one in enumerate(QUESTIONS)}
DECISIONS = ["void", "void", "restore", "move", "move", "merge"]


class Files(dict):
    """An export in memory."""

    def read(self, path):
        return self.get(path)


class Person:
    def __init__(self, who, unit):
        self.who, self.unit, self.attempts = who, unit, 0


class Contest:
    """Made entry by entry; `files` is the export at the end."""

    def __init__(
        self, seed=1, *, size=600, reveal=True, change=None, drawn=True, corrections=0.06, bulletins=6, step=2000
    ):
        self.random, self.drawn, self.change = Random(seed), drawn, change or {}
        self.files, self.lines, self.openings, self.answers = Files(), [], [], []
        self.edge, self.notes, self.tiles, self.tiled = Edge(), [], {}, 0
        self.facts, self.people, self.decided = [], [], set()
        self.at, self.visits, self.closes = OPENS, 0, OPENS + size * 4 * step
        self.seed, self.key = sha256(b"seed").digest(), None
        self._open()
        every = max(1, size // (bulletins + 1))
        while len(self.lines) < size:
            self.at += self.random.randrange(1, step)
            self._something(corrections)
            if len(self.lines) % 40 < 2:
                self.head()
            if len(self.lines) % every == 0:
                self._publish()
        self._finish(reveal)

    # --- writing ---

    def public(self, kind, fields, text=None):
        if text is not None:
            path, _ = export.text_of(entries.Line(kind, self.at, None, fields))
            self.files[path] = text
        self._append(entries.public_line(kind, self.at, fields), b"", b"")

    def personal(self, kind, body, answer=b"", secret=None):
        entry = entries.seal_entry(kind, self.at, body, secret or self.random.randbytes(32))
        self.facts.append((len(self.lines), self.at, kind, body))
        self._append(entry.line, entry.opening, answer)

    def _append(self, line, opening, answer):
        self.lines.append(line)
        self.openings.append(opening)
        self.answers.append(answer)
        self.edge.append(leaf_hash(line))

    def head(self):
        self.visits += self.random.randrange(5)
        size, root = self.edge.size, self.edge.root()
        self.notes.append(LOG.sign(Checkpoint(ORIGIN, size, root).text))
        self.public("head", entries.HeadEntry(size, root, self.visits))

    def _open(self):
        self.at = OPENS - 3 * 86_400_000
        rules = {"opens": OPENS, "closes": self.closes, "asked": ASKED, "time_limit": LIMIT_MS, "attempts_limit": None}
        units = "code,name,population,cluster\n" + "".join(f"{unit},Đơn vị {unit},100,\n" for unit in UNITS)
        bank = bank_text(1, BLUEPRINT, QUESTIONS)
        self.public("log", entries.Log(1, ORIGIN))
        for kind, text in (("rules", json.dumps(rules).encode()), ("units", units.encode()), ("bank", bank)):
            self.public(kind, entries.Version(1, sha256(text).digest()), text)
        self.public("seed", entries.Seed(seed_commitment(self.seed), "xsmb:2025-10-10"))
        self.public("beacon", entries.Digest(beacon_digest(BEACON)))
        self.files[export.BEACON] = BEACON
        self.at = OPENS
        self.bank, self.key = read_bank(bank), contest_key(self.seed, BEACON)

    # --- what happens ---

    def _something(self, corrections):
        chance = self.random.random()
        if chance < corrections and len(self.people) > 5:
            self._decide()
        elif chance < 0.45 or len(self.people) < 5:
            person = Person(self.random.randbytes(16), self.random.choice(UNITS))
            self.people.append(person)
            self.personal("join", entries.Join(person.who, person.unit))
        elif chance < 0.47:
            self.personal("share", entries.Share(self.random.choice(self.people).who, self.random.randbytes(32)))
        else:
            self._sit(self.random.choice(self.people))

    def _sit(self, person):
        person.attempts += 1
        secret = self.random.randbytes(32)
        choices = "".join(self.random.choice("ABCD-") for _ in range(ASKED))
        paper, right = self._paper(person, choices)
        salt = entries.inner_salt(secret)
        ms = self.random.randrange(20, 400) * 10
        body = entries.Sitting(
            person.who,
            person.attempts,
            right,
            ASKED,
            min(ms, self.at - OPENS),
            1,
            1,
            paper,
            entries.answers_commitment(salt, choices),
        )
        body = self.change.get(len(self.lines), lambda same: same)(body)
        self.personal("first" if person.attempts == 1 else "again", body, salt + choices.encode(), secret)

    def _paper(self, person, choices):
        if not self.drawn:
            return pack(">QQQQ", 0, 0, 0, len(self.lines)), self.random.randrange(ASKED + 1)
        paper = self.bank.draw(paper_key(self.key, person.who, person.attempts))
        shown = zip(paper.questions, paper.options, choices, strict=True)
        right = sum(choice != "-" and order["ABCD".index(choice)] == RIGHT[one] for one, order, choice in shown)
        return papers.paper_hash(1, paper), right

    def _decide(self):
        kind, person = self.random.choice(DECISIONS), self.random.choice(self.people)
        effective = self.random.choice([0, 0, self.at - 60_000, self.at])
        if self.random.random() < 0.1:
            self._merge_units(effective)
        elif kind == "move":
            self.personal(kind, entries.Move(person.who, self.random.choice(UNITS), effective))
        elif kind == "merge":
            other = self.random.choice(self.people)
            if other is person or {person.who, other.who} & self.decided:
                return
            self.decided.add(person.who)
            self.personal(kind, entries.Merge(person.who, other.who, effective))
        else:
            attempt = self.random.randrange(person.attempts + 1)
            self.personal(kind, entries.Void(person.who, attempt, effective, "shared-account"))

    def _merge_units(self, effective):
        place = self.random.randrange(len(UNITS) - 1)  # always into a later one: no circle
        unit, successor = UNITS[place], self.random.choice(UNITS[place + 1 :])
        if not any(kind == "succession" and body.unit == unit for _, _, kind, body in self.facts):
            body = entries.Succession(unit, successor, effective)
            self.facts.append((len(self.lines), self.at, "succession", body))
            self.public("succession", body)

    # --- what is published ---

    def _publish(self):
        as_of, size = self.at - self.random.choice([0, 5_000, 100_000]), len(self.lines)
        shown = counted(self.facts, size, as_of)
        text = json.dumps({"contest": "thu", **shown, "visits": self._visits(as_of)}).encode()
        number = sum(path.startswith("bulletins/") for path in self.files) + 1
        if number == 2:  # one merger at least, known before the third
            self._merge_units(0)
        self.public("bulletin", entries.BulletinEntry(number, as_of, size, sha256(text).digest()), text)
        text = export.standing_text(ranked(self.facts, size, as_of))
        if f"standings/{as_of}.txt" not in self.files:
            self.public("standing", entries.Standing(as_of, size, sha256(text).digest()), text)

    def _visits(self, as_of):
        heads = [entries.parse_line(line) for line in self.lines if line.startswith(b"head ")]
        minute = as_of // 60_000 * 60_000
        return max((head.fields.visits for head in heads if head.at <= minute), default=0)

    def _finish(self, reveal):
        self.at = self.closes
        self.public("close", entries.Close())
        if reveal:
            text = export.keys_text({1: RIGHT})
            self.public("reveal", entries.Reveal(seed_commitment(self.seed), sha256(text).digest()), text)
            self.files[export.SEED] = self.seed.hex().encode() + b"\n"
        self.publish_log()
        if reveal:
            self.files |= dict(export.beside_files(export.ANSWERS, self.answers))

    def publish_log(self):
        """Sign what is there and write all files; whatever comes later is signed anew."""
        self.head()
        newest = LOG.sign(Checkpoint(ORIGIN, self.edge.size, self.edge.root()).text)
        self.signed = [*self.notes, newest]
        self.files |= log_files(self.lines, self.openings, self.signed)

    def checkpoint(self, size):
        """A head that somebody kept."""
        edge = Edge()
        for line in self.lines[:size]:
            edge.append(leaf_hash(line))
        return Checkpoint(ORIGIN, size, edge.root())


def log_files(lines, openings, notes):
    made = tiles.extend(lambda *_: b"", 0, map(leaf_hash, lines))
    files = dict(export.entry_files(lines))
    files |= dict(export.beside_files(export.OPENINGS, openings))
    files |= dict(export.tile_files(lambda level, number: made[level, number], len(lines)))
    files[export.CHECKPOINT], files[export.HEADS] = notes[-1].encode(), export.heads_text(notes).encode()
    files[export.POLICY] = write_policy(LOG.verifier, {}, 0).encode()
    return files


# --- counted in another way: person by person, from the list of facts ------------------------------------------------


def people_of(facts, size, as_of):
    """What each person who counts did: [(unit, [(missed, ms, at, entry)])]."""
    known = [(at, kind, body, entry) for entry, at, kind, body in facts if entry < size]
    past = [one for one in known if one[0] <= as_of]
    decided = [(kind, body) for _, kind, body, _ in known if getattr(body, "effective", as_of + 1) <= as_of]
    joined = {body.who: (at, body.unit) for at, kind, body, _ in past if kind == "join"}
    void = {(body.who, body.attempt): kind == "void" for kind, body in decided if kind in {"void", "restore"}}
    unit = {body.who: body.unit for kind, body in decided if kind == "move"}
    into = {body.source: body.into for kind, body in decided if kind == "merge"}
    sat = defaultdict(list)
    for at, kind, body, entry in past:
        if kind in {"first", "again"}:
            sat[body.who].append((body.attempt, (body.of - body.right, body.ms, at, entry)))
    heirs = {body.unit: body.successor for kind, body in decided if kind == "succession"}
    for home, counted in _together(joined, into, void, unit, sat):
        place = home
        while place in heirs:
            place = heirs[place]
        yield place, counted


def _together(joined, into, void, unit, sat):
    groups = defaultdict(list)
    for who in joined:
        line = [who]
        while line[-1] in into:
            line.append(into[line[-1]])
        if not any(void.get((one, 0)) for one in line):
            groups[line[-1]].append(who)
    for root, members in groups.items():
        home = root if root in members else min(members, key=lambda who: joined[who][0])
        counted = [one for who in members for attempt, one in sat[who] if not void.get((who, attempt))]
        yield unit.get(home, joined[home][1]), counted


def counted(facts, size, as_of):
    rows = {code: {"code": code, "registered": 0, "finished": 0, "attempts": 0} for code in UNITS}
    for code, sittings in people_of(facts, size, as_of):
        rows[code]["registered"] += 1
        rows[code]["finished"] += bool(sittings)
        rows[code]["attempts"] += len(sittings)
    total = {name: sum(row[name] for row in rows.values()) for name in ("registered", "finished", "attempts")}
    return {**total, "finished_units": sum(row["finished"] > 0 for row in rows.values()), "units": list(rows.values())}


def ranked(facts, size, as_of):
    best = sorted(min(sittings) for _, sittings in people_of(facts, size, as_of) if sittings)
    first = {}
    for place, one in enumerate(best, 1):
        first.setdefault(one[:3], place)
    return [(first[one[:3]], one[3]) for one in best]


def proof_of(contest, index):
    """A .tlog-proof of an entry."""
    made = tiles.extend(lambda *_: b"", 0, map(leaf_hash, contest.lines))
    path = tiles.inclusion_proof(lambda level, number: made[level, number], index, len(contest.lines))
    opening = f"extra {to_base64(contest.openings[index])}\n" if contest.openings[index] else ""
    rows = "".join(f"{to_base64(part)}\n" for part in path)
    return f"c2sp.org/tlog-proof@v1\n{opening}index {index}\n{rows}\n{contest.files[export.CHECKPOINT].decode()}"
