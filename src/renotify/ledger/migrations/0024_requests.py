"""The day on which an appointment was made, and inspections of which the vehicle waits for its part."""

from django.db import migrations, models

from renotify.ledger import column_rules, compact_tables, guards, kinds, plain_population


class Migration(migrations.Migration):

    dependencies = [("ledger", "0023_refused_owners_at_latest")]

    operations = [
        migrations.AddField("appointment", "booked_on", models.DateField(null=True)),
        migrations.AddField("appointment", "first_loaded_on", models.DateField(null=True)),
        migrations.RunPython(plain_population.take_down, plain_population.put_up),
        migrations.RunPython(guards.take_down, guards.put_up),
        migrations.RemoveIndex("event", "event_by_order"),
        migrations.RemoveConstraint("event", "event_kind_known"),
        migrations.AddConstraint("event", column_rules.event_kind_known()),
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["subject", "vin"], condition=column_rules.is_any("kind", kinds.OUTCOMES), name="event_by_order"
            ),
        ),
        migrations.RunPython(guards.put_up, guards.take_down),
        migrations.RunPython(compact_tables.make, compact_tables.undo),
        migrations.RunPython(plain_population.put_up, plain_population.take_down),
    ]
