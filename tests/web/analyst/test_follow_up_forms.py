"""From no list to a plan in force at the page: freezing by a form or a file, drafts, limits, the end; all with who and why."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from two_dealers import PMP, STP
from web.analyst.reading_pages import page, read
from web.analyst.test_follow_up_pages import SPRING, with_a_draft

FREEZE = "/analyst/freeze/"
FORM = {
    "name": "autumn",
    "kind": "follow_up_voluntary",
    "campaigns": [PMP],
    "notice_date": "2013-03-05",
    "days_after_notice": "7",
    "sender_name": "Maker",
    "sender_address": "PO BOX 1, COLUMBUS OH 43215",
    "sender_phone": "1-800-555-0155",
    "sender_tty": "1-800-555-0156",
    "response_share": "0.1",
    "rest_weeks": "0",
}


def test_a_list_is_frozen_by_the_form_and_its_settings_are_those_typed(site: Any, queue: Any) -> None:  # fmt: skip
    from renotify.ledger import ending_follow_ups, follow_ups

    browser = site.client("ana")
    with site.ledger() as session, session.transaction():
        ending_follow_ups.end(session, "spring", "made for a test", follow_ups.settings(session, "spring").notice_date)  # fmt: skip
    asked = browser.post(FREEZE, FORM)
    assert asked["Location"] == f"/jobs/{queue.job().pk}/"
    queue.work()
    assert queue.job().state == "done", queue.job().sentence
    said = read(browser.get(asked["Location"]))
    assert "autumn: " in said.text
    assert said.links["Plan its letters"] == "/analyst/follow-ups/autumn/#plan"
    with site.ledger() as session:
        stated = follow_ups.settings(session, "autumn")
    assert (stated.campaigns, stated.sender["phone"], stated.response["share"]) == ((PMP,), "1-800-555-0155", 0.1)  # fmt: skip


def test_who_asks_twice_for_what_is_done_once_is_told_which_job_did_it(site: Any, queue: Any) -> None:  # fmt: skip
    from renotify.ledger import ending_follow_ups, follow_ups

    browser = site.client("ana")
    with site.ledger() as session, session.transaction():
        ending_follow_ups.end(session, "spring", "made for a test", follow_ups.settings(session, "spring").notice_date)  # fmt: skip
    first, second = (browser.post(FREEZE, FORM)["Location"] for _ in range(2))
    queue.work()
    number = int(first.split("/")[2])
    said = read(browser.get(second))
    assert queue.job().state == "done"
    assert f"Done by job {number}, which was asked for the same." in said.text
    assert said.links["Plan its letters"] == "/analyst/follow-ups/autumn/#plan"
    assert "Refused" not in said.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "two words"}, "up to 32 letters, digits"),
        ({"name": ""}, "Give it a name."),
        ({"name": "spring"}, "There is a follow-up spring already"),
        ({"notice_date": "soon"}, "Write the day as 2013-02-26."),
        ({"campaigns": []}, "Tick at least one campaign."),
        ({"response_share": "1.5"}, "share must be between 0 and 1"),
        ({"days_after_notice": "-1"}, "at least 0"),
        ({"policy": "best"}, "policy must be one of"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    site: Any, queue: Any, change: dict[str, Any], words: str
) -> None:
    from renotify.web.jobs.job import Job

    answer = site.client("ana").post(FREEZE, FORM | change)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert f'class="errors" id="error_{next(iter(change))}"' in shown
    assert words in shown
    assert 'value="1-800-555-0155"' in shown
    assert Job.objects.count() == 0


def test_every_field_that_is_wrong_is_told_at_once_and_its_group_stands_open(
    site: Any, queue: Any
) -> None:
    from renotify.web.jobs.job import Job

    wrong = {
        "name": "two words", "campaigns": ["ZZZ"], "notice_date": "soon", "horizon_weeks": "0", "sender_name": "", "sender_tty": "",
        "response_share": "1.5", "response_shape": "-1",
    }  # fmt: skip
    answer = site.client("ana").post(FREEZE, FORM | wrong)
    shown = answer.content.decode()
    assert answer.status_code == 422
    found = set(re.findall(r'class="errors" id="error_(\w+)"', shown))
    assert found == set(wrong) - {
        "sender_tty"
    }  # a recall's letter has it, and of no known campaign it is not known that it is one
    assert "7 fields must be mended" in shown
    assert shown.count('<details class="boxed" open>') == 4
    assert Job.objects.count() == 0
    recall = site.client("ana").post(FREEZE, FORM | {"sender_tty": ""}).content.decode()
    assert "TTY of the sender: no letter can be printed without it." in recall
    assert recall.count('<details class="boxed" open>') == 2


def test_the_form_begins_with_no_campaign_ticked_and_the_rest_folded(site: Any) -> None:
    shown = site.client("ana").get(FREEZE).content.decode()
    assert "checked> <span><strong>" not in shown
    assert shown.count('<details class="boxed" open>') == 1
    assert "Telephone: " in shown  # of the newest follow-up, in the line of the folded group


@pytest.mark.parametrize("of", ["form", "file"])
@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("1999-01-01", "is before the days of"),  # STP was filed on 1 October 2012
        ("2012-09-16", "is before the days of"),  # fifteen days before
        ("2012-10-01", "were over on 2013-03-04"),  # first letters 8 October, and 21 weeks
    ],
)
def test_a_day_of_the_notice_that_cannot_be_meant_is_refused_at_its_field(
    site: Any, queue: Any, day: str, words: str, of: str
) -> None:
    from renotify.web.jobs.job import Job

    form: dict[str, Any] = FORM | {
        "campaigns": [PMP, STP],
        "notice_date": day,
        "horizon_weeks": "21",
    }
    if of == "file":
        said = f'name = "autumn"\nkind = "initial"\ncampaigns = ["{STP}"]\nnotice_date = {day}\nhorizon_weeks = 21\n'
        form = {"file": SimpleUploadedFile("followup.toml", said.encode())}
    answer = site.client("ana").post(FREEZE, form)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="error_{"file" if of == "file" else "notice_date"}"' in shown
    assert words in shown
    assert Job.objects.count() == 0


@pytest.mark.parametrize("day", ["2014-03-07", "2113-03-05"])
def test_a_day_of_the_notice_far_from_today_is_asked_about(site: Any, queue: Any, day: str) -> None:
    """Today is 5 March 2013: 7 March 2014 is 367 days after; a day nearer is not asked about."""
    from renotify.web.jobs.job import Job

    browser, form = site.client("ana"), FORM | {"notice_date": day}
    asked = browser.post(FREEZE, form)
    assert asked.status_code == 422
    assert "more than a year from today" in read(asked).text
    assert 'name="day_is_meant"' in asked.content.decode()
    assert Job.objects.count() == 0
    assert browser.post(FREEZE, form | {"day_is_meant": "yes"}).status_code == 302
    assert Job.objects.count() == 1


@pytest.mark.parametrize("day", ["2012-12-24", "2014-03-06"])
def test_a_day_of_the_notice_within_a_year_is_not_asked_about(
    site: Any, queue: Any, day: str
) -> None:
    assert site.client("ana").post(FREEZE, FORM | {"notice_date": day}).status_code == 302


def test_a_followup_toml_is_checked_before_anything_runs(site: Any, queue: Any) -> None:
    browser = site.client("ana")
    broken = browser.post(FREEZE, {"file": SimpleUploadedFile("followup.toml", b"name = ")})
    assert (broken.status_code, "cannot be read as TOML" in broken.content.decode()) == (422, True)
    wrong = browser.post(FREEZE, {"file": SimpleUploadedFile("followup.toml", b'name = "x"\n')})
    assert (wrong.status_code, 'id="error_file"' in wrong.content.decode()) == (422, True)
    right = f'name = "autumn"\nkind = "follow_up_voluntary"\ncampaigns = ["{STP}"]\nnotice_date = 2013-03-05\n'
    unsent = browser.post(FREEZE, {"file": SimpleUploadedFile("followup.toml", right.encode())})
    assert (
        unsent.status_code,
        "no letter can be printed without it" in unsent.content.decode(),
    ) == (422, True)
    right += '[sender]\nname = "M"\naddress = "PO BOX 1, COLUMBUS OH 43215"\nphone = "1-800-555-0155"\ntty = "1-800-555-0156"\n'
    assert browser.post(FREEZE, {"file": SimpleUploadedFile("followup.toml", right.encode())}).status_code == 302  # fmt: skip
    assert queue.job().kind == "freeze"


def test_settings_are_written_as_toml_reads_them() -> None:
    from datetime import date

    from renotify.web.analyst.freeze_pages import as_toml

    stated = {
        "name": 'a "quoted" \\ name', "notice_date": date(2013, 2, 26), "parts_quantile": 0.9, "campaigns": ["A", "B"],
        "sender": {"name": "Ñ\n\x7f", "es": {"hours": "8 a. m."}}, "response": {"A+B": {"share": 0.1}},
    }  # fmt: skip
    assert tomllib.loads(as_toml(stated)) == stated


def test_a_draft_is_made_by_a_policy_and_dropped_again(site: Any, queue: Any) -> None:
    from renotify.ledger import drafts

    browser = site.client("ana")
    asked = browser.post(f"{SPRING}draft/", {"policy": "uniform:4", "called": "even"})
    queue.work()
    assert queue.job().state == "done", queue.job().sentence
    assert asked["Location"] == f"/jobs/{queue.job().pk}/"
    assert "even" in page(browser, SPRING).tables["Plans beside each other"][0] or "Even" in page(browser, SPRING).text  # fmt: skip
    with site.ledger() as session:
        digest = drafts.draft(session, "spring", "even").digest
    browser.post(f"{SPRING}drop/", {"dropped": f"even {digest}"})
    assert "(uniform:4," not in page(browser, SPRING).text
    assert ("ana", "decided", "spring") in site.readings()


def test_a_policy_or_name_of_another_form_starts_nothing_and_is_said_at_the_form(site: Any, queue: Any) -> None:  # fmt: skip
    answer = site.client("ana").post(f"{SPRING}draft/", {"policy": "uniform:4 --x", "called": "even"})  # fmt: skip
    assert answer.status_code == 422
    assert "not of its form" in answer.content.decode()


def test_a_limit_is_changed_from_a_day_on_with_the_reason_and_taken_back(site: Any) -> None:
    from renotify.ledger import follow_ups, setting_changes
    from web.conftest import DAY

    browser = site.client("ana")
    change = {"setting": "mail_house_letters_per_week", "value": "3", "because": "the machine is down"}  # fmt: skip
    assert browser.post(f"{SPRING}settings/", change | {"because": ""}).status_code == 422
    browser.post(f"{SPRING}settings/", change)
    with site.ledger() as session:
        (made,) = setting_changes.changes(session, "spring")
        assert (made.changed_by, made.reason) == ("ana", "the machine is down")
        assert follow_ups.settings(session, "spring", DAY).mail_house_letters_per_week == 3
    browser.post(f"{SPRING}settings/undo/", {"number": made.number, "because": "it runs again"})
    with site.ledger() as session:
        assert follow_ups.settings(session, "spring", DAY).mail_house_letters_per_week != 3
    refused = browser.post(f"{SPRING}settings/", change | {"value": "none of them"})
    assert (refused.status_code, "none of them" in refused.content.decode()) == (422, True)


def test_a_follow_up_is_ended_with_a_reason_and_asks_no_more(site: Any) -> None:
    browser = with_a_draft(site)
    assert browser.post(f"{SPRING}end/", {"because": ""}).status_code == 422
    browser.post(f"{SPRING}end/", {"because": "the remedy changed"})
    shown = page(browser, SPRING)
    assert "It was ended on" in shown.text
    assert "Plan the free weeks again" not in shown.text


def test_nobody_else_freezes_changes_or_ends(site: Any) -> None:
    for name in ("rex", "east_service", "east_area", "carla"):
        browser = site.client(name)
        for address in (
            FREEZE,
            f"{SPRING}draft/",
            f"{SPRING}drop/",
            f"{SPRING}settings/",
            f"{SPRING}settings/undo/",
            f"{SPRING}end/",
            "/analyst/owners/",
        ):
            assert browser.post(address, FORM).status_code == 403, (name, address)


def test_an_owner_that_only_a_person_can_settle_is_settled_at_the_page(site: Any) -> None:
    browser = site.client("ana")
    shown = page(browser, "/analyst/owners/")
    assert "Nobody on record has them" in shown.tables
    answer = browser.post("/analyst/owners/", {"vin": "JTHCE96SX70900019", "decision": "stands"})
    assert (answer.status_code, "No refused owner row holds" in answer.content.decode()) == (422, True)  # fmt: skip
