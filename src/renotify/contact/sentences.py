"""The sentences of an answer: plain facts in the language of the caller, and wording that may not be said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.letter_facts import text_of
from renotify.contact.spoken import say
from renotify.ledger.questions import answers
from renotify.letters.letter_text import duration, long_date
from renotify.rules import load
from renotify.values import vin as vins
from renotify.visits.needs import said_hours
from renotify.visits.work_there import NO_VISIT, UNSAID

Hours = tuple[float, float]  # the least and the most

RETURNED = "failure_to_receive"
GONE = ("export", "theft", "scrapping", "other")
OFFERS = ("577.5(g)(1)(i)", "577.5(g)(2)")  # what is done and what it costs
HOUSE = "house policy after "  # begins the citation of a row that no law states


def clock(start: str, language: str = "en") -> str:
    """Return the time of a visit as the caller says it: ``3:00 PM``; in Spanish ``15:00``. ``start`` is 2013-03-05T15:00."""
    time = start[11:16]
    if language != "en" or not time:
        return time
    hour = int(time[:2])
    return f"{(hour + 11) % 12 + 1}{time[2:]} {'AM' if hour < 12 else 'PM'}"


def status(state: str, reason: str, since: date, language: str = "en") -> str:
    """Return one campaign's status as a sentence."""
    day = long_date(since, language)
    if state != "unreachable":
        return say(language, state, day=day)
    if reason == RETURNED:
        return say(language, "came_back")
    gone = say(language, f"gone_{reason if reason in GONE else 'unknown'}")
    return say(language, "gone", gone=gone, day=day)


def letter(
    mailed: date | None, returned: date | None, newest_record: date | None, language: str = "en"
) -> str:
    """Return what became of the last letter of a campaign; blank where none is known. ``newest_record`` is the day of an owner's."""
    if returned and (mailed is None or returned >= mailed):
        day = long_date(returned, language)
        if newest_record and newest_record > (mailed or returned):
            newer = long_date(newest_record, language)
            return say(language, "letter_back_newer", day=day, newer=newer)
        return say(language, "letter_back", day=day)
    return say(language, "letter_mailed", day=long_date(mailed, language)) if mailed else ""


def hours(time: Hours | None, language: str = "en") -> str:
    """Return how long the work of a campaign takes, in words a customer uses: those of the letter."""
    if time is None:
        return say(language, "time_unknown")
    return say(language, "time", time=told(time, language))


def visit(campaigns: int, time: Hours | None, language: str = "en") -> str:
    """Return how long one visit for some campaigns takes, as their letter says it."""
    if time is None:
        return say(language, "visit_unknown")
    key = {1: "visit_of_one", 2: "visit_of_two"}.get(campaigns, "visit_of_more")
    return say(language, key, time=told(time, language), count=campaigns)


def told(time: Hours, language: str = "en") -> str:
    """Return hours as letters tell them: ``9 hours``, ``7 to 22 hours``."""
    least, most = time
    return duration((said_hours(least), said_hours(most)), language)


def offer(
    campaign: Campaign,
    facts: Collection[str],
    on: date,
    time: Hours | None,
    language: str = "en",
) -> str:
    """Return what the owner gets and pays, and how long it takes, by the ``facts`` of this vehicle's letter.

    A free repair in plain words; a replacement, a refund or a remedy that is no longer free by the statement of its letter
    (577.5(g)(1)(i), (g)(2)).
    """
    if NO_VISIT not in facts and not UNSAID & {*facts}:
        return say(language, "free_repair", time=hours(time, language))
    stated = {
        key: text_of(campaign, key, language).rstrip(" .")
        for key in (
            "replacement",
            "depreciation",
            "voluntary_extent",
            "repair_opinion",
            "owner_steps",
        )
    }
    values = stated | {
        "manufacturer": campaign.make,
        "voluntary_extent": f"{stated['voluntary_extent']}." if stated["voluntary_extent"] else "",
    }
    rows = load(on).statements_for(
        campaign_type=campaign.campaign_type.value, kind="initial", recipient="owner", language=language, facts=facts,
    )  # fmt: skip
    said = [
        row.render(language, values)
        for row in rows
        if (row.section.startswith(OFFERS) or NO_VISIT in row.when)
        and all(values.get(slot) for slot in row.slots(language))
    ]
    return " ".join(said) or say(language, "as_the_letter_says")


def what_to_do(
    available: date | None,
    state: str,
    on: date,
    offered: str,
    *,
    by_repair: bool = True,
    booked: bool = False,
    language: str = "en",
) -> str:
    """Return the next step for a vehicle that still needs the remedy; blank when it is done.

    ``available`` is the day of its own remedy, None while it is not known; ``offered`` what ``offer`` says, which is all where a visit
    is ``booked``, or none is needed.
    """
    if answers(state).done is not False:
        return ""
    named = "repair" if by_repair else "remedy"
    if available is None:
        return say(language, f"not_yet_{named}")
    if available > on:
        return say(language, f"expected_{named}", day=long_date(available, language))
    return offered if booked else say(language, "appointment", offer=offered)


def no_vin(number: str, problem: str, language: str) -> str:
    """Return why a number is no VIN; in English it is the ``problem`` as ``values.vin`` has it."""
    if language == "en":
        return problem
    return say(language, f"fault_{vins.fault(number).name}", length=len(number))


def without_text(campaign: Campaign, keys: Sequence[str], language: str) -> list[str]:
    """Return those texts of a campaign that it states in English and not in the language: ``9LA defect``."""
    return [
        f"{campaign.campaign_code} {key}"
        for key in keys
        if text_of(campaign, key, "en") and not text_of(campaign, key, language)
    ]


class Objections(NamedTuple):
    """Why a text may not be said of a campaign (``withheld``), and what the house would rather not say (``advice``)."""

    withheld: str
    advice: str


def objections(
    campaign: Campaign, text: str, on: date, language: str = "en", changed: date | None = None
) -> Objections:
    """Return what speaks against a text about a campaign, blanks where nothing does: 49 CFR 577.8, 18 USC 2721.

    What the law forbids is withheld, and what was approved before the campaign's facts ``changed``; what only the house forbids
    (severity ``should``) may be read out, and the speaker is told. A service campaign is not bound by 577.8; of a recall nobody may deny
    the defect or play down its risk.
    """
    stale = ""
    if changed is not None:
        day = long_date(changed, language)
        stale = say(language, "stale", campaign=campaign.campaign_code, day=day)
    if campaign.family == "service":
        return Objections(stale, "")
    found = [rule for rule in load(on).forbidden(language) if rule.find(text)]
    said = {
        rule.severity: say(
            language,
            "house_rule" if rule.citation.startswith(HOUSE) else "forbidden",
            title=rule.title,
            citation=rule.citation.removeprefix(HOUSE),
        )
        for rule in reversed(found)
    }
    return Objections(said.get("must", stale), said.get("should", ""))
