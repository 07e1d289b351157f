"""What was said of each campaign and when: the statements, and their fold for any day and instant of knowledge.

A campaign has two layers, so that either file may come first or again: what campaigns.toml states stands, and NHTSA's
record fills the rest. The rules of the fold are those of docs/decisions/0016, in its numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.catalogue import Facts, from_facts, to_facts
from renotify.campaigns.nhtsa import fill
from renotify.ledger.kinds import Layer
from renotify.ledger.session import Session
from renotify.ledger.sources import recorded_by

_STAGED = "statements_read"
KEPT = 4_096  # texts of a process, some kB each: more than a maker has campaigns


class Statement(NamedTuple):
    """What a layer said of a campaign on the day of a load, as JSON; empty facts take the layer back."""

    campaign_code: str
    layer: str
    stated_on: date
    facts: str
    known: bool = True  # by the instant asked for

    @property
    def said(self) -> Facts:
        return dict(_parsed(self.facts))


class Begun(NamedTuple):
    """How a campaign began: its first owner notification, and the day of its first remedy (None: not stated).

    ``interim``: its first notice told of a remedy to come, whose day is not stated yet, or was provisional (577.6(b)).
    ``hears_again``: the day by which its owners were told that they hear again, as it stood while the remedy was to come.
    ``provisional``: its first notice was, and the decision is still in court; ``in_court`` is the day of the remedy as it was stated then.
    ``told_on``: owners had been told of a remedy to come, or of none, and from this day on its day is stated; ``heard`` is the day of
    the first letter that could tell of it.
    """

    first_notice: date | None = None
    remedy: date | None = None
    version: int = 1
    first_version_stated: bool = False
    interim: bool = False
    hears_again: date | None = None
    provisional: bool = False
    in_court: date | None = None
    told_on: date | None = None
    heard: date | None = None

    @property
    def told_anew(self) -> bool:
        """Whether the first notice may have told of no remedy: its day was stated later than that notice, or no day of it is stated."""
        before = self.first_notice
        return (
            self.remedy is not None
            and self.told_on is not None
            and (before is None or before < self.told_on)
        )

    @property
    def initiated(self) -> date | None:
        """The day on which purchasers were told that a remedy is available (573.7(a)).

        After a first notice that told of none it is that of the first letter which could; where none is known, the day of the remedy.
        """
        return None if self.day is None else max(self.day, self.heard or self.day)

    @property
    def day(self) -> date | None:
        """The day on which owners had been told that a remedy is there (49 CFR 573.7(a)); without its day, the first notice.

        None while only a remedy to come was told.
        """
        if self.first_notice is None or (self.interim and self.remedy is None):
            return None
        return max(self.first_notice, self.remedy or self.first_notice)


@dataclass(frozen=True)
class CampaignHistory:
    """All that was said of one campaign by an instant, in the order in which it was recorded."""

    statements: tuple[Statement, ...]

    @property
    def known(self) -> bool:
        """Whether anything was known by the instant asked for; where nothing was, the first statement stands in."""
        return self.statements[0].known

    @cached_property
    def last(self) -> Campaign | None:
        """The campaign as it was said last; None where every layer was taken back."""
        return _of_texts(*self._ruling().items())

    def on(self, day: date | None) -> Campaign | None:
        """Return the campaign as it was on a day; without one, ``last``."""
        return self.last if day is None else _of_texts(*self._ruling(day).items())

    def told_by(self, day: date) -> Campaign | None:
        """Return the campaign as it had been stated by loads up to a day, whatever was corrected since; None before it was stated."""
        told = {one.layer: one.said for one in self.statements if one.stated_on <= day}
        return _campaign({layer: said for layer, said in told.items() if said})

    def layers(self, day: date | None = None) -> dict[str, Facts]:
        """Return the facts of each layer that hold on a day, or that were said last (rule 5)."""
        return {layer: dict(_parsed(text)) for layer, text in self._ruling(day).items()}

    def _ruling(self, day: date | None = None) -> dict[str, str]:
        """Return the same as the JSON that was said."""
        held = {}
        for layer in Layer:
            rows = [one for one in self.statements if one.layer == layer]
            ruling = [
                one.facts
                for one, start in zip(rows, _starts(rows), strict=True)
                if day is None or start is None or start <= day
            ]
            if ruling and _parsed(ruling[-1]):
                held[str(layer)] = ruling[-1]
        return held

    def number_on(self, day: date | None) -> str:
        """Return NHTSA's number on a day; where there was none yet, the one that was said last."""
        then = self.on(day)
        number = then.nhtsa_campaign_number if then else ""
        return number or (self.last.nhtsa_campaign_number if self.last else "")

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Return NHTSA's numbers that the campaign has or had on any day; one that was corrected is none."""
        starts = [
            start or date.min
            for layer in Layer
            for start in _starts([one for one in self.statements if one.layer == layer])
        ]
        return frozenset(self.number_on(day) for day in {date.min, *starts}) - {""}

    def held_from(self, layer: str) -> date | None:
        """Return from which day the last statement of a layer holds; None: from the beginning."""
        return _starts([one for one in self.statements if one.layer == layer])[-1]

    @cached_property
    def begun(self) -> Begun:
        """Return how the campaign began: what was said first stands once its day has come (decision 0016)."""
        begun, layers, first_version = Begun(), dict[str, Facts](), False
        for one, said_from in self._said():
            layers = {**layers, one.layer: one.said}
            facts = joined({layer: said for layer, said in layers.items() if said})
            if facts is None:
                begun = Begun()
                continue
            whole = from_facts(facts)
            first_version |= one.layer == Layer.CATALOGUE and whole.remedy_version == 1
            begun = _begun(begun, whole, said_from, first_version=first_version)
        return begun

    def _said(self) -> Iterator[tuple[Statement, date | None]]:
        """Give each statement with the day from which it may move the beginning; None: any."""
        layers = set()
        for one in self.statements:
            first = one.layer not in layers or not one.said
            layers.add(one.layer)
            yield one, None if first else _effective(one.said) or one.stated_on


def _begun(before: Begun, whole: Campaign, said_from: date | None, *, first_version: bool) -> Begun:
    remedy = whole.remedy_available_date if first_version and not whole.provisional else None
    began = before.day or before.first_notice
    if began is None or said_from is None or said_from <= began:
        if (
            began is None and before.interim and remedy and said_from
        ):  # letters alone say when the notice went
            remedy = _told_of_remedy(before, whole, said_from)
        told_on = said_from if before.interim else before.told_on
        return Begun(
            whole.first_notice_date, remedy, whole.remedy_version, first_version, whole.begins_no_reports,
            whole.hears_again if whole.interim else before.hears_again if told_on else None, whole.provisional, _in_court(whole),
            None if whole.begins_no_reports else told_on,
        )  # fmt: skip
    if before.remedy is None and before.interim:
        return before._replace(
            remedy=_told_of_remedy(before, whole, said_from),
            told_on=said_from,
            interim=whole.begins_no_reports,
            hears_again=whole.hears_again or before.hears_again,
            provisional=whole.provisional,
            in_court=_in_court(whole),
        )
    if before.remedy is None and whole.remedy_version == before.version:
        return before._replace(remedy=remedy, told_on=said_from)
    return before


def _in_court(whole: Campaign) -> date | None:
    return whole.first_remedy_date if whole.provisional else None


def _told_of_remedy(before: Begun, whole: Campaign, said_from: date) -> date | None:
    """Return the day of the remedy of which owners hear after a first notice that told of none.

    What owners were told while a court had not decided was no notification that a remedy is available (573.7(a), 577.6(b)): they are
    notified again once the decision stands (577.6(c)). Its day is the one that is stated then, of the remedy or of that notice; where
    neither is, the day ``said_from`` from which the decision is said to stand.
    """
    if whole.provisional:
        return None
    there = whole.first_remedy_date
    if not before.provisional or whole.interim:
        return there
    new = [
        day
        for day, of_court in (
            (there, before.in_court),
            # where no day of the provisional notice was stated, this one may be its own
            (whole.first_notice_date, before.first_notice or whole.first_notice_date),
        )
        if day and day != of_court
    ]
    return max(new, default=said_from)


@lru_cache(maxsize=KEPT)
def _parsed(text: str) -> Facts:
    """Return what a statement's JSON says: read once a process, and changed by nobody."""
    said: Facts = json.loads(text)
    return said


@lru_cache(maxsize=KEPT)
def _of_texts(*layers: tuple[str, str]) -> Campaign | None:
    """Return the campaign of what its layers say as JSON: a report asks for the same one on many days."""
    return _campaign({layer: _parsed(text) for layer, text in layers})


def _campaign(layers: Mapping[str, Facts]) -> Campaign | None:
    facts = joined(layers)
    return from_facts(facts) if facts else None


def _effective(facts: Facts) -> date | None:
    stated = facts.get("effective_date")
    return date.fromisoformat(stated) if stated else None


def _starts(rows: Sequence[Statement]) -> list[date | None]:
    """Return from which day each statement of a layer holds; None: from the beginning (rules 1 to 4)."""
    starts: list[date | None] = []
    version, told_of_none = 0, False
    for one in rows:
        facts = one.said
        now = int(facts.get("remedy_version") or 1)
        if not starts or not facts:
            start = None
        elif stated := _effective(facts):
            start = stated
        elif now == version:
            came = told_of_none and not from_facts(facts).begins_no_reports
            start = _of_version(facts, one.stated_on) if came else starts[-1]
        else:
            start = _of_version(facts, one.stated_on) if now > version else one.stated_on
        starts.append(start)
        version, told_of_none = now, bool(facts) and from_facts(facts).begins_no_reports
    return starts


def _of_version(facts: Facts, stated_on: date) -> date:
    """A new remedy, or one that was still to come, holds from its day, at the latest from the day on which we heard of it."""
    available = facts.get("remedy_available_date")
    return min(date.fromisoformat(available), stated_on) if available else stated_on


def joined(layers: Mapping[str, Facts]) -> Facts | None:
    """Return the facts to keep: campaigns.toml's, filled from NHTSA's, with both beside them; None without a layer."""
    if not layers:
        return None
    filed = layers.get(Layer.NHTSA)
    whole = from_facts(layers.get(Layer.CATALOGUE) or layers[Layer.NHTSA])
    if filed:
        whole = fill(whole, from_facts(filed))
    return {**to_facts(whole), "layers": dict(layers)}


def histories(
    session: Session, codes: Sequence[str] | None = None, known_at: datetime | None = None
) -> dict[str, CampaignHistory]:
    """Return what was said of campaigns by code, as known at an instant; of every campaign without ``codes``.

    A campaign asked for by its code of which nothing was known yet has its first statement, not ``known``; without
    ``codes`` it is left out, as one of which nothing was ever said always is.
    """
    one_of = "true" if codes is None else f"f.campaign_code in {session.list_values('codes')}"
    known, instant = recorded_by(session, known_at) if known_at else ("true", "")
    rows = session.rows(
        Statement,
        "select f.campaign_code, f.layer, f.stated_on, cast(f.facts as text) as facts,"
        f" case when {known} then 1 else 0 end as known"
        f" from campaign_fact f join source s on s.id = f.source_id where {one_of}"
        " order by s.recorded_at, f.id",
        **({} if codes is None else {"codes": json.dumps(sorted(codes))}),
        **({"instant": instant} if known_at else {}),
    )
    said: dict[str, list[Statement]] = {}
    for row in rows:
        said.setdefault(row.campaign_code, []).append(row)
    found = {
        code: CampaignHistory(tuple(one for one in ordered if one.known) or tuple(ordered[:1]))
        for code, ordered in sorted(said.items())
    }
    if codes is not None:
        return found
    return {code: one for code, one in found.items() if one.known and one.last}


def codes_of_number(session: Session, number: str) -> list[str]:
    """Return the codes that were ever stated with an NHTSA number, in order."""
    rows = session.rows(
        _Code,
        "select distinct campaign_code from campaign_fact where nhtsa_campaign_number = :number"
        " order by campaign_code",
        number=number,
    )
    return [row.campaign_code for row in rows]


class _Code(NamedTuple):
    campaign_code: str


class NewStatement(NamedTuple):
    """A statement to add: the row of its source, code, layer and facts (empty: the layer is taken back)."""

    source_row: int
    campaign_code: str
    layer: str
    facts: Facts


def add(session: Session, said: Sequence[NewStatement], source_id: int, on: date) -> None:
    """Add statements of a day in the open transaction, in their order."""
    import pyarrow as pa

    numbers = [one.facts.get("nhtsa_campaign_number") or "" for one in said]
    rows = {
        "place": pa.array(range(len(said)), pa.int64()),
        "source_id": pa.array([source_id] * len(said), pa.int64()),
        "source_row": pa.array([one.source_row for one in said], pa.int64()),
        "campaign_code": pa.array([one.campaign_code for one in said], pa.string()),
        "layer": pa.array([str(one.layer) for one in said], pa.string()),
        "nhtsa_campaign_number": pa.array(numbers, pa.string()),
        "stated_on": pa.array([on] * len(said), pa.date32()),
        "facts": pa.array([json.dumps(one.facts, sort_keys=True) for one in said], pa.string()),
    }
    session.stage(_STAGED, pa.table(rows))
    plain = ", ".join([*rows][1:-1])
    facts = "facts" if session.sqlite else "cast(facts as jsonb)"
    session.execute(
        f"insert into campaign_fact ({plain}, facts) select {plain}, {facts} from {_STAGED} order by place"
    )
    session.execute(f"drop table {_STAGED}")
