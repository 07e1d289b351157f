"""What came of a job, for people: sentences, figures, tables, what to look at next and files to take, of the document of its command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse

from renotify.values.english import counted, percent, short_day
from renotify.web.jobs.job import Job
from renotify.web.theme.shown_table import ShownTable, shown_table

Said = Mapping[str, Any]


class Next(NamedTuple):
    """What to look at or to do next, and where."""

    says: str
    address: str


@dataclass(frozen=True)
class CameOfIt:
    """What a page says of a finished job; ``more`` are sentences that stand folded, ``kept`` files and folders, by their words."""

    sentences: Sequence[str]
    tables: Sequence[ShownTable] = ()
    steps: Sequence[Next] = ()
    more: Sequence[str] = ()
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> list[tuple[int, str]]:
        """The files that can be taken: place and words."""
        return [
            (place, words)
            for place, (words, path) in enumerate(self.kept.items())
            if path_of(path).exists()
        ]


def path_of(path: str) -> Path:
    """Return where a file of a command lies: relative names are beneath the site's folder, where its commands run."""
    return Path(settings.RENOTIFY_FOLDER) / path


def came_of(job: Job) -> CameOfIt | None:
    """Return what came of a job; None while it said nothing, and for a load, which has a page of its own."""
    if not isinstance(job.said, dict | list) or not job.said or job.kind == "load":
        return None
    said = dict(job.said) if isinstance(job.said, dict) else {"reports": job.said}
    if job.kind in ("plan", "replan", "draft", "draft_again"):
        said["follow_up"] = job.arguments[1]  # its document does not say of which
    return KINDS.get(job.kind, _any_other)(said)


def refused_of(job: Job) -> int:
    """Return how many rows of its files a job refused."""
    rejected = job.said.get("rejected", 0) if isinstance(job.said, dict) else 0
    return len(rejected) if isinstance(rejected, list) else int(rejected)


def _page(name: str, *parts: object) -> str:
    return reverse(name, args=parts)


def _counts(
    caption: str, counts: Mapping[str, int], head: str, number: str = "How many"
) -> tuple[ShownTable, ...]:
    """Return a table of counts by a word, the greatest first; none where nothing was counted."""
    rows = [
        {"word": one.replace("_", " "), "count": count}
        for one, count in sorted(counts.items(), key=lambda pair: -pair[1])
    ]
    return (shown_table(caption, rows, {"word": head, "count": number}),) if rows else ()


def _without_none(*sentences: str | bool | None) -> list[str]:
    return [one for one in sentences if isinstance(one, str) and one]


def _planned(said: Said) -> CameOfIt:
    """A plan or a draft: letters by week, what removes how much risk, who is held back and why."""
    first = date.fromisoformat(str(said.get("first_week") or said["made_on"]))
    weeks: Counter[date] = Counter()
    for row in said["letters"]:
        weeks[first + timedelta(weeks=row["week"])] += row["count"]
    held: Counter[str] = Counter()
    for row in said["held"]:
        held[row.get("reason") or "no room within the weeks planned"] += row["count"]
    possible, gap = said.get("possible") or {}, said.get("gap")
    waiting = sum(row["count"] for row in said["interim"])
    rows = [{"week": week, "letters": count} for week, count in sorted(weeks.items()) if count]
    long_visits = len(said.get("long_visits", ()))
    name = _follow_up_of(said)
    to = _page("analyst:follow_up", name) if name else _page("analyst:follow_ups")
    draft = said.get("draft")
    return CameOfIt(
        _without_none(
            f"{counted(weeks.total(), 'letter')} in {counted(len(rows), 'week')}"
            + (f", from the week of {short_day(rows[0]['week'])} to that of {short_day(rows[-1]['week'])}." if rows else "."),
            possible.get("share") is not None and f"It removes {percent(possible['share'])} of the risk that letters without any limit would.",
            _proof(said, gap),
            waiting and f"{counted(waiting, 'letter')} of them {'is' if waiting == 1 else 'are'} an interim notice, which asks nobody in.",
            held.total() and f"{counted(held.total(), 'owner gets', 'owners get')} no letter in these weeks; the reasons are below.",
            long_visits and f"{counted(long_visits, 'kind')} of visits at a dealer take longer than its hours within the wait.",
            bool(said.get("told_weeks")) and f"{counted(len({row['dealer'] for row in said['told_weeks']}), 'dealer')} were told other weeks: write their notices again.",
            f"It is kept as the draft {draft}; the plan in force stays." if draft else "It is the plan in force.",
        ),
        (
            shown_table("Letters by week", rows, {"week": "Week of", "letters": "Letters"}, empty="No letter is planned."),
            *_counts("Held back, and why", held, "Because", "Owners"),
        ),
        [
            Next("Look at the draft beside the plan in force" if draft else "Look at the plan, what binds it, and its waves", f"{to}#decide" if draft else to),
            *([Next("Write the dealers' notices again", _page("mailing:follow_up", name) + "#notices")] if name and said.get("told_weeks") else []),
        ],
        [str(one) for one in said["messages"]],
    )  # fmt: skip


def _proof(said: Said, gap: float | None) -> str:
    if said.get("gap_note"):
        return f"{said['gap_note'][:1].upper()}{said['gap_note'][1:]}."
    if gap is None:
        return ""
    if gap < -0.00005:
        return f"It promises more than any plan within the limits can, because it breaks {counted(len(said.get('broken', ())), 'limit')}."
    return f"No plan within the limits removes more than {percent(max(gap, 0.0), 2)} beyond it."


def _follow_up_of(said: Said) -> str:
    return str(said.get("follow_up") or "")


def _frozen(said: Said) -> CameOfIt:
    name, left_out = said["follow_up"], said["left_out"]
    silent = said.get("silent") or {}
    return CameOfIt(
        _without_none(
            f"{name}: {counted(said['listed'], 'vehicle')} on the list, {counted(said['pieces'], 'letter')} to their owners"
            " (a lessee and a lessor of one vehicle get one each).",
            said.get("frozen_before") and "It was frozen before, and stays as it was.",
            silent and f"{silent['listed']:,} of {counted(silent['due'], 'silent vehicle')} due another letter are on it.",
            f"{sum(left_out.values()):,} vehicles are left out, each with its reason.",
        ),
        (
            *_counts("On the list, by the campaigns of one letter", said["bundles"], "Campaigns", "Vehicles"),
            *_counts("Left out, and why", left_out, "Because", "Vehicles"),
        ),
        [
            Next("Plan its letters", _page("analyst:follow_up", name) + "#plan"),
            Next("See the list and who was left out", _page("analyst:follow_up", name)),
            *([Next("See whose owner a person must find", _page("analyst:owners_to_find"))] if {"no_current_owner", "no_owner"} & left_out.keys() else []),
        ],
        [*map(str, said.get("missing", ())), *map(str, said.get("messages", ()))],
    )  # fmt: skip


def _notices(said: Said) -> CameOfIt:
    name = said["follow_up"]
    return CameOfIt(
        [
            f"{counted(said['dealers'], 'dealer notice')} and {counted(said['areas'], 'area notice')} are written, of"
            f" {counted(said['letters'], 'letter')} and {counted(said['holds'], 'vehicle')} on hold."
        ],
        (),
        [
            Next(
                "Send them, then say that they were sent",
                _page("mailing:follow_up", name) + "#notices",
            )
        ],
        kept={"All notices": said["folder"]},
    )


def _sent(said: Said) -> CameOfIt:
    name = said["follow_up"]
    stated = f"{counted(said['stated'], 'notice is', 'notices are')} stated as sent on {_day(said['sent_on'])}"
    known = f", {said['unchanged']:,} were before." if said["unchanged"] else "."
    return CameOfIt(
        [stated + known],
        (),
        [Next("Go on with its waves", _page("mailing:follow_up", name))],
        _list(said, "notes"),
    )


def _receipts(said: Said) -> CameOfIt:
    return CameOfIt(
        [f"{counted(said['acknowledged'], 'receipt')} taken in, {said['unchanged']:,} known before, {len(said['rejected']):,} refused."],
        _counts("Refused, and why", Counter(row["reason"] for row in said["rejected"]), "Because", "Rows"),
        [Next("Go on with the mailing", _page("mailing:follow_ups"))],
        _list(said, "notes"),
    )  # fmt: skip


def _released(said: Said) -> CameOfIt:
    name, wave = said["follow_up"], said["wave"]
    return CameOfIt(
        _without_none(
            f"Wave {wave}: {counted(said['released'], 'letter')} released of {said['planned']:,} planned; {said['withdrawn']:,} withdrawn.",
            f"{counted(said['printed'], 'letter is', 'letters are')} printed in {counted(said['versions'], 'version')}; {said['exceptions']:,} set aside.",
            said.get("readdressed") and f"{counted(said['readdressed'], 'letter goes', 'letters go')} to a newer address.",
            said.get("rebundled") and f"{counted(said['rebundled'], 'letter is', 'letters are')} about other campaigns than planned.",
            said.get("resumed") and "It went on where an earlier release had stopped.",
        ),
        (
            *_counts("Withdrawn, and why", said["withdrawn_reasons"], "Because", "Letters"),
            *_counts("By language", said["languages"], "Language", "Letters"),
            *_counts("By envelope", said["envelopes"], "Envelope", "Letters"),
        ),
        [
            Next("Give the print job to the mail house; its evidence is taken in at the wave's page", _page("mailing:wave", name, wave)),
            *([Next("Correct what was set aside", _page("mailing:work", name, "set_aside"))] if said["exceptions"] else []),
        ],
        kept={"The print job with its manifest and ticket": said["folder"], "The manifest": f"{said['folder']}/manifest.csv", "What was set aside": f"{said['folder']}/exceptions.csv"},
    )  # fmt: skip


def _printed_again(said: Said) -> CameOfIt:
    name, wave = said["follow_up"], said["wave"]
    return CameOfIt(
        [f"Wave {wave}: {counted(said['printed'], 'letter')} printed again, {said['withdrawn']:,} withdrawn, {said['exceptions']:,} still set aside."],
        _counts("Printed otherwise than the row stands", said["mended"], "Because", "Letters"),
        [Next("Give it to the mail house; its evidence is taken in at the wave's page", _page("mailing:wave", name, wave))],
        _list(said, "warnings"),
        {"The print job": said["folder"], "The manifest": said.get("manifest", "")} if said.get("folder") else {},
    )  # fmt: skip


def _called_back(said: Said) -> CameOfIt:
    name, wave = said["follow_up"], said["wave"]
    void = (
        f"Tell the mail house that nothing of this print job may be mailed: {Path(said['folder']).name}."
        if said["folder"]
        else ""
    )
    return CameOfIt(
        _without_none(f"Wave {wave} is called back: {counted(said['called_back'], 'letter is', 'letters are')} planned again.", void),
        (),
        [Next("See whether the wave is ready", _page("mailing:wave", name, wave)), Next("Or plan again", _page("analyst:follow_up", name) + "#plan")],
    )  # fmt: skip


def _evidence(said: Said) -> CameOfIt:
    name, wave = said["follow_up"], said["wave"]
    return CameOfIt(
        _without_none(
            f"Wave {wave}: {counted(said['accepted'], 'letter')} mailed, {said['spoiled']:,} spoiled, {said['unchanged']:,} known before.",
            said["taken_back"] and f"{counted(said['taken_back'], 'letter')} said to be mailed before {'was' if said['taken_back'] == 1 else 'were'} not.",
            said["remade"] and f"{counted(said['remade'], 'letter')} mailed in a copy.",
            "The mail house has answered for every letter of the wave." if said["complete"] else f"The mail house has still to answer for {said['awaiting']:,}.",
            said["rejected"] and f"{counted(said['rejected'], 'row was', 'rows were')} refused.",
        ),
        _counts("Refused rows, and why", said["reasons"], "Because", "Rows"),
        [
            Next("See the wave's counts", _page("mailing:wave", name, wave)),
            *([Next("See the spoiled letters", _page("mailing:work", name, "spoiled"))] if said["spoiled"] else []),
        ],
        _list(said, "notes"),
    )  # fmt: skip


ACTIONS = {"re_send": "send again", "skip_trace": "search for the address", "new_address": "a new address is known", "change_channel": "call or e-mail", "ask": "a person must look"}  # fmt: skip


def _came_back(said: Said) -> CameOfIt:
    return CameOfIt(
        _without_none(
            f"{counted(said['returned'], 'letter')} came back, {said['unchanged']:,} known before.",
            said["unnamed"] and f"{counted(said['unnamed'], 'row says', 'rows say')} of no single letter which it is: a person must look.",
            said["rejected"] and f"{counted(said['rejected'], 'row was', 'rows were')} refused.",
        ),
        (
            *_counts("What is to be done about them", {ACTIONS.get(one, one): count for one, count in said["actions"].items()}, "What", "Letters"),
            *_counts("Refused rows, and why", said["reasons"], "Because", "Rows"),
        ),
        [Next(f"See the work lists of {name}", _page("mailing:follow_up", name)) for name in said["follow_ups"]],
        _list(said, "notes"),
    )  # fmt: skip


def _searched(said: Said) -> CameOfIt:
    return CameOfIt(
        _without_none(
            f"{counted(said['found'], 'new address', 'new addresses')}, {counted(said['exhausted'], 'search', 'searches')} ended without a result,"
            f" {counted(said['reached'], 'owner')} reached otherwise, {said['unchanged']:,} known before.",
            said["addresses_refused"] and f"{counted(said['addresses_refused'], 'address', 'addresses')} refused: no letter can reach it.",
            said["rejected"] and f"{counted(said['rejected'], 'row was', 'rows were')} refused.",
        ),
        _counts("Refused rows, and why", said["reasons"], "Because", "Rows"),
        [Next("Write again to whom a letter can reach now", _page("mailing:follow_ups"))],
        _list(said, "notes"),
    )  # fmt: skip


def _to_search(said: Said) -> CameOfIt:
    name = said["follow_up"]
    return CameOfIt(
        [f"{counted(said['pieces'], 'address', 'addresses')} for {said['vendor']}. Who has them and for what is kept: the list names owners."],
        (),
        [Next("Take in what they found", _page("mailing:work", name, "skip_trace"))],
        kept={"The list of addresses": said["file"]},
    )  # fmt: skip


def _sent_again(said: Said) -> CameOfIt:
    name, wave = said["follow_up"], said["wave"]
    return CameOfIt(
        _without_none(
            f"{counted(said['pieces'], 'letter')} to be sent again, in wave {wave}.",
            said["spent"]
            and f"{counted(said['spent'], 'letter')} went nine times and go no more: a person must look.",
        ),
        (),
        [Next(f"Release wave {wave}", _page("mailing:wave", name, wave))],
    )


def _to_pull(said: Said) -> CameOfIt:
    name, wave = said["follow_up"], said["wave"]
    return CameOfIt(
        [f"{counted(said['pull'], 'printed letter')} of wave {wave} must not be mailed any more, of {said['waiting']:,} that the mail house has not answered for."],
        _counts("Because", said["reasons"], "Because", "Letters"),
        [Next("Back to the wave", _page("mailing:wave", name, wave))],
        kept={"The list for the mail house": said["file"]} if said.get("file") else {},
    )  # fmt: skip


FIGURES = {
    "INVOLVED": "Involved", "TTLREMEDIED": "Remedied", "TTLUNREACH": "Unreachable", "TTLREMOVED": "Removed", "open": "Open",
}  # fmt: skip


def _quarterly(said: Said) -> CameOfIt:
    reports: list[Said] = said.get("reports", [said])  # type: ignore[assignment] # a list for several recalls
    rows = [
        {
            "of": ", ".join(one["campaigns"]),
            "number": one["CAMPNO"],
            **{name: one[name] for name in FIGURES},
            "due": _as_day(one.get("due")),
        }
        for one in reports
    ]
    first = reports[0]
    return CameOfIt(
        [f"The quarterly report of {first['period']}, as things stood on {_day(first['as_of'])}."],
        (shown_table("What is reported", rows, {"of": "Campaign", "number": "NHTSA number", **FIGURES, "due": "Due"}),),
        [Next("Open the report with the vehicles behind each figure", _page("analyst:report", one["campaigns"][0], one["period"])) for one in reports],
        [str(message) for one in reports for message in one["messages"]],
    )  # fmt: skip


def _verified(said: Said) -> CameOfIt:
    if said["ok"]:
        return CameOfIt(
            [
                f"The ledger is sound: the events of {counted(said['vehicles'], 'vehicle')} folded again give every state that it keeps."
            ]
        )
    return CameOfIt(
        [f"The ledger is not sound: {counted(len(said['differences']), 'state')} differ from what the events give. Tell the people who run the site before anything is released."],
        _counts("What was found", {name: count for name, count in said["found"].items() if isinstance(count, int)}, "What"),
    )  # fmt: skip


def _any_other(said: Said) -> CameOfIt:
    """Whatever a command says that has no words of its own: its plain values, word by word."""
    rows = [
        {"what": name.replace("_", " ").capitalize(), "value": value}
        for name, value in said.items()
        if isinstance(value, str | int | float) and value != ""
    ]
    return CameOfIt([], (shown_table("What it said", rows, {"what": "What", "value": "Value"}),))


def _list(said: Said, name: str) -> list[str]:
    return [str(one) for one in said.get(name, ())]


def _day(text: str) -> str:
    return short_day(date.fromisoformat(text))


def _as_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


KINDS: Mapping[str, Callable[[Said], CameOfIt]] = {
    **dict.fromkeys(("plan", "replan", "draft", "draft_again"), _planned),
    **dict.fromkeys(("freeze", "freeze_silent", "freeze_owed"), _frozen),
    **dict.fromkeys(("release", "release_anyway", "release_cleared"), _released),
    **dict.fromkeys(("reprint", "reprint_lost"), _printed_again),
    "notices": _notices, "notices_sent": _sent, "receipts": _receipts, "call_back": _called_back, "accept": _evidence, "returned": _came_back,
    "traced": _searched, "trace": _to_search, "resend": _sent_again, "pull": _to_pull, "quarterly": _quarterly, "verify": _verified,
}  # fmt: skip


def files_of(folder: Path) -> Iterable[Path]:
    """Return the files of a folder and of those in it, in their order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
