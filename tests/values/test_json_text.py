"""JSON is read whole: what stands twice is refused by its path, and what is written is read again as it was."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from cases import at_once
from renotify.errors import BadInput
from renotify.values.json_text import read_object, to_bytes


class Pair(NamedTuple):
    """A row with names."""

    one: int
    two: str


def read(text: str) -> object:
    return read_object(text.encode(), "problem.json", "See the page.")


@at_once(
    ("text", "key"),
    [
        ('{"a": 1, "a": 2}', "a"),
        ('{"supply": {"P": [1], "Q": [2], "P": [3]}}', "supply.P"),
        ('{"owners": [{"count": 1}, {"count": 1, "count": 2}]}', "owners[1].count"),
        ('{"a" : 1, "b": {"c"\n:1,"c"\t: 2}}', "b.c"),
        ('{"a": [1, {"b": 1, "b": 2}]}', "a[1].b"),
    ],
)
def test_a_key_that_stands_twice_in_one_object_is_refused_by_its_path(text: str, key: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(text)
    assert refused.value.message == f"problem.json states {key} twice."


@at_once(
    "text",
    [
        '{"a": 1, "b": {"a": 1}, "c": [{"a": 1}, {"a": 1}]}',
        '{"a": "a\\": 1, \\"a\\": 2", "b": ":", "":[]}',
        '{"a" : {"a" : null}}',
        "{}",
    ],
)
def test_keys_that_only_look_as_if_they_stood_twice_are_read(text: str) -> None:
    assert read(text) == json.loads(text)


@at_once(
    ("text", "sentence"),
    [
        ("{", "problem.json is not a JSON document: "),
        ('{"a": NaN}', "problem.json is not a JSON document: "),
        ("", "problem.json is not a JSON document: "),
        ("[1]", "problem.json holds a list, not one JSON object."),
        ("null", "problem.json holds a NoneType, not one JSON object."),
    ],
)
def test_what_is_no_json_object_is_refused_with_the_page_that_says_how(
    text: str, sentence: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read(text)
    assert refused.value.message.startswith(sentence)
    assert refused.value.hint == "See the page."


def test_text_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(BadInput, match="is not a JSON document"):
        read_object(b'{"a": "\xff"}', "problem.json", "")


def test_what_a_command_shows_is_written_as_plain_json() -> None:
    shown = {
        "day": date(2013, 3, 4), "path": Path("out/a.pdf"), "row": Pair(1, "é"), 3: np.int64(4), "half": np.float64(0.5),
        "many": np.array([[1.5, 2.0]]), "none": None,
    }  # fmt: skip
    assert json.loads(to_bytes(shown)) == {
        "day": "2013-03-04", "path": "out/a.pdf", "row": [1, "é"], "3": 4, "half": 0.5, "many": [[1.5, 2.0]], "none": None,
    }  # fmt: skip
    assert "é" in to_bytes(shown).decode()


def test_keys_are_sorted_where_that_is_asked_for() -> None:
    assert to_bytes({"b": 1, "a": 2}) == b'{\n  "b": 1,\n  "a": 2\n}'
    assert to_bytes({"b": 1, "a": 2}, sort=True) == b'{\n  "a": 2,\n  "b": 1\n}'


def test_what_has_no_json_form_is_no_document() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        to_bytes({"a": object()})
