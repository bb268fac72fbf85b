"""Who is signed in: one lean row a browser, found by the hash of its cookie (design/performance.md).

The table knows no cookie: whoever reads it can enter as nobody. A row that is gone is signed out at once, everywhere.
A changed password and a closed account take their rows away by themselves (trigger `signs_out`).
"""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, SessionBase, UpdateError
from django.db import models
from django.db.models.functions import Now
from django.utils.crypto import get_random_string

from lantoa.lib.compiled import Compiled, Slot
from lantoa.lib.rows import one
from lantoa.people import statements
from lantoa.people.models import Account
from lantoa.people.sign_in import BACKEND

COOKIE_LENGTH = 32  # characters of 36: 165 bits, drawn so that nobody ever meets another's
AUTH = (SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY)


def key_of(cookie: str) -> bytes:
    """The key of the row that a cookie opens."""
    return sha256(cookie.encode()).digest()


class SessionQuerySet(models.QuerySet["Session"]):
    """Reads and ends of sessions."""

    def opened_by(self, cookie: str) -> Session | None:
        """The session of a cookie with its account and person, unless it ran out; one query."""
        return OPENED_BY.first(key=key_of(cookie))

    def forget_expired(self, at: datetime) -> int:
        """Drop what ran out; how many."""
        return self.filter(expires_at__lte=at).delete()[0]


class Session(models.Model):
    """A browser that came back: whose it is, until when, and what Django keeps for it (almost always nothing)."""

    key = models.BinaryField(primary_key=True, max_length=32)
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="sessions")
    data = models.JSONField(default=dict)
    expires_at = models.DateTimeField(db_index=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "phiên đăng nhập"
        verbose_name_plural = "phiên đăng nhập"

    def __str__(self) -> str:
        return f"{self.account_id}"


OPENED_BY = Compiled(
    lambda: Session.objects.select_related("account__person").filter(key=Slot("key"), expires_at__gt=Now())
)


class SessionStore(SessionBase):
    """Django's sessions on that table: `SESSION_ENGINE`. The account stands in its column, not in the data."""

    def __init__(self, session_key: str | None = None) -> None:
        """The session of a cookie, read when it is first asked for."""
        super().__init__(session_key)
        self._new = False
        self._account: Account | None = None
        self._entered: dict[str, Any] | None = None

    @property
    def account(self) -> Account | None:
        """Whose session it is: read with the session, in its query."""
        return self._account if self.get(SESSION_KEY) else None

    @property
    def unread(self) -> str | None:
        """The cookie, as long as nobody has looked what it opens."""
        return None if hasattr(self, "_session_cache") else self.session_key

    def opened(self, account: Account | None, data: dict[str, Any]) -> dict[str, Any]:
        """What its row says; for whoever read that row together with something else."""
        self._account = account
        who = {} if account is None else {SESSION_KEY: str(account.pk), BACKEND_SESSION_KEY: BACKEND}
        self._session_cache = {**data, **who}
        self.accessed = True
        return self._session_cache

    def load(self) -> dict[str, Any]:
        """What is kept; a cookie that opens nothing is forgotten."""
        row = Session.objects.opened_by(self.session_key or "")
        if row is None:
            self._session_key = None
            return {}
        return self.opened(row.account, row.data)

    def exists(self, session_key: str) -> bool:
        """Whether a cookie opens a session."""
        return Session.objects.filter(key=key_of(session_key)).exists()

    def create(self) -> None:
        """Make a session and keep it at once."""
        self._session_key = get_random_string(COOKIE_LENGTH, VALID_KEY_CHARS)
        self.save(must_create=True)
        self.modified = True

    def cycle_key(self) -> None:
        """The same session under another cookie; its row is written with the answer."""
        kept = self._session  # type: ignore[attr-defined]
        if self.session_key:
            self.delete()
        self._session_key = get_random_string(COOKIE_LENGTH, VALID_KEY_CHARS)
        self._session_cache = kept
        self._new = self.modified = True

    def enter(self, account: Account, *, tries: bytes = b"") -> bool:
        """Sign in under a cookie that nobody has seen; the ``tries`` before it no longer count. One statement.

        What a visitor's session kept stays; another person's goes. False: the account was closed meanwhile, or has
        another password.
        """
        before, kept = self.session_key, self._session  # type: ignore[attr-defined]
        other = kept.get(SESSION_KEY, str(account.pk)) != str(account.pk)
        data = {} if other else {name: value for name, value in kept.items() if name not in AUTH}
        cookie = get_random_string(COOKIE_LENGTH, VALID_KEY_CHARS)
        values = {"account": account.pk, "password": account.password, "tries": tries, "data": json.dumps(data)}
        values |= {"key": key_of(cookie), "before": key_of(before) if before else None}
        values |= {"expires_at": self.get_expiry_date()}
        if one(statements.ENTER, values) is None:
            return False
        self._session_key, self._entered, self.modified = cookie, dict(self.opened(account, data)), True
        return True

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 (Django's signature)
        """Write it down; raises UpdateError for one that was ended meanwhile: it never comes back."""
        if self.session_key is None:
            self.create()
            return
        kept = dict(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        if kept == self._entered:
            return  # written when it was entered, and nothing since
        self._entered = None
        account = kept.get(SESSION_KEY)
        values = {
            "account_id": int(account) if account else None,
            "data": {name: value for name, value in kept.items() if name not in AUTH},
            "expires_at": self.get_expiry_date(),
        }
        key = key_of(self.session_key)
        if must_create or self._new:
            Session.objects.create(key=key, **values)
            self._new = False
        elif not Session.objects.filter(key=key).update(**values):
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        """End it."""
        if cookie := session_key or self.session_key:
            Session.objects.filter(key=key_of(cookie)).delete()
