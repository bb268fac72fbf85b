"""The installation's secrets: made once, added to safely, never wider than their owner."""

import json
import stat
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import replace

import pytest

from lantoa.lib.keys import NEEDED, SIGNING, read_keys
from lantoa.lib.signing import NoKey, signed_by, signing_key

OLD = {"secret": "a1" * 32, "sealing": "b2" * 32, "index": "c3" * 32}
GIVEN = {name: OLD[key] for key, name in NEEDED.items()}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "keys.json"


@pytest.fixture
def old_file(file):
    """As an earlier version left it."""
    file.parent.mkdir()
    file.write_text(json.dumps(OLD))
    file.chmod(0o600)
    return file


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def names(folder):
    return [path.name for path in folder.iterdir()]


def test_the_first_start_makes_six_different_keys_that_only_their_owner_may_read(file):
    keys = read_keys(file, {})
    assert len({keys.django, keys.sealing, keys.index, keys.head, keys.receipt, keys.bulletin}) == 6
    assert mode(file) == 0o600
    assert names(file.parent) == ["keys.json"]
    assert read_keys(file, {}) == keys


def test_a_file_of_an_earlier_version_gets_the_signing_keys_and_keeps_all_it_had(old_file):
    old_file.write_text(json.dumps(OLD | {"of_a_later_version": "d4" * 32}))
    keys = read_keys(old_file, {})
    stored = json.loads(old_file.read_text())
    assert stored.items() >= OLD.items() and stored["of_a_later_version"] == "d4" * 32
    assert (keys.django, keys.sealing.hex(), keys.index.hex()) == (OLD["secret"], OLD["sealing"], OLD["index"])
    assert stored["head"] == keys.head.hex() and mode(old_file) == 0o600
    assert read_keys(old_file, {}) == keys


def test_a_complete_file_is_not_written_again(file):
    read_keys(file, {})
    file.parent.chmod(0o500)
    before = file.stat().st_mtime_ns, file.stat().st_ino
    read_keys(file, {})
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before
    file.parent.chmod(0o700)


# Each process stops where it is about to invent a key, until it is told to go on.
START = """
import contextlib, secrets, sys
from pathlib import Path
from lantoa.lib import keys
fresh = secrets.token_hex
def stop(size):
    print("about to invent", flush=True)
    sys.stdin.read()
    return fresh(size)
secrets.token_hex = stop
if "unlocked" in sys.argv:
    keys._alone_in = contextlib.nullcontext
k = keys.read_keys(Path(sys.argv[1]), {})
print(k.django, k.head.hex(), k.receipt.hex(), k.bulletin.hex())
"""


def started_at_once(file, *, wait_for_all, how=()):
    """What four processes read that start together; `wait_for_all`: until each of them is about to invent keys."""
    command = [sys.executable, "-c", START, str(file), *how]
    with ExitStack() as all_of_them:
        run = [
            all_of_them.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(4)
        ]
        if wait_for_all:
            assert all(process.stdout.readline() == "about to invent\n" for process in run)
        for process in run:
            process.stdin.close()
        return {process.stdout.read().splitlines()[-1] for process in run}


@pytest.mark.parametrize("before", [{}, OLD], ids=["no file", "an earlier version's"])
def test_processes_that_start_at_once_all_read_the_same_keys(file, before):
    file.parent.mkdir()
    if before:
        file.write_text(json.dumps(before))
    assert len(started_at_once(file, wait_for_all=False)) == 1
    assert names(file.parent) == ["keys.json"]


def test_control_without_the_lock_they_read_different_ones(old_file):
    assert len(started_at_once(old_file, wait_for_all=True, how=["unlocked"])) > 1


def test_a_signing_key_of_the_environment_comes_before_the_file_and_is_not_kept_in_it(old_file):
    keys = read_keys(old_file, {SIGNING["receipt"]: "e5" * 32})
    assert keys.receipt == bytes.fromhex("e5" * 32)
    assert json.loads(old_file.read_text()).keys() == OLD.keys() | {"head", "bulletin"}


def test_with_the_keys_in_the_environment_no_file_is_read_or_made_and_each_signing_key_is_optional(file):
    keys = read_keys(file, GIVEN | {SIGNING["head"]: "e5" * 32})
    assert keys.head == bytes.fromhex("e5" * 32)
    assert keys.receipt is None and keys.bulletin is None
    assert not file.parent.exists()


@pytest.mark.parametrize(
    "environ",
    [
        {NEEDED["index"]: "c3" * 32},
        GIVEN | {NEEDED["index"]: "c3"},
        GIVEN | {SIGNING["head"]: "zz" * 32},
        GIVEN | {SIGNING["head"]: " ".join(["e5"] * 32)},
    ],
    ids=["one of three", "too short", "not hex", "spaces"],
)
def test_a_key_that_is_not_64_hex_digits_or_two_of_three_are_refused(file, environ):
    with pytest.raises(ValueError):
        read_keys(file, environ)


def test_a_process_without_the_key_cannot_sign_and_says_what_to_set(settings):
    settings.KEYS = replace(settings.KEYS, head=None)
    with pytest.raises(NoKey, match="LANTOA_HEAD_KEY"):
        signing_key("head")
    signing_key("receipt")


def test_each_purpose_signs_with_a_key_of_its_own():
    keys = {purpose: signing_key(purpose).public_key().public_bytes_raw() for purpose in SIGNING}
    signature = signing_key("receipt").sign(b"a receipt")
    assert signed_by(keys["receipt"], signature, b"a receipt")
    assert not signed_by(keys["receipt"], signature, b"a Receipt")
    assert not signed_by(keys["head"], signature, b"a receipt")
    assert not signed_by(keys["receipt"], signature[:63], b"a receipt")
    assert not signed_by(b"short", signature, b"a receipt")


def test_keys_are_not_printed(settings):
    said = repr(settings.KEYS)
    assert settings.KEYS.sealing.hex() not in said and str(settings.KEYS.sealing) not in said
