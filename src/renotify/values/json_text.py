"""JSON as text: documents of many megabytes are read and written in a fraction of a second, and no key is lost that stands twice."""

from __future__ import annotations

import gc
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from renotify.errors import BadInput

BLANKS_AND_COLON = (b" :", b"\t:", b"\n:", b"\r:")


def read_object(content: bytes, name: str, hint: str) -> dict[str, Any]:
    """Return the JSON object in a file's bytes, UTF-8.

    Raises BadInput, with ``hint``, for what is no JSON or no object, and for a key that stands twice in one object: the second would
    take the first one's place in silence.
    """
    import orjson

    try:
        with _without_collecting():
            document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"{name} is not a JSON document: {error}.", hint) from None
    if not isinstance(document, dict):
        raise BadInput(f"{name} holds a {type(document).__name__}, not one JSON object.", hint)
    if not _surely_once(content, document):
        for key in _standing_twice(content):
            raise BadInput(f"{name} states {key} twice.", "State it once.")
    return document


def to_bytes(document: object, *, sort: bool = False) -> bytes:
    """Return a document as indented UTF-8 text, its keys in their own order or sorted; days in ISO 8601, arrays as lists."""
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
    try:
        return orjson.dumps(document, _plain, options | (orjson.OPT_SORT_KEYS if sort else 0))
    except orjson.JSONEncodeError as error:
        raise error.__cause__ or error from None  # the type that has no JSON form, by its name


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    if hasattr(value, "__fspath__"):
        return str(value)
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no JSON form")


@contextmanager
def _without_collecting() -> Iterator[None]:
    """No search for garbage meanwhile: a document is a million objects without a circle, and the search takes longer than the reading."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _surely_once(content: bytes, document: object) -> bool:
    """Whether the text has no more keys than the objects that were read from it.

    Every key ends in a quotation mark and a colon. Text may do so, too: then this is not sure, and the keys are read one by one.
    """
    keys = content.count(b'":')
    if keys < content.count(b":") and any(content.count(blank) for blank in BLANKS_AND_COLON):
        return False
    return keys == _keys(document)


def _keys(document: object) -> int:
    """The keys of a document; lists whose first item is plain are not looked into."""
    keys, left = 0, [document]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            keys += len(one)
            left += [value for value in one.values() if isinstance(value, (dict, list))]
        elif isinstance(one, list) and one and isinstance(one[0], (dict, list)):
            left += one
    return keys


def _standing_twice(content: bytes) -> Iterator[str]:
    """The keys that stand twice in one object, by their path: ``supply.P``."""
    found: list[tuple[object, str]] = []

    def as_read(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            times = Counter(key for key, _ in pairs)
            found.extend((table, key) for key, count in times.items() if count > 1)
        return table

    document = json.loads(content, object_pairs_hook=as_read)
    for table, key in found:
        yield next((f"{path}{key}" for path in _paths(document, table, "")), key)


def _paths(value: object, wanted: object, path: str) -> Iterator[str]:
    """Where an object stands in a document, as the beginning of its keys' paths."""
    if value is wanted:
        yield path
    if isinstance(value, Mapping):
        yield from chain.from_iterable(
            _paths(one, wanted, f"{path}{key}.") for key, one in value.items()
        )
    if isinstance(value, list):
        start = path.removesuffix(".")
        yield from chain.from_iterable(
            _paths(one, wanted, f"{start}[{i}].") for i, one in enumerate(value)
        )
