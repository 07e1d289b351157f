"""A real browser (Debian's chromium) for tests of pages: opened once a process, a fresh context a test, an accessibility scan."""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

# Debian's chromium without the windows that nobody sees, where it is installed: the same engine at a third of the time
CHROMIUM = (
    shutil.which("chromium-headless-shell")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCANNED = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
SCAN = """options => axe.run(options).then(
    ({violations}) => violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`))"""
WIDE, PHONE = (1280, 900), (390, 844)  # pixels
LOOKS = ((WIDE, "light"), (PHONE, "dark"))
IN_LOOKS = pytest.mark.parametrize(
    "every",
    [
        pytest.param(False, id="each page in one look"),
        pytest.param(True, id="each page in every look", marks=pytest.mark.slow),
    ],
)


def looks_of(place: int, *, every: bool) -> tuple[tuple[tuple[int, int], str], ...]:
    """Return in which looks the page of a place in a list is scanned: one after the other by turns, or in each."""
    every = every or bool(os.environ.get("RENOTIFY_PICTURES"))
    return LOOKS if every else (LOOKS[place % len(LOOKS)],)


def take_look(shown: Any, size: tuple[int, int], theme: str) -> None:
    """Give a page a size and a theme."""
    shown.set_viewport_size({"width": size[0], "height": size[1]})
    shown.emulate_media(color_scheme=theme)


@contextmanager
def browser() -> Iterator[Any]:
    """Give the browser of this process for as long as the ``with``; nothing that was opened in it outlasts that.

    Playwright keeps a loop running in this thread. It is hidden between two uses, as other tests run loops of their own.
    """
    opened, loop = _opened()
    with _running(loop):
        try:
            yield opened
        finally:
            for context in opened.contexts:
                context.close()


@contextmanager
def _running(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(before)


@cache
def _opened() -> tuple[Any, asyncio.AbstractEventLoop]:
    """Start the browser that ends with the process: to start one takes longer than most pages."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, (
        "chromium is missing: run make setup as root, or ask for apt-get install chromium"
    )
    playwright = sync_playwright().start()
    opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
    loop = asyncio.get_running_loop()
    asyncio._set_running_loop(None)

    def close() -> None:
        with _running(loop):
            opened.close()
            playwright.stop()

    atexit.register(close)
    return opened, loop


@contextmanager
def page(opened: Any, size: tuple[int, int] = WIDE, *, dark: bool = False) -> Iterator[Any]:
    """Open a page of a size and a theme, with nothing remembered; an error in its console or a refused script fails the test."""
    context = opened.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light"
    )
    shown = context.new_page()
    faults: list[str] = []
    shown.on(
        "console",
        lambda said: (
            faults.append(said.text)
            if said.type == "error" and "status of 4" not in said.text
            else None
        ),
    )
    shown.on("pageerror", lambda error: faults.append(str(error)))
    yield shown
    context.close()
    assert faults == []


def sign_in(shown: Any, address: str, name: str, password: str) -> None:
    """Sign in as a person does."""
    shown.goto(f"{address}/sign-in/login/")
    shown.get_by_label("Name").fill(name)
    shown.get_by_label("Password").fill(password)
    shown.get_by_role("button", name="Sign in").click()
    shown.wait_for_url(lambda url: "/sign-in/" not in url)


def from_the_menu(shown: Any, name: str) -> None:
    """Go to a page of a desk's menu, which is folded on a phone."""
    button = shown.get_by_role("button", name="Menu")
    if button.is_visible():
        button.click()
    shown.get_by_role("navigation", name="Your desk").get_by_role("link", name=name).click()


def violations(shown: Any) -> list[str]:
    """Return what an accessibility scan finds against WCAG 2.2 AA on the page as it is.

    Its report of what is right is not asked for: to write that and hand it over takes longer than to look.
    """
    from axe_playwright_python.sync_playwright import Axe

    if not shown.evaluate("typeof axe === 'object'"):  # the page was scanned before
        shown.evaluate(Axe().axe_script)
    found: list[str] = shown.evaluate(SCAN, SCANNED)
    return found


def is_as_wide_as_the_screen(shown: Any) -> bool:
    """Tell whether the page itself never scrolls sideways."""
    return bool(
        shown.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def sideways(shown: Any) -> list[str]:
    """Return in which widths the page scrolls sideways: on a screen and on a phone, in whichever it was opened."""
    found = []
    for width, height in (WIDE, PHONE):
        shown.set_viewport_size({"width": width, "height": height})
        if not is_as_wide_as_the_screen(shown):
            found.append(f"the page scrolls sideways at {width} pixels")
    return found


def picture(shown: Any, file: Path) -> None:
    """Keep the whole page as a picture."""
    shown.screenshot(path=str(file), full_page=True)
