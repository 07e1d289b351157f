"""Histories of made-up vehicles, written straight into the ledger: one call is one load."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from renotify.campaigns.campaign import Campaign, CampaignType

FIRST_LOAD = datetime(2013, 1, 1, tzinfo=UTC)
STATUS_KINDS = ("registered", "scrapped", "exported", "stolen", "total_loss", "unknown")
WORK_KINDS = ("remedied", "inspected_ok", "declined", "other")


@dataclass(frozen=True)
class Said:
    """One event as a file said it; ``about`` is the part of its subject that no field gives."""

    vin: str
    kind: str
    day: date
    campaign: str = ""
    version: int = 0
    about: str = ""
    code: str = ""

    @property
    def subject(self) -> str:
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


def register(*codes: str, service: Iterable[str] = (), involved: int | None = None) -> None:
    """Register campaigns by code; those of ``service`` are service campaigns."""
    from renotify.ledger import registry, sources

    registry.save(
        [
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
        ],
        sources.record("file", "campaigns.toml"),
    )


def load(
    said: Iterable[Said], *, at: datetime | None = None, refold: bool = True, using=None
) -> int:
    """Record events as one file, known from ``at`` on, and fold; return the source's id."""
    rows = list(said)
    with _writing(using) as opened:
        source_id = _source(opened, "events.csv", at)
        _insert(opened, "event", _events(rows, source_id), refold=refold)
    return source_id


def owners(rows: Iterable[tuple[str, date]], *, at: datetime | None = None, using=None) -> None:
    """Record an owner of record as of a day for vehicles, and fold."""
    with _writing(using) as opened:
        source_id = _source(opened, "owners.csv", at)
        table = pa.Table.from_pylist([
            {"vin": vin, "role": "owner", "as_of": day, "name1": "ANA EXAMPLE", "name2": "",
             "addr1": "12 Elm St", "addr2": "", "city": "Boston", "state": "MA", "zip": "02108",
             "zip4": "", "delivery_point": "", "source": "state", "language": "", "email": "",
             "phone": "", "source_id": source_id, "source_row": row}
            for row, (vin, day) in enumerate(rows, 1)
        ])  # fmt: skip
        _insert(opened, "owner", table, refold=True)


def _insert(using, name: str, rows: pa.Table, *, refold: bool) -> None:
    from renotify.ledger import fold

    if rows.num_rows == 0:
        return
    using.stage("said", rows)
    columns = ", ".join(rows.column_names)
    using.execute(
        f"insert into {name} ({columns}) select {columns} from said where true"
        " on conflict do nothing"
    )
    if refold:
        fold.refold(using, "said")


@contextmanager
def _writing(using):
    from renotify.ledger.bulk import bulk

    if using is not None:
        yield using
        return
    with bulk() as opened, opened.transaction():
        yield opened


def loaded_at(number: int) -> datetime:
    """Return the instant of the load of this number: an hour apart."""
    return FIRST_LOAD + timedelta(hours=number)


def _source(using, name: str, at: datetime | None) -> int:
    instant = f"{(at or datetime.now(UTC)).astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    recorded_at = ":at" if using.sqlite else "cast(:at || '+00' as timestamptz)"
    using.execute(
        "insert into source (kind, name, sha256, table_name, recorded_at)"
        f" values ('file', :name, '', '', {recorded_at})",
        name=name,
        at=instant,
    )
    return int(using.scalar("select max(id) from source"))


def _events(said: list[Said], source_id: int) -> pa.Table:
    rows = range(1, len(said) + 1)
    return pa.table({
        "vin": [one.vin for one in said],
        "subject": [one.subject for one in said],
        "content": [one.content for one in said],
        "campaign_code": [one.campaign for one in said],
        "kind": [one.kind for one in said],
        "occurred_on": pa.array([one.day for one in said], pa.date32()),
        "remedy_version": pa.array([one.version for one in said], pa.int64()),
        "dealer_code": [""] * len(said),
        "hours": pa.nulls(len(said), pa.float64()),
        "return_code": [one.code for one in said],
        "source_id": pa.array([source_id] * len(said), pa.int64()),
        "source_row": pa.array(rows, pa.int64()),
    })  # fmt: skip
