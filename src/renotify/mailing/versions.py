"""Which letter versions a set of pieces needs, and each compiled once, checked, before any intent.

A version is what many pieces share: family, bundle, recipient, language and the days of the
vehicle's own remedies, which decide the kind and the day that is printed; mail day and sender come
from the follow-up. A refused version refuses the whole release (49 CFR 577.9).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import JOINED
from renotify.campaigns.remedy_days import all_there, remedy_dates, with_remedy_days
from renotify.errors import BadInput, LetterRefused
from renotify.ledger import registry
from renotify.ledger.session import Session
from renotify.letters import envelope
from renotify.letters.checks import envelope_front
from renotify.letters.checks.finding import Finding
from renotify.letters.compose import compile_letter
from renotify.letters.envelope import Stream
from renotify.letters.profile import PrintProfile, load_profile
from renotify.letters.spec import LetterSpec, Sender
from renotify.letters.version import LetterVersion
from renotify.mailing import wave_tables
from renotify.rules import KIND_OF_FOLLOWUP, RulePack, load
from renotify.values.different_rows import of_each
from renotify.visits.needs import campaign_hours, labour_rows

VERSION = ("family", "bundle", "role", "language", "remedy_days")
RECIPIENTS: Mapping[str, str] = {"owner": "owner", "lessee": "owner", "lessor": "lessor"}


@dataclass(frozen=True, order=True)
class VersionKey:
    """What distinguishes one letter version of a wave from another."""

    family: str
    bundle: str
    recipient: str
    language: str
    remedy_days: str = ""  # of the vehicle's own remedies; blank: those of the campaigns

    @property
    def stem(self) -> str:
        """Return the beginning of its files' names: nothing in it is about a person."""
        return f"{self.bundle}-{self.recipient}-{self.language}".replace("+", "_")


@dataclass
class Versions:
    """The versions of one release and the fronts of their envelopes: how to make them, and those made and checked so far."""

    kind: str
    mail_date: date
    sender: Sender
    campaigns: Mapping[str, Campaign]
    labor_hours: Mapping[str, tuple[float, float]]
    profile: PrintProfile
    compiled: dict[VersionKey, LetterVersion] = field(default_factory=dict)
    fronts: dict[Stream, bytes] = field(default_factory=dict)

    @property
    def pack(self) -> RulePack:
        """Return the rules of the mailing day."""
        return load(self.mail_date)

    def compile(self, wanted: Iterable[VersionKey]) -> None:
        """Compile the versions that are not yet; LetterRefused says which of them failed."""
        for key in sorted(set(wanted) - self.compiled.keys()):
            try:
                version = compile_letter(
                    self.spec(key), profile=self.profile, rules_on=self.mail_date
                )
            except LetterRefused as refusal:
                raise LetterRefused(
                    f"The letter for {key.bundle} to the {key.recipient}"
                    f" ({key.language}) is refused: {refusal.message}",
                    refusal.hint,
                ) from refusal
            self.compiled[key] = version

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
            self.profile, self.pack, self.sender, family=family, language=language
        )

    def findings(self, stream: Stream, body: bytes) -> list[Finding]:
        """Return what is wrong with an envelope's front."""
        family, language = stream
        return envelope_front.check(body, self.profile, self.pack, family=family, language=language)

    def stream(self, family: str, state: str) -> Stream:
        """Return the envelope of a letter to an address in a state, on the mailing day."""
        return envelope.stream(family, state, self.pack)

    def streams(self, rows: pa.Table, state: str) -> set[Stream]:
        """Return the envelopes that rows (family, and the column named ``state``) need."""
        different = rows.select(["family", state]).group_by(["family", state]).aggregate([])
        return {self.stream(row["family"], row[state]) for row in different.to_pylist()}

    @property
    def by_vehicle(self) -> bool:
        """Whether a campaign has remedies that come on days of their own for some vehicles."""
        return any(campaign.remedies for campaign in self.campaigns.values())

    def remedied(self, key: VersionKey) -> date | None:
        """Return the day on which every remedy of a version is there, None while one is not known."""
        return all_there(self._campaigns(key), key.remedy_days)

    def spec(self, key: VersionKey) -> LetterSpec:
        """Return what a version's letter is about; of each campaign whose remedy is not there it says so."""
        campaigns = self._campaigns(key)
        own = remedy_dates(campaigns, key.remedy_days)
        return LetterSpec(
            kind=self.kind,
            campaigns=campaigns,
            mail_date=self.mail_date,
            sender=self.sender,
            recipient=key.recipient,
            language=key.language,
            labor_hours={
                code: hours
                for code, hours in self.labor_hours.items()
                if code in key.bundle.split(JOINED)
            },
            remedy_date={
                one.campaign_code: own[one.campaign_code]
                for one in campaigns
                if own[one.campaign_code] != one.remedy_available_date
            },
            waiting=self.waiting(key, self.mail_date),
        )

    def waiting(self, key: VersionKey, on: date) -> frozenset[str]:
        """Return the campaigns of a version whose remedy is not there on a day, or whose day is not known."""
        own = remedy_dates(self._campaigns(key), key.remedy_days)
        return frozenset(code for code, day in own.items() if day is None or day > on)

    def _campaigns(self, key: VersionKey) -> tuple[Campaign, ...]:
        return tuple(self.campaigns[code] for code in key.bundle.split(JOINED))

    def digests(self) -> dict[VersionKey, str]:
        """Return the digest of each compiled version."""
        return {key: version.digest for key, version in self.compiled.items()}


def of_follow_up(
    session: Session,
    kind: str,
    codes: Iterable[str],
    sender: Mapping[str, Any],
    *,
    mail_date: date,
) -> Versions:
    """Return a follow-up's versions for a mailing day, uncompiled; ``kind`` is its own."""
    return Versions(
        kind=KIND_OF_FOLLOWUP[kind],
        mail_date=mail_date,
        sender=sender_of(sender),
        campaigns=registry.campaigns(session, codes),
        labor_hours=labor_hours(session),
        profile=load_profile(),
    )


def sender_of(sender: Mapping[str, Any]) -> Sender:
    """Return the sender of the settings; BadInput names what a letter cannot be without."""
    missing = [name for name in ("name", "address", "phone") if not sender.get(name)]
    if missing:
        raise BadInput(
            f"The follow-up's sender has no {missing[0]}.",
            "State name, address, phone and tty under [sender] in followup.toml.",
        )
    address = sender["address"]
    lines = address.splitlines() if isinstance(address, str) else [str(line) for line in address]
    return Sender(
        str(sender["name"]), tuple(lines), str(sender["phone"]), str(sender.get("tty", ""))
    )


def labor_hours(session: Session) -> dict[str, tuple[float, float]]:
    """Return the least and the most hours of work of each campaign, over the models that labour times name."""
    labour = labour_rows(session)
    found: dict[str, tuple[float, float]] = {}
    for code in {row.campaign_code for row in labour}:
        models = {row.model for row in labour if row.campaign_code == code}
        hours = [campaign_hours(code, model, labour) or 0.0 for model in models]
        found[code] = (min(hours), max(hours))
    return found


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
    """Return pieces (vin, bundle) with ``remedy_days``: the days of their vehicles' own remedies, as known now."""
    if not made.by_vehicle:
        return with_remedy_days(pieces, made.campaigns)
    known = wave_tables.vehicles(session, pieces["vin"])
    places = pc.index_in(pieces["vin"], known["vin"].combine_chunks())
    own = known.take(places).set_column(0, "bundle", pieces["bundle"])
    return pieces.append_column("remedy_days", with_remedy_days(own, made.campaigns)["remedy_days"])


def wanted(pieces: pa.Table) -> set[VersionKey]:
    """Return the versions that pieces (``VERSION`` columns) need."""
    different = pieces.select(VERSION).group_by(list(VERSION)).aggregate([]).to_pylist()
    return {version_of(row) for row in different}


def version_of(row: Mapping[str, str]) -> VersionKey:
    """Return the version of one combination of ``VERSION`` columns."""
    recipient = RECIPIENTS[row["role"]]
    return VersionKey(row["family"], row["bundle"], recipient, row["language"], row["remedy_days"])


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
