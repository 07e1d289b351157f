"""The gate: every shipped letter passes, and each way of spoiling one refuses it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest

from letters.samples import ACTUATOR, FUEL, FULL, MAIL_DATE, SPRING, spec
from renotify.errors import LetterRefused
from renotify.letters import checks, compose, readback
from renotify.letters.checks import head
from renotify.letters.checks.geometry import slots as slot_findings
from renotify.letters.checks.run_all import expected, parts_of
from renotify.letters.specimen import SPECIMEN, printed
from renotify.letters.typesetting import SOURCES
from renotify.rules import load, normal

KINDS = ("initial", "interim", "remedy_available", "follow_up")


def extract_text(pdf):
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def codes(version, pack, **options):
    return {f.code for f in checks.check(version, pack=pack, **options) if f.severity == "must"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("campaigns", "recipient"),
    [((FUEL,), "owner"), ((FUEL, SPRING), "lessor"), ((ACTUATOR,), "owner")],
    ids=["recall", "bundle to a lessor", "service"],
)
def test_every_shipped_letter_passes_in_both_languages_each_on_one_sheet(
    kind, campaigns, recipient, typeset, pack
):
    waiting = frozenset(c.campaign_code for c in campaigns if kind == "interim")
    given = spec(*campaigns, kind=kind, language="en+es", sender=FULL, waiting=waiting)
    version = typeset(replace(given, recipient=recipient))
    assert checks.check(version, pack=pack) == []
    text = " ".join(extract_text(version.static).split())
    for words in (FULL.department, FULL.hours, FULL.web, *FULL.spanish.values()):
        assert words in text
    assert version.parts == (("en", 1), ("es", 3))  # the second language begins on its own sheet
    assert version.page_count <= 4


def test_the_vehicle_s_sentence_ends_with_its_full_stop_in_both_languages(typeset, pack):
    """577.5(b) has one; the number is filled in after the page was set, and the stop was left out behind it."""
    version = typeset(spec(language="en+es"))
    pages = readback.read(printed(version), version.slots, version.page_count)
    english, spanish = parts_of(version, pages, pack)
    assert f"This notice applies to your vehicle, {SPECIMEN['vin']}. This notice" in english.plain
    assert f"Este aviso se aplica a su vehículo, {SPECIMEN['vin']}. Este aviso" in spanish.plain


@pytest.mark.parametrize("language", ["en", "en+es"])
def test_a_bundle_of_three_recalls_passes_when_two_are_about_the_same_vehicles(
    language, typeset, pack
):
    third = replace(
        SPRING, campaign_code="BLG", nhtsa_campaign_number="13V000000", scopes=FUEL.scopes
    )
    hours = {"9LA": (2.0, 2.0), "ALE": (7.0, 22.0), "BLG": (1.0, 1.0)}
    version = typeset(spec(FUEL, SPRING, third, language=language, labor_hours=hours))
    assert codes(version, pack) == set()


@pytest.mark.parametrize(
    "ways", [("The dealer sends a truck", "Call us, and we come"), ("Call us, and we come",) * 2]
)
def test_a_letter_of_two_recalls_that_stop_the_vehicle_passes_with_each_way_to_the_dealer(
    ways, typeset, pack
):
    stopped = [
        replace(one, do_not_drive=True, letter={**one.letter, "towing": way})
        for one, way in zip((FUEL, SPRING), ways, strict=True)
    ]
    version = typeset(spec(*stopped))
    assert codes(version, pack) == set()
    printed = " ".join(extract_text(version.static).split())
    assert [printed.count(f"How your vehicle gets to the dealer: {way}.") for way in ways] == [1, 1]


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


def test_forbidden_words_in_an_author_s_block_refuse_the_letter(altered, pack):
    words = {
        "This vehicle has no safety defect.": "forbidden.no_defect.en",
        "We do not believe there is a risk.": "forbidden.do_not_believe.en",
        "Ask about our oil change.": "forbidden.sales_extra_service.en",
        "This offer expires soon.": "forbidden.limited_offer.en",
    }
    version = altered(BLOCKS, "We are glad to help you.", " ".join(words))
    assert codes(version, pack) >= set(words.values())


def test_forbidden_words_in_a_campaign_s_own_text_refuse_the_letter(typeset, pack):
    soft = replace(FUEL, precaution="Your vehicle may not have this problem")
    assert "forbidden.your_vehicle_may_not.en" in codes(typeset(spec(soft)), pack)


def test_markup_in_a_campaign_s_text_is_only_text(typeset, pack):
    evil = '#panic("no") *x* $1$ = \\ [y] @z'
    version = typeset(spec(replace(FUEL, defect=evil)))
    text = readback.read(printed(version), version.slots, version.page_count)[0].text
    assert f"What is wrong: {evil}" in text


def test_a_slot_that_reads_otherwise_is_found(version, pack):
    moved = [replace(s, x=s.x + 300, y=s.y + 40) if s.name == "dealer_phone" else s
             for s in version.slots]  # fmt: skip
    pages_of_old = replace(version, slots=tuple(moved))
    assert "slot.text" not in codes(version, pack)
    from renotify.letters.accessible import values
    from renotify.letters.checks import geometry

    pages = readback.read(printed(version), pages_of_old.slots, version.page_count)
    wanted = values(pages_of_old, SPECIMEN)
    found = [f.message for f in geometry.written(pages_of_old, pages, wanted)]
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
        '#text(fill: white, required("577.11", only: "R1"))',
        '#required("577.11", size: 5pt)',
        '#scale(5%, required("577.11", only: "R1"))',
        '#box(width: 300pt, height: 8pt, clip: true, required("577.11", only: "R1"))',
        '#required("577.11", only: "R1")\n#place(dy: -20pt)[These words lie on top of other words.]',
    ],
    ids=["white", "tiny", "shrunk", "clipped", "covered"],
)
def test_a_statement_that_no_eye_can_read_refuses_the_letter(altered, pack, hidden):
    version = altered(BLOCKS, '#required("577.11", if-any: true, one-paragraph: true)', hidden)
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
        "#it.date]",
        '#it.date.replace("marzo", "abril")]',
        spec(language="en+es"),
    )
    assert "languages.months" in codes(version, pack)


def test_a_letter_of_more_than_a_sheet_warns(typeset, pack):
    long = replace(FUEL, remedy="The dealer will put in a new pipe. " * 150)
    found = {f.code: f for f in checks.check(typeset(spec(long)), pack=pack)}
    assert found["sheets"].severity == "should"
    assert found["sheets"].message == (
        "the en text takes 3 pages, more than one sheet holds: say less"
    )


P2, P3 = (
    '#required("577.5(b)", only: "P2", if-any: true, size: 12pt, weight: "bold")',
    '#required("577.5(b)", only: "P3", if-any: true, size: 10pt)',
)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (P2, "Follow-up notice\n" + P2, "head.together"),  # a line of the house
        (P3, "1200 Example Ave\n" + P3, "head.together"),  # an address
        (P3, "#rule\n" + P3, "head.together"),  # a rule
        (P3, "#v(30pt)\n" + P3, "head.together"),  # a gap
        (P2 + "\n    " + P3, P3 + "\n    " + P2, "head.together"),
        ("size: 24pt, title: true", "size: 9pt, title: true", "heading"),
        ("== #c.name", "#text(size: 24pt, c.name)", "heading"),  # as large, further down
        ("== #c.name", "#scale(200%, reflow: true, text(size: 12pt, c.name))", "heading"),
        ("#let head-block() = head(it)[", "#let head-block() = head(it)[Lexus\n", "head.together"),
    ],
    ids=["line", "address", "rule", "gap", "order", "small", "large", "scaled", "above"],
)  # fmt: skip
def test_a_head_that_is_not_the_first_thing_in_one_piece_and_the_largest_type_refuses_the_letter(
    altered, pack, old, new, code
):
    version = altered(BLOCKS, old, new)
    body = printed(version)
    parts = parts_of(version, readback.read(body, version.slots, version.page_count), pack)
    assert code in {f.code for f in head.head(version, parts, SPECIMEN["vin"], body)}


def test_the_head_of_the_second_language_is_held_to_the_same(altered, pack):
    given = spec(language="en+es")
    version = altered("safety/es/blocks.typ", P3, "Aviso de seguimiento\n" + P3, given)
    assert "head.together" in codes(version, pack)
    with pytest.raises(LetterRefused, match=r"does not begin with its heading.*577\.5\(b\)"):
        checks.refuse(version, checks.check(version, pack=pack))


def test_a_spanish_heading_as_large_as_the_english_one_refuses_the_letter(altered, pack):
    given = spec(language="en+es")
    version = altered("safety/es/blocks.typ", "size: 20pt", "size: 24pt", given)
    with pytest.raises(LetterRefused, match=r"the en heading is not larger.*577\.5\(b\)"):
        checks.refuse(version, checks.check(version, pack=pack))


def test_a_retyped_heading_stands_twice(altered, pack):
    version = altered(LETTER, "#cost()", "*IMPORTANT SAFETY RECALL*\n#cost()")
    assert "statement.P1.en" in codes(version, pack)


def test_a_statement_before_the_head_is_out_of_order(altered, pack):
    version = altered(LETTER, "#decision()\n#follow-up()", "#follow-up()\n#decision()")
    assert "order.head" in codes(version, pack)


def test_reimbursement_must_follow_the_items_of_577_5(altered, pack):
    version = altered(LETTER, "#lessor()\n#reimbursement()", "#reimbursement()\n#lessor()")
    assert "order.reimbursement" in codes(version, pack)


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
        "safety/es/follow_up.typ", "#contact()\n#changes()", "#changes()\n#contact()",
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
    p3 = '#required("577.5(b)", only: "P3", if-any: true, size: 10pt)\n'
    version = altered(BLOCKS, p3, p3 + "Important. \\\n" * 9)
    assert "window.private" in codes(version, pack)


def test_ink_in_the_inserter_s_zone_is_refused(altered, pack):
    version = altered(LETTER, "#cost()", "#place(dx: -60pt)[mark]\n#cost()")
    assert "zone" in codes(version, pack)


def test_a_slot_outside_the_window_or_over_another_is_found(version, pack):
    bars = next(slot for slot in version.slots if slot.name == "imb")
    moved = [replace(s, x=s.x - 20) if s is bars else s for s in version.slots]
    assert {f.code for f in slot_findings(replace(version, slots=tuple(moved)), pack)} >= {
        "window.address"
    }
    doubled = (*version.slots, replace(version.slots[0], x=version.slots[0].x + 5))
    found = {f.code for f in slot_findings(replace(version, slots=doubled), pack)}
    assert "slot.overlap" in found
    outside = (*version.slots, replace(version.slots[0], x=600))
    assert "slot.page" in {f.code for f in slot_findings(replace(version, slots=outside), pack)}


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
        altered(LETTER, "#cost()", '#required("577.7(a)(1)")\n#cost()')


def test_a_letter_of_other_rules_is_reported(version):
    from renotify.rules import load

    other = replace(load(date(2026, 1, 2)), digest="other")
    assert "rules" in {finding.code for finding in checks.check(version, pack=other)}


@pytest.mark.parametrize(
    ("kind", "waiting"), [("initial", "9LA"), ("remedy_available", "ALE"), ("follow_up", "ALE")]
)
def test_a_letter_about_a_remedy_that_is_there_and_one_that_is_not_passes(kind, waiting):
    letter = spec(FUEL, SPRING, kind=kind, language="en+es", waiting=frozenset([waiting]))
    version = compose.compile_letter(letter, rules_on=MAIL_DATE)
    for language in ("en", "es"):
        wanted = expected(version, load(MAIL_DATE), language)
        places = [p.campaign for p in wanted if p.statement.id == "N1U"]
        assert places == [["9LA", "ALE"].index(waiting)]
    there = {"9LA": "ALE", "ALE": "9LA"}[waiting]
    text = normal(extract_text(printed(version)))
    assert (
        f"It is for recall {there}. For recall {waiting}, please wait for our next letter." in text
    )
    assert f"Es para el retiro {there}. Para el retiro {waiting}, espere" in text


def test_several_recalls_that_wait_and_several_that_are_there_are_named_in_the_plural():
    ones = [replace(FUEL, campaign_code=f"A{number}") for number in range(1, 5)]
    hours = {one.campaign_code: (1.0, 1.0) for one in ones}
    letter = spec(
        *ones, kind="initial", language="en+es", waiting=frozenset(["A2", "A4"]), labor_hours=hours
    )
    version = compose.compile_letter(letter, rules_on=MAIL_DATE)
    text = normal(extract_text(printed(version)))
    assert "It is for recalls A1, A3. For recalls A2, A4, please wait for our next letter." in text
    assert "Es para los retiros A1, A3. Para los retiros A2, A4, espere" in text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("interim", ("Thank you for waiting for our second letter.", "Gracias por esperar nuestra segunda carta.")),
        ("remedy_available", ("because our records show that you own", "porque en nuestros datos este auto es suyo")),
    ],
)  # fmt: skip
def test_an_interim_letter_hurries_nobody_and_the_second_says_why_it_came(typeset, kind, words):
    waits = {"waiting": frozenset(["9LA"])} if kind == "interim" else {}
    text = normal(extract_text(printed(typeset(spec(FUEL, kind=kind, language="en+es", **waits)))))
    assert all(one in text for one in words)
    assert ("taking care of this soon" in text) is (kind != "interim")


def test_a_service_letter_without_a_first_notice_has_no_hole_where_its_day_would_stand(
    typeset, pack
):
    def said(one):
        version = typeset(spec(one, language="en+es"))
        assert checks.check(version, pack=pack) == []
        return " ".join(extract_text(version.static).split())

    dated = ("We first wrote about service campaign CLB on ", "Escribimos por primera vez sobre la campaña CLB el ")  # fmt: skip
    undated = ("the work of service campaign CLB is still open", "el trabajo de la campaña CLB sigue sin hacerse")  # fmt: skip
    with_day, without = said(ACTUATOR), said(replace(ACTUATOR, first_notice_date=None))
    assert all(words in with_day for words in dated)
    assert not any(words in without for words in dated)
    assert all(words in without for words in undated)
