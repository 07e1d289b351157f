"""The whole memo on a made-up maker: load, freeze, plan, notices, wave 1, orders, workload, report."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from renotify.campaigns.follow_up_settings import read as read_settings
from renotify.demo.oem import write_input
from renotify.errors import Refused
from renotify.ledger import intake, registry, status
from renotify.ledger.session import Session, open_session
from renotify.ledger.store import ADDRESS_FILE
from renotify.mailing.approving import approve_letters
from renotify.mailing.readiness import Gate
from renotify.mailing.releasing import Stated, release
from renotify.notices import notice, receipts
from renotify.planner import from_ledger
from renotify.reports import follow_up_figures, nhtsa13, portal_sheet
from renotify.reports.quarterly import quarterlies
from renotify.reports.summary import write_summary
from renotify.reports.summary_page import SYNTHETIC
from renotify.selection.freeze import freeze_follow_up
from renotify.values.progress_callback import Progress, Steps

NOTICE_DAY = date(2013, 2, 26)  # the memo's date
LEDGER = "renotify.sqlite3"
SIGNED_BY = "nobody (demo)"
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
    steps = Steps("Demo", STEPS, progress)
    steps.begin()
    write_input(folder / "input", vehicles=vehicles, seed=seed)
    url = f"sqlite:///{(folder / LEDGER).absolute()}"
    (folder / ADDRESS_FILE).write_text(f"sqlite:///{LEDGER}\n", encoding="utf-8")
    with open_session(url) as session:
        steps.begin()
        intake.load(session, [folder / "input"], on=NOTICE_DAY, rejects_dir=folder / "rejects")
        steps.begin()
        settings = read_settings(folder / "input" / "followup.toml")
        frozen = freeze_follow_up(session, settings, NOTICE_DAY)
        steps.begin()
        plan = from_ledger.plan_follow_up(session, settings.name, "optimal")
        _write_json(folder / "plan.json", plan)
        steps.begin()
        notices = notice.write(
            session, settings.name, on=NOTICE_DAY, out=folder, synthetic=SYNTHETIC
        )
        receipts.state_sent(session, settings.name, NOTICE_DAY)
        steps.begin()
        first_letter = date.fromisoformat(plan["first_letter"])
        approve_letters(session, settings.name, approver=SIGNED_BY, on=first_letter)
        released = release(
            session,
            settings.name,
            1,
            on=first_letter,
            out=folder / "letters",
            stated=Stated(NOTICE_DAY, Gate()),
        )
        steps.begin()
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
    """Write the quarterly report and the page with its lists, as they stand on the day of wave 1, and gather the figures."""
    quarters = _quarterly(session, folder / "report")
    written = write_summary(
        session,
        name,
        on=date.fromisoformat(done["plan"]["first_letter"]),
        file=folder / "summary.html",
        beside=folder,
    )
    document = {
        "folder": str(folder),
        "campaigns": [row.document() for row in status.counts(session)],
        "frozen": done["frozen"],
        **follow_up_figures.document(written.figures),
        "release": done["release"],
        "notices": done["notices"],
        "report": quarters,
        "summary": str(written.page),
        "next": _next(session, name, done["plan"]["first_letter"]),
    }
    _write_json(folder / "summary.json", document)
    return document


def _next(session: Session, name: str, day: str) -> list[str]:
    """Return the three things to type next, in the demo's folder: where it stands, one vehicle, and the site for a browser."""
    vin = session.scalar(
        "select min(vin) from piece where follow_up = :name and state = 'planned'", name=name
    )
    return [
        "renotify status",
        *([f"renotify explain {vin} --on {day}"] if vin else []),
        f"renotify serve --demo-people --on {day}",
    ]


def _quarterly(session: Session, folder: Path) -> list[dict[str, Any]]:
    """Write the first quarter's report of every campaign that Part 573 binds: NHTSA's 13 fields, and the sheets to file from."""
    folder.mkdir(exist_ok=True)
    codes = [
        code
        for code, campaign in registry.campaigns(session).items()
        if campaign.family == "safety"
    ]
    filed = quarterlies(session, codes, "2013Q1", as_of=NOTICE_DAY, on=NOTICE_DAY)
    nhtsa13.write(folder / "quarterly-2013Q1.txt", filed)
    for report in filed:
        portal_sheet.write(session, report, folder)
    return filed


def _write_json(path: Path, document: object) -> None:
    path.write_text(
        json.dumps(document, indent=1, ensure_ascii=False, default=str) + os.linesep,
        encoding="utf-8",
    )
