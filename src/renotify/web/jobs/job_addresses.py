"""The addresses of the jobs, beneath ``/jobs/``."""

from __future__ import annotations

from django.urls import path

from renotify.web.jobs import job_pages

app_name = "jobs"
urlpatterns = [
    path("", job_pages.jobs, name="jobs"),
    path("<int:number>/", job_pages.job, name="job"),
    path("<int:number>/cancel/", job_pages.cancel, name="cancel"),
    path("start/<slug:kind>/", job_pages.start, name="start"),
]
