"""What docstrings, comments and documents cite exists: the note, its section, the rule, the record, the requirement."""

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FOLDERS = ("src", "verify", "tests", "benchmarks", "tools")
REPORTS = ROOT / "benchmarks" / "results"
PAGES = [page for room in (DOCS, REPORTS) for page in sorted(room.rglob("*.md"))]
PAGES += [page for room in (ROOT, ROOT / "verify") for page in sorted(room.glob("*.md"))]
MODULES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
CITING = [*MODULES, *PAGES]

NOTE = re.compile(r"(?<![\w./*<-])((?:[\w.-]+/)*[\w-]{2,}\.md)(?![\w/])")
HEADING = re.compile(r"^#{2,4} (\d+(?:\.\d+)*)\.? ", re.MULTILINE)
# What may follow a note: §1 (sentences), §3 and §11 rule 2; page 10; "A question" and "Facts", which the page holds.
PART = re.compile(
    r"(?:,? | and )(?:§(?P<section>\d+(?:\.\d+)*)|(?:rule|page|law) (?P<number>\d+)|\"(?P<words>[^\"]+)\")(?: \([^)]*\))?"
)
LOOSE = re.compile(r"\.md,? (?:sections?|chapters?) \d|\b(?:log|items|curriculum|house),? (?:§|sections? \d|law \d)")
LAW = re.compile(r"\blaws? ((?:\d+(?:, | and )?)+)")
REQUIREMENT = re.compile(r"\b(?:M\d{1,2}|B\d{1,2})\b(?=[,:;)–])")
RECORD = re.compile(r"\bADR (\d{4})\b")
TEST = re.compile(r"\b(?:S\d\d|D0\d)\b")
FILE = re.compile(r"`((?:(?:tests|packages)/[\w./-]+)|(?:[\w-]+/)+[\w-]+\.(?:py|json|css))`")
FENCED = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)


@cache
def read(path):
    return path.read_text(encoding="utf-8")


@cache
def said(path):
    """What a file says to people: docstrings and comments of a module, a page without its blocks of code."""
    text = read(path)
    if path.suffix == ".md":
        return " ".join(FENCED.sub("", text).split())
    tree = ast.parse(text)
    places = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    words = [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, places)]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    words += [token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT]
    return " ".join(" ".join(words).split())


def cited(path):
    """Each note that a file cites, with the sections, numbers of lists and words named right after it."""
    text = said(path)
    for found in NOTE.finditer(text):
        parts, at = [], found.end()
        while part := PART.match(text, at):
            parts.append(part.groupdict())
            at = part.end()
        yield found[1].lstrip("./"), parts


def note(name):
    """The page of that name, or None; two pages of one name must be told apart by their folders."""
    pages = [page for page in PAGES if f"/{page.relative_to(ROOT).as_posix()}".endswith(f"/{name}")]
    pages = [page for page in pages if page.parent == ROOT] or pages if "/" not in name else pages
    return pages[0] if len(pages) == 1 else None


def part_of(page, section):
    """The text of a section, with what lies below it; of the whole page when no section is named."""
    text = read(page)
    if section is None:
        return text
    starts = list(re.finditer(rf"^(#{{2,4}}) {re.escape(section)}\.? .*$", text, re.MULTILINE))
    if len(starts) != 1:
        return None
    rest = text[starts[0].end() :]
    return re.split(rf"^#{{2,{len(starts[0][1])}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def wrong_parts(page, parts):
    """What the page does not have of that."""
    section = None
    for part in parts:
        section = part["section"] or section
        text = part_of(page, section)
        if text is None:
            yield f"§{section}"
        elif part["number"] and not re.search(rf"^{part['number']}\. ", text, re.MULTILINE):
            yield f"§{section} {part['number']}."
        elif part["words"] and part["words"] not in " ".join(text.split()):
            yield f"“{part['words']}”"


def test_every_note_that_is_cited_exists_with_its_sections():
    wrong = []
    for path in CITING:
        for name, parts in cited(path):
            page = note(name)
            missing = ["no such page"] if page is None else list(wrong_parts(page, parts))
            wrong += [f"{path.relative_to(ROOT)}: {name}: {what}" for what in missing]
    assert wrong == []


def test_a_section_is_cited_in_one_form():
    assert [f"{path.relative_to(ROOT)}: {found[0]}" for path in MODULES for found in LOOSE.finditer(said(path))] == []


def test_every_design_note_is_listed_and_numbers_its_sections_once():
    for page in sorted((DOCS / "design").glob("*.md")):
        assert page.name == "README.md" or f"({page.name})" in read(DOCS / "design" / "README.md"), page.name
        numbers = HEADING.findall(read(page))
        assert len(numbers) == len(set(numbers)), page.name


def test_every_file_that_a_design_note_names_exists():
    roots = (ROOT, ROOT / "src" / "lantoa", ROOT / "src" / "lantoa" / "site")
    for page in sorted((DOCS / "design").glob("*.md")):
        for name in FILE.findall(read(page)):
            assert any((root / name).exists() for root in roots), f"{page.name}: {name}"


def numbered(name, pattern):
    return set(re.findall(pattern, read(DOCS / "design" / name), re.MULTILINE))


def test_every_law_requirement_record_and_test_that_is_named_exists():
    laws = numbered("house.md", r"^(\d+)\. \*\*")
    requirements = numbered("mission.md", r"^\| ([MB]\d+) \|")
    tests = numbered("reliability.md", r"^\| ([SDR]\d\d) \|")
    records = {path.name[:4] for path in (DOCS / "decisions").glob("*.md")}
    for path in MODULES:
        text = said(path)
        assert {law for found in LAW.findall(text) for law in re.findall(r"\d+", found)} <= laws, path
        assert set(RECORD.findall(text)) <= records, path
        assert set(TEST.findall(text)) <= tests, path
        if "src" in path.parts:
            assert set(REQUIREMENT.findall(text)) <= requirements, path


@pytest.mark.parametrize(
    "text",
    [
        "nowhere.md",
        "figures.md §99",
        "items.md §2 rule 77",
        "experience.md page 33",
        "domain.md §1 (rules), §1.77",
        "docs/content/package.md, 'A question' and 'Nothing'",
    ],
)
def test_control_a_wrong_citation_is_found(tmp_path, text):
    path = tmp_path / "module.py"
    path.write_text(f'"""Says something ({text})."""\n'.replace("'", '"'), encoding="utf-8")
    ((name, parts),) = cited(path)
    page = note(name)
    assert page is None or list(wrong_parts(page, parts))
