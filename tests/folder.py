"""A small input folder, made row by row: only what a test is about is said, the rest has plain defaults. All people are made up."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from renotify.values import vin as vins

ON = date(2013, 2, 26)  # the memo's day

CAMPAIGNS = {
    "9LA": ("safety_recall", "09V020000", date(2009, 1, 16)),
    "ALE": ("safety_recall", "10V309000", date(2010, 7, 6)),
    "BLB": ("safety_recall", "11V115000", date(2011, 2, 24)),
    "CLB": ("service_campaign", "", date(2012, 4, 2)),
}


def make_vin(number: int, descriptor: str = "JTHBK262", year: str = "6", plant: str = "5") -> str:
    """A well-formed, made-up VIN: the serial block 9xxxxx is kept for synthetic vehicles."""
    return vins.with_check_digit(f"{descriptor}0{year}{plant}{900000 + number:06d}")


class Folder:
    """Rows by table name; ``write`` makes the files and returns the folder's path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, list[dict[str, object]]] = {}
        self.campaigns: list[str] = []

    def add(self, table: str, **row: object) -> Folder:
        self.rows.setdefault(table, []).append(row)
        return self

    def campaign(self, code: str, **extra: object) -> Folder:
        """Add a campaign of the memo by its code, or any other with its own facts."""
        kind, number, filed = CAMPAIGNS.get(code, ("safety_recall", "", date(2010, 1, 4)))
        facts: dict[str, object] = {
            "campaign_code": code, "campaign_type": kind, "nhtsa_campaign_number": number, "make": "Lexus",
            "subject": f"Made-up subject of {code}", "component": "ENGINE", "defect": "A part can break.",
            "consequence": "The engine can stop while you drive. This can cause a vehicle crash without prior warning.",
            "remedy": "The dealer will replace the part without charge.", "filed_date": filed, "first_notice_date": filed,
            "remedy_available_date": filed, "remedy_version": 1, **extra,
        }  # fmt: skip
        lines = ["[[campaign]]"]
        lines += [f"{key} = {_toml(value)}" for key, value in facts.items() if value is not None]
        lines += ["[[campaign.scope]]", 'model = "IS"', "year_from = 2006", "year_to = 2008"]
        lines += [f'text = "Certain 2006 - 2008 IS of {code}"']
        self.campaigns.append("\n".join(lines))
        return self

    def dealer(self, code: str = "D0001", area: str = "E", **extra: object) -> Folder:
        row = {"dealer_code": code, "name": f"Made-up Dealer {code}", "area_code": area, "addr1": "1 Main St", "city": "Boston",
               "state": "MA", "zip": "02108", "phone": "555-0100", "email": f"{code.lower()}@dealer.example"}  # fmt: skip
        return self.add("dealers", **{**row, **extra})

    def vehicle(
        self,
        vin: str,
        *campaigns: str,
        dealer: str = "D0001",
        owner: str | None = "ANA EXAMPLE",
        **extra: object,
    ) -> Folder:
        """Add a vehicle, its population rows and (unless ``owner=None``) its owner of record."""
        self.add(
            "vehicles",
            **{
                "vin": vin,
                "make": "Lexus",
                "model": "IS 250",
                "model_year": 2006,
                "dealer_code": dealer,
                **extra,
            },
        )
        for code in campaigns:
            self.add("population", campaign_code=code, vin=vin)
        if owner is not None:
            self.owner(vin, name1=owner)
        return self

    def owner(self, vin: str, **extra: object) -> Folder:
        row = {"vin": vin, "role": "owner", "name1": "ANA EXAMPLE", "name2": "", "addr1": "12 Elm St", "addr2": "", "city": "Boston",
               "state": "MA", "zip": "02108", "as_of": date(2012, 12, 1), "source": "state"}  # fmt: skip
        return self.add("owners", **{**row, **extra})

    def repair(
        self, vin: str, campaign: str, close_date: date, outcome: str = "remedied", **extra: object
    ) -> Folder:
        number = len(self.rows.get("repair_orders", ())) + 1
        row = {"ro_id": f"R{number:04d}", "dealer_code": "D0001", "vin": vin, "campaign_code": campaign, "close_date": close_date,
               "outcome": outcome, "hours": 2.0}  # fmt: skip
        return self.add("repair_orders", **{**row, **extra})

    def write(self) -> Path:
        """Write campaigns.toml and one CSV a table, and return the folder."""
        self.path.mkdir(parents=True, exist_ok=True)
        if self.campaigns:
            (self.path / "campaigns.toml").write_text(
                "\n\n".join(self.campaigns) + "\n", encoding="utf-8"
            )
        for table, rows in self.rows.items():
            columns = list(dict.fromkeys(key for row in rows for key in row))
            with (self.path / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows(rows)
        return self.path


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float, date)):
        return str(value)
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
