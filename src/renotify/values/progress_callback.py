"""How long work tells how far it is: ``progress(description, done, total)``; total is None while nobody knows it."""

from collections.abc import Callable

Progress = Callable[[str, float, float | None], None]
