"""The finished batch file, page by page: whose letter is on it, where its parts point, what its barcode decodes to."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import numpy as np
import pikepdf
import pyarrow as pa
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.graphics.barcode.usps4s import USPS_4State

from cases import at_once
from letters.imb_decoder import decode
from letters.samples import rows
from renotify.errors import BadInput, Inconsistent
from renotify.letters import imb, print_run, readback
from renotify.letters.batch_pdf import BatchFile, page_template
from renotify.letters.checks import batch_sample
from renotify.letters.fields import prepare
from renotify.letters.profile import Box

COUNT = 9


def vin(number):
    return f"JTHBK26206200{number:04d}"


def table(count=COUNT, **changes):
    numbers = range(1, count + 1)
    own = {
        "vin": [vin(n) for n in numbers],
        "imb_payload": [f"00270123456789{n:06d}62701123404" for n in numbers],
    }
    return rows(count, **(own | changes))


@pytest.fixture(scope="module")
def batch(version):
    """One file of nine letters, of which the fourth was refused, written in two chunks."""
    streets = ["1 ELM ST"] * COUNT
    streets[3] = "鈴木"
    target = BytesIO()
    file = BatchFile(version, target)
    for start in (0, 5):
        file.add(prepare(version, table(addr1=streets).slice(start, 5)))
    file.close()
    return target.getvalue()


PRINTED = [1, 2, 3, 5, 6, 7, 8, 9]


def test_pages_of_a_letter_stand_together_in_the_order_of_the_rows(batch, version):
    document = pypdfium2.PdfDocument(batch)
    assert len(document) == len(PRINTED) * version.page_count
    for place, number in enumerate(PRINTED):
        for page in range(version.page_count):
            text = document[place * version.page_count + page].get_textpage().get_text_range()
            assert version.short_digest in "".join(text.split())
            assert (vin(number) in text) == any(
                slot.name == "vin" and slot.page == page + 1 for slot in version.slots
            )
    document.close()


def test_each_barcode_decodes_to_its_own_row(batch, version):
    document = pypdfium2.PdfDocument(batch)
    slots = {n: slot for n, slot in enumerate(version.slots) if slot.page == 1}
    (bars,) = [n for n, slot in slots.items() if slot.name == "imb"]
    for place, number in enumerate(PRINTED):
        texts, _ = readback.slot_texts(document[place * version.page_count], slots)
        found = texts[bars]
        assert decode(found) == f"00270123456789{number:06d}62701123404"
    document.close()


def test_a_letter_is_a_document_part_from_its_first_page_to_its_last(batch, version):
    with pikepdf.open(BytesIO(batch)) as pdf:
        root = pdf.Root.DPartRoot
        assert int(root.RecordLevel) == 2
        letters = [leaf for node in root.DPartRootNode.DParts[0] for leaf in node.DParts[0]]
        pages = [page.obj.objgen for page in pdf.pages]
        assert [str(one.DPM.Piece) for one in letters] == [f"P{n:07d}" for n in PRINTED]
        for place, one in enumerate(letters):
            first, last = place * version.page_count, (place + 1) * version.page_count - 1
            assert one.Start.objgen == pages[first]
            assert one.End.objgen == pages[last]
            assert all(pdf.pages[n].obj.DPart.objgen == one.objgen for n in range(first, last + 1))


def test_a_file_says_its_title_and_day_and_no_owner_s_name(batch, version):
    with pikepdf.open(BytesIO(batch)) as pdf:
        assert str(pdf.docinfo["/Title"]) == f"Letters {version.short_digest}"
        assert str(pdf.docinfo["/CreationDate"]) == "D:20130305000000Z"
        packet = pdf.Root.Metadata.read_bytes().decode()
    assert f"urn:sha256:{version.digest}" in packet
    assert "ANNA" not in packet
    assert "PDF/X-4" not in packet  # no press's colour profile, so no standard is claimed


def test_a_piece_s_id_outside_ascii_is_written_so_that_a_press_reads_it(version):
    target = BytesIO()
    file = BatchFile(version, target)
    file.add(prepare(version, table(2, piece_id=["Pé(1)", "P2"])))
    file.close()
    with pikepdf.open(BytesIO(target.getvalue())) as pdf:
        leaves = pdf.Root.DPartRoot.DPartRootNode.DParts[0][0].DParts[0]
        assert [str(leaf.DPM.Piece) for leaf in leaves] == ["Pé(1)", "P2"]


def test_a_chunk_in_which_all_were_refused_leaves_no_page(version):
    target = BytesIO()
    file = BatchFile(version, target)
    file.add(prepare(version, table(2, addr1="鈴木")))
    file.add(prepare(version, table(1)))
    file.close()
    assert file.letters == 1
    with pikepdf.open(BytesIO(target.getvalue())) as pdf:
        assert len(pdf.pages) == version.page_count


def test_outlines_are_drawn_for_proofs_and_never_for_the_mail(version):
    box = Box(10, 20, 30, 50)
    marked = page_template(version, 1, (box,))
    assert b"10.0000 742.0000 20.0000 30.0000 re S" in marked  # from the foot: 792 less 50
    assert b" re S" not in page_template(version, 1)
    assert page_template(version, 1).count(b"%b") == sum(s.page == 1 for s in version.slots)


# A run


@at_once(("per_file", "sizes"), [(4, [4, 4, 1]), (9, [9]), (100, [9]), (1, [1] * 9)])
def test_rows_are_cut_into_files_of_the_size_asked_for(per_file, sizes):
    batches = table().to_batches(max_chunksize=2)
    cut = list(print_run.slices(iter(batches), per_file))
    assert [one.num_rows for one in cut] == sizes
    assert pa.concat_tables(cut).to_pylist() == table().to_pylist()


def test_an_exception_names_the_piece_and_every_field_and_no_person(version, tmp_path):
    bad = table(3, addr1=["A", "鈴木", "A"], zip=["62701", "62701", "627"], city=["S", "", "S"])
    report = print_run.render(version, bad, tmp_path, stem="w")
    found = print_run.pyarrow.csv.read_csv(report.exceptions_path).to_pylist()
    assert [row["piece_id"] for row in found] == ["P0000002", "P0000003"]
    assert set(found[0]["field"].split("; ")) == {"city", "addr1"}
    assert "鈴木" not in report.exceptions_path.read_text("utf-8")
    assert report.counts == {"input": 3, "printed": 1, "exceptions": 2}


@pytest.mark.parametrize("stem", ["", "a b", "../w", ".w", "w/1", "é"])
def test_a_run_that_could_leave_its_folder_or_name_a_person_is_refused(version, tmp_path, stem):
    with pytest.raises(BadInput, match="cannot be called"):
        print_run.render(version, table(1), tmp_path, stem=stem)
    assert list(tmp_path.iterdir()) == []


def test_a_sample_takes_the_first_the_last_and_some_between_and_of_a_few_all():
    assert batch_sample.chosen(3, 3, "x") == [0, 1, 2]
    assert batch_sample.chosen(0, 3, "x") == []
    for seed in ("a", "b", "c"):
        places = batch_sample.chosen(1000, 5, seed)
        assert (places[0], places[-1], len(set(places))) == (0, 999, 5)
        assert places == sorted(places) == batch_sample.chosen(1000, 5, seed)
    assert batch_sample.chosen(1000, 5, "a") != batch_sample.chosen(1000, 5, "b")


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, set()),
        ({"name1": "ANNA TWO"}, {"sample.line1"}),
        ({"city": "CHICAGO"}, {"sample.line3"}),
        ({"vin": vin(77)}, {"sample.vin", "sample.vin_stop"}),
        ({"reference": "other"}, {"sample.reference"}),
        ({"imb_payload": "0027012345678900007762701123404"}, {"sample.imb"}),
    ],
)
def test_each_slot_of_a_finished_file_is_held_against_its_row(version, tmp_path, changes, codes):
    right = table(1, name1="ANNA ONE", addr1="1 ELM ST")
    report = print_run.render(version, right, tmp_path, stem="w")
    asked = table(
        1, **({"name1": "ANNA ONE", "addr1": "1 ELM ST"} | {k: [v] for k, v in changes.items()})
    )
    found = batch_sample.sample(version, report.files[0], asked, report.manifest)
    assert {finding.code for finding in found} == codes
    assert all(finding.citation == "49 CFR 577.5(b)" for finding in found)


def test_a_file_of_another_version_is_told_on_every_page(version, tmp_path):
    report = print_run.render(version, table(1), tmp_path, stem="w")
    other = replace(version, recipe=replace(version.recipe, rules="other"))
    found = batch_sample.sample(other, report.files[0], table(1), report.manifest)
    assert [finding.code for finding in found] == ["sample.digest"] * version.page_count
    with pytest.raises(Inconsistent, match="letters need"):
        batch_sample.sample(version, report.files[0], table(2), report.manifest)


# Barcodes

digits = st.text("0123456789", min_size=18, max_size=18)
payloads = st.tuples(
    st.sampled_from("0123456789"), st.sampled_from("01234"), digits,
    st.sampled_from([0, 5, 9, 11]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)),
).map("".join)  # fmt: skip
EDGES = [
    "0" * 20, "94" + "9" * 18, "0" * 25, "94" + "9" * 23, "0" * 29, "94" + "9" * 27, "0" * 31, "94" + "9" * 29,
    "0" * 20 + "99999", "04" + "0" * 18 + "00001",
]  # fmt: skip


@given(st.lists(payloads, min_size=1, max_size=8))
@settings(max_examples=25, deadline=None)
def test_random_digits_come_back_from_their_bars_and_are_reportlab_s_bars(texts):
    for text, bars in zip(texts, imb.encode(texts), strict=True):
        assert decode(bars) == text
        assert bars == USPS_4State(text[:20], text[20:]).barcodes


def test_the_least_and_the_greatest_digits_of_each_length_come_back():
    bars = imb.encode(EDGES)
    assert [decode(one) for one in bars] == EDGES
    assert len(set(bars)) == len(EDGES)


@given(payloads, st.integers(0, 64), st.sampled_from("FADT"))
@settings(max_examples=25, deadline=None)
def test_one_bar_misprinted_is_never_read_as_other_digits(text, place, other):
    bars = imb.encode([text])[0]
    broken = bars[:place] + other + bars[place + 1 :]
    if broken == bars:
        assert decode(broken) == text
        return
    with pytest.raises((ValueError, KeyError)):
        decode(broken)


@at_once(
    "wrong",
    [
        "",
        "0" * 19,
        "0" * 21,
        "0" * 24,
        "0" * 26,
        "0" * 28,
        "0" * 30,
        "0" * 32,
        "05" + "0" * 18,
        "0" * 19 + "x",
        "0" * 20 + "１２３４５",
        None,
    ],
)
def test_digits_that_no_barcode_has_are_told_and_refused(wrong):
    assert imb.valid([wrong, "0" * 20]).tolist() == [False, True]
    with pytest.raises(BadInput, match="20, 25, 29 or 31 digits"):
        imb.bars(["0" * 20, wrong])


def test_a_column_of_many_lengths_is_coded_as_each_alone():
    many = np.concatenate([imb.bars([text]) for text in EDGES])
    chunked = pa.chunked_array([EDGES[:4], [], EDGES[4:]], pa.string())
    assert imb.bars(chunked).tolist() == many.tolist()
    assert len(imb.bars([])) == 0
