"""The book of kits as people read it: one line a part with what each figure was derived from, and its weeks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pyarrow.compute as pc

from renotify.errors import UnknownName
from renotify.ledger.follow_ups import ended_on
from renotify.ledger.session import Session
from renotify.parts.pool_book import SHIPMENTS, PartBook, PoolBook, pool_book
from renotify.plans.in_force import plan_in_force, planned
from renotify.plans.planned_otherwise import Takes, pairs_of, planned_otherwise
from renotify.values.calendar import monday_of
from renotify.values.english import counted, figure
from renotify.visits.live_part_numbers import live_number, replacements
from renotify.visits.needs import needs


def pool_lines(session: Session, on: date, part: str = "") -> list[dict[str, Any]]:
    """Return the book as of a day: a line for each part with supply, or for one, under whatever number it is asked for.

    ``promised`` are kits of booked owners that neither shelf nor open orders have; what ``parts promises`` lists is on order. ``free`` has
    what suppliers promised from this week on; ``overdue`` is what they promised for weeks gone by and did not confirm: in no other figure.
    ``letters`` are the kits that letters in force still draw on the pool over the weeks shown, ``free_at_dealers`` those that bookings and
    these letters leave at dealers, on the shelf or on order. ``planned_otherwise`` are the follow-ups whose plan reckons with other kits
    a visit than ``campaign_parts`` have now: ``letters`` are by the plan. Raises UnknownName for a part without supply rows.
    """
    book, otherwise = pool_book(session, monday_of(on), today=on), _planned_otherwise(session)
    if not part:
        return [_line(book, one, otherwise) for one in book.parts.values()]
    live = live_number(part, replacements(session))
    if live not in book.parts:
        known = ", ".join(book.parts) or "none"
        raise UnknownName(f"Part {part} has no supply rows.", f"Parts with supply: {known}.")
    return [_line(book, book.parts[live], otherwise)]


def _planned_otherwise(session: Session) -> dict[str, list[str]]:
    """Return the follow-ups, by part, whose plan reckons with other kits a visit than are stated now; one that has ended asks for none."""
    found: dict[str, list[str]] = {}
    for name in planned(session):
        if ended_on(session, name) is not None:
            continue
        plan = plan_in_force(session, name)
        visits = needs(session, pairs_of(plan)).visits
        now = {pair: Takes(one.hours, one.kits) for pair, one in visits.items()}
        for part in planned_otherwise(plan, now).parts:
            found.setdefault(part, []).append(name)
    return found


def _line(book: PoolBook, one: PartBook, otherwise: Mapping[str, list[str]]) -> dict[str, Any]:
    weeks = [
        {
            "week": (book.monday + timedelta(weeks=at)).isoformat(),
            "delivered": _kits(one.delivered[at]),
            "promised_supply": _kits(one.as_promised[at]),
            "letters": _kits(one.letters[at]),
            "for_orders": _kits(one.for_orders[at]),
            "free": _kits(one.free[at]),
        }
        for at in range(book.weeks)
    ]
    first: Mapping[str, Any] = weeks[0]
    at_dealers = book.shelves.filter(pc.equal(book.shelves["part_no"], one.part_no))
    return {
        "part_no": one.part_no,
        "delivered": first["delivered"],
        "on_shelves": _kits(one.on_shelf),
        "fitted": _kits(one.fitted),
        "fitted_by_orders": _kits(one.by_orders),
        "saved_by_shared_visits": _kits(one.saved),
        "on_shelves_before": _kits(one.opening),
        "left_pool": _kits(one.left),
        "left_pool_from": one.source,
        "on_order": _kits(one.on_order),
        "booked": _kits(one.booked),
        "promised": _kits(one.promised),
        "letters": weeks[-1]["letters"],
        "for_orders": first["for_orders"],
        "free": first["free"],
        "overdue": _kits(sum(late.kits for late in book.overdue if late.part_no == one.part_no)),
        "free_at_dealers": _kits(pc.sum(at_dealers["kits"]).as_py() or 0.0),
        "planned_otherwise": otherwise.get(one.part_no, []),
        "weeks": weeks,
    }


def _kits(amount: float) -> float:
    return round(float(amount), 4)


def sentences(lines: list[dict[str, Any]]) -> list[str]:
    """Say of each part from what it was derived that kits left the pool, which promises its supply does not cover, and what is overdue."""
    said = []
    for line in lines:
        if line["overdue"]:
            said.append(
                f"{line['part_no']}: {_told(line['overdue'])} promised for weeks gone by are not confirmed, and not free: ask the supplier,"
                " and load part_supply with their new week, or as confirmed."
            )
        if line["left_pool_from"] == SHIPMENTS:
            said.append(
                f"{line['part_no']}: {_told(line['left_pool'])} left the pool by {SHIPMENTS}."
            )
        else:
            said.append(
                f"{line['part_no']}: {_told(line['left_pool'])} left the pool, derived dealer by dealer:"
                f" {figure(line['on_shelves'])} on shelves by the newest counts and what came and went since,"
                f" {figure(line['fitted'])} fitted by repair orders,"
                f" less {figure(line['on_shelves_before'])} on shelves before the first receipt."
            )
        if line["fitted"] != line["fitted_by_orders"]:
            said.append(
                f"{line['part_no']}: {_told(line['fitted'])} fitted by shipments and counts, which rule; repair orders expect"
                f" {_told(line['fitted_by_orders'])}, but not each of these repairs takes the part."
            )
        if line["saved_by_shared_visits"]:
            said.append(
                f"{line['part_no']}: {_told(line['saved_by_shared_visits'])} saved by visits that took one kit for two campaigns:"
                " a part that campaigns share counts once a visit. Where a visit took one for each, that many fitted kits are missing here."
            )
        said += [
            f"{line['part_no']}: campaign_parts have other kits a visit than the plan of {name} reckons with; those of its letters are by"
            f" the plan. Next: renotify replan {name}."
            for name in line["planned_otherwise"]
        ]
        owed = line["left_pool"] + line["on_order"] + line["promised"] + line["letters"]
        short = owed - line["weeks"][-1]["delivered"]
        if short > 1e-6:
            said.append(
                f"{line['part_no']}: promises and letters ask {_told(short)} more than all confirmed supply has by the week of"
                f" {line['weeks'][-1]['week']}."
            )
    return said


def _told(kits: float) -> str:
    return counted(int(kits), "kit") if kits == int(kits) else f"{kits:,.1f} kits"
