"""Everyone × everything: what each role meets at each address of the console. A new table needs a line here."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lantoa.console.urls import console_site as console
from tests.console.conftest import CITIZEN_ID, PHONE, ROLES

ALL = {"organiser", "editor", "operator"}
NOBODY: set[str] = set()
# table: who sees it, who adds, who changes, who deletes
EXPECTED: dict[str, tuple[set[str], set[str], set[str], set[str]]] = {
    "contest": (ALL, NOBODY, {"organiser"}, NOBODY),
    "document": (ALL, {"organiser", "editor"}, {"organiser", "editor"}, NOBODY),
    "prize": (ALL, {"organiser"}, {"organiser"}, {"organiser"}),
    "topic": (ALL, NOBODY, {"organiser", "editor"}, NOBODY),
    "lesson": (ALL, NOBODY, NOBODY, NOBODY),
    "question": ({"editor"}, NOBODY, NOBODY, NOBODY),
    "bank": ({"editor"}, NOBODY, NOBODY, NOBODY),
    "unit": (ALL, {"organiser", "operator"}, {"organiser", "operator"}, NOBODY),
    "cluster": (ALL, {"organiser", "operator"}, {"organiser", "operator"}, {"organiser", "operator"}),
    "succession": (ALL, {"organiser", "operator"}, NOBODY, NOBODY),
    "contestant": ({"organiser"}, NOBODY, NOBODY, NOBODY),
    "share": ({"organiser"}, NOBODY, {"organiser"}, NOBODY),
    "report": ({"organiser"}, NOBODY, NOBODY, NOBODY),
    "certificate": ({"organiser"}, NOBODY, NOBODY, NOBODY),
    "bulletin": (ALL, {"organiser"}, NOBODY, NOBODY),
    "account": ({"operator"}, {"operator"}, {"operator"}, NOBODY),
    "auditentry": ({"operator"}, NOBODY, NOBODY, NOBODY),
}
PAGES = {name: {"organiser"} for name in ("provisional_winners", "correct_results", "papers_and_key", "erase_person")}
PAGES["questions_after_use"] = {"organiser", "editor"}
TABLES = sorted(model._meta.model_name for model in console._registry)
OUTSIDERS = {"anonymous", "citizen", "coordinator", "judge"}


def answer(role, allowed):
    """Outsiders are shown the sign-in; staff without the power are refused."""
    return 302 if role in OUTSIDERS else 200 if role in allowed else 403


def addresses(table, pk):
    base = f"admin:lantoa_{table}"
    yield "see", reverse(f"{base}_changelist")
    yield "add", reverse(f"{base}_add")
    yield "see", reverse(f"{base}_change", args=[pk])
    yield "see", reverse(f"{base}_history", args=[pk])
    yield "delete", reverse(f"{base}_delete", args=[pk])


def test_every_table_and_every_page_of_the_console_has_a_declared_expectation():
    assert sorted(EXPECTED) == TABLES
    assert sorted(PAGES) == sorted(name for _, _, name in console.pages)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_meets_exactly_what_is_declared(world, enter, role):
    browser = enter(role)
    for table, (see, add, change, delete) in EXPECTED.items():
        rights = {"see": see, "add": add, "change": change, "delete": delete}
        pk = world.rows[table].pk
        for right, address in addresses(table, pk):
            assert browser.get(address).status_code == answer(role, rights[right]), f"{role} GET {address}"
        for right, name, args in (("change", "change", [pk]), ("add", "add", []), ("delete", "delete", [pk])):
            if role not in rights[right]:
                address = reverse(f"admin:lantoa_{table}_{name}", args=args)
                refused = browser.post(address, {"post": "yes"}).status_code
                assert refused == (302 if role in OUTSIDERS else 403), f"{role} POST {address}"
                assert type(world.rows[table]).objects.get(pk=pk)


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_our_own_ask_for_their_power(world, enter, role):
    browser = enter(role)
    address = reverse("admin:provisional_winners", args=[world.contest.pk])
    assert browser.get(address).status_code == answer(role, PAGES["provisional_winners"])
    correcting = reverse("admin:correct_results", args=[world.rows["contestant"].pk])
    assert browser.get(correcting).status_code == answer(role, PAGES["correct_results"])
    own = (("papers_and_key", world.contest), ("questions_after_use", world.contest))
    for name, row in (*own, ("erase_person", world.rows["contestant"])):
        assert browser.get(reverse(f"admin:{name}", args=[row.pk])).status_code == answer(role, PAGES[name])
    password = reverse("admin:lantoa_account_password", args=[world.accounts["judge"].pk])
    assert browser.get(password).status_code == answer(role, {"operator"})


def everything(browser, world):
    """All that a role is shown, every table and page of it; the addresses of the accepted ones."""
    own = ("provisional_winners", "questions_after_use")
    addresses_of = [reverse("admin:index"), *(reverse(f"admin:{name}", args=[world.contest.pk]) for name in own)]
    for table in EXPECTED:
        addresses_of += [address for _, address in addresses(table, world.rows[table].pk)]
        search = reverse(f"admin:lantoa_{table}_changelist")
        addresses_of += [f"{search}?q=KHOA", f"{search}?q=hoa"]
    complete = reverse("admin:autocomplete")
    addresses_of += [f"{complete}?app_label=lantoa&model_name=population&field_name=unit&term=a"]
    for address in addresses_of:
        yield address, browser.get(address, follow=True).content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_the_answer_key_reaches_only_who_may_see_it(world, enter, role):
    found = [address for address, page in everything(enter(role), world) if "KHOA-GIAI-THICH" in page]
    assert bool(found) == (role == "editor"), found


@pytest.mark.parametrize("role", ROLES)
def test_the_name_of_a_contestant_reaches_only_who_may_see_people(world, enter, role):
    found = [address for address, page in everything(enter(role), world) if "Phạm Thị Hòa" in page]
    if role != "citizen":  # whose own name stands on the sign-in page, if anywhere
        assert bool(found) == (role == "organiser"), found


@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_a_citizen_number_or_a_phone_in_clear(world, enter, role):
    sealed = bytes(world.contest.seed_sealed).hex()
    for address, page in everything(enter(role), world):
        for secret in (CITIZEN_ID, PHONE, PHONE[1:], sealed):
            assert secret not in page, address


def test_somebody_out_of_use_is_out_at_once(world, enter):
    browser = enter("organiser")
    account = world.accounts["organiser"]
    account.is_active = False
    account.save()
    assert browser.get(reverse("admin:index")).status_code == 302
