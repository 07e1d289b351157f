"""A small follow-up, planned and ready to release, in the ledger. All people are made up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import pyarrow as pa
from renotify.ledger.bulk import Bulk, bulk

from folder import make_vin
from renotify.campaigns.campaign import Campaign, CampaignType, Scope
from renotify.ledger import fold, registry, sources, tables
from renotify.ledger.models import FollowUp
from renotify.values.piece import piece_id

NAME = "lexus-2013"
NOTICE = date(2013, 2, 26)
WEEK = date(2013, 3, 4)
ON = date(2013, 3, 6)
AS_OF = date(2012, 12, 1)
PERSON, STREET = "ANASTASIA MADEUP", "12 Fictitious St"
SENDER = {
    "name": "Lexus", "address": "PO Box 1\nTorrance CA 90501", "phone": "1-800-555-0100",
    "tty": "1-800-555-0101",
}  # fmt: skip
SPANISH = {
    "subject": "Tubo de combustible", "component": "tubo de combustible",
    "defect": "El tubo puede agrietarse.", "remedy": "El concesionario cambia el tubo sin costo",
    "consequence": "El motor puede apagarse. Esto puede causar un choque sin aviso.",
}  # fmt: skip


def campaign(code, kind=CampaignType.SAFETY_RECALL, **extra):
    facts = {
        "subject": "Fuel pipe", "component": "fuel pipe", "defect": "The pipe can crack.",
        "consequence": "The engine can stop. This can cause a crash without warning.",
        "remedy": "The dealer replaces the pipe without charge",
        "filed_date": date(2010, 1, 4), "first_notice_date": date(2010, 2, 1),
        "remedy_available_date": date(2010, 3, 1), "spanish": SPANISH,
        "scopes": (Scope("IS 250", 2006, 2010),), **extra,
    }  # fmt: skip
    return Campaign(code, kind, "Lexus", **facts)


CAMPAIGNS = (
    campaign("9LA", nhtsa_campaign_number="09V020000"),
    campaign("ALE", nhtsa_campaign_number="10V309000"),
    campaign("CLB", CampaignType.SERVICE_CAMPAIGN),
)


def insert(using: Bulk, table: str, rows: list[dict]) -> None:
    """Insert rows; what is not said is blank, zero or null."""
    if not rows:
        return
    schema = tables.schema(table)
    schema = pa.schema([f for f in schema if f.name != "id"])
    blank = {"string": "", "int64": 0, "double": 0.0, "bool": False}
    full = [
        {f.name: row.get(f.name, None if f.nullable else blank.get(str(f.type))) for f in schema}
        for row in rows
    ]
    using.stage("planted", pa.Table.from_pylist(full, schema=schema))
    names = ", ".join(schema.names)
    flags = ", ".join(
        f"cast({f.name} as boolean)" if pa.types.is_boolean(f.type) else f.name for f in schema
    )
    using.execute(f"insert into {table} ({names}) select {flags} from planted")


@dataclass
class Plant:
    """Vehicles to plant; ``write`` puts them, their plan and their pieces into the ledger."""

    name: str = NAME
    kind: str = "follow_up_voluntary"
    campaigns: tuple = CAMPAIGNS
    sender: dict = field(default_factory=lambda: dict(SENDER))
    rows: dict[str, list[dict]] = field(default_factory=dict)
    waves: dict[int, date] = field(default_factory=lambda: {1: WEEK, 2: WEEK + timedelta(days=7)})

    def add(self, table, **row):
        self.rows.setdefault(table, []).append(row)
        return self

    def vehicle(self, number, *codes, wave=1, roles=("owner",), **owner):
        """Add a vehicle with its campaigns, one owner record a role, and its planned pieces."""
        vin = make_vin(number)
        self.add(
            "vehicle", vin=vin, make="Lexus", model="IS 250", model_year=2006, dealer_code="D1"
        )
        for code in codes:
            self.event(vin, "added", code, date(2010, 1, 4), remedy_version=1)
        for role in roles:
            self.owner(vin, role=role, **owner)
        for family in sorted({"service" if code == "CLB" else "safety" for code in codes}):
            bundle = [c for c in codes if (c == "CLB") == (family == "service")]
            for role in roles:
                self.add(
                    "piece", vin=vin, piece_id=piece_id(self.name, vin, family, role), role=role,
                    follow_up=self.name, family=family, bundle="+".join(bundle), dealer_code="D1",
                    language=owner.get("language", "en"), owner_as_of=AS_OF, wave=wave,
                    state="planned", reason="planned",
                )  # fmt: skip
        return vin

    def event(self, vin, kind, code, day, **extra):
        subject = f"{kind}|{code}|{day}"
        return self.add(
            "event", vin=vin, subject=subject, content=kind, campaign_code=code, kind=kind,
            occurred_on=day, source_id=1, **extra,
        )  # fmt: skip

    def owner(self, vin, **extra):
        row = {
            "vin": vin, "role": "owner", "as_of": AS_OF, "name1": PERSON, "addr1": STREET,
            "city": "Boston", "state": "MA", "zip": "02108", "source": "state", "source_id": 1,
        }  # fmt: skip
        return self.add("owner", **{**row, **extra})

    def write(self):
        """Plant everything and fold the states."""
        source = sources.record("file", "planted.csv")
        registry.save(self.campaigns, source)
        self.add(
            "dealer", dealer_code="D1", name="Made-up Lexus of Boston", area_code="E",
            addr1="1 Main St", city="Boston", state="MA", zip="02108", phone="555-0100",
        )  # fmt: skip
        for code in ("9LA", "ALE", "CLB"):
            self.add("labor_time", campaign_code=code, op_code="X", hours=2.0, source="made up")
        for number, week in self.waves.items():
            count = sum(row["wave"] == number for row in self.rows.get("piece", []))
            self.add("wave", follow_up=self.name, number=number, week=week, planned=count)
        with bulk() as using, using.transaction():
            for table, rows in self.rows.items():
                insert(using, table, rows)
        refold([row["vin"] for row in self.rows.get("event", [])])
        self.freeze(source)
        return self

    def freeze(self, source):
        settings = {
            "name": self.name, "kind": self.kind,
            "campaigns": [c.campaign_code for c in self.campaigns],
            "notice_date": NOTICE.isoformat(), "days_after_notice": 7, "sender": self.sender,
        }  # fmt: skip
        FollowUp.objects.create(
            name=self.name, kind=self.kind, notice_date=NOTICE, frozen_on=NOTICE, settings=settings,
            source_id=source,
        )  # fmt: skip


def refold(vins):
    with bulk() as using, using.transaction():
        using.stage("touched", pa.table({"vin": pa.array(vins, pa.string())}))
        fold.refold(using, "touched")


def repair(vin, code, day=date(2013, 3, 5)):
    """Record a repair, as a load between freeze and release would."""
    happen(vin, "remedied", code, day)


def happen(vin, kind, code, day):
    plant = Plant().event(vin, kind, code, day)
    with bulk() as using, using.transaction():
        insert(using, "event", plant.rows["event"])
    refold([vin])


def moved(vin, as_of, **owner):
    """Record a newer owner, as a load would."""
    plant = Plant().owner(vin, as_of=as_of, **owner)
    with bulk() as using, using.transaction():
        insert(using, "owner", plant.rows["owner"])
    refold([vin])
