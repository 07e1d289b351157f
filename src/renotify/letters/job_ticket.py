"""The job ticket: what the print house is asked to do, one stream for each envelope, in JSON for a system and PDF for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from renotify.errors import NothingToDo
from renotify.letters.envelope import (
    LABEL,
    NOTATION,
    NOTATION_STYLE,
    Stream,
    notation_size,
    words_of,
)
from renotify.letters.print_run import RunReport
from renotify.letters.ticket_lines import sheet_counts, sheet_sentence
from renotify.letters.typesetting import compile_typst
from renotify.letters.version import LetterVersion
from renotify.rules import RulePack

_TICKET = '#include "/ticket.typ"'
_FAMILIES = {"safety": "safety recalls", "service": "service campaigns"}
_AT_HOME = "Mail as First-Class Mail (49 CFR 577.7(a)(2)). Never as USPS Marketing Mail."
_ABROAD = (
    "Mail as First-Class Mail International, with its postage; the pieces carry no barcode. The last line of each address is the"
    " country."
)
_LOGOS = (
    "The two logos on the proof are placeholders: put in the art of the U.S. Department of Transportation (left) and of"
    " NHTSA (right), black on white (49 CFR 577.14(b)(3))."
)
LABEL_LANGUAGES = {"en": "English", "es": "Spanish"}


class Run(NamedTuple):
    """The files of one version that go into one envelope."""

    version: LetterVersion
    report: RunReport
    stream: Stream


@dataclass(frozen=True)
class Ticket:
    """The job ticket's files: JSON for a system, PDF for people, an envelope for each stream."""

    json: Path
    pdf: Path
    envelopes: tuple[Path, ...]


def job_ticket(
    runs: Sequence[Run],
    fronts: Mapping[Stream, bytes],
    out_dir: Path,
    *,
    stem: str,
    pack: RulePack,
    before: Sequence[str] = (),
    after: Sequence[str] = (),
) -> Ticket:
    """Write the job ticket of a run and the envelope's front of each stream; NothingToDo without files.

    ``before`` and ``after`` are more lines of what to do, the same for every stream.

    ``fronts`` are the checked fronts. Safety recalls and service campaigns are never in one stream, nor English and Spanish labels, nor
    letters at home and abroad, nor those of one day and of another.
    """
    if not runs:
        raise NothingToDo("A job ticket needs at least one print run.", "Render letters first.")
    grouped: dict[tuple[Stream, bool, str], list[Run]] = {}
    for run in sorted(runs, key=_apart):
        grouped.setdefault(_apart(run), []).append(run)
    names = {
        stream: f"{stem}-envelope-{stream.family}-{stream.language}.pdf" for stream, *_ in grouped
    }
    body = {
        "title": f"Job ticket {stem}",
        "run": stem,
        "streams": [
            _describe(group, pack, names[stream], before, after)
            for (stream, *_), group in grouped.items()
        ],
    }
    path = out_dir / f"{stem}-job-ticket.json"
    path.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", "utf-8")
    pdf = out_dir / f"{stem}-job-ticket.pdf"
    pdf.write_bytes(compile_typst(_TICKET, {"ticket": body}))
    for stream, name in names.items():
        (out_dir / name).write_bytes(fronts[stream])
    return Ticket(path, pdf, tuple(out_dir / name for name in names.values()))


def _apart(run: Run) -> tuple[Stream, bool, str]:
    """Return what keeps runs apart at the mail house: the envelope, where it goes, the day on which it is mailed."""
    return run.stream, run.report.abroad, run.report.mail_on


def _describe(
    group: Sequence[Run], pack: RulePack, front: str, before: Sequence[str], after: Sequence[str]
) -> dict[str, Any]:
    first = group[0]
    profile, (family, language) = first.version.profile, first.stream
    sheets = sorted({run.version.sheets for run in group})
    abroad, mail_on = first.report.abroad, first.report.mail_on
    day = f"{date.fromisoformat(mail_on):%A}, {mail_on}" if mail_on else ""
    return {
        "name": f"{_FAMILIES[family]} ({language}{', abroad' if abroad else ''}){f', on {day}' if day else ''}",
        "family": family,
        "language": language,
        "destination": "abroad" if abroad else "United States",
        "mail_class": "First-Class Mail International" if abroad else "First-Class Mail",
        "mail_on": day,
        "envelope": str(profile.facts["title"]),
        "front": front,
        **_marks(first, pack),
        "letters": sum(run.report.counts["printed"] for run in group),
        "sheets": ", ".join(map(str, sheets)),
        "fold": f"{profile.facts['sheet']['first_fold']:g} mm",
        "print": "black, two sides" if profile.sides == 2 else "black, one side",
        "files": [row for run in group for row in _files(run)],
        "instructions": [*_on_its_day(day), *before, *_instructions(first, pack), *after],
        "not_established": [
            {"id": row.id, "citation": row.citation, "mark": row.open_mark}
            for row in words_of(pack, family, language)
            if row.is_open_in({run.version.summary["kind"] for run in group})
        ],
    }


def _on_its_day(day: str) -> list[str]:
    if not day:
        return []
    return [
        f"Mail these pieces on {day}, not before; if that day is missed, on the next. State the day on which each was mailed."
    ]


def _marks(run: Run, pack: RulePack) -> dict[str, str]:
    """Return what the envelope bears: the notation with its type, the label with its language."""
    borne = pack.on_envelope(run.stream.family)
    notation, label = "no", "no"
    if NOTATION in borne:
        words, size = borne[NOTATION].wording("en"), notation_size(run.version.profile)
        notation = f"{words}, {NOTATION_STYLE}, {size:g} points"
    if LABEL in borne:
        label = f"yes, 1 by 3 inches, in {LABEL_LANGUAGES[run.stream.language]}"
    return {"notation": notation, "label": label}


def _files(run: Run) -> list[dict[str, Any]]:
    return [
        {
            "name": path.name,
            "letters": run.report.letters[path.name],
            "form": run.version.short_digest,
            "sha256": run.report.sha256[path.name],
            **sheet_counts(run.version, run.report.letters[path.name]),
        }
        for path in run.report.files
    ]


def _instructions(run: Run, pack: RulePack) -> list[str]:
    fold = run.version.profile.facts["sheet"]["first_fold"]
    return [
        *_envelope_instructions(run.stream, pack),
        f"Fold the first panel at {fold:g} mm and insert with the address in the window.",
        "Print the letters in black only, at 100 percent; do not scale to fit.",
        "Keep pages of a letter together; the reference in the footer is the same on each.",
        sheet_sentence(run.version),
        _ABROAD if run.report.abroad else _AT_HOME,
    ]


def _envelope_instructions(stream: Stream, pack: RulePack) -> list[str]:
    """Return which envelope to take; a label that the law of the day does not have is never ordered."""
    borne = pack.on_envelope(stream.family)
    if NOTATION not in borne:
        return [
            "Use the plain envelope. Neither the notation of 49 CFR 577.5(a) nor the label of 49 CFR 577.14 may be on it."
        ]
    words = borne[NOTATION].wording("en")
    marked = f"Print {words} on the envelope's front as the proof shows it: {NOTATION_STYLE}, larger than the address"
    if LABEL not in borne:
        return [f"{marked}. No label: that of 49 CFR 577.14 was not yet in force on {pack.on}."]
    language = LABEL_LANGUAGES[stream.language]
    return [
        f"{marked} (49 CFR 577.5(a)).",
        f"Use the envelope with the red and white label of 49 CFR 577.14 in {language}. Use it for nothing else.",
        _LOGOS,
    ]
