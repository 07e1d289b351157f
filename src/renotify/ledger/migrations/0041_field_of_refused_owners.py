"""Of a refused owner row it is kept which of its fields were refused. Back: that is forgotten, the row stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0039_accepted_wordings")]

    operations = [
        migrations.AddField(
            "refusedowner", "field", models.CharField(blank=True, db_default="", max_length=255)
        ),
    ]
