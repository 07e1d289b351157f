"""A letter to compile in whatever process: a worker imports the letters and nothing of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from renotify.errors import LetterRefused
from renotify.letters.checks.finding import MEND, Finding, RefusedByFindings
from renotify.letters.compose import compile_letter
from renotify.letters.letter_text import RefusedForFault
from renotify.letters.profile import PrintProfile
from renotify.letters.spec import LetterSpec
from renotify.letters.version import LetterVersion
from renotify.values.english import counted, one_a_line


class LetterTask(NamedTuple):
    """What a process needs of a letter to compile it: its name in a refusal, what it is about, how it is printed, its day of mailing."""

    name: str
    spec: LetterSpec
    profile: PrintProfile
    mail_date: date


def compile_or_refusal(task: LetterTask) -> LetterVersion | LetterRefused:
    """Return the checked version of a letter, or what refuses it: others are looked at all the same."""
    try:
        return compile_named(task)
    except LetterRefused as refusal:
        return refusal


def together(refusals: Mapping[str, LetterRefused]) -> LetterRefused:
    """Return one refusal of letters, by their names, with all that refuses one of them: what refuses several is said of the first."""
    if len(refusals) == 1:
        return next(iter(refusals.values()))
    said: dict[str, str] = {}
    findings: list[Finding] = []
    for name, refusal in refusals.items():
        found = refusal.findings if isinstance(refusal, RefusedByFindings) else ()
        findings += found
        for one in [one.sentence for one in found] or [f"{refusal.message} {refusal.hint}"]:
            said.setdefault(one, one if not found or one.startswith(name) else f"{name}: {one}")
    return RefusedByFindings(
        f"{counted(len(refusals), 'letter version')} are refused:{one_a_line(list(said.values()))}",
        MEND,
        findings,
    )


def compile_named(task: LetterTask) -> LetterVersion:
    """Return the checked version of a letter; LetterRefused says which letter it is that failed."""
    try:
        return compile_letter(task.spec, profile=task.profile, rules_on=task.mail_date)
    except LetterRefused as refusal:
        said = f"{task.name} is refused: {refusal.message}"
        if isinstance(refusal, RefusedByFindings):
            raise RefusedByFindings(said, refusal.hint, refusal.findings) from refusal
        if isinstance(refusal, RefusedForFault) and refusal.read:
            found = Finding("not_made", "", f"{said} {refusal.hint}", read=refusal.read)
            raise RefusedByFindings(said, refusal.hint, [found]) from refusal
        raise LetterRefused(said, refusal.hint) from refusal
