"""The law as dated data: statements, clocks, forbidden words, return reasons, measures of mail.

``load(on)`` gives the pack in force on a day. Letter kinds, recipients and campaign types are the
words below; a letter's ``facts`` name what is true of its campaign and switch statements on or off.
"""

from __future__ import annotations

from renotify.rules.languages import LanguageRule
from renotify.rules.pack import RulePack, load
from renotify.rules.row import Addressee, Clock, Measure, ReportField, ReturnReason, Row
from renotify.rules.wording import Forbidden, Statement, normal

CAMPAIGN_TYPES = ("safety_recall", "noncompliance_recall", "service_campaign")
LETTER_KINDS = ("initial", "interim", "remedy_available", "follow_up", "provisional")
RECIPIENTS = ("owner", "lessor", "dealer")
KIND_OF_FOLLOWUP = {
    "initial": "initial",
    "interim": "interim",
    "remedy_available": "remedy_available",
    "follow_up_voluntary": "follow_up",
    "follow_up_ordered": "follow_up",
}

__all__ = [
    "CAMPAIGN_TYPES",
    "KIND_OF_FOLLOWUP",
    "LETTER_KINDS",
    "RECIPIENTS",
    "Addressee",
    "Clock",
    "Forbidden",
    "LanguageRule",
    "Measure",
    "ReportField",
    "ReturnReason",
    "Row",
    "RulePack",
    "Statement",
    "load",
    "normal",
]
