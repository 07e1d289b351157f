"""How templates write days, counts and states."""

from __future__ import annotations

import json
from typing import Any

from django import template

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
def pretty(value: Any) -> str:  # noqa: ANN401 - a document
    """Write a document as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)


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
