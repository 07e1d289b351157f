"""What makes owners answer: planted answers in a small ledger, counted by hand, and what is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from folder import ON, make_vin
from renotify.errors import NothingToDo
from renotify.ledger import follow_ups
from renotify.ledger.session import Session
from renotify.planner import answer_effects, from_ledger
from renotify.planner.answer_effects import learned_effects
from renotify.planner.learning import learn
from renotify.planner.response_posterior import share_answered
from renotify.reports.outreach_effect import outreach
from renotify.selection.freeze import freeze_follow_up
from reports.arms_world import (
    ARMS,
    MAILED,
    MONDAY,
    OWNERS,
    WEEKS,
    answering,
    book,
    by_class,
    by_days,
    freeze,
    mail,
    rows,
    settings,
    touch,
)


def test_arms_are_told_apart_by_hand(on_both: Session) -> None:
    found = outreach(on_both, "small", date(2013, 6, 3))
    assert by_class(found) == {"letter": (200, 20), "mail": (200, 50)}
    first, second = found["classes"]
    assert (first["share"], second["share"]) == (0.10, 0.25)
    assert first["difference"] is None
    # Newcombe by hand: Wilson's 90 % of 20 in 200 is 0.0703 to 0.1404, of 50 in 200 is 0.2032 to 0.3035
    assert (first["low"], first["high"]) == pytest.approx((0.0703, 0.1404), abs=1e-4)
    assert (second["low"], second["high"]) == pytest.approx((0.2032, 0.3035), abs=1e-4)
    assert second["difference"] == pytest.approx(0.15)
    assert second["difference_low"] == pytest.approx(
        0.15 - np.hypot(0.25 - 0.2032, 0.1404 - 0.10), abs=2e-4
    )
    assert second["difference_high"] == pytest.approx(
        0.15 + np.hypot(0.3035 - 0.25, 0.10 - 0.0703), abs=2e-4
    )
    # (1.645 + 0.842) x sqrt(0.175 x 0.825 x (1/200 + 1/200))
    assert second["least_difference"] == pytest.approx(2.486 * 0.0380, rel=1e-2)
    assert found["messages"][0].startswith("mail against letter: +15.00 points")
    assert "more answer. A difference of 9.45 points would be told" in found["messages"][0]


def test_letters_count_once_out_for_a_week_and_answers_once_given(in_arms: Session) -> None:
    """On the 11th no letter is a week old; on the 12th those of week 0 are, and their owners answer that very day."""
    with pytest.raises(NothingToDo):
        outreach(in_arms, "small", MAILED + timedelta(days=6))
    mailed = Counter(row["arm"] for row in rows(in_arms) if row["week"] == 0)
    answered = Counter(row["arm"] for row in answering(in_arms) if row["week"] == 0)
    found = by_class(outreach(in_arms, "small", MAILED + timedelta(days=7)))
    assert found == {arm: (mailed[arm], answered[arm]) for arm in ("letter", "mail")}


def test_the_age_of_the_address_and_the_language_are_described_and_not_compared(
    in_arms: Session,
) -> None:
    by_age = outreach(in_arms, "small", date(2013, 6, 3), "age")
    assert [row["class"] for row in by_age["classes"]] == [
        "under 1 year",
        "1 to 3 years",
        "3 years and more",
    ]
    assert [row["mailed"] for row in by_age["classes"]] == [134, 133, 133]
    by_language = outreach(in_arms, "small", date(2013, 6, 3), "language")
    assert {row["class"]: row["mailed"] for row in by_language["classes"]} == {
        "en": 320,
        "en+es": 80,
    }
    for found in (by_age, by_language):
        assert sum(row["answered"] for row in found["classes"]) == 70
        assert not found["messages"]
        assert "difference" not in found["classes"][0]


def test_each_arm_has_half_of_each_area_and_language(in_arms: Session) -> None:
    spanish = {make_vin(number) for number in range(0, OWNERS, 5)}
    counts = Counter(
        (row["dealer_code"], row["vin"] in spanish, row["arm"]) for row in rows(in_arms)
    )
    for dealer in ("D0001", "D0002"):
        for language in (True, False):
            assert abs(counts[dealer, language, "letter"] - counts[dealer, language, "mail"]) <= 1


def test_an_arm_of_a_day_is_compared_as_drawn_and_told_how_many_went_on_it(
    session_on: Callable[..., Session],
) -> None:
    """The mail house was late with 30 of its letters, which stay in the arm; a planted effect of 15 points is found."""
    session = session_on("sqlite", by_days)
    late = [row["vin"] for row in rows(session) if row["arm"] == "mail"][-30:]
    with session.transaction():
        for vin in late:
            session.execute(
                "update piece set mailed_on = :day where vin = :vin", day=date(2013, 5, 9), vin=vin
            )
    found = outreach(session, "small", date(2013, 6, 3))
    assert by_class(found) == {"letter": (200, 20), "mail": (200, 50)}
    assert [row["on_day"] for row in found["classes"]] == [None, 170]
    second = found["classes"][1]
    assert second["difference_low"] < 0.15 < second["difference_high"]
    assert found["messages"][0].startswith("mail against letter: +15.00 points")
    effects = learned_effects(session, "small", date(2013, 6, 3)).log_effect
    planted = effects["arm", "a letter mailed on a Tuesday"][0] - effects["arm", ""][0]
    assert 1.4 < np.exp(planted) < 2.6


# ---- the order


def test_a_drawn_order_moves_vehicles_and_no_count_of_any_week(
    drawn: Session, tmp_path: Path
) -> None:
    at_random = rows(drawn)
    with drawn.transaction():  # two follow-ups share one mail house: the first gives its weeks back
        drawn.execute("update piece set state = 'withdrawn' where follow_up = 'small'")
    freeze_follow_up(drawn, settings(tmp_path, "plain", rest_weeks=0), ON)
    from_ledger.plan_follow_up(drawn, "plain", "greedy")
    plain = [row for row in follow_ups.listed(drawn, "plain").to_pylist() if not row["left_out"]]

    def counted(listed: list[dict[str, Any]]) -> Counter[tuple[str, str, int | None]]:
        return Counter((row["bundle"], row["dealer_code"], row["week"]) for row in listed)

    assert counted(at_random) == counted(plain)
    weeks = {row["vin"]: row["week"] for row in plain}
    assert sum(weeks[row["vin"]] != row["week"] for row in at_random) > OWNERS / 2
    assert {row["arm"] for row in at_random} == {""}


def test_a_planted_effect_of_the_letter_is_found_beside_those_who_wait(
    drawn: Session, tmp_path: Path
) -> None:
    """10 in 100 come in any two weeks without a letter, 40 of 100 in the two weeks from their letter's Monday on."""
    with drawn.transaction():  # the last week is held: who is held waits like the others
        drawn.execute("update listed set week = null where week = :last", last=WEEKS - 1)
    mail(drawn)
    chance = np.random.default_rng(577)
    visits: dict[str, date] = {}
    for row in sorted(rows(drawn), key=lambda row: str(row["vin"])):
        letter = WEEKS + 2 if row["week"] is None else row["week"]
        for block in range(0, letter + 2, 2):  # two weeks at a time, until the letter
            share = 0.40 if letter - block in (0, 1) else 0.10
            if chance.random() < share:
                visits[row["vin"]] = MONDAY + timedelta(weeks=block, days=9)
                break
    book(drawn, tmp_path, visits)
    found = outreach(drawn, "small", date(2013, 6, 3), "week")
    *weeks, total = found["classes"]
    assert [row["class"] for row in weeks] == [
        str(MONDAY + timedelta(weeks=week)) for week in (0, 2, 4, 6)
    ]
    assert total["class"] == "all"
    assert total["mailed"] == sum(row["mailed"] for row in weeks)
    # by hand, the first week: 50 letters, and who waits longer than the next week
    assert weeks[0]["mailed"] == OWNERS // WEEKS
    assert weeks[0]["waiting"] == OWNERS - 2 * OWNERS // WEEKS
    sent = {row["vin"] for row in rows(drawn) if row["week"] == 0}
    assert weeks[0]["answered"] == sum(
        vin in sent and day < MONDAY + timedelta(weeks=2) for vin, day in visits.items()
    )
    assert total["difference_low"] <= 0.30 <= total["difference_high"]
    assert total["difference_low"] > 0.1
    assert found["messages"][0].startswith("A letter within 2 weeks from its Monday: +")
    assert found["messages"][0].endswith("more answer.")


def test_a_letter_that_does_nothing_is_told_to_tell_nothing(drawn: Session, tmp_path: Path) -> None:
    mail(drawn)
    chance = np.random.default_rng(30118)
    visits = {
        row["vin"]: MONDAY + timedelta(days=int(chance.integers(0, 60))) for row in rows(drawn)[::3]
    }
    book(drawn, tmp_path, visits)
    total = outreach(drawn, "small", date(2013, 6, 3), "week")["classes"][-1]
    assert total["difference_low"] <= 0 <= total["difference_high"]


def test_a_plan_reads_what_arms_have_shown(in_arms: Session) -> None:
    """One in ten answered the letter alone, one in four with an e-mail: a list of the second kind is reckoned with more."""
    today = date(2013, 6, 3)
    effects = learned_effects(in_arms, "small", today)
    mail, letter = (effects.log_effect["arm", adds][0] for adds in ("e-mail beside the letter", ""))
    assert 1.4 < np.exp(mail - letter) < 2.5
    (all_owners,) = from_ledger.frame(in_arms, "small", today).bundles
    with in_arms.transaction():
        in_arms.execute("update listed set left_out = 'no_owner' where arm = 'letter'")
    framed = from_ledger.frame(in_arms, "small", today)
    (of_mail,) = framed.bundles
    assert sum(of_mail.response) == pytest.approx(sum(all_owners.response) * np.exp(mail), rel=0.1)
    assert tuple(framed.problem.response[0]) == of_mail.response
    assert any("with e-mail beside the letter" in message for message in framed.messages)


def test_a_plan_reads_nothing_of_an_e_mail_that_nobody_was_sent(in_arms: Session) -> None:
    """More of the arm answer, of two and a half times as many: by chance, or by something else than the e-mail."""
    with in_arms.transaction():
        in_arms.execute("update listed set touched_on = null")
    effects = learned_effects(in_arms, "small", date(2013, 6, 3)).log_effect
    assert {adds for kind, adds in effects if kind == "arm"} == {""}


def test_a_plan_learns_of_an_e_mail_what_comes_after_it_of_who_was_silent(
    in_arms: Session,
) -> None:
    """All 20 and 50 answers come by 30 April and the e-mails on 20 May: of 180 and 150 who were silent nobody has answered since."""
    with in_arms.transaction():
        in_arms.execute(
            "update listed set touched_on = :day where arm = 'mail'", day=date(2013, 5, 20)
        )
    today = date(2013, 6, 3)
    cells = answer_effects._cells(in_arms, "small", today)
    assert cells is not None
    counts = cells.group_by(["touched", "arm"]).aggregate(
        [("mailed", "sum"), ("silent", "sum"), ("answered", "sum")]
    )
    assert sorted(map(tuple, zip(*counts.to_pydict().values(), strict=True))) == [
        (False, "", 400, 400, 70),
        (True, "", 0, 180, 0),
        (True, "e-mail beside the letter", 0, 150, 0),
    ]
    effects = learned_effects(in_arms, "small", today)
    assert effects.letters == OWNERS
    assert not [key for key in effects.told if key[0] == "arm"]
    assert outreach(in_arms, "small", today)["classes"][1]["since"] == 0


def test_what_the_silent_are_expected_to_answer_is_the_rest_of_the_curve(in_arms: Session) -> None:
    """Of a curve by which a share F has answered by a day, of the silent (G - F) / (1 - F) answer until a later one."""
    with in_arms.transaction():
        in_arms.execute(
            "update listed set touched_on = :day where arm = 'mail'", day=date(2013, 5, 20)
        )
    today = date(2013, 6, 3)
    learned = learn(in_arms, follow_ups.settings(in_arms, "small", today), today)
    curve = learned.of("9LA")
    assert curve is not None
    cells = answer_effects._cells(in_arms, "small", today)
    assert cells is not None
    # the letters of the first week are out for 90 days, 12 whole weeks; the touch is on day 76, and counts from day 77 = 11 weeks on
    first = [row for row in cells.to_pylist() if row["touched"] and row["until"] == 84]
    by, until = (
        float(
            curve.weight
            @ share_answered(curve.theta, np.array([weeks]), curve.hazard, curve.factor)[:, 0]
        )
        for weeks in (11.0, 12.0)
    )
    assert {row["since"] for row in first} == {77}
    for row in first:
        assert row["expected"] == pytest.approx(row["silent"] * (until - by) / (1 - by))


PLANTED = {"young": 2.0, "old": 0.4, "spanish": 0.3}  # times as often as the others


def classes_answered(session: Session, path: Path) -> None:
    """All letters out; owners answer a week later, one in six, at young addresses, at old ones and in Spanish so many times as often."""
    freeze(session, path)
    mail(session)
    age = (PLANTED["young"], 1.0, PLANTED["old"])
    chance = np.random.default_rng(54)
    likely = {
        make_vin(number): age[number % 3] * (1.0 if number % 5 else PLANTED["spanish"]) / 6
        for number in range(OWNERS)
    }
    later = [row for row in rows(session) if chance.random() < likely[row["vin"]]]
    book(
        session, path, {row["vin"]: MAILED + timedelta(weeks=row["week"] + 1) for row in later}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("whom", "numbers", "low", "high"),
    [
        ("young addresses", range(0, OWNERS, 3), 1.25, 2.0),
        ("old addresses", range(2, OWNERS, 3), 0.4, 0.8),
        ("letters in Spanish too", range(0, OWNERS, 5), 0.3, 0.8),
    ],
)
def test_the_next_forecast_is_of_its_own_owners_addresses_and_languages(
    session_on: Callable[..., Session], whom: str, numbers: range, low: float, high: float
) -> None:
    """A list of one class alone is reckoned with as its planted truth says, less what so few answers leave in doubt."""
    session, today = session_on("sqlite", classes_answered), date(2013, 6, 3)
    (everybody,) = from_ledger.frame(session, "small", today).bundles
    with session.transaction():
        for number in sorted(set(range(OWNERS)) - set(numbers)):
            session.execute(
                "update listed set left_out = 'no_owner' where vin = :vin", vin=make_vin(number)
            )
    framed = from_ledger.frame(session, "small", today)
    times = sum(framed.bundles[0].response) / sum(everybody.response)
    assert low < times < high, whom
    assert tuple(framed.problem.response[0]) == framed.bundles[0].response


def test_before_anybody_answers_nothing_is_said_of_what_could_be_told(
    sqlite_session: Session, tmp_path: Path
) -> None:
    freeze(sqlite_session, tmp_path, arms=ARMS)
    mail(sqlite_session, weeks=1)
    touch(sqlite_session)
    day = MONDAY + timedelta(days=14)
    (message,) = outreach(sqlite_session, "small", day, least_letters=10)["messages"]
    assert "these counts do not tell a difference" in message
    assert message.endswith("nothing can be said yet, as long as all do alike.")
    assert "0.00 points would" not in message
