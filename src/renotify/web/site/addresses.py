"""The addresses of the site: each desk has its own beginning, and says its own beneath it."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from renotify.web.site.chosen_theme import chosen_theme
from renotify.web.site.own_desk import own_desk

urlpatterns: list[URLPattern | URLResolver] = [
    path("", own_desk, name="own_desk"),
    path("theme/", chosen_theme, name="theme"),
    path("sign-in/", include("allauth.urls")),
    path("mailing/", include("renotify.web.mail_room.mail_addresses")),
    path("analyst/", include("renotify.web.analyst.analyst_addresses")),
    path("jobs/", include("renotify.web.jobs.job_addresses")),
    path("dealer/", include("renotify.web.dealer.dealer_addresses")),
    path("contact/", include("renotify.web.contact.contact_addresses")),
    path("area/", include("renotify.web.area.area_addresses")),
    path("auditor/", include("renotify.web.auditor.auditor_addresses")),
    path("api/v1/", include("renotify.web.api.api_addresses")),
]
handler403 = "renotify.web.door.refusals.no_right"
handler404 = "renotify.web.door.refusals.no_page"
handler500 = "renotify.web.door.refusals.our_fault"
