"""Asking for a job, and cancelling one: files are kept in a private folder, the job waits in the queue."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from renotify.errors import Refused, UnknownName
from renotify.web.door.reading import Deed
from renotify.web.door.visit import Visit
from renotify.web.jobs.job import Job, JobState
from renotify.web.jobs.job_kinds import kind_named

ABOUT = ("follow_up", "wave", "campaign", "quarter")  # of a form: what the job works on
SAFE = re.compile(r"[^A-Za-z0-9_.\-]")


def ask_for(
    visit: Visit,
    kind_name: str,
    values: Mapping[str, str],
    files: Iterable[UploadedFile[bytes]] = (),
) -> Job:
    """Put a job into the queue and note who asked. Raises WrongUse for values that have not their form, Refused for a wrong role."""
    from renotify.web.jobs.running import run_job

    kind, person = kind_named(kind_name), visit.person
    if person is None or person.role not in kind.roles:
        raise Refused("This work is not for your role.", "Ask the analyst.")
    folder = _folder()
    kept = [_kept(folder, file) for file in files] if kind.takes_files else []
    words = [*kind.arguments(values, kept, person.username), "--on", visit.on.isoformat(), "--json"]
    about = " ".join(values[name] for name in ABOUT if values.get(name))
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind.name,
            title=f"{kind.title}: {about}" if about else kind.title,
            about=about,
            arguments=words,
            files=str(folder),
            asked_by=person,
        )
        run_job.enqueue(job.pk)
    visit.note(
        Deed.DECIDED, kind.name, {"job": job.pk, **{name: values[name] for name in kind.form}}
    )
    return job


def cancel(visit: Visit, number: int) -> Job:
    """Ask a job to stop: one that waits never begins, one that runs is ended by its worker.

    Raises UnknownName, and Refused for one that is over.
    """
    job = job_numbered(number)
    if job.is_over:
        raise Refused(
            f"Job {number} is over: it cannot be cancelled.",
            "What it wrote stays; see what it said.",
        )
    Job.objects.filter(pk=job.pk).update(cancel_asked=True)
    Job.objects.filter(pk=job.pk, state=JobState.WAITING).update(
        state=JobState.CANCELLED, over_at=timezone.now()
    )
    visit.note(Deed.DECIDED, "cancel", {"job": number})
    job.refresh_from_db()
    return job


def job_numbered(number: int) -> Job:
    """Return a job. Raises UnknownName."""
    found = Job.objects.select_related("asked_by").filter(pk=number).first()
    if found is None:
        raise UnknownName(f"There is no job {number}.", "The list of jobs shows them all.")
    return found


def _folder() -> Path:
    """Make a folder for the files of one job, for its owner alone."""
    folder = Path(settings.RENOTIFY_FOLDER) / "web-jobs" / secrets.token_hex(8)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def _kept(folder: Path, file: UploadedFile[bytes]) -> Path:
    """Keep an uploaded file under its own name, as the load tells tables by it, less what no name of ours has."""
    name = SAFE.sub("_", Path(file.name or "file").name).lstrip(".") or "file"
    target = folder / name
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for chunk in file.chunks():
            out.write(chunk)
    return target
