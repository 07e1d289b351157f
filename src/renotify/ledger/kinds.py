"""The words that a column of the ledger may hold. The models turn each into a CHECK of the database; nothing else lists them."""

from __future__ import annotations

import enum


class SourceKind(enum.StrEnum):
    """Where rows came from: a file as loaded, a command as run, or a person who typed them at a desk."""

    FILE = "file"
    COMMAND = "command"
    DESK = "desk"


class Layer(enum.StrEnum):
    """Who states the facts of a campaign: campaigns.toml, whose word stands, or NHTSA's record, which fills the rest."""

    CATALOGUE = "catalogue"
    NHTSA = "nhtsa"


class DayWord(enum.StrEnum):
    """What a stated day does to a clock: starts it, closes it, or takes back all that was stated of it before."""

    STARTED = "started"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Family(enum.StrEnum):
    """Safety recalls (noncompliance recalls too) and service campaigns never share a piece (49 CFR 577.14)."""

    SAFETY = "safety"
    SERVICE = "service"


class OwnerRole(enum.StrEnum):
    OWNER = "owner"
    LESSEE = "lessee"
    LESSOR = "lessor"


class ReturnAction(enum.StrEnum):
    """What follows from a code on returned mail that the maker settles; giving an owner up (573.7(b)(5)) is none of its own."""

    NEW_ADDRESS = "new_address"
    RETRY_SAME = "retry_same"
    SKIP_TRACE = "skip_trace"
    CHANGE_CHANNEL = "change_channel"


class StockType(enum.StrEnum):
    NEW = "new"
    USED = "used"
    LOANER = "loaner"
    DEMO = "demo"


class AppointmentStatus(enum.StrEnum):
    BOOKED = "booked"
    ARRIVED = "arrived"
    DONE = "done"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class DisputeAnswer(enum.StrEnum):
    """What the analyst says to another dealer's order that a dealer names: nothing yet; it is taken in; it does not count, and why."""

    ASKED = "asked"
    TAKEN = "taken"
    REFUSED = "refused"


class SupplyStatus(enum.StrEnum):
    """Kits that will come in their week, and kits that a supplier has promised for it."""

    CONFIRMED = "confirmed"
    PROMISED = "promised"


class EventKind(enum.StrEnum):
    """Population rows; repair-order lines; reports on the vehicle itself (no campaign); first-class mail; and what takes one back."""

    ADDED = "added"
    REMOVED = "removed"
    REMEDIED = "remedied"
    INSPECTED_OK = "inspected_ok"
    NEEDS_PART = "needs_part"
    DECLINED = "declined"
    OTHER = "other"
    REGISTERED = "registered"
    SCRAPPED = "scrapped"
    EXPORTED = "exported"
    STOLEN = "stolen"
    TOTAL_LOSS = "total_loss"
    UNKNOWN = "unknown"
    MAILED = "mailed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


VEHICLE_REPORTS = (
    EventKind.REGISTERED, EventKind.SCRAPPED, EventKind.EXPORTED, EventKind.STOLEN, EventKind.TOTAL_LOSS,
    EventKind.UNKNOWN,
)  # fmt: skip
OF_CAMPAIGN = tuple(kind for kind in EventKind if kind not in VEHICLE_REPORTS)
OUTCOMES = (
    EventKind.REMEDIED, EventKind.INSPECTED_OK, EventKind.NEEDS_PART, EventKind.DECLINED, EventKind.OTHER,
)  # fmt: skip


class Status(enum.StrEnum):
    """The state of a vehicle in a campaign; involved is their sum."""

    OPEN = "open"
    REPAIRED = "repaired"
    INSPECTED_OK = "inspected_ok"
    UNREACHABLE = "unreachable"
    REMOVED = "removed"


class Reason(enum.StrEnum):
    """Why a vehicle is unreachable, in the order of 49 CFR 573.7(b)(5)."""

    EXPORT = "export"
    THEFT = "theft"
    SCRAPPING = "scrapping"
    FAILURE_TO_RECEIVE = "failure_to_receive"
    OTHER = "other"


class PieceState(enum.StrEnum):
    """Where a piece is on its way."""

    LISTED = "listed"
    PLANNED = "planned"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    PRINTED = "printed"
    EXCEPTION = "exception"
    ACCEPTED = "accepted"
    SPOILED = "spoiled"


class Audience(enum.StrEnum):
    """Who gets a notice."""

    DEALER = "dealer"
    AREA = "area"


class WaveDecisionKind(enum.StrEnum):
    """What a person decided about a wave: to release it though it was not ready, or to call its release back."""

    RELEASED_ANYWAY = "released_anyway"
    CALLED_BACK = "called_back"
