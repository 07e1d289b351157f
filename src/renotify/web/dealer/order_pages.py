"""Parts: what to order now and why, the order as a file, what was promised, and what has come."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from renotify.desks.order_lines import order_file as file_of
from renotify.desks.order_lines import order_lines
from renotify.desks.shipment_come import Shipment, shipment_come
from renotify.ledger.scope import Scope
from renotify.parts.promises import promises
from renotify.values.english import counted
from renotify.values.list_file import write_list
from renotify.web.dealer.typed_forms import Filled, day_of, filled, take, told
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import DEALER
from renotify.web.door.visit import Visit, visit_of
from renotify.web.theme.shown_table import shown_table

ORDER = {
    "part_no": "Part", "description": "What it is", "order": "Order", "pack_qty": "Pack", "on_hand": "On hand", "on_order": "On order",
    "reason": "Why",
}  # fmt: skip
REST = {
    "part_no": "Part", "description": "What it is", "on_hand": "On hand", "on_order": "On order", "booked": "For booked visits",
    "reason": "Why not",
}  # fmt: skip
PROMISED = {
    "part_no": "Part", "kits": "Kits", "week": "Promised for the week of", "shipped": "Have come", "state": "State",
    "comes": "Comes now in the week of",
}  # fmt: skip
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FIELDS = {"ship_date": "day", "part_no": "part", "qty": "qty", "on_hand": "counted"}


@opens_to(*DEALER)
def parts(request: HttpRequest) -> HttpResponseBase:
    """Show what to order and why; take a shipment in."""
    visit = visit_of(request)
    form = Filled({"day": visit.on.isoformat(), "part": "", "qty": "", "counted": "", "is_another": ""})  # fmt: skip
    if request.method == "POST":
        form = filled(request, "part", "qty", "day", "counted", "is_another")
        if _came(visit, form):
            told(
                request,
                visit,
                form.typed["part"],
                f"{form.typed['qty']} of {form.typed['part']} taken in; the shelf is counted.",
            )
            return redirect("dealer:parts")
    return _page(request, visit, form)


def _came(visit: Visit, form: Filled) -> bool:
    day = day_of(form, "day")
    if day is None:
        return False
    person = visit.person.username if visit.person else ""
    typed = form.typed
    one = Shipment(visit.scope.dealer, typed["part"], typed["qty"], day, typed["counted"], bool(typed["is_another"]))  # fmt: skip
    taken = take(form, lambda: shipment_come(visit.ledger, one, person=person, on=visit.on), FIELDS)
    return taken is not None


def _page(request: HttpRequest, visit: Visit, form: Filled) -> HttpResponse:
    lines = order_lines(visit.ledger, visit.scope.dealer, visit.on).to_pylist()
    wanted = [line for line in lines if line["order"]]
    rest = [line for line in lines if not line["order"]]
    owed = [
        one._asdict() for one in promises(visit.ledger, visit.on, Scope(dealer=visit.scope.dealer))
    ]
    files = {
        word: reverse("dealer:order_file", args=[kind])
        for kind, word in (("csv", "CSV"), ("xlsx", "Excel"))
    }
    tables: Sequence[object] = (
        shown_table(
            "Order now",
            wanted,
            ORDER,
            empty="Nothing is to be ordered.",
            exports=files if wanted else None,
        ),
        shown_table("Promised to you", owed, PROMISED, empty="No kits are promised to you."),
        shown_table("Not to order", rest, REST, empty="There is no other part."),
    )
    packs = sum(line["order"] for line in wanted)
    headline = (
        f"Order {counted(packs, 'kit')} of {counted(len(wanted), 'part')} now." if wanted else "Nothing is to be ordered now."
    )  # fmt: skip
    return render(
        request, "dealer/parts.html",
        {"headline": headline, "tables": tables, "form": form, "known": [line["part_no"] for line in lines], "day_now": visit.on},
        status=form.status,
    )  # fmt: skip


@opens_to(*DEALER)
def order_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Give the order as a file for the parts system."""
    visit = visit_of(request)
    if kind not in KINDS:
        raise Http404
    lines = file_of(order_lines(visit.ledger, visit.scope.dealer, visit.on), visit.scope.dealer)
    with TemporaryDirectory(prefix="renotify-order-") as folder:
        content = write_list(
            Path(folder) / f"order.{kind}", lines, visit.on, sheet="order"
        ).read_bytes()
    visit.note(Deed.EXPORTED, f"order of parts, {visit.on}", {"lines": lines.num_rows})
    answer = HttpResponse(content, content_type=KINDS[kind])
    answer["Content-Disposition"] = f'attachment; filename="order-{visit.on}.{kind}"'
    return answer
