"""Tests over the repository itself: its files, names and documents."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from cases import at_once

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "renotify").rglob("*.py"))
HAND_WRITTEN = [path for path in SOURCES if "migrations" not in path.parts]
ALL_PYTHON = [
    *HAND_WRITTEN,
    *sorted((ROOT / "tests").rglob("*.py")),
    *sorted((ROOT / "benchmarks").rglob("*.py")),
]
BANNED_FILES = {
    "utils",
    "common",
    "helpers",
    "misc",
    "data",
    "info",
    "handle",
    "process",
    "manager",
}


@at_once("path", ALL_PYTHON, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_longer_than_500_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


def test_no_room_or_file_has_a_name_that_says_nothing() -> None:
    assert not [
        path for path in SOURCES if path.stem in BANNED_FILES or path.parent.name in BANNED_FILES
    ]


def test_no_two_files_share_a_name() -> None:
    counted = Counter(path.stem for path in HAND_WRITTEN)
    shared = {stem for stem, count in counted.items() if count > 1}
    assert shared == {"__init__"}


def test_every_public_class_stands_in_the_glossary() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    missing = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in HAND_WRITTEN
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
        and not node.name.startswith("_")
        and f"`{node.name}`" not in glossary
    ]
    assert not missing


def test_only_the_ledger_and_the_web_import_django() -> None:
    guilty = [
        p
        for p in HAND_WRITTEN
        if not {"ledger", "web"} & set(p.parts)
        and re.search(r"^\s*(from|import) django", p.read_text("utf-8"), re.MULTILINE)
    ]
    assert not guilty


def test_every_room_stands_in_the_plan_of_the_house() -> None:
    floors = (ROOT / "docs" / "explanation" / "floors.md").read_text(encoding="utf-8")
    rooms = {
        path.parent.relative_to(ROOT / "src" / "renotify").parts[0]
        for path in SOURCES
        if path.parent != ROOT / "src" / "renotify"
    }
    assert not [room for room in rooms if room not in floors]


def test_every_command_stands_in_the_reference() -> None:
    import click

    from renotify.cli import main

    reference = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")

    def paths(group: click.Group, prefix: str) -> list[str]:
        found = []
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            found += (
                paths(command, f"{prefix} {name}")
                if isinstance(command, click.Group)
                else [f"{prefix} {name}"]
            )
        return found

    assert not [path for path in paths(main, "renotify") if f"## {path}\n" not in reference]


def test_models_and_migrations_agree(sqlite_ledger: str) -> None:
    from django.core.management import call_command

    from renotify.ledger.migrating import set_up_django
    from renotify.ledger.store import named_store

    set_up_django(named_store(sqlite_ledger))
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_requirements_name_no_registry_and_every_package_has_a_hash() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        for block in re.split(r"\n(?=\S)", text):
            if "==" in block.split("\n")[0]:
                assert "--hash=sha256:" in block, block.split("\n")[0]


def test_links_between_documents_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    link = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
    assert not [
        f"{page.relative_to(ROOT)} -> {target}"
        for page in pages
        for target in link.findall(re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8")))
        if not (page.parent / target).exists()
    ]


def test_a_count_has_its_noun_in_singular_and_plural() -> None:
    """Guards: ``1 pieces``, ``of 1 dealers``: a count and its noun come from ``values.english``."""
    nouns = "days|dealers|fields|files|hours|kits|letters|lines|notices|owners|parts|pieces|rows|sheets|vehicles|visits|waves|weeks"
    count = r"[^{}\n]*(?::,(?:\.0f)?|:g|\blen\([^{}]*\)|num_rows|count|total)"
    found = [
        f"{path.relative_to(ROOT)}: {said[0]}"
        for path in HAND_WRITTEN
        for said in re.finditer(
            rf"\{{{count}\}}(?: [a-z-]+)? (?:{nouns})\b", path.read_text("utf-8")
        )
        if not re.match(
            r"\{(?:len\()?[A-Z_]+\b", said[0]
        )  # a number of the house, which is not one
    ]
    assert not found
