"""The mail house and the post of a world that answers: what is mailed, what is lost, what comes back, and when anybody says so."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from renotify.answering.owners_there import OwnersThere
from renotify.answering.planted import Ints, Start, Truth
from renotify.values.calendar import monday_of

ADDRESS = ("addr1", "city", "state", "zip")
NEW_ADDRESS = {"addr1": "9 Found St", "city": "Boston", "state": "MA", "zip": "02108"}
NOBODY = dict.fromkeys(ADDRESS, "")
AWAY, UNCLAIMED, UNKNOWN = (
    "TA",
    "UNC",
    "ZZ9",
)  # sent again as it is; told by telephone; a code that no rule knows
BACK_AFTER = timedelta(days=4)


class Evidence(NamedTuple):
    """The mail house's answer for a wave, due in some week; ``sent_before`` of its letters were released before the play."""

    follow_up: str
    wave: int
    file: Path
    late: bool
    sent_before: int = 0


class Returned(NamedTuple):
    """A letter that came back: its number, the vehicle's place, the code on it, and the day."""

    piece: str
    vehicle: int
    code: str
    day: date


class Mailed(NamedTuple):
    """Pieces that went into the mail on a day, by the places of their vehicles [N], and which of them arrived."""

    follow_up: str
    vehicles: Ints
    arrived: NDArray[np.bool_]
    day: date


class MadePost:
    """A mail house that mails the day after, loses some batches and answers by turns soon and late; and a post that returns letters.

    What was sent before the play began is answered for in it (``take_over``).
    """

    def __init__(
        self, start: Start, truth: Truth, chance: np.random.Generator, folder: Path
    ) -> None:
        self.start, self.truth, self.chance, self.folder = start, truth, chance, folder
        self.evidence: dict[int, list[Evidence]] = defaultdict(list)
        self.back: list[Returned] = []
        self.searched: dict[int, list[Returned]] = defaultdict(list)
        self.mailed: list[Mailed] = []
        self.lost: set[int] = set()  # vehicles whose letter was lost, and was not mailed since
        self.lost_ever = 0
        self.codes: Counter[str] = Counter()  # letters that came back, by code
        self.known: set[tuple[str, int]] = set()  # follow-ups and waves that were mailed
        self.unsettled: list[str] = []

    def take_over(self, owners: OwnersThere) -> None:
        """Answer for what was sent before the play: evidence of what waits for it, and letters that come back from the first day on.

        What was in the mail so long that it would have come back before that day arrived.
        """
        first, first_week = self.start.day(0), monday_of(self.start.day(0))
        for one in self.start.searched:
            owners.never_read(np.array([one.vehicle]))
            code = UNCLAIMED if one.is_known else one.code
            self.searched[1].append(Returned(one.notice, one.vehicle, code, first))
        for sent in self.start.sent:
            day = sent.in_mail_on
            played = np.flatnonzero(sent.vehicles >= 0)
            vehicles, codes = sent.vehicles[played], np.zeros(len(played), np.int64)
            if day + BACK_AFTER >= first:
                codes = self._codes(vehicles, owners)
            self._returned(sent.pieces.take(pa.array(played)).to_pylist(), vehicles, codes, day)
            owners.never_read(vehicles[codes > 0])
            self.mailed.append(Mailed(sent.follow_up, vehicles, codes == 0, day))
            self.known.add((sent.follow_up, sent.wave))
            if sent.mailed_on is None:
                week = (monday_of(sent.released_on) - first_week).days // 7
                none_lost = np.zeros(len(sent.pieces), bool)
                self._answer(
                    sent.follow_up, sent.wave, sent.pieces, none_lost, week, day, before=True
                )

    def mail(self, job: tuple[str, int, Path], owners: OwnersThere, week: int, on: date) -> Ints:
        """Mail a print job, a follow-up's wave in a folder; return the places of the vehicles whose letter arrives."""
        name, wave, folder = job
        printed = arrow_csv.read_csv(
            folder / "manifest.csv",
            convert_options=arrow_csv.ConvertOptions(
                include_columns=["piece_id", "vin"],
                column_types={"piece_id": pa.string(), "vin": pa.string()},
            ),
        )
        vehicles = pc.index_in(printed["vin"], self.start.vins).to_numpy()
        lost = np.zeros(len(vehicles), bool)
        if name == self.start.follow_up and (name, wave) not in self.known:  # once
            lost[: self.truth.lost.get(wave, 0)] = True
        self.known.add((name, wave))
        day = on + timedelta(days=1)
        code = self._codes(vehicles, owners)
        back = ~lost & (code > 0)
        self._returned(printed["piece_id"].to_pylist(), vehicles, np.where(back, code, 0), day)
        owners.came_back[vehicles[back]] = True
        self.lost.update(vehicles[lost].tolist())
        self.lost.difference_update(vehicles[~lost].tolist())
        self.lost_ever += int(lost.sum())
        self.mailed.append(Mailed(name, vehicles[~lost], ~back[~lost], day))
        self._answer(name, wave, printed["piece_id"], lost, week, day)
        arrived: Ints = vehicles[~lost & ~back]
        return arrived

    def _codes(self, vehicles: Ints, owners: OwnersThere) -> Ints:
        """Return of each piece the place of the code with which it comes back, from 1; 0: it arrives. A letter comes back once."""
        steps = np.cumsum(list(self.truth.returned.values()))
        drawn = np.searchsorted(steps, self.chance.random(len(vehicles)), side="right") + 1
        comes = (drawn <= len(steps)) & ~owners.came_back[vehicles]
        found: Ints = np.where(comes, drawn, 0)
        return found

    def _returned(self, pieces: list[str], vehicles: Ints, codes: Ints, mailed: date) -> None:
        names = ["", *self.truth.returned]
        for at in np.flatnonzero(codes).tolist():
            code = names[codes[at]]
            self.back.append(Returned(pieces[at], int(vehicles[at]), code, mailed + BACK_AFTER))
            self.codes[code] += 1

    def _answer(
        self,
        name: str,
        wave: int,
        pieces: pa.Array | pa.ChunkedArray,
        lost: NDArray[np.bool_],
        week: int,
        day: date,
        *,
        before: bool = False,
    ) -> None:
        """Write the mail house's answer for a batch of a week, which is negative before the play; it comes after the first Monday."""
        weeks = self.truth.evidence_weeks[wave % len(self.truth.evidence_weeks)]
        file = self.folder / f"evidence-{name}-{wave}-{f'before-{day}' if before else week}.csv"
        gone = pa.array(lost)
        rows = pa.table({
            "piece_id": pieces,
            "status": pc.if_else(gone, "spoiled", "accepted"),
            "mailed_date": pc.if_else(gone, "", day.isoformat()),
            "reason": pc.if_else(gone, "lost", ""),
        })  # fmt: skip
        arrow_csv.write_csv(rows, file)
        due = max(week + weeks, 1)
        late = due - week > min(self.truth.evidence_weeks)
        self.evidence[due].append(Evidence(name, wave, file, late, len(pieces) if before else 0))

    def come_back(self, week: int) -> list[dict[str, object]]:
        """Return the letters that came back since, as the post tells them, and begin the search for their owners."""
        today = self.start.day(week)
        told = [one for one in self.back if one.day <= today]
        self.back = [one for one in self.back if one.day > today]
        for one in told:
            if one.code != AWAY:  # a code that no rule knows is settled first
                self.searched[week + (2 if one.code == UNKNOWN else 1)].append(one)
            if one.code == UNKNOWN and UNKNOWN not in self.unsettled:
                self.unsettled.append(UNKNOWN)
        return [
            {"piece_id": one.piece, "returned_date": one.day, "return_code": one.code}
            for one in told
        ]

    def settled(self) -> list[dict[str, object]]:
        """Return what a person settled that unknown codes lead to, as a table; each is told again whenever it came back again."""
        told, self.unsettled = self.unsettled, []
        return [{"code": code, "action": "skip_trace"} for code in told]

    def found(self, week: int, owners: OwnersThere) -> list[dict[str, object]]:
        """Return what the searches of a week came to, as the vendor tells it. Who is telephoned hears of the recall by that."""
        rows: list[dict[str, object]] = []
        for one in self.searched.pop(week, []):
            day = self.start.monday(week) - timedelta(days=1)
            if one.code == UNCLAIMED:
                owners.receive(np.array([one.vehicle]), week)
                rows.append(
                    {"piece_id": one.piece, "result": "reached", "result_date": day, **NOBODY}
                )
                continue
            known = bool(self.chance.random() < self.truth.found)
            owners.nowhere[one.vehicle] = not known
            result, address = ("found", NEW_ADDRESS) if known else ("exhausted", NOBODY)
            rows.append({"piece_id": one.piece, "result": result, "result_date": day, **address})
        return rows
