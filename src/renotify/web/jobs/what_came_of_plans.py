"""What came of jobs around a plan: a list frozen, a plan or draft made, notices written and answered, a report, the check of the ledger."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from renotify.values.english import counted, percent, short_day
from renotify.web.jobs.came_of_it import (
    CameOfIt,
    Next,
    Said,
    as_day,
    counts_table,
    day_in_words,
    list_of,
    page_at,
    said_alone,
)
from renotify.web.theme.shown_table import shown_table


def planned(said: Said) -> CameOfIt:
    """A plan or a draft: vehicles written about by week, what removes how much risk, who is held back and why.

    Waves count letters: a lessee and a lessor get one each.
    """
    first = date.fromisoformat(str(said.get("first_week") or said["made_on"]))
    weeks: Counter[date] = Counter()
    for row in said["letters"]:
        weeks[first + timedelta(weeks=row["week"])] += row["count"]
    held: Counter[str] = Counter()
    for row in said["held"]:
        held[row.get("reason") or "no room within the weeks planned"] += row["count"]
    possible, gap = said.get("possible") or {}, said.get("gap")
    waiting = sum(row["count"] for row in said["interim"])
    weeks = +weeks  # those with letters
    rows = [{"week": week, "vehicles": count} for week, count in sorted(weeks.items())]
    long_visits = len(said.get("long_visits", ()))
    name = str(said["follow_up"])
    to = page_at("analyst:follow_up", name) if name else page_at("analyst:follow_ups")
    draft = said.get("draft")
    return CameOfIt(
        said_alone(
            f"{counted(weeks.total(), 'vehicle')} {'is' if weeks.total() == 1 else 'are'} written about in {counted(len(rows), 'week')}"
            + (
                f", from the week of {short_day(min(weeks))} to that of {short_day(max(weeks))}."
                if rows
                else "."
            ),
            possible.get("share") is not None
            and f"It removes {percent(possible['share'])} of the risk that letters without any limit would.",
            _proof(said, gap),
            waiting
            and f"The letters about {waiting:,} of them are interim notices, which ask nobody in.",
            held.total()
            and f"{counted(held.total(), 'owner gets', 'owners get')} no letter in these weeks; the reasons are below.",
            long_visits
            and f"{counted(long_visits, 'kind')} of visits at a dealer take longer than its hours within the wait.",
            bool(said.get("told_weeks"))
            and f"{counted(len({row['dealer'] for row in said['told_weeks']}), 'dealer was', 'dealers were')} told other weeks.",
            f"It is kept as the draft {draft}; the plan in force stays."
            if draft
            else "It is the plan in force.",
        ),
        (
            shown_table(
                "Vehicles written about by week: each who holds one gets a letter, which the waves count",
                rows,
                {"week": "Week of", "vehicles": "Vehicles"},
                empty="No letter is planned.",
            ),
            *counts_table("Held back, and why", held, "Because", "Owners"),
        ),
        [
            Next(
                "Look at the draft beside the plan in force"
                if draft
                else "Look at the plan, what binds it, and its waves",
                f"{to}#decide" if draft else to,
            ),
            *(
                [
                    Next(
                        "Write the dealers' notices again",
                        page_at("mailing:follow_up", name) + "#notices",
                    )
                ]
                if name and said.get("told_weeks")
                else []
            ),
        ],
        [str(one) for one in said["messages"]],
    )


def _proof(said: Said, gap: float | None) -> str:
    if said.get("gap_note"):
        return f"{said['gap_note'][:1].upper()}{said['gap_note'][1:]}."
    if gap is None:
        return ""
    if gap < -0.00005:
        return f"It promises more than any plan within the limits can, because it breaks {counted(len(said.get('broken', ())), 'limit')}."
    return f"No plan within the limits removes more than {percent(max(gap, 0.0), 2)} beyond it."


def frozen(said: Said) -> CameOfIt:
    """A list that was frozen: who is on it, who was left out and why, and what to know of it."""
    name, left_out = said["follow_up"], said["left_out"]
    silent = said.get("silent") or {}
    return CameOfIt(
        said_alone(
            f"{name}: {counted(said['listed'], 'vehicle')} on the list, {counted(said['pieces'], 'letter')} to their owners"
            " (a lessee and a lessor of one vehicle get one each).",
            said.get("frozen_before") and "It was frozen before, and stays as it was.",
            silent
            and f"{silent['listed']:,} of {counted(silent['due'], 'silent vehicle')} due another letter are on it.",
            f"Left out, each with its reason: {counted(sum(left_out.values()), 'vehicle')}.",
        ),
        (
            *counts_table(
                "On the list, by the campaigns of one letter",
                said["bundles"],
                "Campaigns",
                "Vehicles",
            ),
            *counts_table("Left out, and why", left_out, "Because", "Vehicles"),
        ),
        [
            Next("Plan its letters", page_at("analyst:follow_up", name) + "#plan"),
            Next("See the list and who was left out", page_at("analyst:follow_up", name)),
            *(
                [Next("See whose owner a person must find", page_at("analyst:owners_to_find"))]
                if {"no_current_owner", "no_owner"} & left_out.keys()
                else []
            ),
        ],
        [*map(str, said.get("missing", ())), *map(str, said.get("messages", ()))],
    )


def notices(said: Said) -> CameOfIt:
    """Notices that were written, and their files."""
    name = said["follow_up"]
    return CameOfIt(
        [
            (
                f"{counted(said['dealers'], 'dealer notice')} and {counted(said['areas'], 'area notice')} are written, of"
                f" {counted(said['letters'], 'letter')} and {counted(said['holds'], 'vehicle')} on hold."
            ),
            *map(str, said.get("messages", ())),
        ],
        (),
        [
            Next(
                "Send them, then say that they were sent",
                page_at("mailing:follow_up", name) + "#notices",
            )
        ],
        kept={"All notices": said["folder"]},
    )


def sent(said: Said) -> CameOfIt:
    """Notices that were stated as sent."""
    name = said["follow_up"]
    stated = f"{counted(said['stated'], 'notice is', 'notices are')} stated as sent on {day_in_words(said['sent_on'])}"
    known = f", {said['unchanged']:,} were before." if said["unchanged"] else "."
    return CameOfIt(
        [stated + known],
        (),
        [Next("Go on with its waves", page_at("mailing:follow_up", name))],
        list_of(said, "notes"),
    )


def receipts(said: Said) -> CameOfIt:
    """Receipts of dealers, and why others were refused."""
    return CameOfIt(
        [f"{counted(said['acknowledged'], 'receipt')} taken in, {said['unchanged']:,} known before, {len(said['rejected']):,} refused."],
        counts_table("Refused, and why", Counter(row["reason"] for row in said["rejected"]), "Because", "Rows"),
        [Next("Go on with the mailing", page_at("mailing:follow_ups"))],
        list_of(said, "notes"),
    )  # fmt: skip


FIGURES = {
    "INVOLVED": "Involved",
    "TTLREMEDIED": "Remedied",
    "TTLUNREACH": "Unreachable",
    "TTLREMOVED": "Removed",
    "open": "Open",
}


def quarterly(said: Said) -> CameOfIt:
    """The figures of a quarterly report, of one recall or several."""
    reports: list[Said] = said.get("reports", [said])
    rows = [
        {
            "of": ", ".join(one["campaigns"]),
            "number": one["CAMPNO"],
            **{name: one[name] for name in FIGURES},
            "due": as_day(one.get("due")),
        }
        for one in reports
    ]
    first = reports[0]
    return CameOfIt(
        [
            f"The quarterly report of {first['period']}, as things stood on {day_in_words(first['as_of'])}."
        ],
        (
            shown_table(
                "What is reported",
                rows,
                {"of": "Campaign", "number": "NHTSA number", **FIGURES, "due": "Due"},
            ),
        ),
        [
            Next(
                "Open the report with the vehicles behind each figure",
                page_at("analyst:report", one["campaigns"][0], one["period"]),
            )
            for one in reports
        ],
        [str(message) for one in reports for message in one["messages"]],
    )


def verified(said: Said) -> CameOfIt:
    """Whether the ledger is sound."""
    if said["ok"]:
        return CameOfIt(
            [
                f"The ledger is sound: the events of {counted(said['vehicles'], 'vehicle')} folded again give every state that it keeps."
            ]
        )
    wrong = counted(len(said["differences"]), "state is", "states are")
    return CameOfIt(
        [f"The ledger is not sound: {wrong} not as the events say: tell who runs the site."],
        counts_table(
            "What was found",
            {name: count for name, count in said["found"].items() if isinstance(count, int)},
            "What",
        ),
    )
