"""Freezes the list of a follow-up (49 CFR 577.10(c), (d)).

Listed are open vehicles with a mailable owner of record, the newest registration first (drawn by lot where the follow-up says so). Everyone
else in the campaigns' populations is in the list too, left out under one named reason:

    repaired, inspected_ok, removed    nothing is open on the vehicle in this family
    unreachable_<cause>                likewise
    no_owner                           no owner, lessee or lessor is known
    owner_to_confirm                   no owner can be written to, and a street or city holds a word
                                       that may stand for nothing (values.placeholders): a person must look
    no_current_owner                   every one who is known has given the vehicle up
    in_dealer_stock                    nobody holds it but a dealer, in whose stock it is held until it is done
    owner_row_refused                  the newest owner row was refused at load: a person must correct it or decide
    mail_returned                      a letter came back from the newest address of every owner: find them (mail work)
    address_abroad                     who holds it lives outside the United States, and street or city is not known
    address_incomplete                 the newest record of every owner cannot be mailed

and of a list of second notices (kind ``remedy_available``, ``second_notice``) before these
    remedy_not_known                   the remedy has no day yet
    no_interim_letter                  no letter is recorded as mailed that said that the remedy is not there
    in_second_notice                   another list of second notices has it and has not mailed it
    told_of_remedy                     a letter that said that the remedy is there was mailed

and of a list of first notices (``first_notice``)
    in_first_notice                    another list of first notices has it and has not mailed it
    planned_elsewhere                  likewise another list
    first_notice_sent                  a first notice about it was mailed and has not come back
    first_notice_stated                a person stated when its first notices went

and of a list that nobody is bound to send, of those who could be written to, who hears from another follow-up (``selection.rest``):
planned_elsewhere, in_the_mail, resting, visit_booked, not_silent.

An owner abroad is written to like any other (577.7), and so is one without a name: the letter is the registered owner's.

A vehicle is planned at its own dealer. One without a dealer, or of a dealer that is not loaded, is
planned at the dealer nearest to its owner's ZIP Code (``dealer_assigned``), and its letter names
none: any dealer of the make is as good. A vehicle without a row of its own is listed too: its VIN
and its campaigns say what a letter needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import JOINED, SECOND_NOTICE, FollowUpSettings
from renotify.campaigns.missing_facts import missing
from renotify.errors import BadInput, NothingToDo, Refused
from renotify.ledger import follow_ups, registry, tables
from renotify.ledger.accepted_wordings import handles_accepted
from renotify.ledger.first_letters import with_first_notices
from renotify.ledger.fold import REASONS
from renotify.ledger.holders import IN_STOCK, NOTHING_BESIDE, REFUSED, Beside, beside, holders
from renotify.ledger.outside_scopes import outside_scopes
from renotify.ledger.placeholder_words import placeholders
from renotify.ledger.returned_mail import RECORD, came_back
from renotify.ledger.session import Session
from renotify.ledger.status import in_campaigns
from renotify.rules import KIND_OF_FOLLOWUP, load
from renotify.selection import first_notice, rest, second_notice
from renotify.selection.drawn import drawn
from renotify.selection.left_out_words import AWAY, INCOMPLETE, MAIL_RETURNED, TO_CONFIRM
from renotify.selection.nearest_dealer import nearest_dealers
from renotify.selection.notice_day import refuse_notice_day
from renotify.values.address import address_problems, countries_of
from renotify.values.arrow_sql import arrow_sql
from renotify.values.different_rows import of_each
from renotify.values.english import counted, one_a_line
from renotify.values.piece import piece_ids
from renotify.values.placeholders import ADDRESS, Placeholders
from renotify.visits.needs import labour_rows

LISTED = ("vin", "family", "bundle", "dealer_code", "left_out", "rank", "dealer_assigned", "arm")
PIECES = ("vin", "piece_id", "family", "role", "bundle", "dealer_code", "language", "owner_as_of")
STANDING = ("vin", "campaign_code", "status", "reason")
OWNERS = (
    "vin", "role", "as_of", "name1", "name2", "addr1", "addr2", "city", "state", "zip", "language", "country",
    "end_date",
)  # fmt: skip
DEALERS = ("dealer_code", "area_code", "zip", "lat", "lon")
ENGLISH = "en"  # is never left out, 577.5(a)
SHOWN_FACTS = 20  # so many lines of what is missing
MOST_CAMPAIGNS = 62  # a bit each
CLOSED = [
    *second_notice.REASONS, *first_notice.REASONS, "repaired", "inspected_ok", "removed", *(f"unreachable_{reason}" for reason in REASONS),
]  # fmt: skip

# Every record known on the day, where something is open.
_KNOWN = """
    select owners.* from owners semi join (
        select vin from standing semi join campaigns using (campaign_code) where status = 'open'
    ) open_vehicles using (vin) where as_of <= $on"""
# The newest record of everyone who holds the vehicle.
_HELD = "select k.* from known k semi join (from holder where holds) h using (vin, role, as_of)"
_REACHED = """
    select vin, role, as_of, zip, to_confirm, language,
        problem is null and not to_confirm and came_back.vin is null as mailable,
        came_back.vin is not null as returned, abroad
    from held left join came_back using (vin, role, as_of)"""
_IN_STOCK = """
    create temporary table in_stock as
    select distinct vin from stock where in_date <= $on and (sold_date is null or sold_date > $on)"""
# The ZIP Code of the lessee, else of the owner, else of the lessor, where no known dealer has the vehicle.
_WITHOUT_DEALER = """
    select vin, zip from newest_owners anti join
        (select vin from vehicles semi join dealers using (dealer_code)) with_dealer using (vin)
    where mailable and not abroad
    qualify row_number() over (partition by vin
        order by list_position(['lessee', 'owner', 'lessor'], role)) = 1"""
_SERVED = """
    select vin, dealer_code, false as assigned from vehicles semi join dealers using (dealer_code)
    union all
    select vin, nearest as dealer_code, true from without_dealer join nearest using (zip)
    where nearest is not null"""
# One row a vehicle and family: its open campaigns as the bundle, else why nothing is open. Numbers
# while rows are many (a bit a campaign, a place in CLOSED), names for the few different ones.
_LISTED = f"""
    with numbered as (
        select vin, family, bit, status = 'open' as is_open, list_position($closed,
            case status when 'unreachable' then 'unreachable_' || reason else status end) as closed
        from standing join campaigns using (campaign_code)),
    families as (
        select vin, family, bit_or(bit) filter (is_open) as open_bits, bit_or(bit) as all_bits,
            min(closed) as closed
        from numbered group by vin, family),
    bundles as (
        select bits, string_agg(campaign_code, '+' order by bit) as bundle
        from (select distinct coalesce(open_bits, all_bits) as bits from families)
        join campaigns on bits & bit <> 0 group by bits),
    reached as (
        select vin, max(as_of) as newest, bool_or(mailable) as mailable, bool_or(abroad) as abroad,
            bool_or(to_confirm) as to_confirm, bool_or(returned) as returned
        from newest_owners group by vin),
    unheld as (select vin, max(otherwise) as otherwise from holder group by vin),
    withheld_families as (
        select w.vin, c.family, min(list_position($rest, w.reason)) as place
        from withheld w join standing s using (vin, campaign_code) join campaigns c using (campaign_code)
        where s.status = 'open' group by all)
    select f.vin, f.family, b.bundle, coalesce(d.dealer_code, '') as dealer_code,
        cast(coalesce(d.assigned, false) as integer) as dealer_assigned,
        case when f.open_bits is null then $closed[f.closed]
            when r.vin is null and f.vin in (select vin from refused) then '{REFUSED}'
            when r.vin is null then coalesce(u.otherwise, if(f.vin in (select vin from in_stock), '{IN_STOCK}', 'no_owner'))
            when r.mailable then coalesce($rest[h.place], '') when r.to_confirm then '{TO_CONFIRM}' when r.returned then '{MAIL_RETURNED}'
            when r.abroad then '{AWAY}' else '{INCOMPLETE}' end as left_out,
        row_number() over (order by r.newest desc nulls last, f.vin, f.family) as rank
    from families f join bundles b on b.bits = coalesce(f.open_bits, f.all_bits)
    left join served d using (vin) left join reached r using (vin) left join unheld u using (vin)
    left join withheld_families h on h.vin = f.vin and h.family = f.family
    order by rank"""
_OF_LISTED = "from listed l join newest_owners o using (vin) where l.left_out = ''"
_PIECES = f"""
    select l.vin, l.family, o.role, l.bundle, o.language, o.as_of as owner_as_of,
        case when l.dealer_assigned = 1 then '' else l.dealer_code end as dealer_code
    {_OF_LISTED} and o.mailable order by l.rank, o.role"""
_UNWRITTEN = f"select l.vin, l.family, o.role {_OF_LISTED} and not o.mailable order by all"


@dataclass(frozen=True)
class Frozen:
    """The list, those left out included, and a piece for each owner who is to be written to.

    ``unwritten`` (vin, family, role): of a listed vehicle, an owner beside the one written to whose
    own address cannot be mailed, such as the lessor of a leased vehicle.
    """

    listed: pa.Table
    pieces: pa.Table
    unwritten: pa.Table


@dataclass(frozen=True, eq=False)
class Records:
    """What the ledger knows: ``standing`` (STANDING), the current remedy version of each vehicle and campaign; ``owners``
    (OWNERS), every record; ``vehicles``, vin and dealer_code; ``dealers`` (DEALERS), every dealer; ``beside``, what else speaks
    of who holds a vehicle; ``came_back`` (vin, role, as_of), the records from whose address mail came back; ``withheld``
    (``rest.ELSEWHERE``), the campaigns about which vehicles hear from another follow-up.
    """

    standing: pa.Table
    owners: pa.Table
    vehicles: pa.Table
    dealers: pa.Table
    beside: Beside = NOTHING_BESIDE
    came_back: pa.Table = field(default_factory=RECORD.empty_table)
    withheld: pa.Table = field(default_factory=rest.ELSEWHERE.empty_table)


def freeze(
    records: Records,
    campaigns: Mapping[str, Campaign],
    settings: FollowUpSettings,
    on: date,
    words: Placeholders,
) -> Frozen:
    """Freeze a list from what stands on a day.

    All who hold a vehicle (``ledger.holders``) get a piece. A vehicle with a safety recall and a service campaign open
    is listed twice, once a family: they never share a piece (577.14); a bundle names its campaigns in the settings' order.
    ``words`` are those of a name or address that a person must confirm. Raises BadInput for more than 62 campaigns.
    """
    with arrow_sql() as arrow:
        arrow.register("standing", records.standing)
        arrow.register("vehicles", records.vehicles)
        arrow.register("dealers", records.dealers)
        arrow.register("campaigns", _families(campaigns, settings))
        arrow.register("owners", records.owners)
        arrow.register("refused", records.beside.refused)
        arrow.register("stock", records.beside.stock)
        arrow.execute(_IN_STOCK, {"on": on})
        arrow.register("came_back", records.came_back)
        arrow.register("withheld", records.withheld)
        _register_owners(arrow, words, records.beside, on)
        _register_dealers(arrow, records.dealers)
        reasons = {"closed": CLOSED, "rest": list(rest.REASONS)}
        listed = arrow.sql(_LISTED, params=reasons).to_arrow_table()
        listed = drawn(arrow, listed, settings.drawn, settings.name)
        arrow.register("listed", listed)
        pieces = arrow.sql(_PIECES).to_arrow_table()
        unwritten = arrow.sql(_UNWRITTEN).to_arrow_table()
    ids = piece_ids(settings.name, pieces["vin"], pieces["family"], pieces["role"])
    pieces = pieces.append_column("piece_id", ids).select(PIECES)
    return Frozen(listed.select(LISTED), pieces, unwritten)


def _register_owners(
    arrow: DuckDBPyConnection, words: Placeholders, known_beside: Beside, on: date
) -> None:
    """Make ``known`` and ``newest_owners``: all who are known; who holds the vehicle, with the languages of the letter (577.5(a))."""
    known = arrow.sql(_KNOWN, params={"on": on}).to_arrow_table()
    arrow.register("known", known)
    arrow.register("holder", holders(known, on, known_beside))
    held = arrow.sql(_HELD).to_arrow_table()
    held = held.append_column("problem", address_problems(held))
    languages = of_each((held["state"], held["language"]), load(on).letter_language, pa.string())
    held = held.set_column(held.column_names.index("language"), "language", languages)
    held = held.append_column("abroad", pc.not_equal(countries_of(held), ""))
    arrow.register("held", held.append_column("to_confirm", words.asked(held, ADDRESS)))
    reached = arrow.sql(_REACHED).to_arrow_table()
    arrow.register("newest_owners", reached)


def _register_dealers(arrow: DuckDBPyConnection, dealers: pa.Table) -> None:
    """Make ``served``: each vehicle's own dealer, or the one nearest to its owner."""
    without = arrow.sql(_WITHOUT_DEALER).to_arrow_table()
    arrow.register("without_dealer", without)
    zips = without["zip"].combine_chunks().unique()
    nearest = nearest_dealers(zips, dealers) if len(zips) else zips
    arrow.register("nearest", pa.table({"zip": zips, "nearest": nearest}))
    arrow.register("served", arrow.sql(_SERVED).to_arrow_table())


def _families(campaigns: Mapping[str, Campaign], settings: FollowUpSettings) -> pa.Table:
    order = [code for code in settings.campaigns if code in campaigns]
    if len(order) > MOST_CAMPAIGNS:
        raise BadInput(
            f"A follow-up takes at most {MOST_CAMPAIGNS} campaigns, not {len(order)}.",
            "Make one follow-up for each group of campaigns.",
        )
    return pa.table({
        "campaign_code": pa.array(order, pa.string()),
        "family": pa.array([campaigns[code].family for code in order], pa.string()),
        "bit": pa.array([1 << place for place in range(len(order))], pa.int64()),
    })  # fmt: skip


def freeze_follow_up(session: Session, settings: FollowUpSettings, on: date) -> dict[str, Any]:
    """Freeze a follow-up's list from the ledger as of one instant, keep it, and return its counts.

    Raises UnknownName for a campaign nobody has registered, BadInput for a day of the notice that none can be (``notice_day``),
    NothingToDo for an empty list, Refused where a campaign or the sender does not state what letters must say, and AlreadyDone for a
    second list of one name; then nothing is written.
    """
    with session.transaction():  # what is read in it is what stands while the list is kept
        campaigns = registry.campaigns(session, settings.campaigns)
        refuse_notice_day(settings, campaigns, on)
        where, values = in_campaigns(settings.campaigns)
        standing = tables.read(session, "state", *STANDING, where=f"current and {where}", **values)
        if settings.kind == SECOND_NOTICE:
            standing = second_notice.owed(session, standing, campaigns, settings.name)
        noticed = first_notice.found(session, campaigns, settings, on, first_notice.asked(settings))
        standing = first_notice.owed(standing, noticed)
        vehicles = tables.read(session, "vehicle", "vin", "dealer_code")
        owners = tables.read(session, "owner", *OWNERS)
        dealers = tables.read(session, "dealer", *DEALERS)
        words = placeholders(session)
        withheld = rest.withheld(session, standing, campaigns, settings, on)
        records = Records(
            standing,
            owners,
            vehicles,
            dealers,
            beside(session, on),
            came_back(session, on),
            withheld,
        )
        frozen = freeze(records, campaigns, settings, on, words)
        summary = summary_of(settings.name, frozen, vehicles["vin"])
        elsewhere = rest.told(frozen.listed, withheld)
        had = first_notice.told(frozen.listed, noticed)
        if not summary["listed"]:
            raise NothingToDo(
                f"No vehicle of {', '.join(settings.campaigns)} is open and can be written to;"
                f" the follow-up {settings.name} was not made.",
                f"See why with `renotify status`, and load population and owners first.{_whom(summary)}"
                f"{_from_whom(elsewhere)}{''.join(f' {one}' for one in had)}",
            )
        timed = frozenset(row.campaign_code for row in labour_rows(session))
        untold = _untold(session, frozen, campaigns, settings, timed, on)
        untold += outside_scopes(session, campaigns)
        follow_ups.save(session, settings, on, frozen.listed, frozen.pieces)
        searched = _searched_in(session, settings.name)
    return summary | {
        "missing": untold,
        "messages": had,
        "searched_in": searched,
        "elsewhere": elsewhere,
    }


def _searched_in(session: Session, name: str) -> list[str]:
    """Return the follow-ups whose lists of returned mail have the vehicles that were left out for it."""
    found = session.read(
        "select distinct p.follow_up from listed l join piece p on p.vin = l.vin and p.returned_on is not null"
        f" where l.follow_up = :name and l.left_out = '{MAIL_RETURNED}' order by p.follow_up",
        pa.schema([("follow_up", pa.string())]),
        name=name,
    )
    names: list[str] = found["follow_up"].to_pylist()
    return names


def _untold(
    session: Session,
    frozen: Frozen,
    campaigns: Mapping[str, Campaign],
    settings: FollowUpSettings,
    timed: frozenset[str],
    on: date,
) -> list[str]:
    """Return what the letters should say and campaigns.toml does not, a sentence each; the sender's facts are needed too.

    ``timed`` are the campaigns of which labor_times has the hours, ``accepted`` the handles of wordings that a person accepted.
    Raises Refused where a letter cannot be printed without it: better now than when a wave is released.
    """
    listed = frozen.listed.filter(pc.equal(frozen.listed["left_out"], ""))
    bundles = pc.unique(listed["bundle"]).to_pylist()
    spoken = _languages(bundles, frozen.pieces)
    languages = sorted(set().union(*spoken.values()))
    _refuse_with_provisional(bundles, campaigns)
    pack, kind = load(settings.first_letter), KIND_OF_FOLLOWUP[settings.kind]
    accepted = handles_accepted(session, on)
    written_of = with_first_notices(session, campaigns, kind, on)
    found = [
        one
        for code in settings.campaigns
        if code in spoken
        for one in missing(
            written_of[code],
            pack,
            kind,
            sorted(spoken[code]),
            timed=code in timed,
            telephones=settings.telephones,
            accepted=accepted,
        )
    ]
    recall = any(campaigns[code].family == "safety" for code in spoken)
    needed = settings.missing_of_sender(recall=recall, languages=languages)
    needed += [one.sentence for one in found if one.must]
    if needed:
        are = "is" if len(needed) == 1 else "are"
        raise Refused(
            f"No letter can be printed before {counted(len(needed), 'fact')} {are} stated or mended:{as_many_as_read(needed)}",
            "Add what is missing to followup.toml, or to campaigns.toml and load it, and make the follow-up again.",
        )
    return [one.sentence for one in found]


def _languages(bundles: Sequence[str], pieces: pa.Table) -> dict[str, set[str]]:
    """Return the languages of the letters about each campaign of some bundles: a letter is about its bundle alone, and in English."""
    found = {code: {ENGLISH} for bundle in bundles for code in bundle.split(JOINED)}
    for row in _counted(pieces, "bundle", "language"):
        for code in row["bundle"].split(JOINED):
            found[code].update(row["language"].split(JOINED))
    return found


def as_many_as_read(needed: Sequence[str]) -> str:
    """Return facts that are missing, one a line, as many as people read, and how many more there are; one alone behind a colon."""
    shown = needed if len(needed) <= SHOWN_FACTS else needed[: SHOWN_FACTS - 1]
    more = len(needed) - len(shown)
    return one_a_line([*shown, *([f"And {counted(more, 'fact')} more."] if more else [])])


def _refuse_with_provisional(bundles: list[str], campaigns: Mapping[str, Campaign]) -> None:
    """Refuse a bundle of which one campaign is before a court: its letter has the items of 577.6(b) alone."""
    for bundle in bundles:
        codes = bundle.split(JOINED)
        pending = [code for code in codes if campaigns[code].provisional]
        if pending and len(codes) > 1:
            raise Refused(
                f"The order about {pending[0]} is before a court: its provisional notification stands alone (49 CFR 577.6(b)),"
                f" and {bundle} would be one letter.",
                f"Make a follow-up of {pending[0]} alone, and one of the others.",
            )


def _whom(summary: dict[str, Any]) -> str:
    counts = [f"{count} {reason}" for reason, count in summary["left_out"].items()]
    return f" Left out: {', '.join(counts)}." if counts else ""


def _from_whom(elsewhere: list[dict[str, Any]]) -> str:
    names = sorted({row["follow_up"] for row in elsewhere})
    return f" They hear from {', '.join(names)}." if names else ""


def summary_of(name: str, frozen: Frozen, vehicles: pa.ChunkedArray) -> dict[str, Any]:
    """Return the counts of a list: bundles, languages, arms, reasons and what is planned oddly; ``vehicles`` are the VINs on file.

    A vehicle with two pieces, a recall's and a service campaign's, is one vehicle, also among those that are left out for a reason.
    """
    bundles = {
        row["bundle"]: row["vin_count"]
        for row in _counted(frozen.listed, "bundle", "left_out")
        if not row["left_out"]
    }
    left_out = _different_vehicles(frozen.listed)
    languages = sorted(_counted(frozen.pieces, "language"), key=lambda row: str(row["language"]))
    unwritten = {row["role"]: row["vin_count"] for row in _counted(frozen.unwritten, "role")}
    return {
        "follow_up": name,
        "listed": left_out.pop("", 0),
        "pieces": frozen.pieces.num_rows,
        "bundles": dict(sorted(bundles.items())),
        "languages": {row["language"]: row["vin_count"] for row in languages},
        "arms": _arms(frozen.listed),
        "left_out": dict(sorted(left_out.items())),
        "unwritten_owners": dict(sorted(unwritten.items())),
        **_oddly_planned(frozen.listed, vehicles),
    }


def _different_vehicles(listed: pa.Table) -> dict[str, int]:
    """Count the vehicles of each reason why a letter is left out (blank: it is not), each once."""
    counts = listed.group_by(["left_out"]).aggregate([("vin", "count_distinct")]).to_pylist()
    return {row["left_out"]: row["vin_count_distinct"] for row in counts}


def _arms(listed: pa.Table) -> dict[str, int]:
    """Count the vehicles of each arm: one with two letters is one; nothing where no arms are stated."""
    in_arms = listed.filter(pc.not_equal(listed["arm"], ""))
    counts = in_arms.group_by(["arm"]).aggregate([("vin", "count_distinct")]).to_pylist()
    return {
        row["arm"]: row["vin_count_distinct"]
        for row in sorted(counts, key=lambda row: str(row["arm"]))
    }


def _oddly_planned(listed: pa.Table, vehicles: pa.ChunkedArray) -> dict[str, int]:
    """Count what is listed without a dealer of its own, without any, and without a row of the vehicle."""
    written = listed.filter(pc.equal(listed["left_out"], ""))
    unknown = pc.invert(pc.is_in(written["vin"], value_set=vehicles.combine_chunks()))
    return {
        "nearest_dealer": int(pc.sum(written["dealer_assigned"], min_count=0).as_py()),
        "no_dealer": int(pc.sum(pc.equal(written["dealer_code"], ""), min_count=0).as_py()),
        "no_vehicle_row": int(pc.sum(unknown, min_count=0).as_py()),
    }


def _counted(rows: pa.Table, *by: str) -> list[dict[str, Any]]:
    counted: list[dict[str, Any]] = rows.group_by(by).aggregate([("vin", "count")]).to_pylist()
    return counted
