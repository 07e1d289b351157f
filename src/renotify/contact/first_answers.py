"""The three things that every caller asks, each with one answer: is my car in it, how long does it take, how soon can I come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from renotify.contact.sentences import clock
from renotify.contact.spoken import say
from renotify.contact.vehicle_answer import VehicleAnswer
from renotify.letters.letter_text import long_date


class FirstAnswer(NamedTuple):
    """A question as callers ask it, and what may be said, in the language of the caller."""

    question: str
    says: str


def first_answers(answer: VehicleAnswer, first_free: datetime | None = None) -> list[FirstAnswer]:
    """Return the three answers about a vehicle; ``first_free`` is the first time at which its dealer has a bay, hours and the kit.

    A number that is no VIN, and a vehicle that no campaign names, have the first answer only.
    """
    lang = answer.language
    said = list(_said(answer, first_free))
    keys = ("ask_in_it", "ask_how_long", "ask_how_soon")
    return [FirstAnswer(say(lang, key), one) for key, one in zip(keys, said, strict=False)]


def _said(answer: VehicleAnswer, first_free: datetime | None) -> Iterator[str]:
    lang = answer.language
    to_do = [one for one in answer.campaigns if one.what_to_do]
    yield say(lang, "in_it", sentence=answer.sentence) if to_do else answer.sentence
    if not answer.campaigns:
        return
    if not to_do:
        yield say(lang, "how_long_nothing")
        yield say(lang, "how_soon_nothing")
        return
    yield answer.visit_time or say(lang, "how_long_later")
    yield _how_soon(answer, to_do[0].what_to_do, first_free)


def _how_soon(answer: VehicleAnswer, step: str, first_free: datetime | None) -> str:
    """Say what is booked; else what to wait for (``step``); else the first free time, or who knows it."""
    lang, dealer = answer.language, answer.dealer
    if answer.booking is not None:
        return answer.visit[0]
    if not any(one.in_visit for one in answer.campaigns):
        return step
    if dealer is None:
        return say(lang, "how_soon_nobody")
    if first_free is None:
        phone = f", {dealer.phone}" if dealer.phone else ""
        return say(lang, "how_soon_ask", dealer=f"{dealer.name}{phone}")
    day = long_date(first_free.date(), lang)
    return say(
        lang, "how_soon_free", dealer=dealer.name, day=day, time=clock(first_free.isoformat(), lang)
    )
