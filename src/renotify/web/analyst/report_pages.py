"""Reports as pages: what is owed, a quarter or year as of a day and as known by an instant, progress; each figure opens its VINs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from renotify.errors import RenotifyError, WrongUse
from renotify.ledger import registry
from renotify.ledger.scope import NOWHERE
from renotify.ledger.status import By
from renotify.reports import nhtsa13, quarterly
from renotify.reports.one_number import recall_of
from renotify.reports.progress import progress
from renotify.reports.reporting_period import ReportingPeriod
from renotify.reports.schedule import schedule
from renotify.values.calendar import Quarter
from renotify.values.english import counted, percent, short_day
from renotify.values.list_file import write_list
from renotify.web.analyst.campaign_links import campaign_at
from renotify.web.analyst.list_form import instant_of
from renotify.web.analyst.list_links import by_status, vehicles_at
from renotify.web.analyst.overview_pages import Figure, Step
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import visit_of
from renotify.web.long_pages import slow_page
from renotify.web.theme.shown_table import Link, shown_table

OWED = {
    "campaign": "Campaign",
    "number": "Number",
    "kind": "Kind",
    "period": "Period",
    "due": "Due",
    "filed": "Filed",
    "state": "State",
}
FIELDS = {"field": "NHTSA's field", "value": "As it would be filed"}
RESTATED = {"figure": "Figure", "before": "The quarter before", "now": "Now", "change": "Change"}
PROGRESS = {
    "campaign": "Campaign",
    "area": "Area",
    "dealer": "Dealer",
    "involved": "Involved",
    "repaired": "Repaired",
    "inspected_ok": "Inspected, no need",
    "removed": "Removed",
    "open": "Open",
    "complete": "Completion",
    "more": "More in four weeks",
    "booked": "Booked",
    "of_letters": "Of letters",
    "without_letter": "Without a letter",
    "off_list": "Of no list",
}
PLACES = {"campaign": (), "area": ("area",), "dealer": ("area", "dealer")}
STATUSES = {
    "INVOLVED": (),
    "TTLREMEDIED": ("repaired", "inspected_ok"),
    "TTLUNREACH": ("unreachable",),
    "TTLREMOVED": ("removed",),
}


@opens_to(Role.ANALYST, Role.AUDITOR)
def reports(request: HttpRequest) -> HttpResponse:
    """Show the reports that are owed, which were filed, and a form that asks for one."""
    visit = visit_of(request)
    typed = {name: request.GET.get(name, "").strip() for name in ("campaign", "period", "as_of", "known_at")}  # fmt: skip
    if typed["campaign"] and typed["period"]:
        return redirect(_report_at(typed["campaign"], typed["period"], typed["as_of"], typed["known_at"]))  # fmt: skip
    codes = sorted(registry.campaigns(visit.ledger))
    last = Quarter.of(visit.on).previous()
    return slow_page(
        request, "reports owed", lambda: schedule(visit.ledger, visit.on), "analyst/reports.html",
        lambda owed: _owed(owed) | {"codes": codes, "last": last, "typed": typed}, title="Reports",
    )  # fmt: skip


def _owed(owed: list[dict[str, Any]]) -> dict[str, Any]:
    late = [one for one in owed if one["state"] == "overdue"]
    soon = [one for one in owed if one["state"] == "soon"]
    links = {
        "period": lambda row: _report_at(row["campaign"].split(",")[0], row["period"]),
        "campaign": lambda row: campaign_at(row["campaign"]),
    }
    order = sorted(owed, key=lambda one: (one["state"] not in ("overdue", "soon"), one["due"] or date.max))  # fmt: skip
    return {
        "headline": f"{counted(len(late), 'report')} overdue, {len(soon):,} due within 15 days.",
        "to_do": [
            Step(
                f"File the {one['kind']} report of {one['campaign']} for {one['period']}: due {short_day(one['due'])}.",
                links["period"](one),
            )
            for one in (*late, *soon)
        ][:5],
        "owed": shown_table(
            "Reports owed, what is late or soon first",
            order,
            OWED,
            links=links,
            empty="No report is owed of any campaign.",
        ),
        "doubts": sorted({one["doubt"] for one in owed if one["doubt"]}),
    }


def _report_at(
    campaign: str, period: str, as_of: str = "", known_at: str = "", name: str = "report"
) -> str:
    query = "&".join(f"{key}={value}" for key, value in (("as_of", as_of), ("known_at", known_at)) if value)  # fmt: skip
    return reverse(f"analyst:{name}", args=[campaign, period]) + (f"?{query}" if query else "")


class Moment(NamedTuple):
    """The moment that a report is of: as of a day, as known by an instant; None of both is the period's own end, as known now."""

    as_of: date | None
    known_at: datetime | None


def _moment(request: HttpRequest) -> Moment:
    """Return the moment that was asked for; WrongUse for what is no day."""
    as_of, known_at = (request.GET.get(name, "").strip() for name in ("as_of", "known_at"))
    try:
        return Moment(date.fromisoformat(as_of) if as_of else None, instant_of(known_at) if known_at else None)  # fmt: skip
    except ValueError as error:
        raise WrongUse("That is no day or instant.", "Write a day as 2013-02-26, an instant as 2013-02-26T12:00.") from error  # fmt: skip


def _report_of(request: HttpRequest, campaign: str, period: str) -> dict[str, Any]:
    visit, moment = visit_of(request), _moment(request)
    asked = ReportingPeriod.parse(period)
    room = quarterly.quarterly if asked.kind == "quarterly" else quarterly.annual
    return room(visit.ledger, campaign, period, on=visit.on, **moment._asdict())


@opens_to(Role.ANALYST, Role.AUDITOR)
def report(request: HttpRequest, campaign: str, period: str) -> HttpResponse:
    """Show a report, as of a day and as known by an instant; each figure opens the vehicles that it counts."""
    title = f"Report of {campaign}, {period}"
    try:
        asked, visit = ReportingPeriod.parse(period), visit_of(request)
        recall_of(
            visit.ledger, campaign, asked.last.end
        )  # a name that is mistyped is said before anything is counted
        return slow_page(
            request, ("report", campaign, period, *_moment(request)), lambda: _report_of(request, campaign, period),
            "analyst/report.html", lambda found: _of_report(request, campaign, period, found), title=title,
        )  # fmt: skip
    except RenotifyError as refusal:
        context = {"title": title, "refusal": refusal}
        return render(request, "analyst/report_refused.html", context, status=422)


def _of_report(
    request: HttpRequest, campaign: str, period: str, found: dict[str, Any]
) -> dict[str, Any]:
    typed = {name: request.GET.get(name, "").strip() for name in ("as_of", "known_at")}
    return {
        "title": f"Report of {', '.join(found['campaigns'])}, {found['period']}", "typed": typed, "campaign": campaign, "period": period,
        "headline": (
            f"{counted(found['INVOLVED'], 'vehicle')} involved, {found['TTLREMEDIED']:,} remedied, {found['open']:,} open;"
            f" as of {short_day(found['as_of'])}, due {short_day(found['due'])}."
        ),
        "messages_of": found["messages"],
        "figures": list(_figures(found, typed["known_at"])),
        "fields": shown_table("NHTSA's 13 fields", list(_fields(found)), FIELDS),
        "restated": shown_table("Against the quarter before", found["restated"], RESTATED, empty="There is no quarter before it."),
        "line": nhtsa13.line(found) if found["CAMPNO"] else "",
        "vins_at": _report_at(campaign, period, **typed, name="report_vehicles"),
    }  # fmt: skip


def _figures(found: Mapping[str, Any], known_at: str) -> Iterator[Figure]:
    """Yield the report's figures, each with its list. Of several codes the list has a row a code, the report each vehicle once."""
    moment = {"as_of": found["as_of"].isoformat(), "known_at": known_at, "campaign": tuple(found["campaigns"])}  # fmt: skip
    words = {"INVOLVED": "involved", "TTLREMEDIED": "remedied", "TTLUNREACH": "unreachable", "TTLREMOVED": "removed"}  # fmt: skip
    for name, statuses in STATUSES.items():
        yield Figure(f"{found[name]:,}", words[name], vehicles_at(status=statuses, **moment))
    for name, said in (("repaired", "of them repaired"), ("inspected_ok", "of them inspected, no need"), ("open", "open")):  # fmt: skip
        yield Figure(f"{found[name]:,}", said, vehicles_at(status=name, **moment))
    for reason, number in found["unreachable"].items():
        if number:
            yield Figure(
                f"{number:,}",
                f"unreachable: {reason.replace('_', ' ')}",
                vehicles_at(status="unreachable", reason=reason, **moment),
            )


def _fields(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in found.items():
        if name.isupper():
            yield {"field": name, "value": value if value not in (None, "") else "not on file"}


@opens_to(Role.ANALYST, Role.AUDITOR)
def report_vehicles(request: HttpRequest, campaign: str, period: str) -> HttpResponse:
    """Give the VINs behind a report's figures as CSV; the reading log keeps who took it."""
    visit, moment = visit_of(request), _moment(request)
    found = _report_of(request, campaign, period)
    rows = quarterly.quarterly_vehicles(visit.ledger, campaign, as_of=found["as_of"], known_at=moment.known_at)  # fmt: skip
    with TemporaryDirectory(prefix="renotify-report-") as folder:
        path = write_list(Path(folder) / "vehicles.csv", rows, visit.on, for_people=True)
        answer = HttpResponse(path.read_bytes(), content_type="text/csv")
    visit.note(Deed.EXPORTED, f"report {campaign} {period}", {"rows": rows.num_rows, "file": "csv"})
    answer["Content-Disposition"] = f'attachment; filename="report-{found["campaigns"][0]}-{found["period"]}.csv"'  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer


@opens_to(Role.ANALYST, Role.AUDITOR)
def progress_page(request: HttpRequest) -> HttpResponse:
    """Show completion by campaign, area or dealer, and how many more are expected in four weeks."""
    visit = visit_of(request)
    asked = request.GET.get("by", "area")
    if asked not in PLACES:
        raise WrongUse(
            f"Progress cannot be counted by {asked}.", f"Count it by {', '.join(PLACES)}."
        )
    by = cast("By", asked)
    return slow_page(
        request, f"progress by {by}", lambda: progress(visit.ledger, visit.on, by, visit.scope), "analyst/progress.html",
        lambda rows: _progress(rows, by), title="Progress",
    )  # fmt: skip


def _progress(rows: list[dict[str, Any]], by: str) -> dict[str, Any]:
    places = PLACES[by]
    told = []
    for row in rows:
        coming = row["forecast"]
        more, done = coming["more"][-1], coming["done"][-1]
        low, high = (coming[end][-1] - (done - more) for end in ("low", "high"))
        told.append(
            {**row, "complete": percent(row["completion"]), "more": f"{more:,.0f} ({low:,.0f} to {high:,.0f})", "booked": coming["booked"],
             "of_letters": coming["of_letters"], "without_letter": coming["without_letter"], "off_list": coming["off_list"]}
        )  # fmt: skip
    columns = {name: words for name, words in PROGRESS.items() if name not in ("area", "dealer") or name in places}  # fmt: skip
    narrow = places[-1:]
    links = {name: _narrowed(link, narrow) for name, link in by_status().items() if name in columns}
    forecasts = [row["forecast"] for row in rows]
    past = {coming["past_forecasts"]["sentence"] for coming in forecasts}
    to_do = sum(row["open"] for row in rows)
    return {
        "headline": f"{counted(to_do, 'repair is', 'repairs are')} open; the least complete stand first in each campaign.",
        "by": by,
        "ways": tuple(PLACES),
        "notes": sorted({coming["note"] for coming in forecasts} - {""}) + sorted(past - {""}),
        "table": shown_table(
            f"Completion by {' and '.join(('campaign', *narrow))}",
            told,
            columns,
            links=links,
            empty="No campaign is loaded yet.",
        ),
    }


def _narrowed(link: Link, places: tuple[str, ...]) -> Link:
    """Return a link narrowed to the area or dealer of its row; blank for vehicles that have none."""

    def narrowed(row: Mapping[str, Any]) -> str:
        if any(row[place] == NOWHERE for place in places):
            return ""
        return link(row) + "".join(f"&{place}={row[place]}" for place in places)

    return narrowed
