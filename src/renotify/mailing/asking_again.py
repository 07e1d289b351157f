"""Every vehicle of some pieces asked again on a day, on what the ledger says at this instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa

from renotify.campaigns.follow_up_settings import SECOND_NOTICE, FollowUpSettings
from renotify.ledger import follow_ups
from renotify.ledger.letters_out import letters_out
from renotify.ledger.placeholder_words import placeholders
from renotify.ledger.session import Session
from renotify.mailing import eligibility, versions, wave_tables
from renotify.rules import load
from renotify.selection import first_notice, second_notice

_ASKED = "asked_vehicle"


def decide(
    session: Session,
    name: str,
    wave: int | None,
    asked: pa.Table,
    on: date,
    *,
    before_print: bool = False,
) -> pa.Table:
    """Return what becomes of pieces of a wave (of the follow-up without one) on a day, with the language of their letters.

    ``before_print``: a vehicle that rests after somebody else's letter gets none of a follow-up that nobody is bound to send. Of pieces
    that are out, or go on another day, this is not asked.
    """
    known = wave_tables.known(session, name, wave, on)
    settings = follow_ups.settings(session, name, on)
    if settings.kind == SECOND_NOTICE:
        known = replace(known, standing=second_notice.not_told(session, known.standing, settings))
    if before_print and first_notice.SENT in first_notice.asked(settings):
        standing = first_notice.not_sent(session, known.standing, settings, on)
        known = replace(known, standing=standing)
    if before_print and settings.rests:
        known = replace(known, resting=_resting(session, settings, asked, on))
    decided = eligibility.decide(asked, known, placeholders(session), on=on)
    return versions.settle_language(decided, load(on))


def _resting(session: Session, settings: FollowUpSettings, asked: pa.Table, on: date) -> pa.Table:
    """Return the campaigns about which somebody else wrote to the vehicles less than the rest ago (``eligibility.RESTING``)."""
    session.stage(_ASKED, asked.select(["vin"]).group_by(["vin"]).aggregate([]))
    out = letters_out(session, settings.resting_since(on), but=settings.name, vehicles=_ASKED)
    return out.select(eligibility.RESTING.names)
