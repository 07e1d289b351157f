"""The gate: every shipped letter passes, and each way of spoiling one refuses it."""

from __future__ import annotations

import shutil
from copy import deepcopy
from dataclasses import replace
from types import MappingProxyType

import pytest

from letters.samples import ACTUATOR, FUEL, MAIL_DATE, SPRING, spec
from renotify.campaigns.campaign import CampaignType
from renotify.errors import LetterRefused
from renotify.letters import checks, compose
from renotify.letters.checks.geometry import slots as slot_findings
from renotify.letters.checks.run_all import expected
from renotify.letters.typesetting import SOURCES
from renotify.rules import load

KINDS = ("initial", "interim", "remedy_available", "follow_up")
# every fact that switches a statement on, in one campaign that cannot exist
EVERYTHING = replace(
    SPRING,
    precaution="Drive slowly",
    do_not_drive=True,
    park_outside=True,
    spanish=MappingProxyType(dict(SPRING.spanish) | {"precaution": "Maneje despacio"}),
)
NO_WARNING = replace(SPRING, warning="")
STANDARD = replace(FUEL, campaign_type=CampaignType.NONCOMPLIANCE_RECALL)
SLOTS = {
    "en": {
        "standard": "301, Fuel System Integrity",
        "conditions": "On hot days",
        "acceleration": "more parts",
        "facilities": "Example Shop",
        "other_parts": "pipe 12 of Example Parts",
        "parts": "pipe 12",
        "modifications": "none",
        "parts_source": "any dealer",
        "steps": "drain the tank, then change the pipe",
        "voluntary_extent": "We will pay half of the repair.",
        "repair_opinion": "Yes",
        "reimbursed_extent": "We will pay half of such repairs",
        "provisional_from": "January 5",
        "provisional_to": "March 2",
        "depreciation": "10 percent a year",
    },
    "es": {
        "standard": "301, Fuel System Integrity",
        "conditions": "En días de calor",
        "acceleration": "más piezas",
        "facilities": "Taller Ejemplo",
        "other_parts": "tubo 12 de Piezas Ejemplo",
        "parts": "tubo 12",
        "modifications": "ninguno",
        "parts_source": "todo concesionario",
        "steps": "vacíe el tanque y cambie el tubo",
        "voluntary_extent": "Pagaremos la mitad de la reparación.",
        "repair_opinion": "Sí",
        "reimbursed_extent": "Pagaremos la mitad de tales reparaciones",
        "provisional_from": "5 de enero",
        "provisional_to": "2 de marzo",
        "depreciation": "10 por ciento al año",
    },
}
PROVISIONAL = {
    "en": dict.fromkeys(
        (
            "basis", "stated_risk", "stated_measures", "contest", "if_upheld", "repair_opinion",
            "office_address",
        ),
        "Words",
    )
}  # fmt: skip
FACTS = (
    (),
    ("ordered", "not_every_vehicle", "accelerated", "conditions"),
    ("ordered", "upheld", "provisional_notice_sent", "other_facilities"),
    (
        "accelerated",
        "accelerated_ordered",
        "accelerated_facilities",
        "accelerated_parts",
        "owner_pays_first",
    ),
    ("accelerated", "accelerated_facilities", "owner_pays_nothing"),
    ("ordered", "upheld", "provisional_notice_sent", "not_free", "other_facilities"),
    ("replacement",),
    ("refund",),
)


def codes(version, pack):
    return {f.code for f in checks.check(version, pack=pack) if f.severity == "must"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("campaigns", [(FUEL,), (ACTUATOR,)], ids=["safety", "service"])
def test_every_shipped_letter_passes_in_both_languages(kind, campaigns, typeset, pack):
    version = typeset(spec(*campaigns, kind=kind, language="en+es"))
    assert checks.check(version, pack=pack) == []
    assert [language for language, _ in version.parts] == ["en", "es"]
    assert version.parts[1][1] % 2 == 1  # the second language begins on a sheet of its own


def test_a_bundle_of_two_recalls_to_a_lessor_passes_in_both_languages(typeset, pack):
    version = typeset(spec(FUEL, SPRING, language="en+es", recipient="lessor"))
    assert checks.check(version, pack=pack) == []


@pytest.mark.parametrize("language", ["en", "en+es"])
def test_a_bundle_of_three_recalls_passes_when_two_are_about_the_same_vehicles(
    language, typeset, pack
):
    third = replace(
        SPRING, campaign_code="BLG", nhtsa_campaign_number="13V000000", scopes=FUEL.scopes
    )
    hours = {"9LA": (2.0, 2.0), "ALE": (7.0, 22.0), "BLG": (1.0, 1.0)}
    version = typeset(spec(FUEL, SPRING, third, language=language, labor_hours=hours))
    assert checks.check(version, pack=pack) == []


def test_a_noncompliance_recall_says_which_standard(typeset, pack):
    given = spec(STANDARD, extra=SLOTS, language="en+es")
    assert checks.check(typeset(given), pack=pack) == []
    with pytest.raises(LetterRefused, match="standard"):
        typeset(spec(STANDARD))


def clauses():
    """Name every statement that some letter carries, with a letter that carries it."""
    from renotify.rules import load

    pack, found = load(MAIL_DATE), {}
    for kind in KINDS:
        for campaign in (EVERYTHING, NO_WARNING, FUEL, STANDARD):
            for facts in FACTS:
                given = spec(campaign, kind=kind, facts=frozenset(facts), extra=SLOTS)
                for item in compose.placed(given, pack, "en"):
                    found.setdefault(item.statement.id, (campaign, kind, facts))
    return sorted((name, *where) for name, where in found.items())


def test_every_statement_of_the_pack_stands_in_some_letter(pack):
    rows = pack.rows["statements"].values()
    owners = {row.id for row in rows if row.surface == "letter" and "owner" in row.recipients}
    # the twelve items of 577.6(b) have no letter source yet
    provisional = {row.id for row in rows if "provisional" in getattr(row, "when", ())}
    assert {name for name, *_ in clauses()} == owners - provisional


def test_a_provisional_notification_is_refused_and_not_printed_as_an_ordinary_letter():
    with pytest.raises(LetterRefused):
        compose.compile_letter(
            spec(facts=frozenset({"ordered", "provisional"}), extra=PROVISIONAL), rules_on=MAIL_DATE
        )


@pytest.mark.parametrize("facts", FACTS[1:], ids=lambda facts: facts[-1])
def test_a_letter_of_each_rare_fact_prints_and_reads_back_in_both_languages(facts, typeset, pack):
    kind = "follow_up" if "accelerated" in facts else "initial"
    given = spec(kind=kind, facts=frozenset(facts), extra=SLOTS, language="en+es")
    assert codes(typeset(given), pack) == set()


def test_what_holds_for_a_letter_of_two_recalls_stands_once(typeset, pack):
    given = spec(FUEL, SPRING, facts=frozenset(FACTS[3]), extra=SLOTS)
    assert codes(typeset(given), pack) == set()


def without(form_recipe, name):
    """Return a recipe whose letter is silent where one statement should stand."""
    inputs = deepcopy(dict(form_recipe.inputs))
    for part in inputs["letter"]["parts"]:
        for statement in part["statements"]:
            if statement["id"] == name:
                statement["text"] = "Left out."
    return replace(form_recipe, inputs=inputs)


@pytest.mark.parametrize(
    ("name", "campaign", "kind", "facts"), [pytest.param(*row, id=row[0]) for row in clauses()]
)
def test_removing_any_one_clause_refuses_and_names_the_citation(
    name, campaign, kind, facts, profile, pack
):
    given = spec(campaign, kind=kind, language="en+es", facts=frozenset(facts), extra=SLOTS)
    made = compose.recipe(given, profile, pack)
    version = compose.typeset(without(made, name), profile)
    findings = checks.check(version, pack=pack)
    missing = {f.code: f for f in findings if f.code.startswith("statement.")}
    assert {f"statement.{name}.en", f"statement.{name}.es"} == set(missing)
    citation = pack.statement(name).citation
    assert {f.citation for f in missing.values()} == {citation}
    if pack.statement(name).severity == "should":
        return
    with pytest.raises(LetterRefused) as caught:
        checks.refuse(version, findings)
    assert citation in caught.value.message + caught.value.hint


@pytest.fixture
def altered(tmp_path, typeset):
    """Compile a letter from sources in which one text was replaced by another."""

    def make(path, old, new, given=None):
        sources = tmp_path / "sources"
        shutil.copytree(SOURCES, sources)
        text = (sources / path).read_text("utf-8")
        assert old in text
        (sources / path).write_text(text.replace(old, new, 1), "utf-8")
        return typeset(given or spec(), sources)

    return make


BLOCKS = "safety/en/blocks.typ"
LETTER = "safety/en/follow_up.typ"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("This vehicle has no safety defect.", "forbidden.no_defect.en"),
        ("We do not believe there is a risk.", "forbidden.do_not_believe.en"),
        ("Ask about our oil change.", "forbidden.sales_extra_service.en"),
        ("This offer expires soon.", "forbidden.limited_offer.en"),
    ],
)
def test_forbidden_words_in_an_author_s_block_refuse_the_letter(altered, pack, words, code):
    version = altered(BLOCKS, "We are glad to help you.", words)
    assert code in codes(version, pack)


def test_forbidden_words_in_a_campaign_s_own_text_refuse_the_letter(typeset, pack):
    soft = replace(FUEL, precaution="Your vehicle may not have this problem")
    assert "forbidden.your_vehicle_may_not.en" in codes(typeset(spec(soft)), pack)


def test_markup_in_a_campaign_s_text_is_only_text(typeset, pack):
    from renotify.letters import readback
    from renotify.letters.specimen import printed

    evil = '#panic("no") *x* $1$ = \\ [y] @z'
    version = typeset(spec(replace(FUEL, defect=evil)))
    text = readback.read(printed(version), version.slots, version.page_count)[0].text
    assert f"What is wrong: {evil}" in text


def test_a_slot_that_reads_otherwise_is_found(version, pack):
    moved = [replace(s, x=s.x + 300, y=s.y + 40) if s.name == "dealer_phone" else s
             for s in version.slots]  # fmt: skip
    pages_of_old = replace(version, slots=tuple(moved))
    assert "slot.text" not in codes(version, pack)
    from renotify.letters import readback
    from renotify.letters.checks import geometry
    from renotify.letters.specimen import printed

    pages = readback.read(printed(version), pages_of_old.slots, version.page_count)
    found = [f.message for f in geometry.written(pages_of_old, pages)]
    assert found == ["the slot dealer_phone reads otherwise"]


@pytest.mark.parametrize(
    ("grey", "seen"), [(0, True), (60, True), (150, True), (199, True), (200, False)]
)
def test_grey_ink_is_ink(grey, seen):
    """White paper is 255; whatever is darker than 200 is printed, and not only what is nearly black."""
    import numpy as np

    from renotify.letters import readback

    page = np.full((100, 100), 255, np.uint8)
    page[50, 50] = grey
    assert readback.inked(page, (30, 30, 60, 60), dpi=72) is seen
    assert not readback.inked(page, (60, 60, 90, 90), dpi=72)


def test_forbidden_spanish_words_refuse_the_spanish_letter(altered, pack):
    version = altered(
        "safety/es/blocks.typ", "Con gusto le ayudamos.", "Oferta especial.", spec(language="en+es")
    )
    assert "forbidden.sales_sale.es" in codes(version, pack)


@pytest.mark.parametrize(
    "words",
    ["¡Aproveche nuestras ofertas!", "Precio especial para usted.", "Promoción de otoño.",
     "Reciba un bono.", "Vea los autos nuevos.", "Dos descuentos.", "Gane un premio."],
)  # fmt: skip
def test_sales_wording_in_everyday_spanish_refuses_the_spanish_letter(words, pack):
    assert any(row.find(words) for row in pack.forbidden("es"))


@pytest.mark.parametrize(
    "words",
    ["A special price for you.", "Save $20.", "We enclose a gift card.", "See our showroom.",
     "Two coupons.", "Win a prize."],
)  # fmt: skip
def test_sales_wording_in_everyday_english_refuses_the_english_letter(words, pack):
    assert any(row.find(words) for row in pack.forbidden("en"))


@pytest.mark.parametrize(
    "hidden",
    [
        '#text(fill: white, required("577.11"))',
        '#required("577.11", size: 5pt)',
        '#scale(5%, required("577.11"))',
        '#box(width: 300pt, height: 8pt, clip: true, required("577.11"))',
        '#required("577.11")\n#place(dy: -20pt)[These words lie on top of other words.]',
    ],
    ids=["white", "tiny", "shrunk", "clipped", "covered"],
)
def test_a_statement_that_no_eye_can_read_refuses_the_letter(altered, pack, hidden):
    version = altered(BLOCKS, '#required("577.11")', hidden)
    assert "legible" in codes(version, pack)


def test_a_second_vehicle_typed_by_the_author_refuses_the_letter(altered, pack):
    version = altered(BLOCKS, "We are glad to help you.", "Or is it 1M8GDM9AXKP042788?")
    assert "vin.typed" in codes(version, pack)


def test_a_letter_without_the_owner_s_address_is_refused(altered, pack):
    version = altered("letter.typ", "    window-address()\n", "")
    assert "slot.missing" in codes(version, pack)


def test_languages_that_name_different_months_are_refused(altered, pack):
    version = altered(
        "letter.typ",
        "soft-ink, it.date",
        'soft-ink, it.date.replace("marzo", "abril")',
        spec(language="en+es"),
    )
    assert "languages.months" in codes(version, pack)


@pytest.mark.parametrize(
    ("campaigns", "recipient"),
    [((FUEL, SPRING), "lessor"), ((ACTUATOR,), "owner")],
    ids=["lessor", "service"],
)
def test_no_letter_ends_in_a_page_of_two_lines(campaigns, recipient, typeset):
    version = typeset(spec(*campaigns, recipient=recipient))
    assert version.page_count == len(campaigns)


def test_a_retyped_heading_stands_twice(altered, pack):
    version = altered(LETTER, "#free()", "*IMPORTANT SAFETY RECALL*\n#free()")
    assert "statement.P1.en" in codes(version, pack)


def test_a_statement_before_the_head_is_out_of_order(altered, pack):
    version = altered(LETTER, "#decision()\n#follow-up()", "#follow-up()\n#decision()")
    assert "order.head" in codes(version, pack)


def test_reimbursement_must_follow_the_items_of_577_5(altered, pack):
    version = altered(LETTER, "#lessor()\n#reimbursement()", "#reimbursement()\n#lessor()")
    assert "order.reimbursement" in codes(version, pack)


def test_a_small_heading_is_not_easily_readable(altered, pack):
    version = altered(BLOCKS, 'only: "P1", size: 20pt', 'only: "P1", size: 9pt')
    assert "heading" in codes(version, pack)


def test_hard_words_raise_the_grade_and_refuse(altered, pack):
    hard = (
        "Notwithstanding previously communicated administrative considerations, authorized "
        "representatives systematically coordinate comprehensive remediation opportunities. "
    )
    version = altered(BLOCKS, "We are glad to help you.", hard * 6)
    assert "grade.en" in codes(version, pack)


def test_a_finding_that_a_person_accepted_is_reported_and_does_not_block(altered, pack):
    given = spec(accepted={"forbidden.precautionary.en": "J. Counsel, 2013-02-20: quoted title"})
    version = altered(BLOCKS, "We are glad to help you.", "This is only a precaution.", given)
    assert codes(version, pack) == set()
    kept = [f.severity for f in checks.check(version, pack=pack)]
    assert kept == ["accepted"]


def test_languages_with_different_numbers_are_refused(altered, pack):
    version = altered(
        "safety/es/blocks.typ",
        "Con gusto le ayudamos.",
        "Le ayudamos 24 horas.",
        spec(language="en+es"),
    )
    assert "languages.numbers" in codes(version, pack)


def test_languages_with_different_blocks_are_refused(altered, pack):
    version = altered(
        "safety/es/follow_up.typ", "#next-steps()\n#dealer()", "#dealer()\n#next-steps()",
        spec(language="en+es"),
    )  # fmt: skip
    assert "languages.blocks" in codes(version, pack)


def test_a_letter_without_english_or_with_english_last_is_refused_by_citation(typeset, pack):
    """As a version of an older release may be, which was saved in Spanish alone."""
    both = typeset(spec(language="en+es"))
    (_, english), (_, spanish) = both.parts
    alone = replace(both, parts=(("es", spanish),))
    with pytest.raises(
        LetterRefused, match=r"English is never left out.*577\.5\(a\), \(b\), \(c\)"
    ):
        checks.refuse(alone, checks.check(alone, pack=pack))
    swapped = replace(both, parts=(("es", english), ("en", spanish)))
    assert "languages.order" in codes(swapped, pack)


def test_a_long_head_would_show_through_the_window(altered, pack):
    more = '#required("577.5(b)", only: "P2", size: 11pt, weight: "bold")\n' + "Important. \\\n" * 7
    version = altered(
        BLOCKS, '#required("577.5(b)", only: "P2", size: 11pt, weight: "bold")\n', more
    )
    assert "window.private" in codes(version, pack)


def test_ink_in_the_inserter_s_zone_is_refused(altered, pack):
    version = altered(LETTER, "#free()", "#place(dx: -60pt)[mark]\n#free()")
    assert "zone" in codes(version, pack)


def test_a_slot_outside_the_window_or_over_another_is_found(version):
    bars = next(slot for slot in version.slots if slot.name == "imb")
    moved = [replace(s, x=s.x - 20) if s is bars else s for s in version.slots]
    assert {f.code for f in slot_findings(replace(version, slots=tuple(moved)))} >= {
        "window.address"
    }
    doubled = (*version.slots, replace(version.slots[0], x=version.slots[0].x + 5))
    found = {f.code for f in slot_findings(replace(version, slots=doubled))}
    assert "slot.overlap" in found
    outside = (*version.slots, replace(version.slots[0], x=600))
    assert "slot.page" in {f.code for f in slot_findings(replace(version, slots=outside))}


def test_a_service_campaign_s_letter_may_carry_no_recall_statement(altered, pack):
    version = altered(
        "service/en/blocks.typ",
        "A free repair for your vehicle",
        "IMPORTANT SAFETY RECALL",
        spec(ACTUATOR),
    )
    assert "recall.P1.en" in codes(version, pack)


def test_an_author_cannot_ask_for_a_statement_that_does_not_apply(altered):
    with pytest.raises(LetterRefused, match=r"no statement of 577\.7"):
        altered(LETTER, "#free()", '#required("577.7(a)(1)")\n#free()')


def test_a_letter_of_other_rules_is_reported(version):
    from datetime import date

    from renotify.rules import load

    other = replace(load(date(2026, 1, 2)), digest="other")
    assert "rules" in {finding.code for finding in checks.check(version, pack=other)}


@pytest.mark.parametrize("kind", ["initial", "remedy_available", "follow_up"])
@pytest.mark.parametrize("waiting", ["9LA", "ALE"])
def test_a_letter_about_a_remedy_that_is_there_and_one_that_is_not_passes(kind, waiting):
    letter = spec(FUEL, SPRING, kind=kind, language="en+es", waiting=frozenset([waiting]))
    version = compose.compile_letter(letter, rules_on=MAIL_DATE)
    for language in ("en", "es"):
        wanted = expected(version, load(MAIL_DATE), language)
        places = [p.campaign for p in wanted if p.statement.id == "N1"]
        assert places == [["9LA", "ALE"].index(waiting)]
