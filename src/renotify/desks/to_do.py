"""What a dealer does first, in sentences: a day's or week's figures as steps, the gravest first, each with the command that helps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from renotify.desks.dealer_days import DealerDays
from renotify.parts.kit_state import KitState
from renotify.values.english import counted, figure, measured, series

NAMED = 5  # VINs that a sentence names
WAITS = {KitState.SHORT: "short", KitState.ON_ORDER: "on order without a day"}


class Step(NamedTuple):
    """One thing to do: what about, in words, and a command that does or shows it (blank: none)."""

    about: str
    says: str
    command: str = ""

    def document(self) -> dict[str, str]:
        """Return it as ``--json`` prints it."""
        return self._asdict()


def headline(days: DealerDays) -> str:
    """Return the day or week in two sentences: who is booked, and what the week has to do with its hours."""
    when = f"{days.first}" if days.last == days.first else f"the week of {days.first}"
    return f"{days.dealer.name} ({days.dealer.dealer_code}), {when}: {in_short(days)}"


def in_short(days: DealerDays) -> str:
    """Return the headline without whose it is and when."""
    visits = days.visits.to_pylist()
    hours = sum(row["hours"] for row in visits)
    booked = f"{counted(len(visits), 'visit')} booked, {measured(round(hours, 2), 'hour')}"
    return f"{booked if visits else 'no visit booked'}. {_week(days)}".strip()


def _week(days: DealerDays) -> str:
    found = days.weeks.to_pylist()
    if not found:
        return ""
    (week,) = found
    to_come = max(week["visits"] - week["booked"], 0.0)
    at_hand = "hours on hand are not known" if week["capacity"] is None else f"{measured(week['capacity'], 'hour')} on hand"  # fmt: skip
    if not week["booked"] and round(to_come, 1) == 0:
        return f"This week no visit is booked or expected; {at_hand}."
    low, high = (figure(round(week[end], 1)) for end in ("low", "high"))
    within = "" if low == high else f" (in all {low} to {high}{days.record.behind})"
    more = figure(round(to_come, 1)) if round(to_come, 1) else "no"
    return (
        f"This week: {counted(week['booked'], 'visit')} booked and {more} more expected{within},"
        f" {measured(round(week['hours'], 1), 'hour')} of work; {at_hand}."
    )


def steps(days: DealerDays) -> list[Step]:
    """Return what is to be done, the gravest first; an empty list says that nothing is."""
    visits = days.visits.to_pylist()
    return [
        *_not_driven(visits),
        *_not_open(visits),
        *_over(days),
        *_kits(visits, days),
        *_kits_ahead(days),
        *_holds(days),
        *_notices(days),
        *_hours(days),
        *_also_open(visits),
        *_without_word(days),
    ]


def _not_driven(visits: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    for warning, says in (
        ("do not drive", "not to be driven: have them picked up"),
        ("park outside", "to be parked outside: tell their owners when you confirm"),
    ):
        own = [row["vin"] for row in visits if warning in row["warning"]]
        if own:
            yield Step("warning", f"{_vins(own)} {'is' if len(own) == 1 else 'are'} {says}.")


def _not_open(visits: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    for row in visits:
        if row["not_open"]:
            said = f"{row['vin']} is booked for {row['not_open']}, which is not open on it: check before it comes."
            yield Step("eligibility", said, f"renotify explain {row['vin']}")


def _over(days: DealerDays) -> Iterator[Step]:
    for row in days.over.to_pylist():
        said = (
            f"{row['vin']} is booked for {row['day']}, and all of it ({row['campaigns']}) is done"
        )
        if row["also_open"]:
            said += f", but {row['also_open']} is open: do that in the visit, and book the visit for it."
        else:
            said += ": tell its owner, and cancel the visit."
        yield Step("eligibility", said, f"renotify explain {row['vin']}")


def _kits(visits: Sequence[Mapping[str, Any]], days: DealerDays) -> Iterator[Step]:
    """Yield visits without kits: those for which none is promised are ordered for, those for which they come too late are moved."""
    code = days.dealer.dealer_code
    for state, words in WAITS.items():
        own = [row for row in visits if row["kits_state"] == state]
        if own:
            parts = sorted({part for row in own for part in row["lacking"].split(", ")})
            said = f"Kits of {counted(len(own), 'visit')} are {words} ({', '.join(parts)}): {_vins([row['vin'] for row in own])}."
            yield Step("kits", said, f"renotify parts order --dealer {code}")
    late = [row for row in visits if row["kits_from"] and row["kits_from"] > row["day"]]
    for row in late:
        said = (
            f"{row['vin']} comes on {row['day']}, its kits in the week of {row['kits_from']}"
            f" ({row['lacking']}): offer its owner a later day."
        )
        yield Step("kits", said, f"renotify parts promises --dealer {code}")


def _kits_ahead(days: DealerDays) -> Iterator[Step]:
    """Yield visits of the week after these days that lack a kit, while there is time to order it or to offer another day."""
    ahead = days.ahead.to_pylist() if days.ahead is not None else []
    for state, words in WAITS.items():
        own = [row for row in ahead if row["kits_state"] == state]
        if own:
            parts = sorted({part for row in own for part in row["lacking"].split(", ")})
            first = min(row["day"] for row in own)
            said = (
                f"Kits of {counted(len(own), 'visit')} of the next days are {words} ({', '.join(parts)}), the first on {first}:"
                f" {_vins([row['vin'] for row in own])}."
            )
            yield Step("kits", said, f"renotify parts order --dealer {days.dealer.dealer_code}")


def _holds(days: DealerDays) -> Iterator[Step]:
    code = days.dealer.dealer_code
    for basis, whose in (("law", "by law"), ("policy", "by the maker's policy")):
        own = [row["vin"] for row in days.holds.to_pylist() if row["basis"] == basis]
        if own:
            until = "it is" if len(own) == 1 else "they are"
            said = f"Do not deliver {counted(len(own), 'vehicle')} in stock before {until} repaired, {whose}: {_vins(own)}."
            yield Step("stock", said, f"renotify stock holds --dealer {code}")


def _notices(days: DealerDays) -> Iterator[Step]:
    for row in days.notices.to_pylist():
        said = f"Acknowledge the notice of {row['follow_up']}, sent on {row['sent_on']}."
        yield Step("notice", said, row["command"])


def _hours(days: DealerDays) -> Iterator[Step]:
    for week in days.weeks.to_pylist():
        if week["extra_technician_days"]:
            extra = counted(week["extra_technician_days"], "extra technician-day")
            said = f"Book {extra} this week: else about {figure(round(week['late_visits'], 1))} visits wait too long."
            yield Step("hours", said)
        elif week["capacity"] is not None and week["booked_hours"] > week["capacity"]:
            said = (
                f"This week's booked work of {measured(week['booked_hours'], 'hour')} is more than the"
                f" {measured(week['capacity'], 'hour')} on hand: what is left is done in the weeks after it."
            )
            yield Step("hours", said)


def _also_open(visits: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    for row in visits:
        if row["also_open"]:
            codes, time = (
                row["also_open"].replace("+", " and "),
                row["takes"] or "its time is not loaded",
            )
            said = f"{row['vin']} is open for {codes}, too: do it in the same visit, {time} in all."
            yield Step("visit", said)


def _without_word(days: DealerDays) -> Iterator[Step]:
    own = [row["vin"] for row in days.without_word.to_pylist()]
    if own:
        was = "visit was" if len(own) == 1 else "visits were"
        said = f"{len(own):,} {was} due before today and {'is' if len(own) == 1 else 'are'} not reported: say what became of {_vins(own)}."
        yield Step("visit", said, "renotify load FOLDER")


def _vins(vins: Sequence[str]) -> str:
    """Return the first VINs of several as a sentence lists them."""
    named = list(vins[:NAMED])
    more = len(vins) - len(named)
    return f"{', '.join(named)} and {more:,} more" if more else series(named)
