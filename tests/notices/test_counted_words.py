"""What a notice says by count: booked hours, mail that came back, and the memo's words for one campaign, week, part or dealer."""

from __future__ import annotations

from dataclasses import replace

from cases import at_once
from notices import sample
from notices.test_memo_wording import PART, printed, week

OUTSIDE = " Of them 6.5 hours lie outside the weeks above."


@at_once(
    ("visits", "hours", "words"),
    [
        (0, 0.0, ""),
        (1, 1.0, "Booked: what 1 vehicle with an appointment not yet done takes, 1 hour in all; a week’s hours are never less."),
        (
            3, 7.5,
            "Booked: what 3 vehicles with appointments not yet done take, 7.5 hours in all; a week’s hours are never less."
            + OUTSIDE,
        ),
    ],
)  # fmt: skip
def test_booked_hours_are_told_in_all_and_those_outside_the_weeks(
    visits: int, hours: float, words: str
) -> None:
    facts = sample.dealer(
        weeks=(replace(week(0, 8, 30.0), booked=1.0),), booked_visits=visits, booked_hours=hours
    )
    assert printed(facts)["booked_note"] == words


@at_once(
    ("count", "dealer", "area"),
    [
        (0, "", ""),
        (1, "A letter for 1 vehicle came back", "A letter for 1 vehicle of your dealers came back"),
        (2, "Letters for 2 vehicles came back", "Letters for 2 vehicles of your dealers came back"),
    ],
)  # fmt: skip
def test_vehicles_whose_mail_came_back_are_told(count: int, dealer: str, area: str) -> None:
    rows = [["VIN", "2006 IS 250", "9LA"]] * count
    told = printed(sample.dealer(came_back=count, came_back_rows=rows))
    assert (told["came_back"], bool(told["came_back_text"])) == (rows, count > 0)
    assert told["came_back_text"].startswith(dealer)
    assert printed(sample.area(came_back=count))["came_back_text"].startswith(area)


def test_a_notice_of_one_reads_as_one() -> None:
    """One recall, one week of letters, one part; and an area of one dealer."""
    one = sample.occasion(sample.RECALL)
    told = printed(sample.dealer(weeks=(week(0, 8, 30.0),), parts=(PART,)), one)
    text = " ".join(
        [
            *told["opening"],
            told["mailing"],
            told["instructions_text"],
            told["parts_text"],
            *told["handling"],
        ]
    )
    for words in (
        "have not yet had this repair completed", "by first class mail, in one week, as parts",
        "to conduct this campaign are found at the place below", "The part below is counted", "aware of this campaign and",
    ):  # fmt: skip
        assert words in text
    assert "has this campaign open on" in printed(sample.dealer(holds=()), one)["stock_text"]
    assert printed(sample.dealer(parts=()), one)["parts_text"].startswith("This campaign needs no")
    area = sample.area()
    alone = printed(replace(area, dealers=area.dealers[:1]))
    assert "We request your dealer's assistance" in alone["opening"][1]
    assert "Your dealer should take this into consideration" in alone["opening"][1]
    assert "dealers" not in " ".join(alone["handling"][:2])


def test_hours_of_the_work_stand_with_each_campaign_and_visits_below_them() -> None:
    told = printed(
        sample.dealer(),
        sample.occasion(hours={"9LA": "every model about 2 hours"}, visits="9LA+CLB about 3 hours"),
    )
    by_code = {row["code"]: dict(row["facts"]) for row in told["campaigns"]}
    assert by_code["9LA"]["Time for the work:"] == "every model about 2 hours."
    assert "Time for the work:" not in by_code["CLB"]
    assert told["visits_text"].endswith("is done in one visit: 9LA+CLB about 3 hours.")
