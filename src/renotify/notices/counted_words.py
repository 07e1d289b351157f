"""What a notice says by count: the memo's words in singular and plural, booked hours, and mail that came back."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.letter_facts import by_repair
from renotify.notices.facts import Facts, Occasion, Week
from renotify.rules import KIND_OF_FOLLOWUP
from renotify.values.english import counted, measured, short_month_day
from renotify.workload.of_plan import days_in_weeks

SMALL = 0.05  # hours that no tenth shows


@cache
def words() -> dict[str, Any]:
    """Return the memo's words, ``memo.toml``."""
    return tomllib.loads((files("renotify.notices") / "memo.toml").read_text("utf-8"))


def remedy_words(campaign: Campaign) -> str:
    """Return what is done or given (577.13(a)), blank where campaigns.toml does not say it: the work, else what the owner gets."""
    if by_repair(campaign):
        return campaign.remedy.rstrip(".")
    told = campaign.letter
    kind = str(told["remedy_by"]) + (
        "_of_item" if told.get("equipment") or told.get("tires") else ""
    )
    wording = str(words()["remedy"][kind])
    given = {key: str(told.get(key, "")).rstrip(" .") for key in ("replacement", "depreciation")}
    lacks = any(not text for key, text in given.items() if f"{{{key}}}" in wording)
    return "" if lacks else wording.format(**given)


def in_number(facts: Facts, occasion: Occasion) -> dict[str, str]:
    """Return the words that differ in number, each for as many as this notice has, in the words of its kind."""
    recalls = sum(campaign.family == "safety" for campaign in occasion.campaigns)
    counts = {
        "recalls": recalls,
        "services": len(occasion.campaigns) - recalls,
        "services_alone": len(occasion.campaigns),
        "weeks": sum(week.letters > 0 for week in facts.weeks),
        "parts_are": sum(part.is_named for part in facts.parts),
    }
    one, many = words()["one"], words()["many"]
    chosen = {
        name: one[name] if counts.get(name, len(occasion.campaigns)) == 1 else many[name]
        for name in one
    }
    return {name: str(text).format_map(_of_kind(occasion)) for name, text in chosen.items()}


def kind_words(occasion: Occasion, number: Mapping[str, str]) -> dict[str, str]:
    """Return the words of the notice that owners get: a first, second or follow-up notice; ``number`` as ``in_number`` has it."""
    slots = {**number, "make": occasion.make}
    return {name: str(text).format_map(slots) for name, text in _of_kind(occasion).items()}


def _of_kind(occasion: Occasion) -> Mapping[str, str]:
    kinds: Mapping[str, Mapping[str, str]] = words()["kind"]
    return kinds[KIND_OF_FOLLOWUP[occasion.kind]]


def booked(facts: Facts, shown: Sequence[Week]) -> str:
    """Return what the booked visits take in all, and how much of it lies outside the weeks shown; blank where nothing is booked."""
    if not facts.booked_visits:
        return ""
    texts = words()["text"]
    told = str(texts["booked"]).format(
        vehicles=counted(
            facts.booked_visits, "vehicle with an appointment", "vehicles with appointments"
        ),
        take="takes" if facts.booked_visits == 1 else "take",
        hours=_hours(facts.booked_hours),
    )
    outside = facts.booked_hours - sum(week.booked for week in shown)
    if outside >= SMALL:
        told += str(texts["booked_outside"]).format(hours=_hours(outside))
    return told


def later_weeks(weeks: Sequence[Week]) -> str:
    """Return how many weeks the table does not show, and the work of the busiest of them; blank where they have none."""
    hours = max((week.hours for week in weeks), default=0.0)
    if hours < SMALL:
        return ""
    where = "in it" if len(weeks) == 1 else "in any of them"
    return f"{counted(len(weeks), 'later week')}: at most {counted(hours, 'hour')} {where}."


def in_all(facts: Facts) -> list[str]:
    """Return the sentence on the visits of all weeks together, where any is expected."""
    found = facts.outlook.interval
    if not round(found.high):
        return []
    texts, some = words()["text"], round(facts.outlook.booked)
    told = str(texts["in_all"]).format(
        visits=counted(found.mean, "visit"),
        low=f"{found.low:,.0f}",
        high=f"{found.high:,.0f}",
        cases=facts.record.behind,
        booked=f"{some:,}" if some else "none",
        are="is" if some <= 1 else "are",
    )
    return [told]


def interim(facts: Facts) -> str:
    """Return what letters that ask nobody in say, and when their owners come."""
    one = facts.interim == 1
    return str(words()["text"]["interim"]).format(
        letters=counted(facts.interim, "letter"),
        say="says" if one else "say",
        owners="the owner comes" if one else "the owners come",
    )


def _hours(hours: float) -> str:
    """Return ``1 hour`` or ``4.5 hours``."""
    return measured(round(hours, 1), "hour")


def others(facts: Facts) -> list[str]:
    """Return what each follow-up beside this one brings, a sentence each."""
    text = str(words()["text"]["other"])
    return [
        text.format(
            follow_up=one.follow_up,
            visits=counted(round(one.visits, 1), "visit"),
            hours=_hours(one.hours),
        )
        for one in facts.others
    ]


def to_book(facts: Facts, wait_weeks: int) -> str:
    """Return which days to book, and what happens without them; blank where the hours at hand are likely to suffice."""
    if not facts.days:
        return ""
    late = sum(week.late for week in facts.weeks)
    visits = sum(week.visits for week in facts.weeks)
    numbers = {
        "late": f"{late:,.1f}",
        "visits": f"{visits:,.1f}",
        "wait": counted(wait_weeks, "week"),
    }
    texts = words()["text"]
    if facts.audience == "area":
        booking = sum(line.days > 0 for line in facts.dealers)
        days = counted(facts.days, "extra technician-day")
        return str(texts["book_area"]).format(
            dealers=counted(booking, "dealer"), days=days, **numbers
        )
    days = days_in_weeks(
        [week.days for week in facts.weeks], [week.week for week in facts.weeks], short_month_day
    )
    return str(texts["book"]).format(days=days, **numbers)


def came_back(facts: Facts, who: str) -> dict[str, Any]:
    """Return the vehicles whose mail came back, and what to do about them."""
    name = "came_back_area" if facts.audience == "area" else "came_back"
    letters = "A letter" if facts.came_back == 1 else "Letters"
    vehicles = f"{letters} for {counted(facts.came_back, 'vehicle')}"
    text = str(words()["text"][name]).format(letters_for_vehicles=vehicles, who=who)
    return {
        "came_back": [list(row) for row in facts.came_back_rows],
        "came_back_text": text if facts.came_back else "",
    }


def noun(count: float, one: str, more: str = "") -> str:
    """Return a count's noun without the count."""
    return counted(count, one, more).partition(" ")[2]
