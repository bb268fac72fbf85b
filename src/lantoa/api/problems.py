"""What went wrong, as RFC 9457 says it, in Vietnamese or in the English that was asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TYPE = "application/problem+json"
# Each has a word, which is also its place on the page /api/, a title and what to do.
KNOWN: dict[int, tuple[str, Promise, Promise]] = {
    400: ("bad-request", _("Địa chỉ chưa đúng"), _("Địa chỉ hoặc một tham số trong đó viết chưa đúng.")),
    404: ("not-found", _("Không tìm thấy"), _("Không có dữ liệu nào ở địa chỉ này.")),
    405: ("read-only", _("Dữ liệu chỉ để đọc"), _("Dùng GET, HEAD hoặc OPTIONS.")),
    406: ("json-only", _("Dữ liệu chỉ có dạng JSON"), _("Gửi “Accept: application/json” hoặc bỏ dòng Accept.")),
    429: ("too-many", _("Hỏi quá nhiều lần"), _("Chờ số giây ghi ở dòng Retry-After rồi hỏi tiếp.")),
    500: ("broken", _("Máy chủ đang trục trặc"), _("Thử lại sau ít phút. Dữ liệu vẫn còn nguyên.")),
    503: ("busy", _("Máy chủ đang bận"), _("Chờ số giây ghi ở dòng Retry-After rồi hỏi tiếp.")),
}


class Problem(Exception):
    """An answer that is not the data; ``errors`` says it of each parameter."""

    def __init__(self, status: int, errors: Mapping[str, Promise | str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.errors = errors or {}


def answer(request: HttpRequest, status: int, errors: Mapping[str, Promise | str] | None = None) -> HttpResponse:
    """The problem as a response; a status without words of its own has those of its class."""
    word, title, detail = KNOWN.get(status) or KNOWN[500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400]
    language = translation.get_language_from_request(request)
    with translation.override(language):
        said: dict[str, Any] = {
            "type": f"{settings.PUBLIC_URL}/api/#{word}",
            "title": str(title),
            "status": status,
            "detail": str(detail),
        }
        if errors:
            said["errors"] = [{"parameter": name, "detail": str(text)} for name, text in errors.items()]
    headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
    return HttpResponse(json.dumps(said, ensure_ascii=False), status=status, content_type=TYPE, headers=headers)
