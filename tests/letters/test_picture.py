"""A letter as a picture for a page: drawn once a process, as every look at a follow-up's page asks for it."""

from __future__ import annotations

import pytest

from renotify.letters import picture
from renotify.letters.version import LetterVersion


def test_the_same_letter_is_drawn_once(
    version: LetterVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[object] = []

    def counted(page: object) -> bytes:
        drawn.append(page)
        return b"png"

    picture._of_a_specimen.cache_clear()
    monkeypatch.setattr(picture, "_picture", counted)
    assert (picture.first_page(version), picture.first_page(version)) == (b"png", b"png")
    assert len(drawn) == 1
    assert picture.pages(version) == [b"png"] * version.page_count
    assert len(drawn) == 1 + version.page_count
    picture._of_a_specimen.cache_clear()
