"""A follow-up of 400 vehicles in a small ledger, its letters drawn by lot into arms or weeks, and answers that are planted."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cli_support import follow_up_file
from folder import ON, Folder, make_vin
from renotify.campaigns.follow_up_settings import FollowUpSettings, read
from renotify.ledger import follow_ups, intake
from renotify.ledger.session import Session
from renotify.planner import from_ledger
from renotify.selection.freeze import freeze_follow_up

MAILED = date(2013, 3, 5)
MONDAY = date(2013, 3, 4)
OWNERS = 400
WEEKS = 8  # of 50 letters
ARMS = [{"name": "letter", "share": 0.5}, {"name": "mail", "share": 0.5, "channel": "email"}]
SPANISH = dict.fromkeys(("component", "defect", "consequence", "remedy"), "Hecho inventado.")
AS_OF = (date(2012, 12, 1), date(2011, 1, 1), date(2005, 1, 1))  # addresses of three ages, in turn


def freeze(session: Session, path: Path, **outreach_: object) -> None:
    """A planned follow-up of 400 vehicles at two dealers; every fifth owner asks for Spanish."""
    folder = Folder(path / "input").campaign("9LA", es=SPANISH)
    folder.dealer().dealer("D0002", "W")
    for number in range(OWNERS):
        folder.vehicle(make_vin(number), "9LA", dealer=f"D000{1 + number % 2}", owner=None)
        language = "" if number % 5 else "es"
        folder.owner(make_vin(number), as_of=AS_OF[number % 3], language=language)
    intake.load(session, [folder.write()], on=ON, rejects_dir=path)
    freeze_follow_up(session, settings(path, "small", outreach=outreach_), ON)
    from_ledger.plan_follow_up(session, "small", "greedy")


def settings(path: Path, name: str, **stated: object) -> FollowUpSettings:
    file = follow_up_file(
        path,
        ["9LA"],
        name=name,
        mail_house_letters_per_week=OWNERS // WEEKS,
        horizon_weeks=12,
        **stated,
    )
    return read(file)


def mail(session: Session, weeks: int = 99) -> None:
    """Every letter of the first weeks goes out on the Tuesday of its own week."""
    for week in range(weeks):
        with session.transaction():
            session.execute(
                "update piece set state = 'accepted', mailed_on = :day where vin in"
                " (select vin from listed where follow_up = 'small' and week = :week)",
                day=MAILED + timedelta(weeks=week), week=week,
            )  # fmt: skip
        if not session.scalar("select count(*) from listed where week > :week", week=week):
            return


def touch(session: Session) -> None:
    """Everybody of the arm that is to be reached by e-mail is."""
    with session.transaction():
        session.execute("update listed set touched_on = :day where arm = 'mail'", day=MAILED)


def book(session: Session, path: Path, visits: dict[str, date]) -> None:
    later = Folder(path / "later")
    for number, (vin, day) in enumerate(visits.items()):
        later.appointment(vin, "D0001", "9LA", day=day, status="done")
        later.rows["appointments"][-1].update(appointment_id=f"A{number}", booked_on=day)
    intake.load(session, [later.write()], on=date(2013, 6, 3), rejects_dir=path)


def rows(session: Session) -> list[dict[str, Any]]:
    return [row for row in follow_ups.listed(session, "small").to_pylist() if not row["left_out"]]


def by_class(found: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {row["class"]: (row["mailed"], row["answered"]) for row in found["classes"]}


def arms_answered(session: Session, path: Path) -> None:
    """All letters out by their weeks; of arm letter the first 20 answer a week later, of arm mail the first 50."""
    freeze(session, path, arms=ARMS)
    mail(session)
    touch(session)
    book(
        session,
        path,
        {row["vin"]: MAILED + timedelta(weeks=row["week"] + 1) for row in answering(session)},
    )


def answering(session: Session) -> list[dict[str, Any]]:
    planted = {"letter": 20, "mail": 50}
    return [
        row
        for arm, count in planted.items()
        for row in [one for one in rows(session) if one["arm"] == arm][:count]
    ]


def order_drawn(session: Session, path: Path) -> None:
    freeze(session, path, randomise=True)


def by_days(session: Session, path: Path) -> None:
    """Every letter goes on the Tuesday of its week; of arm letter the first 20 answer, of the Tuesday's the first 50."""
    days = [ARMS[0], {"name": "mail", "share": 0.5, "day": "Tuesday"}]
    freeze(session, path, arms=days)
    mail(session)
    book(
        session,
        path,
        {row["vin"]: MAILED + timedelta(weeks=row["week"] + 1) for row in answering(session)},
    )
