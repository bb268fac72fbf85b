"""What a Word file is made of around its text: elements, styles, header, properties, and the zip that holds them.

Office Open XML (ISO/IEC 29500) by the standard library: the zip's times and order are fixed, so that the same
document is the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from xml.etree import ElementTree as ET

from lantoa.lib.documents import FONT, GAP, INDENT, LINE_GAP, SIZES

Element = ET.Element
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CORE, _DC, _TERMS = (
    f"{_PACKAGE}/metadata/core-properties",
    "http://purl.org/dc/elements/1.1/",
    "http://purl.org/dc/terms/",
)
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PREFIXES = {"w": W, "r": _RELATION, "cp": _CORE, "dc": _DC, "dcterms": _TERMS, "xsi": _XSI}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TWIPS = 1440 / 25.4  # a millimetre
_POINT = 20  # twips
_SINGLE = 240  # the line that Word calls single
_EPOCH = (1980, 1, 1, 0, 0, 0)  # where the times of a zip begin
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
HEADER = "rId3"  # how sections name the one header

for prefix, namespace in _PREFIXES.items():
    ET.register_namespace(prefix, namespace)


@dataclass(frozen=True, slots=True)
class Look:
    """A paragraph style: ``name`` as Word calls it, so that its lists of headings and styles work."""

    name: str
    size: float
    bold: bool = False
    italic: bool = False
    align: str = "left"
    before: float = 0
    after: float = 0
    line: float = 1
    indent: float = 0
    keep: bool = False
    level: int | None = None


def _section(name: str, level: int, before: float, *, italic: bool = False) -> Look:
    look = {"bold": True, "align": "both", "after": GAP, "line": LINE_GAP, "indent": INDENT, "keep": True}
    return Look(name, SIZES["body"], italic=italic, before=before, level=level, **look)  # type: ignore[arg-type]


LOOKS = {
    "Normal": Look("Normal", SIZES["body"]),
    "BodyText": Look("Body Text", SIZES["body"], align="both", after=GAP, line=LINE_GAP, indent=INDENT),
    "Heading1": _section("heading 1", 0, 2 * GAP),
    "Heading2": _section("heading 2", 1, GAP),
    "Heading3": _section("heading 3", 2, GAP, italic=True),
    "Title": Look("Title", SIZES["kind"], bold=True, align="center", before=4 * GAP),
    "Subtitle": Look("Subtitle", SIZES["kind"], bold=True, align="center"),
    "Caption": Look("caption", SIZES["caption"], bold=True, align="center", before=GAP, after=GAP / 2, keep=True),
    "Cell": Look("Cell", SIZES["table"], before=2, after=2),
    "WideCell": Look("Wide Cell", SIZES["wide_table"], before=1.5, after=1.5),
    "Header": Look("header", SIZES["page_number"], align="center"),
    "Appendix": Look("Appendix", SIZES["appendix"], bold=True, align="center", level=0),
    "AppendixTitle": Look("Appendix Title", SIZES["appendix_title"], bold=True, align="center"),
}


def w(tag: str, *inside: Element | None, **attributes: object) -> Element:
    """One element of a text: ``w("jc", val="center")``; what is None is left out."""
    made = Element(f"{{{W}}}{tag}", {f"{{{W}}}{name}": str(value) for name, value in attributes.items()})
    made.extend(child for child in inside if child is not None)
    return made


def related(element: Element, relation: str) -> Element:
    """The element with the relation that it names."""
    element.set(f"{{{_RELATION}}}id", relation)
    return element


def words(text: str) -> Element:
    """Text as it stands, without what XML cannot hold."""
    made = w("t")
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    made.text = _NOT_XML.sub("", text)
    return made


def twips(millimetres: float) -> int:
    """Word's measure of lengths."""
    return round(millimetres * _TWIPS)


def letters(*, size: float | None = None, bold: bool = False, italic: bool = False) -> Element | None:
    """How letters look, where it differs from the style."""
    marks = [w(name) for name, on in (("b", bold), ("i", italic)) if on]
    sizes = [w(name, val=round(2 * size)) for name in ("sz", "szCs")] if size else []
    return w("rPr", *marks, *sizes) if marks or sizes else None


def spacing(*, before: float = 0, after: float = 0, line: float = 1) -> Element:
    """Room around a paragraph in points, and the height of its lines."""
    return w(
        "spacing",
        before=round(before * _POINT),
        after=round(after * _POINT),
        line=round(line * _SINGLE),
        lineRule="auto",
    )


def gap(height: float) -> Element:
    """What makes a paragraph without words exactly so many points high."""
    return w("spacing", before=0, after=0, line=round(height * _POINT), lineRule="exact")


def package(body: Element, *, title: str, author: str, language: str, made: datetime) -> bytes:
    """The whole file around a text."""
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(("officeDocument", "word/document.xml"), (None, "docProps/core.xml")),
        "docProps/core.xml": _core(title, author, language, made),
        "word/_rels/document.xml.rels": _relations(
            ("styles", "styles.xml"), ("settings", "settings.xml"), ("header", "header.xml")
        ),
        "word/document.xml": w("document", body),
        "word/header.xml": w("hdr", w("p", w("pPr", w("pStyle", val="Header")), *_page_number())),
        "word/settings.xml": _settings(),
        "word/styles.xml": _styles(language),
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, _DECLARATION + ET.tostring(part, encoding="unicode"))
    return out.getvalue()


def _page_number() -> Iterable[Element]:
    """A field that Word counts; the "2" is what stands there until it has."""
    code = w("instrText")
    code.text = "PAGE"
    marks = [w("fldChar", fldCharType=what) for what in ("begin", "separate", "end")]
    return (w("r", inside) for inside in (marks[0], code, marks[1], words("2"), marks[2]))


def _styles(language: str) -> Element:
    fonts = w("rFonts", **dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), FONT))
    size = SIZES["body"]
    default = w("rPr", fonts, *(w(name, val=round(2 * size)) for name in ("sz", "szCs")), w("lang", val=language))
    defaults = w("docDefaults", w("rPrDefault", default), w("pPrDefault", w("pPr", spacing())))
    return w("styles", defaults, *(_style(name, look) for name, look in LOOKS.items()))


def _style(name: str, look: Look) -> Element:
    normal = name == "Normal"
    paragraph = w(
        "pPr",
        w("keepNext") if look.keep else None,
        spacing(before=look.before, after=look.after, line=look.line),
        w("ind", firstLine=twips(look.indent)) if look.indent else None,
        w("jc", val=look.align),
        None if look.level is None else w("outlineLvl", val=look.level),
    )
    style = w(
        "style",
        w("name", val=look.name),
        None if normal else w("basedOn", val="Normal"),
        w("qFormat"),
        paragraph,
        letters(size=look.size, bold=look.bold, italic=look.italic),
        type="paragraph",
        styleId=name,
    )
    if normal:
        style.set(f"{{{W}}}default", "1")
    return style


def _settings() -> Element:
    """Word's way of today, not that of an older one."""
    mode = {"name": "compatibilityMode", "uri": "http://schemas.microsoft.com/office/word", "val": 15}
    return w("settings", w("zoom", percent=100), w("compat", w("compatSetting", **mode)))


def _core(title: str, author: str, language: str, made: datetime) -> Element:
    root = Element(f"{{{_CORE}}}coreProperties")
    at = f"{made.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    for tag, text in ((f"{{{_DC}}}title", title), (f"{{{_DC}}}creator", author), (f"{{{_DC}}}language", language)):
        ET.SubElement(root, tag).text = _NOT_XML.sub("", text)
    for name in ("created", "modified"):
        ET.SubElement(root, f"{{{_TERMS}}}{name}", {f"{{{_XSI}}}type": "dcterms:W3CDTF"}).text = at
    return root


def _relations(*targets: tuple[str | None, str]) -> Element:
    """The n-th is named rIdn; without a kind it is the file's properties."""
    root = Element("Relationships", xmlns=f"{_PACKAGE}/relationships")
    for number, (kind, target) in enumerate(targets, 1):
        kind_of = f"{_RELATION}/{kind}" if kind else f"{_PACKAGE}/relationships/metadata/core-properties"
        ET.SubElement(root, "Relationship", Id=f"rId{number}", Type=kind_of, Target=target)
    return root


def _content_types() -> Element:
    root = Element("Types", xmlns=f"{_PACKAGE}/content-types")
    ET.SubElement(
        root, "Default", Extension="rels", ContentType="application/vnd.openxmlformats-package.relationships+xml"
    )
    kinds = {"document": "document.main", "header": "header", "settings": "settings", "styles": "styles"}
    for name, kind in kinds.items():
        ET.SubElement(root, "Override", PartName=f"/word/{name}.xml", ContentType=f"{_TYPE}.{kind}+xml")
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    ET.SubElement(root, "Override", PartName="/docProps/core.xml", ContentType=core)
    return root
