"""Who of an arm is reached beside the letter: an exchange file, disclosed, of owners whose letter is out and who have not come."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from cli_support import follow_up_file
from folder import ON, Folder, make_vin
from renotify.campaigns.follow_up_settings import read
from renotify.errors import NothingToDo, Refused, UnknownName, WrongUse
from renotify.ledger import artifacts, intake
from renotify.ledger.session import Session
from renotify.mailing import touches
from renotify.planner import from_ledger
from renotify.selection.freeze import freeze_follow_up
from small_world import Desk

MAILED = date(2013, 3, 5)
LATER = MAILED + timedelta(weeks=3)
VENDOR = "Made-up Messages"
ARMS = [
    {"name": "letter", "share": 0.4},
    {"name": "mail", "share": 0.3, "channel": "email"},
    {"name": "text", "share": 0.3, "channel": "sms"},
]
NUMBERS = range(20)


def mailed(session: Session, path: Path) -> None:
    """Twenty owners, each third without e-mail or telephone on file; all letters are out."""
    folder = Folder(path / "input").campaign("9LA").dealer()
    for number in NUMBERS:
        folder.vehicle(make_vin(number), "9LA", owner=None)
        on_file = {"email": f"owner{number}@owner.example", "phone": f"555-01{number:02d}"}
        folder.owner(make_vin(number), **(on_file if number % 3 else {"email": "", "phone": ""}))
    intake.load(session, [folder.write()], on=ON, rejects_dir=path)
    freeze_follow_up(session, read(follow_up_file(path, ["9LA"], outreach={"arms": ARMS})), ON)
    from_ledger.plan_follow_up(session, "small", "greedy")
    with session.transaction():
        session.execute("update piece set state = 'accepted', mailed_on = :day", day=MAILED)


@pytest.fixture(params=["sqlite", "postgresql"])
def on_both(request: pytest.FixtureRequest, session_on: Callable[..., Session]) -> Session:
    return session_on(request.param, mailed)


@pytest.fixture
def on_sqlite(session_on: Callable[..., Session]) -> Session:
    return session_on("sqlite", mailed)


def in_arm(session: Session, arm: str) -> list[str]:
    """The vehicles of an arm whose owners have something on file."""
    reachable = {make_vin(number) for number in NUMBERS if number % 3}
    listed = touches.tables.read(session, "listed", "vin", "arm").to_pylist()
    return sorted(row["vin"] for row in listed if row["arm"] == arm and row["vin"] in reachable)


def write(
    session: Session, target: Path, arm: str = "mail", on: date = LATER, purpose: str = "recall"
):
    return touches.write(session, "small", arm, VENDOR, purpose, on, target)


def contacts(file: Path) -> list[str]:
    with file.open(encoding="utf-8") as lines:
        return sorted(row["contact"] for row in csv.DictReader(lines))


def test_the_owners_of_the_arm_with_an_address_on_file_are_listed_and_disclosed(
    on_both: Session, tmp_path: Path
) -> None:
    file = tmp_path / "mail.csv"
    done = write(on_both, file)
    numbers = [number for number in NUMBERS if make_vin(number) in in_arm(on_both, "mail")]
    assert contacts(file) == sorted(f"owner{number}@owner.example" for number in numbers)
    assert (done["owners"], done["vehicles"], done["channel"]) == (
        len(numbers),
        len(numbers),
        "email",
    )
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text(encoding="utf-8").splitlines()[0].replace('"', "") == ",".join(
        touches.OUT
    )
    (told,) = artifacts.disclosures(on_both).to_pylist()
    assert (told["recipient"], told["purpose"], told["what"]) == (
        VENDOR,
        "recall",
        "outreach list small mail",
    )
    assert told["vehicles"] == len(numbers)
    (kept,) = artifacts.of_follow_up(on_both, "small", "outreach_list").to_pylist()
    assert kept["sha256"] == artifacts.digest(file)


def test_a_text_message_goes_to_the_telephone(on_sqlite: Session, tmp_path: Path) -> None:
    write(on_sqlite, tmp_path / "text.csv", arm="text")
    numbers = [number for number in NUMBERS if make_vin(number) in in_arm(on_sqlite, "text")]
    assert contacts(tmp_path / "text.csv") == sorted(f"555-01{number:02d}" for number in numbers)


def test_the_same_day_writes_the_same_file_and_no_other_day_lists_an_owner_twice(
    on_sqlite: Session, tmp_path: Path
) -> None:
    write(on_sqlite, tmp_path / "mail.csv")
    first = (tmp_path / "mail.csv").read_bytes()
    write(on_sqlite, tmp_path / "mail.csv")
    assert (tmp_path / "mail.csv").read_bytes() == first
    with pytest.raises(NothingToDo, match="No owner of arm mail of small is to be reached"):
        write(on_sqlite, tmp_path / "again.csv", on=LATER + timedelta(days=1))


def test_who_came_in_booked_moved_on_or_was_not_reached_by_mail_is_not_listed(
    on_sqlite: Session, tmp_path: Path
) -> None:
    came, booked, sold, returned, *left = in_arm(on_sqlite, "mail")
    later = Folder(tmp_path / "later").repair(came, "9LA", date(2013, 3, 12))
    later.appointment(booked, "D0001", "9LA", day=date(2013, 4, 2))
    later.owner(sold, name1="BOB EXAMPLE", as_of=date(2013, 3, 15), email="")
    intake.load(on_sqlite, [later.write()], on=date(2013, 3, 20), rejects_dir=tmp_path)
    with on_sqlite.transaction():
        on_sqlite.execute(
            "update piece set returned_on = :day where vin = :vin", day=LATER, vin=returned
        )
    assert left
    assert write(on_sqlite, tmp_path / "mail.csv")["vehicles"] == len(left)


def test_before_the_letter_nobody_is_reached(on_sqlite: Session, tmp_path: Path) -> None:
    with pytest.raises(NothingToDo):
        write(on_sqlite, tmp_path / "mail.csv", on=MAILED - timedelta(days=1))


def test_an_interim_notice_asks_nobody_in_and_is_followed_by_no_touch(
    on_sqlite: Session, tmp_path: Path
) -> None:
    with on_sqlite.transaction():
        on_sqlite.execute("update listed set interim = true")
    with pytest.raises(NothingToDo):
        write(on_sqlite, tmp_path / "mail.csv")


def test_what_may_not_be_listed_is_refused_and_nothing_is_written(
    on_sqlite: Session, tmp_path: Path
) -> None:
    file = tmp_path / "mail.csv"
    with pytest.raises(UnknownName, match="has no arm 'post'") as unknown:
        write(on_sqlite, file, arm="post")
    assert unknown.value.hint == "Known are letter, mail, text."
    with pytest.raises(Refused, match="Arm letter of small gets the letter alone"):
        write(on_sqlite, file, arm="letter")
    with pytest.raises(Refused, match="may not be used for 'marketing'"):
        write(on_sqlite, file, purpose="marketing")
    with pytest.raises(WrongUse, match="There is no folder"):
        write(on_sqlite, tmp_path / "nowhere" / "mail.csv")
    assert not file.exists()
    assert not artifacts.disclosures(on_sqlite).num_rows
    assert not on_sqlite.scalar("select count(*) from listed where touched_on is not null")


def test_the_commands_list_and_report(on_sqlite: Session, tmp_path: Path) -> None:
    desk = Desk(on_sqlite.store.url, tmp_path / "desk")
    arguments = (
        "outreach",
        "list",
        "small",
        "mail",
        "--out",
        tmp_path / "mail.csv",
        "--to",
        VENDOR,
    )
    owners = len(in_arm(on_sqlite, "mail"))
    assert desk.do(*arguments, on=LATER)["owners"] == owners
    shown = desk.do("report", "outreach", "small", on=LATER)
    assert [(row["class"], row["mailed"]) for row in shown["classes"]] == [
        ("letter", 8),
        ("mail", 6),
        ("text", 6),
    ]
    assert [row["touched"] for row in shown["classes"]] == [0, owners, 0]
    printed = desk.run("report", "outreach", "small", "--on", LATER).out
    assert "small: answers by arm" in printed
    assert "too early to tell" in printed  # of six letters
    assert "@" not in printed
    assert "Refused" in desk.run("report", "outreach", "small", "--by", "week").err
