"""Who still gets a letter: every vehicle of a wave is asked again at the instant of its release.

Between the freeze of a list and its mailing vehicles are repaired, exported, sold and moved. A
repaired vehicle gets no letter; a letter names only what is still open; the newest owner gets it.
The rule is a function of tables: nothing here reads a clock or a database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.holders import PERSON, REFUSED, Beside, holders
from renotify.ledger.kinds import PieceState
from renotify.values.address import address_problems, countries_of
from renotify.values.arrow_sql import arrow_sql
from renotify.values.piece import piece_ids
from renotify.values.placeholders import ADDRESS, Placeholders

PIECE_COLUMNS = (
    "vin", "piece_id", "follow_up", "family", "role", "bundle", "dealer_code", "language",
    "owner_as_of", "wave",
)  # fmt: skip
OWNER_COLUMNS = (
    "vin", "role", "as_of", "name1", "name2", "addr1", "addr2", "city", "state", "zip", "zip4", "delivery_point",
    "language", "country", "end_date",
)  # fmt: skip
STANDING = pa.schema([(name, pa.string()) for name in ("vin", "campaign_code", "status", "reason")])
ELSEWHERE = pa.schema([(name, pa.string()) for name in ("vin", "family", "role")])
RESTING = pa.schema([(name, pa.string()) for name in ("vin", "campaign_code")])

MOVED_OWNER = "moved_owner"
NO_OWNER = "no_owner"
MAIL_RETURNED = "mail_returned"  # from the holder's newest address
NOT_MAILABLE = "address_not_mailable"
TO_CONFIRM = "owner_to_confirm"
WRITTEN_ANEW = (
    "written_anew"  # a letter sent again, whose owner got one of another follow-up meanwhile
)
RESTS = "resting"  # somebody else wrote to the vehicle about what the piece names, less than the rest ago
LIVES_ABROAD = "address_abroad"
NOT_INVOLVED = "not_in_population"
CHECKED = "open on "  # then the day, for people; the column checked_on keeps it

# Of everyone who holds the vehicle the newest record, where it can be mailed: an older address is never written to, as the
# frozen list does not.
_ROLES = """
create temporary table addressee as
select o.*, b.vin is not null as came_back
from owner_record o join holder h using (vin, role, as_of) left join came_back b using (vin, role, as_of)
where h.holds and o.mailable;
"""

# The pieces of the plan, and one for each role that came to hold a vehicle since
_PIECES = """
create temporary table asked as
select *, false as added from planned
union all by name
select p.vin, n.piece_id, p.follow_up, p.family, n.role, p.bundle, p.dealer_code, p.language,
       h.as_of as owner_as_of, p.wave, true as added
from (select distinct vin, follow_up, family, bundle, dealer_code, language, wave from planned
      qualify row_number() over (partition by vin, family order by piece_id) = 1) p
join newcomer n on n.vin = p.vin and n.family = p.family
join holder h on h.vin = n.vin and h.role = n.role;
"""

_NEWCOMERS = """
select distinct p.vin, p.family, h.role from planned p join holder h on h.vin = p.vin
where h.holds and not exists (select 1 from planned q where q.vin = p.vin and q.family = p.family
                              and q.role = h.role)
  and not exists (select 1 from planned q join holder g on g.vin = q.vin and g.role = q.role
                  where q.vin = p.vin and q.family = p.family and g.holds)
  and not exists (select 1 from elsewhere e where e.vin = p.vin and e.family = p.family and e.role = h.role)
order by 1, 2, 3
"""

_DECIDE = """
with part as (
    select piece_id, vin, unnest(string_split(bundle, '+')) as code,
           generate_subscripts(string_split(bundle, '+'), 1) as place
    from asked
), stands as (
    select piece_id, code, place, coalesce(status, $not_involved) as status,
           case when status = 'unreachable' then 'unreachable_' || s.reason
                else coalesce(status, $not_involved) end as why,
           case status when 'open' then 0 when 'repaired' then 1 when 'inspected_ok' then 2
                when 'unreachable' then 3 when 'removed' then 4 else 5 end as rank
    from part left join standing s on s.vin = part.vin and s.campaign_code = part.code
), asked_again as (
    select piece_id,
           coalesce(string_agg(code, '+' order by place)
                    filter (where status = 'open'), '') as still,
           coalesce(string_agg(code || ' ' || why, ', ' order by place)
                    filter (where status <> 'open'), '') as closed,
           first(why order by rank, place) filter (where status <> 'open') as why
    from stands group by piece_id
), decided as (
    select a.* exclude (bundle, language, owner_as_of), a.bundle as listed_bundle,
           a.owner_as_of as listed_as_of, g.still, g.closed,
           case when g.still = '' then g.why
                when f.vin is not null then $refused
                when k.vin is null or (h.vin is null and k.held) then $no_owner
                when not k.held then k.otherwise
                when not h.holds then $moved_owner
                when n.vin is not null then $written_anew
                when a.piece_id in (select piece_id from part join resting t on t.vin = part.vin and t.campaign_code = part.code
                    where '+' || g.still || '+' like '%+' || part.code || '+%') then $rests
                when w.to_confirm then $to_confirm
                when d.vin is null and w.abroad then $lives_abroad
                when d.vin is null then $not_mailable when d.came_back then $mail_returned else '' end as against,
           coalesce(d.as_of, a.owner_as_of) as owner_as_of,
           coalesce(d.person, '') as person, coalesce(l.person, d.person, '') as listed_person,
           coalesce(d.language, a.language) as language,
           coalesce(d.zip, '') as zip, coalesce(d.zip4, '') as zip4,
           coalesce(d.delivery_point, '') as delivery_point, coalesce(d.state, '') as owner_state,
           coalesce(d.abroad, false) as abroad
    from asked a join asked_again g using (piece_id)
    left join holder h on h.vin = a.vin and h.role = a.role
    left join (select vin, bool_or(holds) as held, max(otherwise) as otherwise from holder group by vin) k on k.vin = a.vin
    left join refused f on f.vin = a.vin
    left join anew n on n.vin = a.vin and n.family = a.family and n.role = a.role
    left join addressee d on d.vin = a.vin and d.role = a.role
    left join owner_record w on w.vin = h.vin and w.role = h.role and w.as_of = h.as_of
    left join owner_record l on l.vin = a.vin and l.role = a.role and l.as_of = a.owner_as_of
)
select vin, piece_id, follow_up, family, role,
       case when against = '' then still else listed_bundle end as bundle,
       dealer_code, language, owner_as_of, wave,
       case when against = '' then $released else $withdrawn end as state,
       case when against <> '' then against
            else $checked || (case when closed = '' then '' else '; ' || closed end)
                 || (case when owner_as_of <> listed_as_of then '; newer owner record' else '' end)
            end as reason,
       cast($on as date) as checked_on,
       added, against = '' and closed <> '' as rebundled,
       against = '' and owner_as_of <> listed_as_of as readdressed,
       against = '' and person <> listed_person as new_owner,
       zip, zip4, delivery_point, owner_state, abroad
from decided order by piece_id
"""


@dataclass(frozen=True, eq=False)
class Known:
    """What a release knows of a wave's vehicles: ``standing`` (``STANDING``), the kept state; ``owners`` (``OWNER_COLUMNS``), all
    their records; ``beside``, what else speaks of who holds them; ``came_back`` (vin, role, as_of), the records from whose
    address mail came back; ``elsewhere`` (``ELSEWHERE``), who has a piece of the follow-up in another wave; ``anew``
    (``ELSEWHERE``), of letters sent again, who got one of another follow-up since the first came back; ``resting`` (``RESTING``), the
    campaigns about which somebody else wrote to the vehicles less than the rest ago.
    """

    standing: pa.Table
    owners: pa.Table
    beside: Beside
    came_back: pa.Table
    elsewhere: pa.Table
    anew: pa.Table = field(default_factory=ELSEWHERE.empty_table)
    resting: pa.Table = field(default_factory=RESTING.empty_table)


def decide(planned: pa.Table, given: Known, words: Placeholders, *, on: date) -> pa.Table:
    """Return every piece of a wave as released or withdrawn on a day, each with its reason.

    ``planned`` has ``PIECE_COLUMNS``. A piece is withdrawn when none of
    its campaigns is open (49 CFR 577.10(c): only vehicles not returned for remedy), when its role
    does not hold the vehicle any more (``ledger.holders``: somebody else took over, or nobody is left), when the newest owner row
    was refused, when a person must confirm the holder's newest address (it holds one of ``words``), when that
    address cannot be mailed, when mail came back from it (an older one is not written to, as a frozen list does not), when a letter
    to be sent again was overtaken by another follow-up's (``anew``), or when the vehicle rests after somebody else's letter about
    something that is open (``resting``). A role
    that came to hold the vehicle instead gets a piece of its own (``added``). ``readdressed``: the holder's record is another than the
    piece's; ``new_owner``: and so is the name.
    """
    follow_up = planned["follow_up"][0].as_py() if planned.num_rows else ""
    owners = given.owners
    known = owners.filter(pc.less_equal(owners["as_of"], pa.scalar(on, pa.date32())))
    problems = address_problems(known)
    marked = known.append_column("mailable", pc.is_null(problems)).append_column(
        "abroad", pc.not_equal(countries_of(known), "")
    )
    marked = marked.append_column("to_confirm", words.asked(known, ADDRESS))
    with arrow_sql() as arrow:
        arrow.register("planned", planned.select(PIECE_COLUMNS))
        arrow.register("record", marked)
        arrow.execute(
            f"create temporary table owner_record as select r.*, {PERSON} as person from record r"
        )
        arrow.register("holder", holders(known, on, given.beside))
        arrow.register("refused", given.beside.refused)
        arrow.register("came_back", given.came_back)
        arrow.register("elsewhere", given.elsewhere)
        arrow.register("anew", given.anew)
        arrow.register("resting", given.resting)
        arrow.register("standing", given.standing)
        arrow.execute(_ROLES)
        came = arrow.sql(_NEWCOMERS).to_arrow_table()
        ids = piece_ids(follow_up, came["vin"], came["family"], came["role"])
        arrow.register("newcomer", came.append_column("piece_id", ids))
        arrow.execute(_PIECES)
        return arrow.sql(
            _DECIDE,
            params={
                "not_involved": NOT_INVOLVED, "no_owner": NO_OWNER, "moved_owner": MOVED_OWNER, "written_anew": WRITTEN_ANEW,
                "rests": RESTS,
                "refused": REFUSED, "mail_returned": MAIL_RETURNED,
                "not_mailable": NOT_MAILABLE, "lives_abroad": LIVES_ABROAD, "to_confirm": TO_CONFIRM,
                "checked": f"{CHECKED}{on.isoformat()}", "on": on,
                "released": str(PieceState.RELEASED), "withdrawn": str(PieceState.WITHDRAWN),
            },
        ).to_arrow_table()  # fmt: skip
