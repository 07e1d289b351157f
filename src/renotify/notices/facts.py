"""What one notice is made of: live figures as values, read by nobody but the memo's text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from renotify.campaigns.campaign import Campaign
from renotify.plans.forecast_record import NO_RECORD, ForecastRecord
from renotify.workload.visit_interval import Outlook

QUIET_HOURS = (
    0.5  # a week without letters and days to book, and with fewer hours than this, is not shown
)


@dataclass(frozen=True)
class Occasion:
    """What every notice of a follow-up shares: settings, campaigns and the day it is written."""

    follow_up: str
    kind: str  # initial | interim | follow_up_voluntary | follow_up_ordered
    on: date
    notice_date: date
    days_after_notice: int
    sender: Mapping[str, str]  # name, address, phone, tty
    campaigns: Sequence[Campaign]
    synthetic: str = ""
    hours: Mapping[str, str] = field(default_factory=dict)  # by campaign, in words, model by model
    visits: str = ""  # the hours of one visit of each bundle, in words; blank where there is none
    wait_weeks: int = 2  # after the week in which a visit was asked for it may wait so long

    @property
    def make(self) -> str:
        """The make that most of the campaigns name."""
        makes = [campaign.make for campaign in self.campaigns]
        return max(makes, key=makes.count, default="")

    @property
    def first_day(self) -> date:
        """No letter is mailed before this day (memo, section 2)."""
        return self.notice_date + timedelta(days=self.days_after_notice)

    @property
    def family(self) -> str:
        """``safety``, ``service`` or ``mixed``: which words the memo may use."""
        families = {campaign.family for campaign in self.campaigns}
        return families.pop() if len(families) == 1 else "mixed"


@dataclass(frozen=True)
class Week:
    """One week of a dealer or area: letters, visits and hours expected, hours at hand, and what to book beyond them.

    A week that has passed has its letters alone: nothing is expected of it, nothing can be booked in it.
    """

    week: date
    letters: int
    visits: float  # booked ones, and those to come
    hours: float  # of both
    capacity: float | None
    booked: float = 0.0  # hours of appointments not yet done
    interim: int = 0  # of the letters those that ask nobody in
    days: int = 0  # technician-days to book beyond the hours at hand
    late: float = 0.0  # visits that wait longer than the bound without them, expected

    @property
    def is_quiet(self) -> bool:
        """Whether it has no letter and no day to book, and less work than is worth a line."""
        return not self.letters and not self.days and self.hours < QUIET_HOURS


@dataclass(frozen=True)
class PartLine:
    """One part at one dealer, counted in single parts, not in packs (memo, section 4)."""

    part_no: str
    description: str
    campaigns: str
    on_hand: float
    on_order: float
    booked: float
    expected: float
    order_now: float

    @property
    def is_named(self) -> bool:
        """Whether there is anything to say of the part at this dealer."""
        figures = (self.on_hand, self.on_order, self.booked, self.order_now, self.expected)
        return any(round(figure) for figure in figures)


@dataclass(frozen=True)
class HoldLine:
    """One vehicle in stock that may not be delivered (memo, section 5)."""

    dealer: str
    vin: str
    stock_type: str
    campaigns: str
    basis: str
    days: int


@dataclass(frozen=True)
class DealerLine:
    """One dealer in its area manager's notice."""

    code: str
    name: str
    open: int
    letters: int
    peak: Week | None
    days: int  # technician-days to book in all its weeks
    order: int
    holds: int

    @property
    def tightness(self) -> tuple[float, float]:
        """Sorts the tightest first: days to book, then the share of hours used."""
        if self.peak is None or self.peak.capacity is None:
            return (0.0, 0.0)
        return (-float(self.days), -self.peak.hours / max(self.peak.capacity, 1.0))


@dataclass(frozen=True)
class OtherVisits:
    """What another follow-up brings in the weeks of the plan that are still to come."""

    follow_up: str
    visits: float
    hours: float


@dataclass(frozen=True)
class Facts:
    """The facts of one notice, to a dealer (``vehicles``) or an area manager (``dealers``); ``weeks`` are all of the plan, in order."""

    audience: str  # dealer | area
    code: str
    name: str
    place: str
    open_vehicles: int
    open_by_campaign: Mapping[str, int]
    weeks: Sequence[Week]
    parts: Sequence[PartLine] = ()
    holds: Sequence[HoldLine] = ()
    dealers: Sequence[DealerLine] = ()
    vehicles: Sequence[Sequence[str]] = ()  # VIN, vehicle, campaigns, letter; owner too if allowed
    vehicle_file: str = ""
    booked_visits: int = 0  # vehicles with an appointment not yet done, in whatever week
    booked_hours: float = 0.0
    outlook: Outlook = field(default_factory=Outlook)  # the visits of all weeks to come
    record: ForecastRecord = NO_RECORD  # how past forecasts of the follow-up held
    came_back: int = 0  # vehicles whose mail came back
    came_back_rows: Sequence[Sequence[str]] = ()  # VIN, vehicle, campaigns
    others: Sequence[OtherVisits] = ()  # of follow-ups beside this one

    @property
    def letters(self) -> int:
        """Letters of all weeks, those that have passed too."""
        return sum(week.letters for week in self.weeks)

    @property
    def interim(self) -> int:
        """Letters that ask nobody in."""
        return sum(week.interim for week in self.weeks)

    @property
    def lively(self) -> Sequence[Week]:
        """The weeks to show: all up to the last with a letter, a day to book or more than a few minutes of work."""
        shown = len(self.weeks)
        while shown and self.weeks[shown - 1].is_quiet:
            shown -= 1
        return self.weeks[:shown]

    @property
    def peak(self) -> Week | None:
        """The busiest week."""
        return max(self.lively, key=lambda week: week.hours, default=None)

    @property
    def days(self) -> int:
        """Technician-days to book in all weeks."""
        return sum(week.days for week in self.weeks)
