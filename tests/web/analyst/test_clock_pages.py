"""The clocks of the law as a page, and the day that a person states of one with the file that shows it."""

from __future__ import annotations

from typing import Any

import pytest

from two_dealers import PMP
from web.analyst.reading_pages import page, read
from web.conftest import DAY

CLOCKS = "/analyst/deadlines/"
STATE = "/analyst/deadlines/state/"


def clocks(site: Any) -> dict[str, dict[str, Any]]:
    from renotify.reports.deadlines import deadlines

    with site.ledger() as session:
        return {one["id"]: one for one in deadlines(session, DAY)}


def overdue(site: Any) -> str:
    return next(
        name for name, one in clocks(site).items() if one["state"] == "overdue" and one["closes"]
    )


def test_every_clock_stands_there_overdue_first(site: Any) -> None:
    known = list(clocks(site).values())
    rows = page(site.client("ana"), CLOCKS).tables["Every clock that runs"]
    assert [(row["State"], row["What"]) for row in rows] == [
        (one["state"], one["what"]) for one in known
    ]


def test_one_state_can_be_looked_at_alone(site: Any) -> None:
    known = clocks(site).values()
    shown = page(site.client("rex"), f"{CLOCKS}?state=overdue")
    (rows,) = shown.tables.values()
    assert len(rows) == sum(one["state"] == "overdue" for one in known) > 0


def test_a_clock_leads_to_its_campaign_and_a_follow_up_s_to_it(site: Any) -> None:
    browser = site.client("ana")
    for name, leads in (
        (PMP, f"/analyst/campaigns/{PMP}/"),
        ("spring", "/analyst/follow-ups/spring/"),
    ):
        assert browser.get(f"/analyst/subjects/{name}/")["Location"] == leads
    assert (
        browser.get(f"/analyst/subjects/{PMP}/?vehicles=1")["Location"]
        == f"/analyst/vehicles/?campaign={PMP}"
    )
    assert browser.get("/analyst/subjects/nothing/").status_code == 404


def test_a_stated_day_closes_a_clock_and_keeps_who_said_so_and_by_which_file(
    site_on_both: Any,
) -> None:
    from renotify.ledger import sources

    name = overdue(site_on_both)
    typed = {"clock": name, "word": "done", "day": "2013-03-04", "evidence": "portal-receipt.pdf"}
    answer = site_on_both.client("ana").post(STATE, typed)
    assert (answer.status_code, answer["Location"]) == (302, CLOCKS)
    assert clocks(site_on_both)[name]["state"] == "late"
    with site_on_both.ledger() as session:
        newest = session.scalar("select max(id) from source")
        (source,) = sources.named(session, [newest])
    assert source.name == f"deadlines --done {name}, by ana, evidence: portal-receipt.pdf"
    assert ("ana", "decided", name) in site_on_both.readings()


def test_a_day_that_has_not_come_or_lies_before_the_clock_is_refused_at_its_field(
    site_on_both: Any,
) -> None:
    """Today is March 5, 2013. A recall's dealer notice that runs from February 20 cannot have been done the day before."""
    browser, notice = site_on_both.client("ana"), f"{PMP}:dealer_notice"
    begun = {"clock": notice, "word": "started", "day": "2013-02-20", "evidence": ""}
    assert browser.post(STATE, begun).status_code == 302
    known = clocks(site_on_both)
    for name, word, day, says in (
        (notice, "done", "2013-03-06", "2013-03-06 has not come: today is 2013-03-05."),
        (overdue(site_on_both), "done", "2014-12-31", "2014-12-31 has not come"),
        (notice, "started", "2013-03-06", "2013-03-06 has not come"),
        (notice, "done", "2013-02-19", f"{notice} runs from 2013-02-20"),
    ):
        typed = {"clock": name, "word": word, "day": day, "evidence": "box 7"}
        answer = browser.post(STATE, typed)
        assert answer.status_code == 422, name
        at_field = answer.content.decode().split('id="error_day">')[1].split("</p>")[0]
        assert says in at_field
    assert clocks(site_on_both) == known
    typed = {"clock": notice, "word": "done", "day": "2013-02-20", "evidence": "box 7"}
    assert browser.post(STATE, typed).status_code == 302


def test_the_page_of_a_clock_that_was_closed_changes_at_once(site: Any) -> None:
    browser, name = site.client("ana"), overdue(site)
    assert name in ids(browser, "overdue")
    browser.post(STATE, {"clock": name, "word": "done", "day": "2013-03-04", "evidence": "r.pdf"})
    assert name not in ids(browser, "overdue")
    assert name in ids(browser, "late")


def test_the_file_that_shows_it_is_kept_by_its_digest_and_handed_out_while_it_is_the_same(
    site: Any, tmp_path: Any, monkeypatch: Any
) -> None:
    import hashlib

    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile

    from renotify.ledger import sources

    monkeypatch.setattr(settings, "RENOTIFY_FOLDER", str(tmp_path))
    browser, name = site.client("ana"), overdue(site)
    typed = {"clock": name, "word": "done", "day": "2013-03-04"}
    file = SimpleUploadedFile("../receipt of filing.pdf", b"%PDF made up")
    assert browser.post(STATE, typed | {"file": file}).status_code == 302
    (kept,) = (tmp_path / "out" / "evidence").iterdir()
    assert (kept.read_bytes(), kept.stat().st_mode & 0o777) == (b"%PDF made up", 0o600)
    with site.ledger() as session:
        (source,) = sources.named(session, [session.scalar("select max(id) from source where name like 'deadlines%'")])  # fmt: skip
        assert (
            session.scalar("select sha256 from artifact where kind = 'evidence'")
            == hashlib.sha256(b"%PDF made up").hexdigest()
        )
    assert source.name.endswith(kept.name)
    shown = page(browser, f"{STATE}?clock={name}")
    at = shown.links["receipt-of-filing.pdf"]
    assert b"".join(site.client("rex").get(at).streaming_content) == b"%PDF made up"
    assert ("rex", "exported", kept.name) in site.readings()
    assert site.client("east_service").get(at).status_code == 403
    kept.write_bytes(b"another")
    assert browser.get(at).status_code == 404


def test_an_empty_file_or_a_refused_day_keeps_nothing(site: Any, tmp_path: Any, monkeypatch: Any) -> None:  # fmt: skip
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile

    monkeypatch.setattr(settings, "RENOTIFY_FOLDER", str(tmp_path))
    browser, typed = site.client("ana"), {"clock": overdue(site), "word": "done", "day": "2013-03-04"}  # fmt: skip
    empty = browser.post(STATE, typed | {"file": SimpleUploadedFile("r.pdf", b"")})
    assert (empty.status_code, "is empty" in empty.content.decode()) == (422, True)
    unknown = typed | {"clock": "PMP:nothing", "file": SimpleUploadedFile("r.pdf", b"x")}
    assert browser.post(STATE, unknown).status_code == 422
    assert not (tmp_path / "out").exists()


def ids(browser: Any, state: str) -> set[str]:
    (rows,) = page(browser, f"{CLOCKS}?state={state}").tables.values()
    return {row["State a day"] for row in rows}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"day": "soon"}, "Write the day as 2013-02-26."),
        ({"word": "gone"}, "Say what happened on the day."),
        ({"evidence": ""}, "Choose the file that shows it, or name it"),
        ({"evidence": "x" * 121}, "more than 120 characters"),
        ({"clock": "PMP:nothing"}, "Nothing was stated."),
        ({"clock": "nobody:letters"}, "Nothing was stated."),
    ],
)
def test_what_cannot_be_stated_is_said_beside_its_field_and_what_was_typed_stays(
    site: Any, changed: dict[str, str], said: str
) -> None:
    typed = {
        "clock": overdue(site),
        "word": "done",
        "day": "2013-03-04",
        "evidence": "receipt.pdf",
    } | changed
    before = clocks(site)
    answer = site.client("ana").post(STATE, typed)
    assert answer.status_code == 422
    assert said in read(answer).text
    assert f'value="{typed["clock"]}"' in answer.content.decode()
    assert clocks(site) == before


def test_what_was_stated_is_taken_back(site: Any) -> None:
    browser, name = site.client("ana"), overdue(site)
    typed = {"clock": name, "day": "2013-03-04", "evidence": "r.pdf"}
    browser.post(STATE, typed | {"word": "done"})
    assert browser.post(STATE, typed | {"word": "withdrawn"}).status_code == 302
    assert clocks(site)[name]["state"] == "overdue"


@pytest.mark.parametrize("name", ["rex", "east_area", "east_service", "carla", "stranger"])
def test_nobody_else_states_a_day(site: Any, name: str) -> None:
    before = clocks(site)
    assert (
        site.client(name)
        .post(
            STATE,
            {"clock": overdue(site), "word": "done", "day": "2013-03-04", "evidence": "r.pdf"},
        )
        .status_code
        == 403
    )
    assert clocks(site) == before
