"""The order of street lines: the delivery line stands next to the city, its unit at its end or above it."""

from __future__ import annotations

import pyarrow as pa
import pytest

from cases import at_once
from renotify.values.address import address_blocks
from renotify.values.street_lines import is_unit

HOME = {
    "name1": "A",
    "name2": "",
    "city": "C",
    "state": "IL",
    "zip": "62701",
    "zip4": "",
    "country": "",
}


def lines(addr1, addr2="", **row):
    table = pa.Table.from_pylist([HOME | {"addr1": addr1, "addr2": addr2} | row])
    (block,) = address_blocks(table).select(["addr2", "addr1"]).to_pylist()
    return " / ".join(line for line in block.values() if line)


@at_once(
    ("addr1", "addr2", "printed"),
    [
        # a unit, wherever it was typed
        ("123 Main St", "Apt 4B", "123 MAIN ST APT 4B"), ("Apt 4B", "123 Main St", "123 MAIN ST APT 4B"),
        ("Suite 200, 10 Park Plaza", "", "10 PARK PLZ STE 200"), ("123 Main St", "2nd Floor", "123 MAIN ST 2ND FLOOR"),
        ("123 Main St", "4B", "123 MAIN ST 4B"), ("123 Main St Apt 4", "Apt 4", "123 MAIN ST APT 4"),
        ("123 Main St", "123 Main St Apt 4", "123 MAIN ST APT 4"), ("123 Main St Apt 4", "123 Main St", "123 MAIN ST APT 4"),
        ("Apt 4", "123 Main St #4", "123 MAIN ST # 4 APT 4"), ("Acme Hospital", "One Main St", "ACME HOSPITAL / ONE MAIN ST"),
        ("4300 Northwest Forty Third of the Month Avenue East", "Unit 7", "UNIT 7 / 4300 NW FORTY THIRD OF THE MONTH AVE E"),
        ("123 Main St", "Second Floor", "123 MAIN ST SECOND FLOOR"), ("123 Main St", "Suite One", "123 MAIN ST STE ONE"),
        ("123 Main St", "Apt No. 4", "123 MAIN ST APT 4"), ("Mail Stop 4-12", "123 Main St", "123 MAIN ST MAIL STOP 4-12"),
        ("123 Main St", "PMB 12", "123 MAIN ST PMB 12"), ("RR 2", "Box 12", "RR 2 BOX 12"), ("123 Main St", "NW", "123 MAIN ST NW"),
        ("1200 Example", "Avenue East", "1200 EXAMPLE AVE E"),
        # care of, attention, buildings
        ("123 Main St", "c/o Mary Smith", "C/O MARY SMITH / 123 MAIN ST"),
        ("c/o Mary Smith", "123 Main St", "C/O MARY SMITH / 123 MAIN ST"),
        ("123 Main St", "Attn: Accounts Payable", "ATTN ACCOUNTS PAYABLE / 123 MAIN ST"),
        # firms, departments, whatever else is no unit
        ("123 Main St", "DBA Joe's Garage", "DBA JOE'S GARAGE / 123 MAIN ST"),
        ("123 Main St", "Smith Logistics, L.L.C.", "SMITH LOGISTICS L L C / 123 MAIN ST"),
        ("Old Farm", "Smith Logistics LLC", "SMITH LOGISTICS LLC / OLD FARM"), ("123 Main St", "Fleet Dept", "FLEET DEPT / 123 MAIN ST"),
        ("123 Main St", "Dept 12", "123 MAIN ST DEPT 12"), ("123 Main St", "Dept. of Public Works", "DEPT OF PUBLIC WORKS / 123 MAIN ST"),
        ("123 Main St", "Jane Doe", "JANE DOE / 123 MAIN ST"), ("PO Box 9", "Fleet Manager", "FLEET MANAGER / PO BOX 9"),
        ("123 Main St Ste 5 Acme LLC", "", "ACME LLC / 123 MAIN ST STE 5"), ("Acme Inc 123 Main St", "", "ACME INC / 123 MAIN ST"),
        ("Empire State Building", "350 5th Ave Fl 34", "EMPIRE STATE BUILDING / 350 5TH AVE FL 34"),
        ("350 5th Ave", "Empire State Building", "EMPIRE STATE BUILDING / 350 5TH AVE"),
        ("International Trade and Commerce Center Building", "4300 Northwest 23rd Avenue",
         "INTERNATIONAL TRADE AND COMMERCE CENTER BUILDING / 4300 NW 23RD AVE"),
        # Puerto Rico
        ("URB Las Gladiolas 150 Calle A", "", "URB LAS GLADIOLAS / 150 CALLE A"),
        ("1234 Calle Aurora Urb Royal Oak", "", "URB ROYAL OAK / 1234 CALLE AURORA"),
        ("Urb Paseo Real 12 Calle 3", "Apt 5", "URB PASEO REAL / 12 CALLE 3 APT 5"),
        ("E5 Calle 7", "Urb. Villa Nevarez", "URB VILLA NEVAREZ / E5 CALLE 7"),
        ("Urbanización Jardines de Country Club", "CN-12 Calle 149", "URB JARDINES DE COUNTRY CLUB / CN-12 CALLE 149"),
        ("Cond Granada Park Apt 103", "100 Calle Marginal", "COND GRANADA PARK APT 103 / 100 CALLE MARGINAL"),
        ("Cond El Monte Norte Apt 511 165 Ave Hostos", "", "COND EL MONTE NORTE APT 511 / 165 AVE HOSTOS"),
        ("Urb Valle del Paseo Calle 3", "", "URB VALLE DEL PASEO / CALLE 3"), ("Urb Paseo Real", "", "URB PASEO REAL"),
        ("123 Main St c/o Mary Smith", "", "C/O MARY SMITH / 123 MAIN ST"),
        ("c/o Mary Smith 123 Main St", "", "C/O MARY SMITH / 123 MAIN ST"),
        # a box beside a street
        ("123 Main St", "PO Box 55", "123 MAIN ST / PO BOX 55"), ("P.O. Box 55", "123 Main St", "123 MAIN ST / PO BOX 55"),
        ("123 Main St PO Box 55", "", "123 MAIN ST / PO BOX 55"), ("Post Office Box 55, 123 Main St", "", "123 MAIN ST / PO BOX 55"),
        ("HC 68 Box 23A", "", "HC 68 BOX 23A"), ("P O Box 12", "", "PO BOX 12"),
        ("POB 12", "", "PO BOX 12"), ("PO Box #12", "", "PO BOX 12"),
        # what says neither
        ("1 Elm St", "2 Oak St", "1 ELM ST / 2 OAK ST"), ("1200 Example Ave", "West Wing", "1200 EXAMPLE AVE WEST WING"),
        ("The Long and Winding Old Farm", "Behind the Tall Mill by the River",
         "THE LONG AND WINDING OLD FARM / BEHIND THE TALL MILL BY THE RIVER"),
    ],
)  # fmt: skip
def test_the_delivery_line_stands_next_to_the_city(addr1, addr2, printed):
    assert lines(addr1, addr2) == printed


@at_once(
    ("typed", "printed"),
    [
        ("123 Main Street Apartment 4", "123 MAIN ST APT 4"), ("123 North Main Street", "123 N MAIN ST"),
        ("12 Main Boulevard North West", "12 MAIN BLVD NW"), ("100 N. W. 5th Avenue", "100 NW 5TH AVE"),
        ("789 Main Avenue Drive", "789 MAIN AVENUE DR"), ("5268 South 2200 East # 12", "5268 S 2200 E # 12"),
        ("12 Lane Avenue Acme LLC", "ACME LLC / 12 LANE AVE"), ("Apt 4, 12 Oak Lane", "12 OAK LN APT 4"),
        ("PO Box 12 12 Oak Lane", "12 OAK LN / PO BOX 12"),
        # whose name is such a word
        ("10 Avenue Road", "10 AVENUE RD"), ("12 North Street", "12 NORTH ST"), ("5 Court Street", "5 COURT ST"),
        ("7 St James Street", "7 ST JAMES ST"), ("9 Drive In Road", "9 DRIVE IN RD"), ("12 Avenue North", "12 AVENUE NORTH"),
        ("1271 Avenue of the Americas Suite 5", "1271 AVENUE OF THE AMERICAS STE 5"), ("12 Broadway", "12 BROADWAY"),
        ("12 West End Avenue", "12 WEST END AVE"), ("12 East West Highway", "12 EAST WEST HWY"),
        ("12 The Circle", "12 THE CIRCLE"), ("12 Avenue C", "12 AVENUE C"), ("12 County Road 5", "12 COUNTY ROAD 5"),
        ("1234 Avenida Ponce de Leon", "1234 AVENIDA PONCE DE LEON"), ("150 Calle Boulevard", "150 CALLE BOULEVARD"),
    ],
)  # fmt: skip
def test_suffixes_and_directions_are_abbreviated_but_never_in_a_street_s_name(typed, printed):
    assert lines(typed) == printed


def test_a_second_line_that_says_the_city_again_is_left_out():
    for again in ("C, IL", "C IL 62701", "c, il 62701-1234"):
        assert lines("9 Elm St", again, zip4="1234") == "9 ELM ST"
    for typed in ("9 Elm Street, C, IL", "9 Elm St C IL 62701", "9 Elm St, C, IL 62701-1234"):
        assert lines(typed) == "9 ELM ST"
    assert lines("9 Elm Ct") == "9 ELM CT"
    assert lines("9 Elm St", "C MO") == "C MO / 9 ELM ST"


def test_a_military_unit_is_the_delivery_line():
    post = {"city": "FPO", "state": "AP", "zip": "96620"}
    for typed in (("USS Nimitz CVN 68", "Unit 100101"), ("Unit 100101", "USS Nimitz CVN 68")):
        assert lines(*typed, **post) == "USS NIMITZ CVN 68 / UNIT 100101"


@pytest.mark.parametrize(
    ("addr1", "addr2", "printed"),
    [
        ("Calle 5 de Mayo 20", "Col Centro", "CALLE 5 DE MAYO 20 COL CENTRO"),
        ("The Very Old Manor House in the Woods", "14 Long High Street", "THE VERY OLD MANOR HOUSE IN THE WOODS / 14 LONG HIGH STREET"),
        ("55 King St W", "c/o Mary Smith", "C/O MARY SMITH / 55 KING ST W"),
        ("55 King Street West", "Maple Ltd", "MAPLE LTD / 55 KING STREET WEST"),
    ],
)  # fmt: skip
def test_abroad_lines_keep_the_order_in_which_they_were_written(addr1, addr2, printed):
    assert lines(addr1, addr2, country="MX", state="", zip="22000") == printed


def test_a_column_of_streets_is_ordered_as_each_alone():
    """Seven of one line, one to swap and one to part: 9 rows, each as it would be alone."""
    rows = [HOME | {"addr1": f"{n} Elm St", "addr2": ""} for n in range(7)]
    rows += [
        HOME | {"addr1": "Apt 1", "addr2": "8 Elm St"},
        HOME | {"addr1": "9 Elm St", "addr2": "PO Box 9"},
    ]
    blocks = address_blocks(pa.Table.from_pylist(rows)).select(["addr2", "addr1"]).to_pylist()
    assert [block["addr1"] for block in blocks] == [f"{n} ELM ST" for n in range(7)] + [
        "8 ELM ST APT 1",
        "PO BOX 9",
    ]
    assert [block["addr2"] for block in blocks] == [""] * 8 + ["9 ELM ST"]


def test_a_unit_is_told_from_other_lines():
    assert all(map(is_unit, ("APT 4B", "# 12", "REAR", "STE 200 BLDG 4")))
    assert not any(map(is_unit, ("C/O B RUIZ", "URB X", "9 ELM ST", "")))
