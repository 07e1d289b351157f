"""Letters: every statement the law asks for, printed by the tens of thousands a second.

A version is compiled once from a ``LetterSpec`` (kind, campaigns, language, sender) and the rule
pack in force, checked against the finished PDF, and then printed for any number of rows.
"""

from __future__ import annotations

from renotify.letters.accessible import render_accessible
from renotify.letters.checks.finding import Finding
from renotify.letters.checks.run_all import check
from renotify.letters.compose import compile_letter
from renotify.letters.print_run import RunReport, render
from renotify.letters.profile import PrintProfile, load_profile
from renotify.letters.proofsheet import Proof, proof
from renotify.letters.spec import LetterSpec, Sender
from renotify.letters.version import LetterVersion

__all__ = [
    "Finding",
    "LetterSpec",
    "LetterVersion",
    "PrintProfile",
    "Proof",
    "RunReport",
    "Sender",
    "check",
    "compile_letter",
    "load_profile",
    "proof",
    "render",
    "render_accessible",
]
