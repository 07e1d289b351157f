"""Follow-ups as pages: all of them, and one with its frozen list, its plans beside each other, what binds them, and its waves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from renotify.charts.plans_compared import plans_compared
from renotify.charts.waves_against_limits import WavesAndLimits, waves_against_limits
from renotify.ledger import drafts, follow_ups, pieces, setting_changes, wave_decisions
from renotify.ledger.drafts import IN_FORCE
from renotify.planner.plan_comparison import compare
from renotify.reports.follow_up_figures import FollowUpFigures, figures, lists
from renotify.reports.of_the_day import limits_of
from renotify.values.english import counted, percent, series, short_day
from renotify.web.analyst.list_links import vehicles_at
from renotify.web.analyst.overview_pages import Figure, Step, is_analyst
from renotify.web.door.gate import opens_to
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of
from renotify.web.long_pages import slow_page
from renotify.web.theme.shown_table import ShownTable, shown_table, written

ALL = {
    "name": "Follow-up", "campaigns": "Campaigns", "notice_date": "Notice to dealers", "waves": "Waves", "released": "Released",
    "letters": "Letters planned", "stands": "How it stands",
}  # fmt: skip
PLANS = {
    "policy": "Policy",
    "letters": "Vehicles that get a letter",
    "last_week": "Until the week of",
    "held": "Held back",
    "visits": "Visits",
    "risk_weeks": "Risk removed",
    "peak_hours": "Hours of the peak week",
    "kits": "Kits",
    "late_visits": "Visits that wait too long",
    "beyond_mail_house": "Beyond the mail house",
    "kits_short": "Kits short",
    "hours_short": "Hours short",
    "proved": "Short of the best by at most",
    "breaks": "Limits it breaks",
}
WAVES = {"wave": "Wave", "week": "Week of", "letters": "Letters", "interim": "Interim notices", "stands": "How it stands"}  # fmt: skip
FIRST_SAID = 6  # sentences of what binds that stand open
LIMITS = {
    "week": "Week of", "letters": "Letters", "hours": "Hours asked", "hours_lacking": "Hours not there", "kits": "Kits asked",
    "kits_lacking": "Kits not there",
}  # fmt: skip
BUNDLES = {"bundle": "Campaigns of one letter", "vehicles": "Vehicles"}
WORTH = {
    "rule": "Who is written to",
    "risk_removed": "Risk removed",
    "share": "Of what is possible",
    "gravest_wait": "Weeks that the gravest wait",
    "without_letter": "Without a letter",
    "peak_hours": "Hours of the busiest week",
}
POLICY_WORDS = {
    "optimal": "the best within the limits",
    "greedy": "week by week, the gravest first",
    "oldest-first": "the oldest vehicles first",
    "zip-order": "by ZIP code",
    "all-at-once": "all in the first week",
    "uniform:4": "evenly over 4 weeks",
    "uniform:8": "evenly over 8 weeks",
    "uniform:12": "evenly over 12 weeks",
    "exact": "the best, proved; small lists only",
}
CHANGEABLE = {
    "mail_house_letters_per_week": "Letters that the mail house takes a week",
    "wait_bound_weeks": "Weeks that an owner may wait for a visit",
    "parts_quantile": "How sure kits must be there (0.9: in nine weeks of ten)",
    "horizon_weeks": "Weeks that are planned",
    "least_wave": "Fewest letters of a wave",
    "policy": "How letters are planned",
    "response.share": "Share of owners who answer",
    "sender.name": "Sender: name",
    "sender.address": "Sender: address",
    "sender.phone": "Sender: telephone",
    "sender.tty": "Sender: TTY",
    "sender.department": "Sender: department",
    "sender.hours": "Sender: hours",
    "sender.web": "Sender: web address",
    "supply.slip_weeks": "Weeks that promised kits may come late",
    "supply.share_of_promised": "Share of promised kits that comes then",
}
DECISIONS = {
    "wave": "Wave",
    "decided_on": "On",
    "decided_by": "By",
    "kind": "What",
    "reason": "Why",
    "told": "What they were told",
}
CHANGES = {
    "number": "Number",
    "setting": "Setting",
    "before": "Before",
    "after": "After",
    "from_day": "From",
    "changed_by": "By",
    "reason": "Why",
    "undone_on": "Taken back",
}


@opens_to(Role.ANALYST, Role.AUDITOR)
def all_follow_ups(request: HttpRequest) -> HttpResponse:
    """List the follow-ups, and how each stands."""
    visit = visit_of(request)
    session, running = visit.ledger, follow_ups.in_force(visit.ledger, visit.on)
    rows = []
    for name in reversed(follow_ups.names(session)):
        stated, waves = follow_ups.settings(session, name, visit.on), pieces.waves(session, name)
        rows.append(
            {
                "name": name, "campaigns": list(stated.campaigns), "notice_date": stated.notice_date, "waves": len(waves),
                "released": sum(one.released for one in waves), "letters": sum(one.planned for one in waves),
                "stands": _stands(follow_ups.ended_on(session, name), running=name in running, planned=bool(waves)),
            }
        )  # fmt: skip
    links = {
        "name": lambda row: reverse("analyst:follow_up", args=[row["name"]]),
        "letters": lambda row: vehicles_at(follow_up=row["name"]),
    }
    empty = "No follow-up is frozen yet."
    table = shown_table("Follow-ups, the newest first", rows, ALL, links=links, empty=empty)
    headline = f"{counted(len(rows), 'follow-up')}, {counted(len(running), 'of them running', 'of them running')}."
    to_do = (
        [
            Step("Freeze a list: who is written to next.", reverse("analyst:freeze")),
            Step(
                "See the vehicles whose owner a person must find.",
                reverse("analyst:owners_to_find"),
            ),
        ]
        if is_analyst(visit)
        else []
    )
    return render(
        request,
        "analyst/tables.html",
        {"title": "Follow-ups", "headline": headline, "to_do": to_do, "tables": [table]},
    )


def _stands(ended: date | None, *, running: bool, planned: bool) -> str:
    if ended:
        return f"ended on {short_day(ended)}"
    if not planned:
        return "frozen, not planned"
    return "running" if running else "over"


@dataclass(frozen=True)
class FollowUpShown:
    """A follow-up's page as it is kept; without a plan it has no figures."""

    name: str
    summary: dict[str, Any]
    plans: list[dict[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    messages: tuple[str, ...] = ()
    worth: list[dict[str, Any]] = field(default_factory=list)
    limits: list[dict[str, Any]] = field(default_factory=list)
    waves_drawn: str = ""
    plans_drawn: str = ""
    seen: dict[str, str] = field(
        default_factory=dict
    )  # of each draft: its name and digest, as the forms send them
    made: dict[str, date] = field(default_factory=dict)  # of each draft: the day of its making
    as_planned: frozenset[str] = frozenset()  # drafts that are the plan in force already


def worked_out(visit: Visit, name: str) -> FollowUpShown:
    """Return a follow-up as its page shows it."""
    session = visit.ledger
    summary = follow_ups.summary(session, name)
    planned = follow_ups.is_planned(session, name)
    if not planned and not drafts.drafts(session, name):
        return FollowUpShown(name, summary)
    compared = compare(session, name, (), visit.on)
    shown = FollowUpShown(
        name,
        summary,
        compared.rows,
        compared.sentences,
        plans_drawn=plans_compared(compared.drawn),
        seen={
            one.name: f"{one.name} {drafts.draft(session, name, one.name).digest}"
            for one in drafts.drafts(session, name)
        },
        made={one.name: one.made_on for one in drafts.drafts(session, name)},
        as_planned=frozenset(drafts.as_planned(session, name)),
    )
    if not planned:
        return shown
    own = lists(session, name, visit.on)
    found: FollowUpFigures = figures(session, name, visit.on, own)
    limits = limits_of(own.workload.expected, found.load, found.kits, pieces.waves(session, name))
    return replace(
        shown, messages=found.messages, worth=[asdict(one) for one in found.worth], limits=list(_weeks(limits)),
        waves_drawn=waves_against_limits(limits),
    )  # fmt: skip


def _weeks(limits: WavesAndLimits) -> Iterator[dict[str, Any]]:
    columns = [getattr(limits, name).tolist() for name in LIMITS if name != "week"]
    for week, *values in zip(limits.weeks, *columns, strict=True):
        yield {"week": week, **dict(zip(list(LIMITS)[1:], values, strict=True))}


KEPT_AS = "follow-up"  # and its name: how the page's answer is kept


@opens_to(Role.ANALYST, Role.AUDITOR)
def follow_up(request: HttpRequest, name: str) -> HttpResponse:
    """Show a follow-up: who is on its list and who was left out, its plans, what binds them, its waves, and what was decided."""
    visit = visit_of(request)
    return slow_page(
        request, (KEPT_AS, name), lambda: worked_out(visit, name), "analyst/follow_up.html",
        lambda shown: context_of(visit, shown), title=f"Follow-up {name}",
    )  # fmt: skip


def how_old(made_on: date, on: date) -> str:
    """Say how old a draft is that was made on an earlier day; nothing of one of today."""
    days = (on - made_on).days
    return f"made {counted(days, 'day')} ago, on {short_day(made_on)}" if days > 0 else ""


def context_of(visit: Visit, shown: FollowUpShown) -> dict[str, Any]:
    """Return what the page shows beside what is kept: decisions and settings are read anew."""
    name, summary, session = shown.name, shown.summary, visit.ledger
    listed, out = sum(summary["bundles"].values()), sum(summary["left_out"].values())
    planned = sum(one["planned"] for one in summary["waves"])
    waiting = [one["plan"] for one in shown.plans if one["plan"] != IN_FORCE]
    decided = [one.document() for one in wave_decisions.decisions(session, name)]
    changed = [one.document() for one in setting_changes.changes(session, name)]
    ended = f" It was ended on {short_day(summary['ended_on'])}." if summary["ended_on"] else ""
    return {
        "name": name,
        "headline": (
            f"{counted(listed, 'vehicle')} on the list, {out:,} left out; {counted(planned, 'letter')}"
            f"{_to_vehicles(shown)} {counted(len(summary['waves']), 'wave')},"
            f" {sum(one['released'] for one in summary['waves'])} released.{ended}"
        ),
        "to_do": list(_steps(shown, visit.on, waiting)) if is_analyst(visit) else [],
        "figures": [
            Figure(f"{listed:,}", "vehicles on the list", vehicles_at(follow_up=name)),
            Figure(
                f"{out:,}", "left out, with a reason", vehicles_at(follow_up=name, left_out="any")
            ),
            Figure(f"{planned:,}", "letters planned", vehicles_at(follow_up=name, piece="planned")),
            Figure(f"{len(waiting):,}", "drafts beside the plan"),
        ],
        "is_planned": bool(summary["waves"]),
        "policies": POLICY_WORDS,
        "today": visit.on.isoformat(),
        "changeable": CHANGEABLE,
        "undoable": [one for one in changed if one["undone_on"] is None],
        "plans": _plans(shown.plans),
        "plans_drawn": shown.plans_drawn,
        "waves_drawn": shown.waves_drawn,
        "binds": [*shown.said, *shown.messages][:FIRST_SAID],
        "binds_more": [*shown.said, *shown.messages][FIRST_SAID:],
        "drafts": [
            {
                **one,
                "seen": shown.seen[one["plan"]],
                "old": how_old(shown.made[one["plan"]], visit.on),
            }
            for one in shown.plans
            if one["plan"] != IN_FORCE
        ],
        "some_old": any(made < visit.on for made in shown.made.values()),
        "some_break": any(one["breaks"] for one in shown.plans if one["plan"] != IN_FORCE),
        "may_decide": is_analyst(visit) and not summary["ended_on"],
        "waves": _waves(name, summary["waves"]),
        "limits": shown_table(
            "Letters against hours and kits, by week",
            shown.limits,
            LIMITS,
            empty="No week is planned yet.",
        ),
        "tables": [
            _left_out(name, summary["left_out"]),
            shown_table(
                "On the list, by the campaigns of one letter",
                _counts(summary["bundles"], "bundle"),
                BUNDLES,
            ),
            shown_table(
                "What the plan is worth beside plain rules",
                [_worth(one) for one in shown.worth],
                WORTH,
                empty="No worth was counted for this plan.",
            ),
            shown_table(
                "What was decided about its waves",
                decided,
                DECISIONS,
                empty="Nobody released a wave that was not ready, and none was called back.",
            ),
            shown_table(
                "Settings that were changed",
                changed,
                CHANGES,
                empty="Its settings are those of the freeze.",
            ),
        ],
    }


def _to_vehicles(shown: FollowUpShown) -> str:
    """Say to how many vehicles the letters of the plan in force go, as owner, lessee and lessor of one get a letter each."""
    to = next((one["letters"] for one in shown.plans if one["plan"] == IN_FORCE), None)
    return " in" if to is None else f" to the owners of {counted(to, 'vehicle')} in"


def _steps(shown: FollowUpShown, on: date, waiting: Sequence[str]) -> Iterator[Step]:
    waves = shown.summary["waves"]
    if not waves and not waiting:
        yield Step("Plan its letters.", "#plan")
    waiting = [one for one in waiting if one not in shown.as_planned]
    if waiting:
        whose = "its plan" if waves else "a plan"
        yield Step(
            f"Look at {series([f'“{one}”' for one in waiting])} beside {whose}, and put one in force, or leave it.",
            "#decide",
        )
    ahead = next((one for one in waves if not one["released"]), None)
    if ahead is not None:
        letters = counted(ahead["planned"], "letter")
        yield Step(
            f"Release wave {ahead['wave']}: {letters}, its week has begun."
            if ahead["week"] <= on
            else f"Ready wave {ahead['wave']}, {letters}: it may be released from {short_day(ahead['week'])} on.",
            reverse("mailing:wave", args=[shown.name, ahead["wave"]]),
        )
    confirm = {reason: number for reason, number in shown.summary["left_out"].items() if reason in FOR_A_PERSON}  # fmt: skip
    for reason, number in sorted(confirm.items()):
        yield Step(
            f"Look into {counted(number, 'vehicle')} left out because: {reason.replace('_', ' ')}.",
            vehicles_at(follow_up=shown.name, left_out=reason),
        )


FOR_A_PERSON = ("owner_to_confirm", "address_abroad", "address_incomplete", "no_current_owner", "no_owner")  # fmt: skip


def _counts(number_of: Mapping[str, int], name: str) -> list[dict[str, Any]]:
    return [{name: one, "vehicles": number} for one, number in sorted(number_of.items())]


def _plans(rows: Sequence[Mapping[str, Any]]) -> ShownTable:
    told = [
        {
            **row, "proved": "not stated" if row["gap"] is None else percent(max(row["gap"], 0.0), 2),
            "last_week": date.fromisoformat(row["last_week"]) if row["last_week"] else None,
        }
        for row in rows
    ]  # fmt: skip
    columns = {"measure": "Measure"} | {row["plan"]: f"{row['plan'][:1].upper()}{row['plan'][1:]}" for row in rows}  # fmt: skip
    measures = [
        {"measure": words, **{row["plan"]: written(row[name]) or "none" for row in told}}
        for name, words in PLANS.items()
    ]
    return shown_table("Plans beside each other", measures if rows else [], columns, empty="There is no plan yet.")  # fmt: skip


def _worth(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "rule": f"{one['rule'][:1].upper()}{one['rule'][1:]}", "share": percent(one["share"])}  # fmt: skip


def _waves(name: str, waves: Sequence[Mapping[str, Any]]) -> ShownTable:
    rows = [{**one, "letters": one["planned"], "stands": "released" if one["released"] else "planned"} for one in waves]  # fmt: skip
    links = {"letters": lambda row: vehicles_at(follow_up=name, wave=row["wave"])}
    return shown_table("Waves", rows, WAVES, links=links, empty="No wave is planned yet.")


def _left_out(name: str, reasons: Mapping[str, int]) -> ShownTable:
    rows = _counts(reasons, "reason")
    links = {"vehicles": lambda row: vehicles_at(follow_up=name, left_out=row["reason"])}
    for row in rows:
        row["in words"] = row["reason"].replace("_", " ")
    return shown_table(
        "Left out of the list, and why",
        rows,
        {"in words": "Left out because", "vehicles": "Vehicles"},
        links=links,
        empty="Nobody was left out.",
    )
