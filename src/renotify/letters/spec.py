"""What one letter version is about: kind, campaigns, recipient, language, dates, sender.

Everything here is the same for every piece of the version; what differs from piece to piece
travels as columns (``fields``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.errors import LetterRefused
from renotify.rules import LETTER_KINDS
from renotify.rules.languages import JOINED

LANGUAGES = ("en", "en+es")


@dataclass(frozen=True)
class Sender:
    """Who writes, as the letter names it: name, address lines, toll-free telephone and TTY."""

    name: str
    address: tuple[str, ...]
    phone: str
    tty: str


@dataclass(frozen=True)
class LetterSpec:
    """One letter version before typesetting; a bundle is the campaigns open on one vehicle.

    ``language`` is ``en``, or ``en+es``: Spanish is added to English and never in its place (49 CFR 577.5(a)). ``labor_hours``
    gives the least and the most hours of work by campaign code, ``earlier_notice`` and
    ``remedy_date`` replace a campaign's own first notice and remedy dates (None: not known), ``facts`` adds facts of
    the rule pack (``ordered``, ``accelerated``, ..) and ``extra`` the values of their slots by
    language (``conditions``, ``standard``, ``depreciation``, ..). ``accepted`` names findings of
    the checks, by code, that a person let pass, with who and why; it is part of the digest.
    ``waiting`` names the campaigns whose remedy is not there: the letter says so of these alone, and is an interim one where
    they are all that it is about.
    """

    kind: str
    campaigns: tuple[Campaign, ...]
    mail_date: date
    sender: Sender
    recipient: str = "owner"
    language: str = "en"
    labor_hours: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    earlier_notice: Mapping[str, date] = field(default_factory=dict)
    remedy_date: Mapping[str, date | None] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    extra: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
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
        known = (LETTER_KINDS, ("owner", "lessor"))
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
        return "interim" if self.waiting.issuperset(self.codes) else self.kind

    def kind_of(self, code: str) -> str:
        """Return the kind of letter that it is about one of its campaigns, which chooses that campaign's statements."""
        return "interim" if code in self.waiting else self.kind

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages that the letter is written in, in their order."""
        return tuple(self.language.split(JOINED))

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the campaign codes of the bundle."""
        return tuple(campaign.campaign_code for campaign in self.campaigns)


def facts_of(campaign: Campaign, extra: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return what holds for a campaign in the rule pack's words (577.5(e)(4), 577.5(f)).

    A consequence that names a crash is a crash; with a warning on file it is one with warning.
    """
    if campaign.campaign_type is CampaignType.SERVICE_CAMPAIGN:
        return frozenset()
    crash = "crash" in campaign.consequence.lower()
    warned = bool(campaign.warning.strip())
    held = {
        "precaution": bool(campaign.precaution.strip()),
        "do_not_drive": campaign.do_not_drive,
        "park_outside": campaign.park_outside,
        "crash_with_warning": crash and warned,
        "crash_without_warning": crash and not warned,
        "injury_with_warning": warned and not crash,
    }
    return frozenset(name for name, holds in held.items() if holds) | extra
