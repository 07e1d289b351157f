"""What came of a job, for people, of the document of its command; each kind of job has its own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from renotify.web.jobs import what_came_of_mail as of_mail
from renotify.web.jobs import what_came_of_plans as of_plans
from renotify.web.jobs.came_of_it import CameOfIt, Said
from renotify.web.jobs.job import Job
from renotify.web.theme.shown_table import shown_table


def came_of(job: Job) -> CameOfIt | None:
    """Return what came of a job; None while it said nothing, and for a load, which has a page of its own."""
    if not isinstance(job.said, dict | list) or not job.said or job.kind == "load":
        return None
    said = dict(job.said) if isinstance(job.said, dict) else {"reports": job.said}
    if job.kind in ("plan", "replan", "draft", "draft_again"):
        said["follow_up"] = job.arguments[1]  # its document does not say of which
    return KINDS.get(job.kind, _any_other)(said)


def refused_of(job: Job) -> int:
    """Return how many rows of its files a job refused."""
    said = job.said if isinstance(job.said, dict) else {}
    rejected = said.get("rejected", 0)
    of_addresses = int(said.get("addresses_refused", 0))  # of rows that say what a search found
    return of_addresses + (len(rejected) if isinstance(rejected, list) else int(rejected))


def _any_other(said: Said) -> CameOfIt:
    """Whatever a command says that has no words of its own: its plain values, word by word."""
    rows = [
        {"what": name.replace("_", " ").capitalize(), "value": value}
        for name, value in said.items()
        if isinstance(value, str | int | float) and value != ""
    ]
    return CameOfIt([], (shown_table("What it said", rows, {"what": "What", "value": "Value"}),))


KINDS: Mapping[str, Callable[[Said], CameOfIt]] = {
    **dict.fromkeys(("plan", "replan", "draft", "draft_again"), of_plans.planned),
    **dict.fromkeys(("freeze", "freeze_silent", "freeze_owed"), of_plans.frozen),
    **dict.fromkeys(("release", "release_anyway", "release_cleared"), of_mail.released),
    **dict.fromkeys(("reprint", "reprint_lost"), of_mail.printed_again),
    "notices": of_plans.notices,
    "notices_sent": of_plans.sent,
    "receipts": of_plans.receipts,
    "call_back": of_mail.called_back,
    "accept": of_mail.evidence,
    "returned": of_mail.came_back,
    "traced": of_mail.searched,
    "trace": of_mail.to_search,
    "resend": of_mail.sent_again,
    "pull": of_mail.to_pull,
    "quarterly": of_plans.quarterly,
    "verify": of_plans.verified,
}


def files_of(folder: Path) -> Iterable[Path]:
    """Return the files of a folder and of those in it, in their order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
