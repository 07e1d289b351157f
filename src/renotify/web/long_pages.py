"""Pages of what takes long: the last answer at once with its time, the answer of now fetched into it; the worker counts ahead.

**The rule.** A page shows the last answer, if it says of when it is and that it is being counted anew. What decides (a form that releases,
signs, states a day) is shown with the answer of now alone: its template asks ``may_decide``. What is asked about one vehicle, one visit
or one caller is not kept at all.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from renotify.values.english import short_day
from renotify.web.door.visit import visit_of
from renotify.web.kept_answers import Kept, edition, kept, last_kept
from renotify.web.opened_pages import counts_ahead, note_opened

Answer = TypeVar("Answer")
NOW = "now"  # of the address: work it out in this request


@dataclass(frozen=True)
class AsOf:
    """Of when an old answer is, in words, and where the one of now is fetched."""

    at: str
    where: str


def slow_page(
    request: HttpRequest,
    named: str | tuple[Hashable, ...],
    ask: Callable[[], Answer],
    template: str,
    context: Callable[[Answer], dict[str, Any]],
    *,
    title: str,
) -> HttpResponse:
    """Show an answer that takes long by a template, with the ``context`` of it; ``named``: its name, or that and what it is about.

    Where only an older answer is kept, that is shown with its time, and a script fetches the one of now into it (without one, a link
    does); its page offers no decision (``may_decide`` is False; it is True on one of now, unless the context says otherwise). Where none
    is kept, a page comes first that says so.
    """
    visit = visit_of(request)
    is_now = NOW in request.GET
    request.GET = _without_now(request)  # type: ignore[assignment]  # what the page says of its own address is that of all
    name, *about = (named,) if isinstance(named, str) else named
    if counts_ahead(request):
        kept(visit, str(name), ask, *about)
        return HttpResponse(status=204)
    note_opened(request, (name, *about))
    found = None if is_now else last_kept(visit, str(name), *about)
    is_old = found is not None and found.edition != edition(visit)
    if is_now or (found is not None and not is_old):
        answer: Answer = found.answer if found else kept(visit, str(name), ask, *about)
        return render(request, template, {"title": title, "may_decide": True, **context(answer)})
    if found is not None:
        shown = {"title": title, **context(found.answer), "may_decide": False}
        return render(request, template, shown | {"as_of": AsOf(_time(found), _now_at(request))})
    return render(request, "web/being_counted.html", {"title": title, "where": _now_at(request)})


def _without_now(request: HttpRequest) -> QueryDict:
    query = request.GET.copy()
    query.pop(NOW, None)
    return query


def _now_at(request: HttpRequest) -> str:
    """Return the address that counts the page in its request."""
    query = request.GET.copy()
    query[NOW] = "1"
    return f"{request.path}?{query.urlencode()}"


def _time(found: Kept[Any]) -> str:
    """Say when an answer was counted: the time, and the day where it is not today's."""
    today = datetime.now().astimezone().date()
    of_day = "" if found.at.date() == today else f"{short_day(found.at.date())}, "
    return f"{of_day}{found.at:%H:%M}"
