"""Whose rows a question reads: a dealer's and an area's answers are their part of everybody's, and no other dealer's rows are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pyarrow as pa
import pytest

import two_dealers as world
from renotify.campaigns.follow_up_settings import read
from renotify.desks.area_month import area_month
from renotify.desks.dealer_days import dealer_week
from renotify.desks.weeks_ahead import weeks_ahead
from renotify.ledger.intake import load
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session, open_session
from renotify.ledger.status import counts
from renotify.notices import gather, notice, receipts, vehicles
from renotify.parts.dealer_orders import booked_kits, bookings, counted_stock, orders
from renotify.parts.kits_of_visits import kits_of_visits
from renotify.planner.from_ledger import plan_follow_up
from renotify.plans.expected import expected
from renotify.plans.in_force import plan_in_force
from renotify.reports.progress import progress
from renotify.selection.freeze import freeze_follow_up
from renotify.stock.delivery_hold import holds_of
from renotify.workload.of_plan import workload_of_scope
from two_dealers import EAST, NOTICE, WEST

CODES = (world.PMP, world.STP, world.SVC)
OF_EAST = {*world.EAST_OPEN, world.EAST_BOTH, world.REPAIRED, world.NEW_IN_STOCK}
OF_WEST = {
    world.WEST_BOOKED, world.WEST_OPEN, world.WEST_SERVICE, world.EXPORTED, world.INSPECTED, world.REMOVED,
    world.USED_IN_STOCK, world.WEST_TWO_LETTERS,
}  # fmt: skip
SCOPES = {
    "East": (Scope(dealer=EAST), EAST, {WEST, "W", *OF_WEST}),
    "area E": (Scope(area="E"), EAST, {WEST, "W", *OF_WEST}),
    "West": (Scope(dealer=WEST), WEST, {EAST, "E", *OF_EAST}),
    "area W": (Scope(area="W"), WEST, {EAST, "E", *OF_EAST}),
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def session(
    request: pytest.FixtureRequest,
    new_ledger: Callable[..., AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Session]:
    """Two dealers with a planned follow-up and its notices; East and its area have answered."""
    folder = tmp_path_factory.mktemp("scopes")
    with new_ledger(request, folder, request.param) as url, open_session(url) as opened:
        load(opened, [world.world(folder / "input").write()], on=NOTICE)
        freeze_follow_up(opened, read(world.settings_file(folder)), NOTICE)
        plan_follow_up(opened, "spring", "all-at-once")
        notice.write(opened, "spring", on=NOTICE, out=folder)
        answers = folder / "receipts.csv"
        answers.write_text(f"code,acknowledged_at,receipt\n{EAST},2013-02-27,R-1\n")
        receipts.acknowledge(opened, "spring", answers, NOTICE)
        yield opened


def by_dealer(rows: pa.Table | list[dict[str, Any]], key: str = "dealer_code") -> dict[str, Any]:
    """Rows by their dealer."""
    found: dict[str, Any] = {}
    for row in rows if isinstance(rows, list) else rows.to_pylist():
        found.setdefault(row[key], []).append(row)
    return found


def of_progress(session: Session, scope: Scope) -> dict[str, Any]:
    rows = progress(session, NOTICE, "dealer", scope)
    return by_dealer([{**row, "forecast": row["forecast"]["done"]} for row in rows], "dealer")


def of_expected(session: Session, scope: Scope) -> dict[str, Any]:
    found = expected(session, plan_in_force(session, "spring"), scope)
    return {
        code: (found.letters[:, place].tolist(), found.visits[:, place].tolist())
        for place, code in enumerate(found.dealers)
    }


def of_vehicles(session: Session, scope: Scope, **asked: bool) -> dict[str, Any]:
    found = vehicles.by_dealer(session, "spring", CODES, world.FIRST_LETTER, scope=scope, **asked)
    return {code: table.to_pylist() for code, table in found}


def of_notices(session: Session, scope: Scope) -> dict[str, Any]:
    shared = gather.occasion(session, "spring", NOTICE)
    return {one.code: one for one in gather.dealers(session, shared, scope)}


QUESTIONS: dict[str, Callable[[Session, Scope], dict[str, Any]]] = {
    "orders": lambda session, scope: by_dealer(orders(session, scope)),
    "counted stock": lambda session, scope: by_dealer(counted_stock(session, scope)),
    "booked kits": lambda session, scope: by_dealer(booked_kits(session, scope)),
    "bookings": lambda session, scope: by_dealer(bookings(session, scope)),
    "kits of visits": lambda session, scope: by_dealer(kits_of_visits(session, NOTICE, scope)),
    "weeks ahead": lambda session, scope: by_dealer(weeks_ahead(session, scope, NOTICE, 4), "dealer"),
    "holds": lambda session, scope: by_dealer(holds_of(session, scope, on=NOTICE)),
    "expected visits": of_expected,
    "workload": lambda session, scope: by_dealer(
        workload_of_scope(session, "spring", scope).rows, "dealer"
    ),
    "notices": of_notices,
    "vehicles": of_vehicles,
    "vehicles with owners": lambda session, scope: of_vehicles(session, scope, with_owners=True),
    "progress": of_progress,
    "counts of a past day": lambda session, scope: by_dealer(
        [row.document("dealer") for row in counts(session, by="dealer", as_of=NOTICE, scope=scope)],
        "dealer",
    ),
    "receipts missing": lambda session, scope: by_dealer(
        [row._asdict() for row in receipts.unacknowledged(session, "spring", scope) if row.audience == "dealer"], "code",
    ),
    "notices sent": lambda session, scope: by_dealer(
        receipts.sent_summary(session, "spring", scope)["dealers"]
    ),
}  # fmt: skip
ONE_SIDED = {"counted stock": EAST, "receipts missing": WEST}  # what only one of the dealers has


@contextmanager
def watched(session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Collect every text that a session returns while the block runs: dealer codes and VINs among them."""
    session.renew()  # what an earlier question left remembered is read anew, and so seen
    seen: set[str] = set()
    stream, rows = session.stream, session.rows

    @contextmanager
    def seen_stream(sql: str, schema: pa.Schema, **values: Any) -> Iterator[pa.RecordBatchReader]:
        with stream(sql, schema, **values) as reader:
            table = reader.read_all()
        for column in table.columns:
            if pa.types.is_string(column.type):
                seen.update(text for text in column.unique().to_pylist() if text)
        yield table.to_reader()

    def seen_rows(kind: type, sql: str, **values: Any) -> list[Any]:
        found = rows(kind, sql, **values)
        seen.update(text for row in found for text in row if isinstance(text, str))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(session, "stream", seen_stream)
        patch.setattr(session, "rows", seen_rows)
        yield seen


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_sees_its_own_part_of_what_all_see_and_no_row_of_another_dealer_is_read(
    session: Session, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    asking, only = QUESTIONS[question], ONE_SIDED.get(question)
    with watched(session, monkeypatch) as seen:
        everybody = asking(session, ALL)
    assert set(everybody) == ({only} if only else {EAST, WEST})
    assert (
        seen & {EAST, *OF_EAST} or only == WEST
    )  # what is looked for below is seen without a scope
    assert seen & {WEST, *OF_WEST} or only == EAST
    for name, (scope, dealer, foreign) in SCOPES.items():
        with watched(session, monkeypatch) as seen:
            found = asking(session, scope)
        assert found == {code: rows for code, rows in everybody.items() if code == dealer}, name
        assert seen & foreign == set(), name


def test_an_area_hears_of_its_own_notice_and_a_dealer_does_not(session: Session) -> None:
    def missing(scope: Scope) -> list[tuple[str, str]]:
        rows = receipts.unacknowledged(session, "spring", scope)
        return [(row.audience, row.code) for row in rows]

    assert missing(ALL) == [("dealer", WEST), ("area", "E"), ("area", "W")]
    assert missing(Scope(area="E")) == [("area", "E")]
    assert missing(Scope(area="W")) == [("dealer", WEST), ("area", "W")]
    assert missing(Scope(dealer=EAST)) == []
    assert missing(Scope(dealer=WEST)) == [("dealer", WEST)]


def test_a_dealers_day_and_an_areas_month_read_no_row_of_another_dealer(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watched(session, monkeypatch) as seen:
        dealer_week(session, EAST, NOTICE)
        area_month(session, "E", NOTICE)
    assert seen & {EAST, *OF_EAST}
    assert seen & {WEST, "W", *OF_WEST} == set()
