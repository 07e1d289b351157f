"""The callback by which long work reports its progress: ``progress(description, done, total)``; total is None while it is not known."""

from collections.abc import Callable, Sequence

VARIABLE = "RENOTIFY_PROGRESS"  # where it is "json", commands tell another program how far they are, a JSON line at a time on stderr
Progress = Callable[[str, float, float | None], None]


def silent(_description: str, _done: float, _total: float | None = None) -> None:
    """Report to nobody."""


class Steps:
    """A few steps of different kinds, told by their names: ``begin`` before each, in their order, ``end`` after the last."""

    def __init__(self, what: str, names: Sequence[str], progress: Progress | None) -> None:
        self._what, self._names, self._progress = what, names, progress or silent
        self._begun = 0

    def begin(self) -> None:
        """Say that the next step begins."""
        self._say(self._begun)
        self._begun += 1

    def end(self) -> None:
        """Say that all steps are done."""
        self._say(len(self._names))

    def _say(self, done: int) -> None:
        name = self._names[min(done, len(self._names) - 1)]
        self._progress(f"{self._what}: {name}", done, len(self._names))
