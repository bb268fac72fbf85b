"""Thousands of requests to the open data, made by schemathesis from the OpenAPI document, good and bad ones.

    LANTOA_DATA=… python benchmarks/api_fuzz.py [20000]

Asks the application itself, over WSGI, with the data of that installation (`lantoa serve --demo` fills one). Counts the
answers by status; ends with 1 if any is a 5xx, is no JSON, or has another shape than the document promises.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections import Counter
from contextlib import suppress
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantoa.config.settings")
os.environ["LANTOA_API_PER_MINUTE"] = "0"
import django

django.setup()
# ruff: noqa: E402 (what follows needs the settings)
import schemathesis
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as how
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from lantoa.contests.models import Contest
from lantoa.lib.postgres import start_embedded

PROMISED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
STEP = 50  # further requests of one kind, until there are enough
REAL = 4  # of five requests ask of a contest that exists


def fuzz(wanted: int) -> Counter[int]:
    """Ask at least ``wanted`` times; how often each status came. Raises on the first answer that breaks a promise."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    slug = Contest.objects.public()[0].slug
    checks = CHECKS.get_by_names(list(PROMISED))
    met: Counter[int] = Counter()
    each = -(-wanted // (2 * len(operations)))

    def ask(case: Any) -> None:
        if "contest" in case.path_parameters and met.total() % (REAL + 1):
            case.path_parameters["contest"] = slug
        answer = case.call(headers={"Accept-Encoding": "identity"})  # it does not unpack
        met[answer.status_code] += 1
        if met.total() % 1000 == 0:
            print(dict(met), file=sys.stderr, flush=True)
        case.validate_response(answer, checks=checks)

    turn = 0
    while met.total() < wanted:
        turn += 1
        for operation in operations:
            for mode in GenerationMode:
                run = how(
                    max_examples=each if turn == 1 else STEP,
                    deadline=None,
                    database=None,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                )
                with suppress(Unsatisfiable):  # where nothing is asked, nothing can be asked wrong
                    run(given(case=operation.as_strategy(generation_mode=mode))(ask))()
    return met


if __name__ == "__main__":
    logging.getLogger("django").setLevel(logging.ERROR)
    start_embedded(settings.DATA)
    began = time.monotonic()
    found = fuzz(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    print(json.dumps({"requests": found.total(), "seconds": round(time.monotonic() - began), "statuses": dict(found)}))
