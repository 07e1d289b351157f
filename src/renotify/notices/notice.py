"""Writing the notices of a follow-up: a PDF per dealer and per area, and the record of each."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from renotify.errors import BadInput, NothingToDo
from renotify.ledger import artifacts
from renotify.ledger.notice_editions import NEWEST, WENT
from renotify.ledger.session import Session
from renotify.notices import gather, memo, nothing_new, page, sent_files, told_by_notices, vehicles
from renotify.notices.facts import Facts, Occasion
from renotify.rules import load
from renotify.values.progress_callback import Progress
from renotify.values.worker_pool import worker_pool

STEP = "Notices"
KIND = "notice"
VEHICLES_KIND = "notice_vehicles"
CHUNK = 24
NOTICES = pa.schema(
    [
        *((name, pa.string()) for name in ("follow_up", "audience", "code", "file", "sha256")),
        ("written_on", pa.date32()),
    ]
)


def write(
    session: Session,
    name: str,
    *,
    on: date,
    out: Path,
    with_owners: bool = False,
    synthetic: str = "",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Write a follow-up's notices under ``out``/notices (of another one after the first, in a folder of its own there) and record them.

    One PDF for each known dealer (577.13(c)) and one for each area, named by code, each dealer's vehicles as CSV, and what they tell of
    each week. Nobody is told before they are stated as sent (``receipts``). The same ledger and day give the same bytes, and the same
    edition. A notice that tells something new after it was sent is the next edition (``nothing_new``): what was sent stays, its file in
    ``notices/sent``; one that was not sent is written over (decisions 0077 and 0115). ``with_owners`` adds owner contact for vehicles
    with an open recall and records each disclosure; ``synthetic`` is printed under the heading.
    Raises UnknownName without the follow-up or its plan, LetterRefused when a fact of 577.13(a) is
    missing: then nothing is written.
    """
    shared = gather.occasion(session, name, on, synthetic)
    known = gather.dealers(session, shared)
    if not known:
        raise NothingToDo("There is no dealer to tell.", "Load dealers.csv first.")
    folder = _folder(session, name, out / "notices")
    lists = _lists(session, shared, folder, with_owners=with_owners)
    known = [replace(one, came_back=lists.get(one.code, _NO_LIST).came_back) for one in known]
    facts = [_facts(dealer, lists.get(dealer.code, _NO_LIST)) for dealer in known]
    areas: dict[str, list[gather.Dealer]] = defaultdict(list)
    for dealer in known:
        areas[dealer.area].append(dealer)
    facts += [gather.area_facts(code, areas[code]) for code in sorted(areas)]
    files = [_file(folder, one.audience, one.code, ".pdf") for one in facts]
    copies = sent_files.kept(session, name, files)
    same = nothing_new.as_told(session, name, facts, folder, on)
    _compile(facts, files, shared, progress)
    _record(session, shared, facts, files, sent_files.needed(copies), same)
    return {
        "follow_up": name,
        "folder": str(folder),
        "dealers": len(known),
        "areas": len(areas),
        "letters": sum(one.letters for one in facts if one.audience == "dealer"),
        "holds": sum(len(dealer.holds) for dealer in known),
        "with_owners": with_owners,
        "messages": nothing_new.words(same),
    }


def _folder(session: Session, name: str, shared: Path) -> Path:
    """Return where a follow-up's notices go: where those of another one lie already, a folder of its own, so that both stay."""
    taken = session.scalar(
        "select count(*) from notice where follow_up <> :name and file like :inside and file not like :deeper",
        name=name,
        inside=f"{shared.absolute()}/dealer-%",
        deeper=f"{shared.absolute()}/dealer-%/%",
    )
    return shared / name if taken else shared


def _file(folder: Path, audience: str, code: str, ending: str) -> Path:
    if not code.replace("-", "").replace("_", "").isalnum():
        raise BadInput(
            f"The {audience} code {code!r} cannot be part of a file's name.",
            "Codes are letters, digits, - and _; correct dealers.csv.",
        )
    return folder / f"{audience}-{code}{ending}"


class _List(NamedTuple):
    """A dealer's vehicles as printed, the name of their file, and how many vehicles' mail came back, with the first of them."""

    shown: Sequence[Sequence[str]] = ()
    file: str = ""
    came_back: int = 0
    came_back_rows: Sequence[Sequence[str]] = ()


_NO_LIST = _List()


def _facts(dealer: gather.Dealer, own: _List) -> Facts:
    return gather.dealer_facts(dealer, own.shown, own.file, own.came_back_rows)


def _lists(
    session: Session, shared: Occasion, folder: Path, *, with_owners: bool
) -> dict[str, _List]:
    """Write each dealer's vehicles and return what of them is printed, by dealer."""
    folder.mkdir(parents=True, exist_ok=True)
    codes = [campaign.campaign_code for campaign in shared.campaigns]
    lists, rows = {}, []
    found = list(
        vehicles.by_dealer(
            session,
            shared.follow_up,
            codes,
            shared.first_day,
            on=shared.on,
            with_owners=with_owners,
        )
    )
    if with_owners:
        with session.transaction():
            for code, table in found:
                vehicles.disclose(session, code, table, shared.follow_up)
    for code, table in found:
        path = vehicles.write(_file(folder, "dealer", code, "-vehicles.csv"), table)
        rows.append(artifacts.row(path, VEHICLES_KIND, shared.follow_up))
        lists[code] = _List(vehicles.shown(table), path.name, *vehicles.returned(table))
    with session.transaction():
        artifacts.record_all(session, rows)
    return lists


def _compile(
    facts: Sequence[Facts], files: Sequence[Path], shared: Occasion, progress: Progress | None
) -> None:
    """Typeset every notice in its file, many at once."""
    pack = load(shared.on)
    documents = memo.documents(facts, shared, pack)
    tasks = [(str(path), document) for path, document in zip(files, documents, strict=True)]
    if len(tasks) <= CHUNK:
        _watch([_done(page.write_all(tasks))], len(tasks), progress)
        return
    workers = min(os.cpu_count() or 1, -(-len(tasks) // CHUNK))
    with worker_pool(workers) as pool:
        chunks = [
            pool.submit(page.write_all, tasks[i : i + CHUNK]) for i in range(0, len(tasks), CHUNK)
        ]
        _watch(chunks, len(tasks), progress)


def _done(count: int) -> Future[int]:
    finished: Future[int] = Future()
    finished.set_result(count)
    return finished


def _watch(chunks: Iterable[Future[int]], total: int, progress: Progress | None) -> None:
    done = 0
    for chunk in as_completed(chunks):
        done += chunk.result()
        if progress is not None:
            progress(STEP, done, total)


# The next edition where another one went, that one again where it did not; what went with the same text needs none
_WRITE = f"""
insert into notice (follow_up, audience, code, edition, file, sha256, written_on, acknowledged_at, receipt)
select w.follow_up, w.audience, w.code, coalesce(n.edition + n.gone, 1), w.file, w.sha256, w.written_on, '', ''
from notice_written w left join (
    select audience, code, edition, sha256, case when {WENT} then 1 else 0 end as gone from notice
    where follow_up = :name and {NEWEST}
) n on n.audience = w.audience and n.code = w.code
where n.edition is null or n.gone = 0 or n.sha256 <> w.sha256
on conflict (follow_up, audience, code, edition) do update set file = excluded.file, sha256 = excluded.sha256,
    written_on = case when notice.sha256 = excluded.sha256 then notice.written_on else excluded.written_on end
"""


def _record(
    session: Session,
    shared: Occasion,
    facts: Sequence[Facts],
    files: Sequence[Path],
    copies: Sequence[sent_files.SentFile],
    same: Collection[nothing_new.Key],
) -> None:
    """Record the notices (577.13(c)) and their files, with what they tell of weeks; what was sent keeps its digest and its file.

    Those that are the ``same`` as what was told are no next edition: their files show the figures of the day.
    """
    name = shared.follow_up
    rows = [artifacts.row(path, KIND, name) for path in files]
    weeks = told_by_notices.write(files[0].parent, facts, shared.on)
    notices = [
        {
            "follow_up": name,
            "audience": one.audience,
            "code": one.code,
            "file": row["path"],
            "sha256": row["sha256"],
            "written_on": shared.on,
        }
        for one, row in zip(facts, rows, strict=True)
        if (one.audience, one.code) not in same
    ]
    with session.transaction():
        artifacts.record_all(session, [*rows, artifacts.row(weeks, told_by_notices.KIND, name)])
        sent_files.record(session, name, copies)
        session.stage("notice_written", pa.Table.from_pylist(notices, NOTICES))
        session.execute(_WRITE, name=name)
