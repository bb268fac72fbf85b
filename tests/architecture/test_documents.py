"""What the documents promise exists: constraints, tests, addresses, commands, variables, fields."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, get_resolver

from lantoa.api.endpoints import ENDPOINTS
from lantoa.lib.watch.measures import ALL as MEASURES
from lantoa.management.main import GROUPS
from lantoa.site.forms import account as forms
from lantoa.site.views.statistics import COLUMNS
from lantoa.standings.outputs.formats import RENDERERS
from lantoa.units.sheet import HEADER
from tests.factories.bulletin import the_reference

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SRC = ROOT / "src" / "lantoa"
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
HEADINGS = ["Context", "Decision", "Rejected", "Evidence"]
VARIABLE = re.compile(r"\b(?:LANTOA_[A-Z_]+|DATABASE_URL|CACHE_URL|PORT|HOST)\b")
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
CODE = re.compile(r"^(`{3,}).*?^\1$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
PAGES = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md")), *sorted((ROOT / "verify").glob("*.md"))]


def read(path):
    return path.read_text(encoding="utf-8")


def rows(text, heading):
    """The cells of the tables under a heading."""
    part = re.split(rf"^## {re.escape(heading)}$", text, flags=re.MULTILINE)[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("| "))] for line in lines]


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


# --- decisions ------------------------------------------------------------------------------------------------------


def test_each_decision_has_a_number_of_its_own():
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_context_decision_what_was_rejected_and_evidence(path):
    text = read(path)
    assert text.startswith(f"# {path.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS


# --- invariants -----------------------------------------------------------------------------------------------------


def invariants():
    text = read(DOCS / "invariants.md")
    return re.findall(r"^\| (\d+) \| (.+?) \| (.+) \|$", text, re.MULTILINE)


def known_constraints():
    models = apps.get_app_config("lantoa").get_models()
    names = {constraint.name for model in models for constraint in model._meta.constraints}
    unique = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("lantoa").get_models()
        for field in model._meta.get_fields()
        if getattr(field, "unique", False)
    }
    return names | unique


def known_triggers():
    """`table.trigger` for every trigger that a migration makes."""
    made = re.compile(r"CREATE TRIGGER (\w+) .*? ON (\w+)", re.DOTALL)
    texts = (read(path) for path in (SRC / "migrations").glob("0*.py"))
    return {f"{table}.{name}" for text in texts for name, table in made.findall(text)}


def known_tests():
    return {
        f"{path.relative_to(ROOT).as_posix()}::{node.name}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_invariants_are_numbered_without_a_gap():
    assert [int(number) for number, _, _ in invariants()] == list(range(1, len(invariants()) + 1))


def test_every_invariant_names_a_constraint_or_a_test_that_exists():
    known = known_constraints() | known_triggers() | known_tests()
    for number, truth, held_by in invariants():
        names = quoted(held_by)
        assert names, f"{number} {truth}: held by nothing"
        assert not set(names) - known, f"{number}: {sorted(set(names) - known)}"


def test_every_constraint_of_the_models_is_an_invariant():
    named = {name for _, _, held_by in invariants() for name in quoted(held_by)}
    models = apps.get_app_config("lantoa").get_models()
    assert not {constraint.name for model in models for constraint in model._meta.constraints} - named


# --- interfaces -----------------------------------------------------------------------------------------------------


def addresses(patterns, prefix="/"):
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield entry.name, route
        else:
            yield from addresses(entry.url_patterns, route)


@pytest.fixture(scope="module")
def interfaces():
    return read(DOCS / "interfaces.md")


def test_every_address_of_the_site_is_listed_with_its_pattern(interfaces):
    listed = [(quoted(row[0])[0], quoted(row[1])[0]) for row in rows(interfaces, "Addresses")[1:]]
    served = list(addresses(get_resolver("lantoa.site.urls").url_patterns))
    assert sorted(listed) == sorted(served)


def test_every_address_of_the_open_data_is_listed_with_its_pattern_and_parameters(interfaces):
    listed = {quoted(row[0])[0]: (quoted(row[1])[0], set(quoted(row[2]))) for row in rows(interfaces, "Open data")[1:]}
    served = dict(addresses(get_resolver("lantoa.api.urls").url_patterns, "/api/v1/"))
    assert {name: where for name, (where, _) in listed.items()} == served
    for endpoint in ENDPOINTS:
        taken = {f"?{parameter.name}=" for parameter in endpoint.parameters}
        assert {word for word in listed[f"api-{endpoint.name}"][1] if word.startswith("?")} == taken


def test_every_command_is_listed(interfaces):
    listed = {quoted(row[0])[0].split()[1] for row in rows(interfaces, "Commands")[1:]}
    assert listed == {name for group in GROUPS.values() for name in group}


def test_every_variable_that_is_read_is_listed(interfaces):
    listed = {name for row in rows(interfaces, "Environment")[1:] for name in VARIABLE.findall(row[0])}
    modules = [*(SRC / "config").glob("*.py"), *(SRC / "lib").glob("*.py"), *(SRC / "management").rglob("*.py")]
    modules += (ROOT / "tests").rglob("conftest.py")
    named = {name for path in modules for name in names_of_variables(path)}
    assert listed == named | set(VARIABLE.findall(read(ROOT / "Makefile")))


def names_of_variables(path):
    """The strings of a module that are a variable's name and nothing else."""
    nodes = ast.walk(ast.parse(read(path)))
    strings = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {string for string in strings if VARIABLE.fullmatch(string)}


def test_every_measure_is_listed_with_its_kind_and_labels(interfaces):
    listed = [(quoted(row[0])[0], row[1], quoted(row[2])) for row in rows(interfaces, "Watching")[1:]]
    assert listed == [(each.name, type(each).__name__.lower(), [*each.labels]) for each in MEASURES]


@pytest.mark.parametrize(
    ("heading", "form"),
    [
        ("register", forms.RegisterForm),
        ("sign-in", forms.SignInForm),
        ("profile-edit", forms.CorrectForm),
        ("password", forms.PasswordForm),
    ],
)
def test_every_field_of_a_form_is_listed(interfaces, heading, form):
    listed = {quoted(row[0])[0]: set(quoted(row[1])) for row in rows(interfaces, "Form fields")[1:]}
    assert set(form.base_fields) <= listed[heading]


def test_every_column_and_key_of_the_data_is_listed(interfaces):
    data = interfaces.split("\n## Data\n")[1]
    words = {word for code in re.findall(r"`([^`]+)`", data) for word in re.findall(r"\w+", code)}
    keys = the_reference().keys() | RENDERERS.keys()
    assert not {*HEADER, *COLUMNS, *keys} - words


def test_links_between_documents_lead_somewhere():
    for page in PAGES:
        for target in LINK.findall(CODE.sub("", read(page))):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
