"""The page of one caller's vehicle: the three answers first, then what is open, booked and said, in English or Spanish."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from renotify.contact.answers import answer
from renotify.contact.first_answers import FirstAnswer, first_answers
from renotify.contact.letters_held import letters_held
from renotify.contact.on_record import on_record
from renotify.contact.spoken import LANGUAGES, say
from renotify.contact.vehicle_answer import VehicleAnswer
from renotify.desks.booking import offered
from renotify.values import vin as vins
from renotify.web.contact import call_notes
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of

HEADS = ("head_changed", "head_to_do", "head_visit", "head_open", "head_defect", "head_withheld")
LANGUAGE_NAMES = {"en": "English", "es": "Español"}


@dataclass(frozen=True)
class Said:
    """What is said of a vehicle now: the answer, its three first parts, and a digest that changes with any of it."""

    answer: VehicleAnswer
    first: list[FirstAnswer]
    digest: str


def said_of(visit: Visit, vin: str, language: str) -> Said:
    """Return what may be said of a vehicle at this moment."""
    answered = answer(visit.ledger, vin, visit.on, language)
    first = first_answers(answered, _first_free(visit, answered))
    whole = json.dumps([answered.document(), first], default=str, sort_keys=True)
    return Said(answered, first, hashlib.sha256(whole.encode()).hexdigest()[:16])


def _first_free(visit: Visit, answered: VehicleAnswer) -> datetime | None:
    """Return the first time at which the vehicle's dealer has a bay, hours and the kit; None where nothing is to be booked."""
    codes = visit_codes(answered)
    if answered.booking is not None or answered.dealer is None or not codes:
        return None
    free = offered(visit.ledger, answered.dealer.dealer_code, answered.vin, codes, visit.on)
    return free[0] if free else None


def visit_codes(answered: VehicleAnswer) -> tuple[str, ...]:
    """Return the campaigns that one visit does."""
    return tuple(sorted(one.campaign for one in answered.campaigns if one.in_visit))


def language_of(request: HttpRequest) -> str:
    """Return the caller's language as the page was asked for: en unless it says es."""
    asked = request.GET.get("lang", "")
    return asked if asked in LANGUAGES else "en"


@opens_to(Role.CONTACT)
@never_cache
def caller(request: HttpRequest, vin: str) -> HttpResponseBase:
    """Show a vehicle's answers. What was shown is kept in the reading log; no owner is read."""
    visit, number = visit_of(request), vins.normalise(vin)
    said = said_of(visit, number, language_of(request))
    shown = {one.campaign: one.status for one in said.answer.campaigns}
    visit.note(Deed.CHECKED_VIN, number, {"says": said.answer.sentence, "campaigns": shown})
    return render(request, "contact/caller.html", _page(visit, said))


def _page(visit: Visit, said: Said, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - what a template shows
    number = said.answer.vin
    return {
        **_part(said),
        "letters": letters_held(visit.ledger, number),
        "notes": call_notes.notes_of(number),
        "referred_to": call_notes.REFERRED_TO.items(),
        "languages": LANGUAGE_NAMES.items(),
        "may_book": bool(visit_codes(said.answer))
        and said.answer.dealer is not None
        and said.answer.booking is None,
        **more,
    }


def _part(said: Said) -> dict[str, Any]:
    """Return what is said, as the part that is loaded anew shows it."""
    answered, lang = said.answer, said.answer.language
    to_do = [one for one in answered.campaigns if one.what_to_do]
    booked = answered.booking is not None or answered.without_word is not None
    done = [one for one in answered.campaigns if not one.what_to_do]
    return {
        "said": said,
        "answer": answered,
        "language": lang,
        "to_do": to_do,
        "done": done,
        "heads": {key: say(lang, key) for key in HEADS},
        "nothing_to_do": say(lang, "head_nothing_one" if len(done) == 1 else "head_nothing_more", count=len(done)),
        "booked": answered.visit[:booked],
        "send_to": answered.visit[booked:],
        "paid": say(lang, "paid", text="").strip(),
    }


@opens_to(Role.CONTACT)
@never_cache
def said_now(request: HttpRequest, vin: str) -> HttpResponse:
    """Return the said part of the page again where it is another than the page has seen: nothing stale stays on a screen."""
    said = said_of(visit_of(request), vins.normalise(vin), language_of(request))
    if request.GET.get("seen") == said.digest:
        return HttpResponse(status=204)
    return render(request, "contact/said.html", {**_part(said), "is_new": True})


@opens_to(Role.CONTACT)
@require_POST
def note(request: HttpRequest, vin: str) -> HttpResponseBase:
    """Keep a note of the call, and whom the caller was sent to."""
    visit, number = visit_of(request), vins.normalise(vin)
    text = " ".join(request.POST.get("note", "").split())
    sent_to = request.POST.get("referred_to", "")
    fault = call_notes.fault_of(text, sent_to, on_record(visit.ledger, number, visit.on))
    if fault:
        said = said_of(visit, number, language_of(request))
        typed = {"note_fault": fault, "typed_note": text, "typed_referred_to": sent_to}
        return render(request, "contact/caller.html", _page(visit, said, **typed), status=422)
    deed = Deed.REFERRED if sent_to else Deed.CALL_NOTE
    visit.note(deed, number, {"note": text, "referred_to": sent_to})
    messages.success(request, "The call is noted.")
    return redirect("contact:caller", vin=number)
