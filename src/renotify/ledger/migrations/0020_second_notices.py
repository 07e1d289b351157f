"""A follow-up may be one of second notices: the remedy is there now."""

from django.db import migrations, models
from django.db.models import Q

KINDS = ["initial", "interim", "remedy_available", "follow_up_voluntary", "follow_up_ordered"]


class Migration(migrations.Migration):

    dependencies = [("ledger", "0019_withdrawn_rows")]

    operations = [
        migrations.RemoveConstraint("followup", "follow_up_kind_known"),
        migrations.AddConstraint(
            "followup", models.CheckConstraint(condition=Q(kind__in=KINDS), name="follow_up_kind_known")
        ),
    ]
