"""A follow-up as a page: who is on its list and why others are not, its plans beside each other, and putting one in force."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from two_dealers import PMP
from web.analyst.reading_pages import page, read, rows_behind
from web.conftest import DAY

SPRING = "/analyst/follow-ups/spring/"
USE = f"{SPRING}use/"


def plans(shown: Any) -> dict[str, dict[str, str]]:
    """Return what the page says of each plan, by its name and the measure."""
    rows = shown.tables["Plans beside each other"]
    names = [name for name in rows[0] if name != "Measure"]
    return {name: {row["Measure"]: row[name] for row in rows} for name in names}


def with_a_draft(site: Any, policy: str = "uniform:2", called: str = "slower") -> Any:
    """Make a draft beside the plan in force."""
    from renotify.planner.from_ledger import plan_follow_up

    with site.ledger() as session:
        plan_follow_up(session, "spring", policy, today=DAY, workers=1, draft=called)
    return site.client("ana")


def seen(site: Any, called: str = "slower") -> str:
    """Return what the form of the page sends for a draft as it is now: its name and digest."""
    from renotify.ledger import drafts

    with site.ledger() as session:
        return f"{called} {drafts.draft(session, 'spring', called).digest}"


def in_force(site: Any) -> str:
    from renotify.plans.in_force import plan_in_force

    with site.ledger() as session:
        return plan_in_force(session, "spring").policy


def test_the_list_has_each_follow_up_and_how_it_stands(site: Any) -> None:
    (rows,) = page(site.client("ana"), "/analyst/follow-ups/").tables.values()
    (row,) = rows
    assert (row["Follow-up"], row["Waves"], row["Released"], row["How it stands"]) == (
        "spring",
        "1",
        "0",
        "running",
    )


def test_each_reason_for_leaving_out_opens_its_vehicles(site: Any) -> None:
    browser = site.client("ana")
    shown = page(browser, SPRING)
    out = {
        row["Left out because"]: int(row["Vehicles"])
        for row in shown.tables["Left out of the list, and why"]
    }
    assert out
    from renotify.ledger import follow_ups

    with site.ledger() as session:
        known = follow_ups.summary(session, "spring")["left_out"]
    assert out == {reason.replace("_", " "): number for reason, number in known.items()}
    for reason in known:
        address = f"/analyst/vehicles/?follow_up=spring&left_out={reason}"
        assert address in shown.addresses
        assert (
            rows_behind(browser, address) >= known[reason]
        )  # a vehicle in two campaigns is two rows


def test_the_plan_stands_with_what_it_breaks_and_its_week(site: Any) -> None:
    shown = page(site.client("ana"), SPRING)
    plan = plans(shown)["In force"]
    assert (plan["Policy"], plan["Until the week of"]) == ("all-at-once", "Mar 4, 2013")
    (wave,) = shown.tables["Waves"]
    assert wave["Week of"] == "Mar 4, 2013"
    assert "Make the draft" in shown.text


def test_a_draft_stands_beside_the_plan_and_is_put_in_force_with_a_reason(
    site_on_both: Any,
) -> None:
    browser = with_a_draft(site_on_both)
    shown = page(browser, SPRING)
    assert list(plans(shown)) == ["In force", "Slower"]
    assert "Look at “slower” beside its plan" in shown.text
    assert f'value="{seen(site_on_both)}"' in browser.get(SPRING).content.decode()
    typed = {"draft": seen(site_on_both), "reason": "West states no hours yet.", "anyway": "yes"}
    answer = browser.post(USE, typed)
    assert (answer.status_code, answer["Location"]) == (302, SPRING)
    assert in_force(site_on_both) == "uniform:2"
    assert ("ana", "decided", "spring") in site_on_both.readings()
    after = page(browser, SPRING)
    assert plans(after)["In force"]["Policy"] == "uniform:2"
    assert "Look at “slower”" not in after.text  # it is the plan: nothing is left to decide


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"draft": "slower", "reason": " "}, "needs a reason"),
        ({"draft": "faster", "reason": "Why not."}, "has no draft"),
        ({"reason": "Why not."}, "has no draft"),
        ({"draft": "slower", "reason": "x" * 256}, "more than 255 characters"),
    ],
)
def test_what_cannot_be_put_in_force_is_said_and_what_was_typed_stays(site: Any, typed: dict[str, str], said: str) -> None:  # fmt: skip
    browser = with_a_draft(site)
    chosen = typed | ({"draft": seen(site)} if typed.get("draft") == "slower" else {})
    answer = browser.post(USE, chosen)
    assert answer.status_code == 422
    assert said in read(answer).text
    assert typed["reason"].strip() in answer.content.decode()
    assert in_force(site) == "all-at-once"
    assert "decided" not in {deed for _, deed, _ in site.readings()}


@pytest.mark.parametrize(("address", "field"), [(USE, "draft"), (f"{SPRING}drop/", "dropped")])
def test_another_draft_of_the_same_name_is_not_decided_on_by_the_old_form(
    site: Any, address: str, field: str
) -> None:
    from renotify.ledger import drafts

    browser = with_a_draft(site)
    old = seen(site)
    with_a_draft(site, "uniform:1")  # somebody else makes it anew under the same name
    typed = {"reason": "I saw two weeks.", "anyway": "yes"}
    for chosen in (old, "slower"):
        refused = browser.post(address, typed | {field: chosen})
        assert refused.status_code == 422
        assert "not the one that you looked at: it was made anew" in read(refused).text
    assert in_force(site) == "all-at-once"
    with site.ledger() as session:
        assert drafts.draft(session, "spring", "slower").policy == "uniform:1"
    assert browser.post(address, typed | {field: seen(site)}).status_code == 302


def test_a_draft_of_an_earlier_day_says_how_old_it_is_and_needs_its_box(site: Any, monkeypatch: Any) -> None:  # fmt: skip
    """Made on Tuesday, March 5; on Wednesday of the week after it is eight days old."""
    from django.conf import settings

    browser = with_a_draft(site)
    assert "It may be of an earlier day" not in page(browser, SPRING).text
    monkeypatch.setattr(settings, "RENOTIFY_DAY", date(2013, 3, 13))
    shown = page(browser, SPRING)
    assert "made 8 days ago, on Mar 5, 2013" in shown.text
    assert "It may be of an earlier day" in shown.text
    typed = {"draft": seen(site), "reason": "It still holds.", "anyway": "yes"}
    refused = browser.post(USE, typed)
    assert refused.status_code == 422
    assert "The draft slower of spring was made 8 days ago, on Mar 5, 2013" in read(refused).text
    assert in_force(site) == "all-at-once"
    assert browser.post(USE, typed | {"older": "yes"}).status_code == 302
    assert in_force(site) == "uniform:2"


def test_a_draft_that_breaks_limits_needs_the_box(site: Any) -> None:
    with (
        site.ledger() as session,
        session.transaction(),
    ):  # all visits called off: letters to all ask for more than there is
        session.execute("update appointment set status = 'cancelled'")
    browser = with_a_draft(site, "all-at-once", "rush")
    assert plans(page(browser, SPRING))["Rush"]["Limits it breaks"] not in ("", "none")
    refused = browser.post(USE, {"draft": seen(site, "rush"), "reason": "The board wants it."})
    assert refused.status_code == 422
    assert "tick the box" in read(refused).text
    assert "--anyway" not in read(refused).text
    typed = {"draft": seen(site, "rush"), "reason": "The board wants it.", "anyway": "yes"}
    assert browser.post(USE, typed).status_code == 302


@pytest.mark.parametrize("name", ["rex", "east_area", "east_service", "carla", "stranger"])
def test_nobody_else_decides(site: Any, name: str) -> None:
    with_a_draft(site)
    typed = {"draft": "slower", "reason": "Mine.", "anyway": "yes"}
    assert site.client(name).post(USE, typed).status_code == 403
    assert in_force(site) == "all-at-once"


def test_the_auditor_sees_the_plans_and_no_form(site: Any) -> None:
    with_a_draft(site)
    shown = page(site.client("rex"), SPRING)
    assert list(plans(shown)) == ["In force", "Slower"]
    assert "Put it in force" not in shown.text


def test_a_follow_up_that_nobody_froze_is_no_page(site: Any) -> None:
    assert site.client("ana").get("/analyst/follow-ups/autumn/?now=1").status_code == 404
    assert PMP in page(site.client("ana"), "/analyst/follow-ups/").text
