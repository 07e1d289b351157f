"""Kits that left the national pool for a dealer, where a file says so."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("ledger", "0026_outreach")]

    operations = [
        migrations.CreateModel(
            name="PartShipment",
            fields=[
                ("source_row", models.IntegerField()),
                ("pk", models.CompositePrimaryKey("dealer_code", "part_no", "ship_date", blank=True, editable=False, primary_key=True, serialize=False)),
                ("ship_date", models.DateField()),
                ("qty", models.FloatField()),
                ("dealer_code", models.ForeignKey(db_column="dealer_code", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.dealer")),
                ("part_no", models.ForeignKey(db_column="part_no", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.part")),
                ("source_id", models.ForeignKey(db_column="source_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.source")),
            ],
            options={"db_table": "part_shipment"},
        ),
        migrations.AddConstraint(
            model_name="partshipment",
            constraint=models.CheckConstraint(condition=models.Q(("qty__gte", 0)), name="part_shipment_qty_least"),
        ),
    ]
