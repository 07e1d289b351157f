"""What takes long is made once a run: the first process that asks makes it, the others of the run read it."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import compiled_letters

Made = TypeVar("Made")


def once_a_run(name: str, make: Callable[[], Made]) -> Made:
    """Return what ``make`` gives, made by one process of the run and kept as a file for the others: of plain data alone."""
    kept = Path(os.environ[compiled_letters.FOLDER]) / f"{name}.pickle"
    with kept.with_suffix(".turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not kept.exists():
            half = kept.with_suffix(".half")
            half.write_bytes(pickle.dumps(make()))
            half.rename(kept)
        return cast("Made", pickle.loads(kept.read_bytes()))  # noqa: S301 - our own file of this run
