"""What NHTSA has on file are annual reports too: a period instead of a quarter, as wide as NHTSA's field."""

import django.db.models.deletion
from django.db import migrations, models

SOURCE = {"db_column": "source_id", "db_index": False, "on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": "ledger.source"}
RENAMED = migrations.RunSQL(
    "alter table filed_report rename column quarter to period", "alter table filed_report rename column period to quarter"
)


class Migration(migrations.Migration):

    dependencies = [("ledger", "0028_promised_supply")]

    operations = [
        migrations.AlterField("filedreport", "quarter", models.CharField(max_length=16)),
        migrations.SeparateDatabaseAndState(  # a column of a composite key cannot be renamed in Django's own way
            database_operations=[RENAMED],
            state_operations=[
                migrations.DeleteModel("FiledReport"),
                migrations.CreateModel(
                    name="FiledReport",
                    fields=[
                        ("source_row", models.IntegerField()),
                        ("pk", models.CompositePrimaryKey("nhtsa_campaign_number", "period", "submitted_on", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("nhtsa_campaign_number", models.CharField(max_length=12)),
                        ("period", models.CharField(max_length=16)),
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
            ],
        ),
    ]
