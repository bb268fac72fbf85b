"""The numbers of all processes of this machine in Prometheus's text format (version 0.0.4)."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from pathlib import Path

from lantoa.lib.watch import measures
from lantoa.lib.watch.measures import ALL, BUCKETS, ROLES, Counter, Gauge, Histogram, Measure
from lantoa.lib.watch.meters import Held, Key, read_all

TYPE = "text/plain; version=0.0.4; charset=utf-8"
Numbers = dict[Key, tuple[float, ...]]


def text(folder: Path, disk: Path, found: Mapping[Gauge, float] | None = None) -> str:
    """Everything that is measured, with the space of ``disk`` and whatever else was ``found``."""
    held = read_all(folder, measures=ALL)
    numbers = added(held)
    for role in ROLES:
        numbers[measures.PROCESSES.name, role] = (float(sum(each.alive for each in held if each.role == role)),)
    usage = shutil.disk_usage(disk)
    seen = {measures.DISK_FREE: float(usage.free), measures.DISK_SIZE: float(usage.total), **(found or {})}
    numbers |= {(gauge.name,): (value,) for gauge, value in seen.items()}
    return "".join(f"{line}\n" for each in ALL for line in _lines(each, numbers))


def added(held: Iterable[Held]) -> Numbers:
    """Counters and histograms of all who ever counted here, gauges of the living."""
    kinds = {each.name: each for each in ALL}
    numbers: Numbers = {}
    for each in held:
        for key, values in each.numbers.items():
            kind = kinds.get(key[0])
            if kind is None or (isinstance(kind, Gauge) and not each.alive):
                continue
            numbers[key] = _together(kind, numbers[key], values) if key in numbers else values
    return numbers


def _together(kind: Measure, one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    if isinstance(kind, Gauge) and kind.of_all == "largest":
        return (max(one[0], other[0]),)
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _lines(measure: Measure, numbers: Numbers) -> Iterator[str]:
    series = sorted((key, values) for key, values in numbers.items() if key[0] == measure.name)
    if not series:
        return
    yield f"# HELP {measure.name} {measure.about}"
    yield f"# TYPE {measure.name} {_KINDS[type(measure)]}"
    for key, values in series:
        labels = dict(zip(measure.labels, key[1:], strict=True))
        if isinstance(measure, Histogram):
            yield from _histogram(measure.name, labels, values)
        else:
            yield f"{measure.name}{_braces(labels)} {values[0]:.17g}"


def _histogram(name: str, labels: dict[str, str], values: tuple[float, ...]) -> Iterator[str]:
    *counts, total = values
    running = list(accumulate(counts))
    for edge, count in zip([*map(str, BUCKETS), "+Inf"], running, strict=True):
        yield f"{name}_bucket{_braces({**labels, 'le': edge})} {count:.17g}"
    yield f"{name}_sum{_braces(labels)} {total:.17g}"
    yield f"{name}_count{_braces(labels)} {running[-1]:.17g}"


def _braces(labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


_KINDS: dict[type, str] = {Counter: "counter", Gauge: "gauge", Histogram: "histogram"}
