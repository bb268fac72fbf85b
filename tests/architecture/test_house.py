"""What import-linter cannot see: the house's laws 1, 2, 3 and 5, its caps, and its promises of cleanliness."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "lantoa"
VERIFY = ROOT / "verify" / "src" / "lantoa_verify"
DOORS = ["site", "console", "management", "api"]
QUERIES = {"filter", "exclude", "annotate", "aggregate", "order_by", "raw", "extra", "values", "values_list"}
WEB = (
    "django.http",
    "django.shortcuts",
    "django.template",
    "django.urls",
    "django.views",
    "django.forms",
)
BANNED = {"utils", "helpers", "services", "managers", "signals", "constants", "common"}
# A correction waits for the exam that is being submitted, an erasure for whoever joins (decision 0039).
HELD_AGAINST_REFERENCES = {
    "exams/corrections.py",
    "contests/actions.py",
    "awards/erasure.py",
    "awards/rehearsals.py",
}
CHARTER = 15
LONGEST_FILE = 400
LONGEST_FUNCTION = 40


def sources(*folders):
    for folder in folders or [""]:
        for path in sorted((SRC / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def apart():
    """The verifier's modules, a distribution of its own."""
    for path in sorted(VERIFY.rglob("*.py")):
        yield path.relative_to(VERIFY.parent), ast.parse(path.read_text(encoding="utf-8"))


def trees(*folders):
    for path in sources(*folders):
        yield path.relative_to(SRC), ast.parse(path.read_text(encoding="utf-8"))


def room(model):
    return model.__module__.split(".")[1]


def test_foreign_keys_point_back_in_the_story():
    order = {name: i for i, name in enumerate(settings.ROOMS)}
    for model in apps.get_app_config("lantoa").get_models():
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and field.related_model._meta.app_label == "lantoa":
                assert order[room(field.related_model)] <= order[room(model)], f"{model.__name__}.{field.name}"


def test_doors_ask_by_name_and_never_build_queries():
    for path, tree in trees(*DOORS):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in QUERIES, f"{path}:{node.lineno} .{node.func.attr}()"


def test_a_locked_row_can_be_referred_to_but_where_that_must_wait():
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("select_for_update"):
                gently = any(ast.unparse(word) == "no_key=True" for word in node.keywords)
                assert gently is (path.as_posix() not in HELD_AGAINST_REFERENCES), f"{path}:{node.lineno}"


def test_rooms_do_not_know_the_web():
    for path, tree in trees(*settings.ROOMS, "lib"):
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                assert not name.startswith(WEB), f"{path}:{node.lineno} imports {name}"


@pytest.mark.parametrize("name", settings.ROOMS)
def test_every_room_opens_with_a_short_charter(name):
    text = (SRC / name / "__init__.py").read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= CHARTER


def test_the_verifier_needs_only_one_library_and_nothing_of_the_house():
    allowed = {*sys.stdlib_module_names, "lantoa_verify", "cryptography"}
    for path, tree in apart():
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                assert name.split(".")[0] in allowed, f"{path}:{node.lineno} imports {name}"
    assert list(apart())


def test_no_file_has_a_name_that_says_nothing():
    for path in [*sources(), *VERIFY.rglob("*.py")]:
        assert path.stem not in BANNED, path


def test_no_file_is_longer_than_four_hundred_lines():
    for folder in ("src", "verify", "tests", "benchmarks", "torture", "tools"):
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" not in path.parts:
                assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE, path


def test_no_function_is_longer_than_forty_lines():
    for path, tree in [*trees(), *apart()]:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno - node.lineno < LONGEST_FUNCTION, f"{path}:{node.lineno} {node.name}"


def test_nothing_is_left_to_do_and_no_registry_is_named():
    left = re.compile(
        r"\bTODO\b|\bFIXME\b|\bXXX\b|py" + r"pi\.org|python" + r"hosted|registry\.npm" + r"js|deb\.deb" + "ian"
    )
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if (
            path.suffix in {".py", ".md", ".txt", ".toml", ".html", ".js", ".css", ".yaml", ".in", ""}
            and path.is_file()
        ):
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="ignore").splitlines(), 1):
                assert not left.search(line) or "architecture" in name, f"{name}:{number}"
