"""Editions of the notices of a follow-up: which was written last, and which went last, of each dealer and area.

An edition went when a person stated the day on which it was sent, or when its receipt came. One that went never changes; what is written
after it is the next one. Until it goes an edition is a draft: writing it again puts the new text in its place (49 CFR 577.13(c)).
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from renotify.ledger.session import Session, Value

WENT = "(sent_on is not null or acknowledged_at <> '')"


def _last(condition: str = "") -> str:
    return (
        "edition = (select max(m.edition) from notice m where m.follow_up = notice.follow_up"
        f" and m.audience = notice.audience and m.code = notice.code{condition})"
    )


# Conditions on rows of the table ``notice``, which stands under its own name
NEWEST = _last()
LAST_GONE = _last(" and (m.sent_on is not null or m.acknowledged_at <> '')")
# One row of each dealer and area: what went last, else what was written last
IN_HAND = f"""({LAST_GONE} or {NEWEST} and not exists (select 1 from notice g where g.follow_up = notice.follow_up
    and g.audience = notice.audience and g.code = notice.code and (g.sent_on is not null or g.acknowledged_at <> '')))"""


class Edition(NamedTuple):
    """An edition of a notice: where its file is and the digest of it, when it was written and sent, and its receipt (blank: none)."""

    audience: str
    code: str
    edition: int
    file: str
    sha256: str
    written_on: date
    sent_on: date | None
    acknowledged_at: str
    receipt: str

    @property
    def gone(self) -> bool:
        """Whether it was stated as sent, or has a receipt."""
        return bool(self.sent_on or self.acknowledged_at)


def editions(
    session: Session, name: str, condition: str = "true", **values: Value
) -> list[Edition]:
    """Return the editions of a follow-up's notices under a condition on ``notice``, areas before dealers, by code and edition."""
    return session.rows(
        Edition,
        f"select {', '.join(Edition._fields)} from notice where follow_up = :name and {condition}"
        " order by audience, code, edition",
        name=name,
        **values,
    )
