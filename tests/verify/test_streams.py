"""The stream of numbers against the published vectors, and what it promises for any key."""

import hmac
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa_verify.streams import Stream, contest_key, paper_key, seed_commitment

VECTORS = json.loads((Path(__file__).parent / "data" / "log_vectors.json").read_text(encoding="utf-8"))["papers"]
KEYS = st.binary(min_size=32, max_size=32)


def test_the_keys_match_the_published_vectors():
    seed = bytes.fromhex(VECTORS["seed"])
    assert seed_commitment(seed).hex() == VECTORS["seed_commit"]
    key = contest_key(seed, VECTORS["beacon"].encode())
    assert key.hex() == VECTORS["contest_key"]
    for paper in VECTORS["papers"]:
        assert paper_key(key, bytes.fromhex(paper["who"]), paper["attempt"]).hex() == paper["paper_seed"]


@pytest.mark.parametrize(("name", "n"), [("stream", 6), ("stream_big", 3221225472)])
def test_the_numbers_match_the_published_vectors(name, n):
    vector = VECTORS[name]
    stream = Stream(bytes.fromhex(vector["seed"]), vector["label"])
    expected = vector[f"below_{n}"]
    assert [stream.below(n) for _ in expected] == expected


def test_the_first_block_is_the_hmac_of_label_zero_and_counter():
    block = hmac.digest(b"k" * 32, b"order\0\0\0\0\0", "sha256")
    stream = Stream(b"k" * 32, "order")
    assert [stream.below(2**32) for _ in range(8)] == [int.from_bytes(block[i : i + 4], "big") for i in range(0, 32, 4)]


def test_a_number_above_one_word_takes_the_next_words_most_significant_first():
    words, large = Stream(b"k" * 32, "x"), Stream(b"k" * 32, "x")
    first, second = words.below(2**32), words.below(2**32)
    assert large.below(2**64) == (first << 32) + second


@given(KEYS, st.text(max_size=8), st.integers(1, 2**100))
def test_every_number_is_below_its_bound_and_comes_again(key, label, n):
    one, two = Stream(key, label), Stream(key, label)
    numbers = [one.below(n) for _ in range(5)]
    assert all(0 <= number < n for number in numbers)
    assert numbers == [two.below(n) for _ in range(5)]


@given(KEYS, st.lists(st.integers(), max_size=30), st.data())
def test_a_sample_is_the_beginning_of_the_shuffle_and_leaves_its_source_alone(key, items, data):
    k = data.draw(st.integers(0, len(items)))
    before = list(items)
    shuffled = Stream(key, "x").shuffle(items)
    assert Stream(key, "x").sample(items, k) == shuffled[:k]
    assert sorted(shuffled) == sorted(items)
    assert items == before


def test_another_label_gives_other_numbers():
    assert [Stream(b"k" * 32, "cell/1").below(2**32)] != [Stream(b"k" * 32, "cell/11").below(2**32)]


@pytest.mark.parametrize("n", [6, 3 * 2**31, 5 * 2**40])
def test_no_remainder_is_favoured(n):
    stream, draws = Stream(b"k" * 32, "fair"), 30_000
    sixths = Counter(stream.below(n) * 6 // n for _ in range(draws))
    chi_square = sum((sixths[part] - draws / 6) ** 2 / (draws / 6) for part in range(6))
    assert chi_square < 20.5  # 5 degrees of freedom, p > 0.001


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Stream(b"k", "x").below(0),
        lambda: Stream(b"k", "x").sample([1], 2),
        lambda: Stream(b"k", "x").sample([1], -1),
        lambda: paper_key(b"k", b"short", 1),
    ],
)
def test_what_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(ValueError):
        wrong()
