"""The walk through the small world, once a run and store: every command's document is kept for the tests that look at it.

A stage runs after the stages before it; one that fails stays failed, with its own error.
"""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

from corridors import world as w
from small_world import Desk, follow_up_file, write_csv

UNKNOWN_PIECE = "0000000000000000"


def stage(function: Callable[[Walk], Any]) -> property:
    """Make a stage that runs once: its document, or its error, is kept."""

    @wraps(function)
    def once(walk: Walk) -> Any:
        name = function.__name__
        if name not in walk.kept:
            try:
                walk.kept[name] = function(walk)
            except Exception as error:  # noqa: BLE001 - whatever went wrong is what every later stage must say
                walk.kept[name] = error
        if isinstance(walk.kept[name], Exception):
            raise walk.kept[name]
        return walk.kept[name]

    return property(once)


class Walk:
    def __init__(self, desk: Desk, kept: dict[str, Any] | None = None) -> None:
        self.desk = desk
        self.kept: dict[str, Any] = kept or {}
        self.out = desk.folder / "out"

    def to_the_end(self) -> dict[str, Any]:
        """Run every stage, and return what is kept of each."""
        for name, stage_of_walk in vars(Walk).items():
            if isinstance(stage_of_walk, property) and name != "vin_of":
                with suppress(Exception):  # is kept
                    getattr(self, name)
        return self.kept

    def _load(self, folder: Path, on: object) -> Any:
        return self.desk.do("load", folder, "--rejects", self.desk.folder / "rejects", on=on)

    def job(self, wave: int, name: str) -> list[dict[str, str]]:
        """Return the rows of a file in the job folder of a wave."""
        with (self.out / "spring" / f"wave-{wave:02d}" / name).open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    # ---- the first week

    @stage
    def loaded(self) -> Any:
        return self._load(w.first_load(self.desk.folder / "first").write(), w.NOTICE)

    @stage
    def counted(self) -> Any:
        assert self.loaded
        return {by: self.desk.do("status", "--by", by) for by in ("campaign", "dealer", "area")}

    @stage
    def frozen(self) -> Any:
        assert self.counted
        settings = follow_up_file(self.desk.folder / "followup.toml", w.RESPONSE, **w.SETTINGS)
        return self.desk.do("followup", "new", settings, on=w.NOTICE)

    @stage
    def pieces(self) -> Any:
        """Return vin, family, role, bundle and dealer of every piece as frozen."""
        assert self.frozen
        return self.desk.sql("select vin, family, role, bundle, dealer_code from piece")

    @stage
    def planned(self) -> Any:
        assert self.pieces
        return self.desk.do("plan", "spring")

    @stage
    def booked(self) -> Any:
        assert self.planned
        return self._load(w.booked_load(self.desk.folder / "booked").write(), w.NOTICE)

    @stage
    def problem(self) -> Any:
        """Return the problem as a plan of the day would have it, when the visits are booked."""
        assert self.booked
        return self.desk.problem("spring")

    @stage
    def shown(self) -> Any:
        assert self.problem
        return self.desk.do("followup", "show", "spring")

    @stage
    def workload(self) -> Any:
        assert self.shown
        return self.desk.do("workload", "spring", on=w.NOTICE)

    @stage
    def workload_of_west(self) -> Any:
        assert self.workload
        return self.desk.do("workload", "spring", "--dealer", w.WEST, on=w.NOTICE)

    @stage
    def orders(self) -> Any:
        assert self.workload_of_west
        return self.desk.do("parts", "order", on=w.NOTICE)

    @stage
    def orders_of_west(self) -> Any:
        assert self.orders
        return self.desk.do("parts", "order", "--dealer", w.WEST, on=w.NOTICE)

    @stage
    def holds(self) -> Any:
        """Vehicles in stock that are held on the notice's day, and the day before."""
        assert self.orders_of_west
        days = (w.NOTICE, w.NOTICE - timedelta(days=1))
        return [self.desk.do("stock", "holds", on=day) for day in days]

    @stage
    def noticed(self) -> Any:
        assert self.holds
        return self.desk.do("notices", "spring", "--out", self.out, on=w.NOTICE)

    def notice(self, audience: str, code: str) -> str:
        """Return the printed text of a notice, laid out as it is on paper."""
        file = Path(self.noticed["folder"]) / f"{audience}-{code}.pdf"
        return pdf_text(file)

    def vehicles_of(self, dealer: str) -> dict[str, dict[str, str]]:
        """Return the rows of a dealer's vehicle file by VIN."""
        file = Path(self.noticed["folder"]) / f"dealer-{dealer}-vehicles.csv"
        with file.open(encoding="utf-8") as rows:
            return {row["vin"]: row for row in csv.DictReader(rows)}

    @stage
    def released(self) -> Any:
        assert self.noticed
        self._load(w.told_after_the_freeze(self.desk.folder / "told").write(), w.FIRST_LETTER)
        return self.desk.do("mail", "release", "spring", 1, "--out", self.out, on=w.FIRST_LETTER)

    # ---- the second week

    @stage
    def accepted(self) -> Any:
        assert self.released
        rows = [self._accepted(row, w.MAILED) for row in self.job(1, "manifest.csv")]
        rows.append({"piece_id": UNKNOWN_PIECE, "status": "accepted", "mailed_date": w.MAILED})
        file = write_csv(self.desk.folder / "evidence-1.csv", rows)
        return self.desk.do("mail", "accept", "spring", 1, file, on=w.SECOND_WEEK)

    @staticmethod
    def _accepted(row: dict[str, str], day: object) -> dict[str, object]:
        return {
            "piece_id": row["piece_id"],
            "status": "accepted",
            "mailed_date": day,
            "reason": "",
        }

    @stage
    def replanned(self) -> Any:
        assert self.accepted
        self._load(w.second_load(self.desk.folder / "second").write(), w.SECOND_WEEK)
        return self.desk.do("replan", "spring", on=w.SECOND_WEEK)

    @stage
    def waves_again(self) -> Any:
        assert self.replanned
        return self.desk.do("followup", "show", "spring")["waves"]

    @stage
    def weeks_again(self) -> Any:
        """Return the week of every listed vehicle's recall letter in the plan made again."""
        assert self.waves_again
        listed = "left_out = '' and family = 'safety'"
        return dict(self.desk.sql(f"select vin, week from listed where {listed}"))

    @stage
    def workload_again(self) -> Any:
        assert self.weeks_again
        return self.desk.do("workload", "spring", on=w.SECOND_WEEK)

    @stage
    def released_again(self) -> Any:
        assert self.workload_again
        told = w.told_before_the_second_release(self.desk.folder / "before-second-release")
        self._load(told.write(), w.SECOND_WEEK)
        return self.desk.do("mail", "release", "spring", 2, "--out", self.out, on=w.SECOND_WEEK)

    @stage
    def accepted_again(self) -> Any:
        assert self.released_again
        rows = [self._accepted(row, w.MAILED_NEXT) for row in self.job(2, "manifest.csv")]
        spoiled = next(row for row in rows if self.vin_of[row["piece_id"]] == w.EAST_C[0])
        spoiled |= {"status": "spoiled", "mailed_date": "", "reason": "paper jam"}
        file = write_csv(self.desk.folder / "evidence-2.csv", rows)
        return self.desk.do("mail", "accept", "spring", 2, file, on=w.RETURNED)

    @property
    def vin_of(self) -> dict[object, str]:
        """Return the VIN of every printed piece."""
        folders = (self.out / "spring").glob("wave-*")
        waves = [int(folder.name.removeprefix("wave-")) for folder in folders]
        return {
            row["piece_id"]: row["vin"] for wave in waves for row in self.job(wave, "manifest.csv")
        }

    @stage
    def returned(self) -> Any:
        assert self.accepted_again
        by_vin = {vin: piece for piece, vin in self.vin_of.items() if vin != w.LEASED}
        rows = [
            {"piece_id": by_vin[w.WEST_A[0]], "returned_date": w.RETURNED, "return_code": "L"},
            {"piece_id": by_vin[w.EAST_C[1]], "returned_date": w.RETURNED, "return_code": "??"},
            {"piece_id": by_vin[w.EAST_C[0]], "returned_date": w.RETURNED, "return_code": "L"},
        ]
        file = write_csv(self.desk.folder / "returned.csv", rows)
        return self.desk.do("mail", "returned", file, on=w.RETURNED)

    @stage
    def reconciled(self) -> Any:
        assert self.returned
        return self.desk.do("mail", "reconcile", "spring")

    @stage
    def counted_at_the_end(self) -> Any:
        assert self.reconciled
        return self.desk.do("status")

    @stage
    def quarters(self) -> Any:
        assert self.counted_at_the_end
        codes = (w.A, w.B, w.C)
        return {
            code: self.desk.do("report", "quarterly", code, "2013Q1", on=w.RETURNED)
            for code in codes
        }

    @stage
    def progress(self) -> Any:
        assert self.quarters
        return self.desk.do("report", "progress", "--by", "dealer", on=w.RETURNED)

    # ---- the fourth week

    @stage
    def released_third(self) -> Any:
        assert self.progress
        return self.desk.do("mail", "release", "spring", 3, "--out", self.out, on=w.THIRD_WEEK)

    @stage
    def replanned_again(self) -> Any:
        assert self.released_third
        self._load(w.fourth_load(self.desk.folder / "fourth").write(), w.FOURTH_WEEK)
        return self.desk.do("replan", "spring", on=w.FOURTH_WEEK)

    @stage
    def counted_after_a_letter_came_back(self) -> Any:
        assert self.replanned_again
        (piece,) = (piece for piece, vin in self.vin_of.items() if vin == w.GONE)
        row = {"piece_id": piece, "returned_date": w.FOURTH_WEEK, "return_code": w.GONE_CODE}
        file = write_csv(self.desk.folder / "returned-4.csv", [row])
        assert self.desk.do("mail", "returned", file, on=w.FOURTH_WEEK)["actions"] == {
            "skip_trace": 1
        }
        return {row["campaign"]: row for row in self.desk.do("status")}

    @stage
    def next_list(self) -> Any:
        """Vehicles that a second follow-up of the same campaigns lists; none where it is refused."""
        assert self.counted_after_a_letter_came_back
        stated = w.SETTINGS | {"name": "summer", "notice_date": w.NEXT_NOTICE}
        settings = follow_up_file(self.desk.folder / "summer.toml", w.RESPONSE, **stated)
        self.desk.run("followup", "new", settings, "--on", w.NEXT_NOTICE)
        query = "select vin, bundle from listed where follow_up = 'summer' and left_out = ''"
        return {"listed": set(self.desk.sql(query))}


def pdf_text(file: Path) -> str:
    """Return the text of a PDF, laid out as on paper, by poppler."""
    done = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True)
    return done.stdout.decode("utf-8")
