"""The auditor's desk: who read and decided what, one vehicle from its first event on, and what left the house; nothing is written."""

from __future__ import annotations

import csv
import re
from html import unescape
from io import StringIO
from typing import Any

import pytest

from two_dealers import EAST_BOTH, EXPORTED, REPAIRED, WEST_OPEN

PAGES = ("/auditor/", "/auditor/readings.csv", "/auditor/vehicle/", "/auditor/disclosures/")


def _shown(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def _table(page: str) -> str:
    return page[page.index("<tbody>") : page.index("</tbody>")] if "<tbody>" in page else ""


@pytest.fixture
def read(site) -> Any:
    """Carla has signed in, and looked at two vehicles and one owner."""
    browser = site.signs_in("carla")
    for address in (EAST_BOTH, WEST_OPEN, f"{WEST_OPEN}/owner"):
        assert browser.get(f"/contact/vehicle/{address}/").status_code == 200
    return site


def test_every_look_at_a_vehicle_or_an_owner_is_shown_the_newest_first(read) -> None:
    rows = _table(_shown(read.client("rex").get("/auditor/")))
    assert rows.index("read owner") < rows.index("checked VIN")
    assert rows.count(">carla<") == 4  # her sign-in is one
    assert f"/auditor/vehicle/?vin={EAST_BOTH}" in rows
    assert "EXAMPLE" not in rows


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("person=carla", 4), ("person=ana", 0), ("deed=read_owner", 1), (f"subject={EAST_BOTH.lower()}", 1), (f"subject={WEST_OPEN}", 2),
        ("first=2100-01-01", 0), ("last=2000-01-01", 0), ("first=2000-01-01&last=2100-01-01&person=carla", 4),
    ],
)  # fmt: skip
def test_the_log_is_filtered_by_person_deed_subject_and_days(read, query, found) -> None:
    assert _table(_shown(read.client("rex").get(f"/auditor/?{query}"))).count("<tr>") == found


@pytest.mark.parametrize(
    ("query", "says"),
    [("deed=slept", "no deed"), ("first=soon", "is not a day"), ("before=x", "no key of a page")],
)
def test_a_filter_that_says_nothing_is_refused_in_a_sentence(site, query, says) -> None:
    assert says in _shown(site.client("rex").get(f"/auditor/?{query}"), 422)


def test_the_log_is_paged_by_key_and_shows_each_line_once(site, monkeypatch) -> None:
    from renotify.web.auditor import reading_filters

    monkeypatch.setattr(reading_filters, "PAGE", 2)
    carla, rex = site.client("carla"), site.client("rex")
    for _ in range(5):
        carla.get(f"/contact/vehicle/{EAST_BOTH}/")
    counts, address = [], "/auditor/?person=carla&deed=checked_vin"
    while address:
        page = _shown(rex.get(address))
        counts.append(_table(page).count("<tr>"))
        more = re.search(r'href="(\?[^"]*)">Show more', page)
        address = f"/auditor/{unescape(more[1])}" if more else ""
    assert counts == [2, 2, 1]


def test_a_page_of_the_log_asks_as_many_questions_for_many_lines_as_for_few(read) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser, counts = read.client("rex"), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            browser.get("/auditor/")
        counts.append(len(asked))
        for _ in range(5):
            read.client("carla").get(f"/contact/vehicle/{EAST_BOTH}/")
    assert counts[0] == counts[1] <= 8


def test_the_log_as_a_file_has_the_same_lines_and_its_taking_is_one_more(read) -> None:
    browser = read.client("rex")
    answer = browser.get("/auditor/readings.csv?person=carla")
    rows = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode())))
    assert [row["deed"] for row in rows] == [
        "read owner",
        "checked VIN",
        "checked VIN",
        "signed in",
    ]
    assert read.readings()[-1] == ("rex", "exported", "reading log")


def test_one_vehicle_is_traced_from_its_first_event_to_the_last(site_on_both) -> None:
    page = _shown(site_on_both.client("rex").get(f"/auditor/vehicle/?vin={REPAIRED.lower()}"))
    assert "Repaired on 2012-06-01" in page
    rows = _table(page)
    assert (
        rows.index("added to the campaign")
        < rows.index("Jun 1, 2012")
        < rows.index("record of the owner (state)")
    )
    assert "repair_orders.csv" in rows
    assert "EXAMPLE" not in page
    assert ("rex", "checked_vin", REPAIRED) in site_on_both.readings()


def test_who_looked_at_a_vehicle_stands_beneath_its_story(read) -> None:
    page = _shown(read.client("rex").get(f"/auditor/vehicle/?vin={WEST_OPEN}"))
    looked = page[page.index("Who looked at it") :]
    assert "read owner" in looked
    assert "carla" in looked


def test_a_vehicle_that_was_exported_says_why_it_cannot_be_reached(site) -> None:
    assert "reported exported on 2012-07-01" in _shown(
        site.client("rex").get(f"/auditor/vehicle/?vin={EXPORTED}")
    )


def test_a_number_that_nobody_has_stated_has_no_story(site) -> None:
    page = _shown(site.client("rex").get("/auditor/vehicle/?vin=NOTHING"))
    assert "The ledger has nothing of this number." in page


def test_disclosures_are_listed_with_the_day_until_which_they_are_kept(site) -> None:
    import pyarrow as pa

    from renotify.ledger import artifacts

    browser = site.client("rex")
    assert "Nothing has left the house." in _shown(browser.get("/auditor/disclosures/"))
    with site.ledger() as session, session.transaction():
        artifacts.disclose(session, "the mail house", "recall", "wave 1", pa.array([WEST_OPEN]))
    assert "the mail house" in _table(_shown(browser.get("/auditor/disclosures/")))


def test_a_disclosure_of_a_stated_day_shows_the_day_and_one_of_now_its_minute() -> None:
    from renotify.web.auditor.readings_pages import _when
    from renotify.web.theme.shown_table import written

    assert written(_when("2013-03-05 00:00:00")) == "Mar 5, 2013"
    assert written(_when("2013-03-05 14:07:59.123456")) == "Mar 5, 2013 14:07"


@pytest.mark.parametrize("address", PAGES)
def test_the_auditor_may_only_look_and_nobody_else_may(site, address) -> None:
    assert site.client("rex").post(address).status_code == 403
    for name in ("ana", "carla", "east_area", "east_service", "stranger"):
        if (name, address) != (
            "ana",
            "/auditor/vehicle/",
        ):  # the history of one vehicle is the analyst's too
            assert site.client(name).get(address).status_code == 403


def test_an_analyst_sees_the_history_of_a_vehicle_and_not_who_looked(site) -> None:
    page = _shown(site.client("ana").get(f"/auditor/vehicle/?vin={WEST_OPEN}"))
    assert "From the first event to the last" in page
    assert "Who looked at it" not in page
