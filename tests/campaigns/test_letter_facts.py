"""What a campaign states for its letters: keys that stand, keys that are refused, days computed, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from letters.samples import spec
from renotify.campaigns import catalogue, nhtsa
from renotify.campaigns.campaign import Campaign, CampaignType, Scope
from renotify.campaigns.injuries import names_injury
from renotify.campaigns.letter_facts import (
    KINDS,
    OldVehicles,
    facts_of,
    old_vehicles,
    reimbursement_begins,
    text_of,
)
from renotify.campaigns.missing_facts import missing
from renotify.errors import BadInput, LetterRefused
from renotify.letters.letter_text import facts_for_slots
from renotify.rules import load
from renotify.values.stated_tables import DAY, NUMBER, TEXT, YES_NO

ON = date(2013, 3, 5)
DEFECT = Campaign(
    "X1", CampaignType.SAFETY_RECALL, "Lexus", "Pipe", defect="A pipe can leak", consequence="After a crash it can burn people",
    remedy="A new pipe", filed_date=date(2013, 1, 10), first_notice_date=date(2013, 2, 11),
    remedy_available_date=date(2013, 2, 11), scopes=(Scope("IS 250", 2006, 2008),),
)  # fmt: skip
NONCOMPLIANCE = replace(DEFECT, campaign_type=CampaignType.NONCOMPLIANCE_RECALL)
IN_DEFECT = {"conditions_in_defect": True, "performance_in_defect": True}


def lacking(campaign, kind="initial", languages=("en",)):
    return [
        (one.key, one.language) for one in missing(campaign, load(ON), kind, languages) if one.must
    ]


def read(tmp_path, *lines, kind="safety_recall"):
    head = [
        "[[campaign]]",
        'campaign_code = "X1"',
        f'campaign_type = "{kind}"',
        'make = "Lexus"',
        'subject = "Pipe"',
    ]
    (tmp_path / "campaigns.toml").write_text("\n".join([*head, *lines]), encoding="utf-8")
    (one,) = catalogue.read(tmp_path / "campaigns.toml")
    return one


def test_every_key_of_letters_goes_to_facts_and_back(tmp_path):
    """Of each kind one value; those that say something only beside another stand beside it."""
    values = {TEXT: '"a text"', DAY: "2012-05-01", YES_NO: "true", NUMBER: "12.5"}
    chosen = {
        "remedy_by": '"refund"',
        "remedy_delivery": '"mail"',
        "decided_by": '"administrator"',
        "court": '"upheld"',
        "standard": '"301, Fuel"',
    }
    apart = {"replacement", "analysis_opened_date", "administrators_basis", "administrators_risk",
             "administrators_measures", "makers_reasons", "remedy_if_upheld", "reimbursed_after_date", "reimbursement_ceiling",
             "repair_work", "repair_cost", "reimbursed_facility"}  # fmt: skip
    lines = [
        f"{key} = {chosen.get(key, values[kind])}"
        for key, kind in KINDS.items()
        if key not in apart
    ]
    one = read(tmp_path, "do_not_drive = true", *lines, kind="noncompliance_recall")
    assert catalogue.from_facts(catalogue.to_facts(one)) == one
    assert set(one.letter) == set(KINDS) - apart - {"standard", "conditions"}
    assert one.letter["ordered_date"] == date(2012, 5, 1)


@pytest.mark.parametrize(
    ("lines", "kind", "said", "hint"),
    [
        (['standrad = "301"'], "safety_recall", "no key 'standrad'", "Did you mean 'standard'?"),
        (['standard = "301, Fuel"'], "safety_recall", "standard says something only beside",
         'campaign_type = "noncompliance_recall"'),
        (['conditions = "on hot days"'], "service_campaign", "conditions says something only beside", "drop conditions"),
        (['remedy_by = "gift"'], "safety_recall", "remedy_by is 'gift'", "repair, replacement, refund"),
        (['replacement = "a car"'], "safety_recall", "replacement says something only beside", 'remedy_by = "replacement"'),
        (['court = "pending"'], "safety_recall", "court says something only beside", 'decided_by = "administrator"'),
        (["not_free = true"], "safety_recall", "not_free says something only beside", "voluntary_extent"),
        (["owner_pays_first = true"], "safety_recall", "owner_pays_first says something only beside", "acceleration"),
        (['repair_cost = "80 dollars"'], "safety_recall", "repair_cost says something only beside", 'court = "pending"'),
        (["parts_available_date = 2013-01-10"], "safety_recall",
         'parts_available_date says something only beside voluntary_extent or court = "pending"', "drop parts_available_date"),
        (['decided_by = "administrator"', 'court = "pending"', "provisional_ordered_date = 2013-01-10",
          "reimbursed_after_date = 2013-01-11"], "safety_recall",
         "reimbursed_after_date 2013-01-11 is later than provisional_ordered_date 2013-01-10", "Exchange or correct"),
        (["affected_percent = 120"], "safety_recall", "affected_percent is 120", "100 at most"),
        (["filed_date = 2013-01-10", "reimbursement_begins = 2012-01-11"], "safety_recall",
         "reimbursement_begins 2012-01-11 is too late: work from 2012-01-10 on", "state 2012-01-10 or a day before"),
    ],
)  # fmt: skip
def test_a_key_that_cannot_stand_is_refused_by_campaign_and_key(tmp_path, lines, kind, said, hint):
    with pytest.raises(BadInput) as caught:
        read(tmp_path, *lines, kind=kind)
    assert "campaigns.toml, campaign X1" in caught.value.message
    assert said in caught.value.message
    assert hint in caught.value.hint


# What is missing


def test_a_standard_of_a_number_that_nobody_knows_is_told_and_refuses_nothing():
    """`999, Nothing at all` was printed as a Federal standard without a word."""
    for standard, told in (
        ("999, Nothing at all", True),
        ("FMVSS No. 301, Fuel System Integrity", False),
        ("213a, Child Restraints", False),
    ):
        one = replace(NONCOMPLIANCE, standard=standard)
        found = [m for m in missing(one, load(ON), "initial", ["en"]) if m.key == "standard"]
        assert [m.must for m in found] == ([False] if told else [])
        assert all("names No. 999" in m.sentence for m in found)


def test_a_noncompliance_needs_its_standard_with_a_title_its_difference_its_conditions_and_its_first_test():
    assert lacking(DEFECT) == []
    assert lacking(NONCOMPLIANCE) == [
        ("standard", "en"),
        ("performance_difference", "en"),
        ("conditions", "en"),
        ("first_test_date", "en"),
    ]
    number = replace(NONCOMPLIANCE, standard="301", letter={**IN_DEFECT, "first_test_date": ON})
    assert lacking(number) == [("standard", "en")]
    (told,) = [
        one.sentence
        for one in missing(NONCOMPLIANCE, load(ON), "initial", ["en"])
        if one.key == "standard"
    ]
    assert told == (
        'Campaign X1 is a noncompliance recall and has no `standard` with number and title, as in "301, Fuel System Integrity"'
        " (49 CFR 577.5(c)(2)):"
        " add it to campaigns.toml."
    )
    for written in ("301, Fuel System Integrity", "FMVSS No. 301, Fuel System Integrity",
                    "Federal Motor Vehicle Safety Standard 301; Fuel System Integrity", "571.301 Fuel System Integrity"):  # fmt: skip
        stated = replace(number, standard=written)
        assert lacking(stated) == []
        assert text_of(stated, "standard", "en").startswith("301")


@pytest.mark.parametrize(
    ("stated", "lacks"),
    [
        ("301", "and that is a number without its title"),
        ("FMVSS No. 301", "and that is a number without its title"),
        ("Fuel System Integrity", "and that is a title without its number"),
        ("1.2A, Odd title", "and that does not begin with the number of a standard and its title"),
        (
            "Fuel System Integrity, 301",
            "and that does not begin with the number of a standard and its title",
        ),
    ],
)
def test_a_standard_that_cannot_be_printed_is_named_with_what_is_wrong(stated, lacks):
    """577.5(c)(2): number and title."""
    for language, where in (("en", ""), ("es", " under [campaign.es]")):
        one = replace(
            NONCOMPLIANCE,
            standard=stated if language == "en" else "301, Fuel System Integrity",
            spanish={"standard": stated},
        )
        (told,) = [
            m.sentence for m in missing(one, load(ON), "initial", [language]) if m.key == "standard"
        ]
        assert told == (
            f"Campaign X1: its `standard`{where} is {stated!r}, {lacks}: state both in campaigns.toml,"
            ' as in "301, Fuel System Integrity" (49 CFR 577.5(c)(2)).'
        )


def test_a_letter_that_states_the_time_of_the_work_asks_for_labor_times():
    """577.5(g)(1)(iii)(B); 577.6(b)(10)(iii): told, and no letter is refused before its own day."""

    def told(campaign, kind="initial"):
        found = missing(campaign, load(ON), kind, ["en"], timed=False)
        return [(one.key, one.must, one.citation) for one in found if one.key == "labor_times"]

    day = replace(DEFECT, remedy_available_date=ON)
    assert told(day) == [("labor_times", False, "49 CFR 577.5(g)(1)(iii)(B)")]
    assert (
        told(replace(day, remedy_available_date=None)) == []
    )  # an interim letter may leave it out
    assert told(replace(day, letter={"remedy_by": "refund"})) == []
    pending = {"decided_by": "administrator", "court": "pending"}
    assert told(replace(DEFECT, letter=pending)) == [
        ("labor_times", False, "49 CFR 577.6(b)(10)(iii)")
    ]
    assert told(replace(DEFECT, letter=pending | {"repairable": False})) == []
    assert not [
        one for one in missing(day, load(ON), "initial", ["en"]) if one.key == "labor_times"
    ]


@pytest.mark.parametrize(
    ("letter", "keys"),
    [
        ({"remedy_by": "replacement"}, ["replacement"]),
        ({"remedy_by": "refund"}, ["depreciation"]),
        ({"remedy_by": "refund", "equipment": "a hitch"}, []),
        ({"other_facilities": True}, ["parts", "modifications", "parts_source", "steps", "facilities"]),
        ({"voluntary_extent": "We pay half"},  # for the vehicles that were sold too long ago
         ["parts", "modifications", "parts_source", "steps", "facilities", "repair_opinion", "list_prices",
          "parts_available_date"]),
        ({"voluntary_extent": "Nothing", "repair_opinion": "No", "repairable": False}, []),
        ({"decided_by": "administrator"}, []),
        ({"decided_by": "administrator", "court": "pending"},
         ["administrators_basis", "administrators_risk", "makers_reasons", "remedy_if_upheld", "reimbursed_after_date",
          "repair_work", "repair_cost", "parts_source", "parts_available_date", "facilities", "reimbursed_facility"]),
        ({"decided_by": "administrator", "court": "pending", "repairable": False},
         ["administrators_basis", "administrators_risk", "makers_reasons", "remedy_if_upheld", "reimbursed_after_date"]),
        ({"decided_by": "administrator", "court": "upheld"}, ["reimbursed_extent"]),
        ({"decided_by": "administrator", "court": "upheld", "provisional_ordered_date": ON}, ["reimbursed_until_date"]),
    ],
)  # fmt: skip
def test_each_remedy_and_decision_names_the_keys_that_it_needs(letter, keys):
    assert [key for key, _ in lacking(replace(DEFECT, letter=letter))] == keys


def test_a_provisional_notification_asks_for_the_day_of_its_order_and_for_costs_in_figures():
    """577.6(b)(9)(i)(C): expenses count from a day not later than that order's; (10)(i): an estimate of the costs."""
    pending = {"decided_by": "administrator", "court": "pending", "repair_cost": "not much"}
    told = missing(replace(DEFECT, letter=pending), load(ON), "initial", ["en"])
    assert ("provisional_ordered_date", False) in [(one.key, one.must) for one in told]
    (cost,) = [one for one in told if one.key == "repair_cost"]
    assert cost.must
    assert cost.sentence == (
        "Campaign X1: its `repair_cost` names no amount: state the estimate in figures in campaigns.toml (49 CFR 577.6(b)(10)(i))."
    )
    stated = pending | {"repair_cost": "about 400 dollars", "provisional_ordered_date": ON}
    told = missing(replace(DEFECT, letter=stated), load(ON), "initial", ["en"])
    assert not {"provisional_ordered_date", "repair_cost"} & {one.key for one in told}


def test_a_consequence_without_crash_or_injury_asks_for_the_kind_of_injury():
    """577.5(f)(2). A fire is none: people can be burned, or choke."""
    fire = replace(DEFECT, consequence="After a crash a fire can start")
    assert lacking(fire) == [("injury", "en")]
    assert lacking(replace(fire, letter={"injury": "burns"})) == []
    assert lacking(replace(fire, consequence="The wheel can lock. This can cause a crash")) == []
    # whether the injury is needed depends on the crash: one question after the other
    brakes = replace(DEFECT, consequence="The brakes can fail", letter={})
    assert lacking(brakes) == [("crash", "en")]
    assert lacking(replace(brakes, letter={"crash": False})) == [("injury", "en")]
    assert lacking(replace(brakes, letter={"crash": True})) == []
    # an injury without its kind is none: the rule asks for the general type, at load, at the freeze and of the letter
    for text, told in (
        ("The airbag may not open, and people can be hurt", True), ("The airbag may not open, which can lead to injuries", True),
        ("The glass can break and cut people", False), ("The glass can break and hurt your hands", False),
    ):  # fmt: skip
        asked = missing(
            replace(DEFECT, consequence=text, letter={"crash": False}), load(ON), "initial", ["en"]
        )
        assert [one.must for one in asked if one.key == "injury"] == ([True] if told else []), text
    for words, named in (
        ("A CHILD COULD BE STRANGLED", True),
        ("A cut of power", True),
        ("The shortcut fails", False),
    ):
        assert names_injury(words) is named


def test_a_text_that_is_missing_in_spanish_is_named_with_its_table():
    assert ("defect", "es") in lacking(DEFECT, languages=("en", "es"))
    sentences = [one.sentence for one in missing(DEFECT, load(ON), "initial", ["es"])]
    assert any("has no `defect` under [campaign.es]" in one for one in sentences)


def test_what_a_letter_can_go_without_is_told_last_and_refuses_nothing():
    bare = replace(DEFECT, filed_date=None, component="pipe")
    told = missing(bare, load(ON), "initial", ["en"])
    assert [(one.key, one.must) for one in told] == [
        ("conditions", False), ("filed_date", False), ("claims_address", False),
    ]  # fmt: skip
    ordered = replace(DEFECT, letter={"decided_by": "administrator"})
    assert [one.key for one in missing(ordered, load(ON), "initial", ["en", "es"]) if not one.must] == [
        "component", "conditions", "claims_address", "ordered_date",
    ]  # fmt: skip
    assert (
        missing(
            replace(bare, campaign_type=CampaignType.SERVICE_CAMPAIGN), load(ON), "initial", ["en"]
        )
        == []
    )


def of_days(there, expected=None, again=None, kind="initial"):
    """Return what is told of the days of a letter of 2013-03-05, by key."""
    stated = {"remedy_expected_date": expected, "next_notice_date": again}
    one = replace(
        DEFECT, remedy_available_date=there, letter={k: d for k, d in stated.items() if d}
    )
    told = missing(one, load(ON), kind, ["en"])
    return {one.key: one.sentence for one in told if one.key in stated}


def test_an_interim_letter_is_asked_when_its_owner_hears_and_no_stated_day_is_dropped_unsaid():
    past, later, last = date(2013, 3, 5), date(2013, 3, 26), date(2013, 9, 2)
    assert of_days(date(2013, 3, 5), past, past) == {}  # the remedy is there: no letter waits
    assert of_days(None, later, later) == {}
    assert of_days(None) == {
        "next_notice_date": "Campaign X1 has no `next_notice_date` (49 CFR 577.7(a)(1)): it should have one: add it to campaigns.toml."
    }
    told = of_days(None, past, past)
    assert "`next_notice_date` 2013-03-05 is no later than 2013-03-05" in told["next_notice_date"]
    assert "a letter says that no day is known" in told["remedy_expected_date"]
    assert of_days(last, later, later) == {
        "remedy_expected_date": "Campaign X1: letters name `remedy_available_date` 2013-09-02, not `remedy_expected_date`"
        " 2013-03-26: leave one of them out (49 CFR 577.5(g)(1)(ii))."
    }


def test_a_second_notice_whose_remedy_has_its_day_is_not_asked_when_its_owner_hears_again():
    later = date(2013, 9, 2)
    assert of_days(later, kind="remedy_available") == {}
    assert set(of_days(None, kind="remedy_available")) == {"next_notice_date"}
    assert set(of_days(later)) == {"next_notice_date"}


def test_an_interim_follow_up_about_a_remedy_that_is_there_is_told_what_its_letters_say():
    def told(kind):
        return [one.sentence for one in missing(DEFECT, load(ON), kind, ["en"]) if one.wrong]

    assert told("initial") == []
    (said,) = told("interim")
    assert said == (
        "Campaign X1: the follow-up is an interim one, and the remedy is there since 2013-02-11:"
        " its letters ask their owners in (49 CFR 577.7(a)(1))."
    )


def test_a_consequence_without_warning_beside_a_warning_is_refused():
    """577.5(f)(1): a crash without prior warning, or the warning and what comes of not heeding it."""
    both = replace(
        DEFECT,
        consequence="The engine can stop without prior  warning. A crash can occur",
        warning="a noise",
    )
    assert lacking(both) == [("warning", "en")]
    assert lacking(replace(both, warning=" ")) == []
    assert lacking(replace(both, consequence="A crash can occur")) == []
    with pytest.raises(LetterRefused, match="`consequence` says that nothing warns"):
        facts_for_slots(spec(both), both, "en")


# Days that the rules compute


def test_reimbursement_begins_where_573_13_c_says():
    assert reimbursement_begins(DEFECT) == date(2012, 1, 10)  # one year before the report
    for opened, begins in (
        (date(2011, 6, 1), date(2011, 6, 1)),
        (date(2012, 6, 1), date(2012, 1, 10)),
    ):
        assert (
            reimbursement_begins(replace(DEFECT, letter={"analysis_opened_date": opened})) == begins
        )
    assert reimbursement_begins(
        replace(NONCOMPLIANCE, letter={"first_test_date": date(2012, 9, 3)})
    ) == date(2012, 9, 3)
    assert reimbursement_begins(
        replace(DEFECT, letter={"reimbursement_begins": date(2010, 1, 1)})
    ) == date(2010, 1, 1)
    assert reimbursement_begins(NONCOMPLIANCE) is None


def test_the_free_remedy_ends_so_many_years_before_the_notice_or_the_order():
    """Ten years until December 2015, fifteen since; five of a tire. Only where the campaign says what then happens."""
    ended = replace(DEFECT, letter={"voluntary_extent": "We pay half"})

    def before(one, on=ON):
        return old_vehicles(one, on).sold_before

    assert old_vehicles(DEFECT, ON) is None
    assert old_vehicles(ended, ON) == OldVehicles(date(2003, 2, 11), unknown_too=False)
    assert before(replace(ended, first_notice_date=None), date(2020, 2, 29)) == date(2005, 2, 28)
    ordered = {**ended.letter, "decided_by": "administrator", "ordered_date": date(2012, 12, 3)}
    assert before(replace(ended, letter=ordered)) == date(2002, 12, 3)
    assert before(replace(ended, letter={**ended.letter, "tires": True})) == date(2008, 2, 11)


def test_a_stated_end_of_the_free_remedy_speaks_for_vehicles_of_unknown_sale_and_for_all_equipment():
    stated = replace(DEFECT, letter={"voluntary_extent": "We pay half", "not_free": True})
    assert old_vehicles(stated, ON) == OldVehicles(date(2003, 2, 11), unknown_too=True)
    assert "not_free" not in facts_of(stated)  # the vehicle decides
    assert "not_free" in facts_of(stated, not_free=True)
    equipment = replace(stated, letter={**stated.letter, "equipment": "certain hitches"})
    assert old_vehicles(equipment, ON) is None
    assert "not_free" in facts_of(equipment)


# NHTSA's record


def test_nhtsa_s_file_fills_the_number_of_the_standard_and_the_maker_s_own_stands():
    recall = nhtsa.Recall("13V001000", facts={"fmvss": "301", "component": "FUEL"}, makes=["LEXUS"])
    filed = nhtsa.as_campaign(recall, "X1")
    assert (filed.campaign_type, filed.standard) == (CampaignType.NONCOMPLIANCE_RECALL, "301")
    assert nhtsa.fill(NONCOMPLIANCE, filed).standard == "301"
    titled = replace(NONCOMPLIANCE, standard="Fuel System Integrity")
    assert nhtsa.fill(titled, filed).standard == "301, Fuel System Integrity"
    assert [one for one in nhtsa.overruled(titled, filed) if "standard" in one] == []
    stated = replace(NONCOMPLIANCE, standard="301, Fuel System Integrity")
    assert nhtsa.fill(stated, filed).standard == "301, Fuel System Integrity"
    assert [one for one in nhtsa.overruled(stated, filed) if "standard" in one] == []
    (other,) = [
        one
        for one in nhtsa.overruled(replace(stated, standard="108, Lamps"), filed)
        if "standard" in one
    ]
    assert (
        other == "X1: your campaigns.toml says standard 108, Lamps, NHTSA says 301; yours stands."
    )
    (kind,) = [one for one in nhtsa.overruled(DEFECT, filed) if "standard" in one]
    assert "says safety_recall, NHTSA has 13V001000 under standard 301" in kind


def test_facts_of_an_accelerated_remedy_say_who_pays_only_where_it_is_done_elsewhere():
    at_dealers = replace(DEFECT, letter={"acceleration": "more parts", "owner_pays_first": True})
    assert not {"owner_pays_first", "owner_pays_nothing"} & facts_of(at_dealers)
    elsewhere = replace(
        DEFECT, letter={"acceleration": "more shops", "acceleration_facilities": "call us"}
    )
    assert {"owner_pays_nothing", "accelerated_facilities"} <= facts_of(elsewhere)


def told_of(campaign, languages=("en",)):
    """Return what is told of a campaign that has all that it needs, by key and language."""
    return {
        (one.key, one.language): one
        for one in missing(campaign, load(ON), "initial", languages)
        if one.wrong or one.key == "towing"
    }


def test_a_text_that_the_check_of_the_letter_refuses_is_told_with_its_language_before():
    texts = {
        "defect": "SOME FUELS CAN CORRODE THE PIPES.",
        "consequence": "Fuel can burn people. There is no danger to you.",
        "remedy": "The dealer will charge you for fuel.",
    }
    spanish = {"remedy": "El taller le cobrará la gasolina.", "defect": "El tubo puede gotear."}
    told = told_of(replace(DEFECT, spanish=spanish, **texts), ("en", "es"))
    assert {key for key, one in told.items() if not one.must} == {
        ("defect", "en"), ("consequence", "en"), ("remedy", "en"), ("remedy", "es"),
    }  # fmt: skip
    assert told["remedy", "es"].sentence == (
        "Campaign X1: letter check refuses its `remedy` under [campaign.es]: A charge for the free remedy, 'El taller le cobrará la"
        " gasolina.': leave it out (49 USC 30120(a)(1), (g)(1); 49 CFR 577.5(g)(1)(i))."
    )
    assert "letter check refuses its `defect`: it is in capitals" in told["defect", "en"].sentence
    assert told_of(DEFECT) == {}


def test_each_faulty_sentence_of_a_text_is_told_and_not_the_first_alone():
    texts = {
        "defect": "There is no defect. The pipe can leak. You need not worry about it.",
        "remedy": "The dealer will charge you for fuel. It takes 2 hours. You pay for the pipe.",
    }
    spanish = {"remedy": "El taller le cobrará la gasolina. Usted paga el tubo."}
    told = [
        (one.key, one.language, one.wrong.split("'")[1])
        for one in missing(
            replace(DEFECT, spanish=spanish, **texts), load(ON), "initial", ["en", "es"]
        )
        if "letter check refuses" in one.wrong
    ]
    assert told == [
        ("defect", "en", "There is no defect."),
        ("defect", "en", "You need not worry about it."),
        ("remedy", "en", "The dealer will charge you for fuel."),
        ("remedy", "en", "You pay for the pipe."),
        ("remedy", "es", "El taller le cobrará la gasolina."),
        ("remedy", "es", "Usted paga el tubo."),
    ]


def test_the_words_for_the_work_of_a_refund_are_told_to_stand_in_no_letter():
    (one,) = told_of(replace(DEFECT, letter={"remedy_by": "refund", "depreciation": "x"})).values()
    assert (one.key, one.must) == ("remedy", False)
    assert "its `remedy` is not printed, because `remedy_by` is 'refund'" in one.sentence


def test_a_vehicle_that_may_not_be_driven_asks_how_it_gets_to_the_dealer():
    stop = replace(DEFECT, do_not_drive=True)
    (one,) = told_of(stop).values()
    assert (one.key, one.must, one.citation) == (
        "towing", False, "house policy beside 49 CFR 577.5(e)(4)",
    )  # fmt: skip
    assert told_of(replace(stop, letter={"towing": "The dealer sends a truck"})) == {}


def test_an_opinion_beside_no_repair_is_to_be_read_and_a_letter_a_few_days_on_is_told():
    none = {
        "voluntary_extent": "We pay half",
        "repairable": False,
        "repair_opinion": "Have it done",
    }
    assert ("repair_opinion", "en") in told_of(replace(DEFECT, letter=none))
    soon = of_days(None, again=date(2013, 3, 7))["next_notice_date"]
    assert "is 2 days after 2013-03-05, and owners would hear again so soon" in soon
    assert of_days(None, again=date(2013, 3, 19)) == {}
