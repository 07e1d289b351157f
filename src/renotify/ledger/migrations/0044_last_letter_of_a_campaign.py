"""The last letter of a campaign is found without reading all of them: it says until when work is reimbursed (573.13(c)(2)).

PostgreSQL keeps events in ``event_row`` (``plain_population``); no plain row is a letter.
"""

from datetime import date

from django.db import migrations, models

INDEX = models.Index(
    fields=["campaign_code", "occurred_on"],
    condition=models.Q(("kind", "mailed"), ("occurred_on__gt", date(1900, 1, 1))),
    name="event_last_letter",
)


def make(apps, schema_editor):
    table = "event" if schema_editor.connection.vendor == "sqlite" else "event_row"
    schema_editor.execute(
        f'CREATE INDEX "event_last_letter" ON "{table}" ("campaign_code", "occurred_on")'
        " WHERE (\"kind\" = 'mailed' AND \"occurred_on\" > '1900-01-01')",
        params=None,
    )


def undo(apps, schema_editor):
    schema_editor.execute('DROP INDEX "event_last_letter"', params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0042_events_that_need_a_part")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(make, undo)], [migrations.AddIndex("event", INDEX)]
        ),
    ]
