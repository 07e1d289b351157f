"""The address of the list behind a figure: the page of vehicles with the filters that the figure counts by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse


def vehicles_at(**filters: Any) -> str:  # noqa: ANN401 - values of filters, by the names of the form
    """Return the address of the list with some filters; a blank one is left out, several values of one are a tuple."""
    pairs = []
    for name, value in filters.items():
        several = value if isinstance(value, tuple | list) else (value,)
        pairs += [(name, str(one)) for one in several if one not in (None, "")]
    return f"{reverse('analyst:vehicles')}?{urlencode(pairs)}"


def behind(*columns: str, **filters: Any) -> Callable[[Mapping[str, Any]], str]:  # noqa: ANN401 - likewise
    """Return a link of a table's cell: the list of some filters, and of the row's own values in some columns."""

    def link(row: Mapping[str, Any]) -> str:
        return vehicles_at(**{name: row[name] for name in columns}, **filters)

    return link


def by_status(**filters: Any) -> dict[str, Callable[[Mapping[str, Any]], str]]:  # noqa: ANN401 - likewise
    """Return the links of a table with a row a campaign: each count leads to the vehicles that it counts."""
    links = {
        name: behind("campaign", status=name, **filters)
        for name in ("repaired", "inspected_ok", "unreachable", "removed", "open")
    }
    return links | {
        "involved": behind("campaign", **filters),
        "done": behind("campaign", status=("repaired", "inspected_ok"), **filters),
    }
