"""A plan says whose first notice is an interim one, because kits or hours do not suffice by its lawful week; of no earlier plan is it known."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("ledger", "0021_plain_population")]

    operations = [
        migrations.AddField("listed", "interim", models.BooleanField(db_default=False)),
        migrations.AddField("listed", "remedy_from", models.DateField(null=True)),
    ]
