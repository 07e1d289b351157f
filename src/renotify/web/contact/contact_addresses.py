"""The addresses of contact staff's desk, beneath ``/contact/``."""

from __future__ import annotations

from django.urls import path

from renotify.web.contact import (
    caller_pages,
    caller_search,
    calls_pages,
    held_letter_pages,
    owner_pages,
    visit_pages,
)

app_name = "contact"
urlpatterns = [
    path("", caller_search.search, name="search"),
    path("calls/", calls_pages.calls, name="calls"),
    path("vehicle/<str:vin>/", caller_pages.caller, name="caller"),
    path("vehicle/<str:vin>/said/", caller_pages.said_now, name="said"),
    path("vehicle/<str:vin>/book/", visit_pages.book, name="book"),
    path("vehicle/<str:vin>/note/", caller_pages.note, name="note"),
    path("vehicle/<str:vin>/owner/", owner_pages.owner, name="owner"),
    path("letter/<str:piece>/", held_letter_pages.letter, name="letter"),
    path("letter/<str:piece>/page.png", held_letter_pages.letter_picture, name="picture"),
]
