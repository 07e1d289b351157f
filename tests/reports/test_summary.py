"""The summary page: self-contained, accessible, and true to its figures."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from cli_support import follow_up_file
from folder import ON, Folder, make_vin
from renotify.campaigns.follow_up_settings import read
from renotify.ledger.intake import load
from renotify.ledger.session import Session
from renotify.planner.from_ledger import plan_follow_up
from renotify.reports import summary
from renotify.reports.follow_up_figures import (
    PartOrder,
    SentCounts,
    dealers_by_tightness,
    figures,
    largest_orders,
    letters_of,
)
from renotify.reports.summary_page import SYNTHETIC, page
from renotify.selection.freeze import freeze_follow_up
from renotify.workload.of_plan import DealerWeek
from reports import made_up_figures

KNOWN = replace(made_up_figures.FIGURES, day=replace(made_up_figures.DAY, made_up=True))


@pytest.fixture(scope="module")
def drawings():
    return summary.draw(KNOWN)


@pytest.fixture(scope="module")
def html(drawings):
    return page(KNOWN, drawings, lists={"orders.csv": "lists/orders.csv"})


class _Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def of(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def test_nothing_is_fetched_from_anywhere(html):
    read = _Page(html)
    assert not read.of("script")
    assert not read.of("link")
    assert [img["src"][:22] for img in read.of("img")] == ["data:image/png;base64,"]
    assert not re.search(r"url\((?!#)|@import", html)
    assert all(not a.get("href", "").startswith("http") for a in read.of("a"))


def test_the_page_has_a_language_a_title_and_headings_in_order(html):
    read = _Page(html)
    assert read.of("html")[0]["lang"] == "en"
    assert len(read.of("h1")) == 1
    assert "<title>Follow-up memo-2013-02</title>" in html
    assert next(tag for tag, _ in read.tags if tag in {"h1", "h2", "h3"}) == "h1"


def test_every_chart_tells_its_message_to_a_screen_reader(html):
    labels = [svg.get("aria-label") for svg in _Page(html).of("svg")]
    assert len(labels) == 7
    assert all(labels)
    assert labels[0].startswith("Completion by campaign now, and the interval expected by Mar 31")
    assert labels[1].startswith("Completion by campaign: 9LA 79 %")


def test_every_table_has_a_caption_and_column_heads(html):
    read = _Page(html)
    assert len(read.of("table")) == len(read.of("caption")) == 9
    assert {head.get("scope") for head in read.of("th")} == {"col", "row"}


def test_ids_of_different_charts_do_not_meet(html):
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_the_page_shows_the_figures_it_is_given(html):
    for one in made_up_figures.CAMPAIGNS:
        assert f">{one.open:,}</td>" in html
    assert "March 5, 2013" in html
    assert "90501-31046" in html
    assert "in 1 released wave; 5 withdrawn, 3 set aside" in html
    assert "and 4 area managers" in html


def test_synthetic_data_is_marked_and_real_data_is_not(html, drawings):
    assert SYNTHETIC in html
    assert SYNTHETIC not in page(replace(KNOWN, day=made_up_figures.DAY), drawings)


def test_text_from_files_cannot_become_markup(drawings):
    hostile = replace(
        made_up_figures.FIGURES, name="<b>x</b>", messages=("<script>alert(1)</script>",)
    )
    html = page(hostile, drawings)
    assert "<script>" not in html
    assert "<b>x</b>" not in html


def test_only_files_that_are_there_are_linked(drawings, tmp_path):
    (tmp_path / "notices").mkdir()
    html = page(KNOWN, {}, folder=tmp_path, lists={"orders.csv": "lists/orders.csv"})
    assert re.findall(r'href="([^"]+)"', html) == ["lists/orders.csv", "notices/"]


def test_a_follow_up_of_which_nothing_is_known_is_still_a_page():
    nothing = replace(
        made_up_figures.FIGURES, campaigns=(), waves=(), tightest=(), orders=(), messages=(), sent=SentCounts(),
        letters=letters_of(made_up_figures.brought({}, {})),
        load=replace(made_up_figures.FIGURES.load, hours=np.zeros((20, 20))),
        kits=made_up_figures.kits_asked(made_up_figures.brought({}, {}), made_up_figures.book_of({})),
    )  # fmt: skip
    html = page(nothing, summary.draw(nothing))
    assert "none planned" in html
    assert "no wave is released" in html
    assert "<svg" not in html


def test_letters_of_one_set_of_campaigns_are_summed_over_its_models():
    planned = letters_of(made_up_figures.EXPECTED)
    assert planned.bundles == ("9LA", "9LA+ALE", "ALE", "BLG", "CLB")
    assert planned.letters[2].tolist() == [0, 40 + 20, 90 + 60, 160 + 60, 160 + 60]
    assert planned.weeks[0] == made_up_figures.FIRST


def test_demand_follows_the_letters_and_adds_up():
    found = made_up_figures.brought(
        {"A": (0, 100)}, {"A": {"P": 2.0}}, (0.1, 0.2), {"A": 1.0}, weeks=3
    )
    book = made_up_figures.book_of({"P": np.array([5.0, 5.0, 9.0])})
    kits = made_up_figures.kits_asked(found, book)
    # week 0: 1 walk-in; week 1: 1 + 10; week 2: 1 + 20 visits, of 2 kits each
    assert kits.demand[0].tolist() == pytest.approx([2.0, 24.0, 66.0])
    assert kits.supply[0].tolist() == [5.0, 5.0, 9.0]
    shelf = [{"dealer_code": "D0001", "part_no": "P", "kits": 10.0}]
    own = made_up_figures.kits_asked(
        found, made_up_figures.book_of({"P": np.array([5.0, 5.0, 9.0])}, shelf)
    )
    assert own.demand[0].tolist() == pytest.approx([0.0, 14.0, 56.0])  # the dealer's ten go first


def test_each_dealer_is_named_once_in_its_tightest_week():
    rows = [
        DealerWeek(dealer, "W", date(2013, 3, day), 0.0, hours, hours, 1, None, 0.0, 0, 0.0, 0.0, 0, 0.0, 0.0, 0.0)
        for dealer, day, hours in (("B", 11, 9.0), ("B", 18, 8.0), ("A", 4, 7.0))
    ]  # fmt: skip
    found = dealers_by_tightness(rows)
    assert [(one.dealer, one.week, one.hours) for one in found] == [
        ("B", date(2013, 3, 11), 9.0),
        ("A", date(2013, 3, 4), 7.0),
    ]


def test_orders_are_summed_by_part_over_the_dealers_that_order():

    lines = pa.table(
        {
            "dealer_code": ["D1", "D2", "D3", "D1"],
            "part_no": ["P", "P", "P", "Q"],
            "description": ["pipe", "pipe", "pipe", "spring"],
            "order": [2, 3, 0, 6],
        }
    )
    assert largest_orders(lines) == (PartOrder("Q", "spring", 1, 6), PartOrder("P", "pipe", 2, 5))


def test_the_figures_of_a_planned_follow_up_come_from_the_ledger(
    session: Session, folder: Folder, tmp_path: Path
) -> None:
    folder.campaign("9LA").dealer()
    for number in range(5):
        folder.vehicle(make_vin(number), "9LA")
    load(session, [folder.write()], on=ON)
    freeze_follow_up(session, read(follow_up_file(tmp_path, ["9LA"])), ON)
    plan_follow_up(session, "small", "all-at-once")
    found = figures(session, "small", ON)
    (campaign,) = found.campaigns
    assert (campaign.open, sum(campaign.parts)) == (5, 5)
    assert [(wave.first_day, wave.letters) for wave in found.waves] == [(date(2013, 3, 5), 5)]
    assert found.letters.letters.tolist() == [[5]]
    assert found.sent == SentCounts()
    assert found.load.dealers == ("D0001",)


def test_the_drawing_says_that_it_has_the_tightest_of_all_dealers_and_the_page_where_the_others_are():
    tightest = tuple(f"D{d:04d}" for d in (3, 12, 7))
    known = replace(
        made_up_figures.FIGURES, load=replace(made_up_figures.FIGURES.load, tightest=tightest)
    )
    drawing = summary.draw(known)["workload"]
    assert "Workload of the 12 tightest of 20 dealers, the tightest first, by week." in drawing
    shown = [text for text in re.findall(r">(D\d{4})<", drawing) if text in known.load.dealers]
    # the three that the workload names, then by the fullest week, which grows with the number
    assert shown[:5] == [*tightest, "D0019", "D0018"]
    html = page(known, {})
    assert "All 20 dealers stand below, under Every dealer by week." in html
    heat = html[html.index("<table class=heat>") :]
    assert re.findall(r"<th scope=row>(D\d{4})", heat) == [f"D{d:04d}" for d in range(20)]


def test_on_paper_every_dealer_is_printed():
    style = re.sub(r"\s+", " ", page(KNOWN, {}))
    assert ".tall { max-height: 36rem; overflow: auto; }" in style
    paper = style[style.index("@media print") :]
    assert ".tall { max-height: none; }" in paper
    assert ".wide, figure { overflow: visible; }" in paper


def test_every_per_cent_of_the_page_is_written_as_the_terminal_writes_it():
    html = page(KNOWN, summary.draw(KNOWN))
    seen = re.findall(r">([^<>]*\d ?%[^<>]*)<", html[html.index("</style>") :])
    assert any(re.fullmatch(r"\d\d\.\d %", text) for text in seen)  # completion in the tables
    assert any(text == "80 %" for text in seen)  # an axis
    assert not [text for text in seen if re.search(r"\d%", text)]
