"""Every vehicle of some pieces asked again on a day, on what the ledger says at this instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa

from renotify.campaigns.follow_up_settings import SECOND_NOTICE
from renotify.ledger import follow_ups
from renotify.ledger.placeholder_words import placeholders
from renotify.ledger.session import Session
from renotify.mailing import eligibility, versions, wave_tables
from renotify.rules import load
from renotify.selection import second_notice


def decide(session: Session, name: str, wave: int | None, asked: pa.Table, on: date) -> pa.Table:
    """Return what becomes of pieces of a wave (of the follow-up without one) on a day, with the language of their letters."""
    known = wave_tables.known(session, name, wave, on)
    settings = follow_ups.settings(session, name)
    if settings.kind == SECOND_NOTICE:
        known = replace(known, standing=second_notice.not_told(session, known.standing, settings))
    decided = eligibility.decide(asked, known, placeholders(session), on=on)
    return versions.settle_language(decided, load(on))
