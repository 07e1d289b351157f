"""A dealer's day and week as pages: who comes, what each visit needs, what is lacking, and what to do first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from renotify.desks import dealer_days
from renotify.desks.booking import FOLLOWS, numbers_by_vehicle, report_visit
from renotify.desks.dealer_days import DealerDays
from renotify.desks.disputes import disputes_of
from renotify.desks.in_force_now import InstructionKind
from renotify.desks.stated_hours import HoursStated, state_hours, stated_of, what_holds
from renotify.desks.to_do import Step, in_short, steps
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.stock.came_under import IN_STOCK, SOLD, came_under
from renotify.values.calendar import monday_of
from renotify.values.english import counted, figure, percent, series, short_month_day
from renotify.web.dealer.typed_forms import Filled, day_of, filled, take, told
from renotify.web.door.gate import opens_to
from renotify.web.door.roles import DEALER, SERVICE
from renotify.web.door.visit import Visit, visit_of
from renotify.web.kept_answers import kept
from renotify.web.theme.shown_table import shown_table

KITS = {
    "part_no": "Part", "description": "What it is", "needed": "Needed", "on_hand": "On hand", "on_order": "On order",
    "arriving": "Arriving", "arrives": "From the week of", "short": "Short of all booked",
}  # fmt: skip
MAY_COME = {"vin": "VIN", "bundle": "Campaigns", "model": "Model", "out_on": "Letter out", "chance": "Chance to come"}  # fmt: skip
INSTRUCTIONS = {"campaign": "Campaign", "vehicles": "Vehicles", "says": "What holds"}
DISPUTES = {
    "vin": "VIN", "campaign_code": "Campaign", "done_by": "Done by", "ro_id": "Order", "asked_on": "Asked on",
    "became": "What became of it",
}  # fmt: skip
WEEK = timedelta(days=7)
NAMED = 3  # vehicles that a flag names
FIRST = 50  # rows of a table on the page
LEADS = {  # of a step: the page that helps, and what the link says
    "kits": ("dealer:parts", "Order kits"),
    "stock": ("dealer:stock", "See the stock"),
    "notice": ("dealer:notices", "Read and acknowledge"),
    "hours": ("dealer:week", "See the week"),
}
REPORTED = {"arrived": "has arrived", "cancelled": "is cancelled", "no_show": "did not come", "booked": "is booked again"}  # fmt: skip


class Figure(NamedTuple):
    """A figure of the page's head: its value, and what it means."""

    value: str
    means: str


class VisitCard(NamedTuple):
    """A visit as its card shows it: the row of the day, its kits in words, and what may be reported of it."""

    row: Mapping[str, Any]
    number: str
    kits: str
    kits_are: str  # good, warn or bad
    may_become: tuple[str, ...]


class CardsOfDay(NamedTuple):
    """The visits of one day."""

    day: date
    cards: list[VisitCard]


class ToDo(NamedTuple):
    """A step with the page that helps."""

    says: str
    link: str = ""
    link_says: str = ""


@opens_to(*DEALER)
def day(request: HttpRequest) -> HttpResponse:
    """Show who comes today and what each visit needs."""
    return _days(request, dealer_days.dealer_day, "Today")


@opens_to(*DEALER)
def week(request: HttpRequest) -> HttpResponse:
    """Show the same of the week, Monday to Sunday."""
    return _days(request, dealer_days.dealer_week, "This week")


@opens_to(*DEALER, writes=SERVICE)
@require_POST
def report(request: HttpRequest) -> HttpResponseBase:
    """Take what became of a visit, and go back to the page it was said on."""
    visit = visit_of(request)
    form = filled(request, "number", "status", "vin", "to")
    number, status = form.typed["number"], form.typed["status"]
    taken = take(
        form,
        lambda: report_visit(visit.ledger, visit.scope.dealer, number, status, person=_name(visit), on=visit.on, vin=form.typed["vin"]),
    )  # fmt: skip
    if taken is None:
        return _again(request, form.errors)
    told(request, visit, form.typed["vin"], f"{form.typed['vin']} {REPORTED.get(status, status)}.", appointment=number)  # fmt: skip
    if form.typed["to"] == "check":
        return redirect(f"{reverse('dealer:check')}?{urlencode({'vin': form.typed['vin']})}")
    return redirect("dealer:week" if form.typed["to"] == "week" else "dealer:day")


@opens_to(*DEALER, writes=SERVICE)
@require_POST
def hours(request: HttpRequest) -> HttpResponseBase:
    """Take the technician hours and bays of a week."""
    visit = visit_of(request)
    form = filled(request, "week", "hours", "bays", "later_too")
    day = day_of(form, "week")
    if day is None:
        return _days(request, dealer_days.dealer_week, "This week", form)
    typed, dealer = form.typed, visit.scope.dealer
    stated = HoursStated(
        dealer, day, typed["hours"], typed["bays"], later_too=bool(typed["later_too"])
    )
    taken = take(
        form,
        lambda: state_hours(visit.ledger, stated, person=_name(visit), on=visit.on),
        {"hours_available": "hours"},
    )
    if taken is None:
        return _days(request, dealer_days.dealer_week, "This week", form)
    told(request, visit, dealer, what_holds(visit.ledger, stated))
    return redirect("dealer:week")


def _again(request: HttpRequest, errors: Mapping[str, list[str]]) -> HttpResponse:
    """Show the day once more, with the reasons why nothing was taken."""
    for reason in (reason for reasons in errors.values() for reason in reasons):
        messages.error(request, reason)
    answer: HttpResponse = day(request)
    answer.status_code = 422
    return answer


def _name(visit: Any) -> str:  # noqa: ANN401 - a visit that came through the door
    return str(visit.person.username)


def _days(
    request: HttpRequest,
    ask: Callable[[Session, str, date], DealerDays],
    title: str,
    form: Filled | None = None,
) -> HttpResponse:
    visit = visit_of(request)
    days = kept(visit, f"dealer: {title}", lambda: ask(visit.ledger, visit.scope.dealer, visit.on))
    numbers = numbers_by_vehicle(visit.ledger, visit.scope.dealer)
    asked = [
        one._asdict() | {"became": one.became}
        for one in disputes_of(visit.ledger, visit.scope.dealer)
    ]
    tables = [
        shown_table("Kits", days.kits, KITS, first=FIRST, empty="No kit is here, on order or needed."),
        shown_table("Instructions in force", _in_force(days), INSTRUCTIONS, first=FIRST, links={"says": lambda row: row["place"]},
                    empty="No campaign is open here."),
        shown_table("May ask for a visit, the likeliest first", _may_come(days), MAY_COME, first=FIRST, links={"vin": checked},
                    empty="No letter is out unanswered."),
    ]  # fmt: skip
    if asked:
        caption = "Done already by another dealer: what became of it"
        tables.insert(0, shown_table(caption, asked, DISPUTES, first=FIRST, links={"vin": checked}))
    return render(
        request, "dealer/days.html",
        {
            "title": title, "days": days, "headline": _capital(in_short(days)), "to_do": [_to_do(one) for one in steps(days)],
            "figures": list(_figures(days)), "by_day": _by_day(days, numbers), "late": _cards(days.without_word.to_pylist(), numbers),
            "tables": tables, "is_week": days.first != days.last,
            "form": form or _hours_form(visit),
            "flags": kept(visit, "dealer: flags", lambda: _flags(visit)),
        },
        status=form.status if form else 200,
    )  # fmt: skip


def _flags(visit: Visit) -> str:
    """Say what came under a campaign in the last week, in stock or after it was sold; blank where nothing did."""
    rows = came_under(visit.ledger, Scope(dealer=visit.scope.dealer), on=visit.on).to_pylist()
    new = [
        row for row in rows if row["flag"] in (IN_STOCK, SOLD) and row["since"] > visit.on - WEEK
    ]
    if not new:
        return ""
    sold = sum(row["flag"] == SOLD for row in new)
    after = f", {sold} of them after you sold {'it' if sold == 1 else 'them'}" if sold else ""
    vins = series([row["vin"] for row in new[:NAMED]])
    return f"{counted(len(new), 'vehicle')} of your stock came under a campaign in the last week{after}: {vins}."


def _hours_form(visit: Visit) -> Filled:
    """Return the form of a week's hours as what holds this week fills it."""
    now = stated_of(visit.ledger, visit.scope.dealer, visit.on)
    hours = figure(now.hours) if now else ""
    bays = figure(now.bays) if now and now.bays is not None else ""
    return Filled({"week": monday_of(visit.on).isoformat(), "hours": hours, "bays": bays})


def checked(row: Mapping[str, Any]) -> str:
    """Return the address that checks the VIN of a row."""
    return f"{reverse('dealer:check')}?{urlencode({'vin': row['vin']})}"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _may_come(days: DealerDays) -> list[dict[str, Any]]:
    """Return who may ask for a visit, the chance in per cent."""
    return [row | {"chance": percent(row["chance"])} for row in days.may_come.slice(0, FIRST).to_pylist()]  # fmt: skip


def _in_force(days: DealerDays) -> list[dict[str, Any]]:
    """Return what must not be done and the technical instructions; the other documents stand with the VIN check."""
    return [row for row in days.instructions.to_pylist() if row["kind"] != InstructionKind.DOCUMENT]


def _to_do(step: Step) -> ToDo:
    if step.about not in LEADS:
        return ToDo(step.says)
    name, says = LEADS[step.about]
    return ToDo(step.says, reverse(name), says)


def _figures(days: DealerDays) -> Iterator[Figure]:
    visits = days.visits.to_pylist()
    when = "today" if days.first == days.last else "this week"
    yield Figure(figure(len(visits)), f"{'visit' if len(visits) == 1 else 'visits'} booked {when}")
    yield Figure(figure(round(sum(row["hours"] for row in visits), 1)), "hours of booked work")
    for week in days.weeks.to_pylist():
        known = week["capacity"] is not None
        at_hand = figure(round(week["capacity"], 1)) if known else "?"
        yield Figure(at_hand, "hours on hand this week" if known else "hours on hand: not stated")
        more = max(week["visits"] - week["booked"], 0.0)
        yield Figure(figure(round(more, 1)), "more visits expected this week")
    lacking = sum(row["kits_state"] not in ("", "on_shelf") for row in visits)
    yield Figure(
        figure(lacking), f"{'visit' if lacking == 1 else 'visits'} without a kit on the shelf"
    )
    yield Figure(figure(days.holds.num_rows), "in stock, on hold")


def _by_day(days: DealerDays, numbers: Mapping[str, str]) -> list[CardsOfDay]:
    found: dict[date, list[VisitCard]] = {}
    to_come = [row for row in days.visits.to_pylist() if row["day"] >= days.on]
    for card in _cards(to_come, numbers):
        found.setdefault(card.row["day"], []).append(card)
    return [CardsOfDay(when, cards) for when, cards in found.items()]


def _cards(rows: list[dict[str, Any]], numbers: Mapping[str, str]) -> list[VisitCard]:
    return [
        VisitCard(row, numbers.get(row["vin"], ""), *_kits(row), FOLLOWS.get(row["status"], ()))
        for row in rows
    ]


def _kits(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return how a visit stands with its kits, in words, and whether that is good."""
    match row["kits_state"]:
        case "":
            return "takes no kit", "good"
        case "on_shelf":
            return "kits on the shelf", "good"
        case "promised":
            late = row["kits_from"] is not None and row["kits_from"] > row["day"]
            return f"kits from {short_month_day(row['kits_from'])}", "bad" if late else "warn"
        case "on_order":
            return f"on order, no day: {row['lacking']}", "warn"
        case _:
            return f"no kit: {row['lacking']}", "bad"
