"""Plans do not depend on how a problem happens to be listed: dealers by code, bundles by what they are.

Ties are broken by dealer code; bundles are ordered by their data, so that renaming
campaigns changes nothing (item 13).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from renotify.planner.letter_plan import LetterPlan, Letters
from renotify.planner.problem import Ints, Problem


@dataclass(frozen=True, eq=False)
class Ordering:
    """A problem in canonical order and the way back."""

    original: Problem
    problem: Problem
    bundle: Ints
    dealer: Ints

    def of(self, letters: Letters) -> Letters:
        """Letters of the original problem, in the canonical places of their bundles and dealers. [B, D, T]"""
        return letters[np.ix_(self.bundle, self.dealer)]

    def restored(self, made: LetterPlan) -> LetterPlan:
        """The plan with bundles and dealers where the original problem has them."""
        rank = {name: i for i, name in enumerate(self.original.bundles)}
        place = {name: i for i, name in enumerate(self.original.dealers)}

        def back(counts: Letters | None) -> Letters | None:
            if counts is None:
                return None
            home = np.zeros(counts.shape, np.int32)  # memory that nobody writes to is not taken
            for bundle, of_bundle in zip(self.bundle, counts, strict=True):
                if of_bundle.any():
                    home[bundle, self.dealer] = of_bundle
            return home

        letters = back(made.letters)
        return replace(
            made,
            problem=self.original,
            letters=made.letters if letters is None else letters,
            interim=back(made.interim),
            second=back(made.second),
            held=tuple(sorted(made.held, key=lambda h: (rank[h.bundle], place[h.dealer]))),
            owed=tuple(
                sorted(
                    made.owed,
                    key=lambda o: (rank[o.bundle], place[o.dealer], o.week is None, o.week or 0),
                )
            ),
        )


def _bundle_order(problem: Problem, dealer: Ints) -> Ints:
    """Riskiest first; equal ones by hours, dates, response, kits and owners, and by name last."""

    def key(b: int) -> tuple[object, ...]:
        return (
            -float(problem.risk[b]),
            float(problem.labour[b]),
            int(problem.first_week[b]),
            int(problem.mail_by[b]),
            problem.response[b].tolist(),
            sorted(problem.kits[:, b].tolist()),
            int(problem.printed[b]),
            problem.owners[b, dealer].tolist(),
            problem.bundles[b],
        )

    return np.array(sorted(range(len(problem.bundles)), key=key), np.int64)


def in_order(problem: Problem) -> Ordering:
    """The problem with dealers in code order and bundles in the order of their data."""
    dealer = np.array(
        sorted(range(len(problem.dealers)), key=problem.dealers.__getitem__), np.int64
    )
    bundle = _bundle_order(problem, dealer)
    to_bundle, to_dealer = np.argsort(bundle), np.argsort(dealer)
    at = problem.background_at
    moved = replace(
        problem,
        bundles=tuple(problem.bundles[b] for b in bundle),
        dealers=tuple(problem.dealers[d] for d in dealer),
        risk=problem.risk[bundle],
        labour=problem.labour[bundle],
        response=problem.response[bundle],
        first_week=problem.first_week[bundle],
        mail_by=problem.mail_by[bundle],
        owners=problem.owners[np.ix_(bundle, dealer)],
        hours=problem.hours[dealer],
        kits=problem.kits[:, bundle],
        stock=problem.stock[:, dealer],
        background_at=np.stack([to_bundle[at[:, 0]], to_dealer[at[:, 1]]], axis=1)
        if len(at)
        else at,
        pieces=None if problem.pieces is None else problem.pieces[bundle],
        order=None if problem.order is None else problem.order[bundle],
        zips=None if problem.zips is None else tuple(problem.zips[d] for d in dealer),
        areas=None if problem.areas is None else tuple(problem.areas[d] for d in dealer),
    )
    return Ordering(problem, moved, bundle, dealer)
