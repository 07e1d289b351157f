"""Of an interim notice by the plan, the campaigns that take no part; of earlier plans none is known."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("ledger", "0029_annual_reports")]

    operations = [
        migrations.AddField("listed", "without_parts", models.CharField(blank=True, db_default="", max_length=255)),
    ]
