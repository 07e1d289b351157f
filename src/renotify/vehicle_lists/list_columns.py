"""The columns that a list of vehicles can show, be filtered, sorted and grouped by, and where each one comes from.

A row of a list is a vehicle in a campaign: one that is open in two campaigns is two rows. Most columns are SQL over the ledger
(``COLUMNS``); those of ``BESIDE`` need a rule of another room and are joined in memory. What names an owner (``PERSONAL``; the state
and a ZIP Code of five digits do not, 18 USC 2725(3)) leaves the ledger for a stated purpose alone.
"""

from __future__ import annotations

from typing import NamedTuple

from renotify.values.vin import PLANT

TEXT, DAY, NUMBER = (
    "text",
    "day",
    "number",
)  # no Arrow here: whoever only names a list starts at once


class Column(NamedTuple):
    """A column of the list: its SQL, the tables that it needs (of ``JOINS``), its kind, and what it says."""

    sql: str
    needs: tuple[str, ...]
    kind: str
    about: str


# The states stand first as ``s``; each join names those before it that it needs.
JOINS = {
    "vehicle": "left join vehicle v on v.vin = s.vin",
    "dealer": "left join dealer d on d.dealer_code = v.dealer_code",
    "campaign": "left join campaign c on c.campaign_code = s.campaign_code",
    "listed": (
        "join listed l on l.vin = s.vin and l.follow_up = :follow_up and l.family = c.family"
        " and '+' || l.bundle || '+' like '%+' || s.campaign_code || '+%'"
    ),
    "piece": (
        "left join piece e on e.vin = s.vin and e.follow_up = l.follow_up and e.family = l.family and e.role <> 'lessor'"
    ),
    "wave": "left join wave w on w.follow_up = e.follow_up and w.number = e.wave",
}
_LISTED = ("campaign", "listed")
_PIECE = (*_LISTED, "piece")
_WAVE = (*_PIECE, "wave")

COLUMNS: dict[str, Column] = {
    "vin": Column("s.vin", (), TEXT, "the vehicle's number"),
    "campaign": Column("s.campaign_code", (), TEXT, "the campaign's code"),
    "status": Column("s.status", (), TEXT, "open, repaired, inspected_ok, unreachable, removed"),
    "since": Column("s.since", (), DAY, "the day of the status"),
    "added": Column("s.added_on", (), DAY, "the day on which the vehicle came into the campaign"),
    "make": Column("coalesce(v.make, '')", ("vehicle",), TEXT, "the make"),
    "model": Column("coalesce(v.model, '')", ("vehicle",), TEXT, "the model"),
    "year": Column("v.model_year", ("vehicle",), NUMBER, "the model year"),
    "built": Column("v.build_date", ("vehicle",), DAY, "the day of its build"),
    "plant": Column(
        f"substr(s.vin, {PLANT + 1}, 1)", (), TEXT, "the plant: the 11th character of the VIN"
    ),
    "first_sold": Column("v.first_sale_date", ("vehicle",), DAY, "the day of its first sale"),
    "dealer": Column("coalesce(v.dealer_code, '')", ("vehicle",), TEXT, "the vehicle's dealer"),
    "dealer_name": Column("coalesce(d.name, '')", ("vehicle", "dealer"), TEXT, "the dealer's name"),
    "dealer_state": Column(
        "coalesce(d.state, '')", ("vehicle", "dealer"), TEXT, "the dealer's state"
    ),
    "dealer_zip": Column(
        "coalesce(d.zip, '')", ("vehicle", "dealer"), TEXT, "the dealer's ZIP Code"
    ),
    "area": Column("coalesce(d.area_code, '')", ("vehicle", "dealer"), TEXT, "the dealer's area"),
    "bundle": Column("l.bundle", _LISTED, TEXT, "the campaigns of its letter"),
    "left_out": Column("l.left_out", _LISTED, TEXT, "why the follow-up has no letter for it"),
    "planned_dealer": Column("l.dealer_code", _LISTED, TEXT, "the dealer of the planned visit"),
    "arm": Column("l.arm", _LISTED, TEXT, "the arm drawn by lot"),
    "week": Column("w.week", _WAVE, DAY, "the Monday of its letter's week"),
    "wave": Column("e.wave", _PIECE, NUMBER, "the number of its letter's wave"),
    "piece": Column("coalesce(e.state, '')", _PIECE, TEXT, "where its letter is"),
    "piece_id": Column("coalesce(e.piece_id, '')", _PIECE, TEXT, "its letter's number"),
    "mailed": Column("e.mailed_on", _PIECE, DAY, "the day of its letter's mailing"),
    "returned": Column("e.returned_on", _PIECE, DAY, "the day on which it came back"),
}
OF_FOLLOW_UP = tuple(name for name, column in COLUMNS.items() if "listed" in column.needs)
# of the vehicle's own row or of its dealer's: the same in all campaigns
OF_VEHICLE = tuple(
    name
    for name, column in COLUMNS.items()
    if column.needs and {*column.needs} <= {"vehicle", "dealer"}
)

BESIDE: dict[str, Column] = {
    "reason": Column("", (), TEXT, "why an unreachable vehicle is, why an open one still is"),
    "last_contact": Column(
        "", (), DAY, "the last letter that went out about the campaign, whether it came back or not"
    ),
    "booked": Column("", (), DAY, "the day of the visit that is booked"),
    "owner_state": Column("", (), TEXT, "the state of who holds the vehicle"),
    "owner_zip": Column("", (), TEXT, "the ZIP Code of who holds the vehicle"),
    "language": Column("", (), TEXT, "the language that who holds it asked for"),
    "address_as_of": Column("", (), DAY, "the day of the address"),
}
PERSONAL = ("name1", "name2", "addr1", "addr2", "city", "zip4", "phone", "email")
BESIDE |= {
    name: Column("", (), TEXT, "of who holds the vehicle, for the recall alone")
    for name in PERSONAL
}
HELD_AT = "held_at"  # no column to be shown: state and ZIP Code of everybody who holds the vehicle, for filters

# Of a list of letters: the letter stands first as ``e``.
LETTER_JOINS = {
    "v": "left join vehicle v on v.vin = e.vin",
    "d": "left join dealer d on d.dealer_code = v.dealer_code",
    "w": "left join wave w on w.follow_up = e.follow_up and w.number = e.wave",
    "o": "left join owner o on o.vin = e.vin and o.role = e.role and o.as_of = e.owner_as_of",
}
LETTER_COLUMNS: dict[str, Column] = {
    "piece_id": Column("e.piece_id", (), TEXT, "the letter's number"),
    "vin": Column("e.vin", (), TEXT, "the vehicle's number"),
    "role": Column("e.role", (), TEXT, "to whom the letter goes: owner, lessee or lessor"),
    "campaign": Column("e.bundle", (), TEXT, "the campaigns of the letter"),
    "bundle": Column("e.bundle", (), TEXT, "the campaigns of the letter"),
    "week": Column("w.week", ("w",), DAY, "the Monday of the letter's week"),
    "wave": Column("e.wave", (), NUMBER, "the number of the letter's wave"),
    "piece": Column("e.state", (), TEXT, "where the letter is"),
    "reason": Column("e.reason", (), TEXT, "why the letter is withdrawn, set aside or spoiled"),
    "language": Column("e.language", (), TEXT, "the language of the letter"),
    "planned_dealer": Column("e.dealer_code", (), TEXT, "the dealer of the planned visit"),
    "mailed": Column("e.mailed_on", (), DAY, "the day of the mailing"),
    "returned": Column("e.returned_on", (), DAY, "the day on which it came back"),
    "address_as_of": Column("e.owner_as_of", (), DAY, "the day of the address"),
    "owner_state": Column("coalesce(o.state, '')", ("o",), TEXT, "the state that the letter goes to"),
    "owner_zip": Column("coalesce(o.zip, '')", ("o",), TEXT, "the ZIP Code that the letter goes to"),
    "model": Column("coalesce(v.model, '')", ("v",), TEXT, "the model"),
    "make": Column("coalesce(v.make, '')", ("v",), TEXT, "the make"),
    "year": Column("v.model_year", ("v",), NUMBER, "the model year"),
    "dealer": Column("coalesce(v.dealer_code, '')", ("v",), TEXT, "the vehicle's dealer"),
    "dealer_name": Column("coalesce(d.name, '')", ("v", "d"), TEXT, "the dealer's name"),
    "dealer_state": Column("coalesce(d.state, '')", ("v", "d"), TEXT, "the dealer's state"),
    "dealer_zip": Column("coalesce(d.zip, '')", ("v", "d"), TEXT, "the dealer's ZIP Code"),
    "area": Column("coalesce(d.area_code, '')", ("v", "d"), TEXT, "the dealer's area"),
}  # fmt: skip
SHOWN_OF_LETTERS = (
    "piece_id", "vin", "role", "campaign", "wave", "week", "piece", "reason", "mailed", "returned", "model", "dealer",
)  # fmt: skip
OF_HOLDER = ("owner_state", "owner_zip", "language", "address_as_of", *PERSONAL)
SHOWN = (
    "vin", "campaign", "status", "reason", "since", "model", "year", "owner_state", "dealer", "area", "last_contact", "booked",
)  # fmt: skip
SHOWN_OF_FOLLOW_UP = ("left_out", "week", "wave", "piece")
SHORT = {"state": "owner_state", "zip": "owner_zip"}  # as people say it
