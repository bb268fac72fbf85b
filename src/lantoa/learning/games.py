"""The nine games of lessons and the check question: what each is made of, and what it answers (curriculum.md §3).

Pure functions: nothing is scored, nothing is kept. `show` gives what a page needs, before an answer and after it;
`answer` holds the fields of a plain HTML form, each with all its values.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from lantoa.lib.frontmatter import FLAG, LIST, TEXT, WHOLE, Field, shape

Data = Mapping[str, Any]
Answer = Mapping[str, Sequence[str]]
Report = Callable[[str], None]


class Game(Protocol):
    """What every kind can do."""

    def faults(self, data: Data, report: Report) -> None:
        """Report what is wrong with an author's block."""

    def show(self, data: Data, answer: Answer | None) -> dict[str, Any]:
        """What the page shows; `played` says whether it answers."""

    def words(self, data: Data) -> list[str]:
        """What the read-aloud button reads."""


def show(kind: str, data: Data, answer: Answer | None) -> dict[str, Any]:
    """The game of that kind, ready for a page."""
    return {"kind": kind.lower(), **KINDS[kind].show(data, answer)}


class Tim:
    """Find the doubtful places: a message in phrases, a checkbox each."""

    def faults(self, data: Data, report: Report) -> None:
        """5–8 phrases, doubtful ones among them."""
        if shape(data, {"segments": LIST, "done": TEXT}, report):
            _rows(data["segments"], {"text": TEXT, "suspicious": FLAG, "why": TEXT}, (5, 8), "segments", report)

    def show(self, data: Data, answer: Answer | None) -> dict[str, Any]:
        """Each phrase: caught, missed, alarm (marked without need) or calm."""
        marked = _numbers(answer, "mark")
        rows = []
        for number, part in enumerate(data["segments"]):
            chosen = number in marked
            verdict = ("caught" if chosen else "missed") if part["suspicious"] else ("alarm" if chosen else "calm")
            rows.append({**part, "n": number, "chosen": chosen, "verdict": verdict})
        tally = Counter(row["verdict"] for row in rows)
        return {
            "played": answer is not None,
            "rows": rows,
            "right": tally["caught"],
            "of": tally["caught"] + tally["missed"],
            "alarms": tally["alarm"],
            "whole": not tally["missed"] and not tally["alarm"],
            "done": data["done"],
        }

    def words(self, data: Data) -> list[str]:
        """The message."""
        return [part["text"] for part in data["segments"]]


class Xep:
    """Put in order: a number for each row; a script may turn the numbers into buttons "Lên" and "Xuống"."""

    def faults(self, data: Data, report: Report) -> None:
        """4–6 different steps, in the right order."""
        if shape(data, {"steps": LIST, "why": TEXT, "done": TEXT}, report):
            _texts(data["steps"], (4, 6), "steps", report)
            if len(set(map(str, data["steps"]))) < len(data["steps"]):
                report("steps: có hai bước giống nhau")

    def show(self, data: Data, answer: Answer | None) -> dict[str, Any]:
        """The rows in the contestant's order, each right or not; or the numbers used twice."""
        steps = data["steps"]
        start = mixed(steps)
        places = {slot: _number(answer, f"place-{slot}") for slot in range(len(steps))}
        taken = Counter(place for place in places.values() if place is not None)
        full = set(taken) == set(range(1, len(steps) + 1))
        order = sorted(places, key=lambda slot: places[slot] or 0) if full else list(places)
        rows = [
            {"n": slot, "text": start[slot], "place": places[slot] or seat, "right": start[slot] == steps[seat - 1]}
            for seat, slot in enumerate(order, 1)
        ]
        right = sum(row["right"] for row in rows) if full else 0
        return {
            "played": full,
            "unclear": answer is not None and not full,
            "rows": rows,
            "places": range(1, len(steps) + 1),
            "right": right,
            "of": len(steps),
            "whole": right == len(steps),
            "steps": steps,
            "why": data["why"],
            "done": data["done"],
        }

    def words(self, data: Data) -> list[str]:
        """The steps as they stand before."""
        return mixed(data["steps"])


class Ghep:
    """Match: a select for each line of the left."""

    def faults(self, data: Data, report: Report) -> None:
        """3–8 pairs."""
        if shape(data, {"pairs": LIST, "done": TEXT}, report):
            _rows(data["pairs"], {"left": TEXT, "right": TEXT, "why": TEXT}, (3, 8), "pairs", report)

    def show(self, data: Data, answer: Answer | None) -> dict[str, Any]:
        """Each pair with the choice made for it."""
        choices = mixed(sorted({pair["right"] for pair in data["pairs"]}))
        rows = []
        for number, pair in enumerate(data["pairs"]):
            chosen = _number(answer, f"pair-{number}")
            right = chosen is not None and chosen < len(choices) and choices[chosen] == pair["right"]
            rows.append({**pair, "n": number, "answer": pair["right"], "chosen": chosen, "right": right})
        return {"choices": list(enumerate(choices)), **_sum(rows, answer, data)}

    def words(self, data: Data) -> list[str]:
        """Both sides."""
        return [pair["left"] for pair in data["pairs"]] + mixed(sorted({pair["right"] for pair in data["pairs"]}))


class Chia:
    """Sort into two or three baskets: radio buttons for each thing."""

    def faults(self, data: Data, report: Report) -> None:
        """6–10 things for 2–3 baskets."""
        if not shape(data, {"baskets": LIST, "items": LIST, "done": TEXT}, report):
            return
        _texts(data["baskets"], (2, 3), "baskets", report)
        if _rows(data["items"], {"text": TEXT, "basket": WHOLE, "why": TEXT}, (6, 10), "items", report):
            for item in data["items"]:
                _inside(item["basket"], data["baskets"], "basket", report)

    def show(self, data: Data, answer: Answer | None) -> dict[str, Any]:
        """Each thing with the basket chosen and the right one."""
        baskets = data["baskets"]
        rows = []
        for number, item in enumerate(data["items"]):
            chosen = _number(answer, f"item-{number}")
            answers = {"answer": baskets[item["basket"]], "right": chosen == item["basket"]}
            rows.append({**item, **answers, "n": number, "chosen": chosen})
        return {"baskets": list(enumerate(baskets)), **_sum(rows, answer, data)}

    def words(self, data: Data) -> list[str]:
        """The baskets, then the things."""
        return [*data["baskets"], *(item["text"] for item in data["items"])]


class Re:
    """A branching story: buttons lead on, "Quay lại lượt trước" leads back."""

    def faults(self, data: Data, report: Report) -> None:
        """Every choice leads somewhere, every turn can be reached, every end explains itself."""
        fields = {"id": TEXT, "text": TEXT, "choices": Field(list, "phải là danh sách", needed=False)}
        fields["ending"] = Field(str, "phải là good hoặc bad", needed=False)
        if not shape(data, {"turns": LIST}, report) or not _rows(data["turns"], fields, (3, 16), "turns", report):
            return
        turns, reached = {turn["id"]: turn for turn in data["turns"]}, {data["turns"][0]["id"]}
        for turn in data["turns"]:
            choices = turn.get("choices", [])
            if bool(choices) == (turn.get("ending") in {"good", "bad"}):
                report(f"turns: {turn['id']}: cần choices, hoặc ending = “good” hay “bad”")
            if choices and _rows(choices, {"text": TEXT, "to": TEXT}, (2, 3), turn["id"], report):
                reached |= {choice["to"] for choice in choices}
        for name in sorted(reached ^ set(turns)):
            report(f"turns: {name}: không có, hoặc không đường nào tới")

    def show(self, data: Data, answer: Answer | None) -> dict[str, Any]:
        """The turn that is open and the way there; a choice that the story does not know ends the way before it."""
        turns = {turn["id"]: turn for turn in data["turns"]}
        sent = answer or {}
        path = [*sent.get("path", ()), *sent.get("choice", ())[:1]]
        if "back" in sent:
            path = path[:-1]
        here, trail, way = data["turns"][0], [], []
        for step in path:
            choice = dict(enumerate(here.get("choices", []))).get(_digits(step))
            if choice is None:
                break
            trail.append({"text": here["text"], "chosen": choice["text"]})
            way.append(step)
            here = turns[choice["to"]]
        return {"played": answer is not None, "path": way, "turn": here, "trail": trail, "number": len(way) + 1}

    def words(self, data: Data) -> list[str]:
        """How the story begins."""
        first = data["turns"][0]
        return [first["text"], *(choice["text"] for choice in first["choices"])]


class Do:
    """Password meter: worked examples; the meter itself runs on the page and sends nothing."""

    def faults(self, data: Data, report: Report) -> None:
        """Four examples, strength 0–3."""
        fields = {"text": TEXT, "strength": WHOLE, "why": TEXT}
        if shape(data, {"samples": LIST, "done": TEXT}, report) and _rows(
            data["samples"], fields, (4, 4), "samples", report
        ):
            for sample in data["samples"]:
                _inside(sample["strength"], range(4), "strength", report)

    def show(self, data: Data, answer: Answer | None) -> dict[str, Any]:  # noqa: ARG002 (nothing is ever sent)
        """The examples."""
        return {"played": False, **data}

    def words(self, data: Data) -> list[str]:
        """Each example with its reason."""
        return [f"{sample['text']}. {sample['why']}" for sample in data["samples"]]


class Nho:
    """A request to an AI in four boxes; put together on the page, never sent."""

    def faults(self, data: Data, report: Report) -> None:
        """Four boxes, each with its example."""
        if shape(data, {"boxes": LIST, "joined": TEXT, "done": TEXT}, report):
            fields = {"name": TEXT, "label": TEXT, "help": TEXT, "example": TEXT}
            _rows(data["boxes"], fields, (4, 4), "boxes", report)

    def show(self, data: Data, answer: Answer | None) -> dict[str, Any]:  # noqa: ARG002 (nothing is ever sent)
        """The boxes."""
        return {"played": False, **data}

    def words(self, data: Data) -> list[str]:
        """Each box with its question, then the whole example."""
        return [*(f"{box['label']}: {box['help']}" for box in data["boxes"]), data["joined"]]


class So:
    """Compare two or three: which is better, and what to look at."""

    def faults(self, data: Data, report: Report) -> None:
        """2–3 versions, one of them better."""
        fields = {"versions": LIST, "better": WHOLE, "reasons": LIST, "why": TEXT, "done": TEXT}
        if not shape(data, fields, report):
            return
        _rows(data["versions"], {"title": TEXT, "text": TEXT}, (2, 3), "versions", report)
        _texts(data["reasons"], (1, 6), "reasons", report)
        _inside(data["better"], data["versions"], "better", report)

    def show(self, data: Data, answer: Answer | None) -> dict[str, Any]:
        """The versions and the choice."""
        chosen = _number(answer, "version")
        rows = [
            {**version, "n": number, "chosen": number == chosen, "right": number == data["better"]}
            for number, version in enumerate(data["versions"])
        ]
        answers = {"played": chosen is not None, "unclear": answer is not None and chosen is None}
        return {**data, "rows": rows, "whole": chosen == data["better"], **answers}

    def words(self, data: Data) -> list[str]:
        """The versions and what to look at."""
        return [*(f"{one['title']}. {one['text']}" for one in data["versions"]), *data["reasons"]]


class Ke:
    """My checklist: kept on the device only."""

    def faults(self, data: Data, report: Report) -> None:
        """3–7 lines."""
        if shape(data, {"items": LIST, "done": TEXT}, report):
            _texts(data["items"], (3, 7), "items", report)

    def show(self, data: Data, answer: Answer | None) -> dict[str, Any]:  # noqa: ARG002 (nothing is ever sent)
        """The lines."""
        return {"played": False, "rows": list(enumerate(data["items"])), "done": data["done"]}

    def words(self, data: Data) -> list[str]:
        """The lines."""
        return list(data["items"])


class Check:
    """A check question: four options, explained at once, as often as wanted."""

    def faults(self, data: Data, report: Report) -> None:
        """Four different options, one key."""
        if shape(data, {"stem": TEXT, "options": LIST, "key": WHOLE, "explanation": TEXT}, report):
            _texts(data["options"], (4, 4), "options", report)
            _inside(data["key"], data["options"], "key", report)

    def show(self, data: Data, answer: Answer | None) -> dict[str, Any]:
        """The options; the right one is told only after a choice."""
        chosen = _number(answer, "option")
        rows = [
            {"n": number, "text": text, "chosen": number == chosen, "right": number == data["key"]}
            for number, text in enumerate(data["options"])
        ]
        return {
            "played": chosen is not None,
            "unclear": answer is not None and chosen is None,
            "stem": data["stem"],
            "rows": rows,
            "whole": chosen == data["key"],
            "explanation": data["explanation"],
        }

    def words(self, data: Data) -> list[str]:
        """The question and its options."""
        return [data["stem"], *data["options"]]


CHECK = "CHECK"
KINDS: dict[str, Game] = {
    "TIM": Tim(),
    "XEP": Xep(),
    "GHEP": Ghep(),
    "CHIA": Chia(),
    "RE": Re(),
    "DO": Do(),
    "NHO": Nho(),
    "SO": So(),
    "KE": Ke(),
    CHECK: Check(),
}


def mixed(texts: Sequence[str]) -> list[str]:
    """Another order, the same for everybody and every time; never the one given."""
    found = sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())
    return found if found != list(texts) else [*found[1:], *found[:1]]


def _digits(sent: str) -> int:
    """A small whole number as a form sends it; −1 for anything else."""
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 3 else -1  # noqa: PLR2004 (two digits)


def _number(answer: Answer | None, name: str) -> int | None:
    """A whole number of the form, or None."""
    number = _digits(next(iter((answer or {}).get(name, ())), ""))
    return None if number < 0 else number


def _numbers(answer: Answer | None, name: str) -> set[int]:
    """All numbers of a group of checkboxes."""
    return {_digits(sent) for sent in (answer or {}).get(name, ())}


def _sum(rows: list[dict[str, Any]], answer: Answer | None, data: Data) -> dict[str, Any]:
    """How many rows are right."""
    right = sum(bool(row["right"]) for row in rows)
    whole = right == len(rows)
    return {
        "played": answer is not None,
        "rows": rows,
        "right": right,
        "of": len(rows),
        "whole": whole,
        "done": data["done"],
    }


def _rows(rows: object, fields: Mapping[str, Field], size: tuple[int, int], name: str, report: Report) -> bool:
    """Whether a list holds so many tables of that shape."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        report(f"{name}: phải là danh sách bảng")
        return False
    _many(rows, size, name, report)
    good = [shape(row, fields, lambda what: report(f"{name}: {what}")) for row in rows]  # every row is looked at
    return all(good)


def _texts(texts: object, size: tuple[int, int], name: str, report: Report) -> None:
    if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
        report(f"{name}: phải là danh sách chữ")
    else:
        _many(texts, size, name, report)


def _many(rows: Sequence[object], size: tuple[int, int], name: str, report: Report) -> None:
    if not size[0] <= len(rows) <= size[1]:
        report(f"{name}: cần {size[0]}–{size[1]} dòng, có {len(rows)}")


def _inside(number: int, rows: Sequence[object], name: str, report: Report) -> None:
    if not 0 <= number < len(rows):
        report(f"{name}: {number} nằm ngoài danh sách")
