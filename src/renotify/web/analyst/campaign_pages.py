"""Campaigns as pages: all of them, and one with its counts, curve, areas, facts and who stated them, documents, clocks and letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from renotify.charts.area_map import area_map
from renotify.charts.completion_by_week import completion_by_week
from renotify.ledger import follow_ups, registry, status
from renotify.ledger.scope import NOWHERE
from renotify.reports.campaign_sheet import campaign_sheet
from renotify.reports.follow_up_figures import dealer_weeks
from renotify.reports.of_the_day import areas_on_map
from renotify.reports.overview import CampaignStands, Overview
from renotify.values.english import counted, percent, short_day
from renotify.web.analyst.list_links import behind, by_status, vehicles_at
from renotify.web.analyst.overview_pages import CLOCKS, Figure, OverviewShown, Step, worked_out
from renotify.web.door.gate import opens_to
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of
from renotify.web.kept_answers import kept
from renotify.web.long_pages import slow_page
from renotify.web.theme.shown_table import ShownTable, shown_table, written
from renotify.workload.of_plan import workload_of

LIST = {
    "campaign": "Campaign",
    "subject": "What it is about",
    "type": "Kind",
    "nhtsa": "NHTSA number",
    "filed": "Filed",
    "involved": "Involved",
    "done": "Remedied",
    "unreachable": "Unreachable",
    "removed": "Removed",
    "open": "Open",
    "complete": "Completion",
}
STATES = {
    "involved": "Involved", "repaired": "Repaired", "inspected_ok": "Inspected, no need", "unreachable": "Unreachable",
    "removed": "Removed", "open": "Open",
}  # fmt: skip
AREAS = {"area": "Area", "involved": "Involved", "done": "Remedied", "open": "Open", "complete": "Completion"}  # fmt: skip
MODELS = {"model": "Model", "year": "Year", "vehicles": "Vehicles"}
SCOPES = {
    "model": "Model",
    "year_from": "From year",
    "year_to": "To year",
    "built_from": "Built from",
    "built_to": "Built to",
    "plant": "Plant",
    "text": "In words",
}
DOCUMENTS = {
    "kind": "Document",
    "revision": "Revision",
    "effective_date": "From",
    "in_force": "In force",
    "location": "Where it is",
}
LETTERS = {
    "follow_up": "Follow-up", "pieces": "Letters", "planned": "Planned", "released": "Released", "accepted": "Mailed",
    "returned": "Came back", "withdrawn": "Withdrawn",
}  # fmt: skip
KITS = {
    "part_no": "Part",
    "description": "What it is",
    "model": "Model",
    "qty": "Of a repair",
    "take_rate": "Share that takes it",
}
HOURS = {"campaigns": "Campaigns of a visit", "model": "Model", "hours": "Hours"}
FACTS = {"key": "Fact", "value": "As it stands"}
HISTORY = {
    "stated_on": "Stated on",
    "by": "By",
    "file": "File",
    "row": "Row",
    "recorded_at": "Recorded",
    "changed": "What changed",
}
ANSWERS = {"question": "Question", "answer": "Answer", "language": "Language", "approved_on": "Approved on"}  # fmt: skip
LONGEST = 80  # characters of a fact in the history


@opens_to(Role.ANALYST, Role.AUDITOR)
def campaigns(request: HttpRequest) -> HttpResponse:
    """List the campaigns with their counts of now."""
    visit = visit_of(request)
    return slow_page(
        request, "counts", lambda: status.counts(visit.ledger), "analyst/tables.html",
        lambda every: _every_campaign(visit, every), title="Campaigns",
    )  # fmt: skip


def _every_campaign(visit: Visit, every: Sequence[status.Count]) -> dict[str, Any]:
    known = registry.campaigns(visit.ledger)
    counts = [row for row in every if row.campaign in known]
    rows = [
        {
            "campaign": row.campaign, "subject": known[row.campaign].subject, "type": known[row.campaign].campaign_type.words,
            "nhtsa": known[row.campaign].nhtsa_campaign_number, "filed": known[row.campaign].filed_date, "involved": row.involved,
            "done": row.done, "unreachable": row.unreachable, "removed": row.removed, "open": row.open, "complete": percent(row.completion),
        }
        for row in sorted(counts, key=lambda row: (-row.open, row.campaign))
    ]  # fmt: skip
    links = by_status() | {
        "campaign": lambda row: reverse("analyst:campaign", args=[row["campaign"]])
    }
    table = shown_table("Campaigns, the most open first", rows, LIST, links=links, empty="No campaign is loaded yet.")  # fmt: skip
    to_do = sum(row.open for row in counts)
    headline = f"{counted(len(rows), 'campaign')}, {counted(to_do, 'open repair')}."
    return {"headline": headline, "tables": [table]}


@opens_to(Role.ANALYST, Role.AUDITOR)
def subject(request: HttpRequest, name: str) -> HttpResponseBase:
    """Lead to the page (or ``?vehicles=1`` the vehicles) of what a clock is of: a campaign, or a follow-up."""
    session = visit_of(request).ledger
    is_list = "vehicles" in request.GET
    if name in follow_ups.names(session):
        return redirect(vehicles_at(follow_up=name) if is_list else reverse("analyst:follow_up", args=[name]))  # fmt: skip
    code = registry.campaign(session, registry.in_other_case(session, name)).campaign_code
    return redirect(vehicles_at(campaign=code) if is_list else reverse("analyst:campaign", args=[code]))  # fmt: skip


@dataclass(frozen=True)
class CampaignShown:
    """A campaign's page as it is kept: its sheet, how it stands, areas, and drawings (blank: there is none)."""

    sheet: dict[str, Any]
    stands: CampaignStands
    until: str
    areas: list[dict[str, Any]]
    curve: str
    map: str


@opens_to(Role.ANALYST, Role.AUDITOR)
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """Show all that is registered of a campaign and how far it is."""
    visit = visit_of(request)
    code = registry.campaign(visit.ledger, registry.in_other_case(visit.ledger, code)).campaign_code
    return slow_page(
        request, f"campaign {code}", lambda: _worked_out(visit, code), "analyst/campaign.html", _context, title=f"Campaign {code}",
    )  # fmt: skip


def _worked_out(visit: Visit, code: str) -> CampaignShown:
    session = visit.ledger
    whole = _overview(visit)
    stands = next(one for one in whole.campaigns if one.campaign == code)
    rows = [
        {
            "campaign": code,
            "area": row.area,
            "involved": row.involved,
            "done": row.done,
            "open": row.open,
            "complete": percent(row.completion),
        }
        for row in sorted(
            status.counts(session, by="area", campaign=code, as_of=visit.on),
            key=lambda row: row.completion,
        )
    ]
    return CampaignShown(
        campaign_sheet(session, code, visit.on), stands, short_day(whole.until), rows, completion_by_week(_own_curve(whole, code)),
        _map(visit, code),
    )  # fmt: skip


def _overview(visit: Visit) -> Overview:
    """Return the overview that the first page shows: its forecast is the campaign's, too."""
    shown: OverviewShown = kept(visit, "overview", lambda: worked_out(visit))
    return shown.found


def _own_curve(whole: Overview, code: str) -> Any:  # noqa: ANN401 - a CompletionByWeek
    place = whole.completion.campaigns.index(code)
    own = {name: getattr(whole.completion, name)[[place]] for name in ("done", "low", "high")}
    return replace(whole.completion, campaigns=(code,), **own)


def _map(visit: Visit, code: str) -> str:
    """Draw the areas, with the dealers short of hours by the newest planned follow-up of the campaign; blank without one."""
    session = visit.ledger
    planned = [
        name
        for name in follow_ups.names(session)
        if follow_ups.is_planned(session, name)
        and code in follow_ups.settings(session, name).campaigns
    ]
    if not planned:
        return ""
    weeks = kept(
        visit,
        f"dealer weeks {planned[-1]}",
        lambda: dealer_weeks(workload_of(session, planned[-1], on=visit.on)),
    )
    places = areas_on_map(session, visit.on, (code,), weeks)
    return area_map(places) if any(one.dealers for one in places) else ""


def _context(shown: CampaignShown) -> dict[str, Any]:
    sheet, stands = shown.sheet, shown.stands
    code, counts = sheet["campaign"], sheet["counts"]
    clocks = reverse("analyst:deadlines")
    more = f"{percent(stands.expected)} ({100 * stands.low:.1f} to {percent(stands.high)})"
    return {
        "headline": (
            f"{sheet['facts'].get('subject', code)}: {percent(counts['completion'])} of {counted(counts['involved'], 'vehicle')} done,"
            f" {counts['open']:,} open; {more} expected by {shown.until}."
        ),
        "take_care": stands.take_care,
        "figures": list(_figures(counts, code)),
        "to_do": [
            Step(
                f"{one['what'][:1].upper()}{one['what'][1:]}: was due {short_day(one['due'])}.",
                f"{clocks}?state=overdue",
            )
            for one in sheet["clocks"]
            if one["state"] == "overdue"
        ],
        "curve": shown.curve,
        "map": shown.map,
        "areas": shown_table(
            "Areas, the least complete first",
            shown.areas,
            AREAS,
            links={"open": _of_area("open"), "involved": _of_area("")},
        ),
        "tables": list(_tables(sheet)),
    }


def _of_area(stands: str) -> Any:  # noqa: ANN401 - a link
    def link(row: Mapping[str, Any]) -> str:
        return (
            ""
            if row["area"] == NOWHERE
            else vehicles_at(campaign=row["campaign"], area=row["area"], status=stands)
        )

    return link


def _figures(counts: Mapping[str, Any], code: str) -> Iterator[Figure]:
    for name, words in STATES.items():
        value = sum(counts[name].values()) if isinstance(counts[name], Mapping) else counts[name]
        status_filter = "" if name == "involved" else name
        yield Figure(f"{value:,}", words, vehicles_at(campaign=code, status=status_filter))
    for reason, number in counts["unreachable"].items():
        if number:
            yield Figure(
                f"{number:,}",
                f"unreachable: {reason.replace('_', ' ')}",
                vehicles_at(campaign=code, status="unreachable", reason=reason),
            )


def _tables(sheet: Mapping[str, Any]) -> Iterator[ShownTable]:
    code = sheet["campaign"]
    models = {
        "vehicles": lambda row: (
            vehicles_at(campaign=code, model=row["model"], year=row["year"])
            if row["model"] and row["year"]
            else ""
        )
    }
    letters = {name: _letters_of(code, name) for name in ("pieces", "planned", "accepted")}
    letters["follow_up"] = lambda row: reverse("analyst:follow_up", args=[row["follow_up"]])
    yield shown_table(
        "Clocks", sheet["clocks"], {**CLOCKS, "sentence": "How it stands"}, empty="No clock runs."
    )
    yield shown_table("Letters", sheet["letters"], LETTERS, links=letters, empty="No follow-up writes about it.")  # fmt: skip
    yield shown_table("Facts as they stand", list(_facts(sheet["facts"])), FACTS)
    yield shown_table(
        "Who stated what, and when it changed", list(_history(sheet["history"])), HISTORY
    )
    yield shown_table(
        "Documents by revision",
        sheet["documents"],
        DOCUMENTS,
        links={"location": _web_only},
        empty="No document is registered.",
    )
    yield shown_table(
        "Scope as it is stated", _years(sheet["scopes"]), SCOPES, empty="No scope is stated."
    )
    yield shown_table(
        "Population by model and year",
        _years(sheet["models"]),
        MODELS,
        links=models,
        empty="No vehicle is in it.",
    )
    yield shown_table("Kits of a repair", sheet["kits"], KITS, empty="A repair takes no part.")
    yield shown_table("Hours of the work", sheet["hours"], HOURS, empty="No hours are stated.")
    yield shown_table("Questions that staff may answer", sheet["answers"], ANSWERS, empty="No answer is registered.")  # fmt: skip


def _letters_of(code: str, name: str) -> Any:  # noqa: ANN401 - a link
    state = {"planned": ("planned", "listed"), "accepted": "accepted"}.get(name, "")
    return behind("follow_up", campaign=code, piece=state, left_out="")


def _web_only(row: Mapping[str, Any]) -> str:
    return row["location"] if str(row["location"]).startswith(("https://", "http://")) else ""


def _facts(facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for key, value in facts.items():
        if isinstance(value, Mapping):
            yield from ({"key": f"{key}.{own}", "value": text} for own, text in value.items())
        else:
            yield {"key": key.replace("_", " "), "value": written(value)}


def _history(statements: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for said in statements:
        first = all(one["before"] is None for one in said["changed"])
        if said["taken_back"]:
            changed = "taken back"
        elif first:
            changed = f"stated {', '.join(one['key'] for one in said['changed'])}"
        else:
            changed = "; ".join(f"{one['key']}: {_short(one['before'])} → {_short(one['now'])}" for one in said["changed"])  # fmt: skip
        yield {**said, "changed": changed}


def _short(value: object) -> str:
    text = "not stated" if value is None else written(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _years(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows whose years are words: a year is no count, and has no thousands."""
    years = ("year", "year_from", "year_to")
    return [
        {name: str(value) if name in years and value else value for name, value in row.items()}
        for row in rows
    ]
