"""What a job works on is a value of its own: it was read from its title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import StrIndex, Substr

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MARK = ": "  # between what a job does and what it is about, in the titles of until now


def fill(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Give each job what its title says that it is about."""
    jobs = apps.get_model("jobs", "Job").objects.filter(title__contains=MARK)
    place = StrIndex(F("title"), Value(MARK))
    jobs.update(about=Substr(F("title"), place + len(MARK)))


class Migration(migrations.Migration):
    dependencies = (("jobs", "0001_jobs"),)

    operations = (
        migrations.AddField(
            "job",
            "about",
            models.CharField(blank=True, default="", max_length=255),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    )
