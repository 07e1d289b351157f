"""A page as a person reads it: its words, its tables as rows, its links, and where each leads."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Read(HTMLParser):
    """What stands on a page: ``text``, ``tables`` by caption (rows of cells by heading), ``links`` by their words (the first of
    the same words), and all ``addresses``."""

    text: str = ""
    tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._caption, self._heads, self._row = "", [], []
        self._cell: list[str] | None = None
        self._link: tuple[str, list[str]] | None = None
        self._drawn = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "svg":
            self._drawn += 1
        if tag == "section" and "shown-table" in (given.get("class") or ""):
            self._caption, self._heads = given.get("aria-label") or "", []
            self.tables[self._caption] = []
        if tag in {"td", "th"}:
            self._cell = []
        if tag == "tr":
            self._row = []
        if tag == "a":
            self._link = (given.get("href") or "", [])

    def handle_endtag(self, tag: str) -> None:
        if tag == "svg":
            self._drawn -= 1
        if tag == "a" and self._link:
            address, words = self._link
            self.addresses.append(address)
            self.links.setdefault(_plain(words), address)
            self._link = None
        if tag == "th" and self._cell is not None:
            self._heads.append(_plain(self._cell))
        if tag == "td" and self._cell is not None:
            self._row.append(_plain(self._cell))
        if tag in {"td", "th"}:
            self._cell = None
        if tag == "tr" and self._row:
            self.tables[self._caption].append(dict(zip(self._heads, self._row, strict=True)))

    def handle_data(self, data: str) -> None:
        if self._drawn:
            return
        self.text += f" {data}"
        for kept in (self._cell, self._link[1] if self._link else None):
            if kept is not None:
                kept.append(data)


def _plain(words: list[str]) -> str:
    return re.sub(r"\s+", " ", "".join(words)).strip()


def read(answer: Any) -> Read:
    """Read an answer of the site."""
    found = Read()
    found.feed(answer.content.decode())
    found.text = re.sub(r"\s+", " ", found.text)
    return found


def page(browser: Any, address: str, *, status: int = 200) -> Read:
    """Open an address, whatever it takes to work out, and read its page."""
    answer = browser.get(address + ("&" if "?" in address else "?") + "now=1")
    assert answer.status_code == status, answer.content.decode()[:2000]
    return read(answer)


def rows_behind(browser: Any, address: str) -> int:
    """Return how many vehicles a list says there are behind a figure."""
    (said,) = re.findall(r"(\d[\d,]*) vehicles?", page(browser, address).text)[:1]
    return int(said.replace(",", ""))
