"""Files in every form they come in: encodings, line ends, headers, Parquet; and what is refused."""

from __future__ import annotations

import gzip
import random
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet
import pytest

from folder import make_vin
from renotify.errors import BadInput
from renotify.ledger import tables
from renotify.ledger.intake import Counts, batches, files, headers, plain_lines
from renotify.ledger.intake.contract import CONTRACTS

VIN, OTHER = make_vin(1), make_vin(2)
COLUMNS = "vin,role,name1,name2,addr1,city,state,zip,as_of,source"
ROW = f"{VIN},owner,ANA EXAMPLE,,12 Elm St,Boston,MA,02108,2012-12-01,state"
INCHES = 'Elm 5"'
QUOTED = '"EXAMPLE, ANA ""A"""'


@pytest.fixture
def session(sqlite_session):
    """On SQLite only: the subject is not the store."""
    return sqlite_session


@pytest.fixture
def owners(tmp_path, take):
    """Load owners.csv made of these bytes."""

    def loaded(content, name="owners.csv", **settings):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return take(path, **settings)

    return loaded


def refusal(call, *arguments):
    with pytest.raises(BadInput) as refused:
        call(*arguments)
    return f"{refused.value.message} {refused.value.hint}"


def one(session):
    (owner,) = tables.read(session, "owner").to_pylist()
    return owner


def test_a_byte_order_mark_is_passed_over(owners):
    assert owners(b"\xef\xbb\xbf" + f"{COLUMNS}\n{ROW}\n".encode()).tables["owners"] == Counts(1)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_end_in_any_way(session, owners, end):
    assert owners(end.join([COLUMNS, ROW, ""])).tables["owners"] == Counts(accepted=1)
    assert one(session)["source"] == "state"


def test_a_last_line_without_an_end_is_a_row(owners):
    assert owners(f"{COLUMNS}\n{ROW}").tables["owners"] == Counts(accepted=1)


def test_windows_1252_is_read_and_noted(session, owners):
    loaded = owners(f"{COLUMNS}\n{ROW.replace('ANA', 'ANÁ €')}\n".encode("cp1252"))
    assert one(session)["name1"] == "ANÁ € EXAMPLE"
    assert loaded.notes == [
        "owners.csv: in 1 row bytes that are no UTF-8 were read as Windows-1252 (row 2)."
    ]


def test_one_byte_of_latin_1_leaves_the_other_rows_their_letters(session, owners):
    rows = [ROW.replace("ANA", "JOSÉ"), ROW.replace("ANA", "ZOË").replace(VIN, OTHER)]
    odd = ROW.replace("ANA", "ANDRÉ Ł\x81").replace(VIN, make_vin(3))
    bad = odd.replace("Ł", "").encode("latin-1")
    loaded = owners("\n".join([COLUMNS, *rows, ""]).encode() + bad + b"\n")
    names = tables.read(session, "owner", order="source_row")["name1"].to_pylist()
    assert names == ["JOSÉ EXAMPLE", "ZOË EXAMPLE", "ANDRÉ   EXAMPLE"]
    assert loaded.notes == [
        "owners.csv: in 1 row bytes that are no UTF-8 were read as Windows-1252 (row 4).",
        "owners.csv: in 1 row there are control characters; texts have blanks in their place (row 4).",
    ]


def test_of_a_row_that_mixes_two_encodings_each_letter_is_read(session, owners):
    row = ROW.replace("ANA", "JOSÉ").encode().replace(b"Elm", "Peña".encode("cp1252"))
    owners(f"{COLUMNS}\n".encode() + row)
    assert (one(session)["name1"], one(session)["addr1"]) == ("JOSÉ EXAMPLE", "12 Peña St")


@pytest.mark.parametrize("name", ["JOSÉ", "MUÑOZ", "ZOË", "O’NEIL", "ŁUKASZ", "ИВАН"])
def test_letters_that_were_encoded_twice_are_mended_and_told(session, owners, name):
    twice = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in name.encode())
    loaded = owners(f"{COLUMNS}\n{ROW.replace('ANA', twice)}\n")
    assert one(session)["name1"] == f"{name} EXAMPLE"
    assert loaded.notes == [
        "owners.csv: in 1 row letters that had been encoded twice (Ã© for é) were taken as meant (row 2)."
    ]


def through(encoding, text):
    """Return text whose UTF-8 was read as another encoding."""
    return text.encode().decode(encoding)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (through("latin-1", "NÚÑEZ"), "NÚÑEZ"),
        (through("cp1252", through("cp1252", "José")), "José"),
        (through("latin-1", through("latin-1", "O’Ñ")), "O’Ñ"),
        (through("cp1252", through("cp1252", through("cp1252", "José"))), "José"),
    ],
)
def test_letters_encoded_in_any_way_and_often_are_mended_and_their_row_told_once(
    session, owners, written, name
):
    loaded = owners(f"{COLUMNS}\n{ROW.replace('ANA', written)}\n")
    assert one(session)["name1"] == f"{name} EXAMPLE"
    assert loaded.notes == [
        "owners.csv: in 1 row letters that had been encoded twice (Ã© for é) were taken as meant (row 2)."
    ]


def test_a_control_character_that_is_a_mark_of_windows_1252_is_taken_as_it_and_others_are_told(
    session, owners
):
    row = ROW.replace("ANA", "O\x92BRIEN A\x85B\x81C")
    loaded = owners(f"{COLUMNS}\n{row}\n")
    assert one(session)["name1"] == "O’BRIEN A B C EXAMPLE"
    assert loaded.notes == [
        "owners.csv: in 1 row control characters that are quotes, dashes or letters of Windows-1252 were taken as those (row 2).",
        "owners.csv: in 1 row there are control characters; texts have blanks in their place (row 2).",
    ]


@pytest.mark.parametrize("name", ["CAFÉ®", "SÃO", "“VOILÀ”", "ÄRÖ", "NÃO Â"])
def test_letters_that_only_look_so_stay(session, owners, name):
    assert owners(f"{COLUMNS}\n{ROW.replace('ANA', name)}\n").notes == []
    assert one(session)["name1"] == f"{name} EXAMPLE"


def test_a_letter_that_was_lost_and_control_characters_are_told(session, owners):
    row = ROW.replace("ANA", "JOS� A\x00B")
    loaded = owners(f"{COLUMNS}\n{row}\n")
    assert one(session)["name1"] == "JOS� A B EXAMPLE"
    assert loaded.notes == [
        "owners.csv: in 1 row an earlier program has put � for a letter; export the file again (row 2).",
        "owners.csv: in 1 row there are control characters; texts have blanks in their place (row 2).",
    ]


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_wider_characters_are_read_with_and_without_a_mark_and_noted(session, owners, encoding):
    loaded = owners(f"{COLUMNS}\n{ROW.replace('ANA', 'JOSÉ')}\n".encode(encoding))
    assert one(session)["name1"] == "JOSÉ EXAMPLE"
    assert any(encoding[:6] in note for note in loaded.notes)


def test_a_letter_of_two_bytes_across_the_end_of_a_block_is_still_utf8(owners):
    rows = "".join(f"{ROW.replace('12 Elm', f'{n} Élm')}\n" for n in range(20_000))
    loaded = owners(f"{COLUMNS}\n{rows}")
    assert not [note for note in loaded.notes if "UTF-8" in note or "Latin" in note]
    assert loaded.tables["owners"] == Counts(accepted=1, rejected=19_999)


def test_a_line_break_within_quotes_is_a_blank_and_keeps_the_row_numbers(session, owners, rejected):
    broken = ROW.replace("12 Elm St", '"12 Elm St\r\nApt 4"')
    loaded = owners(f"{COLUMNS}\n{broken}\nBAD{ROW[3:]}\n")
    assert one(session)["addr1"] == "12 Elm St Apt 4"
    assert rejected(loaded)[0]["row"] == "4"  # the line on which it begins


def test_commas_and_quotes_within_quotes_are_text(session, owners):
    owners(f"{COLUMNS}\n{ROW.replace('ANA EXAMPLE', QUOTED)}\n")
    assert one(session)["name1"] == 'EXAMPLE, ANA "A"'


@pytest.mark.parametrize("rows", [1, 9])
def test_a_quote_that_is_never_closed_costs_its_own_row_only(session, owners, rejected, rows):
    opened = ROW.replace("12 Elm St", '"12 Elm St').replace(VIN, OTHER)
    loaded = owners(f"{COLUMNS}\n{opened}\n" + f"{ROW}\n" * rows)
    assert loaded.tables["owners"] == Counts(1, 1, rows - 1)
    assert rejected(loaded) == [
        {
            "file": "owners.csv", "row": "2", "column": "", "value": "(withheld)",
            "reason": "A quote is opened and never closed.",
        }
    ]  # fmt: skip
    assert one(session)["vin"] == VIN


def test_two_rows_with_a_quote_each_are_not_taken_for_one(owners, rejected):
    opened = ROW.replace("12 Elm St", '"12 Elm St')
    loaded = owners(f"{COLUMNS}\n{opened}\n" + f"{ROW}\n" * 9 + f"{opened}\n")
    assert loaded.tables["owners"] == Counts(1, 2, 8)
    assert [line["row"] for line in rejected(loaded)] == ["2", "12"]


def test_a_quote_within_a_value_is_text(session, owners):
    assert owners(f"{COLUMNS}\n{ROW.replace('Elm', INCHES)}\n").tables["owners"] == Counts(1)
    assert one(session)["addr1"] == '12 Elm 5" St'


def test_blank_lines_are_no_rows_and_keep_the_row_numbers(owners, rejected):
    loaded = owners(f"{COLUMNS}\n\n{ROW}\n,,,,,,,,,\nBAD{ROW[3:]}\n\n")
    assert loaded.tables["owners"] == Counts(accepted=1, rejected=1)
    assert rejected(loaded)[0]["row"] == "5"


def test_a_row_with_too_few_or_too_many_fields_is_refused_and_others_keep_their_numbers(
    session, owners, rejected
):
    loaded = owners(f"{COLUMNS}\n{ROW},more\n{VIN},owner\n{ROW}\nBAD{ROW[3:]}\n")
    assert loaded.tables["owners"] == Counts(accepted=1, rejected=3)
    assert [(line["row"], line["reason"]) for line in rejected(loaded)][:2] == [
        ("2", "The row has 11 fields, the header 10."),
        ("3", "The row has 2 fields, the header 10."),
    ]
    assert rejected(loaded)[2]["row"] == "5"
    assert one(session)["source_row"] == 4


def test_row_numbers_are_right_across_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(plain_lines, "BLOCK", 1 << 12)
    chance = random.Random(573)
    kinds = ["9LA,{}"] * 60 + ["", "alone", "one,two,three", '"a\n",{}']
    lines, ends, number = [], [], 2
    for kind in chance.choices(kinds, k=9000):
        lines.append(kind.format(number))
        ends.append((number, kind))
        number += 1 + kind.count("\n")
    path = tmp_path / "population.csv"
    path.write_text("\n".join(["campaign_code,vin", *lines]))
    file = files.inspect(files.as_table(path))
    where = headers.layout(file, CONTRACTS[file.table])
    read = list(batches.read(file, where, plain_lines.Remarks()))
    assert len(read) > 9
    numbered = [(n, v) for b in read for n, v in zip(b.numbers, b.columns["vin"], strict=True)]
    assert all(str(number) == said.as_py() for number, said in numbered)
    broken = [(row, text) for batch in read for row, text, _ in batch.broken]
    assert broken == [(n, kind) for n, kind in ends if kind in ("alone", "one,two,three")]


def test_columns_may_stand_in_any_order_and_writing(owners):
    header = ["Source", " VIN ", "Role", "NAME1", "Addr1", "City", "State", "ZIP", "As of"]
    values = ["state", VIN, "owner", "ANA", "1 Elm", "Boston", "MA", "02108", "2012-12-01"]
    assert owners(f"{','.join(header)}\n{','.join(values)}\n").tables["owners"] == Counts(
        accepted=1
    )


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_another_mark_between_columns_is_read_and_noted(owners, mark):
    loaded = owners(f"{COLUMNS}\n{ROW}\n".replace(",", mark))
    assert loaded.tables["owners"] == Counts(accepted=1)
    assert any("between its columns" in note for note in loaded.notes)


def test_a_packed_csv_is_read(owners):
    loaded = owners(gzip.compress(f"{COLUMNS}\n{ROW}\n".encode()), "owners.csv.gz")
    assert loaded.tables["owners"] == Counts(accepted=1)


def test_unknown_columns_are_noted(owners):
    loaded = owners(f"{COLUMNS},plate\n{ROW},XYZ\n")
    assert any("'plate'" in note for note in loaded.notes)
    assert loaded.tables["owners"] == Counts(accepted=1)


def test_a_missing_column_is_named_with_what_was_found_and_the_nearest(owners):
    said = refusal(owners, f"{COLUMNS.replace('addr1', 'addres1')}\n{ROW}\n")
    assert "owners.csv has no column addr1" in said
    assert "addres1" in said
    assert "Rename addres1 to addr1" in said


def test_a_file_without_a_header_is_refused_and_its_first_row_is_not_repeated(owners):
    said = refusal(owners, f"{ROW}\n")
    assert "no header row" in said
    assert "vin, role, name1" in said
    assert "ANA" not in said


def test_a_column_twice_is_refused(owners):
    assert "the column city twice" in refusal(owners, f"{COLUMNS},City\n{ROW},Salem\n")


def test_an_empty_file_is_refused(owners):
    assert "owners.csv is empty" in refusal(owners, "")


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_header_alone_is_noted(owners, end):
    loaded = owners(f"{COLUMNS}{end}")
    assert loaded.tables["owners"] == Counts()
    assert "owners.csv has a header and no rows." in loaded.notes


def test_a_packed_file_cut_short_is_refused(owners):
    packed = gzip.compress(f"{COLUMNS}\n{ROW}\n".encode())
    assert "cannot be read" in refusal(owners, packed[:-12], "owners.csv.gz")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04\x14\x00", "owners.csv is a spreadsheet's workbook (.xlsx) or another zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "owners.csv is a spreadsheet's workbook (.xls)"),
        (b"PAR1\x15\x04", "Give it the ending .parquet."),
        (gzip.compress(b"PK\x03\x04\x14\x00", mtime=0), "Save the sheet as CSV"),
    ],
)
def test_another_form_under_the_name_of_csv_is_named_with_the_cure(owners, content, said):
    assert said in refusal(owners, content)


def test_a_packed_file_is_read_whatever_its_name(owners):
    assert owners(gzip.compress(f"{COLUMNS}\n{ROW}\n".encode())).tables["owners"] == Counts(1)


def test_bytes_that_are_no_csv_are_refused(owners):
    assert "no header row" in refusal(owners, bytes(range(256)) * 8)


# Parquet


@pytest.fixture
def parquet(tmp_path, take):
    def loaded(table, **columns):
        path = tmp_path / f"{table}.parquet"
        pyarrow.parquet.write_table(pa.table(columns), path)
        return take(path)

    return loaded


@pytest.fixture
def base(sqlite_ledger, folder, take):
    take(folder.campaign("9LA").dealer())


@pytest.mark.usefixtures("base")
def test_parquet_with_its_own_types_is_read(session, parquet):
    loaded = parquet(
        "vehicles",
        vin=pa.array([VIN, OTHER]).dictionary_encode(),
        make=pa.array(["Lexus", "Lexus"], pa.large_string()),
        model=["IS 250", "IS 350"],
        model_year=pa.array([2006.0, 2007.0]),
        build_date=pa.array([datetime(2006, 1, 4), None], pa.timestamp("ms")),  # noqa: DTZ001
        first_sale_date=pa.array([date(2006, 3, 1), None], pa.date32()),
        dealer_code=["D0001", "D0001"],
    )
    assert loaded.tables["vehicles"] == Counts(accepted=2)
    rows = tables.read(session, "vehicle", order="model").to_pylist()
    assert [row["build_date"] for row in rows] == [date(2006, 1, 4), None]
    assert [row["model_year"] for row in rows] == [2006, 2007]


@pytest.mark.usefixtures("base")
def test_cells_of_parquet_are_read_as_those_of_csv_and_told_by_their_rows(session, parquet):
    names = ["ZOË", through("cp1252", "José"), "O\x92Brien\u200b", "JOS\ufffd", "A\x00B", "ZO\r\nË"]
    vins = [make_vin(n) for n in range(1, 7)]
    row = dict(zip(COLUMNS.split(","), ROW.split(","), strict=True))
    columns = {name: [value] * 6 for name, value in row.items()}
    addresses = [through("cp1252", "Peña")] * 2 + ["1 Elm"] * 4
    loaded = parquet("owners", **(columns | {"vin": vins, "name1": names, "addr1": addresses}))
    read = tables.read(session, "owner", order="source_row").to_pylist()
    assert [owner["name1"] for owner in read] == ["ZOË", "José", "O’Brien", "JOS\ufffd", "A B", "ZO Ë"]  # fmt: skip
    assert [owner["addr1"] for owner in read] == ["Peña"] * 2 + ["1 Elm"] * 4
    assert loaded.notes == [
        "owners.parquet: in 2 rows letters that had been encoded twice (Ã© for é) were taken as meant (rows 1, 2).",
        "owners.parquet: in 1 row control characters that are quotes, dashes or letters of Windows-1252 were taken as those (row 3).",
        "owners.parquet: in 1 row an earlier program has put � for a letter; export the file again (row 4).",
        "owners.parquet: in 1 row there are control characters; texts have blanks in their place (row 5).",
    ]


def test_rows_of_parquet_are_numbered_from_one(parquet, rejected):
    loaded = parquet("population", campaign_code=["ZZZ"], vin=[VIN])
    assert rejected(loaded)[0]["row"] == "1"


def test_vins_as_numbers_are_refused_row_by_row(parquet, rejected):
    loaded = parquet("population", campaign_code=["ZZZ"], vin=pa.array([12345678901234567]))
    assert loaded.tables["population"] == Counts(rejected=1)
    assert "check digit" in " ".join(line["reason"] for line in rejected(loaded))


@pytest.mark.usefixtures("base")
def test_a_zip_as_a_number_has_lost_its_zero_and_the_state_gives_it_back(parquet, session):
    row = dict(zip(COLUMNS.split(","), ROW.split(","), strict=True))
    columns = {name: [value] for name, value in row.items()} | {"zip": pa.array([2108])}
    assert parquet("owners", **columns).tables["owners"] == Counts(accepted=1)
    assert session.scalar("select zip from owner") == "02108"


@pytest.mark.usefixtures("base")
def test_a_day_and_time_where_a_day_is_needed_is_refused(parquet, rejected):
    added = pa.array([datetime(2010, 1, 4, 9, 30)], pa.timestamp("us"))  # noqa: DTZ001
    loaded = parquet("population", campaign_code=["9LA"], vin=[VIN], added_date=added)
    assert "a day and time" in rejected(loaded)[0]["reason"]


@pytest.mark.usefixtures("base")
def test_an_instant_of_parquet_is_a_start(session, parquet):
    start = pa.array([datetime(2013, 3, 11, 8, 30)], pa.timestamp("us"))  # noqa: DTZ001
    loaded = parquet(
        "appointments", appointment_id=["A1"], dealer_code=["D0001"], vin=[VIN],
        campaign_codes=["9LA"], start=start, status=["booked"],
    )  # fmt: skip
    assert loaded.rejects is None
    assert tables.read(session, "appointment")["start"].to_pylist() == ["2013-03-11T08:30"]


def test_a_column_that_can_be_no_text_is_refused(parquet):
    said = refusal(lambda: parquet("population", campaign_code=["9LA"], vin=pa.array([[VIN]])))
    assert "The column vin of population.parquet has the type list<element: string>" in said
    assert "quote" not in said


def test_a_damaged_parquet_file_is_refused(tmp_path, take):
    path = tmp_path / "population.parquet"
    pyarrow.parquet.write_table(pa.table({"campaign_code": ["9LA"] * 99, "vin": [VIN] * 99}), path)
    path.write_bytes(path.read_bytes()[:-40])
    assert "is no Parquet file" in refusal(take, path)


def test_csv_under_the_name_of_parquet_is_refused(owners):
    assert "is no Parquet file" in refusal(owners, f"{COLUMNS}\n{ROW}\n", "owners.parquet")
