"""What an analyst does with a follow-up from its page: a draft plan, a draft dropped, a limit changed or taken back, the end of it all.

Each is the function of a command (``plan --as``, ``plans drop``, ``followup set``, ``followup end``), with the person and the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from renotify.campaigns import changed_settings
from renotify.errors import RenotifyError, WrongUse
from renotify.ledger import changing_settings, drafts, ending_follow_ups, follow_ups
from renotify.ledger.setting_changes import Decided
from renotify.values.english import counted, short_day
from renotify.web.analyst.follow_up_pages import CHANGEABLE, KEPT_AS, context_of, worked_out
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of
from renotify.web.jobs import asking
from renotify.web.kept_answers import kept

FIELDS = ("policy", "called", "setting", "value", "from", "number", "because", "dropped")


@opens_to(Role.ANALYST)
@require_POST
def make_draft(request: HttpRequest, name: str) -> HttpResponseBase:
    """Ask for the job that makes a draft by a policy; once letters are planned it is of the weeks that are still free."""
    visit, typed = visit_of(request), _typed(request)

    def ask() -> HttpResponseBase:
        kind = "draft_again" if follow_ups.is_planned(visit.ledger, name) else "draft"
        values = {"follow_up": name, "policy": typed["policy"], "draft": typed["called"]}
        return redirect("jobs:job", asking.ask_for(visit, kind, values).pk)

    return _done(request, name, "draft", ask)


@opens_to(Role.ANALYST)
@require_POST
def drop_draft(request: HttpRequest, name: str) -> HttpResponseBase:
    """Forget a draft; the plan in force stays."""
    visit, typed = visit_of(request), _typed(request)

    def drop() -> HttpResponseBase:
        with visit.ledger.transaction():
            called = drafts.as_seen(visit.ledger, name, typed["dropped"])
            drafts.drop(visit.ledger, name, called)
        return _told(
            request, visit, name, f"The draft {called} is dropped; the plan in force stays."
        )

    return _done(request, name, "decide", drop)


@opens_to(Role.ANALYST)
@require_POST
def change_setting(request: HttpRequest, name: str) -> HttpResponseBase:
    """Change a limit, the sender or what is known of answers, from a day on."""
    visit, typed = visit_of(request), _typed(request)

    def change() -> HttpResponseBase:
        if typed["setting"] not in CHANGEABLE:
            raise WrongUse("Say which setting changes.", "Choose one of the list.")
        wanted = changed_settings.stated(
            f"{typed['setting']}={typed['value'] or changed_settings.LEFT_OUT}"
        )
        (made,) = changing_settings.change(
            visit.ledger, name, [wanted], _day(typed["from"], visit.on), _decided(visit, typed)
        )
        said = (
            f"{CHANGEABLE[typed['setting']]}: {typed['value'] or 'left out'} from {short_day(made.from_day)} on."
            " Plan again, and the plan goes by it."
        )
        return _told(request, visit, name, said)

    return _done(request, name, "settings", change)


@opens_to(Role.ANALYST)
@require_POST
def undo_setting(request: HttpRequest, name: str) -> HttpResponseBase:
    """Take back a change of a setting from today on."""
    visit, typed = visit_of(request), _typed(request)

    def undo() -> HttpResponseBase:
        if not typed["number"].isdecimal():
            raise WrongUse("Say which change is taken back.", "Choose one of the list.")
        made = changing_settings.undo(
            visit.ledger, name, int(typed["number"]), _decided(visit, typed)
        )
        return _told(request, visit, name, f"Change {made.number} ({made.setting}) is taken back.")

    return _done(request, name, "settings", undo)


@opens_to(Role.ANALYST)
@require_POST
def end(request: HttpRequest, name: str) -> HttpResponseBase:
    """End a follow-up: letters that nobody has released are withdrawn, and other lists may have their vehicles."""
    visit, typed = visit_of(request), _typed(request)

    def finish() -> HttpResponseBase:
        if not typed["because"]:
            raise WrongUse("Say why it ends.", "The reason is kept.")
        with visit.ledger.transaction():
            withdrawn = ending_follow_ups.end(visit.ledger, name, typed["because"], visit.on)
        return _told(
            request,
            visit,
            name,
            f"{name} has ended: {counted(withdrawn, 'letter')} withdrawn that nobody had released.",
        )

    return _done(request, name, "end", finish)


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").strip() for name in FIELDS}


def _day(typed: str, today: date) -> date:
    try:
        return date.fromisoformat(typed) if typed else today
    except ValueError:
        raise WrongUse("The day is not of its form.", "Write it as 2013-02-26.") from None


def _decided(visit: Visit, typed: dict[str, str]) -> Decided:
    return Decided(visit.person.username if visit.person else "", visit.on, typed["because"])


def _told(request: HttpRequest, visit: Visit, name: str, said: str) -> HttpResponseBase:
    """Keep what was decided in the log, say it, and go back to the page."""
    visit.note(Deed.DECIDED, name, {"said": said, "because": _typed(request)["because"]})
    messages.success(request, said)
    return redirect("analyst:follow_up", name)


def _done(
    request: HttpRequest, name: str, form: str, does: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Do it; what is refused stands at its form, with what was typed."""
    follow_ups.settings(
        visit_of(request).ledger, name
    )  # of an unknown name there is no page to show the form on
    try:
        return does()
    except RenotifyError as refusal:
        return _again(request, name, form, f"{refusal.message} {refusal.hint}".strip())


def _again(request: HttpRequest, name: str, form: str, error: str) -> HttpResponse:
    visit = visit_of(request)
    shown = kept(visit, KEPT_AS, lambda: worked_out(visit, name), name)
    context = {
        "title": f"Follow-up {name}", **context_of(visit, shown), "typed": _typed(request), "refused_at": form, "refusal": error,
    }  # fmt: skip
    return render(request, "analyst/follow_up.html", context, status=422)
