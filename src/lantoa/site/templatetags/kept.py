"""{% kept %}: a piece of a page that is rendered once for everything it depends on, and then only copied."""

from __future__ import annotations

from itertools import count
from typing import Any, NamedTuple

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.loader_tags import BlockNode
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from lantoa.contests.models import Contest
from lantoa.lib.lately import Lately

MOST = 8_000_000  # characters that a process keeps because they were asked for lately, and as many from before
register = template.Library()
pieces: Lately[SafeString] = Lately(MOST)
_numbers = count()


class Face(NamedTuple):
    """What head, header and footer say of a contest."""

    slug: str
    name: str
    name_en: str
    summary: str
    summary_en: str
    organiser: str
    operator: str


@register.filter
def face(contest: Contest | None) -> Face | None:
    """What of a contest every page shows, as a value that kept pieces can depend on."""
    return Face(*(getattr(contest, name) for name in Face._fields)) if contest else None


class KeptNode(template.Node):
    """The piece sees what it declares and nothing else, so that it cannot depend on what is forgotten here."""

    def __init__(self, nodelist: NodeList, declared: dict[str, FilterExpression]) -> None:
        """Raise TemplateSyntaxError for a block inside: another template could fill it."""
        if nodelist.get_nodes_by_type(BlockNode):
            raise template.TemplateSyntaxError("a kept piece holds no block")
        self.nodelist = nodelist
        self.names = tuple(declared)
        self.expressions = tuple(declared[name] for name in declared)
        self._number = next(_numbers)

    def render(self, context: template.Context) -> SafeString:
        """As it was rendered when all that it depends on was the same; raises TypeError for what cannot be compared."""
        seen = [expression.resolve(context, ignore_failures=True) for expression in self.expressions]
        # With types: safe text is no plain text, True is not 1.
        key = (self._number, get_language(), *map(type, seen), *seen)
        known = pieces.get(key)
        if known is None:
            known = self._rendered(context, seen)
            pieces.keep(key, known, len(known))
        return known

    def _rendered(self, context: template.Context, seen: list[Any]) -> SafeString:
        alone = template.Context({"LANGUAGE_CODE": get_language(), **dict(zip(self.names, seen, strict=True))})
        alone.template = context.template
        return self.nodelist.render(alone)


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """{% kept contest=contest|face here=here %}…{% endkept %}: the names are what the piece sees, all of it.

    Values must be hashable and few. LANGUAGE_CODE is always there; secrets, as a form's token, never.
    """
    words = token.split_contents()[1:]
    declared = token_kwargs(words, parser)
    if words:
        raise template.TemplateSyntaxError(f"kept takes name=value, not {words}")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, declared)
