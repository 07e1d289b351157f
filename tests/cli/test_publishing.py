"""``publish`` and its keys as a person types them: what is written, what is refused, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest

import public_world as w
from small_world import Desk, World

CONTACT = ("--contact", "Made-up Motors", "--phone", "555-0100")


@pytest.fixture
def desk(sqlite_ledger: str, tmp_path: Path) -> Desk:
    desk = Desk(sqlite_ledger, tmp_path / "desk")
    w.fill(desk)
    return desk


@pytest.fixture(scope="module")
def with_key(
    request: pytest.FixtureRequest,
    new_ledger: Callable[..., AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """The same maker with a key in the file ``mine``, for tests that change nothing."""
    folder = tmp_path_factory.mktemp("maker")
    with new_ledger(request, folder, "sqlite") as url:
        desk = Desk(url, folder / "desk")
        w.fill(desk)
        desk.do("publish", "--new-key", "mine")
        yield desk


def test_key_snapshot_and_check_in_three_lines(desk: Desk) -> None:
    """Nine vehicles; AAA is open on two, BBB on two, NEW and LAST on one each: 6 open recalls."""
    key = desk.do("publish", "--new-key", "publish.key")["key"]
    written = desk.do("publish", *CONTACT, on=w.ON)
    assert (written["vehicles"], written["open_recalls"], written["campaigns"]) == (9, 6, 5)
    assert (written["key"], written["updated"], written["earliest"]) == (key, "2013-03-05", "1998-01-01")  # fmt: skip
    checked = desk.do("publish", "--check", "look-up.snapshot")
    assert (checked["ok"], checked["vehicles"], checked["key"]) == (True, 9, key)


def test_a_recall_that_does_not_state_what_the_public_is_told_is_named(desk: Desk) -> None:
    desk.run("publish", "--new-key", "publish.key")
    assert desk.do("publish", *CONTACT, on=w.ON)["lacks"] == []
    more = World(desk.folder / "more").campaign("BARE", filed_date=None, first_notice_date=None)
    desk.do("load", more.add("population", campaign_code="BARE", vin=w.PLAIN).write(), on=w.ON)
    assert desk.do("publish", *CONTACT, on=w.ON)["lacks"] == [
        "BARE: NHTSA number", "BARE: day of the report",
    ]  # fmt: skip


def test_it_says_how_its_day_is_stated_for_the_clock_of_the_look_up(desk: Desk) -> None:
    day = date(2015, 1, 6)
    desk.run("publish", "--new-key", "publish.key")
    said = " ".join(desk.run("publish", *CONTACT, "--on", day).out.split())
    assert f"renotify deadlines --filed maker:lookup_refresh --on {day}" in said
    desk.do("deadlines", "--filed", "maker:lookup_refresh", on=day)
    (one,) = (one for one in desk.do("deadlines", on=day) if one["what"] == "look-up updated")
    assert (one["state"], one["due"]) == ("ok", "2015-01-13")  # seven days


def test_a_recall_of_no_vehicle_is_not_in_it(desk: Desk) -> None:
    desk.run("publish", "--new-key", "publish.key")
    desk.do("load", World(desk.folder / "more").campaign("NOBODY").write(), on=w.ON)
    assert desk.do("publish", *CONTACT, on=w.ON)["campaigns"] == 5
    assert b"NOBODY" not in (desk.folder / "look-up.snapshot").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--out", "s", *CONTACT), 1, "publish.key cannot be read"),
        (("--out", "no/s", "--key", "mine", *CONTACT), 1, "There is no folder no"),
        (("--out", "s", "--key", "mine"), 1, "--contact and"),
        (("--out", "s", "--key", "mine", "--phone", "1"), 2, "Give --contact"),
        (("--out", "s", "--key", "mine", "--contact", "A", "--web", "javascript:x"), 2, "https://"),
        (("--new-key", "mine"), 1, "is there already"),
        (("--new-key", "no/mine"), 1, "There is no folder no"),
        (("--new-key", "a", "--check", "mine"), 2, "Give one of them"),
        (("--check", "mine", "--key", "mine.pub"), 1, "no snapshot of the look-up"),
        (("--check", "mine", "--key", "mine"), 1, "no public key"),
        (("--check", "absent"), 2, "absent"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_what_to_do(
    with_key: Desk, arguments: tuple[str, ...], code: int, words: str
) -> None:
    before = sorted(one.name for one in with_key.folder.iterdir())
    told = with_key.run("publish", *arguments)
    assert told.code == code
    assert words in " ".join(told.err.split())
    assert sorted(one.name for one in with_key.folder.iterdir()) == before
