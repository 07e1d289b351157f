"""What one repair takes, with the take rate of inspect-first campaigns as the repair orders have shown it: the one place for it."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from renotify.ledger import tables
from renotify.parts.supersession import live
from renotify.parts.take_rate import take_rates

ENOUGH = 30  # repair orders of a campaign; below, the stated rate stands

# The rate that an inspect-first campaign states, and its repair orders, one a vehicle. A rate below 1 alone does not make one:
# somebody must have been sent home without the part. Of several stated rates the outcomes cannot tell which was meant.
_SEEN = """
    with stated as (
        select campaign_code, min(take_rate) as rate from campaign_part where take_rate < 1
        group by campaign_code having min(take_rate) = max(take_rate)),
    seen as (
        select campaign_code, count(*) filter (status = 'repaired') as needed, count(*) as inspected
        from state group by campaign_code)
    select campaign_code, rate, needed, inspected from stated join seen using (campaign_code)
    where inspected >= $enough and needed < inspected order by campaign_code
"""
_REPLACED = """
    select p.* replace (case when p.take_rate < 1 then coalesce(l.rate, p.take_rate) else p.take_rate end as take_rate)
    from campaign_part p left join learned l using (campaign_code) order by p.campaign_code, p.model, p.part_no
"""


@dataclass(frozen=True, eq=False)
class CampaignParts:
    """The rows of campaign_parts to plan with, and a sentence for each campaign whose take rate was learned."""

    rows: pa.Table  # campaign_code, model, part_no, qty, take_rate
    messages: dict[str, str]  # by campaign code


def campaign_parts() -> CampaignParts:
    """Return campaign_parts with the take rate of each inspect-first campaign learned, where there are enough repair orders."""
    done = "current and status in ('repaired', 'inspected_ok')"
    state = tables.read("state", "campaign_code", "status", where=done)
    with duckdb.connect() as arrow:
        arrow.register("state", state)
        arrow.register("campaign_part", live(tables.read("campaign_part")))
        seen = arrow.sql(_SEEN, params={"enough": ENOUGH}).to_arrow_table().to_pylist()
        rates = _rates(state, {row["campaign_code"]: row["rate"] for row in seen})
        arrow.register("learned", pa.table({
            "campaign_code": pa.array(list(rates), pa.string()),
            "rate": pa.array(list(rates.values()), pa.float64()),
        }))  # fmt: skip
        rows = arrow.sql(_REPLACED).to_arrow_table()
    told = {
        row["campaign_code"]: (
            f"Of {row['inspected']:,} inspected vehicles of {row['campaign_code']}, {row['needed']:,} took the part: kits are"
            f" planned at a take rate of {rates[row['campaign_code']]:.2f} in place of the stated {row['rate']:.2f}."
        )
        for row in seen
    }
    return CampaignParts(rows, told)


def _rates(state: pa.Table, stated: dict[str, float]) -> dict[str, float]:
    """The learned mean by campaign; a vehicle's state is the outcome of its repair order, corrections heeded."""
    outcome = pa.compute.if_else(
        pa.compute.equal(state["status"], "repaired"), "remedied", "inspected_ok"
    )
    orders = pa.table({"campaign_code": state["campaign_code"], "outcome": outcome})
    return {code: rate.mean for code, rate in take_rates(orders, stated).items()}
