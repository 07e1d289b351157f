"""Every key of campaigns.toml is read: another value makes another campaign or is refused, and some rule, letter or room asks for it.

A key that the contract names and nothing asks for fails here; one that nobody knows is refused with the one that may be meant.
"""

from __future__ import annotations

import ast
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from renotify.campaigns import catalogue
from renotify.errors import BadInput
from renotify.values.stated_tables import DAY, NUMBER, TEXT, WHOLE, YES_NO
from small_world import toml

HOUSE = Path(catalogue.__file__).parents[1]
STATED: dict[str, Any] = {
    "campaign_code": "PMP", "campaign_type": "safety_recall", "make": "Lexus", "subject": "Fuel pump", "nhtsa_campaign_number": "10V001000",
}  # fmt: skip
OTHER = {TEXT: "Otherwise", DAY: date(2013, 2, 27), WHOLE: 7, NUMBER: 0.5, YES_NO: True}
PARTS = {
    "scope": {"model": "IS 250", "year_from": 2006, "year_to": 2008},
    "remedy_date": {"model": "IS 250"},
    "document": {"kind": "notice", "revision": "A", "effective_date": date(2012, 1, 1), "url": "https://example.com/a"},
    "answer": {"question": "What?", "answer": "That."},
}  # fmt: skip
# how a key is asked for where it is not by its own name
ASKED_AS = {
    "scope": "scopes", "remedy_date": "remedies", "document": "documents", "answer": "answers", "url": "location", "file": "location",
    "question": "question", "es": "spanish",
}  # fmt: skip


def read(stated: dict[str, Any], folder: Path) -> object:
    """The campaign of a catalogue, or why it is refused."""
    parts = {key: stated.pop(key) for key in [*catalogue.PARTS, "es"] if key in stated}
    lines = ["[[campaign]]", *(f"{key} = {toml(value)}" for key, value in stated.items())]
    for part, row in parts.items():
        lines.append(f"[campaign.{part}]" if part == "es" else f"[[campaign.{part}]]")
        lines += [f"{key} = {toml(value)}" for key, value in row.items()]
    file = folder / "campaigns.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    try:
        return catalogue.read(file)
    except BadInput as refused:
        return refused.message


@pytest.mark.parametrize("key", catalogue.CAMPAIGN_KEYS)
def test_another_value_makes_another_campaign_or_is_refused(key: str, tmp_path: Path) -> None:
    other = OTHER[catalogue.CAMPAIGN_KEYS[key]]
    assert read({**STATED, key: other}, tmp_path) != read({**STATED}, tmp_path)


@pytest.mark.parametrize(
    ("part", "key"), [(part, key) for part, keys in catalogue.PART_KEYS.items() for key in keys]
)
def test_another_value_of_a_part_makes_another_campaign_or_is_refused(
    part: str, key: str, tmp_path: Path
) -> None:
    other = OTHER[catalogue.PART_KEYS[part][key]]
    stated = read({**STATED, part: {**PARTS[part]}}, tmp_path)
    assert not isinstance(stated, str)
    assert read({**STATED, part: {**PARTS[part], key: other}}, tmp_path) != stated


KEYS = {
    *catalogue.CAMPAIGN_KEYS,
    *catalogue.PARTS,
    "es",
    *(key for keys in catalogue.PART_KEYS.values() for key in keys),
}


@pytest.mark.parametrize("key", sorted(KEYS))
def test_a_rule_a_letter_or_a_room_asks_for_the_key(key: str) -> None:
    assert ASKED_AS.get(key, key) in asked_for()


@cache
def asked_for() -> frozenset[str]:
    """What another room, or a function of ``campaigns`` other than the reader, asks for of the keys; and every slot of a rule.

    A file is read as Python only where its text has a name that was not found yet.
    """
    wanted = {ASKED_AS.get(key, key) for key in KEYS}
    found: set[str] = set()
    for file in sorted(HOUSE.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if file.name != "catalogue.py" and any(name in text for name in wanted - found):
            tree: ast.AST = ast.parse(text)
            inside = "campaigns" not in file.parts
            functions = (
                [tree]
                if inside
                else [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
            )
            for node in (node for function in functions for node in ast.walk(function)):
                told = (getattr(node, field, None) for field in ("attr", "id", "value", "arg"))
                found |= {one for one in told if isinstance(one, str)}
    for file in (HOUSE / "rules").rglob("*.toml"):
        found |= set(re.findall(r"\{(\w+)\}", file.read_text(encoding="utf-8")))
    return frozenset(found)


@pytest.mark.parametrize(
    ("where", "key", "meant"),
    [("", "consequences", "consequence"), ("", "park_outsid", "park_outside"), ("scope", "modell", "model"),
     ("remedy_date", "built_form", "built_from"), ("document", "revisions", "revision"), ("answer", "answers", "answer"),
     ("es", "defects", "defect")],
)  # fmt: skip
def test_a_key_that_nobody_knows_is_refused_with_the_one_that_may_be_meant(
    where: str, key: str, meant: str, tmp_path: Path
) -> None:
    row = {**PARTS.get(where, {}), key: "x"}
    lines = ["[[campaign]]", *(f"{name} = {toml(value)}" for name, value in STATED.items())]
    if where:
        lines.append(f"[campaign.{where}]" if where == "es" else f"[[campaign.{where}]]")
    lines += [f"{name} = {toml(value)}" for name, value in row.items()]
    file = tmp_path / "campaigns.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        catalogue.read(file)
    assert f"there is no key {key!r}" in refused.value.message
    assert refused.value.hint == f"Did you mean {meant!r}?"
