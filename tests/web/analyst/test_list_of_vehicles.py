"""The list behind every figure as a page: filtered, counted, paged, exported, and owners' names for the recall alone."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest

from two_dealers import EAST, EAST_BOTH, PMP, STP, WEST
from web.analyst.reading_pages import page, read

LIST = "/analyst/vehicles/"


def vins(browser: Any, query: str) -> list[str]:
    return [row["VIN"] for row in page(browser, f"{LIST}?{query}").tables["Vehicles"]]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("status=open", 12),
        (f"campaign={PMP}&status=open", 8),
        (f"campaign={PMP},{STP}&status=open", 10),
        (f"campaign={PMP}&campaign={STP}&status=open", 10),
        (f"dealer={EAST}&campaign={PMP}&status=open", 5),
        ("area=W&status=open", 6),
        ("booked=yes", 3),  # one vehicle is booked for two campaigns
        ("follow_up=spring&left_out=any&status=open", 2),
        ("status=removed", 1),
        ("status=unreachable&reason=export", 1),
        ("two_dealers=yes", 0),
        ("as_of=2012-06-30&status=repaired", 1),
        ("as_of=2012-05-31&status=repaired", 0),
    ],
)
def test_each_filter_gives_the_vehicles_that_the_command_gives(site: Any, query: str, rows: int) -> None:  # fmt: skip
    shown = page(site.client("ana"), f"{LIST}?{query}")
    assert len(shown.tables["Vehicles"]) == rows


def test_the_page_says_its_filters_in_words_and_links_to_itself(site: Any) -> None:
    shown = page(site.client("ana"), f"{LIST}?campaign={PMP}&status=open&area=E&booked=no")
    words = f"the list of vehicles (campaign {PMP}, status open, area E, booked no)"
    assert shown.links[words] == f"{LIST}?campaign={PMP}&status=open&area=E&booked=no"


def test_a_count_opens_its_own_rows(site: Any) -> None:
    browser = site.client("ana")
    shown = page(browser, f"{LIST}?by=campaign,status")
    rows = {(row["Campaign"], row["Status"]): row["Rows"] for row in shown.tables["Counts"]}
    assert rows[PMP, "open"] == "8"
    assert sum(map(int, rows.values())) == 16  # 11, 3 and 2
    assert len(vins(browser, f"campaign={PMP}&status=open")) == 8


@pytest.mark.parametrize("order", ["", "-vin", "dealer,-vin", "-since,model", "last_contact", "-booked,vin", "area,-reason"])  # fmt: skip
def test_page_after_page_every_row_comes_once_and_in_order(site_on_both: Any, monkeypatch: Any, order: str) -> None:  # fmt: skip
    from django.core.cache import caches

    from renotify.web.analyst import list_pages

    browser = site_on_both.client("ana")
    whole = [(row["VIN"], row["Campaign"]) for row in page(browser, f"{LIST}?sort={order}").tables["Vehicles"]]  # fmt: skip
    caches["kept"].clear()  # what was kept has pages of another length
    monkeypatch.setattr(list_pages, "FIRST", 5)
    seen, address, pages = [], f"{LIST}?sort={order}", 0
    while address:
        shown = page(browser, address)
        seen += [(row["VIN"], row["Campaign"]) for row in shown.tables["Vehicles"]]
        more = shown.links.get("Show more", "")
        address, pages = f"{LIST}{more}" if more else "", pages + 1
    assert seen == whole
    assert len(set(seen)) == 16
    assert pages == 4


def test_a_mark_that_is_not_whole_is_refused_in_words(site: Any) -> None:
    for mark in ("nonsense", '["a"]', "[1, 2]", "{}"):
        answer = site.client("ana").get(LIST, {"after": mark})
        assert answer.status_code == 422, mark
        assert "Begin with the first rows" in read(answer).text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("year=20x8", "Write a year"),
        ("as_of=yesterday", "Write a day as 2013-02-26."),
        ("known_at=x", "Write a day as 2013-02-26, or an instant"),
        ("wave=one&follow_up=spring", "Write numbers of waves"),
        ("address_older_than=long", "Write a number of days."),
        ("status=ope", "There is no status 'ope'."),
        ("campaign=XXX", "XXX"),
        ("wave=1", "“Wave” is of a follow-up. Name it: “Follow-up”."),
        ("columns=name1", "“To whom it goes”"),
        ("columns=colour", "There is no column 'colour'"),
        ("by=model&sort=vin", "A count has its own columns and order."),
        ("dealer=D9999", "There is no dealer D9999."),
    ],
)
def test_what_is_typed_wrongly_is_said_and_stays(site: Any, query: str, said: str) -> None:
    answer = site.client("ana").get(f"{LIST}?{query}")
    assert answer.status_code == 422
    assert said in read(answer).text
    name, _, value = query.partition("&")[0].partition("=")
    assert re.search(f'name="{name}"[^>]*value="{value}"', answer.content.decode())


def test_the_whole_list_is_a_file_and_who_took_it_is_logged(site: Any) -> None:
    answer = site.client("rex").get(f"{LIST}file/csv/?campaign={PMP}&status=open")
    lines = answer.content.decode().splitlines()
    assert len(lines) == 9
    assert "name1" not in lines[0]
    assert answer["Content-Disposition"].startswith("attachment")
    assert (
        "rex",
        "exported",
        f"renotify vehicles --campaign {PMP} --status open",
    ) in site.readings()


def test_excel_has_the_same_rows(site: Any) -> None:
    from zipfile import ZipFile

    answer = site.client("ana").get(f"{LIST}file/xlsx/?campaign={STP}")
    sheet = ZipFile(BytesIO(answer.content)).read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 4


def test_another_kind_of_file_is_refused(site: Any) -> None:
    assert site.client("ana").get(f"{LIST}file/pdf/").status_code == 400


def asked_owners(browser: Any, **typed: str) -> Any:
    return browser.post(
        f"{LIST}owners/",
        {
            "query": f"campaign={STP}&status=open",
            "owners_to": "dealer call centre",
            "purpose": "recall",
            "file": "csv",
            **typed,
        },
    )


def test_owners_go_for_the_recall_to_somebody_and_it_is_disclosed_and_logged(site: Any) -> None:
    from renotify.ledger import artifacts

    lines = asked_owners(site.client("ana")).content.decode().splitlines()
    assert "name1" in lines[0]
    assert any(EAST_BOTH in line for line in lines[1:])
    with site.ledger() as session:
        (kept,) = artifacts.disclosures(session).to_pylist()
    assert (kept["recipient"], kept["purpose"], kept["vehicles"]) == (
        "dealer call centre",
        "recall",
        2,
    )
    assert [deed for who, deed, _ in site.readings() if who == "ana"] == ["read_owner", "exported"]


@pytest.mark.parametrize("typed", [{"purpose": "sales"}, {"purpose": ""}, {"owners_to": " "}])
def test_for_another_purpose_or_nobody_no_owner_leaves(site: Any, typed: dict[str, str]) -> None:
    from renotify.ledger import artifacts

    answer = asked_owners(site.client("ana"), **typed)
    assert answer.status_code == 422
    assert "name1" not in read(answer).text.replace("name1, name2", "")
    with site.ledger() as session:
        assert artifacts.disclosures(session).num_rows == 0
    assert "read_owner" not in {deed for _, deed, _ in site.readings()}


def test_the_auditor_and_other_roles_take_no_owners(site: Any) -> None:
    for name in ("rex", "east_service", "east_area", "carla"):
        assert asked_owners(site.client(name)).status_code == 403, name
    assert asked_owners(site.client()).status_code == 302


def test_no_vehicle_is_said_and_not_an_empty_table(site: Any) -> None:
    text = page(site.client("ana"), f"{LIST}?campaign={STP}&status=unreachable").text
    assert "No vehicle is as you ask." in text
    assert WEST not in page(site.client("ana"), f"{LIST}?dealer={EAST}").tables["Vehicles"]


def test_a_list_is_counted_once_for_all_its_pages(site: Any, monkeypatch: Any) -> None:
    from django.core.cache import caches

    from renotify.vehicle_lists import listing
    from renotify.web.analyst import list_pages

    counted: list[int] = []
    take = listing._Ledger.total

    def total(ledger: Any) -> Any:
        counted.append(1)
        return take(ledger)

    monkeypatch.setattr(listing._Ledger, "total", total)
    caches["kept"].clear()  # what was kept has pages of another length
    monkeypatch.setattr(list_pages, "FIRST", 5)
    browser, address = site.client("ana"), f"{LIST}?status=open"
    for _ in range(2):  # 12 rows: a second page, and then the last one
        shown = page(browser, address)
        assert "12 vehicles in campaigns" in shown.text
        address = f"{LIST}{shown.links['Show more']}"
    assert "Show more" not in page(browser, address).links
    assert len(counted) == 1
