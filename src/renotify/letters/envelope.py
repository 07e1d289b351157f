"""The envelope: the label of 49 CFR 577.14, the window, and the job ticket that tells the printer.

The label serves safety recalls only. A run that also has service campaigns is therefore two print
streams, and the ticket keeps them apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from renotify.errors import NothingToDo
from renotify.letters import readback
from renotify.letters.checks.finding import Finding
from renotify.letters.faces import FACES, advances
from renotify.letters.print_run import RunReport
from renotify.letters.profile import MM, Box, PrintProfile
from renotify.letters.spec import Sender
from renotify.letters.typesetting import compile_typst
from renotify.letters.version import LetterVersion
from renotify.rules import RulePack, Statement, normal
from renotify.rules.row import Row

_SOURCE = '#include "/envelope.typ"'
_TICKET = '#include "/ticket.typ"'
_LABEL = "P12"
POSTAGE = ("First-Class Mail", "U.S. postage paid", "permit imprint")


def _area(profile: PrintProfile, group: str) -> Box:
    left, top = profile.size(group, "left") * MM, profile.size(group, "top") * MM
    size = profile.facts[group]
    return Box(left, top, left + size["width"] * MM, top + size["height"] * MM)


def _window(profile: PrintProfile) -> Box:
    left, height = profile.size("window", "left"), profile.size("window", "height")
    top = profile.size("envelope", "height") - profile.size("window", "bottom") - height
    right = left + profile.size("window", "width")
    return Box(left * MM, top * MM, right * MM, (top + height) * MM)


def label_box(profile: PrintProfile, pack: RulePack) -> Box:
    """Return where the label stands on the envelope: 1 by 3 inches (577.14(c)), in points."""
    left, top = profile.size("label", "left") * MM, profile.size("label", "top") * MM
    width, height = pack.measure("label_width").points, pack.measure("label_height").points
    return Box(left, top, left + width, top + height)


def zones(profile: PrintProfile, pack: RulePack) -> dict[str, Box]:
    """Return the zones of the envelope's front that must stay clear of the label (DMM 202)."""
    width = profile.size("envelope", "width") * MM
    height = profile.size("envelope", "height") * MM
    side = pack.measure("ocr_side").points
    ocr = Box(
        side,
        height - pack.measure("ocr_top").points,
        width - side,
        height - pack.measure("ocr_bottom").points,
    )
    code = Box(
        width - pack.measure("barcode_zone_width").points,
        height - pack.measure("barcode_zone_height").points,
        width,
        height,
    )
    return {"ocr": ocr, "barcode": code, "window": _window(profile)}


def _label(profile: PrintProfile, pack: RulePack, language: str) -> dict[str, Any]:
    first, second = pack.statement(_LABEL).wording(language).split("\n")
    box = label_box(profile, pack)
    size = pack.measure("label_type").value
    return {
        "box": box._asdict(),
        "first": first,
        "second": second,
        "size": size,
        "weight": _weight(first, size, box.right - box.left - 8),
    }


def _weight(line: str, size: float, room: float) -> str:
    """Return regular where only that keeps the heading on one line; two lines are bold."""
    widths = {
        weight: sum(int(advances(face)[ord(letter)]) for letter in line) * size / 1000
        for weight, face in zip(("regular", "bold"), FACES, strict=True)
    }
    return "regular" if widths["regular"] <= room < widths["bold"] else "bold"


def _panel(profile: PrintProfile, horizontal: str, vertical: str) -> Box:
    left, top = profile.size("insert", horizontal) * MM, profile.size("insert", vertical) * MM
    return Box(left, top, left + profile.sheet.right, top + profile.fold)


def proof(
    profile: PrintProfile,
    pack: RulePack,
    sender: Sender,
    *,
    family: str,
    language: str = "en",
) -> bytes:
    """Return the envelope's front as a full-size PDF; the label only on safety recalls (577.14)."""
    tongue = "es" if language != "en" else "en"
    found = zones(profile, pack)
    ticket = {
        "title": f"Envelope front, {family}",
        "language": tongue,
        "width": profile.size("envelope", "width") * MM,
        "height": profile.size("envelope", "height") * MM,
        **{name: box._asdict() for name, box in found.items()},
        "panel-low": _panel(profile, "left_max", "top_max")._asdict(),
        "panel-high": _panel(profile, "left_min", "top_min")._asdict(),
        "return-address": {
            "left": profile.size("return_address", "left") * MM,
            "top": profile.size("return_address", "top") * MM,
        },
        "indicia": _area(profile, "indicia")._asdict(),
        "sender": {"name": sender.name, "address": list(sender.address)},
        "postage": POSTAGE,
        "label": _label(profile, pack, tongue) if family == "safety" else None,
    }
    return compile_typst(_SOURCE, {"envelope": ticket})


def rests_on(pack: RulePack, family: str) -> Iterator[Row]:
    """Yield the rows that an envelope rests on: its words and label in a safety recall's, the measures of mail in any."""
    safety = family == "safety"
    for row in pack.rows["statements"].values():
        if safety and isinstance(row, Statement) and row.surface == "envelope":
            yield row
    for row in pack.rows["mail"].values():
        if safety or not row.id.startswith("label_"):
            yield row


def check(
    body: bytes, profile: PrintProfile, pack: RulePack, *, family: str, language: str = "en"
) -> list[Finding]:
    """Return what is wrong with a drawn envelope: label, words, type, place (577.14, DMM 202)."""
    tongue = "es" if language != "en" else "en"
    page = readback.read(body, (), 1)[0]
    statement = pack.statement(_LABEL)
    found = statement.find(page.text, tongue)
    if family != "safety":
        hit = Finding("label.none", statement.citation, "the label serves safety recalls only")
        return [hit] if found else []
    if not found:
        return [Finding("label.missing", statement.citation, "the label is missing")]
    return list(_label_findings(page, profile, pack, tongue))


def _label_findings(
    page: readback.PageText, profile: PrintProfile, pack: RulePack, language: str
) -> Iterator[Finding]:
    statement, box = pack.statement(_LABEL), label_box(profile, pack)
    words = "".join(normal(statement.wording(language)).split())
    inside = [m for m in page.marks if box.top <= m.y <= box.bottom and m.x >= box.left - 1]
    line = [m for m in inside if m.x <= box.right and m.text.strip()]
    least = pack.measure("label_type").value
    small = [m for m in line if "".join(m.text.split()) in words and m.size < least - 0.01]
    shown = [m for m in small if m.y < box.top + 0.62 * (box.bottom - box.top)]
    if shown:
        size = min(mark.size for mark in shown)
        yield Finding(
            "label.type",
            statement.citation,
            f"the label is set in {size:.1f} points, below {least:g}",
        )
    for name, zone in zones(profile, pack).items():
        if box.meets(zone):
            yield Finding("label.zone", "DMM 202", f"the label lies in the zone {name}")
    for height in ("label_height", "label_width"):
        low, high = pack.measure(height).range_points
        size = (box.bottom - box.top) if height == "label_height" else (box.right - box.left)
        if not low - 0.01 <= size <= high + 0.01:
            yield Finding("label.size", statement.citation, f"{height} is {size:.1f} points")


@dataclass(frozen=True)
class Ticket:
    """The job ticket's files: JSON for a system, PDF for people, an envelope for each stream."""

    json: Path
    pdf: Path
    envelopes: tuple[Path, ...]


def stream(family: str, language: str) -> tuple[str, str]:
    """Return the family and label language of the envelope that a letter goes into."""
    return family, "en" if language == "en" else "es"


def _stream(version: LetterVersion) -> tuple[str, str]:
    return stream(version.summary["family"], version.summary["language"])


def _instructions(version: LetterVersion, family: str, *, abroad: bool) -> list[str]:
    fold = version.profile.facts["sheet"]["first_fold"]
    label = (
        "Use the envelope with the red and white label of 49 CFR 577.14; the DOT and NHTSA logos "
        "are black on white. Use it for nothing else."
        if family == "safety"
        else "Use the plain envelope. The label of 49 CFR 577.14 must not be on it."
    )
    return [
        label,
        f"Fold the first panel at {fold:g} mm and insert with the address in the window.",
        "Print in black only, at 100 percent; do not scale to fit.",
        "Keep pages of a letter together; the reference in the footer is the same on each.",
        (
            "Mail as First-Class Mail International, with its postage; the pieces carry no barcode. "
            "The last line of each address is the country."
            if abroad
            else "Mail as First-Class Mail (49 CFR 577.7(a)(2)). Never as USPS Marketing Mail."
        ),
        "Return the manifest with the drop date, and list spoiled pieces by piece_id.",
    ]


def _describe(
    name: tuple[str, str, bool], runs: Sequence[tuple[LetterVersion, RunReport]]
) -> dict[str, Any]:
    family, language, abroad = name
    first = runs[0][0]
    contents = "safety recalls" if family == "safety" else "service campaigns"
    pages = sorted({version.page_count for version, _ in runs})
    duplex = bool(first.profile.facts["sheet"]["duplex"])
    sheets = [(-(-count // 2) if duplex else count) for count in pages]
    return {
        "name": f"{contents} ({language}{', abroad' if abroad else ''})",
        "family": family,
        "language": language,
        "destination": "abroad" if abroad else "United States",
        "mail_class": "First-Class Mail International" if abroad else "First-Class Mail",
        "envelope": str(first.profile.facts["title"]),
        "label": "yes, 1 by 3 inches" if family == "safety" else "no",
        "letters": sum(report.counts["printed"] for _, report in runs),
        "sheets": ", ".join(map(str, sheets)),
        "fold": f"{first.profile.facts['sheet']['first_fold']:g} mm",
        "print": "black, two sides" if duplex else "black, one side",
        "files": [row for version, report in runs for row in _files(version, report)],
        "instructions": _instructions(first, family, abroad=abroad),
    }


def _files(version: LetterVersion, report: RunReport) -> list[dict[str, Any]]:
    return [
        {
            "name": path.name,
            "letters": report.letters[path.name],
            "form": version.short_digest,
            "sha256": report.sha256[path.name],
        }
        for path in report.files
    ]


def job_ticket(
    runs: Sequence[tuple[LetterVersion, RunReport]],
    out_dir: Path,
    *,
    stem: str,
    sender: Sender,
    pack: RulePack,
) -> Ticket:
    """Write the job ticket of a run, one stream for each envelope; NothingToDo without files.

    Safety recalls and service campaigns are never in one stream, nor English and Spanish labels, nor letters at home and abroad.
    """
    if not runs:
        raise NothingToDo("A job ticket needs at least one print run.", "Render letters first.")
    grouped: dict[tuple[str, str, bool], list[tuple[LetterVersion, RunReport]]] = {}
    for version, report in sorted(runs, key=lambda run: (*_stream(run[0]), run[1].abroad)):
        grouped.setdefault((*_stream(version), report.abroad), []).append((version, report))
    body = {
        "title": f"Job ticket {stem}",
        "run": stem,
        "streams": [_describe(name, group) for name, group in grouped.items()],
    }
    path = out_dir / f"{stem}-job-ticket.json"
    path.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", "utf-8")
    pdf = out_dir / f"{stem}-job-ticket.pdf"
    pdf.write_bytes(compile_typst(_TICKET, {"ticket": body}))
    envelopes = []
    for family, language in sorted({name[:2] for name in grouped}):
        group = next(runs for name, runs in grouped.items() if name[:2] == (family, language))
        front = out_dir / f"{stem}-envelope-{family}-{language}.pdf"
        profile = group[0][0].profile
        front.write_bytes(proof(profile, pack, sender, family=family, language=language))
        envelopes.append(front)
    return Ticket(path, pdf, tuple(envelopes))
