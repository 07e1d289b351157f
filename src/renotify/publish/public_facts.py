"""What the public may know: campaigns in two languages, and how a vehicle stands in them. No owner, no dealer, no day of a repair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Self

LANGUAGES = ("en", "es")
SERVICE = "service_campaign"
AHEAD = (
    -1
)  # days by which a snapshot may be ahead of whoever answers: midnight is not everywhere at once


@dataclass(frozen=True)
class PublicTexts:
    """A campaign's texts in one language; a blank one is not stated in it (49 CFR 573.15(b)(8))."""

    subject: str = ""
    description: str = ""
    risk: str = ""
    warning: str = ""
    precaution: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class PublicCampaign:
    """A recall or service campaign: NHTSA's number, the day it was reported, and its texts by language.

    ``kind`` is a ``campaigns.CampaignType``, ``remedy_by`` repair, replacement or refund; with ``no_visit`` no dealer is visited, and
    ``remedy`` says what the owner does.
    """

    campaign: str
    nhtsa_campaign_number: str
    kind: str
    reported: date | None
    remedy_by: str
    do_not_drive: bool
    park_outside: bool
    texts: Mapping[str, PublicTexts]
    no_visit: bool = False

    @property
    def is_recall(self) -> bool:
        """Whether it is a safety or noncompliance recall, and no service campaign."""
        return self.kind != SERVICE

    def text(self, name: str, language: str) -> tuple[str, str]:
        """Return a text and the language it is in: English where it is not stated in the one that is asked for."""
        own = str(getattr(self.texts[language], name))
        return (own, language) if own else (str(getattr(self.texts["en"], name)), "en")

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return a campaign from its document in a snapshot."""
        day = document["reported"]
        return cls(
            **{
                **document,
                "reported": date.fromisoformat(day) if day else None,
                "texts": {name: PublicTexts(**one) for name, one in document["texts"].items()},
            }
        )


@dataclass(frozen=True)
class PublicStanding:
    """A vehicle in one campaign: whether that is done, from which day its own remedy is there (None: not yet known).

    ``as_its_letter_says``: neither the work nor that it is free may be said of this vehicle; its owner's letter says what holds.
    """

    campaign: str
    done: bool
    remedy_from: date | None
    as_its_letter_says: bool = False


@dataclass(frozen=True)
class PublicVehicle:
    """What vehicles have in common that stand alike: make, model, model year, and their campaigns, those to be said first first."""

    make: str
    model: str
    model_year: int | None
    standings: tuple[PublicStanding, ...] = ()

    @property
    def name(self) -> str:
        """The vehicle in words: ``2007 Lexus IS 250``."""
        return " ".join(filter(None, (str(self.model_year or ""), self.make, self.model)))


@dataclass(frozen=True)
class PublicRecall:
    """One campaign of a vehicle: done or not; whether its own remedy is there on the day, and from when (None: not yet known)."""

    campaign: PublicCampaign
    done: bool
    remedy_available: bool
    remedy_available_date: date | None
    as_its_letter_says: bool


@dataclass(frozen=True)
class MakersContact:
    """Whom to ask, and to tell that an answer is wrong (49 CFR 573.15(b)(11)): ``web`` is a link; what is blank is not stated."""

    name: str
    phone: str = ""
    tty: str = ""
    web: str = ""

    @property
    def link(self) -> str:
        """The page as a link that a browser follows; blank where none is stated."""
        plain = self.web.removeprefix("https://").removeprefix("http://")
        return f"https://{plain}" if plain else ""


@dataclass(frozen=True)
class PublicContent:
    """All of a snapshot but its vehicles: its day, the day from which on it is complete, campaigns by code, what vehicles have in common.

    ``stale_after_days``: how long after ``updated`` its answers hold (49 CFR 573.15(b)(7)); ``makers`` are the first three characters
    of the numbers that it knows (49 CFR 565).
    """

    updated: date
    earliest: date
    stale_after_days: int
    contact: MakersContact
    campaigns: Mapping[str, PublicCampaign]
    vehicles: tuple[PublicVehicle, ...] = ()
    makers: frozenset[str] = field(default_factory=frozenset)

    def is_stale(self, on: date) -> bool:
        """Tell whether the snapshot is older on a day than the law lets it be, or is of a day to come: of another time zone at most."""
        return not AHEAD <= (on - self.updated).days <= self.stale_after_days

    def document(self) -> dict[str, Any]:
        """Return the content as plain values: the standings of a vehicle are short lists, as there are many."""
        return {
            "updated": self.updated,
            "earliest": self.earliest,
            "stale_after_days": self.stale_after_days,
            "contact": asdict(self.contact),
            "campaigns": [asdict(one) for one in self.campaigns.values()],
            "vehicles": [
                [one.make, one.model, one.model_year, [_short(each) for each in one.standings]]
                for one in self.vehicles
            ],
            "makers": sorted(self.makers),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the content of a document."""
        campaigns = [PublicCampaign.from_document(one) for one in document["campaigns"]]
        return cls(
            updated=date.fromisoformat(document["updated"]),
            earliest=date.fromisoformat(document["earliest"]),
            stale_after_days=document["stale_after_days"],
            contact=MakersContact(**document["contact"]),
            campaigns={one.campaign: one for one in campaigns},
            vehicles=tuple(
                PublicVehicle(make, model, year, tuple(_standing(*each) for each in standings))
                for make, model, year, standings in document["vehicles"]
            ),
            makers=frozenset(document["makers"]),
        )


def _short(one: PublicStanding) -> list[object]:
    return [one.campaign, one.done, one.remedy_from, one.as_its_letter_says]


@lru_cache(maxsize=4_096)  # many vehicles stand alike in a campaign
def _standing(campaign: str, done: bool, day: str | None, in_letter: bool) -> PublicStanding:
    return PublicStanding(campaign, done, date.fromisoformat(day) if day else None, in_letter)
