"""The mail room's pages: whether a wave is ready, its release by a job, and the three-way count afterwards."""

from __future__ import annotations


def test_the_only_follow_up_is_shown_at_once_with_the_wave_that_is_next(site) -> None:
    browser = site.client("ana")
    assert browser.get("/mailing/")["Location"] == "/mailing/spring/"
    page = browser.get("/mailing/spring/?now=1").content.decode()
    assert "Next: wave 1" in page
    assert "not released" in page


def test_a_held_wave_asks_for_a_reason_and_has_no_plain_button(site) -> None:
    """No dealer of the small world was told: the wave is held."""
    page = site.client("ana").get("/mailing/spring/1/?now=1").content.decode()
    assert "goes only if somebody says why" in page
    assert "Release it anyway" in page
    assert "/jobs/start/release/" not in page


def test_the_reason_typed_at_the_page_releases_the_wave_and_is_kept(site) -> None:
    browser = site.client("ana")
    form = {"follow_up": "spring", "wave": "1", "because": "the dealers were called"}
    asked = browser.post("/jobs/start/release_anyway/", form)
    assert asked.status_code == 302
    from renotify.web.jobs.job import Job

    job = Job.objects.latest("pk")
    assert job.arguments[:6] == [
        "mail",
        "release",
        "spring",
        "1",
        "--anyway",
        "the dealers were called",
    ]
    assert job.arguments[job.arguments.index("--by") + 1] == "ana"
    assert ("ana", "decided", "release_anyway") in site.readings()


def test_a_wave_or_list_that_is_not_there_is_said_in_a_sentence(site) -> None:
    browser = site.client("ana")
    for address, words in {
        "/mailing/spring/9/": "no wave 9",
        "/mailing/summer/": "summer",
        "/mailing/spring/work/nothing/": "no list",
    }.items():
        answer = browser.get(address)
        assert (answer.status_code, words in answer.content.decode()) == (404, True), address


def test_the_work_lists_say_what_to_do(site) -> None:
    page = site.client("ana").get("/mailing/spring/work/awaiting/?now=1").content.decode()
    assert "Ask the mail house" in page


def test_a_wave_of_a_later_week_says_from_when_it_may_go_and_has_no_button(
    site, monkeypatch
) -> None:
    """The wave is of the week of March 4; on March 1 the release would refuse it."""
    from datetime import date

    from django.conf import settings

    monkeypatch.setattr(settings, "RENOTIFY_DAY", date(2013, 3, 1))
    page = site.client("ana").get("/mailing/spring/1/?now=1").content.decode()
    assert "It may be released from Mar 4, 2013 on" in page
    assert "/jobs/start/release" not in page
