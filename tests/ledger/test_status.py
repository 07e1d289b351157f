"""Counts, look-up, explanation and proof of the kept state, as people ask for them."""

from __future__ import annotations

from datetime import date

import pytest

from folder import make_vin
from ledger.history import Row, load, loaded_at, register
from renotify.errors import UnknownName, WrongUse

V1, V2, V3 = make_vin(1), make_vin(2), make_vin(3)
ADDED, LATER, LAST = date(2009, 1, 16), date(2010, 5, 3), date(2011, 7, 4)
ON = date(2013, 2, 26)
REMEDY_THERE = date(2009, 1, 16)  # as history.register says


def added(vin, campaign="9LA", version=1, day=ADDED):
    return Row(vin, "added", day, campaign, version)


@pytest.fixture(autouse=True)
def _store(session):
    register(session, "9LA", "ALE", "CLB", service=["CLB"], involved=3)


def three_vehicles(session):
    load(session, [added(V1), added(V2), added(V3), added(V1, "CLB")], at=loaded_at(1))
    load(session, [Row(V2, "remedied", LATER, "9LA"), Row(V3, "exported", LAST)], at=loaded_at(2))


def counts(session, campaign="9LA", **asked):
    from renotify.ledger import status

    return {row.campaign: row.document() for row in status.counts(session, **asked)}[campaign]


def explained(session, vin):
    from renotify.ledger.explain import explain

    return explain(session, vin, ON)


def test_a_campaign_is_counted_by_the_identity(session):
    three_vehicles(session)
    assert counts(session) == {
        "campaign": "9LA", "involved": 3, "repaired": 1, "inspected_ok": 0, "removed": 0, "open": 1,
        "unreachable": {
            "export": 1, "theft": 0, "scrapping": 0, "failure_to_receive": 0, "other": 0,
        },
        "completion": 1 / 3, "stated_involved": 3,
    }  # fmt: skip


def test_a_past_day_and_a_past_state_of_knowledge_can_be_counted(session):
    three_vehicles(session)
    before = counts(session, as_of=date(2011, 1, 1))
    assert (before["repaired"], before["open"]) == (1, 2)
    assert counts(session, known_at=loaded_at(1))["open"] == 3
    assert counts(session, as_of=date(2008, 1, 1))["involved"] == 0


def test_a_later_correction_does_not_change_what_was_known_before(session):
    load(session, [added(V1), Row(V1, "remedied", LATER, "9LA", about="R1")], at=loaded_at(1))
    load(session, [Row(V1, "declined", LATER, "9LA", about="R1")], at=loaded_at(2))
    assert counts(session)["open"] == 1
    assert counts(session, known_at=loaded_at(1))["repaired"] == 1


def test_a_campaign_without_population_is_a_row_of_zeros(session):
    row = counts(session, "ALE")
    assert (row["involved"], row["open"], row["completion"]) == (0, 0, 0.0)


def test_a_removed_vehicle_is_no_longer_of_the_campaign(session):
    load(session, [added(V1), added(V2), Row(V1, "removed", LATER, "9LA", 1)])
    load(session, [Row(V2, "inspected_ok", LATER, "9LA")])
    assert counts(session)["completion"] == 1.0


def test_an_unknown_campaign_is_refused_with_a_hint(session):
    from renotify.ledger import status

    with pytest.raises(UnknownName) as refused:
        status.counts(session, campaign="9LB")
    assert "9LA" in refused.value.hint


def test_counts_by_nothing_known_are_refused(session):
    from renotify.ledger import status

    with pytest.raises(WrongUse):
        status.counts(session, by="colour")


def test_counts_by_dealer_and_area_add_up(session, folder):
    from renotify.ledger import intake, status

    folder.campaign("9LA").dealer("D0001", "E").dealer("D0002", "W")
    folder.vehicle(V1, "9LA", dealer="D0001").vehicle(V2, "9LA", dealer="D0002")
    intake.load(session, [folder.write()], on=ON)
    load(session, [added(V3)])
    dealers = status.counts(session, by="dealer", campaign="9LA")
    assert [(row.area, row.dealer, row.open) for row in dealers] == [
        ("(none)", "(none)", 1), ("E", "D0001", 1), ("W", "D0002", 1),
    ]  # fmt: skip
    areas = status.counts(session, by="area", campaign="9LA", as_of=ON)
    assert [(row.area, row.open) for row in areas] == [("(none)", 1), ("E", 1), ("W", 1)]


def test_open_vehicles_are_those_of_the_campaigns_asked(session):
    from renotify.ledger import status

    three_vehicles(session)
    every = status.open_vehicles(session).to_pylist()
    assert {(row["vin"], row["campaign_code"]) for row in every} == {(V1, "9LA"), (V1, "CLB")}
    assert status.open_vehicles(session, campaigns=["CLB"]).num_rows == 1
    assert status.open_vehicles(session, campaigns=[]).num_rows == 0


def test_lookup_keeps_the_order_and_puts_safety_recalls_first(session):
    from renotify.ledger.lookup import lookup

    three_vehicles(session)
    found = lookup(session, [V2, f" {V1.lower()} ", "SHORT", V2], on=ON)
    assert [one["vin"] for one in found] == [V2, V1, "SHORT", V2]
    assert [one["campaign"] for one in found[1]["campaigns"]] == ["9LA", "CLB"]
    assert (found[2]["valid"], found[2]["campaigns"]) == (False, [])
    assert "17 characters" in found[2]["reason"]
    assert found[0]["campaigns"][0]["status"] == "repaired"


def test_the_remedy_is_available_from_its_day_on(session):
    from renotify.ledger.lookup import lookup

    three_vehicles(session)
    (before,) = lookup(session, [V1], on=date(2009, 1, 15))
    (then,) = lookup(session, [V1], on=REMEDY_THERE)
    assert before["campaigns"][0]["remedy_available"] is False
    assert then["campaigns"][0]["remedy_available"] is True


def test_lookup_of_nothing_is_nothing(session):
    from renotify.ledger.lookup import lookup

    assert lookup(session, [], on=ON) == []


def test_explain_names_file_and_row_of_what_decides(session):
    three_vehicles(session)
    safety, service = explained(session, V1)["campaigns"]
    assert safety["sentence"] == ("Open: no accepted repair; added 2009-01-16 by events.csv row 1.")
    assert service["campaign"] == "CLB"
    (done,) = explained(session, V2)["campaigns"]
    assert done["sentence"] == "Repaired on 2010-05-03 by events.csv row 1."
    (gone,) = explained(session, V3)["campaigns"]
    assert gone["sentence"] == (
        "Unreachable: reported exported on 2011-07-04 by events.csv row 2. The recall is not done."
    )
    assert [(e["kind"], e["row"], e["recorded_at"]) for e in gone["events"]] == [
        ("added", 3, loaded_at(1)), ("exported", 2, loaded_at(2)),
    ]  # fmt: skip


def test_explain_says_why_work_does_not_count(session):
    load(session, [added(V1), Row(V1, "remedied", LATER, "9LA"), added(V1, version=2, day=LAST)])
    load(
        session, [added(V2), Row(V2, "removed", LATER, "9LA", 1), Row(V2, "remedied", LAST, "9LA")]
    )
    (reopened,) = explained(session, V1)["campaigns"]
    assert reopened["sentence"].endswith(
        "(remedy version 2). The work of 2010-05-03 does not count: it was for an earlier remedy."
    )
    (removed,) = explained(session, V2)["campaigns"]
    assert removed["sentence"].endswith("does not count: it came after that.")


def test_explain_marks_what_was_corrected(session):
    load(session, [added(V1), Row(V1, "remedied", LATER, "9LA", about="R1")], at=loaded_at(1))
    load(session, [Row(V1, "declined", LATER, "9LA", about="R1")], at=loaded_at(2))
    (told,) = explained(session, V1)["campaigns"]
    assert {e["kind"]: e["corrected"] for e in told["events"]} == {
        "added": False, "remedied": True, "declined": False,
    }  # fmt: skip


def test_explain_of_a_stranger_is_empty(session):
    assert explained(session, make_vin(99))["campaigns"] == []
    assert explained(session, "NOT A VIN")["valid"] is False


def tamper(session, sql):
    """Change a row as somebody could who has taken the guards of the schema down."""
    session.renew()
    if session.sqlite:
        session._statement("pragma foreign_keys = off")
        session._statement("pragma ignore_check_constraints = on")
    else:
        with (
            session.transaction()
        ):  # of plain vehicles the ledger keeps nothing that could be tampered with
            session.execute("update state set since = since")
        session._statement("set session_replication_role = replica")
    with session.transaction():
        if session.sqlite:
            session.execute("drop trigger event_refuses_update")
        else:
            session.execute("alter table state_row drop constraint state_status_known")
        names = {name: session.kept(name) for name in ("state", "event")}
        session.execute(sql.format_map(names))


EXTRA_STATE = """
    insert into {state} (vin, campaign_code, remedy_version, current, status, reason, since, added_on)
    select vin, 'ALE', 1, current, status, reason, since, added_on from state
    where campaign_code = 'CLB'"""
STRAY_PIECE = """
    insert into piece (vin, piece_id, follow_up, family, role, bundle, dealer_code, language,
        owner_as_of, state, reason, form_digest, imb, file, return_code)
    select vin, 'P', 'F', 'safety', 'owner', '9LA', '', 'en', since, 'listed', '', '', '', '', ''
    from state where campaign_code = 'CLB'"""


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("update {state} set status = 'repaired' where status = 'open'", "different"),
        ("delete from {state} where status = 'open'", "missing"),
        (EXTRA_STATE, "extra"),
        ("update {state} set status = 'lost' where status = 'open'", "status outside the identity"),
        ("update {state} set current = false", "not one current version"),
        ("update {event} set source_id = 999", "event without a source"),
        (STRAY_PIECE, "piece without a listing"),
    ],
)
def test_verify_catches_a_tampered_ledger(session, sql, what):
    from renotify.ledger.verify import verify

    three_vehicles(session)
    assert verify(session) == {
        "vehicles": 3,
        "states": 4,
        "differences": [],
        "found": {},
        "ok": True,
    }
    tamper(session, sql)
    found = verify(session)
    assert not found["ok"]
    assert what in found["found"]
    assert what in {one["what"] for one in found["differences"]}
