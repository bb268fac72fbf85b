"""The certificate on paper and as a picture, set by typst from `layouts/` with our own fonts embedded."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from lantoa.awards.models import Certificate
from lantoa.lib import qr
from lantoa.lib.clock import VIETNAM
from lantoa.lib.documents import letterhead
from lantoa.lib.typesetting import typeset

LAYOUTS = Path(__file__).parent / "layouts"


@cache
def art() -> str:
    """The ground of the certificate as SVG, for the page that shows it: one drawing for screen and paper."""
    return (LAYOUTS / "certificate.svg").read_text(encoding="utf-8")


def pdf(certificate: Certificate, *, check_url: str) -> bytes:
    """One A4 sheet, tagged for screen readers (PDF/UA-1); the same certificate gives the same bytes."""
    issued = certificate.issued_at.astimezone(VIETNAM)
    facts = {
        **_facts(certificate),
        "organiser": certificate.organiser,
        "letterhead": letterhead(certificate.organiser),
        "number": certificate.number,
        "correct": certificate.correct,
        "asked": certificate.asked,
        "day": issued.day,
        "month": issued.month,
        "year": issued.year,
        "check": _shown(check_url),
        "qr": qr.svg(check_url, label="QR"),
    }
    return typeset(
        LAYOUTS / "certificate.typ", facts, format="pdf", pdf_standards=["ua-1"], timestamp=int(issued.timestamp())
    )


def png(certificate: Certificate, *, invite_url: str) -> bytes:
    """The picture to share, 1200 × 630: without score and number, with a QR that invites."""
    facts = {**_facts(certificate), "invite": qr.svg(invite_url, label="QR")}
    return typeset(LAYOUTS / "picture.typ", facts, format="png", ppi=72.0)


def _facts(certificate: Certificate) -> dict[str, Any]:
    return {
        "title": f"Giấy chứng nhận {certificate.number}",
        "name": certificate.name,
        "unit": certificate.unit_name,
        "contest": certificate.contest_name,
    }


def _shown(check_url: str) -> str:
    """Where to check, as people type it: without scheme and without the number."""
    return check_url.partition("://")[2].rstrip("/").rpartition("/")[0]
