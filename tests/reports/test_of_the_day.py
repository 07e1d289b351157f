"""What a follow-up's page shows of a day, each counted by hand from the world of two dealers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pytest

import two_dealers as w
from renotify.charts.dealer_heat_map import DealerWeeks
from renotify.charts.kits_by_week import KitsByWeek
from renotify.errors import WrongUse
from renotify.ledger.pieces import WaveRow
from renotify.ledger.session import Session
from renotify.reports.follow_up_figures import figures, lists
from renotify.reports.of_the_day import OfTheDay, limits_of, of_the_day, past_weeks
from renotify.reports.since_last_week import BOOKED, Change, in_words, since_last_week
from renotify.reports.visits_and_kits import KitsTaken, kits_of
from renotify.vehicle_lists.asked import Asked, Shown, command
from renotify.vehicle_lists.letter_list import letters
from renotify.vehicle_lists.listing import listing
from reports import made_up_figures

CAMPAIGNS = (w.PMP, w.STP, w.SVC)


def shown(session: Session, on: date, more_hours: float = 0.0) -> OfTheDay:
    own = lists(session, "spring", on)
    known = figures(session, "spring", on, own)
    load = known.load
    weeks = replace(load, hours=load.hours + more_hours)
    return of_the_day(session, "spring", on, CAMPAIGNS, own.workload, weeks, known.kits)


def changes(session: Session, on: date) -> dict[str, Change]:
    """What ``shown`` has of the last week, without the rest of the page: for tests that ask for many days."""
    days, past = past_weeks(session, on, CAMPAIGNS)
    before = past[days.index(on - timedelta(weeks=1))]
    rows = since_last_week(session, "spring", on, before.values(), past[-1].values())
    return {one.what: one for one in rows}


def test_the_page_says_of_the_last_week_what_its_changes_are(planned_session: Session) -> None:
    for on in (w.NOTICE, w.REPAIR_DAY + timedelta(days=4)):
        page = {one.what: one for one in shown(planned_session, on).changes}
        assert page == changes(planned_session, on)


@pytest.fixture
def day(planned_session: Session) -> OfTheDay:
    return shown(planned_session, w.FIRST_LETTER)


def test_completion_goes_from_four_weeks_ago_to_the_end_of_the_fourth_week_ahead(
    day: OfTheDay,
) -> None:
    back = [w.FIRST_LETTER - timedelta(weeks=week) for week in (4, 3, 2, 1, 0)]
    sundays = [date(2013, 3, 10) + timedelta(weeks=week) for week in range(4)]
    assert day.completion.days == (*back, *sundays)
    assert day.completion.now == 4
    # PMP: one of ten that are left in it; STP: one of three; SVC: none of two
    assert day.completion.campaigns == CAMPAIGNS
    assert day.completion.done[:, 4].tolist() == pytest.approx([1 / 10, 1 / 3, 0.0])
    assert (day.completion.low <= day.completion.done + 1e-9).all()
    assert (day.completion.done <= day.completion.high + 1e-9).all()


def test_on_a_sunday_the_week_is_over_and_the_next_one_is_the_first(
    planned_session: Session,
) -> None:
    found = shown(planned_session, date(2013, 3, 10)).completion
    assert found.days[found.now :] == tuple(date(2013, 3, 10) + timedelta(weeks=week) for week in range(4))  # fmt: skip
    assert found.done.shape == (3, 8)


def test_what_is_expected_is_what_progress_says(day: OfTheDay, planned_session: Session) -> None:
    from renotify.reports.progress import progress

    rows = progress(planned_session, w.FIRST_LETTER, "campaign")
    (own,) = [row["forecast"] for row in rows if row["campaign"] == w.PMP]
    for line, end in ((day.completion.done, "done"), (day.completion.low, "low"), (day.completion.high, "high")):  # fmt: skip
        assert line[0, 5:].tolist() == pytest.approx([number / 10 for number in own[end]])


def test_an_area_has_its_repairs_and_the_dealers_that_are_short_of_hours(
    planned_session: Session,
) -> None:
    # five more hours in each week than East's four; nobody knows West's
    east, west = shown(planned_session, w.FIRST_LETTER, more_hours=5.0).areas
    # East: PMP 5 open and 1 done, STP 1 open. West: PMP 3 open, 1 exported, 1 removed; STP 1 done, 1 open; SVC 2 open
    assert (east.area, east.open, east.completion) == ("E", 6, pytest.approx(1 / 7))
    assert (west.area, west.open, west.completion) == ("W", 6, pytest.approx(1 / 8))
    assert (east.known_dealers, west.known_dealers) == (1, 1)
    assert (east.short_of_hours, west.short_of_hours) == (1, 0)
    assert (east.dealers, west.dealers) == ((), ())  # nobody says where they are


def test_repairs_are_counted_on_the_day_on_which_they_were_done(planned_session: Session) -> None:
    found = {one.what: one for one in shown(planned_session, w.REPAIR_DAY + timedelta(days=4)).changes}  # fmt: skip
    assert found["Repairs done"][1:3] == (0, 1)
    assert found["Repairs open"].more == -1


def test_visits_are_counted_from_the_day_on_which_they_are_known(planned_session: Session) -> None:
    found = changes(planned_session, w.NOTICE)
    assert found[BOOKED][1:3] == (0, 2)
    found = changes(planned_session, w.NOTICE + timedelta(weeks=1))
    assert found[BOOKED][1:3] == (2, 2)


def test_a_visit_whose_day_is_past_and_that_nobody_reported_is_counted_apart(
    planned_session: Session,
) -> None:
    """East's is of March 11, West's of March 12: on the 12th the first is past, on the 19th both; a week before none and one."""
    for day, before, now in ((date(2013, 3, 12), 0, 1), (date(2013, 3, 19), 1, 2)):
        found = changes(planned_session, day)
        assert found[BOOKED][1:3] == (2, 2)
        assert found["Of these past and not reported"][1:3] == (before, now)


def test_visits_are_of_vehicles_and_each_count_of_them_opens(own_session: Session) -> None:
    """East's vehicle is booked a second time, and West's visit is done: two vehicles have visits, and two are listed."""
    with own_session.transaction():
        own_session.execute(
            "insert into appointment (appointment_id, dealer_code, vin, campaign_codes, start, status, booked_on, source_id,"
            " source_row, first_loaded_on)"
            " select 'again', dealer_code, vin, campaign_codes, '2013-03-25T09:00', 'booked', :day, source_id, 99, first_loaded_on"
            " from appointment where vin = :vin",
            day=w.NOTICE, vin=w.EAST_BOTH,
        )  # fmt: skip
        own_session.execute(
            "update appointment set status = 'done' where vin = :vin", vin=w.WEST_BOOKED
        )
    found = changes(own_session, w.FIRST_LETTER)[BOOKED]
    assert found[1:3] == (2, 2)
    made_by = Asked(follow_up="spring", left_out=("",), visit_made_by=w.FIRST_LETTER)
    assert found.opens == command(made_by)
    listed = [
        listing(own_session, replace(made_by, visit_made_by=day), on=w.FIRST_LETTER).rows["vin"].unique().to_pylist()
        for day in (w.FIRST_LETTER, w.NOTICE - timedelta(days=1))
    ]  # fmt: skip
    assert listed == [[w.EAST_BOTH, w.WEST_BOOKED], []]


def test_letters_returns_and_receipts_of_the_week_are_counted(own_session: Session) -> None:
    with own_session.transaction():
        own_session.execute(
            "update piece set mailed_on = :mailed, returned_on = :back where vin = :vin",
            mailed=w.FIRST_LETTER, back=date(2013, 3, 11), vin=w.EAST_OPEN[0],
        )  # fmt: skip
        own_session.execute(
            "update piece set mailed_on = :mailed, state = 'printed', checked_on = :released where vin = :vin",
            mailed=date(2013, 3, 12), released=date(2013, 3, 6), vin=w.EAST_OPEN[1],
        )  # fmt: skip
        for audience, code in (("dealer", w.EAST), ("area", "E")):
            own_session.execute(
                "insert into notice (follow_up, audience, code, file, sha256, written_on, acknowledged_at, receipt)"
                " values ('spring', :audience, :code, '', '', :day, '2013-03-06T10:00:00+00:00', 'R')",
                audience=audience, code=code, day=w.NOTICE,
            )  # fmt: skip
    found = {one.what: one[1:3] for one in shown(own_session, date(2013, 3, 12)).changes}
    assert found["Letters released"] == (0, 1)
    assert found["Letters mailed"] == (1, 2)
    assert found["Letters that came back"] == (0, 1)
    assert found["Dealers that acknowledged"] == (0, 1)
    # each count of each day opens: on the day before the release, on that of the second mailing and on the day before it
    days = {"released_by": (date(2013, 3, 5), 0), "mailed_by": (date(2013, 3, 11), 1), "returned_by": (date(2013, 3, 11), 1)}  # fmt: skip
    for name, (day, by_then) in days.items():
        of_day = Asked(follow_up="spring", letters=True, **{name: day})
        by_now = replace(of_day, **{name: date(2013, 3, 12)})
        own = [
            letters(own_session, one, Shown(("vin", "owner_state", "dealer"))).total
            for one in (of_day, by_now)
        ]
        assert own == [by_then, 2 if name == "mailed_by" else 1], name


def test_a_letter_that_is_spoiled_or_printed_again_was_released_all_the_same(
    own_session: Session,
) -> None:
    """Four letters went with wave 1 on March 5: one is spoiled, one set aside, one printed anew on the 13th; a fourth was withdrawn."""
    states = ("spoiled", "exception", "released", "printed", "withdrawn")
    found = own_session.rows(_Piece, "select piece_id from piece where follow_up = 'spring' order by piece_id limit 5")  # fmt: skip
    with own_session.transaction():
        own_session.execute("update piece set wave = 9, checked_on = null")
        for state, one in zip(states, found, strict=True):
            own_session.execute(
                "update piece set wave = 1, state = :state, checked_on = :day where piece_id = :piece",
                state=state, piece=one.piece_id, day=date(2013, 3, 13 if state == "released" else 5),
            )  # fmt: skip
    counted = {one.what: one[1:3] for one in shown(own_session, date(2013, 3, 14)).changes}
    assert counted["Letters released"] == (4, 4)
    for day, released in ((date(2013, 3, 4), 0), (date(2013, 3, 5), 4), (date(2013, 3, 14), 4)):
        asked = Asked(follow_up="spring", letters=True, released_by=day)
        assert letters(own_session, asked, Shown(("vin",))).total == released, day


class _Piece(NamedTuple):
    piece_id: str


def test_a_visit_that_is_cancelled_or_missed_today_was_booked_a_week_ago(
    own_session: Session,
) -> None:
    days = (w.NOTICE - timedelta(days=1), w.NOTICE, w.NOTICE + timedelta(weeks=1))
    for state in ("booked", "cancelled", "no_show", "done"):
        with own_session.transaction():
            own_session.execute(
                "update appointment set status = :state where vin = :vin",
                state=state, vin=w.WEST_BOOKED,
            )  # fmt: skip
        found = [changes(own_session, day)[BOOKED][2] for day in days]
        assert found == [0, 2, 2], state
        made_by = Asked(follow_up="spring", left_out=("",), visit_made_by=w.NOTICE)
        listed = listing(own_session, made_by, on=days[-1]).rows["vin"].unique().to_pylist()
        assert listed == [w.EAST_BOTH, w.WEST_BOOKED], state


def test_a_day_of_letters_is_refused_where_vehicles_are_listed() -> None:
    with pytest.raises(WrongUse, match="--mailed-by is of letters"):
        Asked(follow_up="spring", mailed_by=w.FIRST_LETTER)


def test_the_week_is_said_in_one_sentence() -> None:
    assert in_words(made_up_figures.DAY.changes) == (
        "In the last week 12 repairs were done, 1,800 letters were released, 1,350 mailed, 1 came back, and"
        " 2 vehicles had their first visit booked."
    )
    quiet = [Change(one.what, one.now, one.now) for one in made_up_figures.DAY.changes]
    assert in_words(quiet) == "Nothing has changed in the last week."


def test_kits_are_lacking_in_the_week_whose_visits_find_none() -> None:
    found = made_up_figures.brought({"A": (100,), "B": (100,)}, {"A": {"P": 2.0}, "B": {"Q": 1.0}}, (0.1,), weeks=3)  # fmt: skip
    hours, capacity = np.array([[8.0, 1, 0], [3, 3, 3]]), np.array([[4.0, 4, 4], [np.inf] * 3])
    weeks = DealerWeeks(("D1", "D2"), found.mondays, hours, capacity)
    shelf = {"dealer_code": "D0001", "part_no": "P", "kits": 2.0}
    book = made_up_figures.book_of({"P": np.array([5.0, 5.0, 30.0])}, [shelf])
    limits = limits_of(found, weeks, made_up_figures.kits_asked(found, book), ())
    # ten of a hundred owners of each ask in the first week: 20 of P, of which 2 are on the shelf and 5 free,
    # and 10 of Q, of which nobody says how many are
    assert limits.kits.tolist() == pytest.approx([30, 0, 0])
    assert limits.kits_lacking.tolist() == pytest.approx([13, 0, 0])
    assert limits.hours.tolist() == [11, 4, 3]
    assert limits.hours_lacking.tolist() == [4, 0, 0]


def test_a_booked_visit_that_finds_no_kit_is_lacking_in_its_week_as_its_hours_are_counted_there(
    day: OfTheDay,
) -> None:
    """East's visit of March 11 takes two bolts; the first pack of them fills in the week of the 18th. How many pumps come nobody says."""
    assert day.limits.kits_lacking.tolist() == [0.0, 2.0, 0.0, 0.0]
    share = np.array([w.answered(week) for week in range(w.WEEKS)])
    assert day.limits.kits == pytest.approx(5.0 * share + np.array([0, 4, 0, 0]))
    assert day.limits.hours == pytest.approx(11.0 * share + np.array([0, 2.7 + 2.0, 0, 0]))


def test_what_is_not_shown_comes_off_what_is_there_for_the_visits_that_are() -> None:
    """D1 has three kits, and two are held by a visit of last week; D2, of another follow-up alone, takes one of the pool's five a week."""
    book = made_up_figures.book_of({"P": np.array([5.0, 5.0, 5.0])}, [{"dealer_code": "D1", "part_no": "P", "kits": 3.0}])  # fmt: skip
    monday = made_up_figures.FIRST
    taken = KitsTaken(tuple(monday + timedelta(weeks=week) for week in range(3)))
    booked = [
        {"dealer_code": "D1", "part_no": "P", "kits": kits, "booked_on": monday + timedelta(days=days)}
        for kits, days in ((2.0, -3), (4.0, 8), (1.0, 30))
    ]  # fmt: skip
    taken.add_booked(pa.Table.from_pylist(booked))
    taken.add(np.ones((1, 2, 3)), [{"P": 1.0}], ("D1", "D2"), ("D1",))
    found = kits_of(taken, book)
    assert found.supply.tolist() == [[4.0, 3.0, 2.0]]  # of five, what D2 takes
    # D1: one of its three is free. One comes in each week, and four are booked in the second; a visit after the last week is none of them
    assert found.demand.tolist() == [[0.0, 5.0, 6.0]]
    assert found.taken.tolist() == [1.0, 5.0, 1.0]
    assert limits_of_kits(found).tolist() == [0.0, 2.0, 1.0]


def limits_of_kits(kits: KitsByWeek) -> np.ndarray:
    nothing = np.zeros((1, len(kits.weeks)))
    weeks = DealerWeeks(("D1",), kits.weeks, nothing, nothing)
    brought = made_up_figures.brought({"A": ()}, {"A": {}}, weeks=len(kits.weeks))
    return limits_of(brought, weeks, kits, ()).kits_lacking


def test_letters_are_counted_as_the_waves_count_them_and_to_go_are_those_not_released() -> None:
    found = made_up_figures.brought({"A": (100, 100)}, {"A": {}}, (0.1,), weeks=3)
    weeks = DealerWeeks(("D1",), found.mondays, np.zeros((1, 3)), np.ones((1, 3)))
    before, first, second, _ = (found.mondays[0] + timedelta(weeks=week) for week in (-1, 0, 1, 2))
    waves = [
        WaveRow("memo", number, week, letters, "", released, False, False)
        for number, week, letters, released in (
            (1, before, 7, True), (2, first, 110, True), (3, first, 3, False), (4, second, 104, False),
        )
    ]  # fmt: skip
    limits = limits_of(
        found, weeks, made_up_figures.kits_asked(found, made_up_figures.book_of({})), waves
    )
    assert limits.letters.tolist() == [113, 104, 0]  # some lessors have a letter of their own
    assert (limits.planned, limits.to_go) == (224, 107)


def test_the_page_has_one_number_of_letters(day: OfTheDay, planned_session: Session) -> None:
    found = figures(planned_session, "spring", w.FIRST_LETTER)
    assert (day.limits.planned, day.limits.to_go) == (9, 9)
    assert sum(wave.letters for wave in found.waves) == day.limits.planned


def test_the_clocks_that_ask_for_something_now_are_those_overdue_and_soon() -> None:
    assert [one["what"] for one in made_up_figures.DAY.to_do] == ["a report", "a copy"]


def test_owners_that_nobody_made_up_are_real(day: OfTheDay) -> None:
    assert not day.made_up
