"""What makes owners answer: letters and answers by arm, by the week that was drawn, by the age of the address, by language.

Arms and weeks were drawn by lot, so that a difference between them is an effect. Ages and languages were not: their shares describe
who answers. An arm with a day counts its letters as drawn, on whatever day they went; how many went on it is said beside them. An
answer is what ``planner.learning`` counts as one. Everyone is counted in the arm that was drawn for the vehicle,
whether or not their owner could be reached: so the groups stay alike. What was never done is no effect: an arm without a letter that has
been out for a week, whose owners nobody has reached beside it, or none of whose letters went on its day, is not yet tried; one with few
letters is too early to judge. What a touch beside the letter brings is counted after the day of the first touch, in its arm and in the one
that it is compared with, of the owners who had not answered by then: an answer that came before is no answer to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from renotify.campaigns.outreach_settings import LEAST_LETTERS, Arm, Outreach
from renotify.errors import NothingToDo, Refused
from renotify.ledger import follow_ups, tables
from renotify.ledger.piece_numbers import IS_FIRST
from renotify.ledger.session import Session
from renotify.planner.from_ledger import frame
from renotify.planner.learning import history
from renotify.planner.replan import FROZEN
from renotify.plans.in_force import plan_in_force
from renotify.values import proportions
from renotify.values.arrow_sql import arrow_sql
from renotify.values.english import counted
from renotify.values.proportions import Estimate

By = Literal["arm", "week", "age", "language"]
FIRST, COMPARED, NOT_TRIED, TOO_EARLY = "first", "compared", "not_tried", "too_early"
# Weeks: who is in the mail of neither this week nor the next hears nothing while they last.
WINDOW = FROZEN
METHODS = {
    "arm": "Shares: Wilson's score intervals of 90 %. Differences to the first arm: Newcombe's hybrid of them (1998).",
    "week": "Within planning bundle and dealer, by Mantel and Haenszel; interval of 90 % with Sato's variance (1989).",
    "age": "Shares: Wilson's score intervals of 90 %. The classes were not drawn by lot: a difference is no effect.",
    "language": "Shares: Wilson's score intervals of 90 %. The classes were not drawn by lot: a difference is no effect.",
}
_AGES = "case when p.days < 365 then 'under 1 year' when p.days < 3 * 365 then '1 to 3 years' else '3 years and more' end"
_CLASSES = {
    "arm": ("l.arm", "min(place)"),
    "age": (_AGES, "min(p.days)"),
    "language": ("p.language", "class"),
}
# A vehicle is drawn, not a letter: of one with two letters the first letter and the first answer count. An owner who came before the
# letter answers none, and letters count once they have been out for a whole week; so does what reaches owners beside them.
_CLASSED = """
    with owner as (
        select a.vin, min(a.mailed_on) as mailed_on, min(a.answered_on) as answered_on from answer a group by a.vin),
    addressed as (
        select vin, min(language) as language, max(owner_as_of) as as_of from piece group by vin),
    drawn as (select vin, max(arm) as arm, max(touched_on) as touched_on from listed group by vin),
    classed as (
        select {key} as class, o.answered_on is not null as answered, l.touched_on is not null as touched,
            coalesce(l.touched_on <= cast($on as date) - 7, false) as touched_a_week, p.days, s.place,
            case when s.day <> '' then dayname(o.mailed_on) = s.day end as on_day, o.answered_on, l.touched_on
        from owner o join drawn l using (vin)
        join (select d.vin, d.language, o.mailed_on - d.as_of as days from addressed d join owner o using (vin)) p using (vin)
        left join stated s on s.arm = l.arm
        where o.mailed_on <= cast($on as date) - 7 and (o.answered_on is null or o.answered_on >= o.mailed_on))"""
_COUNTED = f"""
    {_CLASSED}
    select class, count(*) as mailed, count(*) filter (answered) as answered, count(*) filter (touched) as touched,
        count(*) filter (touched_a_week) as touched_a_week,
        case when count(on_day) > 0 then count(*) filter (on_day) end as on_day
    from classed p where class <> '' group by class order by {{order}}"""
# Of each arm and the first one: the day of the first touch in either, who had not answered by then, and who of these has since. The touch
# of an owner who was not reached is that of the day.
_SINCE = f"""
    {_CLASSED},
    first as (select min(touched_on) as day from classed where class = $first),
    compared as (select class, least(min(touched_on), any_value(first.day)) as day from classed, first group by class)
    select c.class, c.day as first_touch, p.class = c.class as own,
        count(*) filter (c.day is null or p.answered_on is null or p.answered_on > c.day) as silent,
        count(*) filter (p.answered_on is not null and (c.day is null or p.answered_on > c.day)) as since,
        count(*) filter (p.answered_on <= coalesce(p.touched_on, c.day)) as before_touch
    from compared c join classed p on p.class in (c.class, $first) group by all"""
# Of each second week: who was drawn for it, and who of the same planning bundle and dealer goes after the next or is held; of all who
# had not come by its Monday, who comes in the weeks of the window.
_WEEKS = """
    with waiting as (
        select w.week, v.planning_bundle, v.dealer_code, coalesce(v.week = w.week, false) as sent,
            coalesce(v.answered_on < w.monday + $days, false) as answered
        from drawn_week w join vehicle v on v.answered_on is null or v.answered_on >= w.monday
        where v.week is null or v.week = w.week or v.week >= w.week + $window)
    select week, count(*) filter (sent) as mailed, count(*) filter (sent and answered) as answered,
        count(*) filter (not sent) as waiting, count(*) filter (not sent and answered) as answered_waiting
    from waiting group by week, planning_bundle, dealer_code
    having count(*) filter (sent) > 0 and count(*) filter (not sent) > 0 order by all"""
NO_DIFFERENCE = dict.fromkeys(
    ("difference", "difference_low", "difference_high", "least_difference")
)
_STRATA = ("answered", "mailed", "answered_waiting", "waiting")


def outreach(
    session: Session, name: str, on: date, by: By = "arm", least_letters: int = LEAST_LETTERS
) -> dict[str, Any]:
    """Return letters mailed, answers and their share by class with intervals, and what was drawn compared, up to a day.

    Of arms ``first_touch`` is the day of the first touch in it or in the first arm (None: there was none), ``before_touch`` counts its
    answers no later than the touch, ``silent`` who had not answered by that day, and ``since`` those of them who have (``first_silent`` and
    ``first_since``: of the first arm). Differences are of these shares, on both sides from the same day.

    ``touched`` counts the owners who were reached beside the letter, ``touched_a_week`` those of them a week ago or earlier: before that an
    arm is not tried. ``on_day`` counts the letters of an arm with a day that went on it, by the mail house's evidence; None for one
    without. Of arms and weeks ``state`` says what can be: first, compared, not_tried, too_early (fewer letters than ``least_letters`` on
    a side of the comparison); of the last two there is no difference.

    Raises UnknownName, NothingToDo where no letter has been out for a whole week (two for ``week``) or nobody waits to be compared
    with, Refused for what the follow-up has not drawn.
    """
    drawn = follow_ups.settings(session, name).drawn
    owners = history(session, name, on).owners
    classes = (
        _weeks(session, name, on, drawn, owners, least_letters)
        if by == "week"
        else _classes(session, name, on, by, drawn, owners, least_letters)
    )
    return {
        "follow_up": name,
        "on": on,
        "by": by,
        "method": METHODS[by],
        "classes": classes,
        "least_letters": least_letters,
        "messages": _messages(by, classes, {arm.name: arm for arm in drawn.arms}, least_letters),
    }


# By class


def _classes(
    session: Session,
    name: str,
    on: date,
    by: By,
    drawn: Outreach,
    owners: pa.Table,
    least_letters: int,
) -> list[dict[str, Any]]:
    if by == "arm" and not drawn.arms:
        raise Refused(
            f"The follow-up {name} states no arms.",
            "State them under [outreach] of followup.toml before a list is frozen; --by age and --by language need none.",
        )
    key, order = _CLASSES[by]
    where = {"where": "follow_up = :name", "name": name}
    with arrow_sql() as arrow:
        arrow.register("answer", owners)
        arrow.register(
            "listed", tables.read(session, "listed", "vin", "arm", "touched_on", **where)
        )
        first = where | {"where": f"{where['where']} and {IS_FIRST} and mailed_on is not null"}
        arrow.register(
            "piece", tables.read(session, "piece", "vin", "language", "owner_as_of", **first)
        )
        arrow.register("stated", pa.table({
            "arm": pa.array([arm.name for arm in drawn.arms], pa.string()),
            "place": pa.array(range(len(drawn.arms)), pa.int64()),
            "day": pa.array([arm.day for arm in drawn.arms], pa.string()),
        }))  # fmt: skip
        rows = (
            arrow.sql(_COUNTED.format(key=key, order=order), params={"on": on})
            .to_arrow_table()
            .to_pylist()
        )
        since = (
            arrow.sql(_SINCE.format(key=key), params={"on": on, "first": drawn.arms[0].name})
            .to_arrow_table()
            .to_pylist()
            if by == "arm"
            else []
        )
    if not rows:
        raise NothingToDo(
            f"No letter of {name} has been out for a whole week.",
            "Ask again a week after a wave is accepted.",
        )
    if by != "arm":
        return [_with_share(row) for row in rows]
    known = {row["class"]: row for row in rows}
    nothing = {"mailed": 0, "answered": 0, "touched": 0, "touched_a_week": 0}
    stated = [
        known.get(arm.name, {"class": arm.name, **nothing, "on_day": 0 if arm.day else None})
        | _sides(since, arm.name)
        for arm in drawn.arms
    ]
    return _compared(stated, drawn.arms, least_letters)


def _sides(since: Sequence[dict[str, Any]], arm: str) -> dict[str, Any]:
    """Return what is compared of an arm and of the first one, by the rows of ``_SINCE``."""
    of_arm = {row["own"]: row for row in since if row["class"] == arm}
    nobody = {"silent": 0, "since": 0, "first_touch": None, "before_touch": 0}
    own = of_arm.get(True, nobody)
    first = of_arm.get(False, own)
    told = {key: own[key] for key in ("first_touch", "before_touch", "silent", "since")}
    return told | {"first_silent": first["silent"], "first_since": first["since"]}


def _with_share(row: dict[str, Any]) -> dict[str, Any]:
    if not row["mailed"]:
        return row | dict.fromkeys(("share", "low", "high"))
    found = proportions.share(row["answered"], row["mailed"])
    return row | {"share": found.value, "low": found.low, "high": found.high}


def _state(row: dict[str, Any], arm: Arm, least_letters: int) -> str:
    """Whether an arm was tried at all, by letters enough to compare it."""
    undone = (arm.channel and not row["touched_a_week"]) or (arm.day and not row["on_day"])
    if undone or not row["mailed"]:
        return NOT_TRIED
    return TOO_EARLY if row["mailed"] < least_letters else COMPARED


def _compared(
    rows: Sequence[dict[str, Any]], arms: Sequence[Arm], least_letters: int
) -> list[dict[str, Any]]:
    """Add what can be said of each arm, the difference to the first one, and the least one that these counts can tell."""
    first, *others = rows
    of_first, *states = (
        _state(row, arm, least_letters) for row, arm in zip(rows, arms, strict=True)
    )
    compared = [
        _with_share(first) | NO_DIFFERENCE | {"state": FIRST if of_first == COMPARED else of_first}
    ]
    for row, own in zip(others, states, strict=True):
        silent, since = row["first_silent"], row["first_since"]
        few = min(silent, row["silent"]) < least_letters
        state = TOO_EARLY if own == COMPARED and (of_first != COMPARED or few) else own
        if state != COMPARED:
            compared.append(_with_share(row) | NO_DIFFERENCE | {"state": state})
            continue
        both = (since + row["since"]) / (silent + row["silent"])
        found = proportions.difference(
            proportions.share(since, silent), proportions.share(row["since"], row["silent"])
        )
        least = proportions.least_difference(both, silent, row["silent"])
        told = _difference(found) | {"least_difference": least, "state": COMPARED}
        compared.append(_with_share(row) | told)
    return compared


def _difference(found: Estimate) -> dict[str, float]:
    return {"difference": found.value, "difference_low": found.low, "difference_high": found.high}


# By the week that was drawn


def _weeks(
    session: Session,
    name: str,
    on: date,
    drawn: Outreach,
    owners: pa.Table,
    least_letters: int,
) -> list[dict[str, Any]]:
    if not drawn.randomise:
        raise Refused(
            f"The order of the letters of {name} was not drawn.",
            "State randomise = true under [outreach] of followup.toml before a list is frozen.",
        )
    plan = plan_in_force(session, name)
    where = {"where": "follow_up = :name and left_out = '' and not interim", "name": name}
    listed = tables.read(session, "listed", "vin", "family", "week", **where)
    strata = frame(session, name, visits_known=False).vehicles.select(
        ["vin", "family", "planning_bundle", "dealer_code"]
    )
    vehicles = listed.join(strata, ["vin", "family"], join_type="inner").join(
        owners.drop_columns(["bundle"]), ["vin", "family"], join_type="inner"
    )
    with arrow_sql() as arrow:
        arrow.register("vehicle", vehicles)
        arrow.register("drawn_week", _whole_windows(vehicles, plan.first_week, on))
        found = arrow.sql(_WEEKS, params={"days": 7 * WINDOW, "window": WINDOW}).to_arrow_table()
    if not found.num_rows:
        raise NothingToDo(
            f"No drawn week of {name} has letters that are out for {WINDOW} weeks beside equal ones that wait.",
            "Ask again later; letters that all go in one week have nothing to be compared with.",
        )
    weeks = found["week"].to_numpy()
    rows = [
        _week(found.filter(pa.array(weeks == week)), str(plan.monday(int(week))), least_letters)
        for week in np.unique(weeks)
    ]
    return [*rows, _week(found, "all", least_letters)]


def _whole_windows(vehicles: pa.Table, first_week: date, on: date) -> pa.Table:
    """Every second week from the first in which letters of that week went out, as far as its window has ended: week, monday.

    Windows do not overlap, so that an answer counts once.
    """
    known = vehicles.filter(
        pa.compute.and_(
            pa.compute.is_valid(vehicles["week"]), pa.compute.is_valid(vehicles["mailed_on"])
        )
    )
    days = known["mailed_on"].to_numpy() - np.datetime64(first_week, "D")
    weeks = known["week"].to_numpy()
    went = np.unique(weeks[days.astype(np.int64) // 7 == weeks])
    last = (on - first_week).days // 7 - WINDOW
    chosen = [int(week) for week in went if week <= last and (week - went[0]) % WINDOW == 0]
    return pa.table({
        "week": pa.array(chosen, pa.int64()),
        "monday": pa.array([first_week + timedelta(weeks=week) for week in chosen], pa.date32()),
    })  # fmt: skip


def _week(strata: pa.Table, name: str, least_letters: int) -> dict[str, Any]:
    counts = {column: strata[column].to_numpy() for column in _STRATA}
    found = proportions.difference_over_strata(*counts.values())
    told = {column: int(counts[column].sum()) for column in ("mailed", "answered", "waiting", "answered_waiting")}  # fmt: skip
    enough = min(told["mailed"], told["waiting"]) >= least_letters
    difference = _difference(found) if enough else dict.fromkeys(_difference(found))
    return {"class": name, **told, **difference, "state": COMPARED if enough else TOO_EARLY}


# In words


def _messages(
    by: By, classes: Sequence[dict[str, Any]], arms: Mapping[str, Arm], least_letters: int
) -> list[str]:
    if by == "arm":
        return _of_arms(classes, arms, least_letters)
    if by == "week":
        every = classes[-1]
        if every["state"] == TOO_EARLY:
            sides = f"{every['mailed']:,} beside {every['waiting']:,} that wait"
            return [
                f"Too early to tell what a letter does: {sides}, at least {least_letters:,} of each are asked for."
            ]
        return [_against(every, f"A letter within {counted(WINDOW, 'week')} from its Monday")]
    return []


def _of_arms(
    classes: Sequence[dict[str, Any]], arms: Mapping[str, Arm], least_letters: int
) -> list[str]:
    first, *others = classes
    said = (
        [] if first["state"] == FIRST else [_not_told(first, arms[first["class"]], least_letters)]
    )
    for row in others:
        own = _state(row, arms[row["class"]], least_letters)
        if row["state"] == COMPARED:
            against = _against(row, f"{row['class']} against {first['class']}")
            told = against + _seen(row) + _since(row, first)
            said.append(told + _reached(row, arms[row["class"]]))
        elif own == COMPARED and first["state"] == FIRST:
            said.append(
                f"{row['class']}: too early to tell: {row['silent']:,} of its owners and {row['first_silent']:,} of {first['class']} had"
                f" not answered by {row['first_touch']}, the day of the first touch; at least {least_letters:,} of each are asked for."
            )
        elif own == COMPARED:
            said.append(
                f"{row['class']}: too early to tell, for want of {first['class']}, with which it is compared."
            )
        else:
            said.append(_not_told(row, arms[row["class"]], least_letters))
    return said


def _not_told(row: dict[str, Any], arm: Arm, least_letters: int) -> str:
    """Why nothing is said of the effect of an arm."""
    if not row["mailed"]:
        return f"{arm.name}: not yet tried: no letter of it has been out for a whole week."
    if arm.channel and not row["touched"]:
        return (
            f"{arm.name}: not yet tried: of {counted(row['mailed'], 'owner')} with its letter nobody was reached by {arm.channel}."
            f" Write who is to be reached: renotify outreach list NAME {arm.name}."
        )
    if arm.channel and not row["touched_a_week"]:
        return (
            f"{arm.name}: not yet tried: {counted(row['touched'], 'owner')} of it {'was' if row['touched'] == 1 else 'were'} reached by"
            f" {arm.channel}, nobody for a whole week; ask again when it is one."
        )
    if arm.day and not row["on_day"]:
        return f"{arm.name}: not yet tried: none of its {counted(row['mailed'], 'letter')} went on a {arm.day}."
    out = f"{counted(row['mailed'], 'letter')} out for a whole week"
    return f"{arm.name}: too early to tell: {out}, at least {least_letters:,} are asked for."


def _since(row: dict[str, Any], first: dict[str, Any]) -> str:
    """From when the answers of both arms are counted, and how many came before a touch; blank where none did."""
    asked = row["mailed"] + first["mailed"]
    if row["first_touch"] is None or row["silent"] + row["first_silent"] == asked:
        return ""
    since = (
        f" Counted after {row['first_touch']}, the day of the first touch, of who had not answered by then: {row['since']:,} of"
        f" {row['silent']:,} against {row['first_since']:,} of {row['first_silent']:,} of {first['class']}."
    )
    if not row["before_touch"]:
        return since
    of_all = f"{row['before_touch']:,} of {counted(row['answered'], 'answer')} of {row['class']}"
    return f"{since} {of_all} came no later than the touch: no touch brought them."


def _reached(row: dict[str, Any], arm: Arm) -> str:
    """How many of an arm with a channel were reached by it, where that is not all."""
    if not arm.channel or row["touched"] >= row["mailed"]:
        return ""
    was = "was" if row["touched"] == 1 else "were"
    return f" {row['touched']:,} of its {counted(row['mailed'], 'owner')} {was} reached by {arm.channel}."


def _against(row: dict[str, Any], what: str) -> str:
    low, high = 100 * row["difference_low"], 100 * row["difference_high"]
    verdict = (
        "more answer"
        if low > 0
        else "fewer answer"
        if high < 0
        else "these counts do not tell a difference"
    )
    return f"{what}: {100 * row['difference']:+.2f} points ({low:+.2f} to {high:+.2f}): {verdict}."


def _seen(row: dict[str, Any]) -> str:
    if row["least_difference"] is None:
        return " How small a difference could be told: nothing can be said yet, as long as all do alike."
    return f" A difference of {100 * row['least_difference']:.2f} points would be told in four of five times."
