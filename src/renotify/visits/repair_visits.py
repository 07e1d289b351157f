"""What repairs took, without the libraries that a caller would wait for: the repairs of a scope, and the whole kits of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from renotify.ledger import registry
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.visits.kits import KitRow, Kits, kits_of_repairs
from renotify.visits.needs import combined, parts_taken

# A vehicle's state is the outcome of its repair orders, corrections heeded; the order of that day says where it was done. Repairs since
# a day are few and orders many: what is joined to the order is no bare column, so that states are read first, and orders by their VIN.
REPAIRED = """
    select s.vin as vin, s.campaign_code as campaign_code, s.since as day, coalesce(v.model, '') as model,
        coalesce(min(e.dealer_code), '') as dealer_code
    from state s left join vehicle v on v.vin = s.vin
    left join event e on e.vin = s.vin || '' and e.campaign_code = s.campaign_code || '' and e.kind = 'remedied' and e.occurred_on = s.since
    where s.status = 'repaired' and s.since >= :since and {scope}
    group by s.vin, s.campaign_code, s.since, v.model"""


class _Repaired(NamedTuple):
    vin: str
    campaign_code: str
    day: date
    model: str
    dealer_code: str


class Fitted(NamedTuple):
    """Kits of a part, under its live number, that a visit's repairs took on a day."""

    part_no: str
    day: date
    kits: float


def kits_as_taken(session: Session) -> Kits:
    """Return the parts of repairs as one that was done took them: of a campaign that is inspected first the part was taken whole."""
    known = kits_of_repairs(session)
    codes = {row.campaign_code for row in known.rows}
    inspected = {
        code for code, one in registry.campaigns(session, codes).items() if one.inspect_first
    }
    rows = tuple(
        row._replace(take_rate=1.0) if row.campaign_code in inspected else row for row in known.rows
    )
    return replace(known, rows=rows)


def rows_taken(
    session: Session, pairs: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], dict[str, KitRow]]:
    """Return by pair of bundle and model the row of each part that its repairs took."""
    taken = kits_as_taken(session)
    return {pair: parts_taken(*pair, taken) for pair in sorted(pairs)}


def fitted_at_one_dealer(session: Session, dealer: str, since: date) -> list[Fitted]:
    """Return the kits that repairs at a dealer took from a day on; the campaigns of a vehicle and day are one visit (``fitted_kits``)."""
    scope = Scope(dealer=dealer)
    visits: dict[tuple[str, date, str], set[str]] = defaultdict(set)
    sql = REPAIRED.format(scope=scope.of("e.dealer_code"))
    for row in session.rows(_Repaired, sql, since=since, **scope.values):
        visits[row.vin, row.day, row.model].add(row.campaign_code)
    done = [(day, (combined(codes), model)) for (_, day, model), codes in visits.items()]
    taken = rows_taken(session, {pair for _, pair in done}) if done else {}
    return [Fitted(part, day, row.kits) for day, pair in done for part, row in taken[pair].items()]
