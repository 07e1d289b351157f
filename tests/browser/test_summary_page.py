"""The demo's summary page, opened in a real browser: read by role and label, and by an accessibility scan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsers import browser, violations


@pytest.fixture(scope="module", params=[150, pytest.param(600, marks=pytest.mark.slow)])
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """The whole story on so many made-up vehicles: every page and file is there with a handful too."""
    from renotify.demo.walkthrough import run

    return run(
        tmp_path_factory.mktemp("demo") / "demo",
        vehicles=request.param,
        seed=20130226,
        progress=lambda *_: None,
    )


@pytest.fixture(scope="module")
def page(told: dict[str, Any]) -> Iterator[Any]:
    with browser() as started:
        opened = started.new_page()
        opened.goto(Path(told["summary"]).absolute().as_uri())
        yield opened


def test_the_page_says_at_once_that_everything_is_made_up(page: Any) -> None:
    assert "made up" in page.get_by_role("note").first.inner_text()


def test_every_campaign_stands_in_a_table_whose_rows_add_up(
    page: Any, told: dict[str, Any]
) -> None:
    for campaign in told["campaigns"]:
        row = (
            page.get_by_role("row")
            .filter(has=page.get_by_role("cell", name=campaign["campaign"], exact=True))
            .first
        )
        if not row.count():
            row = (
                page.get_by_role("row")
                .filter(has=page.get_by_role("rowheader", name=campaign["campaign"], exact=True))
                .first
            )
        assert f"{campaign['open']:,}" in row.inner_text()


def test_links_lead_to_the_files_beside_the_page(page: Any, told: dict[str, Any]) -> None:
    folder = Path(told["folder"])
    links = [link.get_attribute("href") for link in page.get_by_role("link").all()]
    assert {"orders.csv", "workload.csv", "deadlines.ics"} <= {
        str(link).strip("./") for link in links
    }
    assert not [
        link for link in links if link and not link.startswith("#") and not (folder / link).exists()
    ]


def test_the_page_fetches_nothing_from_anywhere(page: Any) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]


def test_on_a_telephone_nothing_but_tables_and_pictures_moves_sideways(page: Any) -> None:
    whole = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(whole)
    assert wide == 390


def test_the_page_needs_no_script_and_shows_its_letter(page: Any) -> None:
    assert page.locator("script").count() == 0
    letter = page.get_by_role("img", name="The letter for").first
    assert letter.evaluate("picture => picture.naturalWidth") > 500


def test_every_dealer_stands_in_the_table_of_weeks(page: Any, told: dict[str, Any]) -> None:
    import csv

    with (Path(told["folder"]) / "workload.csv").open(encoding="utf-8") as file:
        dealers = {row["dealer"] for row in csv.DictReader(file)}
    named = page.locator("table.heat th[scope=row]").all_inner_texts()
    assert sorted(named) == sorted(dealers)


def test_an_accessibility_scan_finds_nothing(page: Any) -> None:
    assert violations(page) == []


def test_the_demo_leaves_letters_notices_orders_workload_and_report(told: dict[str, Any]) -> None:
    folder = Path(told["folder"])
    assert list((folder / "letters").rglob("*.pdf"))
    assert len(list((folder / "notices").glob("dealer-*.pdf"))) == told["notices"]["dealers"]
    for name in (
        "orders.csv",
        "workload.csv",
        "holds.csv",
        "plan.json",
        "report/quarterly-2013Q1.txt",
        "summary.html",
    ):
        assert (folder / name).stat().st_size > 0
    assert told["release"]["printed"] + told["release"]["exceptions"] == told["release"]["released"]


def test_a_folder_that_no_demo_made_is_refused(tmp_path: Path) -> None:
    from renotify.demo.walkthrough import run
    from renotify.errors import Refused

    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(Refused):
        run(tmp_path, vehicles=600, seed=1, progress=lambda *_: None)
    assert (tmp_path / "mine.txt").read_text() == "kept"
