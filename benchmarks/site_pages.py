"""The pages of the site on a large demo: milliseconds of each page, first, again, and after a write; memory and handles.

    python benchmarks/site_pages.py FOLDER [--minutes N]

FOLDER is a demo's (`renotify demo FOLDER --vehicles 510000`); made-up people are made in it. The server runs as people run it
(`renotify serve --workers 2`), asked over HTTP. Asked: every page under 300 ms, also the first time after somebody typed a repair; no
growth over an hour of mixed clicks (`--minutes 60`). At the end of the clicks stand the slowest pages, the errors, and how much memory and
how many handles each process has beside what it had after the first tenth; it ends with 1 where a page failed or memory grew by more
than a tenth. `count` is what a browser fetches behind a page that is being counted. CPU is that of the processes that answer: on a
machine that others use it says more than the time.
"""

from __future__ import annotations

import argparse
import html
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import requests

PORT = 8179
SOURCE = str(Path(__file__).resolve().parent.parent / "src")
AT = f"http://127.0.0.1:{PORT}"
AGAIN = 5
ASKED = 300.0  # ms
SLOWEST = 15  # pages named
LOOKS_A_LINE = 10  # looks at the processes between two lines
SOME_MB = 20.0  # that a process may take more without being said to grow
LINK = re.compile(r'href="(/[^"#]*)"')
BEHIND = {  # pages behind those of the menu: where a link to one stands
    "ana": (
        ("/analyst/campaigns/", r'href="(/analyst/campaigns/[^"]+/)"'), ("/analyst/follow-ups/", r'href="(/analyst/follow-ups/[^"]+/)"'),
        ("/analyst/follow-ups/", r'href="(/analyst/vehicles/\?[^"]+)"'), ("/analyst/reports/", r'href="(/analyst/reports/[^"]+Q[1-4]/)"'),
        ("/mailing/", r'href="(/mailing/[^"/]+/2/)"'), ("/mailing/", r'href="(/mailing/[^"/]+/work/[^"]+/)"'),
        ("/analyst/letters/", r'href="(/analyst/letters/[^"/]+/)"'),
    ),
    "sam": (("/dealer/", r'href="(/dealer/check/\?vin=[^"]+)"'),),
}  # fmt: skip
PEOPLE = ("ana", "arthur", "sam", "petra", "carla", "rex")


def main() -> None:
    parsed = argparse.ArgumentParser()
    parsed.add_argument("folder", type=Path)
    parsed.add_argument("--minutes", type=float, default=0.0)
    given = parsed.parse_args()
    with (given.folder / "serve.log").open("w+") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "renotify", "serve", "--demo-people", "--on", "2013-03-05", "--port", str(PORT),
             "--workers", "2"],
            cwd=given.folder, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONPATH": SOURCE, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        try:
            passwords = _passwords(given.folder / "serve.log")
            people = {name: _signed_in(name, passwords[name]) for name in PEOPLE}
            told = _Server(server.pid)
            pages = _measured(people, told)
            _after_a_write(people, pages, told)
            if given.minutes and not _clicked(people, pages, given.minutes, server.pid):
                sys.exit(1)
        finally:
            server.terminate()
            server.wait()


def _passwords(log: Path) -> dict[str, str]:
    """Wait until the server listens; return the passwords that it printed."""
    for _ in range(3000):  # a busy machine brings a large ledger up slowly
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


class _Server:
    """The processes that answer: ``cpu`` is what they used, in ms, which another program on the machine changes less than the time."""

    def __init__(self, first: int) -> None:
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        self.processes = [
            one for one in children if "serve" in Path(f"/proc/{one}/cmdline").read_text()
        ]

    def cpu(self) -> float:
        ticks = 0
        for one in self.processes:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return 1000 * ticks / os.sysconf("SC_CLK_TCK")


def _measured(people: dict[str, requests.Session], server: _Server) -> dict[str, list[str]]:
    """Ask for every page of everybody's menu; print the first time, and the median of the next ones."""
    pages: dict[str, list[str]] = {}
    print(
        f"{'who':8}{'page':44}{'first ms':>10}{'count ms':>10}{'again ms':>10}{'CPU ms':>8}{'KB':>7}"
    )
    for name, session in people.items():
        home = session.get(AT).text
        menu = home.partition('aria-label="Your desk"')[2].partition("</nav>")[0]
        pages[name] = list(dict.fromkeys([*LINK.findall(menu), *_behind(name, session)]))
        for page in pages[name]:
            first, _, text = _opened(session, page)
            counted, _, _ = _opened(session, _anew(text)) if _anew(text) else (0.0, 0, "")
            before = server.cpu()
            again = statistics.median(_asked(session, page)[0] for _ in range(AGAIN))
            cpu = (server.cpu() - before) / AGAIN
            size = _asked(session, page)[1]
            over = "  over" if again > 300 else ""
            print(
                f"{name:8}{page[:43]:44}{first:10.0f}{counted:10.0f}{again:10.0f}{cpu:8.0f}{size / 1000:7.0f}{over}",
                flush=True,
            )
    return pages


def _behind(name: str, session: requests.Session) -> list[str]:
    """Return pages behind those of the menu: one of each kind."""
    found = []
    for page, link in BEHIND.get(name, ()):
        at = re.search(link, session.get(f"{AT}{page}?now=1").text)
        if at:
            found.append(html.unescape(at[1]))
    return found


def _after_a_write(
    people: dict[str, requests.Session], pages: dict[str, list[str]], server: _Server
) -> None:
    """A repair is typed; then every page is asked for once more, while the worker counts ahead."""
    print(f"After a repair was typed ({_repair(people['sam']):.0f} ms):")
    print(f"{'who':8}{'page':44}{'shown ms':>10}{'CPU ms':>8}  what is shown")
    for name, session in people.items():
        for page in pages[name]:
            before = server.cpu()
            shown, _, text = _opened(session, page)
            cpu = server.cpu() - before
            waits = "being counted" if _anew(text) else "of now"
            what = "an older answer" if "being counted anew" in text else waits
            over = "  over" if shown > 300 else ""
            print(f"{name:8}{page[:43]:44}{shown:10.0f}{cpu:8.0f}  {what}{over}", flush=True)


def _anew(text: str) -> str:
    """Return the address that a page fetches what is counted anew from; blank where it is of now."""
    where = re.search(r'hx-get="([^"]*now=1[^"]*)"', text)
    return html.unescape(where[1]) if where else ""


def _repair(dealer: requests.Session) -> float:
    """Type the repair of a vehicle that may come, as a dealer does; return how long it took."""
    vin = re.search(r"check/\?vin=([A-Z0-9]{17})", dealer.get(f"{AT}/dealer/").text)[1]
    at = f"{AT}/dealer/work/{vin}/"
    page = dealer.get(at).text
    form = dict.fromkeys(re.findall(r'name="(outcome_[^"]+)"', page), "remedied")
    form |= {"number": f"B{time.time():.0f}", "day": "2013-03-05", "hours": ""}
    form["csrfmiddlewaretoken"] = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    begun = time.perf_counter()
    answer = dealer.post(at, form, headers={"Referer": at}, allow_redirects=False)
    if answer.status_code != 302:
        raise SystemExit(f"The repair was not taken in: {answer.status_code}")
    return 1000 * (time.perf_counter() - begun)


def _asked(session: requests.Session, page: str) -> tuple[float, int]:
    took, size, _ = _opened(session, page)
    return took, size


def _opened(session: requests.Session, page: str) -> tuple[float, int, str]:
    begun = time.perf_counter()
    answer = session.get(AT + page)
    answer.raise_for_status()
    return 1000 * (time.perf_counter() - begun), len(answer.content), answer.text


@dataclass
class _Hour:
    """What an hour of clicks showed: milliseconds by page, pages that failed, and what each process held, as often as looked."""

    took: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    held: list[dict[str, tuple[float, int]]] = field(default_factory=list)

    @property
    def clicks(self) -> int:
        return sum(map(len, self.took.values())) + self.failed.total()


def _clicked(
    people: dict[str, requests.Session], pages: dict[str, list[str]], minutes: float, server: int
) -> bool:
    """Click at random for some minutes, what failed too; tell memory, slowest pages and errors, and whether all was well."""
    chance, begun, hour, told = random.Random(577), time.monotonic(), _Hour(), 0.0
    while (passed := time.monotonic() - begun) < 60 * minutes:
        name = chance.choice(PEOPLE)
        page = chance.choice(pages[name])
        try:
            hour.took[name, page].append(_asked(people[name], page)[0])
        except requests.RequestException as error:
            status = getattr(error.response, "status_code", None)
            hour.failed[name, page, str(status or type(error).__name__)] += 1
        if passed - told > max(0.6 * minutes, 1.0):  # a hundred looks
            told = passed
            hour.held.append(_held(server))
            if len(hour.held) % LOOKS_A_LINE == 1:
                print(
                    f"{passed / 60:7.1f} min {hour.clicks:8} clicks: {_in_words(hour.held[-1])}",
                    flush=True,
                )
    hour.held.append(_held(server))
    return _told(hour)


def _told(hour: _Hour) -> bool:
    print(f"{hour.clicks:,} clicks. The slowest pages (median, slowest of twenty, slowest, ms):")
    slowest = sorted(hour.took.items(), key=lambda item: -_rank(item[1], 0.95))[:SLOWEST]
    for (name, page), took in slowest:
        over = "  over" if _rank(took, 0.95) > ASKED else ""
        print(
            f"{name:8}{page[:43]:44}{statistics.median(took):8.0f}{_rank(took, 0.95):8.0f}{max(took):8.0f}{over}"
        )
    print(f"{hour.failed.total():,} clicks failed.")
    for (name, page, how), times in hour.failed.most_common():
        print(f"{name:8}{page[:43]:44} {how}: {times} times")
    first, last = hour.held[len(hour.held) // 10], hour.held[-1]
    grown = False
    print("Memory and handles, after the first tenth and at the end:")
    for process, (before, handles) in first.items():
        if process not in last:
            print(f"process {process} is gone")
            grown = True
            continue
        after, handles_after = last[process]
        grown = grown or after > 1.1 * before + SOME_MB
        print(
            f"process {process}: {before:.0f} MB, {after:.0f} MB ({after - before:+.0f}); {handles} handles, {handles_after}"
        )
    return not grown and not hour.failed


def _rank(took: list[float], share: float) -> float:
    ordered = sorted(took)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _held(server: int) -> dict[str, tuple[float, int]]:
    """Return resident MB and open handles of the server's own processes, by their numbers."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    found = {}
    for process in (str(server), *children):
        resident = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
        handles = len(list(Path(f"/proc/{process}/fd").iterdir()))
        found[process] = (int(resident[1]) / 1024 if resident else 0.0, handles)
    return found


def _in_words(held: dict[str, tuple[float, int]]) -> str:
    return "; ".join(f"{memory:.0f} MB {handles} handles" for memory, handles in held.values())


if __name__ == "__main__":
    main()
