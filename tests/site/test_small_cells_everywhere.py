"""S27: page, CSV, workbook, bulletin and open data withhold the attempts of the same units and say the same of others."""

import csv
import io
import re
from datetime import timedelta

import openpyxl
import pytest

from lantoa.lib import clock
from lantoa.standings.bulletins import latest_moment, publish_bulletin
from lantoa.standings.editions import as_published
from lantoa.standings.figures import figures
from lantoa.standings.outputs.formats import FILES
from lantoa.standings.rebuild import rebuild
from lantoa.standings.small_cells import ENOUGH, withheld
from tests.factories.contest import a_contest
from tests.factories.crowd import crowd
from tests.standings.conftest import a_population

SENTENCE = "Nơi có dưới năm người hoàn thành thì không nêu số lượt thi."


@pytest.fixture
def few(db):
    """So few people that some units have one to four finishers and some have more."""
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=20))
    for n, unit in enumerate(contest.root.children.order_by("code"), 1):
        a_population(unit, 1_000 * n**3)
    crowd(contest, people=60, until=now - timedelta(hours=1))
    rebuild(contest)
    return contest


@pytest.fixture
def told(few):
    """Attempts of each unit as the one rule tells them; None where it withholds them."""
    counted = figures(few, clock.now())
    closed = withheld(counted)
    said = {unit.code: None if closed.holds(unit) else unit.attempts for unit in counted.units}
    assert None in said.values() and any(said.values())
    assert any(0 < unit.finished < ENOUGH for unit in counted.units)
    return said


def of_sheet(text):
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    return {row["ma"]: int(row["luot_thi"]) if row["luot_thi"] else None for row in rows}


def of_workbook(data):
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Đơn vị"]
    head = [cell.value for cell in sheet[3]]
    return {row[0]: row[head.index("Lượt thi")] for row in sheet.iter_rows(min_row=4, values_only=True)}


def of_press_sheet(text):
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    start = next(n for n, row in enumerate(rows) if row[:3] == ["Mã", "Đơn vị", "Cụm"])
    column = rows[start].index("Lượt thi")
    end = rows.index([], start)
    return {row[0]: int(row[column]) if row[column] else None for row in rows[start + 1 : end]}


def of_open_data(client):
    units = client.get("/api/v1/contests/thu-nghiem/statistics").json()["units"]
    return {unit["code"]: unit["attempts"] for unit in units}


def of_unit_page(client, code):
    page = client.get(f"/thu-nghiem/don-vi/{code}/").content.decode()
    shown = re.search(r"<dt>lượt thi</dt><dd>(.+?)</dd>", page).group(1)
    assert (SENTENCE in page) == (shown == "–")
    return None if shown == "–" else int(shown.replace(".", ""))


def of_standings(client, names, by):
    page = client.get(f"/thu-nghiem/xep-hang/don-vi/?theo={by}").content.decode()
    assert SENTENCE in page
    rows = re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    found = {}
    for code, name in names.items():
        row = next(row for row in rows if f">{name}</a>" in row)
        tried = re.search(r"([\d.]+) lượt thi", row)
        found[code] = int(tried.group(1).replace(".", "")) if tried else None
    return found


def test_every_door_and_file_withholds_the_same(client, few, told):
    names = {unit.code: unit.name for unit in figures(few, clock.now()).units}
    bulletin = publish_bulletin(contest=few, as_of=latest_moment(few, clock.now()), by=None)
    assert of_sheet(client.get("/thu-nghiem/thong-ke.csv").content.decode()) == told
    assert of_open_data(client) == told
    assert {code: of_unit_page(client, code) for code in told} == told
    assert of_standings(client, names, "hoan-thanh") == told
    assert of_standings(client, names, "dang-ky") == told
    assert {unit["code"]: unit["attempts"] for unit in bulletin.data["units"]} == told
    assert of_press_sheet(FILES["ban-tin.csv"](as_published(bulletin), "vi").decode()) == told
    assert of_workbook(FILES["ban-tin.xlsx"](as_published(bulletin), "vi")) == told
    assert (
        "Nơi có dưới năm người hoàn thành thì không nêu" in FILES["ban-tin.md"](as_published(bulletin), "vi").decode()
    )


def test_a_contest_with_fewer_than_five_finishers_tells_nobody_how_often_they_tried(client, db):
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=3), closes_at=now + timedelta(days=20))
    crowd(contest, people=5, until=now - timedelta(hours=1))
    rebuild(contest)
    assert 0 < figures(contest, now).total.finished < ENOUGH
    for address in ("/thu-nghiem/", "/thu-nghiem/thong-ke/"):
        page = re.sub(r"\s+", "", client.get(address).content.decode())
        assert "<dt>lượtthi</dt><dd>–</dd>" in page
    days = client.get("/api/v1/contests/thu-nghiem/curve").json()["days"]
    assert {day["attempts"] for day in days if day["finished"]} == {None}
    assert {day["attempts"] for day in days if not day["finished"]} <= {0}
