"""How many appointments were kept, and how many owners did not come."""

from __future__ import annotations

from typing import NamedTuple

from renotify.ledger.session import Session

LEAST = 30  # appointments kept or missed from which their share says something


class KeptAppointments(NamedTuple):
    """Appointments on file whose owners came, and those whose owners did not; booked and cancelled ones are neither."""

    kept: int
    missed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.kept + self.missed

    @property
    def missed_share(self) -> float:
        """The share whose owners did not come; 0 without any."""
        return self.missed / self.total if self.total else 0.0


def kept_appointments(session: Session) -> KeptAppointments:
    """Count the appointments of the ledger that were kept (arrived, done) and missed (no_show)."""
    (found,) = session.rows(
        KeptAppointments,
        "select coalesce(sum(case when status in ('arrived', 'done') then 1 else 0 end), 0) as kept,"
        " coalesce(sum(case when status = 'no_show' then 1 else 0 end), 0) as missed from appointment",
    )
    return found
