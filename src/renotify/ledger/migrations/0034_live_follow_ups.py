"""Settings that change from a day on, drafts of plans, what dealers were told, and kits that they were promised."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0033_wave_decisions"),
    ]

    operations = [
        migrations.AddField(
            model_name="plan",
            name="weeks",
            field=models.IntegerField(null=True),
        ),
        migrations.CreateModel(
            name="DraftLetter",
            fields=[
                ("pk", models.CompositePrimaryKey("vin", "follow_up", "draft", "family", blank=True, editable=False, primary_key=True, serialize=False)),
                ("vin", models.CharField(max_length=17)),
                ("draft", models.CharField(max_length=32)),
                ("family", models.CharField(max_length=8)),
                ("week", models.IntegerField(null=True)),
                ("interim", models.BooleanField(db_default=False)),
                ("remedy_from", models.DateField(null=True)),
                ("without_parts", models.CharField(blank=True, db_default="", max_length=255)),
                ("dealer_code", models.CharField(blank=True, db_default="", max_length=32)),
                ("follow_up", models.ForeignKey(db_column="follow_up", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.followup")),
            ],
            options={
                "db_table": "draft_letter",
                "indexes": [models.Index(fields=["follow_up", "draft"], name="draft_letter_by_draft")],
                "constraints": [models.CheckConstraint(condition=models.Q(("family__in", ["safety", "service"])), name="draft_letter_family_known")],
            },
        ),
        migrations.CreateModel(
            name="DraftPlan",
            fields=[
                ("pk", models.CompositePrimaryKey("follow_up", "name", blank=True, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=32)),
                ("policy", models.CharField(max_length=32)),
                ("first_week", models.DateField()),
                ("weeks", models.IntegerField()),
                ("made_on", models.DateField()),
                ("bundles", models.JSONField(db_default=[])),
                ("document", models.JSONField()),
                ("follow_up", models.ForeignKey(db_column="follow_up", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.followup")),
                ("source_id", models.ForeignKey(db_column="source_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.source")),
            ],
            options={
                "db_table": "draft_plan",
                "constraints": [models.CheckConstraint(condition=models.Q(("weeks__gte", 1)), name="draft_plan_weeks_least")],
            },
        ),
        migrations.CreateModel(
            name="PartPromise",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("kits", models.FloatField()),
                ("week", models.DateField()),
                ("promised_on", models.DateField()),
                ("withdrawn_on", models.DateField(null=True)),
                ("withdrawn_reason", models.CharField(blank=True, db_default="", max_length=255)),
                ("dealer_code", models.ForeignKey(db_column="dealer_code", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.dealer")),
                ("part_no", models.ForeignKey(db_column="part_no", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.part")),
                ("source_id", models.ForeignKey(db_column="source_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.source")),
            ],
            options={
                "db_table": "part_promise",
                "indexes": [models.Index(fields=["dealer_code", "part_no"], name="part_promise_by_dealer")],
                "constraints": [models.CheckConstraint(condition=models.Q(("kits__gte", 0)), name="part_promise_kits_least")],
            },
        ),
        migrations.CreateModel(
            name="SettingChange",
            fields=[
                ("pk", models.CompositePrimaryKey("follow_up", "number", blank=True, editable=False, primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("setting", models.CharField(max_length=255)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("from_day", models.DateField()),
                ("changed_on", models.DateField()),
                ("changed_by", models.CharField(max_length=255)),
                ("reason", models.CharField(max_length=255)),
                ("undone_on", models.DateField(null=True)),
                ("undone_by", models.CharField(blank=True, db_default="", max_length=255)),
                ("undone_reason", models.CharField(blank=True, db_default="", max_length=255)),
                ("follow_up", models.ForeignKey(db_column="follow_up", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.followup")),
                ("source_id", models.ForeignKey(db_column="source_id", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.source")),
            ],
            options={
                "db_table": "setting_change",
                "constraints": [models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="setting_change_number_least")],
            },
        ),
        migrations.CreateModel(
            name="ToldWeek",
            fields=[
                ("pk", models.CompositePrimaryKey("follow_up", "dealer_code", "week", blank=True, editable=False, primary_key=True, serialize=False)),
                ("week", models.DateField()),
                ("letters", models.IntegerField()),
                ("told_on", models.DateField()),
                ("moved", models.IntegerField(db_default=0)),
                ("dealer_code", models.ForeignKey(db_column="dealer_code", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.dealer")),
                ("follow_up", models.ForeignKey(db_column="follow_up", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.followup")),
            ],
            options={
                "db_table": "told_week",
                "constraints": [models.CheckConstraint(condition=models.Q(("letters__gte", 0)), name="told_week_letters_least")],
            },
        ),
    ]
