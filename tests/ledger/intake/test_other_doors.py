"""Lists of VINs and small files that come in by other doors are read as ``load`` reads."""

from __future__ import annotations

import gzip

import pytest

from folder import make_vin
from renotify.errors import BadInput
from renotify.ledger.intake.text_rows import text_rows, vins_of

A, B = make_vin(1), make_vin(2)


@pytest.fixture
def listed(tmp_path):
    def of(content, name="list.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return [(one.line, one.fault or one.vin) for one in vins_of(path)]

    return of


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (f"{A}\n{B}\n", (1, 2)),
        (f"{A}\r{B}\r", (1, 2)),
        (f"{A}\n\n{B}", (1, 3)),
        (f"{A}\f\n{B}\f", (1, 2)),
        (f"\u00a0{A}\u00a0\n{B}\u200b\n", (1, 2)),
        (f"I{A}\n*{B}*\n", (1, 2)),  # a door label's barcode, and Code 39
        (f"{A[:5]}-{A[5:11]}-{A[11:]}\n{B[:5]} {B[5:]}\n".lower(), (1, 2)),
        (f"\ufeffvin\n{A}\n{B}\n", (2, 3)),
        (f"VIN#\n{A}\n{B}\n", (2, 3)),
        (f"Vehicle Identification Number\n{A}\n{B}\n", (2, 3)),
        (f"Report of 2013-02-26\nvin,model\n{A},IS\n{B},IS\n", (3, 4)),
        (f"vin;model\n{A};IS\n{B};IS\n", (2, 3)),
        (f"Model\tVIN\nIS\t{A}\nIS\t{B}\n", (2, 3)),
        (f'dealer,model,vin\nD1,"IS\n250",{A}\nD1,IS,{B}\n', (2, 4)),
        (f"{A},2006\n{B},2007\n", (1, 2)),
        (f"2006;{A}\n2007;{B}\n", (1, 2)),
        (f"{A},{B}\n", (1, 1)),
        (f"{A};{B}\n", (1, 1)),
        (f"{A} {B}\n", (1, 1)),
        (f"{A}/{B}\n", (1, 1)),
        (f'"{A}, {B}"\n', (1, 1)),
        (f"{A},\n,{B}\n", (1, 2)),
        (f"{A},,\n;{B}\n", (1, 2)),
        (f"Hi, please check {A} and {B}.\n", (1, 1)),
        (f"Hi, please check VIN: {A} (red)\nand '{B}'!\n", (1, 2)),
        (f"vin\n{A}\n{B}\n".encode("utf-16"), (2, 3)),
        (f"{A}\n{B}\n".encode("utf-16-be"), (1, 2)),
        (f"{A}\n{B}\n".encode("utf-32-le"), (1, 2)),
    ],
)
def test_every_list_of_vins_is_read_with_its_lines(listed, content, lines):
    assert listed(content) == list(zip(lines, (A, B), strict=True))


def test_a_packed_list_is_read(listed):
    assert listed(gzip.compress(f"{A}\n".encode()), "list.csv.gz") == [(1, A)]


def test_what_is_no_vin_is_kept_with_its_line_and_never_repaired(listed):
    odd = A.replace("0", "O")
    assert listed(f"{A}\n{odd}\nsee over\n") == [(1, A), (2, odd), (3, "SEE OVER")]


def test_what_stands_beside_vins_is_passed_over_but_a_mistyped_one_and_a_line_without_one(listed):
    short, no_header = A[:-1], f"{A},IS 250,2006\n"
    assert listed(f"{no_header}{short};{B}\nsee, over\n\n,,\n") == [
        (1, A),
        (2, short),
        (2, B),
        (3, "SEE OVER"),
    ]


def test_a_workbook_is_named_and_not_read_as_a_list(listed):
    with pytest.raises(BadInput, match=r"list\.xlsx is a spreadsheet's workbook"):
        listed(b"PK\x03\x04\x14\x00\x06\x00", "list.xlsx")


def test_a_row_without_a_vin_or_of_another_form_is_told_with_its_line(listed):
    assert listed(f'vin,model\n{A},IS\n,GS\n{B},"IS\n{B},IS\n{A}\n') == [
        (2, A),
        (3, "The row has no VIN."),
        (4, "A quote is opened and never closed."),
        (5, B),
        (6, "The row has 1 field, the header 2."),
    ]


def test_a_small_file_is_read_as_load_reads_with_its_remarks(tmp_path):
    path = tmp_path / "evidence.csv"
    text = "Mailed-Date;Status;Piece ID;Remark\n2013-03-07 00:00:00;accepted;=\"01\";x\n'2013-03-08';spoiled;02;Zoë\n"
    path.write_bytes(text.encode("cp1252"))
    read = text_rows(path, ("piece_id", "status", "mailed_date"), ("reason",))
    assert read.rows.to_pylist() == [
        {"row": 2, "piece_id": "01", "status": "accepted", "mailed_date": "2013-03-07", "reason": ""},
        {"row": 3, "piece_id": "02", "status": "spoiled", "mailed_date": "2013-03-08", "reason": ""},
    ]  # fmt: skip
    assert read.broken.num_rows == 0
    assert read.notes == (
        "evidence.csv: the columns 'Remark' were passed over.",
        "evidence.csv was read with ';' between its columns.",
        "evidence.csv: in 1 row bytes that are no UTF-8 were read as Windows-1252 (row 3).",
    )
