"""D03: ciphertext cannot be moved or altered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.lib import sealing

PLACE = {"table": "lantoa_person", "column": "phone", "row": "7"}


@given(st.binary(max_size=64))
def test_what_is_sealed_opens_at_its_place(clear):
    assert sealing.unseal(sealing.seal(clear, **PLACE), **PLACE) == clear


@pytest.mark.parametrize("moved", [{"row": "8"}, {"column": "citizen_id"}, {"table": "lantoa_contest"}])
def test_ciphertext_moved_to_another_place_is_refused(moved):
    sealed = sealing.seal(b"+84912345678", **PLACE)
    with pytest.raises(sealing.Broken):
        sealing.unseal(sealed, **{**PLACE, **moved})


def test_places_that_read_alike_when_joined_are_different_places():
    sealed = sealing.seal(b"x", table="ab", column="c", row="1")
    with pytest.raises(sealing.Broken):
        sealing.unseal(sealed, table="a", column="bc", row="1")


def test_every_flipped_bit_and_every_cut_is_refused():
    sealed = sealing.seal(b"031175004821", **PLACE)
    for bit in range(len(sealed) * 8):
        altered = bytearray(sealed)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(sealing.Broken):
            sealing.unseal(bytes(altered), **PLACE)
    for length in range(len(sealed)):
        with pytest.raises(sealing.Broken):
            sealing.unseal(sealed[:length], **PLACE)


def test_a_nonce_is_never_used_again():
    assert len({sealing.seal(b"x", **PLACE)[1:13] for _ in range(20_000)}) == 20_000


def test_equal_numbers_have_equal_indexes_only_within_their_purpose():
    assert sealing.blind("phone", "1") == sealing.blind("phone", "1")
    assert sealing.blind("phone", "1") != sealing.blind("citizen_id", "1")
    assert len(sealing.blind("phone", "1")) == 32


def test_the_index_is_worthless_without_its_key(settings):
    from dataclasses import replace

    before = sealing.blind("phone", "1")
    settings.KEYS = replace(settings.KEYS, index=bytes(32))
    assert sealing.blind("phone", "1") != before
