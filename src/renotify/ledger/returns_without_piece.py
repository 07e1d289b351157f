"""Returns that name the vehicle and its campaign, and not the letter: of which letter they are.

Candidates are the letters about the campaign that were in the mail to the vehicle by the day of the return and had not come back, also
those that were released before it and that the mail house has not answered for; where the return states the day of mailing, those that
were mailed on it. One candidate is the letter. Of several a person must say which (``mail work``); while all of them went to the same
address, that is where nobody was found.
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from renotify.ledger import spelled_alike
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session, Value
from renotify.values.arrow_sql import arrow_sql

GIVEN = pa.schema(
    [(name, pa.string()) for name in ("vin", "campaign_code", "return_code")]
    + [("mailed_date", pa.date32()), ("returned_date", pa.date32())]
)
KNOWN = pa.schema(
    [(name, pa.string()) for name in ("piece_id", "vin", "bundle", "return_code", "state")]
    + [("mailed_on", pa.date32()), ("returned_on", pa.date32()), ("checked_on", pa.date32())]
)
_CANDIDATES = """
with candidate as (
    select g.place, p.piece_id, p.bundle, p.returned_on is not null as told_before
    from (select row_number() over () as place, * from given) g join known p on p.vin = g.vin
        and (g.campaign_code = '' or contains('+' || p.bundle || '+', '+' || g.campaign_code || '+'))
        and (p.mailed_on <= g.returned_date and (g.mailed_date is null or g.mailed_date = p.mailed_on)
            or p.state = 'printed' and g.mailed_date is null and p.checked_on < g.returned_date)
    where p.returned_on is null or p.returned_on = g.returned_date and p.return_code = g.return_code
), judged as (
    select place, count(*) as letters, count(*) filter (told_before) as told,
        min(piece_id) as only_one, min(piece_id) filter (told_before) as told_one,
        string_agg(distinct bundle, '+' order by bundle) as bundles
    from candidate group by place
)
select coalesce(case when told = 1 then told_one when letters = 1 then only_one end, '') as piece_id, coalesce(letters, 0) as letters,
    coalesce(bundles, '') as bundles
from (select row_number() over () as place from given) g left join judged using (place) order by place
"""
_OUT = pa.schema([("piece_id", pa.string()), ("letters", pa.int64()), ("bundles", pa.string())])

# A return ``e`` that names no piece may be of the piece ``p`` of its vehicle.
LOOSE_OF = """('+' || p.bundle || '+' like '%+' || e.campaign_code || '+%'
    and p.mailed_on <= e.occurred_on and (p.returned_on is null or p.returned_on > e.occurred_on)
    and e.subject in ('return|' || e.campaign_code || '|', 'return|' || e.campaign_code || '|' || p.mailed_on))"""
_LOOSE = f"""
select e.vin, e.campaign_code || '|' || e.content as letter, e.return_code, e.occurred_on as returned_on,
    p.role, p.owner_as_of, p.follow_up, p.wave, p.mailed_on,
    o.place as address
from event e join piece p on p.vin = e.vin and {LOOSE_OF}
join owner_said o on o.vin = p.vin and o.role = p.role and o.as_of = p.owner_as_of
where e.kind = 'returned' and e.occurred_on <= :on and {{only}} and {stands("e")}
    and exists (select 1 from piece any_piece where any_piece.mailed_on is not null)
"""
# The vehicles with a return, of which a piece was mailed.
_OF_MAILED_PIECES = (
    "select e.vin from event e where e.kind = 'returned' and e.subject like 'return|%'"
    " and exists (select 1 from piece p where p.vin = e.vin and p.mailed_on is not null) and {only}"
)
LOOSE = pa.schema(
    [(name, pa.string()) for name in ("vin", "letter", "return_code")]
    + [("returned_on", pa.date32()), ("role", pa.string()), ("owner_as_of", pa.date32()), ("follow_up", pa.string()),
       ("wave", pa.int64()), ("mailed_on", pa.date32()), ("address", pa.string())]
)  # fmt: skip
_OF_ONE_ADDRESS = """
select * from loose
qualify min(address) over (partition by vin, letter) = max(address) over (partition by vin, letter)
"""


def letters_of(given: pa.Table, known: pa.Table) -> pa.Table:
    """Return for each return (``GIVEN``) the letter that it is of, of the known ones (``KNOWN``), and how many candidates there are.

    ``bundles`` has the campaigns of all candidates; a blank campaign_code asks for any. ``piece_id`` is blank where none or several
    are. A return that was told before is of the letter that it was of then.
    """
    with arrow_sql() as arrow:
        arrow.register("given", given.select(GIVEN.names).cast(GIVEN))
        arrow.register("known", known.select(KNOWN.names).cast(KNOWN))
        return arrow.sql(_CANDIDATES).to_arrow_table().cast(_OUT)


def of_vehicles(row: str, vin: str = "", vehicles: str = "") -> tuple[str, dict[str, Value]]:
    """Return the condition, as SQL with its values, that a row is of one vehicle, of those of a staged table (vin), or of any."""
    if vin:
        return f"{row}.vin = :vin", {"vin": vin}
    return (f"{row}.vin in (select vin from {vehicles})" if vehicles else "true"), {}


def of_one_address(session: Session, on: date, vin: str = "", vehicles: str = "") -> pa.Table:
    """Return the candidates (``LOOSE``) of returns without a letter whose candidates went to one address; of the vehicles asked for."""
    only, values = of_vehicles("e", vin, vehicles)
    spelled_alike.stage(session, _OF_MAILED_PIECES.format(only=only), **values)
    loose = session.read(_LOOSE.format(only=only), LOOSE, on=on, **values)
    if not loose.num_rows:
        return loose
    with arrow_sql() as arrow:
        arrow.register("loose", loose)
        return arrow.sql(_OF_ONE_ADDRESS).to_arrow_table().cast(LOOSE)
