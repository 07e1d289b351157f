"""The list of jobs and the page of one: how far it is, what it said, and the button that ends it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from renotify.web.door.gate import opens_to
from renotify.web.door.roles import Role
from renotify.web.door.visit import visit_of
from renotify.web.jobs import asking
from renotify.web.jobs.job import Job
from renotify.web.jobs.worker import is_there
from renotify.web.theme.shown_table import shown_table

FIRST = 50
COLUMNS = {
    "title": "Job",
    "state": "State",
    "asked_by": "Asked by",
    "asked_at": "Asked",
    "over_at": "Over",
    "sentence": "What it said",
}


@opens_to(Role.ANALYST)
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


@opens_to(Role.ANALYST)
def job(request: HttpRequest, number: int) -> HttpResponse:
    """Show one job; the part that changes is asked for again while it runs."""
    found = asking.job_numbered(number)
    part = "jobs/job_part.html" if request.headers.get("HX-Request") else "jobs/job.html"
    return render(request, part, {"job": found, "is_worked": found.is_over or is_there()})


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
