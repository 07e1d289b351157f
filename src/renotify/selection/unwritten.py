"""The owners of a follow-up's vehicles whom no letter can reach as their records stand: the work list of the people who mend records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import follow_ups, tables
from renotify.ledger.holders import GIVEN_UP, IN_STOCK, REFUSED, Beside, beside, holders
from renotify.ledger.placeholder_words import placeholders
from renotify.ledger.returned_mail import ASK as ASK_A_PERSON
from renotify.ledger.returned_mail import ReturnActions, bad_addresses, return_actions
from renotify.ledger.session import Session, Value
from renotify.selection.left_out_words import AWAY, INCOMPLETE, MAIL_RETURNED, TO_CONFIRM
from renotify.values.address import address_problems, countries_of
from renotify.values.placeholders import ADDRESS, NAMES
from renotify.values.private_in_names import private_in

COLUMNS = ("vin", "role", "as_of", "reason", "problem", "file", "row")
_READ = (
    "vin", "role", "as_of", "name1", "name2", "addr1", "addr2", "city", "state", "zip", "country", "end_date",
)  # fmt: skip
_REFUSED_ROW = pa.schema([(name, pa.string()) for name in ("vin", "field", "file", "place")])
_OWNERS = """
    select o.vin, o.role, o.as_of, o.name1, o.name2, o.addr1, o.addr2, o.city, o.state, o.zip, o.country, o.end_date,
        f.name as file, o.source_row as "row"
    from owner o join source f on f.id = o.source_id where o.as_of <= :on and {which}"""
_OF_LIST = f"""o.vin in (
    select vin from listed where follow_up = :name and left_out in (
        '', '{TO_CONFIRM}', '{INCOMPLETE}', '{AWAY}', '{GIVEN_UP}', '{REFUSED}'))"""
GAVE_UP = "Everyone on record has given the vehicle up: find out who has it now; renotify owners unknown says how."
ASK_NAME = "A word in name1 or name2 may stand for nothing: the letter goes to the registered owner meanwhile."
NEWER_REFUSED = (
    "A newer owner row was refused ({}): correct and load it, or decide: renotify owners refused."
)
PRIVATE_NAME = "An e-mail address or a Social Security number stands in name1 or name2: no letter prints it; correct the record."
OR_SETTLED = ", or the code is settled (return_codes)"
_ANY_BACK = "select count(*) from event where vin = :vin and kind = 'returned'"
ASK = "A word in addr1, addr2 or city may stand for nothing."


def unwritten(session: Session, name: str, on: date) -> pa.Table:
    """Return the records (COLUMNS) of those who hold a follow-up's open vehicles and are not written to, or not by name, as of a day.

    Of a vehicle that nobody holds any more all newest records are in it: a lease may have ended since the list was frozen.
    ``reason`` is no_current_owner, owner_row_refused, owner_to_confirm, address_abroad or address_incomplete, ``problem`` the sentence,
    ``file`` and ``row`` where
    the record came from; nothing of the owner is in it. Raises UnknownName for a follow-up nobody made.
    """
    follow_ups.settings(session, name)
    return _problems(session, _read(session, on, _OF_LIST, name=name), beside(session, on), on)


def unwritten_vehicle(session: Session, vin: str, on: date) -> pa.Table:
    """Return the same (COLUMNS) of one vehicle, on whatever list or none; with the records from whose address mail came back."""
    owners = _read(session, on, "o.vin = :vin", vin=vin)
    known = beside(session, on, "vin = :vin", vin=vin)
    problems = _problems(session, owners, known, on)
    back = _came_back(session, vin, on) if session.scalar(_ANY_BACK, vin=vin) else []
    if not back:
        return problems
    held = _held(owners, holders(owners, on, known))
    told = held.append_column("record", _key(held)).to_pylist()
    rows = [
        one | {"reason": MAIL_RETURNED, "problem": problem}
        for one in told
        for key, problem in back
        if one["unheld"] is None and key == one["record"]
    ]
    return pa.concat_tables([problems, pa.Table.from_pylist(rows, problems.schema)])


def _came_back(session: Session, vin: str, on: date) -> list[tuple[str, str]]:
    """Return the records of a vehicle (``_key``) from whose address mail came back, each with the code and what makes it good again."""
    found = bad_addresses(session, on, vin)
    actions, rows = return_actions(session, on), found.append_column("record", _key(found))
    last = {row["record"]: row for row in rows.sort_by("returned_on").to_pylist()}
    return [(key, _back_in_words(row, actions)) for key, row in last.items()]


def _back_in_words(row: Mapping[str, Any], actions: ReturnActions) -> str:
    code = row["return_code"]
    unknown = bool(code) and actions.of(code) == ASK_A_PERSON
    mailed = f" of {row['mailed_on']}" if row["mailed_on"] else ""
    known = f"code {code}{', which nobody knows' if unknown else ''}" if code else "no code"
    settled = OR_SETTLED if unknown else ""
    return (
        f"the letter{mailed} to its address (addr1, city, state, zip) came back on {row['returned_on']} ({known})."
        f" Nobody writes there before a newer record comes{settled}."
    )


def _read(session: Session, on: date, which: str, **values: Value) -> pa.Table:
    """Return the records of a day of some vehicles, with the file and row that each came from."""
    known = tables.schema("owner")
    columns = [*(known.field(name) for name in _READ), ("file", pa.string()), ("row", pa.int64())]
    return session.read(_OWNERS.format(which=which), pa.schema(columns), on=on, **values)


def _held(owners: pa.Table, judged: pa.Table) -> pa.Table:
    """Return the newest records of those who hold a vehicle, and of all where nobody does, with ``unheld``: why they do not."""
    place = pc.index_in(_key(owners), value_set=_key(judged))
    newest = owners.filter(pc.is_valid(place))
    own = judged.take(place.drop_null())
    holds, otherwise = own["holds"], own["otherwise"]
    nobody = pc.invert(pc.is_in(newest["vin"], value_set=newest["vin"].filter(holds)))
    shown = pc.or_(holds, pc.and_(nobody, pc.not_equal(otherwise, IN_STOCK)))
    unheld = pc.if_else(holds, pa.scalar(None, pa.string()), otherwise)
    told = newest.append_column("unheld", unheld).filter(shown)
    return told.sort_by([("vin", "ascending"), ("role", "ascending")])


def _key(records: pa.Table) -> pa.ChunkedArray:
    """Return what tells an owner record from all others of a ledger."""
    day = pc.cast(records["as_of"], pa.string())
    return pc.binary_join_element_wise(records["vin"], records["role"], day, "|")


def _newer_refused(session: Session, vins: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return of each vehicle in which fields of which row its newest owner row was refused, null where none was."""
    rows = session.read(
        "select r.vin, r.field, f.name as file, cast(r.source_row as text) as place from refused_owner r"
        " join source f on f.id = r.source_id where not r.settled order by r.vin, r.source_id desc, r.source_row desc",
        _REFUSED_ROW,
    )
    named = pc.if_else(
        pc.equal(rows["field"], ""), "", pc.binary_join_element_wise(rows["field"], "", ", ")
    )
    where = pc.binary_join_element_wise(
        named, rows["file"], pc.binary_join_element_wise(" row ", rows["place"], ""), ""
    )
    before, after = NEWER_REFUSED.split("{}")
    said = pc.binary_join_element_wise(before, where, after, "")
    return said.take(pc.index_in(vins, value_set=rows["vin"]))


def _problems(session: Session, owners: pa.Table, known: Beside, on: date) -> pa.Table:
    """Return the records (COLUMNS) among all those of some vehicles of who holds them and is not written to, or not by name."""
    held = _held(owners, holders(owners, on, known))
    words, problems = placeholders(session), address_problems(held)
    asked, of_name = words.asked(held, ADDRESS), words.asked(held, NAMES)
    private = pc.or_(*(private_in(held[name]) for name in NAMES))
    by_name = pc.if_else(private, PRIVATE_NAME, pc.if_else(of_name, ASK_NAME, None))
    problem = pc.if_else(asked, ASK, pc.coalesce(problems, by_name))
    away = pc.not_equal(countries_of(held), "")
    incomplete = pc.if_else(away, AWAY, INCOMPLETE)
    reason = pc.if_else(pc.or_(asked, pc.is_null(problems)), TO_CONFIRM, incomplete)
    unheld = pc.equal(held["unheld"], REFUSED)
    gone = pc.if_else(unheld, _newer_refused(session, held["vin"]), GAVE_UP)
    problem = pc.coalesce(gone, problem)
    reason = pc.coalesce(held["unheld"], reason)
    told = held.append_column("reason", reason).append_column("problem", problem)
    return told.filter(pc.is_valid(problem)).select(COLUMNS)
