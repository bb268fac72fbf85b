"""The shapes of the data as JSON Schema 2020-12. Every field stands in every answer; null means there is none."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def _object(about: str, **fields: Schema) -> Schema:
    return {"type": "object", "description": about, "properties": fields, "required": list(fields)}


def _list(name: str) -> Schema:
    return {"type": "array", "items": _ref(name)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]} if "$ref" in schema else {**schema, "type": [schema["type"], "null"]}


def _text(about: str) -> Schema:
    return {"type": "string", "description": about}


def _count(about: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": about}


def _address(about: str) -> Schema:
    return {"type": "string", "format": "uri", "description": about}


def _instant(about: str) -> Schema:
    return {"type": "string", "format": "date-time", "description": about}


_CODE = _text("Code of the unit: the official one of a ward or commune.")
_RANK = _or_null({"type": "integer", "minimum": 1, "description": "Equal values share a rank; null: not ranked."})
_ATTEMPTS = _count(
    "Exams handed in. Null where fewer than five people made them, or where their number would follow by subtraction."
)
_POPULATION = _or_null(_count("The approved number of that day; null: none."))
_COUNTS = {
    "registered": _count("People with a valid registration."),
    "finished": _count("People with at least one exam handed in."),
    "attempts": _or_null(_ATTEMPTS),
    "population": _POPULATION,
    "ratio": _or_null({"type": "number", "minimum": 0, "description": "finished / population, rounded to 8 places."}),
}
_WHOSE = {
    "contest": _text("The contest's slug."),
    "as_of": _instant("The figures are of this minute."),
    "known_at": _instant("Corrections known by this minute are in."),
}
_CLUSTER = _or_null(_text("Code of its cluster."))
_UNIT = {
    "code": _CODE,
    "name": _text("Kind and name, in Vietnamese."),
    "cluster": _CLUSTER,
    **_COUNTS,
    "rank": _object("By each measure.", ratio=_RANK, finished=_RANK, registered=_RANK),
}
_BULLETIN = {
    "number": {"type": "integer", "minimum": 1, "description": "1, 2, 3 … of the contest."},
    "as_of": _instant("The figures are of this second."),
    "known_at": _instant("Corrections known by then are in."),
    "published_at": _instant("When it was published."),
    "address": _address("The whole bulletin."),
}

SCHEMAS: dict[str, Schema] = {
    "Contests": _object("All public contests, the newest first.", contests=_list("Contest")),
    "Contest": _object(
        "A contest.",
        slug=_text("Its address."),
        name=_text("Its name."),
        name_en=_or_null(_text("Its name in English.")),
        organiser=_text("Who holds it."),
        operator=_or_null(_text("Who runs it.")),
        place=_ref("Place"),
        opens_at=_instant("First instant."),
        closes_at=_instant("First instant that is too late."),
        phase={"enum": ["before", "open", "closed"], "description": "Where the contest stands now."},
        asked=_count("Questions of a paper."),
        time_limit=_count("Seconds for a paper."),
        attempts_limit=_or_null(_count("Attempts a person; null: as many as one likes.")),
        rehearsal={"type": "boolean", "description": "Made to be rushed before the opening; its people are invented."},
        links=_object(
            "Where its data are.",
            page=_address("For people."),
            statistics=_address("Figures."),
            curve=_address("By day."),
            standings=_address("Contestants."),
            units=_address("Units."),
            bulletins=_address("What was published."),
        ),
    ),
    "Place": _object("A place.", code=_CODE, name=_text("Kind and name, in Vietnamese.")),
    "Statistics": _object(
        "The figures of a minute.",
        **_WHOSE,
        **_COUNTS,
        finished_units=_count("Units in which somebody finished."),
        visits=_count("Pages seen by browsers before that minute."),
        units=_list("UnitFigures"),
        clusters=_list("ClusterFigures"),
    ),
    "UnitFigures": _object("A unit that competes, with those that became part of it.", **_UNIT),
    "ClusterFigures": _object(
        "A cluster: the sum of its units.",
        code=_text("Its code."),
        name=_text("Its name."),
        units=_count("How many units."),
        **_COUNTS,
    ),
    "Unit": _object("One unit at a minute.", **_WHOSE, **_UNIT),
    "Units": _object("The units that compete.", **_WHOSE, units=_list("UnitName")),
    "UnitName": _object(
        "A unit.",
        code=_CODE,
        name=_text("Kind and name, in Vietnamese."),
        cluster=_CLUSTER,
        population=_POPULATION,
    ),
    "Curve": _object("Running totals by day, in Vietnam's time.", **_WHOSE, days=_list("Day")),
    "Day": _object(
        "Totals at the end of the day, or at as_of.",
        day={"type": "string", "format": "date", "description": "The day."},
        registered=_count("People registered so far."),
        finished=_count("People finished so far."),
        attempts=_or_null(_count("Exams handed in so far; null as long as fewer than five people finished.")),
    ),
    "Standings": _object(
        "Contestants in order, as of now.",
        contest=_WHOSE["contest"],
        unit=_or_null(_ref("Place")),
        asked=_count("Questions of a paper."),
        total=_count("How many there are in all."),
        rows=_list("Row"),
        next=_or_null(_address("The rows behind these; null: these are the last.")),
    ),
    "Bulletins": _object("What was published.", contest=_WHOSE["contest"], bulletins=_list("BulletinName")),
    "BulletinName": _object("A bulletin.", **_BULLETIN),
    "Bulletin": _object(
        "A bulletin and its seal.",
        contest=_WHOSE["contest"],
        **_BULLETIN,
        sha256=_text("SHA-256 of the signed bytes, in hex."),
        previous=_or_null(_text("The same of the bulletin before; null: this is the first.")),
        signature=_text("Ed25519 over the signed bytes, in hex."),
        key=_text("Public key, in hex."),
        content={"type": "object", "description": "What was published. Spelled after RFC 8785 it is the signed bytes."},
    ),
    "Row": _object(
        "A contestant's best result.",
        rank={"type": "integer", "minimum": 1, "description": "Equal results share a rank."},
        name=_or_null(_text("As the contest shows names, usually shortened; null: withdrawn.")),
        unit=_ref("Place"),
        right=_count("Right answers."),
        ms=_count("Milliseconds from start to end."),
        submitted_at=_instant("Minute in which it was handed in."),
    ),
    "Problem": {
        **_object(
            "What went wrong (RFC 9457), in Vietnamese, or in English for Accept-Language: en.",
            type=_address("What it is, as a place on the page for people."),
            title=_text("What it is, in words."),
            status={"type": "integer", "minimum": 400, "maximum": 599, "description": "The status of the answer."},
            detail=_text("What to do."),
        )
    },
    "WrongParameter": _object("One parameter.", parameter=_text("Its name."), detail=_text("What is wrong.")),
}
SCHEMAS["Problem"]["properties"]["errors"] = {
    **_list("WrongParameter"),
    "description": "Each wrong parameter; only with 400.",
}
