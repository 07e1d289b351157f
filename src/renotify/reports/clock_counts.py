"""The questions that count a recall's vehicles for its clocks, and those that name the same vehicles: each pair is of one set of rows."""

from __future__ import annotations

from renotify.ledger.first_letters import FIRST_NOTICE
from renotify.ledger.first_owned import sold_new
from renotify.ledger.interim_notices import takes_no_part
from renotify.ledger.rulings import stands

# A first notice about either code of a number counts for the vehicle, and one that had none is owed one letter, whatever its codes.
# ``since_stated``: it joined, or had its owner, after the day for which the first notices of its code are stated.
# Vehicles that are owed a first notice: in the campaign by the last day for its letters (``joined`` is null), or joined after it on a day.
_OWED = f"""
with letter as (
    select e.vin, c.recall, min(e.occurred_on) as day from event e join clock_letters c on c.code = e.campaign_code
    where {FIRST_NOTICE} and e.occurred_on <= :on and {stands("e")}
    group by e.vin, c.recall),
sold_new as ({sold_new()}),
entered as (
    select s.vin, s.campaign_code as code, d.recall, d.stated, s.status, s.since, d.due, n.owned,
        case when s.added_on <= d.due then s.added_on else (
        select min(x.added_on) from state x where x.vin = s.vin and x.campaign_code = s.campaign_code) end as added
    from state s join clock_letters d on d.code = s.campaign_code left join sold_new n on n.vin = s.vin
    where s.current and (s.status <> 'removed' or s.since > d.due) and (n.owned is null or n.owned <= :on)),
involved as (
    select e.vin, e.code, e.recall, e.status, e.since, e.due, t.day,
        case when e.stated < e.added or e.stated < e.owned then 1 else 0 end as since_stated,
        case when e.owned > e.added then case when e.owned > e.due then e.owned end
        when e.added > e.due then e.added end as joined
    from entered e left join letter t on t.vin = e.vin and t.recall = e.recall),
by_code as (
    select vin, code, recall, joined, day, due, status = 'open' or since > :on as is_open,
        status = 'open' or since > coalesce(joined, due) as was_open, since, since_stated from involved
    where joined is null or joined <= :on),
placed as (
    select b.*, row_number() over (partition by vin, recall order by case when is_open then 0 when was_open then 1 else 2 end,
        case when joined is null then 0 else 1 end, joined, code) as place from by_code b),
owed as (select * from placed where day is not null or place = 1)
"""
_GONE = "case when joined is not null and day is null and not is_open and was_open then since end"
_PARTS = {
    "late": "day > due and was_open",
    "untold": "day is null and is_open",
    "lost": "day is null and not is_open and was_open",
    "unspoken": "day is null and is_open and since_stated = 1",
}
FIRST_LETTERS = f"""{_OWED}
select code, joined, {_GONE} as gone, count(day) as told,
    {", ".join(f"sum(case when {rule} then 1 else 0 end) as {name}" for name, rule in _PARTS.items())},
    min(day) as first, max(day) as last
from owed group by 1, 2, 3 order by 1, 2, 3
"""
FIRST_LETTERS_OF = f"""{_OWED}
select code, vin, joined, {_GONE} as gone, case when day is null then 0 else 1 end as told,
    {", ".join(f"case when {rule} then 1 else 0 end as {name}" for name, rule in _PARTS.items())}
from owed order by code, vin
"""
# Vehicles that had an interim notice by the plan, and no letter after it, by the day of the second: the week of the follow-up that has
# it, else the one that the plan of the first had.
_WAITS = f"""
select e.campaign_code as code, e.vin, e.occurred_on as since, coalesce((
    select min(w.week) from piece n join wave w on w.follow_up = n.follow_up and w.number = n.wave
    where n.vin = e.vin and n.follow_up <> l.follow_up and n.state in ('planned', 'released', 'printed') and w.week > e.occurred_on
        and '+' || n.bundle || '+' like '%+' || e.campaign_code || '+%'), l.remedy_from) as until
from listed l join piece p on p.vin = l.vin and p.follow_up = l.follow_up and p.family = l.family
join event e on e.vin = p.vin and e.kind = 'mailed' and e.subject = 'mail|' || p.piece_id || '|' || e.campaign_code
join state s on s.vin = e.vin and s.campaign_code = e.campaign_code and s.current and s.status = 'open'
where l.interim and not {takes_no_part("l", "e")} and e.occurred_on <= :on and {stands("e")} and not exists (
    select 1 from event o where o.vin = e.vin and o.campaign_code = e.campaign_code and o.kind = 'mailed' and o.occurred_on <= :on
        and {stands("o")} and not exists (select 1 from piece q where q.vin = o.vin and q.follow_up = l.follow_up
            and o.subject = 'mail|' || q.piece_id || '|' || o.campaign_code) and o.occurred_on > e.occurred_on)
"""
WAITING = f"""
select code, until, count(distinct vin) as vehicles, min(since) as since from ({_WAITS}) waits
group by code, until order by code, until is null, until
"""
WAITING_OF = f"select distinct code, vin, until as day from ({_WAITS}) waits order by code, vin"
# Open vehicles whose letters all went before the remedy of their recall came; a letter of either code of a number is the recall's.
_SECOND = f"""
with letter as (
    select e.vin, c.recall, max(e.occurred_on) as last from event e join clock_second c on c.code = e.campaign_code
    where e.kind = 'mailed' and e.occurred_on <= :on and {stands("e")} group by e.vin, c.recall)
select min(s.campaign_code) as code, s.vin, max(l.last) as day from state s join clock_second c on c.code = s.campaign_code
join letter l on l.vin = s.vin and l.recall = c.recall
where s.current and s.status = 'open' and l.last < c.there group by s.vin, c.recall
"""
SECOND = f"select code, min(day) as day, count(*) as vehicles from ({_SECOND}) owed group by code order by code"
SECOND_OF = f"{_SECOND} order by 1, 2"
_JOINED = """
select s.campaign_code as code, s.vin, case when s.remedy_version = 1 then s.added_on else (
    select min(x.added_on) from state x where x.vin = s.vin and x.campaign_code = s.campaign_code) end as day
from state s where s.current and s.status <> 'removed'
"""
ADDED = f"select code, day, count(*) as vehicles from ({_JOINED}) joined group by code, day"
ADDED_OF = f"{_JOINED} order by code, s.vin"
_TAKEN_OUT = "select s.campaign_code as code, s.vin, s.since as day from state s where s.current and s.status = 'removed'"
TAKEN_OUT = f"select code, day, count(*) as vehicles from ({_TAKEN_OUT}) removed group by code, day"
TAKEN_OUT_OF = f"{_TAKEN_OUT} order by code, s.vin"
_SOLD = """
from state s join clock_free c on c.code = s.campaign_code join vehicle v on v.vin = s.vin
where s.current and s.status = 'open' and v.first_sale_date is not null
"""
FREE_REMEDY = f"""
select s.campaign_code as code, sum(case when v.first_sale_date < c.cut then 1 else 0 end) as beyond,
    sum(case when v.first_sale_date >= c.cut then 1 else 0 end) as keeping,
    min(case when v.first_sale_date >= c.cut then v.first_sale_date end) as first {_SOLD} group by s.campaign_code
"""
_SOLD_WHEN = f"select s.campaign_code as code, s.vin, v.first_sale_date as day {_SOLD}"
BEYOND_OF = f"{_SOLD_WHEN} and v.first_sale_date < c.cut order by 1, 2"
KEEPING_OF = f"{_SOLD_WHEN} and v.first_sale_date >= c.cut order by 1, 2"
