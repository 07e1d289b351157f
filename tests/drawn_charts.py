"""Charts drawn once a run: the same figures give the same picture, which takes a third of a second, in whatever process of the run."""

from __future__ import annotations

import os
from pathlib import Path

import compiled_letters


class OfTheRun(dict[str, str]):
    """In the place of the pictures that a process keeps: files that all processes of the run read."""

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        file = self._file(key)
        return file.read_bytes().decode() if file.exists() else default

    def __setitem__(self, key: str, picture: str) -> None:
        half = self._file(f"{key}-{os.getpid()}")
        half.write_bytes(picture.encode())
        half.rename(self._file(key))

    def _file(self, name: str) -> Path:
        return Path(os.environ[compiled_letters.FOLDER]) / f"chart-{name}.svg"


class Nothing(dict[str, str]):
    """For tests of the drawing itself."""

    def __setitem__(self, key: str, picture: str) -> None:
        """Keep nothing."""
