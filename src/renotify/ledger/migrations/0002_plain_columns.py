"""What was kept in words gets a column of its own: the day of a piece's check, the folder of a wave's print job.

An event about the vehicle itself has no campaign: null from here on, and no longer a blank text.
"""

from django.db import migrations, models

CHECKED_ON = {
    "sqlite": "substr(reason, 9, 10)",
    "postgresql": "cast(substr(reason, 9, 10) as date)",
}
FOLDER = """
    update wave set folder = coalesce((
        select max(path) from artifact a where a.follow_up = wave.follow_up and a.kind = 'wave_folder'
        and a.path like '%/wave-' || case when number < 10 then '0' else '' end || number), '')
"""


def fill(apps, schema_editor):
    schema_editor.execute("update event set campaign_code = null where campaign_code = ''")
    checked = CHECKED_ON[schema_editor.connection.vendor]
    schema_editor.execute(
        f"update piece set checked_on = {checked} where substr(reason, 1, 8) = 'open on '"
    )
    schema_editor.execute(FOLDER)


def empty(apps, schema_editor):
    schema_editor.execute("update event set campaign_code = '' where campaign_code is null")


class Migration(migrations.Migration):

    dependencies = [("ledger", "0001_first")]

    operations = [
        migrations.AddField("piece", "checked_on", models.DateField(null=True)),
        migrations.AddField("wave", "folder", models.CharField(max_length=255, blank=True, db_default="")),
        migrations.AlterField("event", "campaign_code", models.CharField(max_length=32, null=True)),
        migrations.RunPython(fill, empty),
    ]
