"""``plan``, ``replan``, ``simulate``, ``workload``: what they print, their documents, and what they refuse."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest

import two_dealers as w
from opened_counts import opened
from printed import cells, refusal, row, rows, sentences
from renotify.cli.plan import print_plan
from small_world import Desk

BOTH = f"{w.PMP}+{w.STP}"
ALL_AT_ONCE = {(w.PMP, w.EAST): 3, (w.PMP, w.WEST): 3, (BOTH, w.EAST): 1, (w.SVC, w.WEST): 2}


@pytest.fixture
def unbooked(office: Desk) -> Desk:
    """The same world with both visits called off: a plan writes to all nine owners."""
    w.call_off_visits(office)
    return office


# ---- plan


def test_a_plan_prints_letters_by_the_monday_of_their_week_and_bundle(unbooked: Desk) -> None:
    printed = unbooked.run("plan", "spring", "--policy", "all-at-once").out
    assert row(printed, "week") == ["week", w.PMP, BOTH, w.SVC, "all"]
    assert row(printed, str(w.FIRST_WEEK)) == [str(w.FIRST_WEEK), "6", "1", "2", "9"]
    # of the pumps nobody said what comes; of the bolts none is confirmed before the second week
    assert sentences(printed)[0].startswith(f"No supply is loaded for {w.PUMP}, which ")
    assert sentences(printed)[1] == (
        "This plan breaks limits, so what it reaches is on paper only."
    )
    assert "more than any plan within the limits can, because it breaks them" in printed


def test_the_document_of_a_plan_counts_every_letter_once(unbooked: Desk) -> None:
    planned = unbooked.do("plan", "spring", "--policy", "all-at-once")
    letters = {(one["bundle"], one["dealer"]): one["count"] for one in planned["letters"]}
    assert letters == ALL_AT_ONCE
    assert {one["week"] for one in planned["letters"]} == {0}
    assert (planned["held"], planned["owed"], planned["interim"]) == ([], [], [])
    assert planned["first_week"] == "2013-03-04"
    assert planned["first_letter"] == "2013-03-05"
    assert planned["meta"]["policy"] == "all-at-once"


def test_a_plan_removes_risk_from_the_week_of_each_answer_on(unbooked: Desk) -> None:
    planned = unbooked.do("plan", "spring", "--policy", "all-at-once")
    # an answer of week t takes its vehicle off the road for the weeks t to 3; every campaign weighs 1, two campaigns 2
    weeks = sum(w.answered(t) * (w.WEEKS - t) for t in range(w.WEEKS))
    risk = 3 * 1 + 3 * 1 + 1 * 2 + 2 * 1
    assert planned["objective"] == pytest.approx(risk * weeks, abs=1e-4)
    assert planned["gap"] < 0


def test_a_plan_writes_to_nobody_who_has_a_visit_booked_and_says_so(office: Desk) -> None:
    """Of nine owners two are booked: one of both recalls at EAST, one at WEST."""
    planned = office.do("plan", "spring", "--policy", "all-at-once")
    letters = {(one["bundle"], one["dealer"]): one["count"] for one in planned["letters"]}
    assert letters == {(w.PMP, w.EAST): 3, (w.PMP, w.WEST): 2, (w.SVC, w.WEST): 2}
    waits = "a visit is booked: no letter while it stands"
    assert planned["held"] == [
        {"bundle": f"{w.PMP}:visit booked", "dealer": w.WEST, "count": 1, "reason": waits},
        {"bundle": f"{BOTH}:visit booked", "dealer": w.EAST, "count": 1, "reason": waits},
    ]
    said = office.run("plan", "spring", "--policy", "all-at-once").out
    assert f"Held: 2 owners get no letter within the horizon: {waits} (2)." in said


def test_the_best_plan_keeps_all_limits_and_proves_itself(unbooked: Desk) -> None:
    planned = unbooked.do("plan", "spring")
    assert planned["meta"]["policy"] == "optimal"
    assert 0 <= planned["gap"] < 0.05
    assert planned["objective"] <= planned["bound"] + 1e-6
    assert sum(one["count"] for one in planned["letters"]) + sum(
        one["count"] for one in planned["held"]
    ) == sum(ALL_AT_ONCE.values())
    assert not any("breaks limits" in message for message in planned["messages"])
    # the one visit that takes bolts may come no sooner than the bolts
    bolts = [one["week"] for one in planned["letters"] if one["bundle"] == BOTH]
    assert all(week >= 1 for week in bolts)


def test_held_owners_are_said_below_the_plan(unbooked: Desk) -> None:
    planned = unbooked.do("plan", "spring", "--policy", "uniform:9")
    held = sum(one["count"] for one in planned["held"])
    letters = sum(one["count"] for one in planned["letters"])
    # nine owners over nine weeks, one a week, and four weeks lie in the horizon
    assert (letters, held) == (4, 5)
    (said,) = [
        line
        for line in unbooked.run("plan", "spring", "--policy", "uniform:9").out.splitlines()
        if line.startswith("Held: ")
    ]
    assert said.startswith("Held: 5 owners get no letter within the horizon: ")
    assert {one["reason"] for one in planned["held"]} == {said.split(": ")[2].rpartition(" (")[0]}


def test_who_is_held_and_who_gets_a_letter_when_is_opened_by_what_the_plan_prints(
    office: Desk,
) -> None:
    """Five owners are held, four get a letter: the lists that are named have as many."""
    said = office.run("plan", "spring", "--policy", "uniform:9").out.splitlines()
    (held,) = [line for line in said if line.startswith("5 held owners: ")]
    (every,) = [line for line in said if line.startswith("Who gets a letter when: ")]
    assert opened(office, held.partition(": ")[2]) == {5}
    counted = office.do(*every.partition(": ")[2].split()[1:])
    assert sum(row["count"] for row in counted["rows"] if row["week"]) == 4
    draft = office.run("plan", "spring", "--policy", "uniform:9", "--as", "slow").out
    assert "held owners:" not in draft


def test_a_plan_made_again_takes_the_place_of_the_plan_before(unbooked: Desk) -> None:
    unbooked.do("plan", "spring", "--policy", "uniform:3")
    waves = unbooked.do("followup", "show", "spring")["waves"]
    assert [(one["wave"], one["week"], one["planned"]) for one in waves] == [
        (1, "2013-03-04", 3),  # nine owners of three bundles over three weeks
        (2, "2013-03-11", 3),
        (3, "2013-03-18", 3),
    ]


@pytest.mark.parametrize(
    ("policy", "sentence", "hint"),
    [
        ("fastest", "There is no policy 'fastest'.", "Choose optimal, exact, greedy, uniform:N,"),
        ("Optimal", "There is no policy 'Optimal'.", "Choose optimal, exact, greedy, uniform:N,"),
        ("uniform", "There is no policy 'uniform'.", "Choose optimal, exact, greedy, uniform:N,"),
        ("uniform:", "The policy 'uniform:' needs a number of weeks.", "Say uniform:8."),
        ("uniform:0", "The policy 'uniform:0' needs a number of weeks.", "Say uniform:8."),
        ("uniform:-1", "The policy 'uniform:-1' needs a number of weeks.", "Say uniform:8."),
    ],
)
def test_a_policy_nobody_has_is_wrong_use_and_the_plan_stays(
    office: Desk, policy: str, sentence: str, hint: str
) -> None:
    before = office.sql("select policy, document from plan")
    said = office.run("plan", "spring", "--policy", policy)
    assert (said.code, said.out) == (2, "")
    found = refusal(said.err)
    assert found[0] == sentence
    assert found[1].startswith(hint)
    assert office.sql("select policy, document from plan") == before


def test_a_plan_is_of_a_name_or_of_a_document(office: Desk) -> None:
    for arguments in (("plan",), ("plan", "spring", "--problem", w.settings_file(office.folder))):
        said = office.run(*arguments)
        assert (said.code, said.out) == (2, "")
        assert refusal(said.err)[0] == (
            "Plan either a follow-up by its NAME or a document by --problem FILE.json."
        )


def test_the_problem_is_written_and_nothing_is_planned(office: Desk) -> None:
    before = office.sql("select document from plan")
    file = office.folder / "problem.json"
    said = office.run("plan", "spring", "--out", file)
    assert (said.code, said.out) == (0, "")
    assert (
        said.err == f"The problem of spring is in {file}. Plan it: renotify plan --problem {file}\n"
    )
    assert office.sql("select document from plan") == before
    problem = json.loads(file.read_text(encoding="utf-8"))
    assert problem["weeks"] == w.WEEKS
    bundles = {one["id"]: one for one in problem["bundles"]}
    assert bundles[w.PMP]["hours"] == 2.0
    booked = bundles[f"{BOTH}:visit booked"]
    assert booked["hours"] == 2.7  # stated for both
    assert booked["kits"] == {w.PUMP: 1.0, w.BOLT: 2.0}
    assert not any(booked["response"])
    assert bundles[w.SVC]["kits"] == {}
    # three and six by then, a pack of five of the six, less the two that the booked owner has
    assert problem["supply"][w.BOLT][: w.WEEKS] == [0.0, 0.0, 3.0, 3.0]
    assert w.PUMP not in problem["supply"]  # nobody said that it is short


def test_a_problem_gives_the_same_plan_without_the_ledger(office: Desk) -> None:
    file = office.folder / "problem.json"
    assert office.run("plan", "spring", "--out", file).code == 0
    alone = office.do("plan", "--problem", file)
    with_ledger = office.do("plan", "spring")
    assert alone["letters"] == with_ledger["letters"]
    assert alone["objective"] == with_ledger["objective"]
    assert "first_week" not in alone
    stated = json.loads(file.read_bytes())
    first = date.fromisoformat(stated.pop("monday"))
    by_day = dict(weeks(office.run("plan", "--problem", file).out, r"\d{4}-"))
    file.write_text(json.dumps(stated), encoding="utf-8")
    by_number = dict(weeks(office.run("plan", "--problem", file).out, r"\d+ "))  # no calendar
    assert by_number
    assert by_day == {
        str(first + timedelta(weeks=int(week))): counts for week, counts in by_number.items()
    }


def weeks(printed: str, week: str) -> list[tuple[str, list[str]]]:
    """The printed rows whose first cell is a week of a pattern, with their counts."""
    found = [cells(line) for line in printed.splitlines() if re.match(week, line)]
    return [(first, counts) for first, *counts in found]


def test_where_there_is_no_room_for_all_bundles_those_with_the_fewest_letters_go_and_the_totals_stay(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty characters hold three of six bundles beside the week and the total; bundle_n has n + 1 owners, twenty-one in all."""
    bundles = [f"bundle_{n}" for n in range(6)]
    problem = {
        "weeks": 2,
        "bundles": [{"id": name, "risk": 1, "hours": 0, "response": [1.0]} for name in bundles],
        "dealers": [{"id": "d"}],
        "owners": [
            {"bundle": name, "dealer": "d", "count": n + 1} for n, name in enumerate(bundles)
        ],
    }
    file = office.folder / "problem.json"
    file.write_text(json.dumps(problem), encoding="utf-8")
    monkeypatch.setenv("COLUMNS", "44")
    printed = office.run("plan", "--problem", file).out
    assert row(printed, "week") == ["week", "bundle_3", "bundle_4", "bundle_5", "all"]
    assert row(printed, "0") == ["0", "4", "5", "6", "21"]
    assert "Not shown for want of room: bundle_0, bundle_1, bundle_2." in " ".join(printed.split())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[]", "problem.json holds a list, not one JSON object."),
        ('"weeks"', "problem.json holds a str, not one JSON object."),
        ("{", "problem.json is not a JSON document: "),
        ("weeks = 4", "problem.json is not a JSON document: "),
    ],
)
def test_a_problem_that_is_no_object_is_refused_with_the_page_that_says_how(
    office: Desk, content: str, sentence: str
) -> None:
    file = office.folder / "problem.json"
    file.write_text(content, encoding="utf-8")
    said = office.run("plan", "--problem", file)
    assert (said.code, said.out) == (1, "")
    found, hint = refusal(said.err)
    assert found.startswith(sentence)
    assert hint == "See the problem document in docs/reference/problem.md."


@pytest.mark.parametrize("workers", ["0", "-1", "two", "1.5"])
@pytest.mark.parametrize("command", ["plan", "replan", "simulate", "rehearse"])
def test_work_is_done_by_one_process_or_more(office: Desk, command: str, workers: str) -> None:
    said = office.run(command, "spring", "--workers", workers)
    assert (said.code, said.out) == (2, "")
    assert "--workers" in said.err


def test_a_problem_is_planned_from_an_earlier_plan_and_says_what_it_keeps(office: Desk) -> None:
    problem, before = office.folder / "spring.json", office.folder / "before.json"
    office.run("plan", "spring", "--out", problem)
    before.write_text(json.dumps(office.do("plan", "--problem", problem)))
    letters = sum(row["count"] for row in json.loads(before.read_text())["letters"])
    again = office.do("plan", "--problem", problem, "--start", before)
    assert again["messages"][0] == (
        f"before.json is its start: of {letters} letters with a remedy {letters} keep their week and dealer, and it removes no less than"
        " these letters do as far as today's limits hold them."
    )
    assert office.run("plan", "--problem", problem, "--start", problem).err.startswith(
        "Refused: spring.json is not the document of a plan: it has no letters."
    )


def test_a_start_is_asked_for_with_a_problem_and_a_policy_that_searches(office: Desk) -> None:
    problem, before = office.folder / "spring.json", office.folder / "before.json"
    office.run("plan", "spring", "--out", problem)
    before.write_text(json.dumps(office.do("plan", "--problem", problem)))
    alone = office.run("plan", "spring", "--start", before)
    assert alone.code == 2
    assert "--start is read with --problem." in alone.err
    plain = office.run("plan", "--problem", problem, "--start", before, "--policy", "greedy")
    assert plain.err.startswith("Refused: The policy greedy reads no start")


def test_a_plan_is_the_same_with_one_worker_and_with_two(office: Desk) -> None:
    one, two = (office.do("plan", "spring", "--workers", number) for number in (1, 2))
    assert one == two


# ---- replan


def test_a_replan_before_anything_came_in_plans_everybody_again(office: Desk) -> None:
    planned = office.do("replan", "spring", on=w.FIRST_WEEK)
    mailed = sum(one["count"] for one in planned["letters"])
    held = sum(one["count"] for one in planned["held"])
    assert mailed + held == 9


def test_a_replan_says_what_lists_who_is_held_and_who_waits(
    office: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two of three gravest letters are of the third week, one of none; ``--week-since`` of a Thursday is of its Monday."""
    document: dict[str, Any] = {
        "letters": [], "messages": [], "interim": [], "objective": 1.0, "gap": None, "first_week": "2013-03-04",
        "held": [{"bundle": "PMP", "dealer": w.EAST, "count": 1}],
        "waiting": [{"bundle": "PMP", "week": 2, "count": 2}, {"bundle": "PMP+STP", "week": 2, "count": 1}],
    }  # fmt: skip
    print_plan(document, "spring")
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "1 held owner: renotify vehicles --follow-up spring --letters --piece listed",
        (
            "3 gravest owners who wait: renotify vehicles --piece planned --piece listed --bundle PMP --bundle PMP+STP --follow-up spring"
            " --week-since 2013-03-18 --letters --not-booked"
        ),
        "Who gets a letter when: renotify vehicles --follow-up spring --letters --by week,bundle",
    ]
    replanned = office.run("replan", "spring", "--on", w.FIRST_WEEK)
    assert (
        "Who gets a letter when: renotify vehicles --follow-up spring --letters --by"
        in replanned.out
    )


def test_letters_are_listed_by_their_campaigns_and_from_a_week_on(office: Desk) -> None:
    """All nine are of the first week: six of PMP, one of PMP and STP, two of SVC."""
    of_list = ("vehicles", "--follow-up", "spring", "--letters")
    totals = {
        "": 9, "--bundle PMP": 6, "--bundle PMP --bundle PMP+STP": 7, "--bundle stp+pmp": 1,
        "--week-since 2013-03-07": 9, "--week-since 2013-03-11": 0, "--booked": 2, "--not-booked": 7, "--not-booked --bundle pmp+stp": 0,
    }  # fmt: skip
    for words, total in totals.items():
        assert office.do(*of_list, *words.split())["total"] == total, words
    for words, named in {
        "--bundle PNP": "No letter is about 'PNP' alone.",
        "--bundle STP": "No letter is about 'STP' alone.",
        "--dealer-state QQ": "No dealer's state is 'QQ'.",
    }.items():
        said = office.run(*of_list, *words.split())
        assert (said.code, refusal(said.err)[0]) == (1, named)
    for words in ("--bundle PMP", "--week-since 2013-03-04"):
        said = office.run("vehicles", *words.split())
        assert (said.code, words.split()[0] in said.err) == (2, True)


def test_a_replan_without_a_plan_says_what_comes_first(office: Desk) -> None:
    office.do("followup", "new", w.settings_file(office.folder, name="summer"), on=w.NOTICE)
    for command in (("replan", "summer"), ("workload", "summer"), ("notices", "summer")):
        said = office.run(*command, "--on", w.NOTICE)
        assert (said.code, said.out) == (1, "")
        assert refusal(said.err) == (
            "The follow-up summer has no plan yet.",
            "Plan it with `renotify plan summer`.",
        )


# ---- simulate


def test_a_replay_prints_a_row_a_policy_and_says_its_runs_and_seed(office: Desk) -> None:
    said = office.run("simulate", "spring", "--runs", 2, "--seed", 5, "--workers", 1)
    assert said.out.splitlines()[0].strip() == "2 runs, seed 5"
    assert row(said.out, "policy")[:3] == ["policy", "mean_wait", "turned_away_share"]
    assert len(rows(said.out, "all-at-once")) == 1
    assert "±" in row(said.out, "all-at-once")[1]


@pytest.mark.parametrize("runs", ["1", "0", "-2", "many"])
def test_a_replay_needs_two_runs_to_show_a_spread(office: Desk, runs: str) -> None:
    said = office.run("simulate", "spring", "--runs", runs)
    assert (said.code, said.out) == (2, "")
    assert "--runs" in said.err


def test_a_seed_is_no_negative_number(office: Desk) -> None:
    said = office.run("simulate", "spring", "--seed", "-1")
    assert (said.code, said.out) == (2, "")
    assert "--seed" in said.err


def test_the_same_seed_gives_the_same_replay(office: Desk) -> None:
    asked = ("simulate", "spring", "--runs", 2, "--workers", 1)
    first, again = office.do(*asked), office.do(*asked)
    assert first == again
    assert set(first) == {"rows", "said", "breaks"}
    assert first["rows"][0]["policy"] == "all-at-once"


def test_a_replay_says_which_limits_the_plan_in_force_breaks_and_replays_it_within_them(
    office: Desk,
) -> None:
    """All at once, the one visit that takes bolts may be asked for before any bolt is there."""
    replay = office.do("simulate", "spring", "--runs", 2, "--workers", 1)
    limits = replay["breaks"]["all-at-once"]
    assert re.search(
        rf"kits of {w.BOLT} in the week of \S+, when none is there \(\d+\.\d missing\)", limits
    )
    assert replay["said"][0] == f"all-at-once breaks limits: {limits}."
    assert "all-at-once, within limits" in [line["policy"] for line in replay["rows"]]


def test_a_drawing_in_no_folder_is_wrong_use_and_nothing_is_printed(office: Desk) -> None:
    for command in (
        ("simulate", "spring", "--runs", 2, "--workers", 1, "--svg", "nowhere/a.svg"),
        ("workload", "spring", "--svg", "nowhere/a.svg"),
    ):
        said = office.run(*command)
        assert (said.code, said.out) == (2, "")
        assert refusal(said.err) == (
            "There is no folder nowhere.",
            "Make it first, or name another file.",
        )


# ---- workload


def test_the_workload_of_each_dealer_is_counted_from_letters_and_answers(office: Desk) -> None:
    load = office.do("workload", "spring", on=w.NOTICE)
    assert set(load) == {
        "follow_up",
        "rows",
        "tightest",
        "sentences",
        "totals",
        "heat_map",
        "others",
    }
    found = {(one["dealer"], one["week"]): one for one in load["rows"]}
    mondays = ["2013-03-04", "2013-03-11", "2013-03-18", "2013-03-25"]
    # one owner of each dealer is booked for the second week, and asks no more
    for dealer, letters, hours, booked in (
        (w.EAST, 3, 3 * 2.0, 2.7),
        (w.WEST, 4, 2 * 2.0 + 2 * 0.5, 2.0),
    ):
        for week, monday in enumerate(mondays):
            line = found[dealer, monday]
            visits, own = (letters * w.answered(week), hours * w.answered(week))
            assert line["booked_visits"] == (week == 1)
            assert line["appointments"] == pytest.approx(visits + (week == 1), abs=0.0051)
            assert line["hours"] == pytest.approx(own + booked * (week == 1), abs=0.0051)


def test_days_are_told_against_the_hours_there_are(office: Desk) -> None:
    """The East expects 5.5 of its 17 hours in four weeks of four: nothing is booked ahead; the West's hours nobody knows."""
    load = office.do("workload", "spring", on=w.NOTICE)
    east = [one for one in load["rows"] if one["dealer"] == w.EAST]
    assert {one["capacity"] for one in east} == {4.0}
    assert max(one["late_chance"] for one in east) < 0.2
    assert load["sentences"] == []
    assert all(one["capacity"] is None for one in load["rows"] if one["dealer"] == w.WEST)
    assert all(one["short"] == 0 for one in load["rows"] if one["dealer"] == w.WEST)
    assert load["totals"]["extra_technician_days"] == 0


def test_the_workload_prints_the_tightest_weeks_first(office: Desk) -> None:
    printed = office.run("workload", "spring", "--on", w.NOTICE).out
    east = row(printed, w.EAST, "2013-03-04")
    assert east[2:7] == ["0.9", "0", "0.0", "2.0", "1.9"]  # visits, booked, low, high, hours
    assert (east[8], len(east)) == ("4.0", 11)
    assert len(row(printed, w.WEST, "2013-03-04")) == 10  # no hours on file: the cell is blank
    first = next(one for one in rows(printed) if one[0] in {w.EAST, w.WEST})
    assert first[:2] == [w.EAST, "2013-03-04"]
    assert printed.startswith(
        "5 visits expected from the week of 2013-03-04 on (3 to 8 in nine of ten cases,"
        " not yet proven by past weeks): 2 booked, by letters 3,"
    )
    assert "No dealer needs to book extra days ahead." in printed


def test_the_workload_of_one_dealer_shows_no_other(office: Desk) -> None:
    load = office.do("workload", "spring", "--dealer", w.WEST, on=w.NOTICE)
    assert {one["dealer"] for one in load["rows"]} == {w.WEST}
    assert load["sentences"] == []


def test_a_plan_for_a_past_horizon_is_refused(office: Desk) -> None:
    said = office.run("replan", "spring", "--on", date(2014, 3, 4))
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err)[0]
