"""The addresses of a dealer's desk, beneath ``/dealer/``."""

from __future__ import annotations

from django.urls import path

from renotify.web.dealer import days_pages

app_name = "dealer"
urlpatterns = [
    path("", days_pages.day, name="day"),
    path("week/", days_pages.week, name="week"),
]
