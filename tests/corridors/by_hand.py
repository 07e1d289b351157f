"""What the documents must say, by pencil and paper from the numbers of the world. No rule of the product is called here."""

from __future__ import annotations

from math import exp

from corridors import world as w

SMALL_B, LARGE_B = f"{w.B}:{w.SMALL}", f"{w.B}:{w.LARGE}"
SMALL_BOTH, LARGE_BOTH = f"{w.BOTH}:{w.SMALL}", f"{w.BOTH}:{w.LARGE}"
BUNDLES = (w.A, LARGE_BOTH, SMALL_BOTH, LARGE_B, SMALL_B, w.C, w.S)

# hours of one visit: of recalls A and B what is stated for both together
VISIT_HOURS = {
    w.A: 2.0, w.C: 1.0, w.S: 1.5, SMALL_B: 3.0, LARGE_B: 6.0,
    SMALL_BOTH: w.BOTH_HOURS[w.SMALL], LARGE_BOTH: w.BOTH_HOURS[w.LARGE],
}  # fmt: skip
# kits of one visit: the model's own row in place of the general one; of a part that two campaigns share the larger quantity, once
VISIT_KITS = {
    w.A: {w.PIPE: 1, w.SEAL: 1}, w.C: {w.COVER: 0.4}, w.S: {w.PUMP: 1},
    SMALL_B: {w.VALVE: 1, w.SEAL: 2}, LARGE_B: {w.VALVE: 2, w.SEAL: 2},
    SMALL_BOTH: {w.PIPE: 1, w.VALVE: 1, w.SEAL: 2}, LARGE_BOTH: {w.PIPE: 1, w.VALVE: 2, w.SEAL: 2},
}  # fmt: skip
RISK = {
    w.A: 3.0, w.C: 1.0, w.S: 0.5, SMALL_B: 5.0, LARGE_B: 5.0, SMALL_BOTH: 3.0 + 5.0, LARGE_BOTH: 3.0 + 5.0,
}  # fmt: skip
SHARE = {name: w.BOTH_SHARE if name in (SMALL_BOTH, LARGE_BOTH) else w.SHARE for name in BUNDLES}
FIRST_WEEK = {name: w.B_FROM if w.B in name else 0 for name in BUNDLES}

# The week of each letter. Week 0 has room for six letters: the six of recall A, the riskiest that has its remedy. Week 1: the three
# of recall C and the two of the service campaign. Recall B's remedy comes in week 2: at EAST three valves are on the shelf and free,
# and its five letters take 2.2 of them by the end of that week at the planned quantile; at WEST there is none until the pool's two
# arrivals of week 3.
# Who is booked asks no more: by the bundle and dealer of the list; and where and in which week they come.
BOOKED = {(LARGE_BOTH, w.EAST): 1, (w.A, w.WEST): 2, (w.C, w.EAST): 1}
COME = {(w.EAST, 1): (w.A,), (w.EAST, 2): (LARGE_BOTH, w.C), (w.WEST, 1): (w.A,)}
BOOKED_BUNDLES = {
    w.A: f"{w.A}:{w.VISIT_BOOKED}", LARGE_BOTH: f"{LARGE_BOTH}, {w.VISIT_BOOKED}", w.C: f"{w.C}:{w.VISIT_BOOKED}",
}  # fmt: skip
STILL_TO_ASK = {place: count - BOOKED.get(place, 0) for place, count in w.LISTED.items()}

LETTER_WEEK = {
    (bundle, dealer): {w.A: 0, w.C: 1, w.S: 1}.get(bundle, 2 if dealer == w.EAST else 3)
    for bundle, dealer in w.LISTED
}


def of_all(name: str) -> str:
    """The bundle of a planning bundle of booked owners; the name of any other."""
    return {booked: bundle for bundle, booked in BOOKED_BUNDLES.items()}.get(name, name)


def asked(share: float, week: int) -> float:
    """Share of owners who ask in a week, 0 being the week of their letter."""
    return share * 0.5 ** (week + 1) if week >= 0 else 0.0


def reached(share: float, weeks: int) -> float:
    """Share of owners who have asked after so many weeks, the week of the letter included."""
    return share * (1 - 0.5 ** max(weeks, 0))


def exposure(letters: dict[tuple[str, str], int], weeks: int, now: int = 0) -> float:
    """Risk-weighted vehicle-weeks that letters take off the road until the horizon: each answer counts for every week after it."""
    return sum(
        RISK[bundle]
        * count
        * sum(
            reached(SHARE[bundle], t - (LETTER_WEEK[bundle, dealer] - now) + 1)
            for t in range(weeks)
        )
        for (bundle, dealer), count in letters.items()
    )


def visits(
    dealer: str,
    week: int,
    letters: dict[tuple[str, str], int],
    hours: bool = False,
    now: int = 0,
) -> float:
    """Visits, or their hours, that are booked at a dealer in a week, and that letters and walk-ins of who has not asked bring it.

    ``now``: the week of the forecast; of a letter that is out since an earlier one the owner has not asked so far.
    """
    booked = sum(VISIT_HOURS[name] if hours else 1.0 for name in COME.get((dealer, week), ()))
    return booked + sum(
        (VISIT_HOURS[bundle] if hours else 1.0)
        * (
            count
            * asked(SHARE[bundle], week - LETTER_WEEK[bundle, at])
            / (1 - reached(SHARE[bundle], now - LETTER_WEEK[bundle, at]))
            + w.WALK_INS * count
        )
        for (bundle, at), count in letters.items()
        if at == dealer
    )


def expected_kits(dealer: str, part: str) -> float:
    """Kits that visits still to be asked for take at a dealer within the horizon, walk-ins included."""
    return sum(
        VISIT_KITS[bundle].get(part, 0)
        * count
        * (
            reached(SHARE[bundle], w.WEEKS - LETTER_WEEK[bundle, at])
            + w.WALK_INS * w.WEEKS
        )
        for (bundle, at), count in STILL_TO_ASK.items()
        if at == dealer
    )  # fmt: skip


def busy_visits(mean: float) -> int:
    """Visits that nine weeks in ten stay within: negative binomial with variance m + 0.04 m^2, that is 25 successes."""
    successes = 25
    stop = successes / (successes + mean)
    count, chance = 0, stop**successes
    total = chance
    while total < 0.9:
        count += 1
        chance *= (successes + count - 1) / count * (1 - stop)
        total += chance
    return count


def base_stock(walk_ins: float, pairs: float = 0.0) -> int:
    """The smallest shelf that holds in 95 of 100 cases: Poisson visits that take one kit, and ``pairs`` that take two."""
    ones, twos = _poisson(walk_ins), _poisson(pairs)
    count, total = -1, 0.0
    while total < 0.95:
        count += 1
        total += sum(twos[two] * ones[count - 2 * two] for two in range(count // 2 + 1))
    return count


def _poisson(mean: float) -> list[float]:
    chances = [exp(-mean)]
    for count in range(1, 60):
        chances.append(chances[-1] * mean / count)
    return chances


def by_week(series: list[float], weeks: int = w.WEEKS) -> list[float]:
    """A weekly list of a problem document to the end of the horizon: hours after the last week repeat it."""
    return [*series, *[series[-1]] * weeks][:weeks]
