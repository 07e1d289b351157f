"""Searches for an owner that found nobody (49 CFR 577.7(a)(2)(i)): the most recent purchaser known is written to instead."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("ledger", "0030_without_parts")]

    operations = [
        migrations.CreateModel(
            name="OwnerSearch",
            fields=[
                ("source_row", models.IntegerField()),
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("vin", models.CharField(db_index=True, max_length=17)),
                ("ended_on", models.DateField()),
                ("withdrawn", models.BooleanField(db_default=False)),
                ("source_id", models.ForeignKey(db_column="source_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.source")),
            ],
            options={"db_table": "owner_search"},
        ),
    ]
