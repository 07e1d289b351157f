"""What the interface tells, counted by hand from two_dealers.py; the same as the desk and the commands say."""

from __future__ import annotations

import pytest

from two_dealers import EAST, EAST_BOTH, EAST_OPEN, NEW_IN_STOCK, PMP, REPAIRED, STP, STRANGER

OF_OWNERS = ("name", "addr", "owner", "phone", "email", "zip", "city")


def test_the_week_has_the_visit_with_its_needs(site, east) -> None:
    found = east.get("/week").json()
    assert (found["dealer"], found["first"], found["last"]) == (EAST, "2013-03-04", "2013-03-10")
    assert found["visits"] == []  # its visit is on 11 March, a week later
    assert [one["vin"] for one in found["holds"]] == [NEW_IN_STOCK]


def test_a_check_says_what_the_desk_says_and_is_kept(site, east) -> None:
    found = east.get(f"/checks/{EAST_BOTH}").json()
    assert found["eligible"] is True
    assert found["visit"] == [PMP, STP]
    assert found["hours"] == 2.7  # stated for both together
    assert found["booking"] == "A03111"
    assert found["kits"]["lacking"] == ["BOLT"]  # none on the shelf
    assert ("east_system", "checked_vin", EAST_BOTH) in site.readings()


def test_an_invalid_number_is_an_answer(site, east) -> None:
    found = east.get("/checks/JTHBK262X65900004").json()
    assert (found["valid"], found["eligible"]) == (False, False)
    assert "Not a VIN" in found["headline"]


def test_vins_are_answered_in_the_order_asked(site, east) -> None:
    found = east.post("/vins", {"vins": [REPAIRED, STRANGER, EAST_OPEN[0]]}).json()["answers"]
    done = [[one["done"] for one in each["campaigns"]] for each in found]
    assert done == [[True], [], [False]]


def test_more_than_ten_thousand_vins_are_refused(site, east) -> None:
    assert east.post("/vins", {"vins": [STRANGER] * 10_000}).status_code == 200
    assert east.post("/vins", {"vins": [STRANGER] * 10_001}).status_code == 422


def test_vehicles_are_the_dealer_s_own_page_by_page_and_name_no_owner(site, east) -> None:
    seen, after, pages = [], "", 0
    while after is not None:
        page = east.get("/vehicles", first=3, **({"after": after} if after else {})).json()
        assert page["total"] == 7  # 6 vehicles of East, one of them in two campaigns
        seen += page["items"]
        after, pages = page["after"], pages + 1
    assert pages == 3
    assert len({(one["vin"], one["campaign"]) for one in seen}) == 7
    assert {one["dealer"] for one in seen} == {EAST}
    assert not [name for name in seen[0] if any(word in name for word in OF_OWNERS)]


def test_vehicles_are_filtered(site, east) -> None:
    def vins(**query: object) -> set[str]:
        return {one["vin"] for one in east.get("/vehicles", **query).json()["items"]}

    assert vins(status="repaired") == {REPAIRED}
    assert vins(campaign=STP) == {EAST_BOTH}
    assert vins(booked="true") == {EAST_BOTH}
    assert vins(status=["repaired", "open"], campaign=PMP, booked="false") == {*EAST_OPEN, REPAIRED, NEW_IN_STOCK}  # fmt: skip
    assert east.get("/vehicles", campaign="NONE").status_code == 404


def test_orders_are_the_lines_to_order_with_their_reason(site, east) -> None:
    (line,) = east.get("/orders").json()["items"]
    assert (line["part_no"], line["order"]) == ("BOLT", 5)  # two are needed, sold by five
    assert "2 kits short" in line["reason"]


def test_free_times_are_those_that_a_booking_takes(site, east) -> None:
    found = east.get(f"/free-times/{EAST_OPEN[0]}").json()
    assert found["campaigns"] == [PMP]
    body = {"vin": EAST_OPEN[0], "campaigns": [PMP], "start": found["starts"][0], "order_kit": True}
    assert east.post("/bookings", body).status_code == 201


def test_a_page_goes_on_where_the_one_before_ended(site, east) -> None:
    first = east.get("/campaigns", first=2).json()
    assert [one["campaign"] for one in first["items"]] == [PMP, STP]
    rest = east.get("/campaigns", first=2, after=first["after"]).json()
    assert [one["campaign"] for one in rest["items"]] == ["SVC"]
    assert rest["after"] is None
    assert east.get("/campaigns", after="none such").status_code == 409


@pytest.mark.parametrize("after", ["{", "[]", '["\\u0000", "PMP"]', "[1, 2]"])
def test_a_mark_that_is_none_is_refused_on_both_stores(east_on_both, after) -> None:
    assert east_on_both.get("/vehicles", after=after).status_code == 409


@pytest.mark.parametrize(
    ("address", "query", "said"),
    [
        ("/day", {"dealer": "03001"}, "This address takes no parameters."),
        ("/week", {"week": "9999-99-99"}, "This address takes no parameters."),
        ("/orders", {"limit": "-1"}, "Known are after and first."),
        ("/vehicles", {"campain": PMP}, "Did you mean campaign?"),
        ("/vehicles", {"Status": "open"}, "Did you mean status?"),
    ],
)
def test_a_parameter_that_a_route_does_not_have_is_refused_with_what_may_be_meant(
    site, east, address, query, said
) -> None:
    answer = east.get(address, **query)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    (error,) = answer.json()["errors"]
    assert error["field"] == next(iter(query))
    assert error["reason"].endswith(said)


def test_a_write_with_a_parameter_in_its_address_writes_nothing(site, east) -> None:
    count = {"part_no": "BOLT", "on_hand": 3, "on_order": 0}
    assert east.post("/part-counts?dealer=D0002", count).status_code == 422
    assert "typed" not in {deed for _, deed, _ in site.readings()}


@pytest.mark.parametrize("first", ["0", "-1", "501", "many"])
def test_a_page_of_no_size_or_of_too_many_rows_is_refused(site, east, first) -> None:
    answer = east.get("/orders", first=first)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].endswith("first")
