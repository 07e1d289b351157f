"""Pages of what takes long: at once where the answer is kept, else a page that says so and fetches it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renotify.web.door.visit import visit_of
from renotify.web.kept_answers import is_kept, kept

Answer = TypeVar("Answer")
NOW = "now"  # of the address: work it out in this request


def slow_page(
    request: HttpRequest,
    name: str,
    ask: Callable[[], Answer],
    template: str,
    context: Callable[[Answer], dict[str, Any]],
    *,
    title: str,
) -> HttpResponse:
    """Show an answer that takes long (``name`` and ``ask`` as ``kept`` has them) by a template, with the ``context`` of the answer.

    Where it is not kept yet, a page comes first that says so; a script fetches the answer into it, and without one its link does.
    """
    visit = visit_of(request)
    if NOW not in request.GET and not is_kept(visit, name):
        query = request.GET.copy()
        query[NOW] = "1"
        where = f"{request.path}?{query.urlencode()}"
        # what is to be said of an earlier form waits for the page itself
        return render(
            request, "web/being_counted.html", {"title": title, "where": where, "messages": ()}
        )
    answer = kept(visit, name, ask)
    return render(request, template, {"title": title, **context(answer)})
