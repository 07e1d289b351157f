"""What was said of each campaign is kept beside what it is today; what is known of the campaigns so far is their first statement."""

import json

import django.db.models.deletion
from django.db import migrations, models

from renotify.ledger import guards

STATED = """
    insert into campaign_fact (campaign_code, layer, nhtsa_campaign_number, stated_on, facts, source_id, source_row)
    values (%s, %s, %s, %s, %s, %s, %s)
"""


def first_statements(apps, schema_editor):
    """Write one statement a campaign and layer, with the source of the campaign's row."""
    del apps
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "select c.campaign_code, cast(c.facts as text), substr(cast(s.recorded_at as text), 1, 10), c.source_id, c.source_row"
            " from campaign c join source s on s.id = c.source_id order by c.campaign_code"
        )
        for code, text, day, source, row in cursor.fetchall():
            facts = json.loads(text)
            for layer, stated in facts.get("layers", {"catalogue": facts}).items():
                number = stated.get("nhtsa_campaign_number") or ""
                told = json.dumps(stated, sort_keys=True)
                cursor.execute(STATED, [code, layer, number, day, told, source, row])


class Migration(migrations.Migration):

    dependencies = [("ledger", "0004_words_and_exceptions")]

    operations = [
        migrations.CreateModel(
            name="CampaignFact",
            fields=[
                ("source_row", models.IntegerField()),
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("campaign_code", models.CharField(max_length=32)),
                ("layer", models.CharField(max_length=32)),
                ("nhtsa_campaign_number", models.CharField(blank=True, max_length=12)),
                ("stated_on", models.DateField()),
                ("facts", models.JSONField(default=dict)),
                ("source_id", models.ForeignKey(db_column="source_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.source")),
            ],
            options={
                "db_table": "campaign_fact",
                "indexes": [
                    models.Index(fields=["campaign_code"], name="campaign_fact_by_code"),
                    models.Index(fields=["nhtsa_campaign_number"], name="campaign_fact_by_number"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("layer__in", ["catalogue", "nhtsa"])), name="campaign_fact_layer_known"),
                ],
            },
        ),
        migrations.RunPython(first_statements, migrations.RunPython.noop),
        migrations.RunPython(guards.put_up_statements, guards.take_down_statements),
    ]
