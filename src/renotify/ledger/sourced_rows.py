"""What tables of loaded rows share: from which source and row each came."""

from __future__ import annotations

from django.db import models

from renotify.ledger.column_rules import reference


class Sourced(models.Model):
    """Columns that say from which file and row a row came."""

    source_id = reference("Source", "source_id")
    source_row = models.IntegerField()

    class Meta:
        abstract = True
