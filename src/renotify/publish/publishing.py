"""``publish``: what the public may know, out of the ledger and into a signed snapshot, set-wise and in one snapshot of the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.letter_facts import facts_of, old_vehicles, text_of, without_visit
from renotify.errors import NothingToDo, Refused
from renotify.ledger import follow_ups, registry
from renotify.ledger.first_letters import first_letters
from renotify.ledger.kinds import Status
from renotify.ledger.questions import answers
from renotify.ledger.session import Session
from renotify.publish.coverage import earliest_covered, is_covered, stale_after_days
from renotify.publish.public_facts import (
    LANGUAGES,
    MakersContact,
    PublicCampaign,
    PublicContent,
    PublicStanding,
    PublicTexts,
    PublicVehicle,
)
from renotify.publish.snapshot_layout import WIDTH
from renotify.publish.snapshot_writing import PlacedVehicles, write_snapshot
from renotify.values.different_rows import of_each
from renotify.values.progress_callback import Progress

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TEXTS = {
    "subject": "subject", "description": "defect", "risk": "consequence", "warning": "warning", "precaution": "precaution",
}  # fmt: skip
REMEDY = {"repair": "remedy", "replacement": "replacement", "refund": "depreciation"}
NEEDED = ("description", "risk", "remedy")  # 573.15(b)(8)
ROWS = pa.schema(
    [("vin", pa.string()), ("campaign", pa.string()), ("status", pa.string()), ("make", pa.string()), ("model", pa.string()),
     ("model_year", pa.int64()), ("build_date", pa.date32()), ("first_sale_date", pa.date32())]
)  # fmt: skip
AT_ONCE = 65_536  # rows that are looked at together: a driver hands out far fewer
ALIKE = ("campaign", "status", "make", "model", "model_year", "build_date", "first_sale_date")


@dataclass(frozen=True)
class Published:
    """What was written: the file, its day, from which day on it is complete, how much is in it, and what its recalls do not state."""

    file: Path
    updated: date
    earliest: date
    campaigns: int
    vehicles: int
    open_recalls: int
    key: str
    lacks: tuple[str, ...]


def publish(
    session: Session,
    file: Path,
    key: Ed25519PrivateKey,
    on: date,
    contact: MakersContact | None = None,
    *,
    progress: Progress = lambda *_: None,
) -> Published:
    """Write the signed snapshot of a day from one instant of the ledger, and say what it has.

    Every vehicle is in it, with each safety recall whose owner notification began in the last fifteen calendar years or has not begun
    (49 CFR 573.15(b)(4), (9)), and with service campaigns alike. ``contact`` is that of the newest follow-up where none is given.
    Raises Refused where there is none, NothingToDo for a ledger without vehicles; an older snapshot then stays as it is.
    """
    earliest = earliest_covered(on)
    known = registry.campaigns(session)
    covered = {code: one for code, one in known.items() if is_covered(one, earliest)}
    content = PublicContent(
        updated=on, earliest=earliest, stale_after_days=stale_after_days(on),
        contact=contact or _stated_contact(session, on),
        campaigns={code: public_campaign(one) for code, one in covered.items()},
    )  # fmt: skip
    total = int(session.scalar("select count(*) from vehicle"))
    alike = AlikeVehicles(covered, on, first_letters(session, covered))
    if not total and not session.scalar("select count(*) from state"):
        raise NothingToDo(
            "There is no vehicle to publish.", "Load vehicles and a population first."
        )
    placed = _counted(alike.placed(_batches(session, list(covered))), progress, total)
    manifest = write_snapshot(file, key, placed, content, alike.vehicles)
    named = {standing.campaign for one in alike.vehicles for standing in one.standings}
    told = [one for code, one in content.campaigns.items() if code in named]
    return Published(
        file, on, earliest, len(told), manifest.vehicles, alike.open_recalls, manifest.key, tuple(_lacks(told)),
    )  # fmt: skip


def _counted(
    placed: Iterator[PlacedVehicles], progress: Progress, total: int
) -> Iterator[PlacedVehicles]:
    done = 0
    for some in placed:
        yield some
        done += len(some.vins)
        progress("vehicles", done, max(total, done))


def _stated_contact(session: Session, on: date) -> MakersContact:
    names = follow_ups.names(session)
    sender = follow_ups.settings(session, names[-1], on).sender if names else {}
    if not sender.get("phone") and not sender.get("web"):
        raise Refused(
            "Nobody has said whom the public may ask (49 CFR 573.15(b)(11)).",
            "Say it with --contact and --phone or --web, or state a follow-up's [sender].",
        )
    return MakersContact(*(str(sender.get(key, "")) for key in ("name", "phone", "tty", "web")))


def public_campaign(campaign: Campaign) -> PublicCampaign:
    """Return what the public reads of a campaign, in its owners' words (573.15(b)(8))."""
    by = str(campaign.letter.get("remedy_by", "repair"))
    return PublicCampaign(
        campaign=campaign.campaign_code,
        nhtsa_campaign_number=campaign.nhtsa_campaign_number,
        kind=str(campaign.campaign_type),
        reported=campaign.filed_date,
        remedy_by=by,
        do_not_drive=campaign.do_not_drive,
        park_outside=campaign.park_outside,
        texts={language: _texts(campaign, by, language) for language in LANGUAGES},
        no_visit=without_visit(campaign),
    )


def _texts(campaign: Campaign, remedy_by: str, language: str) -> PublicTexts:
    own = {name: text_of(campaign, key, language) for name, key in TEXTS.items()}
    said = [text_of(campaign, REMEDY[remedy_by], language)]
    if without_visit(campaign):
        said.append(text_of(campaign, "owner_steps", language))
    sentences = [one.rstrip(" .") + "." for one in said if one]
    return PublicTexts(**own, remedy=" ".join(sentences) if len(sentences) > 1 else said[0])


def _lacks(campaigns: Iterable[PublicCampaign]) -> Iterator[str]:
    """Yield what recalls do not state and the public is to be told (573.15(b)(8))."""
    for one in campaigns:
        if one.is_recall:
            missing = [name for name in NEEDED if not getattr(one.texts["en"], name)]
            missing += ["NHTSA number"] if not one.nhtsa_campaign_number else []
            missing += ["day of the report"] if one.reported is None else []
            yield from (f"{one.campaign}: {name}" for name in missing)


def _batches(session: Session, codes: Sequence[str]) -> Iterator[pa.Table]:
    """Yield each vehicle in each covered campaign that asks something of it or did, and each other vehicle once, in order of VIN."""
    vin = "vin" if session.sqlite else 'vin collate "C"'
    asked = (
        f"s.current and s.status <> '{Status.REMOVED}'"
        f" and s.campaign_code in {session.list_values('codes')}"
    )
    vehicle = "coalesce(v.make, '') as make, coalesce(v.model, '') as model, v.model_year, v.build_date, v.first_sale_date"
    sql = (
        f"select s.{vin} as vin, s.campaign_code as campaign, s.status, {vehicle}"
        f" from state s left join vehicle v on v.vin = s.vin where {asked}"
        f" union all select v.{vin} as vin, '' as campaign, '' as status, {vehicle} from vehicle v"
        f" where not exists (select 1 from state s where s.vin = v.vin and {asked}) order by vin, campaign"
    )
    waiting: list[pa.RecordBatch] = []
    with session.stream(sql, ROWS, codes=json.dumps(codes)) as reader:
        for batch in reader:
            waiting.append(batch)
            if sum(one.num_rows for one in waiting) >= AT_ONCE:
                yield pa.Table.from_batches(waiting)
                waiting = []
    yield pa.Table.from_batches(waiting, ROWS)


class AlikeVehicles:
    """Vehicles that the public is told the same of, each kind once: ``vehicles`` grows as they come; ``open_recalls`` counts them."""

    def __init__(
        self, campaigns: Mapping[str, Campaign], on: date, begun: Mapping[str, date]
    ) -> None:
        """``begun`` is the day of the first letter about each campaign, from which the free remedy counts back as in its letters."""
        self._campaigns = campaigns
        self._old = {
            code: old_vehicles(one, min(on, begun.get(code, on))) for code, one in campaigns.items()
        }
        self._by_build = [
            code for code, one in campaigns.items() if one.remedies or self._old[code]
        ]
        self._by_sale = [code for code, old in self._old.items() if old]
        self._kinds: dict[tuple[str, str, int | None, PublicStanding | None], int] = {}
        self._rows: list[tuple[str, str, int | None, PublicStanding | None]] = []
        self._places: dict[tuple[int, ...], int] = {}
        self.vehicles: list[PublicVehicle] = []
        self.open_recalls = 0

    def placed(self, batches: Iterator[pa.Table]) -> Iterator[PlacedVehicles]:
        """Yield the vehicles of batches of ``ROWS`` in order of VIN, each once; one that a batch cuts is kept for the next."""
        kept = ROWS.empty_table()
        for batch in batches:
            rows = pa.concat_tables([kept, batch]).combine_chunks()
            if not rows.num_rows:
                continue
            last = pc.index(rows["vin"], rows["vin"][-1]).as_py()
            kept = rows.slice(last)
            if last:
                yield self._of(rows.slice(0, last))
        if kept.num_rows:
            yield self._of(kept)

    def _of(self, rows: pa.Table) -> PlacedVehicles:
        vins = _as_bytes(rows["vin"])
        kinds = self._kinds_of(rows)
        starts = np.flatnonzero(np.concatenate(([True], vins[1:] != vins[:-1])))
        lengths = np.diff(np.append(starts, len(vins)))
        places = np.zeros(len(starts), np.uint32)
        for length in np.unique(lengths).tolist():
            own = np.flatnonzero(lengths == length)
            each, which = np.unique(
                kinds[starts[own][:, None] + np.arange(length)], axis=0, return_inverse=True
            )
            found = np.array([self._place(tuple(one)) for one in each.tolist()], np.uint32)
            places[own] = found[which.reshape(-1)]
        self._count(places)
        return PlacedVehicles(vins[starts], places)

    def _count(self, places: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> None:
        each, times = np.unique(places, return_counts=True)
        for place, count in zip(each.tolist(), times.tolist(), strict=True):
            standings = self.vehicles[place].standings
            recalls = [one for one in standings if self._campaigns[one.campaign].family == "safety"]
            self.open_recalls += count * sum(not one.done for one in recalls)

    def _kinds_of(self, rows: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return for each row the number of its kind; a day stands in a kind only where the remedy or its price depends on it."""
        for column, codes in (("build_date", self._by_build), ("first_sale_date", self._by_sale)):
            asked = pc.is_in(rows["campaign"], pa.array(codes, pa.string()))
            days = pc.if_else(asked, rows[column], pa.scalar(None, pa.date32()))
            rows = rows.set_column(rows.schema.get_field_index(column), column, days)
        found = of_each([rows[name] for name in ALIKE], self._kind, pa.int64())
        return np.asarray(found.combine_chunks().to_numpy(zero_copy_only=False))

    def _kind(
        self, code: str, status: str, make: str, model: str, year: str, built: str, sold: str
    ) -> int:
        model_year = int(year) if year else None
        standing = None
        if code:
            campaign = self._campaigns[code]
            days = (
                date.fromisoformat(built) if built else None,
                date.fromisoformat(sold) if sold else None,
            )
            standing = self._standing(campaign, status, model, model_year, *days)
            make = make or campaign.make
        kind = (make, model, model_year, standing)
        if kind not in self._kinds:
            self._kinds[kind] = len(self._rows)
            self._rows.append(kind)
        return self._kinds[kind]

    def _standing(
        self, campaign: Campaign, status: str, model: str, year: int | None, built: date | None, sold: date | None,
    ) -> PublicStanding:  # fmt: skip
        done = bool(answers(status).done)
        if done:
            return PublicStanding(campaign.campaign_code, done=True, remedy_from=None)
        old = self._old[campaign.campaign_code]
        facts = facts_of(campaign, not_free=old is not None and old.holds(sold, built, year))
        return PublicStanding(
            campaign.campaign_code,
            done=False,
            remedy_from=campaign.remedy_date_of(model, year, built),
            as_its_letter_says="not_free" in facts,
        )

    def _place(self, kinds: tuple[int, ...]) -> int:
        if kinds not in self._places:
            rows = [self._rows[kind] for kind in kinds]
            standings = [one[3] for one in rows if one[3] is not None]
            self._places[kinds] = len(self.vehicles)
            ordered = tuple(sorted(standings, key=self._first))
            self.vehicles.append(PublicVehicle(*rows[0][:3], ordered))
        return self._places[kinds]

    def _first(self, standing: PublicStanding) -> tuple[object, ...]:
        """Open safety recalls stand first (573.15(b)(5)), then open service campaigns, then what is done."""
        service = self._campaigns[standing.campaign].family == "service"
        return standing.done, service, standing.campaign


def _as_bytes(vins: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.bytes_]]:
    """Return numbers as an array of 17 bytes each."""
    filled = pc.ascii_rpad(vins.combine_chunks(), WIDTH, "\0").cast(pa.binary(WIDTH))
    return np.frombuffer(filled.buffers()[1], f"S{WIDTH}", len(filled), filled.offset * WIDTH)
