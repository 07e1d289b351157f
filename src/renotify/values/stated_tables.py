"""Tables that people write by hand (TOML): read, and checked key by key; a fault names the place, the key and what to do."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from renotify.errors import BadInput

TEXT, DAY, WHOLE, NUMBER, YES_NO, TABLE = (
    "text",
    "a date such as 2013-02-26",
    "a whole number",
    "a number",
    "true or false",
    "a table",
)


def _is_number(value: object) -> bool:
    """Tell whether a value is a finite number; TOML also writes nan and inf, which nothing can be planned with."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < math.inf


_ACCEPTS: Mapping[str, Callable[[object], bool]] = {
    TEXT: lambda value: isinstance(value, str),
    DAY: lambda value: isinstance(value, date) and not isinstance(value, datetime),
    WHOLE: lambda value: isinstance(value, int) and not isinstance(value, bool),
    NUMBER: _is_number,
    YES_NO: lambda value: isinstance(value, bool),
    TABLE: lambda value: isinstance(value, dict),
}
_MAYBE = 0.5  # how like a key has to be that is asked about where none is closer: fon, phone
_TABLE = re.compile(r"\s*\[\[?\s*([a-zA-Z][\w-]*)[\w\s.-]*\]\]?\s*(?:#.*)?$")  # its first name


def read_toml(path: Path, tables: Iterable[str] = ()) -> dict[str, Any]:
    """Return the content of a TOML file. Raises BadInput when it is not there, not UTF-8 or not TOML.

    ``tables`` are those that it may have. A table of another name can make a later one of its own twice: then it is the mistake.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            if tables:
                _check_tables(text, tables, path.name)
            raise
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name} is not UTF-8 text.", "Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path.name} is not TOML: {error}.", "Correct it at that line.") from error
    except OSError as error:
        raise BadInput(
            f"{path.name} cannot be read: {error.strerror}.", "Check the path."
        ) from error


def toml_value(value: object) -> str:
    """Return a text or a yes or no as TOML writes it: ``"refund"``, ``true``."""
    return json.dumps(value, ensure_ascii=False)


def _check_tables(text: str, known: Iterable[str], file: str) -> None:
    """Raise BadInput for the first table whose name nothing reads, with its line."""
    for number, line in enumerate(text.splitlines(), 1):
        found = _TABLE.match(line)
        if found:
            check_keys(found.groups(), known, f"{file}, line {number}")


def check_keys(table: Iterable[str], known: Iterable[str], where: str) -> None:
    """Raise BadInput for a key that nothing reads, with the one that may have been meant, in small letters or large."""
    names = sorted(known)
    small = {name.casefold(): name for name in names}
    for key in table:
        if key not in names:
            near = get_close_matches(key.casefold(), small, 1)
            told = f"Known are {', '.join(names)}."
            maybe = [] if near else get_close_matches(key.casefold(), small, 1, cutoff=_MAYBE)
            hint = f"Did you mean {small[near[0]]!r}?" if near else told
            hint = f"Did you mean {small[maybe[0]]!r}? {told}" if maybe else hint
            raise BadInput(f"{where}: there is no key {key!r}.", hint)


def check_kinds(table: Mapping[str, object], kinds: Mapping[str, str], where: str) -> None:
    """Raise BadInput for a value that is not of its key's kind (``TEXT``, ``DAY``, ..)."""
    for key, value in table.items():
        if not _ACCEPTS[kinds[key]](value):
            quoted = " without quotes" if kinds[key] is not TEXT and isinstance(value, str) else ""
            raise BadInput(
                f"{where}: {key} = {value!r} is not {kinds[key]}.", f"Write {kinds[key]}{quoted}."
            )


def check_present(table: Mapping[str, object], required: Iterable[str], where: str) -> None:
    """Raise BadInput for a required key that is missing or blank."""
    for key in required:
        value = table.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise BadInput(f"{where}: {key} is missing.", f"Add {key} to it.")
