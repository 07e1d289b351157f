"""Letters that came back are sent again: another attempt of the same notice, in a wave of its own.

An attempt is a piece like any other: its release asks its vehicle again, writes to the newest holder, and is once-only under a
crash; evidence, returns and counts follow it. The letter bears the number of the notice, which stays.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from renotify.errors import NothingToDo
from renotify.ledger import pieces
from renotify.ledger.session import Session
from renotify.mailing.return_work import RE_SEND, of_list, work


def resend(session: Session, name: str, on: date) -> dict[str, Any]:
    """Give every piece of the list re_send another attempt in a new wave of the week, once, and return that wave.

    Run again it finds none of them: they are on their way. Raises NothingToDo, UnknownName.
    """
    with session.transaction():
        listed = of_list(work(session, name, on), RE_SEND)
        wanted = pieces.without_spent(session, listed)
        if not wanted.num_rows:
            raise NothingToDo(
                f"No letter of {name!r} that came back can be sent again now.",
                f"See what is to be done first: renotify mail work {name}.",
            )
        wave = pieces.send_again(session, name, wanted, on)
    return {
        "follow_up": name,
        "wave": wave,
        "pieces": wanted.num_rows,
        "spent": listed.num_rows - wanted.num_rows,
    }
