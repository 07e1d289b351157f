"""Of which makes NHTSA's recalls are taken: those that somebody stated, else those of the ledger's own vehicles and campaigns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.makes import make_key, make_keys, names_make
from renotify.errors import WrongUse
from renotify.ledger import tables
from renotify.ledger.kinds import SourceKind
from renotify.ledger.session import Session
from renotify.ledger.sources import named, record

OF_THE_LEDGER = "ledger"  # stated in place of a make: back to the ledger's own
_ON = " --on "  # parts the command, as its source is named, from the day that it was run for
_STAGED = "recall_makes_stated"


@dataclass(frozen=True)
class Makes:
    """Makes as they were written, and who said so in words for a note."""

    makes: tuple[str, ...]
    because: str
    stated: bool = False

    @property
    def keys(self) -> frozenset[str]:
        return make_keys(self.makes)


@dataclass(frozen=True)
class MakesInFiles:
    """The makes in the recall files of a load, and the manufacturers' names in its quarterly ones."""

    makes: frozenset[str]
    makers: frozenset[str]

    def has(self, make: str) -> bool:
        """Tell whether a file has a make."""
        key = make_key(make)
        return key in make_keys(self.makes) or any(names_make(name, [key]) for name in self.makers)


def of_ledger(session: Session, campaigns: Iterable[Campaign]) -> Makes:
    """Return the makes whose recalls are taken, at this instant."""
    said = stated(session)
    if said is not None:
        return said
    return Makes(
        tuple(_own(session, campaigns)), "the makes of this ledger's vehicles and campaigns"
    )


def _own(session: Session, campaigns: Iterable[Campaign]) -> list[str]:
    """Return the makes of the ledger's vehicles and campaigns, in order."""
    made = session.read("select distinct make from vehicle", pa.schema([("make", pa.string())]))
    return sorted({*made["make"].to_pylist(), *(campaign.make for campaign in campaigns)})


def stated(session: Session) -> Makes | None:
    """Return the makes that somebody stated, or None."""
    rows = tables.read(session, "recall_make", order="make")
    if not rows.num_rows:
        return None
    (source,) = named(session, set(rows["source_id"].to_pylist()))
    command, _, day = source.name.partition(_ON)
    because = f"as `{command}` said on {day or source.recorded_at.date()}"
    return Makes(tuple(rows["make"].to_pylist()), because, stated=True)


def state(
    session: Session,
    makes: Sequence[str],
    on: date,
    campaigns: Iterable[Campaign],
    of_files: Callable[[], MakesInFiles],
) -> str:
    """Record, in the open transaction, of which makes recalls are taken from a day on; return it as a sentence.

    One text may name several, parted by commas. ``ledger`` alone takes back what was stated. Raises WrongUse for
    ``ledger`` beside a make, for a blank, and for a make that neither the ledger nor the files of the load have.
    """
    words = sorted({" ".join(make.upper().split()) for text in makes for make in text.split(",")})
    if not all(words) or (OF_THE_LEDGER.upper() in words and len(words) > 1):
        raise WrongUse(
            "--make takes the name of a make.",
            f"Repeat it for several; `--make {OF_THE_LEDGER}` alone goes back to the ledger's own makes.",
        )
    if words != [OF_THE_LEDGER.upper()]:
        _refuse_unknown(session, words, campaigns, of_files)
    session.execute("delete from recall_make")
    if words == [OF_THE_LEDGER.upper()]:
        return "Recalls are taken of the makes of this ledger's vehicles and campaigns from now on."
    source = record(session, SourceKind.COMMAND, f"load --make{_ON}{on}", table="recall_make")
    columns = [[source] * len(words), list(range(1, len(words) + 1)), words]
    schema = tables.schema("recall_make")
    session.stage(_STAGED, pa.table(columns, schema=schema))
    names = ", ".join(schema.names)
    session.execute(f"insert into recall_make ({names}) select {names} from {_STAGED}")
    session.execute(f"drop table {_STAGED}")
    return (
        f"Recalls are taken of {', '.join(words)} from now on;"
        f" `--make {OF_THE_LEDGER}` goes back to the makes of this ledger's vehicles and campaigns."
    )


def _refuse_unknown(
    session: Session,
    words: Sequence[str],
    campaigns: Iterable[Campaign],
    of_files: Callable[[], MakesInFiles],
) -> None:
    """Refuse a make that nobody knows; the files are asked only for what the ledger does not have."""
    before = stated(session)
    known = (*_own(session, campaigns), *(before.makes if before else ()))
    own = {make_key(make): make for make in known}
    unknown = [word for word in words if make_key(word) not in own]
    files = of_files() if unknown else MakesInFiles(frozenset(), frozenset())
    there = own | {make_key(make): make for make in files.makes if make_key(make)}
    for word in unknown:
        if not files.has(word):
            near = get_close_matches(make_key(word), there, 1)
            raise WrongUse(
                f"--make {word}: neither the files of this load nor the ledger's vehicles and campaigns have this make.",
                f"{f'Did you mean {there[near[0]]}? ' if near else ''}The makes stay as they were stated before.",
            )
