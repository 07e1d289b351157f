"""Random files with quotes, line breaks and blank lines: well-formed ones read as Python's own reader reads them, damaged ones
row by row; whatever the damage, every line is accounted for and no row has a cell of another."""

from __future__ import annotations

import csv
import io
import itertools
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renotify.ledger.intake import batches, files, headers
from renotify.ledger.intake.contract import CONTRACTS
from renotify.ledger.intake.plain_lines import Remarks

PARTS = ("part_no", "description", "pack_qty", "lead_days")
VEHICLE_STATUS = ("vin", "effective_date", "status", "source")
MARKED = ("utf-8", "utf-8-sig", "utf-16", "utf-32")
UNMARKED = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp1252")
serial = itertools.count(1)
in_a_folder = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

words = st.text('ab"é x1', max_size=5)
with_marks = st.text('ab",;\té', max_size=6)
of_lines = st.lists(words, min_size=2, max_size=4).map("\n".join)


@st.composite
def rows_of_four(draw):
    """A row of any values, or one of plain values whose text runs over lines: never as many delimiters as a row has."""
    values = draw(st.lists(with_marks if draw(st.booleans()) else words, min_size=4, max_size=4))
    if not any("," in value or ";" in value or "\t" in value for value in values):
        values[1] = draw(words | of_lines)
    return values


forms = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;\t"),
        "end": st.sampled_from(("\n", "\r\n", "\r")),
        "quoting": st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    }
)


def written(header, rows, form) -> str:
    target = io.StringIO(newline="")
    style = {"delimiter": form["delimiter"], "quoting": form["quoting"]}
    csv.writer(target, lineterminator="\n", **style).writerows([header, *rows])
    return target.getvalue().replace("\n", form["end"])


def read(path, table):
    """Return the rows read as (line, cells), the refused as (line, text, reason), and the rows counted by lines."""
    file = files.inspect(files.Found(path, table, files.CSV))
    where = headers.layout(file, CONTRACTS[table])
    found = list(batches.read(file, where, Remarks()))
    rows = [
        (int(number), [column[place].as_py() or "" for column in batch.columns.values()])
        for batch in found
        for place, number in enumerate(batch.numbers)
    ]
    broken = [line for batch in found for line in batch.broken]
    return rows, broken, sum(batch.counted for batch in found)


def is_blank(line: str) -> bool:
    return not re.sub(r'[\s",;]', "", line)


def lines_of(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")


@given(
    st.lists(rows_of_four(), max_size=8), forms, st.sampled_from(MARKED + UNMARKED), st.booleans()
)
@in_a_folder
def test_a_well_formed_file_has_the_rows_that_python_s_reader_finds(
    tmp_path, rows, form, encoding, ended
):
    text = written(PARTS, rows, form)
    if not ended:
        text = text.removesuffix(form["end"])
    path = tmp_path / f"parts_{next(serial)}.csv"
    path.write_bytes(text.encode(encoding))
    records = csv.reader(io.StringIO(text, newline=""), delimiter=form["delimiter"])
    expected = [
        [re.sub("\r\n?", "\n", value) for value in record] for record in itertools.islice(records, 1, None)
    ]  # fmt: skip
    found, broken, counted = read(path, "parts")
    assert broken == []
    assert [cells for _, cells in found] == [record for record in expected if any(record)]
    assert counted == len(found)


def tagged(rows: int, draw_value) -> list[list[str]]:
    """Return rows in whose every value stands the row's own number."""
    return [
        [draw_value(place).replace("#", f"#{row}#") for place in range(4)] for row in range(rows)
    ]


@st.composite
def damaged(draw):
    """A file of tagged rows from which a few quotes were taken, or into which a few were put."""
    lines = st.sampled_from(("#", "a #", '20" #', "#, b", "#\n# c", "#\n\nd #", 'say "#"', '"#"'))
    rows = tagged(draw(st.integers(1, 6)), lambda _: draw(lines))
    form = {"delimiter": ",", "end": "\n", "quoting": draw(forms)["quoting"]}
    header, _, body = written(PARTS, rows, form).partition("\n")
    for _ in range(draw(st.integers(1, 2))):
        places = [place for place, character in enumerate(body) if character == '"']
        if places and draw(st.booleans()):
            place = draw(st.sampled_from(places))
            body = body[:place] + body[place + 1 :]
        else:
            place = draw(st.integers(0, len(body) - 1))
            body = f'{body[:place]}"{body[place:]}'
    return f"{header}\n{body}"


@given(damaged())
@settings(in_a_folder, max_examples=120)
def test_whatever_quotes_are_missing_no_row_is_lost_and_none_has_a_cell_of_another(tmp_path, text):
    path = tmp_path / f"parts_{next(serial)}.csv"
    path.write_text(text, encoding="utf-8", newline="")
    found, broken, counted = read(path, "parts")
    for _, cells in found:
        assert len(set(re.findall(r"#(\d+)#", "".join(cells)))) <= 1
    taken = [(number, "".join(cells)) for number, cells in found]
    refused = [(number, line) for number, line, _ in broken]
    covered = [n + more for n, line in taken + refused for more in range(1 + line.count("\n"))]
    assert len(covered) == len(set(covered))
    left = [line for number, line in enumerate(lines_of(text), 1) if number not in {1, *covered}]
    assert all(map(is_blank, left))
    assert counted == len(found) + len(broken)


@pytest.mark.parametrize(
    ("body", "rows", "refused"),
    [
        # two neighbouring values, or values of two rows, that begin with a lone quote
        ('A1,"b,"1,2\nA2,c,1,2\n', {3: "c"}, [2]),
        ('A1,"b,1,2\nA2,"c,1,2\nA3,d,1,2\n', {4: "d"}, [2, 3]),
        # the closing quote is missing on one row, the opening one on the next
        ('A1,"b,1,2\nA2,c",1,2\nA3,d,1,2\n', {4: "d"}, [2, 3]),
        ('A1,"b, x,1,2\nA2,c, y",1,2\n', {}, [2, 3]),
        # never closed, to the end of the file
        ('A1,b,1,2\nA2,"c,1,2\n' + "A3,d,1,2\n" * 30, {2: "b", 4: "d"}, [3]),
        # a row that was cut off within a value, and one with a lone quote: one line, or a value of two
        ('A1,"Kit\nA2,Pipe 20",1,4\nA3,d,1,2\n', {4: "d"}, [2, 3]),
        ('A1,"Kit\nA2,Pipe\n20",1,4\n', {}, [2, 3, 4]),
        ('"Kit\nPipe 20",b,1,4\n', {}, [2, 3]),
        # an honest value with as many commas as a row has cannot be told from that
        ('A1,"Kit: bolts, nuts, washers\n20 bolts, 4 nuts",1,4\n', {}, [2, 3]),
        ('A1,"Kit:\n\na, b, c, d\nrest",1,4\nA3,d,1,2\n', {6: "d"}, [2, 4, 5]),
        ('A1,"b\nc, d",1,2\n', {}, [2, 3]),
        # rows between a lone quote and an inch mark are certain by their numbers
        ('A1,"b,1,2\nA2,c,1,2\nA3,d,1,2\nA4,Pipe 20",1,4\n', {3: "c", 4: "d", 5: 'Pipe 20"'}, [2]),
        # an honest value of two lines, in the first, a middle and the last column
        ('"A1\n",b,1,2\n', {2: "b"}, []),
        ('A1,"Kit: bolts, nuts, washers, screws\n20 bolts",1,4\n', {2: "Kit: bolts, nuts, washers, screws\n20 bolts"}, []),
        ('A1,"b\nc",1,2\nA2,d,1,2\n', {2: "b\nc", 4: "d"}, []),
        ('A1,b,1,"2\n"\nA2,d,1,2\n', {2: "b", 4: "d"}, []),
        # quotes within
        ('A1,Pipe 20" long,1,2\n', {2: 'Pipe 20" long'}, []),
        ('A1,20" x 30",1,2\n', {2: '20" x 30"'}, []),
        ('A1,"20"" long",1,2\n', {2: '20" long'}, []),
        ('A1,"a \\"b\\" c",1,2\n', {2: 'a "b" c'}, []),
        ('A1,"a "b" c",1,2\nA2,d,1,2\n', {3: "d"}, [2]),
        ('"A1", "b, c" , "1", "2"\n', {2: "b, c"}, []),
        # too few, too many, and blank ones at the end
        ("A1,b,1\nA2,c,1,2,3\nA3,d,1,2\n", {4: "d"}, [2, 3]),
        # blank ones after the header's last name: where every row has them, no other number of them, and never anything in them
        ("A1,b,1,2,,\nA2,d,1,2,,\n", {2: "b", 3: "d"}, []),
        ("A1,b,1,2\nA2,d,1,2,\n", {2: "b"}, [3]),
        ("A1,b,1,2,\n", {}, [2]),
        ("A1,b,1,2,\n" * 20 + "A2,c,1,2,5\nA3,d,1,2,\n", {21: "b", 23: "d"}, [22]),
    ],
)  # fmt: skip
def test_each_line_is_taken_or_refused_by_itself(tmp_path, body, rows, refused):
    path = tmp_path / "parts.csv"
    path.write_text("part_no,description,pack_qty,lead_days\n" + body, encoding="utf-8")
    found, broken, _ = read(path, "parts")
    first = {number: cells[1] for number, cells in found}
    assert {number: first[number] for number in rows} == rows
    assert [number for number, _, _ in broken] == refused


def test_a_row_that_has_its_vin_is_never_taken_into_a_value_above_it(tmp_path):
    path = tmp_path / "vehicle_status.csv"
    first, second = "1FTFW1EF5CFB11754", "1FTFW1EF7CFB11755"
    path.write_text(
        f'{",".join(VEHICLE_STATUS)}\n{first},2012-01-02,"scr\n{second},scrapped",state\n'
    )
    found, broken, counted = read(path, "vehicle_status")
    assert (found, [number for number, _, _ in broken], counted) == ([], [2, 3], 2)


OWNERS = "vin,role,name1,name2,addr1,addr2,city,state,zip,zip4,delivery_point,as_of,source,language,email,phone"
ANSWER = ",,9 Oak St,,Newark,NJ,07102,,,2013-01-02,dmv,en,,"


@pytest.mark.parametrize("number", ["SE3P116168", "1FTFW-1EF7CFB11755", "1FTFW1EF7CFB1175", "1FTFW1EF7CFB11755"])  # fmt: skip
@pytest.mark.parametrize(
    "second",
    [f'#,owner,Cal 2"{ANSWER}', f'#,Cal 2"{ANSWER}', f'#,owner,Cal 2",,"9 Oak St"{ANSWER[10:]}'],
)
def test_no_owner_gets_the_address_of_the_next_whatever_the_vehicle_s_number(
    tmp_path, number, second
):
    path = tmp_path / "owners.csv"
    path.write_text(f'{OWNERS}\nSE3P116167,owner,"Anna\n{second.replace("#", number)}\n')
    found, broken, counted = read(path, "owners")
    assert (found, [line for line, _, _ in broken], counted) == ([], [2, 3], 2)
    assert broken[0][2] == broken[1][2]
    assert broken[0][2].startswith(
        "Lines 2 and 3 may be one row, in which a quoted value runs over them, or two rows"
    )


def test_an_owner_s_name_of_two_lines_is_one_row(tmp_path):
    path = tmp_path / "owners.csv"
    path.write_text(f'{OWNERS}\nSE3P116167,owner,"Anna, Bell\nand Cal, her son"{ANSWER}\n')
    found, broken, _ = read(path, "owners")
    assert ([cells[2] for _, cells in found], broken) == (["Anna, Bell\nand Cal, her son"], [])


@pytest.mark.parametrize(
    "reason",
    [
        '"Stamped wrong as was\nSE3P116168, see letter 5"',
        '"Stamped wrong as was\nSE3P116168"',
        '"Stamped wrong\nSE3P116168, see letter\nof March"',
        '"Stamped wrong as was\nSE3P116168, see "letter" 5"',
        '"Stamped wrong as was\nSE3P116168, see letter',
    ],
)
def test_no_exception_is_read_out_of_a_reason_of_several_lines(tmp_path, reason):
    path = tmp_path / "vin_exceptions.csv"
    path.write_text(f"vin,reason\nSE3P116166,before\nSE3P116167,{reason}\n")
    found, broken, _ = read(path, "vin_exceptions")
    assert found == [(2, ["SE3P116166", "before"])]
    assert [line for line, _, _ in broken] == list(range(3, 4 + reason.count("\n")))


def test_a_row_with_its_vin_is_certain_whatever_quote_is_open_above_it(tmp_path):
    path = tmp_path / "population.csv"
    vin = "1FTFW1EF5CFB11754"
    path.write_text(f'campaign_code,vin\n"9LA,{vin}\n9LA,{vin}\n9LA,"{vin}\n9LA,{vin}\n')
    found, broken, _ = read(path, "population")
    assert ([line for line, _ in found], [line for line, _, _ in broken]) == ([3, 5], [2, 4])


def test_rows_are_the_same_wherever_a_block_ends(tmp_path, monkeypatch):
    """Lines that run on over the end of a block are one row all the same."""
    text = "part_no,description,pack_qty,lead_days\r\n" + 'A,"b\r\n\r\nc é",1,2\r\nA, "d" ,1,2\r\n' * 40  # fmt: skip
    path = tmp_path / "parts.csv"
    path.write_bytes(text.encode())
    whole = read(path, "parts")
    for size in (64, 65, 67, 71, 100):
        monkeypatch.setattr("renotify.ledger.intake.plain_lines.BLOCK", size)
        assert read(path, "parts") == whole
    assert len(whole[0]) == whole[2] == 80
