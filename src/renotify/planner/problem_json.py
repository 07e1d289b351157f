"""Reads a PROBLEM.json document; every refusal names the key that is wrong.

What the design leaves open is decided here: hours, mail capacity and supply repeat their last value to the end of the
horizon; a limit that is left out or null does not bind; a part without ``supply`` does not bind; ``wait_bound`` left
out means that hours do not bind. Optional beyond the design: ``bundles[].order`` (age rank for oldest-first),
``bundles[].tools`` and ``dealers[].tools`` {tool: kits}, ``dealers[].zip``, ``dealers[].area``, ``tools``
{tool: {"weeks": weeks a kit is away, "pool": [kits to lend by week] | null}}, ``response_spread``, ``count_spread``.
An unknown key is ignored, and the plan says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from renotify.errors import BadInput
from renotify.planner.problem import NO_DATE, RESPONSE_SPREAD, UNLIMITED, Floats, Ints, Problem

TOP = {
    "weeks", "bundles", "dealers", "owners", "supply", "mail_capacity", "wait_bound", "background", "parts_quantile",
    "tools", "response_spread", "count_spread",
}  # fmt: skip
MOST_WEEKS = 1_040  # twenty years
MOST_OWNERS = 2_000_000_000  # of one bundle at one dealer
BUNDLE = {"id", "risk", "hours", "kits", "first_week", "mail_by_week", "response", "order", "tools"}
DEALER = {"id", "hours", "stock", "zip", "area", "tools"}


def _refuse(key: str, wanted: str, value: object) -> BadInput:
    shown = (
        repr(value)
        if not isinstance(value, (dict, list))
        else f"a {'table' if isinstance(value, dict) else 'list'}"
    )
    return BadInput(
        f"{key} must be {wanted}, not {shown}.", "Mend the problem document and plan again."
    )


def _number(value: object, key: str, low: float = 0.0, high: float = math.inf) -> float:
    wanted = f"a number >= {low:g}" if math.isinf(high) else f"a number from {low:g} to {high:g}"
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise _refuse(key, wanted, value)
    if not low <= value <= high:
        raise _refuse(key, wanted, value)
    return float(value)


def _whole(value: object, key: str, low: int = 0, high: int = MOST_WEEKS) -> int:
    """A whole number; ``high`` refuses a mistyped number that would need more memory than there is."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _refuse(key, f"a whole number >= {low}", value)
    if value != value // 1 or value < low:
        raise _refuse(key, f"a whole number >= {low}", value)
    if value > high:
        raise _refuse(key, f"a whole number from {low} to {high:,}", value)
    return int(value)


def _count(value: object, key: str) -> int:
    return _whole(value, key, high=MOST_OWNERS)


def _text(value: object, key: str) -> str:
    if not isinstance(value, str) or not value:
        raise _refuse(key, "a name in quotes", value)
    return value


def _list(value: object, key: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise _refuse(key, "a list", value)
    return value


def _table(value: object, key: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _refuse(key, "a table", value)
    return value


def _need(table: Mapping[str, Any], name: str, where: str) -> object:
    if name not in table:
        raise BadInput(f"{where}{name} is missing.", "Mend the problem document and plan again.")
    return table[name]


def _series(value: object, key: str, length: int) -> Floats:
    """A weekly list of numbers >= 0 whose last value repeats to ``length``; null does not bind."""
    if value is None:
        return np.full(length, UNLIMITED)
    numbers = [_number(item, f"{key}[{i}]") for i, item in enumerate(_list(value, key))]
    if not numbers:
        raise _refuse(key, "a list with at least one week, or null", value)
    return np.array((numbers + [numbers[-1]] * length)[:length])


def _names(items: Sequence[Any], where: str) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    for i, item in enumerate(items):
        name = _text(
            _need(_table(item, f"{where}[{i}]"), "id", f"{where}[{i}]."), f"{where}[{i}].id"
        )
        if name in seen:
            raise BadInput(
                f"{where}[{i}].id repeats {name!r} of {where}[{seen[name]}].",
                "Give each a name of its own.",
            )
        seen[name] = i
    return tuple(seen)


def _index(value: object, key: str, names: Mapping[str, int], kind: str) -> int:
    name = _text(value, key)
    if name not in names:
        raise BadInput(
            f"{key} names {name!r}, which is no {kind} of the problem.",
            f"Add the {kind} or mend the name.",
        )
    return names[name]


def _column(
    items: Sequence[Any],
    where: str,
    name: str,
    read: Callable[[object, str], Any],
    default: object = ...,
) -> list[Any]:
    """One field of every bundle or dealer, read with ``read``; ``default`` stands for a field that may be left out."""
    found = []
    for i, item in enumerate(items):
        value = _need(item, name, f"{where}[{i}].") if default is ... else item.get(name)
        absent = default is not ... and value is None
        found.append(default if absent else read(value, f"{where}[{i}].{name}"))
    return found


def _amounts(items: Sequence[Any], where: str, name: str, index: Mapping[str, int]) -> Floats:
    """[P, n] amounts of each resource that the items state in a table {resource: amount}; names outside ``index`` do not bind."""
    amounts = np.zeros((len(index), len(items)))
    for i, item in enumerate(items):
        key = f"{where}[{i}].{name}"
        for part, quantity in _table({} if item.get(name) is None else item[name], key).items():
            amount = _number(quantity, f"{key}.{part}")
            if part in index:
                amounts[index[part], i] = amount
    return amounts


def _first_and_last(bundles: Sequence[Any], weeks: int) -> tuple[Ints, Ints]:
    first = np.array(_column(bundles, "bundles", "first_week", _whole, 0), np.int64).reshape(-1)
    last = np.array(_column(bundles, "bundles", "mail_by_week", _whole, NO_DATE), np.int64).reshape(
        -1
    )
    for i in np.flatnonzero((last != NO_DATE) & (last < first)):
        raise BadInput(
            f"bundles[{i}].mail_by_week ({last[i]}) lies before its first_week ({first[i]}).",
            "A first notice must have a week in which it may go out.",
        )
    last[last >= weeks] = NO_DATE  # a date beyond the horizon is a later plan's duty
    return first, last


def _responses(bundles: Sequence[Any]) -> Floats:
    shares = _column(bundles, "bundles", "response", _list)
    width = max([len(s) for s in shares], default=0)
    response = np.zeros((len(bundles), max(width, 1)))
    for i, share in enumerate(shares):
        response[i, : len(share)] = [
            _number(v, f"bundles[{i}].response[{k}]", 0, 1) for k, v in enumerate(share)
        ]
        if response[i].sum() > 1 + 1e-9:
            raise BadInput(
                f"bundles[{i}].response adds up to {response[i].sum():g}; shares of owners cannot exceed 1.",
                "State the share of owners asking in each week after the letter.",
            )
    return response


def _owners(value: object, bundles: Mapping[str, int], dealers: Mapping[str, int]) -> Ints:
    owners = np.zeros((len(bundles), len(dealers)), np.int64)
    seen: set[tuple[int, int]] = set()
    for i, item in enumerate(_list(value, "owners")):
        where = f"owners[{i}]."
        row = _table(item, f"owners[{i}]")
        b = _index(_need(row, "bundle", where), f"{where}bundle", bundles, "bundle")
        d = _index(_need(row, "dealer", where), f"{where}dealer", dealers, "dealer")
        if (b, d) in seen:
            raise BadInput(
                f"owners[{i}] repeats bundle {row['bundle']!r} at dealer {row['dealer']!r}.",
                "Count each owner once.",
            )
        seen.add((b, d))
        owners[b, d] = _count(_need(row, "count", where), f"{where}count")
    return owners


def _background(
    value: object, bundles: Mapping[str, int], dealers: Mapping[str, int], weeks: int
) -> tuple[Ints, Floats]:
    items = [] if value is None else _list(value, "background")
    at, rates = np.zeros((len(items), 2), np.int64), np.zeros((len(items), weeks))
    for i, item in enumerate(items):
        where = f"background[{i}]."
        row = _table(item, f"background[{i}]")
        at[i, 0] = _index(_need(row, "bundle", where), f"{where}bundle", bundles, "bundle")
        at[i, 1] = _index(_need(row, "dealer", where), f"{where}dealer", dealers, "dealer")
        shares = _list(_need(row, "per_week", where), f"{where}per_week")[:weeks]
        rates[i, : len(shares)] = [
            _number(v, f"{where}per_week[{t}]") for t, v in enumerate(shares)
        ]
    return at, rates


def _supplies(document: Mapping[str, Any], weeks: int) -> tuple[dict[str, int], Floats]:
    table = _table({} if document.get("supply") is None else document["supply"], "supply")
    supply = np.array([_series(v, f"supply.{p}", weeks) for p, v in table.items()]).reshape(
        len(table), weeks
    )
    for p, row in zip(table, supply, strict=True):
        if np.any(row[1:] < row[:-1]):
            week = int(np.argmax(row[1:] < row[:-1])) + 1
            raise BadInput(
                f"supply.{p}[{week}] is less than the week before; supply is counted from the start.",
                "Give running totals.",
            )
    return {p: i for i, p in enumerate(table)}, supply


def _tools(document: Mapping[str, Any], weeks: int) -> tuple[dict[str, int], Floats, Ints]:
    table = _table({} if document.get("tools") is None else document["tools"], "tools")
    away, pools = np.zeros(len(table), np.int64), np.zeros((len(table), weeks))
    for i, (name, item) in enumerate(table.items()):
        row = _table(item, f"tools.{name}")
        away[i] = _whole(_need(row, "weeks", f"tools.{name}."), f"tools.{name}.weeks", 1)
        pools[i] = _series(row.get("pool"), f"tools.{name}.pool", weeks)
    return {name: i for i, name in enumerate(table)}, pools, away


def _unknown(document: Mapping[str, Any]) -> tuple[str, ...]:
    strays = [key for key in document if key not in TOP]
    strays += [
        f"bundles[].{k}"
        for k in dict.fromkeys(k for b in document["bundles"] for k in b)
        if k not in BUNDLE
    ]
    strays += [
        f"dealers[].{k}"
        for k in dict.fromkeys(k for d in document["dealers"] for k in d)
        if k not in DEALER
    ]
    return tuple(f"The key {key} is not known and was not read." for key in strays)


def _texts(items: Sequence[Any], name: str) -> tuple[str, ...] | None:
    found = _column(items, "dealers", name, _text, "")
    return tuple(found) if any(found) else None


def from_json(document: Mapping[str, Any]) -> Problem:
    """Builds the Problem; raises BadInput with one sentence naming the key."""
    table = _table(document, "The problem")
    weeks = _whole(_need(table, "weeks", ""), "weeks", 1)
    bundles, dealers = (
        _list(_need(table, "bundles", ""), "bundles"),
        _list(_need(table, "dealers", ""), "dealers"),
    )
    bundle_names, dealer_names = _names(bundles, "bundles"), _names(dealers, "dealers")
    b_at, d_at = (
        {n: i for i, n in enumerate(bundle_names)},
        {n: i for i, n in enumerate(dealer_names)},
    )
    wait = None if table.get("wait_bound") is None else _whole(table["wait_bound"], "wait_bound")
    parts, supply = _supplies(table, weeks)
    tools, pools, away = _tools(table, weeks)
    first, last = _first_and_last(bundles, weeks)
    at, rates = _background(table.get("background"), b_at, d_at, weeks)
    reach = weeks + (wait or 0)
    hours = np.array(
        [_series(d.get("hours"), f"dealers[{i}].hours", reach) for i, d in enumerate(dealers)]
    ).reshape(-1, reach)
    quantile = table.get("parts_quantile")
    order = _column(bundles, "bundles", "order", _count, -1)
    capacity = table.get("mail_capacity")
    if isinstance(capacity, (int, float)) and not isinstance(capacity, bool):
        capacity = [capacity]  # one number is every week's capacity
    return Problem(
        weeks=weeks,
        bundles=bundle_names,
        dealers=dealer_names,
        risk=np.array(_column(bundles, "bundles", "risk", _number), float).reshape(-1),
        labour=np.array(_column(bundles, "bundles", "hours", _number), float).reshape(-1),
        response=_responses(bundles),
        first_week=first,
        mail_by=last,
        owners=_owners(_need(table, "owners", ""), b_at, d_at),
        hours=hours if wait is not None else np.full_like(hours, UNLIMITED),
        mail_capacity=_series(capacity, "mail_capacity", weeks),
        wait_bound=wait or 0,
        parts=(*parts, *tools),
        kits=np.concatenate(
            [
                _amounts(bundles, "bundles", "kits", parts),
                _amounts(bundles, "bundles", "tools", tools),
            ]
        ),
        stock=np.concatenate(
            [
                _amounts(dealers, "dealers", "stock", parts),
                _amounts(dealers, "dealers", "tools", tools),
            ]
        ),
        supply=np.concatenate([supply, pools]),
        away=np.concatenate([np.zeros(len(parts), np.int64), away]),
        background_at=at,
        background=rates,
        parts_quantile=None
        if quantile is None
        else _number(quantile, "parts_quantile", 0.01, 0.999),
        response_spread=_number(table.get("response_spread", RESPONSE_SPREAD), "response_spread"),
        count_spread=_number(table.get("count_spread", 0.0), "count_spread"),
        order=np.array(order, np.int64) if any(o >= 0 for o in order) else None,
        zips=_texts(dealers, "zip"),
        areas=_texts(dealers, "area"),
        notes=_unknown(table),
    )


def to_document(problem: Problem) -> dict[str, Any]:
    """Return a Problem as a PROBLEM.json document: :func:`from_json` reads the same problem back.

    Loan tools, age ranks and hours after the horizon are left out: no problem of a ledger states them.
    A limit that does not bind is null, or left out of ``supply``; a ZIP or area that is not known is left out.
    """
    document: dict[str, Any] = {
        "weeks": problem.weeks,
        "bundles": [_bundle_row(problem, b) for b in range(len(problem.bundles))],
        "dealers": [_dealer_row(problem, d) for d in range(len(problem.dealers))],
        "owners": [
            {
                "bundle": problem.bundles[b],
                "dealer": problem.dealers[d],
                "count": int(problem.owners[b, d]),
            }
            for b, d in _by_name(problem, np.argwhere(problem.owners > 0))
        ],
        "supply": {
            part: line.tolist()
            for part, line in zip(problem.parts, problem.supply, strict=True)
            if np.isfinite(line).any()
        },
        "mail_capacity": _limit(problem.mail_capacity),
        "wait_bound": problem.wait_bound,
        "background": [
            {"bundle": problem.bundles[b], "dealer": problem.dealers[d], "per_week": line.tolist()}
            for (b, d), line in zip(problem.background_at, problem.background, strict=True)
        ],
        "parts_quantile": problem.parts_quantile,
    }
    if problem.response_spread != RESPONSE_SPREAD:
        document["response_spread"] = problem.response_spread
    return document


def _bundle_row(problem: Problem, b: int) -> dict[str, Any]:
    last = int(problem.mail_by[b])
    return {
        "id": problem.bundles[b],
        "risk": float(problem.risk[b]),
        "hours": float(problem.labour[b]),
        "kits": _amounts_by_name(problem.parts, problem.kits[:, b]),
        "first_week": int(problem.first_week[b]),
        "mail_by_week": None if last == NO_DATE else last,
        "response": problem.response[b].tolist(),
    }


def _dealer_row(problem: Problem, d: int) -> dict[str, Any]:
    stated = {"zip": problem.zips, "area": problem.areas}
    places = {name: texts[d] for name, texts in stated.items() if texts and texts[d]}
    return {
        "id": problem.dealers[d],
        "hours": _limit(problem.hours[d, : problem.weeks]),
        "stock": _amounts_by_name(problem.parts, problem.stock[:, d]),
        **places,
    }


def _amounts_by_name(parts: Sequence[str], amounts: Floats) -> dict[str, float]:
    return {part: float(kits) for part, kits in zip(parts, amounts, strict=True) if kits}


def _limit(line: Floats) -> list[float] | None:
    """Return a weekly limit as numbers, whole ones as such; null where no week is limited."""
    if not np.isfinite(line).any():
        return None
    return [int(x) if x == int(x) else float(x) for x in line.tolist()]


def _by_name(problem: Problem, at: Ints) -> list[tuple[int, int]]:
    return sorted(
        ((int(b), int(d)) for b, d in at),
        key=lambda p: (problem.bundles[p[0]], problem.dealers[p[1]]),
    )
