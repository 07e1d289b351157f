"""The counts of one wave, and what can still be done with it: read anew each time, as decisions are taken on them."""

from __future__ import annotations

from typing import Any

from renotify.ledger.pieces import WaveRow
from renotify.mailing import calling_back, reconciling
from renotify.values.english import of_count
from renotify.web.door.visit import Visit

COUNTS = {
    "planned": "letters planned",
    "released": "released",
    "withdrawn": "withdrawn",
    "printed": "printed",
    "exceptions": "set aside",
    "accepted": "mailed, by the mail house's evidence",
    "spoiled": "spoiled",
    "awaiting": "awaiting the mail house",
    "returned": "came back",
}
ALWAYS = (
    "planned",
    "released",
    "accepted",
    "awaiting",
    "returned",
)  # others are shown where there are any


def counts_of(visit: Visit, row: WaveRow) -> dict[str, Any]:
    """Return a wave's counts with their words, and whether it can be called back, pulled from, printed again."""
    counts = reconciling.of_wave(visit.ledger, row.follow_up, row.number)
    shown = [
        (f"{counts[name]:,}", of_count(counts[name], words))
        for name, words in COUNTS.items()
        if counts[name] or (row.released and name in ALWAYS)
    ]
    return {
        "counts": shown if row.released else (),
        "may_call_back": row.released and not calling_back.answered(visit.ledger, row),
        "has_set_aside": bool(counts["exceptions"]),
        "has_spoiled": bool(counts["spoiled"]),
        "is_awaited": bool(counts["awaiting"]),
        "answered": counts["accepted"] + counts["spoiled"],
    }
