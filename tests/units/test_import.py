from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lantoa.lib import sheets
from lantoa.units.actions import import_units
from lantoa.units.models import Kind, Population, Unit
from lantoa.units.sheet import HEADER, rows

FILE = Path(__file__).parents[2] / "packages" / "cong-dan-so-hai-phong" / "units" / "haiphong.csv"
AT = datetime(2025, 10, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def bring(text, **options):
    content = text.encode() if isinstance(text, str) else text
    facts = {"root": "31", "root_name": "Hải Phòng", "source": "thử", "approved_by": "người thử", "at": AT}
    return import_units(sheets.read(content), **{**facts, **options})


def reference(**options):
    return bring(FILE.read_bytes(), **options)


def test_the_reference_city_has_114_units_of_the_right_kinds():
    report = reference()
    assert (len(report.created), report.populations, report.errors) == (114, 114, [])
    root = Unit.objects.city("31")
    communes = Unit.objects.communes_of(root)
    kinds = {kind: sum(unit.kind == kind for unit in communes) for kind in (Kind.WARD, Kind.COMMUNE, Kind.SPECIAL_ZONE)}
    assert kinds == {Kind.WARD: 45, Kind.COMMUNE: 67, Kind.SPECIAL_ZONE: 2}


def test_populations_add_up_to_the_official_number():
    reference()
    assert sum(Population.objects.latest_of(Unit.objects.all()).values()) == 4_664_124


def test_a_repaired_population_carries_the_note_of_its_repair():
    reference(source="bản đồ sáp nhập")
    repaired = Population.objects.get(unit__code="10532")
    assert (repaired.value, repaired.approved_by) == (81_500, "người thử")
    assert repaired.source.startswith("bản đồ sáp nhập (restored")


def test_importing_again_changes_nothing():
    reference()
    again = reference(at=AT + timedelta(days=1))
    assert (again.created, again.renamed, again.unchanged, again.populations) == ([], [], 114, 0)
    assert Unit.objects.count() == 115


def test_a_dry_run_tells_all_and_leaves_nothing():
    report = reference(dry_run=True)
    assert len(report.created) == 114
    assert not Unit.objects.exists()


def test_a_new_population_is_appended_and_the_old_one_stays():
    bring("code,name,type,population\n1,Một,xã,1.000")
    report = bring("code,name,type,population\n1,Một,xã,1200", at=AT + timedelta(days=30))
    assert report.populations == 1
    assert list(Population.objects.order_by("known_at").values_list("value", flat=True)) == [1000, 1200]
    assert list(Population.objects.latest_of(Unit.objects.all()).values()) == [1200]


def test_a_corrected_name_keeps_the_unit():
    bring("code,name,type\n1,Kien Thuy,xã")
    before = Unit.objects.get(code="1").pk
    report = bring("code,name,type\n1,Kiến Thụy,xã")
    unit = Unit.objects.get(code="1")
    assert (report.renamed, unit.pk, unit.name, unit.search) == (["1"], before, "Kiến Thụy", "kien thuy")


def test_one_wrong_row_keeps_all_rows_out_and_each_error_names_its_line():
    report = bring(
        "code,name,type,population,parent_code\n"
        "1,Một,xã,100,\n"
        ",Hai,xã,100,\n"
        "3,,xã,100,\n"
        "4,Bốn,huyện,100,\n"
        "5,Năm,xã,-3,\n"
        "6,Sáu,xã,rất đông,\n"
        "1,Một nữa,xã,100,\n"
        "8,Thôn Tám,thôn,,999\n"
        "9,Thôn Chín,thôn,,\n"
        "10,Mười,xã,,1\n"
        "11,Thành phố khác,thành phố,,\n"
    )
    assert [line for line, _ in report.errors] == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert not Unit.objects.exists()


def test_schools_and_villages_stand_inside_their_commune_even_when_named_before_it():
    report = bring(
        "code,name,type,parent_code,cluster\n"
        "1-t1,Thôn Đông,thôn,1,\n"
        "1-th,Trường Tiểu học Một,primary,1,\n"
        "1,Một,xã,31,Cụm 1\n"
    )
    assert report.fine
    commune = Unit.objects.get(code="1")
    assert [unit.code for unit in Unit.objects.inside(commune)] == ["1-th", "1-t1"]
    assert commune.membership.cluster.name == "Cụm 1"


def test_a_village_cannot_stand_in_a_village():
    report = bring("code,name,type,parent_code\n1,Một,xã,\n2,Thôn Hai,thôn,1\n3,Thôn Ba,thôn,2\n")
    assert report.errors == [(4, "đơn vị này phải thuộc một xã, phường, đặc khu")]


def test_a_commune_that_became_a_ward_needs_a_succession_not_an_import():
    bring("code,name,type\n1,Một,xã")
    assert not bring("code,name,type\n1,Một,phường").fine
    assert Unit.objects.get(code="1").kind == Kind.COMMUNE


def test_an_unknown_city_without_a_name_is_refused():
    assert bring("code,name,type\n1,Một,xã", root_name="").errors[0][0] == 0


def test_what_is_exported_is_imported_again_without_a_change():
    reference()
    bring("code,name,type,parent_code\n10525-1,Thôn =1+1,thôn,10525\n")
    sheet = sheets.write(HEADER, rows(Unit.objects.city("31")))
    again = bring(sheet, at=AT + timedelta(days=1))
    assert (again.errors, again.created, again.unchanged, again.populations) == ([], [], 115, 0)


def test_an_import_costs_few_queries(django_assert_max_num_queries):
    reference()
    with django_assert_max_num_queries(6):
        reference(at=AT + timedelta(days=1))
