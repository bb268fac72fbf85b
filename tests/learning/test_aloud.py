"""What a voice is given to read (plain_vietnamese.md §5, §8)."""

from __future__ import annotations

import pytest

from lantoa.learning.aloud import spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("70.949 người", "70949 người"),
        ("3,5 %", "3,5 phần trăm"),
        ("5.000.000 đồng", "5 triệu đồng"),
        ("15.000 đồng", "15 nghìn đồng"),
        ("3.000.000.000 đồng", "3 tỷ đồng"),
        ("21/10/2025", "ngày 21 tháng 10 năm 2025"),
        ("hết ngày 11/11/2025", "hết ngày 11 tháng 11 năm 2025"),
        ("lúc 15:30", "lúc 15 giờ 30 phút"),
        ("lúc 9:00", "lúc 9 giờ"),
        ("0912 345 678", "0 9 1 2 3 4 5 6 7 8"),
        ("gọi 113", "gọi 1 1 3"),
        ("10–12 phút", "10 đến 12 phút"),
        ("24/24", "cả ngày đêm"),
        ("1/3 số người", "một phần ba số người"),
        ("Thủ tục hành chính → Thông báo lưu trú", "Thủ tục hành chính rồi Thông báo lưu trú"),
        ("tài liệu & ảnh", "tài liệu và ảnh"),
        ("xã/phường", "xã hoặc phường"),
        ("từ 1/7/2026", "từ ngày 1 tháng 7 năm 2026"),
        ("Tháng 3/2026", "Tháng 3 năm 2026"),
        ("Hoaphuong@1, thêm @, rồi nghỉ", "Hoaphuong a còng 1, thêm a còng, rồi nghỉ"),
        ("“mẹ gọi lại”", "mẹ gọi lại"),
        ("7 phút 5 giây", "7 phút 5 giây"),
    ],
)
def test_signs_are_said_in_words(written, said):
    assert spoken(written) == said
