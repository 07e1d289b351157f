"""What the schema guards by itself, on both stores: words of an enum, least numbers, and references to other rows."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q

from renotify.ledger import kinds

VIN = 17  # lengths of texts
CODE = 32
TEXT = 255
PLACE = 64  # a state, province or country in words


def one_of(
    table: str, column: str, words: type[enum.StrEnum] | Iterable[str], *, blank: bool = False
) -> models.CheckConstraint:
    """Return the CHECK that a column holds one of the words of an enum, or nothing where ``blank``."""
    allowed = [str(word) for word in words] + ([""] if blank else [])
    return models.CheckConstraint(
        condition=Q(**{f"{column}__in": allowed}), name=f"{table}_{column}_known"
    )


def event_kind_known() -> models.CheckConstraint:
    """Return the CHECK of an event: a report on the vehicle has no campaign, and any other kind has one."""
    return models.CheckConstraint(
        condition=Q(Q(campaign_code__isnull=False), is_any("kind", kinds.OF_CAMPAIGN))
        | Q(
            Q(campaign_code__isnull=True),
            is_any("kind", (*kinds.VEHICLE_REPORTS, kinds.EventKind.WITHDRAWN)),
        ),
        name="event_kind_known",
    )


def state_status_known() -> models.CheckConstraint:
    """Return the CHECK of a state: a reason stands with unreachable, and with nothing else."""
    reached = [status for status in kinds.Status if status is not kinds.Status.UNREACHABLE]
    return models.CheckConstraint(
        condition=Q(Q(reason=""), is_any("status", reached))
        | Q(Q(status=str(kinds.Status.UNREACHABLE)), is_any("reason", kinds.Reason)),
        name="state_status_known",
    )


def is_any(column: str, words: Iterable[str]) -> Q:
    """Return the condition that a column holds one of some words, for tables of millions of rows.

    SQLite compares one word after the other up to the first that fits; of a list it makes a table first, for every insert.
    """
    return reduce(or_, (Q(**{column: str(word)}) for word in words))


def at_least(table: str, column: str, least: float) -> models.CheckConstraint:
    """Return the CHECK that a number is not below ``least``; a null passes."""
    return models.CheckConstraint(
        condition=Q(**{f"{column}__gte": least}), name=f"{table}_{column}_least"
    )


def reference(to: str, column: str, *, null: bool = False) -> models.ForeignKey[Any, Any]:
    """Return a foreign key that keeps the column's name; it needs no index of its own: nobody deletes what is referred to."""
    return models.ForeignKey(
        to, models.PROTECT, db_column=column, db_index=False, related_name="+", null=null
    )
