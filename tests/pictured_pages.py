"""Pictures of the documents that cannot age: beside each folder of them stands what its pictures show, and browser tests compare it.

``make pictures`` (``RENOTIFY_PICTURES=1``) takes those anew whose page has changed; every other run fails for them (decision 0153).
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import renotify
from browsers import WIDE

DOCS = Path(__file__).parent.parent / "docs" / "how-to"
SHEETS = Path(renotify.__file__).parent / "web"
OF_THE_SITE = (
    SHEETS / "theme" / "static" / "renotify" / "tabler.min.css",
    SHEETS / "theme" / "static" / "renotify" / "renotify.css",
)
OF_THE_LOOK_UP = (SHEETS / "public" / "look_up.css",)
LIST = "pictures.txt"
PARTS = ("file", "words", "build", "styles")
HEAD = f"# What each picture here shows, as digests. `make pictures` writes it, the browser tests hold it.\npicture {' '.join(PARTS)}\n"
ANEW = "take it anew with `make pictures`, and look at it"
# A page's words and its build as everybody's browser has them: no place, no size, no look, and nothing that changes by the run.
READ = """() => {
  const shown = ['type', 'value', 'placeholder', 'alt', 'role', 'class', 'open', 'hidden', 'checked', 'selected', 'disabled',
    'colspan', 'rowspan', 'rows', 'data-title', 'data-blank', 'popover', 'fill', 'stroke']
  const words = [], build = []
  const go = (node, drawn) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.replace(/\\s+/g, ' ').trim()
      if (text) words.push(text)
      return
    }
    const name = node.localName
    if (!name || ['script', 'style'].includes(name) || node.id === 'theme-choice' || node.type === 'hidden') return
    const svg = drawn || name === 'svg'
    build.push(name, ...shown.filter(one => node.hasAttribute(one) && !(one === 'hidden' && svg))
      .map(one => `${one}=${node.getAttribute(one)}`))
    for (const child of node.childNodes) go(child, svg)
    build.push('/')
  }
  go(document.body, false)
  return {words: words.join('\\n'), build: build.join('\\n')}
}"""
# What htmx puts in place is marked until the page's scripts have seen it: tables that are not sortable yet would be another build.
IN_PLACE = (
    "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-added, .htmx-settling')"
)
TOUCHED = """selectors => selectors.map(one => {
  try { return document.querySelector(one) !== null } catch { return true }
})"""
UNSEEN = re.compile(
    r"@media print|data-bs-theme=\"dark\""
)  # pictures of desks are of screens and light
# when something was read or decided, by the machine's clock: another at each run
OF_THE_RUN = re.compile(r"[A-Z][a-z]{2} \d{1,2}, \d{4} \d{2}:\d{2}")
_REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
_STATE = re.compile(r"::?[a-z-]+(?:\([^()]*\))?")


@dataclass(frozen=True)
class Rule:
    """A rule of a style sheet: within what it stands (@media ...), what it is for, and what it says."""

    within: str
    selector: str
    says: str

    def is_seen(self, width: int) -> bool:
        """Tell whether a screen of a width, and light, is one that the rule is for; of the dark one the public page alone has a picture."""
        narrow = re.search(r"max-width: (\d+)px", self.within)
        return not UNSEEN.search(self.within + self.selector) and (
            narrow is None or width <= int(narrow[1])
        )

    def asked(self) -> str:
        """Return the selector of the elements it can touch, in whatever state these are."""
        kept = (_STATE.sub("", one).strip() or "*" for one in self.selector.split(","))
        return ", ".join(one + "*" if one.endswith((">", "+", "~")) else one for one in kept)


def rules_of(sheet: str, within: str = "") -> Iterator[Rule]:
    """Read the rules of a style sheet of our own, those within @media after what they stand in."""
    left = _REMARK.sub("", sheet).strip()
    while left:
        head, _, rest = left.partition("{")
        end = _end_of(rest)
        head, body, left = " ".join(head.split()), rest[:end], rest[end + 1 :].strip()
        if "{" in body:
            yield from rules_of(body, f"{within}{head} ")
        else:
            yield Rule(within, head, " ".join(body.split()))


def _end_of(text: str) -> int:
    """Return where the brace is closed that was opened before a text."""
    depth = 1
    for place, letter in enumerate(text):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0:
            return place
    return len(text)


def digest(text: str) -> str:
    """Return sixteen letters that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def shown_by(
    page: Any, sheets: tuple[Path, ...] = OF_THE_SITE, width: int = WIDE[0]
) -> dict[str, str]:
    """Return the digests of a page's words, its build and the rules of our sheets that touch it at a width; a bought sheet counts whole."""
    page.wait_for_function(IN_PLACE)
    said = page.evaluate(READ)
    styles = []
    for sheet in sheets:
        text = sheet.read_text(encoding="utf-8")
        if sheet.name.endswith(".min.css"):
            styles.append(digest(text))
            continue
        rules = [rule for rule in rules_of(text) if rule.is_seen(width)]
        touched = page.evaluate(TOUCHED, [rule.asked() for rule in rules])
        styles += [str(rule) for rule, touches in zip(rules, touched, strict=True) if touches]
    words = OF_THE_RUN.sub("(when)", said["words"])
    return {
        "words": digest(words),
        "build": digest(said["build"]),
        "styles": digest("\n".join(styles)),
    }


def kept_in(folder: Path) -> dict[str, dict[str, str]]:
    """Return what the pictures of a folder show, as it was when they were taken."""
    file = folder / LIST
    lines = file.read_text(encoding="utf-8").splitlines()[2:] if file.exists() else []
    rows = (line.split() for line in lines)
    return {name: dict(zip(PARTS, row, strict=True)) for name, *row in rows}


def aged(picture: Path, shows: Mapping[str, str]) -> str:
    """Say why a picture is no longer of the page that shows this; nothing where it is."""
    kept = kept_in(picture.parent).get(picture.name)
    if kept is None or not picture.exists():
        return f"{_named(picture)} was never taken: {ANEW}"
    if kept["file"] != _of_file(picture):
        return f"{_named(picture)} is not the one that was taken of the page: {ANEW}"
    changed = [part for part in PARTS[1:] if kept[part] != shows[part]]
    return (
        f"{_named(picture)} shows the page as it was, {' and '.join(changed)} changed: {ANEW}"
        if changed
        else ""
    )


def asked_for() -> bool:
    """Tell whether pictures are to be taken anew."""
    return bool(os.environ.get("RENOTIFY_PICTURES"))


def taken_or_compared(
    page: Any,
    picture: Path,
    sheets: tuple[Path, ...] = OF_THE_SITE,
    *,
    width: int = WIDE[0],
    whole: bool = True,
) -> list[str]:
    """Take the picture of a page anew where it has aged and pictures are asked for; say that it has aged where they are not."""
    shows = shown_by(page, sheets, width)
    fault = aged(picture, shows)
    if not fault or not asked_for():
        return [fault] if fault else []
    picture.parent.mkdir(exist_ok=True)
    page.screenshot(path=str(picture), full_page=whole)
    keep(picture, shows)
    return []


def keep(picture: Path, shows: Mapping[str, str]) -> None:
    """Write down what a picture shows that was just taken; pictures that are gone go from the list."""
    folder = picture.parent
    rows = kept_in(folder) | {picture.name: {"file": _of_file(picture), **shows}}
    lines = (
        f"{name} {' '.join(row[part] for part in PARTS)}\n"
        for name, row in sorted(rows.items())
        if (folder / name).exists()
    )
    (folder / LIST).write_text(HEAD + "".join(lines), encoding="utf-8")


def _of_file(picture: Path) -> str:
    return hashlib.sha256(picture.read_bytes()).hexdigest()[:16]


def _named(picture: Path) -> str:
    return "/".join(picture.parts[-4:])
