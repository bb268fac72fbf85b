"""What is poured is what was given, packed or not, and a value leaves no trace in the length of what is packed."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.lib.mould import Mould, mark

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(pieces=st.lists(words, min_size=1, max_size=5), values=st.lists(words, min_size=5, max_size=5))
def test_packed_and_plain_are_the_same_text(pieces, values):
    text = "".join(piece + mark(f"n_{n}") for n, piece in enumerate(pieces))
    own = {f"n_{n}": value.encode() for n, value in enumerate(values)}
    mould = Mould(text)

    whole = "".join(piece + value for piece, value in zip(pieces, values, strict=False))
    assert mould.pour(own).decode() == whole
    assert gzip.decompress(mould.pour_packed(own)).decode() == whole
    assert gzip.decompress(mould.pour_packed(own)).decode() == whole  # also from what was packed before


def test_a_long_value_is_poured_whole():
    value = bytes(range(256)) * 1_000
    assert gzip.decompress(Mould(mark("a")).pour_packed({"a": value})) == value


def test_a_value_that_stands_in_the_page_already_is_no_shorter_than_another():
    mould = Mould(f"mã của bạn là 12345678 hay {mark('own')}?")
    assert len(mould.pour_packed({"own": b"12345678"})) == len(mould.pour_packed({"own": b"Zq!x_7Pw"}))


def test_a_value_that_is_missing_is_an_error():
    with pytest.raises(KeyError):
        Mould(mark("a")).pour_packed({})


def test_what_looks_like_a_mark_and_is_none_stays_what_it_is():
    typed = "\ue000token\ue001 \ue000\ue001 \ue0000123456789abcdeftoken\ue001"
    assert Mould(typed + mark("token")).pour({"token": b"x"}).decode() == typed + "x"


@given(page=words, piece=words, value=words)
def test_a_part_poured_into_a_page_is_the_same_text_packed_or_not(page, piece, value):
    mould, own = Mould(f"{page}{mark('part')}{mark('own')}"), {"part": Mould(piece), "own": value.encode()}
    assert mould.pour(own).decode() == page + piece + value
    assert gzip.decompress(mould.pour_packed(own)).decode() == page + piece + value


def test_a_part_is_compressed_and_a_word_is_not():
    mould, text = Mould(mark("rows")), "<tr><td>Đơn vị</td></tr>" * 200
    assert len(mould.pour_packed({"rows": Mould(text)})) < len(text) / 10
    assert len(mould.pour_packed({"rows": text.encode()})) > len(text)
