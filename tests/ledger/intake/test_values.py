"""What a row may hold, table by table: each refusal with its row, column and reason."""

from __future__ import annotations

from datetime import date

import pytest

from folder import ON, make_vin
from renotify.ledger import tables
from renotify.ledger.intake import Counts

VIN, OTHER = make_vin(1), make_vin(2)
WRONG_DIGIT = VIN[:8] + ("0" if VIN[8] != "0" else "1") + VIN[9:]


@pytest.fixture
def session(sqlite_session):
    """On SQLite only: the subject is not the store."""
    return sqlite_session


@pytest.fixture
def base(folder):
    """A campaign, a dealer and a vehicle of its population, so that one row can be wrong."""
    return folder.campaign("9LA").dealer().vehicle(VIN, "9LA", owner=None)


@pytest.fixture
def refusals(take, rejected):
    """Load a folder and return (column, value, reason) of what was refused."""

    def lines(folder):
        return [(line["column"], line["value"], line["reason"]) for line in rejected(take(folder))]

    return lines


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (VIN[:-1], "17 characters"),
        (VIN + "0", "17 characters"),
        ("I" + VIN[1:], "never I, O or Q"),
        ("O" + VIN[1:], "never I, O or Q"),
        ("q" + VIN[1:], "never I, O or Q"),
        (WRONG_DIGIT, "check digit"),
        ("", "vin is blank"),
        ("É" + VIN[1:], "digits and capital letters"),
    ],
)
def test_a_vin_that_is_none_is_refused(base, refusals, written, reason):
    base.add("population", campaign_code="9LA", vin=written)
    ((column, value, said),) = refusals(base)
    assert (column, value) == ("vin", written)
    assert reason in said


def test_a_vin_in_small_letters_or_with_spaces_is_taken_as_meant_and_noted(session, base, take):
    base.add("population", campaign_code="9LA", vin=f"  {OTHER.lower()} ")
    loaded = take(base)
    assert loaded.tables["population"] == Counts(accepted=2)
    assert OTHER in tables.read(session, "state")["vin"].to_pylist()
    assert any("1 VIN was written in small letters" in note for note in loaded.notes)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("02/26/2013", "month/day/year"),
        ("26.02.2013", "day.month.year"),
        ("20130226", "YYYYMMDD"),
        ("41331", "spreadsheet's day number"),
        ("2013-2-6", "another"),
        ("2013/02/06", "another"),
        ("26-Feb-2013", "The month is a word"),
        ("2013-02-26T10:00:00", "a day and time"),
        ("2013-02-30", "no such day"),
        ("2013-02-29", "no such day"),
        ("2013-13-01", "no such day"),
        ("2013-00-10", "no such day"),
        ("0000-01-10", "no such day"),
        ("1900-01-01", "before 1950"),
        ("yesterday", "no date"),
        ("2013-02-27", "after 2013-02-26, the day of the load"),
        ("", "as_of is blank"),
    ],
)
def test_a_date_in_another_form_or_of_no_day_is_refused_by_name(folder, refusals, written, reason):
    folder.owner(VIN, as_of=written)
    ((column, value, said),) = refusals(folder)
    assert (column, value) == ("as_of", written)
    assert reason in said


def test_a_leap_day_and_the_day_of_the_load_are_dates(folder, take):
    folder.owner(VIN, as_of="2012-02-29").owner(VIN, as_of=ON)
    assert take(folder).tables["owners"] == Counts(accepted=2)


def test_appointments_and_capacity_may_lie_ahead(session, base, take):
    base.add("dealer_capacity", dealer_code="D0001", week="2013-07-01", hours_available=40)
    base.add(
        "appointments", appointment_id="A1", dealer_code="D0001", vin=VIN, campaign_codes="9LA",
        start="2013-07-01T08:30:00", status="Booked",
    )  # fmt: skip
    assert take(base).rejects is None
    assert tables.read(session, "appointment")["start"].to_pylist() == ["2013-07-01T08:30"]


def test_a_week_is_its_monday(base, refusals):
    base.add("dealer_capacity", dealer_code="D0001", week="2013-03-05", hours_available=40)
    assert "Monday" in refusals(base)[0][2]


@pytest.mark.parametrize(
    ("column", "written", "reason"),
    [
        ("hours_available", "forty", "is a number"),
        ("hours_available", "40,5", "write 2.5"),
        ("hours_available", "-1", "at least 0"),
        ("hours_available", "nan", "is a number"),
        ("hours_available", "inf", "is a number"),
        ("hours_available", "1 000", "is a number"),
        ("bays", "0x10", "is a number"),
        ("dealer_code", "D9", "No dealer has this code"),
    ],
)
def test_a_number_that_is_none_and_hours_of_an_unknown_dealer_are_refused(
    base, refusals, column, written, reason
):
    row = {"dealer_code": "D0001", "week": "2013-03-04", "hours_available": "40", "bays": "2"}
    base.add("dealer_capacity", **{**row, column: written})
    ((where, value, said),) = refusals(base)
    assert (where, value) == (column, written)
    assert reason in said


@pytest.mark.parametrize("written", ["NaN", "nan", "-nan", "NAN "])
def test_hours_that_are_no_number_are_no_blank(base, refusals, written):
    """N/A and NULL are: nobody said how long it took. NaN is what a reckoning leaves that failed."""
    base.repair(VIN, "9LA", date(2013, 2, 1), dealer="D0001", hours=written)
    ((where, value, said),) = refusals(base)
    assert (where, value, said) == ("hours", written, "hours is a number.")


@pytest.mark.parametrize("column", ["on_hand", "on_order"])
def test_half_a_kit_is_refused_on_a_shelf(base, refusals, column):
    base.part("PIPE").count("D0001", "PIPE", date(2013, 2, 1), 5, 2)
    base.rows["dealer_part_stock"][0][column] = "2.5"
    ((where, value, said),) = refusals(base)
    assert (where, value, said) == (column, "2.5", f"{column} is a whole number: kits are not cut.")


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("part_shipments", {"dealer_code": "D0001", "ship_date": "2013-02-01", "qty": "0.5"}),
        ("part_supply", {"week": "2013-03-04", "supply_qty": "0.5"}),
    ],
)
def test_half_a_kit_is_refused_on_its_way(base, refusals, table, row):
    base.part("PIPE").add(table, part_no="PIPE", **row)
    ((_, value, said),) = refusals(base)
    assert (value, said.partition(": ")[2]) == ("0.5", "kits are not cut.")


@pytest.mark.parametrize(("week", "is_refused"), [("2023-12-25", False), ("2024-01-01", True), ("9999-12-27", True)])  # fmt: skip
def test_a_week_that_nobody_plans_for_is_mistyped(base, take, rejected, week, is_refused):
    """The load is of 2013, and looks ten years ahead."""
    base.add("dealer_capacity", dealer_code="D0001", week=week, hours_available=40)
    loaded = take(base)
    if not is_refused:
        assert loaded.rejects is None
        return
    (line,) = rejected(loaded)
    assert (line["column"], line["reason"]) == ("week", "The date is after 2023-12-31: check its year.")  # fmt: skip


def test_a_visit_in_a_mistyped_year_is_refused(base, refusals):
    base.add(
        "appointments", appointment_id="A1", dealer_code="D0001", vin=VIN, campaign_codes="9LA",
        start="9999-12-31T23:59", status="booked",
    )  # fmt: skip
    assert refusals(base)[0][0] == "start"


@pytest.mark.parametrize("written", ["6.5", "MMVI", "1899", "2e3"])
def test_a_model_year_is_a_whole_number(base, refusals, written):
    base.vehicle(OTHER, owner=None, model_year=written)
    assert refusals(base)[0][:2] == ("model_year", written)


@pytest.mark.parametrize(
    ("column", "written", "reason"),
    [
        ("zip", "9210", "five digits"),  # Massachusetts has no 09210
        ("state", "Zz9", "two letters"),
        ("role", "dealer", "owner, lessee, lessor"),
        ("source", "", "source is blank"),
        ("city", " ", "city is blank"),
        ("source", "a|b", "a character that no code has"),
        ("source", "x" * 33, "more than 32 characters"),
    ],
)
def test_an_owner_row_that_cannot_stand_is_refused(folder, refusals, column, written, reason):
    folder.owner(VIN, **{column: written})
    ((where, _, said),) = refusals(folder)
    assert where == column
    assert reason in said


def test_names_and_streets_are_withheld_from_the_rejects(folder, take, rejected):
    folder.owner(VIN, name1="N" * 256, addr1="")
    loaded = take(folder)
    values = {line["column"]: line["value"] for line in rejected(loaded)}
    assert values == {"name1": "(withheld)", "addr1": ""}
    assert loaded.tables["owners"] == Counts(rejected=1)


def test_what_no_letter_needs_costs_no_owner_the_letter_however_long_it_is(session, folder, take):
    folder.owner(VIN, language="castellano", email="E" * 300, phone="5" * 40)
    loaded = take(folder)
    (owner,) = tables.read(session, "owner").to_pylist()
    assert (owner["language"], owner["email"], owner["phone"]) == ("castella", "", "")
    said = "owners.csv: in 1 row"
    assert (
        f"{said} language held more than it can; the beginning was taken (row 2)." in loaded.notes
    )
    for column in ("email", "phone"):
        assert f"{said} {column} held more than it can, taken as blank (row 2)." in loaded.notes


def test_a_wish_for_a_language_that_no_letter_is_made_in_costs_no_letter_and_is_told(
    session, folder, take
):
    """The second and the fourth ask for what no letter is made in; the others begin as the pack's rows about languages have it."""
    for number, wish in enumerate(("es-MX", "fr", "English", "zh", "bilingual", "", "both")):
        folder.owner(make_vin(number + 1), language=wish)
    loaded = take(folder)
    assert loaded.tables["owners"] == Counts(accepted=7)
    kept = {row["language"] for row in tables.read(session, "owner").to_pylist()}
    assert {"fr", "zh"} <= kept
    assert (
        "owners.csv: in 2 rows language asked for a language that no letter is made in; it is kept, and the letters go as their address"
        " has them (rows 3, 5)."
    ) in loaded.notes


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("555-0100 ext. 12 (ask for Service, Mon-Fri)", "555-0100 ext. 12"),
        ("Service department: (617) 555-0100, weekdays", "(617) 555-0100"),
        ("call us on 1-800-555-0100 from 8 am to 6 pm", "1-800-555-0100"),
        ("Phone 6175550100 (open 07:30-18:00 Monday to Friday)", "6175550100"),
        ("617-555-0100 sales, 617-555-0101 service desk", ""),  # which one, nobody knows
        ("ask at the desk of the showroom, no telephone", ""),
        ("+44 20 7946 0958 (London office, ask for Jo)", ""),
    ],
)
def test_a_dealer_is_kept_whatever_its_telephone_says(session, folder, take, written, kept):
    """The one number of a long text is taken; without one the letter names the maker's, as for a dealer without a telephone."""
    folder.dealer("D0009", phone=written)
    loaded = take(folder)
    (dealer,) = (
        row for row in tables.read(session, "dealer").to_pylist() if row["dealer_code"] == "D0009"
    )
    assert dealer["phone"] == kept
    assert loaded.tables["dealers"].rejected == 0
    (note,) = (note for note in loaded.notes if note.startswith("dealers.csv:"))
    assert note.startswith("dealers.csv: in 1 row phone held more than it can")
    assert note.endswith("(row 2).")
    assert "555" not in note


@pytest.mark.parametrize(
    ("column", "written", "kept", "told"),
    [
        ("name", "N" * 300, "N" * 255, "held more than it can; the beginning was taken"),
        (
            "addr1",
            "1 " + "A" * 300,
            "1 " + "A" * 253,
            "held more than it can; the beginning was taken",
        ),
        ("city", "C" * 300, "C" * 255, "held more than it can; the beginning was taken"),
        ("email", "e" * 300, "", "held more than it can, taken as blank"),
        ("lat", "42,36", None, "held what it cannot, taken as blank"),
        ("lat", "420.36", None, "held what it cannot, taken as blank"),
        ("lon", "west", None, "held what it cannot, taken as blank"),
    ],
)
def test_no_detail_of_a_dealer_costs_the_dealer(session, folder, take, column, written, kept, told):
    folder.dealer("D0009", **{column: written})
    loaded = take(folder)
    (dealer,) = (
        row for row in tables.read(session, "dealer").to_pylist() if row["dealer_code"] == "D0009"
    )
    assert dealer[column] == kept
    assert f"dealers.csv: in 1 row {column} {told} (row 2)." in loaded.notes


@pytest.mark.parametrize(
    ("column", "written"), [("dealer_code", "D" * 33), ("area_code", "A" * 33)]
)
def test_a_code_of_a_dealer_is_never_shortened(folder, refusals, column, written):
    """Its beginning may be another's."""
    code = written if column == "dealer_code" else "D0009"
    folder.dealer(code, **({} if column == "dealer_code" else {"area": written}))
    assert column in {where for where, _, _ in refusals(folder)}


def test_a_name_that_slipped_into_another_column_is_withheld(folder, take, rejected):
    folder.owner(VIN, role="ANA B. EXAMPLE", state="12 Elm St", zip="a@b.example", as_of="nodate")
    values = {line["column"]: line["value"] for line in rejected(take(folder))}
    assert values == {
        "role": "(withheld)",
        "state": "(withheld)",
        "zip": "(withheld)",
        "as_of": "nodate",
    }


def test_a_row_with_several_faults_is_refused_once_and_said_each_time(base, take, rejected):
    base.repair(VIN[:-1], "ZZZ", date(2014, 1, 1), outcome="fixed")
    loaded = take(base)
    assert loaded.tables["repair_orders"] == Counts(rejected=1)
    columns = [line["column"] for line in rejected(loaded)]
    assert sorted(columns) == ["campaign_code", "close_date", "outcome", "vin"]
    assert {line["row"] for line in rejected(loaded)} == {"2"}


def test_an_unknown_campaign_is_refused(base, refusals):
    base.add("population", campaign_code="XYZ", vin=VIN)
    assert refusals(base) == [
        (
            "campaign_code",
            "XYZ",
            "No campaign has this code; load campaigns.toml first, or correct the code.",
        )
    ]


def test_an_unknown_campaign_among_several_of_an_appointment_is_refused(base, refusals):
    base.add(
        "appointments", appointment_id="A1", dealer_code="D0001", vin=VIN,
        campaign_codes="9LA; XYZ", start="2013-03-11T08:30", status="booked",
    )  # fmt: skip
    assert refusals(base)[0][:2] == ("campaign_codes", "9LA; XYZ")


@pytest.mark.parametrize(
    "start", ["2013-03-11", "11/03/2013 08:30", "2013-03-11T25:00", "2013-02-30T08:00"]
)
def test_a_start_is_a_day_and_a_time(base, refusals, start):
    base.add(
        "appointments", appointment_id="A1", dealer_code="D0001", vin=VIN, campaign_codes="9LA",
        start=start, status="booked",
    )  # fmt: skip
    assert refusals(base)[0][:2] == ("start", start)


def test_one_vin_with_two_current_owners_keeps_the_first(session, folder, take, rejected):
    folder.owner(VIN, name1="ANA EXAMPLE").owner(VIN, name1="BEN EXAMPLE")
    loaded = take(folder)
    assert loaded.tables["owners"] == Counts(accepted=1, rejected=1)
    (line,) = rejected(loaded)
    assert (line["row"], line["column"], line["value"]) == ("3", "vin", VIN)
    assert "Row 2 of owners.csv says otherwise" in line["reason"]
    assert tables.read(session, "owner")["name1"].to_pylist() == ["ANA EXAMPLE"]


def test_a_lessor_and_a_lessee_of_one_vehicle_both_stand(folder, take):
    folder.owner(VIN, role="lessor").owner(VIN, role="Lessee")
    assert take(folder).tables["owners"] == Counts(accepted=2)


def test_the_same_row_twice_in_a_file_is_known_the_second_time(base, take):
    base.owner(VIN).owner(VIN).repair(VIN, "9LA", date(2010, 1, 4), ro_id="R1")
    base.repair(VIN, "9LA", date(2010, 1, 4), ro_id="R1")
    loaded = take(base)
    assert loaded.tables["owners"] == Counts(accepted=1, unchanged=1)
    assert loaded.tables["repair_orders"] == Counts(accepted=1, unchanged=1)


def test_a_claim_for_a_vehicle_outside_the_population_is_refused(base, refusals):
    base.repair(OTHER, "9LA", date(2010, 1, 4))
    ((column, value, said),) = refusals(base)
    assert (column, value) == ("vin", OTHER)
    assert "not in the population" in said


def test_a_claim_after_the_vehicle_was_taken_out_is_refused(base, take, rejected):
    base.add("population", campaign_code="9LA", vin=OTHER, removed_date="2010-01-04")
    base.repair(OTHER, "9LA", date(2010, 1, 4)).repair(OTHER, "9LA", date(2010, 1, 3))
    loaded = take(base)
    assert loaded.tables["repair_orders"] == Counts(accepted=1, rejected=1)
    assert "taken out of this campaign" in rejected(loaded)[0]["reason"]


def test_a_claim_heard_before_the_vehicle_was_taken_out_stays_known(base, take):
    base.repair(VIN, "9LA", date(2010, 1, 4))
    take(base)
    base.rows["population"][0]["removed_date"] = "2009-06-01"
    assert take(base).tables["repair_orders"] == Counts(unchanged=1)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("population", {"campaign_code": "9LA", "added_date": "2010-02-01"}),
        ("dealer_stock", {"dealer_code": "D0001", "stock_type": "new", "in_date": "2010-02-01"}),
    ],
)
def test_days_in_the_wrong_order_are_refused(base, refusals, table, row):
    last = "removed_date" if table == "population" else "sold_date"
    base.add(table, vin=OTHER, **row, **{last: "2010-01-31"})
    assert refusals(base)[0][:2] == (last, "2010-01-31")


def test_words_of_a_choice_may_be_in_capitals(session, base, take):
    base.add("vehicle_status", vin=VIN, effective_date="2012-01-01", status="SCRAPPED", source="S")
    take(base)
    assert tables.read(session, "state")["reason"].to_pylist() == ["scrapping"]
