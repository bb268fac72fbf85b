"""Sealing of personal numbers: AES-256-GCM bound to its place, and a keyed index to find equals by (ADR 0008).

Sealed bytes: one byte of key version, 12 of nonce, the ciphertext with its tag. The place (table, column, row id)
is authenticated with it: moved to another row or column, or altered in one bit, it cannot be opened.
"""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256, sha512

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from django.conf import settings

VERSION = 1
NONCE = 12
_SHORTEST = 1 + NONCE + 16


class Broken(ValueError):
    """Sealed bytes that do not belong here, or are no longer what was sealed."""


def seal(clear: bytes, *, table: str, column: str, row: object) -> bytes:
    """``clear``, readable only with the key and only at its place."""
    nonce = secrets.token_bytes(NONCE)
    body = _cipher(_key(VERSION)).encrypt(nonce, clear, _place(table, column, row, VERSION))
    return bytes([VERSION]) + nonce + body


def unseal(sealed: bytes | memoryview, *, table: str, column: str, row: object) -> bytes:
    """What was sealed at that place; raises :class:`Broken` for anything else."""
    whole = bytes(sealed)
    if len(whole) < _SHORTEST:
        raise Broken("too short")
    version, nonce, body = whole[0], whole[1 : 1 + NONCE], whole[1 + NONCE :]
    try:
        return _cipher(_key(version)).decrypt(nonce, body, _place(table, column, row, version))
    except InvalidTag as error:
        raise Broken("does not belong here") from error


def blind(purpose: str, clear: str) -> bytes:
    """32 bytes equal only for equal ``clear`` of the same ``purpose``; worthless without the index key."""
    return hmac.digest(settings.KEYS.index, f"{purpose}\0{clear}".encode(), sha256)


def token(purpose: str, clear: bytes) -> str:
    """``clear`` as a word for an address: equal for equal bytes of one purpose, unreadable, unforgeable (AES-SIV)."""
    return urlsafe_b64encode(_siv(purpose).encrypt(clear, None)).rstrip(b"=").decode()


def read_token(purpose: str, word: str) -> bytes:
    """What a token of that purpose says; raises :class:`Broken` for any other word."""
    try:
        return _siv(purpose).decrypt(urlsafe_b64decode(word + "=" * (-len(word) % 4)), None)
    except (ValueError, InvalidTag) as error:
        raise Broken("no token of ours") from error


def _siv(purpose: str) -> AESSIV:
    return AESSIV(hmac.digest(settings.KEYS.index, f"token\0{purpose}".encode(), sha512))


def _place(table: str, column: str, row: object, version: int) -> bytes:
    return json.dumps([table, column, str(row), version]).encode()


@lru_cache(maxsize=4)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def _key(version: int) -> bytes:
    if version != VERSION:
        raise Broken("unknown key version")
    key: bytes = settings.KEYS.sealing
    return key
