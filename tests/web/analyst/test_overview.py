"""The analyst's first page: what stands open, what is late, and what to do first."""

from __future__ import annotations

from typing import Any

from two_dealers import PMP, STP, SVC
from web.analyst.reading_pages import page, read, rows_behind


def test_the_page_says_in_one_sentence_how_everything_stands(site_on_both: Any) -> None:
    text = page(site_on_both.client("ana"), "/analyst/").text
    assert "12 repairs are open in 3 campaigns" in text  # 8 of PMP, 2 of STP, 2 of SVC


def test_every_campaign_stands_with_its_counts_and_each_opens_its_vehicles(site: Any) -> None:
    browser = site.client("ana")
    shown = page(browser, "/analyst/")
    (table,) = (rows for caption, rows in shown.tables.items() if caption.startswith("Campaigns"))
    counts = {
        row["Campaign"]: (
            row["Involved"],
            row["Remedied"],
            row["Unreachable"],
            row["Removed"],
            row["Open"],
        )
        for row in table
    }
    assert counts == {PMP: ("11", "1", "1", "1", "8"), STP: ("3", "1", "0", "0", "2"), SVC: ("2", "0", "0", "0", "2")}  # fmt: skip
    assert rows_behind(browser, f"/analyst/vehicles/?campaign={PMP}&status=open") == 8
    assert rows_behind(browser, shown.links["12"]) == 12


def test_owners_who_must_not_drive_are_named_first_to_reach(site: Any) -> None:
    shown = page(site.client("ana"), "/analyst/")
    assert "Reach 2 open vehicles of STP first (do not drive)." in shown.links


def test_a_wave_whose_week_has_begun_is_to_be_released(site: Any) -> None:
    shown = page(site.client("ana"), "/analyst/")
    (wave,) = shown.tables["Waves in flight, and the next of each follow-up"]
    assert (wave["Wave"], wave["Week of"], wave["Where it is"]) == (
        "1",
        "Mar 4, 2013",
        "its week has begun",
    )
    assert any(words.startswith("Release wave 1 of spring") for words in shown.links)


def test_evidence_is_asked_for_the_letters_that_are_awaited(site: Any) -> None:
    """Of five letters of wave 1 two are mailed, one is spoiled and two are awaited; while it is not printed there is nothing to ask."""
    with site.ledger() as session, session.transaction():
        session.execute("update wave set planned = 5, released_at = '2013-03-05 08:00:00' where number = 1")  # fmt: skip
        states = ["accepted", "accepted", "spoiled", "printed", "printed"]
        session.execute("update piece set wave = null")
        for place, state in enumerate(states):
            session.execute(
                "update piece set state = :state, wave = 1 where piece_id = (select piece_id from piece where follow_up = 'spring'"
                f" order by piece_id limit 1 offset {place})",
                state=state,
            )  # fmt: skip
    browser = site.client("ana")
    unfinished = page(browser, "/analyst/").links
    assert "Finish the release of wave 1 of spring: its letters are not all printed." in unfinished
    assert not any(words.startswith("Ask the mail house") for words in unfinished)
    with site.ledger() as session, session.transaction():
        session.execute("update wave set rendered_at = '2013-03-05 08:01:00' where number = 1")
    shown = page(browser, "/analyst/?now=1")
    ask = "Ask the mail house for the evidence of wave 1 of spring: 2 letters of 5."
    assert ask in shown.links
    wave = shown.tables["Waves in flight, and the next of each follow-up"][0]
    assert (wave["Letters"], wave["Awaited"]) == ("5", "2")


def test_clocks_are_those_of_the_deadlines(site: Any) -> None:
    from renotify.reports.deadlines import deadlines
    from web.conftest import DAY

    with site.ledger() as session:
        known = deadlines(session, DAY)
    red = sum(one["state"] == "overdue" for one in known)
    shown = page(site.client("ana"), "/analyst/")
    assert f"{red} clocks of the law are overdue" in shown.text
    assert len(shown.tables["Clocks of the law in red and amber"]) == min(
        10, sum(one["state"] in ("overdue", "soon") for one in known)
    )


def test_what_takes_long_comes_on_a_page_that_says_so_and_then_opens_at_once(site: Any) -> None:
    browser = site.client("ana")
    first = read(browser.get("/analyst/"))
    assert "Being counted from the ledger" in first.text
    page(browser, first.links["Show it now"].replace("?now=1", ""))
    assert "12 repairs are open" in read(browser.get("/analyst/")).text


def test_a_repair_that_is_typed_at_a_dealer_changes_the_next_page(site: Any) -> None:
    from renotify.ledger.intake.typed_rows import take_typed
    from two_dealers import EAST, EAST_OPEN
    from web.conftest import DAY

    browser = site.client("ana")
    page(browser, "/analyst/")
    repair = {
        "ro_id": "RO-77",
        "dealer_code": EAST,
        "vin": EAST_OPEN[0],
        "campaign_code": PMP,
        "close_date": "2013-03-05",
        "outcome": "remedied",
    }
    with site.ledger() as session:
        assert take_typed(
            session, "repair_orders", [repair], person="east_service", on=DAY
        ).was_taken
    assert "11 repairs are open" in page(browser, "/analyst/").text


def test_a_ledger_without_a_campaign_says_what_to_do(site: Any, monkeypatch: Any) -> None:
    from renotify.ledger import registry

    monkeypatch.setattr(registry, "campaigns", lambda *_: {})
    assert "Load the campaigns" in read(site.client("ana").get("/analyst/")).text


def test_the_auditor_looks_and_nobody_of_another_role_does(site: Any) -> None:
    assert site.client("rex").get("/analyst/").status_code == 200
    for name in ("east_area", "east_service", "west_service", "carla", "east_system", "stranger"):
        assert site.client(name).get("/analyst/").status_code == 403, name
