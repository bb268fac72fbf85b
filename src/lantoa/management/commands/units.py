"""`lantoa units import FILE`, `lantoa units export`, `lantoa units merge UNIT INTO`: places, by sheet and by name."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantoa.contests.mergers import Refused, merge_units
from lantoa.lib import sheets
from lantoa.management.staff import staff
from lantoa.units.actions import Report, import_units
from lantoa.units.models import Unit
from lantoa.units.sheet import HEADER, rows

SAID = {
    "forbidden": "tài khoản này không được sửa đơn vị",
    "reason": "nêu căn cứ, nhiều nhất 500 ký tự",
    "same": "nêu hai đơn vị khác nhau",
    "elsewhere": "hai đơn vị phải cùng một thành phố",
    "gone": "một trong hai đơn vị đã kết thúc",
    "ahead": "ngày ấy chưa tới",
    "circle": "hai đơn vị sẽ nhập vào nhau thành vòng",
    "running": "cuộc thi đang mở có người dự thi cho đơn vị này; thêm --while-open nếu vẫn ghi",
}
# The reference contest's city; another names its own with --root and --root-name.
ROOT, ROOT_NAME = "31", "Hải Phòng"


class Command(BaseCommand):
    """Units of a city as CSV: read all or nothing, written so that the import reads it again."""

    help = "Import units from a CSV file (code,name,type[,population,population_note,parent_code,cluster]), or export."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the two verbs and their options."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        reading = verbs.add_parser("import", help="read a CSV file: every row, or none when one is wrong")
        reading.add_argument("file", type=Path)
        reading.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
        reading.add_argument("--source", default="", help="where the populations come from (default: the file's name)")
        reading.add_argument("--approved-by", default="chưa duyệt", help="who approved the populations")
        reading.add_argument("--root-name", default=ROOT_NAME, help="its name, when it is new (default: %(default)s)")
        writing = verbs.add_parser("export", help="write the city's units as CSV")
        writing.add_argument("--output", type=Path, help="the file to write (default: standard output)")
        merging = verbs.add_parser("merge", help="a unit became part of another; for good")
        merging.add_argument("unit", help="code of the unit that ends")
        merging.add_argument("into", help="code of the unit that it is part of now")
        merging.add_argument(
            "--since", type=date.fromisoformat, required=True, metavar="DAY", help="the first day of it"
        )
        merging.add_argument("--reason", required=True, help="the resolution, as people may read it")
        merging.add_argument("--by", required=True, metavar="USER", help="user name of who decides")
        merging.add_argument("--while-open", action="store_true", help="also while a contest with its people is open")
        for verb in (reading, writing, merging):
            verb.add_argument("--root", default=ROOT, help="code of the city above them (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (Django's signature)
        """Run one verb."""
        {"import": self._import, "export": self._export, "merge": self._merge}[options["verb"]](options)

    def _import(self, options: dict[str, Any]) -> None:
        file: Path = options["file"]
        try:
            found = sheets.read(file.read_bytes(), required=["code", "name", "type"])
        except (OSError, sheets.Unfit) as error:
            raise CommandError(f"{file}: {error}") from error
        report = import_units(
            found,
            root=options["root"],
            root_name=options["root_name"],
            source=options["source"] or file.name,
            approved_by=options["approved_by"],
            dry_run=options["dry_run"],
        )
        self._tell(report)

    def _merge(self, options: dict[str, Any]) -> None:
        city = self._city(options)
        units = {code: Unit.objects.commune(city, options[code]) for code in ("unit", "into")}
        for code, unit in units.items():
            if unit is None:
                raise CommandError(f"không có xã, phường nào mang mã {options[code]}")
        by = staff(options["by"])
        fields = {name: options[name] for name in ("since", "reason", "while_open")}
        try:
            merge_units(unit=units["unit"], successor=units["into"], by=by, **fields)  # type: ignore[arg-type]
        except Refused as refused:
            raise CommandError(SAID[refused.code]) from refused
        self.stdout.write(f"{units['unit']} → {units['into']}")

    def _tell(self, report: Report) -> None:
        for line, what in report.errors:
            self.stderr.write(f"dòng {line}: {what}")
        if report.errors:
            raise CommandError(f"{len(report.errors)} lỗi; không nhập dòng nào.")
        done = "Nhập thử, không lưu: " if report.dry_run else ""
        self.stdout.write(
            f"{done}{len(report.created)} đơn vị mới, {len(report.renamed)} đổi tên, {report.unchanged} giữ nguyên, "
            f"{report.populations} số dân mới."
        )

    def _city(self, options: dict[str, Any]) -> Unit:
        city = Unit.objects.city(options["root"])
        if city is None:
            raise CommandError(f"chưa có thành phố mang mã {options['root']}")
        return city

    def _export(self, options: dict[str, Any]) -> None:
        city = self._city(options)
        sheet = sheets.write(HEADER, rows(city))
        if options["output"]:
            options["output"].write_text(sheet, encoding="utf-8", newline="")
        else:
            self.stdout.write(sheet, ending="")
