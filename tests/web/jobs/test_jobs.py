"""Long work runs in a worker, each job one resumable command: its progress, its refusal, its end by a word or by force."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from two_dealers import EAST, EAST_OPEN, PMP

ORDER = f"ro_id,dealer_code,vin,campaign_code,close_date,outcome\nR5,{EAST},{EAST_OPEN[0]},{PMP},2013-03-04,remedied\n"
LONG = ["rehearse", "spring", "--runs", "100000", "--workers", "1", "--on", "2013-03-05", "--json"]


@pytest.fixture
def queue(queue_of_processes: Any) -> Any:
    """Jobs as they are served: each command in a process of its own."""
    return queue_of_processes


def _until(reached: Callable[[], bool], what: str) -> None:
    """Wait for something that another process does."""
    for _ in range(600):
        if reached():
            return
        time.sleep(0.1)
    pytest.fail(f"never {what}")


def test_files_dropped_on_the_site_are_loaded_by_the_same_command_as_in_a_terminal(
    site, queue
) -> None:
    browser = site.client("ana")
    answer = browser.post("/jobs/start/load/", {"files": [queue.upload(ORDER)]})
    assert answer["Location"] == f"/jobs/{queue.job().pk}/"
    assert "Waiting" in browser.get(answer["Location"]).content.decode()
    queue.work()
    assert (queue.job().state, queue.job().said["tables"]["repair_orders"]["accepted"]) == (
        "done",
        1,
    )
    with site.ledger() as session:
        assert (
            session.scalar(
                "select status from state where vin = :vin and campaign_code = 'PMP'",
                vin=EAST_OPEN[0],
            )
            == "repaired"
        )
    assert "Done" in browser.get(answer["Location"]).content.decode()


def test_uploaded_files_are_for_their_owner_alone_and_go_after_a_month(
    site, queue, tmp_path
) -> None:
    from django.utils import timezone

    from renotify.web.jobs.job import Job
    from renotify.web.jobs.worker import remove_old_files

    site.client("ana").post(
        "/jobs/start/load/", {"files": [queue.upload(ORDER, "../../repair_orders.csv")]}
    )
    (kept,) = (tmp_path / "web-jobs").rglob("*.csv")
    assert kept.name == "repair_orders.csv"
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    queue.work()
    assert remove_old_files() == 0
    Job.objects.update(over_at=timezone.now() - timedelta(days=31))
    assert remove_old_files() == 1
    assert not kept.exists()


def test_what_the_command_refuses_is_shown_in_its_own_sentence(site, queue) -> None:
    browser = site.client("ana")
    browser.post("/jobs/start/plan/", {"follow_up": "summer"})
    queue.work()
    assert queue.job().state == "refused"
    page = browser.get(f"/jobs/{queue.job().pk}/").content.decode()
    assert "summer" in queue.job().sentence
    assert "Traceback" not in page


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("plan", {"follow_up": "spring --policy"}, "not of its form"),
        ("plan", {}, "not of its form"),
        ("release", {"follow_up": "spring", "wave": "one"}, "not of its form"),
        ("load", {}, "No file came"),
        ("format_disk", {}, "no job"),
    ],
)
def test_a_form_that_says_anything_else_starts_nothing(site, queue, kind, values, words) -> None:
    from renotify.web.jobs.job import Job

    answer = site.client("ana").post(f"/jobs/start/{kind}/", values)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert Job.objects.count() == 0


def test_a_job_that_waits_is_cancelled_and_never_begins(site, queue) -> None:
    browser = site.client("ana")
    browser.post("/jobs/start/verify/")
    browser.post(f"/jobs/{queue.job().pk}/cancel/")
    queue.work()
    assert (queue.job().state, queue.job().begun_at) == ("cancelled", None)
    assert browser.post(f"/jobs/{queue.job().pk}/cancel/").status_code == 409


def _ask_long() -> Any:
    """Put a command that takes long into the queue, as the pages cannot."""
    from renotify.web.door.person import Person
    from renotify.web.jobs.job import Job
    from renotify.web.jobs.running import run_job

    job = Job.objects.create(
        kind="rehearse", title="Long", arguments=LONG, asked_by=Person.objects.get(username="ana")
    )
    run_job.enqueue(job.pk)
    return job


def _worker(site) -> subprocess.Popen[bytes]:
    paths = os.pathsep.join(
        (str(Path(__file__).parents[3] / "src"), os.environ.get("PYTHONPATH", ""))
    )
    folder = {
        "RENOTIFY_DATABASE_URL": site.url,
        "RENOTIFY_FOLDER": str(Path(site.url.removeprefix("sqlite:///")).parent),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "renotify", "worker", "-q"],
        env={**os.environ, **folder, "PYTHONPATH": paths},
    )


def _commands() -> list[str]:
    """The processes that run the long command."""
    asked = ["pgrep", "-f", "renotify rehearse spring --runs 100000"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()


def test_a_running_job_is_cancelled_with_all_it_started(site, queue) -> None:
    job = _ask_long()
    worker = _worker(site)
    try:
        _until(lambda: queue.job(job.pk).state == "running", "running")
        site.client("ana").post(f"/jobs/{job.pk}/cancel/")
        _until(lambda: queue.job(job.pk).state == "cancelled", "cancelled")
        assert _commands() == []
    finally:
        worker.kill()
        worker.wait()


def test_a_job_whose_worker_was_killed_is_begun_again_by_the_next_and_its_command_died_with_it(
    site, queue
) -> None:
    from django.utils import timezone

    from renotify.web.jobs.job import Job

    job = _ask_long()
    worker = _worker(site)
    _until(lambda: queue.job(job.pk).state == "running", "running")
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    _until(lambda: _commands() == [], "the command gone")
    assert queue.job(job.pk).state == "running"  # nobody could say otherwise
    Job.objects.filter(pk=job.pk).update(
        heard_at=timezone.now() - timedelta(minutes=1), arguments=["verify", "--json"]
    )
    queue.work()
    _until(lambda: queue.job(job.pk).is_over, "over")
    assert (queue.job(job.pk).state, queue.job(job.pk).tries) == ("done", 2)


def test_a_job_that_loses_its_worker_each_time_is_given_up(site, queue) -> None:
    from renotify.web.jobs.job import Job
    from renotify.web.jobs.running import take_up_lost

    job = _ask_long()
    Job.objects.filter(pk=job.pk).update(state="running", tries=3)
    assert take_up_lost() == 1
    assert (queue.job(job.pk).state, "each time" in queue.job(job.pk).sentence) == ("failed", True)


def test_the_auditor_sees_jobs_and_starts_none(site, queue) -> None:
    site.client("ana").post("/jobs/start/verify/")
    rex, page = site.client("rex"), f"/jobs/{queue.job().pk}/"
    for at in ("/jobs/", page):
        answer = rex.get(at)
        assert (answer.status_code, 'method="post" action="/jobs/' in answer.content.decode()) == (200, False), at  # fmt: skip
    for at in ("/jobs/start/verify/", f"{page}cancel/"):
        assert rex.post(at).status_code == 403, at
    assert rex.get(f"{page}files/0/").status_code == 403  # it may name owners
    assert queue.job().state == "waiting"


def test_nobody_but_the_analyst_starts_jobs_and_only_the_auditor_sees_them_too(site, queue) -> None:
    for name in ("east_service", "east_area", "carla"):
        browser = site.client(name)
        assert browser.get("/jobs/").status_code == 403
        assert browser.post("/jobs/start/verify/").status_code == 403


def test_a_page_says_when_no_worker_is_there_and_no_longer_once_one_was(site, queue) -> None:
    browser = site.client("ana")
    browser.post("/jobs/start/verify/")
    page = f"/jobs/{queue.job().pk}/"
    assert "No worker has been heard of" in browser.get(page).content.decode()
    assert "No worker has been heard of" in browser.get("/jobs/").content.decode()
    queue.work()
    assert "No worker has been heard of" not in browser.get(page).content.decode()
    assert "No worker has been heard of" not in browser.get("/jobs/").content.decode()


def test_a_worker_of_the_server_that_dies_is_followed_by_another(site, queue, monkeypatch) -> None:
    from renotify.web.site import starting

    monkeypatch.setattr(starting, "PAUSE", 0.1)
    monkeypatch.setenv("RENOTIFY_FOLDER", str(Path(site.url.removeprefix("sqlite:///")).parent))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    with starting.own_worker(starts=True):
        _until(lambda: len(_workers()) == 1, "a worker")
        (first,) = _workers()
        os.kill(first, signal.SIGKILL)
        _until(lambda: len(_workers()) == 1 and _workers() != [first], "another worker")
    _until(lambda: _workers() == [], "none after the server")


def _workers() -> list[int]:
    """The worker processes that this process has started."""
    asked = ["pgrep", "-P", str(os.getpid()), "-f", "renotify worker -q"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()
    return [int(one) for one in found]


def test_a_job_that_was_refused_before_its_cancel_was_heard_stands_as_refused(
    site, queue, monkeypatch
) -> None:
    """The command ends by itself in the pause between two looks; the word to end it comes in the same pause."""
    from renotify.web.door.person import Person
    from renotify.web.jobs import running
    from renotify.web.jobs.job import Job

    def until_it_ends(_: float) -> None:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)

    monkeypatch.setattr(running.time, "sleep", until_it_ends)
    job = Job.objects.create(
        kind="plan", title="Plan", arguments=["plan", "summer", "--json"], asked_by=Person.objects.get(username="ana"),
        state="running", cancel_asked=True,
    )  # fmt: skip
    running._Running(job).run()
    assert (queue.job().state, "summer" in queue.job().sentence) == ("refused", True)


def test_what_a_job_works_on_is_a_value_and_not_its_title(site, queue) -> None:
    """Two releases of wave 2 under other words are one; one of wave 1 under the same words is another."""
    from renotify.web.door.person import Person
    from renotify.web.jobs.job import Job
    from renotify.web.jobs.running import _done_by

    def made(title: str, about: str, **more: Any) -> Any:
        person = Person.objects.get(username="ana")
        return Job.objects.create(kind="release", title=title, about=about, asked_by=person, **more)

    asked = made("Release a wave: spring 2", "spring 2")
    over = {"state": "done", "over_at": timezone.now()}
    made("Release a wave: spring 2", "spring 1", **over)
    assert _done_by(asked) is None
    same = made("Send it: now", "spring 2", **over)
    assert _done_by(asked) == same


def test_jobs_of_before_have_what_their_title_said_that_they_are_about(site, queue) -> None:
    from django.apps import apps

    from renotify.web.door.person import Person
    from renotify.web.jobs.job import Job

    moved = importlib.import_module("renotify.web.jobs.migrations.0002_about")
    person = Person.objects.get(username="ana")
    titles = ("Release a wave: spring 2", "Check the ledger")
    for title in titles:
        Job.objects.create(kind="release", title=title, asked_by=person)
    moved.fill(apps, None)
    abouts = dict(Job.objects.values_list("title", "about"))
    assert [abouts[title] for title in titles] == ["spring 2", ""]


def test_a_job_is_asked_for_with_what_it_works_on(site, queue) -> None:
    site.client("ana").post("/jobs/start/replan/", {"follow_up": "spring"})
    assert (queue.job().about, queue.job().title.endswith(": spring")) == ("spring", True)
