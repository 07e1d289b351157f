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
from contextlib import ExitStack, contextmanager
from types import MappingProxyType, TracebackType
from typing import Self, TypeVar

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


class Workers:
    """The processes that share the work of one command: this one and those that it starts where there is work for them.

    They are started once, when they are first asked for, and end with the ``with`` statement that they are made by.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.others: ProcessPoolExecutor | None = None
        self._ending = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return self._ending.__exit__(kind, fault, trace)

    def started(self) -> ProcessPoolExecutor | None:
        """Return the other processes, started unless they are; None where this one is alone. Raises Refused as ``worker_pool`` does."""
        if self.others is None and self.count > 1:
            self.others = self._ending.enter_context(worker_pool(self.count - 1))
        return self.others

    def mapped(self, function: Callable[[Task], Result], tasks: Sequence[Task]) -> list[Result]:
        """Results of ``function`` for each task, in the order of ``tasks``, which this process and the others take one by one.

        One task is done in this process. Raises what the first task that fails raises, in their order, and no task is begun after
        that; and Refused as ``worker_pool`` does.
        """
        pool = self.started() if len(tasks) > 1 else None
        if pool is None:
            return [function(task) for task in tasks]
        return _shared(function, tasks, pool, self.count - 1)


def mapped(function: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> list[Result]:
    """Results of ``function`` for each task as :meth:`Workers.mapped` gives them, by ``workers`` processes that end with it."""
    with Workers(min(workers, len(tasks))) as own:
        return own.mapped(function, tasks)


def _shared(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    pool: ProcessPoolExecutor,
    others: int,
) -> list[Result]:
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

    with ThreadPoolExecutor(others) as threads:
        for _ in range(others):
            threads.submit(take, lambda task: pool.submit(function, task).result())
        try:
            take(function)
        finally:
            left.clear()
        threads.shutdown()
    if failed:
        raise failed[min(failed)]
    return [found[number] for number in range(len(tasks))]
