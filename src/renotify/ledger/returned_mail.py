"""Mail that came back: what its code leads to, and at which address records nobody was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify import rules
from renotify.ledger import spelled_alike
from renotify.ledger.returns_of_others import BACK, of_others
from renotify.ledger.returns_without_piece import of_one_address, of_vehicles
from renotify.ledger.session import Session
from renotify.rules.pack import rows_of, spelling
from renotify.rules.printed_reasons import reason_on
from renotify.rules.row import ReturnReason

LONGEST_CODE = 32  # characters that the ledger keeps
ASK = "ask_a_person"
FOUND_BY_SEARCH = "skip_trace"  # the source of owner records that a skip-trace vendor brought
SEARCHED = frozenset(
    {"skip_trace", "unreachable"}
)  # actions that say: the owner is not at this address
NOT_WRITTEN_TO = SEARCHED | {ASK}  # and of a code that nobody knows, until a person has settled it
RECORD = pa.schema([("vin", pa.string()), ("role", pa.string()), ("as_of", pa.date32())])
_CODES = pa.schema([("return_code", pa.string())])

# A letter that was written to the same record later and did not come back, or a record that was corrected since the letter
# was printed, makes the address good again. A record of a later day that says the same, however it is spelt, is the same address,
# unless it is newer than the return: then the State says it again. What a search brought is not, unless it names somebody else.
_OF_PIECES = (
    "select p.* from piece p where p.returned_on is not null and p.returned_on <= :on and {only}"
)
_CAME_BACK = f"""
select distinct w.vin, w.role, w.as_of, p.return_code, p.mailed_on, p.returned_on
from ({{returned}}) p
join searched_code c on c.return_code = p.return_code
join wave v on v.follow_up = p.follow_up and v.number = p.wave
join owner o on o.vin = p.vin and o.role = p.role and o.as_of = p.owner_as_of
join source s on s.id = o.source_id
join owner w on w.vin = p.vin and w.role = p.role and w.as_of >= p.owner_as_of
    and (w.as_of <= p.returned_on or w.as_of > p.owner_as_of and w.source = '{FOUND_BY_SEARCH}')
join owner_said n on n.vin = w.vin and n.role = w.role and n.as_of = w.as_of
join owner_said b on b.vin = o.vin and b.role = o.role and b.as_of = o.as_of and b.person = n.person and b.place = n.place
where not (s.recorded_at > v.released_at) and not exists (
    select 1 from piece q where q.vin = p.vin and q.role = p.role and q.owner_as_of = p.owner_as_of
        and q.mailed_on > coalesce(p.mailed_on, p.returned_on) and q.returned_on is null)
"""


class OwnCode(NamedTuple):
    """A code that the maker settled, and its action."""

    code: str
    action: str


@dataclass(frozen=True)
class ReturnActions:
    """What each code on returned mail leads to; ``own`` has those that the maker settled, by their letters and digits."""

    pack: rules.RulePack
    own: Mapping[str, str]

    def of(self, code: str) -> str:
        """Return the action of a code, or of the words on a label; ``ASK`` where neither the maker nor the rules know it."""
        known = self.own.get(spelling(code)) or self.pack.return_actions.get(spelling(code))
        if known:
            return known
        printed = reason_on(code, self.pack.return_reasons)
        return printed.action if printed else ASK


def return_actions(session: Session, on: date) -> ReturnActions:
    """Return the actions in force on a day, the maker's own (table return_codes) before the rule pack's."""
    own = session.rows(OwnCode, "select code, action from return_code")
    return ReturnActions(rules.load(on), {spelling(one.code): one.action for one in own})


def kept_codes(codes: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return codes as the ledger keeps them: one that is longer than its column by the name of its rule, or cut where none is known."""
    written = codes.combine_chunks() if isinstance(codes, pa.ChunkedArray) else codes
    encoded = written.dictionary_encode()
    kept = [
        code if len(code) <= LONGEST_CODE else _name_of(code)
        for code in encoded.dictionary.to_pylist()
    ]
    return pa.array(kept, pa.string()).take(encoded.indices)


def _name_of(code: str) -> str:
    """Return the name of the rule of a long code; its beginning where no rule knows it, for a person to settle."""
    reasons = [row for row in rows_of("returns") if isinstance(row, ReturnReason)]
    names = {spelling(known): row.id for row in reasons for known in (row.id, *row.codes)}
    printed = reason_on(code, reasons)
    named = names.get(spelling(code)) or (printed.id if printed else "")
    return named or code[:LONGEST_CODE].rstrip()


def came_back(session: Session, on: date, vehicles: str = "") -> pa.Table:
    """Return the address records (vin, role, as_of) at which a letter found nobody (``bad_addresses``)."""
    found = bad_addresses(session, on, vehicles=vehicles)
    return found.group_by(RECORD.names, use_threads=False).aggregate([]).select(RECORD.names)


def bad_addresses(session: Session, on: date, vin: str = "", *, vehicles: str = "") -> pa.Table:
    """Return the address records at which a letter found nobody, with its code and days (``BACK``); of one vehicle or all.

    ``vehicles`` names a staged table (vin) of those that are asked for; blank: all.

    Its code leads to a search, or nobody knows it. Nobody writes there again before a newer record comes, or a person has settled the
    unknown code (table return_codes). A return that names no piece says it of the address to which all letters went that it may be of,
    pieces (``returns_without_piece``) or the mail of earlier years (``returns_of_others``).
    """
    only, values = of_vehicles("p", vin, vehicles)
    of_pieces = _OF_PIECES.format(only=only)
    codes = session.read(
        f"select distinct return_code from ({of_pieces}) p", _CODES, on=on, **values
    )
    loose = of_one_address(session, on, vin, vehicles)
    others = of_others(session, on, vin, vehicles)
    actions = return_actions(session, on)
    tables = (codes, loose, others)
    known = {code for one in tables for code in one["return_code"].to_pylist()}
    searched = sorted(code for code in known if actions.of(code) in NOT_WRITTEN_TO)
    if not searched:
        return BACK.empty_table()
    listed = pa.array(searched, pa.string())
    found = [others.filter(pc.is_in(others["return_code"], value_set=listed))]
    session.stage("searched_code", pa.table({"return_code": listed}))
    if codes.num_rows:
        spelled_alike.stage(session, f"select p.vin from ({of_pieces}) p", on=on, **values)
        found.append(session.read(_CAME_BACK.format(returned=of_pieces), BACK, on=on, **values))
    if loose.num_rows:
        session.stage("loose_return", loose.drop_columns(["letter", "address"]))
        spelled_alike.stage(session, "select vin from loose_return")
        found.append(session.read(_CAME_BACK.format(returned="select * from loose_return"), BACK))
    return pa.concat_tables(found)
