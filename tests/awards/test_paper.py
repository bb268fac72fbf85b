"""The sheet and the picture: what they carry, read back from their bytes."""

import json
import re
import shutil
import struct
import subprocess
import zlib
from datetime import UTC, datetime

import pytest
import segno

from lantoa.awards import paper
from lantoa.awards.models import Certificate
from lantoa.lib import qr
from tests.lib.test_qr import modules

URL = "https://congdanso.example/kiem-tra/HP25-7K3M-9Q2X-4TBD/"
LONG_NAME = "Nguyễn Hoàng Phương Thảo Nguyên"
LONG_UNIT = "Trung tâm Phục vụ hành chính công xã Vĩnh Bảo"


def certificate(**fields):
    return Certificate(
        **{
            "number": "HP25-7K3M-9Q2X-4TBD",
            "name": LONG_NAME,
            "unit_name": LONG_UNIT,
            "contest_name": "Công dân số Hải Phòng – sử dụng thông minh, sống an toàn",
            "organiser": "Sở Khoa học và Công nghệ thành phố Hải Phòng",
            "correct": 18,
            "asked": 20,
            "issued_at": datetime(2025, 10, 21, 17, 30, tzinfo=UTC),
            **fields,
        }
    )


def streams(pdf):
    """All of the file: what stands open, and what its streams hold."""
    parts = [pdf]
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(raw))
        except zlib.error:
            continue
    return b"\n".join(parts)


def words(pdf, tmp_path):
    """The text as any reader extracts it."""
    if shutil.which("pdftotext") is None:
        pytest.skip("NOT CHECKED: the words of the PDF; poppler's pdftotext is not installed here")
    file = tmp_path / "giay.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout


def test_the_sheet_is_one_landscape_a4_page_with_its_fonts_inside():
    body = streams(paper.pdf(certificate(), check_url=URL))
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", body)) == 1
    box = [float(n) for n in re.search(rb"/MediaBox\s*\[([^\]]+)\]", body)[1].split()]
    assert [round(n) for n in box] == [0, 0, 842, 595]
    assert set(re.findall(rb"/BaseFont\s*/\w{6}\+(BeVietnamPro-\w+)", body)) == {
        b"BeVietnamPro-Regular",
        b"BeVietnamPro-SemiBold",
        b"BeVietnamPro-ExtraBold",
    }
    assert body.count(b"/FontFile2") >= 3


def test_the_sheet_speaks_vietnamese_to_screen_readers():
    body = streams(paper.pdf(certificate(), check_url=URL))
    assert b"/Lang (vi-VN)" in body or b"/Lang(vi-VN)" in body
    assert b"/MarkInfo" in body
    assert b"pdfuaid" in body


def test_the_words_can_be_read_back(tmp_path):
    text = words(paper.pdf(certificate(), check_url=URL), tmp_path)
    for expected in (
        LONG_NAME,
        LONG_UNIT,
        "sử dụng thông minh, sống an toàn",
        "HP25-7K3M-9Q2X-4TBD",
        "18/20 câu đúng",
        "Cấp ngày 22 tháng 10 năm 2025",  # 0:30 in Vietnam
        "congdanso.example/kiem-tra",
        "Độc lập – Tự do – Hạnh phúc",
    ):
        assert expected in text


@pytest.mark.parametrize(
    "name",
    [
        "Vũ An",
        "H'Wĩm Êñuôl",
        '#panic("x") $x$ *đậm* _nghiêng_ `mã` \\ @ai <nhãn> // hết',
        "<script>alert(1)</script>",
        "Nguyễn " * 17,
    ],
)
def test_a_name_is_always_words_and_fits(name, tmp_path):
    sheet = paper.pdf(certificate(name=name.strip()), check_url=URL)
    assert paper.png(certificate(name=name.strip()), invite_url=URL)
    text = re.sub(r"\s+", "", words(sheet, tmp_path)).replace("’", "'").replace("”", '"').replace("“", '"')
    assert re.sub(r"\s+", "", name)[:40] in text


def test_the_same_certificate_gives_the_same_bytes():
    first = paper.pdf(certificate(), check_url=URL)
    assert first == paper.pdf(certificate(), check_url=URL)
    assert first != paper.pdf(certificate(name="Vũ An"), check_url=URL)


def test_the_code_on_the_sheet_leads_to_the_check_page(monkeypatch):
    """The drawing handed to the layout holds the very modules of a QR code of the address."""
    handed = {}
    monkeypatch.setattr(
        paper, "typeset", lambda layout, facts, **how: handed.update(json.loads(json.dumps(facts))) or b""
    )
    paper.pdf(certificate(), check_url=URL)
    drawn = modules(handed["qr"])
    matrix = segno.make(URL, error="m", micro=False).matrix
    dark = {(x + qr.QUIET, y + qr.QUIET) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert drawn == dark
    assert handed["check"] == "congdanso.example/kiem-tra"


def test_the_picture_is_1200_by_630_and_tells_no_score_and_no_number(monkeypatch):
    picture = paper.png(certificate(), invite_url=URL)
    assert picture.startswith(b"\x89PNG\r\n")
    assert struct.unpack(">II", picture[16:24]) == (1200, 630)
    assert len(picture) < 300_000
    handed = {}
    monkeypatch.setattr(paper, "typeset", lambda layout, facts, **how: handed.update(facts) or b"")
    paper.png(certificate(), invite_url=URL)
    assert not {"correct", "asked", "number", "check"} & set(handed)
