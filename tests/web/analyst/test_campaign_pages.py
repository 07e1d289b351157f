"""Campaigns as pages: counts that open their vehicles, the curve, who stated what, and nothing that is not registered."""

from __future__ import annotations

from typing import Any

from two_dealers import PMP, STP, SVC
from web.analyst.reading_pages import page, rows_behind


def test_the_list_has_every_campaign_the_most_open_first(site_on_both: Any) -> None:
    (rows,) = page(site_on_both.client("ana"), "/analyst/campaigns/").tables.values()
    assert [(row["Campaign"], row["Open"]) for row in rows] == [(PMP, "8"), (STP, "2"), (SVC, "2")]


def test_a_campaign_says_how_far_it_is_and_each_count_opens_its_vehicles(site: Any) -> None:
    browser = site.client("ana")
    shown = page(browser, f"/analyst/campaigns/{PMP}/")
    assert "10.0 % of 11 vehicles done, 8 open" in shown.text  # 1 of the 10 that are not removed
    for status, number in (("open", 8), ("repaired", 1), ("unreachable", 1), ("removed", 1)):
        address = f"/analyst/vehicles/?campaign={PMP}&status={status}"
        assert address in shown.addresses, status
        assert rows_behind(browser, address) == number


def test_it_draws_its_completion_and_its_areas(site: Any) -> None:
    answer = site.client("ana").get(f"/analyst/campaigns/{PMP}/?now=1").content.decode()
    assert "<svg" in answer
    assert " style=" not in answer


def test_areas_open_their_own_vehicles(site: Any) -> None:
    browser = site.client("ana")
    shown = page(browser, f"/analyst/campaigns/{PMP}/")
    rows = {row["Area"]: row["Open"] for row in shown.tables["Areas, the least complete first"]}
    assert rows == {"E": "5", "W": "3"}
    assert rows_behind(browser, f"/analyst/vehicles/?campaign={PMP}&area=E&status=open") == 5


def test_facts_stand_with_who_stated_them(site: Any) -> None:
    shown = page(site.client("rex"), f"/analyst/campaigns/{STP}/")
    facts = {row["Fact"]: row["As it stands"] for row in shown.tables["Facts as they stand"]}
    assert facts["subject"] == "Steering bolt"
    (history,) = shown.tables["Who stated what, and when it changed"]
    assert (history["By"], history["File"]) == ("catalogue", "campaigns.toml")
    assert "Owners are told: do not drive." in shown.text


def test_a_code_in_other_letters_is_the_same_campaign(site: Any) -> None:
    assert "8 open" in page(site.client("ana"), "/analyst/campaigns/pmp/").text


def test_a_campaign_that_nobody_registered_is_no_page(site: Any) -> None:
    assert site.client("ana").get("/analyst/campaigns/XXX/").status_code == 404


def test_nobody_else_opens_it(site: Any) -> None:
    for name in ("east_area", "west_area", "east_service", "carla", "stranger"):
        assert site.client(name).get(f"/analyst/campaigns/{PMP}/").status_code == 403, name
