"""The addresses of the analyst's desk, beneath ``/analyst/``."""

from __future__ import annotations

from django.urls import path

from renotify.web.analyst import (
    campaign_pages,
    clock_pages,
    dispute_pages,
    follow_up_forms,
    follow_up_pages,
    freeze_pages,
    letter_pages,
    list_pages,
    overview_pages,
    owners_to_find_pages,
    put_in_force,
    report_pages,
)

app_name = "analyst"
urlpatterns = [
    path("", overview_pages.overview_page, name="overview"),
    path("campaigns/", campaign_pages.campaigns, name="campaigns"),
    path("campaigns/<str:code>/", campaign_pages.campaign, name="campaign"),
    path("subjects/<str:name>/", campaign_pages.subject, name="subject"),
    path("follow-ups/", follow_up_pages.all_follow_ups, name="follow_ups"),
    path("owners/", owners_to_find_pages.owners_to_find, name="owners_to_find"),
    path("disputed/", dispute_pages.disputed, name="disputed"),
    path("freeze/", freeze_pages.freeze, name="freeze"),
    path("follow-ups/<str:name>/", follow_up_pages.follow_up, name="follow_up"),
    path("follow-ups/<str:name>/use/", put_in_force.put_in_force, name="put_in_force"),
    path("follow-ups/<str:name>/draft/", follow_up_forms.make_draft, name="make_draft"),
    path("follow-ups/<str:name>/drop/", follow_up_forms.drop_draft, name="drop_draft"),
    path("follow-ups/<str:name>/settings/", follow_up_forms.change_setting, name="change_setting"),
    path("follow-ups/<str:name>/settings/undo/", follow_up_forms.undo_setting, name="undo_setting"),
    path("follow-ups/<str:name>/end/", follow_up_forms.end, name="end"),
    path("letters/", letter_pages.letters, name="letters"),
    path("letters/<str:name>/", letter_pages.letters_of, name="letters_of"),
    path("letters/<str:name>/sign/", letter_pages.sign, name="sign"),
    path("letters/<str:name>/accept/", letter_pages.accept_wording, name="accept_wording"),
    path("letters/<str:name>/<int:number>/", letter_pages.letter, name="letter"),
    path(
        "letters/<str:name>/<int:number>/<int:which>/<int:page>.png",
        letter_pages.letter_page,
        name="letter_page",
    ),
    path("vehicles/", list_pages.vehicles, name="vehicles"),
    path("vehicles/owners/", list_pages.vehicles_owners, name="vehicles_owners"),
    path("vehicles/file/<str:kind>/", list_pages.vehicles_file, name="vehicles_file"),
    path("reports/", report_pages.reports, name="reports"),
    path("reports/progress/", report_pages.progress_page, name="progress"),
    path("reports/<str:campaign>/<str:period>/", report_pages.report, name="report"),
    path(
        "reports/<str:campaign>/<str:period>/vehicles/",
        report_pages.report_vehicles,
        name="report_vehicles",
    ),
    path("deadlines/", clock_pages.clocks_page, name="deadlines"),
    path("deadlines/evidence/<str:sha256>/", clock_pages.evidence, name="evidence"),
    path("deadlines/state/", clock_pages.state_day_page, name="state_day"),
]
