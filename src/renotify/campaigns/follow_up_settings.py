"""A follow-up's settings: which campaigns, when the notice goes out, and what is known of the response (design, section 5)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from renotify.errors import BadInput

KINDS = ("initial", "interim", "follow_up_voluntary", "follow_up_ordered")
RESPONSE = ("share", "scale_weeks", "shape", "background_per_week")
HINT = "See followup.toml in docs/reference/files.md."


@dataclass(frozen=True)
class FollowUpSettings:
    """One follow-up as its analyst states it. ``mail_house_letters_per_week`` None does not bind.

    ``response``: share of owners who answer, scale_weeks and shape of a Weibull, background_per_week (share of open vehicles that
    come without a letter); a table under a bundle's name (``"9LA+ALE"``) overrides it there. ``stated_start`` is the day the
    notice's own text names for the first letter, if it names one.
    """

    name: str
    kind: str
    campaigns: tuple[str, ...]
    notice_date: date
    days_after_notice: int = 7
    horizon_weeks: int = 26
    mail_house_letters_per_week: int | None = None
    wait_bound_weeks: int = 2
    parts_quantile: float | None = 0.9
    stated_start: date | None = None
    response: Mapping[str, Any] = field(default_factory=dict)
    sender: Mapping[str, Any] = field(default_factory=dict)

    @property
    def first_letter(self) -> date:
        """The first day on which a letter may be mailed: notice date + days after notice (memo, section 2)."""
        return self.notice_date + timedelta(days=self.days_after_notice)


def _whole(low: int) -> tuple[Callable[[Any], bool], str]:
    return (
        lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= low,
        f"a whole number of at least {low}",
    )


def _share(value: Any) -> bool:  # noqa: ANN401 - TOML gives anything
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1


_DAY: tuple[Callable[[Any], bool], str] = (
    lambda v: isinstance(v, date) and not isinstance(v, datetime),
    "a date such as 2013-02-26",
)
_TABLE: tuple[Callable[[Any], bool], str] = (lambda v: isinstance(v, dict), "a table")
WANTED: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "name": (
        lambda v: (
            isinstance(v, str) and v.replace("-", "").replace("_", "").isalnum() and len(v) <= 32
        ),
        "up to 32 letters, digits, - and _",
    ),
    "kind": (lambda v: v in KINDS, f"one of {', '.join(KINDS)}"),
    "campaigns": (
        lambda v: isinstance(v, list) and bool(v) and all(isinstance(c, str) and c for c in v),
        "a list of campaign codes",
    ),
    "notice_date": _DAY,
    "days_after_notice": _whole(0),
    "horizon_weeks": _whole(1),
    "mail_house_letters_per_week": _whole(1),
    "wait_bound_weeks": _whole(0),
    "parts_quantile": (_share, "a number between 0 and 1"),
    "stated_start": _DAY,
    "response": _TABLE,
    "sender": _TABLE,
}


def read(path: Path) -> FollowUpSettings:
    """Read followup.toml. Raises BadInput in one sentence that names the key."""
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name} cannot be read as TOML: {error}.", HINT) from None
    for key, value in stated.items():
        _check(key, value)
    for required in ("name", "kind", "campaigns", "notice_date"):
        if required not in stated:
            raise BadInput(f"{path.name} does not state {required}.", HINT)
    for key, value in stated.get("response", {}).items():
        _check_response(key, value)
    return FollowUpSettings(**{**stated, "campaigns": tuple(dict.fromkeys(stated["campaigns"]))})


def _check(key: str, value: object) -> None:
    if key not in WANTED:
        near = get_close_matches(key, WANTED, 1)
        raise BadInput(
            f"There is no setting {key!r} in a follow-up.",
            f"Did you mean {near[0]}?" if near else HINT,
        )
    fits, words = WANTED[key]
    if not fits(value):
        raise BadInput(f"{key} must be {words}, not {value!r}.", HINT)


def _check_response(key: str, value: object) -> None:
    if isinstance(value, dict):
        for name, number in value.items():
            _check_response(name, number)
    elif (
        key not in RESPONSE
        or isinstance(value, bool)
        or not isinstance(value, (int, float))
        or value < 0
    ):
        raise BadInput(
            f"response.{key} must be one of {', '.join(RESPONSE)} with a number of at least 0, not {value!r}.",
            HINT,
        )


def to_facts(settings: FollowUpSettings) -> dict[str, Any]:
    """Return the settings as JSON facts; :func:`from_facts` is the way back."""
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in asdict(settings).items()
    }


def from_facts(facts: Mapping[str, Any]) -> FollowUpSettings:
    """Return the settings from their JSON facts."""
    known = {one.name for one in fields(FollowUpSettings)}
    stated = {key: value for key, value in facts.items() if key in known}
    for key in ("notice_date", "stated_start"):
        stated[key] = date.fromisoformat(stated[key]) if stated.get(key) else None
    return FollowUpSettings(**{**stated, "campaigns": tuple(stated["campaigns"])})
