"""Several processes: the same figures whatever their number, and none started for small work."""

import multiprocessing
import os
import time
from dataclasses import replace
from multiprocessing.reduction import ForkingPickler
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pytest

from cases import at_once
from planner.made_up_problems import made_up
from renotify.errors import Refused
from renotify.planner import polish, simulate
from renotify.planner.letter_plan import to_json
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify
from renotify.values import worker_pool
from renotify.values.worker_pool import Workers, mapped


@pytest.fixture
def no_processes(monkeypatch):
    def started(*_args, **_more):
        raise AssertionError("a process pool was started")

    monkeypatch.setattr(worker_pool, "ProcessPoolExecutor", started)


def test_results_come_in_the_order_of_the_tasks_for_any_number_of_workers():
    assert mapped(abs, [-3, 1, -2], 2) == mapped(abs, [-3, 1, -2], 1) == [3, 1, 2]


def test_one_worker_or_one_task_stays_in_this_process(no_processes):
    assert mapped(lambda task: (task, os.getpid()), [1, 2], 1) == [(1, os.getpid()), (2, os.getpid())]  # fmt: skip
    assert mapped(lambda task: os.getpid(), [1], 8) == [os.getpid()]
    assert mapped(abs, [], 8) == []


def ends_in_a_worker(seconds):
    if multiprocessing.parent_process():
        os._exit(1)
    time.sleep(seconds)


def test_a_worker_that_dies_is_refused_with_a_way_out():
    with pytest.raises(Refused, match="ended before its work was done") as refused:
        mapped(ends_in_a_worker, [0.2, 0.2], 2)
    assert "--workers 1" in refused.value.hint


def whose(seconds):
    time.sleep(seconds)
    return os.getpid()


def test_this_process_takes_part_in_work_that_it_shares():
    assert os.getpid() in mapped(whose, [0.1, 0.1], 2)


def test_the_workers_of_a_command_are_started_where_there_is_work_to_share_and_only_once():
    with Workers(2) as workers:
        assert workers.mapped(whose, [0]) == [os.getpid()]
        assert workers.others is None
        first, again = ({*workers.mapped(whose, [0.1, 0.1])} for _ in range(2))
    assert first == again
    assert len(first) == 2


def refuses_odd(number):
    if number % 2:
        raise Refused(f"{number} is odd.")
    return number


def test_the_first_task_that_fails_is_told_of_and_none_is_begun_after_it():
    begun = []

    def counted(number):  # a function of this process only: with one worker nothing is sent
        begun.append(number)
        return refuses_odd(number)

    with pytest.raises(Refused, match="1 is odd"):
        mapped(counted, [0, 1, 2, 3], 1)
    assert begun == [0, 1]
    with pytest.raises(Refused, match="1 is odd"):
        mapped(refuses_odd, [0, 2, 1, 3, 5], 2)


def test_a_read_only_mapping_travels_as_it_is():
    mapping = MappingProxyType({"en": "words"})
    assert ForkingPickler.loads(ForkingPickler.dumps(mapping)) == mapping


def test_a_replay_has_the_same_figures_for_any_number_of_workers(monkeypatch):
    case = made_up(2, 6, 12)
    letters = {policy: plan(case, policy).remedy_letters for policy in ("greedy", "uniform:4")}
    monkeypatch.setattr(simulate, "CHUNK_CELLS", 3 * case.owners.size * (12 + simulate.TAIL))
    alone = simulate.simulate_all(case, letters, seed=5, replications=8)
    monkeypatch.setattr(simulate, "POOL_CELLS", 0)
    shared = simulate.simulate_all(case, letters, seed=5, replications=8, workers=2)
    assert [outcome.policy for outcome in shared] == ["greedy", "uniform:4"]
    for one, two in zip(alone, shared, strict=True):
        assert (one.repaired == two.repaired).all()
        for name in simulate.MEASURES:
            assert len(one.measures[name]) == 8
            assert np.array_equal(one.measures[name], two.measures[name], equal_nan=True)


def test_each_chunk_of_replications_has_random_numbers_of_its_own(monkeypatch):
    case = replace(made_up(1, 4, 8), response_spread=1e-12)
    letters = {"all-at-once": plan(case, "all-at-once").letters}
    monkeypatch.setattr(simulate, "CHUNK_CELLS", 1)
    (seen,) = simulate.simulate_all(case, letters, replications=6)
    assert len(set(seen.measures["saved"].tolist())) == 6


def test_small_work_starts_no_process(no_processes):
    case = made_up(2, 6, 12)
    made = plan(case, workers=8)
    assert to_json(made) == to_json(plan(case))
    simulate.simulate_all(case, {"optimal": made.remedy_letters}, replications=3, workers=8)


@pytest.mark.slow
def test_a_polished_plan_is_better_and_the_same_whether_processes_are_started_or_not(monkeypatch):
    case = made_up(3, 80, 20, parts=0.5, labour=0.75)
    before = plan(case)
    monkeypatch.setattr(polish, "POLISH_DECISIONS", 1)
    monkeypatch.setattr(polish, "POLISH_GAP", 0.0)
    assert len(polish.blocks_of(case)) == 2
    made = plan(case, workers=2)
    assert made.objective > before.objective
    assert verify(case, made) == []
    monkeypatch.setattr(polish, "mapped", lambda function, tasks, _: [function(t) for t in tasks])
    assert to_json(plan(case, workers=2)) == to_json(made)


@at_once(
    ("changes", "worth"),
    [
        ({}, True),
        ({"dealers": 999}, False),
        ({"gap": 0.005}, False),
        ({"bundles": 160, "dealers": 250}, True),
        ({"bundles": 161, "dealers": 250}, False),
        ({"mail_by": 7}, False),
    ],
)
def test_a_polish_is_for_large_plans_with_a_gap_without_dates_and_short_masters(changes, worth):
    asked = {"bundles": 40, "dealers": 1_000, "gap": 0.0051, "mail_by": -1} | changes
    sized = SimpleNamespace(
        bundles=range(asked["bundles"]), dealers=range(asked["dealers"]), weeks=25,
        cells=25 * asked["bundles"],
        mail_by=np.array([-1, asked["mail_by"]]),
    )  # fmt: skip
    assert polish.worth_polishing(sized, asked["gap"]) is worth
