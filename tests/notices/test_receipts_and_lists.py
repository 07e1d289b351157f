"""Receipts row by row, the proof in a scope, and each dealer's list of vehicles: on both stores."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

import two_dealers as w
from cases import at_once
from renotify.errors import BadInput, NothingToDo, UnknownName
from renotify.ledger import artifacts
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.notices import notice, receipts, vehicles

CODES = (w.PMP, w.STP, w.SVC)
EAST_SCOPE, AREA_W = Scope(dealer=w.EAST), Scope(area="W")


@pytest.fixture
def noticed(own_session: Session) -> Session:
    """A ledger whose notices are on record as sent, without the work of typesetting them."""
    rows = [
        {"audience": audience, "code": code}
        for audience, code in (("dealer", w.EAST), ("dealer", w.WEST), ("area", "E"), ("area", "W"))
    ]
    with own_session.transaction():
        own_session.stage("sent", pa.Table.from_pylist(rows))
        own_session.execute(
            "insert into notice (follow_up, audience, code, file, sha256, written_on, acknowledged_at, receipt)"
            " select 'spring', audience, code, audience || '-' || code || '.pdf', '', :day, '', '' from sent",
            day=w.NOTICE,
        )
    return own_session


def receipts_file(folder: Path, *lines: str, header: str = "code,acknowledged_at,receipt") -> Path:
    file = folder / "receipts.csv"
    file.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return file


def taken_in(session: Session, file: Path, name: str = "spring") -> dict[str, object]:
    """Take receipts in on the day of the notices; what is told of weeks is tested beside the notices."""
    told = receipts.acknowledge(session, name, file, w.NOTICE)
    return {key: value for key, value in told.items() if key != "notes"}


# ---- receipts


def test_a_receipt_is_kept_with_its_instant_and_its_number(
    noticed: Session, tmp_path: Path
) -> None:
    file = receipts_file(tmp_path, f" {w.EAST} , 2013-02-27T10:15:00-05:00 ,R-1")
    assert taken_in(noticed, file) == {
        "acknowledged": 1, "unchanged": 0, "rejected": [],
    }  # fmt: skip
    (east, west) = receipts.sent_summary(noticed, "spring")["dealers"]
    assert (east["acknowledged_at"], east["receipt"]) == ("2013-02-27T10:15:00-05:00", "R-1")
    assert (west["acknowledged_at"], west["receipt"]) == ("", "")


@pytest.mark.parametrize(
    "written", ["2013-02-27", "2013-02-27T10:15", "20130227", "2013-02-27 10:15:00"]
)
def test_a_day_or_an_instant_acknowledges(noticed: Session, tmp_path: Path, written: str) -> None:
    file = receipts_file(tmp_path, f"{w.WEST},{written},")
    assert taken_in(noticed, file)["acknowledged"] == 1


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [
        ("D9999,2013-02-27,R", "D9999", "no notice was sent to this code"),
        ("d0001,2013-02-27,R", "d0001", "no notice was sent to this code"),
        (",2013-02-27,R", "", "no notice was sent to this code"),
        ("D0001,yesterday,R", "D0001", "acknowledged_at 'yesterday' is not a day or an instant (ISO 8601)"),
        ("D0001,2013-02-30,R", "D0001", "acknowledged_at '2013-02-30' is not a day or an instant (ISO 8601)"),
        ("D0001,,R", "D0001", "acknowledged_at '' is not a day or an instant (ISO 8601)"),
    ],
)  # fmt: skip
def test_a_receipt_with_a_fault_is_rejected_and_the_next_one_taken(
    noticed: Session, tmp_path: Path, line: str, code: str, reason: str
) -> None:
    file = receipts_file(tmp_path, line, f"{w.WEST},2013-02-28,R-2")
    assert taken_in(noticed, file) == {
        "acknowledged": 1, "unchanged": 0, "rejected": [{"line": 2, "code": code, "reason": reason}],
    }  # fmt: skip


def test_of_two_receipts_in_one_file_the_first_counts(noticed: Session, tmp_path: Path) -> None:
    file = receipts_file(tmp_path, f"{w.EAST},2013-02-27,FIRST", f"{w.EAST},2013-02-26,SECOND")
    taken = taken_in(noticed, file)
    assert (taken["acknowledged"], taken["unchanged"]) == (1, 1)
    assert receipts.sent_summary(noticed, "spring")["dealers"][0]["receipt"] == "FIRST"


def test_a_later_file_does_not_replace_a_receipt(noticed: Session, tmp_path: Path) -> None:
    taken_in(noticed, receipts_file(tmp_path, f"{w.EAST},2013-02-27,FIRST"))
    later = receipts_file(tmp_path, f"{w.EAST},2013-03-01,LATER")
    assert taken_in(noticed, later)["unchanged"] == 1
    assert receipts.sent_summary(noticed, "spring")["dealers"][0]["receipt"] == "FIRST"


def test_an_area_manager_acknowledges_by_the_area_s_code(noticed: Session, tmp_path: Path) -> None:
    taken = taken_in(noticed, receipts_file(tmp_path, "E,2013-02-27,R"))
    assert taken["acknowledged"] == 1
    assert receipts.sent_summary(noticed, "spring")["acknowledged"] == 0  # no dealer has
    assert ("area", "E") not in {
        (one.audience, one.code) for one in receipts.unacknowledged(noticed, "spring")
    }


def test_a_file_without_rows_changes_nothing(noticed: Session, tmp_path: Path) -> None:
    assert taken_in(noticed, receipts_file(tmp_path)) == {
        "acknowledged": 0, "unchanged": 0, "rejected": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("code,acknowledged_at", "receipts.csv has no column receipt"),
        ("dealer,acknowledged_at,receipt", "receipts.csv has no column code"),
        ("one,two,three", "receipts.csv has no header row that is known"),
    ],
)
def test_a_file_without_the_columns_of_receipts_is_refused(
    noticed: Session, tmp_path: Path, header: str, message: str
) -> None:
    file = receipts_file(tmp_path, f"{w.EAST},2013-02-27,R", header=header)
    with pytest.raises(BadInput, match=message):
        taken_in(noticed, file)
    assert receipts.sent_summary(noticed, "spring")["acknowledged"] == 0


def test_a_row_that_does_not_fit_the_header_is_rejected_and_the_others_are_taken(
    noticed: Session, tmp_path: Path
) -> None:
    file = receipts_file(tmp_path, f"{w.WEST},2013-02-27", f"{w.WEST},2013-02-27,R")
    taken = taken_in(noticed, file)
    assert taken == {
        "acknowledged": 1, "unchanged": 0,
        "rejected": [{"line": 2, "code": "", "reason": "The row has 2 fields, the header 3."}],
    }  # fmt: skip


def test_receipts_of_a_follow_up_without_notices_are_refused(
    noticed: Session, tmp_path: Path
) -> None:
    with pytest.raises(UnknownName, match="No notice of a follow-up 'winter' was written"):
        taken_in(noticed, receipts_file(tmp_path, f"{w.EAST},2013-02-27,R"), "winter")


# ---- editions


LATER = date(2013, 3, 25)


def write_again(session: Session, sha256: str, on: date) -> None:
    """Record the notice to East as written on a day, without the work of typesetting it."""
    rows = [{"follow_up": "spring", "audience": "dealer", "code": w.EAST, "file": "dealer-D0001.pdf",
             "sha256": sha256, "written_on": on}]  # fmt: skip
    with session.transaction():
        session.stage("notice_written", pa.Table.from_pylist(rows, notice.NOTICES))
        session.execute(notice._WRITE, name="spring")


def editions(session: Session) -> list[tuple[object, ...]]:
    shown = ("edition", "sha256", "written_on", "sent_on", "receipt")
    east = receipts.sent_summary(session, "spring")["dealers"][0]["editions"]
    return [tuple(one[name] for name in shown) for one in east]


def test_a_draft_that_is_written_again_is_replaced_and_what_was_sent_is_not(
    noticed: Session,
) -> None:
    write_again(noticed, "first", w.NOTICE)
    write_again(noticed, "better", w.NOTICE + timedelta(days=1))
    sent = w.NOTICE + timedelta(days=2)
    assert editions(noticed) == [(1, "better", sent - timedelta(days=1), None, "")]
    receipts.state_sent(noticed, "spring", sent)
    write_again(noticed, "second", LATER)
    write_again(noticed, "third", LATER + timedelta(days=1))
    assert editions(noticed) == [
        (1, "better", sent - timedelta(days=1), sent, ""),
        (2, "third", LATER + timedelta(days=1), None, ""),
    ]


def test_the_same_text_after_it_was_sent_is_the_same_edition(noticed: Session) -> None:
    write_again(noticed, "first", w.NOTICE)
    receipts.state_sent(noticed, "spring", w.NOTICE)
    write_again(noticed, "first", LATER)
    assert editions(noticed) == [(1, "first", w.NOTICE, w.NOTICE, "")]


def test_each_edition_is_stated_as_sent_on_its_own_day(noticed: Session) -> None:
    receipts.state_sent(noticed, "spring", w.NOTICE)
    write_again(noticed, "second", LATER)
    proof = receipts.sent_summary(noticed, "spring")
    (east, _) = proof["dealers"]
    assert (east["edition"], east["sent_on"], east["written_last"]) == (1, w.NOTICE, 2)
    assert (proof["not_stated_sent"], proof["complete"]) == (1, True)
    with pytest.raises(BadInput, match="1 notice of spring was written after 2013-03-24"):
        receipts.state_sent(noticed, "spring", LATER - timedelta(days=1))
    told = receipts.state_sent(noticed, "spring", LATER)
    assert (told["stated"], told["unchanged"]) == (1, 3)
    (east, _) = receipts.sent_summary(noticed, "spring")["dealers"]
    assert (east["edition"], east["sent_on"], east["sha256"]) == (2, LATER, "second")


def test_a_receipt_is_of_the_edition_that_had_gone_by_its_day(
    noticed: Session, tmp_path: Path
) -> None:
    receipts.state_sent(noticed, "spring", w.NOTICE)
    write_again(noticed, "second", LATER)
    receipts.state_sent(noticed, "spring", LATER)
    late = receipts_file(
        tmp_path, f"{w.EAST},2013-03-24T23:59:59,OF-1", f"{w.EAST},2013-03-25,OF-2"
    )
    assert taken_in(noticed, late) == {"acknowledged": 2, "unchanged": 0, "rejected": []}
    assert [one[-1] for one in editions(noticed)] == ["OF-1", "OF-2"]


def test_until_its_receipt_came_the_edition_that_went_last_is_silent(
    noticed: Session, tmp_path: Path
) -> None:
    taken_in(noticed, receipts_file(tmp_path, f"{w.EAST},2013-02-27,OF-1"))
    write_again(noticed, "second", LATER)
    assert w.EAST not in {one.code for one in receipts.unacknowledged(noticed, "spring")}
    receipts.state_sent(noticed, "spring", LATER, [w.EAST])
    (first, _, _, _) = receipts.unacknowledged(noticed, "spring")
    assert (first.code, first.edition, first.sent_on) == (w.EAST, 2, LATER)


def test_a_receipt_after_a_draft_counts_for_what_went_and_it_is_said(
    noticed: Session, tmp_path: Path
) -> None:
    taken_in(noticed, receipts_file(tmp_path, f"{w.EAST},2013-02-27,OF-1"))
    write_again(noticed, "second", LATER)
    told = receipts.acknowledge(
        noticed, "spring", receipts_file(tmp_path, f"{w.EAST},2013-03-26,OF-2"), LATER
    )
    assert (told["acknowledged"], told["unchanged"]) == (0, 1)
    assert told["notes"][0].startswith(
        "1 receipt came after the next edition was written, which is not stated as sent"
    )
    assert [one[-1] for one in editions(noticed)] == ["OF-1", ""]


def test_a_receipt_may_name_its_edition_and_no_other_than_was_written(
    noticed: Session, tmp_path: Path
) -> None:
    receipts.state_sent(noticed, "spring", w.NOTICE)
    write_again(noticed, "second", LATER)
    named = "code,acknowledged_at,receipt,edition"
    file = receipts_file(
        tmp_path, f"{w.EAST},2013-03-26,OF-2,2", f"{w.EAST},2013-03-26,OF-3,3", header=named
    )
    assert taken_in(noticed, file) == {
        "acknowledged": 1, "unchanged": 0,
        "rejected": [{"line": 3, "code": w.EAST, "reason": "no edition '3' was sent to this code"}],
    }  # fmt: skip
    assert [one[-1] for one in editions(noticed)] == ["", "OF-2"]


def test_the_proof_counts_each_edition(noticed: Session, tmp_path: Path) -> None:
    receipts.state_sent(noticed, "spring", w.NOTICE)
    write_again(noticed, "second", LATER)
    taken_in(noticed, receipts_file(tmp_path, f"{w.WEST},2013-02-27,R"))
    first, second = receipts.by_edition(receipts.sent_summary(noticed, "spring")["dealers"])
    assert first == {
        "edition": 1, "dealers": 2, "sent": 2, "first_sent": w.NOTICE, "last_sent": w.NOTICE, "acknowledged": 1
    }  # fmt: skip
    assert second == {
        "edition": 2, "dealers": 1, "sent": 0, "first_sent": None, "last_sent": None, "acknowledged": 0
    }  # fmt: skip


# ---- the proof, whole and in a scope


def test_the_proof_is_complete_when_every_known_dealer_has_a_notice(noticed: Session) -> None:
    proof = receipts.sent_summary(noticed, "spring")
    assert {key: value for key, value in proof.items() if key != "dealers"} == {
        "follow_up": "spring", "known_dealers": 2, "sent": 2, "first_sent": w.NOTICE, "last_sent": w.NOTICE,
        "acknowledged": 0, "missing": [], "not_stated_sent": 2, "complete": True,
    }  # fmt: skip
    assert [one["file"] for one in proof["dealers"]] == ["dealer-D0001.pdf", "dealer-D0002.pdf"]


def test_a_dealer_without_a_notice_is_missing_from_the_proof(planned_session: Session) -> None:
    proof = receipts.sent_summary(planned_session, "spring")
    assert (proof["sent"], proof["missing"], proof["complete"]) == (0, [w.EAST, w.WEST], False)


@pytest.mark.parametrize(
    ("scope", "dealers"), [(EAST_SCOPE, [w.EAST]), (AREA_W, [w.WEST]), (Scope(area="X"), [])]
)
def test_in_a_scope_the_proof_is_of_its_own_dealers(
    noticed: Session, scope: Scope, dealers: list[str]
) -> None:
    proof = receipts.sent_summary(noticed, "spring", scope)
    assert [one["dealer_code"] for one in proof["dealers"]] == dealers
    assert proof["known_dealers"] == len(dealers)
    assert proof["complete"] is bool(dealers)  # of nobody nothing is proven


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), [("dealer", w.EAST), ("dealer", w.WEST), ("area", "E"), ("area", "W")]),
        (EAST_SCOPE, [("dealer", w.EAST)]),
        (AREA_W, [("dealer", w.WEST), ("area", "W")]),
    ],
)
def test_the_silent_are_dealers_before_areas_and_in_a_scope_its_own(
    noticed: Session, scope: Scope, expected: list[tuple[str, str]]
) -> None:
    found = receipts.unacknowledged(noticed, "spring", scope)
    assert [(one.audience, one.code) for one in found] == expected
    assert {one.written_on for one in found} == {w.NOTICE}


# ---- each dealer's vehicles


def lists(session: Session, **asked: object) -> dict[str, pa.Table]:
    return dict(vehicles.by_dealer(session, "spring", CODES, w.FIRST_LETTER, **asked))


def test_a_dealer_s_vehicles_stand_by_the_week_of_their_letter_and_then_by_vin(
    planned_session: Session,
) -> None:
    east = lists(planned_session)[w.EAST].to_pylist()
    assert list(east[0]) == ["vin", "vehicle", "campaigns", "letter"]
    assert [one["vin"] for one in east] == [*sorted([*w.EAST_OPEN, w.EAST_BOTH]), w.NEW_IN_STOCK]
    assert [one["letter"] for one in east] == ["2013-03-05"] * 4 + ["no letter"]


def test_a_vehicle_with_two_letters_is_listed_once_with_all_that_is_open(
    planned_session: Session,
) -> None:
    west = {one["vin"]: one for one in lists(planned_session)[w.WEST].to_pylist()}
    assert set(west) == {
        w.WEST_BOOKED, w.WEST_OPEN, w.WEST_SERVICE, w.WEST_TWO_LETTERS, w.USED_IN_STOCK,
    }  # fmt: skip
    assert west[w.WEST_TWO_LETTERS]["campaigns"] == "PMP+SVC"
    assert west[w.USED_IN_STOCK]["letter"] == "no letter"


def test_a_listed_vehicle_without_a_week_is_held(own_session: Session) -> None:
    with own_session.transaction():
        own_session.execute("update listed set week = null where vin = :vin", vin=w.WEST_OPEN)
    letters = {one["vin"]: one["letter"] for one in lists(own_session)[w.WEST].to_pylist()}
    assert letters[w.WEST_OPEN] == "held"
    assert letters[w.WEST_BOOKED] == "2013-03-05"
    assert letters[w.USED_IN_STOCK] == "no letter"


def test_a_letter_of_a_later_week_has_its_monday(own_session: Session) -> None:
    with own_session.transaction():
        own_session.execute("update listed set week = 2 where vin = :vin", vin=w.WEST_OPEN)
    west = lists(own_session)[w.WEST].to_pylist()
    assert {one["vin"]: one["letter"] for one in west}[w.WEST_OPEN] == "2013-03-18"
    at = [one["vin"] for one in west]
    assert at.index(w.WEST_SERVICE) < at.index(w.WEST_OPEN) < at.index(w.USED_IN_STOCK)


def test_in_a_scope_no_other_dealer_is_listed(planned_session: Session) -> None:
    assert list(lists(planned_session, scope=AREA_W)) == [w.WEST]
    assert list(lists(planned_session, scope=EAST_SCOPE)) == [w.EAST]


def test_only_the_follow_up_s_campaigns_are_listed(planned_session: Session) -> None:
    found = dict(vehicles.by_dealer(planned_session, "spring", [w.SVC], w.FIRST_LETTER))
    assert list(found) == [w.WEST]
    assert set(found[w.WEST]["vin"].to_pylist()) == {w.WEST_SERVICE, w.WEST_TWO_LETTERS}
    assert set(found[w.WEST]["campaigns"].to_pylist()) == {w.SVC}


def test_owners_are_named_where_a_recall_is_open_and_nowhere_else(planned_session: Session) -> None:
    found = lists(planned_session, with_owners=True)
    west = {one["vin"]: one for one in found[w.WEST].to_pylist()}
    assert west[w.WEST_OPEN]["owner"] == "ANA EXAMPLE"
    assert west[w.WEST_OPEN]["owner_address"] == "12 Elm St, Boston, MA 02108"
    assert west[w.WEST_TWO_LETTERS]["owner"] == "ANA EXAMPLE"
    for vin in (w.WEST_SERVICE, w.USED_IN_STOCK):  # a service campaign alone; no owner on file
        assert not west[vin]["owner"]
        assert west[vin]["owner_phone"] == ""
    assert "owner" not in lists(planned_session)[w.WEST].column_names


def test_only_vehicles_whose_owner_is_named_are_disclosed(own_session: Session) -> None:
    found = lists(own_session, with_owners=True)
    with own_session.transaction():
        for code, table in found.items():
            vehicles.disclose(own_session, code, table, "spring")
    given = artifacts.disclosures(own_session).to_pylist()
    assert [(one["recipient"], one["vehicles"]) for one in given] == [
        (f"dealer {w.EAST}", 4),  # four of five have an owner on file
        (f"dealer {w.WEST}", 3),  # of three recalls two and the one with two letters
    ]


def test_a_dealer_of_service_campaigns_alone_is_given_nothing_to_disclose(
    own_session: Session,
) -> None:
    found = dict(
        vehicles.by_dealer(own_session, "spring", [w.SVC], w.FIRST_LETTER, with_owners=True)
    )
    with own_session.transaction():
        vehicles.disclose(own_session, w.WEST, found[w.WEST], "spring")
    assert artifacts.disclosures(own_session).num_rows == 0


# ---- printing a list


def printable(count: int, **columns: list[str]) -> pa.Table:
    plain = {"vin": "VIN", "vehicle": "2006 IS 250", "campaigns": "PMP", "letter": "2013-03-05"}
    return pa.table({name: [value] * count for name, value in plain.items()} | columns)


@at_once(("count", "shown"), [(0, 0), (1, 1), (120, 120), (121, 120)])
def test_a_notice_prints_the_first_hundred_and_twenty(count: int, shown: int) -> None:
    assert len(vehicles.shown(printable(count))) == shown


def test_the_day_of_a_letter_is_printed_short_and_the_words_stay() -> None:
    letters = ["2013-03-05", "held", "no letter", "2013-12-30"]
    assert [one[3] for one in vehicles.shown(printable(4, letter=letters))] == [
        "Mar 5", "held", "no letter", "Dec 30",
    ]  # fmt: skip


def test_an_owner_is_printed_in_one_cell_and_what_the_face_lacks_becomes_a_question_mark() -> None:
    table = printable(
        2,
        owner=["PEÑA 鈴木", ""],
        owner_address=["12 Elm St, Boston, MA 02108", ""],
        owner_phone=["", ""],
    )
    assert [one[4] for one in vehicles.shown(table)] == [
        "PEÑA ?? · 12 Elm St, Boston, MA 02108",
        "",
    ]


def test_the_file_of_a_list_is_the_list(tmp_path: Path) -> None:
    file = vehicles.write(tmp_path / "list.csv", printable(2, vin=["A", "B"]))
    with file.open(encoding="utf-8") as opened:
        assert [one["vin"] for one in csv.DictReader(opened)] == ["A", "B"]


# ---- what is refused


def test_a_ledger_without_dealers_has_nobody_to_tell(own_session: Session, tmp_path: Path) -> None:
    nobody = "renotify.notices.gather.dealers"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nobody, lambda *_: [])
        with pytest.raises(NothingToDo, match="There is no dealer to tell"):
            notice.write(own_session, "spring", on=date(2013, 2, 26), out=tmp_path)
    assert not (tmp_path / "notices").exists()


@pytest.mark.parametrize("code", ["../E", "E 1", "", "A/B"])
def test_a_code_that_cannot_be_a_file_s_name_is_refused(code: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be part of a file's name") as refused:
        notice._file(tmp_path, "area", code, ".pdf")
    assert refused.value.hint == "Codes are letters, digits, - and _; correct dealers.csv."


def test_a_code_with_a_dash_names_its_file(tmp_path: Path) -> None:
    assert notice._file(tmp_path, "dealer", "D-1_a", ".pdf") == tmp_path / "dealer-D-1_a.pdf"
