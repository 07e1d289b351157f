"""Letters: every statement the law asks for, printed by the tens of thousands a second."""

from __future__ import annotations

from renotify.letters.compose import compile_letter
from renotify.letters.form import LetterForm
from renotify.letters.profile import PrintProfile, load_profile
from renotify.letters.run import RunReport, render
from renotify.letters.spec import LetterSpec, Sender

__all__ = [
    "LetterForm",
    "LetterSpec",
    "PrintProfile",
    "RunReport",
    "Sender",
    "compile_letter",
    "load_profile",
    "render",
]
