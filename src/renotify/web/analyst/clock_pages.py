"""Every clock of the law as a page, in red and amber, and the form that states the day that starts or closes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from renotify.errors import RenotifyError
from renotify.ledger.kinds import DayWord
from renotify.reports import kept_evidence
from renotify.reports.deadlines import deadlines, state_day
from renotify.reports.statable import WrongDay
from renotify.values.english import counted, short_day
from renotify.web.analyst.campaign_links import campaign_at, vehicles_of
from renotify.web.analyst.overview_pages import Figure, Step
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import visit_of
from renotify.web.kept_answers import kept
from renotify.web.long_pages import slow_page
from renotify.web.theme.shown_table import shown_table

TITLE = "Deadlines"
CLOCKS = {
    "state": "State",
    "due": "Due",
    "campaign": "Of",
    "what": "What",
    "vehicles": "Vehicles",
    "citation": "Rule",
    "sentence": "How it stands",
    "id": "State a day",
}
STATES = {
    "overdue": ("overdue (red)", "bad"), "soon": ("due within 15 days (amber)", "warn"), "late": ("done after their day", ""),
    "unknown": ("nothing says when or whether", ""), "ok": ("in time", "good"),
}  # fmt: skip
WORDS = {
    DayWord.DONE: "It was done, or filed, on this day",
    DayWord.STARTED: "It started on this day",
    DayWord.WITHDRAWN: "Take back what was stated for this day",
}
FIRST_STEPS = 5
LONGEST_NAME = 120  # characters of a file's name


@opens_to(Role.ANALYST, Role.AUDITOR)
def clocks_page(request: HttpRequest) -> HttpResponse:
    """Show every clock that runs, overdue first, or those of one state."""
    visit = visit_of(request)
    chosen = request.GET.get("state", "")
    may_state = visit.person is not None and visit.person.role == Role.ANALYST
    return slow_page(
        request, "deadlines", lambda: deadlines(visit.ledger, visit.on), "analyst/clocks.html",
        lambda found: _context(found, chosen, may_state=may_state), title=TITLE,
    )  # fmt: skip


def _context(found: Sequence[Mapping[str, Any]], chosen: str, *, may_state: bool) -> dict[str, Any]:
    own = reverse("analyst:deadlines")
    number = {state: sum(one["state"] == state for one in found) for state in STATES}
    shown = [one for one in found if not chosen or one["state"] == chosen]
    columns = CLOCKS if may_state else {name: words for name, words in CLOCKS.items() if name != "id"}  # fmt: skip
    links = {
        "campaign": lambda row: campaign_at(row["campaign"]),
        "vehicles": lambda row: vehicles_of(row["campaign"]),
        "id": _state_at,
    }
    table = shown_table(
        f"Clocks: {STATES[chosen][0]}" if chosen in STATES else "Every clock that runs", shown, columns, links=links,
        empty="No clock is in this state.",
    )  # fmt: skip
    return {
        "headline": _headline(number),
        "figures": [
            Figure(f"{number[state]:,}", words, f"{own}?state={state}", tone if number[state] else "")
            for state, (words, tone) in STATES.items()
        ],
        "to_do": [
            Step(f"{one['what'][:1].upper()}{one['what'][1:]} ({one['campaign']}): was due {short_day(one['due'])}. {_closed_by(one)}",
                 _state_at(one) if may_state else "")
            for one in found if one["state"] == "overdue"
        ][:FIRST_STEPS],
        "table": table,
        "chosen": chosen,
    }  # fmt: skip


def _headline(number: Mapping[str, int]) -> str:
    if not number["overdue"] and not number["soon"]:
        return "No clock is overdue, and none is due within 15 days."
    is_are = "is" if number["overdue"] == 1 else "are"
    return f"{counted(number['overdue'], 'clock')} {is_are} overdue, {number['soon']:,} due within 15 days."


def _closed_by(one: Mapping[str, Any]) -> str:
    return (
        "State the day on which it was done." if one["closes"] else "It closes by what is loaded."
    )


def _state_at(row: Mapping[str, Any]) -> str:
    return (
        f"{reverse('analyst:state_day')}?clock={row['id']}" if row["id"] and row["closes"] else ""
    )


@opens_to(Role.ANALYST)
def state_day_page(request: HttpRequest) -> HttpResponseBase:
    """Show the form of one clock, or state a day of it with the name of the file that shows it."""
    visit = visit_of(request)
    given = request.POST if request.method == "POST" else request.GET
    typed = {name: given.get(name, "").strip() for name in ("clock", "word", "day", "evidence")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _stated(request, typed)
        if not errors:
            return redirect("analyst:deadlines")

    def ask() -> Sequence[Mapping[str, Any]]:
        return deadlines(visit.ledger, visit.on)

    def context(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return {
            "kept_files": kept_evidence.of_clock(visit.ledger, typed["clock"]),
            "most": f"{kept_evidence.MOST_BYTES // 1_000_000} MB",
            "clock": next((one for one in found if one["id"] == typed["clock"]), None),
            "typed": typed,
            "errors": errors,
            "words": WORDS.items(),
            "today": visit.on,
        }

    title, template = "State a day of a clock", "analyst/state_day.html"
    if errors:
        again = {"title": title, "may_decide": True, **context(kept(visit, "deadlines", ask))}
        return render(request, template, again, status=422)
    return slow_page(request, "deadlines", ask, template, context, title=title)


@opens_to(Role.ANALYST, Role.AUDITOR)
def evidence(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """Give a file that was kept with a statement; who took it is logged."""
    visit = visit_of(request)
    path = kept_evidence.of_digest(visit.ledger, sha256)
    visit.note(Deed.EXPORTED, path.name, {"sha256": sha256})
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
    answer["Cache-Control"] = "no-store"
    return answer


def _evidence_file(clock: str, day: date, file: UploadedFile[bytes]) -> kept_evidence.EvidenceFile:
    """Return an uploaded file with its place beside the ledger; one byte more than the most is read, and refused."""
    content = file.read(kept_evidence.MOST_BYTES + 1)
    return kept_evidence.evidence_file(Path(settings.RENOTIFY_FOLDER), clock, day, file.name or "", content)  # fmt: skip


def _stated(request: HttpRequest, typed: Mapping[str, str]) -> dict[str, str]:
    """State the day that was typed, or return what is wrong by field."""
    visit = visit_of(request)
    errors = {}
    if typed["word"] not in list(DayWord):
        errors["word"] = "Say what happened on the day."
    try:
        day = date.fromisoformat(typed["day"])
    except ValueError:
        errors["day"] = "Write the day as 2013-02-26."
    if len(typed["evidence"]) > LONGEST_NAME:
        errors["evidence"] = f"The name has more than {LONGEST_NAME} characters."
    file = request.FILES.get("file")
    if typed["word"] == DayWord.DONE and not typed["evidence"] and not file:
        errors["evidence"] = (
            "Choose the file that shows it, or name it: a receipt, a confirmation of filing."
        )
    if errors:
        return errors
    word, who = DayWord(typed["word"]), visit.person.username if visit.person else ""
    try:
        kept_file = _evidence_file(typed["clock"], day, file) if file else None
        shown = kept_evidence.Shown(who, typed["evidence"], kept_file)
        state_day(visit.ledger, typed["clock"], word, day, today=visit.on, shown=shown)
    except WrongDay as refusal:
        return {"day": f"{refusal.message} {refusal.hint.replace(' with --on', '')}".strip()}
    except RenotifyError as refusal:
        return {"": f"{refusal.message} {refusal.hint}".strip()}
    visit.note(Deed.DECIDED, typed["clock"], {"word": typed["word"], "day": typed["day"], "evidence": shown.named})  # fmt: skip
    messages.success(request, f"Stated: {typed['clock']}, {WORDS[word].lower()}: {short_day(day)}.")
    return {}
