"""What one letter version is about: kind, campaigns, recipient, language, dates, sender.

Everything here is the same for every piece of the version; what differs from piece to piece
travels as columns (``fields``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.letter_facts import (
    brought_in,
    facts_of,
    reimbursement_ends,
    without_visit,
)
from renotify.campaigns.outreach_settings import AS_IT_IS, HOUSE_TEXTS, WHAT_TO_DO, Wording
from renotify.campaigns.stated_times import states_time
from renotify.errors import LetterRefused
from renotify.rules import KIND_OF_FOLLOWUP
from renotify.rules.languages import JOINED

LANGUAGES = ("en", "en+es")
KINDS = tuple(dict.fromkeys(KIND_OF_FOLLOWUP.values()))
PROVISIONAL = "provisional"


@dataclass(frozen=True)
class Sender:
    """Who writes, as the letter names it: name, address lines, toll-free telephone and TTY.

    Optional: the ``department`` that signs, the ``hours`` of the telephone, the ``web`` page; ``spanish`` has the Spanish words
    of the first two.
    """

    name: str
    address: tuple[str, ...]
    phone: str
    tty: str
    department: str = ""
    hours: str = ""
    web: str = ""
    spanish: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LetterSpec:
    """One letter version before typesetting; a bundle is the campaigns open on one vehicle.

    ``language`` is ``en``, or ``en+es``: Spanish is added to English and never in its place (49 CFR 577.5(a)). ``labor_hours``
    gives the least and the most hours of work by campaign code, ``visit_hours`` those of the one visit in which the campaigns of
    ``one_visit`` are done (none: nothing is said of it); all as people are told them. ``earlier_notice`` and
    ``remedy_date`` replace a campaign's own first notice and remedy dates (None: not known); ``told_anew`` says when owners were told
    of a remedy of which the first notice told none. ``accepted`` names findings of
    the checks that a person let pass, with who and why: what a row read in a sentence by its handle, another by its code; it is part of
    the digest. ``not_free`` names the campaigns
    whose remedy need not be free for these vehicles (49 USC 30120(g)(1)).
    ``waiting`` names the campaigns whose remedy is not there: the letter says so of these alone, and is an interim one where
    they are all that it is about. ``at_once`` names others of an interim letter: their repair is there, which the letter says of
    them, and asks nobody in, because all is done in one visit that waits for the rest.
    ``wording`` has other words for house texts of the letter.
    """

    kind: str
    campaigns: tuple[Campaign, ...]
    mail_date: date
    sender: Sender
    recipient: str = "owner"
    language: str = "en"
    labor_hours: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    one_visit: tuple[str, ...] = ()
    visit_hours: tuple[float, float] = (0.0, 0.0)
    earlier_notice: Mapping[str, date] = field(default_factory=dict)
    remedy_date: Mapping[str, date | None] = field(default_factory=dict)
    told_anew: Mapping[str, date] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()
    at_once: frozenset[str] = frozenset()
    not_free: frozenset[str] = frozenset()
    wording: Wording = AS_IT_IS
    accepted: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what can be no letter: no campaign, two families in one piece, unknown words."""
        if not self.campaigns:
            raise LetterRefused("A letter needs at least one campaign.", "Name the open campaigns.")
        if len({campaign.family for campaign in self.campaigns}) > 1:
            codes = ", ".join(campaign.campaign_code for campaign in self.campaigns)
            raise LetterRefused(
                f"A safety recall and a service campaign cannot share a letter: {codes} "
                "(49 CFR 577.14: the label serves 577.5 only).",
                "Send two letters.",
            )
        if len(self.campaigns) > 1 and any(one.provisional for one in self.campaigns):
            raise LetterRefused(
                f"A provisional notification is about one campaign alone: {', '.join(self.codes)} (49 CFR 577.6(b)).",
                "Make a follow-up of its own for each campaign whose order is before a court.",
            )
        known = (KINDS, ("owner", "lessor"))
        for value, words in zip((self.kind, self.recipient), known, strict=True):
            if value not in words:
                raise LetterRefused(f"No letter is {value!r}.", f"Known: {', '.join(words)}.")
        if self.language not in LANGUAGES:
            raise LetterRefused(
                f"No letter is in {self.language!r}: English is never left out (49 CFR 577.5(a)).",
                f"Known: {', '.join(LANGUAGES)}.",
            )

    @property
    def family(self) -> str:
        """Return ``safety`` or ``service``."""
        return self.campaigns[0].family

    @property
    def form(self) -> str:
        """Return the kind of letter that it is written as: interim while no remedy of its campaigns is there."""
        if self.campaigns[0].provisional:
            return PROVISIONAL
        waits = self.waiting and (self.waiting | self.at_once).issuperset(self.codes)
        return "interim" if waits else self._with_remedy

    def house_texts(self, language: str) -> dict[str, str]:
        """Return the texts of the wording that the letter has in a language; LetterRefused where one has no words in it.

        An interim letter asks nobody in, and a provisional one has nothing beside the items of 577.6(b).
        """
        if self.form == PROVISIONAL:
            return {}
        if missing := self.wording.missing(language):
            raise LetterRefused(
                f"The wording {self.wording.name} has no words for {missing[0]} in language {language!r}.",
                f"State them in [outreach.wordings.{self.wording.name}.{language}] of followup.toml.",
            )
        own = self.wording.texts.get(language, {})
        unused = {WHAT_TO_DO} if self.form == "interim" else set()
        return {name: own[name] for name in HOUSE_TEXTS if name in own and name not in unused}

    def kind_of(self, code: str) -> str:
        """Return the kind of letter that it is about one of its campaigns, which chooses that campaign's statements."""
        if self.form == PROVISIONAL:
            return PROVISIONAL
        return "interim" if code in self.waiting or self.form == "interim" else self._with_remedy

    @property
    def _with_remedy(self) -> str:
        """Return the kind of letter about a remedy that is there: an interim follow-up then asks its owners in, as a first notice."""
        return "initial" if self.kind == "interim" else self.kind

    def remedy_day(self, campaign: Campaign) -> date | None:
        """Return the day from which a campaign's remedy is there, None where it is not known."""
        return self.remedy_date.get(campaign.campaign_code, campaign.remedy_available_date)

    def remedy_expected(self, campaign: Campaign) -> date | None:
        """Return the day from which a remedy that is not there is expected; None where none that is still to come is known."""
        known = (self.remedy_day(campaign), campaign.letter.get("remedy_expected_date"))
        return next((day for day in known if day is not None and day > self.mail_date), None)

    def first_notice(self, campaign: Campaign) -> date | None:
        """Return the day of the first notice about a campaign, None where it is not known."""
        return self.earlier_notice.get(campaign.campaign_code, campaign.first_notice_date)

    def remedy_told(self, campaign: Campaign) -> date | None:
        """Return the day from which a campaign's remedy was there and told of before a follow-up; None of any other letter.

        It is the later of the remedy's day and the first notice, or the one that told of the remedy first: the time of a repair runs
        from it (577.5(g)(1)(vii)(B)).
        """
        told = self.told_anew.get(campaign.campaign_code, self.first_notice(campaign))
        there = self.remedy_day(campaign)
        if self.kind_of(campaign.campaign_code) != "follow_up" or told is None or there is None:
            return None
        since = max(told, there)
        return since if since < self.mail_date else None

    def _remedy_now(self, campaign: Campaign) -> bool:
        """Return whether a campaign's remedy is there: one that waits for kits or hours is not, whatever day its remedy has."""
        there = self.remedy_day(campaign)
        return (
            there is not None
            and there <= self.mail_date
            and campaign.campaign_code not in self.waiting
        )

    def facts(self, campaign: Campaign) -> frozenset[str]:
        """Return what holds for a campaign in this letter, in the rule pack's words."""
        there_now = self._remedy_now(campaign)
        by_day = {
            "remedy_now": there_now,
            "remedy_told": self.remedy_told(campaign) is not None,
            # said once, with the last of them
            "one_visit": self.one_visit[-1:] == (campaign.campaign_code,),
            "remedy_expected": self.remedy_expected(campaign) is not None,
            "no_day_named": self.remedy_expected(campaign) is None and not there_now,
            "at_once": self.form == "interim" and campaign.campaign_code in self.at_once,
            # where no dealer needs the vehicle, the remedy's own words for its time are enough
            "hours_known": campaign.campaign_code in self.labor_hours
            and not (without_visit(campaign) and states_time(campaign.remedy)),
            "equipment_alone": all(one.letter.get("equipment") for one in self.campaigns),
            "not_brought_in": not any(brought_in(one) for one in self.campaigns),
            "next_notice": campaign.letter.get("next_notice_date", self.mail_date) > self.mail_date,
            "reimbursement_ends": reimbursement_ends(campaign, self.mail_date) is not None,
        }
        held = facts_of(campaign, not_free=campaign.campaign_code in self.not_free)
        return (held - by_day.keys()) | {
            name for name, holds in by_day.items() if holds and campaign.family == "safety"
        }

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages that the letter is written in, in their order."""
        return tuple(self.language.split(JOINED))

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the campaign codes of the bundle."""
        return tuple(campaign.campaign_code for campaign in self.campaigns)
