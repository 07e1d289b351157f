"""A dealer's day and week: who comes, what they need, what is missing, what must not be done, and what is to be acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify.desks.booked_visits import booked_visits, visits_over
from renotify.desks.in_force_now import InstructionKind, instructions
from renotify.desks.kits_at_hand import kits_at_hand
from renotify.desks.weeks_ahead import beside_them, newest_plan, weeks_ahead
from renotify.ledger import follow_ups
from renotify.ledger.kinds import Audience, Status
from renotify.ledger.scope import Scope, dealer_scope
from renotify.ledger.session import Session
from renotify.notices import receipts
from renotify.parts.kits_of_visits import coming_kits, kits_of_visits
from renotify.plans.expected import SILENT, silent_vehicles
from renotify.plans.forecast_record import NO_RECORD, ForecastRecord
from renotify.plans.in_force import plan_in_force, record_of
from renotify.stock.delivery_hold import holds_call, holds_of
from renotify.values.calendar import monday_of
from renotify.vehicle_lists.asked import Asked, command

SUNDAY = timedelta(days=6)
AHEAD = timedelta(days=7)
NEXT_DAY = timedelta(days=1)
NOTICES = pa.schema(
    [("follow_up", pa.string()), ("code", pa.string()), ("edition", pa.int64()), ("sent_on", pa.date32()), ("command", pa.string())]
)  # fmt: skip


class DealerName(NamedTuple):
    """A dealer as it is called."""

    dealer_code: str
    name: str
    area_code: str


@dataclass(frozen=True, eq=False)
class DealerDays:
    """What a dealer's desk needs for the days from ``first`` to ``last``, seen on the day ``on``. Tables, a row each:

    ``visits`` the booked visits of these days (``VISITS``), ``without_word`` those of days before ``on`` that nobody has reported;
    ``over`` the visits booked for ``on`` or later of which all was done before (``OVER``);
    ``may_come`` vehicles whose letter is out and whose owner has not asked (``SILENT``); ``weeks`` the dealer's week (``WEEKS``);
    ``kits`` its parts, on hand, on order, arriving and short (``kits_at_hand.PARTS``); ``holds`` the vehicles in stock that may not
    be delivered (``HOLDS``); ``instructions`` in force (``INSTRUCTIONS``); ``notices`` to acknowledge (``NOTICES``).
    """

    dealer: DealerName
    on: date
    first: date
    last: date
    visits: pa.Table
    without_word: pa.Table
    over: pa.Table
    may_come: pa.Table
    weeks: pa.Table
    kits: pa.Table
    holds: pa.Table
    instructions: pa.Table
    notices: pa.Table
    beside: tuple[str, ...] = ()
    ahead: pa.Table | None = None  # the visits of the seven days after these
    record: ForecastRecord = NO_RECORD  # how past forecasts of the newest follow-up held

    @cached_property
    def tables(self) -> dict[str, pa.Table]:
        """The tables by name, the visits first."""
        names = ("visits", "kits", "weeks", "may_come", "holds", "instructions", "notices", "without_word", "over")  # fmt: skip
        return {name: getattr(self, name) for name in names}

    @property
    def lists(self) -> dict[str, str]:
        """The commands that list the vehicles behind the day: those booked here in these days, and the dealer's open ones."""
        code = self.dealer.dealer_code
        return {
            "booked": command(
                Asked(visit_dealer=code, visit_since=self.first, visit_before=self.last + NEXT_DAY)
            ),
            "open": command(Asked(statuses=(Status.OPEN,)), dealer=code),
        }

    def _opened(self, campaign: str, kind: str) -> str:
        """Return the command that lists the vehicles that an instruction is about."""
        code = self.dealer.dealer_code
        if kind == InstructionKind.STOP_SALE:
            return holds_call(basis="law", campaign=campaign, dealer=code, on=self.on)
        return command(Asked(campaigns=(campaign,), statuses=(Status.OPEN,)), dealer=code)

    def document(self) -> dict[str, Any]:
        """Return it as ``renotify dealer day --json`` prints it, without the sentences."""
        return {
            "dealer": self.dealer.dealer_code, "name": self.dealer.name, "area": self.dealer.area_code, "on": self.on,
            "from": self.first, "to": self.last, **{name: rows.to_pylist() for name, rows in self.tables.items()},
            "instructions": [
                one | {"list": self._opened(one["campaign"], one["kind"])} for one in self.instructions.to_pylist()
            ],
            "beside": list(self.beside), "lists": self.lists,
        }  # fmt: skip


def dealer_day(session: Session, code: str, on: date) -> DealerDays:
    """Return a dealer's day. Raises UnknownName for a dealer nobody has loaded."""
    return _days(session, code, on, on, on)


def dealer_week(session: Session, code: str, on: date) -> DealerDays:
    """Return a dealer's week, Monday to Sunday, of a day. Raises UnknownName for a dealer nobody has loaded."""
    return _days(session, code, on, monday_of(on), monday_of(on) + SUNDAY)


def _days(session: Session, code: str, on: date, first: date, last: date) -> DealerDays:
    scope = dealer_scope(session, code)
    (dealer,) = session.rows(
        DealerName,
        "select dealer_code, name, area_code from dealer where dealer_code = :code",
        code=code,
    )
    coming = coming_kits(session, on, scope)
    kits = kits_of_visits(session, on, scope, coming=coming)
    every = booked_visits(session, scope, kits, on)
    days = every["day"]
    visits = every.filter(
        pc.and_(pc.greater_equal(days, pa.scalar(first)), pc.less_equal(days, pa.scalar(last)))
    )
    holds = holds_of(session, scope, on=on)
    return DealerDays(
        dealer=dealer,
        on=on,
        first=first,
        last=last,
        visits=visits,
        without_word=every.filter(pc.less(days, pa.scalar(on))),
        over=visits_over(session, scope, on),
        may_come=_may_come(session, scope, on),
        weeks=weeks_ahead(session, scope, on),
        kits=kits_at_hand(session, scope, kits, coming, visits),
        holds=holds,
        instructions=instructions(session, scope, holds, on),
        notices=to_acknowledge(session, scope, on),
        beside=tuple(beside_them(session, scope, on)),
        record=record_of(session, filter(None, [newest_plan(session, on)]), on),
        ahead=every.filter(
            pc.and_(pc.greater(days, pa.scalar(last)), pc.less_equal(days, pa.scalar(last + AHEAD)))
        ),
    )


def _may_come(session: Session, scope: Scope, on: date) -> pa.Table:
    name = newest_plan(session, on)
    return silent_vehicles(session, plan_in_force(session, name), on, scope) if name else SILENT.empty_table()  # fmt: skip


def to_acknowledge(session: Session, scope: Scope, on: date) -> pa.Table:
    """Return the notices of follow-ups in force that went to a scope's dealers and have no receipt (``NOTICES``, and whose: ``code``)."""
    rows = [
        {
            "follow_up": name, "code": one.code, "edition": one.edition, "sent_on": one.sent_on,
            "command": f"renotify notices {name} --acknowledge RECEIPTS.csv",
        }
        for name in follow_ups.in_force(session, on)
        for one in receipts.unacknowledged(session, name, scope)
        if one.sent_on is not None and one.sent_on <= on and one.audience == Audience.DEALER
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, NOTICES)
