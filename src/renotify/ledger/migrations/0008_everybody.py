"""Owners abroad and leases that end; a listed vehicle says whether its dealer is its own or the nearest to its owner."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("ledger", "0005_nhtsa_files")]

    operations = [
        migrations.AddField("ownerrow", "country", models.CharField(max_length=64, blank=True)),
        migrations.AddField("ownerrow", "end_date", models.DateField(null=True)),
        migrations.AlterField("ownerrow", "state", models.CharField(max_length=64, blank=True)),
        migrations.AlterField("ownerrow", "zip", models.CharField(max_length=32, blank=True)),
        migrations.AlterField("vehicle", "dealer_code", models.CharField(max_length=32, blank=True)),
        migrations.AlterField("listed", "dealer_code", models.CharField(max_length=32, blank=True)),
        migrations.AlterField("piece", "dealer_code", models.CharField(max_length=32, blank=True)),
        migrations.AddField("listed", "dealer_assigned", models.BooleanField(db_default=False)),
        migrations.AddIndex(
            "listed",
            models.Index(
                fields=["dealer_code"], condition=models.Q(dealer_assigned=True), name="listed_assigned"
            ),
        ),
    ]
