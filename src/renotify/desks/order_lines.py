"""What a dealer orders now, a line a part with its reason in words, as a page shows it and as an order file has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.parts.dealer_orders import SERVICE_LEVEL, orders
from renotify.values.english import counted, figure, measured

LINES = pa.schema(
    [("part_no", pa.string()), ("description", pa.string()), ("order", pa.int64()), ("pack_qty", pa.int64()), ("on_hand", pa.float64()),
     ("on_order", pa.float64()), ("booked", pa.float64()), ("base_stock", pa.int64()), ("lead_days", pa.int64()), ("reason", pa.string())]
)  # fmt: skip
ORDER_FILE = ("dealer_code", "part_no", "description", "order", "pack_qty", "reason")


def order_lines(session: Session, dealer: str, on: date) -> pa.Table:
    """Return the parts of a dealer (``LINES``), those to order first: the figures of ``renotify parts order``, and why in words.

    What the national pool allots of it is known when all dealers' orders are: no other dealer's rows are read here.
    """
    rows = orders(session, Scope(dealer=dealer), on=on).to_pylist()
    lines = [row | {"reason": reason(row)} for row in rows]
    lines.sort(key=lambda row: (not row["order"], row["part_no"]))
    return pa.Table.from_pylist(lines, LINES)


def order_file(lines: pa.Table, dealer: str) -> pa.Table:
    """Return the lines that are ordered, as a file of a parts system: dealer_code, part_no, description, order, pack_qty, reason."""
    wanted = [row | {"dealer_code": dealer} for row in lines.to_pylist() if row["order"]]
    kinds = {name: lines.schema.field(name).type for name in LINES.names}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in ORDER_FILE])
    return pa.Table.from_pylist(wanted, schema)


def reason(line: Mapping[str, Any]) -> str:
    """Say why a part is ordered, or why not: what booked visits take, what the shelf holds for walk-ins, what is there and coming."""
    needed = line["booked_q95"] + line["base_stock"]
    there = line["on_hand"] + line["on_order"]
    wanted = []
    if line["booked_q95"]:
        wanted.append(f"{figure(line['booked_q95'])} for booked visits")
    if line["base_stock"]:
        level = f"{SERVICE_LEVEL:.0%}".replace("%", " %")
        wanted.append(
            f"{figure(line['base_stock'])} for walk-ins (they find it in {level} of weeks; {counted(line['lead_days'], 'day')} to come)"
        )
    if not wanted:
        return "Nobody is booked for it, and too few may walk in to keep one."
    has = f"{figure(line['on_hand'])} on hand and {figure(line['on_order'])} on order"
    said = f"{' and '.join(wanted)}; {has}"
    if not line["order"]:
        return f"{said}: enough."
    short = max(needed - there, 0.0)
    packs = f", in packs of {line['pack_qty']}" if line["pack_qty"] > 1 else ""
    return f"{said}: {measured(round(short, 2), 'kit')} short{packs}."
