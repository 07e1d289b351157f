"""What the schema guards by itself, on both stores: words of an enum, least numbers, and references to other rows."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q

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
