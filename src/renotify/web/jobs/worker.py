"""A worker: takes jobs from the queue one after the other, and takes up what a worker that died had begun."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from renotify.web.jobs.job import ALIVE, Job, JobState
from renotify.web.jobs.running import take_up_lost
from renotify.web.kept_answers import remove_old
from renotify.web.opened_pages import Ahead

PAUSE = 1.0  # seconds between two looks into an empty queue
KEPT_ANSWERS = timedelta(days=3)
KEPT = timedelta(days=30)  # how long uploaded files are kept


def work(goes_on: Callable[[], bool] = lambda: True) -> None:
    """Work until ``goes_on`` says no, asked between jobs. Where no job waits, count slow pages ahead after something was recorded."""
    ahead = Ahead()
    while goes_on():
        say_alive()
        take_up_lost()
        remove_old_files()
        call_command("db_worker", "--batch", "--no-startup-delay", "--interval", "0", verbosity=0)
        ahead.look(_is_free)
        time.sleep(PAUSE)


def _is_free() -> bool:
    """Tell whether no job waits; between two pages the worker says that it lives, too."""
    say_alive()
    return not Job.objects.filter(state=JobState.WAITING).exists()


def say_alive() -> None:
    """Say that a worker is there, for the pages: the time of one file in the jobs' folder."""
    file = _sign()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch()


def is_there() -> bool:
    """Tell whether a worker was heard of lately, by its sign or by the job that it runs."""
    file = _sign()
    heard = file.is_file() and time.time() - file.stat().st_mtime < ALIVE.total_seconds()
    running = Job.objects.filter(state=JobState.RUNNING, heard_at__gt=timezone.now() - ALIVE)
    return heard or running.exists()


def _sign() -> Path:
    return Path(settings.RENOTIFY_FOLDER) / "web-jobs" / "worker-is-here"


def remove_old_files() -> int:
    """Remove the uploaded files of jobs that are over for long; return of how many."""
    old = Job.objects.filter(over_at__lt=timezone.now() - KEPT).exclude(files="")
    for job in old:
        folder = Path(job.files)
        if folder.parent == Path(settings.RENOTIFY_FOLDER) / "web-jobs":
            shutil.rmtree(folder, ignore_errors=True)
    remove_old(KEPT_ANSWERS.total_seconds())
    return old.update(files="")
