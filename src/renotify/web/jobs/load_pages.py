"""Loading files at the site: drop them, see what came of them, mend the refused rows beside their reasons, and load them again.

Refused rows of evidence, returned mail, searches and receipts are mended by the same page.
"""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from renotify.errors import UnknownName
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import visit_of
from renotify.web.jobs import asking
from renotify.web.jobs.job import Job
from renotify.web.jobs.job_kinds import values_of_words
from renotify.web.jobs.refused_rows_of_job import RefusedFile, corrected_file, refused_files
from renotify.web.theme.shown_table import shown_table

FIRST = 20  # loads that the page lists
MENDED = 50  # rows of a file that are mended on the page; more of them in a spreadsheet
COLUMNS = {
    "title": "Load", "state": "State", "asked_by": "Loaded by", "asked_at": "When", "accepted": "Accepted", "rejected": "Refused",
    "unchanged": "Known already",
}  # fmt: skip
COUNTS = ("accepted", "rejected", "unchanged")


@opens_to(Role.ANALYST)
def load(request: HttpRequest) -> HttpResponse:
    """Show where to drop files, and the last loads."""
    newest = Job.objects.select_related("asked_by").filter(kind="load").order_by("-pk")[:FIRST]
    rows = [
        {
            "number": one.pk, "title": f"Load {one.pk}", "state": one.state, "asked_by": one.asked_by.username,
            "asked_at": one.asked_at, **_counts(one),
        }
        for one in newest
    ]  # fmt: skip
    table = shown_table(
        "Loads, the newest first", rows, COLUMNS, links={"title": lambda row: f"/jobs/{row['number']}/"},
        empty="Nothing was loaded here yet.",
    )  # fmt: skip
    return render(request, "jobs/load.html", {"table": table})


def _counts(job: Job) -> dict[str, int | None]:
    """Return the rows of all tables of a load; None while it runs."""
    tables = (job.said or {}).get("tables")
    return {
        name: sum(one[name] for one in tables.values()) if tables is not None else None
        for name in COUNTS
    }


@opens_to(Role.ANALYST)
def refused(request: HttpRequest, number: int) -> HttpResponse:
    """Show the refused rows of a load, each cell with its reason, to be mended here; reading them is logged, as they may name owners."""
    job = asking.job_numbered(number)
    files = refused_files(job, MENDED)
    visit_of(request).note(
        Deed.READ_OWNER, f"refused rows of load {number}", {"files": [file.name for file in files]}
    )
    return render(request, "jobs/refused.html", {"job": job, "files": files, "most": MENDED})


@opens_to(Role.ANALYST)
@require_POST
def again(request: HttpRequest, number: int, file: int) -> HttpResponseBase:
    """Give the rows of a file to the same kind of job again, as they were mended."""
    name, text = corrected_file(
        _file(number, file), {key: str(value) for key, value in request.POST.items()}
    )
    job = asking.job_numbered(number)
    asked = asking.ask_for(
        visit_of(request), job.kind, values_of_words(job.kind, job.arguments), [SimpleUploadedFile(name, text)]
    )
    return redirect("jobs:job", asked.pk)


@opens_to(Role.ANALYST)
def download(request: HttpRequest, number: int, file: int) -> HttpResponseBase:
    """Give the refused rows of a file as they stand, to be mended in a spreadsheet."""
    found = _file(number, file, None)
    visit_of(request).note(Deed.EXPORTED, f"refused rows of load {number}", {"file": found.name})
    name, text = corrected_file(found, {})
    answer = FileResponse(
        found.path.open("rb") if found.path else io.BytesIO(text),
        as_attachment=True,
        filename=found.path.name if found.path else f"refused-{name}",
        content_type="text/csv",
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _file(number: int, file: int, most: int | None = MENDED) -> RefusedFile:
    """Return a file of a load by its place. Raises UnknownName."""
    files = refused_files(asking.job_numbered(number), most)
    if file >= len(files):
        raise UnknownName(
            f"Load {number} keeps no such file.",
            "Uploaded files go after 30 days: load the file again.",
        )
    return files[file]
