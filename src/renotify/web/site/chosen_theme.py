"""The colours a person chose, kept in a cookie of their browser."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from renotify.web.door.gate import opens_to_anybody
from renotify.web.theme.frame import THEMES

A_YEAR = 365 * 86400


@opens_to_anybody
@require_POST
def chosen_theme(request: HttpRequest) -> HttpResponseBase:
    """Keep light, dark, or as the machine has it, and go back to the page."""
    back = request.POST.get("next", "/")
    answer = redirect(back if url_has_allowed_host_and_scheme(back, None) else "/")
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        answer.set_cookie("theme", theme, max_age=A_YEAR, samesite="Lax", httponly=True)
    return answer
