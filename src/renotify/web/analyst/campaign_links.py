"""Where a campaign, a recall of several codes, or a follow-up has its page and its vehicles."""

from __future__ import annotations

from django.urls import reverse

from renotify.reports.stated_clocks import MAKER


def codes_of(subject: str) -> tuple[str, ...]:
    """Return the codes of a subject of a clock: several of one recall are joined by commas."""
    return tuple(one.strip() for one in subject.split(","))


def campaign_at(subject: str) -> str:
    """Return the page of a clock's subject: of its first code or, where it has none, of the follow-up; blank for the maker."""
    if subject == MAKER:
        return ""
    return reverse("analyst:subject", args=[codes_of(subject)[0]])


def vehicles_of(subject: str) -> str:
    """Return the list of the vehicles of a clock's subject."""
    return f"{campaign_at(subject)}?vehicles=1" if subject != MAKER else ""
