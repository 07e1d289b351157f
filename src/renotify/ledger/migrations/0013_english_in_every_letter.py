"""Pieces that no letter was printed for and that were to get one in Spanish alone get English and Spanish (49 CFR 577.5(a)).

What was printed keeps its record. A piece that is released and not printed yet is printed by the release that finishes its wave.
"""

from django.db import migrations

UNPRINTED = "update piece set language = 'en+es' where language = 'es' and state in ('listed', 'planned', 'released')"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0012_stated_days")]

    operations = [migrations.RunSQL(UNPRINTED, migrations.RunSQL.noop)]
