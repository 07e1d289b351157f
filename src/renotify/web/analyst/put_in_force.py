"""Putting a draft in force from the page of its follow-up: the same decision as ``renotify plans use``, with who decided and why."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from renotify.errors import Refused, RenotifyError
from renotify.ledger import drafts, told_weeks
from renotify.ledger.wave_decisions import Decision
from renotify.planner import draft_in_force
from renotify.web.analyst.follow_up_pages import KEPT_AS, context_of, how_old, worked_out
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of
from renotify.web.kept_answers import kept


@opens_to(Role.ANALYST)
def put_in_force(request: HttpRequest, name: str) -> HttpResponseBase:
    """Put a draft in force; one that breaks limits only where the person says that it may. The reason is kept."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    visit = visit_of(request)
    typed = {
        key: request.POST.get(key, "").strip() for key in ("draft", "reason", "anyway", "older")
    }
    who = visit.person.username if visit.person else ""
    try:
        decision = Decision(who, typed["reason"]).checked("To put a plan in force")
        with visit.ledger.transaction():
            called = drafts.as_seen(visit.ledger, name, typed["draft"])
            _ask_of_an_older(visit, name, called, typed["older"])
            made, passed = draft_in_force.use(
                visit.ledger, name, called, visit.on, decision if typed["anyway"] else None
            )
    except RenotifyError as refusal:
        return _again(request, name, typed, f"{refusal.message} {_hint(refusal.hint)}".strip())
    told = told_weeks.sentences(name, told_weeks.changed(visit.ledger, name, visit.on))
    visit.note(
        Deed.DECIDED, name, {"plan": called, "policy": made.policy, "reason": typed["reason"], "anyway": passed,
         "old": how_old(made.made_on, visit.on)},
    )  # fmt: skip
    messages.success(request, f"{called} is the plan of {name} now ({made.policy}).")
    for sentence in told:
        messages.warning(request, sentence)
    return redirect("analyst:follow_up", name)


def _ask_of_an_older(visit: Visit, name: str, called: str, may_be: str) -> None:
    """Raise Refused for a draft of an earlier day where nobody says that it may be one."""
    old = how_old(drafts.draft(visit.ledger, name, called).made_on, visit.on)
    if old and not may_be:
        raise Refused(
            f"The draft {called} of {name} was {old}: what was loaded and stated since is not in it.",
            "Make it again from today; or tick that it may be of an earlier day, which is kept with your reason.",
        )


def _hint(hint: str) -> str:
    """Say of the command's option what the form has in its place."""
    return hint.replace(
        "To put it in force all the same: --anyway REASON, which is kept.",
        "To put it in force all the same, tick the box; your reason is kept.",
    )


def _again(request: HttpRequest, name: str, typed: dict[str, str], error: str) -> HttpResponse:
    visit = visit_of(request)
    shown = kept(visit, KEPT_AS, lambda: worked_out(visit, name), name)
    context = {"title": f"Follow-up {name}", **context_of(visit, shown), "typed": typed, "error": error}  # fmt: skip
    return render(request, "analyst/follow_up.html", context, status=422)
