"""The schema guards itself, on both stores: what refers to nothing, a word that is none, a changed event."""

from __future__ import annotations

import re
from datetime import date

import pytest
from adbc_driver_manager import dbapi

from folder import make_vin
from renotify.campaigns.campaign import CampaignType
from renotify.campaigns.follow_up_settings import KINDS as FOLLOW_UP_KINDS
from renotify.ledger import kinds, migrating
from renotify.ledger.store import named_store
from renotify.values.placeholders import Meaning

DAY = date(2013, 2, 26)
VIN, OTHER = make_vin(1), make_vin(2)
FROM = {"source_id": 1, "source_row": 1}
# One good row of every table, in the order of what refers to what.
ROWS = {
    "source": {"id": 1, "kind": "file", "name": "a.csv", "sha256": "", "table_name": "",
        "recorded_at": "2013-02-26 08:00:00+00"},
    "campaign": {**FROM, "campaign_code": "9LA", "nhtsa_campaign_number": "", "campaign_type": "safety_recall",
        "family": "safety", "remedy_version": 1, "risk_weight": 1.0, "facts": "{}"},
    "vin_exception": {**FROM, "vin": OTHER, "reason": "as stamped"},
    "placeholder_word": {**FROM, "column_name": "owners.name1", "word": "Null", "meaning": "keep"},
    "recall_make": {**FROM, "make": "LEXUS"},
    "stated_day": {**FROM, "clock": "9LA:letters", "word": "done", "day": DAY},
    "return_code": {**FROM, "code": "RTS", "action": "retry_same"},
    "refused_owner": {**FROM, "vin": VIN, "role": "owner", "as_of": DAY, "at_latest": DAY},
    "owner_search": {**FROM, "vin": VIN, "ended_on": DAY},
    "withdrawn_row": {**FROM, "table_name": "dealer_stock", "row_key": VIN},
    "filed_report": {**FROM, "nhtsa_campaign_number": "09V020000", "period": "2013-1", "submitted_on": DAY, "maker": "",
        "maker_code": "", "subject": ""},
    "vehicle": {**FROM, "vin": VIN, "make": "Lexus", "model": "IS 250", "model_year": 2006, "dealer_code": "D1"},
    "owner": {**FROM, "vin": VIN, "role": "owner", "as_of": DAY, "name1": "ANA EXAMPLE", "name2": "", "addr1": "1 Elm St",
        "addr2": "", "city": "Boston", "state": "MA", "zip": "02108", "zip4": "", "delivery_point": "",
        "source": "state", "language": "", "email": "", "phone": "", "country": ""},
    "campaign_fact": {**FROM, "campaign_code": "9LA", "layer": "catalogue", "nhtsa_campaign_number": "", "stated_on": DAY,
        "facts": "{}"},
    "dealer": {**FROM, "dealer_code": "D1", "name": "Made-up", "area_code": "E", "addr1": "1 Main St", "city": "Boston",
        "state": "MA", "zip": "02108", "phone": "", "email": ""},
    "dealer_capacity": {**FROM, "dealer_code": "D1", "week": DAY, "hours_available": 40.0, "bays": 2.0},
    "dealer_stock": {**FROM, "vin": VIN, "dealer_code": "D1", "stock_type": "new", "in_date": DAY},
    "part": {**FROM, "part_no": "P1", "description": "Spring", "pack_qty": 1, "lead_days": 7, "superseded_by": ""},
    "campaign_part": {**FROM, "campaign_code": "9LA", "model": "", "part_no": "P1", "qty": 1.0, "take_rate": 1.0},
    "part_supply": {**FROM, "part_no": "P1", "week": DAY, "supply_qty": 10.0},
    "part_shipment": {**FROM, "dealer_code": "D1", "part_no": "P1", "ship_date": DAY, "qty": 1.0},
    "dealer_part_stock": {**FROM, "dealer_code": "D1", "part_no": "P1", "as_of": DAY, "on_hand": 1.0, "on_order": 0.0},
    "labor_time": {**FROM, "campaign_code": "9LA", "model": "", "op_code": "OP1", "hours": 1.5, "source": "estimate"},
    "appointment": {**FROM, "appointment_id": "A1", "dealer_code": "D1", "vin": VIN, "campaign_codes": "9LA",
        "start": "2013-03-11T08:30", "status": "booked"},
    "repair_dispute": {**FROM, "vin": VIN, "campaign_code": "9LA", "done_by": "D1", "ro_id": "R1", "close_date": DAY,
        "outcome": "remedied", "dealer_code": "D1", "asked_on": DAY, "answer": "asked", "reason": ""},
    "event": {**FROM, "vin": VIN, "subject": "pop|9LA|1", "content": "", "campaign_code": "9LA", "kind": "added",
        "occurred_on": DAY, "remedy_version": 1, "dealer_code": "", "return_code": ""},
    "state": {"vin": VIN, "campaign_code": "9LA", "remedy_version": 1, "current": 1, "status": "open", "reason": "",
        "since": DAY, "added_on": DAY},
    "follow_up": {"name": "small", "kind": "follow_up_voluntary", "notice_date": DAY, "frozen_on": DAY, "settings": "{}",
        "source_id": 1},
    "listed": {"vin": VIN, "follow_up": "small", "family": "safety", "bundle": "9LA", "dealer_code": "D1", "left_out": "",
        "rank": 1},
    "plan": {"follow_up": "small", "policy": "optimal", "first_week": DAY, "document": "{}", "source_id": 1},
    "piece": {"vin": VIN, "piece_id": "P-1", "follow_up": "small", "family": "safety", "role": "owner", "bundle": "9LA",
        "dealer_code": "D1", "language": "en", "owner_as_of": DAY, "state": "listed", "reason": "", "form_digest": "",
        "imb": "", "file": "", "return_code": ""},
    "wave": {"follow_up": "small", "number": 1, "week": DAY, "planned": 1, "folder": ""},
    "notice": {"follow_up": "small", "audience": "dealer", "code": "D1", "edition": 1, "file": "", "sha256": "", "written_on": DAY,
        "acknowledged_at": "", "receipt": ""},
    "wave_decision": {"source_id": 1, "follow_up": "small", "wave": 1, "week": DAY, "kind": "called_back", "decided_on": DAY,
        "decided_by": "", "reason": "wrong paper"},
    "setting_change": {"source_id": 1, "follow_up": "small", "number": 1, "setting": "horizon_weeks", "from_day": DAY,
        "changed_on": DAY, "changed_by": "", "reason": "longer"},
    "accepted_wording": {"source_id": 1, "follow_up": "small", "handle": "a1", "campaign_code": "9LA", "text_key": "defect",
        "language": "en", "sentence": "It ends.", "row_id": "limit.en", "title": "Limit", "citation": "49 USC 30120(a)", "row_digest": "b2",
        "texts_digest": "c3", "rule_digest": "d4", "accepted_on": DAY, "accepted_by": "counsel", "reason": "of the pump"},
    "draft_plan": {"source_id": 1, "follow_up": "small", "name": "other", "policy": "optimal", "first_week": DAY, "weeks": 26,
        "made_on": DAY, "document": "{}"},
    "draft_letter": {"vin": VIN, "follow_up": "small", "draft": "other", "family": "safety"},
    "told_week": {"follow_up": "small", "dealer_code": "D1", "week": DAY, "letters": 3, "told_on": DAY},
    "part_promise": {"source_id": 1, "dealer_code": "D1", "part_no": "P1", "kits": 1.0, "week": DAY, "promised_on": DAY},
}  # fmt: skip
WORDS = {
    ("source", "kind"): kinds.SourceKind,
    ("campaign", "campaign_type"): CampaignType,
    ("campaign", "family"): kinds.Family,
    ("campaign_fact", "layer"): kinds.Layer,
    ("owner", "role"): kinds.OwnerRole,
    ("dealer_stock", "stock_type"): kinds.StockType,
    ("appointment", "status"): kinds.AppointmentStatus,
    ("event", "kind"): kinds.EventKind,
    ("state", "status"): kinds.Status,
    ("state", "reason"): kinds.Reason,
    ("follow_up", "kind"): FOLLOW_UP_KINDS,
    ("listed", "family"): kinds.Family,
    ("piece", "family"): kinds.Family,
    ("piece", "role"): kinds.OwnerRole,
    ("piece", "state"): kinds.PieceState,
    ("notice", "audience"): kinds.Audience,
    ("part_supply", "status"): kinds.SupplyStatus,
    ("placeholder_word", "meaning"): Meaning,
    ("stated_day", "word"): kinds.DayWord,
    ("return_code", "action"): kinds.ReturnAction,
    ("draft_letter", "family"): kinds.Family,
    ("wave_decision", "kind"): kinds.WaveDecisionKind,
    ("repair_dispute", "answer"): kinds.DisputeAnswer,
}
REFERENCES = {
    (table, "source_id")
    for table in ("campaign", "campaign_fact", "vehicle", "owner", "dealer", "dealer_capacity", "dealer_stock", "part", "campaign_part",
        "part_supply", "part_shipment", "dealer_part_stock", "labor_time", "appointment", "event", "follow_up", "plan",
        "vin_exception", "placeholder_word", "recall_make", "filed_report", "stated_day", "withdrawn_row", "return_code",
        "refused_owner", "owner_search", "wave_decision", "setting_change", "draft_plan", "part_promise",
        "accepted_wording", "repair_dispute")
} | {
    ("repair_dispute", "campaign_code"), ("repair_dispute", "done_by"), ("repair_dispute", "dealer_code"),
    ("dealer_capacity", "dealer_code"), ("dealer_stock", "dealer_code"), ("dealer_part_stock", "dealer_code"),
    ("appointment", "dealer_code"), ("campaign_part", "campaign_code"),     ("event", "campaign_code"),
    ("campaign_part", "part_no"), ("part_supply", "part_no"),
    ("dealer_part_stock", "part_no"), ("part_shipment", "part_no"), ("part_shipment", "dealer_code"),
    ("listed", "follow_up"), ("plan", "follow_up"), ("piece", "follow_up"),
    ("wave", "follow_up"), ("notice", "follow_up"),
    ("wave_decision", "follow_up"), ("accepted_wording", "follow_up"), ("setting_change", "follow_up"), ("draft_plan", "follow_up"),
    ("draft_letter", "follow_up"),
    ("told_week", "follow_up"), ("told_week", "dealer_code"), ("part_promise", "dealer_code"), ("part_promise", "part_no"),
}  # fmt: skip
LEAST = {
    ("campaign", "risk_weight"), ("dealer_capacity", "hours_available"), ("dealer_capacity", "bays"), ("part", "pack_qty"),
    ("part", "lead_days"), ("campaign_part", "qty"), ("campaign_part", "take_rate"), ("part_supply", "supply_qty"),
    ("part_shipment", "qty"),
    ("dealer_part_stock", "on_hand"), ("dealer_part_stock", "on_order"), ("labor_time", "hours"), ("wave", "number"),
    ("wave", "planned"), ("campaign", "remedy_version"), ("setting_change", "number"), ("draft_plan", "weeks"),
    ("notice", "edition"), ("told_week", "letters"), ("part_promise", "kits"),
}  # fmt: skip
STRANGE = {"source_id": 999}
REFUSED = re.compile(r"foreign|constraint|does not have|never changed", re.IGNORECASE)


@pytest.fixture
def filled(session):
    """A session on a ledger with one good row in every table."""
    with session.transaction():
        for table, row in ROWS.items():
            insert(session, table, row)
    return session


def insert(session, table, row):
    """Insert a row as the columns' types ask for it on the store."""
    cast = {
        "recorded_at": "timestamptz",
        "facts": "jsonb",
        "settings": "jsonb",
        "document": "jsonb",
        "current": "boolean",
    }
    values = [
        f":{name}" if session.sqlite or name not in cast else f"cast(:{name} as {cast[name]})"
        for name in row
    ]
    if not session.sqlite and "current" in row:
        row = row | {"current": "true" if row["current"] else "false"}
    session.execute(f"insert into {table} ({', '.join(row)}) values ({', '.join(values)})", **row)


def refused(session, work):
    """Run a change in a transaction and tell whether the schema refused it, at once or at its end; it does not stand."""
    try:
        with session.transaction():
            work()
    except dbapi.Error as error:
        return bool(REFUSED.search(str(error)))
    return False


def changed(session, table, column, value):
    """Give the good row of a table another value: an event and a statement by another one, the others in place."""

    def work():
        if table == "event":
            insert(session, table, ROWS[table] | {"subject": "another", column: value})
        elif table == "campaign_fact":
            insert(session, table, ROWS[table] | {column: value})
        else:
            session.execute(f"update {table} set {column} = :value", value=value)

    return work


def test_a_word_that_is_none_is_refused_in_every_column_of_words(filled):
    assert [at for at in WORDS if not refused(filled, changed(filled, *at, "nonsense"))] == []


def test_a_reference_to_nothing_is_refused_in_every_column_that_refers(filled):
    def strange(table, column):
        return changed(filled, table, column, STRANGE.get(column, "nobody"))

    assert [at for at in sorted(REFERENCES) if not refused(filled, strange(*at))] == []


def test_a_number_below_its_least_is_refused(filled):
    assert [at for at in sorted(LEAST) if not refused(filled, changed(filled, *at, -1))] == []


def test_a_share_above_one_is_refused(filled):
    assert refused(filled, changed(filled, "campaign_part", "take_rate", 2))


def test_every_word_of_an_enum_is_taken(filled):
    """The words as the business has them: a table that refused one would refuse a lawful row."""
    for (table, column), words in WORDS.items():
        if table in ("event", "state"):
            continue
        for word in words:
            with filled.transaction():
                changed(filled, table, column, str(word))()
    for kind in kinds.EventKind:
        report = kind in kinds.VEHICLE_REPORTS
        row = ROWS["event"] | {"subject": kind, "kind": kind}
        if report:
            del row["campaign_code"]
        with filled.transaction():
            insert(filled, "event", row)
    with filled.transaction():
        for reason in kinds.Reason:
            filled.execute(
                "update state set status = 'unreachable', reason = :reason", reason=reason
            )


@pytest.mark.parametrize("child", ["event", "vehicle", "owner"])
def test_a_source_cannot_be_deleted_while_rows_of_a_large_table_came_from_it(filled, child):
    another = {"event": {"subject": "another"}, "vehicle": {"vin": OTHER}, "owner": {"vin": OTHER}}
    with filled.transaction():
        insert(filled, "source", ROWS["source"] | {"id": 2})
        insert(filled, child, ROWS[child] | another[child] | {"source_id": 2})
    assert refused(filled, lambda: filled.execute("delete from source where id = 2"))


def test_a_campaign_with_events_and_a_follow_up_with_a_list_cannot_be_deleted(filled):
    with filled.transaction():
        insert(filled, "campaign", ROWS["campaign"] | {"campaign_code": "ALE"})
        insert(filled, "campaign", ROWS["campaign"] | {"campaign_code": "BLB"})
        insert(filled, "event", ROWS["event"] | {"subject": "x", "campaign_code": "ALE"})
        insert(filled, "follow_up", ROWS["follow_up"] | {"name": "second"})
        insert(filled, "listed", ROWS["listed"] | {"follow_up": "second"})
    assert refused(
        filled, lambda: filled.execute("delete from campaign where campaign_code = 'ALE'")
    )
    assert refused(filled, lambda: filled.execute("delete from follow_up where name = 'second'"))
    with filled.transaction():
        assert filled.execute("delete from campaign where campaign_code = 'BLB'") == 1


def test_a_reason_stands_with_unreachable_and_with_nothing_else(filled):
    for status, reason in (("unreachable", ""), ("open", "export"), ("unreachable", "open")):

        def work(status=status, reason=reason):
            filled.execute(
                "update state set status = :status, reason = :reason", status=status, reason=reason
            )

        assert refused(filled, work)


def test_a_report_on_the_vehicle_has_no_campaign_and_any_other_event_has_one(filled):
    scrapped = ROWS["event"] | {"subject": "another", "kind": "scrapped"}
    remedied = ROWS["event"] | {"subject": "another", "kind": "remedied"}
    del remedied["campaign_code"]
    assert refused(filled, lambda: insert(filled, "event", scrapped))
    assert refused(filled, lambda: insert(filled, "event", remedied))


def test_an_event_is_never_changed_or_deleted(filled):
    for sql in ("update event set kind = 'removed'", "delete from event"):
        assert refused(filled, lambda sql=sql: filled.execute(sql))
    assert filled.scalar("select kind from event") == "added"


def test_an_event_is_never_replaced(filled):
    if not filled.sqlite:
        pytest.skip("PostgreSQL has no insert or replace")
    names = ", ".join(ROWS["event"])
    sql = f"insert or replace into event ({names}) select {names} from event"
    assert refused(filled, lambda: filled.execute(sql))


def test_the_events_cannot_be_emptied_at_once(filled):
    if filled.sqlite:
        pytest.skip("SQLite has no truncate")
    for table in ("event_row", "plain_population"):
        assert refused(filled, lambda table=table: filled.execute(f"truncate {table}"))
    with pytest.raises(dbapi.Error, match="not a table"), filled.transaction():
        filled.execute("truncate event")


def test_a_piece_id_stands_for_one_piece(filled):
    again = ROWS["piece"] | {"vin": OTHER}
    assert refused(filled, lambda: insert(filled, "piece", again))


@pytest.fixture
def models(sqlite_ledger):
    from django.apps import apps

    migrating.set_up_django(named_store(sqlite_ledger))
    return list(apps.get_app_config("ledger").get_models())


def test_every_reference_of_the_models_is_tested_here(models):
    from django.db.models import ForeignKey

    found = {
        (model._meta.db_table, field.column)
        for model in models
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey)
    }
    assert found == REFERENCES


def test_every_word_that_a_model_allows_is_of_an_enum(models):
    """The CHECKs of the models hold the enums' words, all of them; and no enum is left out."""
    found = {}
    for model in models:
        for constraint in model._meta.constraints:
            for column, allowed in words_of(getattr(constraint, "condition", None)):
                found.setdefault((model._meta.db_table, column), set()).update(allowed)
    assert found == {place: {str(word) for word in words} for place, words in WORDS.items()}


def words_of(condition):
    """Yield the columns and words of a condition, through its branches; blank is no word."""
    for child in getattr(condition, "children", ()):
        if not isinstance(child, tuple):
            yield from words_of(child)
        elif child[0].endswith("__in"):
            yield child[0].removesuffix("__in"), set(child[1]) - {""}
        elif isinstance(child[1], str) and child[1]:
            yield child[0], {child[1]}
