"""The frame of every page: who is signed in, the pages of their desk, and which day it is."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from renotify.web.door.person import Person
from renotify.web.door.roles import DEALER, READ_ONLY, Role
from renotify.web.door.today import is_played, today

THEMES = ("auto", "light", "dark")


class Page(NamedTuple):
    """An entry of the menu."""

    title: str
    address: str


class Entry(NamedTuple):
    """An entry of the menu as it is planned: the name of its address, and whom it is for."""

    title: str
    name: str
    roles: tuple[Role, ...]


MENU = (
    Entry("Overview", "analyst:overview", (Role.ANALYST, Role.AUDITOR)),
    Entry("Campaigns", "analyst:campaigns", (Role.ANALYST, Role.AUDITOR)),
    Entry("Follow-ups", "analyst:follow_ups", (Role.ANALYST, Role.AUDITOR)),
    Entry("Mailing", "mailing:follow_ups", (Role.ANALYST, Role.AUDITOR)),
    Entry("Letters", "analyst:letters", (Role.ANALYST, Role.AUDITOR)),
    Entry("Load", "jobs:load", (Role.ANALYST,)),
    Entry("Vehicles", "analyst:vehicles", (Role.ANALYST, Role.AUDITOR)),
    Entry("Reports", "analyst:reports", (Role.ANALYST, Role.AUDITOR)),
    Entry("Deadlines", "analyst:deadlines", (Role.ANALYST, Role.AUDITOR)),
    Entry("Jobs", "jobs:jobs", (Role.ANALYST, Role.AUDITOR)),
    Entry("This month", "area:month", (Role.AREA_MANAGER,)),
    Entry("Workload", "area:workload", (Role.AREA_MANAGER,)),
    Entry("Notices", "area:notices", (Role.AREA_MANAGER,)),
    Entry("Today", "dealer:day", DEALER),
    Entry("Week", "dealer:week", DEALER),
    Entry("Check a VIN", "dealer:check", DEALER),
    Entry("Stock", "dealer:stock", DEALER),
    Entry("Parts", "dealer:parts", DEALER),
    Entry("Notices", "dealer:notices", DEALER),
    Entry("Find a caller", "contact:search", (Role.CONTACT,)),
    Entry("Calls to come", "contact:calls", (Role.CONTACT,)),
    Entry("What was read", "auditor:readings", (Role.AUDITOR,)),
    Entry("One vehicle", "auditor:vehicle", (Role.AUDITOR,)),
    Entry("Disclosures", "auditor:disclosures", (Role.AUDITOR,)),
)


def desks_of(person: Person | None) -> list[Page]:
    """Return the pages of a person's menu, their own desk first; those without a role have none."""
    if person is None or person.scope is None:
        return []
    return [
        Page(entry.title, at)
        for entry in MENU
        if person.role in entry.roles and (at := _address(entry.name))
    ]


def _address(name: str) -> str:
    """Return the address of a page; blank while no desk has it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what every page shows around itself."""
    user = getattr(request, "user", None)
    person = user if isinstance(user, Person) else None
    theme = request.COOKIES.get("theme", "auto")
    return {
        "menu": desks_of(person),
        "may_write": person is not None and person.role not in READ_ONLY,
        "here": request.path,
        "day": today(),
        "day_is_played": is_played(),
        "theme": theme if theme in THEMES else "auto",
    }
