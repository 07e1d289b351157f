"""The list of jobs and the page of one: how far it is, what it said, and the button that ends it."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from renotify.errors import UnknownName
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import visit_of
from renotify.web.jobs import asking
from renotify.web.jobs.came_of_it import path_of
from renotify.web.jobs.job import Job
from renotify.web.jobs.what_came_of_it import came_of, files_of, refused_of
from renotify.web.jobs.worker import is_there
from renotify.web.theme.shown_table import shown_table

FIRST = 50
PLACE_OF_ROWS = re.compile(r"Each row with its reason: \S+ Correct them and load the file again\.")
COLUMNS = {
    "title": "Job",
    "state": "State",
    "asked_by": "Asked by",
    "asked_at": "Asked",
    "over_at": "Over",
    "sentence": "What it said",
}


@opens_to(Role.ANALYST, Role.AUDITOR)
def jobs(request: HttpRequest) -> HttpResponse:
    """List the newest jobs."""
    newest = Job.objects.select_related("asked_by").order_by("-pk")[:FIRST]
    rows = [
        {
            "number": one.pk, "title": one.title, "state": one.state, "asked_by": one.asked_by.username, "asked_at": one.asked_at,
            "over_at": one.over_at, "sentence": one.sentence[:120],
        }
        for one in newest
    ]  # fmt: skip
    table = shown_table(
        "Jobs, the newest first", rows, COLUMNS, links={"title": lambda row: f"/jobs/{row['number']}/"},
        empty="Nobody has asked for a job yet.",
    )  # fmt: skip
    return render(request, "jobs/jobs.html", {"table": table, "is_worked": is_there()})


@opens_to(Role.ANALYST, Role.AUDITOR)
def job(request: HttpRequest, number: int) -> HttpResponse:
    """Show one job; the part that changes is asked for again while it runs."""
    found = asking.job_numbered(number)
    part = "jobs/job_part.html" if request.headers.get("HX-Request") else "jobs/job.html"
    came = came_of(found) if found.is_over else None
    context = {
        "job": found,
        "is_worked": found.is_over or is_there(),
        "came": came,
        "refused": refused_of(found),
        "sentence": _sentence(found),
    }
    return render(request, part, context)


def _sentence(job: Job) -> str:
    """Return what the command said at its end; where refused rows lie is a link of the page, and no path."""
    return PLACE_OF_ROWS.sub("Mend them below, and load them again.", job.sentence)


@opens_to(Role.ANALYST)
def file(request: HttpRequest, number: int, place: int) -> HttpResponseBase:
    """Give a file that a job wrote, or a folder as one archive; it is logged, as it may name owners."""
    found = asking.job_numbered(number)
    came = came_of(found) if found.is_over else None
    kept = list(came.kept.values()) if came else []
    path = path_of(kept[place]) if place < len(kept) and kept[place] else None
    if path is None or not path.exists():
        raise UnknownName(
            f"Job {number} has no such file any more.",
            "What it wrote may have been moved: ask the people who run the site.",
        )
    visit_of(request).note(Deed.EXPORTED, f"files of job {number}", {"file": path.name})
    taken = _archive(path) if path.is_dir() else path.open("rb")
    answer = FileResponse(
        taken, as_attachment=True, filename=f"{path.name}.zip" if path.is_dir() else path.name
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _archive(folder: Path) -> IO[bytes]:
    """Return the files of a folder as a ZIP archive, in a file that is gone when it is closed."""
    out = TemporaryFile()  # noqa: SIM115 - the answer closes it
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for one in files_of(folder):
            archive.write(one, one.relative_to(folder.parent))
    out.seek(0)
    return out


@opens_to(Role.ANALYST)
@require_POST
def start(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Ask for a job of a kind by the values and files of a form, and go to its page."""
    values = {name: value.strip() for name, value in request.POST.items() if isinstance(value, str)}
    asked = asking.ask_for(visit_of(request), kind, values, request.FILES.getlist("files"))
    return redirect("jobs:job", asked.pk)


@opens_to(Role.ANALYST)
@require_POST
def cancel(request: HttpRequest, number: int) -> HttpResponseBase:
    """Ask a job to end."""
    ended = asking.cancel(visit_of(request), number)
    messages.info(request, f"{ended.title} is asked to end.")
    return redirect("jobs:job", number)
