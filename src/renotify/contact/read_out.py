"""An answer as lines to read out: what is urgent, what is booked, what is open, then each campaign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from renotify.contact.spoken import say


def in_words(answer: Mapping[str, Any]) -> str:
    """Return an answer as text: the booking and what is open first, what only the reader needs apart, then campaign by campaign."""
    return "\n".join(_lines(answer, answer["language"]))


def _lines(answer: Mapping[str, Any], language: str) -> Iterator[str]:
    yield answer["vin"] if answer["vehicle"] is None else f"{answer['vin']}  {answer['vehicle']}"
    if answer["exception"]:
        yield say(language, "makers_own", reason=answer["exception"])
    yield from (f"!! {urgent}" for urgent in answer["urgent"])
    booked = answer["booking"] is not None
    yield from answer["visit"][:booked]
    yield from filter(None, (answer["sentence"], answer["visit_time"]))
    if answer["kits"]:
        yield answer["kits"]["says"]
    yield from (one["says"] for one in answer["planned_letters"])
    yield from answer["visit"][booked:]
    if answer["reader"]:
        yield f"{say(language, 'for_you')}:"
        yield from (f"- {one}" for one in answer["reader"])
    for campaign in answer["campaigns"]:
        yield ""
        yield from _campaign(campaign, language)


def _campaign(campaign: Mapping[str, Any], language: str) -> Iterator[str]:
    number = campaign["nhtsa_campaign_number"]
    kind = f"{campaign['kind']}, NHTSA {number}" if number else campaign["kind"]
    name = ": ".join(filter(None, (campaign["campaign"], campaign["subject"])))
    yield f"{name} ({kind})"
    yield f"  {campaign['says']}"
    if not campaign["what_to_do"]:
        return
    wanted = ("what", "why", "remedy", "what_to_do", "letter")
    yield from (f"  {campaign[one]}" for one in wanted if campaign[one])
    for paid in filter(None, (campaign["reimbursement"], campaign["reimbursement_lacks"])):
        yield f"  {say(language, 'paid', text=paid)}"
    for known in campaign["answers"]:
        yield f"  {say(language, 'asked', text=known['question'])}"
        told = known["answer"] or say(language, "withheld", why=known["withheld"])
        yield f"  {say(language, 'said', text=told)}"
        if known["answer"] and known["advice"]:
            yield f"     {say(language, 'advice', why=known['advice'])}"
