"""What is recalled: a campaign, its scope, its documents and the answers staff may give (memo, sections 1, 3 and 6)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType


class CampaignType(enum.StrEnum):
    """Parts 573 and 577 bind the first two only; a service campaign has no NHTSA number."""

    SAFETY_RECALL = "safety_recall"
    NONCOMPLIANCE_RECALL = "noncompliance_recall"
    SERVICE_CAMPAIGN = "service_campaign"

    @property
    def family(self) -> str:
        """Return ``safety`` or ``service``: the two families never share a piece (49 CFR 577.14)."""
        return "service" if self is CampaignType.SERVICE_CAMPAIGN else "safety"

    @property
    def words(self) -> str:
        """Return the kind as a sentence says it: ``safety recall``."""
        return self.value.replace("_", " ")


@dataclass(frozen=True)
class Scope:
    """One line of the population's description: model, model years, production range."""

    model: str
    year_from: int
    year_to: int
    built_from: date | None = None
    built_to: date | None = None
    text: str = ""


@dataclass(frozen=True)
class Document:
    """One revision of a dealer document: technical instructions, cover letter, questions and answers (memo, section 3)."""

    kind: str
    revision: str
    effective_date: date
    location: str


@dataclass(frozen=True)
class Answer:
    """What contact staff may say when asked ``question`` (memo, section 6)."""

    question: str
    answer: str


@dataclass(frozen=True)
class Campaign:
    """A safety recall, noncompliance recall or service campaign; texts are for owners, dates are the record's."""

    campaign_code: str
    campaign_type: CampaignType
    make: str
    subject: str
    nhtsa_campaign_number: str = ""
    component: str = ""
    defect: str = ""
    consequence: str = ""
    warning: str = ""
    precaution: str = ""
    remedy: str = ""
    filed_date: date | None = None
    first_notice_date: date | None = None
    remedy_available_date: date | None = None
    remedy_version: int = 1
    involved: int | None = None
    do_not_drive: bool = False
    park_outside: bool = False
    inspect_first: bool = False
    risk_weight: float = 1.0
    scopes: tuple[Scope, ...] = ()
    documents: tuple[Document, ...] = ()
    answers: tuple[Answer, ...] = ()
    spanish: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    no_nhtsa_number: bool = False  # stated: no recall of NHTSA's file is this campaign
    nhtsa_codes: tuple[str, ...] = ()  # the maker's codes and makes in NHTSA's record
    nhtsa_makes: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """Return the family of its pieces, ``safety`` or ``service``."""
        return self.campaign_type.family

    def current_document(self, kind: str, on: date) -> Document | None:
        """Return the revision of ``kind`` in force on a day, the newest effective date first."""
        in_force = [d for d in self.documents if d.kind == kind and d.effective_date <= on]
        return max(in_force, key=lambda d: (d.effective_date, d.revision), default=None)
