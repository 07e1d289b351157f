"""The letters of a follow-up before they are mailed: each version checked, looked at, approved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify import rules
from renotify.errors import LetterRefused, NothingToDo, WrongUse
from renotify.ledger import artifacts, follow_ups
from renotify.ledger.bulk import bulk
from renotify.letters import proofsheet
from renotify.letters.checks.run_all import check
from renotify.letters.version import LetterVersion
from renotify.mailing import printing, versions, wave_tables
from renotify.mailing.versions import VersionKey, Versions

REAL_ROWS = 200
SAMPLE_SERVICE = "0" * 20  # a barcode for looks only


def check_letters(name: str, *, on: date) -> list[dict[str, Any]]:
    """Return what the checks find in each version that a follow-up's pieces need on a day.

    One row a finding: bundle, role, language, finding, citation, severity, pages, digest; a version
    without a finding has one row that says so. Nothing is refused here.
    """
    needed, made = _needed(name, on)
    rows: list[dict[str, Any]] = []
    for key in needed:
        rows += _findings(key, made)
    return rows


def _findings(key: VersionKey, made: Versions) -> Iterator[dict[str, Any]]:
    who = {"bundle": key.bundle, "role": key.recipient, "language": key.language}
    try:
        made.compile([key])
    except LetterRefused as refusal:
        yield {
            **who, "finding": refusal.message, "citation": refusal.hint, "severity": "must",
            "pages": None, "digest": "",
        }  # fmt: skip
        return
    version = made.compiled[key]
    known = {**who, "pages": version.page_count, "digest": version.digest}
    found = check(version)
    if not found:
        yield {**known, "finding": "passes", "citation": "", "severity": ""}
    for finding in found:
        yield {
            **known, "finding": finding.message, "citation": finding.citation,
            "severity": finding.severity,
        }  # fmt: skip


def proof_letters(name: str, *, on: date, out: Path) -> list[str]:
    """Write each version's proof (PDF and pictures; real, longest and worst-case values).

    Real values are owners' data: the disclosure is recorded, the files stay in ``out``.
    """
    needed, made = _needed(name, on)
    made.compile(needed)
    folder = printing.folder_of(out, name, 0).parent / "letter-proofs"
    files: list[str] = []
    for key in needed:
        rows = _sample(name, key)
        version = made.compiled[key]
        artifacts.disclose("approver of letters", "recall", f"letter proofs of {name}", rows["vin"])
        shown = proofsheet.proof(version, rows, folder, stem=f"{key.stem}-{version.digest[:8]}")
        files += [str(path) for path in (shown.pdf, *shown.pictures)]
    return files


def approve_letters(name: str, *, approver: str, on: date) -> list[dict[str, Any]]:
    """Record who approves each version for mailing on a day; LetterRefused when one fails the checks.

    The day stands in the letter, so an approval holds for the versions of that day only.
    """
    if not approver.strip():
        raise WrongUse("An approval needs the name of who approves.")
    needed, made = _needed(name, on)
    made.compile(needed)
    digests = made.digests()
    artifacts.approve([digests[key] for key in needed], rules.load(on).digest, approver.strip())
    return [
        {
            "bundle": key.bundle, "role": key.recipient, "language": key.language,
            "digest": digests[key], "approved_by": approver.strip(),
        }
        for key in needed
    ]  # fmt: skip


def unapproved(compiled: dict[VersionKey, LetterVersion]) -> int:
    """Return how many versions nobody approved under the rule pack they were made with."""
    known = artifacts.approvals()
    return sum(
        known.get(version.digest, ("", ""))[1] != version.recipe.rules
        for version in compiled.values()
    )


def _needed(name: str, on: date) -> tuple[list[VersionKey], Versions]:
    settings = follow_ups.settings(name)
    made = versions.of_follow_up(settings.kind, settings.campaigns, settings.sender, mail_date=on)
    with bulk() as using:
        kinds = versions.settle_language(wave_tables.kinds(using, name))
    if not kinds.num_rows:
        raise NothingToDo(f"Follow-up {name!r} has no pieces.", "Freeze its list first.")
    return sorted(versions.wanted(kinds)), made


def _sample(name: str, key: VersionKey) -> pa.Table:
    with bulk() as using:
        rows = versions.settle_language(wave_tables.sample(using, name, key.family, key.bundle))
    roles = [role for role, who in versions.RECIPIENTS.items() if who == key.recipient]
    mask = pc.and_(
        pc.is_in(rows["role"], pa.array(roles)), pc.equal(rows["language"], key.language)
    )
    own = rows.filter(mask).slice(0, REAL_ROWS)
    digits = pc.binary_join_element_wise(SAMPLE_SERVICE, own["zip"], "")
    return own.set_column(own.column_names.index("imb_payload"), "imb_payload", digits)
