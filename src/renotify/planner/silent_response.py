"""How owners answer a next letter who stayed silent after one: by what letters have taught, not by what was stated before any was out.

The curve is that of the follow-up whose silent they are, learned by the day (``learning``), or stated where too few answered. Whether a
letter moves those whom one did not move is another question: ``of_silent`` says how many times as often as the first one. It is stated
under ``[response]``, 1 where it is left out (nobody publishes a figure), and letters of lists of the silent correct it: answers A
against those E that the curve expects of them make it (a + A) / (a / m + E), a Gamma belief of mean m and shape a.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from math import exp
from typing import Any, NamedTuple

import numpy as np

from renotify.campaigns.follow_up_settings import OF_SILENT, FollowUpSettings
from renotify.ledger import follow_ups
from renotify.ledger.session import Session
from renotify.planner.cohorts import cohorts
from renotify.planner.learning import SAID, Learned, history, learn
from renotify.planner.response_posterior import SPREAD
from renotify.plans.response import StatedResponse, stated_response
from renotify.values.english import counted

DOUBT = float(SPREAD[0]) ** -2  # shape of the belief about of_silent: as wide as that about a share
DIGITS = 6
_RESPONSE = "[response]"


class SilentResponse(NamedTuple):
    """``[response]`` of a list of the silent, and how it was found, in sentences."""

    response: dict[str, Any]
    words: tuple[str, ...]


class _Again(NamedTuple):
    """Letters of lists of the silent that are out for a week, and answers to them: those that came, and those that the curve expects."""

    letters: int
    answered: float
    expected: float


def silent_response(session: Session, name: str, on: date) -> SilentResponse:
    """Return the response by which a list of a follow-up's silent owners is planned that is frozen on a day. Raises UnknownName.

    Of a list that is itself one of silent owners its own curve stands: it is of such owners already.
    """
    settings = follow_ups.settings(session, name, on)
    learned = learn(session, settings, on)
    bundles = ["", *_bundles(settings, learned)]
    curves = {bundle: _curve(settings, learned, bundle) for bundle in bundles}
    taught = (
        f"as owners answered letters of {name} by {on}"
        if learned.pooled is not None
        else f"as {name} states it: too few have answered its letters to say otherwise"
    )
    if settings.silent_of:
        return SilentResponse(
            _response(curves, 1.0), (f"Its owners are planned to answer {taught}.",)
        )
    stated = float(settings.response.get(OF_SILENT, 1.0))
    again = _answers_again(session, settings, learned, curves, on)
    factor = round((DOUBT + again.answered) / (DOUBT / stated + again.expected), DIGITS)
    return SilentResponse(_response(curves, factor), (_in_words(taught, factor, stated, again),))


def _in_words(taught: str, factor: float, stated: float, again: _Again) -> str:
    often = "as often" if factor == 1 else f"{factor:.2f} times as often"
    said = f"Its owners, silent after a letter, are planned to answer {often} {taught}"
    if again.letters:
        return (
            f"{said}: {counted(again.letters, 'letter')} to silent owners brought {again.answered:,.0f} answers where {again.expected:,.1f}"
            f" would be as often (stated {stated:g})."
        )
    return (
        f"{said}. No letter to silent owners has been out for a week: whether one moves them so often nobody knows yet; state what you hold"
        f" likely as response.{OF_SILENT}."
    )


def _bundles(settings: FollowUpSettings, learned: Learned) -> list[str]:
    """The bundles of which something of their own is stated or learned."""
    stated = {key for key, own in settings.response.items() if isinstance(own, Mapping)}
    return sorted(stated | set(learned.pooled.own if learned.pooled is not None else ()))


def _curve(settings: FollowUpSettings, learned: Learned, bundle: str) -> StatedResponse:
    """The Weibull nearest to what was learned of a bundle: of its mean clock, and of its mean share within the horizon."""
    stated = stated_response(settings, bundle)
    found = learned.of(bundle)
    if found is None:
        return stated
    _, scale, shape = found.mean.tolist()
    clock = StatedResponse(1.0, exp(scale), exp(shape))
    within = float(clock.curve(settings.horizon_weeks).sum())
    share = float(found.weight @ found.by_then(settings.horizon_weeks)) / within
    hazard = stated.background_per_week if learned.hazard is None else learned.hazard
    return StatedResponse(min(share, 1.0), clock.scale_weeks, clock.shape, hazard)


def _response(curves: Mapping[str, StatedResponse], factor: float) -> dict[str, Any]:
    """``[response]`` of a list of the silent: the curves of a first letter, and how many times as often they answer the next one."""
    found = {
        bundle: {key: round(value, DIGITS) for key, value in asdict(curve).items()}
        for bundle, curve in curves.items()
    }
    general = found.pop("")
    return {**general, OF_SILENT: factor, **found}


def _answers_again(
    session: Session,
    settings: FollowUpSettings,
    learned: Learned,
    curves: Mapping[str, StatedResponse],
    on: date,
) -> _Again:
    """The letters to silent owners of any of the campaigns, with the answers that came beyond those without a letter."""
    letters, answered, expected = 0, 0.0, 0.0
    for name in follow_ups.names(session):
        one = follow_ups.settings(session, name)
        if not one.silent_of or not set(one.campaigns) & set(settings.campaigns):
            continue
        for (bundle,), mailed in cohorts(history(session, name, on).owners, on, "bundle").items():
            curve = curves.get(bundle) or _curve(settings, learned, bundle)
            for cohort in mailed:
                letters += cohort.mailed
                answered += (
                    cohort.mailed - cohort.silent - cohort.mailed * _walked_in(curve, cohort.age)
                )
                expected += cohort.mailed * float(curve.curve(cohort.age).sum())
    return _Again(letters, max(answered, 0.0), expected)


def _walked_in(curve: StatedResponse, weeks: int) -> float:
    """The share of owners who come without a letter within so many weeks."""
    return float(-np.expm1(-curve.background_per_week * weeks))


def silent_words(settings: FollowUpSettings) -> list[str]:
    """Say by what response a list of silent owners is planned; nothing of another list."""
    if not settings.silent_of:
        return []
    own = sorted(key for key, value in settings.response.items() if isinstance(value, Mapping))
    shares = [f"{key} {100 * stated_response(settings, key).share:.3g} %" for key in own[:SAID]]
    more = [f"{counted(len(own) - SAID, 'more bundle')}"] if len(own) > SAID else []
    bundles = f" ({', '.join([*shares, *more])})" if own else ""
    factor = float(settings.response.get(OF_SILENT, 1.0))
    often = "as often as" if factor == 1 else f"{factor:.3g} times as often as"
    sentence = (
        f"Who is on this list stayed silent after a letter of {settings.silent_of}: {100 * stated_response(settings).share:.3g} %{bundles}"
        f" are planned to answer, {often} a first letter by {_RESPONSE} of this list. Where you know better: renotify followup set"
        f" {settings.name} response.{OF_SILENT}=TIMES."
    )
    return [sentence]
