"""The one definition of open, rule by rule, on both stores."""

from __future__ import annotations

from datetime import date

import pytest

from folder import make_vin
from ledger.history import Row, load, loaded_at, owners, register

V1, V2 = make_vin(1), make_vin(2)
ADDED = date(2009, 1, 16)
LATER = date(2010, 5, 3)
LAST = date(2011, 7, 4)
OPEN = (1, "open", "", ADDED)
GIVEN_UP = "SKIP_TRACE_EXHAUSTED"


def added(vin=V1, campaign="9LA", version=1, day=ADDED):
    return Row(vin, "added", day, campaign, version)


def removed(day, version=1):
    return Row(V1, "removed", day, "9LA", version)


def repaired(day, kind="remedied", campaign="9LA", **more):
    return Row(V1, kind, day, campaign, **more)


def report(kind, day=LATER, **more):
    return Row(V1, kind, day, **more)


def mailed(letter, day, campaign="9LA"):
    return Row(V1, "mailed", day, campaign, about=letter)


def returned(letter, day, code=GIVEN_UP, campaign="9LA"):
    return Row(V1, "returned", day, campaign, about=letter, code=code)


def state(session, vin=V1, campaign="9LA"):
    """Return the current (version, status, reason, since) of a vehicle in a campaign."""
    from renotify.ledger import tables

    rows = tables.read(
        session,
        "state",
        where="vin = :vin and campaign_code = :code and current",
        vin=vin,
        code=campaign,
    ).to_pylist()
    (row,) = rows
    return row["remedy_version"], row["status"], row["reason"], row["since"]


@pytest.fixture(autouse=True)
def _store(session):
    register(session, "9LA", "ALE")


def test_a_vehicle_of_the_population_is_open(session):
    load(session, [added()])
    assert state(session) == OPEN


def test_a_repair_closes_its_campaign_only(session):
    load(session, [added(), added(campaign="ALE"), repaired(LATER)])
    assert state(session) == (1, "repaired", "", LATER)
    assert state(session, campaign="ALE") == OPEN


def test_a_repair_outside_the_population_makes_no_state(session):
    from renotify.ledger import tables

    load(session, [repaired(LATER)])
    assert tables.read(session, "state").num_rows == 0


@pytest.mark.parametrize("outcome", ["declined", "other"])
def test_work_that_was_not_done_leaves_it_open(session, outcome):
    load(session, [added(), repaired(LATER, outcome)])
    assert state(session) == OPEN


def test_the_first_work_decides(session):
    load(session, [added(), repaired(LAST), repaired(LATER, "inspected_ok")])
    assert state(session) == (1, "inspected_ok", "", LATER)


def test_work_before_the_population_was_known_counts_for_the_first_version(session):
    before = date(2008, 12, 1)
    load(session, [added(), repaired(before)])
    assert state(session) == (1, "repaired", "", before)


def test_a_correction_recorded_later_rules(session):
    load(session, [added(), repaired(LATER, about="R1")], at=loaded_at(1))
    load(session, [repaired(LATER, "declined", about="R1")], at=loaded_at(2))
    assert state(session) == OPEN
    load(session, [repaired(LAST, about="R1")], at=loaded_at(3))
    assert state(session) == (1, "repaired", "", LAST)


def test_a_correction_rules_by_its_instant_whichever_file_came_in_first(session):
    load(session, [added(), repaired(LATER, "declined", about="R1")], at=loaded_at(2))
    load(session, [repaired(LATER, about="R1")], at=loaded_at(1))
    assert state(session) == OPEN


def test_within_one_file_the_last_row_rules(session):
    load(session, [added(), repaired(LATER, about="R1"), repaired(LATER, "other", about="R1")])
    assert state(session) == OPEN


def test_a_vehicle_taken_out_is_removed(session):
    load(session, [added(), removed(LATER)])
    assert state(session) == (1, "removed", "", LATER)


def test_a_repair_before_the_removal_stays_a_repair(session):
    load(session, [added(), repaired(LATER), removed(LAST)])
    assert state(session) == (1, "repaired", "", LATER)


@pytest.mark.parametrize("day", [LATER, LAST])
def test_a_repair_on_or_after_the_removal_does_not_count(session, day):
    load(session, [added(), removed(LATER), repaired(day)])
    assert state(session) == (1, "removed", "", LATER)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("exported", "export"),
        ("stolen", "theft"),
        ("scrapped", "scrapping"),
        ("total_loss", "other"),
    ],
)
def test_a_lost_vehicle_is_unreachable(session, kind, reason):
    load(session, [added(), report(kind)])
    assert state(session) == (1, "unreachable", reason, LATER)


def test_a_recovered_vehicle_is_open_again(session):
    load(session, [added(), report("stolen"), report("registered", LAST)])
    assert state(session) == OPEN


def test_a_registration_before_the_loss_changes_nothing(session):
    load(session, [added(), report("scrapped", LAST), report("registered", LATER)])
    assert state(session) == (1, "unreachable", "scrapping", LAST)


def test_an_unknown_status_changes_nothing(session):
    load(session, [added(), report("stolen"), report("unknown", LAST)])
    assert state(session) == (1, "unreachable", "theft", LATER)


def test_a_corrected_status_is_not_heard(session):
    load(session, [added(), report("scrapped", about="S1")], at=loaded_at(1))
    load(session, [report("registered", about="S1")], at=loaded_at(2))
    assert state(session) == OPEN


def test_a_repaired_vehicle_that_is_scrapped_stays_repaired(session):
    load(session, [added(), repaired(LATER), report("scrapped", LAST)])
    assert state(session) == (1, "repaired", "", LATER)


def test_a_new_version_reopens_the_vehicle_and_keeps_the_old_completion(session):
    from renotify.ledger import tables

    load(session, [added(), repaired(LATER), added(version=2, day=LAST)])
    assert state(session) == (2, "open", "", LAST)
    old = tables.read(session, "state", "status", where="not current").to_pylist()
    assert old == [{"status": "repaired"}]


def test_work_counts_for_the_version_of_its_day(session):
    load(session, [added(), added(version=2, day=LATER), repaired(LATER)])
    assert state(session) == (2, "repaired", "", LATER)


def test_a_removal_takes_out_its_version_only(session):
    load(session, [added(), removed(LATER), added(version=2, day=LAST)])
    assert state(session) == (2, "open", "", LAST)


def test_an_owner_whose_skip_trace_is_exhausted_is_unreachable(session):
    load(session, [added(), mailed("P1", LATER), returned("P1", LAST)])
    assert state(session) == (1, "unreachable", "failure_to_receive", LAST)


@pytest.mark.parametrize(
    "code",
    ["Temporarily Away", "Moved, Left No Address", "K", "Attempted—Not Known", "", "no such code"],
)
def test_a_letter_that_merely_came_back_leaves_the_vehicle_open(session, code):
    load(session, [added(), mailed("P1", LATER), returned("P1", LAST, code)])
    assert state(session) == OPEN


def test_a_later_letter_that_did_not_come_back_opens_it_again(session):
    load(session, [added(), mailed("P1", ADDED), mailed("P2", LATER), returned("P1", LAST)])
    assert state(session) == OPEN


def test_a_return_counts_for_the_letter_it_answers(session):
    load(session, [added(), mailed("P1", ADDED), returned("P1", ADDED), mailed("P2", LATER)])
    assert state(session) == OPEN
    load(session, [returned("P2", LAST, "skip-trace exhausted*")])
    assert state(session) == (1, "unreachable", "failure_to_receive", LAST)


def test_one_of_two_letters_of_a_day_is_enough(session):
    load(session, [added(), mailed("P1", LATER), mailed("P2", LATER), returned("P1", LAST)])
    assert state(session) == OPEN


def test_a_return_without_a_mailing_counts_as_the_last_letter(session):
    load(session, [added(), returned("P1", LAST)])
    assert state(session) == (1, "unreachable", "failure_to_receive", LAST)


def test_a_letter_of_another_campaign_says_nothing(session):
    load(session, [added(), added(campaign="ALE"), mailed("P1", LATER), returned("P1", LAST)])
    assert state(session, campaign="ALE") == OPEN


@pytest.mark.parametrize(
    ("as_of", "again"), [(ADDED, False), (LATER, False), (LAST, True), (date.max, True)]
)
def test_an_owner_newer_than_the_letter_can_be_reached(session, as_of, again):
    load(session, [added(), mailed("P1", LATER), returned("P1", LAST)])
    owners(session, [(V1, as_of)])
    assert (state(session) == OPEN) is again


def test_a_lost_vehicle_whose_owner_was_given_up_counts_once(session):
    load(session, [added(), mailed("P1", LATER), returned("P1", LAST), report("exported", ADDED)])
    assert state(session) == (1, "unreachable", "export", ADDED)


def test_only_vehicles_named_are_folded(session):
    load(session, [added()])
    load(session, [repaired(LATER)], refold=False)
    load(session, [added(V2)])
    assert state(session) == OPEN
    load(session, [repaired(LATER, about="R2")])
    assert state(session) == (1, "repaired", "", LATER)
