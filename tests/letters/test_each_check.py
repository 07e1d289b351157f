"""Each check of a letter on a text that breaks just its rule, and on one that just keeps it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cases import at_once
from letters.printed_words import together, word
from letters.samples import ACTUATOR, FUEL, SPRING, spec
from renotify.errors import LetterRefused
from renotify.letters import checks, readback
from renotify.letters.checks import (
    geometry,
    head,
    legibility,
    plain_language,
    statements,
    two_languages,
)
from renotify.letters.checks.finding import Finding, OwnText, Part
from renotify.letters.checks.legibility import Glyphs
from renotify.letters.letter_text import placed
from renotify.letters.profile import Box
from renotify.letters.readback import PageText
from renotify.letters.specimen import SPECIMEN

VIN = SPECIMEN["vin"]


def words_of(items):
    """Return what a letter prints for its statements, the VIN filled in."""
    return [item.text.replace("{vin}", VIN) for item in items]


@pytest.fixture
def letter(pack):
    """Make one language of a letter read back from its lines; by default the statements in order."""

    def made(lines=None, campaigns=(FUEL,), language="en", **other):
        expected = tuple(placed(spec(*campaigns), pack, language))
        text = "\n\n".join(words_of(expected) if lines is None else lines)
        values = {"blocks": (), "static": text.replace(VIN, ""), "pages": ()} | other
        return Part(language=language, text=text, expected=expected, **values)

    return made


def codes(findings):
    return [finding.code for finding in findings]


# Statements and their order


@pytest.mark.parametrize("campaigns", [(FUEL,), (FUEL, SPRING)], ids=["one", "two"])
def test_a_letter_of_its_statements_in_order_has_no_finding(letter, campaigns):
    part = letter(campaigns=campaigns)
    assert codes(statements.statements(part)) == []
    assert codes(statements.order(part)) == []


def test_each_statement_that_is_missing_is_the_one_finding(letter):
    whole = letter()
    for place, item in enumerate(whole.expected):
        lines = words_of(whole.expected)
        part = letter(lines[:place] + lines[place + 1 :])
        assert codes(statements.statements(part)) == [f"statement.{item.statement.id}.en"]
        (found,) = statements.statements(part)
        assert found.citation == item.statement.citation
        assert found.message.endswith("is missing in the en text")


def test_a_statement_said_twice_is_found_when_its_words_are_the_law_s(letter):
    lines = words_of(letter().expected)
    (twice,) = statements.statements(letter([lines[2], *lines]))
    assert twice.code == "statement.P3.en"
    assert "stands twice" in twice.message


def test_one_statement_of_a_bundle_s_second_campaign_is_missed_for_itself(letter):
    whole = letter(campaigns=(FUEL, SPRING))
    lines = [
        text
        for item, text in zip(whole.expected, words_of(whole.expected), strict=True)
        if (item.statement.id, item.campaign) != ("E2", 1)
    ]
    assert codes(statements.statements(letter(lines, (FUEL, SPRING)))) == ["statement.E2.en"]


def test_two_neighbours_of_the_head_exchanged_are_out_of_order(letter):
    lines = words_of(letter().expected)
    for place in range(3):
        swapped = [*lines]
        swapped[place], swapped[place + 1] = lines[place + 1], lines[place]
        assert codes(statements.order(letter(swapped))) == ["order.head"], place


def test_a_statement_of_the_body_before_the_end_of_the_head_is_named(letter):
    lines = words_of(letter().expected)
    early = [*lines[:3], lines[4], lines[3], *lines[5:]]
    (found,) = statements.order(letter(early))
    assert (found.code, found.message) == (
        "order.head", "P8 stands before the head of 577.5(b)-(c) in the en text",
    )  # fmt: skip


def test_reimbursement_may_be_last_and_not_one_place_earlier(letter):
    lines = words_of(letter().expected)
    forward, *money = lines[-3:]  # P7, then R1 and R3
    (found,) = statements.order(letter([*lines[:-3], *money, forward]))
    assert (found.code, found.citation) == ("order.reimbursement", "49 CFR 577.11(b)")


# The heading


def marks(text, size, y, x=72.0):
    return word(text, x, y, size, size)


def headed(*lines, body=11.0):
    """Return a page of lines (text, type size, base line) with a body below them."""
    printed = [marks(text, size, y) for text, size, y in lines]
    every = together(
        *printed, marks("This is the text of the letter, and it goes on.", body, 400.0)
    )
    return PageText("", every, every, {})


TITLE, CAR, ACT = (
    ("IMPORTANT SAFETY RECALL", 20.0, 60.0),
    (f"This notice applies to your vehicle, {VIN}", 12.0, 80.0),
    (
        ("This notice is sent to you in accordance with the requirements of the National Traffic and "
        "Motor Vehicle Safety Act."), 10.0, 96.0,
    ),
)  # fmt: skip


def at(line, y, size=None):
    return (line[0], size or line[1], y)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((TITLE, CAR, ACT), None),
        ((TITLE, CAR, at(ACT, 104.0)), None),  # twice the larger type below
        ((TITLE, CAR, at(ACT, 104.1)), "head.together"),
        ((TITLE, at(CAR, 100.1), at(ACT, 116.0)), "head.together"),
        ((("LEXUS", 12.0, 40.0), TITLE, CAR, ACT), "head.together"),  # above the heading
        ((TITLE, ("Follow-up notice", 9.0, 70.0), CAR, ACT), "head.together"),
        ((TITLE, CAR, ("1200 EXAMPLE AVE", 8.5, 88.0), ACT), "head.together"),
        ((TITLE, at(ACT, 80.0), at(CAR, 96.0)), "head.together"),
        ((TITLE, CAR), "head.together"),
        ((("Important Safety Recall", 20.0, 60.0), CAR, ACT), "head.together"),
    ],
)
def test_the_head_is_the_first_three_things_of_the_letter_each_immediately_below_the_other(
    letter, lines, code
):
    found = list(head.in_one_piece(letter(pages=(headed(*lines),)), VIN))
    assert codes(found) == ([code] if code else [])


@pytest.mark.parametrize(
    ("size", "elsewhere", "larger"),
    [(20.0, 11.0, True), (11.2, 11.0, True), (11.0, 11.0, False), (20.0, 20.0, False)],
)
def test_the_heading_is_larger_than_any_other_type_on_any_page(letter, size, elsewhere, larger):
    first = headed(at(TITLE, 60.0, size), CAR, ACT, body=10.0)
    first = replace(first, marks=first.marks.at(~np.isin(first.marks.y, (80.0, 96.0))))
    second = headed(body=elsewhere)
    for pages in ((first, second), (headed(at(TITLE, 60.0, size), body=elsewhere),)):
        found = codes(head.largest([letter(pages=pages)]))
        assert found == ([] if larger else ["heading"])


@pytest.mark.parametrize(
    ("size", "body", "refused"),
    [
        (19.0, 11.0, []),  # smaller than the English heading's 20 points, larger than the rest
        (20.0, 11.0, ["en"]),  # as large: another type of the remainder of the letter (577.5(b))
        (24.0, 11.0, ["en"]),
        (19.0, 19.0, ["es"]),  # no heading among its own text
        (11.0, 20.0, ["en", "es"]),
    ],
)
def test_the_english_heading_is_larger_than_the_other_language_s_and_that_than_the_rest(
    letter, size, body, refused
):
    english = letter(pages=(headed(TITLE),))
    title = ("IMPORTANTE RETIRO DE SEGURIDAD", size, 60.0)
    found = head.largest([english, letter(language="es", pages=(headed(title, body=body),))])
    assert [one.message.split()[1] for one in found] == refused


# VINs and recall words


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (f"vehicle {VIN}.", True),
        ("12345678901234567", False),  # digits only: an account, a barcode
        ("ABCDEFGHJKLMNPRST", False),  # letters only
        (f"{VIN}0", False),
        (VIN.replace("M", "I"), False),
    ],
)
def test_a_vehicle_typed_by_an_author_is_found_and_other_long_words_are_not(letter, words, named):
    found = codes(statements.typed_vins(letter(static=words)))
    assert found == (["vin.typed"] if named else [])


def test_a_service_letter_may_not_borrow_one_statement_of_a_recall(letter, pack):
    recall = letter()
    clean = letter(["A free repair for your vehicle.", "Please call."], (ACTUATOR,))
    assert codes(statements.no_recall(clean, pack)) == []
    for item, text in zip(recall.expected, words_of(recall.expected), strict=True):
        part = letter(["A free repair.", text], (ACTUATOR,))
        assert f"recall.{item.statement.id}.en" in codes(statements.no_recall(part, pack))


# What may not be said, and how plainly the rest


def test_disclaimers_are_held_against_recalls_and_sales_words_against_every_letter(letter, pack):
    part = letter(["This is a voluntary recall.", "Ask for a rebate."])
    assert codes(plain_language.forbidden(part, pack, "safety")) == [
        "forbidden.voluntary.en", "forbidden.sales_finance.en",
    ]  # fmt: skip
    assert codes(plain_language.forbidden(part, pack, "service")) == ["forbidden.sales_finance.en"]


def test_words_of_the_law_do_not_count_against_the_letter_s_grade(letter):
    own = "We can help you."
    part = letter([*words_of(letter().expected), own])
    text = " ".join(plain_language.body_text(part).split())
    assert own in text
    assert "Administrator" not in text
    assert "National Traffic" not in text
    assert "Some fuels can eat into the metal" in text  # the campaign's own words do count


def test_short_words_pass_and_long_ones_do_not(letter, pack):
    assert (
        codes(plain_language.plain_words(letter(["The cat sat on the mat. It is a cat."]), pack))
        == []
    )
    hard = (
        "Notwithstanding considerations, representatives systematically coordinate opportunities."
    )
    assert "grade.en" in codes(plain_language.plain_words(letter([hard]), pack))


def test_words_of_an_order_are_told_as_hard_and_refuse_no_letter(letter, pack):
    """577.6(b)(5)-(7): they are the Administrator's. Policy P-3 is the house's and judges the maker's own words."""
    hard = (
        "Notwithstanding considerations, representatives systematically coordinate opportunities."
    )
    easy = "The cat sat on the mat"

    ordered = placed(
        spec(replace(FUEL, letter={**FUEL.letter, "decided_by": "administrator"})), pack, "en"
    )

    def severities(*own, expected=tuple(ordered)):
        part = replace(letter([hard, f"{easy}."]), own_texts=own, expected=expected)
        found = plain_language.plain_words(part, pack)
        return [one.severity for one in found if one.code == "grade.en"]

    ours = OwnText("9LA", "defect", easy)
    assert severities(ours) == ["should"]
    assert severities(ours, OwnText("9LA", "administrators_basis", hard.rstrip("."))) == ["should"]
    assert severities(ours, OwnText("9LA", "makers_reasons", hard.rstrip("."))) == ["must"]
    assert severities(ours, expected=()) == ["must"]


def test_a_sentence_as_long_as_the_pack_allows_passes_and_one_word_more_does_not(letter, pack):
    row = pack.measure("sentence_words")
    most = int(row.most or row.value)
    for count, expected in ((most, []), (most + 1, ["sentences.en"])):
        part = letter([" ".join(["go"] * count) + "."])
        assert [
            code for code in codes(plain_language.plain_words(part, pack)) if code[0] == "s"
        ] == expected


# Two languages


@pytest.mark.parametrize(
    ("english", "spanish", "code"),
    [
        ("On March 5, 2013", "El 5 de marzo de 2013", None),
        ("On March 5, 2013", "El 5 de abril de 2013", "languages.months"),
        ("On March 5, 2013", "El 6 de marzo de 2013", "languages.numbers"),
        ("It may break in 2 hours", "Se puede romper en 2 horas", None),
        ("March with us", "Marche con nosotros", None),
        ("May 5", "El 5 de mayo", None),
        ("Call 1-800 and 1-800", "Llame al 1-800", "languages.numbers"),
    ],
)
def test_both_languages_name_the_same_months_and_numbers(letter, english, spanish, code):
    one, other = letter([english], static=english), letter([spanish], language="es", static=spanish)
    for pair in ((one, other), (other, one)):
        assert codes(two_languages.same_facts(*pair)) == ([code] if code else [])


def test_a_difference_of_the_languages_names_the_text_and_the_way_out(letter):
    """A stated text stands in both languages by its key: which one has the other number, and what to do."""
    english, spanish = "Come on March 5 for 2 hours.", "Venga el 5 de abril por 90 minutos."
    one = letter(
        [english], own_texts=(OwnText("X1", "remedy", english), OwnText("X1", "warning", "a noise"))
    )
    other = letter(
        [spanish],
        language="es",
        own_texts=(OwnText("X1", "remedy", spanish), OwnText("X1", "warning", "un ruido")),
    )
    where = "in the en and es `remedy` of X1: say them in both languages, or in neither"
    assert [found.message for found in two_languages.same_facts(one, other)] == [
        f"the languages differ in these months: April, March, {where}",
        f"the languages differ in these numbers: 2, 90, {where}",
    ]


@pytest.mark.parametrize(
    ("ours", "theirs", "odd"),
    [
        (("a", "b"), ("a", "b"), None),
        (("a", "b"), ("b", "a"), "'a'"),
        (("a", "b", "c"), ("a", "x", "c"), "'b'"),
        (("a",), ("a", "b"), "'b'"),
        (("a", "b"), ("a",), "'a'"),
    ],
)
def test_both_languages_have_the_same_blocks_in_the_same_order(letter, ours, theirs, odd):
    found = list(two_languages.same_facts(letter(["x"], blocks=ours), letter(["x"], blocks=theirs)))
    assert codes(found) == ([] if odd is None else ["languages.blocks"])


# Slots and ink


def moved(version, name, **changes):
    slots = [replace(slot, **changes) if slot.name == name else slot for slot in version.slots]
    return replace(version, slots=tuple(slots))


def test_the_shipped_letter_has_every_slot_in_its_place(version, pack):
    assert codes(geometry.missing(version)) == []
    assert codes(geometry.slots(version, pack)) == []


@pytest.mark.parametrize("name", geometry.NEEDED)
def test_each_needed_slot_that_is_missing_is_named(version, name):
    without = replace(version, slots=tuple(s for s in version.slots if s.name != name))
    (found,) = geometry.missing(without)
    assert found.message == f"the letter has no slot {name}"


def test_a_private_slot_may_touch_what_can_show_and_not_enter_it(version, pack):
    """The slot's own descenders, a quarter of its size, are what counts."""
    seen = version.profile.seen
    (reference,) = [slot for slot in version.slots if slot.name == "reference" and slot.page == 1][
        :1
    ]
    above = seen.top - 0.25 * reference.size
    place = {"x": seen.left + 5, "width": 20.0}
    assert "window.private" not in codes(
        geometry.slots(moved(version, "reference", y=above, **place), pack)
    )
    assert "window.private" in codes(
        geometry.slots(moved(version, "reference", y=above + 0.1, **place), pack)
    )


def test_an_address_line_on_the_second_page_is_not_in_the_window(version, pack):
    assert "window.address" in codes(geometry.slots(moved(version, "line1", page=2), pack))


def test_an_address_in_smaller_type_than_the_mail_standards_take_is_found(version, pack):
    """DMM 202, ``address_type``: 8 points at the least; other slots may be smaller, as the footer's reference is."""
    for size, found in ((8.0, []), (7.9, ["window.type"])):
        assert codes(geometry.slots(moved(version, "line2", size=size), pack)) == found
    (finding,) = geometry.slots(moved(version, "line2", size=7.9), pack)
    assert finding.message == "line2 is set in 7.9 points, smaller than 8.0"
    assert finding.citation == pack.measure("address_type").citation
    assert min(slot.size for slot in version.slots) < 7.9


def test_a_slot_in_the_inserter_s_strip_is_found_on_every_page(version, pack):
    """The strip is 9 mm wide, 25.51 points, at the left edge of each page."""
    for page in (1, 2):
        for x, found in ((25.6, False), (25.4, True)):
            slot = replace(version.slots[-1], name="extra", page=page, x=x, y=700.0, width=5.0)
            spoilt = replace(version, slots=(*version.slots, slot))
            assert ("slot.zone" in codes(geometry.slots(spoilt, pack))) == found, (page, x)


def test_a_letter_of_more_pages_than_the_profile_allows_is_refused(version):
    facts = version.profile.facts
    tight = {**facts, "sheet": {**facts["sheet"], "max_pages": version.page_count - 1}}
    thick = replace(version, profile=replace(version.profile, facts=tight))
    pages = [PageText(version.short_digest, (), (), {})] * version.page_count
    assert codes(geometry.file(thick, version.static, pages)) == ["pages"]
    assert codes(geometry.file(version, version.static, pages)) == []
    odd = [*pages[:-1], PageText("other", (), (), {})]
    (found,) = geometry.file(version, version.static, odd)
    assert found.message == f"page {version.page_count} does not carry the digest"


# What an eye can read


def glyphs(*boxes, size=10.0):
    return Glyphs(
        "x" * len(boxes), np.full(len(boxes), size), np.array(boxes, float).reshape(-1, 4)
    )


def row_of(count, top=10.0, left=10.0):
    return [(left + 10 * n, top, left + 10 * n + 8, top + 10) for n in range(count)]


def test_three_characters_without_ink_are_a_finding_and_two_are_not():
    paper = np.full((600, 600), 255, np.uint8)
    assert legibility.pale(glyphs(*row_of(2)), paper).tolist() == []
    assert legibility.pale(glyphs(*row_of(3)), paper).tolist() == [0]
    paper[:, :] = 190
    assert legibility.pale(glyphs(*row_of(3)), paper).tolist() == []
    paper[:, :] = 191
    assert legibility.pale(glyphs(*row_of(4)), paper).tolist() == [0, 1]


def test_characters_over_others_further_on_are_covered_and_neighbours_are_not():
    line = row_of(8)
    assert legibility.covered(glyphs(*line)).tolist() == []
    kerned = [line[0], line[0], line[1], line[2]]
    assert legibility.covered(glyphs(*kerned)).tolist() == []
    assert legibility.covered(glyphs(*line, line[0])).tolist() == [8]
    slightly = (line[0][0] + 5, *line[0][1:2], line[0][2] + 5, line[0][3])  # three of eight points
    assert legibility.covered(glyphs(*line[:1], *row_of(6, 200), slightly)).tolist() == []


# Refusing


def finding(code, severity):
    return Finding(code, f"rule of {code}", f"{code} is wrong", severity)


def test_only_a_must_refuses_and_every_must_is_said(version):
    mild = [finding("a", "should"), finding("b", "accepted")]
    checks.refuse(version, mild)
    with pytest.raises(LetterRefused) as caught:
        checks.refuse(version, [*mild, finding("c", "must"), finding("d", "must")])
    first, *said = caught.value.message.split("\n  ")
    assert first == "The follow_up letter about 9LA may not be printed:"
    assert said == ["c is wrong (rule of c).", "d is wrong (rule of d)."]


# Reading lines back


@at_once(
    ("second", "text"),
    [
        ({"y": 112.0}, "ab\ncd"),  # the next line: 12 points below in type of 10
        ({"y": 115.0}, "ab\n\ncd"),  # a line and a half: a paragraph
        ({"y": 90.0}, "ab\n\ncd"),  # above: another block
        ({"y": 112.0, "size": 12.0}, "ab\n\ncd"),  # other type
        ({"y": 100.4, "x": 92.4}, "abcd"),  # one line, set close
        ({"y": 100.0, "x": 92.6}, "ab cd"),  # a gap of more than a quarter of the type
    ],
)
def test_characters_are_read_as_lines_paragraphs_and_words(second, text):
    place = {"size": 10.0, "x": 72.0} | second
    first = marks("ab", 10.0, 100.0, 70.0)
    second = marks("cd", place["size"], place["y"], place["x"])
    assert readback.lines(together(first, second)) == text


def test_a_hyphen_at_a_line_s_end_joins_what_it_divides():
    both = together(marks("re-", 10.0, 100.0), marks("call", 10.0, 112.0))
    assert readback.lines(both) == "re-call"


@at_once("box", [Box(0, 0, 0, 0), Box(600, 600, 700, 700)])
def test_a_box_without_paper_holds_no_ink(box):
    assert not readback.inked(np.zeros((100, 100), np.uint8), box)
