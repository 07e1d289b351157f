"""The vehicles of each dealer: a file beside its notice, and the first of them in the notice.

Owner contact is no part of it unless asked for: then only of vehicles with an open recall assigned
to that dealer, and each such list is a disclosure of motor vehicle records (18 USC 2721(b), (c)).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from renotify.campaigns.remedy_days import with_remedied
from renotify.ledger import artifacts, follow_ups, registry, tables
from renotify.ledger.holders import GIVEN_UP, NOTHING_BESIDE, beside, holders
from renotify.ledger.returned_mail import came_back
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import visit_stands
from renotify.ledger.unknown_owners import NO_OWNER
from renotify.plans.in_force import plan_in_force
from renotify.values.arrow_sql import arrow_sql
from renotify.values.english import short_month_day
from renotify.values.private_in_names import names_only

SHOWN = 120  # vehicles printed in a notice; its file has them all
HELD = "held"  # listed, but the plan has no week for it
VISIT_BOOKED = "visit booked"  # the same, of an owner whose visit is booked: a voluntary letter waits while it stands
CAME_BACK = "came back"  # its letter did: its owner is looked for
UNREACHABLE = "unreachable"  # its letter came back, and the search has ended
NO_LETTER = "no letter"  # left out of the list: the reason is in the follow-up
SOLD = "buyer unknown"  # the dealer reported it sold, and nobody is on record since
UNPRINTABLE = re.compile(r"[^ -~¡-ɏ]")
COLUMNS = ("vin", "vehicle", "campaigns", "letter")
ASSIGNED = pa.schema([("vin", pa.string()), ("dealer_code", pa.string())])
OWNER_COLUMNS = ("owner", "owner_address", "owner_phone")

_VEHICLES = """
with open_now as (
    select s.vin, string_agg(s.campaign_code, '+' order by s.campaign_code) as campaigns,
           bool_or(c.family = 'safety') as recalled
    from state s join campaign c using (campaign_code)
    where s.current and s.status = 'open' and s.campaign_code in (select unnest($codes))
    group by s.vin
), unreachable as (
    select s.vin, string_agg(s.campaign_code, '+' order by s.campaign_code) as campaigns,
           bool_or(c.family = 'safety') as recalled
    from state s join campaign c using (campaign_code)
    where s.current and s.status = 'unreachable' and s.reason = 'failure_to_receive'
      and s.campaign_code in (select unnest($codes)) and s.vin not in (select vin from open_now)
    group by s.vin
), to_do as (
    select *, false as back from open_now union all by name select *, true as back from unreachable
), letters as (
    select vin, min(week) as week, arg_min(remedied, (week, family)) filter (week is not null) as remedied,
        bool_or(left_out = '') as listed
    from listed group by vin
), served as (
    select vin, dealer_code from vehicle semi join dealer using (dealer_code) anti join moved_away using (vin)
    union all select vin, dealer_code from assigned
), newest as (
    select * from owner semi join (from holder where holds) using (vin, role, as_of)
    qualify row_number() over (
        partition by vin order by list_position(['lessee', 'owner', 'lessor'], role)) = 1
)
select d.dealer_code, o.vin, coalesce(v.model_year || ' ' || v.model, '') as vehicle, o.campaigns,
       case when o.back then $unreachable when o.vin in (select vin from came_back) then $came_back
            when l.week is not null
            then strftime(greatest($first_week + to_days(7 * cast(l.week as integer)), $first_day,
                                   l.remedied), '%Y-%m-%d')
            when l.listed and o.vin in (select vin from booked) then $visit_booked
            when l.listed then $held
            when exists (select 1 from sold b where b.vin = o.vin and b.dealer_code = d.dealer_code) then $sold
            else $no_letter end as letter,
       l.week as week, o.recalled {owner_columns}
from to_do o join served d using (vin) left join vehicle v using (vin)
left join letters l using (vin) {owner_join}
order by d.dealer_code, o.back, l.week nulls last, letter, o.vin
"""
_OWNER_COLUMNS = """,
       case when o.recalled then concat_ws(' ', n.name1, nullif(n.name2, '')) else '' end as owner,
       case when o.recalled then concat_ws(', ', n.addr1, nullif(n.addr2, ''), n.city,
            nullif(trim(n.state || ' ' || n.zip), ''), nullif(n.country, '')) else '' end as owner_address,
       case when o.recalled then coalesce(n.phone, '') else '' end as owner_phone
"""

# Left out for want of an owner, and sold by a dealer after the last record.
_SOLD = f"""
select distinct s.vin, s.dealer_code from dealer_stock s join listed l on l.vin = s.vin
where l.follow_up = :follow_up and l.left_out in ('{GIVEN_UP}', '{NO_OWNER}') and s.sold_date <= :day and {{scope}}
    and not exists (select 1 from dealer_stock n where n.vin = s.vin and n.in_date > s.in_date)
    and not exists (select 1 from owner o where o.vin = s.vin and o.as_of > s.in_date)
"""


def by_dealer(
    session: Session,
    name: str,
    codes: Sequence[str],
    first_day: date,
    *,
    on: date | None = None,
    with_owners: bool = False,
    scope: Scope = ALL,
) -> Iterator[tuple[str, pa.Table]]:
    """Yield each dealer's open vehicles in the order of their letters, then those that are unreachable: (dealer code, table).

    Columns are ``COLUMNS``, and ``OWNER_COLUMNS`` when asked: filled for vehicles with an open
    recall only, never for one with a service campaign alone: of those who hold the vehicle on the
    day of the first letter the lessee, else the owner. ``letter`` is a word, or the first day on which the
    letter may go: that of its week, or of its remedy where that is later; of mail that came back it says what is known
    ``on`` a day. A vehicle without a dealer of its own, or whose visit is too long for it, stands with the dealer at which the follow-up
    planned it.
    """
    found = _read(
        session, name, codes, first_day, on=on or first_day, with_owners=with_owners, scope=scope
    )
    dealers = found["dealer_code"].combine_chunks()
    columns = [*COLUMNS, *(OWNER_COLUMNS if with_owners else ())]
    runs = pc.run_end_encode(dealers)
    start = 0
    for code, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        yield code, found.select(columns).slice(start, end - start)
        start = end


def _read(
    session: Session,
    name: str,
    codes: Sequence[str],
    first_day: date,
    *,
    on: date,
    with_owners: bool,
    scope: Scope,
) -> pa.Table:
    assigned = follow_ups.assigned(scope)
    given = {**scope.values, "follow_up": name}
    own = f"select v.vin from vehicle v where {scope.of('v.dealer_code')}"
    of_scope = f"vin in ({own} union all select a.vin from ({assigned}) a)"
    of_scope = "true" if scope.is_all else of_scope
    needed: dict[str, tuple[tuple[str, ...], str]] = {
        # the empty text: of a scope each vehicle's states are found by its VIN
        "state": (
            ("vin", "campaign_code", "current", "status", "reason"),
            f"current and status || '' in ('open', 'unreachable') and {of_scope}",
        ),
        "campaign": (("campaign_code", "family"), "true"),
        "vehicle": (
            ("vin", "model", "model_year", "build_date", "dealer_code"),
            of_scope,
        ),
        "dealer": (("dealer_code",), scope.of("dealer_code")),
    }
    if with_owners:
        needed["owner"] = ((), of_scope)
    read = {
        table: tables.read(session, table, *names, where=where, **_named(where, given))
        for table, (names, where) in needed.items()
    }
    read["assigned"] = session.read(assigned, ASSIGNED, **given)
    away = follow_ups.moved_away(scope)
    read["moved_away"] = session.read(away, pa.schema([("vin", pa.string())]), **given)
    if not with_owners:
        read["owner"] = tables.schema("owner").empty_table()
    known = (
        beside(session, first_day, of_scope, **_named(of_scope, given))
        if with_owners
        else NOTHING_BESIDE
    )
    asked = [*read["vehicle"]["vin"].chunks, *read["assigned"]["vin"].chunks]
    of_own = None if scope.is_all else pa.table({"vin": pa.chunked_array(asked, pa.string())})
    read["came_back"] = _came_back(session, on, of_own)
    booked = (
        f"select distinct a.vin as vin from appointment a where {visit_stands('a')} and {of_scope}"
    )
    read["booked"] = session.read(
        booked, pa.schema([("vin", pa.string())]), **_named(of_scope, given)
    )
    sold = _SOLD.format(scope=scope.of("s.dealer_code"))
    read["sold"] = session.read(sold, ASSIGNED, **given, day=on)
    read["holder"] = holders(read["owner"], first_day, known)
    read["owner"] = names_only(read["owner"])
    values = {
        "codes": list(codes),
        "first_week": plan_in_force(session, name).first_week,
        "first_day": first_day,
        "held": HELD,
        "visit_booked": VISIT_BOOKED,
        "no_letter": NO_LETTER,
        "sold": SOLD,
        "came_back": CAME_BACK,
        "unreachable": UNREACHABLE,
    }
    sql = _VEHICLES.format(
        owner_columns=_OWNER_COLUMNS if with_owners else "",
        owner_join="left join newest n using (vin)" if with_owners else "",
    )
    with arrow_sql() as arrow:
        columns = ("vin", "family", "bundle", "left_out", "week")
        listed = follow_ups.listed(session, name, scope, columns=columns)
        arrow.register("listed", _with_remedied(session, name, listed, read["vehicle"]))
        for table, rows in read.items():
            arrow.register(table, rows)
        return arrow.sql(sql, params=values).to_arrow_table()


def _came_back(session: Session, on: date, asked: pa.Table | None) -> pa.Table:
    """Return the vehicles (vin) of which a letter came back from the newest address that is known; of those ``asked`` for, or of all."""
    own = ""
    if asked is not None:
        own = "came_back_asked"
        session.stage(own, asked)
    session.stage("came_back_record", came_back(session, on, own))
    return session.read(
        "select distinct b.vin from came_back_record b"
        " where not exists (select 1 from owner o where o.vin = b.vin and o.as_of > b.as_of)",
        pa.schema([("vin", pa.string())]),
    )


def _with_remedied(session: Session, name: str, listed: pa.Table, vehicles: pa.Table) -> pa.Table:
    """Add ``remedied``: the day for which a letter waits, that of the vehicle's own remedies; null where it waits for none."""
    settings = follow_ups.settings(session, name)
    if not settings.is_follow_up:
        return listed.append_column("remedied", pa.nulls(listed.num_rows, pa.date32()))
    own = vehicles.take(pc.index_in(listed["vin"], vehicles["vin"].combine_chunks()))
    asked = own.select(["model", "model_year", "build_date"]).append_column(
        "bundle", listed["bundle"]
    )
    known = with_remedied(asked, registry.campaigns(session, settings.campaigns))
    return listed.append_column("remedied", known["remedied"])


def _named(where: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values that a condition names."""
    return {name: value for name, value in values.items() if f":{name}" in where}


def write(path: Path, vehicles: pa.Table) -> Path:
    """Write a dealer's vehicles as CSV and return the path; the same rows give the same bytes."""
    arrow_csv.write_csv(vehicles, path)
    return path


def returned(vehicles: pa.Table) -> tuple[int, list[list[str]]]:
    """Return how many vehicles' mail came back, and the first of them as rows to print: VIN, vehicle, campaigns."""
    back = vehicles.filter(pc.is_in(vehicles["letter"], pa.array([CAME_BACK, UNREACHABLE])))
    first = back.slice(0, SHOWN)
    columns = [first[name].to_pylist() for name in ("vin", "vehicle", "campaigns")]
    return back.num_rows, [list(row) for row in zip(*columns, strict=True)]


def shown(vehicles: pa.Table) -> list[list[str]]:
    """Return the first open vehicles as rows to print; what the face lacks in a name becomes ``?``."""
    first = vehicles.filter(pc.not_equal(vehicles["letter"], UNREACHABLE)).slice(0, SHOWN)
    columns = [first[name].to_pylist() for name in ("vin", "vehicle", "campaigns")]
    columns.append(_short_days(first["letter"]))
    if "owner" in first.column_names:
        contact = zip(*(first[name].to_pylist() for name in OWNER_COLUMNS), strict=True)
        contacts = [" · ".join(filter(None, parts)) for parts in contact]
        columns.append([UNPRINTABLE.sub("?", text) for text in contacts])
    return [list(row) for row in zip(*columns, strict=True)]


def _short_days(letters: pa.ChunkedArray) -> list[str]:
    """``2013-03-05`` as ``Mar 5``; the words stay."""
    words = {
        text: short_month_day(date.fromisoformat(text))
        for text in letters.unique().to_pylist()
        if text not in {HELD, VISIT_BOOKED, NO_LETTER, SOLD, CAME_BACK, UNREACHABLE}
    }
    return [words.get(text, text) for text in letters.to_pylist()]


def disclose(session: Session, code: str, vehicles: pa.Table, follow_up: str) -> None:
    """Record in the open transaction that this dealer is given owner contact, before it is written (18 USC 2721(c))."""
    given = vehicles.filter(pc.not_equal(pc.fill_null(vehicles["owner"], ""), ""))
    if given.num_rows:
        artifacts.disclose(
            session,
            f"dealer {code}",
            artifacts.PERMITTED_PURPOSE,
            f"owner contact in the dealer notice of {follow_up}",
            given["vin"],
        )
