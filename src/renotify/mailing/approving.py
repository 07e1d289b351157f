"""The letters of a follow-up before they are mailed: each version checked, looked at, approved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify import rules
from renotify.campaigns.remedy_days import with_remedy_days
from renotify.errors import LetterRefused, NothingToDo, WrongUse
from renotify.ledger import artifacts, follow_ups
from renotify.ledger.session import Session
from renotify.letters import envelope, proofsheet
from renotify.letters.checks.finding import Finding
from renotify.letters.checks.run_all import check
from renotify.letters.signoff import rests_on, signoff_digest
from renotify.mailing import printing, versions, wave_tables
from renotify.mailing.versions import VersionKey, Versions
from renotify.rules.row import Row

REAL_ROWS = 200
SAMPLE_SERVICE = "0" * 20  # a barcode for looks only


def check_letters(session: Session, name: str, *, on: date) -> list[dict[str, Any]]:
    """Return what the checks find in each version that a follow-up's pieces need on a day.

    One row a finding: bundle, role, language, finding, citation, severity, pages, digest, open_marks; a version
    without a finding has one row that says so. ``open_marks`` lists the rules that the version rests on and that
    a person must still compare or decide: id, citation, mark in words; they block nothing. The envelope fronts
    that go with the versions follow, under the role ``envelope`` and the family as their bundle. Nothing is
    refused here.
    """
    needed, made = _needed(session, name, on)
    rows: list[dict[str, Any]] = []
    for key in needed:
        rows += _findings(key, made)
    for family, language in sorted({envelope.stream(key.family, key.language) for key in needed}):
        rows += _envelope_findings(family, language, made)
    return rows


def _envelope_findings(family: str, language: str, made: Versions) -> Iterator[dict[str, Any]]:
    """Yield what is wrong with the front of an envelope, as it is drawn for the mail house."""
    pack = rules.load(made.mail_date)
    body = envelope.proof(made.profile, pack, made.sender, family=family, language=language)
    known = {
        "bundle": family, "role": "envelope", "language": language, "pages": 1, "digest": "",
        "open_marks": _open_marks(envelope.rests_on(pack, family)),
    }  # fmt: skip
    yield from _listed(
        known, envelope.check(body, made.profile, pack, family=family, language=language)
    )


def _open_marks(rows: Iterable[Row]) -> list[dict[str, str]]:
    """Return the rows that a person must still compare or decide, each once."""
    found = {row.id: row for row in rows if row.open_mark}
    return [
        {"id": row.id, "citation": row.citation, "mark": row.open_mark} for row in found.values()
    ]


def _listed(known: dict[str, Any], found: Sequence[Finding]) -> Iterator[dict[str, Any]]:
    """Yield one row a finding, or one that says there is none."""
    if not found:
        yield {**known, "finding": "passes", "citation": "", "severity": ""}
    for finding in found:
        yield {
            **known, "finding": finding.message, "citation": finding.citation,
            "severity": finding.severity,
        }  # fmt: skip


def _findings(key: VersionKey, made: Versions) -> Iterator[dict[str, Any]]:
    who = {"bundle": key.bundle, "role": key.recipient, "language": key.language}
    try:
        made.compile([key])
    except LetterRefused as refusal:
        yield {
            **who, "finding": refusal.message, "citation": refusal.hint, "severity": "must",
            "pages": None, "digest": "", "open_marks": [],
        }  # fmt: skip
        return
    version = made.compiled[key]
    pack = rules.load(made.mail_date)
    known = {
        **who, "pages": version.page_count, "digest": version.digest,
        "open_marks": _open_marks(rests_on(version, pack)),
    }  # fmt: skip
    yield from _listed(known, check(version))


def proof_letters(session: Session, name: str, *, on: date, out: Path) -> list[str]:
    """Write each version's proof (PDF and pictures; real, longest and worst-case values).

    Real values are owners' data: the disclosure is recorded, the files stay in ``out``.
    """
    needed, made = _needed(session, name, on)
    made.compile(needed)
    folder = printing.folder_of(out, name, 0).parent / "letter-proofs"
    files: list[str] = []
    for key in needed:
        rows = _sample(session, name, key, made)
        version = made.compiled[key]
        with session.transaction():
            artifacts.disclose(
                session, "approver of letters", "recall", f"letter proofs of {name}", rows["vin"]
            )
        shown = proofsheet.proof(version, rows, folder, stem=f"{key.stem}-{version.digest[:8]}")
        files += [str(path) for path in (shown.pdf, *shown.pictures)]
    return files


def approve_letters(
    session: Session, name: str, *, approver: str, on: date
) -> list[dict[str, Any]]:
    """Record who approves each version; LetterRefused when one fails the checks.

    An approval is of a text under the rules that judged it, whatever day it is mailed on
    (``signoff_digest``); ``on`` is the day whose rules judge it. WrongUse without a name.
    """
    if not approver.strip():
        raise WrongUse("An approval needs the name of who approves.")
    needed, made = _needed(session, name, on)
    made.compile(needed)
    pack = rules.load(on)
    signed = {key: signoff_digest(made.compiled[key], pack) for key in needed}
    with session.transaction():
        artifacts.approve(session, list(signed.values()), pack.digest, approver.strip())
    return [
        {
            "bundle": key.bundle, "role": key.recipient, "language": key.language,
            "digest": made.compiled[key].digest, "signed": signed[key], "approved_by": approver.strip(),
        }
        for key in needed
    ]  # fmt: skip


def unapproved(session: Session, made: Versions) -> int:
    """Return how many compiled versions carry a text or rules that nobody approved."""
    known, pack = artifacts.approvals(session), rules.load(made.mail_date)
    signed = (signoff_digest(version, pack) for version in made.compiled.values())
    return sum(digest not in known for digest in signed)


def _needed(session: Session, name: str, on: date) -> tuple[list[VersionKey], Versions]:
    settings = follow_ups.settings(session, name)
    made = versions.of_follow_up(
        session, settings.kind, settings.campaigns, settings.sender, mail_date=on
    )
    kinds = versions.settle_language(wave_tables.kinds(session, name, by_vehicle=made.by_vehicle))
    if not kinds.num_rows:
        raise NothingToDo(f"Follow-up {name!r} has no pieces.", "Freeze its list first.")
    return sorted(versions.wanted(with_remedy_days(kinds, made.campaigns))), made


def _sample(session: Session, name: str, key: VersionKey, made: Versions) -> pa.Table:
    rows = versions.settle_language(wave_tables.sample(session, name, key.family, key.bundle))
    rows = versions.settle_remedies(session, rows, made)
    roles = [role for role, who in versions.RECIPIENTS.items() if who == key.recipient]
    mask = pc.and_(
        pc.is_in(rows["role"], pa.array(roles)), pc.equal(rows["language"], key.language)
    )
    mask = pc.and_(mask, pc.equal(rows["remedy_days"], key.remedy_days))
    own = rows.filter(mask).drop_columns(["remedy_days"]).slice(0, REAL_ROWS)
    digits = pc.binary_join_element_wise(SAMPLE_SERVICE, own["zip"], "")
    return own.set_column(own.column_names.index("imb_payload"), "imb_payload", digits)
