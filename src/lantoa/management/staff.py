"""Who decides, when a decision is made from the command line."""

from __future__ import annotations

from django.core.management.base import CommandError

from lantoa.people.models import Account


def staff(username: str) -> Account:
    """The active staff account of that user name; raises CommandError."""
    account = Account.objects.signing_in(index=None, username=username)
    if account is None or not account.is_active:
        raise CommandError(f"không có tài khoản đang dùng tên {username}")
    return account
