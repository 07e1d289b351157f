"""A list keeps the arm that was drawn for each vehicle, and when its owner was reached beside the letter; lists of before have neither."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("ledger", "0025_moved_visits")]

    operations = [
        migrations.AddField("listed", "arm", models.CharField(blank=True, db_default="", max_length=32)),
        migrations.AddField("listed", "touched_on", models.DateField(null=True)),
    ]
