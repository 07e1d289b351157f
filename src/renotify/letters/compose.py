"""From a specification to a letter version: words, typesetting, slots, shared pages, checks."""

from __future__ import annotations

import functools
import hashlib
import math
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from renotify.errors import LetterRefused
from renotify.letters import checks, shared_objects
from renotify.letters.faces import FACES, bar_pitch, reach
from renotify.letters.letter_text import WORDS, part, placed
from renotify.letters.profile import INCH, MM, PrintProfile, load_profile
from renotify.letters.spec import LetterSpec
from renotify.letters.typesetting import (
    ACCESSIBLE,
    FONTS,
    SOURCES,
    compile_typst,
    query_typst,
)
from renotify.letters.version import LetterVersion, Recipe, Slot
from renotify.rules import RulePack, load

MARGIN_TOP = 12.5 * MM
# characters of a language's statements, and the size of type that they may have
BODY_SIZES = ((3400, 10.2), (4200, 10.0), (4900, 9.6), (math.inf, 9.2))
SMALLEST = 9.0  # points, for a letter whose last lines would take a sheet of their own
QUERY = "selector(<slot>).or(<part>).or(<block>)"


def geometry(profile: PrintProfile) -> dict[str, Any]:
    """Return the page's geometry in points for the Typst sources."""
    safe, seen, code = profile.always_seen, profile.seen, profile.barcode
    size = profile.size("address", "point_size")
    clear = code.clear_above_below * INCH
    # the window's clearance is clear above the bars already
    above = max(0.0, clear - profile.size("clearance", "above_below") * MM)
    foot = safe.top + above + code.height
    _, highest = reach(FACES[0])
    return {
        "margin-top": MARGIN_TOP,
        "seen": seen._asdict(),
        "safe": {
            **safe._asdict(),
            "bars-bottom": foot,
            "first-line": foot + clear + highest * size,
        },
        "leading": profile.size("address", "leading_points"),
        "lines": int(profile.size("address", "lines")),
        "address-size": size,
        "bars-width": code.width,
        "bars": {
            "pitch": bar_pitch(code),
            "width": code.bar_width * INCH,
            "full": code.height,
            "tracker": code.tracker_height * INCH,
        },
        "condense": profile.condense,
        "sides": profile.sides,
    }


def _summary(spec: LetterSpec, pack: RulePack) -> dict[str, Any]:
    return {
        "kind": spec.form,
        "family": spec.family,
        "campaigns": [
            {
                "code": campaign.campaign_code,
                "type": campaign.campaign_type.value,
                "kind": spec.kind_of(campaign.campaign_code),
                "facts": sorted(spec.facts(campaign)),
            }
            for campaign in spec.campaigns
        ],
        "rules_on": pack.on.isoformat(),
        "recipient": spec.recipient,
        "language": spec.language,
        "mail_date": spec.mail_date.isoformat(),
        "accepted": dict(spec.accepted),
    }


def _main(spec: LetterSpec) -> str:
    """Return the Typst source that opens the letter and includes the author's, by language."""
    parts = (
        f'#part("{language}")[#include "/{spec.family}/{language}/{spec.form}.typ"]'
        for language in spec.languages
    )
    return '#import "/letter.typ": *\n#show: letter\n' + "\n".join(parts) + "\n"


def _modules(spec: LetterSpec, sources: Path) -> dict[str, str]:
    """Return every source file that the letter is made from, by its path below the root."""
    names = ["theme.typ", "letter.typ"]
    for language in spec.languages:
        folder = f"{spec.family}/{language}"
        names += [f"{folder}/blocks.typ", f"{folder}/{spec.form}.typ"]
    missing = [name for name in names if not (sources / name).is_file()]
    if missing:
        raise LetterRefused(
            f"There is no letter source {missing[0]}.", "Write it, or name a kind that has one."
        )
    return {name: (sources / name).read_text("utf-8") for name in names}


@functools.cache
def _faces_digest() -> str:
    bodies = [(FONTS / f"{face}.ttf").read_bytes() for face in FACES]
    return hashlib.sha256(b"".join(bodies)).hexdigest()


def body_size(parts: list[dict[str, Any]]) -> float:
    """Return the type size in points at which the longest language still fits on the two sides of a sheet.

    By the characters of the statements, which are what differs from letter to letter.
    """
    longest = max(sum(len(item["text"]) for item in one["statements"]) for one in parts)
    return next(size for most, size in BODY_SIZES if longest <= most)


def recipe(
    spec: LetterSpec,
    profile: PrintProfile,
    pack: RulePack,
    sources: Path = SOURCES,
    size: float | None = None,
) -> Recipe:
    """Return all that the version is made from; its digest is the version's name.

    ``size``: of its type in points, else as its words leave room for.
    """
    parts = [part(spec, placed(spec, pack, tongue), tongue) for tongue in spec.languages]
    letter = {
        "geometry": geometry(profile),
        "make": spec.campaigns[0].make,
        "codes": " · ".join(spec.codes),
        **{
            word: " / ".join(
                WORDS[language][word].format(make=spec.campaigns[0].make)
                for language in spec.languages
            )
            for word in ("any-dealer", "find-dealer")
        },
        "recipient": spec.recipient,
        "sender": {
            "name": spec.sender.name,
            "address": list(spec.sender.address),
            "phone": spec.sender.phone,
            "tty": spec.sender.tty,
            "web": spec.sender.web,
        },
        "parts": parts,
        "body-size": size or body_size(parts),
    }
    return Recipe(
        source=_main(spec),
        modules=_modules(spec, sources),
        inputs={"letter": letter, "summary": _summary(spec, pack)},
        profile=profile.name,
        profile_digest=profile.digest,
        faces=_faces_digest(),
        rules=pack.digest,
    )


def _inputs(made: Recipe, output: str) -> dict[str, object]:
    return {"letter": made.inputs["letter"], "digest": made.digest[:16], "output": output}


def _slot(value: dict[str, Any]) -> Slot:
    return Slot(
        name=value["name"],
        page=int(value["page"]),
        x=round(float(value["x"]), 4),
        y=round(float(value["y"]), 4),
        width=round(float(value["width"]), 4),
        size=round(float(value["size"]), 4),
        face=int(value["bold"]),
    )


def _labelled(values: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Sort what the sources report: slots have a width, parts a page, blocks a name only."""
    found: dict[str, list[dict[str, Any]]] = {"slot": [], "part": [], "block": []}
    for value in values:
        kind = "slot" if "width" in value else "part" if "page" in value else "block"
        found[kind].append(value)
    return found


def typeset(made: Recipe, profile: PrintProfile, root: Path = SOURCES) -> LetterVersion:
    """Typeset a recipe into a version, unchecked; a glyph that the face lacks is LetterRefused."""
    import pikepdf

    inputs = _inputs(made, "print")
    # the archival compile looks for missing glyphs, which the K-only print compile cannot
    compile_typst(made.source, _inputs(made, "screen"), pdf_standards=ACCESSIBLE, root=root)
    static = compile_typst(made.source, inputs, pdf_standards=(), tagged=False, root=root)
    found = _labelled(query_typst(made.source, inputs, QUERY, root=root))
    with pikepdf.open(BytesIO(static)) as pdf:
        pages = len(pdf.pages)
    return LetterVersion(
        recipe=made,
        slots=tuple(map(_slot, found["slot"])),
        page_count=pages,
        static=static,
        shared=shared_objects.build(static, profile),
        profile=profile,
        parts=tuple((item["language"], int(item["page"])) for item in found["part"]),
        blocks=tuple((item["language"], item["name"]) for item in found["block"]),
    )


def _on_fewer_sheets(
    version: LetterVersion, spec: LetterSpec, pack: RulePack, sources: Path
) -> LetterVersion:
    """Return the letter in the largest smaller type that saves a sheet, such as one for two closing lines; else as it is."""

    def at(size: float) -> LetterVersion:
        made = recipe(spec, version.profile, pack, sources, size)
        return typeset(made, version.profile, sources)

    smallest = at(SMALLEST)  # most letters of two sheets need two in any type
    if smallest.sheets >= version.sheets:
        return version
    given = version.recipe.inputs["letter"]["body-size"]
    for size in (size for _, size in BODY_SIZES if size < given):
        larger = at(size)
        if larger.sheets == smallest.sheets:
            return larger
    return smallest


def compile_letter(
    spec: LetterSpec,
    *,
    rules_on: date | RulePack,
    profile: PrintProfile | None = None,
    sources: Path = SOURCES,
) -> LetterVersion:
    """Return the checked version of a letter; LetterRefused names the citation and the finding.

    ``rules_on`` is the day whose rules hold (the mailing day), or a rule pack. 49 CFR 577.9: a
    letter that does not conform is a violation, so nothing unchecked leaves this function.
    """
    chosen = profile or load_profile()
    pack = rules_on if isinstance(rules_on, RulePack) else load(rules_on)
    version = typeset(recipe(spec, chosen, pack, sources), chosen, sources)
    if version.sheets > len(version.parts):
        version = _on_fewer_sheets(version, spec, pack, sources)
    checks.refuse(version, checks.check(version, pack=pack))
    return version
