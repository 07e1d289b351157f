"""Vehicles whose owner row was refused at load, and what the maker says of codes on returned mail."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("ledger", "0012_stated_days")]

    operations = [
        migrations.CreateModel(
            name="RefusedOwner",
            fields=[
                ("source_row", models.IntegerField()),
                ("pk", models.CompositePrimaryKey("vin", "source_id", "source_row", blank=True, editable=False, primary_key=True, serialize=False)),
                ("vin", models.CharField(max_length=17)),
                ("role", models.CharField(blank=True, max_length=8)),
                ("as_of", models.DateField(null=True)),
                ("settled", models.BooleanField(db_default=False)),
                ("source_id", models.ForeignKey(db_column="source_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.source")),
            ],
            options={"db_table": "refused_owner"},
        ),
        migrations.CreateModel(
            name="ReturnCode",
            fields=[
                ("source_row", models.IntegerField()),
                ("code", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("action", models.CharField(max_length=32)),
                ("source_id", models.ForeignKey(db_column="source_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.source")),
            ],
            options={
                "db_table": "return_code",
                "constraints": [models.CheckConstraint(condition=models.Q(("action__in", ["new_address", "retry_same", "skip_trace", "change_channel"])), name="return_code_action_known")],
            },
        ),
    ]
