"""Remarks on what was loaded: nothing is wrong enough to refuse, and people should know."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from renotify.ledger import registry
from renotify.ledger.intake.contract import CAMPAIGNS_TABLE, FLAT_RCL_TABLE, Contract
from renotify.ledger.intake.good_rows import GoodRows
from renotify.ledger.intake.loaded import Loaded
from renotify.ledger.session import Session

ABOUT_POPULATIONS = ("population", CAMPAIGNS_TABLE, FLAT_RCL_TABLE)
_VERSIONS = pa.schema(
    [("campaign_code", pa.string()), ("involved", pa.int64()), ("last_version", pa.int64())]
)


def on_rows(contract: Contract, good: GoodRows) -> Iterator[str]:
    """Say what was made right on the way, and which files had no rows."""
    if good.repaired_vins:
        yield (
            f"{contract.table}: {good.repaired_vins} VINs were written in small letters or with "
            "spaces around them; they were taken as meant."
        )
    yield from good.remarks
    yield from (f"{name} has a header and no rows." for name in good.empty)


def on_populations(session: Session, loaded: Loaded) -> Iterator[str]:
    """Say where a campaign's population is not what the campaign states of it."""
    changed = [t for t in ABOUT_POPULATIONS if t in loaded.tables and loaded.tables[t].accepted]
    if not changed:
        return
    counted = session.read(
        "select campaign_code, sum(case when current then 1 else 0 end) as involved,"
        " max(remedy_version) as last_version from state group by campaign_code",
        _VERSIONS,
    )
    found = {row["campaign_code"]: row for row in counted.to_pylist()}
    for code, campaign in registry.campaigns(session).items():
        if code not in found:
            continue
        involved, last = found[code]["involved"], found[code]["last_version"]
        if campaign.involved is not None and campaign.involved != involved:
            yield (
                f"{code}: the population has {involved} vehicles, the campaign states "
                f"{campaign.involved}."
            )
        if campaign.remedy_version > last:
            yield (
                f"{code}: the remedy has version {campaign.remedy_version}, the population ends "
                f"with version {last}; vehicles that need it again have no row yet."
            )
