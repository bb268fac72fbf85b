"""Ed25519 signing keys of the installation, one a purpose: none can pass for another (design/log.md §7)."""

from __future__ import annotations

from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from lantoa.lib.keys import SIGNING

Purpose = Literal["head", "receipt", "bulletin"]


class NoKey(RuntimeError):
    """This process was not given the key of that purpose."""

    def __init__(self, purpose: Purpose) -> None:
        super().__init__(f"No key to sign a {purpose} with: set {SIGNING[purpose]} (docs/operating/install.md).")
        self.purpose = purpose


def signing_key(purpose: Purpose) -> Ed25519PrivateKey:
    """The private key of that purpose; raises :class:`NoKey` in a process that was not given it."""
    secret: bytes | None = getattr(settings.KEYS, purpose)
    if secret is None:
        raise NoKey(purpose)
    return Ed25519PrivateKey.from_private_bytes(secret)


def signed_by(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` (64 bytes) over ``message`` was made with the private half of ``public_key`` (32 bytes)."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
