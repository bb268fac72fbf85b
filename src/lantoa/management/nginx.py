"""nginx's configuration for this installation, made from deploy/nginx and from the same rules as the pages' own."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from textwrap import indent
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler

from lantoa.contests.rehearsals import PREFIX
from lantoa.contests.visits import AHEAD, BOTS
from lantoa.lib.page_files import CAMPAIGN, COUNTS, FORMS, KEPT, PAGE_OF, PERSONAL, VARIANT
from lantoa.management.public_pages import request_of

SOURCES = settings.SRC.parents[1] / "deploy" / "nginx"
DRAWINGS = settings.SRC / "site" / "static" / "img"
BLANK = re.compile(r"@\{(\w+)\}")
PLAIN = " default_server"
REQUEST = "X-Request-ID"
OF_ONE_ANSWER = {"Content-Type", "Content-Length", "Content-Language", "Cache-Control", "Vary", REQUEST}
POLICY = "Content-Security-Policy"

# Mozilla's intermediate set: TLS 1.3 and what Android has spoken since 5.0.
TLS = """    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384\
:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
    ssl_prefer_server_ciphers off;
    ssl_session_cache shared:lantoa:20m;
    ssl_session_timeout 1d;
    ssl_session_tickets off;"""
# From the plain address to the safe one; a certificate's renewal by file is let through.
REDIRECT = """server {{
{listen}
    server_name {names};
    location /.well-known/acme-challenge/ {{
        root /var/www/letsencrypt;
    }}
    location / {{
        return 301 {address}$request_uri;
    }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What settings do not say: where the parts lie on the machine that nginx runs on."""

    folder: Path  # of the configuration, as nginx finds it
    app: tuple[str, ...]  # host:port of each node of the application
    certificate: Path
    key: Path
    reports: tuple[str, ...] = ()  # the same of the processes for figures; none: the application's
    logs: Path = Path("/var/log/nginx")
    cache: Path = Path("/var/cache/lantoa")  # the beginning of two folders' names
    pid: Path = Path("/run/nginx.pid")
    user: str = "www-data"
    rehearsers: tuple[str, ...] = ()  # addresses that stand for a whole crowd, in a rehearsal only


def configuration(places: Places) -> dict[str, str]:
    """Every file of the folder, by name."""
    style = (SOURCES / "waiting.css").read_text(encoding="utf-8")
    words = {**_words(places), "style": style}
    files = {path.name: path for path in sorted(SOURCES.iterdir()) if path.suffix != ".css"}
    made = {name: BLANK.sub(lambda blank: words[blank[1]], path.read_text("utf-8")) for name, path in files.items()}
    made["waiting-headers.conf"] = _header_lines({**_headers(), POLICY: _policy_of(style)})
    return made


def _words(places: Places) -> dict[str, str]:
    public = urlsplit(settings.PUBLIC_URL)
    port = public.port or (443 if settings.HTTPS else 80)
    plain = public.port is None
    secure = " ssl http2" if settings.HTTPS else ""
    tls = TLS.format(certificate=places.certificate, key=places.key) if settings.HTTPS else ""
    names = " ".join(_names(public.hostname or "localhost"))
    redirect = REDIRECT.format(listen=_listen(80), names=names, address=settings.PUBLIC_URL)
    return {
        "folder": str(places.folder),
        "logs": str(places.logs),
        "cache": str(places.cache),
        "pid": str(places.pid),
        "user": places.user,
        "pages": str(settings.PAGES),
        "static": str(Path(settings.STATIC_ROOT).parent),
        "visits": str(settings.VISITS_LOG),
        "bots": _quoted(BOTS.pattern),
        "ahead": AHEAD,
        "variant": _quoted(VARIANT),
        "campaign": _quoted(CAMPAIGN),
        "personal": "|".join(PERSONAL),
        "forms": _quoted(FORMS),
        "rehearsers": "\n".join(f"    {ip_address(place)} 1;" for place in places.rehearsers),
        "rehearsal": PREFIX,
        "kept": KEPT,
        "counts": COUNTS,
        "page_of": PAGE_OF,
        "page_of_variable": PAGE_OF.lower().replace("-", "_"),
        "servers": _servers(places.app),
        "reports": _servers(places.reports or places.app),
        "names": names,
        "host_header": "$host" if plain else f"$host:{port}",
        "listen": "\n".join(filter(None, [_listen(port, secure), tls])),
        "redirect": redirect if settings.HTTPS and plain else "",
        "nameless": _nameless(port),
        "headers": _header_lines(_headers()),
        "mark": (DRAWINGS / "mark.svg").read_text(encoding="utf-8").strip(),
        "drawing": (DRAWINGS / "thuyen.svg").read_text(encoding="utf-8").strip(),
    }


def _servers(places: tuple[str, ...]) -> str:
    return "\n".join(f"    server {place} max_conns=512 max_fails=2 fail_timeout=3s;" for place in places)


def _names(public: str) -> list[str]:
    """The public name first, then the others; those of the machine itself only where nothing else is served."""
    others = [name for name in settings.ALLOWED_HOSTS if not _is_local(name) and name != public]
    return [public, *(f"*{name}" if name.startswith(".") else name for name in others)]


def _is_local(name: str) -> bool:
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name in {"localhost", "testserver", "*"}


def _listen(port: int, how: str = "") -> str:
    sixth = f"\n    listen [::]:{port}{how};" if Path("/proc/net/if_inet6").exists() else ""
    return f"    listen {port}{how};{sixth}"


def _nameless(port: int) -> str:
    """Servers that take every name which is not ours and say nothing."""
    first = (port, " ssl default_server", "ssl_reject_handshake on") if settings.HTTPS else (port, PLAIN, "return 444")
    every = [first, (80, PLAIN, "return 444")] if settings.HTTPS else [first]
    blocks = (f"server {{\n{_listen(where, how)}\n    {answer};\n}}" for where, how, answer in every)
    return indent("\n".join(blocks), "    ")


def _headers() -> dict[str, str]:
    """Those that the application gives to every page, from an answer of its own."""
    handler = BaseHandler()
    handler.load_middleware()
    said = handler.get_response(request_of("/robots.txt", "")).headers
    return {name: value for name, value in said.items() if name not in OF_ONE_ANSWER}


def _header_lines(headers: dict[str, str]) -> str:
    return "".join(f'add_header {name} "{_quoted(value)}" always;\n' for name, value in headers.items())


def _policy_of(style: str) -> str:
    """A page that stands for itself: its own style and nothing else."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _quoted(text: str) -> str:
    """As it stands between double quotes in nginx's language."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
