"""Reading a finished page back: its ink, its characters, its fonts."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pypdfium2
import pytest

from cases import at_once
from letters.printed_words import together, word
from letters.samples import ROW
from renotify.letters import readback
from renotify.letters.page_characters import as_text, slots_at
from renotify.letters.profile import Box
from renotify.letters.specimen import SPECIMEN, printed
from renotify.letters.version import Slot

ONE_INCH = Box(72.0, 72.0, 144.0, 144.0)  # at 100 dots an inch: pixels 100 to 200


def page(grey, row=150, column=150):
    """Return a white page of 3 by 3 inches at 100 dots an inch with one pixel of a grey."""
    picture = np.full((300, 300), 255, dtype=np.uint8)
    picture[row, column] = grey
    return picture


@at_once(("grey", "ink"), [(0, True), (61, True), (199, True), (200, False)])
def test_any_grey_darker_than_200_is_ink(grey, ink):
    assert readback.inked(page(grey), ONE_INCH) is ink


@at_once(
    ("row", "column", "inside"),
    [(101, 101, True), (198, 198, True), (100, 150, False), (199, 150, False), (150, 201, False)],
)
def test_ink_counts_inside_a_box_but_not_on_its_edge(row, column, inside):
    assert readback.inked(page(0, row, column), ONE_INCH) is inside


def test_each_slot_of_a_page_is_read_back_the_quick_way_as_the_thorough_way(version):
    document = pypdfium2.PdfDocument(printed(version))
    try:
        for number in range(version.page_count):
            slots = {n: s for n, s in enumerate(version.slots) if s.page == number + 1}
            quick, words = readback.slot_texts(document[number], slots)
            thorough = readback.read_page(document[number], slots).slots
            assert {n: text for n, text in quick.items() if text} == thorough
            assert quick.keys() == slots.keys()
            assert version.short_digest in words
    finally:
        document.close()


def test_the_specimen_s_own_words_stand_in_its_slots(version):
    first = readback.read(printed(version), version.slots, 1)[0]
    named = {version.slots[number].name: text for number, text in first.slots.items()}
    assert named["vin"] == SPECIMEN["vin"]
    assert named["line1"] == SPECIMEN["name1"]
    assert ROW["vin"] not in first.text


def test_a_pdf_without_its_fonts_is_found(version):
    import pikepdf

    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        blank = pdf.add_blank_page()
        blank.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        target = BytesIO()
        pdf.save(target)
    assert readback.unembedded_fonts(target.getvalue()) == ["/Helvetica"]
    assert readback.unembedded_fonts(printed(version)) == []


# ---- characters, lines, slots


def test_the_hyphen_at_the_end_of_a_line_is_the_author_s_own():
    codes = np.array([0x02, 0xFFFE, ord("A"), 0x03], np.uint32)
    assert as_text(readback.with_hyphens(codes)) == "--A\x03"


@at_once(
    ("second", "text"),
    [
        (word("to", 10.0), "goto"),
        (word("to", 12.4), "goto"),
        (word("to", 12.6), "go to"),
        (word("to", y=100.4), "goto"),
        (word("to", y=112.0), "go\nto"),
        (word("to", y=114.9), "go\nto"),
        (word("to", y=115.1), "go\n\nto"),
        (word("to", y=90.0), "go\n\nto"),
        (word("to", y=112.0, size=10.1), "go\nto"),
        (word("to", y=112.0, size=10.3), "go\n\nto"),
        (word("to", y=112.0, size=9.7), "go\n\nto"),
    ],
)
def test_gaps_are_spaces_near_lines_go_on_and_far_or_other_ones_begin_a_paragraph(second, text):
    """A gap of more than a quarter of the size; a line within one and a half sizes, of the same size."""
    assert readback.lines(together(word("go"), second)) == text


def test_a_space_that_is_printed_is_not_doubled():
    for space, second in ((5.0, 20.0), (30.0, 35.0)):
        printed = together(word("a"), word(" ", space), word("b", second))
        assert readback.lines(printed) == "a b"


def test_a_line_that_ends_in_a_hyphen_is_joined_to_the_next():
    assert readback.lines(together(word("re-"), word("call", y=112.0))) == "re-call"


SLOT = Slot("vin", 1, 50.0, 100.0, 80.0, 10.0)


@at_once(
    ("x", "y", "inside"),
    [
        (50.0, 100.0, True), (49.5, 100.0, True), (49.3, 100.0, False), (130.5, 100.0, True), (130.7, 100.0, False),
        (90.0, 100.5, True), (90.0, 99.5, True), (90.0, 100.7, False), (90.0, 99.3, False),
    ],
)  # fmt: skip
def test_a_character_lies_in_a_slot_within_half_a_point(x, y, inside):
    assert slots_at(np.array([x]), np.array([y]), {7: SLOT}).tolist() == [7 if inside else -1]


def test_of_two_slots_over_each_other_the_first_has_the_character():
    at = (np.array([90.0]), np.array([100.0]))
    assert slots_at(*at, {3: SLOT, 1: SLOT}).tolist() == [3]


def spliced(static):
    every = together(*static, word("V", 50.0, 100.3))
    own = np.array([*[-1] * (len(every.codes) - 1), 0])
    found = readback._spliced(every, own, {0: SLOT})
    return found.text, found


def test_a_slot_s_text_stands_after_the_word_that_ends_where_it_begins_on_its_base_line():
    text, found = spliced([word("VIN", 30.0), word("end", 140.0)])
    assert text == "VINVend"
    assert found.y[3] == 100.0


@pytest.mark.parametrize(
    "static",
    [word("VIN", 20.0), word("VIN", 30.0, y=90.0), word("VIN", 50.0)],
    ids=["ends too far away", "on another line", "begins at the slot"],
)
def test_a_slot_that_follows_no_word_comes_last(static):
    assert spliced([static, word("e", 140.0)])[0] == "VINeV"


# ---- ink and fonts, at their edges


@at_once(
    ("row", "column", "inside"),
    [(150, 102, True), (150, 101, False), (102, 150, True), (101, 150, False), (150, 197, True),
     (150, 198, False), (197, 150, True), (198, 150, False)],
)  # fmt: skip
def test_a_box_between_two_pixels_has_the_whole_ones_inside(row, column, inside):
    """100.5 to 199.5 pixels: the first whole one is 101, the last 198, and one more is left out at each edge."""
    box = Box(*(edge * 72 / 100 for edge in (100.5, 100.5, 199.5, 199.5)))
    assert readback.inked(page(0, row, column), box) is inside


def font(name):
    import pikepdf

    return pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name(name)
    )


def form(pdf, **entries):
    import pikepdf

    stream = pdf.make_stream(b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
    for key, value in entries.items():
        stream[f"/{key}"] = value
    return stream


def test_fonts_are_looked_for_in_forms_within_forms_once_each():
    import pikepdf

    with pikepdf.new() as pdf:
        inner = form(pdf, Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font("/Courier"))))
        deep = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=inner))
        forms = pikepdf.Dictionary(
            A=form(pdf), B=form(pdf, Resources=deep), C=form(pdf, Resources=deep)
        )
        blank = pdf.add_blank_page()
        blank.obj.Resources = pikepdf.Dictionary(XObject=forms)
        target = BytesIO()
        pdf.save(target)
    assert readback.unembedded_fonts(target.getvalue()) == ["/Courier"]


def test_fonts_of_the_pages_above_are_those_of_the_page():
    import pikepdf

    with pikepdf.new() as pdf:
        blank = pdf.add_blank_page()
        if "/Resources" in blank.obj:
            del blank.obj.Resources
        above = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font("/Symbol")))
        pdf.Root.Pages.Resources = above
        target = BytesIO()
        pdf.save(target)
    assert readback.unembedded_fonts(target.getvalue()) == ["/Symbol"]
