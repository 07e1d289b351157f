"""The addresses of an area manager's desk, beneath ``/area/``."""

from __future__ import annotations

from django.urls import path

from renotify.web.area import area_notices_pages, area_workload_pages, month_pages

app_name = "area"
urlpatterns = [
    path("", month_pages.month, name="month"),
    path("workload/", area_workload_pages.workload, name="workload"),
    path("notices/", area_notices_pages.notices, name="notices"),
    path(
        "notices/<str:follow_up>/<str:audience>/<str:code>/",
        area_notices_pages.notice,
        name="notice",
    ),
]
