"""Filters that every template of the site has without loading them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from lantoa.lib import written
from lantoa.lib.clock import VIETNAM

register = template.Library()


@register.filter
def count(value: int | Decimal) -> str:
    """70949 → 70.949 (English: 70,949)."""
    return written.count(value, language())


@register.filter
def moment(value: datetime) -> str:
    """15:30 ngày 21/10/2025 (English: 15:30 on 21 October 2025), Vietnam's time."""
    return written.moment(value, language())


@register.filter
def exact(value: datetime) -> str:
    """The same with its seconds, where it has any: of a moment that somebody chose."""
    return written.exact(value, language())


@register.filter
def luc(value: datetime) -> str:
    """What an address carries to mean that second: ?luc=2025-10-21T15:30:20."""
    return value.astimezone(VIETNAM).strftime("?luc=%Y-%m-%dT%H:%M:%S")


@register.filter
def day(value: date) -> str:
    """21/10/2025 (English: 21 October 2025), Vietnam's time."""
    return written.day(value, language())


@register.filter
def span(milliseconds: int) -> str:
    """425000 → 7 phút 5 giây."""
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    vietnamese = get_language() == "vi"
    minute, second = ("phút", "giây") if vietnamese else ("min", "s")
    return f"{minutes} {minute} {seconds} {second}" if minutes else f"{seconds} {second}"


def language() -> written.Language:
    """The language that the page is read in."""
    return "en" if get_language() == "en" else "vi"


@register.filter
def local(value: object, field: str) -> str:
    """`contest|local:"name"`: the field in the reader's language; Vietnamese where no English was given."""
    english = getattr(value, f"{field}_en", "") if get_language() == "en" else ""
    return str(english or getattr(value, field, ""))


@register.simple_tag
def picture(name: str) -> SafeString:
    """One of our own drawings, inlined so that it costs no request (static/img)."""
    folder = (settings.SRC / "site" / "static" / "img").resolve()
    path = Path(f"{folder}/{name}").resolve()  # a template's SafeString is no part of a Path
    if folder not in path.parents:
        raise ValueError(name)
    return mark_safe(path.read_text(encoding="utf-8"))  # noqa: S308 (a file of this repository)
