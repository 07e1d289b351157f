"""The letters of a follow-up before they are mailed: each version checked, looked at, approved.

What is judged is what will be printed: a version as it stands on the first day on which its wave can be released.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify import rules
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.campaigns.letter_faults import grammars
from renotify.errors import LetterRefused, NothingToDo, WrongUse
from renotify.ledger import artifacts, follow_ups, pieces
from renotify.ledger.kinds import PieceState
from renotify.ledger.session import Session
from renotify.letters import envelope, proofsheet
from renotify.letters.checks.finding import Finding, MakersSentence, RefusedByFindings
from renotify.letters.checks.run_all import check, makers_sentences
from renotify.letters.envelope import Stream
from renotify.letters.signoff import rests_on, signoff_digest
from renotify.letters.version import LetterVersion
from renotify.mailing import asking_again, early_letters, fitting, printing, versions, wave_tables
from renotify.mailing.accepted_words import as_read, told
from renotify.mailing.fitting import Fit
from renotify.mailing.unread_sentences import Wanted, undecided, wanted
from renotify.mailing.versions import VersionKey, Versions, version_of
from renotify.rules.read_wording import ReadWording
from renotify.rules.row import Row
from renotify.values.characters import stated_words
from renotify.values.progress_callback import Progress, silent

REAL_ROWS = 200


@dataclass(frozen=True)
class Needed:
    """The versions that a follow-up's pieces need and their envelopes, each with the versions of its first day.

    An envelope whose words change between two waves is two.
    """

    versions: list[tuple[VersionKey, Versions]]
    envelopes: list[tuple[Stream, Versions]]


@dataclass(frozen=True)
class Signable:
    """A version that was judged: ``signed`` is what its approval is kept under (blank: it is refused), ``rules`` the digest of its pack.

    ``sentences`` are what a person reads who signs it: each sentence that is not the law's. ``signed`` covers them: with another sentence
    it is another; ``accepted`` says which of them a rule refuses and who accepted them, ``undecided`` which no rule decides.
    """

    key: VersionKey
    mail_date: date
    digest: str
    signed: str
    rules: str
    sentences: tuple[MakersSentence, ...] = ()
    accepted: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """The letters of a follow-up as the checks judge them: ``rows`` as of ``check_letters``, and each version in their order.

    ``refused`` are the wordings that refuse one and that a person can accept, each once; ``wanted`` is the signature that a release
    will ask for, None where nothing waits for one (decisions 0128, 0064). ``unsigned`` are the versions that pass and that nobody signed:
    a wave with one is held unless ``[readiness]`` says otherwise (decision 0133).
    """

    rows: list[dict[str, Any]]
    versions: tuple[Signable, ...]
    refused: tuple[ReadWording, ...] = ()
    wanted: Wanted | None = None
    unsigned: int = 0

    @property
    def undecided(self) -> int:
        """How many different sentences no rule decides, of all versions."""
        return len({words for one in self.versions for words in one.undecided})


def check_letters(
    session: Session, name: str, *, on: date, progress: Progress | None = None
) -> list[dict[str, Any]]:
    """Return what the checks find in each version that a follow-up's pieces need from a day on.

    One row a finding, of a refused version those that block it: bundle, role, language, not_free (the campaigns whose remedy need not
    be free), interim (of an interim notice by the plan: the day that the plan has for its remedy, ``-`` for none), without_parts (its
    campaigns whose repair takes no part and is there), wording (of its arm, blank for the house's own words), mail_date (its first day),
    finding, citation, severity, accept (the id by which a person can accept a wording, else blank), pages, digest, open_marks,
    letters, set_aside, mended; a version without a finding has one row that
    says so. ``open_marks`` lists the rules that the version rests on and that a person must still compare or decide: id, citation, mark
    in words; they block nothing. The first row of a version has the ``sentences`` that are not the law's and that no version before it has:
    a person reads them. The envelope fronts that go with the versions follow, under the role ``envelope`` and the family as
    their bundle. Each piece whose row the print run would set aside has a row of severity ``piece`` with piece_id and field. Nothing is
    refused here.
    """
    return judge_letters(session, name, on=on, progress=progress).rows


def judge_letters(
    session: Session, name: str, *, on: date, progress: Progress | None = None
) -> Judged:
    """Return what the checks find in each version (``check_letters``), and what an approval of each is kept under."""
    report = progress or silent
    report("Versions that are needed", 0, None)
    needed = versions_needed(session, name, on)
    report("Letters that are not printed yet", 0, None)
    fit = _fit(session, name, needed, on)
    rows: list[dict[str, Any]] = []
    read: set[MakersSentence] = set()
    refused: dict[str, ReadWording] = {}
    for done, (key, made) in enumerate(needed.versions):
        report("Versions checked", done, len(needed.versions))
        found = list(_findings(key, made, fit, refused))
        found[0]["sentences"] = _not_read(_signable(key, made), read)
        rows += found
    for stream, made in needed.envelopes:
        rows += _envelope_findings(stream, made)
    judged = tuple(_signable(key, made) for key, made in needed.versions)
    signed = artifacts.approvals(session)
    unsigned = [one for one in judged if one.signed not in signed]
    every = follow_ups.settings(session, name, on).ready.all_signed
    near = [words for one in unsigned for words in one.undecided]
    signature = wanted(name, near, len(unsigned) if every else 0)
    return Judged(rows, judged, tuple(refused.values()), signature, len(unsigned))


def _not_read(one: Signable, read: set[MakersSentence]) -> list[dict[str, str]]:
    """Return the sentences of a version that no version before it has, and note them as read."""
    new = [sentence for sentence in one.sentences if sentence not in read]
    read.update(new)
    return [
        {"where": sentence.where, "language": sentence.language, "campaign": sentence.campaign, "key": sentence.key, "text": sentence.text}
        for sentence in new
    ]  # fmt: skip


def check_version(key: VersionKey, made: Versions) -> list[dict[str, Any]]:
    """Return what the checks find in one version, as the rows of ``check_letters`` have it; its letters are not counted."""
    return list(_findings(key, made, Fit({}, {}, {}), {}))


def _signable(key: VersionKey, made: Versions) -> Signable:
    pack, version = made.pack, made.compiled.get(key)
    if version is None:
        return Signable(key, made.mail_date, "", "", pack.digest)
    return Signable(
        key, made.mail_date, version.digest, signoff_digest(version, pack), pack.digest, makers_sentences(version, pack),
        tuple(told(made, version.summary["accepted"])), tuple(undecided(version, pack)),
    )  # fmt: skip


def _fit(session: Session, name: str, needed: Needed, on: date) -> Fit:
    """Return how the letters of the pieces that are not printed yet fit the versions of their first day: what the print run would say.

    Each vehicle is asked as its release would ask it on that day; a version that is refused has no letters here.
    """
    asked = wave_tables.asked(session, name)
    first: dict[VersionKey, Versions] = {}
    for key, made in needed.versions:
        first.setdefault(key, made)
    if not asked.num_rows or not first:
        return Fit({}, {}, {})
    found = replace(needed.versions[0][1], compiled={})
    for key, made in first.items():
        with suppress(LetterRefused):
            made.compile([key])
            found.compiled[key] = made.compiled[key]
    decided = pieces.only(asking_again.decide(session, name, None, asked, on), PieceState.RELEASED)
    decided = versions.settle_remedies(session, decided, found)
    return fitting.fit(session, versions.with_digests(decided, found), found)


def _envelope_findings(stream: Stream, made: Versions) -> Iterator[dict[str, Any]]:
    """Yield what is wrong with the front of an envelope, as it is drawn for the mail house."""
    known = {
        "bundle": stream.family, "role": "envelope", "language": stream.language,
        "mail_date": made.mail_date.isoformat(), "pages": 1, "digest": "",
        "open_marks": _open_marks(envelope.rests_on(made.pack, *stream)),
    }  # fmt: skip
    yield from _listed(known, made.findings(stream, made.front(stream)))


def _open_marks(rows: Iterable[Row]) -> list[dict[str, str]]:
    """Return the rows that a person must still compare or decide, each once."""
    found = {row.id: row for row in rows if row.open_mark}
    return [
        {"id": row.id, "citation": row.citation, "mark": row.open_mark} for row in found.values()
    ]


def _listed(known: dict[str, Any], found: Sequence[Finding]) -> Iterator[dict[str, Any]]:
    """Yield one row a finding, or one that says there is none."""
    if not found:
        yield {**known, "finding": "passes", "citation": "", "severity": "", "accept": ""}
    for finding in found:
        yield {
            **known, "finding": finding.message, "citation": finding.citation,
            "severity": finding.severity, "accept": finding.read.short if finding.read else "",
        }  # fmt: skip


def _findings(
    key: VersionKey, made: Versions, fit: Fit, refused: dict[str, ReadWording]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of one version, and note in ``refused`` by handle the wordings that refuse it and that a person can accept."""
    who = {
        "bundle": key.bundle, "role": key.recipient, "language": key.language, "not_free": key.not_free, "interim": key.interim,
        "without_parts": key.without_parts, "wording": key.wording,
        "mail_date": made.mail_date.isoformat(),
    }  # fmt: skip
    try:
        made.compile([key])
    except LetterRefused as refusal:
        found = _refusing(refusal)
        refused |= {one.read.handle: one.read for one in found if one.read}
        yield from _listed({**who, "pages": None, "digest": "", "open_marks": []}, found)
        return
    version = made.compiled[key]
    known = {
        **who, "pages": version.page_count, "digest": version.digest,
        "open_marks": _open_marks(rests_on(version, made.pack)), **_of_rows(fit, key),
    }  # fmt: skip
    checked = check(version)
    yield from _listed(
        known, [*checked, *_accepted_before(version, made, checked), *made.day_findings(key)]
    )
    yield from _set_aside(known, fit.exceptions.pop(key, None))


def _accepted_before(
    version: LetterVersion, made: Versions, checked: Sequence[Finding]
) -> Iterator[Finding]:
    """Yield what a person accepted that was read before the letter was made, so that no check of the page finds it."""
    found = {one.read.handle for one in checked if one.read}
    for one in made.accepted:
        if (
            one.handle in version.summary["accepted"]
            and one.handle not in found
            and one.row_id in grammars()
        ):
            (said,) = told(made, [one.handle])
            yield Finding("read", one.citation, said, "accepted", as_read(one))


def _refusing(refusal: LetterRefused) -> Sequence[Finding]:
    """Return what refuses a version: each finding that blocks it, or, where it cannot be made at all, why and what to do."""
    if isinstance(refusal, RefusedByFindings):
        return refusal.findings
    return [Finding("not_made", "", f"{refusal.message} {refusal.hint}".strip())]


def _of_rows(fit: Fit, key: VersionKey) -> dict[str, Any]:
    """Return how many letters a version has that are not printed yet, how many would be set aside, and what would be mended."""
    aside, mended = fit.exceptions.get(key), fit.changes.get(key)
    return {
        "letters": fit.letters.get(key, 0),
        "set_aside": aside.num_rows if aside is not None else 0,
        "mended": wave_tables.counted(mended["reason"]) if mended is not None else {},
    }


def _set_aside(known: dict[str, Any], exceptions: pa.Table | None) -> Iterator[dict[str, Any]]:
    """Yield a row for each piece that the print run would set aside: its number, field and reason, nothing of the person."""
    for row in exceptions.to_pylist() if exceptions is not None else ():
        yield {
            **known, "open_marks": [], "finding": f"set aside: {row['reason']}",
            "citation": "49 CFR 577.7", "severity": "piece", "piece_id": row["piece_id"], "field": row["field"],
        }  # fmt: skip


class Proofs(NamedTuple):
    """The files that were written, and what refuses the versions that have none: of each a sentence that names it."""

    files: list[str]
    refused: list[str]


def proof_letters(
    session: Session, name: str, *, on: date, out: Path, progress: Progress | None = None
) -> Proofs:
    """Write each version's proof (PDF and pictures; real, longest and worst-case values), and the fronts of their envelopes.

    A version that its check refuses has no proof and keeps none of the others from theirs. Real values are owners' data: the
    disclosure is recorded, the files stay in ``out``.
    """
    report = progress or silent
    report("Versions that are needed", 0, None)
    needed = versions_needed(session, name, on)
    folder = printing.folder_of(out, name, 0).parent / "letter-proofs"
    files: list[str] = []
    refused: list[str] = []
    for done, (key, made) in enumerate(needed.versions):
        report("Proofs", done, len(needed.versions))
        try:
            made.compile([key])
        except LetterRefused as refusal:
            refused.append(refusal.message)
            continue
        rows = _sample(session, name, key, made)
        version = made.compiled[key]
        with session.transaction():
            artifacts.disclose(
                session, "approver of letters", "recall", f"letter proofs of {name}", rows["vin"]
            )
        shown = proofsheet.proof(version, rows, folder, stem=f"{key.stem}-{version.digest[:8]}")
        files += [str(path) for path in (shown.pdf, *shown.pictures)]
    for place, (stream, made) in enumerate(needed.envelopes):
        since = f"-{made.mail_date}" if place and needed.envelopes[place - 1][0] == stream else ""
        stem = f"envelope-{stream.folder}{since}"
        shown = proofsheet.front(made.front(stream), folder, stem=stem)
        files += [str(path) for path in (shown.pdf, *shown.pictures)]
    return Proofs(files, refused)


def approve_letters(
    session: Session, name: str, *, approver: str, on: date
) -> list[dict[str, Any]]:
    """Record who approves each version; LetterRefused when one fails the checks.

    An approval is of a text under the rules that judged it, whatever day it is mailed on
    (``signoff_digest``); the rules of its first day from ``on`` judge it. WrongUse without a name.
    """
    by = _named(approver)
    compiled = _compiled(session, name, on).versions
    return approve_judged(session, [_signable(key, made) for key, made in compiled], by)


def _named(approver: str) -> str:
    by = stated_words(approver)
    if not by:
        raise WrongUse(
            "An approval needs the name of who approves.",
            "A letter or digit of it must be seen: --by.",
        )
    return by


def approve_judged(
    session: Session, judged: Sequence[Signable], approver: str
) -> list[dict[str, Any]]:
    """Record who approves versions that were judged; LetterRefused where one of them is refused, WrongUse without a name."""
    by = _named(approver)
    refused = [one.key.words for one in judged if not one.signed]
    if refused:
        raise LetterRefused(
            f"{len(refused)} of the letters cannot be approved, first {refused[0]}.",
            "Mend what the findings name, then check again.",
        )
    read: set[MakersSentence] = set()
    with session.transaction():
        for rules_digest in sorted({one.rules for one in judged}):
            of_pack = [one.signed for one in judged if one.rules == rules_digest]
            artifacts.approve(session, of_pack, rules_digest, by)
    return [
        {
            "bundle": one.key.bundle, "role": one.key.recipient, "language": one.key.language, "interim": one.key.interim,
            "without_parts": one.key.without_parts, "wording": one.key.wording,
            "mail_date": one.mail_date.isoformat(), "digest": one.digest,
            "signed": one.signed, "approved_by": by, "sentences": _not_read(one, read),
            "accepted": list(one.accepted),
        }
        for one in judged
    ]  # fmt: skip


def unapproved(session: Session, made: Versions) -> int:
    """Return how many compiled versions carry a text or rules that nobody approved."""
    known, pack = artifacts.approvals(session), made.pack
    signed = (signoff_digest(version, pack) for version in made.compiled.values())
    return sum(digest not in known for digest in signed)


def _compiled(session: Session, name: str, on: date) -> Needed:
    needed = versions_needed(session, name, on)
    for key, made in needed.versions:
        made.compile([key])
    return needed


def versions_needed(session: Session, name: str, on: date) -> Needed:
    """Return the versions that a follow-up's pieces need, and their envelopes, each as on the first day from ``on`` on which it can go out.

    A version whose remedies come between two of its waves is two, and one whose statements or other rules change: each stands with
    the first day of its own.
    """
    settings = follow_ups.settings(session, name, on)
    made = versions.of_follow_up(session, settings, mail_date=on)
    # what was sold too long ago counts back from the day of the letter (30120(g)(1)): not from the day of this question
    first = replace(made, mail_date=max(on, settings.first_letter))
    kinds = wave_tables.kinds(
        session, name, by_vehicle=first.by_vehicle, old_vehicles=first.old_vehicles
    )
    kinds = kinds.append_column("wording", made.wordings(kinds["arm"]))
    kinds = versions.settle_language(kinds, rules.load(max(on, settings.first_letter)))
    if not kinds.num_rows:
        raise NothingToDo(f"Follow-up {name!r} has no pieces.", "Freeze its list first.")
    first_days: dict[tuple[VersionKey, frozenset[str], str], date] = {}
    fronts: dict[tuple[Stream, tuple[str, ...]], date] = {}
    for key, opens, state in sorted(
        _openings(session, settings, versions.with_terms(kinds, made), on)
    ):
        day = early_letters.waits_for(settings, key, made, opens) or opens
        pack = rules.load(day)
        first_days.setdefault((key, made.waiting(key, day), pack.of_letters), day)
        front = envelope.stream(key.family, state, pack), tuple(pack.on_envelope(key.family))
        fronts[front] = min(day, fronts.get(front, day))
    of_day = {
        day: replace(made, mail_date=day, compiled={}, fronts={}) for day in first_days.values()
    }
    return Needed(
        [(key, of_day[day]) for (key, *_), day in first_days.items()],
        [
            (stream, replace(made, mail_date=day))
            for (stream, _), day in sorted(fronts.items(), key=lambda item: (item[0][0], item[1]))
        ],
    )


def _openings(
    session: Session, settings: FollowUpSettings, kinds: pa.Table, on: date
) -> set[tuple[VersionKey, date, str]]:
    """Return each version (``VERSION`` columns, wave) with the first days from ``on`` on which the law and its waves let it go.

    The state of the addresses, which decides the envelope, comes with it.
    """
    lawful = max(on, settings.first_letter)
    weeks = {row.number: row.week for row in pieces.waves(session, settings.name)}
    columns = [*versions.VERSION, "owner_state", "wave"]
    different = kinds.group_by(columns).aggregate([]).to_pylist()
    return {
        (version_of(row), max(lawful, weeks.get(row["wave"], lawful)), row["owner_state"])
        for row in different
    }


def _sample(session: Session, name: str, key: VersionKey, made: Versions) -> pa.Table:
    rows = wave_tables.sample(session, name, key.family, key.bundle)
    rows = versions.settle_language(rows, made.pack)
    rows = versions.settle_remedies(session, rows, made)
    roles = [role for role, who in versions.RECIPIENTS.items() if who == key.recipient]
    mask = pc.and_(
        pc.is_in(rows["role"], pa.array(roles)), pc.equal(rows["language"], key.language)
    )
    for term in versions.OF_VEHICLE:
        mask = pc.and_(mask, pc.equal(rows[term], getattr(key, term)))
    own = rows.filter(mask).drop_columns(list(versions.OF_VEHICLE)).slice(0, REAL_ROWS)
    return fitting.with_sample_barcodes(own)
