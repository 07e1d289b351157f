"""Returned mail is worked, not counted: every piece that came back stands on one list until somebody has found its owner.

    re_send         the owner has a newer address that can be written to, or the same letter may go again: send it again
    new_address     the return tells where the owner lives now: load that address
    skip_trace      nobody knows: give the search to the skip-trace vendor
    change_channel  the owner was found and did not take the letter: call, e-mail, or send it another way
    ask             the code is unknown, the newer address cannot be written to, or nobody knows who has the vehicle: a person must look

A piece leaves the lists when nothing of its bundle is open any more, when it was sent again (an attempt that went, or is to go,
stands for it), when its work ended (mail traced: exhausted, or reached by other means), when its addressee gave the vehicle up and
the new holder has a piece, when another follow-up wrote about the same since, or when the vehicle came into a dealer's stock.
Nothing of the owner is in a list.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from renotify.ledger import artifacts, follow_ups, tables
from renotify.ledger.holders import IN_STOCK, RECORD, beside, holders
from renotify.ledger.piece_numbers import NOTICE
from renotify.ledger.placeholder_words import placeholders
from renotify.ledger.returned_mail import ASK, FOUND_BY_SEARCH, return_actions
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.ledger.spelled_alike import with_meaning
from renotify.mailing.eligibility import MAIL_RETURNED
from renotify.mailing.mail_events import TRACE
from renotify.mailing.wave_tables import OVERTAKEN
from renotify.values.address import address_problems
from renotify.values.arrow_sql import arrow_sql
from renotify.values.placeholders import ADDRESS

RE_SEND, NEW_ADDRESS, SKIP_TRACE, CHANGE_CHANNEL = (
    "re_send",
    "new_address",
    "skip_trace",
    "change_channel",
)
LISTS = {
    RE_SEND: "Send it again: renotify mail resend NAME, then release the wave that it makes.",
    NEW_ADDRESS: "Load the address that the return tells: renotify mail traced FILE (result found), or a row of owners with its day.",
    SKIP_TRACE: "Give it to the skip-trace vendor: renotify mail trace NAME --to VENDOR; take in what it finds: renotify mail traced FILE.",
    CHANGE_CHANNEL: "The owner was found: call or e-mail, then say so: renotify mail traced FILE (result reached).",
    "ask": "A person must look: settle an unknown code once with a row of return_codes; mend a newer address that no letter can reach;"
    " find the owner where a letter that is no piece of ours came back, and load the newer row of owners;"
    " find out who has a vehicle that nobody holds; ask again where a search found the very name and address that mail came back from.",
}  # fmt: skip
COLUMNS = (
    "list",
    "piece_id",
    "vin",
    "role",
    "bundle",
    "wave",
    "mailed_on",
    "returned_on",
    "return_code",
)
WORK = pa.schema(
    [(n, {"wave": pa.int64(), "mailed_on": pa.date32(), "returned_on": pa.date32()}.get(n, pa.string())) for n in COLUMNS]
)  # fmt: skip

# The last attempt of each notice that came back, or was withheld because mail had come back, while something of it is open. An attempt
# that did not go (withdrawn for another reason, spoiled) finds nobody: the one before it speaks still.
_RETURNED = f"""
select p.piece_id, p.vin, p.family, p.role, p.bundle, p.wave, p.mailed_on, p.returned_on, p.return_code, p.owner_as_of,
    case when p.state = 'withdrawn' then 1 else 0 end as withheld,
    case when s.recorded_at > v.released_at then 1 else 0 end as corrected,
    case when exists (select 1 from event e where e.vin = p.vin and e.kind = 'returned'
        and e.subject like '{TRACE}|' || p.piece_id || '|%' and {stands("e")}) then 1 else 0 end as traced
from piece p join wave v on v.follow_up = p.follow_up and v.number = p.wave
join owner o on o.vin = p.vin and o.role = p.role and o.as_of = p.owner_as_of join source s on s.id = o.source_id
where p.follow_up = :name and (p.returned_on is not null or p.state = 'withdrawn' and p.reason = '{MAIL_RETURNED}')
    and not exists (select 1 from piece q where q.vin = p.vin and {NOTICE.replace("p.", "q.")} = {NOTICE}
        and q.piece_id > p.piece_id and q.state <> 'spoiled' and not (q.state = 'withdrawn' and q.reason <> '{MAIL_RETURNED}'))
    and exists (select 1 from state t where t.vin = p.vin and t.current and t.status = 'open'
        and '+' || p.bundle || '+' like '%+' || t.campaign_code || '+%')
"""
_READ = pa.schema(
    [(n, pa.string()) for n in ("piece_id", "vin", "family", "role", "bundle")]
    + [("wave", pa.int64()), ("mailed_on", pa.date32()), ("returned_on", pa.date32()), ("return_code", pa.string()),
       ("owner_as_of", pa.date32())]
    + [(n, pa.int64()) for n in ("withheld", "corrected", "traced")]
)  # fmt: skip
_WORDS = ("addr1", "addr2", "city", "state", "zip", "country")
_OWNERS = f"""
select {", ".join(f"o.{name}" for name in (*RECORD, *_WORDS, "source"))} from owner o
where o.as_of <= :on and o.vin in (select vin from returned_piece)
"""
# A letter that came back and is no piece of ours, while something that it told is open, its owner has no newer record, and nobody
# wrote to the vehicle since.
_WITHOUT_PIECE = f"""
select distinct e.vin, e.campaign_code as bundle, e.occurred_on as returned_on, e.return_code
from event e join listed l on l.vin = e.vin and l.follow_up = :name
join state t on t.vin = e.vin and t.campaign_code = e.campaign_code and t.current and t.status = 'open'
where e.kind = 'returned' and e.subject like 'return|%' and e.occurred_on <= :on and {stands("e")}
    and '+' || l.bundle || '+' like '%+' || e.campaign_code || '+%'
    and not exists (select 1 from piece p where p.vin = e.vin
        and (e.subject like 'return|' || p.piece_id || '|%' or p.checked_on >= e.occurred_on and p.state <> 'withdrawn'))
    and not exists (select 1 from owner o where o.vin = e.vin and o.as_of > e.occurred_on and o.as_of <= :on)
    and not exists (select 1 from event m where m.vin = e.vin and m.campaign_code = e.campaign_code and m.kind = 'mailed'
        and m.occurred_on > e.occurred_on)
"""
_OTHERS = pa.schema(
    [("vin", pa.string()), ("bundle", pa.string()), ("returned_on", pa.date32()), ("return_code", pa.string())]
)  # fmt: skip
_OF_OTHERS = """
select 'ask' as list, '' as piece_id, vin, '' as role, string_agg(distinct bundle, '+' order by bundle) as bundle,
    cast(null as bigint) as wave, cast(null as date) as mailed_on, returned_on, return_code
from others group by vin, returned_on, return_code order by vin, returned_on
"""
_PIECES = """
select p.vin, p.family, p.role from piece p where p.follow_up = :name and p.vin in (select vin from returned_piece)
"""
_ANEW = f"select distinct q.vin, q.family, q.role {OVERTAKEN} and p.follow_up = :name and p.vin in (select vin from returned_piece)"
_HAS = pa.schema([(name, pa.string()) for name in ("vin", "family", "role")])

_SAME = "w.person = o.person and w.place = o.place"
_JUDGE = f"""
with stood as (
    select r.*, h.vin is not null and h.holds as holds, k.held, k.otherwise, f.vin is not null as refused,
        h.as_of > r.owner_as_of and (not ({_SAME}) or h.as_of > r.returned_on) or r.corrected = 1 as newer, w.mailable,
        h.as_of > r.owner_as_of and w.source = '{FOUND_BY_SEARCH}' and {_SAME} as found_there,
        exists (select 1 from anew where anew.vin = r.vin and anew.family = r.family and anew.role = r.role) as anew,
        (select bool_or(n.mailable) from holder g join record n on n.vin = g.vin and n.role = g.role and n.as_of = g.as_of
            where g.vin = r.vin and g.holds and not exists (select 1 from has
                where has.vin = r.vin and has.family = r.family and has.role = g.role)) as newcomer
    from returned r left join holder h on h.vin = r.vin and h.role = r.role
    left join (select vin, bool_or(holds) as held, max(otherwise) as otherwise from holder group by vin) k on k.vin = r.vin
    left join refused f on f.vin = r.vin
    left join record w on w.vin = r.vin and w.role = r.role and w.as_of = h.as_of
    left join record o on o.vin = r.vin and o.role = r.role and o.as_of = r.owner_as_of
)
select case when refused then 'ask'
        when not coalesce(held, false) then case when otherwise = '{IN_STOCK}' then '' else 'ask' end
        when anew then ''
        when not holds then case newcomer when true then '{RE_SEND}' when false then 'ask' else '' end
        when found_there and traced = 0 then 'ask'
        when newer then case when mailable then '{RE_SEND}' else 'ask' end when withheld = 1 or traced = 1 then ''
        else coalesce(a.list, 'ask') end as list,
    piece_id, s.vin, role, bundle, wave, mailed_on, returned_on, s.return_code
from stood s left join action a on a.return_code = s.return_code
order by list, piece_id
"""
_LIST_OF = {
    "retry_same": RE_SEND,
    "unreachable": "",
    ASK: "ask",
}  # the other actions have a list of their own name


def work(session: Session, name: str, on: date) -> pa.Table:
    """Return the pieces of a follow-up that came back and are not settled (``WORK``), each with the list that it stands on.

    A letter about its vehicles that is no piece of ours (loaded as mail_events without a piece_id) stands on ``ask``, its piece_id blank.

    Raises UnknownName for a follow-up nobody made.
    """
    follow_ups.settings(session, name)
    returned = session.read(_RETURNED, _READ, name=name)
    session.stage("returned_piece", returned.select(["vin"]))
    record = tables.schema("owner")
    columns = pa.schema([record.field(column) for column in (*RECORD, *_WORDS, "source")])
    owners = session.read(_OWNERS, columns, on=on)
    known = beside(session, on)
    with arrow_sql() as arrow:
        arrow.register("returned", returned)
        arrow.register("record", _mailable(session, owners))
        arrow.register("holder", holders(owners, on, known))
        arrow.register("refused", known.refused)
        anew = session.read(_ANEW, _HAS, name=name)
        arrow.register("anew", anew)
        arrow.register("has", pa.concat_tables([session.read(_PIECES, _HAS, name=name), anew]))
        arrow.register("action", _lists(session, returned, on))
        judged = arrow.sql(_JUDGE).to_arrow_table()
        arrow.register("others", session.read(_WITHOUT_PIECE, _OTHERS, name=name, on=on))
        others = arrow.sql(_OF_OTHERS).to_arrow_table()
    listed = judged.filter(pc.not_equal(judged["list"], "")).select(COLUMNS).cast(WORK)
    return pa.concat_tables([listed, others.select(COLUMNS).cast(WORK)])


def folder_of(out: Path, name: str) -> Path:
    """Return where the lists of a follow-up's returned mail are written."""
    return out.absolute() / name / "returned"


def write(session: Session, name: str, found: pa.Table, out: Path) -> list[Path]:
    """Write each list with pieces on it as CSV, with what to do about it as its last column, and return the files."""
    folder = folder_of(out, name)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for one, next_step in LISTS.items():
        rows = of_list(found, one)
        path = folder / f"{one}.csv"
        path.unlink(missing_ok=True)
        if rows.num_rows:
            todo = pa.repeat(pa.scalar(next_step.replace("NAME", name)), rows.num_rows)
            arrow_csv.write_csv(rows.append_column("what_to_do", todo), path)
            written.append(path)
    with session.transaction():
        artifacts.record_all(
            session, [artifacts.row(path, "returned_mail", name) for path in written]
        )
    return written


def _mailable(session: Session, owners: pa.Table) -> pa.Table:
    """Return owner records with what they say (``with_meaning``) and ``mailable``.

    A letter can go there, and no word of the address may stand for nothing.
    """
    good = pc.is_null(address_problems(owners))
    asked = placeholders(session).asked(owners, ADDRESS)
    return with_meaning(owners).append_column("mailable", pc.and_(good, pc.invert(asked)))


def of_list(found: pa.Table, name: str) -> pa.Table:
    """Return the pieces of one list."""
    return found.filter(pc.equal(found["list"], name))


def _lists(session: Session, returned: pa.Table, on: date) -> pa.Table:
    """Return for each code that came the list that its action leads to."""
    codes = returned["return_code"].unique().to_pylist()
    actions = return_actions(session, on)
    lists = [_LIST_OF.get(action, action) for action in map(actions.of, codes)]
    return pa.table(
        {"return_code": pa.array(codes, pa.string()), "list": pa.array(lists, pa.string())}
    )
