"""The summary page: self-contained, accessible, and true to its figures."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from renotify.reports import charts, summary
from reports import story

PLAN = {"letters": story.LETTERS, "problem": story.PROBLEM}


@pytest.fixture(scope="module")
def drawings():
    return summary.drawn(story.STORY, PLAN, story.FIRST, story.WORKLOAD)


@pytest.fixture(scope="module")
def html(drawings):
    return summary.page("memo-2013-02", story.STORY, drawings, synthetic=True)


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
    page = _Page(html)
    assert not page.of("script")
    assert not page.of("link")
    assert not page.of("img")
    assert not re.search(r"url\((?!#)|@import", html)
    assert all(not a.get("href", "").startswith("http") for a in page.of("a"))


def test_the_page_has_a_language_a_title_and_headings_in_order(html):
    page = _Page(html)
    assert page.of("html")[0]["lang"] == "en"
    assert len(page.of("h1")) == 1
    assert "<title>Follow-up memo-2013-02</title>" in html
    assert next(tag for tag, _ in page.tags if tag in {"h1", "h2", "h3"}) == "h1"


def test_every_chart_tells_its_message_to_a_screen_reader(html):
    labels = [svg.get("aria-label") for svg in _Page(html).of("svg")]
    assert len(labels) == 4
    assert all(labels)
    assert labels[0].startswith("Completion by campaign: 9LA 79%")


def test_every_table_has_a_caption_and_column_heads(html):
    page = _Page(html)
    assert len(page.of("table")) == len(page.of("caption")) == 4
    assert all(head.get("scope") == "col" for head in page.of("th"))


def test_ids_of_different_charts_do_not_meet(html):
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_the_figures_are_the_story_s(html):
    for row in story.CAMPAIGNS:
        assert f">{row['open']:,}</td>" in html
    assert "March 5, 2013" in html
    assert "90501-31046" in html


def test_synthetic_data_is_marked_and_real_data_is_not(html, drawings):
    assert summary.SYNTHETIC in html
    assert summary.SYNTHETIC not in summary.page("real", story.STORY, drawings)


def test_text_from_files_cannot_become_markup(drawings):
    told = {**story.STORY, "messages": ["<script>alert(1)</script>"]}
    html = summary.page("<b>x</b>", told, drawings)
    assert "<script>" not in html
    assert "<b>x</b>" not in html


def test_only_files_that_are_there_are_linked(drawings, tmp_path):
    (tmp_path / "orders.csv").touch()
    (tmp_path / "notices").mkdir()
    html = summary.page("x", {**story.STORY, "folder": str(tmp_path)}, drawings)
    assert re.findall(r'href="([^"]+)"', html) == ["notices/", "orders.csv"]


def test_a_story_without_waves_is_still_a_page():
    bare = {**story.STORY, "waves": [], "tightest": [], "order": [], "messages": [], "release": {}}
    html = summary.page("x", bare, {})
    assert "none planned" in html
    assert "<svg" not in html


def test_letters_of_one_set_of_campaigns_are_one_bundle():
    rows = summary.by_bundle(PLAN, story.FIRST)
    assert {row["bundle"] for row in rows} == {"9LA", "9LA+ALE", "ALE", "BLG", "CLB"}
    assert sum(row["letters"] for row in rows) == sum(row["count"] for row in story.LETTERS)


def test_demand_follows_the_letters_and_adds_up():
    problem = {
        "weeks": 3,
        "bundles": [{"id": "A", "response": [0.1, 0.2], "kits": {"P": 2.0}}],
        "supply": {"P": [5.0, 5.0, 9.0]},
        "background": [{"bundle": "A", "dealer": "D", "per_week": [1.0]}],
    }
    letters = [{"bundle": "A", "dealer": "D", "week": 1, "count": 100}]
    rows = summary.supply_and_demand({"letters": letters, "problem": problem}, story.FIRST)
    assert [row["demand"] for row in rows] == pytest.approx([2.0, 24.0, 66.0])
    assert [row["supply"] for row in rows] == [5.0, 5.0, 9.0]


def test_a_chart_is_the_same_text_every_time():
    assert charts.completion(story.CAMPAIGNS) == charts.completion(story.CAMPAIGNS)
