"""The list behind every figure as a page: filtered by a form, counted, paged, exported; owners' names for the recall alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from renotify.errors import RenotifyError, WrongUse
from renotify.values.english import counted as numbered
from renotify.values.list_file import write_list
from renotify.vehicle_lists import asked as of_list
from renotify.vehicle_lists.asked import Shown
from renotify.vehicle_lists.list_columns import PERSONAL
from renotify.vehicle_lists.listing import Listing, check_asked, counted, listing
from renotify.web.analyst.list_form import ListForm, read_form, said_of
from renotify.web.analyst.list_links import vehicles_at
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of
from renotify.web.kept_answers import kept, last_kept
from renotify.web.long_pages import slow_page
from renotify.web.theme.shown_table import ShownTable, shown_table

TITLE, TEMPLATE = "Vehicles", "analyst/vehicles.html"
KEPT_AS = "vehicles"
FIRST = 50  # rows of a page
FILES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}  # fmt: skip
WORDS = {
    "vin": "VIN", "campaign": "Campaign", "count": "Rows", "vehicles": "Vehicles", "owner_state": "Owner's state",
    "owner_zip": "Owner's ZIP", "last_contact": "Last letter", "left_out": "Left out because", "piece": "Letter is",
}  # fmt: skip
STATES = (
    "status",
    "reason",
    "left_out",
    "piece",
)  # words of the ledger, which a page writes plainly
AS_FILTER = {  # a group of a count leads to its own list by these fields
    "campaign": "campaign", "status": "status", "reason": "reason", "model": "model", "year": "year", "owner_state": "owner_state",
    "dealer_state": "dealer_state", "language": "language", "wave": "wave", "piece": "piece", "left_out": "left_out", "area": "area",
    "dealer": "dealer",
}  # fmt: skip


@opens_to(Role.ANALYST, Role.AUDITOR)
def vehicles(request: HttpRequest) -> HttpResponse:
    """Show the vehicles behind a figure, a page of rows at a time, or counted by columns."""
    visit = visit_of(request)
    form = read_form(visit.ledger, request.GET, visit.scope)
    if not form.errors:
        try:
            return _shown(request, form)
        except RenotifyError as refusal:
            form.errors[""] = said_of(refusal)
    return _page(request, request.GET, form, None)


def _shown(request: HttpRequest, form: ListForm) -> HttpResponse:
    """Show the first page of a list as a page that takes long; those behind it are read by their mark."""
    visit, after = visit_of(request), request.GET.get("after", "")
    if after:
        return _page(request, request.GET, form, _found(visit, form, first=FIRST, after=after))
    if form.by and (form.columns or form.sort):
        raise WrongUse("A count has its own columns and order.", "Leave Columns and Order by blank, or Count by.")  # fmt: skip
    check_asked(visit.ledger, form.asked, Shown(form.columns, form.sort))
    return slow_page(
        request, (KEPT_AS, *_about(form)), lambda: _counted_or_first(visit, form), TEMPLATE,
        lambda found: _context(visit, request.GET, form, found), title=TITLE,
    )  # fmt: skip


def _page(
    request: HttpRequest,
    query: QueryDict,
    form: ListForm,
    found: Listing | None,
    *,
    owners: str = "",
) -> HttpResponse:
    context = {"title": TITLE, **_context(visit_of(request), query, form, found, owners=owners)}
    return render(request, TEMPLATE, context, status=422 if form.errors or owners else 200)


def _context(
    visit: Visit, query: QueryDict, form: ListForm, found: Listing | None, *, owners: str = ""
) -> dict[str, Any]:
    context: dict[str, Any] = {
        "form": form, "groups": form.groups(visit.ledger), "query": query.urlencode(), "owners_error": owners,
        "may_export_owners": visit.person is not None and visit.person.role == Role.ANALYST,
    }  # fmt: skip
    if found is not None:
        context |= {
            "headline": _headline(found, form), "table": _table(query, form, found), "call": _call(form),
            "is_first": "after" not in query,
        }  # fmt: skip
    return context


def _about(form: ListForm) -> tuple[object, ...]:
    """Return what a list is kept by."""
    return form.asked, form.columns, form.sort, form.by, form.scope


def _counted_or_first(visit: Visit, form: ListForm) -> Listing:
    """Return the list counted, or its first page."""
    if not form.by:
        return _listing(visit, form, Shown(form.columns, form.sort, FIRST))
    if form.columns or form.sort:
        raise WrongUse("A count has its own columns and order.", "Leave Columns and Order by blank, or Count by.")  # fmt: skip
    return counted(visit.ledger, form.asked, form.by, on=visit.on, scope=form.scope)


def _listing(visit: Visit, form: ListForm, shown: Shown) -> Listing:
    return listing(visit.ledger, form.asked, shown, on=visit.on, scope=form.scope)


def _found(visit: Visit, form: ListForm, *, first: int | None, after: str = "") -> Listing:
    """Return all rows (``first`` is None), or a page of them; of a later page the counts are those that its first one showed."""
    if first is None and not form.by:
        return _listing(visit, form, Shown(form.columns, form.sort, None))
    last = last_kept(visit, KEPT_AS, *_about(form)) if after and not form.by else None
    found: Listing = (
        last.answer
        if last
        else kept(visit, KEPT_AS, lambda: _counted_or_first(visit, form), *_about(form))
    )
    if not after or form.by:
        return found
    begins = Shown(form.columns, form.sort, first)
    return _listing(visit, form, replace(begins, after=after, counted=found.counts))


def _headline(found: Listing, form: ListForm) -> str:
    once = (
        f" of {numbered(found.vehicles, 'different vehicle')}"
        if found.vehicles != found.total
        else ""
    )
    rows = numbered(found.total, "vehicle in campaigns", "vehicles in campaigns") if once else numbered(found.total, "vehicle")  # fmt: skip
    grouped = f", counted by {', '.join(form.by)}" if form.by else ""
    return f"{rows}{once}{grouped}."


def _call(form: ListForm) -> str:
    by = ",".join(form.by)
    return of_list.command(form.asked, area=form.scope.area, dealer=form.scope.dealer, by=by)


def _table(query: QueryDict, form: ListForm, found: Listing) -> ShownTable:
    names = found.rows.column_names
    columns = {name: WORDS.get(name, name.replace("_", " ").capitalize()) for name in names}
    exports = {
        words: f"{reverse('analyst:vehicles_file', args=[kind])}?{query.urlencode()}"
        for kind, words in (("csv", "CSV"), ("xlsx", "Excel"))
    }
    links = {}
    if form.by and set(form.by) <= AS_FILTER.keys():

        def own(row: Any) -> str:  # noqa: ANN401 - a row of the count
            kept = {name: text for name, text in form.typed.items() if name != "by" and text}
            return vehicles_at(
                **kept
                | {AS_FILTER[name]: row.get(f"{name} as kept", row[name]) for name in form.by}
            )

        links = {"count": own}
    more = ""
    if found.mark:
        onward = query.copy()
        onward["after"] = found.mark
        more = f"?{onward.urlencode()}"
    rows = found.rows
    if "year" in names:  # a year is no count: it has no thousands
        rows = rows.set_column(names.index("year"), "year", rows["year"].cast(pa.string()))
    for name in STATES:
        if name in names:
            plain = pc.replace_substring(rows[name], "_", " ")
            rows = rows.append_column(f"{name} as kept", rows[name])
            rows = rows.set_column(names.index(name), name, plain)
    return shown_table(
        "Vehicles" if not form.by else "Counts", rows, columns, links=links, more=more, total=None if form.by else found.total,
        empty="No vehicle is as you ask. Take a filter away.", exports=exports,
    )  # fmt: skip


@opens_to(Role.ANALYST, Role.AUDITOR)
def vehicles_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Give the whole list as a file; the reading log keeps who took it."""
    visit = visit_of(request)
    form = _read_or_refuse(visit, request.GET)
    found = _found(visit, form, first=None)
    visit.note(Deed.EXPORTED, _call(form), {"rows": found.rows.num_rows, "file": kind})
    return _file(visit, found.rows, kind)


@opens_to(Role.ANALYST)
def vehicles_owners(request: HttpRequest) -> HttpResponse:
    """Give the whole list with the owners as a file, to somebody and for the recall: it is disclosed and logged (18 USC 2721(c))."""
    visit = visit_of(request)
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    form = _read_or_refuse(visit, query)
    to, purpose, kind = (request.POST.get(name, "").strip() for name in ("owners_to", "purpose", "file"))  # fmt: skip
    columns = form.columns or of_list.usual_columns(form.asked)
    wanted = tuple(dict.fromkeys((*columns, *PERSONAL, "owner_state", "owner_zip")))
    try:
        shown = Shown(wanted, form.sort, None, to, purpose)
        found = listing(visit.ledger, form.asked, shown, on=visit.on, scope=form.scope)
    except RenotifyError as refusal:
        again = _found(visit, form, first=FIRST)
        return _page(request, query, form, again, owners=said_of(refusal))
    said = {"rows": found.rows.num_rows, "file": kind, "to": to, "purpose": purpose}
    visit.note(Deed.READ_OWNER, _call(form), said)
    visit.note(Deed.EXPORTED, _call(form), said)
    return _file(visit, found.rows, kind)


def _read_or_refuse(visit: Visit, query: QueryDict) -> ListForm:
    form = read_form(visit.ledger, query, visit.scope)
    if form.errors:
        raise WrongUse(" ".join(form.errors.values()), "Mend the form of the list first.")
    return form


def _file(visit: Visit, rows: pa.Table, kind: str) -> HttpResponse:
    if kind not in FILES:
        raise WrongUse(f"There is no file of the kind {kind!r}.", f"Ask for {' or '.join(FILES)}.")
    with TemporaryDirectory(prefix="renotify-list-") as folder:
        path = Path(folder) / f"vehicles.{kind}"
        write_list(path, rows, visit.on, sheet="vehicles", for_people=True)
        answer = HttpResponse(path.read_bytes(), content_type=FILES[kind])
    answer["Content-Disposition"] = f'attachment; filename="vehicles-{visit.on}.{kind}"'
    answer["Cache-Control"] = "no-store"
    return answer
