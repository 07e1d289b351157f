"""``parts promises``: what the allotment of orders gave, kept in the ledger, and which promises later supply breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.errors import UnknownName, WrongUse
from renotify.ledger import sources
from renotify.ledger.kinds import SourceKind
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.parts.pool_book import PoolBook, pool_book
from renotify.parts.promised_kits import promised_kits
from renotify.values.calendar import monday_of
from renotify.values.english import counted, measured

KEPT, BROKEN, SHIPPED = "kept", "broken", "shipped"
_MADE = pa.schema(
    [("dealer_code", pa.string()), ("part_no", pa.string()), ("kits", pa.float64()), ("week", pa.date32())]
)  # fmt: skip
ROUNDING = 1e-6
LONGEST_REASON = 255  # characters


class PromisedKits(NamedTuple):
    """Kits that a dealer was promised for a week, how many have come, the state of the promise, and the Monday that covers the rest."""

    id: int
    dealer_code: str
    part_no: str
    kits: float
    week: date
    promised_on: date
    shipped: float
    state: str
    comes: date | None
    what_to_do: str


COLUMNS = PromisedKits._fields


def keep(session: Session, lines: Iterable[Mapping[str, Any]], on: date) -> int:
    """Record what an allotment of orders gave (``allotted_orders``), in the open transaction; return how many promises.

    Kits that the pool has are promised for this week, the rest of an order for the week that covers it; what nothing covers is no promise.
    """
    rows = []
    for line in lines:
        given, rest = line["allotted"], line["order"] - line["allotted"]
        parts = ((given, monday_of(on)), (rest, line["promise_week"]))
        rows += [
            {"dealer_code": line["dealer_code"], "part_no": line["part_no"], "kits": float(kits), "week": week}
            for kits, week in parts
            if kits > 0 and week is not None
        ]  # fmt: skip
    if not rows:
        return 0
    source = sources.record(session, SourceKind.COMMAND, "parts order --keep")
    session.stage("promises_made", pa.Table.from_pylist(rows, _MADE))
    return session.execute(
        "insert into part_promise (dealer_code, part_no, kits, week, promised_on, source_id)"
        f" select dealer_code, part_no, kits, week, {':on' if session.sqlite else 'cast(:on as date)'}, :source from promises_made",
        on=on,
        source=source,
    )


def withdraw(session: Session, number: int, reason: str, on: date) -> PromisedKits:
    """Take a promise back, and return it: its kits are free again. Raises UnknownName for one that does not stand, WrongUse."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise WrongUse(
            f"Taking a promise back needs a reason of up to {LONGEST_REASON} characters.",
            "Give it with --because; it is kept with the ledger.",
        )
    with session.transaction():
        found = [row for row in promises(session, on) if row.id == number]
        if not found:
            raise UnknownName(
                f"There is no promise {number}, or it was taken back.",
                "See them: renotify parts promises",
            )
        sources.record(session, SourceKind.COMMAND, f"parts promises --withdraw {number}")
        session.execute(
            "update part_promise set withdrawn_on = :on, withdrawn_reason = :reason where id = :number",
            on=on, reason=reason.strip(), number=number,
        )  # fmt: skip
    return found[0]


def promises(session: Session, on: date, scope: Scope = ALL) -> list[PromisedKits]:
    """Return every promise that stands with its state on a day, oldest first.

    ``shipped``: all its kits have come to the dealer. ``kept``: the confirmed supply less older promises has them by the promised week,
    or has them now. ``broken``: it has them later (``comes``, a Monday) or not at all. Older promises are served first, in the whole
    country; a part without supply rows is not known to be short.
    """
    found = promised_kits(session)
    if not found.num_rows:
        return []
    book = pool_book(session, monday_of(on))
    owed = found["kits"].to_numpy() - found["shipped"].to_numpy()
    comes = np.full(len(owed), np.datetime64(monday_of(on)), "datetime64[D]")
    for part, at in _by_part(found, book):
        comes[at] = _weeks(book, part, owed[at])
    told = found.append_column("comes", pa.array(comes))
    rows = [_row(one, on) for one in told.to_pylist()]
    if scope.is_all:
        return rows
    own = set(promised_kits(session, scope)["dealer_code"].to_pylist())
    return [row for row in rows if row.dealer_code in own]


def _by_part(found: pa.Table, book: PoolBook) -> Iterable[tuple[str, Any]]:
    """Yield each part of the pool with the places of its promises."""
    for part in pc.unique(found["part_no"]).to_pylist():
        if part in book.parts:
            yield part, np.flatnonzero(pc.equal(found["part_no"], part).to_numpy())


def _weeks(book: PoolBook, part: str, owed: Any) -> Any:  # noqa: ANN401 - arrays
    """Return the Monday that covers each open promise of a part, in their order; NaT where no confirmed supply does."""
    one = book.parts[part]
    others = max(
        one.on_order - owed.sum(), 0.0
    )  # on order without a promise: as before there were any
    there = one.delivered - one.left - others + ROUNDING
    week = np.searchsorted(np.maximum.accumulate(there), np.cumsum(owed))
    monday = np.datetime64(book.monday) + 7 * week.astype("timedelta64[D]")
    return np.where(week < len(there), monday, np.datetime64("NaT"))


def _row(one: dict[str, Any], on: date) -> PromisedKits:
    """A promise as people read it."""
    if one["kits"] - one["shipped"] <= ROUNDING:
        state, do = SHIPPED, ""
    elif one["comes"] is None:
        state, do = (
            BROKEN,
            "tell the dealer that no confirmed supply has them, and move its bookings",
        )
    elif one["comes"] > max(one["week"], monday_of(on)):
        state, do = BROKEN, f"tell the dealer the week of {one['comes']}, and move its bookings"
    else:
        state = KEPT
        late = one["week"] + timedelta(weeks=1) <= on
        do = "ship: its week has passed" if late else ""
    return PromisedKits(
        one["id"], one["dealer_code"], one["part_no"], one["kits"], one["week"], one["promised_on"], round(one["shipped"], 4), state,
        None if state == SHIPPED else one["comes"], do,
    )  # fmt: skip


def sentences(rows: Iterable[PromisedKits]) -> list[str]:
    """Say of each part how many promises of kits are broken, and what to do; nothing where none is."""
    broken: dict[str, list[PromisedKits]] = {}
    for row in rows:
        if row.state == BROKEN:
            broken.setdefault(row.part_no, []).append(row)
    return [
        f"{counted(len(own), 'promise')} of {part} {'is' if len(own) == 1 else 'are'} broken by the supply as it is now,"
        f" {measured(sum(row.kits - row.shipped for row in own), 'kit')} to"
        f" {counted(len({row.dealer_code for row in own}), 'dealer')}: renotify parts promises"
        for part, own in sorted(broken.items())
    ]
