"""Codes and addresses that a work list waits for are settled at the list, as rows of the contract."""

from __future__ import annotations

from typing import Any

from two_dealers import EAST_OPEN
from web.analyst.reading_pages import read

LISTS = "/mailing/spring/work/"
CODES, ASK, LEFT_OUT = (f"{LISTS}{which}/?now=1" for which in ("codes", "ask", "left_out"))
SETTLE = "/mailing/spring/codes/"


def _came_back(site: Any, code: str) -> None:
    """Two letters of wave 1 came back with a code that nobody knows."""
    with (
        site.ledger() as session,
        session.transaction(),
    ):  # released after the records of the owners came in
        session.execute("update wave set released_at = '2099-01-01 08:00:00' where number = 1")
        session.execute(
            "update piece set state = 'accepted', wave = 1, mailed_on = '2013-03-01', returned_on = '2013-03-04', return_code = :code"
            " where vin in (:one, :two)",
            code=code, one=EAST_OPEN[0], two=EAST_OPEN[1],
        )  # fmt: skip


def _rows(browser: Any, address: str) -> list[dict[str, str]]:
    return next(iter(read(browser.get(address)).tables.values()), [])


def test_a_code_is_settled_at_its_list_and_its_letters_go_where_it_leads(site_on_both: Any) -> None:
    _came_back(site_on_both, "QQQ")
    browser = site_on_both.client("ana")
    (code,) = _rows(browser, CODES)
    assert (code["Return code"], code["Pieces"]) == ("QQQ", "2")
    assert len(_rows(browser, ASK)) == 2
    answer = browser.post(SETTLE, {"code": "QQQ", "action": "skip_trace", "which": "codes"})
    assert (answer.status_code, answer["Location"]) == (302, "/mailing/spring/work/codes/")
    assert "nothing was here" not in browser.get("/mailing/spring/work/codes/").content.decode()
    assert _rows(browser, CODES) == []
    assert _rows(browser, ASK) == []
    assert len(_rows(browser, f"{LISTS}skip_trace/?now=1")) == 2
    with site_on_both.ledger() as session:
        sql = "select c.action || ' ' || s.name from return_code c join source s on s.id = c.source_id"
        assert session.scalar(sql) == "skip_trace ana"
    assert ("ana", "decided", "QQQ") in site_on_both.readings()


def test_what_a_code_cannot_lead_to_is_refused_at_its_field_and_stays_typed(site: Any) -> None:
    _came_back(site, "QQQ")
    browser = site.client("ana")
    for action in ("", "unreachable"):
        answer = browser.post(SETTLE, {"code": "QQQ", "action": action, "which": "ask"})
        page = answer.content.decode()
        assert (answer.status_code, 'id="action-why"' in page) == (422, True), action
        assert '<option value="QQQ" selected>' in page
    with site.ledger() as session:
        assert session.scalar("select count(*) from return_code") == 0
    for name in ("carla", "rex", "east_service"):
        assert site.client(name).post(SETTLE, {}).status_code == 403, name


def test_an_old_empty_list_does_not_say_that_all_is_done(site: Any) -> None:
    browser = site.client("ana")
    assert "Nothing is on this list any more." in browser.get(CODES).content.decode()
    _came_back(site, "QQQ")
    with site.ledger() as session:  # an intake of any kind makes the kept answer an old one
        from renotify.ledger.intake.typed_rows import take_typed
        from web.conftest import DAY

        row = {"code": "ZZZ", "action": "retry_same"}
        take_typed(session, "return_codes", [row], person="ana", on=DAY)
    old = browser.get("/mailing/spring/work/codes/").content.decode()
    assert "nothing was here; it is being counted anew" in old
    assert "Nothing is on this list any more." not in old
    assert len(_rows(browser, CODES)) == 1


def test_an_owner_whom_no_letter_reaches_is_mended_from_the_list(site_on_both: Any) -> None:
    vin = EAST_OPEN[0]
    with site_on_both.ledger() as session, session.transaction():
        session.execute("update owner set zip = '00000', city = 'n/a' where vin = :vin", vin=vin)
    browser = site_on_both.client("ana")
    shown = read(browser.get(LEFT_OUT))
    assert vin in [row["Vin"] for row in next(iter(shown.tables.values()))]
    mend = shown.links[vin]
    form = browser.get(mend).content.decode()
    assert "Type the address that is right" in form
    typed = {
        "role": "owner", "name1": "PAT SMITH", "addr1": "12 MAIN ST", "city": "TRENTON", "state": "NJ", "zip": "08608", "language": "en",
    }  # fmt: skip
    refused = browser.post(mend, typed | {"zip": "90210"})  # a ZIP Code of California
    assert (refused.status_code, 'id="zip-why"' in refused.content.decode()) == (422, True)
    taken = browser.post(mend, typed)
    assert (taken.status_code, taken["Location"]) == (302, "/mailing/spring/work/left_out/")
    rows = _rows(browser, LEFT_OUT)
    assert vin not in [row["Vin"] for row in rows]
    assert ("ana", "typed", vin) in site_on_both.readings()
