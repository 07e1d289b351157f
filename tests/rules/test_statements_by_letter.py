"""Which statements a letter carries: by kind, family, recipient, language and fact, listed here row by row."""

from __future__ import annotations

from datetime import date

import pytest

from cases import at_once
from renotify import rules
from renotify.errors import LetterRefused
from renotify.rules.row import POINTS_PER, Measure
from renotify.rules.wording import Statement

MEMO_DAY = date(2013, 2, 26)
PACK = rules.load(MEMO_DAY)
HEAD = ["P1", "P2", "P3", "P4"]
TAIL = ["P6", "P6E", "P7", "R1"]
OWNERS = {
    "initial": [*HEAD, "E1", "E2", "F1", "G1", "G2", "G3", "G4", *TAIL],
    "interim": [*HEAD, "E1", "E2", "F1", "N1U", "G1", "G3", *TAIL],
    "remedy_available": [*HEAD, "E1", "E2", "F1", "N2", "G1", "G2", "G3", "G4", *TAIL],
    "follow_up": [*HEAD, "P8", "P8D", "P9", "E1", "E2", "F1", "G1", "G2", "G3", "G4", *TAIL],
}
ITEMS = (
    "BASIS", "RISK", "CONTEST", "FREE", "BY_REPAIR", "EXPENSES", "REPAIR", "WORK", "PARTS", "LABOR", "FACILITIES",
    "FACILITY_PAID", "FURTHER", "ADDRESS",
)  # fmt: skip
# by fact: the statements that it brings into a first notice, and those that it takes out
BY_FACT = {
    "ordered": ({"P4A"}, {"P4"}),
    "not_every_vehicle": ({"D1"}, set()),
    "accelerated": ({"A1c"}, set()),
    "accelerated_ordered": (set(), set()),
    "accelerated_facilities": (set(), set()),
    "accelerated_parts": (set(), set()),
    "owner_pays_first": (set(), set()),
    "owner_pays_nothing": (set(), set()),
    "other_facilities": ({"OTHERFAC"}, set()),
    "one_visit": ({"VISIT"}, set()),
    "not_free": ({"NF1", "NF2", "R1N"}, {"G1", "G2", "G3", "G4", "P6", "P6E", "R1"}),
    "administrators_measures": (set(), set()),
    "reimbursement_ceiling": (set(), set()),
    "repair_opinion": (set(), set()),
    "no_repair": (set(), set()),
    "of_equipment": (set(), set()),
    "not_by_repair": (set(), set()),
    "no_visit": ({"G3N", "G3O"}, {"G3", "G4"}),
    "equipment": (set(), set()),
    "equipment_alone": ({"P2E"}, {"P2"}),
    "not_brought_in": ({"P6R"}, {"P6"}),
    "tires": ({"P6T"}, {"P6", "P6E"}),
    "tires_until": ({"G2T"}, set()),
    "injury": ({"F5"}, set()),
    "remedy_expected": (set(), set()),
    "next_notice": (set(), set()),
    "remedy_now": ({"G2N", "P6N"}, {"G2"}),
    "remedy_told": (set(), set()),  # of a follow-up alone: below
    "no_day_named": ({"P6U"}, set()),
    "hours_known": (set(), set()),
    "at_once": (set(), set()),
    "reimbursement_begins": ({"R3"}, set()),
    "reimbursement_ends": (set(), set()),
    "upheld": (set(), set()),
    "provisional_notice_sent": (set(), set()),
    "conditions": ({"E3"}, set()),
    "performance_difference": (set(), set()),  # of a noncompliance alone: below
    "precaution": ({"E4"}, set()),
    "do_not_drive": ({"E5"}, set()),
    "towing": (set(), set()),
    "park_outside": ({"E6"}, set()),
    "crash_without_warning": ({"F2"}, set()),
    "crash_with_warning": ({"F3"}, set()),
    "injury_with_warning": ({"F4"}, set()),
    "replacement": ({"G1R"}, {"G1", "G3", "G4"}),
    "refund": ({"G1F"}, {"G1", "G3", "G4"}),
    "nobody_to_reimburse": (set(), {"R1"}),
}


def chosen(kind="initial", family="safety_recall", recipient="owner", facts=(), **other):
    found = PACK.statements_for(
        campaign_type=family, kind=kind, recipient=recipient, language="en", facts=facts, **other
    )
    return [statement.id for statement in found]


@at_once("kind", OWNERS)
def test_an_owner_s_letter_of_each_kind_carries_these_statements_in_this_order(kind):
    assert chosen(kind) == OWNERS[kind]


@at_once("kind", OWNERS)
def test_a_lessor_s_letter_carries_what_an_owner_s_does(kind):
    assert chosen(kind, recipient="lessor") == OWNERS[kind]


@at_once("kind", OWNERS)
def test_a_noncompliance_says_which_standard_instead_of_which_defect(kind):
    swapped = ["P5" if name == "P4" else name for name in OWNERS[kind]]
    assert chosen(kind, "noncompliance_recall") == swapped


@at_once("kind", OWNERS)
def test_a_noncompliance_says_how_it_differs_from_its_standard_below_what_is_wrong(kind):
    """577.5(e)(2), second sentence; a defect has no standard to differ from."""
    told = chosen(kind, "noncompliance_recall", facts=("performance_difference",))
    assert told[told.index("E2") + 1] == "E2N"
    assert "E2N" not in chosen(kind, facts=("performance_difference",))


def test_the_facts_that_switch_statements_are_these():
    assert PACK.facts == set(BY_FACT)


@at_once("fact", BY_FACT)
def test_each_fact_brings_in_and_takes_out_its_own_statements_and_no_others(fact):
    plain, switched = set(chosen()), set(chosen(facts=(fact,)))
    assert (switched - plain, plain - switched) == BY_FACT[fact]


@at_once("kind", OWNERS)
def test_a_follow_up_alone_names_the_day_from_which_the_remedy_was_told_and_not_its_own(kind):
    """577.5(g)(1)(vii)(B): the 60 days ran before a follow-up was written; a first or second notice is the first to tell."""
    told = {"P6N", "P6F"} & set(chosen(kind, facts=("remedy_now", "remedy_told")))
    assert told == ({"P6F"} if kind == "follow_up" else set())
    assert {"P6N", "P6F"} & set(chosen(kind, facts=("remedy_now",))) == {"P6N"}


def test_an_accelerated_remedy_names_the_agency_only_where_it_required_it():
    """577.12(a) also covers a maker that agreed in advance; (c)(2) is for one that was ordered."""
    agreed = set(chosen("follow_up", facts=("accelerated",))) - set(chosen("follow_up"))
    ordered = chosen("follow_up", facts=("accelerated", "accelerated_ordered"))
    assert agreed == {"A1a", "A1c"}
    assert [name for name in ordered if name.startswith("A1")] == ["A1a", "A1b", "A1c"]


def test_an_accelerated_remedy_at_other_shops_says_who_pays():
    first = ("accelerated", "accelerated_facilities", "accelerated_parts", "owner_pays_first")
    nothing = (*first[:3], "owner_pays_nothing")
    for facts, said in ((first, ["A1f", "A1g"]), (nothing, ["A1h"])):
        found = [name for name in chosen(facts=facts) if name.startswith("A1")]
        assert found == ["A1c", "A1d", "A1e", *said]


def test_a_first_notice_supplements_none():
    assert "A1a" not in chosen("initial", facts=("accelerated",))
    assert "A1a" not in chosen("interim", facts=("accelerated",))


def test_a_decision_upheld_in_court_says_so_and_who_is_paid_back():
    """577.6(c)(2) binds only after a provisional notification, of a vehicle whose remedy must be free; else (c)(3)."""
    upheld = ("ordered", "upheld")

    def said(*facts):
        return [name for name in chosen(facts=(*upheld, *facts)) if name.startswith("POST")]

    assert said() == ["POSTLITIGATION", "POSTLITIGATION_NO_PROVISIONAL"]
    assert said("provisional_notice_sent") == ["POSTLITIGATION", "POSTLITIGATION_REIMBURSED"]
    for facts in (("not_free",), ("not_free", "provisional_notice_sent")):
        assert said(*facts) == ["POSTLITIGATION", "POSTLITIGATION_NOT_REIMBURSED"]


def test_a_provisional_notification_is_the_items_of_577_6_b_and_reimbursement():
    facts = ("ordered", "not_every_vehicle", "administrators_measures", "reimbursement_begins")
    items = [f"PROVISIONAL_{item}" for item in ITEMS]
    assert chosen("provisional", facts=("ordered",)) == ["P3P", "P4A", "PROVISIONAL", *items, "R1"]
    assert chosen("provisional", facts=facts) == [
        "P3P", "P4A", "D1", "PROVISIONAL", *items[:2], "PROVISIONAL_MEASURES", *items[2:], "R1", "R3",
    ]  # fmt: skip
    # a provisional letter is never one of the others
    assert not {"P3P", "PROVISIONAL"} & set(chosen(facts=tuple(BY_FACT)))


@at_once(
    ("facts", "method"),
    [
        (("replacement",), "BY_REPLACEMENT"),
        (("replacement", "of_equipment"), "BY_REPLACEMENT_ITEM"),
        (("refund",), "BY_REFUND"),
        (("refund", "of_equipment"), "BY_REFUND_ITEM"),
    ],
)
def test_a_provisional_notification_states_the_method_that_was_selected(facts, method):
    """577.6(b)(9)(i)(B): repair, replacement with an equivalent one, or refund, of a vehicle less depreciation."""
    found = [one for one in chosen("provisional", facts=("ordered", *facts)) if "_BY_" in one]
    assert found == [f"PROVISIONAL_{method}"]


def test_a_provisional_notification_about_an_old_vehicle_promises_nothing():
    """577.6(b)(9)(ii): no duty to remedy or reimburse, so no facility of which all is paid back either."""
    free = set(chosen("provisional", facts=("ordered", "reimbursement_ceiling")))
    old = set(chosen("provisional", facts=("ordered", "reimbursement_ceiling", "not_free")))
    assert old - free == {"PROVISIONAL_NOT_FREE", "R1N"}
    assert {one.removeprefix("PROVISIONAL_") for one in free - old} == {
        "FREE", "BY_REPAIR", "EXPENSES", "CEILING", "FACILITY_PAID", "R1",
    }  # fmt: skip


@at_once(
    ("name", "words"),
    [
        ("EXPENSES", "If the Court upholds the decision, Lexus will reimburse you for any expenses after that day."),
        ("FREE", "If the Court upholds the decision: the dealer will replace the booster."),
        ("BY_REPAIR", "The method of remedy will be repair: ."),
        ("WORK", "The work: the pipe is changed. We estimate the cost: not much."),
        ("WORK", "The work: the pipe is changed."),
        ("PARTS", "Where the parts and the instructions will be available: any dealer."),
        ("LABOR", "The labor takes about as long as it takes."),
        ("FACILITY_PAID", "You will be fully reimbursed."),
    ],
)  # fmt: skip
def test_a_provisional_statement_without_its_day_amount_or_hours_is_not_there(name, words):
    assert PACK.statement(f"PROVISIONAL_{name}").find(words, "en") == []


def test_what_cannot_be_repaired_has_no_work_parts_hours_or_shops():
    possible = set(chosen("provisional", facts=("ordered", "repair_opinion")))
    not_so = set(chosen("provisional", facts=("ordered", "repair_opinion", "no_repair")))
    assert not_so - possible == {"PROVISIONAL_NO_REPAIR"}
    assert {one.removeprefix("PROVISIONAL_") for one in possible - not_so} == {
        "REPAIR", "WORK", "PARTS", "LABOR", "FACILITIES", "FACILITY_PAID",
    }  # fmt: skip


def test_a_replacement_or_refund_is_never_called_a_repair_in_a_follow_up():
    for by in ("replacement", "refund"):
        found = set(chosen("follow_up", facts=(by, "not_by_repair")))
        assert {"P8R", "P9R"} <= found
        assert not {"P8", "P9", "G1", "G3", "G4"} & found


def test_a_follow_up_about_a_remedy_that_is_not_free_never_says_free():
    assert "P9N" in chosen("follow_up", facts=("not_free",))
    assert not {"P9", "P9R"} & set(chosen("follow_up", facts=("not_free", "not_by_repair")))


def test_an_order_of_the_administrator_changes_the_decision_of_both_families():
    assert "P5A" in chosen(family="noncompliance_recall", facts=("ordered",))
    assert "P5" not in chosen(family="noncompliance_recall", facts=("ordered",))


def test_a_warning_before_a_crash_is_not_said_a_second_time_as_one_before_an_injury():
    both = chosen(facts=("crash_with_warning", "injury_with_warning"))
    assert "F3" in both
    assert "F4" not in both


def test_a_dealer_s_notice_goes_without_the_remedy_only_while_there_is_none():
    full = ["P10", "V1", "V2", "V3", "V4", "V5", "P11"]
    for kind in ("initial", "remedy_available", "follow_up"):
        assert chosen(kind, recipient="dealer") == full
    assert chosen("interim", recipient="dealer") == [name for name in full if name != "V4"]


def test_facts_of_an_owner_s_letter_change_nothing_in_a_dealer_s_notice():
    assert chosen(recipient="dealer", facts=tuple(BY_FACT)) == chosen(recipient="dealer")


@at_once("surface", ["letter", "envelope"])
@at_once("recipient", rules.RECIPIENTS)
def test_a_service_campaign_carries_none_whatever_is_true_of_it(surface, recipient):
    for kind in rules.LETTER_KINDS:
        facts = tuple(BY_FACT)
        assert chosen(kind, "service_campaign", recipient, facts, surface=surface) == []


def test_an_unknown_fact_switches_nothing():
    assert chosen(facts=("on_a_hot_day",)) == chosen()


def test_no_statement_stands_in_a_letter_before_part_577():
    before = rules.load(date(1976, 12, 29))
    found = before.statements_for(
        campaign_type="safety_recall", kind="initial", recipient="owner", language="en"
    )
    assert found == []


def statement(**change):
    values = {
        "id": "S", "citation": "x", "effective_from": MEMO_DAY, "verified": "READ", "severity": "must",
        "section": "577.5(b)", "kind": "substance", "order": 1, "campaign_types": ("safety_recall",),
        "letter_kinds": ("initial",), "recipients": ("owner",),
        "text": {"en": "Call {phone} about {campaign}, {phone}."}, "matcher": {"en": "Call {phone} about"},
        "approved_by": {"en": "nobody"},
    }  # fmt: skip
    return Statement(**values | change)


def test_slots_are_told_once_in_the_order_of_the_text():
    assert statement().slots("en") == ("phone", "campaign")


def test_every_empty_slot_is_named_with_the_statement():
    with pytest.raises(
        LetterRefused,
        match=r"Statement S \(x\) needs a value for phone, campaign in language 'en'\.",
    ):
        statement().render("en", {"phone": "  "})


def test_a_full_stop_is_not_doubled_and_a_number_keeps_its_point():
    row = statement(text={"en": "Note: {defect}. Then call."}, matcher={"en": "Note"})
    assert row.render("en", {"defect": "It breaks."}) == "Note: It breaks. Then call."
    assert row.render("en", {"defect": "Does it break?"}) == "Note: Does it break? Then call."
    assert row.render("en", {"defect": "See Part 3.5"}) == "Note: See Part 3.5. Then call."


def test_a_language_with_words_but_no_matcher_has_no_text():
    with pytest.raises(LetterRefused, match="'es'"):
        statement(text={"en": "a", "es": "b"}).wording("es")


def test_a_slot_stands_for_words_but_never_for_a_whole_page():
    row = statement(matcher={"en": "from {phone} to"})
    assert row.find(f"from {'x' * 900} to", "en") == [(0, 908)]
    assert row.find(f"from {'x' * 901} to", "en") == []
    assert statement(matcher={"en": r"\({phone}\)"}).find("()", "en") == []


def test_a_vin_s_slot_takes_a_vehicle_s_number_and_no_word():
    """17 characters, or fewer where the maker excepts a number from before 1981 or of a frame: a digit is always among them."""
    row = statement(matcher={"en": r"vehicle, {vin}\b"})
    for right in ("JTHBK262062000001", "SE3P-116167", "1Z878AS408888"):
        assert row.find(f"vehicle, {right}", "en"), right
    for wrong in ("certain", "1234", "JTHBK2620620000012", "SE3P-"):
        assert row.find(f"vehicle, {wrong}.", "en") == [], wrong


@at_once(
    ("unit", "points"), [("pt", 10.0), ("in", 720.0), ("mm", pytest.approx(28.3465, abs=1e-4))]
)
def test_a_length_of_ten_is_so_many_points(unit, points):
    row = Measure(
        id="m", citation="x", effective_from=MEMO_DAY, verified="READ", severity="must", value=10.0, unit=unit,
        least=5.0,
    )  # fmt: skip
    assert row.points == points
    assert row.range_points == (row.points / 2, points)
    assert set(POINTS_PER) == {"pt", "in", "mm"}


# what 577.5 asks of any notification and a row says in some kinds of letter only: which rows say it in the others
IN_THE_OTHERS = {
    "G2": {
        "N1",
        "N1U",
        "N1R",
        "N1UR",
        "N1A",
        "N1AR",
    },  # the earliest date: expected, not known, or now
    "G2N": {"N2", "N2R", "N1A", "N1AR"},
    "G4": {"G4I"},
    "OTHERFAC": {"OTHERFACI", "OTHERFACU"},
}


def test_what_577_5_asks_of_any_notification_stands_in_every_kind_of_letter():
    """It excepts no interim, second or ordered one; a row of some kinds has others that say it in the rest."""
    owners = [
        row
        for row in PACK.rows["statements"].values()
        if row.surface == "letter" and "owner" in row.recipients and row.verified != "HOUSE"
        and row.citation.startswith("49 CFR 577.5")
    ]  # fmt: skip
    kinds = {row.id: {*row.letter_kinds} for row in owners}
    others = {name for rows in IN_THE_OTHERS.values() for name in rows} | {
        "P6D",
        "P6F",
    }  # of two days
    for name, own in kinds.items():
        if name not in others:
            said = own.union(*(kinds.get(one, _kinds(one)) for one in IN_THE_OTHERS.get(name, ())))
            assert {*OWNERS} <= said, name


def _kinds(name):
    return {*PACK.rows["statements"][name].letter_kinds}


def test_what_an_owner_gets_instead_agrees_in_spanish_with_a_word_of_any_gender():
    """577.5(g)(1)(v): `una llanta nueva ..., idéntico` was printed."""
    for name in ("G1R", "G1RE", "G1RT"):
        assert "{replacement}, de tipo idéntico o" in PACK.statement(name).wording("es")
