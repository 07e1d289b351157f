"""The first page: it leads everybody to their own desk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from renotify.web.door.gate import opens_to_signed_in
from renotify.web.door.visit import visit_of
from renotify.web.theme.frame import desks_of


@opens_to_signed_in
def own_desk(request: HttpRequest) -> HttpResponseBase:
    """Lead a person to the first page of their desk; one without a role reads what to do."""
    pages = desks_of(visit_of(request).person)
    return redirect(pages[0].address) if pages else render(request, "web/no_role.html", status=403)
