"""What the newest follow-up of any of a bundle's campaigns states, and has learned since, of how owners answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from renotify.campaigns.follow_up_settings import JOINED, FollowUpSettings
from renotify.errors import NothingToDo
from renotify.ledger import follow_ups
from renotify.ledger.session import Session
from renotify.plans.in_force import plan_in_force
from renotify.plans.response import StatedResponse, stated_response


def stated_responses(
    session: Session, bundles: Iterable[str], on: date | None = None
) -> dict[str, StatedResponse]:
    """Return, by bundle of campaigns, what its newest follow-up states for it or in general on a day; where none does, what is assumed."""
    return {
        bundle: StatedResponse() if newest is None else stated_response(newest, bundle)
        for bundle, newest in _newest(session, bundles, on).items()
    }


def walk_in_rates(
    session: Session, bundles: Iterable[str], on: date | None = None
) -> dict[str, float]:
    """Return, by bundle, the share of its open vehicles that come in a week without a letter.

    The plan in force of its newest follow-up knows it, as stated or as learned since (``replan``); for a bundle that it does not
    plan, and before it is planned, what the follow-up states on the day ``on``.
    """
    newest = _newest(session, bundles, on)
    planned = {
        one.name: _planned_rates(session, one.name) for one in newest.values() if one is not None
    }
    stated = stated_responses(session, newest, on)
    return {
        bundle: planned.get("" if one is None else one.name, {}).get(
            bundle, stated[bundle].background_per_week
        )
        for bundle, one in newest.items()
    }


def _newest(
    session: Session, bundles: Iterable[str], on: date | None
) -> dict[str, FollowUpSettings | None]:
    """The follow-up with the latest notice of any of a bundle's campaigns."""
    known = [follow_ups.settings(session, name, on) for name in reversed(follow_ups.names(session))]
    return {
        bundle: next((one for one in known if set(bundle.split(JOINED)) & set(one.campaigns)), None)
        for bundle in bundles
    }


def _planned_rates(session: Session, name: str) -> dict[str, float]:
    try:
        plan = plan_in_force(session, name)
    except NothingToDo:
        return {}
    return {bundle.campaigns: bundle.walk_ins for bundle in plan.bundles}
