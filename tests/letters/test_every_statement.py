"""Every statement of the pack, from campaigns.toml to the words read back from the finished letter.

A dozen letters, each compiled once, cover them all: kind, family, remedy, order of the Administrator, in both languages.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from letters.samples import HOURS, MAIL_DATE, SENDER, spec
from letters.stated_letters import LETTERS, UNTIMED, campaign, specification
from renotify.campaigns.missing_facts import missing
from renotify.errors import LetterRefused
from renotify.letters import checks, compose, readback
from renotify.letters.checks import plain_language, statements
from renotify.letters.checks.run_all import parts_of
from renotify.letters.spec import LetterSpec
from renotify.letters.specimen import printed
from renotify.rules import load, normal

PACK = load(MAIL_DATE)


WAITS_FOR_PARTS = "an interim letter of one recall that waits for parts and two that take none"


def waits_for_parts(tmp_path_factory):
    """X1 waits for its parts; the repair of X2 and the refund of X3 take none."""
    names = (
        "an interim letter without a day",
        "a defect that can cause a crash without warning",
        "a refund of the vehicle's price",
    )
    ones = [
        replace(campaign(tmp_path_factory, name), campaign_code=f"X{number}")
        for number, name in enumerate(names, 1)
    ]
    return LetterSpec(
        kind="initial", campaigns=tuple(ones), mail_date=MAIL_DATE, sender=SENDER, language="en+es",
        labor_hours={"X1": (2.0, 2.0), "X2": (1.0, 1.0)}, remedy_date={"X1": None},
        waiting=frozenset(["X1"]), at_once=frozenset(["X2", "X3"]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def read(tmp_path_factory, profile):
    """Every letter of LETTERS as it was compiled and read back, and that of three recalls: the version and its parts."""
    found, letters = {}, {WAITS_FOR_PARTS: waits_for_parts(tmp_path_factory)}
    for name, (kind, *_) in LETTERS.items():
        one = campaign(tmp_path_factory, name)
        assert [m for m in missing(one, PACK, kind, ("en", "es")) if m.must] == [], name
        letters[name] = specification(one, kind)
        if name in UNTIMED:
            letters[name] = replace(letters[name], labor_hours={})
    for name, letter in letters.items():
        made = compose.recipe(letter, profile, PACK)
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
        ("a noncompliance that can hurt", {"N2", "P5", "E2N", "E3", "F4", "F5", "A1c", "A1d", "A1h"}, {"P4", "A1b", "A1f"}),
        ("a noncompliance upheld in court, not yet remedied",
         {"P5A", "POSTLITIGATION", "POSTLITIGATION_REIMBURSED", "N1", "N1N", "R3", "P6D"}, {"P5", "N1U", "G2", "G4", "P6U"}),
        ("a vehicle that is replaced by order", {"P4A", "G1R", "N2R", "P6N"}, {"N2", "P4", "G1", "G3", "G4"}),
        ("a refund of the vehicle's price", {"G1F", "P8R", "P9R", "P6F"}, {"G1", "P8", "P9", "P6N"}),
        ("a remedy no longer free", {"NF1", "NF2", "NF3", "OTHERFAC", "P9N", "R1N"}, {"G1", "G2", "G3", "P6", "P6N", "P9", "R1", "R3"}),
        ("a remedy no longer free, and no repair", {"NF1", "NF2", "R1N"}, {"NF3", "OTHERFAC", "G3", "R1", "R3"}),
        ("equipment whose price is refunded", {"P2E", "P6R", "G1FE", "N1R"}, {"P2", "P6", "G1F", "N1", "P6N", "P6U"}),
        ("equipment that is replaced", {"P2E", "P6R", "G1RE", "N1UR", "P6U"}, {"P2", "P6", "G1R", "N1U", "G3", "G4I"}),
        ("tires", {"P2", "G2", "G2T", "P6T", "G1RT"}, {"G2N", "P6", "P6E", "P6N", "P6U", "G1R"}),
        ("tires whose price is refunded", {"G2N", "P6T", "P6N", "G1FT"}, {"G1F", "G1FE"}),
        ("tires that wait", {"N1R", "N1N", "G2T", "P6T", "P6D"}, {"G2", "P6", "P6N", "P6U"}),
        ("other shops, while the repair waits", {"N1U", "OTHERFACI", "G4I"}, {"OTHERFAC", "OTHERFACU"}),
        ("other shops, and nobody knows the time yet", {"N1U", "OTHERFACU"}, {"OTHERFAC", "OTHERFACI", "G4I"}),
        ("an interim letter without a day", {"N1U", "P6U", "G3", "G4I"}, {"N1", "P6N", "P6D", "G4", "R1", "R3"}),
    ],
)  # fmt: skip
def test_each_remedy_and_decision_says_its_own_and_nothing_of_the_others(read, name, there, absent):
    found = said(read[name][1])
    assert there <= found
    assert not absent & found


def test_a_noncompliance_that_does_not_say_how_it_differs_is_refused_by_campaign_and_key(
    tmp_path_factory,
):
    """577.5(e)(2), of a list that was frozen before: the description shall include it; a maker may state that its `defect` does."""
    one = campaign(tmp_path_factory, "a noncompliance that can hurt")
    silent = {key: value for key, value in one.letter.items() if key != "performance_difference"}
    spoken = specification(replace(one, letter=silent), "initial")
    with pytest.raises(LetterRefused) as refused:
        compose.placed(spoken, PACK, "en")
    assert refused.value.message == (
        "Campaign X1: statement E2N (49 CFR 577.5(e)(2)) needs a value for performance_difference in language 'en'."
    )
    in_spanish = {k: v for k, v in one.spanish.items() if k != "performance_difference"}
    with pytest.raises(
        LetterRefused, match="needs a value for performance_difference in language 'es'"
    ) as refused:
        compose.placed(specification(replace(one, spanish=in_spanish), "initial"), PACK, "es")
    assert "campaigns.toml under [campaign.es]" in refused.value.hint
    said = replace(one, letter={**silent, "performance_in_defect": True})
    found = {p.statement.id for p in compose.placed(specification(said, "initial"), PACK, "en")}
    assert "E2N" not in found
    assert "E2" in found


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
    assert "work from January 10, 2012 to December 31, 2013 (Recall X1)." in stated
    tested = read["a noncompliance that can hurt"][1][0].plain
    assert "work from November 5, 2012 until" in tested
    waiting = read["a noncompliance upheld in court, not yet remedied"][1][0].plain
    assert "We expect it from September 2, 2013. Lexus will send you a second notice" in waiting
    assert "You will hear from us again by August 5, 2013." in waiting
    # of the two days the one from which the complaint's 60 days run
    assert (
        "the date named in this notice. That date is the day from which we expect the remedy."
        in waiting
    )


def test_an_interim_letter_of_tires_says_until_when_they_are_free_and_from_when_it_expects_them(
    read,
):
    """577.5(g)(1)(ii) excepts no interim letter, and (vii)(B)(2) speaks of a date named in this notice."""
    english, spanish = (part.plain for part in read["tires that wait"][1])
    assert "We will remedy tires without charge until March 1, 2018." in english
    assert (
        "on which replacement tires will be available. That date is the day from which we expect the remedy."
        in english
    )
    assert "Solucionaremos los neumáticos sin costo hasta el 1 de marzo de 2018." in spanish


def test_a_recall_of_tires_that_waits_beside_one_that_is_there_says_until_when_they_are_free(
    tmp_path_factory,
):
    tires = campaign(tmp_path_factory, "tires that wait")
    ready = campaign(tmp_path_factory, "a defect that can cause a crash without warning")
    letter = spec(
        tires, replace(ready, campaign_code="X2"), labor_hours={"X2": (1.0, 1.0)},
        remedy_date={"X1": None}, waiting=frozenset(["X1"]),
    )  # fmt: skip
    found = [(p.statement.id, p.campaign) for p in compose.placed(letter, PACK, "en")]
    assert {("N1R", 0), ("G2T", 0), ("P6D", 0)} <= {*found}


def test_of_an_interim_letter_each_recall_says_whether_it_waits(read):
    """577.5(g)(1)(ii): a recall that takes no part is not said to wait for the parts of another."""
    english, spanish = (part.plain for part in read[WAITS_FOR_PARTS][1])
    for words in (
        "Recall X1: The repair is not yet available, and we cannot name the first day of it yet.",
        "Recall X2: This repair needs no part and is available now. Any authorized Lexus dealer can do it now, or",
        "Recall X3: This remedy is available now: you do not have to wait for it.",
        "The remedy of recall X1 has to wait: please ask for its day when our second letter comes.",
        "Recalls X2 and X3: That date is the date of this notice.",
        "Recall X1: Our second notice will name that date.",
    ):
        assert english.count(words) == 1, words
    for words in (
        "Retiro X1: La reparación todavía no está disponible",
        "Retiro X2: Esta reparación no necesita piezas y ya está disponible. Cualquier concesionario Lexus",
        "Retiro X3: Esta solución ya está disponible: no tiene que esperarla.",
        "La solución del retiro X1 tiene que esperar: pida el día cuando llegue nuestra segunda carta.",
    ):
        assert spanish.count(words) == 1, words
    assert english.count("not yet available") == 1
    assert "Call your dealer for an appointment" not in english  # the plan has no visit for it


@pytest.mark.parametrize("towed", [True, False])
def test_an_interim_letter_that_stops_the_vehicle_says_how_it_is_moved_and_what_has_to_wait(
    tmp_path_factory, profile, towed
):
    """The steps do not ask the owner to wait before a call that the same letter asks for."""
    one = campaign(tmp_path_factory, "an interim letter without a day")
    way = {"towing": "Call the dealer. A tow truck will come"} if towed else {}
    spanish = {**one.spanish, "towing": "Llame al concesionario. Irá una grúa"}
    stopped = replace(one, do_not_drive=True, letter={**one.letter, **way}, spanish=spanish)
    made = compose.recipe(specification(stopped, "interim"), profile, PACK)
    version = compose.version_of(compose.set_print(made), profile)
    assert [f for f in checks.check(version, pack=PACK) if f.severity == "must"] == []
    pages = readback.read(printed(version), version.slots, version.page_count)
    english, spanish = (part.plain for part in parts_of(version, pages, PACK))
    moved = "have it towed, as said below." if towed else "have it towed: call us about it."
    assert f"If it must be moved or kept in a safe place, {moved}" in english
    assert "The remedy has to wait: please ask for its day when our second letter comes." in english
    assert "before you ask for an appointment" not in english
    assert ("Call the dealer. A tow truck will come." in english) is towed
    grua = "como se dice abajo." if towed else "llámenos."
    assert "No conduzca su vehículo mientras espera." in spanish
    assert grua in spanish
    assert "antes de pedir una cita" not in spanish


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
