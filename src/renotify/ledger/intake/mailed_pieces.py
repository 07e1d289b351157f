"""Completes rows of mail events: the vehicle and campaigns of a letter, by its piece id or as the row states them.

A return that names vehicle and campaign only is the piece's that alone was in the mail to it (``returns_without_piece``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import tables
from renotify.ledger.intake.plain_lines import Numbers
from renotify.ledger.intake.row_checks import lines
from renotify.ledger.intake.staging import ROWS
from renotify.ledger.mailed_after_all import mailed_after_all
from renotify.ledger.returned_mail import kept_codes
from renotify.ledger.returns_without_piece import GIVEN, KNOWN, letters_of
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.values.english import counted
from renotify.values.notice_number import as_numbered, looks_numbered

JOINED = "+"  # between the campaigns of a bundle
NO_PIECE = "No piece has this id."
OTHER_VEHICLE = "This piece went to another vehicle."


@dataclass
class Letters:
    """Rows with vehicle, campaign and letter, one a campaign; and those refused."""

    columns: dict[str, pa.Array]
    numbers: Numbers
    refused: int = 0
    rejects: list[pa.Table] = field(default_factory=list)


class MailedPieces:
    """The ids of all pieces, with vehicle and bundle."""

    def __init__(self, session: Session) -> None:
        known = tables.read(session, "piece", *KNOWN.names)
        self._known = known
        self._ids = known["piece_id"].combine_chunks()
        self._vins = known["vin"].combine_chunks()
        self._bundles = known["bundle"].combine_chunks()

    def letters(self, columns: dict[str, pa.Array], numbers: Numbers) -> Letters:
        """Complete rows of mail events; one row a campaign of the piece's bundle."""
        columns = {
            **columns,
            "return_code": kept_codes(columns["return_code"]),
            "piece_id": as_numbered(columns["piece_id"]),
        }
        columns["piece_id"] = self._ours(columns)
        columns["piece_id"] = self._of_vehicles(columns)
        by_piece = pc.not_equal(columns["piece_id"], "")
        place = pc.index_in(columns["piece_id"], self._ids)
        vins = pc.if_else(by_piece, self._vins.take(place), columns["vin"])
        bundles = pc.if_else(by_piece, self._bundles.take(place), columns["campaign_code"])
        unknown = pc.and_(by_piece, place.is_null())
        named = pc.not_equal(columns["vin"], "")
        other = pc.fill_null(
            pc.and_(pc.and_(by_piece, named), pc.not_equal(columns["vin"], vins)), False
        )
        rejects = [
            lines(
                _where(numbers, mask),
                "piece_id",
                columns["piece_id"].filter(mask),
                _reasons(mask, reason),
            )
            for mask, reason in ((unknown, NO_PIECE), (other, OTHER_VEHICLE))
        ]
        good = pc.invert(pc.or_(unknown, other))
        kept = {name: column.filter(good) for name, column in {**columns, "vin": vins}.items()}
        found = _by_campaign(kept, bundles.filter(good), _where(numbers, good))
        return Letters(
            *found, refused=len(numbers) - int(pc.sum(good).as_py() or 0), rejects=rejects
        )

    def _ours(self, columns: dict[str, pa.Array]) -> pa.Array:
        """Return the pieces of rows, blank where the id is of another maker of letters and the row names vehicle and campaign itself."""
        pieces = columns["piece_id"]
        known = pc.is_in(pieces, value_set=self._ids)
        named = pc.and_(
            pc.not_equal(columns["vin"], ""), pc.not_equal(columns["campaign_code"], "")
        )
        of_others = pc.and_(pc.invert(pc.or_(known, looks_numbered(pieces))), named)
        return pc.if_else(of_others, "", pieces)

    def _of_vehicles(self, columns: dict[str, pa.Array]) -> pa.Array:
        """Return the pieces of rows, with that of each return without one where a single letter can be meant."""
        pieces = columns["piece_id"]
        loose = pc.and_(pc.equal(pieces, ""), pc.equal(columns["kind"], "returned"))
        if not pc.any(loose, min_count=0).as_py():
            return pieces
        given = pa.table({name: columns[name].filter(loose) for name in GIVEN.names})
        found = letters_of(given, self._known)["piece_id"].combine_chunks()
        return pc.replace_with_mask(pieces, loose, found)


# What staged rows say anew of pieces that came back, by the day that counts: one row a piece.
_CAME_BACK = f"""
update piece set returned_on = s.returned_date, return_code = s.return_code
from {ROWS} s where s.vin = piece.vin and s.piece_id = piece.piece_id and s.kind = 'returned'
    and exists (select 1 from event e where e.vin = s.vin and e.subject = 'return|' || s.letter and e.source_id = s.source_id
        and e.kind = 'returned')
"""
_BACK = "piece_back"
_OF_PIECES = f"""
create temporary table {_BACK} as
select s.vin, s.piece_id, s.returned_date as day, s.source_id, s.source_row from {ROWS} s join piece p on p.vin = s.vin
    and p.piece_id = s.piece_id and p.returned_on = s.returned_date where s.kind = 'returned'
    and exists (select 1 from event e where e.vin = s.vin and e.subject = 'return|' || s.letter and e.source_id = s.source_id
        and e.kind = 'returned')
"""
# Of a return that names its day of mailing only one of several pieces of that day is not known; of another, the letter of its campaign
# where not exactly one was in the mail by then.
_WITHOUT_PIECE = f"""
select count(distinct s.vin) from {ROWS} s where s.piece_id = '' and s.kind = 'returned'
    and case when s.mailed_date is null then 1 <> (
            select count(*) from event m where m.vin = s.vin and m.campaign_code = s.campaign_code and m.kind = 'mailed'
            and m.occurred_on <= s.returned_date and {stands("m")})
        else 1 < (
            select count(*) from piece p where p.vin = s.vin and p.mailed_on = s.mailed_date
            and '+' || p.bundle || '+' like '%+' || s.campaign_code || '+%') end
    and exists (select 1 from event e where e.vin = s.vin and e.subject = 'return|' || s.letter and e.source_id = s.source_id
        and e.kind = 'returned')
"""


def came_back(session: Session) -> list[str]:
    """Write on pieces that staged rows say came back, and return a note on returns that name no piece; in the open transaction."""
    session.execute(_CAME_BACK)
    session.execute(_OF_PIECES)
    mailed_after_all(session, _BACK)
    session.execute(f"drop table {_BACK}")
    count = session.scalar(_WITHOUT_PIECE)
    if not count:
        return []
    of = counted(count, "vehicle whose letter came back", "vehicles whose letters came back")
    note = (
        f"mail_events: {of} without a piece_id, and no single letter that it can be: nobody knows which it was. Each stands on the"
        " list ask of its follow-up (renotify mail work NAME) until a newer owner record comes or it is written to again."
    )
    return [note]


def _where(numbers: Numbers, mask: pa.Array) -> Numbers:
    return np.asarray(numbers[mask.to_numpy(zero_copy_only=False)], np.int64)


def _reasons(mask: pa.Array, reason: str) -> pa.Array:
    return pa.array([reason] * int(pc.sum(mask).as_py() or 0), pa.string())


def _by_campaign(
    columns: dict[str, pa.Array], bundles: pa.Array, numbers: Numbers
) -> tuple[dict[str, pa.Array], Numbers]:
    lists = pc.split_pattern(bundles, JOINED)
    parents = pc.list_parent_indices(lists)
    spread = {name: column.take(parents) for name, column in columns.items()}
    spread["campaign_code"] = lists.flatten()
    piece, campaign = spread["piece_id"], spread["campaign_code"]
    mailed = pc.fill_null(spread["mailed_date"].cast(pa.string()), "")
    dated = pc.binary_join_element_wise(campaign, mailed, "|")
    spread["letter"] = pc.if_else(
        pc.not_equal(piece, ""), pc.binary_join_element_wise(piece, campaign, "|"), dated
    )
    return spread, np.asarray(numbers[parents.to_numpy()], np.int64)
