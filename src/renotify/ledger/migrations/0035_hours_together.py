"""A row of labor_times may be of several campaigns done together, whose codes the load knows: no reference to one campaign."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("ledger", "0033_wave_decisions")]

    operations = [migrations.AlterField("labortime", "campaign_code", models.CharField(max_length=255))]
