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


def _released(site, queue) -> list[str]:
    """Release the wave, and return the numbers of its printed letters."""
    from renotify.ledger import pieces

    form = {"follow_up": "spring", "wave": "1", "because": "the dealers were called"}
    site.client("ana").post("/jobs/start/release_anyway/", form)
    queue.work()
    assert queue.job().state == "done", queue.job().sentence
    with site.ledger() as session:
        return pieces.of_wave(session, "spring", 1)["piece_id"].to_pylist()


def _figures(page: str) -> dict[str, str]:
    import re

    return {means: value for value, means in re.findall(r'"value">([^<]*)</span> <span class="means">([^<]*)<', page)}  # fmt: skip


def test_a_wave_shows_its_counts_and_offers_the_call_back_only_while_it_works(site, queue) -> None:
    first, *others = _released(site, queue)
    browser = site.client("ana")
    page = browser.get("/mailing/spring/1/?now=1").content.decode()
    assert _figures(page)["awaiting the mail house"] == f"{len(others) + 1}"
    assert "/jobs/start/call_back/" in page
    evidence = queue.upload(f"piece_id,status,mailed_date\n{first},accepted,2013-03-05\n", "e.csv")
    browser.post("/jobs/start/accept/", {"follow_up": "spring", "wave": "1", "files": [evidence]})
    queue.work()
    page = browser.get("/mailing/spring/1/?now=1").content.decode()
    figures = _figures(page)
    assert (
        figures["mailed, by the mail house's evidence".replace("'", "&#x27;")],
        figures["awaiting the mail house"],
    ) == ("1", f"{len(others)}")
    assert "/jobs/start/call_back/" not in page
    assert "known what became of 1 letter" in page
    assert "/jobs/start/accept/" in page  # the others are still awaited


def test_each_work_list_has_the_form_of_its_next_step(site) -> None:
    browser = site.client("ana")
    for which, form in {
        "re_send": "/jobs/start/resend/",
        "skip_trace": "/jobs/start/trace/",
        "new_address": "/jobs/start/traced/",
        "change_channel": "/jobs/start/traced/",
        "spoiled": "/jobs/start/reprint_lost/",
        "set_aside": "/jobs/start/reprint/",
        "ask": "/jobs/load/",
    }.items():
        assert form in browser.get(f"/mailing/spring/work/{which}/?now=1").content.decode(), which


def test_the_table_of_what_dealers_lack_counts_dealers_and_things(site) -> None:
    page = site.client("ana").get("/mailing/spring/1/?now=1").content.decode()
    assert "What 2 dealers lack" in page
