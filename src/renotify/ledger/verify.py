"""Proves the kept state and the kept campaigns: all events and statements folded again, compared both ways; and what refers to what."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.catalogue import to_facts
from renotify.ledger import campaign_history, fold, registry
from renotify.ledger.pieces import UNDECIDED
from renotify.ledger.session import Session
from renotify.ledger.status import STATUSES
from renotify.values.vin import SHORTEST

SHOWN = 20
_FOUND = pa.schema([(name, pa.string()) for name in ("what", "vin", "about", "kept", "folded")])
_ROW = (
    "case when {0}.current then 'current ' else 'superseded ' end || {0}.status"
    " || ' ' || {0}.reason || ' ' || cast({0}.since as text) || ' ' || cast({0}.added_on as text)"
)
_ABOUT = "{0}.campaign_code || ' version ' || cast({0}.remedy_version as text)"
_SAME = " and ".join(f"k.{name} = f.{name}" for name in fold.KEY)


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _compared() -> dict[str, str]:
    """Both ways: a state that no event gives, one that is not kept, one that is kept otherwise."""
    differs = " or ".join(f"k.{name} <> f.{name}" for name in fold.KEPT)
    kept, again = _ROW.format("k"), _ROW.format("f")
    return {
        "missing": f"select f.vin, {_ABOUT.format('f')}, '', {again} from fold_again f"
        f" left join state k on {_SAME} where k.vin is null",
        "extra": f"select k.vin, {_ABOUT.format('k')}, {kept}, '' from state k"
        f" left join fold_again f on {_SAME} where f.vin is null",
        "different": f"select k.vin, {_ABOUT.format('k')}, {kept}, {again} from fold_again f"
        f" join state k on {_SAME} where {differs}",
    }


_KNOWN_STATUS = (
    f"status in ({_quoted(STATUSES)}) and reason = ''"
    f" or status = 'unreachable' and reason in ({_quoted(fold.REASONS)})"
)
_UNDECIDED = _quoted(tuple(sorted(UNDECIDED)))
_WAVE = "w.follow_up = p.follow_up and w.number = p.wave"
_LISTING = "l.vin = p.vin and l.follow_up = p.follow_up and l.family = p.family and l.left_out = ''"
_WITH_NUMBERS = ("state", "vehicle", "owner", "dealer_stock", "appointment", "vin_exception")
_BARE = "replace(replace(n.vin, '-', ''), ' ', '')"


def _with_marks(table: str) -> str:
    """Numbers of a table as builds before this one kept them, which no file names any more: today ``vin.normalise`` takes them bare."""
    return (
        f"select distinct n.vin, '{table}', n.vin, {_BARE} from {table} n"
        f" where (n.vin like '%-%' or n.vin like '% %') and length({_BARE}) >= {SHORTEST}"
    )


# Each finds the rows that break a rule of the house: vin, what about, as kept, and as it must be.
_RULES = {
    "status outside the identity": "select k.vin, k.campaign_code, k.status || ' ' || k.reason, ''"
    f" from state k where not ({_KNOWN_STATUS})",
    "not one current version": "select k.vin, k.campaign_code,"
    " cast(sum(case when k.current then 1 else 0 end) as text), '1'"
    " from state k group by k.vin, k.campaign_code"
    " having sum(case when k.current then 1 else 0 end) <> 1",
    "event without a source": "select e.vin, e.subject, cast(e.source_id as text), ''"
    " from event e left join source s on s.id = e.source_id where s.id is null",
    "event of an unknown campaign": "select e.vin, e.campaign_code, e.subject, '' from event e"
    " left join campaign c on c.campaign_code = e.campaign_code"
    " where e.campaign_code is not null and c.campaign_code is null",
    "number with marks that a load takes out": " union all ".join(map(_with_marks, _WITH_NUMBERS)),
    "piece without a listing": "select p.vin, p.piece_id, p.state, '' from piece p"
    f" left join listed l on {_LISTING} where l.vin is null",
    "listing without a piece": "select l.vin, l.follow_up || ' ' || l.family, '', '' from listed l"
    f" left join piece p on {_LISTING} where l.left_out = '' and p.vin is null",
    "piece in no wave of the plan": "select p.vin, p.piece_id, cast(p.wave as text), ''"
    f" from piece p left join wave w on {_WAVE} where p.wave is not null and w.follow_up is null",
    "piece undecided in a released wave": "select p.vin, p.piece_id, p.state, '' from piece p"
    f" join wave w on {_WAVE} where w.released_at is not null and p.state in ({_UNDECIDED})",
    "piece unprinted in a printed wave": "select p.vin, p.piece_id, p.state, '' from piece p"
    f" join wave w on {_WAVE} where w.rendered_at is not null and p.state = 'released'",
    "wave not as planned": "select '', w.follow_up || ' wave ' || cast(w.number as text),"
    " cast(count(p.vin) as text), cast(w.planned as text)"
    f" from wave w left join piece p on {_WAVE} where w.released_at is null"
    " group by w.follow_up, w.number, w.planned having count(p.vin) <> w.planned",
}


def verify(session: Session) -> dict[str, Any]:
    """Fold all events again, compare with the kept state, and check references and counts.

    Returns vehicles, states, ``differences`` (the first 20: what, vin, about, kept, folded),
    ``found`` (how many of each kind) and ``ok``. One instant of the ledger, as every session's reading; writers do not wait.
    """
    _fold_again(session)
    checks = _compared() | _RULES
    found = {what: _count(session, sql) for what, sql in checks.items()}
    shown = [row for what, n in found.items() if n for row in _rows(session, what, checks[what])]
    campaigns = _campaigns(session)
    found["campaign not as it was said"] = len(campaigns)
    shown += campaigns
    return {
        "vehicles": int(session.scalar("select count(distinct vin) from fold_again")),
        "states": int(session.scalar("select count(*) from fold_again")),
        "differences": shown[:SHOWN],
        "found": {what: n for what, n in found.items() if n},
        "ok": not any(found.values()),
    }


def _fold_again(session: Session) -> None:
    fold.prepare(session, fold.EVERYTHING)
    session.execute(f"drop table if exists {session.temporary('fold_again')}")
    session.execute(
        f"create temporary table fold_again as select * from ({fold.folded(fold.EVERYTHING)}) f"
    )
    session.execute(f"create unique index fold_again_key on fold_again ({', '.join(fold.KEY)})")
    if not session.sqlite:
        session.execute("analyze fold_again")


def _campaigns(session: Session) -> list[dict[str, Any]]:
    """Return the campaigns whose kept facts are not the fold of what was said of them."""
    kept = registry.campaigns(session)
    again = {code: one.last for code, one in campaign_history.histories(session).items()}
    return [
        {
            "what": "campaign not as it was said",
            "vin": "",
            "about": code,
            "kept": _words(kept.get(code)),
            "folded": _words(again.get(code)),
        }
        for code in sorted(kept.keys() | again.keys())
        if kept.get(code) != again.get(code)
    ]


def _words(campaign: Campaign | None) -> str:
    return json.dumps(to_facts(campaign), sort_keys=True) if campaign else ""


def _count(session: Session, sql: str) -> int:
    return int(session.scalar(f"select count(*) from ({sql}) found"))


def _rows(session: Session, what: str, sql: str) -> list[dict[str, Any]]:
    named = (
        f"with found (vin, about, kept, folded) as ({sql})"
        f" select '{what}' as what, found.* from found"
    )
    rows: list[dict[str, Any]] = session.read(
        f"{named} order by vin, about limit {SHOWN}", _FOUND
    ).to_pylist()
    return rows
