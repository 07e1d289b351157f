"""A draft is put in force: held against the limits as they are now, by whoever says why where it breaks them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from renotify.errors import Refused
from renotify.ledger import drafts, sources
from renotify.ledger.drafts import Draft
from renotify.ledger.kinds import SourceKind
from renotify.ledger.session import Session
from renotify.ledger.wave_decisions import LONGEST, Decision
from renotify.planner.broken_limits import beyond_limits
from renotify.planner.forecast_of_day import bundles_on
from renotify.planner.limits_of_day import document_now
from renotify.plans.in_force import bundles_as_json


def use(
    session: Session, name: str, called: str, on: date, anyway: Decision | None = None
) -> tuple[Draft, dict[str, Any]]:
    """Put a draft in force, in the open transaction; return it, and who put it in force though it breaks limits, with what it breaks.

    ``anyway`` is who does, and why: kept in the plan's document, and in the record of commands. Visits are reckoned by what is known on
    the day of use, however old the draft is: putting it in force moves letters and unlearns nothing.

    Raises Refused for a draft that breaks limits where nobody says why, and where the ledger refuses it (:func:`drafts.use`).
    """
    made = drafts.draft(session, name, called)
    beyond = beyond_limits(document_now(session, name, called, on))
    if beyond and anyway is None:
        raise Refused(
            f"The draft {called} of {name} ({made.policy}) breaks limits: {beyond.words}.",
            "What it reaches is on paper only. To put it in force all the same: --anyway REASON, which is kept.",
        )
    bundles = bundles_as_json(bundles_on(session, name, on))
    if not beyond or anyway is None:
        return drafts.use(session, name, called, on, bundles=bundles), {}
    told = {**anyway._asdict(), "on": on.isoformat(), "breaks": beyond.words}
    kept = json.dumps({**json.loads(made.document), "anyway": told})
    said = f"plans use {name} {called} --anyway, by {anyway.by}: {anyway.reason}"
    sources.record(session, SourceKind.COMMAND, said[:LONGEST])
    return drafts.use(session, name, called, on, kept, bundles), told
