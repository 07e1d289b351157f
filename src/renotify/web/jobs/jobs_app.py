"""The jobs as Django knows them."""

from __future__ import annotations

from django.apps import AppConfig


class JobsApp(AppConfig):
    """The table of jobs."""

    name = "renotify.web.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
