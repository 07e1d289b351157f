"""What contact staff may say of a vehicle, as values: the vehicle with its visit, and each of its campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NamedTuple

from renotify.contact.vehicle_known import Booking, DealerRow


class SaidAnswer(NamedTuple):
    """One approved answer: blank where it is ``withheld``, which says why; ``advice`` is what the house would rather not say in it."""

    question: str
    answer: str
    withheld: str
    advice: str


class SaidKits(NamedTuple):
    """How the visit stands with its kits: state, the Monday of those promised, the parts that are lacking, and the sentence."""

    state: str
    kits_from: date | None
    lacking: str
    says: str

    def document(self) -> dict[str, Any]:
        """Return it as ``--json`` prints it."""
        return {"state": self.state, "from": self.kits_from, "lacking": self.lacking, "says": self.says}  # fmt: skip


class LetterToCome(NamedTuple):
    """A planned letter: its campaigns, the Monday of its week, and the sentence."""

    follow_up: str
    campaigns: Sequence[str]
    week: date
    says: str


@dataclass(frozen=True)
class CampaignAnswer:
    """What is said of one campaign; texts are in the language of the caller, a blank says nothing.

    ``done``, ``may_be_delivered``, ``gets_letters`` are the answers by its status (``ledger.questions``). ``work``: its letter tells of
    work at a dealer. ``hours_range`` are the least and the most of this model, ``hours`` both where they are the same.
    """

    campaign: str
    nhtsa_campaign_number: str
    kind: str
    type: str
    subject: str
    status: str
    since: date
    done: bool | None
    may_be_delivered: bool
    gets_letters: bool
    says: str
    what: str
    why: str
    remedy: str
    work: bool
    remedy_available: bool
    remedy_available_date: date | None
    hours: float | None
    hours_range: tuple[float, float] | None
    what_to_do: str
    reimbursement: str
    reimbursement_lacks: str
    letter: str
    answers: Sequence[SaidAnswer]
    lacks_texts: Sequence[str]

    @property
    def in_visit(self) -> bool:
        """Whether it is done in the vehicle's visit: not done yet, the repair there and free."""
        return bool(self.what_to_do) and self.remedy_available and self.work

    def document(self) -> dict[str, Any]:
        """Return it as ``--json`` prints it."""
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        return plain | {"answers": [one._asdict() for one in self.answers]}


@dataclass(frozen=True)
class VehicleAnswer:
    """The answer about one vehicle in one language. See ``answers.answer``."""

    vin: str
    language: str = "en"
    valid: bool = True
    exception: str | None = None
    sentence: str = ""
    vehicle: str | None = None
    urgent: Sequence[str] = ()
    booking: Booking | None = None
    without_word: Booking | None = (
        None  # where none is to come: the one whose day is past and that nobody has reported
    )
    campaigns: Sequence[CampaignAnswer] = ()
    visit: Sequence[str] = ()
    visit_range: tuple[float, float] | None = None
    visit_time: str = ""
    kits: SaidKits | None = None
    planned_letters: Sequence[LetterToCome] = ()
    dealer: DealerRow | None = None
    reader: Sequence[str] = ()

    @property
    def visit_hours(self) -> float | None:
        """The hours that the dealer plans for the visit: the middle of the range."""
        return self.visit_range and round(sum(self.visit_range) / 2, 4)

    def document(self) -> dict[str, Any]:
        """Return it as ``renotify answer --json`` prints it."""
        plain: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        booked, past = self.booking, self.without_word
        return plain | {
            "urgent": list(self.urgent),
            "booking": None if booked is None else booked._asdict() | {"campaigns": booked.codes},
            "without_word": None if past is None else past._asdict() | {"campaigns": past.codes},
            "campaigns": [one.document() for one in self.campaigns],
            "visit": list(self.visit),
            "visit_hours": self.visit_hours,
            "kits": self.kits and self.kits.document(),
            "planned_letters": [one._asdict() for one in self.planned_letters],
            "dealer": self.dealer and self.dealer._asdict(),
            "reader": list(self.reader),
        }
