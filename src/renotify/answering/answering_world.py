"""A made-up world that answers letters, played from Monday to Monday through a desk's commands and files, with books of its own."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from renotify.answering.analyst import Analyst, Desk, Inbox, Monday
from renotify.answering.made_post import MadePost
from renotify.answering.made_supplier import MadeSupplier
from renotify.answering.owners_there import OwnersThere
from renotify.answering.planted import Start, Truth
from renotify.answering.workshops import Amounts, KitBooks, WorkedWeek, Workshops, none

NEW_HOME = {"addr1": "7 New St", "addr2": "", "city": "Boston", "state": "MA", "zip": "02108"}
BUYER = "NEW EXAMPLE"
ROUNDING = 1e-6


@dataclass
class LivedWeek:
    """A week as it was lived: what the commands said, and what truly happened.

    ``known`` are the kits and ``known_open`` the open vehicles by campaign as Monday's files tell them; ``asked`` visits that owners asked
    for, and their ``hours`` by dealer; ``unkept`` promises of kits that were due and could not be shipped.
    """

    week: int
    monday: date
    said: Monday
    known: KitBooks
    known_open: dict[str, int]
    asked: int = 0
    walked_in: int = 0
    hours: Amounts = field(default_factory=none)
    worked: WorkedWeek = field(default_factory=WorkedWeek)
    unkept: list[int] = field(default_factory=list)
    repaired: int = 0  # vehicles that are done, from the first week on

    @property
    def printed(self) -> int:
        """Letters that the mail house got this week."""
        return sum(one["printed"] for one in (*self.said.released, *self.said.reprinted))


class AnsweringWorld:
    """Vehicles, owners, dealers, post, mail house and supplier as they are (``start``, ``truth``), and an analyst at a desk."""

    def __init__(
        self,
        desk: Desk,
        start: Start,
        truth: Truth,
        *,
        seed: int = 2013,
        tell_weekly: bool = True,
        silent_from: int = 12,
    ) -> None:
        chance = np.random.default_rng(seed)
        self.desk, self.start, self.truth = desk, start, truth
        self.files = desk.folder / "came-in"
        self.files.mkdir(parents=True, exist_ok=True)
        self.owners = OwnersThere(start, truth, chance)
        self.workshops = Workshops(start, truth, chance)
        self.post = MadePost(start, truth, chance, self.files)
        self.post.take_over(self.owners)
        self.supplier = MadeSupplier(start, truth)
        self.analyst = Analyst(
            desk, start.follow_up, tell_weekly=tell_weekly, silent_from=silent_from
        )
        self.shipped: dict[int, float] = defaultdict(float)  # kits by promise
        self.moved: list[dict[str, Any]] = []
        self.happened: Counter[str] = Counter()
        self.weeks: list[LivedWeek] = []

    @property
    def books(self) -> KitBooks:
        """The kits as they are."""
        return self.workshops.books

    def play(self, week: int) -> LivedWeek:
        """Play one week: what came in is taken in, the rest is planned again, waves go out, and the world goes on."""
        on = self.start.day(week)
        supply = self.supplier.deliver(week, self.books)
        known, known_open = self.books.copy(), self.open_by_campaign()
        inbox = self._inbox(week, on, supply)
        said = self.analyst.work(week, on, inbox)
        lived = LivedWeek(week, self.start.monday(week), said, known, known_open)
        for job in said.jobs:
            self.owners.receive(self.post.mail(job, self.owners, week, on), week)
        self._ship(lived)
        self._owners(lived)
        lived.worked, closed = self.workshops.work(week)
        for vehicle in closed:
            self.owners.done(vehicle)
        lived.repaired = int((~self.owners.open).sum())
        self._note(lived, inbox)
        self.weeks.append(lived)
        return lived

    def open_by_campaign(self) -> dict[str, int]:
        """Return how many vehicles are open by campaign."""
        count = np.bincount(
            self.start.kind[self.owners.open], minlength=len(self.start.kinds)
        ).tolist()
        found: Counter[str] = Counter()
        for kind, vehicles in zip(self.start.kinds, count, strict=True):
            found.update(dict.fromkeys(kind.campaigns, vehicles))
        return dict(found)

    def _inbox(self, week: int, on: date, supply: Sequence[dict[str, Any]]) -> Inbox:
        """Write what dealers, post, owners and supplier tell since the last Monday; nothing on the first."""
        if not week:
            return Inbox()
        tables = {
            "appointments": self.workshops.appointments(),
            "repair_orders": self.workshops.orders(),
            "dealer_part_stock": self.workshops.counts(on - timedelta(days=1)),
            "owners": self.moved,
            "part_supply": supply,
            "return_codes": self.post.settled(),
        }
        self.moved = []
        folder = self.files / f"week-{week:02d}"
        folder.mkdir(exist_ok=True)
        for table, rows in tables.items():
            _write(folder / f"{table}.csv", rows)
        found = self.post.found(week, self.owners)
        back = self.post.come_back(week)
        return Inbox(
            folder,
            self.post.evidence.pop(week, []),
            _write(self.files / f"returned-{week}.csv", back),
            _write(self.files / f"traced-{week}.csv", found),
        )

    def _ship(self, lived: LivedWeek) -> None:
        """What was shipped last week is on the shelves. Promised kits leave the pool, oldest promise first, as far as they are there."""
        self.workshops.unpack()
        for one in lived.said.promises:
            due = one["kits"] - self.shipped[one["id"]]
            if one["week"] > str(lived.monday) or due <= ROUNDING:
                continue
            part = one["part_no"]
            there = min(due, self.books.in_pool(part)) if part in self.workshops.limited else due
            self.shipped[one["id"]] += there
            self.books.shipped[part] += there
            self.books.coming[one["dealer_code"], part] += there
            if there < due - ROUNDING:
                lived.unkept.append(one["id"])

    def _owners(self, lived: LivedWeek) -> None:
        """Owners move; those who were moved by a letter, or who come without one, ask for a visit of the next week."""
        gone = self.owners.move()
        day = lived.monday + timedelta(days=2)
        self.moved += [
            {
                "vin": self.start.vins[vehicle].as_py(), "role": "owner",
                "name1": BUYER if sold else self.start.names[vehicle].as_py(), "name2": "", **NEW_HOME, "as_of": day, "source": "state",
            }
            for vehicle, sold in zip(gone.vehicles.tolist(), gone.sold.tolist(), strict=True)
        ]  # fmt: skip
        called = self.owners.call(lived.week)
        lived.asked, lived.walked_in = len(called.vehicles), int(called.walked_in.sum())
        lived.hours = self.workshops.book(called.vehicles, lived.week)
        self.happened["answered again"] += int(called.again.sum())
        self.happened["moved"] += int((~gone.sold).sum())
        self.happened["sold"] += int(gone.sold.sum())

    def _note(self, lived: LivedWeek, inbox: Inbox) -> None:
        """Count what happened, by name."""
        worked = lived.worked
        self.happened["answered"] = int(self.owners.answered.sum())
        self.happened["walked in"] += lived.walked_in
        self.happened["no shows"] += worked.no_shows
        self.happened["inspected without need"] += worked.without_need
        self.happened["repaired elsewhere"] += worked.elsewhere
        self.happened["late evidence"] += sum(one.late for one in inbox.evidence)
        self.happened["late deliveries"] = self.supplier.late
        self.happened["lost"] = self.post.lost_ever
        self.happened["printed again"] += sum(one["printed"] for one in lived.said.reprinted)


def _write(path: Path, rows: Iterable[Mapping[str, object]]) -> Path | None:
    """Write rows as CSV and return the file; nothing where there are none."""
    given = list(rows)
    if not given:
        return None
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(key for row in given for key in row)))
        writer.writeheader()
        writer.writerows(given)
    return path
