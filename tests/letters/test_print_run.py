"""A print run: batch files, manifest, exceptions; the same rows give the same bytes."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pikepdf
import pyarrow as pa
import pypdfium2
import pytest

from letters import samples
from letters.imb_decoder import decode
from letters.samples import ROW, rows
from renotify.errors import BadInput, Inconsistent, NothingToDo
from renotify.letters import print_run, readback
from renotify.letters.checks import batch_sample
from renotify.letters.profile import load_profile
from renotify.letters.readback import unembedded_fonts


def many(count, **changes):
    numbers = range(1, count + 1)
    columns = {
        "vin": [f"JTHBK2620620{n % 100_000:05d}" for n in numbers],
        "reference": [f"2013-02/9LA/{n:07d}" for n in numbers],
        "imb_payload": [f"00270123456789{n:06d}62701123404" for n in numbers],
    }
    return rows(count, **(columns | changes))


@pytest.fixture(scope="module")
def printed(version, tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    streets = ["1 ELM ST"] * 2500
    streets[7] = "鈴木"
    return print_run.render(version, many(2500, addr1=streets), out, stem="w1", per_file=1000)


def page_text(path, page):
    document = pypdfium2.PdfDocument(path)
    try:
        return document[page].get_textpage().get_text_range()
    finally:
        document.close()


def test_input_is_printed_plus_exceptions(printed):
    assert printed.counts == {"input": 2500, "printed": 2499, "exceptions": 1}
    assert [path.name for path in printed.files] == [f"w1-000{n}.pdf" for n in (1, 2, 3)]
    assert printed.letters == {"w1-0001.pdf": 999, "w1-0002.pdf": 1000, "w1-0003.pdf": 500}


def test_the_manifest_leads_from_each_piece_to_its_page(printed, version):
    manifest = printed.manifest
    assert manifest.schema == print_run.MANIFEST
    assert manifest["sequence"].to_pylist() == list(range(1, 2500))
    assert set(manifest["form_digest"].to_pylist()) == {version.digest}
    pieces = manifest.to_pylist()
    for row in (pieces[0], pieces[998], pieces[999], pieces[-1]):
        path = next(p for p in printed.files if p.name == row["file"])
        text = page_text(path, row["first_page"] - 1)
        number = int(row["piece_id"][1:])
        assert f"JTHBK2620620{number:05d}" in text
        assert f"2013-02/9LA/{number:07d}" in text
        assert row["imb"] in text
        assert decode(row["imb"])[14:20] == f"{number:06d}"


def test_each_file_has_its_sha256(printed):
    for path in (*printed.files, printed.manifest_path, printed.exceptions_path):
        assert printed.sha256[path.name] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_rows_give_the_same_bytes_whatever_batches_they_come_in(version, tmp_path):
    table = many(2300)
    first = print_run.render(version, table, tmp_path / "a", stem="w", per_file=900)
    batches = iter(table.to_batches(max_chunksize=37))
    second = print_run.render(version, batches, tmp_path / "b", stem="w", per_file=900)
    assert first.sha256 == second.sha256


def test_a_file_depends_on_its_own_rows_only(version, tmp_path):
    print_run.render(version, many(30), tmp_path / "a", stem="w", per_file=10)
    other = many(30, name1=["OTHER"] * 10 + [ROW["name1"]] * 20)
    print_run.render(version, other, tmp_path / "b", stem="w", per_file=10)
    same = [
        (tmp_path / "a" / f"w-{n:04d}.pdf").read_bytes()
        == (tmp_path / "b" / f"w-{n:04d}.pdf").read_bytes()
        for n in (1, 2, 3)
    ]
    assert same == [False, True, True]


def test_a_process_pool_writes_what_one_process_writes(version, tmp_path):
    table = many(500)
    alone = print_run.render(version, table, tmp_path / "a", stem="w", per_file=100)
    for workers in (2, 3):
        with print_run.worker_processes(workers) as pool:
            shared = print_run.render(
                version, table, tmp_path / str(workers), stem="w", per_file=100, executor=pool
            )
        assert shared.sha256 == alone.sha256
        assert shared.counts == alone.counts


def test_one_worker_is_the_process_itself():
    with print_run.worker_processes(1) as pool:
        assert pool is None


def test_a_run_that_breaks_in_several_processes_leaves_no_half_written_file(version, tmp_path):
    def broken():
        yield from many(40).to_batches()
        raise OSError("the disk is gone")

    with print_run.worker_processes(2) as pool, pytest.raises(OSError, match="disk"):
        print_run.render(version, broken(), tmp_path, stem="w", per_file=5, executor=pool)
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal
from renotify.letters.print_run import worker_processes
if __name__ == "__main__":
    with worker_processes(2) as pool:
        print({pool.submit(os.getpid).result() for _ in range(9)}, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def alive(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_workers_end_with_a_killed_process_so_that_nobody_writes_after_it(tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(KILLED, "utf-8")
    told = tmp_path / "workers.txt"
    with told.open("w") as out:  # a file: a worker left alive would hold a pipe open for ever
        done = subprocess.run(
            [sys.executable, script], stdout=out, stderr=subprocess.DEVNULL, check=False,
            env={**os.environ, "PYTHONPATH": str(Path(print_run.__file__).parents[2])},
        )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    workers = [int(number) for number in re.findall(r"\d+", told.read_text("utf-8"))]
    assert workers
    deadline = time.monotonic() + 30
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    left = [process for process in workers if alive(process)]
    for process in left:
        os.kill(process, signal.SIGKILL)
    assert left == []


def test_qpdf_finds_nothing_and_every_font_is_embedded(version, tmp_path):
    report = print_run.render(version, many(1200), tmp_path, stem="w")
    assert unembedded_fonts(report.files[0].read_bytes()) == []
    if shutil.which("qpdf"):
        done = subprocess.run(
            ["qpdf", "--check", report.files[0]], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_each_letter_is_a_document_part_that_names_its_piece(version, tmp_path):
    report = print_run.render(version, many(1100), tmp_path, stem="w")
    with pikepdf.open(report.files[0]) as pdf:
        root = pdf.Root.DPartRoot
        assert root.RecordLevel == 2
        blocks = root.DPartRootNode.DParts[0]
        parts = [part for block in blocks for part in block.DParts[0]]
        assert len(parts) == 1100
        last = parts[-1]
        assert str(last.DPM.Piece) == "P0001100"
        assert last.Start.objgen == pdf.pages[2198].obj.objgen
        assert last.End.objgen == pdf.pages[2199].obj.objgen
        assert pdf.pages[2199].obj.DPart.objgen == last.objgen
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFX"
        packet = pdf.Root.Metadata.read_bytes()
    # PDF/VT-1 stands on PDF/X-4, and that on an ICC profile: without one neither is claimed
    assert b"PDF/VT-1" not in packet
    assert b"PDF/X-4" not in packet


def test_a_piece_is_named_in_its_document_part_whatever_its_id(version, tmp_path):
    ids = ["P1", "(2)", "Ñ-3"]
    report = print_run.render(version, many(3, piece_id=ids), tmp_path, stem="w")
    with pikepdf.open(report.files[0]) as pdf:
        (block,) = pdf.Root.DPartRoot.DPartRootNode.DParts[0]
        assert [str(part.DPM.Piece) for part in block.DParts[0]] == ids


def test_pdf_x_is_named_once_the_profile_carries_an_icc_profile(version):
    from renotify.letters.batch_pdf import xmp

    packet = xmp(replace(version, profile=replace(version.profile, icc=b"icc")))
    assert b"PDF/X-4" in packet
    assert b"PDF/VT-1" in packet


def test_an_icc_profile_of_the_print_house_is_embedded(typeset, pack, tmp_path):
    from renotify.letters import compose

    text = load_profile().text.replace('icc = ""', 'icc = "house.icc"')
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    (tmp_path / "house.icc").write_bytes(b"not really a colour profile")
    mine = load_profile(str(tmp_path / "mine.toml"))
    printed = compose.set_print(compose.recipe(samples.spec(), mine, pack))
    version = compose.version_of(printed, mine)
    report = print_run.render(version, many(3), tmp_path / "run", stem="w")
    with pikepdf.open(report.files[0]) as pdf:
        embedded = pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes()
        assert b"PDF/X-4" in pdf.Root.Metadata.read_bytes()
    assert embedded == b"not really a colour profile"


@pytest.mark.parametrize("stem", ["", "../up", "a/b", "na me", ".hidden"])
def test_a_name_that_could_leave_the_folder_is_refused(version, tmp_path, stem):
    with pytest.raises(BadInput, match="cannot be called"):
        print_run.render(version, many(1), tmp_path, stem=stem)


def test_the_printed_address_block_reads_as_publication_28_writes_it(version, tmp_path):
    typed = {
        "name1": ["Ana Núñez", "Anna O’Brien"],
        "name2": ["c/o B. Ruiz", ""],
        "addr1": [
            "12345 North Old Country Schoolhouse Boulevard West",
            "12 Fictitious St., Suite #7",
        ],
        "addr2": ["Unit 7", ""],
        "city": ["St. Louis", "Springfield"],
    }
    report = print_run.render(version, many(2, **typed), tmp_path, stem="w")
    slots = {n: slot for n, slot in enumerate(version.slots) if slot.page == 1}
    blocks, payloads = [], []
    document = pypdfium2.PdfDocument(report.files[0])
    for letter in (0, 1):
        texts = readback.read_page(document[letter * version.page_count], slots).slots
        named = {version.slots[number].name: text for number, text in texts.items()}
        blocks.append([named[f"line{n}"] for n in range(1, 6) if f"line{n}" in named])
        payloads.append(decode(named["imb"]))
    document.close()
    assert blocks == [
        ["ANA NÚÑEZ", "C/O B RUIZ", "UNIT 7", "12345 N OLD COUNTRY SCHOOLHOUSE BLVD W",
         "ST LOUIS IL 62701-1234"],
        ["ANNA O’BRIEN", "12 FICTITIOUS ST STE 7", "SPRINGFIELD IL 62701-1234"],
    ]  # fmt: skip
    assert [payload[20:] for payload in payloads] == ["62701123404", "62701123404"]


def test_a_sample_of_a_finished_file_agrees_with_its_rows(version, printed):
    streets = ["1 ELM ST"] * 2500
    streets[7] = "鈴木"
    table = many(2500, addr1=streets)
    second = table.slice(1000, 1000)
    lines = printed.manifest.slice(999, 1000)
    assert batch_sample.sample(version, printed.files[1], second, lines) == []
    found = batch_sample.sample(version, printed.files[1], table.slice(999, 1000), lines, count=3)
    assert {f.code for f in found} >= {"sample.vin", "sample.imb", "sample.reference"}
    with pytest.raises(Inconsistent, match="1,998 pages"):
        batch_sample.sample(version, printed.files[0], table.slice(0, 1000), printed.manifest)


def test_no_rows_are_refused_and_leave_nothing(version, tmp_path):
    with pytest.raises(NothingToDo):
        print_run.render(version, rows(0), tmp_path, stem="w")
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_breaks_leaves_no_half_written_file(version, tmp_path):
    def broken():
        yield from many(20).to_batches()
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        print_run.render(version, broken(), tmp_path, stem="w", per_file=5)
    assert list(tmp_path.iterdir()) == []


def test_all_rows_refused_is_a_run_without_letters(version, tmp_path):
    report = print_run.render(version, rows(3, addr1="鈴木"), tmp_path, stem="w")
    assert report.counts == {"input": 3, "printed": 0, "exceptions": 3}
    assert report.manifest.num_rows == 0
    assert report.files == ()
    assert list(tmp_path.glob("*.pdf*")) == []


def test_the_manifest_can_be_parquet(version, tmp_path):
    profile = load_profile()
    facts = profile.facts | {"files": profile.facts["files"] | {"manifest": "parquet"}}
    listed = replace(version, profile=replace(profile, facts=facts))
    report = print_run.render(listed, many(5), tmp_path, stem="w")
    assert report.manifest_path.suffix == ".parquet"
    assert report.manifest["piece_id"].to_pylist() == [f"P000000{n}" for n in range(1, 6)]


def test_text_that_spells_pdf_operators_is_only_text(version, tmp_path):
    evil = ") Tj ET Q /S1 Do <41> endstream endobj %"
    report = print_run.render(version, many(2, dealer_name=[evil, "B"]), tmp_path, stem="w")
    assert evil in page_text(report.files[0], 0).replace("\r\n", " ")
    with pikepdf.open(report.files[0]) as pdf:
        assert len(pdf.pages) == 4


@pytest.mark.slow
def test_a_hundred_thousand_letters_in_one_file_are_clean(version, tmp_path):
    report = print_run.render(version, many(100_000), tmp_path, stem="w", per_file=100_000)
    done = subprocess.run(["qpdf", "--check", report.files[0]], capture_output=True, check=False)
    assert done.returncode == 0
    assert report.counts["printed"] == 100_000


def batches_of(count):
    for start in range(0, count, 10_000):
        yield from many(10_000, piece_id=[f"P{start + n}" for n in range(10_000)]).to_batches()


@pytest.mark.slow
def test_memory_is_flat_from_ten_thousand_to_two_hundred_thousand_letters(version, tmp_path):
    import resource

    print_run.render(version, batches_of(20_000), tmp_path / "a", stem="w")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print_run.render(version, batches_of(200_000), tmp_path / "b", stem="w")
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 40_000  # KiB
    assert isinstance(pa.total_allocated_bytes(), int)
