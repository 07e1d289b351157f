"""The addresses of a dealer's desk, beneath ``/dealer/``."""

from __future__ import annotations

from django.urls import path

from renotify.web.dealer import (
    bay_booking_pages,
    check_pages,
    days_pages,
    notice_pages,
    order_pages,
    reported_work_pages,
    stock_pages,
)

app_name = "dealer"
urlpatterns = [
    path("", days_pages.day, name="day"),
    path("week/", days_pages.week, name="week"),
    path("visit/", days_pages.report, name="report"),
    path("hours/", days_pages.hours, name="hours"),
    path("check/", check_pages.check, name="check"),
    path("checks/", check_pages.checks, name="checks"),
    path("book/<vin>/", bay_booking_pages.book, name="book"),
    path("work/<vin>/", reported_work_pages.work, name="work"),
    path("dispute/<vin>/", reported_work_pages.dispute, name="dispute"),
    path("take-back/<vin>/", reported_work_pages.take_back, name="take_back"),
    path("stock/", stock_pages.stock, name="stock"),
    path("parts/", order_pages.parts, name="parts"),
    path("parts/order.<kind>", order_pages.order_file, name="order_file"),
    path("notices/", notice_pages.notices, name="notices"),
    path("notices/<name>/<int:edition>/", notice_pages.notice, name="notice"),
    path("notices/<name>/<int:edition>/file/", notice_pages.notice_file, name="notice_file"),
    path(
        "notices/<name>/<int:edition>/<int:number>.png",
        notice_pages.notice_page,
        name="notice_page",
    ),
]
