"""Signing in by phone or citizen number (to be filled)."""

from django.contrib.auth.backends import BaseBackend


class PhoneOrCitizenId(BaseBackend):
    """Finds the account by the keyed index of what was typed."""
