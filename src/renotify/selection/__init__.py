"""Who gets a follow-up notification, and why not the others."""

from renotify.selection.freeze import Frozen, freeze, freeze_follow_up

__all__ = ["Frozen", "freeze", "freeze_follow_up"]
