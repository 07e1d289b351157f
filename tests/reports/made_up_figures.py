"""A made-up follow-up as the figures that the summary page is written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from renotify.charts.area_map import AreaPlace, DealerPlace
from renotify.charts.completion_bars import CampaignShares
from renotify.charts.completion_by_week import CompletionByWeek
from renotify.charts.dealer_heat_map import DealerWeeks
from renotify.charts.kits_by_week import KitsByWeek
from renotify.charts.waves_against_limits import WavesAndLimits
from renotify.mailing.commonest_letter import LetterPicture
from renotify.parts.pool_book import PartBook, PoolBook
from renotify.plans.expected import Expected
from renotify.plans.in_force import PlanInForce, PlannedBundle
from renotify.reports.follow_up_figures import (
    FollowUpFigures,
    PartOrder,
    PlannedWave,
    SentCounts,
    TightWeek,
    letters_of,
)
from renotify.reports.of_the_day import OfTheDay
from renotify.reports.since_last_week import BOOKED, Change
from renotify.reports.visits_and_kits import KitsTaken, kits_of

FIRST = date(2013, 3, 4)
WEEKS = tuple(FIRST + timedelta(weeks=i) for i in range(20))


def shares(campaign, involved, share, inspected=0.0):
    repaired, looked, unreachable, removed = (
        round(involved * share),
        round(involved * inspected),
        291,
        21,
    )
    still_open = involved - repaired - looked - unreachable - removed
    completion = (repaired + looked) / (involved - removed)
    return CampaignShares(campaign, repaired, looked, unreachable, removed, still_open, completion)


CAMPAIGNS = (
    shares("9LA", 10_400, 0.79),
    shares("ALE", 6_730, 0.76),
    shares("BLB", 950, 0.40),
    shares("BLG", 6_640, 0.42, 0.22),
    shares("CLB", 1_700, 0.6),
)
LETTERS = {
    "9LA": (500, 480, 450, 300, 90),
    "9LA+ALE": (0, 60, 140, 160, 200),
    "ALE:IS 350": (0, 40, 90, 160, 160),
    "ALE:GS 350": (0, 20, 60, 60, 60),
    "BLG": (400, 400, 380, 300, 60),
    "CLB": (200, 200, 100, 0, 0),
}
PARTS = {
    "9LA": "23807-31010",
    "9LA+ALE": "90501-31046",
    "ALE:IS 350": "90501-31046",
    "ALE:GS 350": "90501-31046",
    "BLG": "13408-20020",
    "CLB": "25620-37130",
}
SUPPLY = {
    "23807-31010": np.array([40.0 + 30 * t for t in range(20)]),
    "90501-31046": np.array([5.0 + 4 * t for t in range(20)]),
    "13408-20020": np.full(20, 300.0),
}
OWNERS = 1000
RESPONSE = (0.01, 0.02, 0.02, 0.01, 0.01)


def brought(
    letters: Mapping[str, Sequence[int]],
    kits: Mapping[str, Mapping[str, float]],
    response: Sequence[float] = RESPONSE,
    walk_ins: Mapping[str, float] = MappingProxyType({}),
    weeks: int = 20,
) -> Expected:
    """What letters by bundle and week bring to one dealer; a bundle's name is its campaigns, and after a colon its model."""
    bundles = tuple(
        PlannedBundle(
            name,
            name.split(":")[0],
            tuple(name.split(":")[1:]),
            1.0,
            kits[name],
            tuple(response),
            walk_ins.get(name, 0.0) / OWNERS,
        )
        for name in letters
    )
    plan = PlanInForce("memo-2013-02", "optimal", FIRST, weeks, bundles)
    mailed = np.zeros((len(letters), 1, weeks), int)
    for place, line in enumerate(letters.values()):
        mailed[place, 0, : len(line)] = line
    owners = np.full((len(letters), 1, 1), OWNERS)
    return Expected(plan, ("D0001",), mailed, 0 * mailed, mailed, 0 * mailed[:, :, :1], owners)


def book_of(
    supply: Mapping[str, np.ndarray], shelves: Sequence[Mapping[str, object]] = ()
) -> PoolBook:
    """A book of kits of which nobody has any yet."""
    weeks = max((len(line) for line in supply.values()), default=1)
    none = np.zeros(weeks)
    parts = {
        part: PartBook(
            part, line, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, "", 0.0, 0.0, 0.0, none, none, none
        )
        for part, line in supply.items()
    }
    kinds = {"dealer_code": pa.string(), "part_no": pa.string(), "kits": pa.float64()}
    free = pa.Table.from_pylist(list(shelves), pa.schema(kinds))
    there = {(row["dealer_code"], row["part_no"]): row["kits"] for row in free.to_pylist()}
    return PoolBook(FIRST, weeks, parts, free, at_dealers=there)


def kits_asked(found: Expected, book: PoolBook) -> KitsByWeek:
    """The kits of visits that come in the week in which they are asked for, and of no others."""
    taken = KitsTaken(found.mondays)
    taken.add(found.visits, [one.kits for one in found.plan.bundles], found.dealers, found.dealers)
    return kits_of(taken, book)


EXPECTED = brought(
    LETTERS, {name: {part: 1.0} for name, part in PARTS.items()}, walk_ins={"9LA": 2.0}
)
HOURS = np.array(
    [[(4 + d * 1.3) * max(0.1, 1 - abs(i - 4 - d % 5) / 8) for i in range(20)] for d in range(20)]
)
FIGURES = FollowUpFigures(
    name="memo-2013-02",
    campaigns=CAMPAIGNS,
    waves=tuple(
        PlannedWave(i + 1, max(week, date(2013, 3, 5)), n)
        for i, (week, n) in enumerate(zip(WEEKS, (1100, 1200, 1220, 980, 570), strict=False))
    ),
    tightest=tuple(
        TightWeek(dealer, "W", date(2013, 4, 22), hours, 24.0, 1.5, 2)
        for dealer, hours in (("D0019", 28.7), ("D0018", 27.4), ("D0017", 26.1))
    ),
    orders=(
        PartOrder("90501-31046", "Valve spring kit", 41, 96),
        PartOrder("23807-31010", "Fuel pipe kit", 22, 30),
    ),
    messages=(
        "The notice says that letters begin by 2013-02-28; none is planned before 2013-03-05.",
        "Dealer D0019: 2 extra technician-days in weeks 7 to 9.",
    ),
    sent=SentCounts(1, 1095, 1092, 5, 3, dealers=20, areas=4),
    letters=letters_of(EXPECTED),
    load=DealerWeeks(tuple(f"D{d:04d}" for d in range(20)), WEEKS, HOURS, np.full((20, 20), 24.0)),
    kits=kits_asked(EXPECTED, book_of(SUPPLY)),
)


def clock(state: str, what: str, due: date | None = date(2013, 3, 1)) -> dict[str, object]:
    """A row of ``deadlines`` of a campaign."""
    return {"state": state, "due": due, "campaign": "ALE", "what": what, "citation": "49 CFR 573.7"}


LATER = np.array([[0, 0, 0.002]])
SHORT = np.array([[0.796, 0.8, 0.804], [0.5, 0.51, 0.52]])
DAY = OfTheDay(
    on=date(2013, 3, 5),
    completion=CompletionByWeek(
        ("9LA", "ALE"), (date(2013, 2, 26), date(2013, 3, 5), date(2013, 3, 31)), 1,
        SHORT, SHORT - LATER, SHORT + 3 * LATER,
    ),
    limits=WavesAndLimits(
        WEEKS, EXPECTED.letters.sum(axis=(0, 1)), HOURS.sum(axis=0), np.full(20, 2.0), np.full(20, 9.0), np.zeros(20),
        planned=5070, to_go=5070,
    ),
    areas=(
        AreaPlace("E", (DealerPlace(38.8, -77.2, True),), 2, 900, 0.71, 1),
        AreaPlace("W", (DealerPlace(34.1, -118.2, False), DealerPlace(47.6, -122.3, False)), 3, 700, 0.75, 0),
    ),
    changes=(
        Change("Repairs done", 100, 112), Change("Repairs open", 50, 38), Change("Out of reach", 3, 3),
        Change("Letters released", 10, 1810), Change("Letters mailed", 0, 1350),
        Change("Letters that came back", 0, 1), Change(BOOKED, 7, 9), Change("Of these past and not reported", 1, 2),
        Change("Dealers that acknowledged", 1, 5),
    ),
    clocks=(clock("overdue", "a report"), clock("soon", "a copy"), clock("ok", "a list"), clock("unknown", "letters", None)),
    letter=LetterPicture(b"\x89PNG", "The letter for BLG to the owner (en)"),
    made_up=False,
)  # fmt: skip
