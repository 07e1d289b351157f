"""What readiness looks at before a wave goes, check by check: what it finds, in words, with the dealers that it concerns.

Each check is a question about the ledger of now and asks nothing of anybody: whether the wave waits for what it found is ``readiness``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import pyarrow as pa

from renotify.campaigns import readiness_settings as checks
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.ledger import artifacts, pieces, told_weeks
from renotify.ledger.kinds import PieceState
from renotify.ledger.pieces import WaveRow
from renotify.ledger.session import Session
from renotify.ledger.stated_days import stated
from renotify.letters.signoff import signoff_digest
from renotify.mailing import asking_again, dealer_means, versions, wave_tables
from renotify.mailing.unread_sentences import Unread, Wanted
from renotify.mailing.versions import Versions
from renotify.rules import load
from renotify.values.arrow_sql import arrow_sql
from renotify.values.english import counted, series

NAMED = 3  # dealers that a sentence names
LIST = pa.schema(
    [(name, pa.string()) for name in ("check", "rule", "dealer_code", "name")]
    + [("letters", pa.int64()), ("what", pa.string())]
)

_NOTICES = """
select code as dealer_code, edition, written_on, sent_on, acknowledged_at from notice
where follow_up = :name and audience = 'dealer'
"""
_NOTICE = pa.schema(
    [("dealer_code", pa.string()), ("edition", pa.int64()), ("written_on", pa.date32()), ("sent_on", pa.date32()),
     ("acknowledged_at", pa.string())]
)  # fmt: skip
# A receipt proves that the notice was there on its day. A dealer is told by its first edition that went; its receipt is that of the last
_TOLD = """
create temporary table told as
with editions as (
    select *, least(sent_on, coalesce(try_cast(left(acknowledged_at, 10) as date),
        try_strptime(left(acknowledged_at, 8), '%Y%m%d')::date)) as went from notice
), own as (
    select dealer_code, max(written_on) as written_on, min(went) as went,
        coalesce(max(edition) filter (went is not null), 1) as edition,
        coalesce(arg_max(acknowledged_at, edition) filter (went is not null), '') as receipt
    from editions group by dealer_code
)
select d.*, n.written_on, n.edition, coalesce(n.receipt, '') as receipt, least(n.went, $stated) as sent_on
from dealers d left join own n using (dealer_code)
"""
_NOT_TOLD = """
select dealer_code, name, letters, case when sent_on is not null then 'notice sent on ' || sent_on
    when written_on is null then 'no notice written' else 'notice written on ' || written_on || ', not stated as sent' end as what
from told where sent_on is null or sent_on > $latest
"""
_SILENT = """
select dealer_code, name, letters, 'no receipt' || case when edition > 1 then ' of edition ' || edition else '' end as what
from told where receipt = '' and $stated is null
"""
_STALE = """
select l.dealer_code, count(*) as stale from piece p
join listed l on l.follow_up = p.follow_up and l.vin = p.vin and l.family = p.family
where p.follow_up = :name and p.wave = :wave and p.piece_id in (select piece_id from going_piece)
    and (select max(o.as_of) from owner o where o.vin = p.vin and o.role = p.role and o.as_of <= :on) < :oldest
group by l.dealer_code
"""
_STALE_ROWS = pa.schema([("dealer_code", pa.string()), ("stale", pa.int64())])
_OF_PIECES = """
select l.dealer_code, count(*) as unsigned from piece p
join listed l on l.follow_up = p.follow_up and l.vin = p.vin and l.family = p.family
where p.piece_id in (select piece_id from unsigned_piece) group by l.dealer_code
"""


@dataclass(frozen=True, eq=False)
class Unready:
    """What one check found: the ``rule`` by which the wave goes or waits, what it is in words, what to do, and its dealers (``LIST``).

    ``dealers`` may be fewer than it concerns: letters whose owner no dealer is near are at none.
    """

    check: str
    rule: str
    words: str
    next_step: str
    dealers: pa.Table

    @property
    def first(self) -> list[str]:
        """The first dealers by code and name."""
        return [
            f"{row['dealer_code']} {row['name']}".strip()
            for row in self.dealers.slice(0, NAMED).to_pylist()
        ]

    @property
    def sentence(self) -> str:
        """The words with the first dealers by code and name."""
        names = self.first
        more = self.dealers.num_rows - len(names)
        who = series([*names, counted(more, "other dealer")] if more else names)
        return f"{self.words}{f' ({who})' if names else ''}. {self.next_step}"


@dataclass(frozen=True, eq=False)
class Asked:
    """What every check reads: the follow-up, the wave, the day, its mailing, and its dealers (dealer_code, name, letters)."""

    session: Session
    settings: FollowUpSettings
    row: WaveRow
    on: date
    mailed_on: date
    dealers: pa.Table

    @cached_property
    def letters(self) -> tuple[Versions, pa.Table]:
        """The versions of the wave as it would be released, compiled, and its letters. Raises LetterRefused where one fails the checks."""
        session, row = self.session, self.row
        made = versions.of_follow_up(session, self.settings, mail_date=self.mailed_on)
        planned = wave_tables.planned(session, row.follow_up, row.number)
        decided = asking_again.decide(
            session, row.follow_up, row.number, planned, self.on, before_print=True
        )
        decided = versions.settle_remedies(session, decided, made)
        released = pieces.only(decided, PieceState.RELEASED)
        made.compile(versions.wanted(released))
        return made, released

    @property
    def signature(self) -> Wanted | None:
        """What its release will ask a person to sign, None where nothing waits for a signature."""
        made, released = self.letters
        return Unread(self.session, made).wanted(self.row.follow_up, versions.wanted(released))


def _told(given: Asked, sql: str) -> pa.Table:
    """Return dealers by what is known of their notices: dealer_code, name, letters, what."""
    own = stated(given.session).of(given.row.follow_up)
    values = {
        "stated": own.done("dealer_notice"),
        "latest": given.mailed_on - timedelta(days=given.settings.days_after_notice),
    }
    with arrow_sql() as arrow:
        arrow.register("dealers", given.dealers)
        arrow.register("notice", given.session.read(_NOTICES, _NOTICE, name=given.row.follow_up))
        arrow.execute(_TOLD, {"stated": values["stated"]})
        used = {key: value for key, value in values.items() if f"${key}" in sql}
        return arrow.sql(f"{sql} order by letters desc, dealer_code", params=used).to_arrow_table()


def _unready(
    given: Asked, check: str, dealers: pa.Table, words: str, next_step: str
) -> Iterator[Unready]:
    """Yield what a check found, where it found a dealer."""
    if dealers.num_rows:
        yield _of(given, check, dealers, words, next_step)


def _of(given: Asked, check: str, dealers: pa.Table, words: str, next_step: str) -> Unready:
    rule = given.settings.ready.of(check)
    named = {"check": check, "rule": rule}
    for place, (name, value) in enumerate(named.items()):
        column = pa.repeat(pa.scalar(value), dealers.num_rows)
        dealers = dealers.add_column(place, name, column)
    return Unready(check, rule, words, next_step, dealers.select(LIST.names).cast(LIST))


def _notices(given: Asked) -> Iterator[Unready]:
    """Dealers whose notice was not sent ``days_after_notice`` before the mailing (memo, section 2), or told fewer letters of its week."""
    late, name = _told(given, _NOT_TOLD), given.row.follow_up
    latest = given.mailed_on - timedelta(days=given.settings.days_after_notice)
    verb = "has" if late.num_rows == 1 else "have"
    words = f"{counted(late.num_rows, 'dealer')} with letters in this wave {verb} no notice stated as sent by {latest}"
    step = f"Write what is missing and say when it went: renotify notices {name}; renotify notices {name} --sent --on DATE."
    yield from _unready(given, checks.NOTICES, late, words, step)
    more = _beyond_told(given)
    words = (
        f"{counted(more.num_rows, 'dealer')} will have more letters in the week of {given.row.week}, sent again or not, than the last"
        " notice that went told of it"
    )
    step = f"Write and send their notices again: renotify notices {name}; renotify notices {name} --sent --on DATE."
    yield from _unready(given, checks.NOTICES, more, words, step)


def _beyond_told(given: Asked) -> pa.Table:
    """Return the dealers that were told of fewer letters, in words; a dealer that was told nothing has no notice that went."""
    row = given.row
    found = told_weeks.beyond_told(given.session, row.follow_up, row.week)
    with arrow_sql() as arrow:
        arrow.register("more", found)
        what = "select dealer_code, 'told ' || told || ', now ' || letters as what from more"
        return _with_dealers(given, arrow.sql(what).to_arrow_table())


def _receipts(given: Asked) -> Iterator[Unready]:
    silent = _told(given, _SILENT)
    verb, whose = ("has", "its") if silent.num_rows == 1 else ("have", "their")
    words = f"{counted(silent.num_rows, 'dealer')} with letters in this wave {verb} not acknowledged {whose} notice"
    step = f"Ask them, and take the receipts in: renotify notices {given.row.follow_up} --acknowledge FILE."
    yield from _unready(given, checks.RECEIPTS, silent, words, step)


def _kits(given: Asked) -> Iterator[Unready]:
    short = dealer_means.short_of_kits(
        given.session, given.settings, given.row.week, given.mailed_on
    )
    dealers = _with_dealers(given, short.dealers)
    words = (
        f"{series(short.parts)} will not suffice for the visits of the letters so far and of this wave, at"
        f" {counted(dealers.num_rows, 'dealer')} of it"
    )
    step = f"See the pool: renotify parts pool; or plan again with the supply of today: renotify replan {given.row.follow_up}."
    yield from _unready(given, checks.KITS, dealers, words, step)


def _hours(given: Asked) -> Iterator[Unready]:
    short = dealer_means.short_of_hours(
        given.session, given.row.follow_up, given.row.week, given.mailed_on
    )
    dealers = _with_dealers(given, short)
    words = f"{counted(dealers.num_rows, 'dealer')} of this wave should book extra technician-days"
    step = f"See the weeks: renotify workload {given.row.follow_up}."
    yield from _unready(given, checks.HOURS, dealers, words, step)


def _addresses(given: Asked) -> Iterator[Unready]:
    """Letters that the release would send to an address that is too old; one that it would withdraw goes to none."""
    session, name, wave = given.session, given.row.follow_up, given.row.number
    planned = wave_tables.planned(session, name, wave)
    decided = asking_again.decide(session, name, wave, planned, given.on, before_print=True)
    going = pieces.only(decided, PieceState.RELEASED)
    session.stage("going_piece", going.select(["piece_id"]))
    clock = load(given.mailed_on).clock("move_update")
    own = given.settings.ready.address_days
    oldest = given.mailed_on - timedelta(days=own or clock.days)
    rows = session.read(_STALE, _STALE_ROWS, name=name, wave=wave, on=given.on, oldest=oldest)
    if not rows.num_rows:
        return
    source = "[readiness] address_days" if own else clock.citation
    total = sum(rows["stale"].to_pylist())
    words = (
        f"{counted(total, 'letter')} would go to an address older than {counted(own or clock.days, 'day')} on"
        f" {given.mailed_on} ({source})"
    )
    step = "Have the addresses updated, and load the newer owners."
    yield _of(given, checks.ADDRESSES, _with_counts(given, rows, "stale"), words, step)


def _versions(given: Asked) -> Iterator[Unready]:
    """Letter versions of the wave as it would be released on the day that nobody approved."""
    session, name = given.session, given.row.follow_up
    made, released = given.letters
    known = artifacts.approvals(session)
    unsigned = {
        key: version
        for key, version in made.compiled.items()
        if signoff_digest(version, made.pack) not in known
    }
    if not unsigned:
        return
    mine = replace(made, compiled=unsigned)
    rows = versions.with_digests(released, mine)
    with arrow_sql() as arrow:
        arrow.register("letter", rows)
        own = arrow.sql("select piece_id from letter where form_digest <> ''").to_arrow_table()
    session.stage("unsigned_piece", own)
    counts = session.read(
        _OF_PIECES, pa.schema([("dealer_code", pa.string()), ("unsigned", pa.int64())])
    )
    kinds = series(sorted({f"{key.bundle} ({key.language})" for key in unsigned}))
    words = f"{counted(len(unsigned), 'letter version is', 'letter versions are')} not signed off, of {kinds}"
    step = f"Look at them and approve: renotify letter approve {name} --by WHO."
    yield _of(given, checks.VERSIONS, _with_counts(given, counts, "unsigned"), words, step)


CHECKS: dict[str, Callable[[Asked], Iterator[Unready]]] = {
    checks.NOTICES: _notices,
    checks.RECEIPTS: _receipts,
    checks.KITS: _kits,
    checks.HOURS: _hours,
    checks.ADDRESSES: _addresses,
    checks.VERSIONS: _versions,
}


def _with_dealers(given: Asked, found: pa.Table) -> pa.Table:
    """Return of dealers (dealer_code, what) those with letters in the wave, with name and letters."""
    with arrow_sql() as arrow:
        arrow.register("dealers", given.dealers)
        arrow.register("found", found)
        return arrow.sql(
            "select d.*, f.what from found f join dealers d using (dealer_code) order by d.letters desc, d.dealer_code"
        ).to_arrow_table()


def _with_counts(given: Asked, counts: pa.Table, column: str) -> pa.Table:
    """Return the dealers of the wave that counted letters are of, in words."""
    with arrow_sql() as arrow:
        arrow.register("counts", counts)
        what = f"select dealer_code, {column} || ' of its letters' as what from counts"
        found = arrow.sql(what).to_arrow_table()
    return _with_dealers(given, found)
