"""The words of a letter in two languages: dates, durations, vehicles, labels; what a statement's slots are filled with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from letters.samples import ACTUATOR, FUEL, FULL, HOURS, SPRING, spec
from renotify.campaigns.campaign import CampaignType, Scope
from renotify.errors import LetterRefused
from renotify.letters import compose
from renotify.letters.identified import vehicles
from renotify.letters.letter_text import (
    duration,
    facts_for_slots,
    long_date,
    part,
    placed,
    texts,
    whose,
)
from renotify.letters.spec import facts_of
from renotify.rules import load

SPANISH_MONTHS = [
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
]  # fmt: skip
ENGLISH_MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]  # fmt: skip


def test_each_month_has_its_name_in_each_language():
    for month in range(1, 13):
        day = date(2013, month, 1)
        assert long_date(day, "en") == f"{ENGLISH_MONTHS[month - 1]} 1, 2013"
        assert long_date(day, "es") == f"1 de {SPANISH_MONTHS[month - 1]} de 2013"


@pytest.mark.parametrize(
    ("hours", "english", "spanish"),
    [
        ((0.25, 0.25), "15 minutes", "15 minutos"),
        ((0.5, 0.9), "30 to 54 minutes", "30 a 54 minutos"),
        ((1 / 60, 1 / 60), "1 minute", "1 minuto"),
        ((0.9, 1.5), "0.9 to 1.5 hours", "0.9 a 1.5 horas"),
        ((1, 1), "1 hour", "1 hora"),
        ((1, 2), "1 to 2 hours", "1 a 2 horas"),
        ((2.5, 2.5), "2.5 hours", "2.5 horas"),
    ],
)
def test_work_below_an_hour_is_said_in_minutes_and_one_is_singular(hours, english, spanish):
    assert duration(hours, "en") == english
    assert duration(hours, "es") == spanish


def test_one_year_is_named_once_and_a_line_that_repeats_is_not_repeated():
    one = replace(FUEL, scopes=(Scope("IS 250", 2006, 2006), Scope("IS 250", 2006, 2006)))
    assert vehicles(one, "en") == "certain 2006 Lexus IS 250 vehicles"
    assert vehicles(one, "es") == "ciertos vehículos Lexus IS 250 de 2006"
    assert vehicles(replace(FUEL, scopes=()), "en") == ""


def test_a_part_without_words_of_its_own_is_called_by_the_subject():
    silent = replace(FUEL, component="", spanish={**FUEL.spanish, "component": ""})
    assert texts(silent, "en")["component"] == "Fuel Delivery Pipe"
    without = replace(FUEL, spanish={k: v for k, v in FUEL.spanish.items() if k != "component"})
    assert texts(without, "es")["component"] == "Tubo de combustible"


@pytest.mark.parametrize("name", ["subject", "defect", "consequence", "remedy"])
def test_each_needed_text_is_refused_by_name_in_each_language(name):
    with pytest.raises(LetterRefused, match=f"9LA has no {name} in language 'en'") as caught:
        texts(replace(FUEL, **{name: "  "}), "en")
    assert caught.value.hint == "Add it to campaigns.toml."
    with pytest.raises(LetterRefused, match=f"9LA has no {name} in language 'es'") as caught:
        texts(replace(FUEL, spanish={**FUEL.spanish, name: ""}), "es")
    assert caught.value.hint == "Add it to campaigns.toml, under [campaign.es]."


@pytest.mark.parametrize("name", ["warning", "precaution"])
def test_a_text_that_english_owners_get_may_not_be_kept_from_spanish_ones(name):
    other = {key: text for key, text in FUEL.spanish.items() if key != name}
    with pytest.raises(LetterRefused, match=f"no {name} in language 'es'"):
        texts(replace(FUEL, spanish=other), "es")
    assert texts(replace(FUEL, spanish=other, **{name: ""}), "es")[name] == ""


def test_dates_of_a_letter_go_before_those_of_the_campaign():
    given = spec(earlier_notice={"9LA": date(2010, 1, 2)}, remedy_date={"ALE": date(2011, 3, 4)})
    found = facts_for_slots(given, FUEL, "en")
    assert found["first_notice_date"] == "January 2, 2010"
    assert found["remedy_available_date"] == "February 17, 2009"
    nothing = facts_for_slots(given, replace(FUEL, remedy_available_date=None), "es")
    assert (nothing["first_notice_date"], nothing["remedy_available_date"]) == (
        "2 de enero de 2010",
        "",
    )


def test_slots_hold_the_sender_s_numbers_the_work_s_hours_and_the_vin_s_own_place():
    found = facts_for_slots(spec(), FUEL, "en")
    assert (found["phone"], found["tty"]) == ("1-800-555-0100", "1-800-555-0101")
    assert (found["labor_time"], found["vin"], found["campaign"]) == ("2 hours", "{vin}", "9LA")
    assert found["manufacturer"] == "Lexus"
    assert facts_for_slots(spec(labor_hours={}), FUEL, "en")["labor_time"] == ""


def test_a_full_stop_at_the_end_of_a_campaign_s_text_is_its_author_s_and_not_doubled():
    stopped = replace(FUEL, defect="A pipe can leak. . ", remedy="New pipes.")
    found = facts_for_slots(spec(stopped), stopped, "en")
    assert (found["defect"], found["remedy"]) == ("A pipe can leak", "New pipes")


# Which risk is said


@pytest.mark.parametrize(
    ("consequence", "warning", "fact"),
    [
        ("This may lead to a CRASH", "", "crash_without_warning"),
        ("This may lead to a crash", "a noise", "crash_with_warning"),
        ("A fire can burn people", "a smell", "injury_with_warning"),
        ("A fire can burn people", " ", None),
        ("A fire can start", " ", "injury"),  # 577.5(f)(2): of what kind can the injury be?
    ],
)
def test_a_crash_an_injury_and_a_warning_on_file_decide_the_sentence_of_577_5_f(
    consequence, warning, fact
):
    read = replace(FUEL, consequence=consequence, warning=warning, precaution="", letter={})
    held = facts_of(read)
    assert held - {"reimbursement_begins"} == (frozenset([fact]) if fact else frozenset())


def test_advisories_are_facts_of_a_recall_and_never_of_a_service_campaign():
    warned = {"do_not_drive": True, "park_outside": True}
    assert {"do_not_drive", "park_outside", "precaution"} <= facts_of(replace(FUEL, **warned))
    assert facts_of(replace(ACTUATOR, **warned)) == frozenset()


# What a letter is called


@pytest.mark.parametrize(
    ("kind", "english", "spanish"),
    [
        ("initial", "First notice", "Primer aviso"),
        ("interim", "First notice", "Primer aviso"),
        ("remedy_available", "Second notice", "Segundo aviso"),
        ("follow_up", "Follow-up notice", "Aviso de seguimiento"),
    ],
)
def test_a_letter_says_what_notice_it_is_and_its_campaigns_by_their_nhtsa_numbers(
    kind, english, spanish, pack
):
    both = spec(FUEL, SPRING, kind=kind, language="en+es")
    said = {lang: part(both, placed(both, pack, lang), lang) for lang in ("en", "es")}
    assert {lang: one["notice"] for lang, one in said.items()} == {"en": english, "es": spanish}
    assert [one["name"] for one in said["en"]["campaigns"]] == [
        "Recall 9LA (NHTSA 09V020000)", "Recall ALE (NHTSA 10V309000)",
    ]  # fmt: skip
    assert said["es"]["title"] == (
        f"Lexus: {spanish}, Retiro 9LA (NHTSA 09V020000) y Retiro ALE (NHTSA 10V309000)"
    )


def test_a_notice_after_a_provisional_one_is_called_no_first_notice(pack):
    upheld = {
        "decided_by": "administrator",
        "court": "upheld",
        "reimbursed_until_date": date(2013, 6, 30),
    }
    told = replace(
        FUEL, letter={**FUEL.letter, **upheld, "provisional_ordered_date": date(2012, 3, 1)}
    )
    alone = replace(FUEL, letter={**FUEL.letter, **upheld, "reimbursed_extent": "Nothing"})
    for one, kind, notice in (
        (told, "initial", "Further notice"),
        (told, "follow_up", "Follow-up notice"),
        (alone, "initial", "First notice"),
    ):
        given = spec(one, kind=kind)
        assert part(given, placed(given, pack, "en"), "en")["notice"] == notice


@pytest.mark.parametrize("waiting", [{"9LA"}, {"9LA", "ALE"}])
def test_a_follow_up_is_never_called_a_first_notice_whatever_is_waited_for(waiting, pack):
    waits = spec(FUEL, SPRING, waiting=frozenset(waiting))
    assert part(waits, placed(waits, pack, "en"), "en")["notice"] == "Follow-up notice"


def test_what_is_true_of_a_campaign_that_waits_is_said_of_it_alone(pack):
    """Its own N1U in place of follow-up and repair; where all wait, N1U once for all of them."""

    def said(*waiting):
        found = placed(spec(FUEL, SPRING, waiting=frozenset(waiting)), pack, "en")
        told = ("N1U", "P8", "P8D", "P9", "G2N", "G3", "G4")
        return {(p.statement.id, p.campaign) for p in found if p.statement.id in told}

    of_fuel = {("P8", None), ("P8D", 0), ("P9", None), ("G2N", None), ("G3", 0), ("G4", 0)}
    of_spring = {("P8", None), ("P8D", 1), ("P9", None), ("G2N", None), ("G3", 1), ("G4", 1)}
    assert said() == of_fuel | of_spring
    now = ("G2N", None)  # once, where all remedies are there; else with its own campaign
    assert said("ALE") == of_fuel - {now} | {("G2N", 0), ("N1U", 1), ("G3", 1)}
    assert said("9LA") == of_spring - {now} | {("G2N", 1), ("N1U", 0), ("G3", 0)}
    assert said("9LA", "ALE") == {("N1U", None), ("G3", 0), ("G3", 1)}


def led(given, *statements):
    """Return by statement how it is printed outside its recall's part: led by the name of the recall that it holds for."""
    pack = load(given.mail_date)
    said = part(given, placed(given, pack, "en"), "en")["statements"]
    return {one["id"]: one["whose"] for one in said if one["id"] in statements}


def test_what_does_not_hold_for_each_recall_of_a_letter_is_led_by_the_name_of_its_own():
    """577.8(a): what is so of the one may not be read as so of the other."""
    some = replace(FUEL, letter={**FUEL.letter, "affected_percent": 4})
    assert led(spec(some, SPRING), "D1", "G1", "P4") == {"D1": "Recall 9LA", "G1": "", "P4": ""}
    also = replace(SPRING, letter={"affected_percent": 4})
    assert led(spec(some, also), "D1") == {"D1": ""}  # true of all: said once
    paid = replace(
        FUEL,
        letter={
            **FUEL.letter,
            "voluntary_extent": "We do nothing",
            "repair_opinion": "No",
            "repairable": False,
        },
    )
    half = spec(paid, SPRING, not_free=frozenset(["9LA"]))
    assert led(half, "NF1", "NF2", "G1", "P6", "P9", "P9N", "P8") == {
        "NF1": "Recall 9LA", "NF2": "Recall 9LA", "P9N": "Recall 9LA", "P8": "",
        "G1": "Recall ALE", "P6": "Recall ALE", "P9": "Recall ALE",
    }  # fmt: skip
    faster = replace(FUEL, letter={**FUEL.letter, "acceleration": "more parts"})
    assert led(spec(faster, SPRING), "A1a", "A1c") == {"A1a": "Recall 9LA", "A1c": "Recall 9LA"}
    third = replace(SPRING, campaign_code="BLB")
    hours = {**HOURS, "BLB": (1.0, 1.0)}
    three = spec(paid, SPRING, third, not_free=frozenset(["9LA"]), labor_hours=hours)
    assert led(three, "G1", "NF1") == {"NF1": "Recall 9LA", "G1": "Recalls ALE and BLB"}


def test_the_one_visit_of_several_recalls_is_told_once_in_the_part_of_the_last(pack):
    given = spec(FUEL, SPRING, one_visit=("9LA", "ALE"), visit_hours=(8.0, 23.0))
    found = [(p.campaign, p.text) for p in placed(given, pack, "en") if p.statement.id == "VISIT"]
    assert found == [(1, "All of this work is done in one visit of about 8 to 23 hours.")]


def test_two_recalls_that_are_remedied_differently_say_each_by_name_how():
    refunded = replace(
        FUEL, letter={**FUEL.letter, "remedy_by": "refund", "depreciation": "10 percent a year"}
    )
    replaced = replace(SPRING, letter={"remedy_by": "replacement", "replacement": "a new IS 350"})
    assert led(spec(refunded, replaced), "G1F", "G1R", "P9R") == {
        "G1F": "Recall 9LA", "G1R": "Recall ALE", "P9R": "",
    }  # fmt: skip
    assert led(spec(refunded, SPRING), "G1F", "G1", "P9R", "P9") == {
        "G1F": "Recall 9LA", "G1": "Recall ALE", "P9R": "Recall 9LA", "P9": "Recall ALE",
    }  # fmt: skip


def test_when_owners_hear_again_of_each_recall_that_waits_stands_before_what_is_there(pack):
    """Recalls AAA and CCC wait, BBB needs no part: nothing of BBB stands between what is said of the two."""
    days = {"AAA": date(2013, 9, 1), "CCC": date(2013, 10, 1)}
    ones = [
        replace(
            FUEL, campaign_code=code, remedy_available_date=None,
            letter={**FUEL.letter, "next_notice_date": days[code]} if code in days else FUEL.letter,
        )
        for code in ("AAA", "BBB", "CCC")
    ]  # fmt: skip
    given = spec(
        *ones, kind="initial", waiting=frozenset(days), at_once=frozenset(["BBB"]),
        labor_hours=dict.fromkeys(("AAA", "BBB", "CCC"), (1.0, 1.0)),
    )  # fmt: skip
    said = [one for one in placed(given, pack, "en") if one.statement.section == "577.7(a)(1)"]
    assert [(one.statement.id, one.of) for one in said] == [
        ("N1U", (0, 2)), ("N1N", (0,)), ("N1N", (2,)), ("N1A", (1,)),
    ]  # fmt: skip


def test_two_recalls_that_are_waited_for_say_each_by_name_from_when():
    expected = replace(
        SPRING, remedy_available_date=None, letter={"remedy_expected_date": date(2013, 9, 2)}
    )
    unknown = replace(FUEL, remedy_available_date=None)
    waits = spec(unknown, expected, kind="interim", waiting=frozenset(["9LA", "ALE"]))
    assert led(waits, "N1", "N1U") == {"N1": "Recall ALE", "N1U": "Recall 9LA"}


def test_an_interim_notice_about_a_remedy_that_is_there_asks_its_owner_in(pack):
    """FUEL's remedy has been there since 2009; the letter never says otherwise, whatever its follow-up is called."""
    given = spec(FUEL, kind="interim")
    assert (given.form, given.kind_of("9LA")) == ("initial", "initial")
    found = {p.statement.id for p in placed(given, pack, "en")}
    assert {"G2N", "G3", "G4"} <= found
    assert not {"N1", "N1U"} & found


def test_a_remedy_whose_day_has_come_is_available_now_and_a_later_one_from_its_day(pack):
    """MAIL_DATE is 2013-03-05: that very day counts as now, the next does not."""
    for day, said in (
        (date(2013, 3, 5), {"G2N": "The remedy is available now, without charge."}),
        (date(2013, 3, 6), {"G2": "This remedy is available without charge from March 6, 2013."}),
    ):
        one = placed(spec(replace(FUEL, remedy_available_date=day)), pack, "en")
        assert {p.statement.id: p.text for p in one if p.statement.section.endswith("(ii)")} == said
        known = placed(spec(FUEL, remedy_date={"9LA": day}), pack, "en")
        assert {p.statement.id for p in known} >= set(said)
    again = placed(spec(FUEL, kind="remedy_available"), pack, "en")
    assert {p.statement.id for p in again} >= {"N2"}  # it says itself that the repair is there
    assert {p.statement.id for p in again}.isdisjoint({"G2", "G2N"})


def test_a_sentence_of_the_law_s_that_two_campaigns_share_is_said_with_the_last(pack):
    found = placed(spec(FUEL, SPRING), pack, "en")
    said = {(p.statement.id, p.campaign): p.text for p in found}
    assert said["P8", None].endswith("the repair has not been done on your vehicle.")
    assert said["P8D", 0] == "The first notice about Recall 9LA went out on February 17, 2009."
    assert said["P8D", 1].startswith("The first notice about Recall ALE went out on ")
    assert said["G4", 0] == "The work takes about 2 hours."
    longer = "The dealer may need your vehicle longer."
    assert said["G4", 1] == f"The work takes about 7 to 22 hours. {longer}"
    alone = placed(spec(FUEL), pack, "en")
    assert [p.text.endswith(longer) for p in alone if p.statement.id == "G4"] == [True]


def test_a_campaign_s_own_words_are_said_of_each_that_has_them(pack):
    same = replace(SPRING, remedy=FUEL.remedy)
    found = [p.text for p in placed(spec(FUEL, same), pack, "en") if p.statement.id == "G3"]
    assert len(found) == 2
    assert found[0] == found[1]


def test_what_must_not_wait_is_of_the_vehicle_and_stands_once(pack):
    warned = [replace(one, do_not_drive=True, park_outside=True) for one in (FUEL, SPRING)]
    for campaigns in (warned, [warned[0], SPRING], [FUEL, warned[1]]):
        found = placed(spec(*campaigns), pack, "en")
        assert [(p.statement.id, p.campaign) for p in found if p.statement.id in ("E5", "E6")] == [
            ("E5", None), ("E6", None),
        ]  # fmt: skip


def _towed(*ways):
    return [
        replace(one, do_not_drive=True, letter={**one.letter, "towing": way} if way else one.letter)
        for one, way in zip((FUEL, SPRING), ways, strict=True)
    ]


def _how_it_gets_there(campaigns, pack):
    given = spec(*campaigns)
    found = [p for p in placed(given, pack, "en") if p.statement.id == "E5T"]
    return [f"{whose(p, given, 'en')}|{p.text}" for p in found]


def test_each_recall_that_stops_the_vehicle_says_its_own_way_to_the_dealer(pack):
    truck, key = "The dealer sends a truck", "Call us, and we come for the key"
    said = "How your vehicle gets to the dealer: "
    assert _how_it_gets_there(_towed(truck, key), pack) == [
        f"Recall {FUEL.campaign_code}|{said}{truck}.", f"Recall {SPRING.campaign_code}|{said}{key}.",
    ]  # fmt: skip
    assert _how_it_gets_there(_towed(truck, truck), pack) == [f"|{said}{truck}."]
    assert _how_it_gets_there(_towed("", key), pack) == [
        f"Recall {SPRING.campaign_code}|{said}{key}."
    ]


def test_the_sender_s_department_hours_and_page_are_printed_in_the_letter_s_language(profile, pack):
    given = spec(language="en+es", sender=FULL)
    letter = compose.recipe(given, profile, pack).inputs["letter"]
    assert letter["sender"]["web"] == "www.example.com/recalls"
    assert [one["sender"] for one in letter["parts"]] == [
        {
            "department": "Campaign Department",
            "hours": "Monday to Friday, 8 a.m. to 8 p.m. Eastern time",
        },
        dict(FULL.spanish),
    ]
    for name in ("department", "hours"):
        spanish = {key: words for key, words in FULL.spanish.items() if key != name}
        short = replace(given, sender=replace(FULL, spanish=spanish))
        with pytest.raises(LetterRefused, match=f"sender's {name} has no words in language 'es'"):
            compose.recipe(short, profile, pack)
        compose.recipe(replace(short, language="en"), profile, pack)


def test_a_service_campaign_is_called_one_and_has_no_number(pack):
    service = spec(ACTUATOR, language="en+es")
    names = [part(service, [], tongue)["campaigns"][0]["name"] for tongue in ("en", "es")]
    assert names == [
        "Service campaign CLB: Exhaust Gas Control Actuator",
        "Campaña de servicio CLB: Pieza del escape",
    ]
    assert placed(service, pack, "en") == []


def test_statements_stand_in_the_pack_s_order_and_for_each_campaign_in_the_bundle_s(pack):
    found = placed(spec(FUEL, SPRING), pack, "en")
    ranks = [(item.statement.order, item.campaign or 0) for item in found]
    assert ranks == sorted(ranks)
    of_defect = [item for item in found if item.statement.id == "E2"]
    assert [item.campaign for item in of_defect] == [0, 1]
    assert "fuel pipes" in of_defect[0].text
    assert "valve spring" in of_defect[1].text


def test_two_families_of_decision_stand_in_a_bundle_of_a_defect_and_a_noncompliance(pack):
    standard = replace(
        SPRING,
        campaign_type=CampaignType.NONCOMPLIANCE_RECALL,
        standard="108, Lamps",
        conditions="at night",
        letter={
            "first_test_date": date(2009, 5, 1),
            "performance_difference": "The standard wants light for 45 meters. These lamps give it for 30",
        },
    )
    found = {(p.statement.id, p.campaign) for p in placed(spec(FUEL, standard), pack, "en")}
    assert {("P4", 0), ("P5", 1), ("E2N", 1)} <= found
    assert not {("P4", 1), ("P5", 0)} & found


# The recipe


def test_a_recipe_names_the_source_files_of_its_kind_and_languages_and_no_others(profile, pack):
    waits = spec(kind="interim", language="en+es", waiting=frozenset(["9LA"]))
    made = compose.recipe(waits, profile, pack)
    assert sorted(made.modules) == [
        "letter.typ", "safety/en/blocks.typ", "safety/en/interim.typ", "safety/es/blocks.typ", "safety/es/interim.typ",
        "theme.typ",
    ]  # fmt: skip
    parts = [f'#part("{it}")[#include "/safety/{it}/interim.typ"]' for it in ("en", "es")]
    assert made.source.endswith("\n".join(parts) + "\n")
    assert made.inputs["letter"]["codes"] == "9LA"
    assert made.inputs["letter"]["any-dealer"] == "Any Lexus dealer / Cualquier concesionario Lexus"


def test_a_recipe_keeps_what_a_version_is_for_the_checks_to_judge(profile, pack):
    given = spec(FUEL, SPRING, language="en+es", accepted={"grade.en": "J. Counsel, 2013-02-20"})
    summary = compose.recipe(given, profile, pack).inputs["summary"]
    assert [one["code"] for one in summary["campaigns"]] == ["9LA", "ALE"]
    assert summary["campaigns"][0]["facts"] == [
        "hours_known", "injury_with_warning", "precaution", "reimbursement_begins", "remedy_now", "remedy_told",
    ]  # fmt: skip
    assert (summary["kind"], summary["family"], summary["recipient"]) == (
        "follow_up",
        "safety",
        "owner",
    )
    assert (summary["mail_date"], summary["rules_on"]) == ("2013-03-05", "2013-03-05")
    assert summary["accepted"] == {"grade.en": "J. Counsel, 2013-02-20"}


def test_a_source_that_is_not_there_is_refused_by_its_name(profile, pack, tmp_path):
    with pytest.raises(LetterRefused, match=r"no letter source theme\.typ"):
        compose.recipe(spec(), profile, pack, tmp_path)


def test_the_page_leaves_the_barcode_its_clear_space_above_and_below(profile):
    """0.145 in of bars; above them the window's clearance of 0.04 in, below 0.028 in down to the highest accents."""
    safe = compose.geometry(profile)["safe"]
    assert safe["bars-bottom"] == pytest.approx(safe["top"] + 0.145 * 72)
    assert profile.size("clearance", "above_below") == pytest.approx(0.04 * 25.4)
    assert safe["first-line"] == pytest.approx(safe["bars-bottom"] + 0.028 * 72 + 1.067 * 8.5)
    assert compose.geometry(profile)["bars"]["pitch"] == pytest.approx(72 / 22)


@pytest.mark.parametrize(
    ("language", "stated", "said"),
    [
        ("en", "certain trailer hitches", "certain trailer hitches"),
        ("en", "The roof rack 12", "The roof rack 12"),
        ("en", "Roof rack, part 12", "certain replacement equipment (Roof rack, part 12)"),
        ("es", "ciertos enganches", "ciertos enganches"),
        ("es", "Portaequipajes 12", "cierto equipo de reemplazo (Portaequipajes 12)"),
        ("es", "Elevador 12", "cierto equipo de reemplazo (Elevador 12)"),  # no article: *el*
        ("es", "el portaequipajes 12", "el portaequipajes 12"),
    ],
)
def test_a_bare_name_of_equipment_stands_behind_a_word_that_the_sentence_can_have(
    language, stated, said
):
    one = replace(FUEL, letter={"equipment": stated}, spanish={"equipment": stated})
    assert vehicles(one, language) == said
