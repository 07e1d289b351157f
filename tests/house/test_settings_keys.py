"""Every key that a file of settings may have is documented, and none that it may not."""

from __future__ import annotations

import re
from pathlib import Path

from settings_keys import PROBLEM, TABLE_KEYS

from renotify.campaigns.follow_up_settings import SETTINGS, TABLES

DOCS = Path(__file__).parents[2] / "docs" / "reference"


def test_every_key_of_a_follow_up_stands_in_the_example_of_its_page() -> None:
    page = (DOCS / "files.md").read_text(encoding="utf-8")
    example = page.partition("## followup.toml\n")[2].partition("```toml\n")[2].partition("```")[0]
    plain = set(SETTINGS) - set(TABLES)
    shown = set(re.findall(r"^(?:# )?(?:\[)?([a-z_]+)", example, re.MULTILINE))
    assert plain | set(TABLES) <= shown
    own = {key for keys in TABLE_KEYS.values() for key in keys}
    assert sorted(key for key in own if not re.search(rf"\b{key}\b", example)) == []


def test_every_table_of_the_settings_has_its_keys_listed() -> None:
    assert {name.partition(".")[0] for name in TABLE_KEYS} == set(TABLES)


def test_every_key_of_a_problem_is_explained_on_its_page() -> None:
    page = (DOCS / "problem.md").read_text(encoding="utf-8")
    unexplained = [key for keys in PROBLEM.values() for key in sorted(keys) if not re.search(rf"\b{key}\b", page)]  # fmt: skip
    assert unexplained == []
