"""The pages that no other browser test scans, as their readers see them, wide and light, on a phone and dark; the pictures of the docs.

They hold the pictures of docs/how-to of the area manager, contact staff, the auditor, and of the analyst's forms (pictured_pages.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import two_dealers as w
from browsers import (
    IN_LOOKS,
    WIDE,
    looks_of,
    page,
    sideways,
    sign_in,
    take_look,
    violations,
)
from pictured_pages import DOCS, taken_or_compared
from serving import served
from web.analyst.test_follow_up_pages import with_a_draft
from web.dealer.test_dealer_pages import write_notices

PASSWORD = "a made-up password"
UNPICTURED = (
    ("east_parts", "notices"),
    ("ana", "owners"),
    ("ana", "plans"),
    ("ana", "work-list"),
)  # scanned alone
DESKS = {  # person: the folder of the pictures, and pages by the name of their picture
    "east_area": ("the-area-manager-s-desk", {"month": "/area/?now=1", "workload": "/area/workload/?now=1", "notices": "/area/notices/"}),
    "east_parts": ("work-at-the-dealers-desk", {"notices": "/dealer/notices/", "notice": "/dealer/notices/spring/1/"}),
    "carla": (
        "answer-an-owner",
        {"search": "/contact/", "caller": f"/contact/vehicle/{w.EAST_BOTH}/", "spanish": f"/contact/vehicle/{w.EAST_BOTH}/?lang=es",
         "calls": "/contact/calls/?now=1", "address": f"/contact/vehicle/{w.EAST_BOTH}/owner/"},
    ),
    "rex": (
        "the-auditor-s-desk",
        {"readings": "/auditor/", "vehicle": f"/auditor/vehicle/?vin={w.EAST_BOTH}", "disclosures": "/auditor/disclosures/"},
    ),
    "ana": (
        "the-analyst-s-desk",
        {"freeze": "/analyst/freeze/", "owners": "/analyst/owners/", "plans": "/analyst/follow-ups/spring/?now=1",
         "mailing": "/mailing/spring/?now=1", "work-list": "/mailing/spring/work/skip_trace/?now=1"},
    ),
}  # fmt: skip


def _lived(site: Any, folder: Path) -> None:
    """Notices are sent, a draft lies beside the plan, and some people have worked: pages have something to show."""
    site.notes_sign_ins = True  # the auditor reads them
    with_a_draft(site)
    write_notices(site, folder)
    carla, ana = site.client("carla"), site.client("ana")
    carla.post("/contact/", {"asked": "Ana Example 02108"})
    carla.get(f"/contact/vehicle/{w.EAST_BOTH}/owner/")
    site.client("east_service").get(f"/dealer/check/?vin={w.EAST_BOTH}")
    ana.get(f"/analyst/vehicles/file/csv/?campaign={w.PMP}&status=open")
    owners = {"query": f"campaign={w.PMP}", "owners_to": "the mail house", "purpose": "recall", "file": "csv"}  # fmt: skip
    ana.post("/analyst/vehicles/owners/", owners)
    site.client("west_service").get("/analyst/")


@IN_LOOKS
@pytest.mark.parametrize("name", DESKS)
def test_every_page_of_a_desk_is_read_by_everybody_on_a_screen_and_on_a_phone(
    site: Any, opened: Any, tmp_path: Path, name: str, every: bool
) -> None:
    _lived(site, tmp_path)
    folder, pages = DESKS[name]
    faults = {}
    with served() as address, page(opened) as shown:
        sign_in(shown, address, name, PASSWORD)
        shown.goto(address + next(iter(pages.values())))  # takes the greeting
        for place, (called, at) in enumerate(pages.items()):
            for look, (size, theme) in enumerate(looks_of(place, every=every)):
                take_look(shown, size, theme)
                shown.goto(address + at)
                found = []
                if (name, called) not in UNPICTURED and look == 0:  # a second one is logged too
                    found += taken_or_compared(shown, DOCS / folder / f"{called}.png")
                if found := found + violations(shown) + sideways(shown):
                    faults[at, size[0], theme] = found
    assert faults == {}


@IN_LOOKS
def test_a_job_and_its_refused_rows_are_mended_with_the_keyboard_alone(
    site: Any, queue: Any, opened: Any, every: bool
) -> None:
    """From the wave's page: the evidence is taken in, the marked cell is mended, and the focus is seen on each step."""
    browser = site.client("ana")
    wave = {"follow_up": "spring", "wave": "1"}
    browser.post("/jobs/start/release_anyway/", wave | {"because": "the dealers were called"})
    queue.work()
    text = "piece_id,status,mailed_date\nNOPE,accepted,2013-03-05\n"
    browser.post("/jobs/start/accept/", wave | {"files": [queue.upload(text, "evidence.csv")]})
    queue.work()
    number, faults = queue.job().pk, {}
    with served() as address, page(opened) as shown:
        sign_in(shown, address, "ana", PASSWORD)
        for place, at in enumerate(
            (
                f"/jobs/{number - 1}/",
                f"/jobs/{number}/",
                f"/jobs/{number}/refused/",
                "/mailing/spring/1/",
            )
        ):
            for size, theme in looks_of(place, every=every):
                take_look(shown, size, theme)
                shown.goto(address + at)
                if found := violations(shown):
                    faults[at, size[0], theme] = found
        assert faults == {}
        shown.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        shown.goto(f"{address}/jobs/{number}/refused/")
        shown.locator("#main").focus()
        for _ in range(12):
            shown.keyboard.press("Tab")
            if shown.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true":
                break
        assert shown.evaluate("document.activeElement.value") == "NOPE"
        assert shown.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
