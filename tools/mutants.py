"""Breaks the modules of mutants.toml on purpose, one small fault at a time, and says which faults no test notices (docs/mutants.md).

Works in a copy of the tree. ``python tools/mutants.py [-n 10 | -n all] [--module PART] [--seed 7] [--processes 1]``
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from queue import SimpleQueue

from mutations import Mutant, candidates

ROOT = Path(__file__).resolve().parent.parent
COPIED = (
    "src",
    "tests",
    "tools",
    "examples",
    "docs",
    "benchmarks",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "Makefile",
)
WORKER = Path(__file__).resolve().parent / "mutants_worker.py"


@dataclass
class Found:
    """What became of the mutants of one module."""

    module: str
    tried: int = 0
    survivors: list[Mutant] = field(default_factory=list)


def sample(source: str, most: int | None, seed: str) -> list[Mutant]:
    """Return mutants of a source in the order of the file: so many of them by chance, always the same; None: all."""
    makes = candidates(source)
    random.Random(seed).shuffle(makes)  # noqa: S311 - the same mutants every time
    chosen: dict[str, Mutant] = {}
    for make in makes:
        mutant = make()
        if mutant is not None:
            chosen.setdefault(mutant.source, mutant)
        if len(chosen) == most:
            break
    return sorted(chosen.values(), key=lambda mutant: (mutant.line, mutant.operator, mutant.source))


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines that a mutant takes away and puts in their place."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in list(lines)[2:] if not line.startswith("@@")]


class Workbench:
    """A copy of the tree in which a mutant is put in place and the tests are run."""

    def __init__(self, command: Sequence[str], place: Path, options: Sequence[str]) -> None:
        self.place, self.options, self.instants = place, options, count(1_000_000_000)
        place.mkdir(parents=True)
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(
                    ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__")
                )
            elif (ROOT / name).exists():
                shutil.copy(ROOT / name, place / name)
        given = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
        given |= {"PYTHONPATH": str(place / "src"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        self.worker = subprocess.Popen(
            command,
            cwd=place,
            env=given,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def write(self, module: str, source: str) -> None:
        """Write a source with an instant that no other had, so that no compiled file of another is taken for its own."""
        file, instant = self.place / "src" / "renotify" / module, next(self.instants)
        file.write_text(source, encoding="utf-8")
        os.utime(file, (instant, instant))

    def run(
        self, tests: Sequence[str], work: float | None = None, patience: float | None = None
    ) -> tuple[bool, float]:
        """Run tests until one fails; return whether they passed and the processor seconds they took.

        Tests that take more than ``work`` processor seconds, or more than ``patience`` seconds, have failed.
        """
        arguments = ["-x", "-q", "-p", "no:cacheprovider", *self.options, *tests]
        asked, answered = self.worker.stdin, self.worker.stdout
        if asked is None or answered is None:
            raise RuntimeError("The worker has no streams.")
        print(json.dumps([str(self.place), work, patience, arguments]), file=asked, flush=True)
        passed, took = json.loads(answered.readline())
        return bool(passed), float(took)

    def close(self) -> None:
        """End the worker."""
        self.worker.communicate()


@contextmanager
def workshop(
    command: Sequence[str], processes: int, options: Sequence[str]
) -> Iterator[SimpleQueue[Workbench]]:
    """Set up workbenches, one a process, to be taken and put back."""
    free: SimpleQueue[Workbench] = SimpleQueue()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as made:
        for number in range(processes):
            bench = Workbench(command, Path(folder) / f"copy-{number}", options)
            made.callback(bench.close)
            free.put(bench)
        yield free


@contextmanager
def taken(free: SimpleQueue[Workbench]) -> Iterator[Workbench]:
    """Take a workbench, and put it back."""
    bench = free.get()
    try:
        yield bench
    finally:
        free.put(bench)


def examine(
    free: SimpleQueue[Workbench],
    module: str,
    tests: Sequence[str],
    most: int | None,
    seed: int,
    pool: ThreadPoolExecutor,
) -> Found:
    """Try the mutants of a module. Ends the program when the tests fail without a fault: then nothing could be told."""
    source = (ROOT / "src" / "renotify" / module).read_text(encoding="utf-8")
    mutants = sample(source, most, f"{seed} {module}")
    found = Found(module, len(mutants))
    if not mutants:
        return found
    with taken(free) as bench:
        begun = time.monotonic()
        passed, took = bench.run(tests)
        if not passed:
            sys.exit(f"The tests of {module} fail without a fault: {' '.join(tests)}")
        work, patience = 5 + 2 * took, 120 + 5 * (time.monotonic() - begun)

    def survives(mutant: Mutant) -> bool:
        with taken(free) as bench:
            bench.write(module, mutant.source)
            lives, _ = bench.run(tests, work, patience)
            bench.write(module, source)
        print("S" if lives else ".", end="", file=sys.stderr, flush=True)
        return lives

    lives = pool.map(survives, mutants)
    found.survivors = [mutant for mutant, alive in zip(mutants, lives, strict=True) if alive]
    say(found, source)
    return found


def say(found: Found, source: str) -> None:
    """Print what became of a module's mutants, and the lines of those that lived."""
    print(
        f"\n{found.module}: {found.tried - len(found.survivors)} of {found.tried} noticed",
        flush=True,
    )
    for mutant in found.survivors:
        print(f"  {found.module}:{mutant.line} {mutant.operator}")
        for line in changed_lines(source, mutant.source):
            print(f"    {line}", flush=True)


def table(results: Sequence[Found]) -> str:
    """Return the figures as a Markdown table, all modules together in its last line."""
    rows = [
        (f"`{one.module}`", one.tried, one.tried - len(one.survivors), len(one.survivors))
        for one in results
    ]
    total = tuple(sum(row[at] for row in rows) for at in (1, 2, 3))
    share = 100 * total[1] / total[0] if total[0] else 0.0
    lines = ["| module | mutants | noticed | survivors |", "| --- | ---: | ---: | ---: |"]
    lines += [f"| {name} | {tried} | {noticed} | {lived} |" for name, tried, noticed, lived in rows]
    return "\n".join([*lines, f"| all | {total[0]} | {total[1]} ({share:.1f} %) | {total[2]} |"])


def tests_of(modules: Mapping[str, Sequence[str]], part: str) -> dict[str, Sequence[str]]:
    """Return the modules whose path has a part in it, with their tests. Ends the program when a file is missing."""
    chosen = {module: tests for module, tests in modules.items() if part in module}
    for module, tests in chosen.items():
        for file in (f"src/renotify/{module}", *tests):
            if not (ROOT / file).exists():
                sys.exit(f"tools/mutants.toml names {file}, which does not exist.")
    return chosen


def main() -> None:
    """Read the options, try the mutants, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", default="10", help="mutants of each module, or all")
    parser.add_argument("--module", default="", help="only modules whose path has this in it")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--processes", type=int, default=2, choices=(1, 2))
    parser.add_argument(
        "--python",
        type=Path,
        default=ROOT / ".venv" / "bin" / "python",
        help="the interpreter that has the tests' packages",
    )
    asked = parser.parse_args()
    settings = tomllib.loads((ROOT / "tools" / "mutants.toml").read_text(encoding="utf-8"))
    most = None if asked.n == "all" else int(asked.n)
    command = [str(asked.python), str(WORKER), *settings["preload"]]
    modules = tests_of(settings["modules"], asked.module)
    with (
        workshop(command, asked.processes, settings["options"]) as free,
        ThreadPoolExecutor(asked.processes) as pool,
    ):
        results = [
            examine(free, module, tests, most, asked.seed, pool)
            for module, tests in modules.items()
        ]
    print(table(results))


if __name__ == "__main__":
    main()
