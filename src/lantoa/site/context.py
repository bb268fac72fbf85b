"""What every page of the site knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url


def site(request: HttpRequest) -> dict[str, Any]:
    """Demonstration mode, this page in the other language, the public address."""
    return {
        "demo": settings.DEMO,
        "public_url": settings.PUBLIC_URL,
        "page_vi": translate_url(request.get_full_path(), "vi"),
        "page_en": translate_url(request.get_full_path(), "en"),
    }
