"""Which rows of owners and dealer_stock a file took back, by their keys."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("ledger", "0016_refused_owners")]

    operations = [
        migrations.CreateModel(
            name="WithdrawnRow",
            fields=[
                ("source_row", models.IntegerField()),
                ("pk", models.CompositePrimaryKey("table_name", "row_key", blank=True, editable=False, primary_key=True, serialize=False)),
                ("table_name", models.CharField(max_length=32)),
                ("row_key", models.CharField(max_length=255)),
                ("source_id", models.ForeignKey(db_column="source_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.source")),
            ],
            options={
                "db_table": "withdrawn_row",
            },
        ),
    ]
