"""What a person decided about a wave: to release it though it was not ready, to call it back; and the day on which a notice was sent."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("ledger", "0032_usual_sizes")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="sent_on",
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name="WaveDecision",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("wave", models.IntegerField()),
                ("week", models.DateField()),
                ("kind", models.CharField(max_length=32)),
                ("decided_on", models.DateField()),
                ("decided_by", models.CharField(max_length=255)),
                ("reason", models.CharField(max_length=255)),
                ("folder", models.CharField(blank=True, db_default="", max_length=255)),
                ("told", models.JSONField(db_default=[])),
                ("follow_up", models.ForeignKey(db_column="follow_up", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.followup")),
                ("source_id", models.ForeignKey(db_column="source_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.source")),
            ],
            options={
                "db_table": "wave_decision",
                "constraints": [models.CheckConstraint(condition=models.Q(("kind__in", ["released_anyway", "called_back"])), name="wave_decision_kind_known")],
            },
        ),
    ]
