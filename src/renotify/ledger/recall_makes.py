"""Of which makes NHTSA's recalls are taken: those that somebody stated, else those of the ledger's own vehicles and campaigns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.makes import make_keys
from renotify.errors import WrongUse
from renotify.ledger import tables
from renotify.ledger.kinds import SourceKind
from renotify.ledger.session import Session
from renotify.ledger.sources import named, record

OF_THE_LEDGER = "ledger"  # stated in place of a make: back to the ledger's own
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


def of_ledger(session: Session, campaigns: Iterable[Campaign]) -> Makes:
    """Return the makes whose recalls are taken, at this instant."""
    said = stated(session)
    if said is not None:
        return said
    made = session.read("select distinct make from vehicle", pa.schema([("make", pa.string())]))
    own = {*made["make"].to_pylist(), *(campaign.make for campaign in campaigns)}
    return Makes(tuple(sorted(own)), "the makes of this ledger's vehicles and campaigns")


def stated(session: Session) -> Makes | None:
    """Return the makes that somebody stated, or None."""
    rows = tables.read(session, "recall_make", order="make")
    if not rows.num_rows:
        return None
    (source,) = named(session, set(rows["source_id"].to_pylist()))
    because = f"as `load --make` said on {source.recorded_at.date()}"
    return Makes(tuple(rows["make"].to_pylist()), because, stated=True)


def state(session: Session, makes: Sequence[str]) -> str:
    """Record, in the open transaction, of which makes recalls are taken from now on; return it as a sentence.

    ``ledger`` alone takes back what was stated. Raises WrongUse for ``ledger`` beside a make, and for a blank.
    """
    words = sorted({" ".join(make.upper().split()) for make in makes})
    if not all(words) or (OF_THE_LEDGER.upper() in words and len(words) > 1):
        raise WrongUse(
            "--make takes the name of a make.",
            f"Repeat it for several; `--make {OF_THE_LEDGER}` alone goes back to the ledger's own makes.",
        )
    session.execute("delete from recall_make")
    if words == [OF_THE_LEDGER.upper()]:
        return "Recalls are taken of the makes of this ledger's vehicles and campaigns from now on."
    source = record(session, SourceKind.COMMAND, "load --make", table="recall_make")
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
