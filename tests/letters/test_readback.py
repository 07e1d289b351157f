"""Reading a finished page back: its ink, its characters, its fonts."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pypdfium2
import pytest

from letters.samples import ROW
from renotify.letters import readback
from renotify.letters.profile import Box
from renotify.letters.specimen import SPECIMEN, printed

ONE_INCH = Box(72.0, 72.0, 144.0, 144.0)  # at 100 dots an inch: pixels 100 to 200


def page(grey, row=150, column=150):
    """Return a white page of 3 by 3 inches at 100 dots an inch with one pixel of a grey."""
    picture = np.full((300, 300), 255, dtype=np.uint8)
    picture[row, column] = grey
    return picture


@pytest.mark.parametrize(("grey", "ink"), [(0, True), (61, True), (199, True), (200, False)])
def test_any_grey_darker_than_200_is_ink(grey, ink):
    assert readback.inked(page(grey), ONE_INCH) is ink


@pytest.mark.parametrize(
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
            quick = readback.slot_texts(document[number], slots)
            thorough = readback.read_page(document[number], slots).slots
            assert {n: text for n, text in quick.items() if text} == thorough
            assert quick.keys() == slots.keys()
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
