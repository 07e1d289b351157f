"""One day of the memo across the desks, in a real browser: the analyst signs, tells and releases; the dealer acknowledges; the owner
looks up; contact staff answer; the dealer books and repairs; the area sees it; the auditor traces it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import two_dealers as w
from browsers import PHONE, WIDE, from_the_menu, page, sign_in
from lookup_server import served as look_up_served
from serving import served

PASSWORD = "a made-up password"
VIN = w.EAST_OPEN[0]


@pytest.fixture
def worker(queue_of_processes: Any) -> Callable[[], None]:
    """A function that lets a worker of this process do what waits; a page that is open asks the ledger meanwhile."""
    return queue_of_processes.work


def _as(opened: Any, address: str, name: str, size: tuple[int, int] = WIDE) -> Any:
    """Open a page in which somebody has signed in."""
    from contextlib import contextmanager

    @contextmanager
    def signed_in() -> Iterator[Any]:
        with page(opened, size) as shown:
            sign_in(shown, address, name, PASSWORD)
            yield shown

    return signed_in()


def _look_up(folder: Path, site: Any, opened: Any, shows: str) -> None:
    """The owner asks the public look-up, which answers from a snapshot of this moment."""
    snapshot = folder / "look-up.snapshot"
    for words in (
        ["--new-key", "publish.key"],
        [
            "--contact",
            "Made-up Motors",
            "--web",
            "https://motors.example/recalls",
            "--phone",
            "1-800-555-0100",
            "--on",
            "2013-03-05",
        ],
    ):
        command = [sys.executable, "-m", "renotify", "publish", *words]
        environment = {
            **os.environ,
            "RENOTIFY_DATABASE_URL": site.url,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        subprocess.run(command, cwd=folder, env=environment, check=True)
    with look_up_served(snapshot, "--on", "2013-03-05") as server, page(opened, PHONE) as shown:
        shown.goto(f"http://127.0.0.1:{server.port}/en")
        shown.get_by_label("VIN", exact=False).first.fill(VIN)
        shown.keyboard.press("Enter")
        shown.get_by_text(shows).first.wait_for()


def test_a_day_goes_from_the_analyst_s_signature_to_the_auditor_s_trace(
    site, opened, worker, tmp_path
) -> None:
    with served() as address:
        _analyst_tells_dealers_and_signs(opened, address, worker)
        _dealer_acknowledges(opened, address)
        _analyst_releases(opened, address, worker)
        _look_up(tmp_path, site, opened, "Fuel pump")
        _contact_staff_find(opened, address, "Yes. 1 campaign to be done")
        _dealer_repairs(opened, address)
        _contact_staff_find(opened, address, "Nothing is left to do on this vehicle.")
        _area_sees_its_own(opened, address)
        _auditor_traces(opened, address)


def _analyst_tells_dealers_and_signs(opened: Any, address: str, worker: Any) -> None:
    with _as(opened, address, "ana") as ana:
        for button in ("Write the notices", "They were sent today"):
            ana.goto(f"{address}/mailing/spring/")
            ana.get_by_role("button", name=button).click()
            ana.wait_for_url("**/jobs/*/")  # it is asked for before anybody works
            worker()
            ana.get_by_text("Done").wait_for()
        ana.goto(f"{address}/analyst/letters/spring/?check=1")
        ana.get_by_role("button", name="Sign all versions").click()
        ana.get_by_text(re.compile(r"versions? signed\.")).wait_for()


def _dealer_acknowledges(opened: Any, address: str) -> None:
    with _as(opened, address, "east_service", PHONE) as dealer:
        from_the_menu(dealer, "Notices")
        dealer.get_by_role("button", name="Acknowledge").first.click()
        dealer.get_by_text("acknowledged").first.wait_for()


def _analyst_releases(opened: Any, address: str, worker: Any) -> None:
    """West has no telephone and gave no receipt: the wave is held until somebody says why it goes."""
    with _as(opened, address, "ana") as ana:
        ana.goto(f"{address}/mailing/spring/1/")
        ana.get_by_label("Why it goes").fill("West was told in person")
        ana.get_by_role("button", name="Release it anyway").click()
        ana.wait_for_url("**/jobs/*/")
        worker()
        ana.get_by_text("Done").wait_for()
        ana.goto(f"{address}/mailing/spring/")
        ana.get_by_text(
            "with the mail house"
        ).wait_for()  # it is counted anew, and fetched into the old page


def _contact_staff_find(opened: Any, address: str, says: str) -> None:
    with _as(opened, address, "carla") as carla:
        carla.get_by_label("What does the caller know?").fill(VIN)
        carla.get_by_role("button", name="Find").click()
        carla.get_by_text(says).first.wait_for()


def _dealer_repairs(opened: Any, address: str) -> None:
    with _as(opened, address, "east_service", PHONE) as dealer:
        dealer.goto(f"{address}/dealer/work/{VIN}/")
        dealer.get_by_label(w.PMP, exact=False).first.select_option("remedied")
        dealer.get_by_label("Repair order number").fill("R900")
        dealer.get_by_label("Closed on").fill("2013-03-05")
        dealer.get_by_role("button", name="Record it").click()
        dealer.get_by_role("status").first.wait_for()


def _area_sees_its_own(opened: Any, address: str) -> None:
    with _as(opened, address, "east_area") as area:
        area.get_by_text(w.EAST).first.wait_for()  # it is counted first, and fetched into its page
        assert area.get_by_text(w.WEST).count() == 0


def _auditor_traces(opened: Any, address: str) -> None:
    with _as(opened, address, "rex") as rex:
        rex.goto(f"{address}/auditor/vehicle/?vin={VIN}")
        text = rex.locator("main").inner_text()
        assert [name for name in ("east_service", "carla", w.PMP) if name not in text] == []
