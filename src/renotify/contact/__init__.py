"""Contact staff: what may be said of one vehicle, in plain words, and nothing about its owner."""

from renotify.contact.answers import answer, compose
from renotify.contact.sentences import in_words, withheld

__all__ = ["answer", "compose", "in_words", "withheld"]
