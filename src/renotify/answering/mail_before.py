"""Letters that were released before a play begins: those that wait for the mail house's answer, those that may come back still, and
those that came back and whose owner nobody has found.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify.answering.planted import Ints, ReturnedBefore, SentBefore
from renotify.errors import Refused
from renotify.ledger.session import Session
from renotify.mailing.return_work import CHANGE_CHANNEL, NEW_ADDRESS, SKIP_TRACE, work
from renotify.values.notice_number import LENGTH

# Of any follow-up that has letters at the mail house: they are answered for, whichever list is played.
_SENT = """
    select p.follow_up, p.wave, p.checked_on as released_on, p.mailed_on, p.piece_id, p.vin from piece p
    where p.state = 'printed' or (p.state = 'accepted' and p.follow_up = :name and p.returned_on is null)
    order by p.follow_up, p.wave, p.checked_on, p.mailed_on, p.piece_id"""
_BATCH = ("follow_up", "wave", "released_on", "mailed_on")
_ROWS = pa.schema([
    ("follow_up", pa.string()), ("wave", pa.int64()), ("released_on", pa.date32()), ("mailed_on", pa.date32()),
    ("piece_id", pa.string()), ("vin", pa.string()),
])  # fmt: skip
SEARCHED = (SKIP_TRACE, NEW_ADDRESS, CHANGE_CHANNEL)


class _Wave(NamedTuple):
    wave: int


def refuse_unprinted(session: Session, name: str) -> None:
    """Raise Refused where a release was begun and its letters are not all printed: nobody has them, and their job is elsewhere."""
    begun = session.rows(
        _Wave,
        "select distinct wave from piece where follow_up = :name and state = 'released' order by wave",
        name=name,
    )
    if begun:
        raise Refused(
            f"The release of wave {begun[0].wave} of {name} was begun and has not finished.",
            f"Finish it first: renotify mail release {name} {begun[0].wave}.",
        )


def sent_before(session: Session, name: str, vins: pa.Array) -> tuple[SentBefore, ...]:
    """Return what was printed and is not answered for, of every follow-up, and what is in the mail of the one that is played, by batch.

    ``vins`` [N] are the vehicles of the play; a letter to another one has no place.
    """
    rows = session.read(_SENT, _ROWS, name=name)
    batches = rows.group_by([*_BATCH], use_threads=False).aggregate(
        [("piece_id", "list"), ("vin", "list")]
    )
    return tuple(
        SentBefore(
            one["follow_up"], one["wave"], one["released_on"], one["mailed_on"],
            pa.array(one["piece_id_list"], pa.string()), _places(pa.array(one["vin_list"], pa.string()), vins),
        )
        for one in batches.to_pylist()
    )  # fmt: skip


def returned_before(
    session: Session, name: str, vins: pa.Array, on: date
) -> tuple[ReturnedBefore, ...]:
    """Return the letters that came back and whose owner is looked for still (``mail work``), of vehicles [N] of the play."""
    listed = work(session, name, on)
    asked = listed.filter(pc.is_in(listed["list"], value_set=pa.array(SEARCHED)))
    places = _places(asked["vin"], vins).tolist()
    return tuple(
        ReturnedBefore(row["piece_id"][:LENGTH], place, row["return_code"], row["list"] == CHANGE_CHANNEL)
        for row, place in zip(asked.to_pylist(), places, strict=True)
        if place >= 0
    )  # fmt: skip


def _places(asked: pa.Array | pa.ChunkedArray, vins: pa.Array) -> Ints:
    """Return the place of each vehicle among those of the play; -1: it is none of them."""
    found: Ints = pc.fill_null(pc.index_in(asked, vins), -1).to_numpy().astype("int64")
    return found
