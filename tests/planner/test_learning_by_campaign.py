"""Two campaigns that answer differently, mailed in a shifting mixture: each one's share is learned, and a plan stays."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from cli_support import follow_up_file
from folder import ON, Folder, make_vin
from renotify.campaigns.follow_up_settings import read
from renotify.ledger import intake, tables
from renotify.ledger.session import Session
from renotify.planner import from_ledger, weekly
from renotify.planner.pooled_response import fit, pooled
from renotify.planner.response_posterior import Cohort, prior_of
from renotify.plans.in_force import plan_in_force
from renotify.plans.response import StatedResponse, response_curve
from renotify.selection.freeze import freeze_follow_up

PLANTED = {"9LA": 0.12, "ALE": 0.04}
OWNERS = {"9LA": 500, "ALE": 800}
SCALE, SHAPE = 4.0, 1.2
WEEKS = 3  # played
MONDAY = date(2013, 3, 4)  # of the first letters
PRIOR = prior_of(StatedResponse(0.07, 6.0, 1.2))


def curve(share: float) -> np.ndarray:
    return response_curve(share, SCALE, SHAPE, WEEKS)


# ---- values


def planted(letters: dict[str, list[int]]) -> dict[str, list[Cohort]]:
    """What letters of the last weeks, oldest first, have brought of the planted shares, to whole owners."""
    return {
        code: [
            Cohort(count, np.round(count * curve(PLANTED[code])[: WEEKS - age]).astype(int))
            for age, count in enumerate(own)
        ]
        for code, own in letters.items()
    }


SHIFTING = planted({"9LA": [1000, 500, 50], "ALE": [350, 840, 1300]})


def test_each_campaign_is_learned_about_its_own_share() -> None:
    found = pooled(SHIFTING, dict.fromkeys(SHIFTING, PRIOR))
    for code, (mean, low, high) in {
        code: one.interval() for code, one in found.own.items()
    }.items():
        assert low < PLANTED[code] < high
        assert abs(mean - PLANTED[code]) < 0.6 * abs(0.07 - PLANTED[code])
    assert found.own["9LA"].interval()[0] > 2 * found.own["ALE"].interval()[0]


def test_three_weeks_of_a_mixture_say_little_of_the_share_in_the_end() -> None:
    """The demo's first weeks read as one campaign: 20 % on 7 weeks once, with parts planned for 1.6 times that."""
    mixed = [
        Cohort(1350, np.array([28, 31, 25])),
        Cohort(1341, np.array([23, 10])),
        Cohort(1345, np.array([8])),
    ]
    mean, low, high = fit(mixed, PRIOR, 0.0007).interval()
    assert mean < 0.15
    assert low < 0.08 < high


def test_a_campaign_with_few_letters_leans_on_the_others_and_on_what_is_stated() -> None:
    few = {"BLB": [Cohort(8, np.array([1, 0, 0]))], "BLG": [Cohort(9, np.array([0, 0, 0]))]}
    found = pooled(SHIFTING | few, dict.fromkeys([*SHIFTING, *few], PRIOR))
    of_few = [found.own[code].interval()[0] for code in few]
    assert all(0.06 < mean < 0.12 for mean in of_few)
    assert found.own["ALE"].interval()[0] < min(of_few)


def test_without_answers_what_is_stated_stays_as_it_is() -> None:
    assert fit([], PRIOR).interval()[0] == pytest.approx(0.07, rel=0.02)
    nobody = fit([Cohort(30, np.array([0]))], PRIOR)
    assert nobody.interval()[0] == pytest.approx(0.07, rel=0.15)


def test_a_bundle_s_own_stated_response_is_the_centre_of_its_own_belief() -> None:
    """Nobody has answered yet of a campaign stated at 30 %: it is not taken for one of 7 %."""
    priors = {"9LA": PRIOR, "ALE": PRIOR, "BLB": prior_of(StatedResponse(0.30, 6.0, 1.2))}
    found = pooled(SHIFTING | {"BLB": [Cohort(3, np.array([0]))]}, priors)
    assert found.own["BLB"].interval()[0] > 0.2


def test_the_order_of_campaigns_changes_nothing() -> None:
    there, back = (pooled(dict(order)) for order in (SHIFTING.items(), reversed(SHIFTING.items())))
    assert there.own["9LA"].interval()[0] == pytest.approx(back.own["9LA"].interval()[0], rel=0.03)


def test_more_campaigns_than_the_curve_is_sought_with_have_their_own_shares() -> None:
    many = {f"{code}{n}": own for n in range(6) for code, own in SHIFTING.items()}
    found = pooled(many, dict.fromkeys(many, PRIOR))
    assert all(
        found.own[f"9LA{n}"].interval()[0] > 2 * found.own[f"ALE{n}"].interval()[0]
        for n in range(6)
    )


# ---- a ledger, three weeks played


def played(session: Session, folder: Folder, path: Path) -> None:
    """The letters of the plan's first weeks go out on their Mondays, and their owners book by the planted curves."""
    codes = [code for code, count in OWNERS.items() for _ in range(count)]
    for code, count in OWNERS.items():
        folder.campaign(code).part(f"P-{code}").takes(code, f"P-{code}", 1)
        folder.supply(
            f"P-{code}",
            {MONDAY + timedelta(weeks=week): 5 if week else count // 20 for week in range(12)},
        )
    folder.dealer()
    for number, code in enumerate(codes):
        folder.vehicle(make_vin(number), code)
    intake.load(session, [folder.write()], on=ON, rejects_dir=path)
    settings = follow_up_file(path, list(OWNERS), mail_house_letters_per_week=300)
    freeze_follow_up(session, read(settings), ON)
    from_ledger.plan_follow_up(session, "small", "optimal")
    planned = tables.read(session, "listed", "vin", "bundle", "week").to_pylist()
    later, booked = Folder(path / "later"), 0
    for week in range(WEEKS):
        for code, share in PLANTED.items():
            sent = [row["vin"] for row in planned if row["week"] == week and row["bundle"] == code]
            came = np.diff(np.round(len(sent) * np.cumsum([0, *curve(share)])).astype(int))
            since = np.repeat(np.arange(WEEKS), came)
            for vin, age in zip(sent, since, strict=False):
                day = MONDAY + timedelta(weeks=week + int(age), days=3)
                if week + age < WEEKS:
                    booked += 1
                    later.add(
                        "appointments", appointment_id=f"A{booked}", dealer_code="D0001", vin=vin, campaign_codes=code,
                        start=f"{day + timedelta(weeks=1)}T09:00", status="booked", booked_on=day,
                    )  # fmt: skip
    with session.transaction():
        out = [row for row in planned if row["week"] is not None and row["week"] < WEEKS]
        days = [MONDAY + timedelta(weeks=row["week"]) for row in out]
        session.stage("sent", pa.table({"vin": [row["vin"] for row in out], "day": days}))
        session.execute(
            "update piece set state = 'accepted', mailed_on = s.day from sent s where piece.vin = s.vin"
        )
    intake.load(session, [later.write()], on=MONDAY + timedelta(weeks=WEEKS), rejects_dir=path)


def test_after_three_weeks_of_a_ledger_campaigns_are_told_apart_and_few_letters_move(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    played(sqlite_session, folder, tmp_path)
    document = weekly.replan_follow_up(sqlite_session, "small", MONDAY + timedelta(weeks=WEEKS))
    learned = {
        one.campaigns: sum(one.response) for one in plan_in_force(sqlite_session, "small").bundles
    }
    for code, share in PLANTED.items():
        assert abs(learned[code] - share) < abs(0.07 - share)
        (said,) = [one for one in document["messages"] if one.startswith(f"{code}: about ")]
        assert "in nine of ten cases" in said
    free = [
        row
        for row in tables.read(sqlite_session, "listed", "week").to_pylist()
        if row["week"] is None or row["week"] >= WEEKS
    ]
    (moved,) = [int(m.split()[0]) for m in document["messages"] if "move to a later week" in m]
    assert moved < 0.15 * len(free)
