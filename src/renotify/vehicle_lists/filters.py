"""The filters of a list: those that are SQL over the ledger, and those that judge rows in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import reduce
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.kinds import Reason, Status
from renotify.ledger.letters_out import EVER, written_since, written_vehicles
from renotify.ledger.session import Session, Value
from renotify.ledger.standing_visits import at_two_dealers, visit_made_by
from renotify.vehicle_lists.asked import ANY, ANY_WAVE, Asked
from renotify.vehicle_lists.list_columns import COLUMNS, HELD_AT

OF_FOLLOW_UP = "l.follow_up = :follow_up"  # the filter that a follow-up alone is
_OF_E = re.compile(r"\be\.")
_NO_WAVE = 1_000_000_000  # of a letter that no wave has yet: it is the last


class Filter(NamedTuple):
    """A condition, the column whose joins it needs (blank: none), and its values."""

    sql: str
    column: str
    values: dict[str, Value]


def of_ledger(session: Session, asked: Asked, on: date) -> list[Filter]:
    """Return the conditions that SQL decides, those first that a later one in memory only narrows. ``on`` is the day of the list."""
    found = list(_among(session, asked))
    if asked.follow_up:
        named: dict[str, Value] = {"follow_up": asked.follow_up}
        found.append(Filter(OF_FOLLOW_UP, "left_out", named))
    if asked.years:
        years: dict[str, Value] = {"year_from": asked.years[0], "year_to": asked.years[1]}
        found.append(Filter("v.model_year between :year_from and :year_to", "year", years))
    if asked.dealer_zips:
        alike, starts = begins("d.zip", asked.dealer_zips)
        found.append(Filter(alike, "dealer_zip", starts))
    return [
        *found,
        *_of_owners(session, asked, on),
        *_of_letters(asked),
        *_of_visits(asked, on),
        *_of_reasons(session, asked),
    ]


def _of_letters(asked: Asked) -> Iterator[Filter]:
    """Yield when the vehicle was last written to about the campaign, and the vehicles that have a letter of the kind asked for."""
    limits = {
        "contacted_since": ("", asked.contacted_since),
        "contacted_before": ("not ", asked.contacted_before),
        "never_contacted": ("not ", EVER if asked.never_contacted else None),
    }
    for name, (negated, day) in limits.items():
        if day:
            written = written_since("s.vin", "s.campaign_code", f":{name}")
            few = (
                f"s.vin in ({written_vehicles(f':{name}')}) and " if day > EVER else ""
            )  # else they are most
            yield Filter(f"{negated}({few}{written})", "", {name: day})
    waves = tuple(one for one in asked.waves if one != ANY_WAVE)
    if asked.waves or asked.pieces:  # few of many states: they are not all looked up in the list
        some = f" and wave in ({', '.join(f'{wave:d}' for wave in waves)})" if waves else ""
        yield Filter(f"s.vin in (select vin from piece where follow_up = :follow_up{some})", "", {})


def _of_visits(asked: Asked, on: date) -> Iterator[Filter]:
    """Yield whether a visit was booked by a day; which visits stand now, memory decides."""
    if asked.visit_made_by:
        made = visit_made_by("a", ":visit_made_by")
        sql = f"s.vin in (select a.vin from appointment a where {made})"
        yield Filter(sql, "", {"visit_made_by": asked.visit_made_by})
    if asked.two_dealers:
        yield Filter(f"s.vin in ({at_two_dealers(':visits_from')})", "", {"visits_from": on})


def _of_reasons(session: Session, asked: Asked) -> Iterator[Filter]:
    """Yield what a row must be to have one of the reasons: unreachable for it, or open; which of these, memory decides."""
    by_law = [one for one in asked.reasons if one in list(Reason)]
    if asked.reasons and "" not in asked.reasons:
        still_open = f" or s.status = '{Status.OPEN}'" if len(by_law) < len(asked.reasons) else ""
        listed = session.list_values("by_law")
        sql = f"(s.status = '{Status.UNREACHABLE}' and s.reason in {listed}{still_open})"
        yield Filter(sql, "", {"by_law": _listed(by_law)})


def _of_owners(session: Session, asked: Asked, on: date) -> Iterator[Filter]:
    """Yield conditions that somebody on record meets: who holds the vehicle is asked of the vehicles that are left alone."""
    for column, given in {"state": asked.owner_states, "language": asked.languages}.items():
        if given:
            listed = session.list_values(f"owner_{column}")
            yield Filter(
                _RECORDED.format(f"o.{column} in {listed}"),
                "",
                {f"owner_{column}": _listed(given, upper=column == "state")},
            )
    if asked.address_older_than is not None:
        yield Filter(_RECORDED.format("o.as_of < :oldest"), "", {"oldest": _oldest(asked, on)})
    if asked.owner_zips:
        alike, starts = begins("o.zip", asked.owner_zips)
        yield Filter(_RECORDED.format(alike), "", starts)


_RECORDED = "exists (select 1 from owner o where o.vin = s.vin and {})"


def begins(column: str, starts: Sequence[str]) -> tuple[str, dict[str, Value]]:
    """Return the condition that a column begins with one of some texts, and its values."""
    name = column.replace(".", "_")
    values: dict[str, Value] = {f"{name}_{number}": f"{one}%" for number, one in enumerate(starts)}
    return f"({' or '.join(f'{column} like :{one}' for one in values)})", values


def _among(session: Session, asked: Asked) -> Iterator[Filter]:
    """Yield a condition for each filter whose values are those of a column."""
    exact = {
        "status": asked.statuses,
        "piece": () if ANY in asked.pieces else asked.pieces,
        "wave": () if ANY_WAVE in asked.waves else asked.waves,
        "left_out": () if ANY in asked.left_out else asked.left_out,
    }
    for column, given in exact.items():
        if given:
            sql = f"cast({COLUMNS[column].sql} as text) in {session.list_values(column)}"
            yield Filter(sql, column, {column: _listed(given)})
    for column, words in {"model": asked.models, "dealer_state": asked.dealer_states}.items():
        if words:
            sql = f"upper({COLUMNS[column].sql}) in {session.list_values(column)}"
            yield Filter(sql, column, {column: _listed(words, upper=True)})
    if ANY in asked.pieces:
        yield Filter("e.state is not null", "piece", {})
    if ANY_WAVE in asked.waves:
        yield Filter("e.wave is not null", "wave", {})
    if ANY in asked.left_out:
        yield Filter("l.left_out <> ''", "left_out", {})


def last_piece(filters: Sequence[Filter]) -> str:
    """Return the condition that a vehicle's letter ``e`` is the last that the filters keep: one whose letter went again has two."""
    kept = [one.sql for one in filters if one.column in ("piece", "wave")]
    also = "".join(f" and {_OF_E.sub('n.', sql)}" for sql in kept)
    return (
        "not exists (select 1 from piece n where n.vin = e.vin and n.follow_up = e.follow_up and n.family = e.family"
        f" and n.role <> 'lessor' and (coalesce(n.wave, {_NO_WAVE}), n.piece_id) > (coalesce(e.wave, {_NO_WAVE}), e.piece_id){also})"
    )


def _listed(given: Sequence[object], *, upper: bool = False) -> str:
    return json.dumps([str(one).upper() if upper else str(one) for one in given])


def kept(rows: pa.Table, asked: Asked, on: date) -> pa.Table:
    """Return the rows that the filters on columns of ``BESIDE`` keep; a blank is kept by none but ``not booked``."""
    conditions = [*_of_words(rows, asked), *_of_days(rows, asked, on)]
    if not conditions:
        return rows
    return rows.filter(reduce(pc.and_, [pc.fill_null(one, False) for one in conditions]))


def _of_words(rows: pa.Table, asked: Asked) -> Iterator[pa.ChunkedArray]:
    among = {
        "reason": asked.reasons,
        "language": asked.languages,
    }
    for column, given in among.items():
        if given:
            yield pc.is_in(rows[column], value_set=pa.array(given, pa.string()))
    if asked.owner_states or asked.owner_zips:
        states = _one_of([one.upper() for one in asked.owner_states]) or "[^|\t]*"
        place = rf"\|{states}\t{_one_of(asked.owner_zips)}"
        yield pc.match_substring_regex(rows[HELD_AT], place)
    if asked.booked is not None:
        yield pc.is_valid(rows["booked"]) if asked.booked else pc.is_null(rows["booked"])


def _one_of(words: Sequence[str]) -> str:
    """Return the regular expression of one of some texts as they are; blank of none."""
    return f"({'|'.join(re.escape(one) for one in words)})" if words else ""


def _oldest(asked: Asked, on: date) -> date:
    """Return the first day of an address that is not too old."""
    return on - timedelta(days=asked.address_older_than or 0)


def _of_days(rows: pa.Table, asked: Asked, on: date) -> Iterator[pa.ChunkedArray]:
    if asked.address_older_than is not None:
        yield pc.less(rows["address_as_of"], pa.scalar(_oldest(asked, on)))
    if asked.visit_dealer:
        yield pc.is_valid(rows["booked"])
    if asked.visit_since:
        yield pc.greater_equal(rows["booked"], pa.scalar(asked.visit_since))
    if asked.visit_before:
        yield pc.less(rows["booked"], pa.scalar(asked.visit_before))
