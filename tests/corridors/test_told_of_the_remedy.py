"""From which day a follow-up counts the 60 days of a repair where the first notice told of no remedy (577.5(g)(1)(vii)(B)).

It is the later of the remedy's day and the letter that told of it, as reports count (573.7(a)); an interim or a provisional notice is
none. The interim notice went on 12 February 2025, the remedy is there from 23 June (stated on 20 June), the letter about it went on
2 July, and the follow-up is of 8 September.
"""

from __future__ import annotations

from datetime import date

import pytest

from corridors import world as w
from renotify.ledger import follow_ups
from renotify.ledger.session import open_session
from renotify.letters.letter_text import placed
from renotify.mailing.versions import VersionKey, of_follow_up
from renotify.rules import load
from small_world import Desk, World, follow_up_file, vin

CODE, NAME = "IN1", "again"
FIRST, STATED, THERE, SECOND, AGAIN = (
    date(2025, 2, 12), date(2025, 6, 20), date(2025, 6, 23), date(2025, 7, 2), date(2025, 9, 8),
)  # fmt: skip
TO_COME = {"remedy_available_date": None, "remedy_expected_date": date(2025, 6, 2)}
COMES = {"remedy_available_date": THERE}
SPANISH = {"subject": "x", "component": "x", "defect": "x", "consequence": "Puede chocar.", "remedy": "x"}  # fmt: skip
ORDERED = {"decided_by": "administrator", "ordered_date": date(2025, 1, 10)}
IN_COURT = ORDERED | {"court": "pending", "remedy_available_date": None}
UPHELD = ORDERED | {
    "court": "upheld", "provisional_ordered_date": date(2025, 1, 20), "reimbursed_until_date": date(2025, 12, 31),
}  # fmt: skip


def stated(desk: Desk, day: date, **facts: object) -> None:
    """Load what campaigns.toml says of the recall on a day, the first time with its vehicle."""
    world = World(desk.folder / str(day))
    world.campaign(CODE, nhtsa_campaign_number="25V101000", filed_date=date(2025, 1, 13), es=SPANISH, **facts)  # fmt: skip
    if day < STATED:
        world.dealer(w.EAST).labour(CODE, 1.0).vehicle(vin(0), CODE, dealer=w.EAST)
    desk.do("load", world.write(), on=day)


def mailed(desk: Desk, *days: date) -> None:
    letters = World(desk.folder / "letters")
    for day in days:
        letters.add("mail_events", vin=vin(0), campaign_code=CODE, kind="mailed", mailed_date=day)
    desk.do("load", letters.write(), on=date(2025, 7, 15))


def complaint(desk: Desk, language: str) -> list[str]:
    """What the follow-up's letter says of the day from which the 60 days run."""
    file = desk.folder / f"{NAME}.toml"
    if not file.exists():
        settings = w.SETTINGS | {
            "name": NAME, "kind": "follow_up_voluntary", "campaigns": (CODE,), "notice_date": date(2025, 9, 1),
        }  # fmt: skip
        follow_up_file(file, {"share": 0.1}, **settings)
        desk.do("followup", "new", file, on=date(2025, 9, 1))
    with open_session(desk.ledger) as session:
        versions = of_follow_up(session, follow_ups.settings(session, NAME), mail_date=AGAIN)
    spec = versions.spec(VersionKey("safety", CODE, "owner", "en+es"))
    found = placed(spec, load(AGAIN), language)
    return [one.text for one in found if one.statement.id in ("P6N", "P6F")]


JULY = ["For Recall IN1, that date is July 2, 2025.", "Para el retiro IN1, esa fecha es el 2 de julio de 2025."]  # fmt: skip
JUNE = ["For Recall IN1, that date is June 23, 2025.", "Para el retiro IN1, esa fecha es el 23 de junio de 2025."]  # fmt: skip


@pytest.mark.parametrize("notice", [{"first_notice_date": FIRST}, {"first_notice_date": None}], ids=["stated", "by letters"])  # fmt: skip
@pytest.mark.parametrize(
    ("before", "after"), [(TO_COME, COMES), (IN_COURT, COMES | UPHELD)], ids=["interim", "provisional"]
)  # fmt: skip
@pytest.mark.parametrize(
    ("letters", "says"), [((FIRST, SECOND), JULY), ((FIRST,), JUNE)], ids=["told", "not told"]
)
def test_after_a_notice_that_told_of_no_remedy_the_day_is_that_of_the_letter_which_did(
    desk: Desk, notice, before, after, letters, says
) -> None:
    """Where the ledger has no such letter, the remedy's own day stands, as for reports: it is the earlier one, in the owner's favour."""
    stated(desk, date(2025, 2, 3), **before, **notice)
    stated(desk, STATED, **after, **notice)
    mailed(desk, *letters)
    assert [*complaint(desk, "en"), *complaint(desk, "es")] == says


def test_a_notice_that_told_the_day_of_the_remedy_counts_from_that_day(desk: Desk) -> None:
    stated(desk, date(2025, 2, 3), first_notice_date=FIRST, remedy_available_date=THERE)
    mailed(desk, FIRST, SECOND)
    assert [*complaint(desk, "en"), *complaint(desk, "es")] == JUNE


def test_a_later_wave_of_the_follow_up_says_what_its_first_one_did(desk: Desk) -> None:
    """Its own letters of a week ago are none that told of the remedy before it."""
    stated(desk, date(2025, 2, 3), **TO_COME, first_notice_date=FIRST)
    stated(desk, STATED, **COMES, first_notice_date=FIRST)
    mailed(desk, FIRST)
    assert complaint(desk, "en") == JUNE[:1]
    piece = desk.sql("select piece_id from piece")[0][0]
    own = World(desk.folder / "own").add(
        "mail_events", piece_id=piece, vin=vin(0), campaign_code=CODE, kind="mailed", mailed_date=date(2025, 9, 2)
    )  # fmt: skip
    desk.do("load", own.write(), on=date(2025, 9, 3))
    assert complaint(desk, "en") == JUNE[:1]
