"""Compile the translations: the .mo files that Django reads are made from the .po files, never committed."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

for source in Path(__file__).parents[1].glob("src/lantoa/locale/*/LC_MESSAGES/*.po"):
    with source.open("rb") as po, source.with_suffix(".mo").open("wb") as mo:
        write_mo(mo, read_po(po))
