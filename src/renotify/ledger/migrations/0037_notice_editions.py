"""A notice has editions: what was sent stays as it was when the notice is written again. The one row that was kept is edition 1.

The key of several columns cannot be altered in place: the table is made anew and filled from what was there.
"""

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = "follow_up, audience, code, file, sha256, written_on, sent_on, acknowledged_at, receipt"


def put_aside(apps, schema_editor):
    """Give the table as it is another name; on PostgreSQL its index, too, whose name is of the whole schema."""
    schema_editor.execute("alter table notice rename to notice_of_one_edition")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("alter index notice_pkey rename to notice_of_one_edition_pkey")


# Back: one row of each reader, that of what went last, else of what was written last.
LAST = """
create table notice_last_edition as select {columns} from notice where edition = (
    select max(m.edition) from notice m where m.follow_up = notice.follow_up and m.audience = notice.audience and m.code = notice.code
    and (m.sent_on is not null or m.acknowledged_at <> '' or not exists (
        select 1 from notice g where g.follow_up = m.follow_up and g.audience = m.audience and g.code = m.code
        and (g.sent_on is not null or g.acknowledged_at <> ''))))"""


def put_back(apps, schema_editor):
    """Make the table of one edition anew and fill it."""
    schema_editor.create_model(apps.get_model("ledger", "Notice"))
    schema_editor.execute(
        f"insert into notice ({COLUMNS}) select {COLUMNS} from notice_last_edition"
    )
    schema_editor.execute("drop table notice_last_edition")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0036_whole_lists")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(put_aside, put_back)],
            state_operations=[migrations.DeleteModel("Notice")],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "follow_up",
                        "audience",
                        "code",
                        "edition",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("audience", models.CharField(max_length=8)),
                ("code", models.CharField(max_length=32)),
                ("edition", models.IntegerField(db_default=1)),
                ("file", models.CharField(max_length=255)),
                ("sha256", models.CharField(max_length=64)),
                ("written_on", models.DateField()),
                ("sent_on", models.DateField(null=True)),
                ("acknowledged_at", models.CharField(blank=True, max_length=32)),
                ("receipt", models.CharField(blank=True, max_length=255)),
                (
                    "follow_up",
                    models.ForeignKey(
                        db_column="follow_up",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.followup",
                    ),
                ),
            ],
            options={
                "db_table": "notice",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("audience__in", ["dealer", "area"])),
                        name="notice_audience_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("edition__gte", 1)), name="notice_edition_least"
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            f"insert into notice ({COLUMNS}, edition) select {COLUMNS}, 1 from notice_of_one_edition",
            LAST.format(columns=COLUMNS),
        ),
        migrations.RunSQL("drop table notice_of_one_edition", migrations.RunSQL.noop),
    ]
