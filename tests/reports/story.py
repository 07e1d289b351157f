"""A made-up follow-up as the values that charts and the summary page are drawn from."""

from __future__ import annotations

from datetime import date, timedelta

FIRST = date(2013, 3, 4)
WEEKS = [(FIRST + timedelta(weeks=i)) for i in range(20)]


def counts(campaign, involved, share, inspected=0.0):
    gone = {"export": 40, "theft": 9, "scrapping": 160, "failure_to_receive": 70, "other": 12}
    done, looked = round(involved * share), round(involved * inspected)
    return {
        "campaign": campaign,
        "involved": involved,
        "repaired": done,
        "inspected_ok": looked,
        "unreachable": gone,
        "removed": 21,
        "open": involved - done - looked - sum(gone.values()) - 21,
        "completion": (done + looked) / (involved - 21),
    }


CAMPAIGNS = [
    counts("9LA", 10_400, 0.79),
    counts("ALE", 6_730, 0.76),
    counts("BLB", 950, 0.40),
    counts("BLG", 6_640, 0.42, 0.22),
    counts("CLB", 1_700, 0.6),
]
LETTERS = [
    {"bundle": bundle, "dealer": "D0001", "week": week, "count": count}
    for bundle, counts_ in (
        ("9LA", (500, 480, 450, 300, 90)),
        ("9LA+ALE", (0, 60, 140, 160, 200)),
        ("ALE:IS 350", (0, 40, 90, 160, 160)),
        ("ALE:GS 350", (0, 20, 60, 60, 60)),
        ("BLG", (400, 400, 380, 300, 60)),
        ("CLB", (200, 200, 100, 0, 0)),
    )
    for week, count in enumerate(counts_)
    if count
]
WORKLOAD = [
    {
        "dealer": f"D{d:04d}",
        "area": "ESCW"[d % 4],
        "week": week.isoformat(),
        "appointments": 6.0,
        "hours": round((4 + d * 1.3) * max(0.1, 1 - abs(i - 4 - d % 5) / 8), 1),
        "hours_q90": 30.0,
        "capacity": 24.0,
        "short": 0.0,
    }
    for d in range(20)
    for i, week in enumerate(WEEKS)
]
PROBLEM = {
    "weeks": 20,
    "bundles": [
        {"id": name, "response": [0.01, 0.02, 0.02, 0.01, 0.01], "kits": {part: 1.0}}
        for name, part in (
            ("9LA", "23807-31010"), ("9LA+ALE", "90501-31046"), ("ALE:IS 350", "90501-31046"),
            ("ALE:GS 350", "90501-31046"), ("BLG", "13408-20020"), ("CLB", "25620-37130"),
        )
    ],
    "supply": {
        "23807-31010": [40.0 + 30 * t for t in range(20)],
        "90501-31046": [5.0 + 4 * t for t in range(20)],
        "13408-20020": [300.0] * 20,
    },
    "background": [{"bundle": "9LA", "dealer": "D0001", "per_week": [2.0] * 20}],
}  # fmt: skip
STORY = {
    "folder": "",
    "campaigns": CAMPAIGNS,
    "frozen": {"listed": 5410, "pieces": 5502, "left_out": {"no_owner": 70, "po_box": 0}},
    "waves": [
        {"wave": i + 1, "mail_date": max(week, date(2013, 3, 5)).isoformat(), "letters": n}
        for i, (week, n) in enumerate(zip(WEEKS, (1100, 1200, 1220, 980, 570), strict=False))
    ],
    "tightest": [
        {
            "dealer": dealer,
            "area": "W",
            "week": "2013-04-22",
            "hours_q90": hours,
            "capacity": 24.0,
            "short": hours - 24.0,
        }
        for dealer, hours in (("D0019", 28.7), ("D0018", 27.4), ("D0017", 26.1))
    ],
    "order": [
        {"part_no": "90501-31046", "description": "Valve spring kit", "dealers": 41, "order": 96},
        {"part_no": "23807-31010", "description": "Fuel pipe kit", "dealers": 22, "order": 30},
    ],
    "messages": [
        "The notice says that letters begin by 2013-02-28; none is planned before 2013-03-05.",
        "Dealer D0019: 2 extra technician-days in weeks 7 to 9.",
    ],
    "release": {"printed": 1092, "exceptions": 3, "withdrawn": 5},
    "notices": {"dealers": 20, "areas": 4, "folder": "notices"},
    "report": [],
    "summary": "summary.html",
}  # fmt: skip
