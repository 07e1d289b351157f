"""The whole memo on a made-up maker: load, freeze, plan, notices, wave 1, orders, workload, report."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.csv as arrow_csv

from renotify.campaigns.follow_up_settings import read as read_settings
from renotify.demo.oem import write_input
from renotify.errors import Refused
from renotify.ledger import intake, registry, status
from renotify.ledger.session import Session, open_session
from renotify.mailing.readiness import Gate
from renotify.mailing.releasing import Stated, release
from renotify.notices import notice, receipts
from renotify.parts import dealer_orders
from renotify.planner import from_ledger
from renotify.reports import follow_up_figures, nhtsa13, portal_sheet, summary
from renotify.reports.follow_up_figures import FollowUpFigures
from renotify.reports.quarterly import quarterly
from renotify.reports.summary import SYNTHETIC
from renotify.selection.freeze import freeze_follow_up
from renotify.stock.delivery_hold import holds_of
from renotify.values.progress_callback import Progress
from renotify.workload.of_plan import workload_of

NOTICE_DAY = date(2013, 2, 26)  # the memo's date
MARK = "SYNTHETIC.txt"
MARK_TEXT = """Made by `renotify demo`: every vehicle, owner and dealer in this folder is made up.
The folder is written anew by the next demo.
"""
STEPS = ("made-up maker", "load", "freeze", "plan", "notices", "wave 1", "orders and report")


def run(folder: Path, *, vehicles: int, seed: int, progress: Progress) -> dict[str, Any]:
    """Run the memo's follow-up on a made-up maker, in a folder of its own, and return its figures.

    A folder of an earlier demo is written anew; any other folder that is not empty is refused.
    """
    _clear(folder)
    steps = iter(range(len(STEPS)))

    def step() -> None:
        at = next(steps)
        progress(f"Demo: {STEPS[at]}", at, len(STEPS))

    step()
    write_input(folder / "input", vehicles=vehicles, seed=seed)
    url = f"sqlite:///{(folder / 'renotify.sqlite3').absolute()}"
    with open_session(url) as session:
        step()
        intake.load(session, [folder / "input"], on=NOTICE_DAY, rejects_dir=folder / "rejects")
        step()
        settings = read_settings(folder / "input" / "followup.toml")
        frozen = freeze_follow_up(session, settings, NOTICE_DAY)
        step()
        plan = from_ledger.plan_follow_up(session, settings.name, "optimal")
        _write_json(folder / "plan.json", plan)
        step()
        notices = notice.write(
            session, settings.name, on=NOTICE_DAY, out=folder, synthetic=SYNTHETIC
        )
        receipts.state_sent(session, settings.name, NOTICE_DAY)
        step()
        released = release(
            session,
            settings.name,
            1,
            on=date.fromisoformat(plan["first_letter"]),
            out=folder / "letters",
            stated=Stated(NOTICE_DAY, Gate()),
        )
        step()
        done = {"frozen": frozen, "plan": plan, "notices": notices, "release": released}
        return _close(session, folder, settings.name, done) | {"ledger": url}


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise Refused(
                f"The folder {folder} is not empty and was not made by a demo.",
                "Give the demo a folder of its own.",
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text(MARK_TEXT, encoding="utf-8")


def _close(session: Session, folder: Path, name: str, done: Mapping[str, Any]) -> dict[str, Any]:
    """Write orders, workload, holds, the quarterly report and the summary page, and gather the figures."""
    arrow_csv.write_csv(dealer_orders.orders(session), folder / "orders.csv")
    _write_rows(folder / "workload.csv", workload_of(session, name).rows)
    arrow_csv.write_csv(holds_of(session, on=NOTICE_DAY), folder / "holds.csv")
    quarters = _quarterly(session, folder / "report")
    figures = follow_up_figures.figures(session, name)
    document = {
        "folder": str(folder),
        "campaigns": [row.document() for row in status.counts(session)],
        "frozen": done["frozen"],
        **_as_document(figures),
        "release": done["release"],
        "notices": done["notices"],
        "report": quarters,
        "summary": str(folder / "summary.html"),
    }
    _write_json(folder / "summary.json", document)
    page = summary.page(figures, summary.draw(figures), folder=folder, synthetic=True)
    (folder / "summary.html").write_text(page, encoding="utf-8")
    return document


def _as_document(figures: FollowUpFigures) -> dict[str, Any]:
    """Return the figures under the keys of the demo's JSON document."""
    return {
        "waves": [
            {"wave": wave.number, "mail_date": wave.first_day.isoformat(), "letters": wave.letters}
            for wave in figures.waves
        ],
        "tightest": [
            {
                "dealer": one.dealer, "area": one.area, "week": one.week.isoformat(),
                "hours": one.hours, "capacity": one.capacity,
                "late_visits": one.late_visits, "extra_technician_days": one.days,
            }
            for one in figures.tightest
        ],
        "order": [
            {
                "part_no": one.part_no, "description": one.description,
                "dealers": one.dealers, "order": one.quantity,
            }
            for one in figures.orders
        ],
        "worth": [asdict(one) for one in figures.worth],
        "messages": list(figures.messages),
    }  # fmt: skip


def _quarterly(session: Session, folder: Path) -> list[dict[str, Any]]:
    """Write the first quarter's report of every campaign that Part 573 binds: NHTSA's 13 fields, and the sheets to file from."""
    folder.mkdir(exist_ok=True)
    codes = [
        code
        for code, campaign in registry.campaigns(session).items()
        if campaign.family == "safety"
    ]
    filed = [quarterly(session, code, "2013Q1", as_of=NOTICE_DAY, on=NOTICE_DAY) for code in codes]
    nhtsa13.write(folder / "quarterly-2013Q1.txt", filed)
    for report in filed:
        portal_sheet.write(session, report, folder)
    return filed


def _write_json(path: Path, document: object) -> None:
    path.write_text(
        json.dumps(document, indent=1, ensure_ascii=False, default=str) + os.linesep,
        encoding="utf-8",
    )


def _write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else ["dealer"])
        writer.writeheader()
        writer.writerows(rows)
