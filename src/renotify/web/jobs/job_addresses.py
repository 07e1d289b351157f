"""The addresses of the jobs, beneath ``/jobs/``."""

from __future__ import annotations

from django.urls import path

from renotify.web.jobs import job_pages, load_pages

app_name = "jobs"
urlpatterns = [
    path("", job_pages.jobs, name="jobs"),
    path("load/", load_pages.load, name="load"),
    path("<int:number>/refused/", load_pages.refused, name="refused"),
    path("<int:number>/refused/<int:file>/again/", load_pages.again, name="again"),
    path("<int:number>/refused/<int:file>/rows.csv", load_pages.download, name="download"),
    path("<int:number>/", job_pages.job, name="job"),
    path("<int:number>/cancel/", job_pages.cancel, name="cancel"),
    path("<int:number>/files/<int:place>/", job_pages.file, name="file"),
    path("start/<slug:kind>/", job_pages.start, name="start"),
]
