"""Pictures of the same figures are drawn once a process: to say what a chart is made of takes longer than to draw it."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, MutableMapping
from functools import wraps
from threading import Lock
from typing import ParamSpec

MOST = 32  # pictures of a process, some 20 kB each
KEPT: MutableMapping[str, str] = {}  # by the digest of their figures
Figures = ParamSpec("Figures")
_turn = Lock()


def drawn_once(chart: Callable[Figures, str]) -> Callable[Figures, str]:
    """Return a chart that is drawn once of the same figures, by all their bytes. The oldest picture goes where there are ``MOST``."""

    @wraps(chart)
    def drawn(*figures: Figures.args, **named: Figures.kwargs) -> str:
        all_said = pickle.dumps((chart.__name__, figures, named))
        key = hashlib.blake2b(all_said, digest_size=16).hexdigest()
        picture = KEPT.get(key)
        if picture is None:
            picture = chart(*figures, **named)
            _keep(key, picture)
        return picture

    return drawn


def _keep(key: str, picture: str) -> None:
    with _turn:
        if len(KEPT) >= MOST:
            del KEPT[next(iter(KEPT))]
        KEPT[key] = picture
