"""A rule asked once for each different row."""

from __future__ import annotations

import pyarrow as pa

from renotify.values.different_rows import of_each


def test_a_rule_is_asked_once_for_each_different_row_and_answers_for_every_row_in_its_place() -> (
    None
):
    asked = []

    def rule(model: str, year: str) -> str | None:
        asked.append((model, year))
        return f"{year} {model}" if year else None

    models = pa.chunked_array([["A", "B"], ["A", None, "A"]])
    years = pa.chunked_array([[2006, 2006, 2006, 2007, None]])
    found = of_each([models, years], rule, pa.string())
    assert found.to_pylist() == ["2006 A", "2006 B", "2006 A", "2007 ", None]
    assert sorted(asked) == [("", "2007"), ("A", ""), ("A", "2006"), ("B", "2006")]


def test_no_rows_ask_nothing() -> None:
    nothing = pa.chunked_array([], pa.string())
    assert of_each([nothing, nothing], lambda *_: 1 / 0, pa.string()).to_pylist() == []
