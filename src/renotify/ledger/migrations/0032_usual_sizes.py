"""SQLite's planner knows which index tells rows apart (``usual_sizes``)."""

from django.db import migrations

from renotify.ledger import usual_sizes


class Migration(migrations.Migration):

    dependencies = [("ledger", "0031_owner_searches")]

    operations = [migrations.RunPython(usual_sizes.tell, usual_sizes.forget)]
