"""What is done to places: importing them from a sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from lantoa.lib import clock
from lantoa.lib.sheets import Row
from lantoa.lib.text import fold, tidy
from lantoa.units.models import COMMUNE_LEVEL, Cluster, ClusterMember, Kind, Population, Unit

# What a sheet may say in its `type` column: the code of a kind, or its Vietnamese name.
KINDS = {str(kind.value): kind for kind in Kind} | {fold(kind.label): kind for kind in Kind}
LONGEST_NAME = 200
LONGEST_CODE = 40
LONGEST_SOURCE = 300


@dataclass
class Report:
    """What an import did, or would do; with errors nothing was done."""

    dry_run: bool
    created: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    unchanged: int = 0
    populations: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)  # line of the sheet, what is wrong with it

    @property
    def fine(self) -> bool:
        """Whether every row could be read."""
        return not self.errors


@dataclass(frozen=True)
class _Place:
    """A row, understood."""

    line: int
    code: str
    name: str
    kind: Kind
    parent_code: str
    population: int | None
    note: str
    cluster: str


def import_units(
    rows: Iterable[Row],
    *,
    root: str,
    root_name: str = "",
    source: str,
    approved_by: str,
    at: datetime | None = None,
    dry_run: bool = False,
) -> Report:
    """Bring the units of a sheet under the city ``root``: all rows, or none when one is wrong. Re-runnable.

    Columns: code, name, type; population, population_note, parent_code, cluster may follow (docs/interfaces.md).
    A known code keeps its row: the name may be corrected, kind and parent only change by succession (B5).
    A population is appended when it differs from the latest known one.
    """
    report = Report(dry_run=dry_run)
    with transaction.atomic():
        moment = at or clock.now()
        if city := _city(root, root_name, report):
            places = _places(rows, city, report)
            units = _import(places, city, report)
            if not report.errors:
                _populate(places, units, report, Population(source=source, approved_by=approved_by, known_at=moment))
                _cluster(places, units)
        transaction.set_rollback(dry_run or bool(report.errors))
    return report


def _city(code: str, name: str, report: Report) -> Unit | None:
    """The city above all rows; made when it is new."""
    known = Unit.objects.standing().filter(code=code).first()
    if known is None and not tidy(name):
        report.errors.append((0, f"chưa có thành phố mang mã {code}; nêu cả tên của nó"))
        return None
    if known and known.kind != Kind.CITY:
        report.errors.append((0, f"mã {code} không phải của một thành phố"))
        return None
    return known or Unit.objects.create(code=code, name=tidy(name), kind=Kind.CITY)


def _places(rows: Iterable[Row], city: Unit, report: Report) -> list[_Place]:
    """The rows, understood, each code once."""
    places = [place for row in rows if (place := _understand(row, report))]
    seen = {city.code}
    for place in places:
        if place.code in seen:
            report.errors.append((place.line, f"mã {place.code} đã dùng ở dòng khác"))
        seen.add(place.code)
    return places


def _import(places: list[_Place], city: Unit, report: Report) -> dict[str, Unit]:
    """The unit of each row, made or renamed where needed, by its code."""
    codes = {place.code for place in places} | {place.parent_code for place in places}
    known = {unit.code: unit for unit in Unit.objects.standing().filter(code__in=codes)}
    # Communes first, so that a school may stand above its commune in the sheet.
    for place in sorted(places, key=lambda place: place.kind not in COMMUNE_LEVEL):
        parent = city if place.kind in COMMUNE_LEVEL else known.get(place.parent_code)
        if wrong := _misplaced(place, parent, city, known.get(place.code)):
            report.errors.append((place.line, wrong))
        else:
            known[place.code] = _settle(place, parent, known.get(place.code), report)
    report.errors.sort()
    return known


def _understand(row: Row, report: Report) -> _Place | None:
    """The row as a place; what is wrong goes into the report."""
    kind = KINDS.get(row["type"]) or KINDS.get(fold(row["type"]))
    code, name, people = tidy(row["code"]), tidy(row["name"]), row["population"].replace(".", "")
    wrong = [
        (not code, "thiếu mã"),
        (len(code) > LONGEST_CODE, "mã quá dài"),
        (not name, "thiếu tên"),
        (len(name) > LONGEST_NAME, "tên quá dài"),
        (kind is None, f"không biết loại “{row['type']}”"),
        (kind is Kind.CITY, "thành phố được nêu bằng --root, không nằm trong bảng"),
        (
            bool(people) and not (people.isascii() and people.isdigit() and int(people) > 0),
            "dân số phải là số lớn hơn 0",
        ),
    ]
    faults = [(row.line, says) for is_so, says in wrong if is_so]
    report.errors += faults
    if faults or kind is None:
        return None
    note, cluster = tidy(row["population_note"]), tidy(row["cluster"])
    return _Place(row.line, code, name, kind, tidy(row["parent_code"]), int(people) if people else None, note, cluster)


def _misplaced(place: _Place, parent: Unit | None, city: Unit, known: Unit | None) -> str:
    """Why the place cannot stand where the sheet puts it."""
    if parent is None:
        return f"không có xã, phường nào mang mã “{place.parent_code}”"
    if place.kind in COMMUNE_LEVEL and place.parent_code not in ("", city.code):
        return f"xã, phường phải thuộc {city.code}"
    if place.kind not in COMMUNE_LEVEL and parent.kind not in COMMUNE_LEVEL:
        return "đơn vị này phải thuộc một xã, phường, đặc khu"
    if known and (known.kind != place.kind or known.parent_id != parent.pk):
        return "đã có với loại hoặc nơi trực thuộc khác; đổi bằng sáp nhập, không bằng nhập bảng"
    return ""


def _settle(place: _Place, parent: Unit | None, known: Unit | None, report: Report) -> Unit:
    if known is None:
        report.created.append(place.code)
        return Unit.objects.create(code=place.code, name=place.name, kind=place.kind, parent=parent)
    if known.name == place.name:
        report.unchanged += 1
        return known
    report.renamed.append(place.code)
    known.name = place.name
    known.save(update_fields=["name", "search"])
    return known


def _populate(places: list[_Place], units: dict[str, Unit], report: Report, proof: Population) -> None:
    """Append the populations that are news, each with the source, approver and moment of ``proof``."""
    latest = Population.objects.latest_of(units.values())
    news = [
        Population(
            unit=units[place.code],
            value=place.population,
            valid_from=proof.known_at.astimezone(clock.VIETNAM).date(),
            known_at=proof.known_at,
            source=f"{proof.source} ({place.note})"[:LONGEST_SOURCE] if place.note else proof.source[:LONGEST_SOURCE],
            approved_by=proof.approved_by,
        )
        for place in places
        if place.population is not None and latest.get(units[place.code].pk) != place.population
    ]
    report.populations = len(Population.objects.bulk_create(news))


def _cluster(places: list[_Place], units: dict[str, Unit]) -> None:
    """Put units into the clusters that the sheet names, if it has such a column."""
    for name in sorted({place.cluster for place in places if place.cluster}):
        cluster, _ = Cluster.objects.get_or_create(code=fold(name).replace(" ", "-")[:50], defaults={"name": name})
        for place in places:
            if place.cluster == name:
                ClusterMember.objects.update_or_create(unit=units[place.code], defaults={"cluster": cluster})
