"""What every page of the site knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

ENGLISH = "/en/"


def site(request: HttpRequest) -> dict[str, Any]:
    """Demonstration mode, this page in the other language, the public address."""
    here = request.get_full_path()
    vietnamese = here.removeprefix(ENGLISH[:-1]) if here.startswith(ENGLISH) else here
    found = request.resolver_match
    translated = found is not None and not found.namespaces  # the console, and what leads nowhere, have one language
    return {
        "demo": settings.DEMO,
        "public_url": settings.PUBLIC_URL,
        "page_vi": vietnamese if translated else here,
        "page_en": ENGLISH[:-1] + vietnamese if translated else here,
    }
