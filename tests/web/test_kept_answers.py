"""Answers are kept for all processes while the ledger says the same, for the same scope and day; an older one never decides anything."""

from __future__ import annotations

import os
import pickle
import signal
import time
import zlib
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from renotify.ledger.intake.typed_rows import take_typed
from two_dealers import EAST, EAST_BOTH, EAST_OPEN, PMP, WEST
from web.conftest import CAST

_NOTICE = (
    "insert into notice (follow_up, audience, code, edition, file, sha256, written_on, acknowledged_at, receipt)"
    " values ('spring', 'dealer', 'D0001', 1, 'f', 's', '2013-02-26', '2013-03-01', 'r')"
)
_DRAFT = (
    "insert into draft_plan (follow_up, name, policy, first_week, weeks, made_on, bundles, document, source_id)"
    " select follow_up, 'slower', policy, first_week, 26, '2013-03-05', bundles, document, source_id from plan"
)
CAMPAIGNS = "/analyst/campaigns/"


class _Named(NamedTuple):
    name1: str


def _visit(name: str, on: date = date(2013, 3, 5)):
    from renotify.web.door.person import Person
    from renotify.web.door.visit import Visit

    return Visit(Person.objects.get(username=name), on)


def _asked(name: str, ask: Callable[[], Any], on: date = date(2013, 3, 5)) -> Any:
    from renotify.web.kept_answers import kept

    visit = _visit(name, on)
    try:
        return kept(visit, "how many", ask)
    finally:
        visit.close()


def _repaired(site: Any, vin: str = EAST_OPEN[0], number: str = "R9") -> None:
    order = {
        "ro_id": number, "dealer_code": EAST, "vin": vin, "campaign_code": PMP, "close_date": "2013-03-04", "outcome": "remedied",
    }  # fmt: skip
    with site.ledger() as session:
        typed = take_typed(
            session, "repair_orders", [order], person="east_service", on=date(2013, 3, 5)
        )
        assert typed.was_taken


def _folder() -> Path:
    from django.conf import settings

    return Path(settings.CACHES["kept"]["LOCATION"])


def _in_another_process(does: Callable[[], object]) -> int:
    """Do something in a process of its own, which shares nothing with this one but the ledger and the files; return its number."""
    from django.db import connections

    connections.close_all()
    number = os.fork()
    if number:
        return number
    try:
        does()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - the test's own process must not go on twice
        os._exit(1)


def _ends_well(number: int) -> bool:
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]) == 0


def _read(browser: Any, address: str) -> str:
    return browser.get(address).content.decode()


def test_a_question_is_asked_once_until_somebody_writes(site_on_both) -> None:
    asked: list[str] = []

    def ask(name: str, on: date = date(2013, 3, 5)) -> int:
        return _asked(name, lambda: asked.append(name) or len(asked), on)

    assert [ask("east_service"), ask("east_service"), ask("east_parts")] == [
        1,
        1,
        1,
    ]  # the same dealer, the same answer
    assert ask("west_service") == 2
    assert ask("east_service", date(2013, 3, 6)) == 3
    _repaired(site_on_both, EAST_BOTH)
    assert ask("east_service") == 4


def test_a_wave_released_a_draft_or_a_notice_acknowledged_is_another_edition(site_on_both) -> None:
    from renotify.web.kept_answers import edition

    said = []
    for change in (
        "update wave set planned = planned",  # says nothing new
        "update wave set released_at = '2013-03-05 09:00:00' where number = 1",
        _DRAFT,
        "delete from draft_plan",  # no source says so
        _NOTICE,
    ):
        with site_on_both.ledger() as session, session.transaction():
            session.execute(change)
        visit = _visit("ana")
        said.append(edition(visit))
        visit.close()
    assert [one == other for one, other in pairwise(said)] == [False] * 4
    assert said[1] == said[3]  # with its draft gone the ledger says what it said


def test_what_one_process_counted_another_one_shows(site) -> None:
    assert _ends_well(_in_another_process(lambda: _asked("ana", lambda: 41)))
    assert _asked("ana", lambda: pytest.fail("it was counted already")) == 41


def test_of_two_processes_that_ask_at_once_one_counts(site, tmp_path) -> None:
    counts = tmp_path / "counts"

    def slowly() -> int:
        with counts.open("a") as file:
            file.write("counted\n")
        time.sleep(1)
        return 7

    both = [_in_another_process(lambda: _asked("ana", slowly)) for _ in range(2)]
    assert [_ends_well(one) for one in both] == [True, True]
    assert counts.read_text() == "counted\n"


def test_a_process_killed_while_it_counts_leaves_nothing_and_holds_up_nobody(
    site, tmp_path
) -> None:
    begun = tmp_path / "begun"

    def forever() -> None:
        begun.touch()
        time.sleep(600)

    number = _in_another_process(lambda: _asked("ana", forever))
    while not begun.exists():
        time.sleep(0.05)
    os.kill(number, signal.SIGKILL)
    os.waitpid(number, 0)
    assert _asked("ana", lambda: 8) == 8


def test_a_file_cut_short_and_one_of_another_version_of_the_code_are_counted_anew(
    site, monkeypatch
) -> None:
    from renotify.web import kept_answers

    assert _asked("ana", lambda: 1) == 1
    for file in _folder().glob("*.djcache"):
        file.write_bytes(file.read_bytes()[:-9])
    assert _asked("ana", lambda: 2) == 2
    assert _asked("ana", lambda: 3) == 2
    monkeypatch.setattr(kept_answers, "of_this_code", lambda: "the next version")
    assert _asked("ana", lambda: 4) == 4


def test_a_page_shows_the_last_answer_with_its_time_and_fetches_that_of_now(site) -> None:
    browser = site.client("ana")
    assert "Being counted" in _read(browser, CAMPAIGNS)
    assert "12 open repairs" in _read(browser, f"{CAMPAIGNS}?now=1")
    first = _read(browser, CAMPAIGNS)
    assert "12 open repairs" in first
    assert "As of" not in first
    _repaired(site)
    old = _read(browser, CAMPAIGNS)
    assert "12 open repairs" in old
    assert "Something was recorded since; being counted anew." in old
    assert f'hx-get="{CAMPAIGNS}?now=1"' in old
    assert "11 open repairs" in _read(browser, f"{CAMPAIGNS}?now=1")
    now = _read(browser, CAMPAIGNS)
    assert "11 open repairs" in now
    assert "As of" not in now


def test_what_is_decided_on_is_never_an_older_answer(site) -> None:
    """A wave before its release, letters before they are signed, the form of a clock, and the forms of a follow-up."""
    browser = site.client("ana")
    of_now = (
        ("/mailing/spring/1/", "Why it goes all the same"),
        ("/analyst/letters/spring/?check=1", 'action="/analyst/letters/spring/sign/"'),
        (f"/analyst/deadlines/state/?clock={PMP}:letters", "State it"),
    )
    for address, form in of_now:
        joined = "&" if "?" in address else "?"
        assert form in _read(browser, f"{address}{joined}now=1")
        assert form in _read(browser, address)
    assert "Plan the free weeks again" in _read(browser, "/analyst/follow-ups/spring/?now=1")
    _repaired(site)
    for address, form in of_now:
        page = _read(browser, address)
        assert form not in page, address
        assert "being counted anew" in page, address
    old = _read(browser, "/analyst/follow-ups/spring/")
    assert "being counted anew" in old
    assert "Plan the free weeks again" not in old


def test_a_dealer_s_day_and_an_answer_about_a_vehicle_are_of_now(site) -> None:
    service, contact = site.client("east_service"), site.client("carla")
    pages = (
        (service, "/dealer/week/"),
        (service, f"/dealer/check/?vin={EAST_OPEN[0]}"),
        (contact, f"/contact/vehicle/{EAST_OPEN[0]}/"),
    )
    before = [_read(browser, address) for browser, address in pages]
    _repaired(site)
    service.post("/dealer/hours/", {"week": "2013-03-04", "hours": "37", "bays": "2"})
    after = [_read(browser, address) for browser, address in pages]
    for page in after:
        assert "being counted anew" not in page
        assert "Being counted" not in page
    assert ['value="37"' in page for page in (before[0], after[0])] == [False, True]
    nothing = "Nothing is left to do on this vehicle."
    assert [nothing in page for page in (before[2], after[2])] == [False, True]
    assert before[1] != after[1]


def test_an_older_answer_is_shown_to_nobody_of_another_area(site) -> None:
    east, west = site.client("east_area"), site.client("west_area")
    assert f"Made-up Dealer {EAST}" in _read(east, "/area/?now=1")
    _repaired(site)
    assert "Being counted" in _read(west, "/area/")  # and not the answer of the east
    assert f"Made-up Dealer {EAST}" not in _read(west, "/area/?now=1")
    old = _read(east, "/area/")
    assert "being counted anew" in old
    assert f"Made-up Dealer {WEST}" not in old


def test_kept_answers_are_for_their_user_alone_and_name_no_owner(site) -> None:
    from site_addresses import every_address

    for name in ("ana", "carla", "east_area", "east_service", "east_parts"):
        browser, role = site.client(name), CAST[name][0]
        for address in every_address():  # what is refused, is so before anything is worked out
            if "sign-in" not in address.example and (
                role in address.roles or address.is_of_everybody
            ):
                joined = "&" if "?" in address.example else "?"
                browser.get(f"{address.example}{joined}now=1")
    with site.ledger() as session:
        names = [one.name1 for one in session.rows(_Named, "select distinct name1 from owner")]
    assert names
    files = list(_folder().glob("*"))
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert _folder().stat().st_mode & 0o777 == 0o700
    kept = []
    for file in _folder().glob("*.djcache"):
        with file.open("rb") as opened:
            pickle.load(opened)  # noqa: S301 - when it ends: our own file
            kept.append(zlib.decompress(opened.read()))
    assert len(kept) > 10
    for name in names:
        assert not any(name.encode() in one for one in kept), name


def test_a_worker_counts_ahead_what_was_opened_once_it_is_quiet_and_no_job_waits(
    site, monkeypatch
) -> None:
    from renotify.web import opened_pages
    from renotify.web.opened_pages import Ahead

    browser = site.client("ana")
    _read(browser, f"{CAMPAIGNS}?now=1")
    ahead = Ahead()
    monkeypatch.setattr(opened_pages, "QUIET", 0.0)
    assert ahead.look(lambda: True) == 1  # the first look of a worker
    assert ahead.look(lambda: True) == 0  # nothing was recorded since
    _repaired(site)
    ahead.rests_until = 0.0
    assert ahead.look(lambda: False) == 0  # a job waits
    monkeypatch.setattr(opened_pages, "QUIET", 60.0)
    ahead.since = time.monotonic()
    ahead.first = time.monotonic()
    assert ahead.look(lambda: True) == 0  # something may still come
    monkeypatch.setattr(opened_pages, "QUIET", 0.0)
    assert ahead.look(lambda: True) == 1
    page = _read(browser, CAMPAIGNS)
    assert "11 open repairs" in page
    assert "As of" not in page


def test_a_page_opened_after_the_worker_s_round_is_counted_without_a_script_of_its_reader(
    site, monkeypatch
) -> None:
    from renotify.web import opened_pages
    from renotify.web.opened_pages import Ahead

    browser, ahead, wave = site.client("ana"), Ahead(), "/mailing/spring/1/"
    monkeypatch.setattr(opened_pages, "QUIET", 0.0)
    _read(browser, CAMPAIGNS)
    assert ahead.look(lambda: True) == 1
    assert "Being counted" in _read(browser, wave)
    ahead.rests_until = 0.0
    assert ahead.look(lambda: True) == 1  # the wave alone, nothing was recorded
    assert "Why it goes all the same" in _read(browser, wave)
    ahead.rests_until = 0.0
    assert ahead.look(lambda: True) == 0


def test_a_wave_is_shown_while_desks_write_without_an_end(site, monkeypatch) -> None:
    """Its last answer stands with its time, though the worker never finds three quiet seconds."""
    from renotify.web.opened_pages import Ahead

    browser, ahead, wave = site.client("ana"), Ahead(), "/mailing/spring/1/"
    _read(browser, f"{wave}?now=1")
    for number, vin in enumerate((*EAST_OPEN[:3],)):
        _repaired(site, vin, f"R{number}")
        assert ahead.look(lambda: True) == 0
        page = _read(browser, wave)
        assert "Being counted" not in page
        assert "As of" in page
        assert "What lacks" in page


def test_a_worker_opens_nothing_for_somebody_who_was_locked_out(site, monkeypatch) -> None:
    from renotify.web import opened_pages
    from renotify.web.door.keeping_people import lock_out
    from renotify.web.opened_pages import Ahead

    _read(site.client("ana"), f"{CAMPAIGNS}?now=1")
    lock_out("ana")
    _repaired(site)
    monkeypatch.setattr(opened_pages, "QUIET", 0.0)
    Ahead().look(lambda: True)
    from renotify.web.kept_answers import is_kept

    visit = _visit("rex")  # the auditor, who sees the same rows
    assert not is_kept(visit, "counts")
    visit.close()
