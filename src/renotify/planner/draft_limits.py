"""A draft against the limit of the mail house as it is on a day: one that was changed after the draft was made binds it too."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any, NamedTuple

from renotify.ledger import drafts, follow_ups, setting_changes
from renotify.ledger.session import Session
from renotify.planner.letter_plan import MAIL_HOUSE
from renotify.planner.mail_house_weeks import CAPACITY

_PIECES = """
select d.week, count(*) as pieces from draft_letter d
join piece p on p.vin = d.vin and p.follow_up = d.follow_up and p.family = d.family and p.state in ('listed', 'planned')
where d.follow_up = :name and d.draft = :called and d.week is not null group by d.week order by d.week
"""


class _Week(NamedTuple):
    week: int
    pieces: int


def document_now(session: Session, name: str, called: str, on: date) -> dict[str, Any]:
    """Return the document of a draft; its ``broken`` limits have the weeks that hold more pieces than the mail house takes as of ``on``.

    Only a limit that was changed is asked anew, and only pieces that are not released count.
    """
    made = drafts.draft(session, name, called)
    document: dict[str, Any] = json.loads(made.document)
    changed = [one for one in setting_changes.changes(session, name) if one.setting == CAPACITY]
    if not changed:
        return document
    broken: list[dict[str, Any]] = [dict(row) for row in document.get("broken", ())]
    for one in session.rows(_Week, _PIECES, name=name, called=called):
        monday = made.first_week + timedelta(weeks=one.week)
        takes = follow_ups.settings(session, name, max(on, monday)).mail_house_letters_per_week
        words = f"the week of {monday}"
        if takes is None or one.pieces <= takes:
            continue
        over = float(one.pieces - takes)
        known = [row for row in broken if row["limit"] == MAIL_HOUSE and row["what"] == words]
        for row in known:
            row["over"] = max(row["over"], over)
        if not known:
            broken.append({"limit": MAIL_HOUSE, "what": words, "over": over})
    return document | {"broken": broken}
