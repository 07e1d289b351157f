"""What one room hands to another is a typed value: a document with keys in words is made at the edge alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "renotify"
DOCUMENT = re.compile(r"(dict|Mapping)\[str, Any\]")
EDGES = {"cli", "demo", "web"}  # where documents become JSON, text and files
# what a person wrote, or the ledger keeps, as text: read into a typed value, or written from one
READERS_AND_WRITERS = {"from_facts", "to_facts", "read_toml"}

Name = tuple[str, str]  # module and function


def test_no_room_hands_a_document_to_another_room() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")}
    documents = {
        name
        for path, text in texts.items()
        if "Any" in text
        for name in _with_documents(path, ast.parse(text))
    }
    named = re.compile(rf"\b({'|'.join({function for _, function in documents})})\b")
    handed = {
        (_room(path), module, function)
        for path, text in texts.items()
        if named.search(text)
        for module, function in _called(ast.parse(text))
        if (module, function) in documents and module.split(".")[1] != _room(path)
    }
    assert len(documents) > 20  # the search finds what it looks for
    assert not {
        found for found in handed if found[0] not in EDGES and found[2] not in READERS_AND_WRITERS
    }


def _room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0]


def _with_documents(path: Path, tree: ast.Module) -> Iterator[Name]:
    """Yield each function of a file that takes or returns a document."""
    module = ".".join(("renotify", *path.relative_to(SOURCE).with_suffix("").parts))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            arguments = [
                argument.annotation for argument in (*node.args.args, *node.args.kwonlyargs)
            ]
            written = [ast.unparse(one) for one in (node.returns, *arguments) if one is not None]
            if DOCUMENT.search(" ".join(written)):
                yield module, node.name


def _called(tree: ast.Module) -> Iterator[Name]:
    """Yield each function of another file that a file calls, by its module and name."""
    imported = {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            yield imported.get(node.func.id, ("", ""))
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            package, module = imported.get(node.func.value.id, ("", ""))
            yield f"{package}.{module}", node.func.attr
