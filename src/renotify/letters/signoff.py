"""Sign-off: who approved which version, when, under which rules; and when that lapses.

Pure functions and a file format; where approvals are kept is the ledger's business. An approval
names a digest, so it can never cover another version. It lapses when the rules that touch the
version change: a statement that applies is added, dropped or reworded, or the version, read
again, no longer passes the checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from renotify.errors import BadInput, LetterRefused
from renotify.letters.checks.finding import Finding
from renotify.letters.checks.run_all import check, expected, refuse
from renotify.letters.compose import digest_of
from renotify.letters.version import LetterVersion
from renotify.rules import RulePack


@dataclass(frozen=True)
class Approval:
    """One signature: the version's digest, who, when, the rule pack's digest, and a note."""

    digest: str
    approver: str
    when: datetime
    rules: str
    statements: tuple[str, ...]
    note: str = ""


def approve(
    version: LetterVersion, *, approver: str, when: datetime, pack: RulePack, note: str = ""
) -> Approval:
    """Return the approval of a version that passes the checks under a pack; else LetterRefused."""
    if not approver.strip():
        raise LetterRefused("An approval needs the name of who approves.", "Give a name.")
    if when.tzinfo is None:
        raise BadInput("An approval's time needs its time zone.", "Give an aware time.")
    refuse(version, check(version, pack=pack))
    return Approval(version.digest, approver, when, pack.digest, demanded(version, pack), note)


def demanded(version: LetterVersion, pack: RulePack) -> tuple[str, ...]:
    """Return ``language/id=digest`` for each statement that a pack asks of the version."""
    return tuple(
        sorted(
            {
                f"{language}/{item.statement.id}={digest_of(item.statement, language)}"
                for language, _ in version.parts
                for item in expected(version, pack, language)
            }
        )
    )


def changes(approval: Approval, version: LetterVersion, pack: RulePack) -> list[Finding]:
    """Return why an approval no longer holds under a pack; nothing when it holds.

    A change of the pack that touches no statement of the version, and after which the version
    still passes the checks, leaves the approval standing.
    """
    if approval.digest != version.digest:
        return [Finding("approval.other", "house rule", "the approval is of another version")]
    if pack.digest == approval.rules:
        return []
    before, now = set(approval.statements), set(demanded(version, pack))
    touched = sorted({item.split("=")[0] for item in before ^ now})
    found = [
        Finding("approval.rules", "house rule", f"the rule pack changed the statement {name}")
        for name in touched
    ]
    return found + [f for f in check(version, pack=pack) if f.severity == "must"]


def require(approval: Approval | None, version: LetterVersion, pack: RulePack) -> None:
    """Raise LetterRefused unless the version carries an approval that still holds."""
    if approval is None:
        raise LetterRefused(
            f"The letter version {version.short_digest} has not been approved.",
            "Sign it off first.",
        )
    withdrawn = changes(approval, version, pack)
    if withdrawn:
        raise LetterRefused(
            f"The approval of letter version {version.short_digest} is withdrawn: "
            f"{withdrawn[0].message} ({withdrawn[0].citation}).",
            "Compile, check and approve the letter again.",
        )


def dump(approvals: Iterable[Approval]) -> str:
    """Return approvals as JSON lines, one each, times in ISO 8601."""
    rows = (asdict(item) | {"when": item.when.isoformat()} for item in approvals)
    return "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)


def parse(text: str) -> list[Approval]:
    """Return the approvals of JSON lines; BadInput names the line that is none."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            row = json.loads(line)
            row["when"] = datetime.fromisoformat(row["when"])
            row["statements"] = tuple(row["statements"])
            found.append(Approval(**row))
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(
                f"Line {number} of the approvals is not an approval.", str(error)
            ) from error
    return found
