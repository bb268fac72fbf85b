"""Invented people: frequent Vietnamese names, and numbers that are well-formed but nobody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random


def _each(names: str) -> list[str]:
    return names.split(", ")


OFTEN = {"Nguyễn": 38, "Trần": 12, "Lê": 10, "Phạm": 9, "Vũ": 6, "Hoàng": 5, "Bùi": 4, "Đỗ": 2, "Đặng": 2}
SELDOM = _each("Ngô, Dương, Lưu, Đào, Đoàn, Phan, Trịnh, Mai, Tô, Hà, Cao, Lương")
FAMILY = [name for name, share in OFTEN.items() for _ in range(share)] + SELDOM
MIDDLE = {
    "f": _each("Thị, Thị, Thị, Thị Thu, Thị Minh, Ngọc, Thanh, Hoàng Phương, Khánh, Bảo, Thị Kim, Diệu"),
    "m": _each("Văn, Văn, Văn, Đức, Minh, Quang, Hữu, Xuân, Công, Tuấn, Gia, Việt, Mạnh"),
}
GIVEN = {
    "f": _each(
        "Lan, Hương, Hạnh, Mai, Thu, Thảo, Linh, Nga, Hà, Yến, Trang, Loan, Tâm, Hoa, Bích, Phượng, Nhung, Quỳnh, "
        "Huyền, Oanh, Châu, Anh, Dung, Thảo Nguyên, Ngân, Vân, Xuân, My"
    ),
    "m": _each(
        "Tuấn, Hùng, Dũng, Nam, Sơn, Hải, Long, Minh, Khoa, Thành, Trung, Kiên, Đạt, Hòa, Bình, Cường, Hiếu, Phúc, "
        "Quân, Thắng, Việt, An, Duy, Tùng, Khánh, Lâm, Toàn, Vinh"
    ),
}
BORN = [*range(1950, 2000), *range(2000, 2013), *range(2000, 2013)]  # the young take part more often


def name(rng: Random) -> tuple[str, str]:
    """Draw a full name, and "f" or "m"."""
    sex = rng.choice("fm")
    return f"{rng.choice(FAMILY)} {rng.choice(MIDDLE[sex])} {rng.choice(GIVEN[sex])}", sex


def citizen_number(rng: Random, sex: str, serial: int) -> str:
    """Twelve digits as Circular 07/2016/TT-BCA builds them: place, century and sex, year, a number of its own."""
    year = rng.choice(BORN)
    century = (year // 100 - 19) * 2 + (sex == "f")
    return f"{rng.choice(['031', '031', '030'])}{century}{year % 100:02}{serial:06}"


def phone_number(serial: int) -> str:
    """Make an E.164 number of a range that the demonstration keeps for its crowd: +84 901 xxx xxx."""
    return f"+84901{serial:06}"
