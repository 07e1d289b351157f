"""What was said can be taken back: events of kind withdrawn, and indexes to find an order's vehicle, removals and withdrawals."""

from django.db import migrations, models
from django.db.models import Q

from renotify.ledger import guards

OUTCOMES = ["remedied", "inspected_ok", "declined", "other"]
OF_CAMPAIGN = ["added", "removed", *OUTCOMES, "mailed", "returned", "withdrawn"]
REPORTS = ["registered", "scrapped", "exported", "stolen", "total_loss", "unknown", "withdrawn"]


class Migration(migrations.Migration):

    dependencies = [("ledger", "0006_campaign_facts")]

    operations = [
        migrations.RunPython(guards.take_down, guards.put_up),
        migrations.RemoveConstraint("event", "event_kind_known"),
        migrations.AddConstraint(
            "event",
            models.CheckConstraint(
                condition=Q(campaign_code__isnull=False, kind__in=OF_CAMPAIGN)
                | Q(campaign_code__isnull=True, kind__in=REPORTS),
                name="event_kind_known",
            ),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["subject", "vin"], condition=Q(kind__in=OUTCOMES), name="event_by_order"
            ),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["vin", "subject"], condition=Q(kind="removed"), name="event_removed"
            ),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["vin", "subject"], condition=Q(kind="withdrawn"), name="event_withdrawn"
            ),
        ),
        migrations.RunPython(guards.put_up, guards.take_down),
    ]
