"""{% url %} of the site: an address that was made once is not looked for again."""

from __future__ import annotations

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as plain
from django.utils.translation import get_language

MOST = 5_000  # addresses that a process keeps; beyond that it begins anew
register = template.Library()
_made: dict[tuple[object, ...], str] = {}


class AddressNode(URLNode):
    """Django's own, which remembers: an address depends on its name, what it is given, and the language."""

    def render(self, context: template.Context) -> str:
        """The address; raises NoReverseMatch where there is none."""
        name = self.view_name.resolve(context)
        if self.kwargs or self.asvar or ":" in name:  # the console's depend on the request too
            return super().render(context)
        given = tuple(argument.resolve(context) for argument in self.args)
        key = (get_language(), context.autoescape, name, *given)
        known = _made.get(key)
        if known is None:
            known = super().render(context)
            if len(_made) >= MOST:
                _made.clear()
            _made[key] = known
        return known


@register.tag
def url(parser: Parser, token: Token) -> AddressNode:
    """{% url 'lesson' contest.slug lesson.code %}."""
    found = plain(parser, token)
    return AddressNode(found.view_name, found.args, found.kwargs, found.asvar)
