"""Why one vehicle is in or out of each campaign and follow-up, since when, from which file and row.

For people who must answer for it; the fold decides; here its reasons are put in words. Owners are not in it.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from renotify.ledger import holders, lookup, refused_owners, registry, sources, tables
from renotify.ledger.kinds import EventKind, Status
from renotify.ledger.rulings import IS_OUTCOME, MOVED, WITHDRAWN, why
from renotify.ledger.session import Session
from renotify.ledger.vin_exceptions import exceptions_of
from renotify.values.english import series

_EVENT = (
    "subject", "content", "campaign_code", "kind", "occurred_on", "remedy_version", "return_code",
    "source_id", "source_row",
)  # fmt: skip
_WORK = ("remedied", "inspected_ok")
_WORK_DONE = ("repaired", "inspected_ok")
_DECIDING = {"repaired": "remedied", "inspected_ok": "inspected_ok", "removed": "removed"}
_LOSSES = {"export": "exported", "theft": "stolen", "scrapping": "scrapped", "other": "total_loss"}
_SENTENCES = {
    "repaired": "Repaired on {day}",
    "inspected_ok": "Inspected on {day}, no repair was needed",
    "removed": "Removed from the campaign on {day}",
    "export": "Unreachable: reported exported on {day}",
    "theft": "Unreachable: reported stolen on {day}",
    "scrapping": "Unreachable: reported scrapped on {day}",
    "other": "Unreachable: reported a total loss on {day}",
    "failure_to_receive": "Unreachable: the last letters came back, and the search for the owner ended without a result on {day}",
    "withdrawn": "In the campaign no more: the row that named it was taken back",
    "open": "Open: no accepted repair; added {day}",
}

_NOBODY = {
    "": "No owner, lessee or lessor is on record.",
    holders.IN_STOCK: "It came into a dealer's stock after the last owner's record: the dealer holds it, and nobody is written to.",
    holders.GIVEN_UP: "Everyone on record has given it up, and nobody is known to have taken over (renotify owners unknown).",
}


def explain(session: Session, vin: str, on: date) -> dict[str, Any]:
    """Return, of each campaign and follow-up of a vehicle, a sentence why, and what it rests on.

    Events are in the order of their days, all that was ever said among them. ``stands`` tells those that count, ``corrected``
    those that a later recorded event of the same subject overrules, ``note`` why: corrected, taken back, moved to or from
    another vehicle. The vehicle's own status reports stand under every campaign. ``no_longer`` has the campaigns that named
    the vehicle until the row was taken back. ``holder`` says by role and day of record who holds the vehicle, or why nobody does.
    Of a number that the maker excepts from 49 CFR 565 ``exception`` has the reason and
    ``exception_from`` the file and row.
    """
    (answer,) = lookup.lookup(session, [vin], on=on)
    mine = {"where": "vin = :vin", "vin": answer["vin"]}
    order = "campaign_code, remedy_version"
    states = tables.read(session, "state", order=order, **mine).to_pylist()
    listed = tables.read(session, "listed", order="follow_up, family", **mine).to_pylist()
    pieces = tables.read(session, "piece", order="role", **mine).to_pylist()
    events = _with_sources(session, tables.read(session, "event", *_EVENT, **mine).to_pylist())
    _note_moves(events, _moved_here(session, answer["vin"]))
    current = {state["campaign_code"]: state for state in states if state["current"]}
    excepted = exceptions_of(session, [answer["vin"]]).get(answer["vin"])
    filed = {c: one.filed_date for c, one in registry.campaigns(session, list(current)).items()}
    return {
        **{key: answer[key] for key in ("vin", "valid", "reason", "exception")},
        "exception_from": f"{excepted.source} row {excepted.source_row}" if excepted else None,
        "campaigns": [
            _campaign(row, current[row["campaign"]], events, filed[row["campaign"]])
            for row in answer["campaigns"]
        ],
        "no_longer": _no_longer(current, events),
        "holder": _holder(session, answer["vin"], on),
        "follow_ups": [_follow_up(row, pieces) for row in listed],
    }


def _holder(session: Session, vin: str, on: date) -> dict[str, Any]:
    """Return the roles that hold a vehicle with the days of their records, and a sentence (``ledger.holders``)."""
    records = tables.read(session, "owner", *holders.RECORD, where="vin = :vin", vin=vin)
    known = holders.beside(session, on)
    found = holders.holders(records, on, known).to_pylist()
    holding = sorted((one["role"], one["as_of"]) for one in found if one["holds"])
    if holding:
        said = series([f"the {role} of the record of {day}" for role, day in holding])
        sentence = f"Held by {said}."
        if holders.nobody_holds(records, on, known):
            sentence = f"Nobody is known to hold it, and a search found nobody: {said} is the last purchaser known."
    elif vin in known.refused["vin"].to_pylist():
        sentence = _refused(session, vin)
    else:
        sentence = _NOBODY[max((one["otherwise"] for one in found), default="")]
    return {
        "records": [{"role": role, "as_of": day} for role, day in holding],
        "sentence": sentence,
    }


def _refused(session: Session, vin: str) -> str:
    """Return that the newest owner row was refused: in which field, and where it stands."""
    rows = [
        f"{one.field + ', ' if one.field else ''}{one.file} row {one.row}"
        for one in refused_owners.refused(session, vin)
    ]
    return (
        f"Nobody is written to: the newest owner row was refused at load ({'; '.join(rows)})."
        " Why: the rejects file that the load wrote (out/rejects). What to do: renotify owners refused."
    )


def _with_sources(session: Session, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Name the source of each event, and mark the corrected ones (one vehicle has few)."""
    wanted = {event["source_id"] for event in events}
    known = {source.id: source for source in sources.named(session, wanted)}
    last: dict[str, dict[str, Any]] = {}
    for event in events:
        source = known[event["source_id"]]
        event |= {"source": source.name, "recorded_at": source.recorded_at}
    recorded = ("recorded_at", "source_id", "source_row", "content")
    for event in sorted(events, key=lambda e: [e[key] for key in recorded]):
        last[event["subject"]] = event
    for event in events:
        ruling = last[event["subject"]]
        event["corrected"] = event is not ruling
        event["stands"] = event is ruling and ruling["kind"] != EventKind.WITHDRAWN
        event["note"] = _note(event, ruling)
    return sorted(events, key=lambda e: (e["occurred_on"], e["recorded_at"], e["subject"]))


_WITHDRAWN_AS = {"spoiled": "a letter was found spoiled"}


def _note(event: dict[str, Any], ruling: dict[str, Any]) -> str:
    """Say what became of a statement, or what a withdrawal did: the last word on its subject decides."""
    if event["kind"] == EventKind.WITHDRAWN:
        reason = why(event["content"])
        said = _WITHDRAWN_AS.get(reason, reason if reason.startswith(MOVED) else "taken back")
        return said if event is ruling else f"{said}, and said again since"
    if event is ruling:
        return ""
    return "taken back" if ruling["kind"] == EventKind.WITHDRAWN else "corrected"


class Moved(NamedTuple):
    """An order that came from another vehicle: its subject, that vehicle, and the file that moved it."""

    subject: str
    vin: str
    source_id: int


def _moved_here(session: Session, vin: str) -> list[Moved]:
    return session.rows(
        Moved,
        "select w.subject, w.vin, w.source_id from ("
        f"select distinct o.subject, e.vin from event o cross join event e where o.vin = :vin and o.dealer_code <> ''"
        f" and e.subject = o.subject and e.vin <> :vin and {IS_OUTCOME}) left_behind"
        " cross join event w where w.vin = left_behind.vin and w.subject = left_behind.subject"
        f" and {WITHDRAWN.replace('e.', 'w.')} and w.content like :moved",
        vin=vin,
        moved=f"{MOVED}{vin}|%",
    )


def _note_moves(events: list[dict[str, Any]], moved: list[Moved]) -> None:
    origin = {(one.subject, one.source_id): one.vin for one in moved}
    for event in events:
        vin = origin.get((event["subject"], event["source_id"]))
        if vin and event["kind"] != EventKind.WITHDRAWN:
            event["note"] = "; ".join(filter(None, (f"moved from {vin}", event["note"])))


def _no_longer(
    current: dict[str, dict[str, Any]], events: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the trail of each campaign that has events of the vehicle and no state: its population row was taken back."""
    codes = sorted({e["campaign_code"] for e in events if e["campaign_code"]} - current.keys())
    return [
        {
            "campaign": code,
            "sentence": f"{_SENTENCES['withdrawn']}.",
            "events": [_event(event) for event in events if event["campaign_code"] == code],
        }
        for code in codes
    ]


def _campaign(
    answer: dict[str, Any],
    state: dict[str, Any],
    events: list[dict[str, Any]],
    filed: date | None,
) -> dict[str, Any]:
    mine = [event for event in events if event["campaign_code"] in (None, answer["campaign"])]
    return {
        **answer,
        **{key: state[key] for key in ("remedy_version", "since")},
        "unreachable": state["reason"] or None,
        "sentence": _why(state, mine) + _before_filing(state, filed),
        "events": [_event(event) for event in mine],
    }


def _event(event: dict[str, Any]) -> dict[str, Any]:
    kept = ("occurred_on", "kind", "remedy_version", "return_code", "source", "recorded_at")
    marks = {key: event[key] for key in ("corrected", "stands", "note")}
    return {key: event[key] for key in kept} | {"row": event["source_row"]} | marks


def _why(state: dict[str, Any], events: list[dict[str, Any]]) -> str:
    reason = state["reason"] or state["status"]
    kind = _DECIDING.get(reason) or _LOSSES.get(reason) or _rest(reason)
    deciding = next((e for e in events if _decides(e, kind, state)), None)
    by = f" by {deciding['source']} row {deciding['source_row']}" if deciding else ""
    sentence = _SENTENCES[reason].format(day=state["since"])
    version = f" (remedy version {state['remedy_version']})" if state["remedy_version"] > 1 else ""
    yet = " The recall is not done." if state["status"] == Status.UNREACHABLE else ""
    return f"{sentence}{by}{version}.{yet}{_idle_work(state, events)}"


def _before_filing(state: dict[str, Any], filed: date | None) -> str:
    """Say that work was done before there was a campaign: it counts (a stop-sale; 49 CFR 573.13)."""
    early = filed is not None and state["status"] in _WORK_DONE and state["since"] < filed
    return f" That was before the campaign was filed on {filed}; it counts." if early else ""


def _rest(reason: str) -> str:
    return "returned" if reason == "failure_to_receive" else "added"


def _decides(event: dict[str, Any], kind: str, state: dict[str, Any]) -> bool:
    if event["corrected"] or event["kind"] != kind or event["occurred_on"] != state["since"]:
        return False
    return kind not in ("added", "removed") or event["remedy_version"] == state["remedy_version"]


def _idle_work(state: dict[str, Any], events: list[dict[str, Any]]) -> str:
    """Say why work on a vehicle that is not done does not count."""
    done = [e["occurred_on"] for e in events if e["kind"] in _WORK and e["stands"]]
    if not done or state["status"] in _WORK_DONE:
        return ""
    because = "came after that" if state["status"] == "removed" else "was for an earlier remedy"
    return f" The work of {max(done)} does not count: it {because}."


def _follow_up(row: dict[str, Any], pieces: list[dict[str, Any]]) -> dict[str, Any]:
    mine = [
        {
            key: piece[key]
            for key in ("piece_id", "role", "wave", "state", "reason", "mailed_on", "returned_on")
        }
        for piece in pieces
        if (piece["follow_up"], piece["family"]) == (row["follow_up"], row["family"])
    ]
    kept = ("follow_up", "family", "bundle", "left_out", "week")
    return {key: row[key] for key in kept} | {"sentence": _listing(row, mine), "pieces": mine}


def _listing(row: dict[str, Any], pieces: list[dict[str, Any]]) -> str:
    if row["left_out"]:
        return (
            f"Left out of {row['bundle']} ({row['family']}): {row['left_out'].replace('_', ' ')}."
        )
    assigned = ""
    if row["moved_from"]:
        assigned = f" Planned at {row['dealer_code']}: the visit is longer than the hours of {row['moved_from']} within the wait."
    elif row["dealer_assigned"]:
        assigned = f" Planned at {row['dealer_code']}, the dealer nearest to its owner."
    letters = "; ".join(f"letter to the {piece['role']} {_letter(piece)}" for piece in pieces)
    return f"Listed for {row['bundle']} ({row['family']}); {letters or 'no letter'}.{assigned}"


def _letter(piece: dict[str, Any]) -> str:
    if piece["mailed_on"]:
        back = f", came back on {piece['returned_on']}" if piece["returned_on"] else ""
        return f"mailed on {piece['mailed_on']}{back}"
    wave = f" in wave {piece['wave']}" if piece["wave"] else ""
    reason = f" ({piece['reason']})" if piece["reason"] else ""
    return f"{piece['state']}{wave}{reason}"
