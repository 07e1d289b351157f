"""Running a job: the command in a process group of its own, its progress kept, its end told; whoever dies, the next worker goes on.

The command itself is resumable and does everything once (its rules are the ledger's), so that a job whose worker was killed is begun
again. On Linux the command dies with its worker, lest two of one job run.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import IO, Any, cast

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from renotify.values.progress_callback import VARIABLE as PROGRESS
from renotify.web.jobs.job import TRIES, Job, JobState
from renotify.web.jobs.job_kinds import KINDS_ONCE

WATCHED = 0.5  # seconds between two looks at a running job
HEARD = 5.0  # seconds between two signs of life
PATIENCE = 5.0  # seconds from the word to stop to the end by force
DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
LONGEST = 4000  # characters kept of what a command says when it ends


@task()
def run_job(number: int) -> None:
    """Run the job of a number, if it still waits."""
    job = Job.objects.filter(pk=number).first()
    if job is not None and _claimed(job):
        _Running(job).run()


def _claimed(job: Job) -> bool:
    """Take the job; False where it was cancelled, or another worker has it."""
    now = timezone.now()
    waiting = Job.objects.filter(pk=job.pk, state=JobState.WAITING, cancel_asked=False)
    return bool(
        waiting.update(state=JobState.RUNNING, begun_at=now, heard_at=now, tries=job.tries + 1)
    )


def take_up_lost() -> int:
    """Put running jobs whose worker died into the queue again, and give up those that died too often; return how many were lost."""
    lost = [job for job in Job.objects.filter(state=JobState.RUNNING) if job.is_lost]
    for job in lost:
        again = job.tries < TRIES and not job.cancel_asked
        still = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, heard_at=job.heard_at)
        if again and still.update(state=JobState.WAITING):
            run_job.enqueue(job.pk)
        elif not again:
            state = JobState.CANCELLED if job.cancel_asked else JobState.FAILED
            still.update(
                state=state,
                over_at=timezone.now(),
                sentence="The worker ended under it, each time it began.",
            )
    return len(lost)


class _Running:
    """One run of one job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.progress: dict[str, Any] = {}
        self.errors: list[str] = []

    def run(self) -> None:
        """Start the command, keep what it says, end it when that is asked, and tell how it ended."""
        with subprocess.Popen(
            [sys.executable, "-m", "renotify", *self.job.arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace",
            cwd=settings.RENOTIFY_FOLDER, start_new_session=True, preexec_fn=_die_with_parent,  # noqa: PLW1509 - one call of libc
            env={**os.environ, PROGRESS: "json"},
        ) as process:  # fmt: skip
            said: list[str] = []
            readers = [
                threading.Thread(
                    target=self._hear, args=(cast("IO[str]", process.stderr),), daemon=True
                ),
                threading.Thread(
                    target=lambda out: said.append(out.read()), args=(process.stdout,), daemon=True
                ),
            ]
            for reader in readers:
                reader.start()
            cancelled = self._watch(process)
            for reader in readers:
                reader.join()
            self._end(process.wait(), "".join(said), cancelled=cancelled)

    def _hear(self, errors: IO[str]) -> None:
        """Keep the last line of progress, and what else stands on stderr."""
        for line in errors:
            told = _progress(line)
            if told is None:
                self.errors.append(line)
            else:
                self.progress = told

    def _watch(self, process: subprocess.Popen[str]) -> bool:
        """Look at the job until its command ends; return whether it was ended because somebody asked."""
        heard, kept = 0.0, dict[str, Any]()
        while process.poll() is None:
            time.sleep(WATCHED)
            if Job.objects.filter(pk=self.job.pk, cancel_asked=True).exists():
                if process.poll() is not None:
                    return False  # it was over by itself before it could be asked
                _stop(process)
                return True
            now = time.monotonic()
            if now - heard >= HEARD or self.progress != kept:
                heard, kept = now, self.progress
                Job.objects.filter(pk=self.job.pk).update(heard_at=timezone.now(), **kept)
        return False

    def _end(self, code: int, out: str, *, cancelled: bool) -> None:
        """Keep how the command ended and what it said."""
        errors = "".join(self.errors).strip()
        states = {0: JobState.DONE, 1: JobState.REFUSED, 2: JobState.REFUSED}
        state = JobState.CANCELLED if cancelled else states.get(code, JobState.FAILED)
        said, sentence = _document(out), _sentence(errors, state)
        other = _done_by(self.job) if state == JobState.REFUSED else None
        if other is not None:
            state, said = JobState.DONE, other.said
            sentence = f"Done by job {other.pk}, which was asked for the same."
        Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING).update(
            state=state, over_at=timezone.now(), said=said, sentence=sentence
        )


def _done_by(job: Job) -> Job | None:
    """Return another job that did, after this one was asked for, what is done once: this one is refused for no other reason."""
    alike = [kind for kind in KINDS_ONCE if job.kind in kind]
    if not alike:
        return None
    done = Job.objects.filter(kind__in=alike[0], about=job.about, state=JobState.DONE)
    since = done.filter(over_at__gte=job.asked_at).exclude(pk=job.pk)
    return since.order_by("pk").first()


def _progress(line: str) -> dict[str, Any] | None:
    """Return what a line of progress tells, None for any other line."""
    if not line.startswith('{"at"'):
        return None
    with suppress(ValueError):
        told = json.loads(line)
        return {"at": str(told["at"])[:255], "done": told["done"], "total": told["total"]}
    return None


def _sentence(errors: str, state: JobState) -> str:
    """Return what the command said on stderr; of one that broke no more than that: a traceback is no sentence, and may name data."""
    if state == JobState.FAILED:
        return "The command broke. Nothing is half-written; try again, and tell the people who run the site."
    return errors.removeprefix("Refused: ")[:LONGEST]


def _document(out: str) -> Any:  # noqa: ANN401 - whatever the command prints with --json
    try:
        return json.loads(out) if out.strip() else None
    except ValueError:
        return {"text": out[:LONGEST]}


def _stop(process: subprocess.Popen[str]) -> None:
    """End the command and all that it started: asked first, then by force."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _die_with_parent() -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGKILL)
