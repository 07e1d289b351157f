"""The owner's accessible copy, the proof, and the writer's page beside Typst's own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from io import BytesIO

import numpy as np
import pikepdf
import pyarrow as pa
import pytest

from letters.samples import ROW, rows
from letters.typst_oracle import typeset_one
from renotify.errors import LetterRefused, NothingToDo
from renotify.letters import accessible, readback
from renotify.letters.accessible import render_accessible
from renotify.letters.batch_pdf import BatchFile
from renotify.letters.fields import prepare
from renotify.letters.proofsheet import longest, proof, worst

LONG = ROW | {
    "name1": "W" * 33,
    "name2": "ÑÚÑEZ Y NGUYỄN",
    "addr2": "BUILDING 7",
    "dealer_address": "4000 Sample Road of a long name, Springfield, IL 62704",
}


def by_the_writer(version, row):
    target = BytesIO()
    batch = BatchFile(version, target)
    batch.add(prepare(version, pa.table({name: [value] for name, value in row.items()})))
    batch.close()
    return target.getvalue()


def grown(dark):
    """Return the dark pixels with their eight neighbours."""
    wide = dark.copy()
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            wide |= np.roll(np.roll(dark, down, axis=0), across, axis=1)
    return wide


@pytest.mark.parametrize("row", [ROW, LONG], ids=["plain", "condensed"])
def test_the_writer_s_letter_is_typst_s_letter_to_one_pixel_at_150_dpi(version, row):
    """No dark pixel of either lies more than one pixel (0.17 mm) from a dark one of the other."""
    ours, theirs = by_the_writer(version, row), typeset_one(version, row)
    for page in range(version.page_count):
        one = readback.raster(ours, page, 150) < 128
        other = readback.raster(theirs, page, 150) < 128
        assert one.shape == other.shape
        assert not (one & ~grown(other)).any()
        assert not (other & ~grown(one)).any()


def test_the_accessible_copy_is_tagged_titled_and_claims_both_standards(version):
    body = render_accessible(version, ROW)
    with pikepdf.open(BytesIO(body)) as pdf:
        assert "/StructTreeRoot" in pdf.Root
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang).startswith("en")
        packet = pdf.Root.Metadata.read_bytes()
        assert str(pdf.docinfo["/Title"]).startswith("Lexus: Follow-up notice")
    assert b"pdfuaid:part" in packet
    assert b"pdfaid:conformance>A" in packet


def test_the_accessible_copy_says_what_the_printed_letter_says(version):
    pages = readback.read(render_accessible(version, ROW), (), version.page_count)
    text = " ".join(" ".join(page.text.split()) for page in pages)
    assert f"This notice applies to your vehicle, {ROW['vin']}" in text
    for words in (ROW["name1"], ROW["dealer_name"], "IMPORTANT SAFETY RECALL"):
        assert words in text


def test_the_same_accessible_copy_has_the_same_bytes(version):
    assert render_accessible(version, ROW) == render_accessible(version, ROW)


def test_threads_that_copy_several_versions_at_once_each_get_their_own(
    version, service_version, monkeypatch
):
    """Eight threads, five versions, of which two are kept: folders come and go under way."""
    monkeypatch.setattr(
        accessible, "_folder_of", lru_cache(maxsize=2)(accessible._folder_of.__wrapped__)
    )
    versions = [version, service_version]
    for number in range(3):
        modules = dict(version.recipe.modules) | {f"unused{number}.typ": ""}
        versions.append(replace(version, recipe=replace(version.recipe, modules=modules)))
    asked = versions * 3
    with ThreadPoolExecutor(8) as threads:
        copies = list(threads.map(lambda one: render_accessible(one, ROW), asked))
    for one, copy in zip(asked, copies, strict=True):
        text = readback.read(copy, (), 1)[0].text
        assert ("IMPORTANT SAFETY RECALL" in text) == (one is not service_version)
        assert ROW["vin"] in text


def test_what_the_print_run_refuses_the_copy_refuses_too(version):
    with pytest.raises(LetterRefused, match=r"addr1: .*U\+9234"):
        render_accessible(version, ROW | {"addr1": "鈴木"})


def test_a_proof_shows_real_longest_and_worst_letters_with_their_slots(version, tmp_path):
    made = proof(version, rows(3, name1=["A", "MARIA DEL CARMEN O’BRIEN", "B"]), tmp_path)
    names = [path.name for path in made.pictures]
    assert names == [f"proof-{d}-{n}.png" for d in ("real", "longest", "worst") for n in (1, 2)]
    with pikepdf.open(made.pdf) as pdf:
        assert len(pdf.pages) == 6
        assert b"0 1 0 0 K" in pdf.pages[0].Contents.read_bytes()


def test_the_longest_values_are_found_and_the_worst_ones_fit(version):
    table = rows(3, name1=["A", "MARIA DEL CARMEN O’BRIEN", "B"])
    assert longest(table)["name1"] == "MARIA DEL CARMEN O’BRIEN"
    filled = prepare(version, pa.table({name: [value] for name, value in worst(version).items()}))
    assert filled.exceptions.num_rows == 0
    assert not any(b"Tz" in body for column in filled.values for body in column)


def test_a_proof_of_nothing_or_of_what_does_not_fit_is_refused(version, tmp_path):
    with pytest.raises(NothingToDo):
        proof(version, rows(0), tmp_path)
    with pytest.raises(LetterRefused, match="wider than its place"):
        proof(version, rows(city="W" * 90), tmp_path)
