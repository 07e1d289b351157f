"""What campaigns.toml states for letters, from the load to the print: a noncompliance, and a remedy no longer free for some."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from corridors import world as w
from corridors.walk import pdf_text
from printed import refusal
from renotify.ledger import registry
from renotify.ledger.first_letters import first_letters
from renotify.ledger.session import open_session
from renotify.publish.publishing import AlikeVehicles
from renotify.selection.freeze import as_many_as_read
from small_world import Desk, World, follow_up_file, vin

NONCOMPLIANCE = "NCP"
OLD, YOUNG, UNKNOWN = vin(1), vin(2), vin(3)
CUT = date(2000, 1, 4)  # ten years before the first notice of 2010-01-04, by the law of 2010
LACKING = {"campaign_type": "noncompliance_recall"}
STATED = LACKING | {
    "standard": "124, Accelerator Control Systems", "conditions": "in deep cold", "first_test_date": date(2009, 6, 1),
    "performance_difference": "The throttle must close in one second. In deep cold that of these cars can take four",
    "conditions_in_defect": None,
}  # fmt: skip
SPANISH = {
    "subject": "Tubo", "component": "tubo", "defect": "El tubo puede agrietarse.", "remedy": "El concesionario cambia el tubo.",
    "consequence": "El motor puede apagarse. Esto puede causar un choque sin aviso.", "warning": "un ruido", "precaution": "Pare.",
}  # fmt: skip
HALF = {
    "voluntary_extent": "We pay half of the repair", "repair_opinion": "No", "repairable": False,
}  # fmt: skip


def settings(desk: Desk, code: str) -> Path:
    stated = w.SETTINGS | {"name": "first", "campaigns": (code,)}
    return follow_up_file(desk.folder / "first.toml", {"share": 0.1}, **stated)


def letters_of(desk: Desk) -> list[dict[str, str]]:
    """The rows of `letter check` about letters, not envelopes."""
    rows = desk.do("letter", "check", "first", on=w.FIRST_LETTER)
    return [row for row in rows if row["role"] == "owner"]


def letters_of_refused(desk: Desk) -> list[dict[str, Any]]:
    """The rows of a `letter check` that refuses a version."""
    asked = desk.run("letter", "check", "first", "--on", w.FIRST_LETTER, "--json")
    return json.loads(asked.out)  # type: ignore[no-any-return]


def test_a_noncompliance_without_its_standard_is_told_at_the_load_and_refused_before_a_list_is_frozen(
    desk: Desk,
) -> None:
    world = World(desk.folder / "input").campaign(NONCOMPLIANCE, **LACKING).dealer(w.EAST)
    world.vehicle(YOUNG, NONCOMPLIANCE, dealer=w.EAST).labour(NONCOMPLIANCE, 1.0)
    notes = desk.do("load", world.write(), on=w.NOTICE)["notes"]
    told = [note for note in notes if note.startswith(f"Campaign {NONCOMPLIANCE} ")]
    assert [note.split("`")[1] for note in told] == [
        "standard", "performance_difference", "conditions", "first_test_date",
    ]  # fmt: skip
    assert told[0] == (
        'Campaign NCP is a noncompliance recall and has no `standard` with number and title, as in "301, Fuel System Integrity"'
        " (49 CFR 577.5(c)(2)): add it to campaigns.toml."
    )
    refused = desk.run("followup", "new", settings(desk, NONCOMPLIANCE), "--on", w.NOTICE)
    assert refused.code != 0
    for note in told:
        assert note in " ".join(refused.err.split())
    assert desk.do("followup", "list", on=w.NOTICE) == []
    again = World(desk.folder / "again").campaign(NONCOMPLIANCE, **STATED).write()
    assert not [note for note in desk.do("load", again, on=w.NOTICE)["notes"] if "has no" in note]
    frozen = desk.do("followup", "new", settings(desk, NONCOMPLIANCE), on=w.NOTICE)
    assert frozen["pieces"] == 1
    assert frozen["missing"] == [
        "Campaign NCP has no `claims_address` (49 CFR 577.11(d)(7)): it should have one: add it to campaigns.toml."
    ]
    (checked,) = letters_of(desk)
    assert checked["severity"] != "must", checked["finding"]
    shouting = STATED | {"remedy": "THE DEALER WILL PUT IN A NEW PIPE"}
    desk.do(
        "load", World(desk.folder / "loud").campaign(NONCOMPLIANCE, **shouting).write(), on=w.NOTICE
    )
    asked = desk.run("letter", "check", "first", "--on", w.FIRST_LETTER)
    assert asked.code == 1  # a version would be refused, and the list says which and why
    (said,) = [
        line for line in asked.out.splitlines() if line.startswith("- ") and "must: " in line
    ]
    assert said.startswith(f"- {NONCOMPLIANCE} to the owner (en), must: ")
    assert "capitals" in said
    (row,) = [one for one in letters_of_refused(desk) if one["severity"] == "must"]
    assert row["finding"][0].upper() + row["finding"][1:] in said
    assert row["citation"] not in ("", row["finding"])
    assert not row["citation"].startswith("[")  # a citation, and not the sentence again
    assert "…" not in asked.out
    assert refusal(asked.err) == (
        f"1 letter version or envelope would be refused: {NONCOMPLIANCE} to the owner (en).",
        "Mend what the findings name, then check again.",
    )


def test_one_owner_s_spanish_asks_for_the_texts_of_that_owner_s_letter_alone(desk: Desk) -> None:
    """B's owner asks for Spanish; A and B are no bundle, and A's letters are in English."""
    world = World(desk.folder / "input").dealer(w.EAST).labour(w.A, 1.0).labour(w.B, 1.0)
    world.campaign(w.A).campaign(w.B)
    world.vehicle(YOUNG, w.A, dealer=w.EAST)
    world.vehicle(OLD, w.B, dealer=w.EAST, owner=None).owner(OLD, language="es")
    notes = desk.do("load", world.write(), on=w.NOTICE)["notes"]
    (told,) = [note for note in notes if "Spanish" in note]
    assert told == (
        f"Campaign {w.B} has no [campaign.es], and 1 owner of its vehicles is written to in Spanish too (49 CFR 577.5(a)):"
        " state its texts there in campaigns.toml."
    )
    stated = w.SETTINGS | {"name": "first", "campaigns": (w.A, w.B)}
    file = follow_up_file(desk.folder / "first.toml", {"share": 0.1}, **stated)
    said = desk.run("followup", "new", file, "--on", w.NOTICE)
    lines = said.err.splitlines()
    assert lines[0].startswith("Refused: No letter can be printed before ")
    facts = [line for line in lines[1:] if "Campaign" in line]
    assert facts
    assert all(line.startswith(f"  Campaign {w.B} has no ") for line in facts)
    spanish = World(desk.folder / "again").campaign(w.B, es=SPANISH).write()
    assert not [
        note for note in desk.do("load", spanish, on=w.NOTICE)["notes"] if "Spanish" in note
    ]
    assert desk.do("followup", "new", file, on=w.NOTICE)["listed"] == 2


def test_a_spanish_text_is_asked_for_by_the_load_where_an_owner_gets_spanish_and_nowhere_else(
    desk: Desk,
) -> None:
    """The load asked for twelve Spanish keys of a campaign whose owners all are written to in English."""
    world = World(desk.folder / "input").dealer(w.EAST).labour(w.A, 1.0)
    half = {"es": {key: text for key, text in SPANISH.items() if key != "defect"}}
    world.campaign(w.A, conditions="in deep cold", **half)
    world.vehicle(YOUNG, w.A, dealer=w.EAST, owner=None).owner(YOUNG, language="en")
    notes = desk.do("load", world.write(), on=w.NOTICE)["notes"]
    assert not [note for note in notes if "[campaign.es]" in note]
    other = World(desk.folder / "owners")
    other.owner(YOUNG, language="es", as_of=w.NOTICE)
    again = desk.do("load", other.write(), on=w.NOTICE)["notes"]
    assert [note.split("`")[1] for note in again if "under [campaign.es]" in note] == [
        "defect",
        "conditions",
    ]


def test_a_long_list_of_missing_facts_says_how_many_more_there_are() -> None:
    assert as_many_as_read(["Campaign A has no `defect`."]) == " Campaign A has no `defect`."
    twenty = [f"Fact {number}." for number in range(1, 21)]
    assert as_many_as_read(twenty).splitlines()[1:] == [f"  {fact}" for fact in twenty]
    lines = as_many_as_read([*twenty, "Fact 21.", "Fact 22."]).splitlines()
    assert lines[-2:] == ["  Fact 19.", "  And 3 facts more."]


def test_letters_are_checked_for_the_days_that_they_leave_out_or_promise_too_soon_on_their_own_day(
    desk: Desk,
) -> None:
    """What was far away when the list was frozen is near, or over, on the day of the letter."""
    world = World(desk.folder / "input").dealer(w.EAST).labour(w.A, 1.0)
    soon = w.FIRST_LETTER + timedelta(days=5)
    world.campaign(w.A, first_notice_date=None, remedy_available_date=None, next_notice_date=soon)
    world.vehicle(YOUNG, w.A, dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {"name": "first", "kind": "interim", "campaigns": (w.A,)}
    desk.do(
        "followup", "new", follow_up_file(desk.folder / "first.toml", {"share": 0.1}, **stated), on=w.NOTICE,
    )  # fmt: skip
    said = [(row["severity"], row["finding"]) for row in letters_of(desk)]
    gap = f"`next_notice_date` {soon} is 5 days after {w.FIRST_LETTER}"
    later = "and owners would hear again so soon: state a later day (house policy)."
    assert said == [("should", f"Campaign {w.A}: {gap}, {later}")]


def test_letters_are_checked_for_the_vehicles_that_are_too_old_on_their_own_day(desk: Desk) -> None:
    """30120(g)(1), ten years by the law of 2013: sold on 1 March 2003, checked on 26 February 2013, mailed on 5 March 2013."""
    world = World(desk.folder / "input").dealer(w.EAST).labour(w.A, 1.0)
    world.campaign(
        w.A, conditions="in deep cold", first_notice_date=None, filed_date=date(2013, 2, 20), **HALF
    )
    for number, sold in ((OLD, date(2003, 3, 1)), (YOUNG, date(2003, 3, 5))):
        world.vehicle(number, w.A, dealer=w.EAST, model_year=2003, first_sale_date=sold)
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {"name": "first", "kind": "initial", "campaigns": (w.A,)}
    desk.do(
        "followup",
        "new",
        follow_up_file(desk.folder / "first.toml", {"share": 0.1}, **stated),
        on=w.NOTICE,
    )
    rows = desk.do("letter", "check", "first", on=w.NOTICE)
    assert sorted(row["not_free"] for row in rows if row["role"] == "owner") == ["", w.A]


def test_letters_of_a_later_wave_count_back_from_the_first_one_that_went(desk: Desk) -> None:
    """30120(g)(1): notice is given once. Sold on 7 March 2003: less than ten years before 5 March 2013, more before 12 March."""
    world = World(desk.folder / "input").dealer(w.EAST).labour(w.A, 1.0)
    world.campaign(
        w.A, conditions="in deep cold", first_notice_date=None, filed_date=date(2013, 2, 20), **HALF
    )
    for number in (OLD, YOUNG):
        world.vehicle(number, w.A, dealer=w.EAST, model_year=2003, first_sale_date=date(2003, 3, 7))
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {"name": "first", "kind": "initial", "campaigns": (w.A,)}
    file = follow_up_file(desk.folder / "first.toml", {"share": 0.1}, **stated)
    desk.do("followup", "new", file, on=w.NOTICE)
    desk.do("plan", "first", "--policy", "uniform:2")

    def terms(on: date) -> set[str]:
        rows = desk.do("letter", "check", "first", on=on)
        return {row["not_free"] for row in rows if row["role"] == "owner"}

    second = w.FIRST_LETTER + timedelta(weeks=1)
    assert terms(w.NOTICE) == {""}
    cleared = ("--cleared", date(2013, 2, 20))
    desk.do("mail", "release", "first", 1, "--out", "out", *cleared, on=w.FIRST_LETTER)
    assert terms(second) == {""}
    with open_session(desk.ledger) as session:
        begun, known = first_letters(session, [w.A]), registry.campaigns(session, [w.A])
    assert begun == {w.A: w.FIRST_LETTER}
    # the look-up pages of that day count from the same one: ten years before 5 March 2013
    assert AlikeVehicles(known, second, begun)._old[w.A].sold_before == date(2003, 3, 5)
    done = desk.do("mail", "release", "first", 2, "--out", "out", on=second)
    (letter,) = Path(done["folder"]).glob("safety/*.pdf")
    assert "without charge to you for parts or labor" in " ".join(pdf_text(letter).split())


def test_a_letter_that_is_dated_on_a_federal_holiday_is_told_with_the_next_day_of_the_mail(
    desk: Desk,
) -> None:
    """27 May 2013 is Memorial Day, a Monday: waves begin on Mondays."""
    world = (
        World(desk.folder / "input")
        .dealer(w.EAST)
        .labour(w.A, 1.0)
        .campaign(w.A, conditions="in deep cold")
    )
    world.vehicle(YOUNG, w.A, dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    desk.do("followup", "new", settings(desk, w.A), on=w.NOTICE)
    for day, told in ((date(2013, 5, 27), True), (date(2013, 5, 28), False)):
        found = desk.do("letter", "check", "first", on=day)
        said = [
            row["finding"]
            for row in found
            if row["role"] == "owner" and "holiday" in row["finding"]
        ]
        assert [
            one.startswith(f"the letter is dated {day}, a Federal holiday") for one in said
        ] == [True] * told
        assert all("release the wave on 2013-05-28" in one for one in said)


def test_a_vehicle_sold_too_long_ago_is_told_what_the_maker_still_does_and_the_others_that_it_is_free(
    shared_desk: Desk,
) -> None:
    """Sold on the day ten years before the notice is not more than ten years; a day that nobody knows ends nothing."""
    desk = shared_desk
    world = World(desk.folder / "input").campaign(w.A, **HALF).dealer(w.EAST).labour(w.A, 1.0)
    for number, sold in ((OLD, date(2000, 1, 3)), (YOUNG, CUT), (UNKNOWN, None)):
        world.vehicle(number, w.A, dealer=w.EAST, model_year=2006, first_sale_date=sold or "")
    desk.do("load", world.write(), on=w.NOTICE)
    desk.do("followup", "new", settings(desk, w.A), on=w.NOTICE)
    desk.do("plan", "first")
    assert sorted(row["not_free"] for row in letters_of(desk)) == ["", w.A]
    done = desk.do("mail", "release", "first", 1, "--out", "out", on=w.FIRST_LETTER)
    folder = Path(done["folder"])
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        files = {row["vin"]: row["file"] for row in csv.DictReader(file)}
    assert files[YOUNG] == files[UNKNOWN] != files[OLD]
    old, young = (" ".join(pdf_text(folder / files[v]).split()) for v in (OLD, YOUNG))
    assert (
        "is not required by the Act to remedy this problem on your vehicle without charge. We pay half"
        in old
    )
    assert "without charge to you for parts or labor" not in old
    assert "without charge to you for parts or labor" in young
    assert "We pay half" not in young
