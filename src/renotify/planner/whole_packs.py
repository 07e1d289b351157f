"""Letters that rest on kits of no whole pack: a dealer is allotted packs, and a plan counts kits.

A pool of two packs serves two dealers, however many kits a pack holds; letters to owners of eight whose shelves lack what these ask leave
six without one. What dealers need is what is expected of letters and walk-ins by the end of the plan, less their own kits.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import numpy as np

from renotify.planner.letter_plan import Letters
from renotify.planner.problem import Floats, Ints, Problem
from renotify.values.english import counted

EASE = 1e-6  # kits: rounding of sums


def pack_words(problem: Problem, asking: Letters, packs: Mapping[str, int]) -> list[str]:
    """Say of each part that comes in ``packs`` how many letters [B, D, T] rest on kits that fill none; nothing where packs suffice.

    Packs go first to the dealers that need most: no other order leaves fewer letters without one.
    """
    return [
        sentence
        for p in problem.binding.tolist()
        if packs.get(problem.parts[p], 1) > 1 and not problem.away[p]
        for sentence in _of_part(problem, asking, p, packs[problem.parts[p]])
    ]


def _of_part(problem: Problem, asking: Letters, p: int, pack: int) -> list[str]:
    there = problem.supply[p, -1]
    if not np.isfinite(there):
        return []
    letters: Ints = asking[problem.kits[p] > 0].sum(axis=(0, 2), dtype=np.int64)
    needed = _needed(problem, asking, p)
    wanted = np.ceil(needed / pack - EASE).astype(np.int64)
    has = ceil(there / pack - EASE)  # what is left of a pack that a booking opens serves one dealer
    first = np.lexsort((-letters, -needed))
    before = np.cumsum(wanted[first]) - wanted[first]
    without = first[(wanted[first] > 0) & (before >= has) & (letters[first] > 0)]
    if not len(without):
        return []
    asked_at, rest = int((wanted > 0).sum()), int(letters[without].sum())
    sentence = (
        f"{problem.parts[p]} goes to dealers in packs of {pack:,}, and the pool has at most {has:,} of them left by the end of the plan:"
        f" {counted(asked_at, 'dealer')} {'needs' if asked_at == 1 else 'need'} some beyond {'its' if asked_at == 1 else 'their'} own,"
        f" {int(wanted.sum()):,} in all. {counted(rest, 'letter')} to owners of {counted(len(without), 'dealer')}"
        f" {'rests' if rest == 1 else 'rest'} on kits that fill no pack of theirs: who answers there may find none."
    )
    return [sentence]


def _needed(problem: Problem, asking: Letters, p: int) -> Floats:
    """Kits that each dealer is expected to need by the end of the plan beyond its own. [D]"""
    asked = problem.background_use(p, mean=True)[:, -1].copy()
    for b in np.flatnonzero(problem.kits[p]).tolist():
        asked += problem.kits[p, b] * (asking[b] @ problem.cumulative[b, ::-1])
    needed: Floats = np.maximum(asked - problem.stock[p], 0.0)
    return np.where(needed > EASE, needed, 0.0)
