"""Histories of made-up vehicles, written straight into the ledger: one call is one load."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from folder import ON
from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.ledger import fold, follow_ups, registry, sources
from renotify.ledger.kinds import SourceKind
from renotify.ledger.session import Session

FIRST_LOAD = datetime(2013, 1, 1, tzinfo=UTC)
STATUS_KINDS = ("registered", "scrapped", "exported", "stolen", "total_loss", "unknown")
WORK_KINDS = ("remedied", "inspected_ok", "declined", "other")


@dataclass(frozen=True)
class Row:
    """A row of a file that tells one event; ``about`` is the part of its subject that no field gives."""

    vin: str
    kind: str
    day: date
    campaign: str = ""
    version: int = 0
    about: str = ""
    code: str = ""
    takes: str = ""  # the kind of the statement that a withdrawal takes back

    @property
    def subject(self) -> str:
        if self.kind == "withdrawn":
            return replace(self, kind=self.takes).subject
        if self.kind == "added":
            return f"pop|{self.campaign}|{self.version}"
        if self.kind == "removed":
            return f"rem|{self.campaign}|{self.version}"
        if self.kind in STATUS_KINDS:
            return f"status|{self.about or self.day}|state"
        if self.kind in WORK_KINDS:
            return f"ro|D0001|{self.about or f'R{self.day}'}|{self.campaign}"
        return f"{self.kind}|{self.about}|{self.campaign}"

    @property
    def content(self) -> str:
        return f"{self.kind}|{self.day}|{self.code}"


def register(
    session: Session, *codes: str, service: Iterable[str] = (), involved: int | None = None
) -> None:
    """Register campaigns by code; those of ``service`` are service campaigns."""
    campaigns = [
        Campaign(
            campaign_code=code,
            campaign_type=CampaignType.SERVICE_CAMPAIGN
            if code in set(service)
            else CampaignType.SAFETY_RECALL,
            make="Lexus",
            subject="Made-up subject",
            nhtsa_campaign_number="" if code in set(service) else f"09V{i:03d}000",
            remedy_available_date=date(2009, 1, 16),
            involved=involved,
        )
        for i, code in enumerate(codes, 1)
    ]
    with _writing(session):
        source = sources.record(session, SourceKind.FILE, "campaigns.toml")
        registry.save(session, campaigns, source, on=date(2009, 1, 16))


def load(
    session: Session, rows: Iterable[Row], *, at: datetime | None = None, refold: bool = True
) -> int:
    """Record events as one file, known from ``at`` on, and fold; return the source's id.

    Within an open transaction of the session, else in one of its own; so do the others here.
    """
    with _writing(session):
        source_id = _source(session, "events.csv", at)
        _insert(session, "event", _events(list(rows), source_id), refold=refold)
    return source_id


def owners(
    session: Session, rows: Iterable[tuple[str, date]], *, at: datetime | None = None
) -> None:
    """Record an owner of record as of a day for vehicles, and fold."""
    with _writing(session):
        source_id = _source(session, "owners.csv", at)
        table = pa.Table.from_pylist([
            {"vin": vin, "role": "owner", "as_of": day, "name1": "ANA EXAMPLE", "name2": "",
             "addr1": "12 Elm St", "addr2": "", "city": "Boston", "state": "MA", "zip": "02108",
             "zip4": "", "delivery_point": "", "source": "state", "language": "", "email": "",
             "phone": "", "country": "", "source_id": source_id, "source_row": row}
            for row, (vin, day) in enumerate(rows, 1)
        ])  # fmt: skip
        _insert(session, "owner", table, refold=True)


def _insert(session: Session, name: str, rows: pa.Table, *, refold: bool) -> None:
    if rows.num_rows == 0:
        return
    session.stage("history_rows", rows)
    columns = ", ".join(rows.column_names)
    session.execute(
        f"insert into {name} ({columns}) select {columns} from history_rows where true"
        " on conflict do nothing"
    )
    if refold:
        fold.refold(session, "history_rows")


def _writing(session: Session):
    return nullcontext() if session._writing else session.transaction()


def loaded_at(number: int) -> datetime:
    """Return the instant of the load of this number: an hour apart."""
    return FIRST_LOAD + timedelta(hours=number)


def _source(session: Session, name: str, at: datetime | None) -> int:
    instant = f"{(at or datetime.now(UTC)).astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    recorded_at = ":at" if session.sqlite else "cast(:at || '+00' as timestamptz)"
    session.execute(
        "insert into source (kind, name, sha256, table_name, recorded_at)"
        f" values ('file', :name, '', '', {recorded_at})",
        name=name,
        at=instant,
    )
    return int(session.scalar("select max(id) from source"))


def _events(rows: list[Row], source_id: int) -> pa.Table:
    return pa.table({
        "vin": [one.vin for one in rows],
        "subject": [one.subject for one in rows],
        "content": [one.content for one in rows],
        "campaign_code": [one.campaign or None for one in rows],
        "kind": [one.kind for one in rows],
        "occurred_on": pa.array([one.day for one in rows], pa.date32()),
        "remedy_version": pa.array([one.version for one in rows], pa.int64()),
        "dealer_code": [""] * len(rows),
        "hours": pa.nulls(len(rows), pa.float64()),
        "return_code": [one.code for one in rows],
        "source_id": pa.array([source_id] * len(rows), pa.int64()),
        "source_row": pa.array(range(1, len(rows) + 1), pa.int64()),
    })  # fmt: skip


def freeze_piece(session: Session, vin: str, piece_id: str, bundle: str) -> None:
    """Freeze a follow-up of one vehicle with one piece to its owner."""
    settings = FollowUpSettings("small", "follow_up_voluntary", tuple(bundle.split("+")), ON)
    both = {"vin": [vin], "family": ["safety"], "bundle": [bundle], "dealer_code": ["D0001"]}
    listed = pa.table({**both, "left_out": [""], "rank": [1], "dealer_assigned": [0], "arm": [""]})
    addressed = pa.table({
        **both, "piece_id": [piece_id], "role": ["owner"], "language": ["en"], "owner_as_of": [ON],
    })  # fmt: skip
    with session.transaction():
        follow_ups.save(session, settings, ON, listed, addressed)
