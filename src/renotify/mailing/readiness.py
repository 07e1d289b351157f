"""Whether a wave is ready to be released, by the ledger: dealers told in time, kits and hours at hand, addresses fresh, letters signed.

What is not ready is told with its dealers. Whether the wave waits for it is the follow-up's rule (``[readiness]``): it is told, held until
somebody says why it goes, or refused. A letter that the law asks for now is never held: there all is told (decision 0058).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.csv as arrow_csv

from renotify.campaigns import readiness_settings as checks
from renotify.campaigns.follow_up_settings import FIRST_KINDS, JOINED, VOLUNTARY, FollowUpSettings
from renotify.errors import AlreadyDone, NothingToDo, Refused
from renotify.ledger import artifacts, follow_ups, pieces, registry, told_weeks, wave_decisions
from renotify.ledger.accepted_wordings import accepted
from renotify.ledger.kinds import PieceState, WaveDecisionKind
from renotify.ledger.pieces import WaveRow
from renotify.ledger.session import Session
from renotify.ledger.stated_days import stated
from renotify.ledger.wave_decisions import Decision, Kept
from renotify.letters.signoff import signoff_digest
from renotify.mailing import (
    accepted_words,
    asking_again,
    dealer_means,
    printing,
    versions,
    wave_tables,
)
from renotify.planner.joined_days import joined_days
from renotify.planner.lawful_weeks import last_day, last_full_week
from renotify.rules import load
from renotify.values.arrow_sql import arrow_sql
from renotify.values.calendar import monday_of
from renotify.values.english import counted, series

SPOKEN = ("en", "es")  # of letters
NAMED = 3  # dealers that a sentence names
LIST = pa.schema(
    [(name, pa.string()) for name in ("check", "rule", "dealer_code", "name")]
    + [("letters", pa.int64()), ("what", pa.string())]
)

_LETTERS = """
select d.dealer_code, d.name, count(*) as letters from piece p
join listed l on l.follow_up = p.follow_up and l.vin = p.vin and l.family = p.family
join dealer d on d.dealer_code = l.dealer_code
where p.follow_up = :name and p.wave = :wave and p.state in ('listed', 'planned') group by d.dealer_code, d.name
"""
_LETTER = pa.schema([("dealer_code", pa.string()), ("name", pa.string()), ("letters", pa.int64())])
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
class Readiness:
    """A wave's readiness for its mailing on a day; ``owed`` says why it may not be put off, blank where it may.

    ``accepted`` says which wordings go out that a rule refuses and a person accepted.
    """

    row: WaveRow
    mailed_on: date
    owed: str
    unready: tuple[Unready, ...]
    accepted: tuple[str, ...] = ()

    def by_rule(self, rule: str) -> list[Unready]:
        """Return what is found under one rule."""
        return [one for one in self.unready if one.rule == rule]

    @property
    def dealers(self) -> pa.Table:
        """Every dealer under every check (``LIST``)."""
        return pa.concat_tables([LIST.empty_table(), *(one.dealers for one in self.unready)])

    def document(self) -> dict[str, Any]:
        """Return it as ``mail ready --json`` prints it."""
        return {
            "follow_up": self.row.follow_up,
            "wave": self.row.number,
            "week": self.row.week.isoformat(),
            "mailed_on": self.mailed_on.isoformat(),
            "ready": not self.unready,
            "released_by": "anybody" if not self.by_rule(checks.REFUSE) and not self.by_rule(checks.ASK)
            else "nobody" if self.by_rule(checks.REFUSE) else "a person who says why",
            "owed": self.owed,
            "accepted": list(self.accepted),
            "checks": [
                {
                    "check": one.check, "rule": one.rule, "dealers": one.dealers.num_rows,
                    "first": one.first, "sentence": one.sentence,
                }
                for one in self.unready
            ],
        }  # fmt: skip


class _Asked(NamedTuple):
    """What every check reads: the follow-up, the wave, the day, its mailing, and its dealers (dealer_code, name, letters)."""

    session: Session
    settings: FollowUpSettings
    row: WaveRow
    on: date
    mailed_on: date
    dealers: pa.Table


def ready(session: Session, name: str, wave: int, on: date) -> Readiness:
    """Return what of a wave is not ready for its mailing, which is ``on`` or its first lawful day.

    Raises UnknownName, AlreadyDone for a wave that was released, NothingToDo for one without pieces.
    """
    settings = follow_ups.settings(session, name, on)
    row = pieces.wave(session, name, wave)
    if row.released:
        raise AlreadyDone(
            f"Wave {wave} of {name!r} was released before.",
            f"See what became of it with: renotify mail reconcile {name}.",
        )
    found = _found(session, settings, row, on, tuple(_CHECKS))
    return replace(found, accepted=tuple(_accepted(session, settings, row, found.mailed_on)))


def _accepted(
    session: Session, settings: FollowUpSettings, row: WaveRow, mailed_on: date
) -> list[str]:
    """Return which wordings of the wave's campaigns a person accepted, in words."""
    if not accepted(session, settings.campaigns, settings.name):
        return []
    made = versions.of_follow_up(session, settings, mail_date=mailed_on)
    bundles = wave_tables.planned(session, row.follow_up, row.number)["bundle"].unique().to_pylist()
    codes = {code for bundle in bundles for code in bundle.split(JOINED)}
    campaigns = [made.campaigns[code] for code in sorted(codes)]
    return accepted_words.told(made, made.accepted_in(campaigns, SPOKEN))


def _found(
    session: Session, settings: FollowUpSettings, row: WaveRow, on: date, asked: tuple[str, ...]
) -> Readiness:
    mailed_on = max(on, row.week, settings.first_letter)
    dealers = session.read(_LETTERS, _LETTER, name=row.follow_up, wave=row.number)
    given = _Asked(session, settings, row, on, mailed_on, dealers)
    owed = _owed(given)
    found = [
        replace(one, rule=checks.TELL) if owed else one
        for check in asked
        for one in _CHECKS[check](given)
    ]
    return Readiness(row, mailed_on, owed, tuple(found))


def _owed(given: _Asked) -> str:
    """Say why a wave may not be put off: a first notice in its last lawful week; a second or ordered one, which is owed at once."""
    settings, row = given.settings, given.row
    if settings.kind == VOLUNTARY:
        return ""
    if settings.kind not in FIRST_KINDS:
        return f"Letters of kind {settings.kind} are owed: nothing holds them, all is told."
    planned = wave_tables.planned(given.session, row.follow_up, row.number)
    known = registry.campaigns(given.session, settings.campaigns)
    week = monday_of(given.mailed_on)
    joined = joined_days(given.session, settings, known, week, row.number)
    days = [
        last_day([known[code] for code in one.split(JOINED)], settings, joined.get(one))
        for one in planned["bundle"].unique().to_pylist()
    ]
    due = min((day for day in days if day is not None), default=None)
    if due is None or last_full_week(due, week) >= 1:
        return ""
    return f"First notices are due by {due}, and no later week ends by it: nothing holds them, all is told."


def _told(given: _Asked, sql: str) -> pa.Table:
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
    given: _Asked, check: str, dealers: pa.Table, words: str, next_step: str
) -> Iterator[Unready]:
    """Yield what a check found, where it found a dealer."""
    if dealers.num_rows:
        yield _of(given, check, dealers, words, next_step)


def _of(given: _Asked, check: str, dealers: pa.Table, words: str, next_step: str) -> Unready:
    rule = given.settings.ready.of(check)
    named = {"check": check, "rule": rule}
    for place, (name, value) in enumerate(named.items()):
        column = pa.repeat(pa.scalar(value), dealers.num_rows)
        dealers = dealers.add_column(place, name, column)
    return Unready(check, rule, words, next_step, dealers.select(LIST.names).cast(LIST))


def _notices(given: _Asked) -> Iterator[Unready]:
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


def _beyond_told(given: _Asked) -> pa.Table:
    """Return the dealers that were told of fewer letters, in words; a dealer that was told nothing has no notice that went."""
    row = given.row
    found = told_weeks.beyond_told(given.session, row.follow_up, row.week)
    with arrow_sql() as arrow:
        arrow.register("more", found)
        what = "select dealer_code, 'told ' || told || ', now ' || letters as what from more"
        return _with_dealers(given, arrow.sql(what).to_arrow_table())


def _receipts(given: _Asked) -> Iterator[Unready]:
    silent = _told(given, _SILENT)
    verb, whose = ("has", "its") if silent.num_rows == 1 else ("have", "their")
    words = f"{counted(silent.num_rows, 'dealer')} with letters in this wave {verb} not acknowledged {whose} notice"
    step = f"Ask them, and take the receipts in: renotify notices {given.row.follow_up} --acknowledge FILE."
    yield from _unready(given, checks.RECEIPTS, silent, words, step)


def _kits(given: _Asked) -> Iterator[Unready]:
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


def _hours(given: _Asked) -> Iterator[Unready]:
    short = dealer_means.short_of_hours(
        given.session, given.row.follow_up, given.row.week, given.mailed_on
    )
    dealers = _with_dealers(given, short)
    words = f"{counted(dealers.num_rows, 'dealer')} of this wave should book extra technician-days"
    step = f"See the weeks: renotify workload {given.row.follow_up}."
    yield from _unready(given, checks.HOURS, dealers, words, step)


def _addresses(given: _Asked) -> Iterator[Unready]:
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


def _versions(given: _Asked) -> Iterator[Unready]:
    """Letter versions of the wave as it would be released on the day that nobody approved."""
    session, name = given.session, given.row.follow_up
    made = versions.of_follow_up(session, given.settings, mail_date=given.mailed_on)
    planned = wave_tables.planned(session, name, given.row.number)
    decided = asking_again.decide(session, name, given.row.number, planned, given.on)
    released = pieces.only(versions.settle_remedies(session, decided, made), PieceState.RELEASED)
    made.compile(versions.wanted(released))
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


_CHECKS: dict[str, Callable[[_Asked], Iterator[Unready]]] = {
    checks.NOTICES: _notices,
    checks.RECEIPTS: _receipts,
    checks.KITS: _kits,
    checks.HOURS: _hours,
    checks.ADDRESSES: _addresses,
    checks.VERSIONS: _versions,
}


def _with_dealers(given: _Asked, found: pa.Table) -> pa.Table:
    """Return of dealers (dealer_code, what) those with letters in the wave, with name and letters."""
    with arrow_sql() as arrow:
        arrow.register("dealers", given.dealers)
        arrow.register("found", found)
        return arrow.sql(
            "select d.*, f.what from found f join dealers d using (dealer_code) order by d.letters desc, d.dealer_code"
        ).to_arrow_table()


def _with_counts(given: _Asked, counts: pa.Table, column: str) -> pa.Table:
    """Return the dealers of the wave that counted letters are of, in words."""
    with arrow_sql() as arrow:
        arrow.register("counts", counts)
        what = f"select dealer_code, {column} || ' of its letters' as what from counts"
        found = arrow.sql(what).to_arrow_table()
    return _with_dealers(given, found)


# What a release asks


class Passed(NamedTuple):
    """What a release tells of readiness, and the decision to keep with what it goes against; None where nothing held the wave."""

    told: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    decision: Decision | None = None


class Gate(NamedTuple):
    """The question of readiness before a release; ``anyway`` is who lets a wave go that is held, and why."""

    anyway: Decision | None = None

    def passed(
        self, session: Session, settings: FollowUpSettings, row: WaveRow, on: date
    ) -> Passed:
        """Return what is told of a wave that may go. Raises Refused where it may not.

        Letter versions are asked for only where a rule may hold the wave for them: a release tells of them by itself.
        """
        asked = tuple(
            check
            for check in _CHECKS
            if check != checks.VERSIONS or settings.ready.of(check) != checks.TELL
        )
        found = _found(session, settings, row, on, asked)
        see = f"All dealers: renotify mail ready {row.follow_up} {row.number}."
        if refused := found.by_rule(checks.REFUSE):
            said = " ".join(one.sentence for one in refused)
            raise Refused(f"Wave {row.number} is not ready. {said}", see)
        held = found.by_rule(checks.ASK)
        if held and self.anyway is None:
            said = " ".join(one.sentence for one in held)
            raise Refused(
                f"Wave {row.number} is held. {said}",
                f"{see} To release it all the same: --anyway REASON, which is kept.",
            )
        told = [one.sentence for one in found.unready]
        return Passed(
            tuple([found.owed, *told] if found.owed and told else told),
            tuple(one.sentence for one in held),
            self.anyway if held else None,
        )


def keep(session: Session, row: WaveRow, passed: Passed, on: date) -> None:
    """Keep in the open transaction of a release who let it go though it was held, and what they were told."""
    if passed.decision is not None:
        kind = WaveDecisionKind.RELEASED_ANYWAY
        wave_decisions.record(session, row, kind, passed.decision, on, passed.told)


def decided(session: Session, row: WaveRow) -> list[Kept]:
    """Return what was decided about the waves of this one's week before."""
    known = wave_decisions.decisions(session, row.follow_up)
    return [one for one in known if one.week == row.week]


def write(session: Session, found: Readiness, out: Path) -> Path:
    """Write every dealer under every check as CSV (``LIST``) below ``out``, record the file, and return it."""
    if not found.unready:
        raise NothingToDo("The wave is ready: there is nothing to list.")
    folder = printing.folder_of(out, found.row.follow_up, found.row.number)
    path = folder.with_name(f"{folder.name}-readiness.csv")
    path.parent.mkdir(parents=True, exist_ok=True)
    arrow_csv.write_csv(found.dealers, path)
    with session.transaction():
        artifacts.record(session, path, "readiness", found.row.follow_up)
    return path
