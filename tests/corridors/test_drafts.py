"""Plans are kept beside the one in force, compared by hand-made figures, put in force, and refused where released letters would move."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from corridors import one_recall
from corridors import world as w
from corridors.one_recall import A_WEEK, OWNERS, SHARE, by_week
from small_world import Desk, World

SPREAD = "slow"
IN_FORCE = "in force"


@pytest.fixture
def small(desk: Desk) -> Desk:
    return with_a_draft(desk)


def with_a_draft(desk: Desk) -> Desk:
    """Planned optimally, four letters in each of three weeks; a draft has two in each of six."""
    one_recall.frozen(desk)
    assert by_week(desk.do("plan", "small", on=w.NOTICE)) == {0: 4, 1: 4, 2: 4}
    draft = desk.do("plan", "small", "--policy", "uniform:6", "--as", SPREAD, on=w.NOTICE)
    assert by_week(draft) == dict.fromkeys(range(6), 2)
    return desk


def waves(desk: Desk) -> list[tuple[str, int]]:
    shown = desk.do("followup", "show", "small")["waves"]
    return [(row["week"], row["planned"]) for row in shown]


def asked(letters: list[int]) -> list[float]:
    """Visits by week of letters by week: half of who answers asks in the week of the letter, half of the rest in the next."""
    return [
        sum(SHARE * 2.0 ** -(week - sent + 1) * letters[sent] for sent in range(week + 1))
        for week in range(w.WEEKS)
    ]


def removed(letters: list[int]) -> float:
    """Risk-weighted vehicle-weeks that letters by week remove: each visit counts from its week to the end of the horizon."""
    visits = asked(letters)
    return w.RISK[w.A] * sum(count * (w.WEEKS - week) for week, count in enumerate(visits))


def test_a_draft_leaves_the_plan_in_force_and_is_listed_with_its_letters(small: Desk) -> None:
    assert waves(small) == [(str(w.MONDAYS[week]), A_WEEK) for week in range(3)]
    (row,) = small.do("plans", "list", "small")
    assert (row["name"], row["policy"], row["made_on"]) == (SPREAD, "uniform:6", str(w.NOTICE))
    assert (row["letters"], row["held"], row["last_week"]) == (OWNERS, 0, str(w.MONDAYS[5]))


def test_plans_are_compared_by_letters_visits_risk_hours_kits_and_gap(small: Desk) -> None:
    drawing = small.folder / "plans.svg"
    found = small.do("plans", "compare", "small", "--svg", drawing, on=w.NOTICE)["plans"]
    by_name = {row["plan"]: row for row in found}
    for plan, letters in ((IN_FORCE, [4, 4, 4, 0, 0, 0]), (SPREAD, [2] * 6)):
        row, visits = by_name[plan], asked(letters)
        assert (row["letters"], row["held"]) == (OWNERS, 0)
        assert row["visits"] == row["kits"] == pytest.approx(sum(visits), abs=0.051)
        assert row["peak_hours"] == pytest.approx(max(visits), abs=0.051)
        assert row["peak_week"] == str(w.MONDAYS[visits.index(max(visits))])
        assert row["risk_weeks"] == pytest.approx(removed(letters), abs=0.051)
    assert by_name[IN_FORCE]["last_week"] == str(w.MONDAYS[2])
    assert by_name[IN_FORCE]["gap"] == pytest.approx(0, abs=1e-6)
    assert by_name[SPREAD]["gap"] > 0.1
    assert "2 plans side by side" in drawing.read_text(encoding="utf-8")
    printed = small.run("plans", "compare", "small", SPREAD, "--on", w.NOTICE).out
    assert "uniform:6" in printed
    assert "optimal" not in printed


def test_a_draft_that_is_put_in_force_is_the_plan(small: Desk) -> None:
    used = small.do("plans", "use", "small", SPREAD, on=w.NOTICE)
    assert (used["policy"], used["told_weeks"]) == ("uniform:6", [])
    assert waves(small) == [(str(monday), 2) for monday in w.MONDAYS]
    rows = small.do("workload", "small", on=w.NOTICE)["rows"]
    assert [row["appointments"] for row in rows] == pytest.approx(asked([2] * 6), abs=0.0051)


def test_all_plans_are_measured_by_one_forecast_that_of_the_day(small: Desk) -> None:
    """Half of the owners were to answer when the plans were made; a quarter is stated since: every plan brings half the visits."""
    small.do("plan", "small", "--as", "same", on=w.NOTICE)
    why = ("--by", "ana", "--because", "an older list")
    small.do("followup", "set", "small", f"response.share={SHARE / 2}", *why, on=w.NOTICE)
    small.do("plan", "small", "--as", "later", on=w.NOTICE)
    found = small.do("plans", "compare", "small", on=w.NOTICE)
    by_name = {row.pop("plan"): row for row in found["plans"]}
    for plan, letters in ((IN_FORCE, [4, 4, 4, 0, 0, 0]), (SPREAD, [2] * 6)):
        assert by_name[plan]["visits"] == pytest.approx(sum(asked(letters)) / 2, abs=0.051)
        assert by_name[plan]["risk_weeks"] == pytest.approx(removed(letters) / 2, abs=0.051)
    measured = ("letters", "last_week", "visits", "risk_weeks", "peak_hours", "kits", "late_visits")
    same = [[by_name[plan][key] for key in measured] for plan in (IN_FORCE, "same", "later")]
    assert same[0] == same[1] == same[2]
    assert found["messages"] == [
        (
            f"All plans are measured by what is known on {w.NOTICE}. Workload, notices and orders go by what was known on {w.NOTICE} until"
            " it is planned again (`renotify replan small`) or another plan is put in force (`renotify plans use small DRAFT`)."
        )
    ]


def test_the_plan_in_force_alone_is_measured_by_the_forecast_of_the_day_too(small: Desk) -> None:
    """Half of the owners were to answer, and a quarter is stated since."""
    small.do("plans", "drop", "small", SPREAD)
    why = ("--by", "ana", "--because", "an older list")
    small.do("followup", "set", "small", f"response.share={SHARE / 2}", *why, on=w.NOTICE)
    found = small.do("plans", "compare", "small", on=w.NOTICE)
    (alone,) = found["plans"]
    assert alone["visits"] == pytest.approx(sum(asked([4, 4, 4, 0, 0, 0])) / 2, abs=0.051)
    assert len(found["messages"]) == 1  # workload goes by the plan until the next one


def test_a_draft_that_is_put_in_force_brings_no_older_forecast(small: Desk) -> None:
    """The draft was made when half of the owners were to answer; on the day of use a quarter is."""
    why = ("--by", "ana", "--because", "an older list")
    small.do("followup", "set", "small", f"response.share={SHARE / 2}", *why, on=w.NOTICE)
    small.do("plans", "use", "small", SPREAD, on=w.NOTICE)
    rows = small.do("workload", "small", on=w.NOTICE)["rows"]
    by_hand = [visits / 2 for visits in asked([2] * 6)]
    assert [row["appointments"] for row in rows] == pytest.approx(by_hand, abs=0.0051)
    assert small.do("plans", "compare", "small", on=w.NOTICE)["messages"] == []


def crammed(desk: Desk) -> Desk:
    """A draft that sends all twelve letters at once, where the mail house takes four a week."""
    desk.do("plan", "small", "--policy", "all-at-once", "--as", "fast", on=w.NOTICE)
    return desk


def test_a_plan_that_breaks_limits_is_no_better_than_one_that_keeps_them(small: Desk) -> None:
    """Eight pieces of twelve are beyond the mail house; fifty kits and forty hours a week suffice for all."""
    found = crammed(small).do("plans", "compare", "small", on=w.NOTICE)
    in_force, slow, fast = found["plans"]
    assert (fast["policy"], fast["beyond_mail_house"], fast["gap"]) == ("all-at-once", 8, None)
    assert (fast["kits_short"], fast["hours_short"]) == (0, 0)
    assert fast["broken"] == [
        {"limit": "mail house", "what": "the week of 2013-03-04", "over": 8.0}
    ]
    assert [one["broken"] for one in (in_force, slow)] == [[], []]
    assert None not in (in_force["gap"], slow["gap"])
    assert found["messages"] == [
        "fast (all-at-once) breaks limits, so what it reaches is on paper only: 8 pieces beyond the mail house (the week of 2013-03-04)."
    ]
    assert "not stated" in small.run("plans", "compare", "small", "--on", w.NOTICE).out


def test_a_limit_that_was_changed_since_is_held_against_a_draft(small: Desk) -> None:
    """Two letters in each of six weeks keep four a week. From now on the mail house takes one: each of the six weeks has one too many."""
    why = ("--by", "ana", "--because", "one press")
    small.do("followup", "set", "small", "mail_house_letters_per_week=1", *why, on=w.NOTICE)
    (slow,) = small.do("plans", "compare", "small", SPREAD, on=w.NOTICE)["plans"]
    assert (slow["beyond_mail_house"], slow["gap"]) == (6, None)
    assert [one["over"] for one in slow["broken"]] == [1.0] * 6
    refused = small.run("plans", "use", "small", SPREAD, "--on", w.NOTICE)
    assert refused.code == 1
    assert "breaks limits: 6 pieces beyond the mail house" in " ".join(refused.err.split())


def test_kits_that_were_loaded_since_are_held_against_a_draft(small: Desk) -> None:
    """Two letters in each of six weeks bring 6 - 63/64 = 5.02 visits: of fifty pipes, one is left, and 4.0 are short."""
    fewer = World(small.folder / "fewer").supply(w.PIPE, {w.MONDAYS[0]: 1.0})
    small.do("load", fewer.write(), on=w.NOTICE)
    mean = ("parts_quantile=0.5", "--by", "ana", "--because", "by the middle")
    small.do("followup", "set", "small", *mean, on=w.NOTICE)
    (slow,) = small.do("plans", "compare", "small", SPREAD, on=w.NOTICE)["plans"]
    assert (slow["kits_short"], slow["hours_short"], slow["gap"]) == (4.0, 0, None)
    refused = small.run("plans", "use", "small", SPREAD, "--on", w.NOTICE)
    assert refused.code == 1
    assert f"4.0 kits short ({w.PIPE})" in " ".join(refused.err.split())
    more = World(small.folder / "more").supply(w.PIPE, {w.MONDAYS[0]: 50.0})
    small.do("load", more.write(), on=w.NOTICE)
    assert small.do("plans", "use", "small", SPREAD, on=w.NOTICE)["policy"] == "uniform:6"


def test_hours_that_were_loaded_since_are_held_against_a_draft_of_a_list_without_a_plan(
    desk: Desk,
) -> None:
    """No hours are left of forty a week: the 5.02 visits of an hour each are all short, but those that may wait beyond the horizon."""
    one_recall.frozen(desk)
    desk.do("plan", "small", "--policy", "uniform:6", "--as", SPREAD, on=w.NOTICE)
    (before,) = desk.do("plans", "compare", "small", SPREAD, on=w.NOTICE)["plans"]
    none = World(desk.folder / "none").capacity(w.EAST, {w.MONDAYS[0]: 0.0})
    desk.do("load", none.write(), on=w.NOTICE)
    (slow,) = desk.do("plans", "compare", "small", SPREAD, on=w.NOTICE)["plans"]
    assert (before["hours_short"], slow["hours_short"], slow["kits_short"]) == (0, 5.0, 0)


def test_the_plan_in_force_is_held_against_the_limits_of_the_day_as_drafts_are(small: Desk) -> None:
    """Put in force, the draft is the same letters: six weeks with one too many for a mail house that takes one, and 4.0 kits short of the
    5.02 visits where one is left. What the plan before sent, four in each of three weeks, is three too many in each.
    """
    why = ("--by", "ana", "--because", "one press")
    small.do("followup", "set", "small", "mail_house_letters_per_week=1", *why, on=w.NOTICE)
    optimal, slow = small.do("plans", "compare", "small", on=w.NOTICE)["plans"]
    assert (optimal["beyond_mail_house"], optimal["gap"], slow["beyond_mail_house"]) == (9, None, 6)
    small.do("plans", "use", "small", SPREAD, "--anyway", "as it is", "--by", "ana", on=w.NOTICE)
    fewer = World(small.folder / "fewer").supply(w.PIPE, {w.MONDAYS[0]: 1.0})
    small.do("load", fewer.write(), on=w.NOTICE)
    small.do("followup", "set", "small", "parts_quantile=0.5", *why, on=w.NOTICE)
    found = small.do("plans", "compare", "small", on=w.NOTICE)
    for one in found["plans"]:
        assert (one["beyond_mail_house"], one["kits_short"], one["gap"]) == (6, 4.0, None), one
    assert [text.partition(" ")[0] for text in found["messages"]][:2] == ["in", SPREAD]


def test_a_draft_of_a_replan_says_its_policy(small: Desk) -> None:
    small.do("mail", "release", "small", 1, "--out", "out", on=w.FIRST_LETTER)
    small.do("replan", "small", "--policy", "uniform:4", "--as", "again", on=w.FIRST_LETTER)
    (row,) = small.do("plans", "compare", "small", "again", on=w.FIRST_LETTER)["plans"]
    assert row["policy"] == f"uniform:4, replan {w.FIRST_LETTER}"


def test_a_draft_that_breaks_limits_is_put_in_force_only_by_who_says_why(small: Desk) -> None:
    before = waves(crammed(small))
    refused = small.run("plans", "use", "small", "fast", "--on", w.NOTICE)
    assert refused.code == 1
    assert "breaks limits: 8 pieces beyond the mail house (the week of 2013-03-04)." in " ".join(
        refused.err.split()
    )
    assert "--anyway REASON" in refused.err
    assert waves(small) == before
    used = small.do(
        "plans",
        "use",
        "small",
        "fast",
        "--anyway",
        "a second press",
        "--by",
        "analyst",
        on=w.NOTICE,
    )
    assert (used["anyway"]["by"], used["anyway"]["reason"]) == ("analyst", "a second press")
    assert used["messages"][0].endswith("in force anyway: a second press")
    assert waves(small) == [(str(w.MONDAYS[0]), OWNERS)]
    assert small.sql("select name from source where name like '%--anyway%'") == [
        ("plans use small fast --anyway, by analyst: a second press",)
    ]
    kept = small.do("plans", "use", "small", SPREAD, "--anyway", "nothing to pass", on=w.NOTICE)
    assert kept["anyway"] == {}  # it keeps every limit


def tell(desk: Desk, on: date) -> None:
    """Write the notices and send them."""
    desk.do("notices", "small", on=on)
    desk.do("notices", "small", "--sent", on=on)


def test_dealers_whose_told_weeks_change_are_named_until_they_are_told_again(
    desk_on_both: Desk,
) -> None:
    small = with_a_draft(desk_on_both)
    tell(small, w.NOTICE)
    used = small.do("plans", "use", "small", SPREAD, on=w.NOTICE)
    told = {row["week"]: (row["told"], row["now"]) for row in used["told_weeks"]}
    assert told == {str(monday): (4 if week < 3 else 0, 2) for week, monday in enumerate(w.MONDAYS)}
    (said,) = used["messages"]
    assert f"1 dealer was told other weeks than this plan has: {w.EAST} (4 told" in said
    again = small.do("replan", "small", on=w.FIRST_LETTER)
    assert again[
        "told_weeks"
    ]  # the letters of later weeks come back to the third: still not as told
    tell(small, w.FIRST_LETTER)
    assert small.do("replan", "small", on=w.FIRST_LETTER)["told_weeks"] == []


def test_nobody_was_told_by_a_notice_that_is_written_and_not_sent(small: Desk) -> None:
    small.do("notices", "small", on=w.NOTICE)
    assert small.do("plans", "use", "small", SPREAD, on=w.NOTICE)["told_weeks"] == []
    small.do("notices", "small", "--sent", on=w.NOTICE)  # those of the plan before: six weeks now
    told = {row["week"]: (row["told"], row["now"]) for row in said_of_told(small)}
    assert told == {str(monday): (4 if week < 3 else 0, 2) for week, monday in enumerate(w.MONDAYS)}


def test_notices_that_are_written_again_tell_nothing_before_they_are_sent_again(
    small: Desk,
) -> None:
    tell(small, w.NOTICE)
    small.do("plans", "use", "small", SPREAD, on=w.NOTICE)
    small.do("notices", "small", on=w.FIRST_LETTER)
    assert len(said_of_told(small)) == w.WEEKS
    sent = small.do("notices", "small", "--sent", on=w.FIRST_LETTER)
    assert (sent["stated"], sent["notes"]) == (
        2,
        [],
    )  # the second edition, to the dealer and its area
    assert said_of_told(small) == []
    assert small.sql("select distinct told_on, letters from told_week") == [
        (str(w.FIRST_LETTER), 2)
    ]
    small.do("notices", "small", "--sent", on=w.MONDAYS[1])  # they tell nothing new
    assert small.sql("select distinct told_on from told_week") == [(str(w.FIRST_LETTER),)]


def test_a_receipt_says_that_its_dealer_was_told(small: Desk) -> None:
    small.do("notices", "small", on=w.NOTICE)
    file = small.folder / "receipts.csv"
    file.write_text(f"code,acknowledged_at,receipt\n{w.EAST},{w.NOTICE},R-1\n", encoding="utf-8")
    small.do("notices", "small", "--acknowledge", file, on=w.FIRST_LETTER)
    assert small.do("plans", "use", "small", SPREAD, on=w.FIRST_LETTER)["told_weeks"]


def test_what_was_told_is_that_of_the_plan_where_the_file_of_it_is_gone(small: Desk) -> None:
    small.do("notices", "small", on=w.NOTICE)
    (small.folder / "out" / "notices" / "weeks.csv").unlink()
    (note,) = small.do("notices", "small", "--sent", on=w.NOTICE)["notes"]
    assert "weeks.csv is gone or is not what was written" in note
    assert small.sql("select sum(letters), sum(moved) from told_week") == [(OWNERS, 0)]


def test_notices_of_another_follow_up_stand_beside_those_of_the_first(small: Desk) -> None:
    """Both were written to out/notices, and the later took the place of the earlier: each has a folder of its own."""
    small.do("notices", "small", on=w.NOTICE)
    settings = (small.folder / "small.toml").read_text(encoding="utf-8")
    own = settings.replace('"small"', '"other"').replace("[response]", "rest_weeks = 0\n[response]")
    other = small.folder / "other.toml"
    other.write_text(own, encoding="utf-8")
    small.do("followup", "new", other, on=w.NOTICE)
    small.do("plan", "other", "--policy", "uniform:6", on=w.NOTICE)
    small.do("notices", "other", on=w.NOTICE)
    for name in ("small", "other"):
        assert small.do("notices", name, "--sent", on=w.NOTICE)["notes"] == []
    assert small.sql("select follow_up, max(letters) from told_week group by 1 order by 1") == [
        ("other", 2), ("small", 4)
    ]  # fmt: skip


def said_of_told(desk: Desk) -> list[dict[str, Any]]:
    """Return the weeks in which dealers have other letters than they were told, as the next plan would say of them."""
    rows = desk.sql("select week, letters, moved from told_week where moved <> 0 order by week")
    return [{"week": week, "told": told, "now": told + moved} for week, told, moved in rows]


def test_a_letter_of_an_owner_who_came_in_is_no_broken_word(small: Desk) -> None:
    tell(small, w.NOTICE)
    (vehicle,) = small.sql("select min(vin) from listed where week = 2")[0]
    world = World(small.folder / "later").repair(vehicle, w.A, w.FIRST_LETTER, dealer=w.EAST)
    small.do("load", world.write(), on=w.FIRST_LETTER)
    again = small.do("replan", "small", on=w.FIRST_LETTER)
    assert again["told_weeks"] == []


def test_a_draft_that_moves_released_letters_is_refused_and_one_made_again_is_not(
    small: Desk,
) -> None:
    small.do("mail", "release", "small", 1, "--out", "out", on=w.FIRST_LETTER)
    refused = small.run("plans", "use", "small", SPREAD, "--on", w.FIRST_LETTER)
    assert refused.code == 1
    assert "released letter" in refused.err
    assert "renotify replan small --policy POLICY --as slow" in " ".join(refused.err.split())
    before = waves(small)
    made: Any = small.do(
        "replan", "small", "--policy", "uniform:4", "--as", SPREAD, on=w.FIRST_LETTER
    )
    assert waves(small) == before
    small.do("plans", "use", "small", SPREAD, on=w.FIRST_LETTER)
    counts = {week: count for week, count in by_week(made).items() if count}
    assert waves(small) == [(str(w.MONDAYS[week]), n) for week, n in sorted(counts.items())]


def test_a_draft_of_weeks_that_have_passed_is_refused(small: Desk) -> None:
    small.do("plans", "use", "small", SPREAD, on=w.NOTICE)
    small.do("mail", "release", "small", 1, "--out", "out", on=w.FIRST_LETTER)
    small.do("replan", "small", "--as", "soon", on=w.FIRST_LETTER)
    refused = small.run("plans", "use", "small", "soon", "--on", w.MONDAYS[5])
    assert refused.code == 1
    assert "to come in weeks that have passed" in " ".join(refused.err.split())


def test_a_draft_with_a_wave_of_the_plan_in_force_that_nobody_released_in_its_week_is_refused(
    small: Desk,
) -> None:
    """Waves of three weeks, the first one out; of the second nobody released any letter in its week. One whose owner came is no letter."""
    small.do("mail", "release", "small", 1, "--out", "out", on=w.FIRST_LETTER)
    small.do("replan", "small", "--as", "same", on=w.MONDAYS[1])
    assert small.run("plans", "use", "small", "same", "--on", w.MONDAYS[1]).code == 0
    refused = small.run("plans", "use", "small", "same", "--on", w.MONDAYS[2])
    assert refused.code == 1
    assert "has 4 letters to come in weeks that have passed" in " ".join(refused.err.split())
    world = World(small.folder / "came")
    for (one,) in small.sql("select vin from listed where week = 1"):
        world.repair(one, w.A, w.MONDAYS[1], dealer=w.EAST)
    small.do("load", world.write(), on=w.MONDAYS[2])
    assert small.run("plans", "use", "small", "same", "--on", w.MONDAYS[2]).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("plans", "use", "small", "fast"), 1, "has no draft 'fast'"),
        (("plans", "compare", "small", "fast"), 1, "Its drafts are slow."),
        (("plans", "drop", "small", "fast"), 1, "has no draft 'fast'"),
        (("plan", "small", "--as", "two words"), 2, "letters, digits, - and _"),
        (
            ("plan", "small", "--as", "x", "--out", "x.json"),
            2,
            "--as keeps the plan of a follow-up",
        ),
    ],
)
def test_what_is_no_draft_is_refused(
    small: Desk, arguments: tuple[str, ...], code: int, said: str
) -> None:
    refused = small.run(*arguments, "--on", w.NOTICE)
    assert (refused.code, said in " ".join(refused.err.split())) == (code, True)


def test_a_draft_that_is_dropped_is_gone(small: Desk) -> None:
    small.do("plans", "drop", "small", SPREAD)
    assert small.do("plans", "list", "small") == []
    assert small.sql("select count(*) from draft_letter") == [(0,)]
