"""What is registered of a campaign, as a person asks for it: counts, facts and who stated them when, work, letters."""

from __future__ import annotations

from datetime import date

import pytest

from small_world import Desk, World, vin

FIRST, SECOND = date(2013, 2, 26), date(2013, 4, 2)
DOCUMENT = """
[[campaign.document]]
kind = "technical_instructions"
revision = "{}"
effective_date = {}
url = "https://tis.example/{}"
"""


def _with_document(text: str, revision: str, day: date) -> str:
    scope = "[[campaign.scope]]"
    return text.replace(scope, DOCUMENT.format(revision, day, revision) + scope, 1)


@pytest.fixture(scope="module")
def stated_twice(shared_desk: Desk) -> Desk:
    """A campaign of two vehicles, stated again five weeks later with its defect in other words and new instructions from May on."""
    desk = shared_desk
    world = World(desk.folder / "first").campaign("9LA", risk_weight=2.5).dealer("D0001")
    world.campaign("ALE").labour("9LA", 2.0).labour("9LA+ALE", 4.5, model="IS 250").labour("ALE", 7)
    world.part("PIPE").takes("9LA", "PIPE", 1)
    for number in (1, 2):
        world.vehicle(vin(number), "9LA", dealer="D0001")
    folder = world.write()
    file = folder / "campaigns.toml"
    whole = file.read_text(encoding="utf-8")
    first = _with_document(whole, "A", FIRST)
    file.write_text(first, encoding="utf-8")
    desk.do("load", folder, on=FIRST)
    later = first.replace("A part can break.", "A pipe can leak.", 1)
    file.write_text(_with_document(later, "B", date(2013, 5, 6)), encoding="utf-8")
    desk.do("load", file, on=SECOND)
    return desk


def test_a_campaign_shows_its_counts_work_and_the_list_behind_them(stated_twice: Desk) -> None:
    shown = stated_twice.do("campaign", "show", "9la", on=SECOND)
    assert (shown["campaign"], shown["counts"]["open"]) == ("9LA", 2)
    assert shown["counts"]["list"] == "renotify vehicles --campaign 9LA --status open"
    assert shown["models"] == [{"model": "IS 250", "year": 2006, "vehicles": 2}]
    assert [(one["campaigns"], one["model"], one["hours"]) for one in shown["hours"]] == [
        ("9LA", "", 2.0), ("9LA+ALE", "IS 250", 4.5),
    ]  # fmt: skip
    assert [(one["part_no"], one["qty"]) for one in shown["kits"]] == [("PIPE", 1.0)]
    assert shown["letters"] == []
    assert shown["facts"]["risk_weight"] == 2.5
    assert "warning" not in shown["facts"]  # nothing is stated of one
    assert {row["campaign"] for row in shown["clocks"]} == {"9LA"}


def test_a_day_that_changes_no_count_says_so_and_names_the_command_that_does(
    stated_twice: Desk,
) -> None:
    told = (
        f"Counts are as known now: --on {FIRST} is the day of documents and clocks only."
        f" As they stood then: renotify status --campaign 9LA --as-of {FIRST}."
    )
    assert stated_twice.do("campaign", "show", "9LA", on=FIRST)["note"] == told
    assert told in " ".join(stated_twice.run("campaign", "show", "9LA", "--on", FIRST).out.split())
    assert "note" not in stated_twice.do("campaign", "show", "9LA")


def test_its_history_says_what_was_changed_when_and_from_which_file(stated_twice: Desk) -> None:
    first, second = stated_twice.do("campaign", "show", "9LA", on=SECOND)["history"]
    assert (first["stated_on"], second["stated_on"]) == (FIRST.isoformat(), SECOND.isoformat())
    assert {first["by"], second["by"]} == {"catalogue"}
    assert second["file"].endswith("campaigns.toml")
    changed = {one["key"]: (one["before"], one["now"]) for one in second["changed"]}
    assert changed.keys() == {"defect", "documents"}
    assert changed["defect"] == ("A part can break.", "A pipe can leak.")
    said = stated_twice.run("campaign", "show", "9LA", "--on", SECOND).out
    assert "defect: A part can break. -> A pipe can leak." in said


def test_of_its_documents_the_one_in_force_on_the_day_is_marked(stated_twice: Desk) -> None:
    def in_force(day: date) -> list[tuple[str, bool]]:
        shown = stated_twice.do("campaign", "show", "9LA", on=day)["documents"]
        return [(one["revision"], one["in_force"]) for one in shown]

    assert in_force(SECOND) == [("A", True), ("B", False)]
    assert in_force(date(2013, 5, 6)) == [("A", False), ("B", True)]


def test_a_campaign_that_nobody_registered_is_refused_with_the_nearest(stated_twice: Desk) -> None:
    answer = stated_twice.run("campaign", "show", "9LB")
    assert (answer.code, answer.out) == (1, "")
    assert "Did you mean 9LA" in answer.err
