"""What a follow-up's past weeks were expected to bring, and what came: kept with its plan, week by week."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0045_repair_disputes")]

    operations = [
        migrations.AddField(
            model_name="plan",
            name="past_forecasts",
            field=models.JSONField(db_default=[]),
        ),
    ]
