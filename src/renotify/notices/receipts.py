"""Receipts: which dealer acknowledged its notice, and the proof of 49 CFR 577.13(c)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from renotify.errors import BadInput, UnknownName
from renotify.ledger import sources
from renotify.ledger.intake.text_rows import text_rows
from renotify.ledger.kinds import Audience, SourceKind
from renotify.ledger.notice_editions import IN_HAND, NEWEST, Edition, editions
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.notices import told_by_notices
from renotify.values.english import counted

COLUMNS = ("code", "acknowledged_at", "receipt")
EDITION = "edition"  # a column of receipts that name the edition they are for
RECEIPTS = pa.schema(
    [(EDITION, pa.int64()), *((name, pa.string()) for name in ("audience", *COLUMNS))]
)
ByCode = Mapping[str, Sequence[Edition]]


def acknowledge(session: Session, name: str, file: Path, on: date) -> dict[str, Any]:
    """Take in receipts, a CSV of code, acknowledged_at, receipt and perhaps edition, as of a day; return what became of each.

    A receipt is of the edition that it names; else of the last one that went by its day, or the first where none did.
    ``acknowledged`` counts editions that now have a receipt, ``unchanged`` receipts known before;
    ``rejected`` lists line, code and reason. A receipt for a notice that was never written is
    rejected (577.13(c)), a second one does not replace the first. The first receipt of an edition that was not stated as sent says that it
    was: its dealer is told by now. Raises BadInput, UnknownName.
    """
    known = _by_code(session, name)
    read = text_rows(file, COLUMNS, (EDITION,))
    rejected = [
        {"line": b["row"], "code": "", "reason": b["reason"]} for b in read.broken.to_pylist()
    ]
    good = []
    for row in read.rows.to_pylist():
        reason = _fault(row, known)
        if reason:
            rejected.append({"line": row["row"], "code": row["code"], "reason": reason})
        else:
            good.append((row, _of(row, known[row["code"]])))
    with session.transaction():
        taken, said = _write(session, name, good, on)
    said += _of_drafts(name, good, known)
    noted = read.noted
    if said:
        noted = {**noted, "notes": [*noted.get("notes", ()), *said]}
    return {
        "acknowledged": taken,
        "unchanged": len(good) - taken,
        "rejected": sorted(rejected, key=itemgetter("line")),
        **noted,
    }


def state_sent(
    session: Session, name: str, on: date, codes: Collection[str] = ()
) -> dict[str, Any]:
    """Record that a follow-up's notices, as written last, were sent on a day, to some codes or all; return how many, and how many before.

    The first day that is stated for an edition stands. Raises UnknownName for a follow-up or a code without a notice, BadInput for a day
    before the edition was written.
    """
    known = _by_code(session, name)
    for code in codes:
        if code not in known:
            raise UnknownName(
                f"No notice of {name} to {code!r} was written.",
                f"Write it: renotify notices {name}.",
            )
    some = f" and code in {session.list_values('codes')}" if codes else ""
    asked = f"follow_up = :name and {NEWEST}{some}"
    named = {"name": name} | ({"codes": json.dumps(sorted(codes))} if codes else {})
    with session.transaction():
        early = session.scalar(
            f"select count(*) from notice where {asked} and sent_on is null and written_on > :on",
            on=on, **named,
        )  # fmt: skip
        if early:
            raise BadInput(
                f"{counted(early, 'notice')} of {name} {'was' if early == 1 else 'were'} written after {on}.",
                "State the day on which they were sent: --on DATE.",
            )
        news = _codes(session, f"{asked} and sent_on is null", **named)
        stated = session.execute(
            f"update notice set sent_on = :on where {asked} and sent_on is null", on=on, **named
        )
        total = session.scalar(f"select count(*) from notice where {asked}", **named)
        notes = told_by_notices.tell(session, name, news, on)
        if stated:
            sources.record(session, SourceKind.COMMAND, f"notices {name} --sent --on {on}")
    return {
        "follow_up": name, "sent_on": on, "stated": stated, "unchanged": total - stated, "notes": notes
    }  # fmt: skip


def _codes(session: Session, asked: str, **named: str) -> set[str]:
    """Return the codes of notices by a condition on them."""
    found = session.read(
        f"select code from notice where {asked}", pa.schema([("code", pa.string())]), **named
    )
    return set(found["code"].to_pylist())


def _by_code(session: Session, name: str) -> ByCode:
    """Return the editions of each code with a notice, the oldest first; a code of both audiences is the dealer's."""
    found: dict[str, list[Edition]] = defaultdict(list)
    for one in editions(session, name):
        if one.audience == Audience.DEALER and any(
            e.audience != one.audience for e in found[one.code]
        ):
            found[one.code].clear()
        found[one.code].append(one)
    if not found:
        raise UnknownName(
            f"No notice of a follow-up {name!r} was written.",
            f"Write them: renotify notices {name}.",
        )
    return found


def _fault(row: dict[str, Any], known: ByCode) -> str:
    if row["code"] not in known:
        return "no notice was sent to this code"
    if row[EDITION] and row[EDITION] not in {str(one.edition) for one in known[row["code"]]}:
        return f"no edition {row[EDITION]!r} was sent to this code"
    try:
        datetime.fromisoformat(row["acknowledged_at"])
    except ValueError:
        return f"acknowledged_at {row['acknowledged_at']!r} is not a day or an instant (ISO 8601)"
    return ""


def _of(row: dict[str, Any], own: Sequence[Edition]) -> Edition:
    """Return the edition that a receipt is of: the one it names, else the last that went by its day, else the first."""
    if row[EDITION]:
        return next(one for one in own if str(one.edition) == row[EDITION])
    day = datetime.fromisoformat(row["acknowledged_at"]).date()
    return next((one for one in reversed(own) if _went_by(one, day)), own[0])


def _went_by(one: Edition, day: date) -> bool:
    seen = one.acknowledged_at and datetime.fromisoformat(one.acknowledged_at).date() <= day
    return bool(seen) or (one.sent_on is not None and one.sent_on <= day)


def _of_drafts(
    name: str, rows: Sequence[tuple[dict[str, Any], Edition]], known: ByCode
) -> list[str]:
    """Say how many receipts may be of an edition that is not stated as sent: they count for what went before it."""
    late = {
        row["code"]
        for row, one in rows
        if (newest := known[row["code"]][-1]) is not one
        and not newest.gone
        and datetime.fromisoformat(row["acknowledged_at"]).date() >= newest.written_on
    }
    if not late:
        return []
    said = f"{counted(len(late), 'receipt')} came after the next edition was written, which is not stated as sent: taken for what went."
    step = f"If the next one went: renotify notices {name} --sent --on DATE, then take the receipts in again with its number as edition"
    return [f"{said} {step}"]


def _write(
    session: Session, name: str, rows: Sequence[tuple[dict[str, Any], Edition]], on: date
) -> tuple[int, list[str]]:
    """Write the first receipts of editions in the open transaction; return how many they are, and what a person must know."""
    if not rows:
        return 0, []
    firsts = {(one.code, one.edition): (row, one) for row, one in reversed(rows)}
    plain = [
        {EDITION: one.edition, "audience": one.audience} | {key: row[key] for key in COLUMNS}
        for row, one in firsts.values()
    ]
    session.stage("receipt_read", pa.Table.from_pylist(plain, RECEIPTS))
    news = {one.code for _, one in firsts.values() if not one.gone}
    said = told_by_notices.tell(session, name, news, on)
    taken = session.execute(
        "update notice set acknowledged_at = r.acknowledged_at, receipt = r.receipt"
        " from receipt_read r where notice.follow_up = :name and notice.audience = r.audience"
        " and notice.code = r.code and notice.edition = r.edition and notice.acknowledged_at = ''",
        name=name,
    )
    return taken, said


class Unacknowledged(NamedTuple):
    """A notice without a receipt: whose it is, its edition, and the days it was written and sent (None: not stated)."""

    audience: str
    code: str
    edition: int
    written_on: date
    sent_on: date | None


def unacknowledged(session: Session, name: str, scope: Scope = ALL) -> list[Unacknowledged]:
    """Return the notices that went last, or where none went were written last, without a receipt; dealers and areas, in a scope its own."""
    return session.rows(
        Unacknowledged,
        f"select {', '.join(Unacknowledged._fields)} from notice where follow_up = :name and acknowledged_at = ''"
        f" and {IN_HAND} and {_in_scope(scope)} order by audience desc, code",
        name=name, **scope.values,
    )  # fmt: skip


def in_hand(session: Session, name: str, scope: Scope = ALL) -> list[Edition]:
    """Return of each dealer and area of a scope the notice that went last, or where none went was written last, areas first."""
    return editions(session, name, f"{IN_HAND} and {_in_scope(scope)}", **scope.values)


def _in_scope(scope: Scope) -> str:
    """The condition that a notice is one of the scope's: to its dealers, and for an area the area's own."""
    if scope.area:
        return f"(audience = 'dealer' and {scope.of('code')} or audience = 'area' and code = :scope_area)"
    return "true" if scope.is_all else f"audience = 'dealer' and {scope.of('code')}"


_DEALERS = pa.schema([("dealer_code", pa.string()), ("name", pa.string())])
_SHOWN = (EDITION, "file", "sha256", "written_on", "sent_on", "acknowledged_at", "receipt")


def sent_summary(session: Session, name: str, scope: Scope = ALL) -> dict[str, Any]:
    """Return what 577.13(c) asks to demonstrate: each known dealer, and when its notice was sent, edition by edition.

    A dealer's own columns are of the edition that went last, or where none went was written last; ``written_last`` is the number of the
    newest, and ``editions`` are all. ``missing`` are the known dealers without a notice; the proof is ``complete`` without any.
    """
    dealers = session.read(
        f"select dealer_code, name from dealer d where {scope.of('d.dealer_code')} order by dealer_code",
        _DEALERS, **scope.values,
    ).to_pylist()  # fmt: skip
    own: dict[str, list[Edition]] = defaultdict(list)
    mine = f"audience = '{Audience.DEALER}' and {scope.of('code')}"
    for one in editions(session, name, mine, **scope.values):
        own[one.code].append(one)
    rows = [row | _of_dealer(own.get(row["dealer_code"], [])) for row in dealers]
    sent = [row for row in rows if row["editions"]]
    days = [day for row in sent if (day := row["sent_on"] or row["written_on"])]
    drafts = [row for row in sent if not own[row["dealer_code"]][-1].gone]
    missing = [row["dealer_code"] for row in rows if not row["editions"]]
    return {
        "follow_up": name,
        "known_dealers": len(rows),
        "sent": len(sent),
        "first_sent": min(days, default=None),
        "last_sent": max(days, default=None),
        "acknowledged": sum(bool(row["acknowledged_at"]) for row in sent),
        "missing": missing,
        "not_stated_sent": len(drafts),
        "complete": bool(rows) and not missing,
        "dealers": rows,
    }


def _of_dealer(own: Sequence[Edition]) -> dict[str, Any]:
    """Return a dealer's columns of the proof by its editions, the oldest first."""
    every = [{name: getattr(one, name) for name in _SHOWN} for one in own]
    gone = [shown for one, shown in zip(own, every, strict=True) if one.gone]
    nothing = dict.fromkeys(_SHOWN)
    last = (gone or every or [nothing])[-1]
    return {**last, "written_last": own[-1].edition if own else None, "editions": every}


def by_edition(dealers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return of the dealers of the proof how many have each edition, how many of these were sent, when, and how many have a receipt."""
    own: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for dealer in dealers:
        for one in dealer["editions"]:
            own[one[EDITION]].append(one)
    found = []
    for number, those in sorted(own.items()):
        days = [one["sent_on"] for one in those if one["sent_on"]]
        found.append(
            {
                "edition": number,
                "dealers": len(those),
                "sent": sum(bool(one["sent_on"] or one["acknowledged_at"]) for one in those),
                "first_sent": min(days, default=None),
                "last_sent": max(days, default=None),
                "acknowledged": sum(bool(one["acknowledged_at"]) for one in those),
            }
        )
    return found
