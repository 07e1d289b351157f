"""The public look-up in a real browser: by role and label, without script, in both languages, on a telephone, in the dark, on paper.

It holds the pictures of docs/how-to/publish-the-look-up.md to what is tested here (pictured_pages.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

import browsers
import public_world as w
from lookup_server import Server, served
from pictured_pages import DOCS, OF_THE_LOOK_UP, taken_or_compared
from small_world import Desk

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
PICTURES = DOCS / "publish-the-look-up"
NewLedger = Callable[..., AbstractContextManager[str]]
STATES = {
    "entry": None,
    "open": w.ALL,
    "to come": w.LATER,
    "done": w.DONE,
    "no VIN": w.ALL.replace("0", "O", 1),
    "not ours": w.STRANGE,
    "nothing": "",
    "no page": None,
}


@pytest.fixture(scope="module")
def server(
    request: pytest.FixtureRequest,
    new_ledger: NewLedger,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("look-up")
    with new_ledger(request, folder, "sqlite") as url:
        w.fill(Desk(url, folder / "desk"))
        w.publish_from(url, folder / "look-up.snapshot")
    with served(folder / "look-up.snapshot", "--on", str(w.ON), "--rate", "0") as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsers.browser() as started:
        yield started


@pytest.fixture
def visit(browser: Any, server: Server) -> Iterator[Callable[..., Any]]:
    """Open the page of a language; scripts are off, as the page needs none."""
    opened: list[Any] = []

    def open_page(language: str = "", script: bool = False, **how: Any) -> Any:
        context = browser.new_context(java_script_enabled=script, **{"viewport": WIDE, **how})
        opened.append(context)
        page = context.new_page()
        page.goto(f"{server.address}/{language}")
        return page

    yield open_page
    for context in opened:
        context.close()


def look_up(page: Any, vin: str, label: str = "Vehicle identification number (VIN)", button: str = "Look up") -> None:  # fmt: skip
    page.get_by_label(label).fill(vin)
    page.get_by_role("button", name=button, exact=True).click()


def test_an_owner_learns_what_is_open_and_what_to_do(visit: Callable[..., Any]) -> None:
    page = visit("en")
    look_up(page, w.ALL)
    assert page.get_by_role("heading", level=1).inner_text() == "2 open safety recalls"
    first = page.get_by_role("article").first
    assert first.get_by_role("heading", name="Water Pump").is_visible()
    assert "Do not drive this vehicle" in first.inner_text()
    assert "Make an appointment with a dealer." in first.inner_text()
    assert w.ALL not in page.url


def test_a_mistyped_number_is_asked_about_and_then_answered(visit: Callable[..., Any]) -> None:
    page = visit("en")
    look_up(page, w.ALL.replace("0", "O", 1))
    assert page.get_by_role("heading", level=1).inner_text() == "This is not a VIN"
    page.get_by_role("button", name=f"Look up {w.ALL}").click()
    assert page.get_by_role("heading", level=1).inner_text() == "2 open safety recalls"


def test_the_spanish_look_up_on_a_telephone(visit: Callable[..., Any]) -> None:
    page = visit(viewport=PHONE, locale="es-US")
    look_up(page, w.LATER, "Número de identificación del vehículo (VIN)", "Buscar")
    assert page.get_by_role("heading", level=1).inner_text() == "1 retiro de seguridad pendiente"
    said = page.get_by_role("article").inner_text()
    assert "La solución aún no está disponible. Estará disponible a partir del 20 de marzo de 2013." in said  # fmt: skip
    page.get_by_role("button", name="English").click()
    assert page.get_by_role("heading", level=1).inner_text() == "1 open safety recall"


def test_a_model_alone_shows_its_recalls(visit: Callable[..., Any]) -> None:
    page = visit("en")
    page.get_by_label("Make and model, if you like").select_option(label="IS 350")
    page.get_by_role("button", name="Look up", exact=True).click()
    assert "Lexus IS 350" in page.get_by_role("heading", level=1).inner_text()
    assert page.get_by_role("article").count() == 1


def test_the_keyboard_alone_is_enough(visit: Callable[..., Any]) -> None:
    page = visit("en", script=True)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Go to the content"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(w.DONE)
    page.keyboard.press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == "No open safety recall"


def test_a_page_asks_no_other_host_and_keeps_nothing_in_the_browser(
    visit: Callable[..., Any], server: Server
) -> None:
    page = visit("en", script=True)
    asked: list[str] = []
    refused: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: refused.append(line.text))
    look_up(page, w.ALL)
    assert asked
    assert all(url.startswith(server.address) for url in asked)
    assert not any(w.ALL in url for url in asked)
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert refused == []


@pytest.mark.parametrize(
    ("language", "scheme", "every"),
    [
        pytest.param("en", "light", False, id="in English, light, wide and on a telephone by turns"),
        pytest.param("es", "dark", False, id="in Spanish, dark, wide and on a telephone by turns"),
        *(
            pytest.param(language, scheme, True, id=f"{language}, {scheme}, in both sizes", marks=pytest.mark.slow)
            for language in ("en", "es")
            for scheme in ("light", "dark")
        ),
    ],
)  # fmt: skip
def test_an_accessibility_scan_finds_nothing_and_nothing_moves_sideways_on_a_telephone(
    visit: Callable[..., Any], language: str, scheme: str, every: bool
) -> None:
    page = visit(language, script=True, viewport=PHONE, color_scheme=scheme)
    for place, (state, vin) in enumerate(STATES.items()):
        page.goto(
            f"{page.url.rpartition('/')[0]}/{language}{'/gone' if state == 'no page' else ''}"
        )
        if vin is not None:
            page.locator("#vin").fill(vin)
            with page.expect_navigation():  # the page that is left cannot be scanned
                page.locator("main form:has(select) button").click()
        for size, _ in browsers.looks_of(place, every=every):
            browsers.take_look(page, size, scheme)
            assert browsers.violations(page) + browsers.sideways(page) == [], state


def test_on_paper_the_answer_stands_without_the_form(visit: Callable[..., Any]) -> None:
    page = visit("en")
    look_up(page, w.ALL)
    page.emulate_media(media="print")
    assert page.get_by_role("heading", name="Water Pump").is_visible()
    assert not page.locator("main form").last.is_visible()


@pytest.mark.parametrize(
    ("name", "vin", "how"),
    [
        ("entry", None, {"viewport": WIDE}),
        ("open-recalls", w.ALL, {"viewport": WIDE}),
        ("telephone-spanish-dark", w.LATER, {"viewport": PHONE, "color_scheme": "dark"}),
    ],
)
def test_the_pictures_of_the_how_to_show_these_pages(
    visit: Callable[..., Any], name: str, vin: str | None, how: dict[str, Any]
) -> None:
    page = visit("es" if "spanish" in name else "en", **how)
    if vin is not None:
        page.locator("#vin").fill(vin)
        with page.expect_navigation():  # the picture is of the answer, not of what was left
            page.locator("main form:has(select) button").click()
    assert (
        taken_or_compared(
            page,
            PICTURES / f"{name}.png",
            OF_THE_LOOK_UP,
            width=how["viewport"]["width"],
            whole=False,
        )
        == []
    )
