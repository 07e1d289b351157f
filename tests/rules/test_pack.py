import dataclasses
import math
from datetime import date

import pytest

from cases import at_once
from renotify import rules
from renotify.errors import Inconsistent, UnknownName
from renotify.rules import pack as packs
from renotify.rules.printed_reasons import reason_on
from renotify.rules.row import MARKS, Clock, ReturnReason

DAY = date(2026, 11, 23)
PACK = rules.load(DAY)
ROWS = [row for rows in packs.all_rows().values() for row in rows]
ACTIONS = {"new_address", "retry_same", "skip_trace", "change_channel", "unreachable"}
RETURNS = packs.all_rows()["returns"]


@at_once("row", ROWS, ids=lambda row: row.id)
def test_every_row_says_where_it_comes_from_and_since_when(row):
    assert row.citation.strip()
    assert row.title.strip()
    assert isinstance(row.effective_from, date)
    assert row.effective_to is None or row.effective_from <= row.effective_to
    assert row.verified in MARKS
    assert row.severity in {"must", "should"}


def test_paragraph_577_5_was_read():
    heads = [PACK.statement(name) for name in ("P1", "P2", "P3", "P4", "P5")]
    assert {head.verified for head in heads} == {"READ"}
    assert {head.open_mark for head in heads} == {""}


def test_what_nobody_has_read_keeps_its_mark_in_words():
    assert PACK.measure("letter_weight").open_mark == "from memory"
    assert PACK.clock("imb_serial").open_mark == "a secondary source says so"
    assert PACK.clock("recheck").open_mark == ""  # a policy is no rule to be compared


def test_a_rule_whose_first_day_was_not_read_says_so():
    assert PACK.clock("lookup_refresh").since_established  # 2014-08-20
    assert not PACK.statement("P4").since_established


@at_once("row", RETURNS, ids=lambda row: row.id)
def test_every_return_code_has_exactly_one_action(row):
    assert row.action in ACTIONS
    assert {PACK.return_actions[packs.spelling(code)] for code in (row.id, *row.codes)} == {
        row.action
    }


def test_no_return_code_stands_in_two_rows():
    spelt = {(row.id, packs.spelling(code)) for row in RETURNS for code in (row.id, *row.codes)}
    assert len({code for _, code in spelt}) == len(spelt)


@at_once(
    ("code", "action"),
    [
        ("COA", "new_address"),
        ("k", "skip_trace"),
        ("Attempted - Not Known", "skip_trace"),
        ("ATTEMPTED—NOT KNOWN", "skip_trace"),
        ("Refused", "change_channel"),
        ("UNCLAIMED", "change_channel"),
        ("not picked-up.", "change_channel"),
        ("Max Hold Time Expired", "change_channel"),
        ("No Mailbox", "change_channel"),
        ("MOVED, LEFT NO ADDRESS", "skip_trace"),
        ("Moved—Left No Address", "skip_trace"),
        ("Attempted – Not Known", "skip_trace"),
        ("Delivery Suspended to Commercial Mail Receiving Agency", "skip_trace"),
        ("No Such Office in State", "skip_trace"),
        ("Not Deliverable as Addressed—Unable to Forward", "skip_trace"),
        ("Damaged in Handling", "retry_same"),
        ("Temporarily Away", "retry_same"),
        ("Box Closed - No Order", "skip_trace"),
        ("SKIP_TRACE_EXHAUSTED", "unreachable"),
    ],
)
def test_mail_that_comes_back_leads_to_one_action(code, action):
    assert PACK.return_actions[packs.spelling(code)] == action


@at_once("code", ["", " ", "ZZ", "Lost"])
def test_an_unknown_return_code_is_left_to_a_person(code):
    assert packs.spelling(code) not in PACK.return_actions


@at_once(
    ("label", "action"),
    [
        ("NOT DELIVERABLE AS ADDRESSED UNABLE TO FORWARD RETURN TO SENDER", "skip_trace"),
        ("Forward Time Exp Rtn to Send", "skip_trace"),
        ("RETURN TO SENDER - ATTEMPTED - NOT KNOWN", "skip_trace"),
        ("NIXIE 606 DE 1 00 05/12/13", "skip_trace"),
        ("RETURN TO SENDER / REFUSED / UNABLE TO FORWARD", "change_channel"),
        ("RTS MOVED NEW ADDRESS GIVEN", "new_address"),
        ("ANK-RTS", "skip_trace"),
        ("UNCLAIMED - MAX HOLD TIME EXPIRED", "change_channel"),
        # two reasons that lead to different actions, a state or month, and what nobody prints on a label
        ("REFUSED OR VACANT", None),
        ("SPRINGFIELD ILL DEC 12", None),
        ("ILL DEC", None),
        ("SEARCH NOT EXHAUSTED", None),
    ],
)  # fmt: skip
def test_the_words_of_a_reason_are_found_among_those_of_a_label(label, action):
    found = reason_on(label, PACK.return_reasons)
    assert (found and found.action) == action


def test_the_label_is_one_inch_by_three():
    assert PACK.measure("label_height").points == 72
    assert PACK.measure("label_width").points == 216
    least, most = PACK.measure("imb_full_height").range_points
    assert math.isclose(least, 9.0)
    assert math.isclose(most, 11.88)


def test_a_count_is_no_length():
    with pytest.raises(Inconsistent):
        PACK.measure("presort_least").points  # noqa: B018 -- the property refuses


def test_every_measure_lies_in_its_own_range():
    for row in packs.all_rows()["mail"]:
        assert row.least is None or row.least <= row.value
        assert row.most is None or row.value <= row.most


def test_a_digest_follows_the_law_and_not_the_day():
    assert rules.load(date(2026, 1, 1)).digest == PACK.digest
    assert rules.load(date(2013, 2, 26)).digest != PACK.digest
    assert len(PACK.digest) == 64


def test_a_pack_is_read_once_and_cannot_be_changed():
    assert rules.load(DAY) is rules.load(DAY)
    with pytest.raises(dataclasses.FrozenInstanceError):
        PACK.on = date(2020, 1, 1)
    with pytest.raises(TypeError):
        PACK.rows["clocks"]["letters"] = None


@at_once("jurisdiction", ["xx", "../us", ""])
def test_a_jurisdiction_without_a_pack_is_refused(jurisdiction):
    with pytest.raises(UnknownName):
        rules.load(DAY, jurisdiction)


def test_before_its_first_day_a_rule_is_unknown():
    with pytest.raises(UnknownName, match="1960"):
        rules.load(date(1960, 1, 1)).clock("letters")


def clock(**change):
    values = {
        "id": "c",
        "citation": "x",
        "effective_from": date(2000, 1, 1),
        "verified": "READ",
        "severity": "must",
        "amount": 1,
        "unit": "calendar",
        "starts": "now",
    }
    return Clock(**values | change)


def test_two_rows_of_one_name_may_follow_but_not_overlap():
    old = clock(effective_to=date(2009, 12, 31))
    packs._refuse_overlap((old, clock(effective_from=date(2010, 1, 1))))
    with pytest.raises(Inconsistent):
        packs._refuse_overlap((old, clock(effective_from=date(2009, 12, 31))))


def test_a_misspelt_row_is_refused():
    with pytest.raises(Inconsistent, match="acton"):
        packs._read('[[row]]\nid = "x"\nacton = "y"\n', ReturnReason)
