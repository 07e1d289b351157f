"""Whether two owner records say the same: who and where, however their files spell it.

A registration that is exported again in another spelling (SAINT JAMES AVENUE APARTMENT 4, SMITH JOHN) says nothing new. Places are
compared in the form that is printed, that of Publication 28, without the +4; names by their words, in any order. Both without
accents, capitals and punctuation.
"""

from __future__ import annotations

import re
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.session import Session, Value
from renotify.values.address import address_blocks
from renotify.values.different_rows import of_each

WORDS = ("name1", "addr1", "addr2", "city", "state", "zip", "country")
_KEY = ("vin", "role", "as_of")
_READ = pa.schema([(n, pa.date32() if n == "as_of" else pa.string()) for n in (*_KEY, *WORDS)])
_APART = re.compile(r"[\W_]+")
_WITHIN = re.compile(r"['’.ʻʼ]")  # O'Neil is ONEIL, N.A. is NA


def stage(session: Session, vins: str, **values: Value) -> None:
    """Stage ``owner_said``: what records ``said`` of the vehicles of a query."""
    session.stage("owner_said", said(session, vins, **values))


def said(session: Session, vins: str, **values: Value) -> pa.Table:
    """Return who and where (vin, role, as_of, person, place) by the owner records of the vehicles of a query.

    They tell the records of one vehicle apart: of one that has a single record, as most have, they are blank.
    """
    columns = ", ".join(f"o.{name}" for name in _READ.names)
    query = f"select {columns} from owner o where o.vin in ({vins})"
    records = session.read(query, _READ, **values)
    counted = pc.value_counts(records["vin"].combine_chunks())
    several = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    compared = pc.is_in(records["vin"], value_set=several)
    alone = records.filter(pc.invert(compared)).select(_KEY)
    blank = pa.chunked_array([pa.repeat(pa.scalar(""), alone.num_rows)])
    alone = alone.append_column("person", blank).append_column("place", blank)
    told = with_meaning(records.filter(compared)).select([*_KEY, "person", "place"])
    return pa.concat_tables([told, alone])


def with_meaning(records: pa.Table) -> pa.Table:
    """Return owner records (``WORDS``) with ``person`` and ``place``: two that say the same have the same texts."""
    blank = pa.chunked_array([pa.repeat(pa.scalar(""), records.num_rows)])
    plain = {name: records[name] for name in WORDS} | {"name2": blank, "zip4": blank}
    block = address_blocks(pa.table(plain))
    lines = [
        block["addr1"],
        block["addr2"],
        block["last_line"],
        block["country_line"],
    ]  # a unit follows its street
    place = pc.binary_join_element_wise(*lines, " ")
    return records.append_column(
        "person", of_each([records["name1"]], _words_sorted, pa.string())
    ).append_column("place", of_each([place], _words, pa.string()))


def _words_sorted(text: str) -> str:
    return " ".join(sorted(_words(text).split()))


def _words(text: str) -> str:
    """Return the words of a text; one of signs alone is that text."""
    plain = _WITHIN.sub("", text)
    if plain.isascii():  # no letter of it has an accent
        plain = plain.casefold()
    else:
        letters = unicodedata.normalize("NFKD", plain).casefold()
        plain = "".join(one for one in letters if not unicodedata.combining(one))
    return _APART.sub(" ", plain).strip() or text
