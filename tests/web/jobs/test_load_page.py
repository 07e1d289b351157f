"""Files dropped on the site: refused rows stand beside their reasons with the cell marked, are mended in place, and loaded again."""

from __future__ import annotations

import csv
import io
import re

from two_dealers import EAST, EAST_OPEN, PMP

ROWS = (
    "ro_id,dealer_code,vin,campaign_code,close_date,outcome\n"
    f"R5,{EAST},{EAST_OPEN[0]},{PMP},2013-03-04,remedied\n"
    f"R6,{EAST},{EAST_OPEN[1]},{PMP},March the fourth,remedied\n"
)


def _loaded(site, queue, text: str = ROWS):
    browser = site.client("ana")
    browser.post("/jobs/start/load/", {"files": [queue.upload(text)]})
    queue.work()
    return browser, queue.job().pk


def test_the_refused_row_stands_with_its_cell_marked_and_its_reason_beside_it(site, queue) -> None:
    browser, number = _loaded(site, queue)
    assert "See and mend the refused rows" in browser.get(f"/jobs/{number}/").content.decode()
    page = browser.get(f"/jobs/{number}/refused/").content.decode()
    # the cell may lie out of sight: the row says its column, and leads to it
    (place,) = re.findall(r'<a class="why" href="#([^"]+)">close_date</a>', page)
    assert f'<input id="{place}" name="3:close_date"' in page
    assert page.count('class="marked"') == 1
    assert 'value="March the fourth"' in page
    assert EAST_OPEN[0] not in page  # the good row is not among them
    assert ("ana", "read_owner", f"refused rows of load {number}") in site.readings()


def test_a_mended_row_is_loaded_and_closes_its_vehicle(site, queue) -> None:
    browser, number = _loaded(site, queue)
    browser.post(f"/jobs/{number}/refused/0/again/", {"3:close_date": "2013-03-04"})
    queue.work()
    assert (queue.job().pk > number, queue.job().state, queue.job().said["tables"]["repair_orders"]) == (
        True, "done", {"accepted": 1, "rejected": 0, "unchanged": 0},
    )  # fmt: skip
    with site.ledger() as session:
        assert (
            session.scalar("select status from state where vin = :vin", vin=EAST_OPEN[1])
            == "repaired"
        )


def test_the_refused_rows_can_be_downloaded_as_they_stand(site, queue) -> None:
    browser, number = _loaded(site, queue)
    text = b"".join(browser.get(f"/jobs/{number}/refused/0/rows.csv").streaming_content).decode()
    assert next(csv.DictReader(io.StringIO(text)))["close_date"] == "March the fourth"
    assert ("ana", "exported", f"refused rows of load {number}") in site.readings()


def test_a_load_without_refused_rows_has_none_to_mend(site, queue) -> None:
    browser, number = _loaded(site, queue, ROWS.rsplit("R6", 1)[0])
    assert "Nothing was refused" in browser.get(f"/jobs/{number}/refused/").content.decode()
    assert browser.get(f"/jobs/{number}/refused/0/rows.csv").status_code == 404


def test_the_load_page_lists_the_last_loads_with_their_counts(site, queue) -> None:
    browser, number = _loaded(site, queue)
    page = browser.get("/jobs/load/").content.decode()
    assert f"Load {number}" in page
    assert page.count('data-title="Accepted">1<') == 1
    assert page.count('data-title="Refused">1<') == 1


def test_an_owner_row_whose_day_is_mended_here_holds_its_vehicle_no_longer(site, queue) -> None:
    """The row names no day that can be read, so it may be newer than any; mended, it is of a day before the owner on record."""
    from renotify.ledger import refused_owners

    head = "vin,role,name1,addr1,city,state,zip,as_of,source\n"
    row = f"{EAST_OPEN[0]},owner,Bad Date,1 Main St,Rockville,MD,20850,2013-02-30,state\n"
    browser = site.client("ana")
    browser.post("/jobs/start/load/", {"files": [queue.upload(head + row, "owners.csv")]})
    queue.work()
    number = queue.job().pk
    with site.ledger() as session:
        assert [one.vin for one in refused_owners.refused(session)] == [EAST_OPEN[0]]
    browser.post(f"/jobs/{number}/refused/0/again/", {"2:as_of": "2013-02-31"})  # no day either
    queue.work()
    with site.ledger() as session:
        assert [one.vin for one in refused_owners.refused(session)] == [EAST_OPEN[0]]
    again = queue.job().pk
    browser.post(f"/jobs/{again}/refused/0/again/", {"2:as_of": "2013-02-28"})
    queue.work()
    assert queue.job().said["tables"]["owners"] == {"accepted": 1, "rejected": 0, "unchanged": 0}
    with site.ledger() as session:
        assert refused_owners.refused(session) == []
