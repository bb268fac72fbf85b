"""A password's hash is the same function whoever computes it: what is kept verifies with every build and library."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from tools import faster_hash

from lantoa.management.commands.serve import LARGE_PAGES
from lantoa.people import passwords
from tests.people.conftest import PASSWORD

# Made by libsodium 1.0.20 and by argon2-cffi as it comes from its publisher, of the same password and salt.
KEPT = "argon2$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcyBvZg$jUPuShmdvotD369ECLpOz3U/TKRXluZhZsFzfmpAKiA"


def test_what_another_library_has_made_verifies():
    assert passwords.fits(PASSWORD, KEPT)
    assert not passwords.fits("sai bét cả", KEPT)


def test_the_same_password_and_salt_give_what_another_library_made():
    assert make_password(PASSWORD, salt="sixteen bytes of") == KEPT


def test_the_answer_that_a_fresh_build_must_give_is_the_one_that_this_one_gives():
    subprocess.run([sys.executable, "-c", faster_hash.CHECK], check=True)


def test_a_build_that_hashes_otherwise_is_not_put_in_place(tmp_path, monkeypatch):
    ran = []
    monkeypatch.setattr(faster_hash, "CHECK", "raise SystemExit(1)")

    def run(command, **more):
        ran.append(command)
        return real(command, **more) if "-c" in command else None

    real = subprocess.run
    monkeypatch.setattr(faster_hash.subprocess, "run", run)
    with pytest.raises(subprocess.CalledProcessError):
        faster_hash.put_in_place(tmp_path / "some.whl", tmp_path)
    assert not [command for command in ran if "--force-reinstall" in command]


def test_only_the_hashes_that_the_requirements_name_are_taken():
    found = faster_hash.pinned((faster_hash.ROOT / "requirements" / "main.txt").read_text())
    assert found.startswith("argon2-cffi-bindings==")
    assert found.count("--hash=sha256:") > 1
    assert found.count("==") == 1


LARGE = Path("/sys/kernel/mm/transparent_hugepage/enabled")
# As the site does it: in a thread that is not the process's first. Says how many KiB it has in pages of 2 MiB.
IN_A_THREAD = """
import re, threading
from argon2.low_level import Type, hash_secret_raw
def hashes():
    for _ in range(3):
        hash_secret_raw(b"a password of some length", b"sixteen bytes of", 2, 19456, 1, 32, Type.ID)
thread = threading.Thread(target=hashes)
thread.start()
thread.join()
print(re.search(r"AnonHugePages:\\s+([0-9]+)", open("/proc/self/smaps_rollup").read())[1])
"""


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc" or not LARGE.is_file() or "[madvise]" not in LARGE.read_text(),
    reason="only where Linux gives large pages to who asks, and the C library can ask",
)
@pytest.mark.parametrize(
    ("tunables", "large"), [(LARGE_PAGES, True), ({"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}, False)]
)
def test_the_hash_of_a_request_walks_through_large_pages(tunables, large):
    """The control asks for them too, and its thread gets none: it has an arena of its own."""
    made = subprocess.run(
        [sys.executable, "-c", IN_A_THREAD], env=os.environ | tunables, check=True, capture_output=True, text=True
    )
    assert (int(made.stdout) >= 16 * 1024) == large
