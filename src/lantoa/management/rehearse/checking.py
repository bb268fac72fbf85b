"""The books against the installation: every figure that it publishes, the whole board, ranks of some, the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

from lantoa.management.rehearse.books import Books, Person
from lantoa.management.rehearse.browser import Browser, Place, Unexpected
from lantoa.management.rehearse.installation import Installation
from lantoa.management.rehearse.journey import ranks_of, result_of

SAMPLE = 50  # people who look up their rank once more
Result = tuple[str, int, int]  # unit, right answers, whole seconds


class Compared(NamedTuple):
    """One thing, by the books and by the installation."""

    what: str
    books: object
    found: object

    @property
    def equal(self) -> bool:
        """Whether they say the same."""
        return self.books == self.found


def compare_figures(books: Books, told: Mapping[str, Any]) -> list[Compared]:
    """Totals and every unit's; the attempts of units are left out where the installation withholds them."""
    registered, finished, attempts = books.registered(), books.finished(), books.attempts()
    units = {unit["code"]: unit for unit in told["units"]}
    withheld = {code for code, unit in units.items() if unit["attempts"] is None}
    return [
        Compared("người đăng ký", registered.total(), told["registered"]),
        Compared("người hoàn thành", finished.total(), told["finished"]),
        Compared("lượt thi", attempts.total(), told["attempts"]),
        Compared("đơn vị có người hoàn thành", len(finished), told["finished_units"]),
        Compared("lượt truy cập", books.visits, told["visits"]),
        _by_unit("người đăng ký từng đơn vị", registered, units, "registered"),
        _by_unit("người hoàn thành từng đơn vị", finished, units, "finished"),
        _by_unit("lượt thi từng đơn vị", _without(attempts, withheld), units, "attempts"),
    ]


def _without(counts: Counter[str], codes: Iterable[str]) -> Counter[str]:
    return Counter({code: count for code, count in counts.items() if code not in set(codes)})


def _by_unit(what: str, books: Counter[str], units: Mapping[str, Mapping[str, Any]], key: str) -> Compared:
    """Only the units that differ are told."""
    found = {code: unit[key] or 0 for code, unit in units.items()}
    codes = [code for code in sorted(set(found) | set(books)) if books[code] != found.get(code, 0)]
    return Compared(what, {code: books[code] for code in codes}, {code: found.get(code, 0) for code in codes})


def compare_board(books: Books, rows: Sequence[Mapping[str, Any]]) -> list[Compared]:
    """Everybody's best result as the board lists it, and that it is in order."""
    mine = Counter((person.unit, person.best.right, person.best.seconds) for person in books.people if person.sat)
    board = Counter(_result(row) for row in rows)
    keys = [(row["rank"], -row["right"], row["ms"]) for row in rows]
    wrong = sum(before > after for before, after in pairwise(keys))
    return [
        Compared("kết quả trên bảng xếp hạng", _few(mine - board), _few(board - mine)),
        Compared("chỗ sai thứ tự trên bảng xếp hạng", 0, wrong),
    ]


def _few(results: Counter[Result]) -> list[tuple[Result, int]]:
    return sorted(results.items())[:5]


def _result(row: Mapping[str, Any]) -> Result:
    return row["unit"]["code"], row["right"], round(row["ms"] / 1000)


def compare_log(books: Books, lines: Mapping[str, int]) -> list[Compared]:
    """A line for each joining and each attempt, as many as were acknowledged."""
    finished = books.finished().total()
    return [
        Compared("dòng sổ: ghi danh", books.registered().total(), lines.get("join", 0)),
        Compared("dòng sổ: lượt thi đầu", finished, lines.get("first", 0)),
        Compared("dòng sổ: lượt thi sau", books.attempts().total() - finished, lines.get("again", 0)),
    ]


async def close_open(place: Place) -> None:
    """Look up what became of the attempts that were never handed in; their deadlines are over."""
    for person in place.books.people:
        if not person.left_open:
            continue
        try:
            page = await Browser(place, person).open("result", f"{place.home}ket-qua/{person.left_open}/")
        except Unexpected as error:
            place.books.fail(error.step, error.why, person.serial, -1)
            continue
        person.sat.append(result_of(page, person.left_open))
        person.left_open = 0


async def compare_ranks(place: Place, rows: Sequence[Mapping[str, Any]], seed: int) -> list[Compared]:
    """Some people's own pages against the whole board: equal results may share several places, so one of these."""
    finished = [person for person in place.books.people if person.sat]
    some = Random(seed).sample(finished, min(SAMPLE, len(finished)))  # noqa: S311 (a sample, no secret)
    places: dict[Result, set[tuple[int, int]]] = {}
    in_unit: Counter[str] = Counter()
    shared: dict[str, tuple[int, int]] = {}
    for row in rows:
        code = row["unit"]["code"]
        in_unit[code] += 1
        last = shared.get(code)
        rank = last[1] if last and last[0] == row["rank"] else in_unit[code]
        shared[code] = row["rank"], rank
        places.setdefault(_result(row), set()).add((row["rank"], rank))
    wrong = [person.serial for person in some if await _rank(place, person) not in _places(places, person)]
    return [Compared(f"hạng của {len(some)} người chọn bất kỳ", [], wrong)]


def _places(places: Mapping[Result, set[tuple[int, int]]], person: Person) -> set[tuple[int, int]]:
    return places.get((person.unit, person.best.right, person.best.seconds), set())


async def _rank(place: Place, person: Person) -> tuple[int, int]:
    page = await Browser(place, person).open("result", f"{place.home}ket-qua/{person.best.number}/")
    return ranks_of(page)


async def compare_all(
    place: Place, installation: Installation, told: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], seed: int
) -> list[Compared]:
    """Everything that can be read from outside; ``rows``: of the whole board."""
    found = compare_figures(place.books, told)
    found += compare_board(place.books, rows) + compare_log(place.books, await installation.log())
    return found + await compare_ranks(place, rows, seed)
