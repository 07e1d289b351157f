"""What makes owners answer: what was not done, is too little or too early to compare, and what is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from folder import ON
from renotify.errors import NothingToDo, Refused, UnknownName
from renotify.ledger.session import Session
from renotify.reports.outreach_effect import outreach
from reports.arms_world import (
    MAILED,
    MONDAY,
    answering,
    by_days,
    mail,
    rows,
)


def test_an_arm_whose_owners_nobody_reached_is_not_yet_tried_however_many_answer(
    in_arms: Session,
) -> None:
    """Fifty of 200 answer against 20: by e-mail it was not."""
    with in_arms.transaction():
        in_arms.execute("update listed set touched_on = null")
    found = outreach(in_arms, "small", date(2013, 6, 3))
    first, second = found["classes"]
    assert (first["state"], second["state"]) == ("first", "not_tried")
    assert (second["mailed"], second["answered"], second["difference"]) == (200, 50, None)
    (said,) = found["messages"]
    assert said.startswith(
        "mail: not yet tried: of 200 owners with its letter nobody was reached by email."
    )
    assert said.endswith("Write who is to be reached: renotify outreach list NAME mail.")


def test_an_arm_is_not_yet_tried_until_somebody_was_reached_for_a_whole_week(
    in_arms: Session,
) -> None:
    """Fifty of 200 answered before the e-mail: it counts from its seventh day on, as a letter does."""
    day = date(2013, 6, 3)
    with in_arms.transaction():
        in_arms.execute(
            "update listed set touched_on = :day where arm = 'mail'", day=day - timedelta(days=6)
        )
    found = outreach(in_arms, "small", day)
    second = found["classes"][1]
    assert (second["state"], second["touched"], second["touched_a_week"]) == ("not_tried", 200, 0)
    assert found["messages"] == [
        "mail: not yet tried: 200 owners of it were reached by email, nobody for a whole week; ask again when it is one."
    ]
    found = outreach(in_arms, "small", day + timedelta(days=1))
    assert (found["classes"][1]["state"], found["classes"][1]["touched_a_week"]) == (
        "compared",
        200,
    )


def test_answers_from_before_the_touch_are_not_the_touchs_whenever_the_report_is_asked_for(
    in_arms: Session,
) -> None:
    """All answers came by April 30; the e-mails went on May 20: of 150 and of 180 who had not answered nobody has since."""
    touched, day = date(2013, 5, 20), date(2013, 6, 3)
    with in_arms.transaction():
        in_arms.execute("update listed set touched_on = :day where arm = 'mail'", day=touched)
    found = outreach(in_arms, "small", day)
    first, second = found["classes"]
    assert (second["answered"], second["share"], second["before_touch"]) == (50, 0.25, 50)
    assert (second["first_touch"], second["silent"], second["since"]) == (touched, 150, 0)
    assert (second["first_silent"], second["first_since"]) == (180, 0)
    assert (first["first_touch"], first["before_touch"]) == (None, 0)
    # Wilson's 90 % of none in n ends at z^2 / (n + z^2), z^2 = 2.7055
    assert second["difference"] == 0
    assert second["difference_low"] == pytest.approx(-2.7055 / 182.7055, abs=1e-5)
    assert second["difference_high"] == pytest.approx(2.7055 / 152.7055, abs=1e-5)
    (said,) = found["messages"]
    assert "these counts do not tell a difference" in said
    assert (
        "Counted after 2013-05-20, the day of the first touch, of who had not answered by then: 0 of 150 against 0 of 180 of letter. 50 of"
        " 50 answers of mail came no later than the touch: no touch brought them."
    ) in said


def test_an_answer_of_the_day_of_the_touch_is_not_counted_and_one_of_the_next_day_is_in_both_arms(
    in_arms: Session,
) -> None:
    """Letters of week w are answered on Tuesday w + 1; e-mails go on that of week 4: answers of weeks 0 to 3 are out."""
    touched = MAILED + timedelta(weeks=4)
    with in_arms.transaction():
        in_arms.execute("update listed set touched_on = :day where arm = 'mail'", day=touched)
    by_then = Counter(row["arm"] for row in answering(in_arms) if row["week"] <= 3)
    second = outreach(in_arms, "small", date(2013, 6, 3))["classes"][1]
    assert by_then["mail"] > 0
    assert (second["silent"], second["since"]) == (200 - by_then["mail"], 50 - by_then["mail"])
    assert (second["first_silent"], second["first_since"]) == (
        200 - by_then["letter"],
        20 - by_then["letter"],
    )
    assert second["before_touch"] == by_then["mail"]
    expected = (50 - by_then["mail"]) / (200 - by_then["mail"]) - (20 - by_then["letter"]) / (
        200 - by_then["letter"]
    )
    assert second["difference"] == pytest.approx(expected)


def test_too_few_who_had_not_answered_by_the_touch_are_too_few_to_compare(in_arms: Session) -> None:
    with in_arms.transaction():
        in_arms.execute(
            "update listed set touched_on = :day where arm = 'mail'", day=date(2013, 5, 20)
        )
    found = outreach(in_arms, "small", date(2013, 6, 3), least_letters=160)
    assert found["classes"][1]["state"] == "too_early"
    (said,) = found["messages"]
    assert said == (
        "mail: too early to tell: 150 of its owners and 180 of letter had not answered by 2013-05-20, the day of the first touch; at least"
        " 160 of each are asked for."
    )


def test_of_an_arm_that_was_reached_in_part_it_is_said_how_many_were(in_arms: Session) -> None:
    """Who was not reached counts in the arm that was drawn."""
    with in_arms.transaction():
        some = [row["vin"] for row in rows(in_arms) if row["arm"] == "mail"][:80]
        for vin in some:
            in_arms.execute("update listed set touched_on = null where vin = :vin", vin=vin)
    found = outreach(in_arms, "small", date(2013, 6, 3))
    assert found["classes"][1]["difference"] == pytest.approx(0.15)
    assert found["messages"][0].endswith(" 120 of its 200 owners were reached by email.")


def test_an_arm_none_of_whose_letters_went_on_its_day_is_not_yet_tried(
    session_on: Callable[..., Session],
) -> None:
    session = session_on("sqlite", by_days)
    with session.transaction():
        session.execute("update piece set mailed_on = :day", day=MAILED + timedelta(days=1))
    found = outreach(session, "small", date(2013, 6, 3))
    assert [row["state"] for row in found["classes"]] == ["first", "not_tried"]
    assert found["messages"] == ["mail: not yet tried: none of its 200 letters went on a Tuesday."]


def test_an_arm_with_few_letters_is_too_early_to_judge_and_one_without_any_is_not_tried(
    in_arms: Session,
) -> None:
    """After a week the letters of one wave count, about half of the 50 of each arm; whose letters did not go has none."""
    day = MAILED + timedelta(days=7)
    early = outreach(in_arms, "small", day, least_letters=40)
    counts = {row["class"]: row["mailed"] for row in early["classes"]}
    assert {row["state"] for row in early["classes"]} == {"too_early"}
    assert [row["difference"] for row in early["classes"]] == [None, None]
    assert early["messages"] == [
        f"{arm}: too early to tell: {counts[arm]} letters out for a whole week, at least 40 are asked for."
        for arm in ("letter", "mail")
    ]
    least = min(counts.values())
    judged = outreach(in_arms, "small", day, least_letters=least)
    assert [row["state"] for row in judged["classes"]] == ["first", "compared"]
    assert "mail against letter" in judged["messages"][0]
    with in_arms.transaction():
        in_arms.execute(
            "update piece set mailed_on = null, state = 'planned' where vin in (select vin from listed where arm = 'letter')"
        )
    found = outreach(in_arms, "small", date(2013, 6, 3))
    assert [(row["state"], row["mailed"], row["share"]) for row in found["classes"]] == [
        ("not_tried", 0, None), ("too_early", 200, 0.25),
    ]  # fmt: skip
    assert found["messages"] == [
        "letter: not yet tried: no letter of it has been out for a whole week.",
        "mail: too early to tell, for want of letter, with which it is compared.",
    ]


# ---- what is refused


def test_what_was_not_drawn_or_not_mailed_yet_is_refused_with_what_to_do(drawn: Session) -> None:
    with pytest.raises(Refused, match="states no arms") as refused:
        outreach(drawn, "small", date(2013, 6, 3))
    assert "before a list is frozen" in refused.value.hint
    with pytest.raises(NothingToDo, match="No letter of small has been out for a whole week"):
        outreach(drawn, "small", date(2013, 6, 3), "age")
    mail(drawn, weeks=1)
    with pytest.raises(
        NothingToDo, match="No drawn week of small has letters that are out for 2 weeks"
    ):
        outreach(drawn, "small", MONDAY + timedelta(days=13), "week")
    assert outreach(drawn, "small", MONDAY + timedelta(days=14), "week")["classes"]
    with pytest.raises(UnknownName):
        outreach(drawn, "autumn", ON)


def test_weeks_that_were_not_drawn_are_not_compared(in_arms: Session) -> None:
    with pytest.raises(Refused, match="The order of the letters of small was not drawn"):
        outreach(in_arms, "small", date(2013, 6, 3), "week")
