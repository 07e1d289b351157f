"""Event and state without row ids on SQLite, and their CHECKs in the form that costs a load least; the words are the same."""

from django.db import migrations, models

from renotify.ledger import column_rules, compact_tables


class Migration(migrations.Migration):

    dependencies = [("ledger", "0008_everybody")]

    operations = [
        migrations.SeparateDatabaseAndState(  # PostgreSQL keeps the form of before, which costs it nothing
            state_operations=[
                migrations.RemoveConstraint("event", "event_kind_known"),
                migrations.AddConstraint("event", column_rules.event_kind_known()),
                migrations.RemoveConstraint("state", "state_status_known"),
                migrations.AddConstraint("state", column_rules.state_status_known()),
            ]
        ),
        migrations.RemoveIndex("state", "state_by_campaign"),
        migrations.AddIndex("state", models.Index(fields=["campaign_code", "status", "current"], name="state_by_campaign")),
        migrations.RunPython(compact_tables.make, compact_tables.undo),
    ]
