"""From a specification to a letter version: words, typesetting, slots, shared pages, checks."""

from __future__ import annotations

import functools
import hashlib
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from renotify.errors import LetterRefused
from renotify.letters import checks, shared_objects
from renotify.letters.faces import FACES, bar_pitch, reach, surely_shown
from renotify.letters.letter_labels import WORDS
from renotify.letters.letter_text import part, placed
from renotify.letters.profile import INCH, MM, PrintProfile, load_profile
from renotify.letters.spec import LetterSpec
from renotify.letters.typesetting import (
    ACCESSIBLE,
    FONTS,
    SOURCES,
    compile_typst,
)
from renotify.letters.version import LetterVersion, Recipe, Slot
from renotify.rules import RulePack, load

MARGIN_TOP = 12.5 * MM
# characters of a language's statements, and the size of type that they may have
BODY_SIZES = ((3400, 10.2), (4200, 10.0), (4900, 9.6), (math.inf, 9.2))
SMALLEST = 9.0  # points, for a letter whose last lines would take a sheet of their own, or whose form has no room
PLACES = "places.json"  # what the print has attached to it: see letter.typ


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
    spec: LetterSpec, profile: PrintProfile, pack: RulePack, sources: Path = SOURCES
) -> Recipe:
    """Return all that the version is made from; its digest is the version's name."""
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
        "body-size": body_size(parts),
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


def _texts(made: Recipe) -> Iterator[str]:
    """Yield every text that a letter's characters come from; its sources name none by number."""
    yield made.source
    yield from made.modules.values()
    yield json.dumps(made.inputs["letter"], ensure_ascii=False, default=str)


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


class Print(NamedTuple):
    """The pages of a recipe as they are printed, what stands on them where, and how many they are."""

    made: Recipe
    pages: bytes
    places: list[dict[str, Any]]
    page_count: int

    def sheets(self, profile: PrintProfile) -> int:
        """Return how many sheets a letter takes."""
        return -(-self.page_count // profile.sides)


AtSize = Callable[[float], Print]  # the letter in a size of type, in points


def set_print(made: Recipe, root: Path = SOURCES) -> Print:
    """Typeset a recipe as it is printed; LetterRefused where its sources are wrong. Glyphs that the face lacks are not looked for."""
    import pikepdf

    pages = compile_typst(
        made.source, _inputs(made, "print"), pdf_standards=(), tagged=False, root=root
    )
    with pikepdf.open(BytesIO(pages)) as pdf:
        places = json.loads(pdf.attachments[PLACES].get_file().read_bytes())
        return Print(made, pages, places, len(pdf.pages))


def _blocks(places: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield each named block with the language that it stands in: that of the part which began before it."""
    language = ""
    for place in places:
        if "width" in place:
            continue
        language = place.get("language", language)
        if "name" in place:
            yield language, place["name"]


def version_of(printed: Print, profile: PrintProfile, root: Path = SOURCES) -> LetterVersion:
    """Return a print as a version, its shared pages made, unchecked; a glyph that the face lacks is LetterRefused."""
    made, places = printed.made, printed.places
    if not all(map(surely_shown, _texts(made))):
        # the archival compile looks for missing glyphs, which the K-only print compile cannot
        compile_typst(made.source, _inputs(made, "screen"), pdf_standards=ACCESSIBLE, root=root)
    return LetterVersion(
        recipe=made,
        slots=tuple(_slot(place) for place in places if "width" in place),
        page_count=printed.page_count,
        static=printed.pages,
        shared=shared_objects.build(printed.pages, profile),
        profile=profile,
        parts=tuple((place["language"], place["page"]) for place in places if "language" in place),
        blocks=tuple(_blocks(places)),
    )


def _in_type(made: Recipe, size: float) -> Recipe:
    """Return a recipe in another size of type, in points."""
    letter = made.inputs["letter"] | {"body-size": size}
    return replace(made, inputs={**made.inputs, "letter": letter})


def _on_fewer_sheets(printed: Print, at: AtSize, profile: PrintProfile) -> Print:
    """Return the letter in the largest smaller type that saves a sheet, such as one for two closing lines; else as it is."""
    given = printed.made.inputs["letter"]["body-size"]
    smallest = at(SMALLEST)  # most letters of two sheets need two in any type
    if smallest.sheets(profile) >= printed.sheets(profile):
        return printed
    for size in (size for _, size in BODY_SIZES if size < given):
        larger = at(size)
        if larger.sheets(profile) == smallest.sheets(profile):
            return larger
    return smallest


def _forms(printed: Print) -> list[str]:
    """Return of each language how its form for a sale or a move is set: ``full``, ``short``, or ``none`` where the page has no room."""
    return [place["form"] for place in printed.places if "form" in place]


def _with_form(printed: Print, at: AtSize, profile: PrintProfile) -> Print:
    """Return the letter in the largest type in which each language has its form, on no more sheets; else as it is.

    The form gives way first, to a short one of the same lines; then the type, to the smallest; then the form. What stands in words
    of a sale or a move stays.
    """
    if "none" not in _forms(printed):
        return printed
    given = printed.made.inputs["letter"]["body-size"]
    for size in (*(size for _, size in BODY_SIZES), SMALLEST):
        if size < given:
            smaller = at(size)
            if "none" not in _forms(smaller) and smaller.sheets(profile) <= printed.sheets(profile):
                return smaller
    return printed


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
    made = recipe(spec, chosen, pack, sources)
    printed = set_print(made, sources)

    @functools.cache
    def at(size: float) -> Print:
        return set_print(_in_type(made, size), sources)

    if printed.sheets(chosen) > len(spec.languages):
        printed = _on_fewer_sheets(printed, at, chosen)
    version = version_of(_with_form(printed, at, chosen), chosen, sources)
    checks.refuse(version, checks.check(version, pack=pack))
    return version
