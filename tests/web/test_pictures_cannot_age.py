"""The pictures of the documents: each stands in the list of its folder and in its page, and one whose page has changed is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from browsers import page
from pictured_pages import DOCS, LIST, Rule, aged, keep, kept_in, rules_of, shown_by

SHEET = "a { color: red } .warn, .bad { color: #842 } @media (max-width: 600px) { .warn:not(.x):hover { color: blue } }"
PAGE = '<main class="desk"><h1>Today</h1><p class="warn">2 visits</p><p>Nov 28, 2026 15:49</p></main>'  # fmt: skip


@pytest.mark.parametrize("listed", sorted(DOCS.glob(f"*/{LIST}")), ids=lambda one: one.parent.name)
def test_every_picture_of_a_desk_is_the_one_that_was_taken_and_stands_in_its_page(listed: Path) -> None:  # fmt: skip
    folder = listed.parent
    kept = kept_in(folder)
    assert set(kept) == {one.name for one in folder.glob("*.png")}
    text = folder.with_suffix(".md").read_text(encoding="utf-8")
    for name, shows in kept.items():
        assert aged(folder / name, shows) == "", (
            "no test of a page compares it: its file was changed"
        )
        assert f"]({folder.name}/{name})" in text


def test_all_five_desks_and_the_public_page_have_such_pictures() -> None:
    assert {one.parent.name for one in DOCS.glob(f"*/{LIST}")} == {
        "answer-an-owner", "publish-the-look-up", "the-analyst-s-desk", "the-area-manager-s-desk", "the-auditor-s-desk",
        "work-at-the-dealers-desk",
    }  # fmt: skip


def test_rules_of_a_sheet_are_read_with_what_they_stand_in() -> None:
    assert list(rules_of(f"/* of {{a}} */ {SHEET}")) == [
        Rule("", "a", "color: red"),
        Rule("", ".warn, .bad", "color: #842"),
        Rule("@media (max-width: 600px) ", ".warn:not(.x):hover", "color: blue"),
    ]
    phone = Rule("@media (max-width: 600px) ", "p", "")
    assert (phone.is_seen(390), phone.is_seen(1280)) == (True, False)
    assert Rule("", ".x:focus, :focus-visible, a > :hover", "").asked() == ".x, *, a >*"


@pytest.mark.parametrize(
    ("shown", "sheet", "changed"),
    [
        (PAGE.replace("2 visits", "3 visits"), SHEET, "words changed"),
        (PAGE.replace("<h1>Today</h1>", "<h2>Today</h2>"), SHEET, "build changed"),
        (PAGE.replace('class="desk"', 'class="desk wide"'), SHEET, "build changed"),
        (PAGE, SHEET.replace("#842", "#843"), "styles changed"),
        (PAGE, SHEET.replace("600px", "1300px").replace("blue", "green"), "styles changed"),
        (PAGE.replace("2 visits", "3 visits"), SHEET.replace("#842", "#843"), "words and styles changed"),
        (PAGE.replace("15:49", "16:03"), SHEET, ""),  # the machine's clock, another at each run
        (PAGE, SHEET.replace("red", "pink"), ""),  # no link is on the page
        (PAGE, SHEET.replace("blue", "green"), ""),  # a rule for phones, and the picture is of a screen
        (PAGE + '<input type="hidden" value="a token">', SHEET, ""),
    ],
)  # fmt: skip
def test_a_picture_ages_by_what_its_page_shows_and_by_nothing_else(
    opened: Any, tmp_path: Path, shown: str, sheet: str, changed: str
) -> None:
    picture, style = tmp_path / "today.png", tmp_path / "own.css"
    with page(opened) as one:
        style.write_text(SHEET)
        one.set_content(PAGE)
        one.screenshot(path=picture)
        keep(picture, shown_by(one, (style,)))
        style.write_text(sheet)
        one.set_content(shown)
        said = aged(picture, shown_by(one, (style,)))
    assert changed in said
    assert ("take it anew with `make pictures`" in said) == bool(changed)


def test_a_picture_that_was_put_there_by_hand_is_told(opened: Any, tmp_path: Path) -> None:
    picture = tmp_path / "today.png"
    with page(opened) as one:
        one.set_content(PAGE)
        shows = shown_by(one, ())
        assert "was never taken" in aged(picture, shows)
        one.screenshot(path=picture)
        keep(picture, shows)
        assert aged(picture, shows) == ""
        picture.write_bytes(picture.read_bytes() + b" ")
        assert "is not the one that was taken of the page" in aged(picture, shows)
