"""What the maker says beside its files: numbers it excepts from 49 CFR 565, words for nothing, codes on returned mail,
days that start or close a clock, searches for owners that found nobody.
"""

from __future__ import annotations

from django.db import models

from renotify.ledger import kinds
from renotify.ledger.column_rules import CODE, TEXT, VIN, one_of
from renotify.ledger.sourced import Sourced
from renotify.values.placeholders import Meaning


class VinException(Sourced):
    """A vehicle whose own number fails 49 CFR 565, and the maker's reason."""

    vin = models.CharField(max_length=VIN, primary_key=True)
    reason = models.CharField(max_length=TEXT)

    class Meta:
        db_table = "vin_exception"


class PlaceholderWord(Sourced):
    """A word that stands for nothing in a column (blank: any), or that does not though the packaged list has it."""

    pk = models.CompositePrimaryKey("column_name", "word")
    column_name = models.CharField(max_length=64, blank=True)
    word = models.CharField(max_length=TEXT)
    meaning = models.CharField(max_length=8)

    class Meta:
        db_table = "placeholder_word"
        constraints = (one_of("placeholder_word", "meaning", Meaning),)


class ReturnCode(Sourced):
    """What the maker says a code on returned mail leads to: one that the rule pack lacks, or means otherwise for it."""

    code = models.CharField(max_length=CODE, primary_key=True)
    action = models.CharField(max_length=CODE)

    class Meta:
        db_table = "return_code"
        constraints = (one_of("return_code", "action", kinds.ReturnAction),)


class StatedDay(Sourced):
    """A day that starts a clock of the law, or on which what it asks for was done; never changed, a later row takes it back."""

    id = models.AutoField(primary_key=True)
    clock = models.CharField(max_length=TEXT)  # SUBJECT:CLOCK or SUBJECT:CLOCK:PART
    word = models.CharField(max_length=CODE)
    day = models.DateField()

    class Meta:
        db_table = "stated_day"
        constraints = (one_of("stated_day", "word", kinds.DayWord),)


class OwnerSearch(Sourced):
    """A search for the owner of a vehicle that ended without a result, or that it is taken back; never changed, the later row stands."""

    id = models.AutoField(primary_key=True)
    vin = models.CharField(max_length=VIN, db_index=True)
    ended_on = models.DateField()
    withdrawn = models.BooleanField(db_default=False)

    class Meta:
        db_table = "owner_search"
