"""PostgreSQL: a table of the vehicles of which only the first list has spoken, and event and state as views that have them too."""

from django.db import migrations

from renotify.ledger import plain_population


class Migration(migrations.Migration):

    dependencies = [("ledger", "0020_second_notices")]

    operations = [migrations.RunPython(plain_population.put_up, plain_population.take_down)]
