"""Since when a vehicle that is or was new in a dealer's stock has somebody to write to."""

from __future__ import annotations

from datetime import date

from renotify.ledger import fold

EVER = date(
    9999, 12, 31
)  # a day that never comes: of what nobody owns yet, and of letters whose last day is not known


def sold_new(part: fold.AsOf = fold.EVERYTHING) -> str:
    """Return SQL of the vehicles that are or were new in a dealer's stock, and since when each is ``owned`` (``:ever``: by nobody yet).

    It was sold, or somebody is on record, by the owner rows that the part knows. Before that nobody is to be written to
    (577.7(a)(2)(i)), and its dealer is told (577.13); a vehicle of which merely nobody knows the owner is owed a letter as any other.
    """
    return f"""select vin, case when known < sold then known else sold end as owned from (
        select k.vin, coalesce(k.sold_date, :ever) as sold,
            coalesce((select min(w.as_of) from owner w where w.vin = k.vin {part.known("w")}), :ever) as known
        from dealer_stock k where k.stock_type = 'new') stocked"""
