"""The letters of a vehicle that went out: what a caller holds, or should hold by now; nothing of whom they were written to."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from renotify.ledger.pieces import GONE
from renotify.ledger.session import Session
from renotify.values.notice_number import LENGTH
from renotify.visits.needs import JOINED


class HeldLetter(NamedTuple):
    """A letter that is on its way or came: its piece, to whom by role, in which language, when it was mailed and came back."""

    piece_id: str
    follow_up: str
    bundle: str
    role: str
    language: str
    state: str
    mailed_on: date | None
    returned_on: date | None
    printed: bool

    @property
    def reference(self) -> str:
        """The number as the letter shows it: sixteen characters in groups of four."""
        number = self.piece_id[:LENGTH]
        return " ".join(number[at : at + 4] for at in range(0, LENGTH, 4))

    @property
    def campaigns(self) -> list[str]:
        """The campaigns that it is about."""
        return self.bundle.split(JOINED)


def letters_held(session: Session, vin: str) -> list[HeldLetter]:
    """Return the letters of a vehicle that are released, printed or accepted, the newest first; it has a picture once it is ``printed``."""
    return session.rows(
        HeldLetter,
        "select piece_id, follow_up, bundle, role, language, state, mailed_on, returned_on, file <> '' as printed"
        f" from piece where vin = :vin and state in {GONE}"
        " order by coalesce(mailed_on, checked_on) desc, follow_up desc, piece_id desc",
        vin=vin,
    )
