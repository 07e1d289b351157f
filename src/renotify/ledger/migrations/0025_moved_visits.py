"""A listed vehicle whose visit is too long for its dealer may be planned at another: it keeps the dealer of the list."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("ledger", "0024_requests")]

    operations = [
        migrations.AddField(
            "listed", "moved_from", models.CharField(max_length=32, blank=True, db_default="")
        ),
        migrations.AddIndex(
            "listed",
            models.Index(
                fields=["follow_up"], condition=models.Q(moved_from__gt=""), name="listed_moved"
            ),
        ),
    ]
