"""How templates write days, counts and states."""

from __future__ import annotations

from typing import Any

from django import template

from renotify.values import english
from renotify.values.english import counted
from renotify.web.theme.shown_table import written

register = template.Library()


@register.filter
def shown(value: Any) -> str:  # noqa: ANN401 - whatever a page shows
    """Write a value as tables do."""
    return written(value)


@register.filter
def plain(value: Any) -> str:  # noqa: ANN401 - a word of the ledger
    """Write a word of the ledger for people: ``on_shelf`` is on shelf."""
    return str(value).replace("_", " ")


@register.filter
def number_of(count: int, noun: str) -> str:
    """Write a count with its noun: 1 letter, 2 letters."""
    return counted(count, noun)


@register.filter
def of_count(words: str, count: Any) -> str:  # noqa: ANN401 - a number, or one as it is written
    """Write the words behind a figure: of 1 their first noun is in the singular."""
    try:
        return english.of_count(float(str(count).replace(",", "")), words)
    except ValueError:
        return words


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:  # noqa: ANN401 - values of an address
    """Return the address of this page with some values of its query changed; an empty one is taken away."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"
