"""Receipts and the contest's book: the promise at once, the proof by itself, checked by anybody (I1, I6, I9)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from lantoa.contests.log import Entry
from lantoa.contests.receipts import keys
from lantoa.contests.rounds import sequence
from lantoa.contests.sequencer import origin_of, signer
from lantoa.exams.sittings import enter_missing
from lantoa.lib import clock
from lantoa_verify.export import unbundle
from lantoa_verify.notes import Proof, Signer
from lantoa_verify.receipts import key_name, open_receipt
from tests.exams.test_sittings import sat
from tests.factories.contest import a_bank, a_contest, a_contestant

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest():
    contest = a_contest()
    a_bank(contest)
    return contest


@pytest.fixture
def me(contest, client):
    me = a_contestant(contest, name="Nguyễn Văn Kiểm")
    sat(me)
    client.force_login(me.person.account)
    return me


def page(client, name, **where):
    return client.get(reverse(name, kwargs={"contest": "thu-nghiem", **where})).content.decode()


def handed_in(client, text):
    return client.post(reverse("book", kwargs={"contest": "thu-nghiem"}), {"bien-nhan": text}).content.decode()


def test_the_result_has_code_picture_and_promise_at_once(client, me):
    shown = page(client, "result", number=1)
    assert re.search(r'receipt-code">[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}<', shown)
    assert "Mã QR của biên nhận" in shown
    assert "data-waits=" in shown
    promise = page(client, "receipt-file", number=1)
    origin = origin_of(me.contest)
    receipt = open_receipt(promise, origin, [signer(origin, "receipt", key_name(origin)).verifier])
    assert receipt.line.decode() == Entry.objects.of_attempt(me.pk, 1).line
    assert page(client, "receipt-file", number=1) == promise


def test_within_a_round_the_promise_becomes_a_proof_that_stands_for_itself(client, me):
    sequence(me.contest, clock.now())
    assert "data-waits=" not in page(client, "result", number=1)
    assert "data-waits=" not in page(client, "receipt", number=1)
    entry = Entry.objects.of_attempt(me.pk, 1)
    proof = Proof.parse(page(client, "receipt-file", number=1))
    head = proof.check(entry.line.encode(), origin_of(me.contest), keys(me.contest))
    assert head.size == 2
    assert proof.extra[16:].decode() == entry.body


def test_an_attempt_from_before_the_log_has_no_receipt(client, me):
    other = a_contestant(me.contest, name="Người cũ")
    client.force_login(other.person.account)
    assert client.get(reverse("receipt", kwargs={"contest": "thu-nghiem", "number": 1})).status_code == 404


def test_the_book_says_how_many_lines_and_that_no_witness_is_there_yet(client, me):
    assert "Sổ chưa có dòng nào được ký." in page(client, "book")
    sequence(me.contest, clock.now())
    shown = page(client, "book")
    assert "Chưa có bên chứng kiến độc lập." in shown
    assert 'href="/log/thu-nghiem/checkpoint"' in shown


def test_a_code_finds_its_line_in_any_spelling_and_for_anybody(client, me):
    sequence(me.contest, clock.now())
    code = re.search(r'receipt-code">([^<]+)<', page(client, "result", number=1))[1]
    client.logout()
    for typed in (code, code.lower().replace("-", " "), code.replace("0", "o").replace("1", "l")):
        shown = client.get(reverse("book", kwargs={"contest": "thu-nghiem"}), {"ma": typed}).content.decode()
        assert "Có trong sổ, ở dòng 1." in shown
        assert Entry.objects.of_attempt(me.pk, 1).line in shown


@pytest.mark.parametrize(
    ("typed", "said"), [("0000-0000-0000", "Trong sổ không có mã này."), ("abc", "Mã gồm 12 chữ và số")]
)
def test_another_code_is_not_found_or_not_a_code(client, me, typed, said):
    shown = client.get(reverse("book", kwargs={"contest": "thu-nghiem"}), {"ma": typed}).content.decode()
    assert said in shown


def test_promise_and_proof_are_checked_by_their_text(client, me):
    promise = page(client, "receipt-file", number=1)
    assert "Đã nhận, đang chờ ký." in handed_in(client, promise)
    sequence(me.contest, clock.now())
    assert "Chữ ký đúng." in handed_in(client, promise.replace("\n", "\r\n"))
    attempt = me.attempts.get(number=1)
    said = handed_in(client, page(client, "receipt-file", number=1))
    assert f"lượt thi thứ 1: đúng {attempt.correct}/20 câu, trong 5 phút 0 giây" in said


def test_what_was_changed_or_signed_by_somebody_else_is_named(client, me):
    promise = page(client, "receipt-file", number=1)
    sequence(me.contest, clock.now())
    proof = page(client, "receipt-file", number=1)
    origin = origin_of(me.contest)
    forged = Signer(key_name(origin), bytes(32)).sign(promise.split("\n\n")[0] + "\n")
    last = proof.rstrip()
    broken = last[:-3] + ("A" if last[-3] != "A" else "B") + last[-2:] + "\n"
    swapped = proof.replace("index 1\n", "index 0\n")
    for text in (promise.replace("first", "again"), broken, swapped):
        assert "Biên nhận này không đúng." in handed_in(client, text)
    for text in (forged, "xin chào", proof[:60], "", "a" * 30_000):
        assert "Không đọc được biên nhận." in handed_in(client, text)


def test_a_promise_that_was_not_kept_is_said_loudly(client, me):
    promise = page(client, "receipt-file", number=1)
    origin = origin_of(me.contest)
    line = f"first 1 {'ab' * 32}"
    from lantoa_verify.receipts import sign_receipt

    broken = sign_receipt(origin, line.encode(), signer(origin, "receipt", key_name(origin)))
    assert promise != broken
    assert "Chữ ký đúng, nhưng sổ thiếu dòng này." in handed_in(client, broken)


def test_public_files_are_served_and_nothing_beside_them(client, me):
    sequence(me.contest, clock.now())

    def asked(name):
        return client.get(reverse("book-file", kwargs={"contest": "thu-nghiem", "name": name}))

    lines = unbundle(asked("tile/entries/000.p/2").content)
    assert len(lines) == 2
    assert "max-age=5" in asked("checkpoint")["Cache-Control"]
    assert "immutable" in asked("tile/0/000.p/2")["Cache-Control"]
    for name in ("../../keys.json", "tile", "khong-co", "../thu-nghiem/../x", ".checkpoint.1"):
        assert asked(name).status_code == 404


def test_a_witness_hands_in_its_signature(client, me, settings):
    witness = Signer("bao.example/nhan-chung", bytes(range(32)), 0x04)
    settings.WITNESSES = [str(witness.verifier)]
    sequence(me.contest, clock.now())
    note = me.contest.heads.get().note
    door = reverse("cosignature", kwargs={"contest": "thu-nghiem"})
    signed = note + witness.line(note.split("\n\n")[0] + "\n", 1_760_000_000)
    answer = client.post(door, signed, content_type="text/plain")
    assert (answer.status_code, answer.content) == (200, b"bao.example/nhan-chung\n")
    assert client.post(door, note, content_type="text/plain").status_code == 403
    assert client.post(door, "x" * 30_000, content_type="text/plain").status_code == 413
    assert client.post(door, b"\xff\xfe", content_type="text/plain").status_code == 400


def test_no_personal_datum_stands_in_a_line_an_opening_or_a_public_file(client, me, settings):
    canaries = ["Nguyễn Văn Kiểm", "Kiểm", me.person.pk.hex if hasattr(me.person.pk, "hex") else str(me.person.pk)]
    enter_missing(me.contest)
    sequence(me.contest, clock.now() + timedelta(days=2))
    files = [path for path in settings.EXPORT.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        for canary in canaries:
            assert canary.encode() not in path.read_bytes(), path
