"""The callback by which long work reports its progress: ``progress(description, done, total)``; total is None while it is not known."""

from collections.abc import Callable

Progress = Callable[[str, float, float | None], None]
