"""What the interface takes and gives, one type a document; rows of tables have the columns of the house's own tables."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import pyarrow as pa
from pydantic import BaseModel, Field, StrictBool

from renotify.campaigns.campaign import CampaignType
from renotify.desks.booked_visits import VISITS
from renotify.desks.dealer_days import NOTICES
from renotify.desks.in_force_now import INSTRUCTIONS
from renotify.desks.kits_at_hand import PARTS
from renotify.desks.order_lines import LINES, ORDER_FILE
from renotify.desks.weeks_ahead import WEEKS
from renotify.ledger.kinds import Status
from renotify.plans.expected import SILENT
from renotify.stock.delivery_hold import HOLDS
from renotify.vehicle_lists.beside import kind_of
from renotify.web.api.api_words import (
    FIRST,
    MOST,
    AskedVin,
    Code,
    Day,
    Instant,
    Kits,
    Name,
    Sent,
    Vin,
    row_type,
)

LISTED = (
    "vin", "campaign", "status", "reason", "since", "model", "year", "dealer", "area", "last_contact", "booked",
)  # fmt: skip  # of a list of vehicles; no column of an owner
MOST_VINS = 10_000
YEARS = r"^([0-9]{4}(-[0-9]{4})?)?$"
Outcome = Literal["remedied", "inspected_ok", "needs_part", "declined", "other"]
Reported = Literal["arrived", "cancelled", "no_show", "booked"]
Campaigns = Annotated[list[Code], Field(min_length=1, max_length=20)]
Hours = Annotated[float, Field(strict=True, ge=0, le=1000)]

VisitRow = row_type("VisitRow", VISITS)
KitsRow = row_type("KitsRow", PARTS)
WeekRow = row_type("WeekRow", WEEKS)
SilentRow = row_type("SilentRow", SILENT)
HoldRow = row_type("HoldRow", HOLDS)
InstructionRow = row_type("InstructionRow", INSTRUCTIONS)
NoticeToAcknowledge = row_type("NoticeToAcknowledge", NOTICES)
PartRow = row_type("PartRow", LINES)
_OF_ORDER = [(name, LINES.field(name).type if name in LINES.names else pa.string()) for name in ORDER_FILE]  # fmt: skip
OrderRow = row_type("OrderRow", pa.schema(_OF_ORDER))
VehicleRow = row_type("VehicleRow", pa.schema([(name, kind_of(name)) for name in LISTED]))


class AskedVins(Sent):
    """VINs to look up."""

    vins: Annotated[list[AskedVin], Field(min_length=1, max_length=MOST_VINS)]


class KnownCampaign(BaseModel):
    """A vehicle in a campaign; ``done`` is null where the vehicle is out of it."""

    campaign: str
    nhtsa_campaign_number: str
    status: Status
    remedy_available: bool
    remedy_available_date: date | None
    unreachable: str | None
    done: bool | None
    may_be_delivered: bool
    gets_letters: bool


class KnownVin(BaseModel):
    """What is known of a VIN: of an invalid one, why (``reason``); of one in no campaign, an empty list."""

    vin: str
    valid: bool
    reason: str | None
    exception: str | None
    campaigns: list[KnownCampaign]
    may_be_delivered: bool | None


class KnownVins(BaseModel):
    """The answers in the order asked."""

    answers: list[KnownVin]


class ToDoStep(BaseModel):
    """One thing to do first."""

    about: str
    says: str


class Days(BaseModel):
    """A dealer's day or week: ``first_steps`` is what to do first, the gravest before the rest; ``without_word`` visits nobody reported."""

    dealer: str
    name: str
    area: str
    on: date
    first: date
    last: date
    headline: str
    first_steps: list[ToDoStep]
    visits: list[VisitRow]  # type: ignore[valid-type]
    without_word: list[VisitRow]  # type: ignore[valid-type]
    kits: list[KitsRow]  # type: ignore[valid-type]
    weeks: list[WeekRow]  # type: ignore[valid-type]
    may_come: list[SilentRow]  # type: ignore[valid-type]
    holds: list[HoldRow]  # type: ignore[valid-type]
    instructions: list[InstructionRow]  # type: ignore[valid-type]
    notices: list[NoticeToAcknowledge]  # type: ignore[valid-type]


class CampaignToDo(BaseModel):
    """A campaign that is not done on the vehicle; ``in_visit``: it can be done now."""

    campaign: str
    nhtsa_campaign_number: str
    subject: str
    status: Status
    since: date
    remedy_available: bool
    remedy_available_date: date | None
    in_visit: bool


class KitsOfVisit(BaseModel):
    """How the visit stands with its kits: on_shelf, promised, on_order, short, or blank where it takes none."""

    state: str
    kits_from: date | None
    lacking: list[str]
    ordered_from: date | None


class Check(BaseModel):
    """The write-up desk's answer about one VIN: whether something can be done, what, and whether everything is there for it."""

    vin: str
    valid: bool
    eligible: bool
    headline: str
    what_next: str
    vehicle: str
    to_do: list[CampaignToDo]
    done: list[str]
    visit: list[str]
    hours: float
    takes: str
    kits: KitsOfVisit
    instructions: list[InstructionRow]  # type: ignore[valid-type]
    held: str
    booking: str | None = Field(description="The number of the visit that is booked here.")
    booked_elsewhere: bool


class FreeTimes(BaseModel):
    """The first times at which a bay, the hours and the kit are there, one a day."""

    vin: str
    campaigns: list[str]
    hours: float
    starts: list[str]


class BookingAsked(Sent):
    """A visit to book. ``number`` is its own in the caller's system; without one it is made, and the same visit asked twice is one."""

    vin: Vin
    campaigns: Campaigns
    start: Instant
    number: Code | None = None
    more_hours: StrictBool = False
    order_kit: StrictBool = False
    second_visit: StrictBool = False


class Booking(BaseModel):
    """A visit that is booked, and what became of it."""

    number: str
    vin: str
    campaigns: list[str]
    start: str
    status: str


class BookingReport(Sent):
    """What became of a visit."""

    status: Reported


class OutcomeSaid(Sent):
    """What was done of one campaign."""

    campaign: Code
    outcome: Outcome


class RepairOrder(Sent):
    """A repair order or an inspection: what was done of each campaign on a day."""

    number: Code
    vin: Vin
    day: Day
    outcomes: Annotated[list[OutcomeSaid], Field(min_length=1, max_length=20)]
    hours: Hours | None = None


class DisputeSaid(Sent):
    """Another dealer's order that shows that an open campaign was done: the analyst takes it in, or says why not."""

    vin: Vin
    campaigns: Annotated[list[Code], Field(min_length=1, max_length=20)]
    done_by: Code
    number: Code
    day: Day
    outcome: Literal["remedied", "inspected_ok"] = "remedied"


class ShipmentSaid(Sent):
    """Kits of a part that came on a day; ``counted`` is what lies on the shelf with them, where it was counted."""

    part_no: Code
    qty: Annotated[float, Field(strict=True, gt=0, lt=1_000_000_000)]
    day: Day
    counted: Kits | None = None


class PartCount(Sent):
    """What is on the shelf and on order of a part, counted today."""

    part_no: Code
    on_hand: Kits
    on_order: Kits = 0


class Notice(BaseModel):
    """An edition of a notice that went to the dealer; ``waits``: for its receipt."""

    follow_up: str
    edition: int
    written_on: date
    sent_on: date | None
    acknowledged_at: str
    waits: bool


class Acknowledged(BaseModel):
    """``acknowledged`` is false where the notice had a receipt before, which stands."""

    follow_up: str
    edition: int
    acknowledged: bool


class CampaignSaid(BaseModel):
    """What is registered of a campaign."""

    campaign: str
    type: CampaignType
    nhtsa_campaign_number: str
    make: str
    subject: str
    component: str
    defect: str
    consequence: str
    warning: str
    remedy: str
    remedy_available_date: date | None
    do_not_drive: bool
    park_outside: bool


class PageOfNotices(BaseModel):
    """Notices; ``after`` asks for the rows that follow (null: there are none)."""

    items: list[Notice]
    after: str | None


class PageOfCampaigns(BaseModel):
    """Campaigns; ``after`` asks for the rows that follow (null: there are none)."""

    items: list[CampaignSaid]
    after: str | None


class PageOfParts(BaseModel):
    """Parts; ``after`` asks for the rows that follow (null: there are none)."""

    items: list[PartRow]  # type: ignore[valid-type]
    after: str | None


class PageOfOrders(BaseModel):
    """Lines of the order; ``after`` asks for the rows that follow (null: there are none)."""

    items: list[OrderRow]  # type: ignore[valid-type]
    after: str | None


class PageOfHolds(BaseModel):
    """Vehicles on hold; ``after`` asks for the rows that follow (null: there are none)."""

    items: list[HoldRow]  # type: ignore[valid-type]
    after: str | None


class AskedVehicles(BaseModel):
    """Filters of a list of vehicles, and its page. ``booked``: a visit is booked, or none is."""

    campaign: Annotated[list[Code], Field(max_length=50)] = []
    status: Annotated[list[Status], Field(max_length=5)] = []
    model: Annotated[list[Name], Field(max_length=50)] = []
    year: Annotated[str, Field(pattern=YEARS, description="Model years: 2006-2008.")] = ""
    booked: bool | None = None
    first: Annotated[int, Field(ge=1, le=MOST, description="Rows of a page.")] = FIRST
    after: Annotated[str, Field(max_length=500, description="What the page before said.")] = ""


class PageOfVehicles(BaseModel):
    """Vehicles in campaigns, of ``total`` in all; ``after`` asks for the rows that follow (null: there are none)."""

    total: int
    vehicles: int
    items: list[VehicleRow]  # type: ignore[valid-type]
    after: str | None
