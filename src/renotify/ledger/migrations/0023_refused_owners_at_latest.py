"""A refused owner row has a day at the latest: its own, else that of its load."""

from django.db import migrations, models

LATEST = """
update refused_owner set at_latest = coalesce(as_of, (
    select {day} from source s where s.id = refused_owner.source_id))
"""


def fill(apps, editor):
    day = "cast(s.recorded_at as date)" if editor.connection.vendor == "postgresql" else "date(s.recorded_at)"
    editor.execute(LATEST.format(day=day))


class Migration(migrations.Migration):

    dependencies = [("ledger", "0022_interim_by_plan")]

    operations = [
        migrations.AddField("refusedowner", "at_latest", models.DateField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("refusedowner", "at_latest", models.DateField()),
    ]
