"""What rows become in the ledger: events with subject, content, day; and the state after them."""

from __future__ import annotations

from datetime import date

import pytest

from folder import ON, make_vin
from ledger.history import freeze_piece
from renotify.ledger import tables
from renotify.ledger.intake import Counts

VIN, OTHER = make_vin(1), make_vin(2)


@pytest.fixture
def session(sqlite_session):
    """On SQLite: that PostgreSQL takes every table alike is the walk's (tests/corridors) and test_load's to show."""
    return sqlite_session


@pytest.fixture
def base(folder):
    folder.campaign("9LA").campaign("ALE").campaign("CLB").dealer()
    return folder.vehicle(VIN, "9LA", "ALE")


def events(session, kind):
    rows = tables.read(
        session, "event", where="kind = :kind", order="vin, subject, content", kind=kind
    )
    return rows.to_pylist()


def status(session, vin, campaign):
    where = "vin = :vin and campaign_code = :campaign and current"
    (row,) = tables.read(session, "state", where=where, vin=vin, campaign=campaign).to_pylist()
    return row["status"]


class TestPopulation:
    def test_a_vehicle_of_the_first_version_joined_when_the_campaign_was_filed(
        self, session, base, take
    ):
        take(base)
        first, _ = events(session, "added")
        assert (first["subject"], first["content"]) == ("pop|9LA|1", "")
        assert first["occurred_on"] == date(2009, 1, 16)

    def test_the_day_given_is_the_day_it_joined(self, session, base, take):
        base.add("population", campaign_code="CLB", vin=OTHER, added_date="2012-05-01")
        take(base)
        (event,) = [e for e in events(session, "added") if e["campaign_code"] == "CLB"]
        assert (event["content"], event["occurred_on"]) == ("2012-05-01", date(2012, 5, 1))

    def test_a_later_version_begins_when_its_remedy_is_available(self, session, folder, take):
        folder.campaign("9LA", remedy_version=2, remedy_available_date=date(2011, 3, 1)).dealer()
        folder.add("population", campaign_code="9LA", vin=VIN, remedy_version=1)
        folder.add("population", campaign_code="9LA", vin=VIN, remedy_version=2)
        folder.add("population", campaign_code="9LA", vin=OTHER, remedy_version=3)
        take(folder)
        days = {e["subject"]: e["occurred_on"] for e in events(session, "added")}
        assert days == {
            "pop|9LA|1": date(2009, 1, 16), "pop|9LA|2": date(2011, 3, 1), "pop|9LA|3": ON,
        }  # fmt: skip

    def test_a_vehicle_taken_out_is_an_event_of_its_own(self, session, base, take):
        base.add("population", campaign_code="CLB", vin=VIN, removed_date="2012-09-01")
        assert take(base).tables["population"] == Counts(accepted=3)
        (event,) = events(session, "removed")
        assert (event["subject"], event["content"]) == ("rem|CLB|1", "2012-09-01")
        assert status(session, VIN, "CLB") == "removed"

    def test_a_removal_told_later_is_news_of_a_known_row(self, session, base, take):
        take(base)
        base.rows["population"][0]["removed_date"] = "2012-09-01"
        assert take(base).tables["population"] == Counts(accepted=1, unchanged=1)
        assert status(session, VIN, "9LA") == "removed"


class TestRepairOrders:
    def test_a_line_is_about_dealer_order_and_campaign(self, session, base, take):
        take(base.repair(VIN, "9LA", date(2010, 5, 4), hours=2.25))
        (event,) = events(session, "remedied")
        assert event["subject"] == "ro|D0001|R0001|9LA"
        assert event["content"] == "2010-05-04|remedied|225"
        assert (event["dealer_code"], event["hours"]) == ("D0001", 2.25)

    def test_one_order_may_close_two_campaigns(self, session, base, take):
        base.repair(VIN, "9LA", date(2011, 5, 4), ro_id="R7")
        base.repair(VIN, "ALE", date(2011, 5, 4), outcome="inspected_ok", ro_id="R7", hours="")
        assert take(base).tables["repair_orders"] == Counts(accepted=2)
        assert (status(session, VIN, "9LA"), status(session, VIN, "ALE")) == (
            "repaired",
            "inspected_ok",
        )
        assert events(session, "inspected_ok")[0]["hours"] is None


class TestMail:
    def test_a_letter_without_an_id_is_known_by_campaign_and_day(self, session, base, take):
        mailed = {"vin": VIN, "campaign_code": "9LA", "mailed_date": "2012-03-05"}
        base.add("mail_events", **mailed, kind="mailed")
        base.add(
            "mail_events", **mailed, kind="returned", returned_date="2012-03-20", return_code="NSN"
        )
        assert take(base).tables["mail_events"] == Counts(accepted=2)
        (letter,), (back,) = events(session, "mailed"), events(session, "returned")
        assert (letter["subject"], letter["content"]) == ("mail|9LA|2012-03-05", "2012-03-05")
        assert (back["subject"], back["content"]) == ("return|9LA|2012-03-05", "2012-03-20|NSN")
        assert (back["occurred_on"], back["return_code"]) == (date(2012, 3, 20), "NSN")

    def test_a_piece_is_a_letter_about_each_campaign_of_its_bundle(self, session, base, take):
        freeze_piece(session, VIN, "P1", "9LA+ALE")
        base.add("mail_events", piece_id="P1", kind="mailed", mailed_date="2012-03-05")
        assert take(base).tables["mail_events"] == Counts(accepted=1)
        assert [(e["vin"], e["subject"]) for e in events(session, "mailed")] == [
            (VIN, "mail|P1|9LA"),
            (VIN, "mail|P1|ALE"),
        ]
        assert take(base).tables["mail_events"] == Counts(unchanged=1)

    def test_a_piece_that_came_back_brings_its_mailing_with_it(self, session, base, take):
        freeze_piece(session, VIN, "P1", "9LA")
        base.add(
            "mail_events", piece_id="P1", kind="returned", mailed_date="2012-03-05",
            returned_date="2012-03-20", return_code="NSN",
        )  # fmt: skip
        assert take(base).tables["mail_events"] == Counts(accepted=1)
        assert [e["subject"] for e in events(session, "mailed") + events(session, "returned")] == [
            "mail|P1|9LA",
            "return|P1|9LA",
        ]

    @pytest.mark.parametrize(
        ("row", "column", "reason"),
        [
            (
                {"piece_id": "P9", "kind": "mailed", "mailed_date": "2012-03-05"},
                "piece_id",
                "No piece",
            ),
            (
                {"piece_id": "P1", "vin": OTHER, "kind": "mailed", "mailed_date": "2012-03-05"},
                "piece_id",
                "another vehicle",
            ),
            (
                {"vin": VIN, "kind": "mailed", "mailed_date": "2012-03-05"},
                "piece_id",
                "A row needs",
            ),
            ({"piece_id": "P1", "kind": "mailed"}, "mailed_date", "needs it"),
            (
                {"piece_id": "P1", "kind": "returned", "return_code": "X"},
                "returned_date",
                "needs it",
            ),
            ({"piece_id": "P1", "kind": "lost"}, "kind", "mailed, returned"),
        ],
    )
    def test_a_row_about_no_letter_is_refused(
        self, session, base, take, rejected, row, column, reason
    ):
        freeze_piece(session, VIN, "P1", "9LA")
        base.add("mail_events", **row)
        loaded = take(base)
        assert loaded.tables["mail_events"] == Counts(rejected=1)
        assert rejected(loaded)[0]["column"] == column
        assert reason in rejected(loaded)[0]["reason"]


def test_a_newer_owner_makes_a_returned_vehicle_open_again(session, base, take):
    row = {"vin": VIN, "campaign_code": "9LA", "mailed_date": "2012-03-05", "kind": "returned"}
    base.add("mail_events", **row, returned_date="2012-03-20", return_code="skip_trace_exhausted")
    base.rows["owners"][0]["as_of"] = "2011-01-01"
    take(base)
    before = status(session, VIN, "9LA")
    base.owner(VIN, as_of="2012-12-01")
    take(base)
    assert (before, status(session, VIN, "9LA")) == ("unreachable", "open")


def test_a_vehicle_reported_scrapped_and_then_registered_is_open_again(session, base, take):
    base.add("vehicle_status", vin=VIN, effective_date="2012-01-01", status="scrapped", source="S")
    take(base)
    before = status(session, VIN, "9LA")
    base.add(
        "vehicle_status", vin=VIN, effective_date="2012-02-01", status="registered", source="S"
    )
    take(base)
    assert (before, status(session, VIN, "9LA")) == ("unreachable", "open")


def test_news_of_one_vehicle_among_many_known_reaches_its_state(session, base, take):
    base.rows["population"] += [
        {"campaign_code": "9LA", "vin": make_vin(number)} for number in range(10, 30)
    ]
    take(base)
    base.rows["population"][5]["removed_date"] = "2012-09-01"
    base.rows["population"] += [{"campaign_code": "CLB", "vin": make_vin(30)}]
    assert take(base).tables["population"] == Counts(accepted=2, unchanged=21)
    assert status(session, base.rows["population"][5]["vin"], "9LA") == "removed"
    assert status(session, make_vin(30), "CLB") == "open"
