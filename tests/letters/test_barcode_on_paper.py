"""The barcode as a scanner sees it: on the rendered page of a finished batch file, under names with high accents."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest

from letters.bar_reader import DPI, picture, scan
from letters.imb_decoder import decode
from letters.samples import rows
from renotify.letters import print_run
from renotify.letters.batch_pdf import BatchFile
from renotify.letters.checks import barcode
from renotify.letters.faces import FACES, reach
from renotify.letters.fields import prepare
from renotify.letters.specimen import printed

NAMES = ["ÁÑỄṒ ÚÑÂÑÉ", "NGUYỄN VĂN Ả", "JOSÉ ÑÚÑEZ", "ANNA ONE"]
PAYLOADS = [
    "00141123456000000001" + "62701123404",
    "00141123456000000002" + "627011234",
    "00141900000000000003" + "62701",
    "00141899999000000004",
]
DOT = 1 / DPI


@pytest.fixture(scope="module")
def scans(version, tmp_path_factory):
    table = rows(4, name1=NAMES, imb_payload=PAYLOADS)
    folder = tmp_path_factory.mktemp("paper")
    job = print_run.render(version, table, folder, stem="w")
    return [scan(picture(job.files[0], row["first_page"] - 1)) for row in job.manifest.to_pylist()]


def test_each_barcode_is_decoded_from_the_picture_of_its_page(scans):
    assert [decode(one.letters) for one in scans] == PAYLOADS


def test_no_accent_of_the_first_line_stands_in_the_clear_zone(scans):
    """0.028 inch below the bars (USPS-B-3200); the plain capitals of the last name stay further away."""
    assert all(one.clear_below >= 0.028 - DOT for one in scans)
    assert scans[3].clear_below > scans[0].clear_below + 0.03


def test_bars_have_the_sizes_of_the_specification(scans):
    for one in scans:
        assert 20 <= 1 / one.pitch <= 24
        assert 0.125 <= one.height <= 0.165


def test_the_highest_letter_of_the_face_has_two_accents():
    lowest, highest = reach(FACES[0])
    assert (lowest, highest) == (-0.273, 1.067)  # of Ḁ and Ṓ in Noto Sans


def test_the_gate_refuses_a_first_line_so_near_that_accents_touch_the_zone(version):
    assert list(barcode.seen(version, printed(version))) == []
    raised = tuple(
        replace(slot, y=slot.y - 0.3 * slot.size) if slot.name == "line1" else slot
        for slot in version.slots
    )
    near = replace(version, slots=raised)
    (found,) = barcode.seen(near, printed(near))
    assert (found.code, found.citation) == ("barcode.clear", "USPS-B-3200")


def test_the_gate_refuses_bars_that_are_not_the_barcode_s(version):
    target = BytesIO()
    batch = BatchFile(version, target)
    batch.add(prepare(version, rows(1)))
    batch.close()
    (found,) = barcode.seen(version, target.getvalue())
    assert found.code == "barcode.bars"
