"""What a list of vehicles is asked for, as one value: filters, order and groups, and the command that asks for the same."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches

from renotify.errors import WrongUse
from renotify.ledger.kinds import PieceState, Status
from renotify.vehicle_lists.list_columns import (
    BESIDE,
    COLUMNS,
    HELD_AT,
    LETTER_COLUMNS,
    OF_FOLLOW_UP,
    PERSONAL,
    SHORT,
    SHOWN,
    SHOWN_OF_FOLLOW_UP,
    SHOWN_OF_LETTERS,
)

ANY = "any"  # of left_out and pieces: whatever the reason or state
ANY_WAVE = 0  # of waves: whatever the wave
SHOW, SORT_BY, COUNT_BY = "show", "sort by", "count by"  # what a column is named for


@dataclass(frozen=True)
class Asked:
    """The filters of a list; one left out does not limit. Values of one filter are alternatives, filters hold together.

    ``campaigns``, ``statuses``, ``reasons``, ``models``, ``owner_states``, ``languages``, ``pieces``, ``left_out``: as the columns of these
    names say; a vehicle is of ``owner_states`` and ``owner_zips`` where anybody who holds it is, lessee or lessor. ``owner_zips`` and
    ``dealer_zips`` are beginnings of ZIP Codes. ``years`` are the first and last model year.
    ``waves`` are numbers, or ``ANY_WAVE``. ``letters``: a row is a letter of the follow-up, not a vehicle in a campaign; lessee and lessor
    have one each; ``released_by``, ``mailed_by``, ``returned_by``: one that is on its way, that was mailed, that came back, by the end of a
    day; ``bundles``: about these campaigns and no others; ``week_since``: of the week of a day or a later one, or of none yet.
    ``contacted_before``: the last letter went out before the day, or none did; ``contacted_since``: on or after
    it; ``never_contacted``: none did. ``address_older_than``: days between the address and the day of the list. ``booked``: a visit is
    booked, or none is (of letters: for whatever campaign);
    ``visit_since``, ``visit_before``: one is booked for this day or a later one, for an earlier one;
    ``visit_made_by``: one was booked by the end of a day, whatever became of it;
    ``two_dealers``: visits to come, of the day of the list or later ones, are booked at several dealers;
    ``visit_dealer``: one is booked at this dealer, whose vehicle or not (the days are then those of the visits there).
    ``as_of`` and ``known_at`` are those of ``renotify status``.
    """

    campaigns: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    owner_states: tuple[str, ...] = ()
    owner_zips: tuple[str, ...] = ()
    dealer_states: tuple[str, ...] = ()
    dealer_zips: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    follow_up: str = ""
    letters: bool = False
    released_by: date | None = None
    mailed_by: date | None = None
    returned_by: date | None = None
    bundles: tuple[str, ...] = ()
    week_since: date | None = None
    waves: tuple[int, ...] = ()
    pieces: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    contacted_before: date | None = None
    contacted_since: date | None = None
    never_contacted: bool = False
    address_older_than: int | None = None
    booked: bool | None = None
    visit_dealer: str = ""
    visit_made_by: date | None = None
    two_dealers: bool = False
    visit_since: date | None = None
    visit_before: date | None = None
    as_of: date | None = None
    known_at: datetime | None = None

    def __post_init__(self) -> None:
        of_list = {
            "--wave": self.waves,
            "--piece": self.pieces,
            "--left-out": self.left_out,
            "--letters": self.letters,
        }
        alone = [name for name, given in of_list.items() if given]
        if alone and not self.follow_up:
            raise WrongUse(f"{alone[0]} is of a follow-up.", "Name it: --follow-up NAME.")
        if self.letters:
            _refuse_of_vehicles(self)
        else:
            _refuse_of_letters(self)
        _known("status", self.statuses, Status)
        _known("piece", tuple(one for one in self.pieces if one != ANY), PieceState)

    @property
    def beside(self) -> frozenset[str]:
        """The columns that are joined in memory because the filters look at them."""
        wanted = {
            "reason": self.reasons,
            HELD_AT: self.owner_states or self.owner_zips,
            "language": self.languages,
            "address_as_of": self.address_older_than is not None,
            "booked": self.booked is not None
            or self.visit_dealer
            or self.visit_since
            or self.visit_before,
        }
        return frozenset(name for name, given in wanted.items() if given)


@dataclass(frozen=True)
class Shown:
    """How a list is shown: its ``columns`` (none: those of ``usual_columns``), its order, and ``first``, the most rows given.

    ``sort`` has names of columns, with a minus before one that falls. ``after`` is the mark of the last row that was shown
    (``Listing.mark``): the rows after it are given; ``counted`` are the counts of the list (``Listing.counts``) where the caller has them
    already: they are not taken again. ``disclosed_to`` and ``purpose`` say to whom and what for columns of ``PERSONAL`` go.
    """

    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    first: int | None = None
    disclosed_to: str = ""
    purpose: str = ""
    after: str = ""
    counted: tuple[int, int, int] | None = None

    @property
    def order(self) -> list[tuple[str, bool]]:
        """The columns that order the rows, and whether each falls."""
        return [(name.removeprefix("-"), name.startswith("-")) for name in self.sort]


def _refuse_of_vehicles(asked: Asked) -> None:
    """Refuse what is asked of vehicles in campaigns where letters are listed."""
    of_vehicles = {
        "--status": asked.statuses, "--reason": asked.reasons, "--left-out": asked.left_out, "--contacted-before": asked.contacted_before,
        "--contacted-since": asked.contacted_since, "--never-contacted": asked.never_contacted,
        "--address-older-than": asked.address_older_than is not None,
        "--two-dealers": asked.two_dealers,
        "--visit-dealer": asked.visit_dealer, "--visit-made-by": asked.visit_made_by, "--visit-since": asked.visit_since,
        "--visit-before": asked.visit_before, "--as-of": asked.as_of, "--known-at": asked.known_at,
    }  # fmt: skip
    named = [option for option, given in of_vehicles.items() if given]
    if named:
        raise WrongUse(
            f"{named[0]} is of vehicles: a list of letters has none.",
            "Leave out --letters, or the filter.",
        )


def _refuse_of_letters(asked: Asked) -> None:
    """Refuse what is asked of letters where vehicles in campaigns are listed."""
    of_letters = {
        "--released-by": asked.released_by,
        "--mailed-by": asked.mailed_by,
        "--returned-by": asked.returned_by,
        "--bundle": asked.bundles,
        "--week-since": asked.week_since,
    }
    named = [option for option, given in of_letters.items() if given]
    if named:
        raise WrongUse(f"{named[0]} is of letters.", "List them: --follow-up NAME --letters.")


def _known(name: str, given: tuple[str, ...], words: type[Status | PieceState]) -> None:
    for word in given:
        if word not in list(words):
            raise WrongUse(f"There is no {name} {word!r}.", f"Known are {', '.join(words)}.")


def columns_named(
    names: str, *, follow_up: str, what: str, letters: bool = False
) -> tuple[str, ...]:
    """Return the columns of a list like ``model,state``; WrongUse names one that is none, or that is of a follow-up not named.

    Only what is shown may name an owner.
    """
    found = []
    of_list = LETTER_COLUMNS if letters else {**COLUMNS, **BESIDE}
    for given in filter(None, (one.strip() for one in names.split(","))):
        name = SHORT.get(given, given)
        if name not in of_list:
            known = sorted(of_list)
            near = get_close_matches(given, known, 3)
            hint = (
                f"Did you mean {' or '.join(near)}?" if near else f"Known are {', '.join(known)}."
            )
            raise WrongUse(f"There is no column {given!r} to {what}.", hint)
        if name in PERSONAL and what != SHOW:
            raise WrongUse(f"There is no list to {what} {given}: it names owners.")
        if name in OF_FOLLOW_UP and not follow_up:
            raise WrongUse(f"{given} is of a follow-up.", "Name it: --follow-up NAME.")
        found.append(name)
    return tuple(dict.fromkeys(found))


def usual_columns(asked: Asked) -> tuple[str, ...]:
    """Return the columns of a list that names none."""
    if asked.letters:
        return SHOWN_OF_LETTERS
    return (*SHOWN, *(SHOWN_OF_FOLLOW_UP if asked.follow_up else ()))


def command(
    asked: Asked, *, area: str = "", dealer: str = "", by: str = "", on: date | None = None
) -> str:
    """Return the command that lists the same: ``renotify vehicles --campaign ALE --status open``.

    ``on`` is the day of owners and addresses, where one was given.
    """
    day = on.isoformat() if on else ""
    words = _words(asked, area=area, dealer=dealer, by=by, on=day)
    return shlex.join(["renotify", "vehicles", *words])


def told_of_day(asked: Asked, on: date) -> str:
    """Return what a day that was given does not change, and what does; blank where the list is as of a moment anyway."""
    if asked.as_of or asked.known_at:
        return ""
    return (
        f"Statuses, letters and visits are as known now: --on {on} is the day of owners and addresses only."
        f" Statuses as they stood then: --as-of {on}."
    )


def told_of_visits(
    asked: Asked, without_word: int, on: date, *, area: str = "", dealer: str = ""
) -> str:
    """Return how many rows of a list of booked visits have one whose day is past and of which nobody has said a word, and on a line of
    its own the command that lists them; blank of none.
    """
    if not without_word or not asked.booked or asked.visit_before or asked.visit_since:
        return ""
    of_them = "1 has a visit" if without_word == 1 else f"{without_word:,} have a visit"
    past = command(replace(asked, booked=None, visit_before=on), area=area, dealer=dealer)
    return f"Of these {of_them} whose day is before {on} and which nobody has reported as done, missed or cancelled:\n{past}"


def _words(asked: Asked, **more: str) -> Iterator[str]:
    several = {
        "--campaign": asked.campaigns, "--status": asked.statuses, "--reason": asked.reasons, "--model": asked.models,
        "--owner-state": asked.owner_states, "--owner-zip": asked.owner_zips, "--dealer-state": asked.dealer_states,
        "--dealer-zip": asked.dealer_zips, "--language": asked.languages,
        "--wave": tuple(ANY if one == ANY_WAVE else one for one in asked.waves), "--piece": asked.pieces,
        "--left-out": asked.left_out, "--bundle": asked.bundles,
    }  # fmt: skip
    years = "-".join(str(year) for year in dict.fromkeys(asked.years or ()))
    single = {
        "--year": years, "--follow-up": asked.follow_up, "--released-by": asked.released_by,
        "--mailed-by": asked.mailed_by, "--returned-by": asked.returned_by, "--week-since": asked.week_since,
        "--contacted-before": asked.contacted_before,
        "--contacted-since": asked.contacted_since, "--address-older-than": asked.address_older_than,
        "--visit-dealer": asked.visit_dealer, "--visit-made-by": asked.visit_made_by,
        "--visit-since": asked.visit_since, "--visit-before": asked.visit_before,
        "--as-of": asked.as_of, "--known-at": asked.known_at and asked.known_at.isoformat(),
        **{f"--{name}": value for name, value in more.items()},
    }  # fmt: skip
    for option, values in several.items():
        for value in values:
            yield from (option, str(value))
    for option, one in single.items():
        if one not in (None, ""):
            yield from (option, str(one))
    flags = {
        "--letters": asked.letters, "--never-contacted": asked.never_contacted, "--two-dealers": asked.two_dealers,
        "--booked": asked.booked is True, "--not-booked": asked.booked is False,
    }  # fmt: skip
    yield from (option for option, given in flags.items() if given)
