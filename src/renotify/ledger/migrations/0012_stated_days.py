"""Days that a person states for the clocks of the law: what starts one, what closes one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("ledger", "0011_index_of_orders")]

    operations = [
        migrations.CreateModel(
            name="StatedDay",
            fields=[
                ("source_row", models.IntegerField()),
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("clock", models.CharField(max_length=255)),
                ("word", models.CharField(max_length=32)),
                ("day", models.DateField()),
                ("source_id", models.ForeignKey(db_column="source_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.source")),
            ],
            options={
                "db_table": "stated_day",
                "constraints": [models.CheckConstraint(condition=models.Q(("word__in", ["started", "done", "withdrawn"])), name="stated_day_word_known")],
            },
        ),
    ]
