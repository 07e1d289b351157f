"""Who is owed the second notice: an interim letter told the owner that there is no remedy yet, and now there is one (49 CFR 577.7(a)(1)).

Asked of each open campaign of a vehicle. It stays open to a second notice when a letter that said that its remedy is not there was
mailed (the remedy had no day then, or one to come, or by the plan kits or hours did not suffice), none that said that it is there, no
other list of second notices has it, and the day of the vehicle's own remedy is known. Each other one is left out under a named
reason (``REASONS``). What a letter said is decided by what was known when its wave was released; of a letter that this ledger did
not release only the day is known, and it is held against the day of the remedy. A provisional notification told of none (577.6(b)).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import SECOND_NOTICE, FollowUpSettings
from renotify.campaigns.remedy_days import with_remedied
from renotify.ledger import registry
from renotify.ledger.campaign_history import histories
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.ledger.status import in_campaigns
from renotify.values.arrow_sql import arrow_sql
from renotify.values.different_rows import of_each

NOT_KNOWN = "remedy_not_known"  # the remedy has no day: its second notice comes when it has one
NO_INTERIM = "no_interim_letter"  # no letter is recorded as mailed that said that the remedy is not there: a first notice is owed
ELSEWHERE = "in_second_notice"  # another list of second notices has it, and has not mailed it yet
TOLD = "told_of_remedy"  # a letter was mailed that said that the remedy is there
REASONS = (
    NOT_KNOWN,
    NO_INTERIM,
    ELSEWHERE,
    TOLD,
)  # of several campaigns the first of these is the vehicle's

_STAGED = "second_notice_vehicle"
_IN_FLIGHT = "p.state in ('listed', 'planned', 'released', 'printed')"
_TEXTS = ("vin", "campaign_code", "subject")
_MAILED = pa.schema([*((name, pa.string()) for name in _TEXTS), ("occurred_on", pa.date32())])
_PIECE = pa.schema(
    [(name, pa.string()) for name in ("vin", "piece_id", "bundle", "kind", "released_at")]
    + [
        ("checked_on", pa.date32()),
        ("in_flight", pa.bool_()),
        ("own", pa.bool_()),
        ("interim", pa.bool_()),
    ]
)
_VEHICLE = pa.schema(
    [("vin", pa.string()), ("model", pa.string()), ("model_year", pa.int64()), ("build_date", pa.date32())]
)  # fmt: skip
# Of each mailed letter of another list: who released it when, or nobody here. A piece of its own list may be sent again.
_LETTERS = """
    select m.vin, m.campaign_code as bundle, coalesce(p.kind, '') as kind, coalesce(p.interim, false) as interim,
        coalesce(p.released_at, '') as released_at, coalesce(p.checked_on, m.occurred_on) as said_on,
        v.model, v.model_year, v.build_date
    from mailed m left join vehicle v using (vin)
    left join piece p on p.vin = m.vin and m.subject = 'mail|' || p.piece_id || '|' || m.campaign_code
    where not coalesce(p.own, false)"""
_OWED = """
    with told as (select vin, bundle, bool_or(waiting) as waiting, bool_or(not waiting) as there from said group by all),
    elsewhere as (select distinct vin, unnest(string_split(bundle, '+')) as code from piece where in_flight)
    select s.vin, s.campaign_code, case when s.status <> 'open' then s.status
            when coalesce(t.there, false) then $told when e.vin is not null then $elsewhere
            when not coalesce(t.waiting, false) then $no_interim
            when r.remedied is null then $not_known else s.status end as status, s.reason
    from standing s left join told t on t.vin = s.vin and t.bundle = s.campaign_code
    left join elsewhere e on e.vin = s.vin and e.code = s.campaign_code
    left join remedy r on r.vin = s.vin and r.bundle = s.campaign_code"""


def owed(
    session: Session, standing: pa.Table, campaigns: Mapping[str, Campaign], name: str
) -> pa.Table:
    """Return ``standing`` (vin, campaign_code, status, reason) with one of ``REASONS`` as the status of each campaign that is open
    and owed no second notice by the follow-up ``name``; campaigns that are not asked for stay as they are.
    """
    asked = pc.is_in(standing["campaign_code"], pa.array(list(campaigns), pa.string()))
    own, others = standing.filter(asked), standing.filter(pc.invert(asked))
    open_now = own.filter(pc.equal(own["status"], "open"))
    session.stage(_STAGED, pa.table({"vin": open_now["vin"].unique()}))
    with arrow_sql() as arrow:
        arrow.register("mailed", _mailed(session, campaigns))
        arrow.register("piece", _pieces(session, name))
        arrow.register("vehicle", _vehicles(session))
        letters = arrow.sql(_LETTERS).to_arrow_table()
        arrow.register("said", pa.concat_tables(_said(session, letters, campaigns)))
        arrow.register("open_now", open_now)
        rows = arrow.sql(
            "select o.vin, o.campaign_code as bundle, v.* exclude (vin)"
            " from open_now o left join vehicle v using (vin)"
        ).to_arrow_table()
        arrow.register("remedy", with_remedied(rows, campaigns))
        arrow.register("standing", own)
        words = {
            "told": TOLD, "elsewhere": ELSEWHERE, "no_interim": NO_INTERIM, "not_known": NOT_KNOWN,
        }  # fmt: skip
        judged = arrow.sql(_OWED, params=words).to_arrow_table()
    return pa.concat_tables([judged.select(standing.column_names).cast(standing.schema), others])


def not_told(session: Session, standing: pa.Table, settings: FollowUpSettings) -> pa.Table:
    """Return the standing of a wave's vehicles with ``TOLD`` where an owner was told of the remedy since the list was frozen."""
    campaigns = registry.campaigns(session, settings.campaigns)
    judged = owed(session, standing, campaigns, settings.name)
    status = pc.if_else(
        pc.is_in(judged["status"], pa.array(REASONS[:-1])), "open", judged["status"]
    )
    return judged.set_column(judged.column_names.index("status"), "status", status)


def _mailed(session: Session, campaigns: Mapping[str, Campaign]) -> pa.Table:
    where, values = in_campaigns(list(campaigns))
    return session.read(
        f"select e.vin, e.campaign_code, e.subject, e.occurred_on from {_STAGED} a join event e on e.vin = a.vin"
        f" where e.kind = 'mailed' and e.{where} and {stands('e')}",
        _MAILED,
        **values,
    )


def _pieces(session: Session, name: str) -> pa.Table:
    """Return the pieces of the vehicles that were released, and of second notices in other lists those on their way."""
    at = "w.released_at" if session.sqlite else "w.released_at at time zone 'utc'"
    return session.read(
        f"select p.vin, p.piece_id, p.bundle, f.kind, cast({at} as text) as released_at, p.checked_on,"
        f" f.kind = '{SECOND_NOTICE}' and f.name <> :name and {_IN_FLIGHT} as in_flight, f.name = :name as own,"
        " coalesce(l.interim, false) as interim"
        f" from {_STAGED} a join piece p on p.vin = a.vin join follow_up f on f.name = p.follow_up"
        " left join wave w on w.follow_up = p.follow_up and w.number = p.wave"
        " left join listed l on l.vin = p.vin and l.follow_up = p.follow_up and l.family = p.family",
        _PIECE,
        name=name,
    )


def _vehicles(session: Session) -> pa.Table:
    return session.read(
        f"select v.vin, v.model, v.model_year, v.build_date from {_STAGED} a join vehicle v on v.vin = a.vin",
        _VEHICLE,
    )


def _in_court(
    session: Session, rows: pa.Table, then: Mapping[str, Campaign] | None
) -> pa.ChunkedArray:
    """Return of each letter whether it was a provisional notification, which tells of no remedy (577.6(b)).

    ``then`` are the campaigns as they were known at its release; None: it was not released here: what had been stated by its day counts.
    """
    if then is not None:
        pending = [code for code, one in then.items() if one.provisional]
        return pc.is_in(rows["bundle"], pa.array(pending, pa.string()))
    known = histories(session, sorted(set(rows["bundle"].to_pylist())))

    def pending_on(code: str, day: str) -> bool:
        one = known[code].told_by(date.fromisoformat(day))
        return one is not None and one.provisional

    return of_each([rows["bundle"], rows["said_on"]], pending_on, pa.bool_())


def _said(
    session: Session, letters: pa.Table, campaigns: Mapping[str, Campaign]
) -> Iterator[pa.Table]:
    """Yield vin, bundle (one campaign) and whether the letter said that its remedy is ``waiting``, release by release."""
    columns = ["vin", "bundle", "waiting"]
    yield letters.slice(0, 0).append_column("waiting", pa.array([], pa.bool_())).select(columns)
    different = letters.group_by(["kind", "released_at"]).aggregate([]).to_pylist()
    for release in sorted(different, key=lambda row: (row["kind"], row["released_at"])):
        same = [pc.equal(letters[name], release[name]) for name in ("kind", "released_at")]
        rows = letters.filter(pc.and_(*same))
        then = campaigns
        if at := release["released_at"]:
            known_at = datetime.fromisoformat(at)
            then = registry.campaigns(session, list(campaigns), known_at=known_at)
        days = with_remedied(rows, then)["remedied"]
        later = pc.fill_null(pc.greater(days, rows["said_on"]), True)
        waiting = pc.or_(rows["interim"], pa.scalar(release["kind"] == "interim"))
        waiting = pc.or_(waiting, _in_court(session, rows, then if at else None))
        yield rows.append_column("waiting", pc.or_(waiting, later)).select(columns)
