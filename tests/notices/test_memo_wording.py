"""What a notice says of none, of one and of two of each thing, in both voices: the values that the page prints, sentence by sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cases import at_once
from notices import sample
from renotify import rules
from renotify.campaigns.campaign import CampaignType, Document, Remedy, Scope
from renotify.errors import LetterRefused
from renotify.notices import memo
from renotify.notices.facts import Facts, HoldLine, Occasion, PartLine, Week
from renotify.notices.same_in_all import models

PACK = rules.load(sample.ON)
MONDAY = sample.FIRST_WEEK
PART = PartLine("P-1", "Pipe kit", "9LA", 3, 2, 4, 12.4, 6)
LAW = HoldLine("D0001", "VIN-LAW", "new", "9LA", "law", 12)
POLICY = HoldLine("D0001", "VIN-POLICY", "used", "9LA+CLB", "policy", 40)
NOTHING: dict[str, object] = {
    "open_vehicles": 0, "open_by_campaign": {}, "weeks": (), "parts": (), "holds": (), "vehicles": (), "vehicle_file": "",
}  # fmt: skip


def week(number: int, letters: int = 0, hours: float = 0.0, capacity: float | None = 24.0) -> Week:
    return Week(MONDAY + timedelta(weeks=number), letters, letters / 4, hours, capacity)


def printed(facts: Facts, occasion: Occasion | None = None) -> dict:
    return memo.document(facts, occasion or sample.occasion(), PACK)


def tiles(facts: Facts) -> dict[str, tuple[str, str, bool]]:
    return {
        one["label"]: (one["value"], one["note"], one["hot"]) for one in printed(facts)["tiles"]
    }


# ---- the tiles at the top


@at_once(
    ("open_by_campaign", "value", "note"),
    [
        ({}, "0", "in 0 campaigns"),
        ({"9LA": 1}, "1", "in 1 campaign"),
        ({"9LA": 1200, "CLB": 34}, "1,234", "in 2 campaigns"),
        ({"9LA": 7, "CLB": 0}, "7", "in 1 campaign"),  # a campaign that is done is not counted
    ],
)
def test_open_vehicles_are_said_with_the_campaigns_they_are_open_in(
    open_by_campaign: dict[str, int], value: str, note: str
) -> None:
    open_vehicles = sum(open_by_campaign.values())
    facts = sample.dealer(open_vehicles=open_vehicles, open_by_campaign=open_by_campaign)
    label = "vehicle open" if value == "1" else "vehicles open"
    assert tiles(facts)[label] == (value, note, False)


@at_once(
    ("weeks", "value", "note"),
    [
        ((), "0", "none yet"),
        ((week(0, hours=4.0),), "0", "none yet"),
        ((week(0, 1),), "1", "Mar 5"),  # the first day on which letters may go
        ((week(0, 900), week(1), week(2, 150), week(3)), "1,050", "Mar 5 to Mar 18"),
    ],
)
def test_letters_are_said_from_their_first_week_to_their_last(
    weeks: tuple[Week, ...], value: str, note: str
) -> None:
    label = "owner letter" if value == "1" else "owner letters"
    assert tiles(sample.dealer(weeks=weeks))[label] == (value, note, False)


def test_a_dealer_that_expects_nobody_has_no_busiest_week() -> None:
    assert tiles(sample.dealer(**NOTHING))["expected"] == ("0 h", "no visits expected", False)


@at_once(
    ("weeks", "label", "value", "note"),
    [
        ((week(1, 5, 20.0),), "busiest week", "20 h", "Mar 11, 24 on hand"),
        ((week(1, 5, 24.0),), "busiest week", "24 h", "Mar 11, 24 on hand"),
        ((week(1, 5, 20.0, None),), "busiest week", "20 h", "Mar 11"),
        ((week(1, 5, 31.4),), "busiest week", "31.4 h", "Mar 11, 24 on hand"),
        ((week(1, 5, 4.5),), "busiest week", "4.5 h", "Mar 11, 24 on hand"),
        ((week(0, 5, 90.0, 100.0), replace(week(1, 5, 30.0), days=1)), "technician-day to book", "+1", "first: week of Mar 11"),
        ((replace(week(0, 5, 9.0), days=1), replace(week(1, 5, 30.0), days=1)), "technician-days to book", "+2", "first: week of Mar 4"),
    ],
)  # fmt: skip
def test_the_busiest_week_is_told_against_the_hours_on_hand(
    weeks: tuple[Week, ...], label: str, value: str, note: str
) -> None:
    assert tiles(sample.dealer(weeks=weeks))[label] == (value, note, "to book" in label)


@at_once(
    ("parts", "value"), [((), "0"), ((PART,), "6"), ((PART, replace(PART, order_now=1200)), "1,206")]
)  # fmt: skip
def test_parts_to_order_are_summed(parts: tuple[PartLine, ...], value: str) -> None:
    assert tiles(sample.dealer(parts=parts))["parts to order"][0] == value


def test_an_area_without_part_lines_sums_its_dealers_orders() -> None:
    # the five dealers of the sample order 2, 4, 6, 8 and 10
    assert tiles(sample.area())["parts to order"][0] == "30"


@at_once(
    ("holds", "expected"),
    [
        ((), ("0", "0 by law", False)),
        ((POLICY,), ("1", "0 by law", False)),
        ((LAW, POLICY), ("2", "1 by law", True)),
        ((LAW, LAW), ("2", "2 by law", True)),
    ],
)
def test_a_hold_by_law_is_marked(
    holds: tuple[HoldLine, ...], expected: tuple[str, str, bool]
) -> None:
    assert tiles(sample.dealer(holds=holds))["stock on hold"] == expected


# ---- weeks and letters


def test_nine_weeks_are_shown_and_of_later_ones_the_busiest_is_said() -> None:
    weeks = tuple(week(t, 1, 10.0 + t) for t in range(12))
    told = printed(sample.dealer(weeks=weeks))
    assert [one["week"] for one in told["weeks"]][::8] == ["Mar 4", "Apr 29"]
    assert len(told["weeks"]) == 9
    assert told["weeks_note"] == "3 later weeks: at most 21 hours in any of them."


@at_once(("count", "note"), [(9, ""), (10, "1 later week: at most 19 hours in it.")])
def test_a_tenth_week_is_the_first_that_is_not_shown(count: int, note: str) -> None:
    weeks = tuple(week(t, 1, 10.0 + t) for t in range(count))
    assert printed(sample.dealer(weeks=weeks))["weeks_note"] == note


def test_a_week_is_printed_with_its_figures() -> None:
    told = printed(sample.dealer(weeks=(replace(week(0, 8, 30.0), booked=4.5),)))
    assert told["weeks"] == [{
        "week": "Mar 4", "letters": 8, "visits": 2.0, "booked": 4.5, "hours": 30.0, "capacity": 24.0, "days": 0,
    }]  # fmt: skip


@at_once(
    ("capacity", "asked"), [(24.0, False), (0.0, False), (None, True)]
)  # fmt: skip
def test_a_dealer_without_hours_on_file_is_asked_to_compare(
    capacity: float | None, *, asked: bool
) -> None:
    for facts, who in ((sample.dealer(), "your dealership"), (sample.area(), "your dealers")):
        told = printed(replace(facts, weeks=sample.weeks(capacity)))["expect"]
        assert (f"No technician hours are on file for {who}" in told) is asked


def test_mailing_weeks_are_listed_without_those_that_mail_nothing() -> None:
    told = printed(sample.dealer(weeks=(week(0, 3), week(1), week(2, 4))))
    assert told["waves"] == [
        {"label": "week of Mar 4", "letters": 3},
        {"label": "week of Mar 18", "letters": 4},
    ]


@at_once(
    ("count", "shown", "last"),
    [
        (18, 18, {"label": "week of Jul 1", "letters": 10}),
        (19, 18, {"label": "later weeks", "letters": 20}),
        (20, 18, {"label": "later weeks", "letters": 30}),
    ],
)
def test_more_than_eighteen_mailing_weeks_end_in_one_sum(
    count: int, shown: int, last: dict[str, object]
) -> None:
    waves = printed(sample.dealer(weeks=tuple(week(t, 10) for t in range(count))))["waves"]
    assert len(waves) == shown
    assert waves[-1] == last
    assert sum(one["letters"] for one in waves) == 10 * count


def test_a_dealer_to_whose_owners_nobody_writes_is_told_so_in_its_voice() -> None:
    dealer = printed(sample.dealer(weeks=()))["mailing"]
    area = printed(sample.area(weeks=()))["mailing"]
    assert dealer.endswith(
        "No owner letter is planned for your dealership so far. When that changes, a new notice follows."
    )
    assert "No owner letter is planned for your dealers so far." in area
    assert "No owner letter" not in printed(sample.dealer())["mailing"]


@at_once(
    ("days", "first"), [(0, "February 26, 2013"), (7, "March 5, 2013"), (14, "March 12, 2013")]
)
def test_the_first_lawful_day_is_the_notice_plus_its_days(days: int, first: str) -> None:
    told = printed(sample.dealer(), sample.occasion(days_after_notice=days))["mailing"]
    assert (
        f"No letter is mailed before {first}: the date of this notice, February 26, 2013, plus {days} days."
        in told
    )


# ---- campaigns


def test_models_are_said_as_the_memo_says_them() -> None:
    assert models(sample.RECALL) == "certain 2006 - 2007 GS 300; certain 2006 - 2008 IS 250"
    one_year = replace(sample.RECALL, scopes=(Scope("IS 350", 2007, 2007),))
    assert models(one_year) == "certain 2007 IS 350"
    assert models(sample.SERVICE) == "Certain 2011 and 2012 CT 200h"
    assert models(replace(sample.RECALL, scopes=())) == "certain Lexus vehicles, listed by VIN"


def test_a_recall_is_explained_by_the_statements_of_577_13_without_its_heading() -> None:
    (told,) = printed(sample.dealer(), sample.occasion(sample.RECALL))["campaigns"]
    assert told["facts"] == [
        ("Vehicles covered:", "certain 2006 - 2007 GS 300; certain 2006 - 2008 IS 250."),
        (
            "What is wrong:",
            "Ethanol fuels with little moisture can corrode the fuel delivery pipes.",
        ),
        ("The safety risk:", "A pinhole can open and fuel can leak, which can cause a fire."),
        (
            "The remedy:",
            "Inspect and replace the fuel delivery pipes, without charge to the owner.",
        ),
        ("Estimated date on which the remedy is available:", "February 16, 2009 (available now)."),
    ]
    assert (told["code"], told["nhtsa"], told["kind"], told["open"]) == (
        "9LA", "09V020000", "Safety recall", 390,
    )  # fmt: skip
    assert told["models"].startswith("Certain 2006")


def test_a_service_campaign_is_explained_in_our_own_words() -> None:
    (told,) = printed(sample.dealer(), sample.occasion(sample.SERVICE))["campaigns"]
    assert told["facts"] == [
        ("What is wrong:", "The actuator can be weak and leak coolant."),
        ("The remedy:", "Replace the actuator, without charge to the owner."),
        ("Available:", "February 16, 2009 (available now)."),
    ]
    assert (told["nhtsa"], told["kind"]) == ("–", "Service campaign")


@at_once(
    ("available", "words"),
    [
        (date(2013, 2, 25), "February 25, 2013 (available now)."),
        (sample.ON, "February 26, 2013 (available now)."),
        (date(2013, 2, 27), "February 27, 2013."),
        (None, "not yet known, and it follows when it is."),
    ],
)
def test_a_remedy_is_available_from_its_day_on(available: date | None, words: str) -> None:
    campaign = replace(sample.SERVICE, remedy_available_date=available)
    (told,) = printed(sample.dealer(), sample.occasion(campaign))["campaigns"]
    assert told["facts"][-1] == ("Available:", words)


def test_each_remedy_is_available_from_its_own_day_on() -> None:
    own = (
        Remedy("CT 200h", 2011, 2011, remedy_available_date=date(2013, 2, 25)),
        Remedy("CT 200h", 2012, 2012),
    )
    campaign = replace(sample.SERVICE, remedies=own, remedy_available_date=date(2013, 4, 1))
    (told,) = printed(sample.dealer(), sample.occasion(campaign))["campaigns"]
    assert told["facts"][-1] == (
        "Available:",
        (
            "2011 CT 200h: February 25, 2013 (available now); 2012 CT 200h: not yet known, and it follows when it is;"
            " all others: April 1, 2013."
        ),
    )


@at_once("missing", ["defect", "consequence", "remedy"])
def test_a_recall_that_lacks_a_fact_of_the_law_is_refused_by_its_code(missing: str) -> None:
    campaign = replace(sample.RECALL, **{missing: ""})
    with pytest.raises(LetterRefused) as refused:
        printed(sample.dealer(), sample.occasion(campaign))
    assert refused.value.message.startswith("The notice on campaign 9LA cannot be written: ")
    assert missing in refused.value.message


@at_once("missing", ["defect", "remedy"])
def test_a_service_campaign_says_what_it_has(missing: str) -> None:
    campaign = replace(sample.SERVICE, **{missing: ""})
    (told,) = printed(sample.dealer(), sample.occasion(campaign))["campaigns"]
    assert len(told["facts"]) == 2


# ---- heading


@at_once(
    ("campaigns", "subject", "banner", "first_section"),
    [
        (
            (sample.RECALL,), "Owner Re-notification of a Non-Completed Safety Recall",
            "This is a safety recall notice. Campaign 9LA.", "Safety Recall Involved in the Follow-Up",
        ),
        (
            (sample.RECALL, replace(sample.RECALL, campaign_code="ALE"), sample.SERVICE),
            "Owner Re-notification of Non-Completed Safety Recalls and a Service Campaign",
            "This is a safety recall notice. Campaigns 9LA and ALE.",
            "Safety Recalls/Campaigns Involved in the Follow-Up",
        ),
        (
            (sample.SERVICE,), "Owner Re-notification of a Non-Completed Service Campaign", None,
            "Campaign Involved in the Follow-Up",
        ),
    ],
)  # fmt: skip
def test_the_heading_says_recall_only_where_there_is_one(
    campaigns: tuple[object, ...], subject: str, banner: str | None, first_section: str
) -> None:
    told = printed(sample.dealer(), sample.occasion(*campaigns))
    assert (told["subject"], told["banner"]) == (subject, banner)
    assert told["sections"][0] == first_section
    assert len(told["sections"]) == 6
    if banner is None:
        assert told["law"] is None
        assert "safety" not in " ".join([*told["opening"], *told["handling"]]).lower()


def test_a_noncompliance_recall_is_bound_as_a_safety_recall_is() -> None:
    campaign = replace(sample.RECALL, campaign_type=CampaignType.NONCOMPLIANCE_RECALL)
    told = printed(sample.dealer(), sample.occasion(campaign))
    assert told["law"]["title"] == "Federal law on 9LA"
    assert told["campaigns"][0]["kind"] == "Noncompliance recall"


def test_a_notice_is_addressed_in_the_voice_of_its_reader() -> None:
    dealer, area = printed(sample.dealer()), printed(sample.area())
    assert dealer["to"] == ("Lexus Service and Parts Managers · Made-up Dealer (D0001), Boston, MA")
    assert area["to"] == "Lexus Area Customer Service Operations Managers · Eastern Area (E)"
    assert "We request your assistance" in dealer["opening"][1]
    assert "We request your dealers' assistance" in area["opening"][1]
    assert dealer["footer"] == "memo-2013 · dealer D0001 · February 26, 2013"
    assert area["footer"] == "memo-2013 · area E · February 26, 2013"


@at_once(
    ("sender", "words"),
    [
        ({"name": "Care", "phone": "1-800", "tty": "1-801"}, "Care, 1-800 (TTY 1-801)."),
        ({"name": "Care", "phone": "1-800"}, "Care, 1-800."),
        ({"name": "Care"}, "Care."),
        ({}, "Lexus."),  # the make, where nobody is named
    ],
)
def test_customers_are_sent_to_the_sender(sender: dict[str, str], words: str) -> None:
    told = printed(sample.dealer(), sample.occasion(sender=sender))["handling"]
    assert told[1].endswith(f"or direct the customer to someone who can: {words}")


def test_the_make_is_that_of_most_campaigns() -> None:
    other = replace(sample.RECALL, campaign_code="T1", make="Toyota")
    assert sample.occasion(sample.RECALL, sample.SERVICE, other).make == "Lexus"
    assert sample.occasion(other).make == "Toyota"
    assert replace(sample.occasion(), campaigns=()).make == ""


def test_warnings_say_do_not_drive_before_park_outside() -> None:
    park = replace(sample.RECALL, campaign_code="PRK", park_outside=True)
    stop = replace(sample.RECALL, campaign_code="STP", do_not_drive=True, park_outside=True)
    told = printed(sample.dealer(), sample.occasion(park, stop, sample.SERVICE))["warnings"]
    assert told == [
        ("STP", "Do not drive until repaired."),
        ("PRK", "Park outside and away from structures until repaired."),
        ("STP", "Park outside and away from structures until repaired."),
    ]


# ---- instructions, parts, stock, answers, vehicles


def test_the_revision_in_force_is_the_newest_that_has_begun() -> None:
    new = Document("technical_instructions", "4", sample.ON + timedelta(days=1), "https://tis/4")
    campaign = replace(sample.RECALL, documents=(*sample.RECALL.documents, new))
    (told,) = printed(sample.dealer(), sample.occasion(campaign))["instructions"]
    assert (told["revision"], told["since"], told["url"]) == ("3", "May 7, 2012", True)
    tomorrow = sample.occasion(campaign, on=sample.ON + timedelta(days=1))
    assert printed(sample.dealer(), tomorrow)["instructions"][0]["revision"] == "4"


def test_other_documents_stand_beside_the_instructions_and_a_file_is_no_link() -> None:
    (told,) = printed(sample.dealer(), sample.occasion(sample.RECALL))["instructions"]
    assert told["others"] == [
        {
            "name": "Dealer cover letter", "revision": "1", "since": "May 7, 2012",
            "place": "9LA-cover-letter.pdf", "url": False,
        }
    ]  # fmt: skip


def test_a_campaign_without_instructions_says_that_none_are_issued() -> None:
    (told,) = printed(sample.dealer(), sample.occasion(sample.SERVICE))["instructions"]
    assert (told["place"], told["url"], told["others"]) == ("not issued yet", False, [])


@at_once(
    ("parts", "begins", "guidelines", "shown"),
    [
        ((), "These campaigns need no part to be ordered by your dealership.", 0, 0),
        ((PartLine("P-0", "", "9LA", 0, 0, 0, 0.4, 0),), "On the day of this notice no order is due from your dealership", 3, 0),
        ((PartLine("P-0", "", "9LA", 0, 0, 0, 0.6, 0),), "The part below is counted for your dealership", 3, 1),
        ((PART, replace(PART, part_no="P-2")), "The parts below are counted for your dealership", 3, 2),
    ],
)  # fmt: skip
def test_parts_are_told_where_there_is_something_to_tell(
    parts: tuple[PartLine, ...], begins: str, guidelines: int, shown: int
) -> None:
    told = printed(sample.dealer(parts=parts))
    assert told["parts_text"].startswith(begins)
    assert (len(told["guidelines"]), len(told["parts"])) == (guidelines, shown)


def test_a_part_line_is_printed_as_counted() -> None:
    (told,) = printed(sample.dealer(parts=(PART,)))["parts"]
    assert told == {
        "part_no": "P-1", "description": "Pipe kit", "campaigns": "9LA", "on_hand": 3, "on_order": 2, "booked": 4,
        "expected": 12.4, "order_now": 6,
    }  # fmt: skip


def test_holds_by_law_come_first_and_then_the_longest_in_stock() -> None:
    older = replace(POLICY, vin="VIN-OLDER", days=90)
    told = printed(sample.dealer(holds=(POLICY, older, LAW)))["holds"]
    assert [one["vin"] for one in told] == ["VIN-LAW", "VIN-OLDER", "VIN-POLICY"]
    assert [one["basis"] for one in told[:2]] == [
        "by law: do not deliver",
        "by policy: repair before delivery",
    ]
    assert told[2]["campaigns"] == "9LA, CLB"


@at_once(
    ("count", "note"),
    [(40, ""), (41, "And 1 more: `renotify stock holds` lists all."), (1240, "And 1,200 more: `renotify stock holds` lists all.")],
)  # fmt: skip
def test_forty_holds_are_shown_and_the_rest_counted(count: int, note: str) -> None:
    holds = tuple(replace(POLICY, vin=f"V{number:04d}") for number in range(count))
    told = printed(sample.dealer(holds=holds))
    assert (len(told["holds"]), told["holds_note"]) == (40, note)


def test_without_a_hold_the_stock_is_said_to_be_clear_on_the_day() -> None:
    dealer, area = printed(sample.dealer(holds=())), printed(sample.area(holds=()))
    assert dealer["stock_text"].startswith(
        "No vehicle in stock has one of these campaigns open on February 26, 2013. Please perform"
    )
    assert "Dealerships are requested to perform" in area["stock_text"]
    assert printed(sample.dealer())["stock_text"].startswith("Please perform")


def test_a_dealer_has_the_answers_of_campaigns_that_have_some_and_an_area_has_none() -> None:
    silent = replace(sample.RECALL, campaign_code="ALE", answers=())
    told = printed(sample.dealer(), sample.occasion(sample.RECALL, silent, sample.SERVICE))
    assert [one["code"] for one in told["answers"]] == ["9LA", "CLB"]
    assert told["answers"][0]["said"] == [
        {
            "question": "Can I keep driving?",
            "answer": "Yes, unless you smell fuel. Then stop, and call us.",
        }
    ]
    area = printed(sample.area())
    assert area["answers"] == []
    assert area["handling"][-1] == (
        "What may be said to customers, campaign by campaign, stands in each dealer’s notice."
    )


@at_once(
    ("rows", "open_vehicles", "file", "words"),
    [
        (1, 1, "", "The one open vehicle."),
        (2, 2, "", "All 2 open vehicles, in the order of their letters."),
        (2, 2, "D1-vehicles.csv", "All 2 open vehicles, in the order of their letters. The whole list is the file D1-vehicles.csv."),
        (120, 1345, "D1-vehicles.csv", "The first 120 of 1,345 open vehicles, by letter. The whole list is the file D1-vehicles.csv."),
    ],
)  # fmt: skip
def test_the_vehicles_below_a_notice_say_whether_they_are_all(
    rows: int, open_vehicles: int, file: str, words: str
) -> None:
    facts = sample.dealer(
        vehicles=[["VIN", "car", "9LA", "Mar 4"]] * rows,
        open_vehicles=open_vehicles,
        vehicle_file=file,
    )
    assert printed(facts)["vehicles_text"] == words
