"""Large work on several processors: plans that are polished, replays, letters and notices."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from renotify.errors import Refused

Task = TypeVar("Task")
Result = TypeVar("Result")


@contextmanager
def worker_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Yield an executor of so many processes, started afresh (spawned, so that they inherit no lock).

    Each takes one to two seconds to start: ask for them only where the work takes longer than that. They end when this process
    ends, however it ends. Raises Refused where one of them ends before its work is done, as it does when memory runs out.
    """
    spawn = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(workers, mp_context=spawn, initializer=_end_with_parent) as pool:
            yield pool
    except BrokenProcessPool:
        raise Refused(
            "A worker process ended before its work was done; memory may have run out.",
            "Free some memory, or give --workers 1 where the command has it, and run it again.",
        ) from None


def _end_with_parent() -> None:
    """End this worker when its parent is gone: a killed run must leave nobody who still writes."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def mapped(function: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> list[Result]:
    """Results of ``function`` for each task, in the order of ``tasks``; with one worker or task everything runs in this process.

    Raises Refused as :func:`worker_pool` does.
    """
    processes = min(workers, len(tasks))
    if processes < 2:
        return [function(task) for task in tasks]
    with worker_pool(processes) as pool:
        return list(pool.map(function, tasks))
