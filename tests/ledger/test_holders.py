"""Who holds a vehicle: by what the records say of their days, in whatever order they come."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pyarrow as pa
import pytest

from folder import ON, make_vin
from renotify.ledger.holders import RECORD, holders

VIN, OTHER = make_vin(1), make_vin(2)
SCHEMA = pa.schema([(n, pa.date32() if n in {"as_of", "end_date"} else pa.string()) for n in RECORD])  # fmt: skip


def record(role, year, name=None, *, end=None, vin=VIN):
    """A record of the first of January; a name of the role's own unless one is said."""
    last = None if end is None else date(end, 1, 1)
    return {"vin": vin, "role": role, "as_of": date(year, 1, 1), "end_date": last, "name1": name or role}  # fmt: skip


def held(*records, on=ON):
    """Roles that hold the vehicle with their years; every order of the records must say the same."""
    answers = set()
    for order in permutations(records):
        found = holders(pa.Table.from_pylist(list(order), SCHEMA), on).to_pylist()
        answers.add(frozenset((row["role"], row["as_of"].year) for row in found if row["holds"]))
    (answer,) = answers
    return answer


LEASE = (record("lessor", 2009), record("lessee", 2009))


@pytest.mark.parametrize(
    ("records", "who"),
    [
        ((record("owner", 2009),), {("owner", 2009)}),
        ((record("owner", 2009), record("owner", 2011, "B")), {("owner", 2011)}),
        (LEASE, {("lessor", 2009), ("lessee", 2009)}),
        ((LEASE[0],), {("lessor", 2009)}),
        # a newer owner has closed the lease
        ((*LEASE, record("owner", 2012)), {("owner", 2012)}),
        ((LEASE[1], record("owner", 2012)), {("owner", 2012)}),
        ((LEASE[0], record("owner", 2012)), {("owner", 2012)}),
        # newer than one of the two is not enough: they hold it together
        ((LEASE[0], record("lessee", 2011), record("owner", 2010)), {("lessor", 2009), ("lessee", 2011)}),
        # a newer lease with a lessor has taken the owner's place; without one the owner is the lessor
        ((record("owner", 2007), *LEASE), {("lessor", 2009), ("lessee", 2009)}),
        ((record("owner", 2007), LEASE[0]), {("lessor", 2009)}),
        ((record("owner", 2007), LEASE[1]), {("owner", 2007), ("lessee", 2009)}),
        # one day
        ((*LEASE, record("owner", 2009)), {("lessor", 2009), ("lessee", 2009), ("owner", 2009)}),
    ],
)  # fmt: skip
def test_the_newest_of_owner_and_lease_holds_the_vehicle(records, who):
    assert held(*records) == who


@pytest.mark.parametrize(
    ("records", "who"),
    [
        # the owner of before the lease is the owner still, whenever the registration is renewed
        ((record("owner", 2008), LEASE[1], record("owner", 2012)), {("owner", 2012), ("lessee", 2009)}),
        ((record("owner", 2008, "A"), LEASE[1], record("owner", 2012, "B")), {("owner", 2012)}),
        ((record("owner", 2008, "Trust "), LEASE[1], record("owner", 2012, "TRUST")), {("owner", 2012), ("lessee", 2009)}),
        # owner once, and again after somebody else
        ((record("owner", 2007, "A"), record("owner", 2008, "B"), LEASE[1], record("owner", 2012, "A")), {("owner", 2012)}),
    ],
)  # fmt: skip
def test_a_registration_renewed_is_no_purchase(records, who):
    assert held(*records) == who


@pytest.mark.parametrize(
    ("records", "who"),
    [
        ((record("lessor", 2009), record("lessee", 2009, end=2012)), set()),
        ((record("lessor", 2009, end=2012), record("lessee", 2009)), set()),
        ((record("lessor", 2009, end=2014), record("lessee", 2009, end=2014)), {("lessor", 2009), ("lessee", 2009)}),
        # the owner beside an ended lease
        ((record("owner", 2008), record("lessor", 2009), record("lessee", 2009, end=2012)), {("owner", 2008)}),
        # the next lessee of the same lessor
        ((record("lessor", 2009), record("lessee", 2009, end=2012), record("lessee", 2012, "B")), {("lessor", 2009), ("lessee", 2012)}),
        # a lessor who came after the end
        ((record("lessor", 2013), record("lessee", 2009, end=2012)), {("lessor", 2013)}),
        ((record("owner", 2009, end=2012),), set()),
    ],
)  # fmt: skip
def test_whoever_has_given_the_vehicle_up_holds_nothing(records, who):
    assert held(*records) == who


def test_a_lease_is_over_from_its_last_day_on():
    ending = record("lessee", 2009, end=2013)
    assert held(ending, on=date(2012, 12, 31)) == {("lessee", 2009)}
    assert held(ending, on=date(2013, 1, 1)) == set()


def test_a_record_of_a_later_day_is_not_known_yet():
    assert held(*LEASE, record("owner", 2014)) == {("lessor", 2009), ("lessee", 2009)}


def test_vehicles_are_judged_each_for_itself():
    found = holders(
        pa.Table.from_pylist([*LEASE, record("owner", 2012, vin=OTHER)], SCHEMA), ON
    ).to_pylist()
    assert {(row["vin"], row["role"]) for row in found if row["holds"]} == {
        (VIN, "lessor"), (VIN, "lessee"), (OTHER, "owner"),
    }  # fmt: skip
