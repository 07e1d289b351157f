"""Who of an arm is reached beside the letter, as a file for whoever sends: owners who got it, have not come, and are on file for it.

The house sends nothing itself. The file holds names and addresses: it is for its owner's eyes alone, and each is a disclosure
(18 USC 2721(c)). A touch takes no letter's place: 49 CFR 577.7(a)(2) asks for the letter.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from renotify.campaigns.outreach_settings import Arm
from renotify.errors import NothingToDo, Refused, UnknownName, WrongUse
from renotify.ledger import artifacts, follow_ups, pieces, tables
from renotify.ledger.intake.refused_rows import private
from renotify.ledger.kinds import PieceState
from renotify.ledger.session import Session
from renotify.mailing import asking_again
from renotify.mailing.eligibility import PIECE_COLUMNS
from renotify.values.private_in_names import names_only
from renotify.visits.booked import booked_vehicles

ON_FILE = {"email": "email", "sms": "phone"}  # the column of an owner record, by channel
OUT = ("piece_id", "role", "name1", "name2", "contact", "language", "campaign_codes", "mailed_date")
# Whose letter is out, asked them in, and was followed by no touch; one of today is listed again.
_MAILED = (
    "follow_up = :name and mailed_on <= :on and returned_on is null and exists (select 1 from listed l where l.vin = piece.vin"
    " and l.family = piece.family and l.follow_up = piece.follow_up and l.arm = :arm and not l.interim"
    " and (l.touched_on is null or l.touched_on = :on))"
)
_LIST = """
select t.piece_id, t.role, o.name1, o.name2, o.{contact} as contact, t.language, t.bundle as campaign_codes,
    p.mailed_on as mailed_date, t.vin, t.family
from touched_piece t join piece p on p.vin = t.vin and p.piece_id = t.piece_id
join owner o on o.vin = t.vin and o.role = t.role and o.as_of = t.owner_as_of
where o.{contact} <> '' order by t.piece_id
"""
_LISTED = pa.schema(
    [
        (name, pa.date32() if name == "mailed_date" else pa.string())
        for name in (*OUT, "vin", "family")
    ]
)


def write(
    session: Session, name: str, arm: str, recipient: str, purpose: str, on: date, target: Path
) -> dict[str, Any]:
    """Write the owners of an arm to reach (``OUT``) for a recipient, disclosed first, and return the file and its count.

    Each is asked again as at a release: open, held by that owner, whose letter did not come back; and has no visit booked. An owner
    is listed once; the same day writes the same file anew. Raises UnknownName for an arm that is not stated, Refused for one that
    gets the letter alone and for another purpose than the recall, NothingToDo, WrongUse for a folder that is not there.
    """
    stated = _arm(session, name, arm)
    if not target.parent.is_dir():
        raise WrongUse(
            f"There is no folder {target.parent}.", "Make it first, or name another file."
        )
    mailed = tables.read(
        session, "piece", *PIECE_COLUMNS, where=_MAILED, order="piece_id", name=name, arm=arm, on=on
    )
    rows = _to_reach(session, name, mailed, ON_FILE[stated.channel], on)
    if not rows.num_rows:
        raise NothingToDo(
            f"No owner of arm {arm} of {name} is to be reached on {on}.",
            "Listed are those whose letter is out, who have not come, and who have"
            f" {'an e-mail address' if stated.channel == 'email' else 'a telephone number'} on file.",
        )
    with session.transaction():
        artifacts.disclose(
            session, recipient, purpose, f"outreach list {name} {arm}", rows["vin"], on
        )
    with private(target) as file:
        arrow_csv.write_csv(rows.select(OUT), file)
    with session.transaction():
        artifacts.record(session, target, "outreach_list", name)
        session.stage("touched", rows.group_by(["vin", "family"]).aggregate([]))
        session.execute(
            "update listed set touched_on = :on from touched t where listed.follow_up = :name and listed.vin = t.vin"
            " and listed.family = t.family",
            name=name,
            on=on,
        )
    owners = {"owners": rows.num_rows, "vehicles": len(rows["vin"].unique())}
    return {
        "follow_up": name,
        "arm": arm,
        "channel": stated.channel,
        **owners,
        "recipient": recipient,
        "file": str(target.absolute()),
    }


def _arm(session: Session, name: str, arm: str) -> Arm:
    arms = {one.name: one for one in follow_ups.settings(session, name).drawn.arms}
    if arm not in arms:
        known = (
            f"Known are {', '.join(arms)}."
            if arms
            else "It states none: see [outreach] of followup.toml."
        )
        raise UnknownName(f"The follow-up {name} has no arm {arm!r}.", known)
    if not arms[arm].channel:
        raise Refused(
            f"Arm {arm} of {name} gets the letter alone.",
            "It is what the other arms are compared with.",
        )
    return arms[arm]


def _to_reach(session: Session, name: str, mailed: pa.Table, contact: str, on: date) -> pa.Table:
    """The pieces whose owner still holds an open vehicle and has booked no visit, each with its contact and ``vin``, ``family``."""
    decided = pieces.only(asking_again.decide(session, name, None, mailed, on), PieceState.RELEASED)
    booked = pc.is_in(decided["vin"], value_set=booked_vehicles(session)["vin"].combine_chunks())
    open_still = decided.filter(pc.invert(pc.or_(booked, decided["added"])))
    session.stage(
        "touched_piece",
        open_still.select(
            ["vin", "piece_id", "family", "role", "bundle", "language", "owner_as_of"]
        ),
    )
    return names_only(session.read(_LIST.format(contact=contact), _LISTED))
