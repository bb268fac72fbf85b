"""Make the four files of "Lan Toa Serif", for official documents, from the TTF files of Liberation Serif 2.1.5.

    pip install fonttools
    python make_serif.py FOLDER_WITH_THE_TTF_FILES

Liberation Serif is as wide as Times New Roman letter by letter, so that a document breaks its lines in PDF as Word
does. Latin and Vietnamese are kept, without hinting. Its licence (SIL OFL 1.1) reserves the name for the whole font.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from make_fonts import LETTERS, codepoints

FAMILY = "Lan Toa Serif"
STYLES = ("Regular", "Bold", "Italic", "BoldItalic")
FONTS = Path(__file__).parents[1] / "src" / "lantoa" / "lib" / "fonts"
FAMILY_NAME, UNIQUE_NAME, FULL_NAME, POSTSCRIPT_NAME = 1, 3, 4, 6
LICENCE_NAMES = (0, 13, 14)  # copyright, licence, where it stands


def cut(source: Path, style: str) -> TTFont:
    """Only these letters, under a name of our own."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "liga"]
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += ["FFTM"]
    options.name_IDs = [*range(1, 7), *LICENCE_NAMES]
    worker = subset.Subsetter(options)
    worker.populate(unicodes=codepoints(LETTERS))
    worker.subset(font)
    words = {"BoldItalic": "Bold Italic"}.get(style, style)
    names = {FAMILY_NAME: FAMILY, UNIQUE_NAME: f"{FAMILY} {words} 2.1.5", FULL_NAME: f"{FAMILY} {words}"}
    names[POSTSCRIPT_NAME] = f"LanToaSerif-{style}"
    for record in font["name"].names:
        record.string = names.get(record.nameID, record.toUnicode())
    return font


def main(folder: Path) -> None:
    """Write the four files where typst finds them."""
    for style in STYLES:
        cut(folder / f"LiberationSerif-{style}.ttf", style).save(FONTS / f"LanToaSerif-{style}.ttf")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
