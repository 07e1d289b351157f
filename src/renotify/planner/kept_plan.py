"""A plan that was made is kept: in force, or as a draft beside the one in force; and what is said of it then."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import drafts, follow_ups, registry, told_weeks
from renotify.ledger.follow_ups import NewPlan
from renotify.ledger.session import Session
from renotify.values.english import counted, series
from renotify.visits.needs import JOINED

if TYPE_CHECKING:
    from renotify.planner.from_ledger import Framed


def keep(
    session: Session,
    name: str,
    new: NewPlan,
    document: dict[str, Any],
    *,
    on: date,
    draft: str = "",
    keep_released: bool = False,
) -> None:
    """Keep a plan in a transaction of its own, and say in its ``document`` which dealers were told other weeks.

    A ``draft`` of that name changes no wave and nothing that dealers were told.
    """
    with session.transaction():
        if draft:
            drafts.keep(session, name, draft, new, on)
        else:
            follow_ups.save_plan(session, name, new, keep_released=keep_released)
    if draft:
        document["draft"] = draft
    else:
        say_told_weeks(session, name, document, on)


def say_told_weeks(session: Session, name: str, document: dict[str, Any], on: date) -> None:
    """Add to a document the weeks of dealers that have other letters than their notices told: ``told_weeks``, and a message."""
    told = told_weeks.changed(session, name, on)
    document["told_weeks"] = [one.document() for one in told]
    document["messages"] = [*document["messages"], *told_weeks.sentences(name, told)]


def visit_dealers(session: Session, asked: Framed) -> pa.Table | None:
    """Return where each visit is planned (vin, family, dealer_code); None where none is or was away from the dealer of the list."""
    if not asked.moved and not follow_ups.has_moved(session, asked.settings.name):
        return None
    return asked.vehicles.select(["vin", "family", "dealer_code"])


def without_a_day(session: Session, asked: Framed, weeks: pa.Table) -> list[str]:
    """Say how many interim notices (``weeks_of``) name no day, or a day of their repair alone, where a campaign of theirs does not say
    when its owners hear again.
    """
    interim = weeks.filter(weeks["interim"])
    dayless = interim.append_column("dayless", pc.is_null(interim["remedy_from"]))
    named = dayless.select(["vin", "family", "dayless"]).join(
        asked.vehicles, ["vin", "family"], join_type="inner"
    )
    counts = named.group_by(["planning_bundle", "dayless"]).aggregate([("vin", "count")])
    campaigns = registry.campaigns(session, asked.settings.campaigns)
    codes = {bundle.name: bundle.campaigns.split(JOINED) for bundle in asked.bundles}
    said = []
    for row in sorted(
        counts.to_pylist(), key=lambda row: (row["planning_bundle"], not row["dayless"])
    ):
        told = {
            code: campaigns[code].letter.get("next_notice_date")
            for code in codes[row["planning_bundle"]]
        }
        if lacking := [code for code, day in told.items() if day is None]:
            names = "can name no day" if row["dayless"] else "can name the day of the repair alone"
            said.append(
                f"{counted(row['vin_count'], 'interim notice')} of {row['planning_bundle']} {names}: state next_notice_date of"
                f" {series(lacking)} in campaigns.toml, and the letter says when its owner hears again (49 CFR 577.7(a)(1))."
            )
    return said


def over_before_repair(session: Session, asked: Framed, weeks: pa.Table) -> list[str]:
    """Say how many interim notices (``weeks_of``) name a day of their repair on which the free remedy of tires is over: no letter is
    printed so (49 CFR 577.5(g)(1)(ii)).
    """
    campaigns = registry.campaigns(session, asked.settings.campaigns)
    last_days = {code: one.letter.get("tires_until_date") for code, one in campaigns.items()}
    codes = {bundle.name: bundle.campaigns.split(JOINED) for bundle in asked.bundles}
    interim = weeks.filter(weeks["interim"]).select(["vin", "family", "remedy_from"])
    named = interim.filter(pc.is_valid(interim["remedy_from"])).join(
        asked.vehicles, ["vin", "family"], join_type="inner"
    )
    counts = named.group_by(["planning_bundle", "remedy_from"]).aggregate([("vin", "count")])
    rows = sorted(counts.to_pylist(), key=lambda row: (row["planning_bundle"], row["remedy_from"]))
    return [
        f"{counted(row['vin_count'], 'interim notice')} of {row['planning_bundle']} can name {row['remedy_from']} as the day of the repair,"
        f" and `tires_until_date` {last} of {code} is no later: letter check and mail release refuse them. State a later day in"
        " campaigns.toml (49 CFR 577.5(g)(1)(ii))."
        for row in rows
        for code in codes[row["planning_bundle"]]
        if (last := last_days[code]) is not None and last <= row["remedy_from"]
    ]
