"""What the server runs: the exam's three steps first (site/steps.py), Django for everything else."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse

from lantoa.config import lines
from lantoa.config.headers import ON_THE_SITE
from lantoa.config.watching import Watcher
from lantoa.contests.models import Contest
from lantoa.lib.watch import measures
from lantoa.site.steps import Answer, Environ, answer

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication

# Dressed and kept from caches as `PageHeaders` does it for Django's answers: a step belongs to a person.
DRESS = [*ON_THE_SITE.items(), ("Cache-Control", "private, no-store")]
log = logging.getLogger(__name__)


class StepsFirst:
    """A WSGI application (PEP 3333). What a step does not answer, it hands on as it came."""

    def __init__(self, django: WSGIApplication) -> None:
        self.django = django
        self.watcher = Watcher()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer."""
        began = time.perf_counter()
        found = _tried(environ) if environ["REQUEST_METHOD"] == "POST" else None
        if found is None:
            return _in_one_piece(self.django(environ, start_response))
        identity = self.watcher.identity(environ)
        self.watcher.count(identity, found.route, "POST", found.status, time.perf_counter() - began)
        headers = [*found.headers.items(), *DRESS, ("X-Request-ID", identity)]
        start_response(f"{found.status.value} {found.status.phrase}", headers)
        return [found.body]


def _in_one_piece(answer: Iterable[bytes]) -> Iterable[bytes]:
    """A page that is there whole is handed over whole: the server asks for pieces one by one, each with the lock."""
    if not isinstance(answer, HttpResponse):
        return answer
    pieces = [answer.content]
    answer.close()
    return pieces


def _tried(environ: Environ) -> Answer | None:
    """Whatever goes wrong, the ordinary way does the same, and tells what there is to tell."""
    lines.request_id.set("")
    measures.IN_FLIGHT.set(1)
    try:
        return answer(environ)
    except (OperationalError, InterfaceError):
        pass  # Django looks first whether the connection is well: it opens another, or says that there is no database
    except (Contest.DoesNotExist, DisallowedHost):
        pass
    except Exception:
        log.exception("a step is left to the ordinary way")
    finally:
        measures.IN_FLIGHT.set(0)
    return None
