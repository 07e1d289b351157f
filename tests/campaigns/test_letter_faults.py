"""What no letter is printed with: an injury that names none, a last day that is over, an order of days, a key that nothing reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cases import at_once
from letters.samples import FUEL, MAIL_DATE, spec
from renotify.campaigns import catalogue
from renotify.campaigns.campaign import Campaign, CampaignType, Remedy
from renotify.campaigns.crashes import Crash, crash_in
from renotify.campaigns.injuries import denies_injury, names_injury
from renotify.campaigns.letter_facts import CHOICES, KINDS, TEXTS, facts_of
from renotify.campaigns.letter_faults import faults
from renotify.campaigns.missing_facts import missing, of_days
from renotify.errors import BadInput, LetterRefused
from renotify.letters.letter_text import placed
from renotify.rules import load
from renotify.values.stated_tables import DAY, NUMBER, YES_NO
from small_world import toml

PACK = load(MAIL_DATE)
INJURIES = {
    "en": [
        "Broken bones and cuts.", "burns", "People can be burned or killed.", "You can die.", "a cut finger", "BRUISES",
        "If the airbag does not open, you can be hurt", "You may not get out and be burned", "carbon monoxide can make you sick",
        "the risk of burns", "a higher risk of injury, such as cuts", "the risk of injuries to the eyes", "a risk of head injury",
    ],
    "es": [
        "quemaduras", "heridas y cortes", "Puede morir.", "Si no se abre, usted puede sufrir lesiones", "golpes en la cabeza",
        "el riesgo de lesiones en los ojos",
    ],
}  # fmt: skip
NO_INJURIES = {
    "en": [
        "none", "You may be unhappy.", "No injuries.", "Nobody can be hurt.", "Injuries are unlikely.", "Nobody has been hurt.",
        "The engine burns more oil.", "a dead battery", "The shock absorber wears.", "People do not get hurt by it.", "unknown",
        "The engine can cut out.", "Burns have not been reported.",
        "If the airbag does not deploy in a crash, it may not properly protect the occupant, increasing the risk of injury.",
        "An unsecured occupant has an increased risk of injury in a crash.", "THE RISK OF SERIOUS\nPERSONAL INJURY",
        "a risk of injury to passengers",
    ],
    "es": [
        "ninguna", "ninguna lesión", "nadie sale herido", "El motor se apaga.", "sin lesiones", "Las lesiones son improbables.",
        "Aumenta el riesgo de lesiones.", "un mayor riesgo de sufrir lesiones graves",
    ],
}  # fmt: skip


def is_an_injury(text: str, language: str) -> bool:
    return names_injury(text, language) and not denies_injury(text, language)


@at_once("language", ["en", "es"])
def test_a_kind_of_injury_has_a_word_of_one_and_is_not_denied(language: str) -> None:
    assert [one for one in INJURIES[language] if not is_an_injury(one, language)] == []
    assert [one for one in NO_INJURIES[language] if is_an_injury(one, language)] == []


def test_an_injury_that_names_none_is_told_and_refuses_the_letter_in_either_language() -> None:
    """577.5(f)(2)(i): the general type of injury."""
    stated = replace(FUEL, letter={"crash": False, "injury": "none"}, warning="", spanish={})
    told = [one for one in missing(stated, PACK, "follow_up", ["en"]) if one.key == "injury"]
    assert [one.must for one in told] == [
        True
    ]  # it is missing: no reading, which a person could accept
    assert "is to name the kind of injury and names none, 'none'" in told[0].sentence
    with pytest.raises(LetterRefused, match="names none, 'none'"):
        placed(spec(stated), PACK, "en")
    burned = replace(stated, letter={"crash": False, "injury": "burns"})
    assert "F5" in {one.statement.id for one in placed(spec(burned), PACK, "en")}
    spanish = replace(burned, spanish={**FUEL.spanish, "injury": "ninguna lesión"})
    (one,) = faults(spanish, ["en", "es"], MAIL_DATE)
    assert (one.key, one.language) == ("injury", "es")
    assert "says that none comes" in one.wrong


NOT_THERE = [
    ("injury", {"consequence": "Fluid can drip."}, {"crash": False, "injury": text})
    for text in ("None", "No injury", "N/A", "n.a.", "None known.", "No injuries reported", "Unknown at this time", "-", "See above.")
] + [
    ("towing", {"do_not_drive": True}, {"towing": "Drive slowly to the dealer."}),
    ("precaution", {"do_not_drive": True, "precaution": "You can drive to the dealer."}, {}),
    ("performance_difference", {}, {"performance_difference": "Not applicable."}),
]  # fmt: skip


@at_once("key, facts, letter", NOT_THERE)
def test_what_a_text_leaves_out_or_says_against_a_fact_refuses_and_nobody_accepts_it(
    key: str, facts: dict[str, object], letter: dict[str, object]
) -> None:
    """577.5(f)(2)(i), (e)(4), (e)(2): a statement that is missing, a contradiction: told at the load, refused when a list is frozen."""
    stated = replace(FUEL, warning="", spanish={}, letter=letter, **facts)
    (told,) = [one for one in missing(stated, PACK, "initial", ["en"]) if one.key == key]
    assert told.must
    assert [
        fault.reading(stated) for fault in faults(stated, ["en"], MAIL_DATE) if fault.key == key
    ] == [None]


def test_an_injury_in_words_that_nobody_listed_is_a_reading() -> None:
    stated = replace(
        FUEL,
        warning="",
        spanish={},
        consequence="It opens.",
        letter={"crash": False, "injury": "Hearing damage"},
    )
    (told,) = [one for one in missing(stated, PACK, "initial", ["en"]) if one.key == "injury"]
    assert not told.must
    (fault,) = faults(stated, ["en"], MAIL_DATE)
    assert fault.reading(stated) is not None


def test_a_consequence_with_a_risk_of_injury_alone_is_asked_for_its_kind() -> None:
    """577.5(f)(2)(i): `the general type of injury`; a crash in which something else fails stays one."""
    text = "In a crash the airbag may not open. This increases the risk of injury"
    risk = replace(FUEL, consequence=text, letter={}, warning="", spanish={})
    asked = [one for one in missing(risk, PACK, "initial", ["en"]) if one.key == "injury"]
    assert [(one.must, one.wrong) for one in asked] == [(True, "")]
    assert crash_in(text) is Crash.CONDITION
    for stated in (
        replace(risk, letter={"injury": "broken bones"}),
        replace(risk, consequence=f"{text}, such as broken bones"),
    ):
        told = missing(stated, PACK, "initial", ["en"])
        assert [one.key for one in told if one.key in ("injury", "crash")] == []


UPHELD = {
    "crash": False, "decided_by": "administrator", "court": "upheld", "ordered_date": date(2012, 1, 5),
    "provisional_ordered_date": date(2012, 3, 1),
}  # fmt: skip


@pytest.mark.parametrize(("days", "refused"), [(-14, True), (0, True), (1, False)])
def test_the_day_up_to_which_an_upheld_order_reimburses_is_after_the_letter_s(
    days: int, refused: bool
) -> None:
    """577.6(c)(2)(i): `not sooner than the date on which this notification is received by the owner`."""
    until = MAIL_DATE + timedelta(days=days)
    one = replace(FUEL, letter={**UPHELD, "reimbursed_until_date": until}, spanish={})
    told = [
        m.must for m in missing(one, PACK, "initial", ["en"]) if m.key == "reimbursed_until_date"
    ]
    if not refused:
        assert told == [False]  # on its way for a day at least: a person reads it
        assert any("March 6, 2013" in p.text for p in placed(spec(one), PACK, "en"))
        return
    assert told == [True]
    with pytest.raises(LetterRefused, match=r"reimbursed_until_date.* is no later than 2013-03-05"):
        placed(spec(one), PACK, "en")


def test_a_day_of_reimbursement_that_gives_a_letter_its_way_is_not_told() -> None:
    on = date(2013, 3, 5)
    for until, told in ((date(2013, 3, 14), 1), (date(2013, 3, 15), 0)):
        one = replace(FUEL, letter={**UPHELD, "reimbursed_until_date": until})
        assert len(list(of_days(one, "initial", on))) == told


def test_the_last_day_of_tires_without_charge_is_after_the_letter_s() -> None:
    tires = replace(FUEL, letter={"crash": False, "tires": True, "tires_until_date": MAIL_DATE})
    assert [one.key for one in faults(tires, ["en"], MAIL_DATE)] == ["tires_until_date"]
    assert list(faults(tires, ["en"], MAIL_DATE - timedelta(days=1))) == []
    for days, told in ((180, []), (179, ["tires_until_date"])):
        soon = of_days(tires, "initial", MAIL_DATE - timedelta(days=days))
        assert [one.key for one in soon if not one.must] == told


THERE = MAIL_DATE + timedelta(days=30)


def waits_for_tires(until: date, **letter: object) -> Campaign:
    """A recall of tires that FUEL's letter of the mailing day tells to wait."""
    told = {"crash": False, "tires": True, "tires_until_date": until, **letter}
    return replace(FUEL, remedy_available_date=THERE, first_notice_date=None, letter=told)


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, True), (1, False)])
def test_the_last_day_of_tires_without_charge_is_after_the_one_on_which_their_remedy_is_there(
    days: int, refused: bool
) -> None:
    """577.5(g)(1)(ii): a letter named the day from which tires are remedied, and an earlier one up to which that is free."""
    tires = waits_for_tires(THERE + timedelta(days=days))
    told = [m for m in missing(tires, PACK, "initial", ["en"]) if m.key == "tires_until_date"]
    assert [one.must for one in told] == [refused]
    waiting = replace(spec(tires), waiting=frozenset([FUEL.campaign_code]), remedy_date={})
    if refused:
        assert f"is no later than {THERE}, from which the remedy is there" in told[0].sentence
        with pytest.raises(LetterRefused, match=f"is no later than {THERE}, from which"):
            placed(waiting, PACK, "en")
    else:
        assert f"is 1 day after {THERE}" in told[0].sentence
        assert placed(waiting, PACK, "en")


def test_the_letter_goes_by_the_day_that_its_plan_has_for_the_remedy() -> None:
    tires = waits_for_tires(THERE + timedelta(days=20))
    code = FUEL.campaign_code
    for days, refused in ((19, False), (20, True)):
        by_plan = replace(
            spec(tires), waiting=frozenset([code]), remedy_date={code: THERE + timedelta(days=days)}
        )
        if refused:
            with pytest.raises(LetterRefused, match="before it begins"):
                placed(by_plan, PACK, "en")
        else:
            assert placed(by_plan, PACK, "en")


def test_tires_have_their_time_from_the_day_of_their_remedy_where_it_is_later() -> None:
    for days, told in ((179, [False]), (180, [])):
        tires = waits_for_tires(THERE + timedelta(days=days))
        soon = missing(tires, PACK, "initial", ["en"])
        assert [one.must for one in soon if one.key == "tires_until_date"] == told
        planned = of_days(
            waits_for_tires(THERE + timedelta(days=days + 7)), "initial", MAIL_DATE, waiting=True,
            planned=THERE + timedelta(days=7),
        )  # fmt: skip
        assert [one.must for one in planned if one.key == "tires_until_date"] == told


def test_the_load_tells_of_some_vehicles_whose_remedy_is_there_after_the_last_day() -> None:
    late = Remedy("IS 250/350", remedy_available_date=THERE + timedelta(days=300))
    tires = replace(waits_for_tires(THERE + timedelta(days=300)), remedies=(late,))
    (told,) = [m for m in missing(tires, PACK, "initial", ["en"]) if m.key == "tires_until_date"]
    assert not told.must
    assert "from which the remedy of some vehicles is there" in told.sentence


@pytest.mark.parametrize(
    ("english", "spanish", "refused"),
    [
        ("Drive slowly to the dealer.", "Conduzca despacio al concesionario.", True),
        ("You may drive to the nearest dealer.", "Puede conducir hasta el concesionario.", True),
        ("Call us. Please drive in the right lane.", "Llámenos. Maneje con cuidado.", True),
        (
            "Your dealer will have it towed. Do not drive it.",
            "Mandaremos una grúa. No lo conduzca.",
            False,
        ),
        ("We will send a driver with a truck.", "Mandaremos un camión con chofer.", False),
        ("Bring it in by back roads.", "Tráigalo por calles secundarias.", True),
        ("Roll down to the nearest shop at walking speed.", "Ruede hasta el taller a paso de hombre.", True),
        ("You can make the short trip to the dealer.", "Puede hacer el corto viaje al concesionario.", True),
        ("Take it to the dealer on your own.", "Llévelo usted mismo al concesionario.", True),
        ("Call us, then take your vehicle to the dealer.", "Llámenos, y lleve su vehículo al concesionario.", True),
        ("Bring it in on a trailer.", "Haga que una grúa lo lleve al taller.", False),
        ("We will have it towed. Do not take it to the dealer.", "Irá una grúa. No lo lleve al taller.", False),
        ("Do not move it, not even at low speed.", "No lo mueva, ni a baja velocidad.", False),
        ("Bring your keys to the dealer.", "Lleve las llaves al taller.", False),
        ("Call us. The truck may take an hour.", "Llámenos. Puede llevar una hora.", False),
        ("You can drive it to the dealer.", "Puede llevar su vehículo al concesionario.", True),
    ],
)  # fmt: skip
def test_a_vehicle_that_may_not_be_driven_is_not_driven_to_the_dealer(
    english: str, spanish: str, refused: bool
) -> None:
    one = replace(
        FUEL,
        do_not_drive=True,
        letter={"crash": False, "towing": english},
        spanish={"towing": spanish},
    )
    found = [(fault.key, fault.language) for fault in faults(one, ["en", "es"], MAIL_DATE)]
    assert found == ([("towing", "en"), ("towing", "es")] if refused else [])
    assert list(faults(replace(one, do_not_drive=False), ["en", "es"], MAIL_DATE)) == []


@pytest.mark.parametrize(
    ("key", "switch", "english", "spanish", "refused"),
    [
        ("precaution", "do_not_drive", "You can keep driving slowly.", "Puede seguir manejando despacio.", True),
        ("precaution", "do_not_drive", "Keep driving slowly.", "Siga manejando despacio.", True),
        ("remedy", "do_not_drive", "Drive your vehicle to the dealer.", "Maneje su vehículo al concesionario.", True),
        ("precaution", "do_not_drive", "Do not drive it, not even slowly.", "No lo maneje, ni despacio.", False),
        ("precaution", "do_not_drive", "You cannot drive it safely.", "No puede manejarlo con seguridad.", False),
        ("remedy", "do_not_drive", "The technician will test drive the vehicle.", "El técnico probará el vehículo.", False),
        ("remedy", "do_not_drive", "Once it is repaired you can drive it.", "Una vez reparado puede manejarlo.", False),
        ("remedy", "do_not_drive", "The dealer will pull the shaft, drive out the pin.", "El taller saca el perno.", False),
        ("precaution", "park_outside", "You may park in your garage.", "Puede estacionar en su garaje.", True),
        ("precaution", "park_outside", "Park outside, never in your garage.", "Estacione afuera, nunca en su garaje.", False),
        ("precaution", "park_outside", "Do not park in a garage.", "No estacione en un garaje.", False),
    ],
)  # fmt: skip
def test_what_the_letter_says_of_driving_and_parking_no_other_text_takes_back(
    key: str, switch: str, english: str, spanish: str, refused: bool
) -> None:
    """577.5(e)(4): the letter said `Do not drive this vehicle` and, below, that it can be driven."""
    plain = replace(FUEL, letter={"crash": False}, spanish={key: spanish}, **{key: english})
    found = [
        (fault.key, fault.language)
        for fault in faults(replace(plain, **{switch: True}), ["en", "es"], MAIL_DATE)
    ]
    assert found == ([(key, "en"), (key, "es")] if refused else [])
    assert list(faults(plain, ["en", "es"], MAIL_DATE)) == []


@pytest.mark.parametrize(
    ("english", "spanish", "refused"),
    [
        ("None.", "Ninguna.", True),
        ("Not applicable.", "No aplica.", True),
        ("See the report.", "Vea el informe.", True),
        ("The performance is the same as the standard.", "El rendimiento es igual a la norma.", True),
        ("There is no difference.", "No hay diferencia.", True),
        ("It does not differ from it.", "No difiere de ella.", True),
        ("The standard asks for 80 candela. These lamps give 20.", "La norma exige 80 candelas. Estas dan 20.", False),
        ("Too dim.", "Poca luz.", False),
        ("In white it is the same as the standard, and in red half.", "En blanco es igual a la norma, y en rojo la mitad.", False),
    ],
)  # fmt: skip
def test_a_difference_of_performance_that_names_none_refuses_the_letter(
    english: str, spanish: str, refused: bool
) -> None:
    """577.5(e)(2): the letter printed `How it differs from the standard: None.`"""
    key = "performance_difference"
    one = replace(FUEL, letter={"crash": False, key: english}, spanish={key: spanish})
    found = [fault for fault in faults(one, ["en", "es"], MAIL_DATE) if fault.key == key]
    assert [fault.language for fault in found] == (["en", "es"] if refused else [])
    assert all("say what the standard asks for" in fault.wrong for fault in found)


@pytest.mark.parametrize(
    ("telephones", "told"),
    [
        (None, ["leave it out, unless it is the sender's own", "leave it out, unless it is the sender's own"]),
        (["8005550100"], ["leave it out"]),
        ([], ["leave it out", "leave it out"]),
    ],
)  # fmt: skip
def test_another_telephone_number_is_told_before_letter_check_refuses_it(
    telephones: list[str] | None, told: list[str]
) -> None:
    """The load knows no sender and tells each number; followup new knows the sender's own, which may stand."""
    one = replace(
        FUEL, remedy="Call 1-800-LEXUS-4-U. The dealer will replace the pipes.",
        consequence="Fuel can leak and cause a crash. Call 800 555 0100.",
    )  # fmt: skip
    found = missing(one, PACK, "initial", ["en"], telephones=telephones)
    numbers = [m.wrong for m in found if "Another telephone number" in m.wrong]
    assert [wrong.rpartition(": ")[2] for wrong in numbers] == told
    assert all(not m.must for m in found if m.wrong in numbers)


def test_a_charge_in_any_text_of_a_letter_is_told_before_the_letter_is_refused() -> None:
    """Of `conditions`, `towing`, `replacement` and `steps` it was told by no load and no `followup new`."""
    charge = "Customers pay for labor."
    stated = {"crash": False, "towing": charge, "steps": charge, "replacement": charge}
    one = replace(FUEL, conditions=charge, do_not_drive=True, letter=stated, spanish={})
    told = {m.key: m.sentence for m in missing(one, PACK, "follow_up", ["en"]) if m.wrong}
    assert told.keys() == {"conditions", "towing", "steps", "replacement"}
    assert all("A charge for the free remedy" in sentence for sentence in told.values())


# What the file is refused with


def read(folder: Path, *lines: str, kind: str = "safety_recall", spanish: str = "") -> Campaign:
    head = [
        "[[campaign]]", 'campaign_code = "X1"', f'campaign_type = "{kind}"', 'make = "Lexus"', 'subject = "Pipe"',
        'consequence = "It can burn people after a crash."',
    ]  # fmt: skip
    text = "\n".join([*head, *lines, *(["[campaign.es]", spanish] if spanish else [])])
    (folder / "campaigns.toml").write_text(text, encoding="utf-8")
    (one,) = catalogue.read(folder / "campaigns.toml")
    return one


ADMINISTRATOR = 'decided_by = "administrator"'


@pytest.mark.parametrize(
    ("lines", "first", "last"),
    [
        (("ordered_date = 2026-10-15", "provisional_ordered_date = 2026-10-01", 'court = "pending"'),
         "ordered_date 2026-10-15", "provisional_ordered_date 2026-10-01"),
        (("ordered_date = 2026-10-15", "provisional_ordered_date = 2026-05-01", 'court = "upheld"'),
         "ordered_date 2026-10-15", "provisional_ordered_date 2026-05-01"),
        (("ordered_date = 2026-10-15", "reimbursed_until_date = 2026-10-14", 'court = "upheld"'),
         "ordered_date 2026-10-15", "reimbursed_until_date 2026-10-14"),
        (("provisional_ordered_date = 2026-10-20", "reimbursed_until_date = 2026-10-19", 'court = "upheld"'),
         "provisional_ordered_date 2026-10-20", "reimbursed_until_date 2026-10-19"),
    ],
)  # fmt: skip
def test_days_of_an_order_that_run_backwards_are_refused(
    lines: tuple[str, ...], first: str, last: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=f"{first} is later than {last}"):
        read(tmp_path, ADMINISTRATOR, *lines)


def test_an_order_and_its_provisional_one_of_one_day_stand_and_a_test_after_the_report_does_not(
    tmp_path: Path,
) -> None:
    days = (
        "ordered_date = 2026-10-15",
        "provisional_ordered_date = 2026-10-15",
        'court = "upheld"',
    )
    assert read(tmp_path, ADMINISTRATOR, *days).letter["ordered_date"] == date(2026, 10, 15)
    with pytest.raises(BadInput, match="first_test_date 2026-10-21 is later than filed_date"):
        read(
            tmp_path, "filed_date = 2026-10-20", "first_test_date = 2026-10-21", kind="noncompliance_recall"
        )  # fmt: skip


READ_ELSEWHERE = {"claims_address", "reimbursement_limits"}  # by `answer`, with no other key
SAYS_NOTHING_NEW = {
    "remedy_delivery": "dealer",
    "decided_by": "manufacturer",
    "remedy_by": "repair",
}  # what is so without it


def values(key: str) -> list[object]:
    switch = [True, False] if key == "repairable" else [True]
    kinds = {YES_NO: switch, DAY: [date(2011, 5, 2)], NUMBER: [12.5]}
    said = CHOICES.get(key) or kinds.get(KINDS[key], ["301, burns"])
    return [one for one in said if one != SAYS_NOTHING_NEW.get(key)]


def slots(campaign: Campaign) -> set[str]:
    """What the statements of a campaign's letters, of any kind and day, take in."""
    by_day = {"remedy_now", "one_visit", "hours_known", "next_notice", "reimbursement_ends"}
    terms = (False, True) if campaign.letter.get("voluntary_extent") else (False,)
    provisional = campaign.letter.get("court") == "pending"
    kinds = ["provisional"] if provisional else ["initial", "interim", "follow_up"]
    return {
        slot
        for kind in kinds
        for not_free in terms
        for day in (by_day, by_day - {"remedy_now"})
        for row in PACK.statements_for(
            campaign_type=campaign.campaign_type.value, kind=kind, recipient="owner", language="en",
            facts=(facts_of(campaign, not_free=not_free) | day) & PACK.facts,
        )
        for slot in row.slots("en")
    }  # fmt: skip


def is_taken(folder: Path, *lines: str, kind: str) -> bool:
    try:
        read(folder, *lines, kind=kind)
    except BadInput:
        return False
    return True


@at_once("key", sorted({*KINDS} - READ_ELSEWHERE))
def test_a_key_alone_is_printed_or_changes_the_letter_or_is_refused_by_what_it_needs(
    key: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """`towing` without `do_not_drive` stood in no letter, and nobody was told."""
    folder, filed = tmp_path_factory.mktemp(key), "filed_date = 2013-01-10"
    every_slot = {
        slot
        for row in PACK.rows["statements"].values()
        for slot in getattr(row, "slots")("en")  # noqa: B009
    }
    for kind in (CampaignType.SAFETY_RECALL, CampaignType.NONCOMPLIANCE_RECALL):
        for value in values(key):
            bare = read(folder, filed, kind=kind.value)
            line = f"{key} = {toml(value)}"
            if not is_taken(folder, filed, line, kind=kind.value):
                with pytest.raises(BadInput, match=f"{key} says something only beside"):
                    read(folder, filed, line, kind=kind.value)
                continue
            one = read(folder, filed, line, kind=kind.value)
            printed = key in slots(one)
            changed = facts_of(one) != facts_of(bare) or slots(one) != slots(bare)
            days_read = KINDS[key] == DAY and key not in every_slot
            told = key == "conditions_in_defect"  # of a defect: that `conditions` is not asked for
            assert printed if key in every_slot else changed or days_read or told, (key, value)


def test_a_spanish_text_of_letters_without_its_english_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="towing says something only beside towing in English"):
        read(tmp_path, "do_not_drive = true", spanish='towing = "Llámenos."')
    whole = ("do_not_drive = true", 'towing = "Call us."')
    assert read(tmp_path, *whole, spanish='towing = "Llámenos."').spanish == {"towing": "Llámenos."}
    assert {"towing", "injury", "parts"} <= {*TEXTS}
