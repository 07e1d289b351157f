"""The addresses of the auditor's desk, beneath ``/auditor/``."""

from __future__ import annotations

from django.urls import path

from renotify.web.auditor import readings_pages, traced_vehicle_pages

app_name = "auditor"
urlpatterns = [
    path("", readings_pages.readings, name="readings"),
    path("readings.csv", readings_pages.readings_file, name="readings_file"),
    path("vehicle/", traced_vehicle_pages.vehicle, name="vehicle"),
    path("disclosures/", readings_pages.disclosures, name="disclosures"),
]
