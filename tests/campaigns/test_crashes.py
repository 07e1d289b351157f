"""577.5(f): a crash that the defect can bring about, one in which something else fails, and what a person should state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cases import at_once
from letters.samples import FUEL, MAIL_DATE, spec
from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.campaigns.crashes import Crash, crash_in
from renotify.campaigns.letter_facts import facts_of
from renotify.campaigns.missing_facts import missing
from renotify.errors import LetterRefused
from renotify.letters.letter_text import placed
from renotify.rules import load

BASE = Campaign(
    "X1", CampaignType.SAFETY_RECALL, "Lexus", "Pipe", defect="A pipe can leak", consequence="It can burn people",
    remedy="A new pipe", filed_date=date(2013, 1, 10), first_notice_date=date(2013, 2, 11),
    remedy_available_date=date(2013, 2, 11),
)  # fmt: skip

COMES_OF_IT = [
    "This can cause an accident or a collision.",
    "The wheel can come off. This can cause an accident.",
    "You can lose control of the vehicle, and people can be hurt.",
    "If the brakes fail, you can hit another car.",
    "If the wheel lifts it can cause a crash.",
    "If you do not heed the warning, a vehicle crash can occur.",
    "A crash can cause serious injuries.",
    "The driver may be involved in a crash.",
    "The vehicle can run off the road or roll over.",
    "A SUDDEN LOSS OF POWER COULD RESULT IN A CRASH.",
    "WHEN THE HOSE FAILS IT MAY LEAD TO A COLLISION WITHOUT WARNING.",
    "THIS INCREASES THE RISK OF INJURY OR A CRASH.",
    "The risk of a crash during a backing event is higher.",
]
HAPPENS_BEFORE = [
    "In a crash the airbag may not open.",
    "The airbag may not open in a crash, and this can raise the risk of injury.",
    "Fuel that leaks after a crash can catch fire.",
    "A seat belt that does not lock in a crash can let you move.",
    "The seat can break loose if there is a crash.",
    "If the vehicle crashes, the door can open.",
    "The seat may move during a sudden stop or crash.",
    "A crash can break the bracket.",
    "This cannot cause a crash, but the seat can burn you.",
    "In a crash the airbag may not open. This can injure or kill the driver.",
    "IN THE EVENT OF A CRASH, THE SEAT BELT MAY NOT RESTRAIN THE OCCUPANT.",
    "THE BRACKET MAY NOT WITHSTAND A SEVERE FRONTAL COLLISION.",
]
LEFT_OPEN = [
    "The brakes can fail.",
    "The steering can become hard.",
    "The engine can stop while you drive.",
    "You can lose power.",
    "THE VEHICLE MAY STALL.",
    "The driver may not see a child behind the vehicle, who can be hurt.",
    "You may not be able to stop the vehicle.",
    "The vehicle can swerve.",
    "The vehicle can start moving by itself.",
    "The gear can shift to neutral while you drive.",
    "A tire can lose its tread.",
    "The load can fall from the bed onto the road.",
    "The suspension arm can break.",
    "The label can be wrong, and you may put in too much load.",
    "A fire can burn people.",
    "The airbag can open by accident.",
    "The crash sensor can open the airbag.",
    "You can lose control buttons of the radio.",
    "No crashes are known.",
    "No crashes or injuries have been reported.",
    "The dashboard can go dark. A crash is not likely.",
    "Crashes are very rare.",
    "No crash is likely.",
    "It is unlikely to lead to a crash.",
    "A collision is therefore improbable. The seat can cut your hand.",
    "The vehicle can jerk to the left in a crash test.",
    "In collision tests the seat moved.",
    "The seat moved during a test with crash dummies.",
    "In a crash you may be hurt. The vehicle may not stop in time.",
    "The brakes can fail. In a crash you may be hurt.",
]


@at_once("text", COMES_OF_IT)
def test_a_crash_that_comes_of_the_defect_is_a_result(text: str) -> None:
    assert crash_in(text) is Crash.RESULT


@at_once("text", HAPPENS_BEFORE)
def test_a_crash_in_which_something_else_fails_is_none_that_the_defect_causes(text: str) -> None:
    assert crash_in(text) is Crash.CONDITION


@at_once("text", LEFT_OPEN)
def test_what_does_not_itself_say_that_a_crash_can_come_or_that_none_can_leaves_it_open(
    text: str,
) -> None:
    assert crash_in(text) is Crash.UNSAID


def test_the_letter_speaks_of_injury_where_the_crash_is_only_the_case_in_which_it_comes() -> None:
    """577.5(f)(2), not (f)(1): with a warning on file it is a warning of an injury."""
    hurt = replace(BASE, consequence="The belt may not hold you in a crash, and you can be hurt")
    assert "injury" in facts_of(hurt)  # no kind is named: `injury` is to say it
    belt = replace(
        BASE, consequence="The belt may not hold you in a crash, and your chest can be hurt"
    )
    assert not {"crash_with_warning", "crash_without_warning", "injury"} & facts_of(belt)
    assert "injury_with_warning" in facts_of(replace(belt, warning="a noise"))
    wheel = replace(BASE, consequence="The wheel can come off. This can cause an accident")
    assert "crash_without_warning" in facts_of(wheel)
    assert "crash_with_warning" in facts_of(replace(wheel, warning="a noise"))


def test_what_a_person_states_of_a_crash_goes_before_what_is_read() -> None:
    brakes = replace(BASE, consequence="The brakes can fail, and people can be hurt")
    assert "crash_without_warning" not in facts_of(brakes)
    assert "crash_without_warning" in facts_of(replace(brakes, letter={"crash": True}))
    wheel = replace(BASE, consequence="It can cause a crash, in which people are hurt")
    assert "crash_without_warning" not in facts_of(replace(wheel, letter={"crash": False}))


def told(campaign: Campaign, *, must: bool) -> list[str]:
    found = missing(campaign, load(date(2013, 3, 5)), "initial", ["en"])
    return [one.sentence for one in found if one.key == "crash" and one.must is must]


LACKING = (
    "Campaign X1: its `consequence` does not say whether a crash can come of the defect: state `crash = true` or `crash = false`"
    " in campaigns.toml (49 CFR 577.5(f))."
)


@at_once("text", LEFT_OPEN)
def test_a_crash_left_open_is_asked_for_and_no_letter_is_printed_before_it_is_stated(
    text: str,
) -> None:
    """577.5(f) asks for (1) or for (2): which, nobody knows who has not looked at the defect."""
    silent = replace(FUEL, consequence=text, letter={"injury": "cuts"}, spanish={})
    with pytest.raises(LetterRefused) as caught:
        placed(spec(silent), load(MAIL_DATE), "en")
    assert LACKING.removeprefix("Campaign X1").rstrip(".") in str(caught.value)
    assert told(replace(BASE, consequence=text), must=True) == [LACKING]
    for crash, statements in ((True, {"F3"}), (False, {"F4", "F5"})):
        stated = replace(silent, letter={"injury": "cuts", "crash": crash})
        found = {one.statement.id for one in placed(spec(stated), load(MAIL_DATE), "en")}
        assert found & {"F2", "F3", "F4"} == statements & {"F3", "F4"}
        assert told(replace(BASE, consequence=text, letter=stated.letter), must=True) == []


def test_what_a_letter_is_printed_with_and_a_person_should_read_again_is_told() -> None:
    (said,) = told(replace(BASE, consequence="In a crash the airbag may not open"), must=False)
    assert "names a crash only as the case in which something else fails, and no injury" in said


CONTRARY = (
    "it states `crash = false`, and its `consequence` says that a crash can come of the defect: state `crash = true` in campaigns.toml,"
    " or write the `consequence` so that no crash comes of the defect (49 CFR 577.5(f))."
)


@at_once("text", ["If fluid leaks out, the vehicle can crash.", *COMES_OF_IT])
def test_a_crash_that_is_denied_beside_a_consequence_that_says_it_is_refused(text: str) -> None:
    """The letter told of the crash and left out the sentence of 577.5(f)(1) that it asks for."""
    denied = {"crash": False, "injury": "cuts"}
    assert told(replace(BASE, consequence=text, letter=denied), must=True) == [
        f"Campaign X1: {CONTRARY}"
    ]
    with pytest.raises(LetterRefused) as caught:
        placed(
            spec(replace(FUEL, consequence=text, letter=denied, warning="")), load(MAIL_DATE), "en"
        )
    assert CONTRARY in str(caught.value)
    stated = replace(BASE, consequence=text, letter={"crash": True})
    assert told(stated, must=True) + told(stated, must=False) == []


DENIALS = [
    "It will not cause a crash.",
    "This defect cannot lead to a crash.",
    "No crash can come of it.",
    "IT DOES NOT CAUSE A CRASH.",
    "It cannot cause a crash. It will not result in a collision.",
]


@at_once("text", DENIALS)
def test_a_consequence_that_denies_a_crash_and_says_nothing_more_is_no_evaluation_of_the_risk(
    text: str,
) -> None:
    """577.5(f)(2): where no crash can come, the kind of injury can; `It will not cause a crash.` alone passed without a word."""
    assert crash_in(text) is Crash.DENIED
    only = "its `consequence` says that no crash comes of the defect, and not what does"
    silent = replace(BASE, consequence=text, letter={"injury": "cuts"})
    do = "say in the `consequence` what can happen and whom it can hurt, and state `crash`, in campaigns.toml"
    assert told(silent, must=True) == [f"Campaign X1: {only}: {do} (49 CFR 577.5(f))."]
    contrary = replace(silent, letter={"injury": "cuts", "crash": True})
    assert told(contrary, must=True) == told(silent, must=True)
    stated = replace(silent, letter={"injury": "cuts", "crash": False})
    assert told(stated, must=True) == []
    found = missing(stated, load(date(2013, 3, 5)), "initial", ["en"])
    loud = "Campaign X1: letter check refuses its `consequence`: it is in capitals: write sentences for owners (house rule)."
    assert [one.sentence for one in found if one.key == "consequence"] == [
        f"Campaign X1: {only}: say there what can happen and whom it can hurt (49 CFR 577.5(f)(2)).",
        *([loud] if text.isupper() else []),
    ]


def test_a_crash_that_is_denied_beside_what_can_happen_is_no_denial_alone() -> None:
    for text in (
        "This cannot cause a crash, but the seat can burn you.",
        "It will not cause a crash. Oil can burn your hand.",
    ):
        assert crash_in(text) is not Crash.DENIED


def test_nothing_is_told_where_the_crash_is_stated_or_plain() -> None:
    brakes = replace(BASE, consequence="The brakes can fail, and people can be hurt")
    pending = {"decided_by": "administrator", "court": "pending"}
    for plain in (
        replace(brakes, letter={"crash": True}),
        replace(brakes, letter={"crash": False}),
        replace(BASE, consequence="The brakes can fail and cause a crash"),
        replace(BASE, consequence="In a crash the airbag may burn you"),
        replace(brakes, campaign_type=CampaignType.SERVICE_CAMPAIGN),
        replace(brakes, letter=pending),  # the Administrator says what the risk is: 577.6(b)(6)
    ):
        assert told(plain, must=True) + told(plain, must=False) == []
