"""Collect the words of the screen into the English .po file; what is translated already stays.

Django reads the templates and Python its own syntax: no GNU gettext is needed. `make words` runs this and the compiler.
"""

import ast
import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SRC = Path(__file__).parents[1] / "src" / "lantoa"
ENGLISH = SRC / "locale" / "en" / "LC_MESSAGES" / "django.po"
HEADER = "# The screen in English. The Vietnamese of the source is the key; `make words` collects it anew."
CHANGING = re.compile(r'^"(?:Project|Report|POT|PO-Rev|Last|Language-Team|Generated)[^:]*:.*\n', re.MULTILINE)

MARKS = {  # the functions that mark words, each with what its first arguments are
    **dict.fromkeys(["gettext", "gettext_lazy", "gettext_noop", "_"], ("words",)),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], ("words", "plural")),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ("context", "words")),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ("context", "words", "plural")),
}
TEXT = r"""u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
CALL = re.compile(rf"(?:n?p?gettext|_)\((?:{TEXT}(?:,\s*)?)+(?:count)?\)")


def found(path):
    """Yield the words of one file: text, plural or nothing, context or nothing."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        source = "\n".join(CALL.findall(templatize(source)))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            meant = dict(zip(MARKS[node.func.id], node.args, strict=False))
            if all(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in meant.values()):
                yield tuple(meant[role].value if role in meant else None for role in ("words", "plural", "context"))


def collect():
    """Return the catalogue of all words of the source, nothing translated."""
    catalog = Catalog(locale="en")
    for path in sorted([*SRC.rglob("*.html"), *SRC.rglob("*.py")]):
        for words, plural, context in found(path):
            catalog.add((words, plural) if plural else words, context=context)
    return catalog


def english():
    """Return the English catalogue as it stands, without what the source no longer has, with what is new."""
    with ENGLISH.open("rb") as po:
        catalog = read_po(po, locale="en")
    catalog.update(collect(), no_fuzzy_matching=True)
    catalog.header_comment, catalog.fuzzy = HEADER, False
    for message in catalog:
        message.flags.discard("fuzzy")  # words that got a plural: its missing form stays empty and is asked for
    return catalog


def written(catalog):
    """Return the text of a .po file without what another day or another Babel would change."""
    out = BytesIO()
    write_po(out, catalog, width=120, no_location=True, ignore_obsolete=True)
    return CHANGING.sub("", out.getvalue().decode())


def texts(message):
    """Return the translations of a message: one, or one for each form of a plural."""
    return list(message.string) if isinstance(message.string, tuple) else [message.string or ""]


if __name__ == "__main__":
    collected = english()
    ENGLISH.write_text(written(collected), encoding="utf-8")
    waiting = [message.id for message in collected if message.id and not all(texts(message))]
    print(f"{len(collected)} words, {len(waiting)} without English", *waiting, sep="\n  ")
