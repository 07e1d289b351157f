"""Settings that may change while a follow-up runs: how a person writes a change, and the settings with changes applied."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, fields
from datetime import date
from typing import Any, NamedTuple

from renotify.campaigns.follow_up_settings import (
    SETTINGS,
    TABLES,
    FollowUpSettings,
    checked,
    from_facts,
    to_facts,
)
from renotify.errors import BadInput
from renotify.values.english import series
from renotify.values.stated_tables import check_keys

# What limits a plan, what is known of answers, and who signs. What the list and its letters were frozen by does not change.
MAY_CHANGE = (
    "mail_house_letters_per_week", "least_wave", "wait_bound_weeks", "parts_quantile", "parts_count_spread", "horizon_weeks", "policy",
    "response", "supply", "sender", "network",
    "readiness",
)  # fmt: skip
LEFT_OUT = "none"  # as if the key were not in followup.toml
_WORDS = ("policy", "sender")  # text, with or without quotes


class Stated(NamedTuple):
    """A setting and its value, None: left out. Keys of tables are joined by dots."""

    setting: str
    value: Any


def stated(text: str) -> Stated:
    """Read ``KEY=VALUE``, the value as TOML writes it or plain text. Raises BadInput for another form or a key that may not change."""
    setting, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not setting or not value:
        raise BadInput(
            f"{text!r} is not a change of a setting.",
            "Write KEY=VALUE, for example mail_house_letters_per_week=900 or response.share=0.1.",
        )
    key, *rest = setting.split(".")
    if key in SETTINGS and key not in MAY_CHANGE:
        raise BadInput(
            f"followup set: {key} does not change while a follow-up runs: its list and its letters were frozen by it.",
            f"Freeze another follow-up with it. What may change: {series(MAY_CHANGE)}.",
        )
    check_keys([key], MAY_CHANGE, "followup set")
    if bool(rest) != (key in TABLES):
        raise BadInput(
            f"followup set: {setting} is {'no table' if rest else 'a table'}.",
            f"Write {key}={value}." if rest else f"Name one key of it: {key}.KEY={value}.",
        )
    return Stated(setting, None if value == LEFT_OUT else _value(key, value))


def _value(key: str, value: str) -> Any:  # noqa: ANN401 - whatever TOML writes
    try:
        found = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value
    return value if key in _WORDS and not isinstance(found, str) else found


def value_of(settings: FollowUpSettings, setting: str) -> Any:  # noqa: ANN401 - whatever TOML writes
    """Return what the settings have for a key; None where it is left out."""
    found: Any = to_facts(settings)
    for key in setting.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def with_changes(frozen: FollowUpSettings, changes: Iterable[Stated]) -> FollowUpSettings:
    """Return frozen settings with changes applied, in their order."""
    changed = copy.deepcopy(to_facts(frozen))
    for setting, value in changes:
        *path, last = setting.split(".")
        table = changed
        for key in path:
            table = table.setdefault(key, {})
        if value is not None:
            table[last] = value
        elif path:
            table.pop(last, None)
        else:
            table[last] = _DEFAULTS[last]
    return from_facts(changed)


_DEFAULTS = {
    one.name: one.default for one in fields(FollowUpSettings) if one.default is not MISSING
}


def check_changed(settings: FollowUpSettings, on: date) -> None:
    """Hold settings as changed from a day on to the bounds of followup.toml. Raises BadInput."""
    written = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in asdict(settings).items()
        if value is not None
    }
    checked(written, f"followup set, from {on}")
