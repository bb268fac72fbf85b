"""The report to superiors: a bulletin as an official document (lib/documents.py), for Word and as PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from lantoa.lib.documents import Block, Document, Heading, Paragraph, Run, appendix_names, official
from lantoa.lib.printing import pdf as printed
from lantoa.lib.word import docx as word
from lantoa.lib.written import Language, count, formally, percent
from lantoa.standings.editions import Edition
from lantoa.standings.outputs import press, report_tables
from lantoa.standings.outputs.press_words import WORDS as PRESS
from lantoa.standings.outputs.report_words import WORDS
from lantoa.standings.outputs.tables import TOPS, Content

_MARKUP = re.compile(r"\\(.)|(\*\*)|([^\\*]+|.)", re.DOTALL)
_MOST_NAMED = 10  # units without a finisher; more are counted
_GAINERS = 3
_MOST_GAINERS = 5  # that share the first three places


def docx(edition: Edition, language: Language) -> bytes:
    """The report for Word; the same edition gives the same bytes."""
    return word(report(edition, language))


def pdf(edition: Edition, language: Language) -> bytes:
    """The report as PDF/UA; the same edition gives the same bytes."""
    return printed(report(edition, language))


def report(edition: Edition, language: Language) -> Document:
    """Moment, totals, what is new, who leads, method, verification, corrections; all units in an appendix."""
    return _Report(edition, language).document()


def runs(markdown: str) -> tuple[Run, ...]:
    """A sentence of the press text (``**`` for bold, escaped names) as runs."""
    made, bold = [Run("")], False
    for escaped, mark, plain in _MARKUP.findall(markdown):
        bold = bold != bool(mark)
        if mark:
            made.append(Run("", bold))
        made[-1] = Run(made[-1].text + (escaped or plain), bold)
    return tuple(run for run in made if run.text)


class _Report:
    """One report while it is written: sections, tables and appendices count themselves."""

    def __init__(self, edition: Edition, language: Language) -> None:
        self.edition, self.language = edition, language
        self.content: Content = edition.content
        self.words = WORDS[language]
        self.told = press.filling(self.content, language)
        self.told["formally"] = formally(datetime.fromisoformat(self.content["moment"]), language)
        self.appendices = self._appendices()
        names = appendix_names(language, len(self.appendices))
        self.named = dict(zip(self.appendices, names, strict=True))

    def document(self) -> Document:
        """All of it, in the order in which it is read."""
        content, words = self.content, self.words
        sections = [self._contest(), self._results(), self._corrected(), self._checked()]
        return official(
            language=self.language,
            author=content["organiser"],
            place=content["place"],
            made=datetime.fromisoformat(content["known_at"]),
            kind=(words["kind"], words["sign"]),
            abstract="".join(run.text for run in runs(words["abstract"].format(**self.told))),
            blocks=[self._say("opening"), *chain.from_iterable(sections), self._say("closing", keep=True)],
            appendices=list(self.appendices.values()),
        )

    def _say(self, key: str, *, keep: bool = False, **more: object) -> Paragraph:
        """A sentence of the report."""
        return self._tell(self.words[key].format(**self.told | more), keep=keep)

    @staticmethod
    def _tell(markdown: str, *, keep: bool = False) -> Paragraph:
        return Paragraph(runs(markdown), keep)

    def _heading(self, level: int, key: str) -> Heading:
        return Heading(level, self.words[key])

    def _appendices(self) -> dict[str, tuple[str, list[Block]]]:
        """By name of what they show; title and blocks."""
        content, changes, language = self.content, self.edition.changes, self.language
        shown: dict[str, Block] = {}
        if content["registered"]:
            shown["units"] = report_tables.all_units(content, language)
            if content["clusters"]:
                shown["clusters"] = report_tables.all_clusters(content, language)
        if changes:
            shown["changes"] = report_tables.all_changes(changes, language)
        return {name: (self.words[f"{name}_title"], [grid]) for name, grid in shown.items()}

    # --- sections ---------------------------------------------------------------------------------------------------

    def _contest(self) -> Iterator[Block]:
        yield self._heading(1, "contest")
        yield self._tell(press.about(self.content, self.language, self.told))

    def _results(self) -> Iterator[Block]:
        yield self._heading(1, "results")
        yield self._heading(2, "overall")
        if not self.content["registered"]:
            yield self._say("nobody")
        else:
            yield self._tell(press.figures(self.content, self.language, self.told))
            yield from self._compared()
        yield report_tables.overall(self.edition, self.language)
        if self.content["registered"]:
            yield from self._leading()

    def _compared(self) -> Iterator[Block]:
        """What is new since the bulletin before, and where."""
        before = self.edition.before
        if before is None:
            return
        clock = press.clock(datetime.fromisoformat(before["moment"]), self.language)
        which = self.words["before"].format(number=before["number"], clock=clock)
        moved = {what: self._moved(self.content[what], before[what]) for what in ("registered", "finished")}
        yield self._tell(self.words["compared"].format(before=which, **moved))
        if names := self._gainers(before):
            yield self._say("gained", names=names)

    def _moved(self, now: int, before: int) -> str:
        """More, fewer or as many people."""
        share = percent(abs(now - before), before, self.language)
        told = {"number": count(abs(now - before), self.language), "share": f" ({share})" if share else ""}
        return self.words["more" if now > before else "less" if now < before else "same"].format(**told)

    def _gainers(self, before: Content) -> str:
        """The units on the first three places by new finishers; none when too many share them."""
        known = {unit["code"]: unit["finished"] for unit in before["units"]}
        gains = {unit["code"]: unit["finished"] - known.get(unit["code"], 0) for unit in self.content["units"]}
        least = sorted(gains.values(), reverse=True)[:_GAINERS][-1]
        units = sorted(self.content["units"], key=lambda unit: (-gains[unit["code"]], unit["code"]))
        named = [
            self.words["gain"].format(
                name=press.mid(unit, self.language), number=count(gains[unit["code"]], self.language)
            )
            for unit in units
            if gains[unit["code"]] >= max(least, 1)
        ]
        return press.listed(named, PRESS[self.language]) if 0 < len(named) <= _MOST_GAINERS else ""

    def _leading(self) -> Iterator[Block]:
        """Who leads by each measure, where nobody has finished, and where all units stand."""
        yield self._heading(2, "leading")
        for measure in TOPS:
            if not self.content["top"][measure]:
                continue
            grid, left = report_tables.first_ten(self.content, measure, self.language)
            yield self._tell(press.leaders(self.content, measure, self.language), keep=True)
            yield grid
            if left:
                yield self._say("shared", number=count(left, self.language), rank=grid.rows[-1][0])
        yield from self._lacking()
        yield from (
            self._say(f"all_{name}", appendix=self.named[name]) for name in ("units", "clusters") if name in self.named
        )
        if any(unit["attempts"] is None or unit["population"] is None for unit in self.content["units"]):
            yield self._say("unknown")

    def _lacking(self) -> Iterator[Block]:
        lacking = [unit for unit in self.content["units"] if not unit["finished"]]
        if lacking and self.content["finished"]:
            names = ", ".join(press.mid(unit, self.language) for unit in lacking)
            key = "lacking" if len(lacking) <= _MOST_NAMED else "lacking_many"
            yield self._say(key, number=count(len(lacking), self.language), names=names)

    def _corrected(self) -> Iterator[Block]:
        """What later corrections changed, where that was asked."""
        changes = self.edition.changes
        if changes is None:
            return
        yield self._heading(1, "corrected")
        number, appendix = count(len(changes), self.language), self.named.get("changes", "")
        yield self._say("changes" if changes else "no_change", changes=number, appendix=appendix)

    def _checked(self) -> Iterator[Block]:
        """How figures are counted, and how anybody checks them."""
        yield self._heading(1, "checked")
        yield self._heading(2, "method")
        for line in self.content["method"][self.language]:
            yield Paragraph((Run(f"- {line}"),))
        yield self._heading(2, "check")
        yield self._tell(press.source(self.content, self.language, self.told))
        if self.edition.seal:
            yield self._say("how", keep=True)
            yield report_tables.codes(self.edition, self.language)
