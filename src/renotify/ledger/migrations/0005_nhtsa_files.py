"""What NHTSA has: the makes whose recalls are taken from its files, and the quarterly reports that it has on file."""

import django.db.models.deletion
from django.db import migrations, models

SOURCE = {"db_column": "source_id", "db_index": False, "on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": "ledger.source"}


class Migration(migrations.Migration):

    dependencies = [("ledger", "0007_corrections")]

    operations = [
        migrations.CreateModel(
            name="RecallMake",
            fields=[
                ("source_row", models.IntegerField()),
                ("make", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("source_id", models.ForeignKey(**SOURCE)),
            ],
            options={"db_table": "recall_make"},
        ),
        migrations.CreateModel(
            name="FiledReport",
            fields=[
                ("source_row", models.IntegerField()),
                ("pk", models.CompositePrimaryKey("nhtsa_campaign_number", "quarter", "submitted_on", blank=True, editable=False, primary_key=True, serialize=False)),
                ("nhtsa_campaign_number", models.CharField(max_length=12)),
                ("quarter", models.CharField(max_length=9)),
                ("submitted_on", models.DateField()),
                ("maker", models.CharField(blank=True, max_length=40)),
                ("maker_code", models.CharField(blank=True, max_length=20)),
                ("subject", models.CharField(blank=True, max_length=50)),
                ("first_notice_date", models.DateField(null=True)),
                ("last_notice_date", models.DateField(null=True)),
                ("report_number", models.IntegerField(null=True)),
                ("involved", models.IntegerField(null=True)),
                ("remedied", models.IntegerField(null=True)),
                ("unreachable", models.IntegerField(null=True)),
                ("removed", models.IntegerField(null=True)),
                ("source_id", models.ForeignKey(**SOURCE)),
            ],
            options={"db_table": "filed_report"},
        ),
    ]
