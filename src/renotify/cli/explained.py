"""What ``explain`` prints, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from renotify.values.english import figure, measured, percent, series

CERTAIN = 0.995  # the share of vehicles that need a part from which 100 % would be told
NOT_NAMED = "No campaign that was loaded names this vehicle."


def lines(explained: Mapping[str, Any]) -> Iterator[str]:
    """Yield the answer of ``explain`` as people read it."""
    named = explained["campaigns"] or explained["no_longer"] or explained["out_of"]
    yield f"{explained['vin']}  {explained.get('reason') or ('' if named else NOT_NAMED)}".rstrip()
    if explained["exception"]:
        yield f"The maker's exception: {explained['exception']} ({explained['exception_from']})"
    if explained["campaigns"]:
        yield explained["holder"]["sentence"]
    for campaign in [*explained["campaigns"], *explained["no_longer"]]:
        yield f"\n{campaign['campaign']}: {campaign['sentence']}"
        yield from (
            f"  {one['sentence']}"
            for one in explained["without_dealer"]
            if one["campaign"] == campaign["campaign"]
        )
        yield from map(_event, campaign["events"])
    for one in explained["out_of"]:
        yield f"\n{one['campaign']}: {one['sentence']}"
    for follow_up in explained["follow_ups"]:
        yield f"\n{follow_up['follow_up']}: {follow_up['sentence']}"
        yield from _week(follow_up, explained["weeks"])
    yield from map(_record, explained["records"])
    if explained["stock"]:
        yield _stock(explained["stock"])
    for visit in explained["visits"]:
        yield from _visit(visit)


def _event(event: Mapping[str, Any]) -> str:
    note = f": {event['note']}" if event["note"] else ""
    return (
        f"  {event['occurred_on']}  {event['kind']:<12} {event['source']} row {event['row']},"
        f" recorded {str(event['recorded_at'])[:16]}{note}"
    )


def _week(follow_up: Mapping[str, Any], weeks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in weeks:
        if one["why"] and all(one[key] == follow_up[key] for key in ("follow_up", "family")):
            week = f"In the week of {one['monday']}. " if one["monday"] else ""
            yield f"  {week}{one['why']}"


def _record(record: Mapping[str, Any]) -> str:
    return f"\nThe {record['role']}'s record of {record['as_of']} ({record['file']} row {record['row']}): {record['problem']}"


def _stock(stock: Mapping[str, Any]) -> str:
    """Say in whose stock a vehicle stands, and what of it must be done before it is delivered."""
    held = ""
    if stock["held_for"]:
        why = "by law (49 USC 30120(i))" if stock["basis"] == "law" else "by the maker's policy"
        held = f", and on hold {why} until {series(stock['held_for'])} is done"
    return f"\nIn the stock of dealer {stock['dealer']} ({stock['stock_type']}) since {stock['since']}{held}."


def _visit(visit: Mapping[str, Any]) -> Iterator[str]:
    """Yield a visit that is booked, its kits, and for which week each was promised."""
    start = str(visit["start"]).replace("T", " ")
    is_or_was = "was" if visit["without_word"] else "is"
    past = "; its day is past, and it is not reported" if visit["without_word"] else ""
    yield f"\nA visit {is_or_was} {visit['status']} at dealer {visit['dealer']} on {start} for {', '.join(visit['campaigns'])}{past}."
    for kit in visit["kits"]:
        weeks = [
            f"{one['kits']:g} for the week of {one['week']} ({one['state']})"
            for one in kit["promises"]
        ]
        promised = f"; promised to the dealer: {', '.join(weeks)}" if weeks else ""
        yield f"  {_taken(kit)}{promised}."
    if visit["kits_say"] and not visit["without_word"]:
        yield f"  {visit['kits_say']}"


def _taken(kit: Mapping[str, Any]) -> str:
    """Say what a visit takes of a part: for certain, or with the share of vehicles that turn out to need it."""
    if kit["take_rate"] >= CERTAIN:
        return f"It takes {figure(kit['qty'])} of {kit['part_no']}"
    kits = "A kit" if kit["qty"] == 1 else measured(kit["qty"], "kit")
    return f"{kits} of {kit['part_no']} may be needed ({percent(kit['take_rate'], 0)})"
