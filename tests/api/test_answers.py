"""Each answer has the shape that the OpenAPI document promises, and costs what was promised."""

import json
from copy import deepcopy
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from lantoa.api.endpoints import ENDPOINTS
from lantoa.api.schemas import SCHEMAS
from lantoa.exams.models import Best
from lantoa.exams.ranking import RANKING
from lantoa.lib import clock
from lantoa.lib.signing import signed_by
from lantoa.standings import figures as f
from lantoa.standings.content import canonical
from lantoa.standings.rebuild import rebuild
from tests.factories.crowd import crowd

FORMATS = FormatChecker(["date", "date-time"])


def closed(schema):
    """The schema with no field beside those it names: in our own answers nothing undeclared stands (S03)."""
    if isinstance(schema, dict):
        found = {key: closed(value) for key, value in schema.items()}
        return {**found, "additionalProperties": False} if "properties" in schema and "type" in schema else found
    return [closed(each) for each in schema] if isinstance(schema, list) else schema


def fits(name, data):
    whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": closed(deepcopy(SCHEMAS))}}
    return [error.message for error in Draft202012Validator(whole, format_checker=FORMATS).iter_errors(data)]


def addresses(contest):
    """Every endpoint, with a sample of everything it takes."""
    unit = contest.root.children.order_by("code")[0].code
    past = (clock.now() - timedelta(days=2)).replace(second=0, microsecond=0).isoformat()
    samples = {"as_of": past, "known_at": past, "unit": unit, "limit": "7"}
    for endpoint in ENDPOINTS:
        path = "/" + endpoint.path.format(contest=contest.slug, code=unit, number=1)
        taken = [parameter.name for parameter in endpoint.parameters]
        yield endpoint, path, {}
        for name in taken:
            if name in samples and name != "known_at":
                yield endpoint, path, {name: samples[name]}
        if "known_at" in taken:
            yield endpoint, path, {"as_of": past, "known_at": past}


def test_the_document_is_openapi_and_its_schemas_are_json_schema(ask):
    answer = ask("/openapi.json")
    document = answer.json()
    OpenAPIV31SpecValidator(document).validate()
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert len(document["paths"]) == len(ENDPOINTS)


def test_every_answer_has_the_shape_that_is_promised_and_no_field_more(contest, ask):
    for endpoint, path, query in addresses(contest):
        answer = ask(path, **query)
        assert answer.status_code == 200, f"{path} {query} {answer.content}"
        assert answer["Content-Type"] == "application/json"
        assert fits(endpoint.returns, answer.json()) == [], f"{path} {query}"


def test_control_a_field_more_or_less_is_found(ask):
    data = ask("statistics").json()
    assert fits("Statistics", {**data, "phone": "1"}) != []
    assert fits("Statistics", {key: data[key] for key in data if key != "visits"}) != []


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/contests/", 2),
        ("", 1),
        ("statistics", 2),
        ("curve", 2),
        ("units/", 2),
        ("standings", 2),
        ("/openapi.json", 0),
    ],
)
def test_an_answer_takes_few_queries_whatever_the_crowd(contest, ask, path, most, django_assert_num_queries):
    ask(path)
    for people in (0, 900):
        if people:
            crowd(contest, people=people, seed=7, until=clock.now() - timedelta(minutes=5))
        with django_assert_num_queries(most):
            assert ask(path).status_code == 200


def test_whoever_has_the_figures_already_is_answered_without_counting(ask, django_assert_num_queries):
    for path in ("statistics", "curve", "units/"):
        first = ask(path)
        with django_assert_num_queries(1):
            again = ask(path, headers={"If-None-Match": f'"x", {first["ETag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
        assert again["Access-Control-Allow-Origin"] == "*"


def test_a_mark_holds_only_as_long_as_the_data(contest, ask):
    for path in ("standings", "/contests/", "", "/openapi.json"):
        first = ask(path)
        same = {"If-None-Match": first["ETag"].removeprefix("W/")}
        assert ask(path, headers=same).status_code == 304
        assert ask(path, headers={"If-None-Match": '"other"'}).status_code == 200
    mark = ask("standings")["ETag"]
    crowd(contest, people=50, seed=3, until=clock.now() - timedelta(minutes=5))
    assert ask("standings", headers={"If-None-Match": mark}).status_code == 200


def test_a_past_minute_may_be_kept_for_a_day_and_what_is_of_now_for_a_minute(ask):
    past = (clock.now() - timedelta(days=1)).replace(second=0, microsecond=0).isoformat()
    assert ask("statistics", as_of=past, known_at=past)["Cache-Control"] == "public, max-age=86400"
    assert ask("statistics", as_of=past)["Cache-Control"] == "public, max-age=60"
    assert ask("statistics")["Cache-Control"] == "public, max-age=60"
    assert ask("standings")["Cache-Control"] == "public, max-age=30"


def test_figures_are_of_the_newest_minute_that_is_settled(ask):
    said = ask("statistics").json()
    newest = f.newest_minute(clock.now())
    assert 0 <= (newest - datetime.fromisoformat(said["as_of"])).total_seconds() <= 60
    assert said["as_of"] == said["known_at"]
    assert said["as_of"].endswith("00+07:00")


def test_following_next_gives_every_contestant_once_in_order(contest, ask):
    results = list(Best.objects.filter(contest=contest).order_by(*RANKING, "contestant_id"))
    for unit in ("", contest.root.children.order_by("code")[0].code):
        met, where = [], ""
        while where is not None:
            answer = Client().get(where) if where else ask("standings", limit=37, **({"unit": unit} if unit else {}))
            said = answer.json()
            met += said["rows"]
            where = said["next"]
        expected = [best for best in results if not unit or best.unit.code == unit]
        assert [(row["right"], row["ms"]) for row in met] == [(contest.asked - b.missed, b.ms) for b in expected]
        assert len(met) == said["total"] == len(expected)
        assert [row["rank"] for row in met] == sorted(row["rank"] for row in met)


def test_names_are_as_the_contest_shows_them_and_nothing_else_of_a_person_stands_there(contest, ask):
    best = Best.objects.filter(contest=contest).order_by(*RANKING).select_related("contestant__person")[0]
    name = best.contestant.person.full_name
    shown = ask("standings")
    assert name not in shown.content.decode()
    assert str(best.contestant.person_id) not in shown.content.decode()
    assert set(shown.json()["rows"][0]) == {"rank", "name", "unit", "right", "ms", "submitted_at"}
    contest.public_names = "full"
    contest.save()
    assert ask("standings").json()["rows"][0]["name"] == name


def test_an_answer_is_the_same_text_for_the_same_question(ask):
    assert ask("standings").content == ask("standings").content
    assert json.loads(ask("statistics").content) == ask("statistics").json()


def test_a_contest_with_nobody_in_it_answers_too(contest, ask):
    Best.objects.all().delete()
    rebuild(contest)
    said = ask("standings").json()
    assert (said["rows"], said["next"], said["total"]) == ([], None, 0)
    before = (contest.opens_at - timedelta(days=3)).replace(second=0, microsecond=0).isoformat()
    assert ask("curve", as_of=before).json()["days"] == []
    assert ask("statistics", as_of=before).json()["registered"] == 0


def test_a_bulletin_comes_with_what_it_takes_to_check_its_seal(ask):
    said = ask("bulletins/1").json()
    signed = canonical(said["content"])
    assert sha256(signed).hexdigest() == said["sha256"]
    assert signed_by(bytes.fromhex(said["key"]), bytes.fromhex(said["signature"]), signed)
    assert (said["number"], said["previous"]) == (1, None)
    assert [each["address"] for each in ask("bulletins/").json()["bulletins"]] == [said["address"]]
    assert ask("bulletins/2").status_code == ask(f"bulletins/{10**30}").status_code == 404
