"""First notices: the lawful last week of a bundle, and a letter that says what is not there yet."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from corridors import world as w
from corridors.walk import pdf_text
from small_world import Desk, World, follow_up_file, vin

EARLIER, LATER = "N01", "N02"
FILED = {EARLIER: date(2013, 1, 28), LATER: date(2013, 2, 18)}
SIXTY_DAYS = timedelta(days=60)  # 49 CFR 577.7(a)(1)
REMEDY = {EARLIER: date(2013, 2, 1), LATER: date(2013, 6, 3)}  # there, and not there in March
VEHICLES = {EARLIER: vin(1), LATER: vin(2), f"{EARLIER}+{LATER}": vin(3)}
WEEKS = 10


@pytest.fixture(scope="module")
def first(shared_desk: Desk) -> Desk:
    """The first notices of two new recalls, frozen."""
    world = World(shared_desk.folder / "input").dealer(w.EAST)
    for number, code in enumerate((EARLIER, LATER), 1):
        world.campaign(
            code, nhtsa_campaign_number=f"13V0{number}0000", filed_date=FILED[code], first_notice_date=None,
            remedy_available_date=REMEDY[code],
        ).labour(code, 2.0)  # fmt: skip
    for codes, vehicle in VEHICLES.items():
        world.vehicle(vehicle, *codes.split("+"), dealer=w.EAST)
    shared_desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {
        "name": "first",
        "kind": "initial",
        "campaigns": (EARLIER, LATER),
        "horizon_weeks": WEEKS,
    }
    general = {key: value for key, value in w.RESPONSE.items() if key != w.BOTH}
    settings = follow_up_file(shared_desk.folder / "first.toml", general, **stated)
    shared_desk.do("followup", "new", settings, on=w.NOTICE)
    return shared_desk


@pytest.fixture(scope="module")
def bundles(first: Desk) -> dict[str, dict]:
    return {row["id"]: row for row in first.problem("first")["bundles"]}


def test_first_notices_are_due_sixty_days_after_the_earliest_report_of_a_bundle(bundles) -> None:
    """Guards: filed dates of a bundle's campaigns -> mail_by_week (the latest clock was taken unnoticed)."""

    def week(code: str) -> int:
        last_day = FILED[code] + SIXTY_DAYS
        return (last_day - w.MONDAYS[0]).days // 7

    assert (week(EARLIER), week(LATER)) == (3, 6)
    assert {name: row["mail_by_week"] for name, row in bundles.items()} == {
        EARLIER: 3,
        LATER: 6,
        f"{EARLIER}+{LATER}": 3,
    }


def test_a_first_notice_does_not_wait_for_a_remedy(bundles) -> None:
    assert {row["first_week"] for row in bundles.values()} == {0}


def test_a_letter_says_of_each_recall_whether_its_own_repair_is_there(first: Desk) -> None:
    """Guards: remedy dates at the day of mailing -> the words of a letter (one remedy of two was enough unnoticed)."""
    first.do("plan", "first")
    done = first.do(
        "mail", "release", "first", 1, "--out", "out", "--cleared", w.NOTICE, on=w.FIRST_LETTER
    )
    assert (done["planned"], done["printed"], done["versions"]) == (3, 3, 3)
    folder = Path(done["folder"]) / "safety"
    for name in VEHICLES:
        (file,) = folder.glob(f"{name.replace('+', '_')}-owner-en-*.pdf")
        words = " ".join(pdf_text(file).split())
        assert ("The repair is not yet available" in words) == (LATER in name), name
        assert ("The remedy is available now, without charge." in words) == (EARLIER in name)
        assert ("Call your dealer for an appointment." in words) == (EARLIER in name), name
        assert ("Please wait for our second letter" in words) == (name == LATER), name


def test_the_first_notices_that_were_mailed_begin_and_end_the_notification_that_is_reported(
    first: Desk,
) -> None:
    """Guards: accepted pieces of a first notice -> ODATE, ODATEEND, RPTNO (573.7(b)(2)); what follows moves none of them."""
    days = {EARLIER: "2013-03-07", LATER: "2013-03-08", f"{EARLIER}+{LATER}": "2013-03-11"}
    pieces = dict(first.sql("select bundle, piece_id from piece where follow_up = 'first'"))
    told = World(first.folder / "told")
    for bundle, day in days.items():
        told.add("mail_events", piece_id=pieces[bundle], kind="mailed", mailed_date=day)
    again = {"vin": VEHICLES[EARLIER], "campaign_code": EARLIER, "kind": "mailed", "mailed_date": "2013-05-02"}  # fmt: skip
    first.do("load", told.add("mail_events", **again).write(), on=date(2013, 5, 3))
    found = {
        code: first.do("report", "quarterly", code, "2013Q2", on=date(2013, 7, 1)) for code in FILED
    }
    assert [found[EARLIER][key] for key in ("ODATE", "ODATEEND", "RPTNO")] == ["2013-03-07", "2013-03-11", 2]  # fmt: skip
    # owners of the later recall were told in March that its repair comes in June: 2013Q2 is its first report
    assert [found[LATER][key] for key in ("ODATE", "ODATEEND", "RPTNO")] == ["2013-03-08", "2013-03-11", 1]  # fmt: skip
