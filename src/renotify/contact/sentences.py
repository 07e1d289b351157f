"""The words of an answer: plain sentences of facts, and wording that may not be said."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.letter_facts import text_of
from renotify.ledger.questions import answers
from renotify.letters.letter_text import duration
from renotify.rules import load
from renotify.values.english import long_day
from renotify.visits.needs import said_hours

GONE = {
    "export": "exported",
    "theft": "stolen",
    "scrapping": "scrapped",
    "other": "a total loss",
}
RETURNED = "failure_to_receive"
OWNER_NOT_READ = "No letter goes out: the newest record of the owner could not be read. Ask who has the vehicle now."
AS_THE_LETTER_SAYS = "What the owner gets stands in the letter."
OFFERS = ("577.5(g)(1)(i)", "577.5(g)(2)")  # what is done and what it costs
DO_NOT_DRIVE = "Do not drive this vehicle until it is repaired. Offer to have it picked up."
PARK_OUTSIDE = "Park this vehicle outside, away from buildings and other vehicles, until repaired."


def status(state: str, reason: str, since: date) -> str:
    """Return one campaign's status as a sentence."""
    if state == "unreachable":
        if reason == RETURNED:
            return "Not done. Our last letter came back: ask for the caller's address."
        gone = GONE.get(reason, "gone")
        return (
            f"Not done. We have this vehicle as {gone} since {long_day(since)}: ask if that is so."
        )
    sentences = {
        "open": "Not done yet.",
        "repaired": f"Done on {long_day(since)}.",
        "inspected_ok": f"Inspected on {long_day(since)}; no repair was needed.",
        "removed": f"Taken out of this campaign on {long_day(since)}.",
    }
    return sentences[state]


def letter(mailed: date | None, returned: date | None, newest_record: date | None) -> str:
    """Return what became of the last letter of a campaign; blank where none is known. ``newest_record`` is the day of an owner's."""
    if returned and (mailed is None or returned >= mailed):
        if newest_record and newest_record > (mailed or returned):
            return (
                f"Our last letter came back on {long_day(returned)}. A newer record of {long_day(newest_record)} is with us:"
                " ask if the caller's address has changed since."
            )
        return f"Our last letter came back on {long_day(returned)}: ask for the caller's address."
    return f"The last letter was mailed on {long_day(mailed)}." if mailed else ""


def hours(time: float | None) -> str:
    """Return how long the work takes, in words a customer uses."""
    if time is None:
        return "The dealer will say how long the work takes."
    return f"The work takes about {_about(time)}."


def visit(campaigns: int, time: float) -> str:
    """Return how long one visit for several campaigns takes, as their letter says it."""
    return f"{'Both' if campaigns == 2 else f'All {campaigns}'} are done in one visit of about {_about(time)}."


def _about(time: float) -> str:
    told = said_hours(time)
    return duration((told, told), "en")


def offer(campaign: Campaign, facts: Collection[str], on: date, time: float | None) -> str:
    """Return what the owner gets and pays, and how long it takes, by the ``facts`` of this vehicle's letter.

    A free repair in plain words; a replacement, a refund or a remedy that is no longer free by the statement of its letter
    (577.5(g)(1)(i), (g)(2)).
    """
    if not {"not_by_repair", "not_free"} & {*facts}:
        return f"The repair is free. {hours(time)}"
    stated = {
        key: text_of(campaign, key, "en").rstrip(" .")
        for key in ("replacement", "depreciation", "voluntary_extent", "repair_opinion")
    }
    values = stated | {
        "manufacturer": campaign.make,
        "voluntary_extent": f"{stated['voluntary_extent']}.",
    }
    rows = load(on).statements_for(
        campaign_type=campaign.campaign_type.value, kind="initial", recipient="owner", language="en", facts=facts,
    )  # fmt: skip
    said = [
        row.render("en", values)
        for row in rows
        if row.section.startswith(OFFERS) and all(values.get(slot) for slot in row.slots("en"))
    ]
    return " ".join(said) or AS_THE_LETTER_SAYS


def what_to_do(
    available: date | None, state: str, on: date, offered: str, *, by_repair: bool = True
) -> str:
    """Return the next step for a vehicle that still needs the remedy; blank when it is done.

    ``available`` is the day of its own remedy, None while it is not known; ``offered`` what ``offer`` says.
    """
    if answers(state).done is not False:
        return ""
    named = "repair" if by_repair else "remedy"
    if available is None:
        return f"The {named} is not available yet. The owner gets a letter when it is."
    if available > on:
        return f"The {named} is expected on {long_day(available)}. The owner gets a letter then."
    return f"Make an appointment. {offered}"


class Objections(NamedTuple):
    """Why a text may not be said of a campaign (``withheld``), and what the house would rather not say (``advice``)."""

    withheld: str
    advice: str


def objections(campaign: Campaign, text: str, on: date, language: str = "en") -> Objections:
    """Return what speaks against a text about a campaign, blanks where nothing does: 49 CFR 577.8, 18 USC 2721.

    What the law forbids is withheld; what only the house forbids (severity ``should``) may be read out, and the
    speaker is told. A service campaign is not bound by 577.8; of a recall nobody may deny the defect or play down
    its risk.
    """
    if campaign.family == "service":
        return Objections("", "")
    found = [rule for rule in load(on).forbidden(language) if rule.find(text)]
    said = [
        next((f"{rule.title} ({rule.citation})" for rule in found if rule.severity == wanted), "")
        for wanted in ("must", "should")
    ]
    return Objections(*said)


def in_words(answer: Mapping[str, Any]) -> str:
    """Return an answer as text to read out, the most urgent first."""
    lines = (
        [answer["vin"]] if answer["vehicle"] is None else [f"{answer['vin']}  {answer['vehicle']}"]
    )
    if answer["exception"]:
        lines.append(f"The number is the maker's own: {answer['exception']}")
    lines += [answer["sentence"]] if answer["sentence"] else []
    lines += [f"!! {urgent}" for urgent in answer["urgent"]]
    for campaign in answer["campaigns"]:
        lines += ["", *_campaign(campaign)]
    lines += (
        ["", *filter(None, (answer["visit_time"], *answer["visit"]))] if answer["visit"] else []
    )
    return "\n".join(lines)


def _campaign(campaign: Mapping[str, Any]) -> Sequence[str]:
    number = (
        f", NHTSA {campaign['nhtsa_campaign_number']}" if campaign["nhtsa_campaign_number"] else ""
    )
    lines = [
        f"{campaign['campaign']}: {campaign['subject']} ({campaign['kind']}{number})",
        f"  {campaign['says']}",
    ]
    if not campaign["what_to_do"]:
        return lines
    wanted = ("what", "why", "remedy", "what_to_do", "letter")
    lines += [f"  {campaign[name]}" for name in wanted if campaign[name]]
    if campaign["reimbursement"]:
        lines.append(f"  If they have paid already: {campaign['reimbursement']}")
    if campaign["reimbursement_lacks"]:
        lines.append(f"  If they have paid already: {campaign['reimbursement_lacks']}")
    for known in campaign["answers"]:
        lines.append(f"  Q: {known['question']}")
        lines.append(f"  A: {known['answer'] or 'withheld: ' + known['withheld']}")
        lines += (
            [f"     Better in other words: {known['advice']}"]
            if known["answer"] and known["advice"]
            else []
        )
    return lines
