"""An answer as lines to read out: what is urgent, what is booked, what is open, then each campaign."""

from __future__ import annotations

from collections.abc import Iterator

from renotify.contact.spoken import say
from renotify.contact.vehicle_answer import CampaignAnswer, VehicleAnswer
from renotify.ledger.kinds import Status


def in_words(answer: VehicleAnswer) -> str:
    """Return an answer as text: the booking and what is open first, what only the reader needs apart, then campaign by campaign."""
    return "\n".join(_lines(answer, answer.language))


def _lines(answer: VehicleAnswer, language: str) -> Iterator[str]:
    yield answer.vin if answer.vehicle is None else f"{answer.vin}  {answer.vehicle}"
    if answer.exception:
        yield say(language, "makers_own", reason=answer.exception)
    yield from (f"!! {urgent}" for urgent in answer.urgent)
    booked = answer.booking is not None or answer.without_word is not None
    yield from answer.visit[:booked]
    yield from filter(None, (answer.sentence, answer.visit_time))
    if answer.kits is not None:
        yield answer.kits.says
    yield from (one.says for one in answer.planned_letters)
    yield from answer.visit[booked:]
    if answer.reader:
        yield f"{say(language, 'for_you')}:"
        yield from (f"- {one}" for one in answer.reader)
    for campaign in answer.campaigns:
        yield ""
        yield from _campaign(campaign, language)


def _campaign(campaign: CampaignAnswer, language: str) -> Iterator[str]:
    number = campaign.nhtsa_campaign_number
    kind = f"{campaign.kind}, NHTSA {number}" if number else campaign.kind
    name = ": ".join(filter(None, (campaign.campaign, campaign.subject)))
    yield f"{name} ({kind})"
    yield f"  {campaign.says}"
    if not campaign.what_to_do:
        # who had it repaired may have paid for that before the notice
        if campaign.reimbursement and campaign.status != Status.REMOVED:
            yield f"  {say(language, 'paid', text=campaign.reimbursement)}"
        return
    told = (campaign.what, campaign.why, campaign.remedy, campaign.what_to_do, campaign.letter)
    yield from (f"  {one}" for one in told if one)
    for paid in filter(None, (campaign.reimbursement, campaign.reimbursement_lacks)):
        yield f"  {say(language, 'paid', text=paid)}"
    for known in campaign.answers:
        yield f"  {say(language, 'asked', text=known.question)}"
        answer = known.answer or say(language, "withheld", why=known.withheld)
        yield f"  {say(language, 'said', text=answer)}"
        if known.answer and known.advice:
            yield f"     {say(language, 'advice', why=known.advice)}"
