"""A recall as NHTSA knows it: one number, whatever number of our codes stands for it, is one report and one set of clocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from renotify.campaigns import nhtsa
from renotify.campaigns.campaign import Campaign, stated_total
from renotify.campaigns.makes import make_key
from renotify.ledger import registry
from renotify.ledger.campaign_history import Begun, CampaignHistory, codes_of_number, histories
from renotify.ledger.session import Session
from renotify.ledger.told_of_remedy import with_letters

LISTED = ", "
TOLD_OF_REMEDY = "told_of_remedy"  # of a recall as one: the first letter that told of the remedy, where the first notice told of none


@dataclass(frozen=True)
class NumberedRecall:
    """The campaigns of one number in order of code; one without a number is alone.

    ``campaigns`` are as they were on a day, ``said_last`` as they were stated last, ``begun`` says how each began.
    """

    campaigns: tuple[Campaign, ...]
    said_last: tuple[Campaign, ...]
    begun: tuple[Begun, ...]

    @property
    def number(self) -> str:
        """NHTSA's number of then; where there was none yet, the one that was said last."""
        both = (*self.campaigns, *self.said_last)
        return next((one.nhtsa_campaign_number for one in both if one.nhtsa_campaign_number), "")

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(one.campaign_code for one in self.campaigns)

    def as_one(self, found: int | None = None, first_letter: date | None = None) -> Campaign:
        """Return the recall as one campaign: codes, makes and subjects listed, filed and begun as the earliest of them.

        ``first_notice_date`` and ``remedy_available_date`` are those of the beginning, whatever was stated since; where no first
        notice was stated, the day of the ledger's first one stands for it. ``involved`` is the total that is stated, read by how
        many vehicles were ``found``.
        """
        begun = self.begun
        if first_letter is not None and not any(one.first_notice for one in begun):
            begun = tuple(one._replace(first_notice=first_letter) for one in begun)
        told = [one.first_notice for one in begun if one.first_notice]
        initiated = [one.day for one in begun if one.day]
        filed = [one.filed_date for one in self.campaigns if one.filed_date]
        stated = [one.involved for one in self.campaigns]
        heard = [one.initiated for one in begun if one.initiated and one.heard]
        promised = [now.hears_again or then.hears_again for now, then in zip(self.campaigns, begun, strict=True)]  # fmt: skip
        letter = self.campaigns[0].letter
        if initiated and any(
            promised
        ):  # what owners were told in print stands, taken out of the file or not
            letter = {**letter, "next_notice_date": min(filter(None, promised))}
        if initiated and letter.get("court") == "pending":
            letter = {
                key: said for key, said in letter.items() if key != "court"
            }  # as of a day before the judgment
        if heard:
            letter = {**letter, TOLD_OF_REMEDY: min(heard)}
        return replace(
            self.campaigns[0],
            campaign_code=LISTED.join(self.codes),
            make=_makes(self.campaigns),
            manufacturer=_listed(one.manufacturer for one in self.campaigns if one.manufacturer),
            subject=_listed(one.subject for one in self.campaigns),
            nhtsa_campaign_number=self.number,
            filed_date=min(filed, default=None),
            first_notice_date=min(told, default=None),
            remedy_available_date=min(initiated, default=None),
            letter=letter,
            involved=None if found is None else stated_total(stated, found),
        )


def _listed(words: Iterable[str]) -> str:
    return LISTED.join(dict.fromkeys(words))


def _makes(campaigns: Iterable[Campaign]) -> str:
    """List the makes, one in several spellings once: as the first code has it."""
    spelled: dict[str, str] = {}
    for one in campaigns:
        spelled.setdefault(make_key(one.make), one.make)
    return _listed(spelled.values())


def recall_of(
    session: Session, name: str, day: date, known_at: datetime | None = None
) -> NumberedRecall:
    """Return the recall of a code (in any case, where that means one) or NHTSA number, its campaigns as of a day and an instant.

    The number is that of the day: a quarter from before it changed is reported under the old one, asked by either.
    Raises UnknownName for a name that is neither.
    """
    named = (
        _coded(session, name, known_at)
        or _numbered(session, nhtsa.campaign_number(name), day, known_at)
        or _coded(session, registry.in_other_case(session, name), known_at)
    )
    if named is None:
        raise registry.unknown(session, name)
    number = named.number_on(day)
    if not number:
        return _heard(session, _recall([named], day), known_at)
    stated = histories(session, codes_of_number(session, number), known_at).values()
    found = [one for one in stated if one.last and one.number_on(day) == number]
    whole = _recall([one for one in found if one.known] or found, day)
    return _heard(session, whole, known_at)


def _coded(session: Session, code: str, known_at: datetime | None) -> CampaignHistory | None:
    named = histories(session, [code], known_at).get(code)
    return named if named and named.last else None


def _numbered(
    session: Session, number: str | None, day: date, known_at: datetime | None
) -> CampaignHistory | None:
    """Return a campaign that has a number on a day; else one that has it on another day."""
    stated = histories(session, codes_of_number(session, number), known_at) if number else {}
    found = [one for one in stated.values() if one.last and number in one.numbers]
    return min(found, key=lambda one: (one.number_on(day) != number, not one.known), default=None)


def recalls(session: Session) -> list[NumberedRecall]:
    """Return every recall as it was stated last, in order of its first code; a service campaign is one too."""
    groups: dict[str, list[CampaignHistory]] = {}
    for code, history in histories(session).items():
        groups.setdefault(history.number_on(None) or code, []).append(history)
    return [_heard(session, _recall(group)) for group in groups.values()]


def _heard(
    session: Session, recall: NumberedRecall, known_at: datetime | None = None
) -> NumberedRecall:
    """Return a recall with the day on which owners who had heard of no remedy were told of it."""
    begun = with_letters(session, dict(zip(recall.codes, recall.begun, strict=True)), known_at)
    return replace(recall, begun=tuple(begun.values()))


def _recall(group: Sequence[CampaignHistory], day: date | None = None) -> NumberedRecall:
    last = [(history, said) for history in group if (said := history.last)]
    return NumberedRecall(
        campaigns=tuple(history.on(day) or said for history, said in last),
        said_last=tuple(said for _, said in last),
        begun=tuple(history.begun for history, _ in last),
    )
