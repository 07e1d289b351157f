"""``notices``, ``workload``, ``parts``, ``stock``: what dealers are told, and what they must have ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.lazy_group import CommandGroup
from renotify.cli.list_files import list_file, write_and_say
from renotify.cli.options import (
    DRAWING,
    FILE,
    OUT,
    ledger_command,
    of_a_scope,
    shared,
)
from renotify.cli.output import noted, progress_bar, rows_of, show, table, write_drawing
from renotify.values.english import counted, figure

if TYPE_CHECKING:
    from renotify.ledger.scope import Scope
    from renotify.ledger.session import Session


@click.command()
@click.argument("name")
@click.option("--acknowledge", type=FILE, help="A CSV of receipts: code, acknowledged_at, receipt.")
@click.option(
    "--receipts",
    "show_receipts",
    is_flag=True,
    help="Show whom the notices were sent to, which editions, and who has not acknowledged (49 CFR 577.13(c)).",
)
@click.option(
    "--sent",
    is_flag=True,
    help="Record that the notices as written last were sent on the day of --on: dealers are told by it; an edition's first day stands.",
)
@shared(
    "--to",
    "CODE",
    "codes",
    multiple=True,
    about="With --sent: to these dealers or areas alone.",
)
@click.option(
    "--with-owners",
    is_flag=True,
    help="Owner contact in each dealer's own notice; every one is disclosed and logged.",
)
@OUT
@ledger_command
def notices(
    session: Session,
    name: str,
    acknowledge: Path | None,
    show_receipts: bool,
    sent: bool,
    codes: tuple[str, ...],
    with_owners: bool,
    out: Path,
    as_json: bool,
    on: date,
) -> None:
    """Write the notice to every dealer and area manager as PDF, record that they were sent, take in their receipts, or show them."""
    from renotify.notices import notice, receipts

    if codes and not sent:
        raise click.UsageError("--to goes with --sent.")
    if sent:
        told = receipts.state_sent(session, name, on, codes)
        said = f"{counted(told['stated'], 'notice')} of {name} stated as sent on {on}, {told['unchanged']:,} before."
        show(told, as_json, lambda: noted("\n".join([said, *told["notes"]])))
        return

    if acknowledge is not None:
        taken = receipts.acknowledge(session, name, acknowledge, on)
        show(taken, as_json, lambda: _acknowledged(taken))
        return
    if show_receipts:
        _show_receipts(session, name, as_json)
        return
    with progress_bar() as progress:
        written = notice.write(
            session, name, on=on, out=out, with_owners=with_owners, progress=progress
        )
    show(
        written,
        as_json,
        lambda: _written(name, written),
    )


def _written(name: str, written: Mapping[str, Any]) -> None:
    """Say what was written, whom it tells nothing new, and what is next."""
    click.echo(
        f"{counted(written['dealers'], 'dealer notice')} and {counted(written['areas'], 'area notice')} in {written['folder']}."
    )
    for message in written["messages"]:
        noted(f"- {message}")
    click.echo(f"Next, when they are sent: renotify notices {name} --sent --on DATE")


def _acknowledged(taken: Mapping[str, Any]) -> None:
    """Say how many receipts were taken in, and why each of the others was not."""
    noted(
        f"{taken['acknowledged']:,} acknowledged, {taken['unchanged']:,} known before,"
        f" {len(taken['rejected']):,} rejected."
    )
    for note in taken.get("notes", ()):
        noted(f"Note: {note}")
    for row in taken["rejected"]:
        noted(f"- line {row['line']}, code {row['code'] or '(blank)'}: {row['reason']}")


def _show_receipts(session: Session, name: str, as_json: bool) -> None:
    from renotify.notices import receipts

    proof = receipts.sent_summary(session, name)
    waiting = [one._asdict() for one in receipts.unacknowledged(session, name)]
    columns = ("audience", "code", "edition", "written_on", "sent_on")
    by_edition = ("edition", "dealers", "sent", "first_sent", "last_sent", "acknowledged")
    editions = receipts.by_edition(proof["dealers"])

    def text() -> None:
        noted(
            f"{name}: {proof['sent']:,} of {counted(proof['known_dealers'], 'dealer')} {_have(proof['sent'])} a notice,"
            f" {proof['acknowledged']:,} {_have(proof['acknowledged'])} acknowledged it."
        )
        if len(editions) > 1:
            table("Editions", by_edition, rows_of(editions, *by_edition))
        if proof["missing"]:
            click.echo(
                f"Without a notice: {', '.join(proof['missing'])}. Next: renotify notices {name}"
            )
        if proof["not_stated_sent"]:
            click.echo(
                f"{counted(proof['not_stated_sent'], 'notice')} to dealers not stated as sent."
                f" Next: renotify notices {name} --sent --on DATE"
            )
        table("Not acknowledged", columns, rows_of(waiting, *columns))

    show({**proof, "unacknowledged": waiting}, as_json, text)


@click.command()
@click.argument("name")
@shared("--svg", "FILE", about="Draw the dealers' heat map in this SVG file.", type=DRAWING)
@list_file()
@ledger_command
@of_a_scope
def workload(
    session: Session,
    name: str,
    scope: Scope,
    svg: Path | None,
    file: Path | None,
    as_json: bool,
    on: date,
) -> None:
    """Show expected appointments and technician hours by dealer and week against capacity."""
    from renotify.charts.dealer_heat_map import DealerWeeks, dealer_heat_map
    from renotify.vehicle_lists.asked import Asked, command
    from renotify.workload.of_plan import documents, workload_of

    found = workload_of(session, name, scope, on=on)
    brought, work, now = found.expected, found.work, found.expected.now
    others = found.beside
    drawn = DealerWeeks(
        brought.dealers, brought.mondays[now:], work.mean_hours[:, now:], work.capacity[:, now:]
    )
    if svg is not None:
        write_drawing(svg, lambda: dealer_heat_map(drawn))
    if file is not None:
        write_and_say(file, found.table, on, sheet="workload", as_json=as_json)
        return
    load = {
        "follow_up": name,
        "rows": found.rows,
        "tightest": documents(found.tightest),
        "sentences": found.sentences,
        "totals": found.totals._asdict(),
        "others": [one.document() for one in others],
    }
    if as_json:
        load["heat_map"] = dealer_heat_map(drawn)
    columns = (
        "dealer", "week", "appointments", "booked_visits", "low", "high", "hours", "booked_hours", "capacity", "late_chance",
        "extra_technician_days",
    )  # fmt: skip

    def text() -> None:
        noted(found.summary)
        table("Tightest weeks", columns, rows_of(documents(found.tightest), *columns))
        for sentence in [*(one.sentence for one in others), *found.sentences]:
            noted(f"- {sentence}")
        if found.totals.booked:
            since = Asked(visit_since=brought.mondays[now])
            listed = command(since, area=scope.area, dealer=scope.dealer)
            click.echo(f"Booked, at dealers without a letter too: {listed}")

    show(load, as_json, text)


@click.group(cls=CommandGroup)
def parts() -> None:
    """Parts for the follow-up."""


# what is printed of an order, the most important first: the column of each key
ORDERS = {
    "dealer_code": "dealer", "part_no": "part", "order": "order", "allotted": "allotted", "promise_week": "promise_week",
    "on_hand": "on_hand", "on_order": "on_order", "booked": "booked_kits", "expected": "expected_kits", "booked_q95": "booked_q95",
    "base_stock": "base_stock", "pack_qty": "pack_qty", "description": "description",
}  # fmt: skip


@parts.command("order")
@click.option(
    "--cap",
    type=click.IntRange(min=0),
    metavar="NUMBER",
    help="Allot a dealer at most so many kits of a part, in whole packs.",
)
@click.option("--named-vehicles-only", is_flag=True, help="Allot kits to booked vehicles only.")
@click.option(
    "--keep", is_flag=True, help="Record what is allotted as promises: it is never given twice."
)
@list_file()
@ledger_command
@of_a_scope
def parts_order(
    session: Session,
    scope: Scope,
    cap: int | None,
    named_vehicles_only: bool,
    keep: bool,
    file: Path | None,
    as_json: bool,
    on: date,
) -> None:
    """Recommend orders: check stock, order to appointments, sell one buy one; what the pool allots of them, and when the rest."""
    from renotify.parts import national_pool, promises
    from renotify.parts.allocation import AllocationRules

    set_rules = cap is not None or named_vehicles_only
    rules = AllocationRules(cap, named_vehicles_only) if set_rules else None
    kept = 0
    if keep:
        with session.transaction():  # nobody is promised the same kits meanwhile
            found = national_pool.allotted_orders(session, on, scope, rules)
            kept = promises.keep(session, found.to_pylist(), on)
    else:
        found = national_pool.allotted_orders(session, on, scope, rules)
    if file is not None:
        write_and_say(file, found, on, sheet="orders", as_json=as_json)
        return
    lines = found.to_pylist()
    wanted = lines if as_json or scope.dealer else [line for line in lines if line["order"]]

    def text() -> None:
        table("Order now", tuple(ORDERS.values()), rows_of(wanted, *ORDERS))
        if not keep and any(line["order"] for line in lines):
            noted(
                "Nothing of this is promised yet: allotted is what the pool would give now, promise_week when it would have the rest."
                " renotify parts order --keep promises both, once."
            )
        for sentence in national_pool.shortages(lines):
            noted(f"- {sentence}")
        if keep:
            click.echo(f"{counted(kept, 'promise')} kept. See them: renotify parts promises")

    show(lines, as_json, text)


@parts.command("promises")
@click.option(
    "--withdraw",
    "number",
    type=int,
    metavar="ID",
    help="Take this promise back: its dealer needs the kits no more.",
)
@shared("--because", "REASON", about="With --withdraw: why; kept with the ledger.", default="")
@ledger_command
@of_a_scope
def parts_promises(
    session: Session, scope: Scope, number: int | None, because: str, as_json: bool, on: date
) -> None:
    """List the kits that dealers were promised: kept, broken by supply that slipped, or shipped, and what to do."""
    from renotify.parts import promises

    if number is not None:
        taken = promises.withdraw(session, number, because, on)
        said = (
            f"{figure(taken.kits)} {'kit' if taken.kits == 1 else 'kits'} of {taken.part_no} for {taken.dealer_code}"
            f" {'is' if taken.kits == 1 else 'are'} promised no more."
        )
        show(taken._asdict() | {"because": because}, as_json, lambda: click.echo(said))
        return
    found = promises.promises(session, on, scope)
    rows = [one._asdict() for one in found]

    def text() -> None:
        table("Promises", promises.COLUMNS, rows_of(rows, *promises.COLUMNS))
        if not rows:
            click.echo("No kits are promised: renotify parts order --keep")
        for sentence in promises.sentences(found):
            noted(f"- {sentence}")

    show(rows, as_json, text)


@parts.command("pool")
@click.argument("part", required=False)
@ledger_command
def parts_pool(session: Session, part: str | None, as_json: bool, on: date) -> None:
    """Show the one book of kits: delivered, on shelves, fitted, promised, expected by letters, free; with PART, week by week."""
    from renotify.parts import pool_table

    lines = pool_table.pool_lines(session, on, part or "")
    columns = (
        "part_no",
        "delivered",
        "on_shelves",
        "fitted",
        "left_pool",
        "on_order",
        "promised",
        "letters",
        "for_orders",
        "free",
        "overdue",
        "free_at_dealers",
    )

    def text() -> None:
        table("The pool of kits", _kits(columns), rows_of(lines, *columns))
        if part:
            by_week = ("week", "delivered", "promised_supply", "letters", "for_orders", "free")
            table("By the end of each week", _kits(by_week), rows_of(lines[0]["weeks"], *by_week))
        for sentence in pool_table.sentences(lines):
            noted(f"- {sentence}")

    show(lines, as_json, text)


def _kits(columns: Sequence[str]) -> list[str]:
    """Return columns of the pool as they are printed: what letters take are kits, and no letters."""
    return ["for_letters" if column == "letters" else column for column in columns]


@click.group(cls=CommandGroup)
def stock() -> None:
    """Vehicles in dealer stock."""


@stock.command("holds")
@click.option(
    "--release-used",
    is_flag=True,
    help="Policy switch: used vehicles may be delivered; the law holds new ones in any case.",
)
@click.option(
    "--basis",
    type=click.Choice(["law", "policy"]),
    help="Held by law alone, or by the maker's policy.",
)
@shared("--campaign", "CODE", about="Held for one campaign only.", default="")
@list_file()
@ledger_command
@of_a_scope
def stock_holds(
    session: Session,
    scope: Scope,
    release_used: bool,
    basis: str | None,
    campaign: str,
    file: Path | None,
    as_json: bool,
    on: date,
) -> None:
    """List vehicles in stock that may not be delivered before their recall is done: new by law, used by policy."""
    from renotify.stock.delivery_hold import held_for, holds_call, holds_of

    found = holds_of(session, scope, on=on, hold_used=not release_used)
    code = campaign
    if campaign:
        from renotify.ledger import registry

        code = registry.in_other_case(session, campaign)
        registry.campaigns(session, [code])
    found = held_for(found, basis=basis or "", campaign=code)
    if file is not None:
        write_and_say(file, found, on, sheet="holds", as_json=as_json)
        return
    rows = found.to_pylist()
    columns = ("dealer_code", "vin", "stock_type", "campaigns", "basis", "days_in_stock")
    by_law = sum(row["basis"] == "law" for row in rows)

    def text() -> None:
        table("On hold", columns, rows_of(rows, *columns))
        noted(
            f"{counted(len(rows), 'vehicle')} on hold: {by_law:,} by law (49 USC 30120(i)), {len(rows) - by_law:,} by the maker's policy."
            " The table has each of them; --out FILE.xlsx writes it."
        )
        for one in () if basis else dict.fromkeys(row["basis"] for row in rows):
            held = sum(row["basis"] == one for row in rows)
            listed = holds_call(
                basis=one, campaign=code, area=scope.area, dealer=scope.dealer, on=on
            )
            click.echo(f"{held:,} by {one}: {listed}{' --release-used' if release_used else ''}")

    show(rows, as_json, text)


@stock.command("sold")
@ledger_command
@of_a_scope
def stock_sold(session: Session, scope: Scope, as_json: bool, on: date) -> None:
    """List vehicles that were sold from stock before their recall was done, those still open first, and whether a new holder is known."""
    from renotify.stock.sold_while_open import sold_while_open

    rows = sold_while_open(session, scope, on=on).to_pylist()
    columns = (
        "dealer_code",
        "vin",
        "stock_type",
        "campaigns",
        "basis",
        "sold_date",
        "still_open",
        "holder_known",
    )
    unknown = sum(bool(row["still_open"]) and not row["holder_known"] for row in rows)

    def text() -> None:
        table("Sold while open", columns, rows_of(rows, *columns))
        if unknown:
            click.echo(
                f"{counted(unknown, 'vehicle')} still open without a holder on record; what to do: renotify owners unknown"
            )

    show(rows, as_json, text)


def _have(count: int) -> str:
    return "has" if count == 1 else "have"
