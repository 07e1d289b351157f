"""What one repair takes of each part, under live numbers, at the take rate that an inspect-first campaign has shown.

A campaign that states ``inspect_first`` inspects each vehicle and replaces the part only where the inspection asks for it.
Its stated take rate is the centre of a prior; from ``ENOUGH`` outcomes on, the repair orders correct it. A vehicle that was inspected
and waits for its part needs it: else a short part would look like one that few need. Any other campaign's stated rate stands as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from renotify.ledger import registry
from renotify.ledger.kinds import EventKind
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.ledger.without_dealers import without_visits
from renotify.values.english import counted
from renotify.visits.live_part_numbers import live_number, replacements
from renotify.visits.take_rate import learned_take_rate

if TYPE_CHECKING:
    import pyarrow as pa

ENOUGH = 30  # outcomes of a campaign; below, the stated rate stands
# The inspections that found a part to be needed, corrections heeded: few, and found by the index of them alone.
_FOUND_NEEDED = f"from event e {{join}} where e.kind = '{EventKind.NEEDS_PART}' and {stands('e')}"
# Vehicles that are done, and those of whose present remedy an inspection found the part to be needed, which is not fitted yet: of the
# campaigns that are asked for alone, and from those few events to their vehicles ("cross join" keeps SQLite to this order).
_OUTCOMES = f"""
    select campaign_code, sum(needed) as needed, sum(inspected) as inspected from (
        select campaign_code, sum(case when status = 'repaired' then 1 else 0 end) as needed, count(*) as inspected
        from state where campaign_code in {{codes}} and current and status in ('repaired', 'inspected_ok') group by campaign_code
        union all
        select s.campaign_code, count(distinct s.vin), count(distinct s.vin) from event e cross join state s
        where e.campaign_code in {{codes}} and e.kind = '{EventKind.NEEDS_PART}' and s.vin = e.vin and s.campaign_code = e.campaign_code
        and s.current and s.status in ('open', 'unreachable') and {stands("e")}
        and (s.remedy_version = 1 or e.occurred_on >= s.added_on) group by s.campaign_code) found
    group by campaign_code"""


class KitRow(NamedTuple):
    """``qty`` of a part that one repair takes, times the share of repairs that take it; a blank model is every model without an own one."""

    campaign_code: str
    model: str
    part_no: str
    qty: float
    take_rate: float

    @property
    def kits(self) -> float:
        return self.qty * self.take_rate


class Outcomes(NamedTuple):
    """Vehicles of a campaign whose repair orders say that they took the part or wait for it, and all that were inspected."""

    campaign_code: str
    needed: int
    inspected: int


@dataclass(frozen=True)
class Kits:
    """The rows to plan with, and a sentence for each inspect-first campaign, by its code."""

    rows: tuple[KitRow, ...]
    messages: Mapping[str, str]


def kits_of_repairs(session: Session) -> Kits:
    """Return campaign_parts as repairs take them today: live part numbers, learned take rates; asked for once of a snapshot."""
    return session.remembered(_kits_of_repairs)


def refunds(session: Session) -> frozenset[str]:
    """Return the campaigns whose remedy is a refund: no work is done, and a labour time is theirs only where one is loaded."""
    return session.remembered(_refunds)


def _refunds(session: Session) -> frozenset[str]:
    known = registry.campaigns(session)
    return frozenset(code for code, one in known.items() if one.letter.get("remedy_by") == "refund")


def _kits_of_repairs(session: Session) -> Kits:
    replaced_by, nowhere = replacements(session), without_visits(session)
    stated = [
        row._replace(part_no=live_number(row.part_no, replaced_by))
        for row in session.rows(
            KitRow,
            "select campaign_code, model, part_no, qty, take_rate from campaign_part"
            " order by campaign_code, model, part_no",
        )
        if row.campaign_code not in nowhere
    ]
    inspected_first = _inspected_first(session, {row.campaign_code for row in stated})
    outcomes = {one.campaign_code: one for one in _outcomes(session, inspected_first)}
    learned: dict[str, float] = {}
    messages: dict[str, str] = {}
    for code in inspected_first:
        rates = {row.take_rate for row in stated if row.campaign_code == code}
        rate, messages[code] = _learned(code, rates, outcomes.get(code, Outcomes(code, 0, 0)))
        if rate is not None:
            learned[code] = rate
    return Kits(
        tuple(_at_learned_rate(row, learned, stated) for row in stated),
        {code: message for code, message in messages.items() if message},
    )


def _inspected_first(session: Session, codes: Iterable[str]) -> list[str]:
    known = registry.campaigns(session, codes)
    return [code for code, campaign in known.items() if campaign.inspect_first]


def _outcomes(session: Session, codes: Sequence[str]) -> list[Outcomes]:
    """A vehicle's state is the outcome of its repair order, corrections heeded; one that waits for its part is open yet."""
    if not codes:
        return []
    import json

    listed = session.list_values("codes")
    return session.rows(Outcomes, _OUTCOMES.format(codes=listed), codes=json.dumps(list(codes)))


def inspected(session: Session) -> pa.Table:
    """Return the inspections that found a part to be needed: vin, campaign_code, occurred_on."""
    import pyarrow as pa

    columns = [("vin", pa.string()), ("campaign_code", pa.string()), ("occurred_on", pa.date32())]
    found = _FOUND_NEEDED.format(join="")
    return session.read(f"select e.vin, e.campaign_code, e.occurred_on {found}", pa.schema(columns))


def _learned(code: str, rates: set[float], seen: Outcomes) -> tuple[float | None, str]:
    """Return the learned rate of an inspect-first campaign, if any, and what is to be said of it."""
    below = sorted(rate for rate in rates if rate < 1) or [1.0]
    if len(below) > 1:
        return None, (
            f"{code} is inspected first and states several take rates ({', '.join(f'{r:g}' for r in below)}):"
            " outcomes cannot tell which was meant, and each stands as stated."
        )
    if seen.inspected < ENOUGH:
        if below != [1.0]:
            return None, ""
        return None, (
            f"{code} is inspected first and states no take rate below 1: each inspection is planned with a full kit"
            f" until {ENOUGH} outcomes are in."
        )
    rate = learned_take_rate(below[0], seen.needed, seen.inspected - seen.needed).mean
    learned, as_stated = f"{rate:.2f}", f"{below[0]:.2f}"
    if learned == as_stated:
        return rate, ""
    return rate, (
        f"Of {counted(seen.inspected, 'inspected vehicle')} of {code}, {seen.needed:,} took the part or wait for it: kits are"
        f" planned at a take rate of {learned} in place of the stated {as_stated}."
    )


def _at_learned_rate(row: KitRow, learned: Mapping[str, float], stated: Sequence[KitRow]) -> KitRow:
    """The learned rate replaces the stated one; a part that every repair takes beside others that some take stays so."""
    if row.campaign_code not in learned:
        return row
    some = any(one.take_rate < 1 for one in stated if one.campaign_code == row.campaign_code)
    if some and row.take_rate == 1:
        return row
    return row._replace(take_rate=learned[row.campaign_code])
