"""A made-up world that answers letters week by week, with books of its own: what truly happened, whatever the product thinks.

Everything reaches the product by files and commands only. The truth is planted: how many owners of each bundle answer, when, and where;
who comes without a letter, who does not keep an appointment, whose letter comes back, which vehicle needs no part; when kits truly
arrive, and a batch that the mail house loses.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from small_world import Desk, World, follow_up_file, vin, write_csv

NOTICE = date(2013, 2, 26)
FIRST_MONDAY = date(2013, 3, 4)
FIRST_LETTER = date(2013, 3, 5)
NAME = "spring"
DEALERS = {"D0001": "E", "D0002": "E", "D0003": "W"}
A, B = "9LA", "ALE"
BOTH = f"{A}+{B}"
PIPE, VALVE = "PIPE", "VALVE"
KITS = {A: PIPE, B: VALVE}
HOURS = {A: 1.5, B: 3.0}
NEEDS_VALVE = 0.5  # B is inspected first
SHARE = {A: 0.45, B: 0.25, BOTH: 0.45}  # who answer in the end, of owners who get their letter
AREA_FACTOR = {"E": 1.0, "W": 0.8}
DELAY = 0.4  # of those who answer, the share that does so in each week from the letter on
WALK_IN = 0.004
NO_SHOW = 0.1
ELSEWHERE = 0.1  # of visits, at another dealer than the vehicle's
RETURNED = 0.06
FOUND = 0.6  # of the owners whose letter came back, by the search for them
MOVES = 0.006  # a week: an owner tells a new address; one of three sold the car instead
MAIL_HOUSE = 15
WEEK_HOURS = 30.0
SILENT_FROM, SILENT_EVERY = 12, 4  # weeks in which a list of the silent is asked for
STATED = {"share": 0.3, "scale_weeks": 2.5, "shape": 1.0, "background_per_week": WALK_IN}


@dataclass
class Car:
    """A vehicle and its owner, as they are."""

    vin: str
    dealer: str
    open: set[str]
    bundle: str
    answers_after: int | None  # weeks from the letter to the call; None: a letter moves nobody
    asked: int | None = None  # the week of the call
    visit: tuple[int, str] | None = None  # the week of the visit that stands, and its dealer
    mailed: list[date] = field(default_factory=list)
    came_back: bool = False
    nowhere: bool = False  # the search for the owner found nobody


@dataclass
class Books:
    """Kits by part, as they are."""

    delivered: Counter[str] = field(default_factory=Counter)
    shipped: Counter[str] = field(default_factory=Counter)
    shelf: Counter[tuple[str, str]] = field(default_factory=Counter)
    coming: Counter[tuple[str, str]] = field(default_factory=Counter)
    fitted: Counter[str] = field(default_factory=Counter)


class AnsweringWorld:
    """So many vehicles at three dealers, played from Monday to Monday through a desk's commands."""

    def __init__(self, desk: Desk, vehicles: int, *, seed: int = 2013, slip_from: int = 6) -> None:
        self.desk, self.chance = desk, np.random.default_rng(seed)
        self.cars = {car.vin: car for car in self._cars(vehicles)}
        self.books = Books()
        self.appointments: dict[str, dict[str, object]] = {}
        self.changed: set[str] = set()
        self.repairs: list[dict[str, object]] = []
        self.moved: list[tuple[str, date, bool]] = []
        self.evidence: dict[int, list[tuple[str, int, Path]]] = defaultdict(list)
        self.pieces: dict[str, str] = {}  # of each printed piece its vehicle
        self.returns: list[dict[str, object]] = []
        self.searched: list[dict[str, object]] = []
        self.lost: set[str] = set()
        self.without_kits = 0  # visits that a dealer could not do for want of a kit
        self.names = [NAME]  # the follow-up, and those of its silent owners
        # what the supplier promises week by week; from a week on, it comes two weeks late
        self.supply = {week: {PIPE: 12.0, VALVE: 5.0} for week in range(12)}
        self.slip_from = slip_from

    def _cars(self, vehicles: int) -> Iterator[Car]:
        for number in range(vehicles):
            dealer = tuple(DEALERS)[number % 3]
            bundle = (A, A, B, BOTH)[number // 3 % 4]
            share = SHARE[bundle] * AREA_FACTOR[DEALERS[dealer]]
            answers = self.chance.random() < share
            delay = int(self.chance.geometric(DELAY)) - 1
            yield Car(
                vin(number), dealer, set(bundle.split("+")), bundle, delay if answers else None
            )

    # ---- the first day

    def begin(self) -> None:
        """Load what is known on the day of the notice, freeze the list and plan it."""
        world = World(self.desk.folder / "first")
        for code, area in DEALERS.items():
            world.dealer(code, area).capacity(code, {FIRST_MONDAY: WEEK_HOURS})
        world.campaign(A).campaign(B, inspect_first=True)
        for code, part in KITS.items():
            world.part(part).takes(code, part, 1, take_rate=NEEDS_VALVE if code == B else 1.0)
            world.labour(code, HOURS[code])
        for week, kits in self.supply.items():
            for part, amount in kits.items():
                world.supply(part, {FIRST_MONDAY + timedelta(weeks=week): amount})
        for car in self.cars.values():
            world.vehicle(car.vin, *sorted(car.open), dealer=car.dealer)
        for place in self._places():
            self.books.shelf[place] = 2
            world.count(*place, NOTICE - timedelta(days=1), 2)
        self.desk.do("load", world.write(), on=NOTICE)
        settings = follow_up_file(
            self.desk.folder / "followup.toml", STATED, name=NAME, kind="follow_up_voluntary",
            campaigns=(A, B), notice_date=NOTICE, horizon_weeks=26, wait_bound_weeks=2,
            mail_house_letters_per_week=MAIL_HOUSE,
        )  # fmt: skip
        self.desk.do("followup", "new", settings, on=NOTICE)
        self.desk.do("plan", NAME, on=NOTICE)

    @staticmethod
    def _places() -> list[tuple[str, str]]:
        return [(dealer, part) for dealer in DEALERS for part in (PIPE, VALVE)]

    # ---- a week

    def play(self, week: int) -> dict[str, Any]:
        """Play one week: what came in is loaded, the rest is planned again, a wave goes out, and the world goes on."""
        monday = FIRST_MONDAY + timedelta(weeks=week)
        on = max(monday, FIRST_LETTER)
        said: dict[str, Any] = {"on": on, "released": []}
        self._supplier(week)
        folder = self._files(week, on)
        if folder is not None:
            self.desk.do("load", folder, "--rejects", self.desk.folder / "rejects", on=on)
        for name, wave, file in self.evidence.pop(week, []):
            self.desk.do("mail", "accept", name, wave, file, on=on)
        self._come_back(week, on)
        if week % SILENT_EVERY == 0 and week >= SILENT_FROM:
            self._silent(on)
        for name in self.names if week else ():
            answer = self.desk.run("replan", name, "--workers", 1, "--on", on, "--json")
            if answer.code:
                assert f"No letter of {name} is left to plan" in answer.err, answer.err
            else:
                said["replanned"] = answer.json
        said["orders"] = self.desk.do("parts", "order", on=on)
        said["pool"] = {row["part_no"]: row for row in self.desk.do("parts", "pool", on=on)}
        for name, wave in self._due(monday):
            out = self.desk.folder / "out"
            done = self.desk.do("mail", "release", name, wave, "--out", out, "--workers", 1, on=on)
            said["released"].append(done)
            self._mail(week, on, name, wave, Path(done["folder"]))
        self._ship(said["orders"])
        self._owners(week)
        self._workshops(week)
        return said

    def _waves(self, name: str) -> list[dict[str, Any]]:
        waves: list[dict[str, Any]] = self.desk.do("followup", "show", name)["waves"]
        return waves

    def _due(self, monday: date) -> list[tuple[str, int]]:
        """Return the waves whose week it is and that are not out."""
        return [
            (name, wave["wave"])
            for name in self.names
            for wave in self._waves(name)
            if wave["week"] == str(monday) and not wave["released"]
        ]

    def _silent(self, on: date) -> None:
        """Freeze and plan a list of those who were silent, where some are due."""
        answer = self.desk.run("followup", "new", "--silent-of", NAME, "--on", on, "--json")
        if answer.code:
            assert "due" in answer.err or "silent" in answer.err, answer.err
            return
        self.names.append(answer.json["follow_up"])
        self.desk.do("plan", self.names[-1], on=on)

    def _come_back(self, week: int, on: date) -> None:
        """Returned letters are told; a search finds some owners within the week, and the others nowhere; who is found gets the letter."""
        if self.searched:
            file = write_csv(self.desk.folder / f"traced-{week}.csv", self.searched)
            self.desk.do("mail", "traced", file, on=on)
            if any(row["result"] == "found" for row in self.searched):
                for name in self.names:
                    self.desk.run("mail", "resend", name, "--on", on, "--json")
            self.searched = []
        if not self.returns:
            return
        file = write_csv(self.desk.folder / f"returned-{week}.csv", self.returns)
        self.desk.do("mail", "returned", file, on=on)
        for row in self.returns:
            found = self.chance.random() < FOUND
            car = self.cars[self.pieces[str(row["piece_id"])]]
            if not found:
                car.nowhere = True
            where = (
                {"addr1": "9 Found St", "city": "Boston", "state": "MA", "zip": "02108"}
                if found
                else {}
            )
            blank = dict.fromkeys(("addr1", "city", "state", "zip"), "")
            self.searched.append({
                "piece_id": row["piece_id"], "result": "found" if found else "exhausted",
                "result_date": on + timedelta(days=2), **(blank | where),
            })  # fmt: skip
        self.returns = []

    def _supplier(self, week: int) -> None:
        """Kits truly reach the pool: as promised, and two weeks late from the week of the slip on."""
        late = 2 if week >= self.slip_from else 0
        due = week - late
        if late and due < self.slip_from:
            return
        for part, amount in self.supply.get(due, {}).items():
            self.books.delivered[part] += int(amount)

    def _files(self, week: int, on: date) -> Path | None:
        """Write what the dealers, the post and the supplier tell since the last Monday."""
        if not week:
            return None
        world = World(self.desk.folder / f"week-{week:02d}")
        for key in sorted(self.changed):
            world.add("appointments", **self.appointments[key])
        for row in self.repairs:
            world.add("repair_orders", **row)
        for place in self._places():
            world.count(
                *place, on - timedelta(days=1), self.books.shelf[place], self.books.coming[place]
            )
        for number, day, sold in self.moved:
            told = {"name1": "NEW EXAMPLE"} if sold else {"addr1": "7 New St"}
            world.owner(number, as_of=day, **told)
        if week == self.slip_from:
            self._tell_of_the_slip(world, week)
        self.changed.clear()
        self.repairs, self.moved = [], []
        return world.write()

    def _tell_of_the_slip(self, world: World, week: int) -> None:
        """The supplier corrects its rows of the coming weeks: each delivery two weeks later."""
        told = {later: dict.fromkeys((PIPE, VALVE), 0.0) for later in range(week, 14)}
        for promised in range(week, 12):
            for part, amount in self.supply[promised].items():
                told[promised + 2][part] += amount
        for later, kits in told.items():
            for part, amount in kits.items():
                world.supply(part, {FIRST_MONDAY + timedelta(weeks=later): amount})

    def _mail(self, week: int, on: date, name: str, wave: int, folder: Path) -> None:
        """The mail house mails a batch the next day; of its third it loses five pieces; its answer comes one or two weeks later."""
        with (folder / "manifest.csv").open(encoding="utf-8") as file:
            printed = list(csv.DictReader(file))
        rows = []
        lost = {row["piece_id"] for row in printed[:5]} if (name, wave) == (NAME, 3) else set()
        mailed = on + timedelta(days=1)
        for row in printed:
            number, car = row["piece_id"], self.cars[row["vin"]]
            self.pieces[number] = car.vin
            if number in lost:
                self.lost.add(car.vin)
                rows.append(
                    {"piece_id": number, "status": "spoiled", "mailed_date": "", "reason": "lost"}
                )
                continue
            rows.append(
                {"piece_id": number, "status": "accepted", "mailed_date": mailed, "reason": ""}
            )
            if self.chance.random() < RETURNED and not car.came_back:
                car.came_back = True
                back = {
                    "piece_id": number,
                    "returned_date": mailed + timedelta(days=4),
                    "return_code": "ANK",
                }
                self.returns.append(back)
                continue
            car.mailed.append(mailed)  # it arrived
            if car.answers_after is not None and car.asked is None and car.open:
                car.asked = week + car.answers_after
        answer = write_csv(self.desk.folder / f"evidence-{name}-{wave}.csv", rows)
        self.evidence[week + 1 + wave % 2].append((name, wave, answer))

    def _ship(self, orders: list[dict[str, Any]]) -> None:
        """What the product allots leaves the pool, as far as kits are truly there; it reaches the shelf within the week."""
        for place in list(self.books.coming):
            self.books.shelf[place] += self.books.coming.pop(place)
        for line in orders:
            part = line["part_no"]
            there = self.books.delivered[part] - self.books.shipped[part]
            assert line["allotted"] <= there, (line, there)
            self.books.shipped[part] += line["allotted"]
            self.books.coming[line["dealer_code"], part] += line["allotted"]

    def _owners(self, week: int) -> None:
        """Owners who were moved by a letter, or who come without one, ask for an appointment of the next week."""
        for car in self.cars.values():
            if self.chance.random() < MOVES:
                day = FIRST_MONDAY + timedelta(weeks=week, days=2)
                self.moved.append((car.vin, day, bool(self.chance.random() < 1 / 3)))
                car.nowhere = False
            walks_in = car.open and car.visit is None and self.chance.random() < WALK_IN
            if car.visit is None and car.open and (car.asked == week or walks_in):
                self._book(car, week, FIRST_MONDAY + timedelta(weeks=week, days=3))

    def _book(self, car: Car, week: int, asked: date) -> None:
        others = [code for code in DEALERS if code != car.dealer]
        away = self.chance.random() < ELSEWHERE
        dealer = others[int(self.chance.integers(len(others)))] if away else car.dealer
        car.visit = (week + 1, dealer)
        key = f"A{len(self.appointments):04d}"
        start = FIRST_MONDAY + timedelta(weeks=week + 1, days=int(self.chance.integers(5)))
        self.appointments[key] = {
            "appointment_id": key, "dealer_code": dealer, "vin": car.vin, "campaign_codes": ";".join(sorted(car.open)),
            "start": f"{start}T09:00", "status": "booked", "booked_on": asked,
        }  # fmt: skip
        self.changed.add(key)

    def _workshops(self, week: int) -> None:
        """Each dealer does its booked visits as far as hours and kits go; who cannot be served comes again the week after."""
        left = dict.fromkeys(DEALERS, WEEK_HOURS)
        standing = [one for one in self.appointments.items() if one[1]["status"] == "booked"]
        for key, row in standing:
            car = self.cars[str(row["vin"])]
            if car.visit is None or car.visit[0] != week:
                continue
            dealer = car.visit[1]
            day = date.fromisoformat(str(row["start"])[:10])
            if self.chance.random() < NO_SHOW:
                self._again(key, car, week, "no_show")
                continue
            needed = [KITS[code] for code in sorted(car.open) if code == A or self._needs(car)]
            hours = sum(HOURS[code] for code in car.open)
            if any(not self.books.shelf[dealer, part] for part in needed):
                self.without_kits += 1
                self._again(key, car, week, "cancelled")
                continue
            if left[dealer] < hours:
                self._again(key, car, week, "cancelled")
                continue
            left[dealer] -= hours
            for part in needed:
                self.books.shelf[dealer, part] -= 1
                self.books.fitted[part] += 1
            for code in sorted(car.open):
                done = "remedied" if KITS[code] in needed else "inspected_ok"
                self.repairs.append({
                    "ro_id": f"R{key}{code}", "dealer_code": dealer, "vin": car.vin, "campaign_code": code,
                    "close_date": day, "outcome": done, "hours": HOURS[code],
                })  # fmt: skip
            row["status"] = "done"
            self.changed.add(key)
            car.open.clear()
            car.visit = None

    def _needs(self, car: Car) -> bool:
        return int(car.vin[-6:]) % 2 == 0  # half of them, and each always the same

    def _again(self, key: str, car: Car, week: int, status: str) -> None:
        self.appointments[key]["status"] = status
        self.changed.add(key)
        self._book(car, week, FIRST_MONDAY + timedelta(weeks=week, days=4))

    # ---- what is true, and told by the next Monday's files

    def note_what_can_be_known(self) -> None:
        """Keep what Monday's files tell before the week goes on: vehicles open by campaign, kits fitted, shipped and on shelves."""
        cars = self.cars.values()
        self.known_open = {code: sum(code in car.open for car in cars) for code in KITS}
        self.known = Books(
            shipped=self.books.shipped.copy(), shelf=self.books.shelf.copy(), coming=self.books.coming.copy(),
            fitted=self.books.fitted.copy(),
        )  # fmt: skip
