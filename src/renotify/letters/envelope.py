"""The envelope: notation (49 CFR 577.5(a)) and label (577.14), window, return address; what is on it on a day is the rule pack's.

Both serve safety recalls only, and the label has a Spanish form for Puerto Rico. So an envelope is of a
family and a label language (``Stream``), and letters that need different ones are different print streams.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from renotify.letters.faces import FACES, advances
from renotify.letters.profile import MM, Box, PrintProfile
from renotify.letters.spec import Sender
from renotify.letters.typesetting import SOURCES, compile_typst
from renotify.rules import RulePack
from renotify.rules.row import Row

_SOURCE = '#include "/envelope.typ"'
NOTATION, LABEL = "ENV1", "P12"
NOTATION_COLOUR = "#c8102e"
NOTATION_STYLE = "bold and red"
POSTAGE = ("First-Class Mail", "U.S. postage paid", "permit imprint")
# Art of the two agencies that is not ours to ship: the print house puts it in (577.14(b)(3))
LOGOS = ("DOT logo", "NHTSA logo")
GUIDE_SIZE = 5.4  # points: what a proof says about its zones, and no envelope bears


class Stream(NamedTuple):
    """The envelope of a print stream: family, and the language of its label; English where it has none."""

    family: str
    language: str

    @property
    def folder(self) -> str:
        """Return the folder of its letters in a print job: ``safety``, ``safety-es``, ``service``."""
        return self.family if self.language == "en" else f"{self.family}-{self.language}"


def stream(family: str, state: str, pack: RulePack) -> Stream:
    """Return the envelope for a letter of a family to an address in a state, by the rules of a day."""
    label = pack.label_language(state) if LABEL in pack.on_envelope(family) else ""
    return Stream(family, label or "en")


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
    """Return the zones of the envelope's front that must stay clear of label and notation (DMM 202)."""
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
    indicia = _area(profile, "indicia")
    return {"ocr": ocr, "barcode": code, "window": _window(profile), "indicia": indicia}


def _label(profile: PrintProfile, pack: RulePack, language: str) -> dict[str, Any]:
    first, second = pack.statement(LABEL).wording(language).split("\n")
    box = label_box(profile, pack)
    size = pack.measure("label_type").value
    return {
        "box": box._asdict(),
        "first": first,
        "second": second,
        "size": size,
        "weight": _weight(first, size, box.right - box.left - 8),
        "logos": LOGOS,
    }


def notation_size(profile: PrintProfile) -> float:
    """Return the type size of the notation in points; it must be larger than the address's (577.5(a))."""
    return profile.size("notation", "point_size")


def _notation(profile: PrintProfile, words: str) -> dict[str, Any]:
    return {
        "left": profile.size("notation", "left") * MM,
        "top": profile.size("notation", "top") * MM,
        "size": notation_size(profile),
        "colour": NOTATION_COLOUR,
        "words": words,
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
    endorsement: str = "",
    sources: Path = SOURCES,
) -> bytes:
    """Return the envelope's front as a full-size PDF: what the rules of the pack's day put on it, and the zones as guides.

    ``language`` is the label's; the notation is English on every envelope. ``endorsement``: what the Postal Service is asked to do
    with a letter that it cannot deliver, where that must be printed. LetterRefused where the pack lacks the words.
    """
    ticket = {
        "title": f"Envelope front, {family}",
        "language": language,
        "width": profile.size("envelope", "width") * MM,
        "height": profile.size("envelope", "height") * MM,
        "guide-size": GUIDE_SIZE,
        "zones": {name: box._asdict() for name, box in zones(profile, pack).items()},
        "panel-low": _panel(profile, "left_max", "top_max")._asdict(),
        "panel-high": _panel(profile, "left_min", "top_min")._asdict(),
        "return-address": {
            "left": profile.size("return_address", "left") * MM,
            "top": profile.size("return_address", "top") * MM,
        },
        "sender": {"name": sender.name, "address": list(sender.address)},
        "endorsement": endorsement,
        "postage": POSTAGE,
        **_marks(profile, pack, family, language),
    }
    return compile_typst(_SOURCE, {"envelope": ticket}, root=sources)


def _marks(profile: PrintProfile, pack: RulePack, family: str, language: str) -> dict[str, Any]:
    """Return what tells the owner from outside that it is a recall; None for what no rule of the day asks."""
    borne = pack.on_envelope(family)
    words = borne[NOTATION].wording("en") if NOTATION in borne else ""
    return {
        "notation": _notation(profile, words) if words else None,
        "label": _label(profile, pack, language) if LABEL in borne else None,
    }


def words_of(pack: RulePack, family: str, language: str) -> Iterator[Row]:
    """Yield the rows whose words an envelope bears, and that which chooses its label."""
    borne = pack.on_envelope(family)
    yield from borne.values()
    if LABEL in borne:
        yield from (row for row in pack.languages("label") if row.language == language)


def rests_on(pack: RulePack, family: str, language: str) -> Iterator[Row]:
    """Yield the rows that an envelope rests on: its words and label in a safety recall's, the measures of mail in any."""
    yield from words_of(pack, family, language)
    for row in pack.rows["mail"].values():
        if family == "safety" or not row.id.startswith("label_"):
            yield row
