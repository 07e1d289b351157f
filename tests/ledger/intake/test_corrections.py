"""A correction corrects: an order moves, a removal is undone, any statement is taken back; and nothing is undone by an old file."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from folder import make_vin
from ledger.history import freeze_piece
from renotify.ledger import tables
from renotify.ledger.explain import explain
from renotify.ledger.intake import Counts
from renotify.ledger.status import counts
from renotify.ledger.verify import verify

FIRST, SECOND, THIRD = make_vin(1), make_vin(2), make_vin(3)
DONE = date(2012, 5, 5)
ON = date(2013, 2, 26)


@pytest.fixture
def session(sqlite_session):
    """One store is enough here; ``test_corrections_on_both_stores`` walks through all of it on both."""
    return sqlite_session


@pytest.fixture
def base(folder, take):
    folder.campaign("9LA").campaign("ALE").dealer()
    folder.vehicle(FIRST, "9LA").vehicle(SECOND, "9LA").vehicle(THIRD, "9LA", "ALE")
    take(folder)
    return folder


def order(vin, number="R1", **said):
    row = {"ro_id": number, "dealer_code": "D0001", "vin": vin, "campaign_code": "9LA", "close_date": DONE, "outcome": "remedied",
           "hours": 1}  # fmt: skip
    return row | said


def status(session, vin, campaign="9LA"):
    where = "vin = :vin and campaign_code = :campaign and current"
    rows = tables.read(session, "state", where=where, vin=vin, campaign=campaign).to_pylist()
    return rows[0]["status"] if rows else None


def both(session):
    return status(session, FIRST), status(session, SECOND)


class TestAnOrderMoves:
    def test_sent_again_with_another_vin_it_moves_and_the_first_vehicle_is_open(
        self, session, base, news
    ):
        news(1, repair_orders=[order(FIRST)])
        before = datetime.now(UTC)
        loaded = news(2, repair_orders=[order(SECOND)])
        assert loaded.tables["repair_orders"] == Counts(accepted=1)
        assert both(session) == ("open", "repaired")
        assert "named another vehicle for an order" in " ".join(loaded.notes)
        (then,) = counts(session, campaign="9LA", known_at=before)
        assert (then.repaired, then.open) == (1, 2)
        assert verify(session)["ok"]

    def test_the_old_file_loaded_again_does_not_move_it_back(self, session, base, news):
        news(1, repair_orders=[order(FIRST)])
        news(2, repair_orders=[order(SECOND)])
        loaded = news(1, repair_orders=[order(FIRST)])
        assert loaded.tables["repair_orders"] == Counts(unchanged=1)
        assert both(session) == ("open", "repaired")
        assert "nothing changed" in " ".join(loaded.notes)

    def test_a_new_file_moves_it_back_and_on_again(self, session, base, news):
        news(1, repair_orders=[order(FIRST)])
        news(2, repair_orders=[order(SECOND)])
        news(3, repair_orders=[order(FIRST), order(THIRD, "R2")])
        assert both(session) == ("repaired", "open")
        news(4, repair_orders=[order(SECOND), order(THIRD, "R3")])
        assert both(session) == ("open", "repaired")
        assert verify(session)["ok"]

    def test_an_order_of_two_campaigns_moves_line_by_line(self, session, base, news):
        news(1, repair_orders=[order(THIRD), order(THIRD, campaign_code="ALE")])
        news(2, repair_orders=[order(FIRST)])
        assert (status(session, THIRD), status(session, THIRD, "ALE")) == ("open", "repaired")

    def test_one_order_for_two_vehicles_in_one_load_is_told(self, session, base, news, rejected):
        rows = [order(FIRST), order(THIRD, "R2"), order(SECOND)]
        loaded = news(1, repair_orders=rows)
        assert loaded.tables["repair_orders"] == Counts(accepted=2, rejected=1)
        (line,) = rejected(loaded)
        assert (line["row"], line["column"], line["value"]) == ("4", "vin", SECOND)
        assert line["reason"].startswith("Row 2 of repair_orders.csv says another VIN")
        again = news(1, repair_orders=rows)
        assert again.tables["repair_orders"] == Counts(unchanged=2, rejected=1)
        assert both(session) == ("repaired", "open")

    def test_the_vehicle_that_the_ledger_has_stands_against_an_earlier_row(
        self, session, base, news
    ):
        news(1, repair_orders=[order(SECOND)])
        loaded = news(2, repair_orders=[order(FIRST), order(SECOND)])
        assert loaded.tables["repair_orders"] == Counts(unchanged=1, rejected=1)
        assert both(session) == ("open", "repaired")

    def test_a_row_that_is_refused_moves_nothing(self, session, base, news):
        news(1, repair_orders=[order(FIRST)])
        loaded = news(2, repair_orders=[order(make_vin(9))])
        assert loaded.tables["repair_orders"] == Counts(rejected=1)
        assert status(session, FIRST) == "repaired"

    def test_explain_shows_the_move_on_both_vehicles(self, session, base, news):
        news(1, repair_orders=[order(FIRST)])
        news(2, repair_orders=[order(SECOND)])
        (left,) = explain(session, FIRST, ON)["campaigns"]
        assert [(e["kind"], e["stands"], e["note"]) for e in left["events"][1:]] == [
            ("remedied", False, "taken back"), ("withdrawn", False, f"moved to {SECOND}"),
        ]  # fmt: skip
        (came,) = explain(session, SECOND, ON)["campaigns"]
        assert [(e["kind"], e["stands"], e["note"]) for e in came["events"][1:]] == [
            ("remedied", True, f"moved from {FIRST}"),
        ]  # fmt: skip
        assert (came["events"][1]["source"], came["events"][1]["row"]) == ("repair_orders.csv", 2)


class TestARemovalIsUndone:
    removal = ({"campaign_code": "9LA", "vin": FIRST, "removed_date": "2012-01-01"},)

    @pytest.mark.parametrize(
        "blank",
        [{}, {"remedy_version": 1, "added_date": "2013-01-01"}],
        ids=["the row alone", "with the day it was added"],
    )
    def test_a_blank_in_a_new_file_takes_the_vehicle_in_again(self, session, base, news, blank):
        news(1, population=self.removal)
        assert status(session, FIRST) == "removed"
        row = {"campaign_code": "9LA", "vin": FIRST, **blank, "removed_date": ""}
        loaded = news(2, population=[row])
        assert loaded.tables["population"] == Counts(accepted=1)
        assert "left removed_date blank" in " ".join(loaded.notes)
        assert status(session, FIRST) == "open"
        news(1, population=self.removal)
        assert status(session, FIRST) == "open"

    def test_a_file_without_the_column_says_nothing_of_it(self, session, base, news):
        news(1, population=self.removal)
        news(2, population=[{"campaign_code": "9LA", "vin": FIRST}])
        assert status(session, FIRST) == "removed"

    def test_the_first_list_loaded_again_undoes_no_removal(self, session, base, news):
        whole = [{"campaign_code": "9LA", "vin": v, "removed_date": ""} for v in (FIRST, SECOND)]
        news(1, population=whole)
        news(2, population=self.removal)
        assert news(1, population=whole).tables["population"] == Counts(unchanged=2)
        assert status(session, FIRST) == "removed"

    def test_a_day_in_the_same_load_stands_against_a_blank(self, session, base, news):
        news(1, population=self.removal)
        news(2, population=[*self.removal, {"campaign_code": "9LA", "vin": FIRST}])
        assert status(session, FIRST) == "removed"

    def test_it_can_be_removed_again_by_a_new_file(self, session, base, news):
        news(1, population=self.removal)
        news(2, population=[{"campaign_code": "9LA", "vin": FIRST, "removed_date": ""}])
        news(3, population=[*self.removal, {"campaign_code": "9LA", "vin": SECOND}])
        assert both(session) == ("removed", "open")
        assert verify(session)["ok"]


class TestARowTakesBack:
    def test_an_order_is_taken_back_and_can_be_stated_anew(self, session, base, news):
        news(1, repair_orders=[order(FIRST)])
        loaded = news(2, repair_orders=[order(FIRST, withdrawn="yes")])
        assert loaded.tables["repair_orders"] == Counts(accepted=1)
        assert status(session, FIRST) == "open"
        again = news(2, repair_orders=[order(FIRST, withdrawn="yes")])
        assert again.tables["repair_orders"] == Counts(unchanged=1)
        news(3, repair_orders=[order(FIRST, withdrawn="no")])
        assert status(session, FIRST) == "repaired"
        news(2, repair_orders=[order(FIRST, withdrawn="yes")])  # the old file
        assert status(session, FIRST) == "repaired"
        news(4, repair_orders=[order(FIRST, withdrawn="true")])
        assert status(session, FIRST) == "open"

    def test_a_reversal_and_its_new_line_in_one_file_leave_the_new_line(self, session, base, news):
        news(1, repair_orders=[order(FIRST)])
        news(2, repair_orders=[
            order(FIRST, withdrawn="x"), order(FIRST, outcome="inspected_ok", withdrawn=""),
        ])  # fmt: skip
        assert status(session, FIRST) == "inspected_ok"

    def test_a_line_and_its_reversal_in_one_file_leave_nothing(self, session, base, news):
        rows = [order(FIRST, withdrawn=""), order(FIRST, withdrawn="TRUE")]
        assert news(1, repair_orders=rows).tables["repair_orders"] == Counts(accepted=2)
        assert news(1, repair_orders=rows).tables["repair_orders"] == Counts(unchanged=2)
        assert status(session, FIRST) == "open"

    def test_a_vehicle_that_never_belonged_leaves_the_population(self, session, base, news):
        news(1, population=[{"campaign_code": "9LA", "vin": FIRST, "withdrawn": 1}])
        assert status(session, FIRST) is None
        assert counts(session, campaign="9LA")[0].involved == 2
        told = explain(session, FIRST, ON)
        assert (told["campaigns"], [e["kind"] for e in told["no_longer"][0]["events"]]) == (
            [], ["added", "withdrawn"],
        )  # fmt: skip
        assert verify(session)["ok"]
        news(2, population=[{"campaign_code": "9LA", "vin": FIRST}])
        assert status(session, FIRST) == "open"

    def test_a_report_of_a_loss_is_taken_back(self, session, base, news):
        lost = {"vin": FIRST, "effective_date": "2012-05-01", "status": "stolen", "source": "ncic"}
        news(1, vehicle_status=[lost])
        assert status(session, FIRST) == "unreachable"
        news(2, vehicle_status=[lost | {"withdrawn": "y"}])
        assert status(session, FIRST) == "open"

    def test_registered_on_the_same_day_by_the_same_source_corrects_a_loss(
        self, session, base, news
    ):
        lost = {"vin": FIRST, "effective_date": "2012-01-01", "status": "scrapped", "source": "S"}
        news(1, vehicle_status=[lost])
        news(2, vehicle_status=[lost | {"status": "registered"}])
        assert status(session, FIRST) == "open"

    def test_a_return_is_taken_back_in_all_campaigns_of_its_piece_and_its_mailing_stays(
        self, session, base, news
    ):
        freeze_piece(session, THIRD, "P1", "9LA+ALE")
        back = {
            "piece_id": "P1", "kind": "returned", "mailed_date": "2012-03-05", "returned_date": "2012-03-20",
            "return_code": "K",
        }  # fmt: skip
        news(1, mail_events=[back])
        loaded = news(2, mail_events=[back | {"withdrawn": "yes"}])
        assert loaded.tables["mail_events"] == Counts(accepted=1)
        rows = tables.read(session, "event", "kind", "subject", where="kind = 'withdrawn'")
        assert sorted(rows["subject"].to_pylist()) == ["return|P1|9LA", "return|P1|ALE"]

    @pytest.mark.parametrize("said", [{"ro_id": "R9"}, {"vin": SECOND}], ids=["order", "vehicle"])
    def test_what_nobody_said_cannot_be_taken_back(self, session, base, news, rejected, said):
        news(1, repair_orders=[order(FIRST)])
        loaded = news(2, repair_orders=[order(FIRST, withdrawn="yes") | said])
        assert loaded.tables["repair_orders"] == Counts(rejected=1)
        (line,) = rejected(loaded)
        assert (line["column"], line["value"]) == ("withdrawn", "yes")
        assert line["reason"].startswith("Nothing is known that this row could take back")

    def test_another_word_is_refused(self, base, news, rejected):
        loaded = news(1, repair_orders=[order(FIRST, withdrawn="perhaps")])
        assert rejected(loaded)[0]["reason"] == "withdrawn is yes or blank."


class TestWorkOnASupersededCampaign:
    @pytest.fixture(autouse=True)
    def _moved_to_ale(self, base, news):
        news("moved", population=[
            {"campaign_code": "9LA", "vin": THIRD, "removed_date": "2012-01-01"},
        ])  # fmt: skip

    def test_it_is_refused_with_the_way_to_say_it(self, news, rejected):
        loaded = news(1, repair_orders=[order(THIRD)])
        assert loaded.tables["repair_orders"] == Counts(rejected=1)
        assert "name that one in counts_for" in rejected(loaded)[0]["reason"]

    def test_it_counts_for_the_campaign_that_the_maker_names(self, session, news):
        loaded = news(1, repair_orders=[order(THIRD, counts_for="ALE")])
        assert loaded.tables["repair_orders"] == Counts(accepted=1)
        assert "counts for the campaign in counts_for" in " ".join(loaded.notes)
        assert (status(session, THIRD), status(session, THIRD, "ALE")) == ("removed", "repaired")

    def test_a_campaign_without_the_vehicle_is_refused(self, news, rejected):
        loaded = news(1, repair_orders=[order(FIRST, counts_for="ALE")])
        assert rejected(loaded)[0]["column"] == "counts_for"

    def test_a_correction_without_the_column_is_heard_in_both_campaigns(self, session, news):
        news(1, repair_orders=[order(THIRD, counts_for="ALE")])
        news(2, repair_orders=[order(THIRD, outcome="declined")])
        assert status(session, THIRD, "ALE") == "open"

    def test_a_blank_counts_for_it_no_more(self, session, news):
        news(1, repair_orders=[order(THIRD, counts_for="ALE")])
        news(2, repair_orders=[order(THIRD, counts_for="")])
        assert status(session, THIRD, "ALE") == "open"

    def test_an_order_that_moves_counts_for_nothing_more_on_the_first_vehicle(self, session, news):
        news(1, repair_orders=[order(THIRD, counts_for="ALE")])
        news(2, repair_orders=[order(FIRST)])
        assert (status(session, FIRST), status(session, THIRD, "ALE")) == ("repaired", "open")
        assert verify(session)["ok"]


def test_work_before_the_remedy_version_in_force_is_told(session, folder, take, news):
    folder.campaign("9LA", remedy_version=2, remedy_available_date=date(2012, 9, 1)).dealer()
    folder.vehicle(FIRST, "9LA").add("population", campaign_code="9LA", vin=FIRST, remedy_version=2)
    take(folder)
    loaded = news(1, repair_orders=[order(FIRST)])
    assert "older than the remedy version in force" in " ".join(loaded.notes)
    assert status(session, FIRST) == "open"
