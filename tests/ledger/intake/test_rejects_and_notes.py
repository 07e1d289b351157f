"""The rejects file line by line, and the remarks on a load: what they say, in which order, and what they keep to themselves."""

from __future__ import annotations

from datetime import date

import pytest

from folder import ON, make_vin
from renotify.campaigns.campaign import Scope
from renotify.errors import BadInput, Inconsistent
from renotify.ledger import outside_scopes, tables
from renotify.ledger.intake import Counts, Loaded, notes
from renotify.vehicle_lists.asked import Asked, command
from renotify.vehicle_lists.listing import listing

VIN, OTHER = make_vin(1), make_vin(2)


@pytest.fixture
def session(sqlite_session):
    """On SQLite only: the subject is not the store."""
    return sqlite_session


@pytest.fixture
def base(folder):
    return folder.campaign("9LA").dealer().vehicle(VIN, "9LA", owner=None)


def test_a_line_names_file_row_column_value_and_reason(base, take, rejected):
    base.add("vehicle_status", vin=VIN, effective_date="2012-01-01", status="sold", source="S")
    assert rejected(take(base)) == [
        {
            "file": "vehicle_status.csv", "row": "2", "column": "status", "value": "sold",
            "reason": "status is one of registered, scrapped, exported, stolen, total_loss, unknown.",
        }
    ]  # fmt: skip


def test_a_vehicle_with_visits_at_two_dealers_is_told_and_listed(base, take, session):
    """Of five vehicles one is booked at two dealers for days to come; one of the two visits of the others is past, done, cancelled or
    the same dealer's."""
    base.dealer("D0002")
    visits = {
        VIN: (("D0001", "2013-06-03", "booked"), ("D0002", "2013-06-04", "booked")),
        OTHER: (("D0001", "2012-06-03", "booked"), ("D0002", "2013-06-04", "booked")),
        make_vin(3): (("D0001", "2013-06-03", "cancelled"), ("D0002", "2013-06-04", "booked")),
        make_vin(4): (("D0001", "2013-06-03", "booked"), ("D0001", "2013-06-10", "booked")),
        make_vin(5): (("D0001", "2013-06-03", "booked"),),
    }
    for vin, booked in visits.items():
        if vin != VIN:
            base.vehicle(vin, "9LA", owner=None)
        for dealer, day, status in booked:
            base.add(
                "appointments", appointment_id=f"{vin[-1]}{day}", dealer_code=dealer, vin=vin, campaign_codes="9LA",
                start=f"{day}T08:30", status=status,
            )  # fmt: skip
    (said,) = [note for note in take(base).notes if "more than one dealer" in note]
    assert said == (
        f"appointments: 1 vehicle has visits to come at more than one dealer ({VIN}): each holds a bay and kits. Ask the owner which one"
        " stands and have the other cancelled; the list: renotify vehicles --two-dealers."
    )
    assert command(Asked(two_dealers=True)) == "renotify vehicles --two-dealers"
    assert listing(session, Asked(two_dealers=True), on=ON).rows["vin"].to_pylist() == [VIN]
    base.add("dealer_capacity", dealer_code="D0001", week="2013-07-01", hours_available=40)
    assert not [note for note in take(base).notes if "more than one dealer" in note]


def test_lines_stand_by_file_in_the_order_of_loading_and_then_by_row(base, take, rejected):
    base.repair(VIN, "9LA", date(2014, 1, 1)).repair("X", "9LA", date(2010, 1, 4))
    base.add("vehicle_status", vin="X", effective_date="2012-01-01", status="scrapped", source="S")
    base.add("population", campaign_code="ZZZ", vin=VIN)
    lines = rejected(take(base))
    assert [(line["file"], line["row"]) for line in lines] == [
        ("population.csv", "3"),
        ("vehicle_status.csv", "2"),
        ("repair_orders.csv", "2"),
        ("repair_orders.csv", "3"),
    ]


def test_the_same_files_write_the_same_rejects_and_a_changed_one_another_file(base, take):
    base.add("population", campaign_code="ZZZ", vin=VIN)
    first = take(base)
    again = take(base)
    assert first.rejects == again.rejects
    body = first.rejects.read_bytes()
    assert take(base.add("population", campaign_code="ZZZ", vin=OTHER)).rejects != first.rejects
    assert first.rejects.read_bytes() == body


def test_a_load_without_refusals_writes_no_file(base, take, tmp_path):
    loaded = take(base)
    assert loaded.rejects is None
    assert not (tmp_path / "rejects").exists()


def test_a_strict_load_writes_nothing_to_the_ledger_and_says_where_the_refused_rows_are(
    base, take, session, tmp_path
):
    base.add("population", campaign_code="ZZZ", vin=OTHER)
    with pytest.raises(BadInput) as caught:
        take(base, strict=True)
    (path,) = (tmp_path / "rejects").iterdir()
    assert path.name in caught.value.hint
    assert tables.read(session, "vehicle").num_rows == 0
    assert take(base).tables["vehicles"] == Counts(accepted=1)


def test_a_value_with_a_comma_or_a_quote_comes_back_as_it_was(base, take, rejected):
    base.add(
        "vehicle_status", vin='a,"b"', effective_date="2012-01-01", status="scrapped", source="S"
    )
    assert rejected(take(base))[0]["value"] == 'a,"b"'


@pytest.mark.parametrize("name", ["name1", "name2", "addr1", "addr2"])
def test_what_is_personal_is_withheld_wherever_it_is_refused(folder, take, rejected, name):
    folder.owner(VIN, **{name: "S" * 300})
    (line,) = rejected(take(folder))
    assert (line["column"], line["value"]) == (name, "(withheld)")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("J. EXAMPLE", "(withheld)"),
        ("12 Elm St", "(withheld)"),
        ("ana@mail.example", "(withheld)"),
        ("nodate", "nodate"),
        ("2013-13-01", "2013-13-01"),
        ("26 2 2013", "26 2 2013"),
    ],
)
def test_in_an_owner_s_row_a_name_or_street_in_a_wrong_column_is_withheld_and_a_figure_is_not(
    folder, take, rejected, written, shown
):
    folder.owner(VIN, as_of=written)
    assert rejected(take(folder))[0]["value"] == shown


# The refused rows as they stand


def test_refused_rows_stand_beside_the_rejects_under_their_header_for_their_owner_s_eyes(
    folder, take, tmp_path
):
    header = "sep=;\nVIN;role;name1;addr1;city;state;zip;as_of;source\n"
    good = f"{VIN};owner;ANA;1 Elm St;Boston;MA;02108;2012-12-01;S\n"
    bad = [
        f'{OTHER};owner;"ANA;1 Elm St;Boston;MA;02108;2012-12-01;S\n',
        f'{OTHER};owner;"ANA\nB.";1 Péna St;Boston;Zz9;02108;2012-12-01;S\n',
    ]
    path = tmp_path / "owners_2013.csv"
    path.write_bytes((header + good + "".join(bad)).encode("cp1252"))
    loaded = take(path)
    assert loaded.tables["owners"] == Counts(accepted=1, rejected=2)
    (refused,) = loaded.refused
    assert refused.read_text(encoding="utf-8") == header + "".join(bad)
    assert refused.stat().st_mode & 0o777 == 0o600
    assert refused.name.startswith("owners_2013-refused-")
    assert loaded.to_json()["refused"] == [str(refused)]


def test_refused_rows_that_are_corrected_are_loaded_from_their_own_file(base, take, rejected):
    base.add("population", campaign_code="ZZZ", vin=OTHER)
    (refused,) = take(base).refused
    refused.write_text(refused.read_text().replace("ZZZ", "9LA"))
    assert take(refused).tables["population"] == Counts(accepted=1)


def test_a_row_that_is_none_shows_its_text_where_nothing_of_it_can_be_personal(
    base, take, rejected
):
    path = base.write() / "population_2.csv"
    path.write_text(f'campaign_code,vin\n"9LA,{VIN}\n')
    (line,) = rejected(take(path))
    assert (line["value"], line["reason"]) == (f'"9LA,{VIN}', "A quote is opened and never closed.")


def test_a_vehicle_whose_quote_never_closes_is_shown_as_it_stands(take, rejected, tmp_path):
    row = f'{OTHER},Ford,"F-250,2011,2011-01-02,2011-03-04,D0001'
    path = tmp_path / "vehicles.csv"
    header = "vin,make,model,model_year,build_date,first_sale_date,dealer_code"
    path.write_text(f"{header}\n{VIN},Ford,F-150,2012,,,\n{row}\n")
    (line,) = rejected(take(path))
    assert (line["row"], line["value"]) == ("3", row)


OWNED = "vin,make,model,model_year,dealer_code,owner_name,owner_phone"


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (OWNED, f'{OTHER},"LEXUS,IS 250,2006,D0001,Anna Bell,212-555-0199'),
        (OWNED, f"{OTHER},LEXUS,IS 250,2006,D0001,Anna Bell,212-555-0199,X"),
        ("vin,make,model,model_year,CustNo", f"{OTHER},LEXUS,IS 250,2006,77,Bell"),
        ("vin,make,model,model_year", f"{OTHER},LEXUS,IS 250,2006,note for Anna Bell"),
        ("vin,make,model,model_year", f"{OTHER},LEXUS,IS250,2006,212-555-0199"),
    ],
)
def test_a_row_that_is_none_is_withheld_where_the_file_or_the_row_may_be_personal(
    take, rejected, tmp_path, header, row
):
    path = tmp_path / "vehicles.csv"
    path.write_text(f"{header}\n{VIN},LEXUS,IS 250,2006,,,\n{row}\n")
    loaded = take(path)
    (line,) = [line for line in rejected(loaded) if line["row"] == "3"]
    assert line["value"] == "(withheld)"
    assert loaded.rejects.stat().st_mode & 0o777 == 0o600
    assert row in loaded.refused[0].read_text()


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [("fixed Anna Bell car", "(withheld)"), ("ana@mail.example", "(withheld)"), ("fixed", "fixed")],
)
def test_a_name_that_slipped_into_another_column_is_withheld_in_any_table(
    base, take, rejected, outcome, shown
):
    (line,) = rejected(take(base.repair(VIN, "9LA", date(2012, 1, 2), outcome=outcome)))
    assert line["value"] == shown


# Notes


@pytest.mark.parametrize("slipped", ["Anna Bell", "212-555-0199", "a@mail.example", "Bell"])
def test_a_note_on_unknown_dealers_names_codes_only(base, take, slipped):
    base.vehicle(OTHER, owner=None, dealer=slipped).vehicle(make_vin(3), owner=None, dealer="D0009")
    (note,) = [note for note in take(base).notes if "that no dealer" in note]
    assert "(withheld)" in note
    assert "D0009" in note
    assert slipped not in note


def test_a_population_of_another_size_than_the_campaign_states_is_noted(folder, take):
    folder.campaign("9LA", involved=2).dealer().vehicle(VIN, "9LA", owner=None)
    assert "9LA: the population has 1 vehicle, the campaign states 2." in take(folder).notes
    folder.vehicle(OTHER, "9LA", owner=None)
    assert not [note for note in take(folder).notes if "the campaign states" in note]


def test_a_vehicle_that_was_taken_out_stays_involved_and_one_of_two_versions_counts_once(
    folder, take
):
    """573.7(b): what is removed is reported beside what is involved, and not taken off it."""
    folder.campaign("9LA", involved=2).dealer().vehicle(VIN, "9LA", owner=None)
    folder.add("population", campaign_code="9LA", vin=OTHER, removed_date="2012-01-01")
    folder.add("population", campaign_code="9LA", vin=VIN, remedy_version=2)
    assert not [note for note in take(folder).notes if "population has" in note]


def test_a_remedy_of_a_later_version_than_any_row_is_noted(folder, take):
    folder.campaign("9LA", remedy_version=2).dealer().vehicle(VIN, "9LA", owner=None)
    (note,) = [note for note in take(folder).notes if "remedy" in note]
    assert note.startswith("9LA: the remedy has version 2, the population ends with version 1;")


def test_a_remedy_for_a_model_that_no_vehicle_is_is_noted(folder, take):
    days = [
        {"model": "is 250", "remedy_available_date": ON}, {"model": "IS 350", "remedy_available_date": ON},
        {"year_from": 2006, "remedy_available_date": ON},
    ]  # fmt: skip
    folder.campaign("9LA", remedy_date=days).dealer()
    assert take(folder).notes == []  # nobody knows its models yet
    folder.vehicle(VIN, "9LA")
    assert take(folder).notes == [
        "9LA: remedy_date 2 is for the IS 350, and no vehicle of the population is one; its models are IS 250."
    ]
    assert take(folder).notes == []


def test_models_that_no_remedy_is_for_are_noted_with_the_campaign_s_own_day(folder, take):
    """A remedy for the IS 250 is not for the IS 250 AWD; one for some years of a model names the model."""
    days = [{"model": "IS 250", "year_from": 2010, "remedy_available_date": ON}]

    def told(*remedies, day=None):
        folder.campaigns = []
        folder.campaign("9LA", remedy_date=[*days, *remedies], remedy_available_date=day)
        return [note for note in take(folder).notes if "remedy_date" in note]

    folder.dealer().vehicle(VIN, "9LA", model="is 250")
    assert told() == []
    folder.vehicle(OTHER, "9LA", model="IS 250 AWD")
    named = (
        "9LA: no remedy_date is for IS 250 AWD, and the campaign's own remedy_available_date holds for them: {}."
        " A remedy_date is for the model that it names in full, and for no other that begins like it."
    )
    assert told() == [named.format("not yet known")]
    assert told(day=ON) == [named.format(ON)]
    assert told({"year_from": 2006, "remedy_available_date": ON}) == []


def test_a_load_that_brings_no_population_says_nothing_of_it(folder, take):
    folder.campaign("9LA", involved=2).dealer().vehicle(VIN, "9LA", owner=None)
    take(folder)
    folder.rows = {"dealers": folder.rows["dealers"]}
    for path in folder.path.iterdir():
        path.unlink()
    folder.campaigns = []
    folder.dealer("D0002")
    assert take(folder).notes == []


def test_repaired_vins_are_counted_over_all_files_of_a_table(base, take):
    path = base.write()
    (path / "population_2.csv").write_text(
        f"campaign_code,vin\n9LA,{OTHER.lower()}\n9LA, {make_vin(3)}\n"
    )
    (note,) = [note for note in take(path).notes if "small letters" in note]
    assert note.startswith("population: 2 VINs were written in small letters")


# Counts


def test_counts_that_are_not_the_rows_are_a_fault_and_nothing_is_added():
    loaded = Loaded()
    with pytest.raises(Inconsistent, match="owners: 3 rows read"):
        loaded.add("owners", Counts(accepted=1, rejected=1), 3)
    assert loaded.tables == {}
    loaded.add("owners", Counts(accepted=1, rejected=1, unchanged=1), 3)
    loaded.add("owners", Counts(accepted=2), 2)
    assert loaded.tables["owners"] == Counts(accepted=3, rejected=1, unchanged=1)
    assert loaded.rejected == 1


def test_the_json_of_a_load_has_tables_rejects_and_notes(base, take):
    base.add("population", campaign_code="ZZZ", vin=VIN)
    loaded = take(base)
    document = loaded.to_json()
    assert document["tables"]["population"] == {"accepted": 1, "rejected": 1, "unchanged": 0}
    assert document["rejects"] == str(loaded.rejects)
    assert Loaded().to_json() == {"tables": {}, "rejects": None, "refused": [], "notes": []}


@pytest.mark.parametrize(
    ("facts", "stated", "joined"),
    [
        ({}, {}, date(2009, 1, 16)),  # the first version begins with the filing
        ({}, {"added_date": "2011-05-05"}, date(2011, 5, 5)),
        ({"filed_date": None}, {}, ON),  # nobody knows: the day of the load
        (
            {"remedy_version": 2, "remedy_available_date": date(2012, 6, 1)},
            {"remedy_version": 2},
            date(2012, 6, 1),
        ),
        ({"remedy_version": 3}, {"remedy_version": 2}, ON),
    ],
)
def test_a_vehicle_joins_a_campaign_on_the_day_stated_or_on_which_its_version_began(
    session, folder, take, facts, stated, joined
):
    folder.campaign("9LA", **({"first_notice_date": None} | facts)).dealer()
    folder.add("population", campaign_code="9LA", vin=VIN, **stated)
    take(folder)
    (row,) = tables.read(session, "event", "occurred_on").to_pylist()
    assert row["occurred_on"] == joined


def test_vehicles_outside_every_scope_are_noted_with_their_number_by_model_and_year(folder, take):
    """An IS 250 of 2006 is one of the IS of 2006 to 2008 that the decision names; an IS 350 of 2009 is not."""
    folder.campaign("9LA").dealer()
    folder.vehicle(VIN, "9LA", model="IS 250", model_year=2006)
    assert not [note for note in take(folder).notes if "scopes" in note]
    folder.vehicle(OTHER, "9LA", model="IS 350", model_year=2009)
    (note,) = [note for note in take(folder).notes if "scopes" in note]
    assert note.startswith(
        "9LA: 1 vehicle of the population is in none of its scopes: 1 2009 IS 350. The scopes name 2006-2008 IS,"
    )
    assert "correct [[campaign.scope]] in campaigns.toml" in note


@pytest.mark.parametrize(
    ("scope", "model", "year", "held"),
    [
        ("GS 300/350", "GS 350 AWD", 2007, True), ("GS 300/350", "GS 350 AWD", 2009, False), ("IS 250", "GS 350", 2007, False),
        ("Tundra Hare", "HARE", 2007, True), ("2500/3500", "3500 HD", 2007, True), ("F-150", "F150", 2007, True), ("IS", "", 2007, True),
    ],
)  # fmt: skip
def test_models_are_compared_loosely_and_their_years_decide(scope, model, year, held):
    assert outside_scopes._holds(Scope(scope, 2006, 2008), model, year) is held


@pytest.mark.parametrize(
    ("scope", "model", "named"),
    [
        ("GS 350/450h", "GS 300", False), ("GS 350/450h", "GS 450h", True), ("GS 300/350 AWD", "GS 300", False),
        ("GS 300/350 AWD", "GS 350 AWD", True), ("GS 300/350", "GS 300 AWD", True), ("GS 460", "GS 4600", False),
        ("LS 460/460L", "LS 460 L", True), ("LS 460L", "LS 460", False), ("RX330/400h", "RX 400h AWD", True),
        ("2500/3500", "3500 HD", True), ("ES 330/RX 330", "RX 330", True), ("F-150", "F150", True),
        ("Tundra Hare", "HARE", True), ("IS", "", True), ("", "IS 250", True),
    ],
)  # fmt: skip
def test_a_scope_names_the_model_itself_or_others_of_its_family_alone(scope, model, named):
    assert outside_scopes.names_this_model(Scope(scope, 2006, 2008), model) is named


def test_a_campaign_is_looked_through_once_a_process_and_again_where_it_is_stated_otherwise(
    folder, take, monkeypatch
):
    asked, missing = [], notes.missing
    monkeypatch.setattr(notes, "missing", lambda one, *rest, **more: asked.append(one) or missing(one, *rest, **more))  # fmt: skip
    folder.dealer().campaign("9LA", subject="A made-up pump")
    told = take(folder.vehicle(VIN, "9LA")).notes
    take(folder.vehicle(OTHER, "9LA"))  # another vehicle of the same campaign
    assert [one.subject for one in asked] == ["A made-up pump"]
    folder.campaigns.clear()
    folder.campaign("9LA", subject="A made-up pump", component="")
    assert take(folder.vehicle(make_vin(3), "9LA")).notes != told
    assert len(asked) == 2
