"""Large work on several processors: plans that are polished, replays, letters and notices."""

from __future__ import annotations

import copyreg
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import MappingProxyType
from typing import TypeVar

from renotify.errors import Refused

Task = TypeVar("Task")
Result = TypeVar("Result")


def _read_only(entries: dict[object, object]) -> MappingProxyType[object, object]:
    return MappingProxyType(entries)


# a read-only mapping travels to a worker as its entries
copyreg.pickle(MappingProxyType, lambda mapping: (_read_only, (dict(mapping),)))


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
    """Results of ``function`` for each task, in the order of ``tasks``: this process takes tasks, and ``workers - 1`` others do.

    With one worker or task everything runs in this process. Raises what the first task that fails raises, in their order, and no
    task is begun after that; and Refused as :func:`worker_pool` does.
    """
    processes = min(workers, len(tasks))
    if processes < 2:
        return [function(task) for task in tasks]
    left, found, failed = deque(enumerate(tasks)), dict[int, Result](), dict[int, Exception]()

    def take(do: Callable[[Task], Result]) -> None:
        while left:
            try:
                number, task = left.popleft()
            except IndexError:  # another took the last one
                return
            try:
                found[number] = do(task)
            except Exception as error:  # noqa: BLE001 - raised below, in the order of the tasks
                failed[number] = error
                left.clear()

    with worker_pool(processes - 1) as pool, ThreadPoolExecutor(processes - 1) as threads:
        for _ in range(processes - 1):
            threads.submit(take, lambda task: pool.submit(function, task).result())
        try:
            take(function)
        finally:
            left.clear()
        threads.shutdown()
        if failed:
            raise failed[min(failed)]
    return [found[number] for number in range(len(tasks))]
