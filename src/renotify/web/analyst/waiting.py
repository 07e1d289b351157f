"""Pages of what takes long: at once when the answer is kept, else a page that says so and fetches it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renotify.web.door.visit import visit_of
from renotify.web.kept_answers import is_kept, kept

NOW = "now"  # of the address: work it out in this request


def long_page(
    request: HttpRequest,
    asked: str,
    make: Callable[[], Any],
    template: str,
    context: Callable[[Any], dict[str, Any]],
    *,
    title: str,
) -> HttpResponse:
    """Show an answer that takes long (``asked`` and ``make`` as of ``kept``) by a template, with the ``context`` of the answer.

    Where it is not kept yet, a page comes first that says so; it fetches the answer, and without a script its link does.
    """
    visit = visit_of(request)
    if NOW not in request.GET and not is_kept(visit, asked):
        query = request.GET.copy()
        query[NOW] = "1"
        where = f"{request.path}?{query.urlencode()}"
        waits = {
            "title": title,
            "where": where,
            "messages": (),
        }  # what is to be said waits for the page
        return render(request, "analyst/waiting.html", waits)
    answer = kept(visit, asked, make)
    return render(request, template, {"title": title, **context(answer)})
