"""The fields of registering, signing in and the profile. They hold what was typed; the rules are the people room's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lantoa.people.models import Group
from lantoa.people.refused import Fault
from lantoa.units import search
from lantoa.units.models import COMMUNE_LEVEL, Unit

NUMBERS: dict[str, Any] = {"class": "input input--num"}
PLAIN = {"class": "input"}
CHOOSE = ("", _("Chọn trong danh sách"))

# What a rule's code says at the field: what happened, what to do (plain_vietnamese.md §7).
WORDS: dict[str, dict[str, str | Promise]] = {
    "full_name": {
        "empty": _("Nhập họ và tên của bạn."),
        "long": _("Tên dài quá %(longest)s chữ cái. Nhập như trên thẻ căn cước."),
        "not_a_name": _("Tên chỉ gồm chữ. Nhập như trên thẻ căn cước."),
        "fixed_after_exam": _("Bạn đã thi xong một lượt nên tên giữ nguyên. Cần sửa thì báo ban tổ chức."),
    },
    "phone": {
        "empty": _("Nhập số điện thoại của bạn. Ví dụ đúng: 0912 345 678."),
        "letters": _("Số điện thoại chỉ gồm chữ số. Ví dụ đúng: 0912 345 678."),
        "short": _("Số điện thoại cần đủ 10 chữ số. Bạn mới nhập %(digits)s số."),
        "long": _("Số điện thoại có 10 chữ số, bắt đầu bằng 0. Bạn đã nhập %(digits)s số."),
        "old": _("Số 11 chữ số đã đổi từ năm 2018. Số mới có thể là %(suggestion)s. Nhập số mới."),
        "fixed": _("Đây không phải số di động. Nhập số di động, ví dụ 0912 345 678."),
        "abroad": _("Số nước ngoài cần mã nước ở đầu, ví dụ +61 412 345 678."),
        "invented": _("Số này chỉ dùng khi diễn tập. Nhập số của bạn."),
        "real": _("Đây là cuộc diễn tập, không nhận đăng ký thật. Hãy mở trang của cuộc thi."),
        "taken": _("Số điện thoại này đã có tài khoản. Đăng nhập hoặc dùng số khác."),
    },
    "citizen_id": {
        "empty": _("Nhập số căn cước của bạn. Số này có 12 chữ số."),
        "letters": _("Số căn cước chỉ gồm chữ số. Xem mặt trước thẻ."),
        "short": _("Số căn cước cần đủ 12 chữ số. Bạn mới nhập %(digits)s số."),
        "long": _("Số căn cước có 12 chữ số. Bạn đã nhập %(digits)s số."),
        "future": _("Năm sinh trong số này chưa tới. Xem lại chữ số thứ 4, 5 và 6."),
        "invented": _("Số này chỉ dùng khi diễn tập. Nhập số của bạn."),
        "real": _("Đây là cuộc diễn tập, không nhận đăng ký thật. Hãy mở trang của cuộc thi."),
        "taken": _("Số căn cước này đã có tài khoản. Mỗi người một tài khoản. Hãy đăng nhập."),
        "fixed_after_exam": _("Bạn đã thi xong một lượt nên số căn cước giữ nguyên. Cần sửa thì báo ban tổ chức."),
    },
    "unit": {
        "empty": _("Chọn một tên trong danh sách."),
        "several": _("Có nhiều nơi tên gần giống vậy. Chọn một tên trong danh sách."),
        "not_a_commune": _("Chọn một tên trong danh sách."),
    },
    "sub_unit": {"elsewhere": _("Nơi này không thuộc xã, phường bạn chọn. Chọn lại.")},
    "group": {"empty": _("Chọn bạn là ai trong danh sách.")},
    "password": {
        "empty": _("Đặt một mật khẩu từ 8 ký tự."),
        "short": _("Mật khẩu cần từ 8 ký tự. Một câu ngắn dễ nhớ là tốt nhất."),
        "long": _("Mật khẩu dài quá %(longest)s ký tự. Đặt câu ngắn hơn."),
        "common": _("Mật khẩu này nhiều người dùng nên dễ bị đoán. Thêm vài chữ của riêng bạn."),
        "numeric": _("Mật khẩu mới có chữ số. Thêm vài chữ cái."),
        "name": _("Mật khẩu trùng tên của bạn nên dễ bị đoán. Thêm vài chữ khác."),
        "weak": _("Mật khẩu này dễ bị đoán. Thêm vài chữ của riêng bạn."),
        "same": _("Mật khẩu mới giống mật khẩu cũ. Đặt mật khẩu khác."),
        "wrong": _("Chưa đúng mật khẩu đang dùng. Gõ lại."),
        "too_many": _("Đã thử quá nhiều lần. Chờ %(minutes)s phút rồi thử lại."),
    },
    "consent": {"not_given": _("Đánh dấu vào ô này nếu bạn đồng ý. Cần có sự đồng ý mới đăng ký được.")},
    "login": {
        "wrong": _("Chưa đúng số hoặc mật khẩu. Xem lại cả hai rồi thử lần nữa."),
        "too_many": _("Đã thử quá nhiều lần. Chờ %(minutes)s phút rồi thử lại."),
    },
    "doubt": {
        "unknown_province": _("Ba số đầu của số căn cước ít gặp. Xem lại thẻ. Đúng rồi thì bấm nút gửi lần nữa."),
        "unknown_range": _("Đầu số điện thoại này ít gặp. Xem lại số. Đúng rồi thì bấm nút gửi lần nữa."),
    },
}
WORDS["old"] = WORDS["new"] = WORDS["password"]


def says(name: str, fault: Fault) -> str:
    """The words for a fault of the field ``name``."""
    words = WORDS.get(name, {}).get(fault.code, _("Chưa gửi được. Xem lại ô này."))
    return str(words) % dict(fault.facts)


class Row(NamedTuple):
    """A field on the page."""

    field: forms.BoundField
    hint: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Blank:
    """A form before anybody typed: equal to another that shows the same, so that a kept piece can depend on it."""

    kind: type[AccountForm]
    shown: tuple[Any, ...]
    rows: list[Row] = field(compare=False)


class AccountForm(forms.Form):
    """Keeps what was typed and shows what the rules say; decides nothing itself."""

    use_required_attribute = False
    offered: tuple[Any, ...] = ()  # what can be chosen, where that is not the same for everybody

    def blank(self) -> Blank | None:
        """The form as long as nobody typed; afterwards None: what people type is kept nowhere."""
        if self.is_bound:
            return None
        texts = [(name, str(one.label), str(one.widget.attrs)) for name, one in self.fields.items()]
        return Blank(type(self), (*texts, *self.initial.items(), *self.offered), self.rows())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "auto_id": "o-%s", "label_suffix": ""})
        self.taken: set[str] = set()
        self.hints: dict[str, str] = {}

    def show(self, faults: Mapping[str, Fault]) -> None:
        """Put each fault at its field; a doubt becomes a hint; what has no field stands above the form."""
        for name, fault in faults.items():
            if fault.doubt:
                self.hints[name] = says("doubt", fault)
            else:
                self.add_error(name if name in self.fields else None, says(name, fault))
        self.taken = {name for name, fault in faults.items() if fault.code == "taken"}

    def rows(self) -> list[Row]:
        """The fields to be seen, each with its hint."""
        return [Row(field, self.hints.get(field.name, ""), field.name in self.taken) for field in self.visible_fields()]


def _text(label: Any, help_text: Any = "", *, most: int = 200, **attrs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={**PLAIN, **attrs})
    return forms.CharField(label=label, help_text=help_text, max_length=most, required=False, widget=widget)


def _secret(label: Any, help_text: Any = "", *, autocomplete: str, keep: bool = False) -> forms.CharField:
    """A password; ``keep`` shows it again after an error elsewhere (the page is never stored)."""
    widget = forms.PasswordInput(attrs={**PLAIN, "autocomplete": autocomplete}, render_value=keep)
    return forms.CharField(
        label=label, help_text=help_text, max_length=1_000, required=False, strip=False, widget=widget
    )


def _list(label: Any, help_text: Any = "", **attrs: Any) -> forms.CharField:
    widget = forms.Select(attrs={**PLAIN, **attrs})
    return forms.CharField(label=label, help_text=help_text, max_length=200, required=False, widget=widget)


def unit_choices(units: Iterable[Unit]) -> list[Any]:
    """The units by kind, then name; alike but for a mark, they say it: "Xã Cẩm Giàng (Giàng: dấu huyền)"."""
    known = list(units)
    hints = search.told_apart(known)
    groups = []
    for kind in COMMUNE_LEVEL:
        named = [
            (u.code, f"{u.full_name} ({hints[u.code]})" if u.code in hints else u.full_name)
            for u in known
            if u.kind == kind
        ]
        groups.append((_(kind.label), named))
    return [CHOOSE, *(group for group in groups if group[1])]


class PlaceFields(AccountForm):
    """Where somebody takes part from."""

    unit = _list(
        _("Phường, xã hoặc đặc khu nơi bạn ở"),
        **{
            "data-combo": "",
            "data-placeholder": _("Gõ vài chữ, không cần dấu"),
            "data-list": _("Đơn vị phù hợp"),
            "data-found": _("% tên phù hợp"),
        },
    )
    sub_unit = _list(_("Thôn, tổ dân phố, trường hoặc cơ quan"), _("Có thể bỏ qua"))
    group = _list(_("Bạn là"))
    unclear: Mapping[str, Fault] = {}
    read: tuple[Unit, Unit | None] | None = None

    def offer(self, units: Iterable[Unit], inside: Iterable[Unit]) -> None:
        """What can be chosen: the communes, and what lies inside the one chosen."""
        units, inside = list(units), list(inside)
        self.offered = tuple((unit.code, unit.kind, unit.name) for unit in (*units, *inside))
        choices: dict[str, Any] = {
            "unit": lambda: unit_choices(units),
            "sub_unit": [("", _("Bỏ qua")), *((unit.code, unit.full_name) for unit in inside)],
            "group": [CHOOSE, *Group.choices],
        }
        for name, offered in choices.items():
            if name in self.fields:
                widget = self.fields[name].widget
                assert isinstance(widget, forms.Select)
                widget.choices = offered

    def offer_places(self, root: Unit, chosen: Unit | None) -> None:
        """All communes under ``root``, and the places inside the one chosen."""
        wanted = "unit" in self.fields
        self.offer(
            Unit.objects.communes_of(root) if wanted else (), Unit.objects.inside(chosen) if wanted and chosen else ()
        )

    def read_place(self, root: Unit) -> tuple[Unit | None, Unit | None]:
        """The commune chosen, or the only one that the typed words can mean, and the place inside it."""
        if "unit" not in self.fields:
            return None, None
        code, place_code = self.data.get("unit", ""), self.data.get("sub_unit", "")
        unit, place = Unit.objects.chosen(root, code, place_code)
        typed = self.data.get("unit_typed", "")
        if unit is None:
            units = list(Unit.objects.communes_of(root))
            unit = search.one(units, typed)
            if unit is None and len(search.suggest(units, typed)) > 1:
                self.unclear = {"unit": Fault("several")}
        self.data = {**dict(self.data.items()), "unit": unit.code if unit else ""}
        self.fields["unit"].widget.attrs["data-typed"] = "" if unit else typed
        self.read = (root, unit)
        return unit, place

    def offer_again(self) -> None:
        """The same choices, for the page that shows what is wrong."""
        if self.read:
            self.offer_places(*self.read)
        else:
            self.offer((), ())


class RegisterForm(PlaceFields):
    """One page, one person, one account."""

    full_name = _text(
        _("Họ và tên"), _("Viết có dấu, đúng như trên thẻ căn cước"), autocomplete="name", autocapitalize="words"
    )
    phone = _text(_("Số điện thoại của bạn"), **NUMBERS, inputmode="tel", autocomplete="tel")
    citizen_id = _text(
        _("Số căn cước (CCCD)"),
        _("12 chữ số ở mặt trước thẻ. Chúng tôi khóa kín số này."),
        **NUMBERS,
        inputmode="numeric",
        autocomplete="off",
    )
    password = _secret(
        _("Mật khẩu"), _("Từ 8 ký tự. Một câu ngắn dễ nhớ là tốt nhất."), autocomplete="new-password", keep=True
    )
    consent = forms.BooleanField(required=False)
    seen = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)

    field_order = ("full_name", "phone", "citizen_id", "unit", "sub_unit", "group", "password", "consent")


class CorrectForm(PlaceFields):
    """My data; an empty number leaves the present one."""

    full_name = _text(
        _("Họ và tên"), _("Viết có dấu, đúng như trên thẻ căn cước"), autocomplete="name", autocapitalize="words"
    )
    phone = _text(_("Số điện thoại mới"), **NUMBERS, inputmode="tel", autocomplete="tel")
    citizen_id = _text(_("Số căn cước mới"), **NUMBERS, inputmode="numeric", autocomplete="off")
    seen = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)

    field_order = ("full_name", "phone", "citizen_id", "unit", "sub_unit", "group")

    def __init__(self, *args: Any, fixed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("full_name", "citizen_id", "unit", "sub_unit") if fixed else ():
            del self.fields[name]


class SignInForm(AccountForm):
    """Phone or citizen number; a user name for staff."""

    login = _text(
        _("Số điện thoại hoặc số căn cước"), **NUMBERS, inputmode="tel", autocomplete="username", autocapitalize="none"
    )
    password = _secret(_("Mật khẩu"), autocomplete="current-password")


class PasswordForm(AccountForm):
    """The old one and the new one."""

    old = _secret(_("Mật khẩu đang dùng"), autocomplete="current-password")
    new = _secret(_("Mật khẩu mới"), _("Từ 8 ký tự. Một câu ngắn dễ nhớ là tốt nhất."), autocomplete="new-password")
