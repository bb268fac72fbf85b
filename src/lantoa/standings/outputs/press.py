"""The press text of a bulletin, in Vietnamese and English: every figure of the seed's article, in Markdown.

Sentences stand here, not in the catalogue: a text is set in its language as a whole, whatever page asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from lantoa.lib.clock import VIETNAM
from lantoa.lib.roughly import in_words, magnitude
from lantoa.lib.written import Language, count, day, percent
from lantoa.standings.outputs.press_words import WORDS
from lantoa.standings.outputs.tables import TOPS, Content, name_of

_MARKUP = re.compile(r"([\\`*_\[\]<>|#])")
_MOST_LEADERS = 3  # that are named; more are counted
_FOLLOWERS = 2


def press(content: Content, language: Language) -> bytes:
    """Headline, lead, figures, who leads, what the contest is, where the figures come from, the three top tens."""
    words, told = WORDS[language], filling(content, language)
    if not content["registered"]:
        return f"# {words['headline_open'].format(**told)}\n\n{about(content, language, told)}\n".encode()
    parts = [
        f"# {_capital(words['headline'].format(**told))}",
        f"**{_lead(content, language, told)}**",
        figures(content, language, told),
        " ".join(filter(None, (leaders(content, measure, language) for measure in TOPS))),
        *(_top(content, measure, language, told) for measure in TOPS if content["top"][measure]),
        about(content, language, told),
        _source(content, language, told),
    ]
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def clock(at: datetime, language: Language) -> str:
    """15h30 ngày 21/10/2025, as newspapers print it (English: 15:30 on 21 October 2025)."""
    local = at.astimezone(VIETNAM)
    if language == "en":
        return f"{local:%H:%M} on {day(local, language)}"
    minutes = f"{local:%M}" if local.minute else ""
    return f"{local.hour}h{minutes} ngày {day(local, language)}"


def filling(content: Content, language: Language) -> dict[str, Any]:
    """What the sentences are filled with."""
    opens, closes = date.fromisoformat(content["opens"]), date.fromisoformat(content["closes"])
    numbers = ("registered", "finished", "finished_units", "visits")
    first = day(opens, language)
    if opens.year == closes.year:
        first = first.removesuffix(f"/{opens.year}").removesuffix(f" {opens.year}")
    return {
        "name": _plain(name_of(content, language)),
        "place": _plain(content["place"]),
        "organiser": _plain(content["organiser"]),
        "operator": _plain(content["operator"]),
        "motto": _plain(content["motto"]),
        "address": content["address"],
        "clock": clock(datetime.fromisoformat(content["moment"]), language),
        "known": clock(datetime.fromisoformat(content["known_at"]), language),
        "first": first,
        "last": day(closes, language),
        "asked": content["asked"],
        "number": content["number"],
        "units": count(len(content["units"]), language),
        **{name: count(content[name], language) for name in numbers},
        **{f"{name}_rough": in_words(content[name], language) for name in numbers},
    }


def _lead(content: Content, language: Language, told: Mapping[str, Any]) -> str:
    words = WORDS[language]
    local = datetime.fromisoformat(content["moment"]).astimezone(VIETNAM).date()
    days = (local - date.fromisoformat(content["opens"])).days
    over = local > date.fromisoformat(content["closes"])
    since = words["since_over" if over else "since_day" if days == 1 else "since_days" if days else "since_today"]
    crowd = magnitude(content["registered"], language)
    drawn = words["drawn"].format(crowd=crowd, **told) if crowd else ""
    done = words["done"] if content["finished"] else words["nobody_done"]
    return words["lead"].format(since=since.format(days=days, **told), done=done.format(**told), **told) + drawn


def figures(content: Content, language: Language, told: Mapping[str, Any]) -> str:
    """The sentence with all five figures of M13, then what they mean."""
    words = WORDS[language]
    everywhere = content["finished_units"] == len(content["units"])
    finished = words["in_all_units" if everywhere else "in_units"] if content["finished"] else words["not_yet"]
    attempts = content["attempts"]
    tried = "" if not attempts else words["attempts"].format(attempts=count(attempts, language))
    sentences = [words["figures"].format(those=finished.format(**told), tried=tried, **told)]
    if content["finished"]:
        share = percent(content["finished"], content["registered"], language)
        sentences.append(words["share"].format(share=share))
    if content["finished"] and attempts:
        each = (Decimal(attempts) / content["finished"]).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        sentences.append(words["each"].format(each=count(each, language)))
    if content["population"] and content["finished"]:
        of_all = percent(content["finished"], content["population"], language)
        sentences.append(words["of_all"].format(of_all=of_all, population=count(content["population"], language)))
    return " ".join(sentences)


def leaders(content: Content, measure: str, language: Language) -> str:
    """Who leads by a measure; those who share the lead share the sentence."""
    words = WORDS[language]
    units = {unit["code"]: unit for unit in content["units"]}
    leading = [units[code] for code in content["top"][measure]]
    firsts = [unit for unit in leading if unit["rank"][measure] == 1]
    if not firsts:
        return ""
    values = {"value": value(firsts[0], measure, language), "number": count(len(firsts), language)}
    if len(firsts) > _MOST_LEADERS:
        return words[f"many_lead_{measure}"].format(**values)
    if len(firsts) > 1:
        return words[f"share_lead_{measure}"].format(
            names=listed([mid(unit, language) for unit in firsts], words), **values
        )
    behind = [unit for unit in leading if 1 < unit["rank"][measure] <= 1 + _FOLLOWERS]
    named = [f"{mid(unit, language)} ({value(unit, measure, language)})" for unit in behind]
    followed = words["followed"].format(names=listed(named, words)) if 0 < len(named) <= _FOLLOWERS else ""
    return words[f"leads_{measure}"].format(name=mid(firsts[0], language), followed=followed, **values)


def _top(content: Content, measure: str, language: Language, told: Mapping[str, Any]) -> str:
    words = WORDS[language]
    units = {unit["code"]: unit for unit in content["units"]}
    rows = [units[code] for code in content["top"][measure]]
    lines = [f"| {u['rank'][measure]} | {_plain(u['name'])} | {value(u, measure, language)} |" for u in rows]
    head = f"| {words['rank']} | {words['unit']} | {words[measure]} |\n| ---: | --- | ---: |"
    return "\n".join([f"## {words[f'top_{measure}'].format(**told)}\n", head, *lines])


def about(content: Content, language: Language, told: Mapping[str, Any]) -> str:
    """What the contest is: whose, when, what is learnt and asked, where."""
    words = WORDS[language]
    index = 1 if language == "en" else 0
    topics = [_plain(titles[index] or titles[0]) for titles in content["topics"]]
    learn = words["learn"].format(number=len(topics), topics="; ".join(topics)) if topics else words["learn_nothing"]
    run = words["run_by_two" if content["operator"] else "run_by"].format(**told)
    return " ".join([run, words["when"].format(**told), learn, words["exam"].format(**told)])


def source(content: Content, language: Language, told: Mapping[str, Any]) -> str:
    """Where the figures come from."""
    kind = "unpublished" if content["number"] is None else "today" if content["status"] != "published" else "sealed"
    return WORDS[language][f"source_{kind}"].format(**told)


def _source(content: Content, language: Language, told: Mapping[str, Any]) -> str:
    """The same with a heading, and how they are counted."""
    method = "\n".join(f"- {line}" for line in content["method"][language])
    return f"## {WORDS[language]['source']}\n\n{source(content, language, told)}\n\n{method}"


def value(unit: Mapping[str, Any], measure: str, language: Language) -> str:
    """What a unit is ranked by."""
    if measure == "ratio":
        return percent(unit["finished"], unit["population"], language)
    return count(unit[measure], language)


def mid(unit: Mapping[str, Any], language: Language) -> str:
    """A unit's name inside a sentence: "phường Lê Chân"; in English it stays a name."""
    name = _plain(unit["name"])
    return name if language == "en" else name[:1].lower() + name[1:]


def listed(names: list[str], words: Mapping[str, str]) -> str:
    """A, B and C."""
    *others, last = names
    return f"{', '.join(others)}{words['and']}{last}" if others else last


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(text: str) -> str:
    """A name as words, never as markup."""
    return _MARKUP.sub(r"\\\1", text)
