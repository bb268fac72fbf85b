"""Signed notes, checkpoints, cosignatures, proofs and receipts: the published examples, and what is refused."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa_verify.entries import Join, seal_entry
from lantoa_verify.merkle import BadProof
from lantoa_verify.notes import (
    COSIGNATURE,
    BadNote,
    Checkpoint,
    Proof,
    Signer,
    Verifier,
    from_base64,
    open_checkpoint,
    open_note,
)
from lantoa_verify.receipts import key_name, open_receipt, sign_receipt

VECTORS = json.loads((Path(__file__).parent / "data" / "log_vectors.json").read_text(encoding="utf-8"))
LOG = VECTORS["log"]
ORIGIN, LINES = LOG["origin"], [line.encode() for line in LOG["lines"]]
PRIVATE = bytes.fromhex(LOG["test_private_key"])
HOLDER, OF_RECEIPTS = Verifier.parse(LOG["vkey"]), Verifier.parse(LOG["receipt_vkey"])
WITNESS = Verifier.parse(LOG["witness_vkey"])
MOMENT = 1_761_036_000

SPECIFIED_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPECIFIED = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)


def test_the_example_of_the_specification_opens():
    verifier = Verifier.parse(SPECIFIED_KEY)
    assert str(verifier) == SPECIFIED_KEY
    assert open_note(SPECIFIED, [verifier]).text == "This is an example message.\n"


@pytest.mark.parametrize(
    "wrong",
    [
        SPECIFIED.replace("message", "massage"),
        SPECIFIED.replace("Uw2QOkn8", "Uw2QOkn9"),
        SPECIFIED[:-1],
        SPECIFIED.replace("\n\n", "\n"),
        SPECIFIED + "\t",
        SPECIFIED.replace("— ", "- "),
        SPECIFIED.replace("aQM=", "aQN="),
        SPECIFIED + "\n",
    ],
)
def test_a_broken_note_is_refused(wrong):
    with pytest.raises(BadNote):
        open_note(wrong, [Verifier.parse(SPECIFIED_KEY)])


def test_a_note_that_nobody_known_signed_is_refused():
    with pytest.raises(BadNote):
        open_note(SPECIFIED, [HOLDER])


@pytest.mark.parametrize(
    "wrong", ["", "a", SPECIFIED_KEY[:-1], SPECIFIED_KEY.replace("530d", "530e"), "a b+00000000+AQ=="]
)
def test_a_broken_key_is_refused(wrong):
    with pytest.raises(BadNote):
        Verifier.parse(wrong)


def test_the_published_checkpoint_is_made_and_opened():
    checkpoint = Checkpoint(ORIGIN, len(LINES), bytes.fromhex(LOG["root"]))
    log, witness = Signer(ORIGIN, PRIVATE), Signer(WITNESS.name, bytes(range(1, 33)), COSIGNATURE)
    assert (log.verifier, witness.verifier) == (HOLDER, WITNESS)
    assert log.sign(checkpoint.text) + witness.line(checkpoint.text, MOMENT) == LOG["checkpoint"]
    head = open_checkpoint(LOG["checkpoint"], ORIGIN, [HOLDER, WITNESS])
    assert (head.checkpoint, head.witnesses) == (checkpoint, {WITNESS: MOMENT})


def test_a_checkpoint_that_only_a_witness_signed_is_no_head():
    with pytest.raises(BadNote, match="log itself"):
        open_checkpoint(LOG["checkpoint"], ORIGIN, [WITNESS])


def test_a_checkpoint_of_another_log_is_refused():
    with pytest.raises(BadNote):
        open_checkpoint(LOG["checkpoint"], ORIGIN + "x", [HOLDER])


def test_a_cosignature_with_another_moment_does_not_hold():
    *rest, line = LOG["checkpoint"].splitlines(keepends=True)
    raw = bytearray(from_base64(line.split(" ")[2].strip()))
    raw[11] ^= 1
    with pytest.raises(BadNote, match="does not hold"):
        open_checkpoint("".join(rest) + f"— {WITNESS.name} {_base64(raw)}\n", ORIGIN, [HOLDER, WITNESS])


def _base64(data):
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n06\n{'A' * 43}=\n",
        f"{ORIGIN}\n6\n{'A' * 43}\n",
        f"{ORIGIN}\n6\nAAAA\n",
        f"{ORIGIN}\n-6\n{'A' * 43}=\n",
        f"{ORIGIN}\n6\n{'A' * 43}=\nmore\n",
        f"\n6\n{'A' * 43}=\n",
    ],
)
def test_a_checkpoint_has_one_spelling(text):
    with pytest.raises(BadNote):
        Checkpoint.parse(text)


def test_the_published_proof_is_opened_and_written_again():
    text = LOG["proof_of_entry_2"]
    proof = Proof.parse(text)
    assert str(proof) == text
    assert proof.check(LINES[2], ORIGIN, [HOLDER]).size == len(LINES)
    assert proof.extra.hex() == VECTORS["entries"][1]["salt_body"] + VECTORS["entries"][1]["body"].encode().hex()
    with pytest.raises(BadProof):
        proof.check(LINES[3], ORIGIN, [HOLDER])


@pytest.mark.parametrize(
    "wrong",
    ["", "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v1\nindex 02\n\n", "c2sp.org/tlog-proof@v2\nindex 2\n\n"],
)
def test_a_broken_proof_is_refused(wrong):
    with pytest.raises(BadNote):
        Proof.parse(wrong)


@pytest.mark.parametrize("entry", VECTORS["entries"], ids=lambda entry: entry["kind"])
def test_the_published_receipts_come_out_and_open(entry):
    line = entry["line"].encode()
    assert sign_receipt(ORIGIN, line, Signer(key_name(ORIGIN), PRIVATE)) == entry["receipt"]
    receipt = open_receipt(entry["receipt"], ORIGIN, [OF_RECEIPTS])
    assert (receipt.line, receipt.due) == (line, int(entry["line"].split()[1]) + 60_000)


def test_a_receipt_is_never_a_head_and_a_head_never_a_receipt():
    receipt = VECTORS["entries"][0]["receipt"]
    with pytest.raises(BadNote):
        open_checkpoint(receipt, ORIGIN, [HOLDER, OF_RECEIPTS])
    with pytest.raises(BadNote):
        open_receipt(LOG["checkpoint"], ORIGIN, [HOLDER, OF_RECEIPTS])
    with pytest.raises(BadNote):  # even with the same private key
        open_checkpoint(
            Signer(key_name(ORIGIN), PRIVATE).sign(Checkpoint(ORIGIN, 1, bytes(32)).text), ORIGIN, [OF_RECEIPTS]
        )
    with pytest.raises(ValueError, match="signed by"):
        sign_receipt(ORIGIN, LINES[1], Signer(ORIGIN, PRIVATE))


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_changed_receipt_does_not_open(place, value):
    note = VECTORS["entries"][1]["receipt"].encode()
    place %= len(note)
    changed = note[:place] + bytes([value]) + note[place + 1 :]
    if changed == note:
        return
    with pytest.raises(ValueError):
        open_receipt(changed.decode(), ORIGIN, [OF_RECEIPTS])


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).map(lambda text: text + "\n"))
def test_any_text_is_signed_and_opened_again(text):
    signer = Signer("a.vn/log", bytes(32))
    assert open_note(signer.sign(text), [signer.verifier]).text == text


def test_a_receipt_names_the_line_that_was_given():
    entry = seal_entry("join", 1, Join(bytes(16), "11737"), bytes(32))
    receipt = open_receipt(
        sign_receipt("a/log", entry.line, Signer("a/log/receipt", bytes(32))),
        "a/log",
        [Signer("a/log/receipt", bytes(32)).verifier],
    )
    assert receipt.leaf == entry.leaf
