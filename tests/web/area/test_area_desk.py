"""An area manager's desk: whom to call first and why, the workload, the notices; nothing of another area."""

from __future__ import annotations

import re
from typing import Any

import pytest

from small_world import Desk
from two_dealers import EAST, NEW_IN_STOCK, NOTICE, USED_IN_STOCK, WEST

PAGES = ("/area/", "/area/workload/", "/area/notices/")


def _shown(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_the_month_says_whom_to_call_and_why(site_on_both) -> None:
    page = _shown(site_on_both.client("east_area").get("/area/?now=1"))
    assert "Area E, this month" in page
    assert f"Made-up Dealer {EAST}" in page
    assert "What to do first" in page
    assert NEW_IN_STOCK in page


def test_a_month_that_was_not_counted_yet_says_so_and_opens_at_once_after_that(site) -> None:
    browser = site.client("east_area")
    page = _shown(browser.get("/area/"))
    assert "Being counted from the ledger" in page
    assert 'href="/area/?now=1"' in page
    assert "What to do first" in _shown(browser.get("/area/?now=1"))
    assert "What to do first" in _shown(browser.get("/area/"))


def test_the_month_is_that_of_the_command(site) -> None:
    """The five figures are those of ``area month``."""
    from renotify.desks.area_month import area_month
    from web.conftest import DAY

    with site.ledger() as session:
        (row,) = area_month(session, "E", DAY).dealers.to_pylist()
    page = _shown(site.client("east_area").get("/area/?now=1"))
    found = re.findall(r'class="value">([^<]*)</span><span class="means">([^<]*)<', page)
    figures = {means: value for value, means in found}
    assert figures["repairs still open"] == str(row["open"])
    assert figures["visit without kits in four weeks"] == str(row["visits_without_kits"]) == "1"


def test_booked_visits_without_kits_are_listed_with_their_part(site) -> None:
    """EAST_BOTH is booked for March 11 and takes two bolts; three come in the week of it, and nobody has promised them."""
    page = _shown(site.client("east_area").get("/area/?now=1"))
    assert "BOLT" in page
    assert "Mar 11, 2013" in page


def test_the_workload_is_drawn_for_all_dealers_of_the_area_beside_its_table(site) -> None:
    page = _shown(site.client("west_area").get("/area/workload/?now=1"))
    assert "<svg" in page
    assert " style=" not in page
    assert WEST in page
    assert "visits expected from the week of 2013-03-04 on" in page


@pytest.fixture
def with_notices(site, tmp_path) -> Any:
    """The site with the notices of spring, written and sent."""
    desk = Desk(site.url, tmp_path)
    desk.do("notices", "spring", "--out", tmp_path, on=NOTICE)
    desk.do("notices", "spring", "--sent", on=NOTICE)
    return site


def test_the_notices_of_the_area_and_its_dealers_are_there_to_print(with_notices) -> None:
    browser = with_notices.client("east_area")
    page = _shown(browser.get("/area/notices/"))
    assert "1 dealer not acknowledged yet" in page
    for address in ("/area/notices/spring/area/E/", f"/area/notices/spring/dealer/{EAST}/"):
        assert address in page
        answer = browser.get(address)
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert ("east_area", "exported", "notice of spring to area E") in with_notices.readings()


def test_a_notice_of_another_area_is_as_unknown_as_one_that_is_not_there(with_notices) -> None:
    browser = with_notices.client("east_area")
    for address in (
        "/area/notices/spring/area/W/",
        f"/area/notices/spring/dealer/{WEST}/",
        "/area/notices/none/area/E/",
    ):
        assert "Your area has no such notice." in _shown(browser.get(address), 404)
    assert WEST not in _shown(browser.get("/area/notices/"))


def test_a_notice_whose_file_was_changed_is_not_handed_out(with_notices, tmp_path) -> None:
    (file,) = tmp_path.rglob("area-E.pdf")
    file.write_bytes(b"%PDF changed")
    page = _shown(with_notices.client("east_area").get("/area/notices/spring/area/E/"), 409)
    assert "changed after it was written" in page


def test_before_anything_is_sent_the_pages_say_what_is_lacking(site) -> None:
    assert "No notice of a follow-up in force was written yet." in _shown(
        site.client("east_area").get("/area/notices/")
    )


def test_an_area_sees_nothing_of_another(site_on_both) -> None:
    for address in PAGES:
        page = _shown(site_on_both.client("east_area").get(address, {"now": "1"}))
        assert WEST not in page
        assert USED_IN_STOCK not in page


@pytest.mark.parametrize("name", ["ana", "east_service", "carla", "rex", "east_system", "stranger"])
def test_nobody_else_opens_an_area_s_desk(site, name) -> None:
    for address in (*PAGES, "/area/notices/spring/area/E/"):
        assert site.client(name).get(address).status_code == 403
        assert site.client(name).post(address).status_code == 403
