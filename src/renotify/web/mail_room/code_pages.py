"""A code on returned mail that nobody knows, settled where its letters are listed: a row of ``return_codes`` that the analyst types."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from renotify.errors import UnknownName
from renotify.ledger import follow_ups
from renotify.ledger.intake.typed_rows import take_typed
from renotify.ledger.kinds import ReturnAction
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import visit_of
from renotify.web.mail_room.mail_pages import ACTIONS, SETTLED_ON, refused_list


@opens_to(Role.ANALYST)
@require_POST
def settle_code(request: HttpRequest, name: str) -> HttpResponseBase:
    """Take what a code leads to, and go back to its list, which the letters of the code leave; a refused one comes back with its field."""
    visit = visit_of(request)
    follow_ups.settings(visit.ledger, name)
    typed = {one: request.POST.get(one, "").strip() for one in ("code", "action", "which")}
    if typed["which"] not in SETTLED_ON:
        raise UnknownName("A code is settled on the lists codes and ask.", "Go back to the list.")
    row = {"code": typed["code"], "action": typed["action"]}
    wrong = _blank(row)
    if not wrong:
        person = visit.person.username if visit.person else ""
        taken = take_typed(visit.ledger, "return_codes", [row], person=person, on=visit.on)
        wrong = {one.column: one.reason for one in taken.reasons}
    if wrong:
        return refused_list(request, name, typed, wrong)
    visit.note(Deed.DECIDED, typed["code"], {"table": "return_codes", "action": typed["action"]})
    says = ACTIONS[ReturnAction(typed["action"])]
    messages.success(request, f"Settled: {typed['code']} leads to: {says}")
    return redirect("mailing:work", name, typed["which"])


def _blank(row: Mapping[str, str]) -> dict[str, str]:
    """Return what was not said, by field."""
    asked = {"code": "Say which code.", "action": "Say what the code leads to."}
    return {one: words for one, words in asked.items() if not row[one]}
