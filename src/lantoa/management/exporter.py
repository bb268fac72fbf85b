"""Where Prometheus reads the numbers of this machine: a door of its own, never the public one.

It needs no database and waits for nobody, so that it answers when the site does not.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings

from lantoa.lib.watch import exposition, measures
from lantoa.lib.watch.measures import Gauge

PATH = "/metrics"
HOUR = 3600.0
PATIENCE = 5.0  # seconds for one's own front door


class Exporter(ThreadingHTTPServer):
    """Answers GET /metrics; everything else is not there."""

    daemon_threads = True

    def __init__(self, where: tuple[str, int]) -> None:
        """Listen there; raises OSError when it cannot."""
        self.address_family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
        super().__init__(where, Answer)
        self._looked = -HOUR
        self._expiry: float | None = None

    def text(self) -> str:
        """All numbers of this machine."""
        found: dict[Gauge, float] = {}
        if (written := backup_written()) is not None:
            found[measures.BACKUP] = written
        if (expiry := self._certificate()) is not None:
            found[measures.CERTIFICATE] = expiry
        return exposition.text(settings.METERS, settings.DATA, found)

    def begin(self) -> None:
        """Answer from a thread that ends with the process."""
        Thread(target=self.serve_forever, name="metrics", daemon=True).start()

    def _certificate(self) -> float | None:
        """Looked at once an hour, aside: the numbers do not wait for it."""
        if settings.HTTPS and time.monotonic() - self._looked >= HOUR:
            self._looked = time.monotonic()
            Thread(target=self._look, name="certificate", daemon=True).start()
        return self._expiry

    def _look(self) -> None:
        parts = urlsplit(settings.PUBLIC_URL)
        try:
            self._expiry = expiry(parts.hostname or "", parts.port or 443)
        except (OSError, ValueError):
            self._expiry = None  # a door that does not open says nothing of its certificate


class Answer(BaseHTTPRequestHandler):
    """One reading."""

    server: Exporter

    def do_GET(self) -> None:
        """The text, as it is this moment."""
        if self.path != PATH:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        body = self.server.text().encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", exposition.TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """Nothing of what runs here."""
        return "lantoa"

    def log_message(self, *_: object) -> None:
        """Readings are not written down."""


def listening(words: str) -> tuple[str, int] | None:
    """``HOST:PORT`` as an address, nothing for ``off``; raises ValueError for anything else."""
    if words == "off":
        return None
    host, colon, port = words.rpartition(":")
    if not colon or not port.isdecimal():
        raise ValueError("LANTOA_METRICS is HOST:PORT, or off.")
    return host.strip("[]"), int(port)


def backup_written() -> float | None:
    """When the file that each backup writes anew was last written, Unix time."""
    try:
        return Path(settings.BACKUP_STAMP).stat().st_mtime if settings.BACKUP_STAMP else None
    except OSError:
        return 0.0  # named, and not there: there is no backup


def expiry(host: str, port: int) -> float:
    """When the certificate ends that is shown there, Unix time; also of one that nobody would trust. Raises OSError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((host, port), timeout=PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        shown = secure.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown).not_valid_after_utc.timestamp()


def start(say: Callable[[str], object]) -> None:
    """Beside the site: a port that is taken is said and hinders nothing."""
    where = listening(settings.METRICS)
    if where is None:
        return
    try:
        Exporter(where).begin()
    except OSError as problem:
        say(f"no metrics at {settings.METRICS}: {problem.strerror}")
