"""The report to superiors in Word and PDF: every figure read back, the form of Decree 30/2020, the same bytes again."""

import io
import re
import shutil
import subprocess
import zipfile
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantoa.lib.written import count, percent
from lantoa.standings.bulletins import Change
from lantoa.standings.editions import Edition, Seal
from lantoa.standings.outputs import press, report
from lantoa.standings.outputs.report_tables import difference, grouped
from tests.factories.bulletin import the_reference

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SEAL = Seal("ab12cd34" * 8, "0123456789abcdef" * 8, "fedc9876" * 8, "0f1e2d3c" * 8)
MM = 1440 / 25.4  # twips


def the_one_before():
    content = the_reference(number=2)
    units = [{**unit, "finished": unit["finished"] * (80 + n % 20) // 100} for n, unit in enumerate(content["units"])]
    counted = {"registered": 63_854, "finished": 37_905, "attempts": 53_826, "visits": 1_119_526}
    return {**content, **counted, "units": units, "moment": "2025-10-20T11:00:00+07:00"}


def edition(content=None, **more):
    content = content or the_reference(previous="a7" * 32, known_size=132_066)
    return Edition(content, **{"before": the_one_before(), "seal": SEAL, **more})


def squeezed(text):
    return re.sub(r"\s+", " ", text)


def word_parts(made):
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        return {name: ET.fromstring(file.read(name)) for name in file.namelist()}


def word_text(made):
    """Each paragraph's words, in order."""
    body = word_parts(made)["word/document.xml"]
    return squeezed(" ".join("".join(p.itertext()) for p in body.iter(f"{W}p")))


def pdf_file(made, tmp_path):
    file = tmp_path / "bao-cao.pdf"
    file.write_bytes(made)
    return file


def pdf_text(made, tmp_path, *options):
    if shutil.which("pdftotext") is None:
        pytest.skip("NOT CHECKED: the words of the report's PDF; poppler's pdftotext is not installed here")
    run = ["pdftotext", *options, pdf_file(made, tmp_path), "-"]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout


def tables(made):
    """Every table with lines: the texts of its cells, row by row."""
    body = word_parts(made)["word/document.xml"]
    lined = [table for table in body.iter(f"{W}tbl") if table.find(f"{W}tblPr/{W}tblBorders") is not None]
    return [
        [["".join(cell.itertext()) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr")] for table in lined
    ]


def expected(said, language):
    """Every figure that the report must state, as it is written."""
    content, before = said.content, said.before
    whole = ("registered", "finished", "finished_units", "attempts", "visits", "population")
    figures = {count(one[name], language) for one in (content, before) for name in whole}
    for unit in content["units"]:
        figures |= {count(unit[name], language) for name in ("registered", "finished", "attempts", "population")}
        figures |= {unit["name"], percent(unit["finished"], unit["population"], language)}
    return figures | {percent(content["finished"], content["population"], language), content["organiser"]}


# --- figures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
def test_word_and_pdf_state_every_figure_and_every_unit(language, tmp_path):
    said = edition()
    for text in (word_text(report.docx(said, language)), squeezed(pdf_text(report.pdf(said, language), tmp_path))):
        assert [one for one in expected(said, language) if squeezed(one) not in text] == []
        for code in (SEAL.digest, SEAL.signature, SEAL.key, SEAL.root, "a7" * 32):
            assert grouped(code) in text
        assert "{" not in text and "None" not in text and "**" not in text


def test_word_and_pdf_say_the_same_words(tmp_path):
    said = edition()
    words = set(word_text(report.docx(said, "vi")).split())
    assert words - set(pdf_text(report.pdf(said, "vi"), tmp_path).split()) <= {"cong-dan-so-hai-phong/"} | {
        word for word in words if "example.vn" in word
    }


def test_the_rows_of_the_appendix_are_the_units_and_add_up():
    said = edition()
    rows = tables(report.docx(said, "vi"))[-2]
    assert rows[0][:5] == ["TT", "Đơn vị", "Đăng ký", "Hoàn thành", "Lượt thi"]
    for row, unit in zip(rows[1:-1], said.content["units"], strict=True):
        assert row[1:6] == [
            unit["name"], *(count(unit[what], "vi") for what in ("registered", "finished", "attempts", "population")),
        ]  # fmt: skip
        assert row[7:] == [str(unit["rank"][measure]) for measure in ("registered", "finished", "ratio")]
    for column, what in enumerate(("registered", "finished", "attempts", "population"), 2):
        assert sum(int(row[column].replace(".", "")) for row in rows[1:-1]) == said.content[what]
        assert rows[-1][column] == count(said.content[what], "vi")


def test_the_totals_stand_beside_those_of_the_bulletin_before_with_the_difference():
    overall = tables(report.docx(edition(), "vi"))[0]
    assert overall[0] == ["Chỉ số", "Bản tin số\xa02", "Kỳ này", "Tăng, giảm", "Tỷ lệ tăng, giảm"]
    assert overall[1] == ["Số người đăng ký", "63.854", "70.949", "+7.095", "+11,11\xa0%"]
    assert overall[5] == ["Số lượt truy cập", "1.119.526", "1.243.918", "+124.392", "+11,11\xa0%"]
    text = word_text(report.docx(edition(), "vi"))
    assert "So với Bản tin số 2 (tính đến 11h ngày 20/10/2025), số người đăng ký tăng 7.095 người (11,11 %)" in text
    assert "Số người hoàn thành tăng nhiều nhất ở phường Lê Chân (thêm 201 người)" in text


def test_the_first_bulletin_compares_with_nothing():
    made = report.docx(edition(before=None), "vi")
    assert tables(made)[0][1] == ["Số người đăng ký", "70.949"]
    assert "So với" not in word_text(made)


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_difference_is_what_was_added_or_taken_with_its_sign(now, before):
    number, share = difference(now, before, "vi")
    signed = int(number.replace(".", "").replace("−", "-"))
    assert before + signed == now
    assert share[0] == number[0] or now == before or not before


# --- form -----------------------------------------------------------------------------------------------------------


def test_paper_and_margins_are_those_of_the_decree():
    for section in word_parts(report.docx(edition(), "vi"))["word/document.xml"].iter(f"{W}sectPr"):
        size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
        assert [round(int(size.get(f"{W}{side}")) / MM) for side in "wh"] == [210, 297]
        edges = {side: round(int(margins.get(f"{W}{side}")) / MM) for side in ("top", "bottom", "left", "right")}
        assert 20 <= edges["top"] <= 25 and 20 <= edges["bottom"] <= 25
        assert 30 <= edges["left"] <= 35 and 15 <= edges["right"] <= 20
        assert section.find(f"{W}titlePg") is not None  # the first page carries no number
        assert section.find(f"{W}pgNumType").get(f"{W}start") == "1"


def test_a_table_that_needs_more_room_than_the_page_is_wide_turns_its_pages():
    def sides(language):
        sections = word_parts(report.docx(edition(), language))["word/document.xml"].iter(f"{W}sectPr")
        return [section.find(f"{W}pgSz").get(f"{W}orient") for section in sections]

    assert sides("vi") == ["portrait"] * 3
    assert sides("en") == ["portrait", "landscape", "landscape"]


def test_letters_are_times_new_roman_in_the_sizes_of_the_decree():
    parts = word_parts(report.docx(edition(), "vi"))
    fonts = {font.get(f"{W}ascii") for part in parts.values() for font in part.iter(f"{W}rFonts")}
    assert fonts == {"Times New Roman"}
    sizes = {
        style.get(f"{W}styleId"): int(style.find(f"{W}rPr/{W}sz").get(f"{W}val")) / 2
        for style in parts["word/styles.xml"].iter(f"{W}style")
    }
    for name in ("BodyText", "Heading1", "Heading2", "Title", "Subtitle", "Header", "AppendixTitle"):
        assert 13 <= sizes[name] <= 14
    body = next(s for s in parts["word/styles.xml"].iter(f"{W}style") if s.get(f"{W}styleId") == "BodyText")
    assert body.find(f"{W}pPr/{W}jc").get(f"{W}val") == "both"
    assert int(body.find(f"{W}pPr/{W}spacing").get(f"{W}after")) >= 6 * 20
    assert 10 <= int(body.find(f"{W}pPr/{W}ind").get(f"{W}firstLine")) / MM <= 12.71


def test_it_opens_with_nation_issuer_number_day_kind_and_closes_with_recipients_and_room_to_sign():
    text = word_text(report.docx(edition(), "vi"))
    order = [
        "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "THÀNH PHỐ HẢI PHÒNG", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc", "Số: …………/BC-…………", "Hải Phòng, ngày ……… tháng ……… năm 2025", "BÁO CÁO",
        "Kết quả Cuộc thi “Công dân số Hải Phòng", "(tính đến 15 giờ 30 phút ngày 21 tháng 10 năm 2025)",
        "I. THÔNG TIN VỀ CUỘC THI", "II. KẾT QUẢ", "1. Kết quả chung", "Bảng 1. Kết quả chung", "2. Đơn vị dẫn đầu",
        "III. CÁCH TÍNH VÀ KIỂM TRA SỐ LIỆU", "1. Cách tính", "2. Kiểm tra số liệu", "./.", "Nơi nhận:", "- Lưu: VT.",
        "SỐ LIỆU TỪNG ĐƠN VỊ", "(Kèm theo Báo cáo số", "SỐ LIỆU TỪNG CỤM THI ĐUA",
    ]  # fmt: skip
    places = [text.find(words) for words in order]
    assert -1 not in places and places == sorted(places)


def test_word_knows_headings_tables_and_language():
    parts = word_parts(report.docx(edition(), "vi"))
    body = parts["word/document.xml"]
    styles = [style.get(f"{W}val") for style in body.iter(f"{W}pStyle")]
    assert styles.count("Heading1") == 3 and styles.count("Heading2") == 4 and styles.count("Caption") == 5
    lined = [table for table in body.iter(f"{W}tbl") if table.find(f"{W}tblPr/{W}tblBorders") is not None]
    assert all(table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None for table in lined)
    assert next(parts["word/styles.xml"].iter(f"{W}lang")).get(f"{W}val") == "vi-VN"
    assert " PAGE" in f" {''.join(parts['word/header.xml'].itertext())}"


def test_pages_are_counted_in_the_middle_above_from_two_and_anew_in_each_appendix(tmp_path):
    pages = pdf_text(report.pdf(edition(), "vi"), tmp_path, "-layout").split("\f")[:-1]
    firsts = [page.strip().splitlines()[0].strip() for page in pages]
    starts = [n for n, first in enumerate(firsts) if not first.isdigit()]
    assert len(starts) == 3 and starts[0] == 0
    for start, end in zip(starts, [*starts[1:], len(pages)], strict=True):
        assert firsts[start + 1 : end] == [str(n) for n in range(2, end - start + 1)]
    assert firsts[starts[1]] == "Phụ lục I" and firsts[starts[2]] == "Phụ lục II"


def test_the_pdf_is_a4_tagged_and_carries_its_letters(tmp_path):
    if shutil.which("pdfinfo") is None:
        pytest.skip("NOT CHECKED: the pages of the report's PDF; poppler's pdfinfo is not installed here")
    file = pdf_file(report.pdf(edition(), "vi"), tmp_path)
    told = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    assert "(A4)" in told and re.search(r"Tagged: +yes", told) and "Author:          Sở Khoa học" in told
    fonts = subprocess.run(["pdffonts", file], capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"\+(\S+)", fonts)) == {
        f"LanToaSerif-{s}" for s in ("Regular", "Bold", "Italic", "BoldItalic")
    }
    assert b"pdfuaid" in file.read_bytes() or b"/MarkInfo" in file.read_bytes()


@pytest.mark.parametrize("make", [report.docx, report.pdf])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_same_edition_gives_the_same_bytes(make, language):
    assert make(edition(), language) == make(edition(), language)


def test_no_time_of_the_clock_is_in_the_file():
    with zipfile.ZipFile(io.BytesIO(report.docx(edition(), "vi"))) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2025-10-21T08:45:00Z" in file.read("docProps/core.xml")


# --- what may be missing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [report.docx, report.pdf])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_before_anybody_came_it_says_so_and_has_no_appendix(make, language, tmp_path):
    content = the_reference()
    nothing = dict.fromkeys(("registered", "finished", "attempts", "visits", "finished_units"), 0)
    units = [{**unit, **nothing, "rank": dict.fromkeys(unit["rank"])} for unit in content["units"]]
    content |= {**nothing, "units": units, "top": dict.fromkeys(content["top"], ()), "population": None}
    made = make(edition(content, before=None), language)
    text = squeezed(word_text(made) if make is report.docx else pdf_text(made, tmp_path))
    assert {"vi": "chưa có người đăng ký", "en": "nobody has registered"}[language] in text
    assert {"vi": "Phụ lục", "en": "Appendix"}[language] not in text and "None" not in text


@pytest.mark.parametrize("make", [report.docx, report.pdf])
def test_what_is_not_known_is_a_dash_and_the_dash_is_explained(make, tmp_path):
    content = the_reference()
    content["units"][0] |= {"population": None, "ratio": None, "attempts": None, "rank": {"registered": 1, "finished": 1, "ratio": None}}  # fmt: skip
    content |= {"population": None, "ratio": None, "attempts": None}
    made = make(edition(content), "vi")
    text = squeezed(word_text(made) if make is report.docx else pdf_text(made, tmp_path))
    assert "Dấu “–” trong bảng nghĩa là chưa có số liệu" in text and "None" not in text
    if make is report.docx:
        assert tables(made)[-2][1][4:7] == ["–", "–", "–"]


@pytest.mark.parametrize("make", [report.docx, report.pdf])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_long_names_and_names_like_markup_stay_words(make, language, tmp_path):
    long = "Tìm hiểu *pháp luật* <b> & $x$ #panic() \\ ".strip() + " về chuyển đổi số quốc gia" * 8
    content = the_reference(name=long, name_en="", organiser="Ban Chỉ đạo " * 9 + "thành phố Hải Phòng")
    content["units"][5]["name"] = "Trung tâm Phục vụ hành chính công liên xã " * 2 + "Vĩnh Bảo"
    made = make(edition(content), language)
    text = squeezed(word_text(made) if make is report.docx else pdf_text(made, tmp_path))
    assert "Tìm hiểu *pháp luật* <b> & $x$ #panic() \\ về chuyển đổi số" in text
    assert "liên xã Vĩnh Bảo" in text


def test_units_without_a_finisher_are_named_when_they_are_few():
    content = the_reference()
    for unit in content["units"][:2]:
        unit["finished"] = 0
    text = word_text(report.docx(edition(content), "vi"))
    names = ", ".join(unit["name"][:1].lower() + unit["name"][1:] for unit in content["units"][:2])
    assert f"Còn 2 đơn vị chưa có người hoàn thành bài thi: {names}." in text


def test_of_a_last_place_that_many_share_fifteen_are_shown_and_the_others_counted():
    content = the_reference()
    for unit in content["units"][:40]:
        unit["rank"]["finished"], unit["finished"] = 1, 500
    content["top"]["finished"] = [unit["code"] for unit in content["units"][:40]]
    made = report.docx(edition(content), "vi")
    assert len(tables(made)[2]) == 1 + 15
    assert "Còn 25 đơn vị khác cùng hạng 1." in word_text(made)


@given(
    st.tuples(st.integers(0, 3 * 10**6), st.integers(0, 10**6), st.integers(0, 10**7), st.integers(0, 114)),
    st.booleans(),
    st.sampled_from(["vi", "en"]),
)
def test_whatever_the_numbers_the_document_is_whole(numbers, withheld, language):
    registered, finished, visits, units = numbers
    finished = min(finished, registered)
    content = the_reference() | {
        "registered": registered,
        "finished": finished,
        "attempts": None if withheld else finished * 2,
        "visits": visits,
        "finished_units": min(units, finished),
        "population": None if withheld else 5 * 10**6,
    }
    for said in (edition(content), edition(the_one_before(), before=content)):
        drawn = str(report.report(said, language))
        assert not re.search(r"[{}]|None|\*\*", drawn)
        assert drawn.count("./.") == 1


def test_as_known_today_it_lists_what_later_corrections_changed():
    content = the_reference(status="as known today")
    changes = (Change("", "", "finished", 42_118, 42_117), Change("11413", "Phường Thủy Nguyên", "finished", 772, 771))
    made = report.docx(edition(content, changes=changes), "vi")
    text = word_text(made)
    assert "III. ĐIỀU CHỈNH SAU KHI CÔNG BỐ" in text and "có 2 số liệu thay đổi, nêu tại Phụ lục III" in text
    assert "vì vậy có thể khác Bản tin số 3" in text
    assert tables(made)[-1][1:] == [
        ["1", "Cả cuộc thi", "Số người hoàn thành bài thi", "42.118", "42.117"],
        ["2", "Phường Thủy Nguyên", "Số người hoàn thành bài thi", "772", "771"],
    ]
    assert "không có số liệu nào thay đổi" in word_text(report.docx(edition(content, changes=()), "vi"))
    assert "ĐIỀU CHỈNH" not in word_text(report.docx(edition(), "vi"))


def test_without_publication_nothing_is_said_of_a_seal():
    text = word_text(report.docx(edition(the_reference(number=None, status="unpublished"), seal=None), "vi"))
    assert "chưa công bố thành bản tin" in text and "SHA-256" not in text


@settings(max_examples=25)
@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_in_a_sentence_of_the_press_only_bold_becomes_bold(before, inside):
    shown = report.runs(f"{press._plain(before)}**{press._plain(inside)}**")
    assert "".join(run.text for run in shown) == before + inside
    assert [run.text for run in shown if run.bold] == ([inside] if inside else [])
