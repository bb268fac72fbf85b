"""A rehearsal's report as one page that stands alone: to be sent on, printed, read on a phone."""

from __future__ import annotations

import re
from html import escape

from lantoa.lib import markdown

# The site's own colours (site/static/css/tokens.css); no file beside it and no font of its own: it opens anywhere.
STYLE = """
:root{color-scheme:light dark;--paper:#fcf9f3;--card:#fff;--ink:#0b262d;--ink-2:#35525a;--sea:#0a4d55;--hair:#dcdfd8;
--lacquer:#073740;--on-lacquer:#fcf9f3;--on-lacquer-2:#bfe0da;--gilt:#f3c766}
@media (prefers-color-scheme:dark){:root{--paper:#071a1f;--card:#0d262c;--ink:#e9f2f0;--ink-2:#a9c4c3;--sea:#8fd3cb;
--hair:#24434a}}
*{box-sizing:border-box}
body{margin:0;font:1.0625rem/1.6 "Be Vietnam Pro","Noto Sans",Roboto,system-ui,sans-serif;color:var(--ink);
background:var(--paper)}
header{background:var(--lacquer);color:var(--on-lacquer);padding:2rem clamp(1.25rem,4vw,2.5rem)}
header>*,main>*{max-width:52rem;margin-inline:auto}
h1{margin-block:0 .5rem;font-size:clamp(1.5rem,1.2rem + 1.6vw,2.25rem);line-height:1.25;text-wrap:balance}
header p{margin-block:.5rem 0;color:var(--on-lacquer-2);overflow-wrap:anywhere}
header strong{color:var(--gilt)}
main{padding:.5rem clamp(1.25rem,4vw,2.5rem) 3rem}
h2{margin-block:2.5rem .5rem;font-size:1.375rem;line-height:1.25;color:var(--sea)}
.wide{overflow-x:auto;margin-block:1rem;background:var(--card);border:1px solid var(--hair);border-radius:.75rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.5rem .875rem;text-align:start;vertical-align:top}
tr+tr>*,tbody>tr>*{border-top:1px solid var(--hair)}
th{color:var(--ink-2);font-size:1rem;font-weight:600;line-height:1.3;vertical-align:bottom}
td:first-child{min-width:9rem}
.n{text-align:end;white-space:nowrap}
@media (max-width:30rem){body{font-size:1rem}th,td{padding:.5rem .625rem}}
@media print{header{background:none;color:inherit;padding-bottom:0}header p,header strong{color:inherit}
.wide{break-inside:avoid}}
"""
_COLUMN = re.compile(r"<(th|td)>(.*?)</\1>", re.DOTALL)
_NUMBER = re.compile(r"-?[\d.,]+(?: ?(?:%|ms|s))?|")
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)


def page(title: str, text: str) -> str:
    """The whole page of a report in Markdown, whose first line is its title and whose head ends at the first `##`."""
    heading, _, rest = text.partition("\n")
    head, mark, sections = rest.partition("\n## ")
    shown = _TABLE.sub(_wide, markdown.page(mark + sections))
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><header><h1>{escape(heading.removeprefix('# '))}</h1>{markdown.page(head)}</header>"
        f"<main>{shown}</main></body></html>"
    )


def _wide(table: re.Match[str]) -> str:
    """It scrolls by itself on a narrow screen; columns of nothing but numbers stand at the end of their column."""
    rows = [[cell[2] for cell in _COLUMN.finditer(row[0])] for row in _ROW.finditer(table[0])]
    numbers = [
        len(rows) > 1 and any(column[1:]) and all(_NUMBER.fullmatch(cell) for cell in column[1:])
        for column in zip(*rows, strict=True)
    ]

    def row(found: re.Match[str]) -> str:
        kinds = iter(' class="n"' if number else "" for number in numbers)
        return _COLUMN.sub(lambda cell: f"<{cell[1]}{next(kinds)}>{cell[2]}</{cell[1]}>", found[0])

    return f'<div class="wide">{_ROW.sub(row, table[0])}</div>'
