"""Writes the keys of followup.toml and PROBLEM.json from the contract that reads them; cog puts them into docs/reference/files.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields

from renotify.campaigns import (
    follow_up_settings,
    mail_service,
    outreach_settings,
    readiness_settings,
)
from renotify.campaigns.follow_up_settings import LEAST, REQUIRED, SETTINGS, TABLES
from renotify.planner import not_stated

NEEDED, NOTHING = "needed", "–"
TABLE_KEYS = {
    "response": follow_up_settings.RESPONSE,
    "supply": tuple(follow_up_settings.SUPPLY),
    "sender": (*follow_up_settings.SENDER, "es"),
    "sender.es": follow_up_settings.SENDER_ES,
    "mail": mail_service.MAIL,
    "network": follow_up_settings.NETWORK,
    "outreach": outreach_settings.OUTREACH,
    "outreach.arms": tuple(outreach_settings.ARM),
    "outreach.wordings.NAME": (*outreach_settings.HOUSE_TEXTS, *outreach_settings.LANGUAGES[1:]),
    "readiness": (*readiness_settings.DEFAULTS, readiness_settings.ADDRESS_DAYS),
}
PROBLEM = {
    "": not_stated.TOP,
    "bundles": not_stated.BUNDLE,
    "dealers": not_stated.DEALER,
    "owners": not_stated.OWNERS,
    "background": not_stated.BACKGROUND,
    "tools.NAME": not_stated.TOOL,
}


def follow_up_keys() -> str:
    """Return the table of every key of followup.toml: its kind, its least value, and what holds when it is left out."""
    rows = [*_plain_keys(), *_keys_of_tables()]
    return _table(("key", "is", "at least", "left out"), rows)


def problem_keys() -> str:
    """Return the table of every key of PROBLEM.json, table by table."""
    rows = [
        (f"`{name}`" if name else "the document", ", ".join(f"`{key}`" for key in sorted(keys)))
        for name, keys in PROBLEM.items()
    ]
    return _table(("table", "keys"), rows)


def _plain_keys() -> Iterator[tuple[str, ...]]:
    left_out = {one.name: one.default for one in fields(follow_up_settings.FollowUpSettings)}
    for key, kind in SETTINGS.items():
        if key in TABLES:
            continue
        default = left_out[key]
        shown = NEEDED if key in REQUIRED else NOTHING if default in (MISSING, None, "") else f"`{default}`"  # fmt: skip
        yield f"`{key}`", kind, str(LEAST.get(key, "")), shown


def _keys_of_tables() -> Iterator[tuple[str, ...]]:
    """Yield each table with its keys; what they mean and their defaults stand in the example."""
    for name, keys in TABLE_KEYS.items():
        yield f"`[{name}]`", f"a table: {', '.join(f'`{key}`' for key in keys)}", "", NOTHING


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
