"""``summary``: the page of any follow-up and day, with its lists in a folder beside it."""

from __future__ import annotations

import contextlib
import re
import sqlite3

import two_dealers as w
from small_world import Desk


def test_the_page_is_one_file_and_its_lists_are_those_of_the_commands(office: Desk) -> None:
    said = office.run("summary", "spring", "--out", "page.html", "--json", "--on", w.FIRST_LETTER)
    assert said.json["page"] == "page.html"
    html = (office.folder / "page.html").read_text(encoding="utf-8")
    assert "March 5, 2013" in html
    links = re.findall(r'<a href="(page-lists/[^"]+)"', html)
    assert links == said.json["lists"]
    commands = {"orders": "parts order", "holds": "stock holds", "workload": "workload spring", "deadlines": "deadlines"}  # fmt: skip
    for name, command in commands.items():
        office.run(*command.split(), "--out", "list.csv", "--on", w.FIRST_LETTER)
        own = (office.folder / f"page-lists/{name}.csv").read_bytes()
        assert (office.folder / "list.csv").read_bytes() == own


def test_the_page_names_no_person(office: Desk) -> None:
    office.run("summary", "spring", "--out", "page.html", "--on", w.FIRST_LETTER)
    html = (office.folder / "page.html").read_text(encoding="utf-8")
    people = office.sql("select name1, addr1, vin from owner")
    assert people
    assert not [value for row in people for value in row if value in html]


def test_a_day_before_the_list_was_frozen_is_refused_with_the_day_to_give(office: Desk) -> None:
    said = office.run("summary", "spring", "--out", "page.html", "--on", "2013-02-25")
    assert (said.code, said.out) == (1, "")
    assert f"frozen on {w.NOTICE}" in said.err
    assert f"renotify summary spring --on {w.NOTICE}" in said.err
    assert not (office.folder / "page.html").exists()


def test_where_no_page_is_named_it_lies_in_out_by_its_follow_up_and_day(office: Desk) -> None:
    said = office.run("summary", "spring", "--on", w.FIRST_LETTER)
    assert said.out.startswith("Look at out/spring-2013-03-05.html\n")
    assert (office.folder / "out/spring-2013-03-05-lists/orders.csv").is_file()


def test_a_follow_up_without_a_plan_and_one_that_nobody_knows_have_no_page(office: Desk) -> None:
    office.do("followup", "new", w.settings_file(office.folder, name="summer"), on=w.NOTICE)
    for name, words in (("summer", "no plan"), ("winter", "no follow-up 'winter'")):
        said = office.run("summary", name, "--out", "page.html", "--on", w.NOTICE)
        assert said.code == 1
        assert words in said.err
    assert not list(office.folder.glob("page*"))


def test_a_letter_that_cannot_be_printed_is_told_and_the_page_is_written(office: Desk) -> None:
    ledger = office.ledger.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(ledger)) as file:
        file.execute("update follow_up set settings = json_remove(settings, '$.sender.phone')")
        file.commit()
    office.run("summary", "spring", "--out", "page.html", "--on", w.FIRST_LETTER)
    html = (office.folder / "page.html").read_text(encoding="utf-8")
    assert "<img" not in html
    assert "The letter cannot be printed: " in html


def test_a_page_of_an_earlier_day_counts_as_things_stood_then(office: Desk) -> None:
    office.run("summary", "spring", "--out", "before.html", "--on", w.NOTICE)
    html = (office.folder / "before.html").read_text(encoding="utf-8")
    assert "February 26, 2013" in html
    # two visits came in with the load of that day, none before it
    assert "0 came back, and 2 vehicles had their first visit booked." in html
