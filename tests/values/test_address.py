import dataclasses

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renotify.values import address
from renotify.values.address import STATES, Address, address_problems, mailable, standard

HOME = Address(name1="Ana Núñez", addr1="123 Main St.", city="Torrance", state="CA", zip5="90501")


def test_an_address_is_printed_as_publication_28_wants_it():
    home = dataclasses.replace(HOME, addr2="Apartment #4b", zip4="1234")
    assert home.lines() == ["ANA NÚÑEZ", "123 MAIN ST APT 4B", "TORRANCE CA 90501-1234"]


def test_a_unit_that_does_not_fit_stands_above_its_street():
    street = "12345 North Old Country Boulevard West"
    home = dataclasses.replace(HOME, name2="c/o B. Ruiz", addr1=street, addr2="Unit 7")
    assert home.lines()[1:4] == ["C/O B RUIZ", "UNIT 7", street.upper()]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("100 Oak Ave, Suite #12", "100 OAK AVE STE 12"),
        ("100 Oak Ave # 12", "100 OAK AVE # 12"),
        ("100 Oak Ave #12", "100 OAK AVE # 12"),
        ("floor 3", "FL 3"),
        ("Rear", "REAR"),
        ("Penthouse", "PH"),
        ("12 Front St", "12 FRONT ST"),
        ("5 Lower Key West Rd", "5 LOWER KEY WEST RD"),
        ("39.2 Rd", "39.2 RD"),
        ("PO Box 12", "PO BOX 12"),
        ("URB Las Gladiolas", "URB LAS GLADIOLAS"),
        ("", ""),
    ],
)
def test_designators_are_abbreviated_and_streets_left_alone(typed, printed):
    assert standard(typed) == printed
    assert standard(printed) == printed


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"addr1": " "}, address.NO_STREET),
        ({"city": ""}, address.NO_CITY),
        ({"state": "XX"}, address.NO_STATE),
        ({"zip5": "9050"}, address.NO_ZIP),
        ({"zip5": "9050O"}, address.NO_ZIP),
        ({"zip5": "10001"}, address.WRONG_ZIP),
        ({"state": "PR", "zip5": "00901"}, None),
        ({"state": "AE", "zip5": "09021"}, None),
        ({"state": "NY", "zip5": "06390"}, None),
        ({"state": "DC", "zip5": "20590"}, None),
    ],
)
def test_an_address_that_cannot_be_mailed_says_why(change, reason):
    assert dataclasses.replace(HOME, **change).problem() == reason


def test_a_problem_names_no_person_and_no_street():
    said = dataclasses.replace(HOME, state="XX").problem()
    assert not any(part in said for part in ("Núñez", "Main", "Torrance"))


@pytest.mark.parametrize(
    ("zip4", "point", "routing"),
    [
        ("", "", "90501"),
        ("1234", "", "905011234"),
        ("1234", "23", "90501123423"),
        ("", "23", "90501"),
        ("12a4", "23", "90501"),
    ],
)
def test_eleven_digits_are_given_only_with_a_delivery_point(zip4, point, routing):
    home = dataclasses.replace(HOME, zip4=zip4, delivery_point=point)
    assert home.routing_code() == routing


def test_states_are_the_usps_codes():
    assert len(STATES) == 50 + 1 + 8 + 3
    assert {"DC", "PR", "GU", "VI", "AS", "MP", "AA", "AE", "AP"} < set(STATES)


STREET = ("addr1", "city", "state")
fields = st.one_of(st.none(), st.sampled_from(["", " ", "CA", "NY", "ca", "90501", "10001", "x"]))


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(("addr1", "city", "state", "zip"), fields))))
@settings(deadline=None)
def test_a_population_is_judged_as_one_by_one(rows):
    kinds = pa.schema([(name, pa.string()) for name in ("addr1", "city", "state", "zip")])
    table = pa.Table.from_pylist(rows, schema=kinds)
    single = [
        Address(name1="N", zip5=row["zip"] or "", **{name: row[name] or "" for name in STREET})
        for row in rows
    ]
    reasons = [one.problem() for one in single]
    assert address_problems(table).to_pylist() == reasons
    assert mailable(table).to_pylist() == [reason is None for reason in reasons]
