"""What happened until the memo's day: repairs, vehicles gone, letters sent and letters back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.campaign import Campaign
from renotify.demo.fleet import Fleet, days
from renotify.demo.places import Network
from renotify.demo.random_streams import (
    Floats,
    Ints,
    Mask,
    by_year,
    first_notice_days,
    pick,
    stream,
    threshold,
)
from renotify.demo.scenario import Scenario, day_number

SOURCE = "synthetic"
NEVER = 10**6  # a day that does not come
SUNDAY = 3  # 1970-01-01 was a Thursday: day 3 a Sunday
STOLEN = 3  # index in the order of [gone]
BACK_AFTER = (14, 60)  # days until a letter comes back, or a stolen vehicle is found


@dataclass(frozen=True, eq=False)
class Past:
    """Days by population row, then by vehicle; NEVER stands for what did not happen."""

    letter: Ints
    added: Ints
    repair: Ints
    again: Ints  # second repair, after the row was reopened
    reopened: Mask
    removed: Ints
    returned: Ints  # day; NEVER: it was delivered
    gone: Ints
    gone_how: Ints
    found: Ints  # the stolen that are registered again
    lost: Mask  # no owner has been found since
    reopened_on: int

    def open(self, fleet: Fleet) -> Mask:
        """Return the population rows that are not done, on vehicles still on the road."""
        done = np.where(self.reopened, self.again < NEVER, self.repair < NEVER)
        waiting: Mask = ~done & (self.removed == NEVER) & (self.gone[fleet.vehicle] == NEVER)
        return waiting

    def done(self) -> Mask:
        """Return the population rows whose first version was repaired or inspected."""
        return self.repair < NEVER


def live(scenario: Scenario, fleet: Fleet, campaigns: Mapping[str, Campaign]) -> Past:
    """Draw the past of every vehicle in every campaign, all of it before the memo's day."""
    today, numbers = scenario.today, scenario.numbers
    rng = stream(scenario.seed, "repairs")
    gone, how, found = _departures(scenario, fleet)
    notice, added = _first_days(fleet, campaigns)
    letter = notice[fleet.campaign] + rng.integers(
        0, numbers["first_notice"]["mailing_days"], len(fleet.campaign)
    )
    due = letter + first_notice_days(rng, (today - letter) / 7, numbers["first_notice"])
    due -= (due - SUNDAY) % 7 == 0
    answered = _answered(scenario, fleet, rng) & (due < gone[fleet.vehicle]) & (due > letter)
    repair = np.where(answered, due, NEVER)
    reopened, again, reopened_on = _reopened(scenario, fleet, repair, gone)
    removed = _removed(scenario, fleet, repair, letter)
    returned, lost = _returned(scenario, fleet, letter, repair)
    return Past(
        letter,
        added[fleet.campaign],
        repair,
        again,
        reopened,
        removed,
        returned,
        gone,
        how,
        found,
        lost,
        reopened_on,
    )


def _first_days(fleet: Fleet, campaigns: Mapping[str, Campaign]) -> tuple[Ints, Ints]:
    """Return by campaign the first letters' day, and the day the population was made known."""
    notices = [campaigns[code].first_notice_date for code in fleet.codes]
    filed = [campaigns[code].filed_date for code in fleet.codes]
    letters = [day for day in notices if day]
    known = [day or first for day, first in zip(filed, letters, strict=True)]
    return np.asarray([day_number(d) for d in letters]), np.asarray([day_number(d) for d in known])


def _answered(scenario: Scenario, fleet: Fleet, rng: np.random.Generator) -> Mask:
    """Who answered one campaign is likelier to answer the next."""
    alike = float(scenario.numbers["first_notice"]["alike"])
    common = rng.standard_normal(fleet.size)[fleet.vehicle]
    alone = rng.standard_normal(len(fleet.vehicle))
    shares = np.zeros(len(fleet.vehicle))
    for number, code in enumerate(fleet.codes):
        rows = fleet.campaign == number
        shares[rows] = by_year(scenario.done(code), fleet.member_year[rows])
    answer: Mask = np.sqrt(alike) * common + np.sqrt(1 - alike) * alone < threshold(shares)
    return answer


def _departures(scenario: Scenario, fleet: Fleet) -> tuple[Ints, Ints, Ints]:
    """Return by vehicle the day it left the road, how, and the day a stolen one came back."""
    rng, numbers = stream(scenario.seed, "departures"), scenario.numbers["gone"]
    ways = [
        by_year(numbers[way], fleet.model_year)
        for way in ("scrapped", "total_loss", "exported", "stolen")
    ]
    edges = np.cumsum(ways, axis=0)
    drawn = rng.random(fleet.size)
    how = (drawn >= edges).sum(axis=0)
    age = np.maximum(scenario.today - fleet.sold - 30, 2)
    when = (
        fleet.sold + 15 + (age * rng.random(fleet.size) ** 0.6).astype(np.int64)
    )  # older vehicles leave more often
    left = how < len(ways)
    back = when + rng.integers(*BACK_AFTER, fleet.size)
    found = (
        (how == STOLEN)
        & (rng.random(fleet.size) < float(numbers["recovered"]))
        & (back < scenario.today)
    )
    return (
        np.where(left & ~found, when, NEVER),
        np.where(left, how, -1),
        np.where(found, back, NEVER),
    )


def _reopened(scenario: Scenario, fleet: Fleet, repair: Ints, gone: Ints) -> tuple[Mask, Ints, int]:
    block, rng = scenario.numbers["reopened"], stream(scenario.seed, "reopened")
    on = day_number(block["added_date"])
    inside = _first_built(fleet, block["model"], int(block["model_year"]), float(block["share"]))
    reopened = inside[fleet.vehicle] & (fleet.campaign == fleet.codes.index(block["campaign"]))
    again = on + 3 + rng.integers(0, max(scenario.today - on - 4, 1), len(repair))
    willing = (
        (repair < on)
        & (rng.random(len(repair)) < float(block["done_again"]))
        & (again < gone[fleet.vehicle])
    )
    after = (repair >= on) & (repair < NEVER)
    day = np.where(willing, again, np.where(after, repair, NEVER))
    return reopened, np.where(reopened, day, NEVER), on


def _first_built(fleet: Fleet, model: str, model_year: int, share: float) -> Mask:
    wanted = [
        n
        for n, cell in enumerate(fleet.cells)
        if (cell.model, cell.model_year) == (model, model_year)
    ]
    rows = np.flatnonzero(np.isin(fleet.cell, wanted))
    inside = np.zeros(fleet.size, bool)
    inside[rows[: int(np.ceil(len(rows) * share))]] = True
    return inside


def _removed(scenario: Scenario, fleet: Fleet, repair: Ints, letter: Ints) -> Ints:
    block, rng = scenario.numbers["removed"], stream(scenario.seed, "removed")
    rows = (fleet.campaign == fleet.codes.index(block["campaign"])) & (repair == NEVER)
    chosen = rows & (rng.random(len(repair)) < float(block["share"]))
    return np.where(chosen, letter + rng.integers(60, 700, len(repair)), NEVER)


def _returned(scenario: Scenario, fleet: Fleet, letter: Ints, repair: Ints) -> tuple[Ints, Mask]:
    numbers, rng = scenario.numbers["returned"], stream(scenario.seed, "returned")
    undone = repair == NEVER
    waiting = np.bincount(fleet.vehicle[undone], minlength=fleet.size) > 0
    lost = waiting & (rng.random(fleet.size) < scenario.rare(numbers["lost"]))
    share = np.where(undone, float(numbers["share_open"]), float(numbers["share_done"]))
    came_back = (rng.random(len(letter)) < share) & (repair > letter + BACK_AFTER[1]) | (
        undone & lost[fleet.vehicle]
    )
    return np.where(came_back, letter + rng.integers(*BACK_AFTER, len(letter)), NEVER), lost


# The past as tables


def population_table(fleet: Fleet, past: Past) -> pa.Table:
    """Return ``population``: every membership, and the reopened ones again as version 2."""
    everything = np.arange(len(fleet.vehicle))
    rows = np.concatenate([everything, np.flatnonzero(past.reopened)])
    second = np.arange(len(rows)) >= len(everything)
    return pa.table(
        {
            "campaign_code": fleet.member_code(rows),
            "vin": fleet.member_vin(rows),
            "remedy_version": np.where(second, 2, 1),
            "added_date": days(np.where(second, past.reopened_on, past.added[rows])),
            "removed_date": days(np.where(past.removed[rows] < NEVER, past.removed[rows], -1)),
        }
    )


def status_table(fleet: Fleet, past: Past) -> pa.Table:
    """Return ``vehicle_status``: when and how vehicles left the road, and the stolen ones found."""
    left = np.flatnonzero(past.gone_how >= 0)
    back = np.flatnonzero(past.found < NEVER)
    stolen_on = np.where(past.gone < NEVER, past.gone, past.found - BACK_AFTER[0])
    ways = pa.array(["scrapped", "total_loss", "exported", "stolen"])
    status = pa.concat_arrays(
        [
            ways.take(pa.array(past.gone_how[left])),
            pa.array(["registered"] * len(back), pa.string()),
        ]
    )
    effective = np.concatenate([stolen_on[left], past.found[back]])
    vins = fleet.vin.take(pa.array(np.concatenate([left, back])))
    return _sourced({"vin": vins, "effective_date": days(effective), "status": status})


def _sourced(columns: dict[str, Any]) -> pa.Table:
    table = pa.table(columns)
    return table.append_column("source", pa.array(np.full(table.num_rows, SOURCE)))


def repair_orders_table(
    scenario: Scenario, fleet: Fleet, past: Past, dealer: Ints, network: Network, hours: Floats
) -> pa.Table:
    """Return ``repair_orders`` by day; ``hours`` is the labour time of each population row."""
    rng, numbers = stream(scenario.seed, "repair orders"), scenario.numbers["first_notice"]
    first, second = (
        np.flatnonzero(past.done()),
        np.flatnonzero(past.reopened & (past.again != past.repair) & (past.again < NEVER)),
    )
    refused = np.flatnonzero(
        past.open(fleet) & (rng.random(len(past.repair)) < scenario.rare(numbers["declined"]))
    )
    asked = past.letter[refused] + rng.integers(
        5, np.maximum(scenario.today - past.letter[refused], 6)
    )
    rows = np.concatenate([first, second, refused])
    day = np.concatenate(
        [past.repair[first], past.again[second], np.minimum(asked, scenario.today - 1)]
    )
    inspected = rng.random(len(rows)) < fleet.per_code(numbers["inspected_ok"])[rows]
    outcome = np.where(
        np.arange(len(rows)) >= len(first) + len(second), 2, inspected.astype(np.int64)
    )
    at = _repairing_dealer(rng, dealer[fleet.vehicle[rows]], network, float(numbers["elsewhere"]))
    order = np.argsort(day, kind="stable")
    worked = np.where(outcome == 0, hours[rows], np.where(outcome == 1, 0.3, 0.0))
    table = pa.table(
        {
            "dealer_code": network.code.take(pa.array(at)),
            "vin": fleet.member_vin(rows),
            "campaign_code": fleet.member_code(rows),
            "close_date": days(day),
            "outcome": pa.array(["remedied", "inspected_ok", "declined"]).take(pa.array(outcome)),
            "hours": worked,
        }
    ).take(pa.array(order))
    return table.add_column(0, "ro_id", numbered("R", table.num_rows))


def _repairing_dealer(
    rng: np.random.Generator, dealer: Ints, network: Network, elsewhere: float
) -> Ints:
    """Most repairs are done by the assigned dealer, some by the next one of the same area."""
    area = network.area.to_numpy(zero_copy_only=False)
    following = (np.arange(len(area)) + 1) % len(area)
    other = np.where(area[following] == area, following, np.arange(len(area)))
    return np.where(rng.random(len(dealer)) < elsewhere, other[dealer], dealer)


def mail_events_table(scenario: Scenario, fleet: Fleet, past: Past) -> pa.Table:
    """Return ``mail_events``: the first letter to every vehicle that was there; those returned."""
    mailed = np.flatnonzero(past.gone[fleet.vehicle] > past.letter)
    back = mailed[past.returned[mailed] < NEVER]
    rows, returned = (
        np.concatenate([mailed, back]),
        np.arange(len(mailed) + len(back)) >= len(mailed),
    )
    numbers = scenario.numbers["returned"]
    codes = np.asarray([*numbers["codes"], numbers["exhausted"]])
    shares = np.asarray(list(numbers["codes"].values()))
    drawn = pick(stream(scenario.seed, "return codes"), shares, len(rows))
    searched = ~np.isin(codes[drawn], numbers["found_all_the_same"])
    drawn = np.where(searched & past.lost[fleet.vehicle[rows]], len(codes) - 1, drawn)
    return pa.table(
        {
            "piece_id": pa.nulls(len(rows), pa.string()),
            "vin": fleet.member_vin(rows),
            "campaign_code": fleet.member_code(rows),
            "kind": pa.array(["mailed", "returned"]).take(pa.array(returned.astype(np.int64))),
            "mailed_date": days(past.letter[rows]),
            "returned_date": days(np.where(returned, past.returned[rows], -1)),
            "return_code": pc.if_else(
                pa.array(returned), pa.array(codes.tolist()).take(pa.array(drawn)), None
            ),
        }
    )


def numbered(prefix: str, count: int) -> pa.Array:
    """Return identifiers such as R0000001."""
    return pc.binary_join_element_wise(
        prefix, pc.utf8_lpad(pa.array(np.arange(1, count + 1)).cast(pa.string()), 7, "0"), ""
    )
