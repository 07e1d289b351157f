"""Who gets a follow-up notification, in which order, and why the others do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from folder import ON, make_vin
from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.errors import AlreadyDone, BadInput, NothingToDo, UnknownName
from renotify.ledger import follow_ups, intake, pieces
from renotify.ledger.explain import explain
from renotify.ledger.follow_ups import NewPlan
from renotify.ledger.verify import verify
from renotify.plans.in_force import plan_in_force
from renotify.selection.freeze import Records, freeze, freeze_follow_up
from renotify.selection.unwritten import unwritten
from renotify.values.piece import piece_id
from renotify.values.placeholders import packaged
from small_world import SENDER, write_csv

V1, V2, V3 = make_vin(1), make_vin(2), make_vin(3)
KINDS = {
    "9LA": CampaignType.SAFETY_RECALL,
    "ALE": CampaignType.NONCOMPLIANCE_RECALL,
    "CLB": CampaignType.SERVICE_CAMPAIGN,
}
CAMPAIGNS = {
    code: Campaign(campaign_code=code, campaign_type=kind, make="Lexus", subject="Made-up")
    for code, kind in KINDS.items()
}


def asked(*codes):
    return FollowUpSettings(
        "small", "follow_up_voluntary", codes or tuple(KINDS), ON, sender=SENDER
    )


def owner(vin=V1, role="owner", as_of=date(2012, 1, 1), **extra):
    row = {"vin": vin, "role": role, "as_of": as_of, "name1": "ANA EXAMPLE", "addr1": "12 Elm St",
           "city": "Boston", "state": "MA", "zip": "02108", "language": "", "country": "",
           "end_date": None}  # fmt: skip
    return {**row, **extra}


OWNER = pa.Table.from_pylist([owner(end_date=ON)]).schema
DEALERS = pa.Table.from_pylist(
    [
        {"dealer_code": "D0001", "zip": "02108", "lat": None, "lon": None},
        {"dealer_code": "D0002", "zip": "90501", "lat": None, "lon": None},
    ],
    pa.schema(
        [
            ("dealer_code", pa.string()),
            ("zip", pa.string()),
            ("lat", pa.float64()),
            ("lon", pa.float64()),
        ]
    ),
)


def frozen(standing, owners, *, vins=(V1, V2, V3), dealers=None, settings=None):
    """Freeze (vin, campaign, status, reason) rows; status is open and reason blank if left out."""
    rows = [(*row, *("open", "")[len(row) - 2 :]) for row in standing]
    records = Records(
        pa.table(dict(zip(("vin", "campaign_code", "status", "reason"),
                          map(list, zip(*rows, strict=True)), strict=True))),
        pa.Table.from_pylist(owners, OWNER),
        pa.table({"vin": list(vins), "dealer_code": dealers or ["D0001"] * len(vins)}),
        DEALERS,
    )  # fmt: skip
    return freeze(
        records,
        CAMPAIGNS,
        settings or asked(),
        ON,
        packaged(),
    )


def listings(found):
    return [(row["vin"], row["bundle"]) for row in found.listed.to_pylist() if not row["left_out"]]


def left_out(found):
    return {row["vin"]: row["left_out"] for row in found.listed.to_pylist() if row["left_out"]}


def test_an_open_vehicle_with_an_owner_is_listed_with_one_piece():
    found = frozen([(V1, "9LA")], [owner()])
    assert listings(found) == [(V1, "9LA")]
    assert found.pieces.to_pylist() == [
        {"vin": V1, "piece_id": piece_id("small", V1, "safety", "owner"), "family": "safety",
         "role": "owner", "bundle": "9LA", "dealer_code": "D0001", "language": "en",
         "owner_as_of": date(2012, 1, 1)}
    ]  # fmt: skip


def test_open_campaigns_of_a_vehicle_are_one_bundle_in_the_order_of_the_settings():
    found = frozen([(V1, "ALE"), (V1, "9LA")], [owner()])
    assert listings(found) == [(V1, "9LA+ALE")]
    other = frozen([(V1, "ALE"), (V1, "9LA")], [owner()], settings=asked("ALE", "9LA"))
    assert listings(other) == [(V1, "ALE+9LA")]


def test_a_closed_campaign_is_not_in_the_bundle():
    found = frozen([(V1, "ALE"), (V1, "9LA", "repaired", "")], [owner()])
    assert listings(found) == [(V1, "ALE")]


def test_a_safety_recall_and_a_service_campaign_never_share_a_piece():
    found = frozen([(V1, "9LA"), (V1, "CLB")], [owner()])
    assert sorted(listings(found)) == [(V1, "9LA"), (V1, "CLB")]
    assert sorted(found.pieces["family"].to_pylist()) == ["safety", "service"]
    assert len(set(found.pieces["piece_id"].to_pylist())) == 2


def test_the_newest_registration_comes_first():
    days = {V1: date(2010, 1, 1), V2: date(2012, 1, 1), V3: date(2011, 1, 1)}
    owners = [owner(vin, as_of=day) for vin, day in days.items()]
    found = frozen([(vin, "9LA") for vin in days], owners)
    assert [vin for vin, _ in listings(found)] == [V2, V3, V1]
    assert found.listed["rank"].to_pylist() == [1, 2, 3]


def test_only_the_newest_record_of_a_role_is_written_to():
    old = owner(as_of=date(2010, 1, 1), language="es")
    coming = owner(as_of=date(2013, 3, 1), language="es")
    found = frozen([(V1, "9LA")], [old, owner(), coming])
    (piece,) = found.pieces.to_pylist()
    assert (piece["owner_as_of"], piece["language"]) == (date(2012, 1, 1), "en")


def test_a_record_of_the_day_itself_is_known():
    found = frozen([(V1, "9LA")], [owner(), owner(as_of=ON)])
    assert found.pieces["owner_as_of"].to_pylist() == [ON]


def test_lessee_and_lessor_each_get_a_piece():
    found = frozen([(V1, "9LA")], [owner(role="lessor"), owner(role="lessee")])
    assert found.pieces["role"].to_pylist() == ["lessee", "lessor"]


def test_a_lessor_without_an_address_is_counted_when_the_lessee_is_written_to():
    found = frozen([(V1, "9LA")], [owner(role="lessor", addr1=" "), owner(role="lessee")])
    assert found.pieces["role"].to_pylist() == ["lessee"]
    assert found.unwritten.to_pylist() == [{"vin": V1, "family": "safety", "role": "lessor"}]


@pytest.mark.parametrize(
    ("extra", "language"),
    [({}, "en"), ({"language": "es"}, "en+es"), ({"language": "es-MX"}, "en+es"), ({"language": "Spanish"}, "en+es"),
     ({"language": "fr"}, "en"), ({"state": "PR", "zip": "00901"}, "en+es"),
     ({"state": "PR", "zip": "00901", "language": "es"}, "en+es")],
)  # fmt: skip
def test_spanish_is_added_by_wish_and_in_puerto_rico_and_english_never_left_out(extra, language):
    assert frozen([(V1, "9LA")], [owner(**extra)]).pieces["language"].to_pylist() == [language]


@pytest.mark.parametrize(
    ("status", "reason", "named"),
    [("repaired", "", "repaired"), ("inspected_ok", "", "inspected_ok"), ("removed", "", "removed"),
     ("unreachable", "export", "unreachable_export"),
     ("unreachable", "failure_to_receive", "unreachable_failure_to_receive")],
)  # fmt: skip
def test_a_vehicle_with_nothing_open_is_left_out_by_its_status(status, reason, named):
    found = frozen([(V1, "9LA", status, reason)], [owner()])
    assert left_out(found) == {V1: named}
    assert found.pieces.num_rows == 0


@pytest.mark.parametrize("extra", [{"addr1": ""}, {"zip": "2108"}, {"state": "XX"}])
def test_an_owner_who_cannot_be_mailed_is_left_out(extra):
    assert left_out(frozen([(V1, "9LA")], [owner(**extra)])) == {V1: "address_incomplete"}


def test_a_vehicle_without_an_owner_is_left_out():
    assert left_out(frozen([(V1, "9LA"), (V2, "9LA")], [owner(V2)])) == {V1: "no_owner"}


def test_of_an_ended_lease_the_new_owner_alone_is_written_to():
    lease = [owner(role=role, as_of=date(2009, 1, 2)) for role in ("lessee", "lessor")]
    found = frozen([(V1, "9LA")], [owner(as_of=date(2012, 11, 1)), *lease])
    assert found.pieces["role"].to_pylist() == ["owner"]
    assert found.unwritten.num_rows == 0


def test_a_vehicle_that_everyone_has_given_up_is_left_out_for_a_person():
    over = [owner(role="lessee"), owner(role="lessor", end_date=ON)]
    assert left_out(frozen([(V1, "9LA")], over)) == {V1: "no_current_owner"}


def test_of_a_lease_that_ended_the_lessor_is_written_to():
    found = frozen([(V1, "9LA")], [owner(role="lessee", end_date=ON), owner(role="lessor")])
    assert (left_out(found), found.pieces["role"].to_pylist()) == ({}, ["lessor"])


def test_an_owner_without_a_name_or_abroad_is_written_to_like_every_other():
    away = {"city": "Toronto", "state": "ON", "zip": "M5V 2T6"}
    owners = [owner(**away), owner(V2, country="MX", state="BC", zip="22000"), owner(V3, name1="")]
    found = frozen([(vin, "9LA") for vin in (V1, V2, V3)], owners)
    assert left_out(found) == {}
    assert sorted(found.pieces["vin"].to_pylist()) == sorted((V1, V2, V3))


def test_an_owner_abroad_whose_city_is_not_known_is_left_to_a_person():
    canada = {"country": "CA", "state": "ON", "zip": "M5V 2T6"}
    owners = [owner(**canada, city=""), owner(V2, role="lessee"), owner(V2, role="lessor", **canada, addr1="")]  # fmt: skip
    found = frozen([(V1, "9LA"), (V2, "9LA")], owners)
    assert left_out(found) == {V1: "address_abroad"}
    assert found.pieces["role"].to_pylist() == ["lessee"]
    assert found.unwritten["role"].to_pylist() == ["lessor"]


def test_a_postal_code_abroad_is_no_zip_code_near_a_dealer_of_ours():
    """06600 is a part of Mexico City, and 066.. a part of Connecticut."""
    mexico = {"city": "CIUDAD DE MEXICO", "state": "CDMX", "zip": "06600"}
    found = frozen([(V1, "9LA")], [owner(**mexico)], vins=(V2,))
    assert planned_at(found) == {V1: ("", 0)}


# A vehicle without a dealer


def planned_at(found):
    return {
        row["vin"]: (row["dealer_code"], row["dealer_assigned"])
        for row in found.listed.to_pylist()
    }  # fmt: skip


def test_a_vehicle_without_a_known_dealer_or_a_row_is_planned_at_the_nearest_one():
    home = {"city": "Torrance", "state": "CA", "zip": "90501"}
    found = frozen(
        [(V1, "9LA"), (V2, "9LA"), (V3, "9LA")],
        [owner(V1, **home), owner(V2), owner(V3, **home)],
        vins=(V1, V2), dealers=["", "CAN01"],
    )  # fmt: skip
    assert planned_at(found) == {V1: ("D0002", 1), V2: ("D0001", 1), V3: ("D0002", 1)}
    assert found.pieces["dealer_code"].to_pylist() == ["", "", ""]


def test_a_dealer_of_its_own_stays_however_far_it_is():
    found = frozen([(V1, "9LA")], [owner(city="Torrance", state="CA", zip="90501")])
    assert planned_at(found) == {V1: ("D0001", 0)}
    assert found.pieces["dealer_code"].to_pylist() == ["D0001"]


def test_a_leased_vehicle_is_planned_where_its_lessee_lives():
    lessee = owner(role="lessee", city="Torrance", state="CA", zip="90501")
    found = frozen([(V1, "9LA")], [owner(role="lessor"), lessee], vins=())
    assert planned_at(found) == {V1: ("D0002", 1)}


def test_a_vehicle_with_no_dealer_near_is_listed_without_one():
    found = frozen([(V1, "9LA")], [owner(city="APO", state="AE", zip="09102")], vins=())
    assert planned_at(found) == {V1: ("", 0)}
    assert found.pieces.num_rows == 1


def test_a_campaign_that_was_not_asked_for_is_not_looked_at():
    found = frozen([(V1, "9LA"), (V1, "ALE"), (V2, "ALE")], [owner(), owner(V2)],
                   settings=asked("9LA"))  # fmt: skip
    assert listings(found) == [(V1, "9LA")]
    assert found.listed.num_rows == 1


# From the ledger


@pytest.fixture
def loaded(session, folder):
    folder.campaign("9LA").campaign("CLB").dealer()
    folder.vehicle(V1, "9LA", "CLB").vehicle(V2, "9LA").vehicle(V3, "9LA", owner=None)
    folder.repair(V2, "9LA", date(2012, 5, 1))
    intake.load(session, [folder.write()], on=ON)
    return session


def test_a_follow_up_is_frozen_once_with_everyone_accounted_for(loaded):
    summary = freeze_follow_up(loaded, asked("9LA", "CLB"), ON)
    assert summary == {
        "follow_up": "small", "listed": 1, "pieces": 2, "bundles": {"9LA": 1, "CLB": 1}, "languages": {"en": 2},
        "arms": {}, "left_out": {"no_owner": 1, "repaired": 1}, "unwritten_owners": {},
        "nearest_dealer": 0, "no_dealer": 0, "no_vehicle_row": 0, "missing": summary["missing"], "searched_in": [],
        "messages": [], "elsewhere": [],
    }  # fmt: skip
    assert (
        "Campaign 9LA: labor_times has no row of it, and a letter states the time of the work: load labor_times"
        " (49 CFR 577.5(g)(1)(iii)(B))."
    ) in summary["missing"]
    assert follow_ups.names(loaded) == ["small"]
    assert follow_ups.settings(loaded, "small") == asked("9LA", "CLB")
    assert follow_ups.left_out(loaded, "small", "no_owner")["vin"].to_pylist() == [V3]
    assert verify(loaded)["ok"]
    with pytest.raises(AlreadyDone):
        freeze_follow_up(loaded, asked("9LA", "CLB"), ON)


def test_an_empty_list_and_an_unknown_campaign_leave_nothing_behind(loaded, folder):
    folder.repair(V1, "9LA", ON)
    intake.load(loaded, [folder.write()], on=ON)
    with pytest.raises(NothingToDo):
        freeze_follow_up(loaded, asked("9LA"), ON)
    with pytest.raises(UnknownName):
        freeze_follow_up(loaded, asked("9LA", "XYZ"), ON)
    assert follow_ups.names(loaded) == []


def test_explain_tells_why_a_vehicle_is_in_or_out_of_a_follow_up(loaded):
    freeze_follow_up(loaded, asked("9LA"), ON)
    (listed,) = explain(loaded, V1, ON)["follow_ups"]
    assert listed["sentence"] == "Listed for 9LA (safety); letter to the owner listed."
    (out,) = explain(loaded, V3, ON)["follow_ups"]
    assert out["sentence"] == "Left out of 9LA (safety): no owner."
    assert "EXAMPLE" not in str(explain(loaded, V1, ON))


def test_a_plan_gives_each_piece_its_wave(loaded):
    freeze_follow_up(loaded, asked("9LA", "CLB"), ON)
    monday = date(2013, 3, 4)
    weeks = pa.table({"vin": [V1, V1], "family": ["safety", "service"], "week": [0, 2]})
    with loaded.transaction():
        plan = NewPlan("uniform:2", monday, '{"letters": []}', "[]", weeks)
        follow_ups.save_plan(loaded, "small", plan)
    waves = pieces.waves(loaded, "small")
    assert [(wave.number, wave.week, wave.planned, wave.released) for wave in waves] == [
        (1, monday, 1, False),
        (2, date(2013, 3, 18), 1, False),
    ]
    assert plan_in_force(loaded, "small").policy == "uniform:2"
    assert verify(loaded)["ok"]


@pytest.mark.parametrize(
    "said", [{"addr1": "DO NOT MAIL"}, {"addr1": "NO ADDRESS ON FILE"}, {"city": "N/A"}]
)
def test_an_owner_whose_address_may_say_nothing_is_left_to_a_person(said):
    assert left_out(frozen([(V1, "9LA")], [owner(**said)])) == {V1: "owner_to_confirm"}


def test_a_vehicle_is_listed_for_the_owner_who_is_known_beside_one_to_confirm():
    found = frozen([(V1, "9LA")], [owner(), owner(role="lessor", name1="BANK", addr1="NULL")])
    assert listings(found) == [(V1, "9LA")]
    assert [row["role"] for row in found.pieces.to_pylist()] == ["owner"]
    assert found.unwritten.to_pylist() == [{"vin": V1, "family": "safety", "role": "lessor"}]


def test_the_newest_record_decides_even_where_an_older_one_names_somebody():
    found = frozen([(V1, "9LA")], [owner(), owner(as_of=date(2012, 6, 1), addr1="UNKNOWN")])
    assert left_out(found) == {V1: "owner_to_confirm"}


def test_a_name_that_may_stand_for_nothing_over_a_good_address_is_written_to():
    found = frozen([(V1, "9LA")], [owner(name1="UNKNOWN OWNER", name2="NULL SMITH")])
    assert (left_out(found), found.pieces.num_rows) == ({}, 1)


def test_the_records_that_nobody_is_written_to_at_are_listed_with_file_and_row(
    sqlite_session, folder
):
    folder.campaign("9LA").dealer()
    folder.vehicle(V1, "9LA", owner="Null").vehicle(V2, "9LA").vehicle(V3, "9LA", owner=None)
    folder.owner(V2, role="lessor", name1="BANK", addr1="RETURNED MAIL").owner(V3, zip="90001")
    intake.load(sqlite_session, [folder.write()], on=ON)
    summary = freeze_follow_up(sqlite_session, asked("9LA"), ON)
    assert summary["left_out"] == {"address_incomplete": 1}
    assert summary["unwritten_owners"] == {"lessor": 1}
    rows = unwritten(sqlite_session, "small", ON).to_pylist()
    assert [(row["vin"], row["role"], row["reason"], row["file"], row["row"]) for row in rows] == [
        (V1, "owner", "owner_to_confirm", "owners.csv", 2),
        (V2, "lessor", "owner_to_confirm", "owners.csv", 4),
        (V3, "owner", "address_incomplete", "owners.csv", 5),
    ]
    assert "Null" not in str(rows)
    assert "RETURNED" not in str(rows)


def test_a_lease_that_ended_after_the_freeze_is_listed_for_a_person(sqlite_session, folder):
    folder.campaign("9LA").dealer().vehicle(V1, "9LA", owner=None).vehicle(V2, "9LA")
    for role in ("lessor", "lessee"):
        folder.owner(V1, role=role, name1="BANK", end_date=date(2013, 4, 1))
    intake.load(sqlite_session, [folder.write()], on=ON)
    freeze_follow_up(sqlite_session, asked("9LA"), ON)
    assert unwritten(sqlite_session, "small", ON).num_rows == 0
    rows = unwritten(sqlite_session, "small", date(2013, 4, 1)).to_pylist()
    assert [(row["vin"], row["role"], row["reason"]) for row in rows] == [
        (V1, "lessee", "no_current_owner"), (V1, "lessor", "no_current_owner"),
    ]  # fmt: skip


def test_a_record_that_was_mended_is_listed_no_more(sqlite_session, folder, tmp_path):
    folder.campaign("9LA").dealer().vehicle(V1, "9LA", owner="Null").vehicle(V2, "9LA")
    intake.load(sqlite_session, [folder.write()], on=ON)
    freeze_follow_up(sqlite_session, asked("9LA"), ON)
    keep = {"column_name": "owners.name1", "word": "Null", "meaning": "keep"}
    intake.load(sqlite_session, [write_csv(tmp_path / "placeholder_words.csv", [keep])], on=ON)
    assert unwritten(sqlite_session, "small", ON).num_rows == 0
    again = replace(asked("9LA"), name="next", rest_weeks=0)
    assert freeze_follow_up(sqlite_session, again, ON)["listed"] == 2


def test_more_campaigns_than_a_bundle_can_name_are_refused():
    many = {f"C{n}": CAMPAIGNS["9LA"] for n in range(63)}
    standing = pa.table({name: [""] for name in ("vin", "campaign_code", "status", "reason")})
    vehicles = pa.table({"vin": [V1], "dealer_code": ["D0001"]})
    with pytest.raises(BadInput, match="at most 62 campaigns, not 63"):
        freeze(
            Records(standing, OWNER.empty_table(), vehicles, DEALERS),
            many,
            asked(*many),
            ON,
            packaged(),
        )


def test_a_bundle_names_62_campaigns():
    codes = [f"C{n}" for n in range(62)]
    standing = pa.table({
        "vin": [V1] * 62, "campaign_code": codes, "status": ["open"] * 62, "reason": [""] * 62,
    })  # fmt: skip
    found = freeze(
        Records(
            standing,
            pa.Table.from_pylist([owner()], OWNER),
            pa.table({"vin": [V1], "dealer_code": ["D0001"]}),
            DEALERS,
        ),
        dict.fromkeys(codes, CAMPAIGNS["9LA"]),
        asked(*codes),
        ON,
        packaged(),
    )
    assert listings(found) == [(V1, "+".join(codes))]


def test_a_vehicle_with_two_pieces_is_one_vehicle_listed_and_left_out_alike(sqlite_session, folder):
    """Two vehicles have a recall and a service campaign, one the recall alone: three vehicles, five pieces."""
    folder.campaign("9LA").campaign(
        "SVC", campaign_type="service_campaign", nhtsa_campaign_number=""
    )
    folder.dealer().vehicle(V1, "9LA", "SVC").vehicle(V2, "9LA", "SVC").vehicle(V3, "9LA")
    intake.load(sqlite_session, [folder.write()], on=ON)
    frozen = freeze_follow_up(sqlite_session, asked("9LA", "SVC"), ON)
    assert (frozen["listed"], frozen["pieces"], frozen["left_out"]) == (3, 5, {})
    assert frozen["bundles"] == {"9LA": 3, "SVC": 2}
    again = replace(asked("9LA", "SVC"), name="next")
    with pytest.raises(NothingToDo) as refused:
        freeze_follow_up(sqlite_session, again, ON)
    said = refused.value.hint
    assert any(word == "3" for word in said.replace(",", " ").replace(".", " ").split()), said
    assert not any(word == "5" for word in said.replace(",", " ").replace(".", " ").split()), said
