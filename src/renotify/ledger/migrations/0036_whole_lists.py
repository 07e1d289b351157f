"""SQLite's planner reads a follow-up's list as a whole, and not row by row as the index of dealers has it (``usual_sizes``)."""

from django.db import migrations

from renotify.ledger import usual_sizes


class Migration(migrations.Migration):
    dependencies = [("ledger", "0035_hours_together")]

    operations = [migrations.RunPython(usual_sizes.tell, usual_sizes.forget)]
