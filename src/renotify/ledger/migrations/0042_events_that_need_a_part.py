"""Inspections that found a part to be needed are few, and asked for by every page of a dealer: an index of them alone.

PostgreSQL keeps events in ``event_row`` (``plain_population``); no plain row is such an inspection.
"""

from django.db import migrations, models

INDEX = models.Index(
    fields=["campaign_code", "vin"], condition=models.Q(("kind", "needs_part")), name="event_needs_part"
)


def make(apps, schema_editor):
    table = "event" if schema_editor.connection.vendor == "sqlite" else "event_row"
    schema_editor.execute(
        f'CREATE INDEX "event_needs_part" ON "{table}" ("campaign_code", "vin") WHERE "kind" = \'needs_part\'', params=None
    )


def undo(apps, schema_editor):
    schema_editor.execute('DROP INDEX "event_needs_part"', params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0041_field_of_refused_owners")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(make, undo)], [migrations.AddIndex("event", INDEX)]
        ),
    ]
