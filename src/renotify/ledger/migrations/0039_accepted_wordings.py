"""Wordings that a row of the rule pack refuses and a person accepts all the same. Back: nobody accepted one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("ledger", "0038_typed_at_a_desk")]

    operations = [
        migrations.CreateModel(
            name="AcceptedWording",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("handle", models.CharField(max_length=64)),
                ("campaign_code", models.CharField(blank=True, db_default="", max_length=32)),
                ("text_key", models.CharField(max_length=255)),
                ("language", models.CharField(max_length=32)),
                ("sentence", models.TextField()),
                ("row_id", models.CharField(max_length=255)),
                ("title", models.CharField(max_length=255)),
                ("citation", models.CharField(max_length=255)),
                ("row_digest", models.CharField(max_length=64)),
                ("texts_digest", models.CharField(blank=True, db_default="", max_length=64)),
                ("rule_digest", models.CharField(max_length=64)),
                ("accepted_on", models.DateField()),
                ("accepted_by", models.CharField(max_length=255)),
                ("reason", models.CharField(max_length=255)),
                ("withdrawn_on", models.DateField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, db_default="", max_length=255)),
                ("withdrawn_reason", models.CharField(blank=True, db_default="", max_length=255)),
                ("follow_up", models.ForeignKey(db_column="follow_up", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.followup")),
                ("source_id", models.ForeignKey(db_column="source_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.source")),
            ],
            options={"db_table": "accepted_wording"},
        ),
    ]
