"""Takes files in: checks every row against the contract, and records what it says, once.

``load`` is the room's one door; docs/reference/files.md is the contract in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from renotify.errors import RenotifyError
from renotify.ledger.intake import files as input_files
from renotify.ledger.intake.loaded import Loaded
from renotify.ledger.intake.loading import Load, TypedBy, read_ahead
from renotify.ledger.intake.rejects import Rejects
from renotify.ledger.registry import Counts
from renotify.ledger.session import Session
from renotify.values.progress_callback import Progress

__all__ = ["Counts", "Loaded", "Progress", "TypedBy", "load"]


def load(  # noqa: PLR0913 - one door, one name for each choice
    session: Session,
    paths: Sequence[Path],
    *,
    on: date,
    strict: bool = False,
    progress: Progress | None = None,
    rejects_dir: Path | None = None,
    makes: Sequence[str] = (),
    typed: TypedBy | None = None,
) -> Loaded:
    """Load files and folders into the ledger; the same again changes nothing.

    ``on`` is the day of the load: later dates are refused. Refused rows go to a rejects file, the
    others are loaded; with ``strict`` one refused row means that nothing is loaded (BadInput).
    ``makes`` states of which makes NHTSA's recalls are taken, from now on. ``typed`` says that a person typed the rows at a desk.
    Raises BadInput, before anything is written, for a file that cannot be read as its table.
    """
    found, notes = input_files.find(paths)
    files = [input_files.inspect(file) for file in found]
    layouts = read_ahead(files)
    loaded = Loaded(notes=[*notes, *input_files.encodings(files)])
    loaded.notes += [note for layout in layouts.values() for note in layout.notes]
    rejects = Rejects(files)
    task = Load(session, files, layouts, on, strict, progress, rejects, loaded, makes, typed)
    try:
        task.run()
    except RenotifyError as error:
        written = rejects.write(rejects_dir)
        error.hint += f" The refused rows are in {written}." if written else ""
        raise
    loaded.rejects = rejects.write(rejects_dir)
    loaded.refused = rejects.write_rows(rejects_dir, layouts)
    return loaded
