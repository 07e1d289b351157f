"""The door as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class DoorApp(AppConfig):
    """People, tokens and the reading log."""

    name = "renotify.web.door"
    label = "door"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to sign-ins."""
        from renotify.web.door import sign_in  # noqa: F401 - it listens from its import on
