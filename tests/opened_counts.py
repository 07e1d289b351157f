"""Every count that is told is opened by the command that stands beside it: asked on the same ledger, it has as many rows."""

from __future__ import annotations

import shlex
from datetime import date
from typing import Any

from small_world import Desk


def opened(desk: Desk, command: str, on: date | None = None) -> set[int]:
    """Return what the list of a command has: rows, or different vehicles."""
    own = {} if "--on" in command or on is None else {"on": on}
    answer = desk.do(*shlex.split(command)[1:], **own)
    return counts_of(answer)


def counts_of(answer: Any) -> set[int]:
    """Return the counts of a list's document."""
    if isinstance(answer, list):
        return {len(answer), sum(one.get("vehicles", 0) for one in answer)}
    return {answer[name] for name in ("total", "vehicles") if name in answer}


def clocks_opened(desk: Desk, on: date) -> set[str]:
    """Hold each clock of a day to the vehicles that its command lists; return the words of what was counted of them."""
    told: set[str] = set()
    for one in desk.do("deadlines", on=on):
        if one["vehicles"] is None:
            continue
        assert one["list"], one["id"]
        assert one["vehicles"] in opened(desk, one["list"], on), (one["id"], one["list"])
        if " --list " in one["list"]:
            rows = desk.do(*shlex.split(one["list"])[1:])["rows"]
            told |= {row["counted"] for row in rows}
    return told
