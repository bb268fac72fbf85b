"""Many at once on all cores: people in the exam while others sign in as fast as they can; and what a password costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from benchmarks.hashing import bare_limit
from benchmarks.rounds import SETTLE
from benchmarks.walking import Walker, registering, signing_in, sitting
from benchmarks.wire import Answer, Visit, drive

if TYPE_CHECKING:
    from benchmarks.rounds import Watched
    from benchmarks.site import Site

AT_ONCE = 32  # in the exam, each asking as soon as the answer is there; twice as many people at least take turns
SIGNING_IN = 2  # beside them, for each process of the site: one password is hashed, one waits
ATTEMPTS = 3  # of each who sits in the rush
ACCOUNTS = 40  # that sign in again and again
HASHING = 8  # connections that sign in or register when nothing else is asked


def throng(site: Site, watched: Watched, people: list[Walker], costly: str, seconds: float) -> dict[str, Any]:
    """p50 and p99 of every step of the exam, 32 at once and sign-ins beside; ``people`` are signed in.

    ``costly``: a password as the product keeps it, for those who sign in.
    """
    over: list[bool] = []

    def exams() -> Iterator[Visit]:
        yield from (sitting(walker, number) for number in range(1, ATTEMPTS + 1) for walker in people[AT_ONCE:])
        over.append(True)

    beside = _sign_ins(site.newcomers(ACCOUNTS, costly))
    with watched.connected(AT_ONCE) as sitting_down, watched.connected(SIGNING_IN * site.workers) as at_the_door:
        drive((map(sitting, people[:AT_ONCE]), sitting_down))  # nothing is new to the server any more
        began = time.monotonic()
        groups = (exams(), sitting_down), (beside, at_the_door)
        times = drive(*groups, going_on=lambda: not over and time.monotonic() < began + seconds)
    took = time.monotonic() - began
    signed = times.seconds.pop("sign in", [])
    times.seconds.pop("sign-in page", None)
    steps = {name: _spread(values) for name, values in times.seconds.items()}
    return {
        "steps": steps,
        "worst_p99_ms": max(step["p99_ms"] for step in steps.values()),
        "requests_per_second": round(sum(map(len, times.seconds.values())) / took),
        "sign_ins_per_second": round(len(signed) / took, 1),
    }


def _sign_ins(people: list[Walker]) -> Iterator[Visit]:
    while True:
        yield from (signing_in(Walker(one.place, one.serial)) for one in people)


def _spread(seconds: list[float]) -> dict[str, float]:
    parts = quantiles(seconds, n=100) if len(seconds) > 1 else seconds * 99
    return {"requests": len(seconds), "p50_ms": round(1000 * parts[49], 1), "p99_ms": round(1000 * parts[98], 1)}


def passwords(site: Site, watched: Watched, costly: str, seconds: float) -> dict[str, Any]:
    """What of a sign-in and of a registration is the hash, against as many processes that only hash, in turn twice.

    ``share`` by CPU of site and database: whoever asks is not in it; ``rate_share`` by forms a second on this machine,
    which carries the asking too.
    """
    bare: list[tuple[float, float]] = []
    found: dict[str, list[tuple[float, float]]] = {"sign_in": [], "register": []}
    for _ in range(2):
        bare.append(bare_limit(site.workers, seconds))
        count = int(bare[-1][0] * seconds)
        found["sign_in"].append(_sent(watched, [signing_in(one) for one in site.newcomers(count, costly)]))
        found["register"].append(_sent(watched, [registering(one) for one in site.strangers(count)]))
    hashes, cost = max(rate for rate, _ in bare), min(ms for _, ms in bare)
    shares = {f"{name}_share": round(cost / min(ms for _, ms in rows), 3) for name, rows in found.items()}
    rates = {f"{name}_rate_share": round(max(rate for rate, _ in rows) / hashes, 3) for name, rows in found.items()}
    return {"hashes_per_second": round(hashes, 1), "hash_cpu_ms": round(cost, 2), **shares, **rates}


def _sent(watched: Watched, visits: list[Visit]) -> tuple[float, float]:
    """Forms a second, and the CPU milliseconds of one: the pages that hold them are opened before."""
    opened: list[tuple[Visit, Answer]] = []

    def opening(visit: Visit) -> Visit:
        opened.append((visit, (yield next(visit))))

    def sending(visit: Visit, page: Answer) -> Visit:
        answer = yield visit.send(page)
        with suppress(StopIteration):
            visit.send(answer)

    with watched.connected(HASHING) as connections:
        drive((map(opening, visits), connections))
        began, (app, db) = time.monotonic(), watched.cpu()
        drive(((sending(*one) for one in opened), connections))
        took = time.monotonic() - began
        time.sleep(SETTLE)
        app_now, db_now = watched.cpu()
    return len(visits) / took, 1000 * (app_now.since(app) + db_now.since(db)) / len(visits)
