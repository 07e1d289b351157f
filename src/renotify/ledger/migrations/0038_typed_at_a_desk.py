"""Rows may come from a person who typed them at a desk. Back: they are as from a file of that name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0037_notice_editions")]

    operations = [
        migrations.RemoveConstraint(model_name="source", name="source_kind_known"),
        migrations.RunSQL(
            migrations.RunSQL.noop, "update source set kind = 'file' where kind = 'desk'"
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["file", "command", "desk"])), name="source_kind_known"
            ),
        ),
    ]
