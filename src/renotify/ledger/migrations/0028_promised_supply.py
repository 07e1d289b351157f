"""Whether a week's kits are confirmed or promised; all of before were taken as confirmed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("ledger", "0027_part_shipments")]

    operations = [
        migrations.AddField("partsupply", "status", models.CharField(db_default="confirmed", max_length=12)),
        migrations.AddConstraint(
            model_name="partsupply",
            constraint=models.CheckConstraint(condition=models.Q(("status__in", ["confirmed", "promised"])), name="part_supply_status_known"),
        ),
    ]
