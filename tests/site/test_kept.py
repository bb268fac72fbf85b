"""Pieces of pages that are rendered once depend on what they declare, and on nothing else."""

from __future__ import annotations

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import mark_safe
from django.utils.translation import override

from lantoa.contests.models import Contest
from lantoa.lib.lately import Lately
from lantoa.site.templatetags import kept
from lantoa.site.templatetags.kept import Face, face
from tests.factories.contest import a_contest


class Seen:
    """A value that counts how often it is rendered."""

    times = 0

    def __str__(self) -> str:
        self.times += 1
        return "<một>"


def rendered(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


def test_the_same_is_rendered_once():
    source, seen = Template("{% kept seen=seen %}{{ seen }}{% endkept %}"), Seen()

    assert {source.render(Context({"seen": seen})) for _ in range(3)} == {"&lt;một&gt;"}
    assert seen.times == 1


def test_another_value_is_another_piece():
    source = Template("{% kept n=n %}{{ n|count }}{% endkept %}")

    assert [source.render(Context({"n": n})) for n in (1, 70949, 1)] == ["1", "70.949", "1"]


def test_each_language_has_its_own():
    source = Template('{% kept %}{{ LANGUAGE_CODE }} {% translate "Thể lệ" %}{% endkept %}')
    said = []
    for language in ("vi", "en", "vi", "en"):
        with override(language):
            said.append(source.render(Context()))

    assert said == ["vi Thể lệ", "en Rules"] * 2


def test_it_sees_nothing_that_it_does_not_declare():
    assert rendered("{% kept a=a %}{{ a }}{{ b }}{{ csrf_token }}{% endkept %}", a=1, b=2, csrf_token="x") == "1"


@pytest.mark.parametrize(("one", "other"), [("<b>", mark_safe("<b>")), (1, True), (1, 1.0), ("", None)])
def test_values_that_only_look_the_same_are_kept_apart(one, other):
    source = "{{ value }}|{{ value|default_if_none:'không' }}"
    piece = Template("{% kept value=value %}" + source + "{% endkept %}")

    for value in (one, other, one, other):
        assert piece.render(Context({"value": value})) == Template(source).render(Context({"value": value}))


def test_what_cannot_be_compared_is_refused_loudly():
    with pytest.raises(TypeError):
        rendered("{% kept a=a %}{% endkept %}", a=[])


@pytest.mark.django_db
def test_a_row_of_a_table_is_refused_its_equality_knows_no_change():
    with pytest.raises(TypeError):
        rendered("{% kept a=a %}{% endkept %}", a=a_contest())


@pytest.mark.parametrize("source", ["{% kept a %}{% endkept %}", "{% kept %}{% block a %}{% endblock %}{% endkept %}"])
def test_what_cannot_be_kept_is_a_fault_of_the_template(source):
    with pytest.raises(TemplateSyntaxError):
        Template(source)


def test_a_process_keeps_so_much_and_no_more(monkeypatch):
    monkeypatch.setattr(kept, "pieces", Lately(100))
    source = Template("{% kept n=n %}{{ n }}{{ n }}{{ n }}{{ n }}{% endkept %}")
    for n in range(1000):
        assert source.render(Context({"n": n})) == str(n) * 4

    held = [*kept.pieces.young.values(), *kept.pieces.old.values()]
    assert sum(len(piece) for piece, _size in held) <= 2 * 100


@pytest.mark.django_db
def test_a_contest_that_is_renamed_shows_its_new_face():
    contest = a_contest(name="Tên cũ")
    source = Template("{% kept contest=contest|face %}{{ contest|local:'name' }}{% endkept %}")
    assert source.render(Context({"contest": contest})) == "Tên cũ"

    contest.name = "Tên mới"
    assert source.render(Context({"contest": contest})) == "Tên mới"
    assert face(None) is None
    assert set(Face._fields) <= {field.name for field in Contest._meta.get_fields()}
