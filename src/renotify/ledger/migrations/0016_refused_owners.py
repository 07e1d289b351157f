"""Vehicles whose owner row was refused at load, what the maker says of codes on returned mail, and states of returned letters anew."""

import django.db.models.deletion
from django.db import migrations, models

# A letter that came back makes nobody unreachable any more, before its skip trace ended: as the fold says it now.
OPEN_AGAIN = """
update state set status = 'open', reason = '', since = added_on
where reason = 'failure_to_receive' and not exists (
    select 1 from event e where e.vin = state.vin and e.campaign_code = state.campaign_code and e.kind = 'returned'
    and upper(replace(replace(replace(e.return_code, ' ', ''), '_', ''), '-', '')) = 'SKIPTRACEEXHAUSTED')
"""


class Migration(migrations.Migration):

    dependencies = [("ledger", "0013_english_in_every_letter")]

    operations = [
        migrations.CreateModel(
            name="RefusedOwner",
            fields=[
                ("source_row", models.IntegerField()),
                ("pk", models.CompositePrimaryKey("vin", "source_id", "source_row", blank=True, editable=False, primary_key=True, serialize=False)),
                ("vin", models.CharField(max_length=17)),
                ("role", models.CharField(blank=True, max_length=8)),
                ("as_of", models.DateField(null=True)),
                ("settled", models.BooleanField(db_default=False)),
                ("source_id", models.ForeignKey(db_column="source_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.source")),
            ],
            options={"db_table": "refused_owner"},
        ),
        migrations.CreateModel(
            name="ReturnCode",
            fields=[
                ("source_row", models.IntegerField()),
                ("code", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("action", models.CharField(max_length=32)),
                ("source_id", models.ForeignKey(db_column="source_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.source")),
            ],
            options={
                "db_table": "return_code",
                "constraints": [models.CheckConstraint(condition=models.Q(("action__in", ["new_address", "retry_same", "skip_trace", "change_channel"])), name="return_code_action_known")],
            },
        ),
        migrations.RunSQL(OPEN_AGAIN, migrations.RunSQL.noop),
    ]
