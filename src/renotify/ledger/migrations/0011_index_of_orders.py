"""The condition of event_by_order word by word, in which form SQLite weighs it for a row at next to no cost; the words are the same."""

from django.db import migrations, models
from django.db.models import Q

CONDITION = Q(kind="remedied") | Q(kind="inspected_ok") | Q(kind="declined") | Q(kind="other")


class Migration(migrations.Migration):

    dependencies = [("ledger", "0010_compact_tables")]

    operations = [
        migrations.RemoveIndex("event", "event_by_order"),
        migrations.AddIndex(
            "event",
            models.Index(fields=["subject", "vin"], condition=CONDITION, name="event_by_order"),
        ),
    ]
