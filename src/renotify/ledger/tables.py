"""The ledger's tables as Arrow: one schema a table, written from the models by ``make docs``, and plain reads."""

from __future__ import annotations

from functools import cache

import pyarrow as pa

from renotify.errors import UnknownName
from renotify.ledger.session import Session, Value

_ARROW = {
    "text": pa.string(),
    "date": pa.date32(),
    "whole": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
}

# Columns in order, JSON and instants left out; a question mark: may be null.
# fmt: off
_COLUMNS = {
    # [[[cog
    # import cog
    # from ledger_columns import columns
    # cog.out(columns())
    # ]]]
    "accepted_wording": (
        "id:whole handle:text follow_up:text campaign_code:text text_key:text "
        "language:text row_id:text title:text citation:text row_digest:text "
        "texts_digest:text rule_digest:text accepted_on:date accepted_by:text reason:text "
        "withdrawn_on:date? withdrawn_by:text withdrawn_reason:text source_id:whole "
    ),
    "appointment": (
        "source_id:whole source_row:whole appointment_id:text dealer_code:text vin:text "
        "campaign_codes:text start:text status:text booked_on:date? first_loaded_on:date? "
    ),
    "approval": (
        "form_digest:text rule_digest:text approved_by:text "
    ),
    "artifact": (
        "path:text kind:text sha256:text follow_up:text "
    ),
    "campaign": (
        "source_id:whole source_row:whole campaign_code:text nhtsa_campaign_number:text "
        "campaign_type:text family:text filed_date:date? first_notice_date:date? "
        "remedy_available_date:date? remedy_version:whole risk_weight:number "
        "stated_involved:whole? "
    ),
    "campaign_fact": (
        "source_id:whole source_row:whole id:whole campaign_code:text layer:text "
        "nhtsa_campaign_number:text stated_on:date "
    ),
    "campaign_part": (
        "source_id:whole source_row:whole campaign_code:text model:text part_no:text "
        "qty:number take_rate:number "
    ),
    "dealer": (
        "source_id:whole source_row:whole dealer_code:text name:text area_code:text "
        "addr1:text city:text state:text zip:text phone:text email:text lat:number? "
        "lon:number? "
    ),
    "dealer_capacity": (
        "source_id:whole source_row:whole dealer_code:text week:date "
        "hours_available:number bays:number? "
    ),
    "dealer_part_stock": (
        "source_id:whole source_row:whole dealer_code:text part_no:text as_of:date "
        "on_hand:number on_order:number "
    ),
    "dealer_stock": (
        "source_id:whole source_row:whole vin:text dealer_code:text stock_type:text "
        "in_date:date sold_date:date? "
    ),
    "disclosure": (
        "id:whole recipient:text purpose:text what:text vehicles:whole vin_digest:text "
    ),
    "draft_letter": (
        "vin:text follow_up:text draft:text family:text week:whole? interim:flag "
        "remedy_from:date? without_parts:text dealer_code:text "
    ),
    "draft_plan": (
        "follow_up:text name:text policy:text first_week:date weeks:whole made_on:date "
        "source_id:whole "
    ),
    "event": (
        "source_id:whole source_row:whole vin:text subject:text content:text "
        "campaign_code:text? kind:text occurred_on:date remedy_version:whole "
        "dealer_code:text hours:number? return_code:text "
    ),
    "filed_report": (
        "source_id:whole source_row:whole nhtsa_campaign_number:text period:text "
        "submitted_on:date maker:text maker_code:text subject:text "
        "first_notice_date:date? last_notice_date:date? report_number:whole? "
        "involved:whole? remedied:whole? unreachable:whole? removed:whole? "
    ),
    "follow_up": (
        "name:text kind:text notice_date:date frozen_on:date source_id:whole "
    ),
    "labor_time": (
        "source_id:whole source_row:whole campaign_code:text model:text op_code:text "
        "hours:number source:text "
    ),
    "listed": (
        "vin:text follow_up:text family:text bundle:text dealer_code:text left_out:text "
        "week:whole? rank:whole dealer_assigned:flag interim:flag remedy_from:date? "
        "without_parts:text moved_from:text arm:text touched_on:date? "
    ),
    "notice": (
        "follow_up:text audience:text code:text edition:whole file:text sha256:text "
        "written_on:date sent_on:date? acknowledged_at:text receipt:text "
    ),
    "owner": (
        "source_id:whole source_row:whole vin:text role:text as_of:date name1:text "
        "name2:text addr1:text addr2:text city:text state:text zip:text zip4:text "
        "delivery_point:text source:text language:text email:text phone:text country:text "
        "end_date:date? "
    ),
    "owner_search": (
        "source_id:whole source_row:whole id:whole vin:text ended_on:date withdrawn:flag "
    ),
    "part": (
        "source_id:whole source_row:whole part_no:text description:text pack_qty:whole "
        "lead_days:whole superseded_by:text "
    ),
    "part_promise": (
        "id:whole dealer_code:text part_no:text kits:number week:date promised_on:date "
        "withdrawn_on:date? withdrawn_reason:text source_id:whole "
    ),
    "part_shipment": (
        "source_id:whole source_row:whole dealer_code:text part_no:text ship_date:date "
        "qty:number "
    ),
    "part_supply": (
        "source_id:whole source_row:whole part_no:text week:date supply_qty:number "
        "status:text "
    ),
    "piece": (
        "vin:text piece_id:text follow_up:text family:text role:text bundle:text "
        "dealer_code:text language:text owner_as_of:date wave:whole? state:text "
        "reason:text checked_on:date? form_digest:text imb:text file:text "
        "first_page:whole? sequence:whole? mailed_on:date? returned_on:date? "
        "return_code:text "
    ),
    "placeholder_word": (
        "source_id:whole source_row:whole column_name:text word:text meaning:text "
    ),
    "plan": (
        "policy:text first_week:date weeks:whole? source_id:whole "
    ),
    "recall_make": (
        "source_id:whole source_row:whole make:text "
    ),
    "refused_owner": (
        "source_id:whole source_row:whole vin:text role:text as_of:date? at_latest:date "
        "settled:flag field:text "
    ),
    "repair_dispute": (
        "source_id:whole source_row:whole vin:text campaign_code:text done_by:text "
        "ro_id:text close_date:date outcome:text dealer_code:text asked_on:date "
        "answer:text reason:text answered_on:date? "
    ),
    "return_code": (
        "source_id:whole source_row:whole code:text action:text "
    ),
    "setting_change": (
        "follow_up:text number:whole setting:text from_day:date changed_on:date "
        "changed_by:text reason:text undone_on:date? undone_by:text undone_reason:text "
        "source_id:whole "
    ),
    "source": (
        "id:whole kind:text name:text sha256:text table_name:text "
    ),
    "state": (
        "vin:text campaign_code:text remedy_version:whole current:flag status:text "
        "reason:text since:date added_on:date "
    ),
    "stated_day": (
        "source_id:whole source_row:whole id:whole clock:text word:text day:date "
    ),
    "told_week": (
        "follow_up:text dealer_code:text week:date letters:whole told_on:date moved:whole "
    ),
    "vehicle": (
        "source_id:whole source_row:whole vin:text make:text model:text model_year:whole "
        "build_date:date? first_sale_date:date? dealer_code:text "
    ),
    "vin_exception": (
        "source_id:whole source_row:whole vin:text reason:text "
    ),
    "wave": (
        "follow_up:text number:whole week:date planned:whole folder:text "
    ),
    "wave_decision": (
        "id:whole source_id:whole follow_up:text wave:whole week:date kind:text "
        "decided_on:date decided_by:text reason:text folder:text "
    ),
    "withdrawn_row": (
        "source_id:whole source_row:whole table_name:text row_key:text "
    ),
    # [[[end]]]
}
# fmt: on


@cache
def schema(table: str) -> pa.Schema:
    """Return the Arrow schema of a table: its columns in order, JSON and instants left out. Raises UnknownName."""
    if table not in _COLUMNS:
        raise UnknownName(f"There is no table {table!r} in the ledger.")
    return pa.schema([_field(one) for one in _COLUMNS[table].split()])


def _field(column: str) -> pa.Field:
    name, _, kind = column.partition(":")
    return pa.field(name, _ARROW[kind.rstrip("?")], nullable=kind.endswith("?"))


def read(
    session: Session,
    table: str,
    *columns: str,
    where: str = "true",
    order: str = "",
    **values: Value,
) -> pa.Table:
    """Return rows of a table (all columns when none are named); ``where`` and ``order`` are SQL with ``:name`` values."""
    wanted = (
        schema(table) if not columns else pa.schema([schema(table).field(name) for name in columns])
    )
    sql = f"select {', '.join(wanted.names)} from {table} where {where}{f' order by {order}' if order else ''}"
    return session.read(sql, wanted, **values)
