"""Where a row of the ledger came from: the table of sources, and what every row that has one begins with."""

from __future__ import annotations

from django.db import models

from renotify.ledger import kinds
from renotify.ledger.column_rules import CODE, TEXT, one_of, reference


class Source(models.Model):
    """Where rows came from: one file as loaded, or one command as run. ``recorded_at`` is when we came to know them."""

    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=CODE)
    name = models.CharField(max_length=TEXT)
    sha256 = models.CharField(max_length=64, blank=True)
    table_name = models.CharField(max_length=CODE, blank=True)
    recorded_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "source"
        constraints = (one_of("source", "kind", kinds.SourceKind),)


class Sourced(models.Model):
    """Columns that say from which file and row a row came."""

    source_id = reference("Source", "source_id")
    source_row = models.IntegerField()

    class Meta:
        abstract = True


class WithdrawnRow(Sourced):
    """A row of ``owners`` or ``dealer_stock`` that a file took back, by its key: a file that was loaded before cannot bring it back."""

    pk = models.CompositePrimaryKey("table_name", "row_key")
    table_name = models.CharField(max_length=CODE)
    row_key = models.CharField(max_length=TEXT)  # the values of the key, joined by |

    class Meta:
        db_table = "withdrawn_row"
