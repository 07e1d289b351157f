"""Letters as pages: every version with what the gate finds, as a picture, and signed by somebody who looked."""

from __future__ import annotations

from typing import Any

import pytest

from web.analyst.reading_pages import page, read

LETTERS = "/analyst/letters/spring/"


def approved(site: Any) -> set[str]:
    from renotify.ledger import artifacts

    with site.ledger() as session:
        return {by for by, _ in artifacts.approvals(session).values()}


def test_the_versions_open_at_once_unchecked_and_then_checked(site: Any) -> None:
    browser = site.client("ana")
    first = read(browser.get(LETTERS))
    assert "not checked on this page yet" in first.text
    (rows,) = first.tables.values()
    assert {row["Gate"] for row in rows} == {""}
    checked = page(browser, LETTERS)
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
    page(browser, LETTERS)
    answer = browser.post(f"{LETTERS}sign/")
    assert (answer.status_code, answer["Location"]) == (302, LETTERS)
    assert approved(site_on_both) == {"ana"}
    rows = page(browser, LETTERS).tables["Letter versions: open one to see it"]
    assert {row["Signed by"] for row in rows} == {"ana"}
    assert ("ana", "decided", "spring") in site_on_both.readings()


def test_what_is_signed_at_the_desk_is_what_the_command_signs(site: Any) -> None:
    from renotify.ledger import artifacts
    from renotify.mailing.approving import approve_letters
    from web.conftest import DAY

    site.client("ana").post(f"{LETTERS}sign/")
    with site.ledger() as session:
        at_the_desk = set(artifacts.approvals(session))
        by_command = {
            row["signed"] for row in approve_letters(session, "spring", approver="qa", on=DAY)
        }
    assert at_the_desk == by_command


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
