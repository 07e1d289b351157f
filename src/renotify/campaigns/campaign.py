"""What is recalled: a campaign, its scope, its documents and the answers staff may give (memo, sections 1, 3 and 6)."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar


class CampaignType(enum.StrEnum):
    """Parts 573 and 577 bind the first two only; a service campaign has no NHTSA number."""

    SAFETY_RECALL = "safety_recall"
    NONCOMPLIANCE_RECALL = "noncompliance_recall"
    SERVICE_CAMPAIGN = "service_campaign"

    @property
    def family(self) -> str:
        """Return ``safety`` or ``service``: the two families never share a piece (49 CFR 577.14)."""
        return "service" if self is CampaignType.SERVICE_CAMPAIGN else "safety"

    @property
    def words(self) -> str:
        """Return the kind as a sentence says it: ``safety recall``."""
        return self.value.replace("_", " ")


@dataclass(frozen=True)
class Scope:
    """One line of the population's description: model, model years, production range, and the plant as position 11 of the VIN has it."""

    model: str
    year_from: int
    year_to: int
    built_from: date | None = None
    built_to: date | None = None
    text: str = ""
    plant: str = ""


@dataclass(frozen=True)
class Remedy:
    """From when the remedy is there for some of a campaign's vehicles; what is left out means any, no date: not yet known."""

    model: str = ""
    year_from: int | None = None
    year_to: int | None = None
    built_from: date | None = None
    built_to: date | None = None
    remedy_available_date: date | None = None

    def covers(self, model: str, model_year: int | None, built: date | None) -> bool:
        """Tell whether a vehicle is one of these; where years or days are named, an unknown one is not."""
        return (
            self.is_of(model)
            and _within(model_year, self.year_from, self.year_to)
            and _within(built, self.built_from, self.built_to)
        )

    def is_of(self, model: str) -> bool:
        """Tell whether a model is the one that is named, in large or small letters, or none is named."""
        return not self.model or _plain(self.model) == _plain(model)

    @property
    def words(self) -> str:
        """Return the vehicles as a list names them: ``2006-2007 IS 350 built from 2006-01-09 to 2006-06-30``."""
        years = _range(self.year_from, self.year_to, "{0}-{1}", "from {0}", "up to {1}")
        built = _range(self.built_from, self.built_to, "from {0} to {1}", "from {0}", "to {1}")
        of_year = f"model year {years}" if years and not self.model else years
        return " ".join(filter(None, (of_year, self.model, built and f"built {built}")))

    def covers_all_of(self, other: Remedy) -> bool:
        """Tell whether every vehicle of another remedy is one of these."""
        return (
            self.is_of(other.model)
            and _contains((self.year_from, self.year_to), (other.year_from, other.year_to))
            and _contains((self.built_from, self.built_to), (other.built_from, other.built_to))
        )


def _range(first: object, last: object, both: str, since: str, until: str) -> str:
    """Return a range in words; both ends the same is one value, no end is a blank."""
    if first is None and last is None:
        return ""
    if first == last:
        return str(first)
    form = until if first is None else since if last is None else both
    return form.format(first, last)


def _plain(model: str) -> str:
    return " ".join(model.split()).casefold()


T = TypeVar("T", int, date)


def _within(value: T | None, first: T | None, last: T | None) -> bool:
    if first is None and last is None:
        return True
    return (
        value is not None and (first is None or first <= value) and (last is None or value <= last)
    )


def _contains(outer: tuple[T | None, T | None], inner: tuple[T | None, T | None]) -> bool:
    """Tell whether a range holds another; an end that is left out is open."""
    return (outer[0] is None or (inner[0] is not None and outer[0] <= inner[0])) and (
        outer[1] is None or (inner[1] is not None and inner[1] <= outer[1])
    )


@dataclass(frozen=True)
class Document:
    """One revision of a dealer document: technical instructions, cover letter, questions and answers (memo, section 3)."""

    kind: str
    revision: str
    effective_date: date
    location: str


@dataclass(frozen=True)
class Answer:
    """What contact staff may say when asked ``question``, in a ``language`` (memo, section 6).

    ``approved_on``: a person looked at it on this day and found it true; without one, on the day on which it was stated first.
    """

    question: str
    answer: str
    language: str = "en"
    approved_on: date | None = None


@dataclass(frozen=True)
class Campaign:
    """A safety recall, noncompliance recall or service campaign; texts are for owners, dates are the record's."""

    campaign_code: str
    campaign_type: CampaignType
    make: str
    subject: str
    nhtsa_campaign_number: str = ""
    manufacturer: str = ""  # that files with NHTSA, as it is named there; the make is not its name
    component: str = ""
    defect: str = ""
    consequence: str = ""
    warning: str = ""
    precaution: str = ""
    remedy: str = ""
    standard: str = ""  # of a noncompliance: number and title, "124, Accelerator Control Systems"
    conditions: str = ""
    filed_date: date | None = None
    first_notice_date: date | None = None
    remedy_available_date: date | None = None
    remedy_version: int = 1
    effective_date: date | None = None  # from which day this holds, where it is stated
    involved: int | None = None
    do_not_drive: bool = False
    park_outside: bool = False
    inspect_first: bool = False
    risk_weight: float = 1.0
    scopes: tuple[Scope, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    documents: tuple[Document, ...] = ()
    answers: tuple[Answer, ...] = ()
    spanish: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    letter: Mapping[str, Any] = field(
        default_factory=lambda: MappingProxyType({})
    )  # what only letters say of it, by the keys of ``letter_facts``
    no_nhtsa_number: bool = False  # stated: no recall of NHTSA's file is this campaign
    nhtsa_codes: tuple[str, ...] = ()  # the maker's codes and makes in NHTSA's record
    nhtsa_makes: tuple[str, ...] = ()
    # which names of its vehicles (``make``, ``scopes``) NHTSA's record alone says, as the ledger keeps both beside each other
    names_of_nhtsa: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def family(self) -> str:
        """Return the family of its pieces, ``safety`` or ``service``."""
        return self.campaign_type.family

    @property
    def first_remedy_date(self) -> date | None:
        """Return the first day on which the remedy is there for any vehicle; None while no day is known."""
        days = [self.remedy_available_date, *(one.remedy_available_date for one in self.remedies)]
        return min((day for day in days if day is not None), default=None)

    @property
    def interim(self) -> bool:
        """Whether owners are told of a remedy still to come: it has no day, but one on which it is expected or they hear again."""
        return self.first_remedy_date is None and self.hears_again is not None

    @property
    def provisional(self) -> bool:
        """Whether owners get a provisional notification: a court has not decided about the Administrator's order (577.6(b))."""
        return self.letter.get("court") == "pending"

    @property
    def begins_no_reports(self) -> bool:
        """Whether what owners are told is not that a remedy is available (573.7(a)): an interim or a provisional notification."""
        return self.interim or self.provisional

    @property
    def hears_again(self) -> date | None:
        """The day by which owners who were told of a remedy to come hear again, as stated: ``next_notice_date``, else the expected day."""
        day: date | None = self.letter.get("next_notice_date") or self.letter.get(
            "remedy_expected_date"
        )
        return day

    def remedy_date_of(self, model: str, model_year: int | None, built: date | None) -> date | None:
        """Return the day on which a vehicle's own remedy is there, None while it is not known.

        The first remedy that covers the vehicle is its own; of a vehicle that none covers it is the campaign's.
        """
        for own in self.remedies:
            if own.covers(model, model_year, built):
                return own.remedy_available_date
        return self.remedy_available_date

    def answers_in(self, language: str) -> list[Answer]:
        """Return the answers in one language, in their order."""
        return [one for one in self.answers if one.language == language]

    def current_document(self, kind: str, on: date) -> Document | None:
        """Return the revision of ``kind`` in force on a day, the newest effective date first."""
        in_force = [d for d in self.documents if d.kind == kind and d.effective_date <= on]
        return max(in_force, key=lambda d: (d.effective_date, d.revision), default=None)


def stated_total(stated: Sequence[int | None], found: int) -> int | None:
    """Return how many vehicles the campaigns of one NHTSA number state together; None where that cannot be said.

    Each may state the recall's total or its own share: of the two readings the one nearest to what was ``found``.
    """
    told = [number for number in stated if number is not None]
    totals = {told[0]} if len(set(told)) == 1 else set()
    if len(told) == len(stated):
        totals.add(sum(told))
    elif found not in totals:
        return None
    return min(totals, key=lambda total: abs(total - found), default=None)
