"""Letters as pages: every version with what the gate finds, as a picture, and signed by somebody who looked."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from web.analyst.reading_pages import page, read

LETTERS = "/analyst/letters/spring/"


def approved(site: Any) -> set[str]:
    from renotify.ledger import artifacts

    with site.ledger() as session:
        return {by for by, _ in artifacts.approvals(session).values()}


def sign(browser: Any) -> Any:
    """Look at the checked letters and sign what is shown."""
    html = browser.get(f"{LETTERS}?check=1&now=1").content.decode()
    return browser.post(f"{LETTERS}sign/", {"seen": seen(html)})


def seen(html: str) -> str:
    (found,) = re.findall(r'name="seen" value="(\w+)"', html)
    return found


def test_the_versions_open_at_once_unchecked_and_then_checked(site: Any) -> None:
    browser = site.client("ana")
    first = read(browser.get(f"{LETTERS}?now=1"))
    assert "not checked on this page yet" in first.text
    (rows,) = first.tables.values()
    assert {row["Gate"] for row in rows} == {""}
    checked = page(browser, f"{LETTERS}?check=1")
    rows = checked.tables["Letter versions: open one to see it"]
    assert {row["Gate"] for row in rows} <= {"passes", "passes, with a remark"}
    assert {row["Signed by"] for row in rows} == {""}


def test_a_version_is_a_picture_that_names_nobody(site: Any) -> None:
    browser = site.client("rex")
    shown = page(browser, f"{LETTERS}1/")
    assert "it names nobody" in shown.text
    picture = browser.get(f"{LETTERS}1/1/1.png")
    assert picture["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert browser.get(f"{LETTERS}1/1/99.png").status_code == 404
    assert browser.get(f"{LETTERS}1/9/1.png").status_code == 404
    assert browser.get(f"{LETTERS}99/?now=1").status_code == 404


def test_signing_is_by_the_person_and_stands_beside_each_version(site_on_both: Any) -> None:
    browser = site_on_both.client("ana")
    answer = sign(browser)
    assert (answer.status_code, answer["Location"]) == (302, LETTERS)
    assert approved(site_on_both) == {"ana"}
    rows = page(browser, f"{LETTERS}?check=1").tables["Letter versions: open one to see it"]
    assert {row["Signed by"] for row in rows} == {"ana"}
    assert ("ana", "decided", "spring") in site_on_both.readings()


def test_what_is_signed_at_the_desk_is_what_the_command_signs(site: Any) -> None:
    from renotify.ledger import artifacts
    from renotify.mailing.approving import approve_letters
    from web.conftest import DAY

    sign(site.client("ana"))
    with site.ledger() as session:
        at_the_desk = set(artifacts.approvals(session))
        by_command = {
            row["signed"] for row in approve_letters(session, "spring", approver="qa", on=DAY)
        }
    assert at_the_desk == by_command


def test_what_nobody_was_shown_is_not_signed(site: Any) -> None:
    """The caller's number changes between the look and the click: the letters of now have it, those that were looked at did not."""
    from datetime import date

    from renotify.campaigns.changed_settings import stated
    from renotify.ledger import changing_settings
    from renotify.ledger.setting_changes import Decided

    browser = site.client("ana")
    old = seen(browser.get(f"{LETTERS}?check=1&now=1").content.decode())
    with site.ledger() as session:
        changing_settings.change(
            session, "spring", [stated("sender.phone=1-800-555-9999")], date(2013, 3, 5), Decided("ben", date(2013, 3, 5), "A new line.")
        )  # fmt: skip
    for posted in ({"seen": old}, {}):
        answer = browser.post(f"{LETTERS}sign/", posted)
        assert (answer.status_code, answer["Location"]) == (302, f"{LETTERS}?check=1")
        assert approved(site) == set()
    shown = read(browser.get(f"{LETTERS}?check=1&now=1"))
    assert "not the letters that you looked at" in shown.text
    assert sign(browser)["Location"] == LETTERS
    assert approved(site) == {"ana"}


@pytest.mark.parametrize("name", ["rex", "east_area", "east_service", "carla", "stranger"])
def test_nobody_else_signs(site: Any, name: str) -> None:
    assert site.client(name).post(f"{LETTERS}sign/").status_code == 403
    assert approved(site) == set()


def test_a_refused_version_keeps_every_letter_from_being_signed() -> None:
    from datetime import date

    from renotify.errors import LetterRefused
    from renotify.mailing.approving import Signable, approve_judged
    from renotify.mailing.versions import VersionKey

    refused = Signable(
        VersionKey("safety", "PMP", "owner", "en"), date(2013, 3, 5), "", "", "rules"
    )
    with pytest.raises(LetterRefused, match="letter for PMP to the owner"):
        approve_judged(None, [refused], "ana")


def test_letters_of_nobody_are_no_page(site: Any) -> None:
    assert site.client("ana").get("/analyst/letters/autumn/").status_code == 404


def test_a_refused_wording_is_accepted_on_the_page_by_the_person_with_a_reason(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row of the pack that reads a word of the campaign's own is asked for the test: no letter of the site is refused."""
    from dataclasses import replace

    from renotify.ledger.accepted_wordings import handles_accepted
    from renotify.rules import pack

    known = pack.all_rows()
    row = next(one for one in known["forbidden"] if one.id == "limited_offer.en")
    strange = replace(
        row, id="strange.en", pattern="part can break", lawful=(), title="A strange word"
    )
    changed = {**known, "forbidden": (*known["forbidden"], strange)}
    monkeypatch.setattr(pack, "all_rows", lambda _jurisdiction="us": changed)
    pack.load.cache_clear()
    pack._chosen.cache_clear()
    try:
        browser = site.client("ana")
        shown = page(browser, f"{LETTERS}?check=1")
        assert "Accept a refused wording" in shown.text
        html = browser.get(f"{LETTERS}?check=1").content.decode()
        number = re.search(r'name="number".*?<option value="(\w+)"', html, re.DOTALL)[1]
        assert (
            browser.post(f"{LETTERS}accept/", {"number": number, "reason": " "}).status_code == 302
        )
        with site.ledger() as session:
            assert handles_accepted(session, date.max) == frozenset()
        assert (
            browser.post(
                f"{LETTERS}accept/", {"number": number, "reason": "it is the pump"}
            ).status_code
            == 302
        )
        with site.ledger() as session:
            (handle,) = handles_accepted(session, date.max)
        assert handle.startswith(number)
        assert ("ana", "decided", "spring") in site.readings()
        for other in ("rex", "east_service", "stranger"):
            refused = site.client(other).post(
                f"{LETTERS}accept/", {"number": number, "reason": "so"}
            )
            assert refused.status_code == 403
    finally:
        monkeypatch.undo()
        pack.load.cache_clear()
        pack._chosen.cache_clear()
