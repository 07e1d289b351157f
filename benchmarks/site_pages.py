"""The pages of the site on a large demo: milliseconds of each page, first and again, and memory and handles under mixed clicks.

    python benchmarks/site_pages.py FOLDER [--minutes N]

FOLDER is a demo's (`renotify demo FOLDER --vehicles 510000`); made-up people are made in it. The server runs as people run it
(`renotify serve --workers 2`), asked over HTTP. Asked: every page under 300 ms; no growth over an hour of mixed clicks.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import requests

PORT = 8179
AT = f"http://127.0.0.1:{PORT}"
AGAIN = 5
LINK = re.compile(r'href="(/[^"#]*)"')
PEOPLE = ("ana", "arthur", "sam", "petra", "carla", "rex")


def main() -> None:
    parsed = argparse.ArgumentParser()
    parsed.add_argument("folder", type=Path)
    parsed.add_argument("--minutes", type=float, default=0.0)
    given = parsed.parse_args()
    with (given.folder / "serve.log").open("w+") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "renotify", "serve", "--demo-people", "--on", "2013-03-05", "--port", str(PORT),
             "--workers", "2", "--no-worker"],
            cwd=given.folder, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        try:
            passwords = _passwords(given.folder / "serve.log")
            people = {name: _signed_in(name, passwords[name]) for name in PEOPLE}
            pages = _measured(people)
            if given.minutes:
                _clicked(people, pages, given.minutes, server.pid)
        finally:
            server.terminate()
            server.wait()


def _passwords(log: Path) -> dict[str, str]:
    """Wait until the server listens; return the passwords that it printed."""
    for _ in range(600):
        text = log.read_text()
        if "Started worker" in text:
            rows = [line.split() for line in text.splitlines()]
            return {row[0]: row[-1] for row in rows if row and row[0] in PEOPLE}
        time.sleep(0.2)
    raise SystemExit(text)


def _signed_in(name: str, password: str) -> requests.Session:
    session = requests.Session()
    page = session.get(f"{AT}/sign-in/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    form = {"login": name, "password": password, "csrfmiddlewaretoken": token}
    session.post(f"{AT}/sign-in/login/", form, headers={"Referer": AT}).raise_for_status()
    return session


def _measured(people: dict[str, requests.Session]) -> dict[str, list[str]]:
    """Ask for every page of everybody's menu; print the first time, and the median of the next ones."""
    pages: dict[str, list[str]] = {}
    print(f"{'who':8}{'page':34}{'first ms':>10}{'again ms':>10}{'KB':>7}")
    for name, session in people.items():
        home = session.get(AT).text
        menu = home.partition('aria-label="Your desk"')[2].partition("</nav>")[0]
        pages[name] = LINK.findall(menu)
        for page in pages[name]:
            first, size = _asked(session, page)
            again = statistics.median(_asked(session, page)[0] for _ in range(AGAIN))
            print(
                f"{name:8}{page:34}{first:10.0f}{again:10.0f}{size / 1000:7.0f}{'  over' if again > 300 else ''}",
                flush=True,
            )
    return pages


def _asked(session: requests.Session, page: str) -> tuple[float, int]:
    begun = time.perf_counter()
    answer = session.get(AT + page)
    answer.raise_for_status()
    return 1000 * (time.perf_counter() - begun), len(answer.content)


def _clicked(
    people: dict[str, requests.Session], pages: dict[str, list[str]], minutes: float, server: int
) -> None:
    """Click at random for some minutes; print memory and open handles of the server's processes as they go."""
    chance, end, clicks, told = random.Random(577), time.monotonic() + 60 * minutes, 0, 0.0
    while time.monotonic() < end:
        name = chance.choice(PEOPLE)
        _asked(people[name], chance.choice(pages[name]))
        clicks += 1
        if time.monotonic() - told > 60:
            told = time.monotonic()
            print(f"{clicks:7} clicks: {_memory(server)}", flush=True)
    print(f"{clicks:7} clicks: {_memory(server)}")


def _memory(server: int) -> str:
    """Say memory and handles of the server's own processes."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    said = []
    for process in (str(server), *children):
        resident = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
        handles = len(list(Path(f"/proc/{process}/fd").iterdir()))
        said.append(f"{int(resident[1]) / 1024:.0f} MB {handles} handles")
    return "; ".join(said)


if __name__ == "__main__":
    main()
