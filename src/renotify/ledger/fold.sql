-- The one fold: from events to the state of each (VIN, campaign, remedy version).
--
-- Read it from top to bottom. docs/explanation/floors.md ("The one definition of open") says the rules in words; this file
-- is the only place that carries them out. fold.py runs the sections in their order: each but the last fills a temporary
-- table of its name with what is rare (corrections, losses, owners who were given up), and the last one, "folded", is the query itself.
-- One text for SQLite and PostgreSQL.
--
-- A fold may look at a part of history only. Five places stand for that part; fold.py fills them:
--   {events}    FROM and the start of a WHERE: the events e of all vehicles, or of those in fold_vehicle
--   {known}     an event e came from a source that was recorded by the instant asked for
--   {counts}    an event e counts: it is known, had happened by the day asked for, is of the campaign asked for or of the
--               vehicle itself, and no later recorded event corrects it
--   {owner}     an owner record w is known and was true by the day asked for
--   {given_up}  an event e says that the search for the owner it was mailed to has ended without a result
-- A left-out limit is no condition. "cross join" keeps SQLite to the order in which the tables are written.


-- [fold_corrected] vin text, subject text, content text; key vin, subject, content
-- Another content recorded later for the same subject is a correction, and the one recorded last counts: within one
-- instant the later file, within one file the later row. These are the others.
select vin, subject, content from (
    select e.vin, e.subject, e.content, row_number() over (
        partition by e.vin, e.subject
        order by s.recorded_at desc, e.source_id desc, e.source_row desc, e.content desc) as place
    from (
        select e.vin, e.subject from {events} group by e.vin, e.subject having count(*) > 1
    ) disputed cross join event e cross join source s
    where e.vin = disputed.vin and e.subject = disputed.subject and s.id = e.source_id {known}
) ranked where place > 1


-- [fold_lost] vin text, reason text, lost_on date; key vin
-- A vehicle is out of reach while its last reported status is a loss. A later "registered" undoes it; "unknown" changes
-- nothing.
select vin, case kind when 'exported' then 'export' when 'stolen' then 'theft' when 'scrapped' then 'scrapping'
    when 'total_loss' then 'other' end, occurred_on
from (
    select e.vin, e.kind, e.occurred_on, row_number() over (
        partition by e.vin
        order by e.occurred_on desc, s.recorded_at desc, e.source_id desc, e.source_row desc, e.subject desc) as place
    from (
        select distinct e.vin from {events}
        and e.kind in ('exported', 'stolen', 'scrapped', 'total_loss') {counts}
    ) reported cross join event e cross join source s
    where e.vin = reported.vin and e.campaign_code is null
        and e.kind in ('registered', 'exported', 'stolen', 'scrapped', 'total_loss')
        and s.id = e.source_id {counts}
) ranked where place = 1 and kind <> 'registered'


-- [fold_unread] vin text, campaign_code text, back_on date; key vin, campaign_code
-- An owner is not reached when every letter of the last mailing was given up: its skip trace ended without a result
-- (fold_given_up holds the codes that say so, with the days of each rule's force; codes are compared by their letters and
-- digits alone). A letter that merely came back leaves the vehicle open: somebody looks for its owner.
--
-- What a return or a trace says belongs to the mailing whose subject has the same tail ("mail|X", "return|X", "trace|X").
-- One whose mailing nobody recorded is a letter of the day it came back.
with letter as (
    select e.vin, e.campaign_code, ltrim(e.subject, 'abcdefghijklmnopqrstuvwxyz_') as tail,
        min(e.occurred_on) as mailed_on,
        max(case when {given_up} then e.occurred_on end) as given_up_on
    from (
        select distinct e.vin, e.campaign_code from {events} and e.kind = 'returned' and {given_up} {counts}
    ) traced cross join event e
    where e.vin = traced.vin and e.campaign_code = traced.campaign_code
        and e.kind in ('mailed', 'returned') {counts}
    group by e.vin, e.campaign_code, ltrim(e.subject, 'abcdefghijklmnopqrstuvwxyz_')
),

-- addressed: to whom each letter went. Pieces of one follow-up are one mailing, whatever their days (lessor and lessee); of
-- one sent again the newest counts for its role. A letter that is no piece of ours is a mailing of its own.
addressed as (
    select l.*, p.role, p.owner_as_of, v.released_at, coalesce(p.follow_up, l.tail) as mailing,
        row_number() over (partition by l.vin, l.campaign_code, coalesce(p.follow_up, l.tail),
            p.role order by l.mailed_on desc, l.tail desc) as attempt
    from letter l
    left join piece p on p.vin = l.vin and l.tail = '|' || p.piece_id || '|' || l.campaign_code
    left join wave v on v.follow_up = p.follow_up and v.number = p.wave
),
mailings as (
    select a.*, max(mailed_on) over (partition by vin, campaign_code, mailing) as last_mailed_on from addressed a
),
last_letters as (
    select ranked.* from (
        select m.*, rank() over (partition by vin, campaign_code order by last_mailed_on desc) as place
        from mailings m where attempt = 1
    ) ranked where place = 1
),

-- Whoever is newer than the record that was written to can be reached: a newer record that says something else (owner_said:
-- however it is spelt), whenever it was loaded; the record itself, corrected since the letter was printed; any record of a day after the trace ended.
reachable as (
    select l.vin, l.campaign_code from last_letters l cross join owner w
    left join owner_said o on o.vin = l.vin and o.role = l.role and o.as_of = l.owner_as_of
    left join owner_said n on n.vin = w.vin and n.role = w.role and n.as_of = w.as_of
    where w.vin = l.vin {owner} and (w.as_of > l.given_up_on
        or w.as_of > coalesce(l.owner_as_of, l.mailed_on) and not (o.vin is not null
            and n.person = o.person and n.place = o.place)
        or w.role = l.role and w.as_of = l.owner_as_of and exists (
            select 1 from source s where s.id = w.source_id and s.recorded_at > l.released_at))
),

-- While a refused owner row holds the vehicle somebody newer may be known: it has to be read first.
held as (
    select l.vin, l.campaign_code from last_letters l join (
        select vin, source_id, coalesce(as_of, (select min(o.as_of) from owner o where o.vin = refused_owner.vin)) as as_of
        from refused_owner where not settled
    ) w on w.vin = l.vin where true {owner}
)
select vin, campaign_code, max(given_up_on) as back_on from last_letters
where not exists (
    select 1 from reachable r where r.vin = last_letters.vin and r.campaign_code = last_letters.campaign_code)
and not exists (select 1 from held h where h.vin = last_letters.vin and h.campaign_code = last_letters.campaign_code)
group by vin, campaign_code having count(*) = count(given_up_on)


-- [folded]
-- work: one row a vehicle and campaign, with all that a campaign of one version needs. (The empty text keeps SQLite from
-- walking an index in the order of VINs, which is slower here than a sort.)
with work as materialized (
    select e.vin || '' as vin, e.campaign_code,
        min(case when e.kind in ('added', 'removed') then e.remedy_version end) as first_version,
        max(e.remedy_version) as last_version,
        max(case when e.kind = 'added' then e.occurred_on end) as added_on,
        min(case when e.kind = 'removed' then e.occurred_on end) as removed_on,
        min(case when e.kind = 'remedied' then e.occurred_on end) as remedied_on,
        min(case when e.kind = 'inspected_ok' then e.occurred_on end) as inspected_on
    from {events} and e.kind in ('added', 'removed', 'remedied', 'inspected_ok') {counts}
    group by e.vin || '', e.campaign_code
),

-- versions: where a campaign has several, the days of each, up to but not including the day the next one was added.
versions as (
    select e.vin, e.campaign_code, e.remedy_version, e.occurred_on as added_on,
        row_number() over newest_last as place,
        lead(e.occurred_on) over newest_last as next_added_on,
        lead(e.remedy_version) over newest_last as next_version
    from work cross join event e
    where work.first_version < work.last_version and e.vin = work.vin
        and e.campaign_code = work.campaign_code and e.kind = 'added' {counts}
    window newest_last as (partition by e.vin, e.campaign_code order by e.remedy_version)
),

-- version_work: each of several versions has its own removal, and the work of its own days; the first one any earlier work.
version_work as (
    select v.vin, v.campaign_code, v.remedy_version, v.next_version, v.added_on,
        min(case when e.kind = 'removed' and e.remedy_version = v.remedy_version then e.occurred_on end) as removed_on,
        min(case when e.kind = 'remedied' and (v.place = 1 or e.occurred_on >= v.added_on)
            and (v.next_added_on is null or e.occurred_on < v.next_added_on) then e.occurred_on end) as remedied_on,
        min(case when e.kind = 'inspected_ok' and (v.place = 1 or e.occurred_on >= v.added_on)
            and (v.next_added_on is null or e.occurred_on < v.next_added_on) then e.occurred_on end) as inspected_on
    from versions v cross join event e
    where e.vin = v.vin and e.campaign_code = v.campaign_code {counts}
    group by v.vin, v.campaign_code, v.remedy_version, v.next_version, v.added_on
),

-- population: a row for each version that was added, whichever way its days were found. The highest version is current.
population as (
    select vin, campaign_code, last_version as remedy_version, true as current,
        added_on, removed_on, remedied_on, inspected_on
    from work where added_on is not null and first_version = last_version
    union all
    select vin, campaign_code, remedy_version, next_version is null as current,
        added_on, removed_on, remedied_on, inspected_on
    from version_work
),

-- done: repaired or inspected_ok by the first work before the day of a removal; of both on one day, repaired.
done as (
    select population.*, case
        when remedied_on is not null and (removed_on is null or remedied_on < removed_on)
            and (inspected_on is null or remedied_on <= inspected_on) then 'repaired'
        when inspected_on is not null and (removed_on is null or inspected_on < removed_on) then 'inspected_ok'
        end as outcome
    from population
)

-- The definition of open, in its order: done, else removed, else unreachable, else open. "since" is the day of what decides.
select done.vin, done.campaign_code, done.remedy_version, done.current,
    case when done.outcome is not null then done.outcome
        when done.removed_on is not null then 'removed'
        when lost.vin is not null or unread.vin is not null then 'unreachable'
        else 'open' end as status,
    case when done.outcome is not null or done.removed_on is not null then ''
        when lost.vin is not null then lost.reason
        when unread.vin is not null then 'failure_to_receive' else '' end as reason,
    case done.outcome when 'repaired' then done.remedied_on when 'inspected_ok' then done.inspected_on
        else coalesce(done.removed_on, lost.lost_on, unread.back_on, done.added_on) end as since,
    done.added_on
from done
left join fold_lost lost on lost.vin = done.vin
left join fold_unread unread on unread.vin = done.vin and unread.campaign_code = done.campaign_code
