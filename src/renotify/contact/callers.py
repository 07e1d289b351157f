"""Which vehicle a caller means: by its VIN or the last eight of it, by the reference of the letter, or by name and ZIP code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.session import Session
from renotify.values import vin as vins
from renotify.values.notice_number import LENGTH, as_numbered

MOST = 20  # vehicles that are told apart at a telephone; more need a better question
LAST = 8  # characters of a VIN that its owner reads off a letter or a policy
_ZIP = re.compile(r"^(?P<name>.*\S)[\s,]+(?P<zip>\d{5})(-\d{4})?$")
_REFERENCE = re.compile(rf"^[0-9A-HJKMNP-TV-Z]{{{LENGTH}}}(-[2-9])?$")  # letters of values.piece
_NAMED = pa.schema([("vin", pa.string()), ("name1", pa.string()), ("name2", pa.string())])


class AskedBy(StrEnum):
    """What a caller was found by."""

    VIN = "vin"
    LAST_8 = "last_8"
    LETTER = "letter"
    NAME = "name"
    NAME_ALONE = "name_alone"
    SHORT = "short"
    NOTHING = "nothing"


class CallersVehicle(NamedTuple):
    """A vehicle that a caller may mean: what it is, and whose it is to repair; nothing about its owner."""

    vin: str
    vehicle: str
    dealer_code: str
    dealer: str


@dataclass(frozen=True)
class Callers:
    """The vehicles of a question, by VIN, at most ``MOST`` of ``total``. ``by`` says how it was read; ``vin`` is one that nobody has."""

    by: AskedBy
    vehicles: tuple[CallersVehicle, ...] = ()
    total: int = 0
    vin: str = ""

    @property
    def read_an_owner(self) -> bool:
        """Whether owners' names were read for it."""
        return self.by is AskedBy.NAME


def find_caller(session: Session, asked: str) -> Callers:
    """Return the vehicles that a caller may mean by one line of text, in the order of their VINs.

    A name and its ZIP code (``Ana Example 02108``) find the newest record of each role whose name has all the words; a VIN is read with
    blanks and hyphens in it; a letter's reference is that of the piece or of its notice, in groups of four or not. Eight characters are
    the last of a VIN, as far as they are not a name. A text without a digit is a name whose ZIP code lacks (``NAME_ALONE``); one with
    fewer characters than a VIN, and another number than eight, is a part of one (``SHORT``).
    """
    line = " ".join(asked.split())
    if not line:
        return Callers(AskedBy.NOTHING)
    named = _ZIP.match(line)
    if named and any(map(str.isalpha, named["name"])):
        return _known(session, AskedBy.NAME, _of_name(session, named["name"], named["zip"]))
    reference = as_numbered(pa.array([line]))[0].as_py()
    if _REFERENCE.match(reference):
        return _known(session, AskedBy.LETTER, _of_letter(session, reference))
    return _by_number(session, line)


def _by_number(session: Session, line: str) -> Callers:
    """Return the vehicles of a VIN or its end; of what is neither, what it may be."""
    number = vins.normalise(line)
    ending = vehicles_ending(session, number) if len(number) == LAST else []
    if ending:
        return _known(session, AskedBy.LAST_8, ending)
    if not any(map(str.isdigit, line)):  # no number of a car or a letter is without a digit
        return Callers(AskedBy.NAME_ALONE)
    known = _known(session, AskedBy.VIN, [number])
    if known.total or len(number) >= vins.LENGTH:
        return known if known.total else Callers(AskedBy.VIN, vin=number)
    return Callers(AskedBy.LAST_8 if len(number) == LAST else AskedBy.SHORT, vin=number)


class _Vin(NamedTuple):
    vin: str


def _of_letter(session: Session, reference: str) -> list[str]:
    """Return the vehicle of a piece; the number on a letter is that of its first mailing, whichever came."""
    found = session.rows(
        _Vin, "select vin from piece where piece_id = :first or piece_id = :asked", first=reference[:LENGTH], asked=reference,
    )  # fmt: skip
    return sorted({one.vin for one in found})


def vehicles_ending(session: Session, number: str) -> list[str]:
    """Return the vehicles whose number ends so; those that only a population names where no list of vehicles has one."""
    at = vins.LENGTH - LAST + 1
    for table in ("vehicle", "state"):
        found = session.rows(
            _Vin,
            f"select distinct vin from {table} where substr(vin, {at}) = :number",
            number=number,
        )
        if found:
            return sorted(one.vin for one in found)
    return []


def _of_name(session: Session, name: str, zip_code: str) -> list[str]:
    """Return the vehicles of which the newest record of some role lies in a ZIP code and has every word of a name."""
    rows = session.read(
        "select o.vin, o.name1, o.name2 from owner o where o.zip = :zip"
        " and o.as_of = (select max(n.as_of) from owner n where n.vin = o.vin and n.role = o.role)",
        _NAMED,
        zip=zip_code,
    )
    whole = _plain(pc.binary_join_element_wise(rows["name1"], rows["name2"], " "))
    wanted = _plain(pa.array([name]))[0].as_py().split()
    for word in wanted:
        at = pc.match_substring(whole, f" {word} ")
        rows, whole = rows.filter(at), whole.filter(at)
    return sorted(set(rows["vin"].to_pylist())) if wanted else []


def _plain(names: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Return names in capitals, without accents, a blank around each word."""
    bare = pc.replace_substring_regex(pc.utf8_normalize(names, "NFD"), r"\p{Mn}", "")
    words = pc.replace_substring_regex(pc.utf8_upper(bare), r"[^\pL\pN]+", " ")
    return pc.binary_join_element_wise("", words, "", " ")


def _known(session: Session, by: AskedBy, found: list[str]) -> Callers:
    """Return vehicles with what they are, those that nobody has left out."""
    if not found:
        return Callers(by)
    session.stage("asked_vehicle", pa.table({"vin": found}))
    rows = session.rows(
        CallersVehicle,
        "select a.vin, coalesce(v.model_year || ' ' || v.make || ' ' || v.model, '') as vehicle,"
        " coalesce(v.dealer_code, '') as dealer_code, coalesce(d.name, '') as dealer from asked_vehicle a"
        " left join vehicle v on v.vin = a.vin left join dealer d on d.dealer_code = v.dealer_code"
        " where v.vin is not null or exists (select 1 from state s where s.vin = a.vin) order by a.vin",
    )
    return Callers(by, tuple(rows[:MOST]), len(rows))
