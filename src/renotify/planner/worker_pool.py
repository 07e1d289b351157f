"""Large tasks on several processors: the polish of a plan and the replays of a simulation."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from renotify.errors import Refused

Task = TypeVar("Task")
Result = TypeVar("Result")


def mapped(function: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> list[Result]:
    """Results of ``function`` for each task, in the order of ``tasks``.

    With one worker or one task everything runs in this process. Otherwise at most ``workers`` processes
    are started afresh (spawned, so that they inherit no lock); each takes about two seconds to start, so
    callers ask for them only where the tasks take longer than that. Raises Refused where a process ends
    before its task is done, as it does when memory runs out.
    """
    processes = min(workers, len(tasks))
    if processes < 2:
        return [function(task) for task in tasks]
    spawn = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(processes, mp_context=spawn) as pool:
            return list(pool.map(function, tasks))
    except BrokenProcessPool:
        raise Refused(
            "A worker process ended before its work was done; memory may have run out.",
            "Run the command again with --workers 1.",
        ) from None
