"""Who holds a vehicle: by what the records say of their days, in whatever order they come."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import count, permutations, product
from operator import itemgetter

import pyarrow as pa

from folder import ON, make_vin
from renotify.ledger.holders import (
    GIVEN_UP,
    NOTHING_BESIDE,
    RECORD,
    REFUSED_VIN,
    SEARCHED,
    STOCK,
    Beside,
    holders,
)

VIN, OTHER = make_vin(1), make_vin(2)
SCHEMA = pa.schema([(n, pa.date32() if n in {"as_of", "end_date"} else pa.string()) for n in RECORD])  # fmt: skip


def record(role, year, name=None, *, end=None, vin=VIN):
    """A record of the first of January; a name of the role's own unless one is said."""
    last = None if end is None else date(end, 1, 1)
    return {"vin": vin, "role": role, "as_of": date(year, 1, 1), "end_date": last, "name1": name or role}  # fmt: skip


def held(*records, on=ON, beside=lambda vins: NOTHING_BESIDE):
    """Roles that hold the vehicle with their years; every order of the records must say the same, each on a vehicle of its own."""
    (answer,) = held_each([records], on, beside)
    return answer


def held_each(cases, on=ON, beside=lambda vins: NOTHING_BESIDE):
    """The same of several cases, asked at once: vehicles are judged each for itself."""
    vins = map(make_vin, count())
    orders = [{next(vins): order for order in permutations(records)} for records in cases]
    rows = [one | {"vin": vin} for of in orders for vin, order in of.items() for one in order]
    all_vins = [vin for of in orders for vin in of]
    found = holders(pa.Table.from_pylist(rows, SCHEMA), on, beside(all_vins)).to_pylist()
    who = defaultdict(set)
    for row in found:
        if row["holds"]:
            who[row["vin"]].add((row["role"], row["as_of"].year))
    answers = [{frozenset(who[vin]) for vin in of} for of in orders]
    assert all(len(one) == 1 for one in answers), answers
    return [one.pop() for one in answers]


def told(cases, asked=held_each):
    """Ask all cases of a rule at once: of each its records, and who holds the vehicle."""
    answers = asked([records for records, _ in cases])
    for (records, who), answer in zip(cases, answers, strict=True):
        assert answer == who, records


LEASE = (record("lessor", 2009), record("lessee", 2009))


def test_the_newest_of_owner_and_lease_holds_the_vehicle():
    told(
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


def test_a_registration_renewed_is_no_purchase():
    told(
        [
            # the owner of before the lease is the owner still, whenever the registration is renewed
            ((record("owner", 2008), LEASE[1], record("owner", 2012)), {("owner", 2012), ("lessee", 2009)}),
            ((record("owner", 2008, "A"), LEASE[1], record("owner", 2012, "B")), {("owner", 2012)}),
            ((record("owner", 2008, "Trust "), LEASE[1], record("owner", 2012, "TRUST")), {("owner", 2012), ("lessee", 2009)}),
            # owner once, and again after somebody else
            ((record("owner", 2007, "A"), record("owner", 2008, "B"), LEASE[1], record("owner", 2012, "A")), {("owner", 2012)}),
        ],
    )  # fmt: skip


def test_whoever_has_given_the_vehicle_up_holds_nothing():
    told(
        [
            ((record("lessor", 2009, end=2012), record("lessee", 2009)), set()),
            ((record("lessor", 2009, end=2014), record("lessee", 2009, end=2014)), {("lessor", 2009), ("lessee", 2009)}),
            ((record("lessor", 2009, end=2012), record("lessee", 2009, end=2012)), set()),
            # the owner of before a lease that ended is not the owner again; of one without a lessor he never ceased to be
            ((record("owner", 2008), record("lessor", 2009, end=2012), record("lessee", 2009)), set()),
            ((record("owner", 2008), record("lessee", 2009, end=2012)), {("owner", 2008)}),
            # an owner who is newer than the lease that ended
            ((record("owner", 2011), record("lessor", 2009), record("lessee", 2009, end=2012)), {("owner", 2011)}),
            # the owner leased it again, without a lessor, after a lease of long ago
            ((record("owner", 2008), record("lessor", 2006, end=2007), record("lessee", 2009, end=2012)), {("owner", 2008)}),
            # the next lessee of the same lessor
            ((record("lessor", 2009), record("lessee", 2009, end=2012), record("lessee", 2012, "B")), {("lessor", 2009), ("lessee", 2012)}),
            # a lessor who came after the end
            ((record("lessor", 2013), record("lessee", 2009, end=2012)), {("lessor", 2013)}),
            ((record("owner", 2009, end=2012),), set()),
        ],
    )  # fmt: skip


def test_at_the_end_of_the_lessee_s_lease_the_vehicle_goes_back_to_the_lessor():
    told(
        [
            ((record("lessor", 2009), record("lessee", 2009, end=2012)), {("lessor", 2009)}),
            ((record("lessor", 2009, end=2014), record("lessee", 2009, end=2012)), {("lessor", 2009)}),
            # who owned it before the lease is not the owner again
            ((record("owner", 2008), record("lessor", 2009), record("lessee", 2009, end=2012)), {("lessor", 2009)}),
            # the lessee's record speaks for the lease after its end as before: it had closed what the owner of 2010 says
            ((record("owner", 2010), record("lessor", 2009), record("lessee", 2011)), {("lessor", 2009), ("lessee", 2011)}),
            ((record("owner", 2010), record("lessor", 2009), record("lessee", 2011, end=2012)), {("lessor", 2009)}),
            # whoever bought it at the end or after it, the lessee too
            ((record("owner", 2012, "lessee"), record("lessor", 2009), record("lessee", 2009, end=2012)), {("owner", 2012)}),
            # the lessor has sold it since
            ((record("lessor", 2009, end=2013), record("lessee", 2009, end=2012)), set()),
        ],
    )  # fmt: skip


TRUST = record("lessor", 2010, "Titled Trust")


NAMES = (
    "Titled Trust",
    "TITLED TRUST, INC.",
    "Titled Trust Inc",
    "The Titled Trust L.L.C.",
    "titled  trust co., ltd.",
)


def test_the_title_of_the_lessor_is_no_sale_and_asks_for_no_second_letter():
    lessee = record("lessee", 2010)
    both = {("lessor", 2010), ("lessee", 2010)}
    owners = [(record("owner", year, name),) for name in NAMES for year in (2008, 2010, 2012)]
    owners += [(record("owner", 2008, "A"), record("owner", 2012, name)) for name in NAMES]
    told([((TRUST, lessee, *those), both) for those in owners])


def test_a_lessor_of_another_name_has_sold_the_vehicle():
    assert held(TRUST, record("lessee", 2010), record("owner", 2012, "Untitled Trust")) == {("owner", 2012)}  # fmt: skip
    assert held(record("lessor", 2010, "Trust Co."), record("owner", 2012, "Trust Inc.")) == {("owner", 2012)}  # fmt: skip


def test_a_lessee_who_bought_the_vehicle_is_its_owner_whatever_the_lessor_s_name():
    lease = (record("lessor", 2010, "A"), record("lessee", 2010, "A"))
    assert held(*lease, record("owner", 2012, "A")) == {("owner", 2012)}


def test_the_title_holder_gets_one_letter_when_the_lease_has_ended_and_a_buyer_after_that():
    ended, sold = record("lessee", 2010, end=2012), TRUST | {"end_date": date(2012, 1, 1)}
    for year in (2008, 2010, 2011):
        assert held(TRUST, ended, record("owner", year, "Titled Trust")) == {("lessor", 2010)}
        assert held(sold, record("owner", year, "Titled Trust")) == {("owner", year)}
    title = record("owner", 2011, "TITLED TRUST")
    assert held(TRUST, record("lessee", 2010), title, record("owner", 2012, "B")) == {("owner", 2012)}  # fmt: skip


def test_a_lease_is_over_from_its_last_day_on():
    ending = record("lessee", 2009, end=2013)
    assert held(ending, on=date(2012, 12, 31)) == {("lessee", 2009)}
    assert held(ending, on=date(2013, 1, 1)) == set()


def test_a_record_of_a_later_day_is_not_known_yet():
    assert held(*LEASE, record("owner", 2014)) == {("lessor", 2009), ("lessee", 2009)}


def test_vehicles_are_judged_each_for_itself():
    found = holders(
        pa.Table.from_pylist([*LEASE, record("owner", 2012, vin=OTHER)], SCHEMA), ON, NOTHING_BESIDE
    ).to_pylist()
    assert {(row["vin"], row["role"]) for row in found if row["holds"]} == {
        (VIN, "lessor"), (VIN, "lessee"), (OTHER, "owner"),
    }  # fmt: skip


def stocked(*years, vins=(VIN,)):
    """Stays of vehicles in dealers' stock, each a first of January and the one of the sale, or None."""
    days = [[None if year is None else date(year, 1, 1) for year in pair] for pair in years]
    rows = [{"vin": vin, "in_date": day, "sold_date": sold} for vin in vins for day, sold in days]
    return Beside(pa.Table.from_pylist(rows, STOCK), REFUSED_VIN.empty_table())


def in_stock(*records, year, on=ON):
    """Roles that hold a vehicle that came into a dealer's stock on the first of January; every order must say the same."""
    return held(*records, on=on, beside=lambda vins: stocked((year, None), vins=vins))


def test_a_vehicle_traded_in_has_left_whoever_had_it_and_a_renewed_record_brings_nobody_back():
    first = record("owner", 2009, "A")
    assert in_stock(first, year=2012) == set()
    assert in_stock(first, record("owner", 2013, "A"), year=2012) == set()
    assert in_stock(*LEASE, year=2012) == set()
    assert in_stock(first, year=2012, on=date(2011, 12, 31)) == {("owner", 2009)}


def test_whoever_appears_after_the_stock_holds_the_vehicle():
    first, buyer = record("owner", 2009, "A"), record("owner", 2012, "B")
    assert in_stock(first, buyer, year=2012) == {("owner", 2012)}
    assert in_stock(buyer, year=2007) == {("owner", 2012)}  # bought new from that stock
    assert in_stock(*LEASE, record("lessor", 2013, "lessor"), buyer, year=2012) == {("owner", 2012)}
    again = (record("lessor", 2012, "C"), record("lessee", 2012, "D"))
    assert in_stock(*LEASE, *again, year=2012) == {("lessor", 2012), ("lessee", 2012)}


def test_a_dealer_holds_a_vehicle_until_it_is_sold_again_and_then_nobody_known_does():
    def why(*stays, on=ON):
        records = pa.Table.from_pylist([record("owner", 2009)], SCHEMA)
        ((holds, otherwise),) = ((r["holds"], r["otherwise"]) for r in holders(records, on, stocked(*stays)).to_pylist())  # fmt: skip
        return otherwise if not holds else ""

    assert why((2011, None)) == "in_dealer_stock"
    assert why((2011, 2012)) == "no_current_owner"
    assert why((2011, 2012), on=date(2011, 12, 31)) == "in_dealer_stock"
    assert why((2010, 2011), (2012, None)) == "in_dealer_stock"
    assert why((2012, None), on=date(2011, 12, 31)) == ""


def test_nobody_holds_a_vehicle_whose_newest_owner_row_was_refused():
    known = Beside(STOCK.empty_table(), pa.table({"vin": [VIN]}))
    rows = [record("owner", 2009), record("owner", 2009, vin=OTHER)]
    found = holders(pa.Table.from_pylist(rows, SCHEMA), ON, known).to_pylist()
    assert {(row["vin"], row["holds"], row["otherwise"]) for row in found} == {
        (VIN, False, "owner_row_refused"), (OTHER, True, "no_current_owner"),
    }  # fmt: skip


def searched(*records, **how):
    """Roles that hold the vehicle once a search has ended on a day; every order of the records must say the same."""
    (answer,) = searched_each([records], **how)
    return answer


def searched_each(cases, ended=date(2013, 2, 1), on=ON, stays=(), refused=()):
    """The same of several cases, asked at once."""

    def beside(vins):
        return Beside(
            stocked(*stays, vins=vins).stock,
            pa.table({"vin": vins if refused else []}, REFUSED_VIN),
            pa.table({"vin": vins, "ended_on": [ended] * len(vins)}, SEARCHED),
            ("owner", "lessor"),
        )

    return held_each(cases, on, beside)


SOLD, RETURNED = record("owner", 2009, "A", end=2012), record("lessee", 2009, end=2012)


def test_after_a_search_without_a_result_the_last_purchaser_known_holds_the_vehicle():
    told(
        [
            ((SOLD,), {("owner", 2009)}),
            # the newest of those who bought it; a lessee bought nothing
            ((record("owner", 2008, "A", end=2010), record("lessor", 2010, end=2013)), {("lessor", 2010)}),
            ((record("lessor", 2009, end=2013), record("lessee", 2011, end=2012)), {("lessor", 2009)}),
            ((RETURNED,), set()),
            ((record("owner", 2009, "A", end=2011), record("owner", 2011, "B", end=2012)), {("owner", 2011)}),
            # on one day neither is newer; of one name it is one letter
            ((record("owner", 2010, "A", end=2012), record("lessor", 2010, "B", end=2012)), {("owner", 2010), ("lessor", 2010)}),
            ((record("owner", 2010, "A", end=2012), record("lessor", 2010, "A", end=2012)), {("lessor", 2010)}),
            # whoever holds it needs no search
            ((SOLD, record("owner", 2012, "B")), {("owner", 2012)}),
            ((*LEASE,), {("lessor", 2009), ("lessee", 2009)}),
        ],
        searched_each,
    )  # fmt: skip


def test_a_search_counts_from_the_day_it_ended_and_for_what_was_known_by_then():
    assert searched(SOLD, on=date(2013, 1, 31)) == set()
    assert searched(SOLD, on=date(2013, 2, 1)) == {("owner", 2009)}
    given_up_since = record("owner", 2012, "B", end=2013)  # on the first of January
    assert searched(SOLD, given_up_since, ended=date(2012, 12, 31)) == set()
    assert searched(SOLD, given_up_since, ended=date(2013, 1, 1)) == {("owner", 2012)}


def test_whoever_brought_the_vehicle_to_a_dealer_is_not_its_last_purchaser_and_a_refused_row_comes_first():
    assert searched(SOLD, stays=[(2012, None)]) == set()
    assert searched(SOLD, stays=[(2011, 2012)]) == set()
    assert searched(SOLD, stays=[(2008, 2009)]) == {("owner", 2009)}  # bought from that stock
    assert searched(SOLD, record("owner", 2012, "B", end=2013), stays=[(2011, 2012)]) == {
        ("owner", 2012)
    }
    assert searched(SOLD, refused=[VIN]) == set()


def test_why_nobody_else_holds_the_vehicle_is_still_told():
    known = Beside(
        STOCK.empty_table(),
        REFUSED_VIN.empty_table(),
        pa.table([[VIN], [ON]], SEARCHED),
        ("owner",),
    )
    ((row),) = holders(pa.Table.from_pylist([SOLD], SCHEMA), ON, known).to_pylist()
    assert (row["holds"], row["otherwise"]) == (True, GIVEN_UP)


def test_a_stay_in_stock_of_a_later_day_changes_nothing_for_owners_whatever_their_records():
    """Vehicles of owners alone are judged by a short way; one that a later stay sends through every rule is judged the same."""
    kinds = [record("owner", year, name, end=end) for year, name in ((2009, "A"), (2010, "B"), (2014, "C"))
             for end in (None, 2010, 2012, 2014)]  # fmt: skip
    each = {make_vin(n): pair for n, pair in enumerate(product(kinds, [None, *kinds]))}
    rows = [one | {"vin": vin} for vin, pair in each.items() for one in pair if one]
    records, refused = pa.Table.from_pylist(rows, SCHEMA), pa.table({"vin": list(each)[::7]})
    later = stocked((2014, None), vins=list(each)).stock
    short, long = (
        sorted(holders(records, ON, Beside(stock, refused)).to_pylist(), key=itemgetter("vin"))
        for stock in (STOCK.empty_table(), later)
    )
    assert short == long
    assert {(row["holds"], row["otherwise"]) for row in short} == {
        (True, "no_current_owner"), (False, "no_current_owner"), (False, "owner_row_refused"),
    }  # fmt: skip
