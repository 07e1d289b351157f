"""Letters that came back are sent again: another attempt of the same notice, in a wave of its own.

An attempt is a piece like any other: its release asks its vehicle again, writes to the newest holder, and is once-only under a
crash; evidence, returns and counts follow it. The letter bears the number of the notice, which stays.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from renotify.errors import NothingToDo, WrongUse
from renotify.ledger import follow_ups, letters_again, pieces
from renotify.ledger.session import Session
from renotify.mailing.return_work import RE_SEND, of_list, work
from renotify.planner.mail_house_weeks import sent_again_words
from renotify.values.calendar import monday_of


def resend(session: Session, name: str, on: date, week: date | None = None) -> dict[str, Any]:
    """Give every piece of the list re_send another attempt in a new wave of the week, once, and return that wave.

    With a later ``week``, a Monday, the wave is of that week, and so are earlier ones of letters sent again that are not released
    (``put_off``). ``warnings`` say where the mail house takes fewer pieces than the week has. Run again it finds none of them: they are
    on their way. Raises NothingToDo, UnknownName, WrongUse for a day that is no Monday or lies before this week.
    """
    monday = monday_of(on) if week is None else _later(week, on)
    with session.transaction():
        listed = of_list(work(session, name, on), RE_SEND)
        wanted = pieces.without_spent(session, listed)
        put_off = letters_again.put_off(session, name, monday) if week is not None else []
        if not wanted.num_rows and not put_off:
            raise NothingToDo(
                f"No letter of {name!r} that came back can be sent again now.",
                f"See what is to be done first: renotify mail work {name}.",
            )
        wave = pieces.send_again(session, name, wanted, monday) if wanted.num_rows else None
        settings = follow_ups.settings(session, name, on)
        crowded = sent_again_words(session, settings, monday, on)
    return {
        "follow_up": name,
        "wave": wave,
        "pieces": wanted.num_rows,
        "spent": listed.num_rows - wanted.num_rows,
        "week": monday.isoformat(),
        "put_off": put_off,
        "warnings": crowded,
    }


def _later(week: date, on: date) -> date:
    if week != monday_of(week) or week < monday_of(on):
        raise WrongUse(
            f"{week} is no week in which letters can go.",
            f"Give a Monday, {monday_of(on)} or later.",
        )
    return week
