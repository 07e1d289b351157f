"""In which languages an owner is written to, and which label the envelope bears: rows of the pack, by address and wish."""

from __future__ import annotations

from dataclasses import dataclass

from renotify.rules.row import Row

JOINED = "+"


@dataclass(frozen=True, kw_only=True)
class LanguageRule(Row):
    """A language that a letter or its envelope's label is in, and for whom.

    ``states`` are those of the owner's address (none: everywhere), ``asked_as`` what the owner's wish begins with
    (none: no wish is needed). ``order`` ranks the languages; ``surface`` is letter or label.
    """

    language: str
    order: int
    surface: str
    states: tuple[str, ...] = ()
    asked_as: tuple[str, ...] = ()

    @property
    def always(self) -> bool:
        """Whether it holds for every owner."""
        return not self.states and not self.asked_as

    def binds(self, state: str, wish: str) -> bool:
        """Tell whether it holds for an owner; a wish is a word such as ``es-MX``, or a letter's own languages, ``en+es``."""
        return self._at_home(state) and self._asked(wish)

    def _at_home(self, state: str) -> bool:
        return not self.states or state in self.states

    def _asked(self, wish: str) -> bool:
        words = wish.lower().split(JOINED)
        return not self.asked_as or any(word.strip().startswith(self.asked_as) for word in words)
