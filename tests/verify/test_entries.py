"""Lines and bodies of the log: the published vectors, and one spelling only."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa_verify import codes, entries
from lantoa_verify.entries import BODIES, PUBLIC, BadEntry, Join, Share, Sitting
from lantoa_verify.merkle import leaf_hash

VECTORS = json.loads((Path(__file__).parent / "data" / "log_vectors.json").read_text(encoding="utf-8"))
TEXTS = {name: st.from_regex(pattern, fullmatch=True) for name, pattern in entries._WORDS.items() if name != "format"}
NUMBERS = st.one_of(st.integers(0, 9), st.integers(0, 10**19 - 1))


def field(form, name):
    if name == "format":
        return st.just(1)
    if name in TEXTS:
        return TEXTS[name]
    if form.__annotations__[name] is int:
        return NUMBERS
    return (
        st.binary(min_size=16, max_size=16)
        if name in {"who", "source", "into"}
        else st.binary(min_size=32, max_size=32)
    )


def filled(form):
    return st.tuples(*(field(form, name) for name in form._fields)).map(lambda values: form(*values))


BODY = st.sampled_from(sorted(BODIES)).flatmap(lambda kind: st.tuples(st.just(kind), filled(BODIES[kind])))
PUBLIC_FIELDS = st.sampled_from(sorted(PUBLIC)).flatmap(lambda kind: st.tuples(st.just(kind), filled(PUBLIC[kind])))


@pytest.mark.parametrize("vector", VECTORS["entries"], ids=lambda vector: vector["kind"])
def test_the_published_entries_come_out(vector):
    secret, kind = bytes.fromhex(vector["secret"]), vector["kind"]
    body = entries.parse_body(kind, vector["body"].encode())
    entry = entries.seal_entry(kind, int(vector["line"].split()[1]), body, secret)
    assert entry.line == vector["line"].encode()
    assert entry.opening.hex() == vector["salt_body"] + vector["body"].encode().hex()
    assert (entry.leaf.hex(), codes.short_code(entry.leaf)) == (vector["leaf"], vector["code"])
    assert entries.inner_salt(secret).hex() == vector["salt_answers"]
    assert entries.open_entry(entries.parse_line(entry.line), entry.opening) == body
    if "choices" in vector:
        salt = bytes.fromhex(vector["salt_answers"])
        assert entries.answers_commitment(salt, vector["choices"]) == body.answers


def test_the_published_lines_are_read_and_the_refused_ones_are_not():
    assert [entries.parse_line(line.encode()).kind for line in VECTORS["log"]["lines"]] == [
        "log", "join", "first", "again", "void", "move",
    ]  # fmt: skip
    for line in VECTORS["refused_lines"]:
        with pytest.raises(BadEntry):
            entries.parse_line(line.encode())


@given(BODY, st.integers(0, 10**19 - 1), st.binary(min_size=32, max_size=32))
def test_every_personal_entry_is_read_as_it_was_written(made, at, secret):
    kind, body = made
    entry = entries.seal_entry(kind, at, body, secret)
    line = entries.parse_line(entry.line)
    assert (line.kind, line.at, line.fields) == (kind, at, None)
    assert entries.open_entry(line, entry.opening) == body
    assert entry.leaf == leaf_hash(entry.line)


@given(PUBLIC_FIELDS, st.integers(0, 10**19 - 1))
def test_every_public_entry_is_read_as_it_was_written(made, at):
    kind, fields = made
    line = entries.parse_line(entries.public_line(kind, at, fields))
    assert line == (kind, at, None, fields)


def spellings(draw, text):
    """Another spelling of the same, or of nearly the same: every one must be refused, or be read as something else."""
    place = draw(st.integers(0, len(text)))
    how = draw(st.integers(0, 5))
    if how == 0:
        return (
            text[:place] + draw(st.sampled_from([" ", "\n", "0", "+", "\t", "\0", "_", "٣", "\u00a0"])) + text[place:]
        )
    if how == 1:
        return text[:place] + text[place + 1 :]
    if how == 2:
        return text.swapcase()
    if how == 3:
        return text + draw(st.sampled_from(["\n", " ", "\r\n", "\0"]))
    if how == 4:
        words = text.split(" ")
        at = draw(st.integers(0, len(words) - 1))
        return " ".join([*words[:at], "0" + words[at], *words[at + 1 :]])
    return text.replace(" ", draw(st.sampled_from(["  ", "\t", ","])), 1)


@given(st.data())
def test_no_change_of_spelling_is_read_as_the_same_line(data):
    kind, fields = data.draw(PUBLIC_FIELDS)
    line = entries.public_line(kind, data.draw(NUMBERS), fields)
    changed = spellings(data.draw, line.decode()).encode()
    if changed == line:
        return
    try:
        read = entries.parse_line(changed)
    except BadEntry:
        return
    assert entries.public_line(read.kind, read.at, read.fields) == changed
    assert read != entries.parse_line(line)


@given(st.data())
def test_no_change_of_spelling_is_read_as_the_same_body(data):
    kind, body = data.draw(BODY)
    text = entries.write_body(kind, body)
    changed = spellings(data.draw, text.decode()).encode()
    if changed == text:
        return
    try:
        read = entries.parse_body(kind, changed)
    except BadEntry:
        return
    assert entries.write_body(kind, read) == changed
    assert read != body


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: entries.write_body("join", Join(bytes(15), "1")),
        lambda: entries.write_body("join", Join(bytes(16), "a b")),
        lambda: entries.write_body("share", Join(bytes(16), "1")),
        lambda: entries.write_body("first", Sitting(bytes(16), -1, 0, 0, 0, 0, 0, bytes(32), bytes(32))),
        lambda: entries.write_body("first", Sitting(bytes(16), 10**19, 0, 0, 0, 0, 0, bytes(32), bytes(32))),
        lambda: entries.public_line("close", -1, entries.Close()),
        lambda: entries.public_line("bank", 1, entries.Close()),
        lambda: entries.personal_line("close", 1, bytes(32)),
        lambda: entries.personal_line("join", 1, bytes(31)),
        lambda: entries.seal_entry("join", 1, Join(bytes(16), "1"), bytes(31)),
        lambda: entries.answers_commitment(bytes(16), "ab"),
    ],
)
def test_what_no_line_can_hold_is_not_written(wrong):
    with pytest.raises(BadEntry):
        wrong()


def test_an_opening_of_another_entry_or_with_another_salt_is_refused():
    one = entries.seal_entry("join", 1, Join(bytes(16), "1"), b"a" * 32)
    two = entries.seal_entry("join", 1, Join(bytes(16), "1"), b"b" * 32)
    other = entries.seal_entry("share", 1, Share(bytes(16), bytes(32)), b"a" * 32)
    for opening in (two.opening, other.opening, b"", one.opening[:-1]):
        with pytest.raises(BadEntry, match="commitment"):
            entries.open_entry(entries.parse_line(one.line), opening)


def test_the_two_salts_of_a_secret_say_nothing_of_each_other():
    assert entries.body_salt(bytes(32)) != entries.inner_salt(bytes(32))


@given(st.binary(min_size=32, max_size=32))
def test_a_short_code_is_read_in_any_hand(leaf):
    code = codes.short_code(leaf)
    assert codes.read_code(code) == codes.code_number(leaf)
    for hand in (code.lower(), code.replace("-", " "), code.replace("0", "O").replace("1", "l")):
        assert codes.read_code(hand) == codes.code_number(leaf)


@pytest.mark.parametrize("wrong", ["", "NKKF-GTJP-RVK", "NKKF-GTJP-RVKU", "NKKF-GTJP-RVKQQ"])
def test_what_is_no_short_code_is_refused(wrong):
    with pytest.raises(BadEntry):
        codes.read_code(wrong)
