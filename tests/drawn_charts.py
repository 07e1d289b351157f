"""Charts drawn once a run: the same specification gives the same drawing, which takes a third of a second."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import compiled_letters


def drawn(draw: Callable[..., str]) -> Callable[..., str]:
    """Return ``vl_convert.vegalite_to_svg``, which the processes of a run ask once for each specification, by all its bytes."""

    def kept(specification: dict[str, Any], **how: Any) -> str:
        text = json.dumps([specification, how], sort_keys=True, default=str)
        name = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        file = Path(os.environ[compiled_letters.FOLDER]) / f"chart-{name}.svg"
        if not file.exists():
            half = file.with_suffix(f".{os.getpid()}")
            half.write_bytes(draw(specification, **how).encode())
            half.rename(file)
        return file.read_bytes().decode()

    return kept
