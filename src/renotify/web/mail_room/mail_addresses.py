"""The addresses of the mail room, beneath ``/mailing/``."""

from __future__ import annotations

from django.urls import path

from renotify.web.mail_room import code_pages, mail_pages

app_name = "mailing"
urlpatterns = [
    path("", mail_pages.every_follow_up, name="follow_ups"),
    path("<str:name>/", mail_pages.follow_up, name="follow_up"),
    path("<str:name>/<int:wave>/", mail_pages.wave, name="wave"),
    path("<str:name>/codes/", code_pages.settle_code, name="settle_code"),
    path("<str:name>/work/<slug:which>/", mail_pages.work_list, name="work"),
]
