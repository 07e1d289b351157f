"""The VIN check at the write-up desk: one field, the answer, and the log of what was asked and answered here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from renotify.desks.booking import offered
from renotify.desks.disputes import disputes_of
from renotify.desks.vin_check import MOST, VinCheck, check_vin, numbers_meant
from renotify.parts.kit_state import KitState
from renotify.values.english import series, short_day
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed, Reading
from renotify.web.door.roles import DEALER
from renotify.web.door.visit import Visit, visit_of
from renotify.web.theme.shown_table import shown_table

LOG = {"at": "When", "who": "Who", "vin": "VIN", "answer": "What was answered"}
BECAME = (("arrived", "It came"), ("no_show", "It did not come"))  # said of a visit of a past day
ON_THE_PAGE = 5  # earlier checks beside an answer
A_PAGE = 50  # checks on a page of the log
KITS = {
    KitState.ON_SHELF: ("On the shelf", "good"),
    KitState.PROMISED: ("Promised", "warn"),
    KitState.ON_ORDER: ("On order, no day", "warn"),
    KitState.SHORT: ("None in hand", "bad"),
}


class Said(NamedTuple):
    """A fact of the answer: what it is about, what is said, and whether it is good, warn, bad or blank."""

    about: str
    says: str
    how: str = ""


@opens_to(*DEALER)
def check(request: HttpRequest) -> HttpResponse:
    """Show the field; with a number, the answer, which is kept with who asked and when."""
    visit = visit_of(request)
    typed = (request.GET.get("vin") or "").strip()[:40]
    shown: dict[str, Any] = {"typed": typed, "focus": True, "log": _log(visit, first=ON_THE_PAGE)}
    meant = numbers_meant(visit.ledger, typed) if typed else []
    if len(meant) > 1:
        shown |= {"several": meant[:MOST], "too_many": len(meant) > MOST}
    elif meant:
        found = check_vin(visit.ledger, visit.scope.dealer, meant[0], visit.on)
        before = _log(visit, found.vin, first=ON_THE_PAGE)
        visit.note(Deed.CHECKED_VIN, found.vin, found.kept())
        shown |= {
            "typed": "",
            "found": found,
            "became": BECAME,
            "facts": _facts(visit, found),
            "log": before,
        }
    return render(request, "dealer/check.html", shown)


def _facts(visit: Visit, found: VinCheck) -> list[Said]:
    """Return the facts of an answer in the order in which a service writer needs them."""
    said = [Said("Vehicle", found.vehicle or "not in the list of vehicles")]
    if found.visit:
        takes = f"{found.takes or 'time not loaded'} for {series(found.visit)}"
        said.append(Said("One visit", takes))
        if found.kits.state:
            words, how = KITS[KitState(found.kits.state)]
            day = (
                f" from the week of {short_day(found.kits.kits_from)}"
                if found.kits.kits_from
                else ""
            )
            parts = f": {', '.join(found.kits.lacking)}" if found.kits.lacking else ""
            said.append(Said("Kits here", f"{words}{day}{parts}", how))
        else:
            said.append(Said("Kits here", "takes none", "good"))
        said += [] if found.booked else [_first_free(visit, found)]
    if found.held:
        whose = "by law (49 USC 30120(i))" if found.held == "law" else "by the maker's policy"
        said.append(
            Said("Your stock", f"on hold {whose}: not to be delivered before it is repaired", "bad")
        )
    if found.booked is not None:
        at = f"{short_day(found.booked.day)} at {found.booked.start[11:16]}"
        arrived = " (arrived)" if found.booked.status == "arrived" else ""
        said.append(
            Said(
                "Booked here",
                f"{at}{arrived}, for {found.booked.campaign_codes.replace(';', ' and ')}",
                "good",
            )
        )
    elif found.unreported is not None:
        at = f"{short_day(found.unreported.day)} at {found.unreported.start[11:16]}"
        codes = found.unreported.campaign_codes.replace(";", " and ")
        said.append(Said("Not reported", f"the visit of {at}, for {codes}", "warn"))
    if found.booked is None and found.booked_elsewhere:
        said.append(Said("Booked", "at another dealer: ask the owner which visit stands", "warn"))
    for one in disputes_of(visit.ledger, visit.scope.dealer, found.vin):
        asked = f"{one.campaign_code}, order {one.ro_id} of dealer {one.done_by}, asked on {short_day(one.asked_on)}"
        said.append(Said("Done already", f"{asked}: {one.became}", "warn" if one.waits else ""))
    return said


def _first_free(visit: Visit, found: VinCheck) -> Said:
    """Say when the visit has a bay, hours and its kit."""
    dealer = visit.scope.dealer
    free = offered(visit.ledger, dealer, found.vin, found.visit, visit.on)
    if not free:
        return Said("First free time", "none in the next eight weeks without more hours", "warn")
    return Said("First free time", f"{short_day(free[0].date())} at {free[0]:%H:%M}")


@opens_to(*DEALER)
def checks(request: HttpRequest) -> HttpResponse:
    """Show what was asked and answered at this dealer, the newest first: the proof that it looked."""
    visit = visit_of(request)
    asked = (request.GET.get("vin") or "").strip().upper()[:40]
    before = request.GET.get("before") or ""
    rows = _readings(visit, asked, int(before) if before.isdecimal() else None, A_PAGE + 1)
    more = (
        f"?{urlencode({'vin': asked, 'before': rows[A_PAGE - 1]['id']})}"
        if len(rows) > A_PAGE
        else ""
    )
    table = shown_table(
        "Checks",
        rows[:A_PAGE],
        LOG,
        links={"vin": _checked},
        more=more,
        empty="Nobody has checked a VIN here yet.",
    )
    return render(request, "dealer/checks.html", {"table": table, "asked": asked})


def _checked(row: Mapping[str, Any]) -> str:
    return f"{reverse('dealer:check')}?{urlencode({'vin': row['vin']})}"


def _log(visit: Visit, vin: str = "", *, first: int) -> Any:  # noqa: ANN401 - a table of a page
    rows = _readings(visit, vin, None, first)
    caption = "Checks of this VIN here so far" if vin else "Checked here last"
    empty = "This is the first check of it here." if vin else "Nobody has checked a VIN here yet."
    return shown_table(caption, rows, LOG, links={"vin": _checked}, empty=empty)


def _readings(visit: Visit, vin: str, before: int | None, most: int) -> list[dict[str, Any]]:
    """Return checks of the person's own dealer, the newest first."""
    found = Reading.objects.filter(dealer_code=visit.scope.dealer, deed=Deed.CHECKED_VIN)
    found = found.filter(subject=vin) if vin else found
    found = found.filter(id__lt=before) if before is not None else found
    return [
        {
            "id": one.id, "at": one.at, "who": one.person.get_full_name() or one.person.username if one.person else "",
            "vin": one.subject, "answer": one.answer.get("answer", ""),
        }
        for one in found.select_related("person").order_by("-id")[:most]
    ]  # fmt: skip
