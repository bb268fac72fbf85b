"""Policies as C2SP writes them, and a witness that signs one history only."""

from random import Random

import pytest

from lantoa_verify import tiles
from lantoa_verify.merkle import leaf_hash
from lantoa_verify.notes import COSIGNATURE, BadNote, Checkpoint, Signer, open_checkpoint
from lantoa_verify.policy import BadPolicy, parse_policy, write_policy
from lantoa_verify.witness import Fork, Memory, Witness, write_request

ORIGIN = "thi.example.vn/log/x"
LOG = Signer(ORIGIN, bytes(32))
WITNESSES = {name: Signer(f"{name}.vn/w", bytes([place]) * 32, COSIGNATURE) for place, name in enumerate("abcde", 1)}
KEYS = {name: signer.verifier for name, signer in WITNESSES.items()}
GROUPS = f"""
# two of three papers, and any university
log {LOG.verifier} https://thi.example.vn/log/x
witness a {KEYS["a"]}
\twitness b {KEYS["b"]}
witness c {KEYS["c"]}
group papers 2 a b c
witness d {KEYS["d"]}
witness e {KEYS["e"]}
group schools any d e
group both all papers schools
quorum both
"""


class Tree:
    def __init__(self, leaves=()):
        self.size, self.tiles = 0, {}
        self.append(leaves)

    def append(self, leaves):
        self.tiles |= tiles.extend(self.read, self.size, leaves)
        self.size += len(leaves)

    def read(self, level, number):
        return self.tiles[level, number]

    def note(self, signer=LOG):
        return signer.sign(Checkpoint(ORIGIN, self.size, tiles.root_at(self.read, self.size)).text)

    def request(self, old):
        path = tiles.consistency_proof(self.read, old, self.size) if old <= self.size else []
        return write_request(old, path, self.note())


def leaves(seed, count):
    random = Random(seed)
    return [leaf_hash(random.randbytes(9)) for _ in range(count)]


@pytest.fixture
def witness(tmp_path):
    return Witness(WITNESSES["a"], (LOG.verifier,), Memory(tmp_path / "state.json"))


@pytest.mark.parametrize(
    ("names", "enough"), [("abd", True), ("acde", True), ("abc", False), ("ad", False), ("de", False), ("", False)]
)
def test_a_policy_asks_for_the_witnesses_that_its_groups_name(names, enough):
    policy = parse_policy(GROUPS)
    assert policy.satisfied([KEYS[name] for name in names]) is enough
    text = Checkpoint(ORIGIN, 0, bytes(32)).text
    note = LOG.sign(text) + "".join(WITNESSES[name].line(text, 1) for name in names)
    if enough:
        assert len(policy.open(note, ORIGIN).witnesses) == len(names)
    else:
        with pytest.raises(BadPolicy, match="2 of 2"):
            policy.open(note, ORIGIN)


def test_a_written_policy_is_read_again():
    policy = parse_policy(write_policy(LOG.verifier, KEYS, 3))
    assert (policy.logs, policy.witnesses) == ([LOG.verifier], KEYS)
    assert policy.satisfied(list(KEYS.values())[:3])
    assert not policy.satisfied(list(KEYS.values())[:2])
    assert parse_policy(write_policy(LOG.verifier, {}, 0)).satisfied([])


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "log x\nquorum none",
        "quorum a",
        "quorum none\nquorum none",
        "nothing\nquorum none",
        f"log {KEYS['a']}\nquorum none",
        f"witness a {LOG.verifier}\nquorum a",
        f"witness none {KEYS['a']}\nquorum none",
        f"witness a {KEYS['a']}\nwitness b {KEYS['a']}\nquorum a",
        f"witness a {KEYS['a']}\ngroup g 2 a\nquorum g",
        f"witness a {KEYS['a']}\ngroup g 0 a\nquorum g",
        f"witness a {KEYS['a']}\ngroup g any a a\nquorum g",
        f"witness a {KEYS['a']}\ngroup g any a\ngroup h any a\nquorum g",
        f"group g any a\nwitness a {KEYS['a']}\nquorum g",
        "quorum none\r",
        "group g any\nquorum none",
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(wrong):
    with pytest.raises((BadPolicy, BadNote)):
        parse_policy(wrong)


def test_a_witness_signs_two_hundred_honest_heads(witness):
    tree, random, old = Tree(), Random(3), 0
    for turn in range(200):
        tree.append(leaves(turn, random.randint(0, 40)))
        status, line = witness.add_checkpoint(tree.request(old), 1_761_036_000 + turn)
        assert status == 200
        head = open_checkpoint(tree.note() + line, ORIGIN, [LOG.verifier, KEYS["a"]])
        assert head.witnesses == {KEYS["a"]: 1_761_036_000 + turn}
        old = tree.size


def test_a_fork_gets_no_signature_and_the_memory_stays(witness):
    honest, other = Tree(leaves(1, 300)), Tree([*leaves(1, 299), leaf_hash(b"other")])
    assert witness.add_checkpoint(honest.request(0), 1)[0] == 200
    assert witness.add_checkpoint(other.request(300), 2)[0] == 409  # another root at the same size
    other.append(leaves(2, 5))
    assert witness.add_checkpoint(other.request(300), 3)[0] == 422
    honest.append(leaves(3, 5))
    assert witness.add_checkpoint(honest.request(300), 4)[0] == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("old 05\n\n", 400),
        ("old 0\nnot base64\n\n" + Tree().note(), 400),
        ("old 9\n\n" + Tree(leaves(1, 5)).note(), 400),
        ("old 3\n\n" + Tree(leaves(1, 5)).note(), 409),
        ("old 0\n\n" + Tree(leaves(1, 5)).note(Signer("other.vn/log", bytes(32))).replace("other", "another"), 403),
        ("old 0\n\n" + Signer("b.vn/log", bytes(32)).sign(Checkpoint("b.vn/log", 1, bytes(32)).text), 404),
        ("old 0\n" + "A" * 43 + "=\n\n" + Tree(leaves(1, 5)).note(), 422),
    ],
)
def test_a_request_is_answered_as_the_protocol_says(witness, body, status):
    assert witness.add_checkpoint(body, 1)[0] == status


def test_who_knows_nothing_is_told_the_size(witness):
    tree = Tree(leaves(1, 7))
    witness.add_checkpoint(tree.request(0), 1)
    assert witness.add_checkpoint(tree.request(0), 2) == (409, "7\n")


def test_a_witness_remembers_after_a_restart(tmp_path):
    tree, other = Tree(leaves(1, 7)), Tree(leaves(2, 9))
    Witness(WITNESSES["a"], (LOG.verifier,), Memory(tmp_path / "s.json")).cosign(tree.note(), 0, [], 1)
    again = Witness(WITNESSES["a"], (LOG.verifier,), Memory(tmp_path / "s.json"))
    with pytest.raises(Fork, match="not the history"):
        again.cosign(other.note(), 7, tiles.consistency_proof(other.read, 7, 9), 2)
