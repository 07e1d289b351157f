"""Lists the public classes of each room with the first sentence of their docstrings, for docs/glossary.md."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1] / "src" / "renotify"


def class_words() -> str:
    """Return a Markdown table: word, room, what it stands for; a class without a docstring is shown by its fields' table."""
    rows = [
        f"| `{node.name}` | {'/'.join(path.relative_to(ROOT).with_suffix('').parts)} | {_first_sentence(node)} |"
        for path in sorted(ROOT.rglob("*.py"))
        if "migrations" not in path.parts
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    return "\n".join(["| word in code | where | stands for |", "| --- | --- | --- |", *rows]) + "\n"


def _first_sentence(node: ast.ClassDef) -> str:
    text = " ".join((ast.get_docstring(node) or f"One row of the table of {node.name}s.").split())
    return text.split(". ")[0].split(": ")[0].rstrip(".").replace("|", "\\|") + "."
