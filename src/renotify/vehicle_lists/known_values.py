"""Values that a list is filtered by and that are nowhere: refused with what is known, so that a slip of the pen is no empty list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import NamedTuple

from renotify.campaigns.outreach_settings import LANGUAGES
from renotify.errors import UnknownName
from renotify.ledger.kinds import PieceState, Reason
from renotify.ledger.session import Session
from renotify.values.postal_places import STATES
from renotify.vehicle_lists.asked import ANY, ANY_WAVE, Asked
from renotify.vehicle_lists.beside import HOUSE_REASONS

LISTED_IN_HINT = 60
LETTERS = tuple(
    f"letter_{state}" for state in PieceState
)  # reasons of a letter that is neither planned nor out: ``letter_listed`` has no week


class _Word(NamedTuple):
    word: str


class _Number(NamedTuple):
    number: int


def refuse_unknown(session: Session, asked: Asked) -> None:
    """Raise UnknownName for a model, an owner's or dealer's state, a language, bundle, reason or wave that neither the house nor any row
    of the ledger has.
    """

    def of(table: str, column: str) -> Callable[[], list[str]]:
        sql = f"select distinct {column} as word from {table}"
        return lambda: [one.word for one in session.rows(_Word, sql)]

    models = of("vehicle", "model")
    _refuse("No vehicle of model {!r} is loaded.", asked.models, (), models, alike=str.casefold)
    states = of("owner", "state")
    _refuse("No owner's state is {!r}.", asked.owner_states, STATES, states, alike=str.casefold)
    places = of("dealer", "state")
    _refuse("No dealer's state is {!r}.", asked.dealer_states, STATES, places, alike=str.casefold)
    bundles = of("piece", "bundle")
    _refuse("No letter is about {!r} alone.", asked.bundles, (), bundles)
    spoken = of("owner", "language")
    _refuse("No owner asked for the language {!r}.", asked.languages, LANGUAGES, spoken)
    left_out = of("listed", "left_out")
    _refuse("No list left anybody out for the reason {!r}.", asked.left_out, (ANY,), left_out)
    _refuse(
        "No vehicle is open or unreachable for the reason {!r}.", asked.reasons, (*Reason, *HOUSE_REASONS, *LETTERS),
        left_out, untold=of("piece", "reason"),
    )  # fmt: skip
    _refuse_unknown_waves(session, asked)


def _refuse(
    said: str,
    given: Iterable[str],
    house: Iterable[str],
    loaded: Callable[[], list[str]],
    *,
    untold: Callable[[], list[str]] = list,
    alike: Callable[[str], str] = str,
) -> None:
    """Refuse a word that is neither the house's nor loaded; a blank asks for rows that have none. The ledger is asked
    only where the house does not know the word.

    Words that are ``untold`` are known, and no hint repeats them: a person may have typed them.
    """
    of_house = [str(one) for one in house]
    lacking = [one for one in given if one and alike(one) not in set(map(alike, of_house))]
    if not lacking:
        return
    told = sorted({*loaded(), *of_house} - {""})
    known = set(map(alike, (*told, *untold())))
    for word in lacking:
        if alike(word) not in known:
            raise UnknownName(said.format(word), _hint(word, told))


def _hint(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, 3)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    if not known:
        return "None is known: nothing of the kind is loaded."
    more = f" and {len(known) - LISTED_IN_HINT} more" if len(known) > LISTED_IN_HINT else ""
    return f"Known are {', '.join(known[:LISTED_IN_HINT])}{more}."


def _refuse_unknown_waves(session: Session, asked: Asked) -> None:
    waves = [one for one in asked.waves if one != ANY_WAVE]
    if not waves:
        return
    sql = "select number from wave where follow_up = :name order by number"
    known = [one.number for one in session.rows(_Number, sql, name=asked.follow_up)]
    for wave in waves:
        if wave not in known:
            listed = (
                f"Known are {', '.join(map(str, known))}."
                if known
                else "Plan it first: renotify plan NAME."
            )
            raise UnknownName(f"{asked.follow_up} has no wave {wave}.", listed)
