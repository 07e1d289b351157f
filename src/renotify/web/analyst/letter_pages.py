"""Letters as pages: what the gate finds in every version, each as a picture beside its other language, and sign-off."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from renotify.errors import NothingToDo, RenotifyError
from renotify.ledger import artifacts, follow_ups, pieces
from renotify.ledger.wave_decisions import Decision
from renotify.mailing import accepting
from renotify.mailing.approving import (
    Judged,
    Signable,
    approve_judged,
    judge_letters,
    versions_needed,
)
from renotify.mailing.letters_shown import LetterShown, letters_beside
from renotify.values.english import counted
from renotify.web.analyst.list_links import vehicles_at
from renotify.web.analyst.overview_pages import Figure, Step
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of
from renotify.web.kept_answers import is_kept, kept
from renotify.web.long_pages import slow_page
from renotify.web.theme.shown_table import ShownTable, shown_table

LIST = {"name": "Follow-up", "letters": "Letters", "waves": "Waves", "stands": "How it stands"}
VERSIONS = {
    "letter": "Letter",
    "language": "Language",
    "terms": "Tells it apart",
    "mail_date": "As of",
    "pages": "Pages",
    "letters": "Letters to print",
    "verdict": "Gate",
    "approved": "Signed by",
}
FINDINGS = {"of": "Of", "severity": "Weight", "finding": "Finding", "citation": "Rule"}
ASIDE = {"piece_id": "Letter number", "bundle": "Campaigns", "field": "Field", "finding": "Reason"}
SENTENCES = {"where": "Stands in", "text": "Sentence"}
MARKS = {"id": "Rule", "citation": "Citation", "mark": "Still to compare or decide"}
LANGUAGES = {"en": "English", "en+es": "English and Spanish", "es": "Spanish"}
VERDICTS = {"": "passes", "must": "refused", "should": "passes, with a remark", "accepted": "passes, accepted"}  # fmt: skip
WORST = ("must", "should", "accepted", "")
SHOWN = 100
CHECK = "check"  # of the address: judge the letters


@opens_to(Role.ANALYST, Role.AUDITOR)
def letters(request: HttpRequest) -> HttpResponse:
    """List the follow-ups whose letters can be looked at."""
    visit = visit_of(request)
    rows = []
    for name in reversed(follow_ups.names(visit.ledger)):
        waves, ended = pieces.waves(visit.ledger, name), follow_ups.ended_on(visit.ledger, name)
        rows.append(
            {
                "name": name, "letters": sum(one.planned for one in waves), "waves": len(waves),
                "stands": "ended" if ended else f"{sum(one.released for one in waves)} of {counted(len(waves), 'wave')} released",
            }
        )  # fmt: skip
    links = {
        "name": lambda row: reverse("analyst:letters_of", args=[row["name"]]),
        "letters": lambda row: vehicles_at(follow_up=row["name"]),
    }
    empty = "No follow-up is frozen yet, so there is no letter."
    table = shown_table("Follow-ups, the newest first", rows, LIST, links=links, empty=empty)
    headline = "Choose a follow-up to look at its letters and sign them."
    return render(request, "analyst/tables.html", {"title": "Letters", "headline": headline, "tables": [table]})  # fmt: skip


@opens_to(Role.ANALYST, Role.AUDITOR)
def letters_of(request: HttpRequest, name: str) -> HttpResponse:
    """Show the versions that a follow-up needs; once they are checked, what the gate finds in each, and who signed it."""
    visit = visit_of(request)
    follow_ups.settings(visit.ledger, name)  # an unknown name is refused at once
    asked, title = f"letters {name}", f"Letters of {name}"
    if CHECK not in request.GET and not is_kept(visit, asked):
        return slow_page(
            request, ("letter versions", name), lambda: _needed(visit, name), "analyst/letters.html",
            lambda found: _unchecked(name, *found), title=title,
        )  # fmt: skip
    return slow_page(
        request,
        asked,
        lambda: judge_letters(visit.ledger, name, on=visit.on),
        "analyst/letters.html",
        lambda judged: _context(visit, name, judged),
        title=title,
    )


def _needed(visit: Visit, name: str) -> tuple[list[Signable], tuple[str, str]]:
    """Return the versions that a follow-up needs; of one without any, what to say and what to do."""
    try:
        needed = versions_needed(visit.ledger, name, visit.on).versions
    except NothingToDo as nothing:
        return [], (nothing.message, nothing.hint)
    return [Signable(key, made.mail_date, "", "", "") for key, made in needed], ("", "")


def _unchecked(name: str, versions: list[Signable], nothing: tuple[str, str]) -> dict[str, Any]:
    """Return the page before anybody asked for the checks: the versions alone."""
    message, hint = nothing
    if message:
        return {"name": name, "headline": message, "to_do": [Step(hint, "")]}
    return {
        "name": name,
        "headline": f"{counted(len(versions), 'letter version')} to look at; they are not checked on this page yet.",
        "to_do": [Step("Check them all, then sign. It takes up to a minute.", f"?{CHECK}=1")],
        "versions": _versions(name, Judged([], tuple(versions)), {}),
    }


def _context(visit: Visit, name: str, judged: Judged) -> dict[str, Any]:
    signed = artifacts.approvals(visit.ledger)
    unsigned = [one for one in judged.versions if one.signed not in signed]
    versions = [row for row in judged.rows if "piece_id" not in row]
    refused = [row for row in versions if row["severity"] == "must"]
    aside = [row for row in judged.rows if "piece_id" in row]
    marks = {mark["id"]: mark for row in judged.rows for mark in row["open_marks"]}
    passing = len(judged.versions) - len({_of(row) for row in refused})
    every = counted(len(judged.versions), "letter version")
    headline = f"{every}: {passing:,} pass, {len(unsigned):,} unsigned."
    return {
        "name": name,
        "headline": headline,
        "figures": [
            Figure(f"{len(judged.versions):,}", "versions"),
            Figure(f"{len(refused):,}", "findings that refuse", tone="bad" if refused else "good"),
            Figure(f"{len(unsigned):,}", "versions unsigned", tone="warn" if unsigned else "good"),
            Figure(
                f"{len(aside):,}", "letters that would be set aside", tone="warn" if aside else ""
            ),
        ],
        "to_do": list(_steps(judged, refused, unsigned, aside)),
        "seen": seen_as(judged),
        "may_sign": bool(unsigned)
        and not refused
        and visit.person is not None
        and visit.person.role == Role.ANALYST,
        "wordings": [
            {
                "number": one.short,
                "words": f"{one.title}, in {one.where}: {one.sentence}",
                "citation": one.citation,
            }
            for one in judged.refused
        ]
        if visit.person is not None and visit.person.role == Role.ANALYST
        else [],
        "who": visit.person.get_full_name() or visit.person.username if visit.person else "",
        "versions": _versions(name, judged, signed),
        "tables": [
            shown_table(
                "What the gate finds",
                _findings(versions),
                FINDINGS,
                first=SHOWN,
                empty="Nothing is found.",
            ),
            shown_table(
                "Read before you sign: every sentence of the maker's own, which no rule reads whole",
                [one for row in judged.rows for one in row.get("sentences", ())],
                SENTENCES,
                first=SHOWN,
                empty="No version is there to be read.",
            ),
            shown_table(
                "Letters that would be set aside: correct their rows and load them",
                aside,
                ASIDE,
                first=SHOWN,
                empty="No letter would be set aside.",
            ),
            shown_table(
                "Rules that a person must still compare or decide; they block nothing",
                list(marks.values()),
                MARKS,
                empty="No rule is open.",
            ),
        ],
    }


def _steps(
    judged: Judged, refused: Sequence[Any], unsigned: Sequence[Any], aside: Sequence[Any]
) -> Iterator[Step]:
    if refused:
        yield Step(
            f"Mend what {counted(len(refused), 'finding')} below {'names' if len(refused) == 1 else 'name'}: nothing can be signed before.",
            "#found",
        )
    elif unsigned:
        yield Step(
            f"Look at {counted(len(unsigned), 'unsigned version')} and sign.{f' {judged.wanted.words}' if judged.wanted else ''}",
            "#sign",
        )
    if aside:
        yield Step(f"Correct {counted(len(aside), 'row')}: letters would be set aside. Load what is corrected.", "#found")  # fmt: skip


def _of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(
        row.get(name, "")
        for name in (
            "bundle",
            "role",
            "language",
            "not_free",
            "interim",
            "without_parts",
            "wording",
            "mail_date",
        )
    )


def _versions(name: str, judged: Judged, signed: Mapping[str, tuple[str, str]]) -> ShownTable:
    """Return a row a version: the gravest finding, and who signed it."""
    gravest: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in judged.rows:
        if "piece_id" in row or row["role"] == "envelope":
            continue
        known = gravest.setdefault(_of(row), row)
        if WORST.index(row["severity"]) < WORST.index(known["severity"]):
            gravest[_of(row)] = row
    rows = []
    for number, one in enumerate(judged.versions, start=1):
        key = one.key
        row = gravest.get(
            (
                key.bundle,
                key.recipient,
                key.language,
                key.not_free,
                key.interim,
                key.without_parts,
                key.wording,
                one.mail_date.isoformat(),
            ),
            {},
        )
        rows.append(
            {
                "number": number, "letter": f"{key.bundle} to the {key.recipient}", "language": LANGUAGES.get(key.language, key.language),
                "terms": _terms(one), "mail_date": one.mail_date, "pages": row.get("pages"), "letters": row.get("letters"),
                "verdict": VERDICTS.get(row["severity"], "") if row else "", "approved": signed.get(one.signed, ("",))[0],
            }
        )  # fmt: skip
    links = {"letter": lambda row: reverse("analyst:letter", args=[name, row["number"]])}
    return shown_table("Letter versions: open one to see it", rows, VERSIONS, links=links, empty="No letter is planned yet.")  # fmt: skip


def _terms(one: Signable) -> str:
    key = one.key
    interim = {"": "", "-": "interim, no day"}.get(key.interim, f"interim, from {key.interim}")
    told = (
        f"not free: {key.not_free}" if key.not_free else "",
        interim,
        f"wording {key.wording}" if key.wording else "",
        f"hours {key.labour}" if key.labour else "",
    )
    return "; ".join(filter(None, told))


def _findings(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return different findings once each, the gravest first."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        if row["severity"]:
            key = (row["severity"], row["finding"], row["citation"])
            own = found.setdefault(
                key,
                {
                    "severity": VERDICTS.get(row["severity"], row["severity"]),
                    "finding": row["finding"],
                    "citation": row["citation"],
                    "names": {},
                },
            )
            own["names"][f"{row['bundle']} to the {row['role']} ({row['language']})"] = None
    ordered = sorted(found.items(), key=lambda item: WORST.index(item[0][0]) if item[0][0] in WORST else 0)  # fmt: skip
    return [
        own
        | {
            "of": ", ".join(list(own["names"])[:5])
            + (f" and {len(own['names']) - 5} more" if len(own["names"]) > 5 else "")
        }
        for _, own in ordered
    ]


def _beside(visit: Visit, name: str, number: int) -> tuple[LetterShown, ...]:
    return kept(visit, f"letter {name} {number}", lambda: letters_beside(visit.ledger, name, number - 1, visit.on))  # fmt: skip


@opens_to(Role.ANALYST, Role.AUDITOR)
def letter(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Show a version as a picture, beside it its other language, and below each what the gate finds."""
    visit = visit_of(request)
    follow_ups.settings(visit.ledger, name)
    return slow_page(
        request, f"letter {name} {number}", lambda: letters_beside(visit.ledger, name, number - 1, visit.on), "analyst/letter.html",
        lambda shown: _letter_context(name, number, shown), title=f"Letters of {name}",
    )  # fmt: skip


def _letter_context(name: str, number: int, shown: Sequence[LetterShown]) -> dict[str, Any]:
    first = shown[0].key
    return {
        "name": name,
        "headline": (
            f"The letter about {first.bundle.replace('+', ' and ')} to the {first.recipient}, with a specimen's values: it names nobody."
        ),
        "beside": [
            {
                "language": LANGUAGES.get(one.key.language, one.key.language),
                "mail_date": one.mail_date,
                "pictures": [
                    (reverse("analyst:letter_page", args=[name, number, which, page]), page)
                    for page in range(1, len(one.pages) + 1)
                ],
                "findings": [row for row in one.findings if row["severity"]],
                "marks": one.findings[0]["open_marks"],
            }
            for which, one in enumerate(shown, start=1)
        ],
    }


@opens_to(Role.ANALYST, Role.AUDITOR)
def letter_page(
    request: HttpRequest, name: str, number: int, which: int, page: int
) -> HttpResponse:
    """Give one page of a version as PNG."""
    visit = visit_of(request)
    shown = _beside(visit, name, number)
    if not 1 <= which <= len(shown) or not 1 <= page <= len(shown[which - 1].pages):
        raise Http404
    answer = HttpResponse(shown[which - 1].pages[page - 1], content_type="image/png")
    answer["Cache-Control"] = "private, no-cache"
    return answer


@opens_to(Role.ANALYST)
def accept_wording(request: HttpRequest, name: str) -> HttpResponseBase:
    """Accept a wording that the gate refuses, as it was judged for the ledger of now: the same as ``renotify letter accept``."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    visit = visit_of(request)
    judged = kept(visit, f"letters {name}", lambda: judge_letters(visit.ledger, name, on=visit.on))  # fmt: skip
    number, reason = request.POST.get("number", ""), request.POST.get("reason", "")
    chosen = [one for one in judged.refused if one.short == number]
    if not chosen:
        messages.error(
            request,
            "That wording refuses no letter any more: text, rule or campaign are others by now.",
        )
        return redirect("analyst:letters_of", name)
    try:
        decision = Decision(visit.person.username if visit.person else "", reason)
        accepting.keep(visit.ledger, name, chosen, decision, on=visit.on)
    except RenotifyError as refusal:
        messages.error(request, f"{refusal.message} {refusal.hint}")
        return redirect("analyst:letters_of", name)
    visit.note(Deed.DECIDED, name, {"accepted_wording": number, "row": chosen[0].row_id, "sentence": chosen[0].sentence})  # fmt: skip
    messages.success(
        request,
        f"Wording {number} is accepted, in {chosen[0].where}. Check the letters again, then sign.",
    )
    return redirect("analyst:letters_of", name)


def seen_as(judged: Judged) -> str:
    """Return the digest of what a person signs who looks at these letters: the form carries it, and others are not signed by it."""
    return hashlib.sha256(repr(judged.versions).encode()).hexdigest()


@opens_to(Role.ANALYST)
def sign(request: HttpRequest, name: str) -> HttpResponseBase:
    """Sign every version of a follow-up as the person was shown it, where it is so still: the same as ``renotify letter approve``."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    visit = visit_of(request)
    judged = kept(visit, f"letters {name}", lambda: judge_letters(visit.ledger, name, on=visit.on))  # fmt: skip
    who = visit.person.username if visit.person else ""
    if request.POST.get("seen", "") != seen_as(judged):
        messages.error(
            request,
            "Nothing is signed: these are not the letters that you looked at. Look at them as they are now, then sign.",
        )
        return redirect(f"{reverse('analyst:letters_of', args=[name])}?{CHECK}=1")
    try:
        signed = approve_judged(visit.ledger, judged.versions, who)
    except RenotifyError as refusal:
        messages.error(request, f"{refusal.message} {refusal.hint}")
        return redirect("analyst:letters_of", name)
    visit.note(Deed.DECIDED, name, {"signed": len(signed), "versions": [one["digest"] for one in signed]})  # fmt: skip
    messages.success(request, f"{counted(len(signed), 'version')} signed.")
    return redirect("analyst:letters_of", name)
