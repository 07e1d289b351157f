"""Who still gets a letter, asked at the instant of release."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from renotify.ledger.holders import NOTHING_BESIDE, STOCK
from renotify.ledger.returned_mail import RECORD
from renotify.mailing import eligibility
from renotify.mailing.wave_tables import ELSEWHERE
from renotify.values.piece import piece_id
from renotify.values.placeholders import packaged

ON = date(2013, 3, 11)
FROZEN = date(2012, 12, 1)
VIN = "JTHBK262965900001"

OWNERS = pa.schema(
    [
        (n, pa.date32() if n in {"as_of", "end_date"} else pa.string())
        for n in eligibility.OWNER_COLUMNS
    ]
)
PIECES = pa.schema(
    [
        (n, {"owner_as_of": pa.date32(), "wave": pa.int64()}.get(n, pa.string()))
        for n in eligibility.PIECE_COLUMNS
    ]
)


def owner(role="owner", as_of=FROZEN, **extra):
    row = {
        "vin": VIN, "role": role, "as_of": as_of, "name1": "ANA EXAMPLE", "addr1": "12 Elm St",
        "city": "Boston", "state": "MA", "zip": "02108", "zip4": "", "delivery_point": "",
        "language": "", "country": "", "end_date": None,
    }  # fmt: skip
    return {**row, **extra}


def piece(bundle="9LA+ALE", role="owner", family="safety"):
    return {
        "vin": VIN, "piece_id": piece_id("F", VIN, family, role), "follow_up": "F",
        "family": family, "role": role, "bundle": bundle, "dealer_code": "D0001", "language": "en",
        "owner_as_of": FROZEN, "wave": 1,
    }  # fmt: skip


def decide(
    standing, owners=None, planned=None, *, beside=NOTHING_BESIDE, came_back=(), elsewhere=(), resting=()
):  # fmt: skip
    owners = [owner()] if owners is None else owners
    planned = planned or [piece()]
    rows = [
        {
            "vin": VIN,
            "campaign_code": code,
            "status": status.partition(":")[0],
            "reason": status.partition(":")[2],
        }
        for code, status in standing.items()
    ]
    decided = eligibility.decide(
        pa.Table.from_pylist(list(planned), PIECES),
        eligibility.Known(
            pa.Table.from_pylist(rows, eligibility.STANDING),
            pa.Table.from_pylist(list(owners), OWNERS),
            beside=beside,
            came_back=pa.Table.from_pylist(list(came_back), RECORD),
            elsewhere=pa.Table.from_pylist(list(elsewhere), ELSEWHERE),
            resting=pa.Table.from_pylist(
                [{"vin": VIN, "campaign_code": code} for code in resting], eligibility.RESTING
            ),
        ),
        packaged(),
        on=ON,
    )
    return decided.to_pylist()


def test_an_open_vehicle_gets_its_letter_with_the_instant_of_the_check():
    (row,) = decide({"9LA": "open", "ALE": "open"})
    assert (row["state"], row["bundle"]) == ("released", "9LA+ALE")
    assert row["reason"] == "open on 2013-03-11"
    assert row["checked_on"] == ON


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        ({"9LA": "repaired", "ALE": "repaired"}, "repaired"),
        ({"9LA": "inspected_ok", "ALE": "removed"}, "inspected_ok"),
        ({"9LA": "unreachable:export", "ALE": "unreachable:export"}, "unreachable_export"),
        ({"9LA": "removed"}, "removed"),
        ({}, "not_in_population"),
    ],
)
def test_a_vehicle_with_nothing_open_gets_no_letter(standing, reason):
    (row,) = decide(standing)
    assert (row["state"], row["reason"], row["checked_on"]) == ("withdrawn", reason, ON)
    assert row["bundle"] == "9LA+ALE"


def test_a_letter_names_only_what_is_still_open():
    (row,) = decide({"9LA": "repaired", "ALE": "open"})
    assert (row["state"], row["bundle"], row["rebundled"]) == ("released", "ALE", True)
    assert row["reason"] == "open on 2013-03-11; 9LA repaired"


@pytest.mark.parametrize(
    ("resting", "expected"),
    [
        ([], ("released", "ALE")),
        (["9LA"], ("released", "ALE")),  # done since: nothing is said of it twice
        (["CLC"], ("released", "ALE")),
        (["ALE"], ("withdrawn", "9LA+ALE")),
    ],
)
def test_a_letter_rests_after_another_one_about_something_that_it_would_name(resting, expected):
    (row,) = decide({"9LA": "repaired", "ALE": "open", "CLC": "open"}, resting=resting)
    assert (row["state"], row["bundle"]) == expected
    assert (row["reason"] == "resting") == (expected[0] == "withdrawn")


def test_what_is_closed_and_what_is_open_are_told_in_the_order_of_the_letter():
    """Neither in the order of the alphabet nor in that of the records."""
    standing = {
        "ALE": "open", "9LA": "repaired", "CLC": "removed", "BLB": "inspected_ok", "DLD": "open",
    }  # fmt: skip
    (row,) = decide(standing, planned=[piece("CLC+DLD+9LA+ALE+BLB")])
    assert row["bundle"] == "DLD+ALE"
    assert row["reason"] == "open on 2013-03-11; CLC removed, 9LA repaired, BLB inspected_ok"


def test_a_newer_record_of_the_owner_gives_the_address():
    moved = owner(as_of=date(2013, 2, 1), addr1="9 Oak Ave", zip="02109")
    (row,) = decide({"9LA": "open"}, [owner(), moved], [piece("9LA")])
    assert (row["owner_as_of"], row["zip"], row["readdressed"]) == (moved["as_of"], "02109", True)
    assert row["reason"].endswith("newer owner record")


def test_a_record_from_after_the_day_is_not_known_yet():
    (row,) = decide({"9LA": "open"}, [owner(), owner(as_of=date(2013, 3, 12))], [piece("9LA")])
    assert row["owner_as_of"] == FROZEN


def test_a_record_of_the_day_of_release_counts():
    moved = owner(as_of=ON, addr1="9 Oak Ave", zip="02109")
    (row,) = decide({"9LA": "open"}, [owner(), moved], [piece("9LA")])
    assert (row["owner_as_of"], row["zip"], row["readdressed"]) == (ON, "02109", True)


def test_the_only_record_of_an_owner_may_be_of_the_day_of_release():
    (row,) = decide({"9LA": "open"}, [owner(as_of=ON)], [piece("9LA")])
    assert (row["state"], row["zip"]) == ("released", "02108")


@pytest.mark.parametrize("name", ["ANA EXAMPLE", "BEN EXAMPLE"])
def test_an_older_address_is_not_written_to_when_the_newest_cannot_be_mailed(name):
    """As the frozen list: who has moved is not at the older address, be it the same person or another."""
    unusable = owner(as_of=date(2013, 2, 1), name1=name, addr1="")
    (row,) = decide({"9LA": "open"}, [owner(name1="ANA EXAMPLE"), unusable], [piece("9LA")])
    assert (row["state"], row["reason"]) == ("withdrawn", "address_not_mailable")


@pytest.mark.parametrize(
    "said", [{"addr1": "12 ELM ST DO NOT MAIL"}, {"addr1": "RETURNED MAIL"}, {"city": "#N/A"}]
)
def test_a_newer_record_that_a_person_must_confirm_withdraws_the_letter(said):
    """Not even the same person's older address is written to: the newer record may say that it is no good."""
    newer = owner(**({"as_of": date(2013, 3, 2)} | said))
    (row,) = decide({"9LA": "open"}, [owner(), newer], [piece("9LA")])
    assert (row["state"], row["reason"]) == ("withdrawn", "owner_to_confirm")


def test_a_vehicle_without_an_owner_record_is_withdrawn():
    (row,) = decide({"9LA": "open"}, [], [piece("9LA")])
    assert (row["state"], row["reason"]) == ("withdrawn", "no_owner")


def test_an_ended_lease_moves_the_letter_to_the_new_owner():
    leased = [owner("lessor"), owner("lessee"), owner(as_of=date(2013, 2, 1), name1="BEN EXAMPLE")]
    planned = [piece("9LA", "lessor"), piece("9LA", "lessee")]
    rows = {row["role"]: row for row in decide({"9LA": "open"}, leased, planned)}
    assert {role: row["state"] for role, row in rows.items()} == {
        "lessor": "withdrawn", "lessee": "withdrawn", "owner": "released",
    }  # fmt: skip
    assert rows["lessor"]["reason"] == "moved_owner"
    assert rows["owner"]["added"]
    assert rows["owner"]["piece_id"] == piece_id("F", VIN, "safety", "owner")


def test_lessor_and_lessee_both_get_the_letter():
    rows = decide(
        {"9LA": "open"},
        [owner("lessor"), owner("lessee", as_of=date(2013, 1, 5))],
        [piece("9LA", "lessor"), piece("9LA", "lessee")],
    )
    assert [row["state"] for row in rows] == ["released", "released"]


def test_a_registration_renewed_later_than_the_lease_withdraws_nobody():
    before = owner(as_of=date(2012, 11, 1))
    rows = decide(
        {"9LA": "open"},
        [before, owner(as_of=date(2013, 2, 1)), owner("lessee", name1="BEN EXAMPLE")],
        [piece("9LA", "owner"), piece("9LA", "lessee")],
    )
    assert [row["state"] for row in rows] == ["released", "released"]


def test_an_owner_and_a_lessor_recorded_on_one_day_both_hold_the_vehicle():
    """Only a newer record of someone else takes a role away; the same day is not newer."""
    for role, other in (("owner", "lessor"), ("lessor", "owner")):
        rows = decide(
            {"9LA": "open"}, [owner(), owner("lessor", name1="BANK")], [piece("9LA", role)]
        )
        assert [(row["role"], row["state"]) for row in rows] == [(role, "released")], other


def test_a_lessor_recorded_a_day_later_takes_the_owner_s_place():
    later = owner("lessor", as_of=date(2012, 12, 2), name1="BANK EXAMPLE")
    rows = decide({"9LA": "open"}, [owner(), later], [piece("9LA")])
    assert {row["role"]: row["state"] for row in rows} == {
        "owner": "withdrawn", "lessor": "released",
    }  # fmt: skip


def test_the_two_families_of_a_vehicle_are_decided_apart():
    planned = [piece("9LA"), piece("CLB", family="service")]
    rows = {r["family"]: r for r in decide({"9LA": "repaired", "CLB": "open"}, planned=planned)}
    assert {f: r["state"] for f, r in rows.items()} == {
        "safety": "withdrawn",
        "service": "released",
    }


def test_a_removal_says_more_than_a_campaign_that_never_had_the_vehicle():
    (row,) = decide({"ALE": "removed"})
    assert (row["state"], row["reason"]) == ("withdrawn", "removed")


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("removed", "repaired", "repaired"),
        ("removed", "inspected_ok", "inspected_ok"),
        ("removed", "unreachable:theft", "unreachable_theft"),
        ("unreachable:theft", "inspected_ok", "inspected_ok"),
        ("inspected_ok", "repaired", "repaired"),
        ("inspected_ok", "inspected_ok", "inspected_ok"),
    ],
)
def test_of_several_reasons_the_one_nearest_to_a_remedy_is_told(first, second, reason):
    (row,) = decide({"9LA": first, "ALE": second})
    assert row["reason"] == reason


def test_an_owner_who_lost_the_vehicle_as_well_gets_no_letter_in_the_lessee_s_place():
    """Owner since February; neither the lessee of the list nor the lessor beside it holds the vehicle any longer."""
    owners = [owner("lessor"), owner("lessee"), owner(as_of=date(2013, 2, 1), name1="BEN EXAMPLE")]
    rows = decide({"9LA": "open"}, owners, [piece("9LA", "lessee")])
    assert {row["role"]: row["state"] for row in rows} == {
        "lessee": "withdrawn", "owner": "released",
    }  # fmt: skip


def test_a_lease_that_ended_since_the_freeze_withdraws_the_lessee_s_letter_and_leaves_the_lessor_s():
    over = [owner("lessee", end_date=ON), owner("lessor", name1="TITLED TRUST")]
    for pieces in ([piece("9LA", "lessee"), piece("9LA", "lessor")], [piece("9LA", "lessee")]):
        rows = decide({"9LA": "open"}, over, pieces)
        assert {row["role"]: (row["state"], row["reason"]) for row in rows} == {
            "lessee": ("withdrawn", "moved_owner"), "lessor": ("released", f"open on {ON}"),
        }  # fmt: skip
    sold = [owner("lessee"), owner("lessor", name1="TITLED TRUST", end_date=ON)]
    rows = decide({"9LA": "open"}, sold, [piece("9LA", "lessee"), piece("9LA", "lessor")])
    assert [(row["state"], row["reason"]) for row in rows] == [
        ("withdrawn", "no_current_owner")
    ] * 2


def test_where_nobody_took_over_no_owner_has_moved():
    """The car of an owner who gave it up; an owner of before the lease that ended does not get it back."""
    (row,) = decide({"9LA": "open"}, [owner(end_date=ON)], [piece("9LA")])
    assert (row["state"], row["reason"]) == ("withdrawn", "no_current_owner")
    before = owner(as_of=date(2012, 1, 1), name1="BEN EXAMPLE")
    rows = decide(
        {"9LA": "open"}, [before, owner("lessor", end_date=ON), owner("lessee")], [piece("9LA", "lessee")]
    )  # fmt: skip
    assert [(row["state"], row["reason"]) for row in rows] == [("withdrawn", "no_current_owner")]


@pytest.mark.parametrize(
    ("sold", "reason"), [(None, "in_dealer_stock"), (ON, "no_current_owner"), (date(2013, 4, 1), "in_dealer_stock")]
)  # fmt: skip
def test_a_vehicle_that_came_into_stock_since_is_not_written_to_at_its_former_owner_s(sold, reason):
    """Traded in after the list was frozen: its dealer holds it; sold again, nobody on record does, until a buyer is."""
    stock = pa.Table.from_pylist(
        [{"vin": VIN, "in_date": date(2013, 3, 4), "sold_date": sold}], STOCK
    )
    beside = replace(NOTHING_BESIDE, stock=stock)
    (row,) = decide({"9LA": "open"}, planned=[piece("9LA")], beside=beside)
    assert (row["state"], row["reason"]) == ("withdrawn", reason)
    buyer = owner(as_of=date(2013, 3, 8), name1="BEA EXAMPLE")
    (row,) = decide({"9LA": "open"}, [owner(), buyer], [piece("9LA")], beside=beside)
    assert (row["state"], row["new_owner"]) == ("released", True)


def test_the_lessor_s_own_title_withdraws_nothing_and_adds_no_letter():
    lease = [owner("lessor", name1="TITLED TRUST"), owner("lessee")]
    title = owner(as_of=date(2013, 2, 1), name1="Titled Trust, Inc.")
    rows = decide(
        {"9LA": "open"}, [*lease, title], [piece("9LA", "lessor"), piece("9LA", "lessee")]
    )
    assert {row["role"]: row["state"] for row in rows} == {"lessor": "released", "lessee": "released"}  # fmt: skip


def test_an_owner_who_moved_abroad_is_not_written_to_at_the_old_address():
    moved = owner(as_of=date(2013, 2, 1), city="Toronto", state="ON", zip="M5V 2T6")
    (row,) = decide({"9LA": "open"}, [owner(), moved], [piece("9LA")])
    assert (row["state"], row["abroad"], row["zip"]) == ("released", True, "M5V 2T6")
    (row,) = decide({"9LA": "open"}, [owner(), moved | {"addr1": ""}], [piece("9LA")])
    assert (row["state"], row["reason"]) == ("withdrawn", "address_abroad")
