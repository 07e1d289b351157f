"""Which letter versions a set of pieces needs, and each compiled once, checked, before any intent.

A version is what many pieces share: family, bundle, recipient, language, the days of the
vehicle's own remedies, which decide the kind and the day that is printed, whether they need be free, the hours of
its own repairs, whether the plan makes its first notice an interim one, and of which of its campaigns, and the wording of its arm;
mail day and sender come from the follow-up. A refused version refuses the whole release (49 CFR 577.9).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import JOINED, FollowUpSettings
from renotify.campaigns.letter_facts import OldVehicles, old_vehicles
from renotify.campaigns.letter_faults import grammars
from renotify.campaigns.missing_facts import of_days
from renotify.campaigns.outreach_settings import Outreach
from renotify.campaigns.refused_texts import spoken_digest
from renotify.campaigns.remedy_days import all_there, remedy_dates, with_remedy_days
from renotify.errors import BadInput, LetterRefused
from renotify.ledger import registry
from renotify.ledger.accepted_wordings import Accepted, accepted
from renotify.ledger.first_letters import first_letters, with_first_notices
from renotify.ledger.session import Session
from renotify.ledger.told_of_remedy import told_anew
from renotify.letters import envelope
from renotify.letters.checks import envelope_front
from renotify.letters.checks.finding import Finding
from renotify.letters.compile_task import LetterTask, compile_or_refusal, together
from renotify.letters.envelope import Stream
from renotify.letters.profile import PrintProfile, load_profile
from renotify.letters.spec import LetterSpec, Sender
from renotify.letters.version import LetterVersion
from renotify.mailing import wave_tables
from renotify.mailing.vehicle_hours import hours_of, labour_by_model, one_visit, with_labour
from renotify.mailing.wave_tables import NO_DAY
from renotify.planner.joined_days import TO_MAIL, joined_days
from renotify.planner.lawful_weeks import JoinedDays
from renotify.rules import KIND_OF_FOLLOWUP, RulePack, load
from renotify.rules.read_wording import row_digest
from renotify.values.calendar import federal_holidays, monday_of, roll_forward
from renotify.values.different_rows import of_each
from renotify.values.worker_pool import Workers
from renotify.visits.needs import LabourRow, labour_rows, said_hours, visit_hours

OF_REMEDIES = ("remedy_days", "not_free", "labour")
OF_PLAN = ("interim", "without_parts")
OF_LOT = ("wording",)
OF_VEHICLE = (*OF_REMEDIES, *OF_PLAN, *OF_LOT)  # what of a vehicle decides its letter's version
VERSION = ("family", "bundle", "role", "language", *OF_VEHICLE)
ALONE = Workers(1)  # this process
SHARED_FROM = 10  # versions: fewer are compiled before a second process has done much
RECIPIENTS: Mapping[str, str] = {"owner": "owner", "lessee": "owner", "lessor": "lessor"}


@dataclass(frozen=True, order=True)
class VersionKey:
    """What distinguishes one letter version of a wave from another."""

    family: str
    bundle: str
    recipient: str
    language: str
    remedy_days: str = ""  # of the vehicle's own remedies; blank: those of the campaigns
    not_free: str = ""  # the campaigns whose remedy need not be free for the vehicle
    labour: str = (
        ""  # hours of each campaign for its model; blank: they are the same for all models
    )
    # by the plan: the day from which kits and hours suffice, NO_DAY where it has none; blank: a letter as any other
    interim: str = ""
    without_parts: str = (
        ""  # of such a letter the campaigns whose repair takes no part: it is there
    )
    # the words of the vehicle's arm for house texts; blank: as they are. Not in ``repr``: drafts at NHTSA are kept under it
    wording: str = field(default="", repr=False)

    @property
    def stem(self) -> str:
        """Return the beginning of its files' names: nothing in it is about a person."""
        wording = f"-{self.wording}" if self.wording else ""
        return f"{self.bundle}-{self.recipient}-{self.language}{wording}".replace("+", "_")

    @property
    def words(self) -> str:
        """Return what is said of it to people: its bundle, recipient and language, and its wording where it has one."""
        wording = f" in the wording {self.wording}" if self.wording else ""
        return f"the letter for {self.bundle} to the {self.recipient} ({self.language}){wording}"


@dataclass
class Versions:
    """The versions of one release and the fronts of their envelopes: how to make them, and those made and checked so far."""

    kind: str
    mail_date: date
    sender: Sender
    campaigns: Mapping[str, Campaign]
    labour: Sequence[LabourRow]
    profile: PrintProfile
    follow_up: str = ""
    endorsement: str = ""  # on the front of the envelope, right below the return address
    outreach: Outreach = field(default_factory=Outreach)
    begun: Mapping[str, date] = field(
        default_factory=dict
    )  # by campaign, the day of its first letter
    # by campaign whose first notice told of no remedy, when one did
    told_anew: Mapping[str, date] = field(default_factory=dict)
    # of those whose letters are to go, where the last day of the recalls themselves has come
    joined: JoinedDays = field(default_factory=dict)
    accepted: tuple[Accepted, ...] = ()  # wordings that a person accepted and that stand
    compiled: dict[VersionKey, LetterVersion] = field(default_factory=dict)
    fronts: dict[Stream, bytes] = field(default_factory=dict)

    @property
    def pack(self) -> RulePack:
        """Return the rules of the mailing day."""
        return load(self.mail_date)

    def compile(self, wanted: Iterable[VersionKey], workers: Workers = ALONE) -> None:
        """Compile the versions that are not yet, many of them by all ``workers``; LetterRefused says what refuses which."""
        keys = sorted(set(wanted) - self.compiled.keys())
        tasks = [self._task(key) for key in keys]
        sharing = workers if len(tasks) >= SHARED_FROM else ALONE
        made = sharing.mapped(compile_or_refusal, tasks)
        if refusals := {
            t.name: one
            for t, one in zip(tasks, made, strict=True)
            if isinstance(one, LetterRefused)
        }:
            raise together(refusals)
        self.compiled |= {
            key: one
            for key, one in zip(keys, made, strict=True)
            if not isinstance(one, LetterRefused)
        }

    def _task(self, key: VersionKey) -> LetterTask:
        name = key.words
        return LetterTask(name[0].upper() + name[1:], self.spec(key), self.profile, self.mail_date)

    def draw(self, wanted: Iterable[Stream]) -> None:
        """Draw the fronts of envelopes that are not yet; LetterRefused says what is wrong with one (577.5(a), 577.14)."""
        for stream in sorted(set(wanted) - self.fronts.keys()):
            body = self.front(stream)
            envelope_front.refuse(self.findings(stream, body), *stream)
            self.fronts[stream] = body

    def front(self, stream: Stream) -> bytes:
        """Return an envelope's front, drawn and not judged."""
        family, language = stream
        return envelope.proof(
            self.profile, self.pack, self.sender,
            family=family, language=language, endorsement=self.endorsement,
        )  # fmt: skip

    def findings(self, stream: Stream, body: bytes) -> list[Finding]:
        """Return what is wrong with an envelope's front."""
        family, language = stream
        return envelope_front.check(
            body, self.profile, self.pack,
            family=family, language=language, endorsement=self.endorsement,
        )  # fmt: skip

    def stream(self, family: str, state: str) -> Stream:
        """Return the envelope of a letter to an address in a state, on the mailing day."""
        return envelope.stream(family, state, self.pack)

    def streams(self, rows: pa.Table, state: str) -> set[Stream]:
        """Return the envelopes that rows (family, and the column named ``state``) need."""
        different = rows.select(["family", state]).group_by(["family", state]).aggregate([])
        return {self.stream(row["family"], row[state]) for row in different.to_pylist()}

    @property
    def by_vehicle(self) -> bool:
        """Whether some vehicles of a campaign have terms of their own: the day of their remedy, that it need not be free, or its hours."""
        return (
            any(campaign.remedies for campaign in self.campaigns.values())
            or bool(self.old_vehicles)
            or labour_by_model(self.campaigns, self.labour)
        )

    @property
    def old_vehicles(self) -> dict[str, OldVehicles]:
        """Which vehicles were first sold too long ago for the free remedy, by campaign, where that decides.

        Notice is given once (30120(g)(1)): letters of later waves count back from the day of the first, not from their own.
        """
        old = {
            code: old_vehicles(campaign, min(self.mail_date, self.begun.get(code, self.mail_date)))
            for code, campaign in self.campaigns.items()
        }
        return {code: which for code, which in old.items() if which is not None}

    def remedied(self, key: VersionKey) -> date | None:
        """Return the day on which every remedy of a version is there, None while one is not known, and of an interim one by the plan."""
        if key.interim:
            return None
        return all_there(self._campaigns(key), key.remedy_days)

    def day_findings(self, key: VersionKey) -> list[Finding]:
        """Return what a version's letter of the mailing day leaves out or should say of days: it blocks nothing."""
        given = self.spec(key)
        told = [
            one
            for campaign in given.campaigns
            if campaign.family == "safety"
            for one in of_days(
                campaign,
                given.kind_of(campaign.campaign_code),
                self.mail_date,
                waiting=bool(key.interim) and campaign.campaign_code in given.waiting,
                planned=given.remedy_expected(campaign)
                if key.interim not in ("", NO_DAY)
                else None,
            )
        ]
        found = [Finding("days", one.citation, one.sentence, "should") for one in told]
        return [*found, *_of_holiday(self.mail_date)]

    def spec(self, key: VersionKey) -> LetterSpec:
        """Return what a version's letter is about; of each campaign whose remedy is not there it says so."""
        campaigns = self._campaigns(key)
        own = self._remedy_dates(key, self.mail_date)
        waiting = self.waiting(key, self.mail_date)
        not_free = frozenset(filter(None, key.not_free.split(JOINED)))
        hours = hours_of(key.bundle, key.labour, self.labour)
        together = one_visit(campaigns, hours, waiting | not_free)
        return LetterSpec(
            kind=self.kind,
            campaigns=campaigns,
            mail_date=self.mail_date,
            sender=self.sender,
            recipient=key.recipient,
            language=key.language,
            labor_hours={code: _said(*stated) for code, stated in hours.items()},
            one_visit=together,
            visit_hours=_said(*found) if (found := visit_hours(together, hours)) else (0.0, 0.0),
            remedy_date={
                one.campaign_code: own[one.campaign_code]
                for one in campaigns
                if own[one.campaign_code] != one.remedy_available_date
            },
            told_anew={code: day for code, day in self.told_anew.items() if code in own},
            waiting=waiting,
            at_once=frozenset(filter(None, key.without_parts.split(JOINED))) - waiting,
            not_free=not_free,
            wording=self.outreach.wording(key.wording),
            accepted=self.accepted_in(campaigns, key.language.split(JOINED)),
        )

    def accepted_in(
        self, campaigns: Iterable[Campaign], languages: Iterable[str]
    ) -> dict[str, str]:
        """Return by handle who accepted a wording of letters about campaigns and why; of texts or rows that are others by now none."""
        if not self.accepted:
            return {}
        languages = tuple(languages)
        said = {
            (one.campaign_code, language): spoken_digest(one, language)
            for one in campaigns
            for language in languages
        }
        rows = self.pack.rows["forbidden"]

        def holds(one: Accepted) -> bool:
            row, beside = rows.get(one.row_id), said.get((one.campaign_code, one.language))
            same = beside == one.texts_digest if one.campaign_code else one.language in languages
            read_by = row_digest(row) if row is not None else grammars().get(one.row_id, "")
            return read_by == one.row_digest and same

        return {one.handle: one.words for one in self.accepted if holds(one)}

    def waiting(self, key: VersionKey, on: date) -> frozenset[str]:
        """Return the campaigns of a version whose remedy is not there on a day, or whose day is not known."""
        own = self._remedy_dates(key, on)
        return frozenset(code for code, day in own.items() if day is None or day > on)

    def _remedy_dates(self, key: VersionKey, on: date) -> dict[str, date | None]:
        """Return the day of each remedy, as a letter of a day may name it.

        An interim letter by the plan names the later of that day and the plan's; a day that is no longer to come it does not name,
        and stays what the plan made it. A campaign that takes no part does not wait for the plan's kits.
        """
        own = remedy_dates(self._campaigns(key), key.remedy_days)
        if not key.interim:
            return own
        planned = None if key.interim == NO_DAY else date.fromisoformat(key.interim)

        def named(day: date | None) -> date | None:
            if day is None or planned is None or max(day, planned) <= on:
                return None
            return max(day, planned)

        bare = key.without_parts.split(JOINED)
        return {code: day if code in bare else named(day) for code, day in own.items()}

    def _campaigns(self, key: VersionKey) -> tuple[Campaign, ...]:
        return tuple(self.campaigns[code] for code in key.bundle.split(JOINED))

    def wordings(self, arms: pa.ChunkedArray) -> pa.ChunkedArray:
        """Return the wording of each arm of a column, blank where it has none."""
        named = {arm.name: arm.wording for arm in self.outreach.arms}
        return of_each([arms], lambda arm: named.get(arm, ""), pa.string())

    def digests(self) -> dict[VersionKey, str]:
        """Return the digest of each compiled version."""
        return {key: version.digest for key, version in self.compiled.items()}


def _of_holiday(day: date) -> list[Finding]:
    """Return that a letter is dated on a Federal holiday, on which the post office takes in no mail: nothing is refused for it."""
    if day not in federal_holidays(day.year):
        return []
    said = (
        f"the letter is dated {day}, a Federal holiday, on which no mail is taken in, and the days of its clocks count from when it is:"
        f" release the wave on {roll_forward(day)} or another day of the mail"
    )
    return [Finding("holiday", "house policy after 5 USC 6103", said, "should")]


def of_follow_up(session: Session, settings: FollowUpSettings, *, mail_date: date) -> Versions:
    """Return a follow-up's versions for a mailing day, uncompiled.

    BadInput names what no letter can be without: a list of before may have been frozen without it.
    """
    if missing := settings.missing_of_sender():
        raise BadInput(
            f"No letter of {settings.name} can be printed: {' '.join(missing)}",
            "State name, address, phone and tty under [sender] in followup.toml, and freeze the list again under another name.",
        )
    kind = KIND_OF_FOLLOWUP[settings.kind]
    stated = registry.campaigns(session, settings.campaigns)
    campaigns = with_first_notices(session, stated, kind, mail_date)
    aged = any(old_vehicles(one, mail_date) for one in campaigns.values())
    return Versions(
        kind=kind,
        mail_date=mail_date,
        sender=sender_of(settings.sender),
        campaigns=campaigns,
        begun=first_letters(session, campaigns) if aged else {},
        told_anew=told_anew(session, campaigns, settings.name, mail_date)
        if kind == "follow_up"
        else {},
        joined=joined_days(session, settings, campaigns, monday_of(mail_date), states=TO_MAIL),
        labour=labour_rows(session),
        profile=load_profile(),
        follow_up=settings.name,
        endorsement=settings.mail_service.on_front,
        outreach=settings.drawn,
        accepted=tuple(
            one
            for one in accepted(session, settings.campaigns, settings.name)
            if one.stands_on(mail_date)
        ),
    )


def sender_of(sender: Mapping[str, Any]) -> Sender:
    """Return the sender of the settings."""
    address = sender["address"]
    lines = address.splitlines() if isinstance(address, str) else [str(line) for line in address]
    return Sender(
        name=str(sender["name"]),
        address=tuple(lines),
        phone=str(sender["phone"]),
        **{name: str(sender.get(name, "")) for name in ("tty", "department", "hours", "web")},
        spanish=dict(sender.get("es", {})),
    )


def _said(least: float, most: float) -> tuple[float, float]:
    return said_hours(least), said_hours(most)


def settle_language(pieces: pa.Table, pack: RulePack) -> pa.Table:
    """Return pieces with the languages of their letter, by the rows that the freeze asks too (49 CFR 577.5(a)).

    ``owner_state`` is that of the address, ``language`` the owner's wish or what was settled before.
    """
    columns = (pieces["owner_state"], pieces["language"])
    language = of_each(columns, pack.letter_language, pa.string())
    at = pieces.column_names.index("language")
    return pieces.set_column(at, "language", language)


def label_language(rows: pa.Table, made: Versions) -> pa.ChunkedArray:
    """Return the language of the label on each row's envelope (family, and state of the address)."""

    def language(family: str, state: str) -> str:
        return made.stream(family, state).language

    return of_each((rows["family"], rows["state"]), language, pa.string())


def settle_remedies(session: Session, pieces: pa.Table, made: Versions) -> pa.Table:
    """Return pieces (vin, family, bundle) with ``OF_VEHICLE``: the terms of their vehicles' own remedies, as known now, the plan's, and
    the wording of their arm.
    """
    arms = (
        wave_tables.arms(session, pieces, made.follow_up)
        if made.outreach.wordings
        else blank_of(pieces)
    )
    pieces = pieces.append_column("wording", made.wordings(arms))
    for name, column in of_plan(session, pieces, made.follow_up).items():
        pieces = pieces.append_column(name, column)
    if not made.by_vehicle:
        return with_terms(pieces.append_column("not_free", blank_of(pieces)), made)
    known = wave_tables.vehicles(session, pieces["vin"], made.old_vehicles)
    places = pc.index_in(pieces["vin"], known["vin"].combine_chunks())
    own = with_terms(known.take(places).set_column(0, "bundle", pieces["bundle"]), made)
    for name in OF_REMEDIES:
        pieces = pieces.append_column(name, own[name])
    return pieces


def blank_of(pieces: pa.Table) -> pa.ChunkedArray:
    """Return a column that is blank for each piece."""
    return pa.chunked_array([pa.repeat(pa.scalar(""), pieces.num_rows)])


def of_plan(session: Session, pieces: pa.Table, follow_up: str) -> dict[str, pa.Array]:
    """Return ``OF_PLAN`` of each piece (vin, family, bundle): whether its first notice is an interim one by the plan, and of what."""
    planned = wave_tables.interim(session, follow_up)
    listed, asked = (
        pc.binary_join_element_wise(rows["vin"], rows["family"], "/").combine_chunks()
        for rows in (planned, pieces)
    )
    places = pc.index_in(asked, listed)
    interim, bare = (
        pc.fill_null(planned[name].combine_chunks().take(places), "") for name in OF_PLAN
    )
    return {"interim": interim, "without_parts": _within_bundle(pieces["bundle"], bare)}


def _within_bundle(bundles: pa.ChunkedArray, codes: pa.Array) -> pa.ChunkedArray:
    """Return of the codes beside each bundle, joined, those that it has."""

    def own(bundle: str, named: str) -> str:
        held = named.split(JOINED)
        return JOINED.join(code for code in bundle.split(JOINED) if code in held)

    return of_each((bundles, pa.chunked_array([codes])), own, pa.string())


def with_terms(rows: pa.Table, made: Versions) -> pa.Table:
    """Return rows (bundle, not_free, and what ``with_remedy_days`` reads) with ``OF_REMEDIES``; of ``not_free`` what the bundle has."""

    def of_bundle(bundle: str, codes: str) -> str:
        return JOINED.join(code for code in bundle.split(JOINED) if code in codes.split())

    own = of_each([rows["bundle"], rows["not_free"]], of_bundle, pa.string())
    at = rows.column_names.index("not_free")
    rows = with_remedy_days(rows.set_column(at, "not_free", own), made.campaigns)
    return with_labour(rows, made.campaigns, made.labour)


def wanted(pieces: pa.Table) -> set[VersionKey]:
    """Return the versions that pieces (``VERSION`` columns) need."""
    different = pieces.select(VERSION).group_by(list(VERSION)).aggregate([]).to_pylist()
    return {version_of(row) for row in different}


def version_of(row: Mapping[str, str]) -> VersionKey:
    """Return the version of one combination of ``VERSION`` columns."""
    recipient = RECIPIENTS[row["role"]]
    return VersionKey(
        row["family"],
        row["bundle"],
        recipient,
        row["language"],
        *(row[name] for name in OF_VEHICLE),
    )


def digest_column(pieces: pa.Table, digests: Mapping[VersionKey, str]) -> pa.Array:
    """Return the form digest of each piece, blank where its version was not compiled."""
    different = pieces.select(VERSION).group_by(list(VERSION)).aggregate([]).to_pylist()
    keys = ["\x1f".join(row[name] for name in VERSION) for row in different]
    values = [digests.get(version_of(row), "") for row in different]
    joined = pc.binary_join_element_wise(*(pieces[name] for name in VERSION), "\x1f")
    places = pc.index_in(joined, pa.array(keys, pa.string()))
    return pa.array(values, pa.string()).take(places)


def with_digests(rows: pa.Table, made: Versions) -> pa.Table:
    """Return pieces with the digest of each one's version, blank where it was not compiled."""
    digests = digest_column(rows, made.digests())
    if "form_digest" in rows.column_names:
        at = rows.column_names.index("form_digest")
        return rows.set_column(at, "form_digest", digests)
    return rows.append_column("form_digest", digests)
