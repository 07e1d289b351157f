"""What was kept in words gets a column of its own: the day of a piece's check, the folder of a wave's print job.

An event about the vehicle itself has no campaign: null from here on, and no longer a blank text.
"""

import json

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


def planned_bundles(connection, document):
    """Return the planning bundles that a kept plan's document tells, as ``plans.in_force`` keeps them."""
    rates = {}
    counts = {(row["bundle"], row["dealer"]): row["count"] for row in document["problem"]["owners"]}
    for row in document["problem"].get("background") or ():
        count = counts.get((row["bundle"], row["dealer"]), 0)
        if count and row["per_week"]:
            rates[row["bundle"]] = row["per_week"][0] / count
    with connection.cursor() as cursor:
        cursor.execute("select distinct model from vehicle")
        models = [model for (model,) in cursor.fetchall()]
    bundles = []
    for row in document["problem"]["bundles"]:
        campaigns, _, named = row["id"].partition(":")
        own = [model for model in models if f"/{model}/" in f"/{named}/"] if named else []
        bundles.append(
            {
                "name": row["id"], "campaigns": campaigns, "models": own, "hours": row["hours"], "kits": row["kits"],
                "response": row["response"], "walk_ins": rates.get(row["id"], 0.0),
            }
        )  # fmt: skip
    return bundles


def fill_bundles(schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select follow_up, cast(document as text) from plan")
        kept = cursor.fetchall()
        for name, document in kept:
            told = json.dumps(planned_bundles(schema_editor.connection, json.loads(document)))
            cursor.execute("update plan set bundles = %s where follow_up = %s", [told, name])


def fill(apps, schema_editor):
    fill_bundles(schema_editor)
    schema_editor.execute("update event set campaign_code = null where campaign_code = ''")
    checked = CHECKED_ON[schema_editor.connection.vendor]
    schema_editor.execute(
        f"update piece set checked_on = {checked} where substr(reason, 1, 8) = 'open on '"
    )
    schema_editor.execute(FOLDER, params=None)  # a percent sign in it is no place for a value


def empty(apps, schema_editor):
    schema_editor.execute("update event set campaign_code = '' where campaign_code is null")


class Migration(migrations.Migration):

    dependencies = [("ledger", "0001_first")]

    operations = [
        migrations.AddField("piece", "checked_on", models.DateField(null=True)),
        migrations.AddField("wave", "folder", models.CharField(max_length=255, blank=True, db_default="")),
        migrations.AddField("plan", "bundles", models.JSONField(db_default=[])),
        migrations.AlterField("event", "campaign_code", models.CharField(max_length=32, null=True)),
        migrations.RunPython(fill, empty),
    ]
