"""Orders of another dealer that a dealer names for a vehicle that is still open, and the analyst's answers to them."""

import django.db.models.deletion
from django.db import migrations, models

from renotify.ledger.kinds import DisputeAnswer


def _of(name, to):
    return models.ForeignKey(db_column=name, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0044_last_letter_of_a_campaign")]

    operations = [
        migrations.CreateModel(
            name="RepairDispute",
            fields=[
                ("source_row", models.IntegerField()),
                ("pk", models.CompositePrimaryKey("vin", "campaign_code", "done_by", "ro_id", "dealer_code", blank=True, editable=False, primary_key=True, serialize=False)),
                ("vin", models.CharField(max_length=17)),
                ("ro_id", models.CharField(max_length=32)),
                ("close_date", models.DateField()),
                ("outcome", models.CharField(max_length=12)),
                ("asked_on", models.DateField()),
                ("answer", models.CharField(max_length=8)),
                ("reason", models.CharField(blank=True, max_length=255)),
                ("answered_on", models.DateField(null=True)),
                ("campaign_code", _of("campaign_code", "ledger.campaignrow")),
                ("dealer_code", _of("dealer_code", "ledger.dealer")),
                ("done_by", _of("done_by", "ledger.dealer")),
                ("source_id", _of("source_id", "ledger.source")),
            ],
            options={
                "db_table": "repair_dispute",
                "indexes": [models.Index(fields=["dealer_code"], name="repair_dispute_by_dealer")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("answer__in", [str(word) for word in DisputeAnswer])), name="repair_dispute_answer_known")
                ],
            },
        ),
    ]
