"""The list of tests that are slow on PostgreSQL names tests that there are, and leaves every statement asked."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import asked_of_postgresql as asked

TESTS = Path(__file__).parents[1]


def test_each_of_the_list_is_a_test_and_none_is_of_the_ledger() -> None:
    listed = asked.listed()
    assert len(listed) > 100
    assert not [one for one in listed if one.startswith("ledger/")]
    for file in {one.partition("::")[0] for one in listed}:
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        there = {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
        named = {one.rpartition("::")[2] for one in listed if one.startswith(f"{file}::")}
        assert named <= there, file


def test_as_few_stay_as_ask_every_statement_and_all_of_one_store_and_of_the_ledger(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each says by letters which statements it asks; e has PostgreSQL alone, and g is the ledger's."""
    made = asked._Asked()
    statements = {"a": "1", "b": "12", "c": "23", "d": "1", "e": "4", "f": "4", "ledger/g": "1"}
    made.statements.update({f"{name}": set(those) for name, those in statements.items()})
    made.seconds.update(dict.fromkeys(statements, 1.0) | {"a": 0.5})
    made.both = statements.keys() - {"e"}
    monkeypatch.setattr(asked, "_ASKED", made)
    # the ledger asks 1, e asks 4; c asks the others
    assert asked._spare() == ["a", "b", "d", "f"]
    made.both = made.both - {"ledger/g"}
    made.seconds.pop("ledger/g")
    assert asked._spare() == ["a", "d", "f"]  # b asks the most for its time, then c what is left
