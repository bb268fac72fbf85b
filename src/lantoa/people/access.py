"""Who may do what: roles, their powers, and Django's permission names answered from them."""

from __future__ import annotations

from collections.abc import Iterable

KINDS = [
    ("organiser", "Ban tổ chức"),
    ("editor", "Biên tập nội dung"),
    ("operator", "Vận hành"),
    ("coordinator", "Điều phối viên"),
    ("judge", "Giám khảo"),
]

POWERS: dict[str, frozenset[str]] = {
    "organiser": frozenset(
        {
            "enter_console",
            "run_contest",
            "publish_bulletins",
            "edit_units",
            "edit_documents",
            "edit_lessons",
            "moderate_shares",
            "see_people",
            "see_results",
            "correct_results",
            "erase_people",
        }
    ),
    "editor": frozenset({"enter_console", "edit_documents", "edit_lessons", "edit_bank", "see_answer_key"}),
    "operator": frozenset({"enter_console", "edit_units", "manage_accounts"}),
    "coordinator": frozenset({"see_own_unit"}),
    "judge": frozenset({"judge_shares"}),
}

# What each table of the console asks for: to see it, and to change it (None: nobody changes it there).
TABLES: dict[str, tuple[str, str | None]] = {
    "contest": ("enter_console", "run_contest"),
    "document": ("enter_console", "edit_documents"),
    "attachment": ("enter_console", "edit_documents"),
    "unit": ("enter_console", "edit_units"),
    "cluster": ("enter_console", "edit_units"),
    "clustermember": ("enter_console", "edit_units"),
    "population": ("enter_console", "edit_units"),
    "succession": ("enter_console", "edit_units"),
    "topic": ("enter_console", "edit_lessons"),
    "lesson": ("enter_console", None),
    "question": ("see_answer_key", None),
    "bank": ("see_answer_key", None),
    "share": ("moderate_shares", "moderate_shares"),
    "report": ("moderate_shares", None),
    "prize": ("enter_console", "run_contest"),
    "certificate": ("see_results", None),
    "bulletin": ("enter_console", "publish_bulletins"),
    "contestant": ("see_people", None),
    "account": ("manage_accounts", "manage_accounts"),
    "role": ("manage_accounts", "manage_accounts"),
    "auditentry": ("manage_accounts", None),
}


def allows(kinds: Iterable[str], power: str) -> bool:
    """Whether any of the role ``kinds`` carries ``power``."""
    return any(power in POWERS.get(kind, frozenset()) for kind in kinds)


def answers(kinds: Iterable[str], permission: str) -> bool:
    """Django's `lantoa.<verb>_<table>`, answered from the roles; unknown tables are refused."""
    verb, _, table = permission.removeprefix("lantoa.").partition("_")
    see, change = TABLES.get(table, (None, None))
    power = see if verb == "view" else change
    return power is not None and allows(kinds, power)
