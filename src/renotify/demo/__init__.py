"""A made-up maker as files (``oem``), and the memo told on it (``story``). Nothing here is real."""

from renotify.demo.story import tell

__all__ = ["tell"]
