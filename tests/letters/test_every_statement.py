"""Every statement of the pack, from campaigns.toml to the words read back from the finished letter.

A dozen letters, each compiled once, cover them all: kind, family, remedy, order of the Administrator, in both languages.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date

import pytest

from letters.samples import HOURS, MAIL_DATE, SENDER, spec
from renotify.campaigns import catalogue
from renotify.campaigns.missing_facts import missing
from renotify.errors import LetterRefused
from renotify.letters import checks, compose, readback
from renotify.letters.checks import plain_language, statements
from renotify.letters.checks.run_all import parts_of
from renotify.letters.spec import LetterSpec
from renotify.letters.specimen import printed
from renotify.rules import load, normal

PACK = load(MAIL_DATE)
DEFECT = """
[[campaign]]
campaign_code = "X1"
campaign_type = "safety_recall"
make = "Lexus"
subject = "Fuel pipe"
component = "fuel pipe"
defect = "The pipe can get a hole"
consequence = "Fuel can leak out and burn people"
remedy = "The dealer will put in a new pipe"
filed_date = 2013-01-10
first_notice_date = 2013-02-11
remedy_available_date = 2013-02-11
{facts}
[campaign.es]
subject = "Tubo"
component = "tubo"
defect = "Al tubo se le puede hacer un hoyo"
consequence = "Puede salir gasolina y quemar a alguien"
remedy = "El taller pone un tubo nuevo"
{spanish}
[[campaign.scope]]
model = "IS 250"
year_from = 2006
year_to = 2008
"""
STANDARD = """
standard = "301, Fuel System Integrity"
conditions = "on hot days"
first_test_date = 2012-11-05
"""
STANDARD_ES = """
standard = "301, Fuel System Integrity"
conditions = "en días de calor"
"""
# name: (kind of letter, what campaigns.toml states, what [campaign.es] does, changes of the rest)
LETTERS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "a defect that can cause a crash without warning": (
        "initial",
        """affected_percent = 12.5
conditions = "on hot days"
precaution = "Park it in the shade"
do_not_drive = true
park_outside = true""",
        """conditions = "en días de calor"
precaution = "Déjelo a la sombra\"""",
        {"Fuel can leak out and burn people": "The engine can stop. There can be a crash"},
    ),
    "an accelerated remedy that NHTSA required": (
        "follow_up",
        """warning = "a smell of fuel"
acceleration = "more parts"
acceleration_ordered = true
acceleration_facilities = "call Example Shop"
acceleration_parts = "pipe 12 of Example Parts"
owner_pays_first = true
reimbursement_ends = 2013-12-31""",
        """warning = "olor a gasolina"
acceleration = "más piezas"
acceleration_facilities = "llame al Taller Ejemplo"
acceleration_parts = "el tubo 12 de Piezas Ejemplo\"""",
        {"Fuel can leak out and burn people": "The engine can stop. There can be a crash"},
    ),
    "a noncompliance that can hurt": (
        "remedy_available",
        f"""{STANDARD}warning = "a smell of fuel"
injury = "burns"
acceleration = "more shops"
acceleration_facilities = "call Example Shop\"""",
        f"""{STANDARD_ES}warning = "olor a gasolina"
injury = "quemaduras"
acceleration = "más talleres"
acceleration_facilities = "llame al Taller Ejemplo\"""",
        {"safety_recall": "noncompliance_recall"},
    ),
    "a noncompliance upheld in court, not yet remedied": (
        "interim",
        f"""{STANDARD}decided_by = "administrator"
court = "upheld"
provisional_ordered_date = 2012-03-01
reimbursed_until_date = 2013-06-30
remedy_expected_date = 2013-09-02
next_notice_date = 2013-08-05""",
        STANDARD_ES,
        {"safety_recall": "noncompliance_recall", "remedy_available_date = 2013-02-11": ""},
    ),
    "a vehicle that is replaced by order": (
        "remedy_available",
        """decided_by = "administrator"
court = "upheld"
reimbursed_extent = "We pay half of such repairs"
remedy_by = "replacement"
replacement = "a new IS 250\"""",
        """reimbursed_extent = "Pagamos la mitad de tales reparaciones"
replacement = "un IS 250 nuevo\"""",
        {},
    ),
    "a refund of the vehicle's price": (
        "follow_up",
        """remedy_by = "refund"
depreciation = "10 percent a year\"""",
        """depreciation = "10 por ciento al año\"""",
        {},
    ),
    "a remedy no longer free": (
        "follow_up",
        """not_free = true
voluntary_extent = "We pay half of the repair at any dealer"
repair_opinion = "Yes, by a new pipe"
parts = "pipe 12"
modifications = "none"
parts_source = "any dealer"
steps = "drain the tank, then change the pipe"
facilities = "any dealer"
list_prices = "pipe 12, 80 dollars"
parts_available_date = 2013-04-01
decided_by = "administrator"
court = "upheld"
reimbursed_extent = "We pay half of such repairs\"""",
        """voluntary_extent = "Pagamos la mitad de la reparación en todo concesionario"
repair_opinion = "Sí, con un tubo nuevo"
parts = "tubo 12"
modifications = "ninguno"
parts_source = "todo concesionario"
steps = "vacíe el tanque y cambie el tubo"
facilities = "todo concesionario"
list_prices = "tubo 12, 80 dólares"
reimbursed_extent = "Pagamos la mitad de tales reparaciones\"""",
        {},
    ),
    "a remedy no longer free, and no repair": (
        "initial",
        """not_free = true
voluntary_extent = "We do nothing more"
repair_opinion = "No"
repairable = false""",
        """voluntary_extent = "No haremos nada más"
repair_opinion = "No\"""",
        {},
    ),
    "equipment that is replaced": (
        "interim",
        """equipment = "certain trailer hitches 12"
remedy_by = "replacement"
replacement = "a new hitch\"""",
        """equipment = "ciertos enganches 12"
replacement = "un enganche nuevo\"""",
        {"remedy_available_date = 2013-02-11": ""},
    ),
    "equipment whose price is refunded": (
        "interim",
        """equipment = "certain trailer hitches 12"
remedy_by = "refund\"""",
        """equipment = "ciertos enganches 12\"""",
        {"remedy_available_date = 2013-02-11": "remedy_expected_date = 2013-09-02"},
    ),
    "tires": (
        "initial",
        """tires = true
tires_until_date = 2018-03-01
remedy_by = "replacement"
replacement = "four new tires\"""",
        'replacement = "cuatro neumáticos nuevos"',
        {"remedy_available_date = 2013-02-11": "remedy_available_date = 2013-04-01"},
    ),
    "tires whose price is refunded": (
        "initial", 'tires = true\nremedy_by = "refund"', "", {},
    ),
    "an interim letter without a day": (
        "interim", "nobody_to_reimburse = true", "", {"remedy_available_date = 2013-02-11": ""},
    ),
    "a provisional notification": (
        "initial",
        """affected_percent = 50
decided_by = "administrator"
court = "pending"
administrators_basis = "Ten cars were tested. Three had a hole in the pipe"
administrators_risk = "fuel can burn people"
administrators_measures = "park outside"
makers_reasons = "We do not believe that there is a defect. No pipe of ours had a hole"
remedy_if_upheld = "we will repair your vehicle free of charge, and pay back repairs from March 1, 2013 on"
repair_opinion = "it can be repaired by a new pipe. That costs 300 dollars and takes 2 hours at any dealer\"""",
        """administrators_basis = "Se probaron diez autos. Tres tenían un hoyo en el tubo"
administrators_risk = "la gasolina puede quemar a alguien"
administrators_measures = "estacione al aire libre"
makers_reasons = "No creemos que haya un defecto. Ningún tubo nuestro tenía un hoyo"
remedy_if_upheld = "repararemos su vehículo sin costo y pagaremos las reparaciones desde el 1 de marzo de 2013"
repair_opinion = "se puede reparar con un tubo nuevo. Cuesta 300 dólares y toma 2 horas en todo concesionario\"""",
        {},
    ),
}  # fmt: skip
"""What is refused is in test_letter_facts; here everything prints."""


def campaign(tmp_path_factory, name):
    """Return the campaign of a letter, read from a campaigns.toml."""
    _, facts, spanish, changes = LETTERS[name]
    text = DEFECT.format(facts=facts, spanish=spanish)
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    tomllib.loads(text)
    path = tmp_path_factory.mktemp("campaigns") / "campaigns.toml"
    path.write_text(text, encoding="utf-8")
    (one,) = catalogue.read(path)
    return one


def specification(one, kind):
    waiting = frozenset([one.campaign_code]) if one.remedy_available_date is None else frozenset()
    return LetterSpec(
        kind=kind, campaigns=(one,), mail_date=MAIL_DATE, sender=SENDER, language="en+es",
        labor_hours={"X1": (2.0, 2.0)}, waiting=waiting,
        one_visit=() if waiting else ("X1",), visit_hours=(3.0, 3.0),
    )  # fmt: skip


@pytest.fixture(scope="module")
def read(tmp_path_factory, profile):
    """Every letter of LETTERS as it was compiled and read back: the version and its parts."""
    found = {}
    for name, (kind, *_) in LETTERS.items():
        one = campaign(tmp_path_factory, name)
        assert [m for m in missing(one, PACK, kind, ("en", "es")) if m.must] == [], name
        made = compose.recipe(specification(one, kind), profile, PACK)
        version = compose.version_of(compose.set_print(made), profile)
        assert [f for f in checks.check(version, pack=PACK) if f.severity == "must"] == [], name
        pages = readback.read(printed(version), version.slots, version.page_count)
        found[name] = version, parts_of(version, pages, PACK)
    return found


def said(parts):
    """Return the statements that a letter must carry, by id, and that its text holds."""
    return {
        p.statement.id for part in parts for p in part.expected if normal(p.plain) in part.plain
    }


def test_every_statement_of_the_pack_is_printed_and_read_back_in_both_languages(read):
    rows = PACK.rows["statements"].values()
    wanted = {r.id for r in rows if r.surface == "letter" and "owner" in r.recipients}
    for place in (0, 1):
        assert set().union(*(said([parts[place]]) for _, parts in read.values())) == wanted


def test_a_letter_without_any_one_of_its_statements_is_refused_with_the_citation(read):
    for name, (_, parts) in read.items():
        for part in parts:
            for item in part.expected:
                words = normal(item.plain)
                silent = replace(part, text=part.plain.replace(words, "Left out", 1))
                found = {f.code: f.citation for f in statements.statements(silent)}
                code = f"statement.{item.statement.id}.{part.language}"
                assert found.get(code) == item.statement.citation, (name, code)


@pytest.mark.parametrize(
    ("name", "there", "absent"),
    [
        ("a noncompliance that can hurt", {"N2", "P5", "E3", "F4", "F5", "A1c", "A1d", "A1h"}, {"P4", "A1b", "A1f"}),
        ("a noncompliance upheld in court, not yet remedied",
         {"P5A", "POSTLITIGATION", "POSTLITIGATION_REIMBURSED", "N1", "N1N", "R3"}, {"P5", "N1U", "G2", "G4"}),
        ("a vehicle that is replaced by order", {"P4A", "G1R", "N2R", "P6N"}, {"N2", "P4", "G1", "G3", "G4"}),
        ("a refund of the vehicle's price", {"G1F", "P8R", "P9R"}, {"G1", "P8", "P9"}),
        ("a remedy no longer free", {"NF1", "NF2", "NF3", "OTHERFAC", "P9N", "R1N"}, {"G1", "G2", "G3", "P6", "P6N", "P9"}),
        ("a remedy no longer free, and no repair", {"NF1", "NF2", "R1", "R1N"}, {"NF3", "OTHERFAC", "G3", "R3"}),
        ("equipment whose price is refunded", {"G1FE", "N1R"}, {"G1F", "N1", "P6N", "P6U"}),
        ("equipment that is replaced", {"G1RE", "N1UR", "P6U"}, {"G1R", "N1U", "G3", "G4I"}),
        ("tires", {"G2", "G2T", "P6T", "G1RT"}, {"G2N", "P6", "P6E", "P6N", "P6U", "G1R"}),
        ("tires whose price is refunded", {"G2N", "P6T", "P6N", "G1FT"}, {"G1F", "G1FE"}),
        ("an interim letter without a day", {"N1U", "P6U", "G3", "G4I"}, {"N1", "P6N", "G4", "R1", "R3"}),
    ],
)  # fmt: skip
def test_each_remedy_and_decision_says_its_own_and_nothing_of_the_others(read, name, there, absent):
    found = said(read[name][1])
    assert there <= found
    assert not absent & found


def test_the_accelerated_remedy_names_nhtsa_only_where_it_was_ordered(read):
    words = "has required Lexus to accelerate"
    ordered, agreed = "an accelerated remedy that NHTSA required", "a noncompliance that can hurt"
    assert words in read[ordered][1][0].plain
    assert words not in read[agreed][1][0].plain


def test_days_in_a_letter_are_computed_where_the_rule_computes_them(read):
    """573.13(c): a defect from one year before the report of 2013-01-10; a noncompliance from its first test."""
    defect = read["a defect that can cause a crash without warning"][1][0].plain
    assert "work from January 10, 2012 until 10 days after our last notice" in defect
    stated = read["an accelerated remedy that NHTSA required"][1][0].plain
    assert "work from January 10, 2012 to December 31, 2013." in stated
    tested = read["a noncompliance that can hurt"][1][0].plain
    assert "work from November 5, 2012 until" in tested
    waiting = read["a noncompliance upheld in court, not yet remedied"][1][0].plain
    assert "We expect it from September 2, 2013. Lexus will send you a second notice" in waiting
    assert "You will hear from us again by August 5, 2013." in waiting


def test_a_provisional_notification_is_its_items_alone_and_in_order(read):
    version, parts = read["a provisional notification"]
    assert version.page_count == 3  # English on a sheet, Spanish on the next
    assert said(parts) == {p.statement.id for p in parts[0].expected}
    for part in parts:
        texts = [normal(item.plain) for item in part.expected]
        backwards = replace(part, text="\n\n".join(reversed(texts)))
        assert {f.code for f in statements.one_by_one(backwards)} == {"order.provisional"}
        assert list(statements.one_by_one(part)) == []


def test_only_the_maker_s_reasons_before_a_court_may_deny_the_defect(read):
    """577.8(a): except as specifically provided in this part."""
    _, (english, _) = read["a provisional notification"]
    assert "We do not believe that there is a defect" in english.plain
    assert list(plain_language.forbidden(english, PACK, "safety")) == []
    elsewhere = replace(english, text=f"{english.text}\n\nWe do not believe that it is so.")
    (found,) = plain_language.forbidden(elsewhere, PACK, "safety")
    assert found.code == "forbidden.do_not_believe.en"


def test_a_provisional_notification_shares_its_letter_with_no_other_campaign(tmp_path_factory):
    one = campaign(tmp_path_factory, "a provisional notification")
    with pytest.raises(LetterRefused, match="about one campaign alone: X1, 9LA"):
        spec(one, spec().campaigns[0])


def test_a_stated_end_of_reimbursement_is_not_printed_within_ten_days_of_the_letter(
    tmp_path_factory,
):
    """573.13(c)(2)(i): a letter of 2013-03-05 leaves 2013-03-15 standing, and nothing sooner."""
    one = campaign(tmp_path_factory, "tires")
    for day, printed_as in ((date(2013, 3, 15), "R2"), (date(2013, 3, 14), "R3")):
        told = replace(one, letter={**one.letter, "reimbursement_ends": day})
        found = {p.statement.id for p in compose.placed(specification(told, "initial"), PACK, "en")}
        assert found & {"R2", "R3"} == {printed_as}


def test_a_remedy_that_is_free_for_some_vehicles_alone_says_so_in_theirs(tmp_path_factory):
    one = campaign(tmp_path_factory, "a remedy no longer free")
    both = replace(one, letter={k: v for k, v in one.letter.items() if k != "not_free"})
    for codes, statement in ((frozenset(), "G1"), (frozenset(["X1"]), "NF1")):
        letter = replace(specification(both, "initial"), not_free=codes)
        found = {p.statement.id for p in compose.placed(letter, PACK, "en")}
        assert found & {"G1", "NF1"} == {statement}


def test_what_holds_of_one_recall_is_printed_behind_its_name_in_both_languages(
    tmp_path_factory, profile
):
    refunded = campaign(tmp_path_factory, "a refund of the vehicle's price")
    some = campaign(tmp_path_factory, "a defect that can cause a crash without warning")
    letter = spec(
        refunded,
        replace(some, campaign_code="X2"),
        labor_hours={"X2": (1.0, 1.0)},
        language="en+es",
    )
    version = compose.version_of(compose.set_print(compose.recipe(letter, profile, PACK)), profile)
    assert [f for f in checks.check(version, pack=PACK) if f.severity == "must"] == []
    assert version.sheets == 2  # one a language
    pages = readback.read(printed(version), version.slots, version.page_count)
    english, spanish = (part.plain for part in parts_of(version, pages, PACK))
    for words in (
        "Recall X1: Lexus will refund the purchase price",
        "Recall X2: Lexus will have this problem repaired without charge",
        "Recall X2: The problem may not be present",
        "Recall X2: We urge you to bring your vehicle to a dealer to have this free repair done",
    ):
        assert english.count(words) == 1
    for words in (
        "Retiro X1: Lexus le reembolsará",
        "Retiro X2: Lexus hará reparar",
        "Retiro X2: Es posible que el problema",
    ):
        assert spanish.count(words) == 1


def test_two_recalls_of_one_letter_say_each_what_is_its_own_and_once_what_is_common(
    tmp_path_factory,
):
    accelerated = campaign(tmp_path_factory, "an accelerated remedy that NHTSA required")
    refunded = campaign(tmp_path_factory, "a refund of the vehicle's price")
    other = replace(refunded, campaign_code="X2")
    letter = spec(accelerated, other, labor_hours={**HOURS, "X1": (2.0, 2.0), "X2": (1.0, 1.0)})
    found = [(p.statement.id, p.campaign) for p in compose.placed(letter, PACK, "en")]
    assert [one for one in found if one[0] in {"G1", "G1F", "A1c", "P9", "P9R", "R1", "R2", "R3", "P6"}] == [
        ("P9", None), ("P9R", None), ("A1c", 0), ("G1", None), ("G1F", 1), ("P6", None), ("R1", None), ("R2", 0), ("R3", 1),
    ]  # fmt: skip
