"""Where Django finds the door's tables."""

from renotify.web.door.person import Person, Token
from renotify.web.door.reading import Reading

__all__ = ["Person", "Reading", "Token"]
