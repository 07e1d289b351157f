"""What is wrong with the front of an envelope, read back from its finished PDF: notation, label (577.5(a), 577.14), and their places."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from renotify.errors import LetterRefused
from renotify.letters.checks.finding import Finding
from renotify.letters.envelope import GUIDE_SIZE, LABEL, LOGOS, NOTATION, zones
from renotify.letters.front_readback import Colour, Front, Style, read
from renotify.letters.profile import Box, PrintProfile
from renotify.rules import RulePack, Statement, normal
from renotify.rules.pack import all_rows

NAMES = {NOTATION: "notation", LABEL: "label"}
DISTINCT = 64  # of 255, in one of the three colours: less is the same to the eye
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def check(
    body: bytes,
    profile: PrintProfile,
    pack: RulePack,
    *,
    family: str,
    language: str = "en",
    endorsement: str = "",
) -> list[Finding]:
    """Return what is wrong with a drawn envelope; ``language`` is its label's, ``endorsement`` what must stand below the return address.

    Everything is judged on the PDF: what is missing, what may not be there on this day or for this family, type, capitals, colour,
    and whether it lies in a zone, on other type, or unseen.
    """
    front, borne = read(body), pack.on_envelope(family)
    findings = [*_strangers(front, pack, borne, family), *_endorsement(front, endorsement)]
    if NOTATION in borne:
        findings += _notation(front, profile, pack)
    if LABEL in borne:
        findings += _label(front, profile, pack, language)
    return findings


def refuse(findings: Sequence[Finding], family: str, language: str) -> None:
    """Raise LetterRefused for the first finding that blocks an envelope, with all of them in the hint."""
    blocking = [finding for finding in findings if finding.severity == "must"]
    if blocking:
        raise LetterRefused(
            f"The envelope of the {family} letters ({language}) may not be used: {blocking[0].message}"
            f" ({blocking[0].citation}).",
            " ".join(f"[{f.code}] {f.message} ({f.citation})." for f in blocking),
        )


def _strangers(
    front: Front, pack: RulePack, borne: Collection[str], family: str
) -> Iterator[Finding]:
    """Yield the words of recalls on an envelope that no rule of the day puts there."""
    why = "no rule of this day has it" if family == "safety" else "it serves safety recalls only"
    rows = {row.id: row for row in all_rows(pack.jurisdiction)["statements"]}
    for row in rows.values():
        if not isinstance(row, Statement) or row.surface != "envelope" or row.id in borne:
            continue
        if any(front.find(words) for words in row.text.values()):
            name = NAMES.get(row.id, row.id)
            yield Finding(f"{name}.none", row.citation, f"the {name} may not be on it: {why}")


def _endorsement(front: Front, endorsement: str) -> Iterator[Finding]:
    """The words that a service type asks for are on the front as the Postal Service writes them."""
    places = front.find(endorsement) if endorsement else range(0)
    if places is None or front.text(places) != "".join(endorsement.split()):
        message = f"{endorsement!r} is missing, which the service type of the barcodes asks for"
        yield Finding("endorsement.missing", "DMM 507.1.5", message)


def _notation(front: Front, profile: PrintProfile, pack: RulePack) -> Iterator[Finding]:
    """577.5(a): all in capitals, in a type larger than the address's, and distinct from other type not by size alone."""
    row = pack.statement(NOTATION)
    places = front.find(row.wording("en"))
    if places is None:
        yield Finding("notation.missing", row.citation, "the notation is missing")
        return
    if front.text(places) != front.text(places).upper():
        yield Finding("notation.capitals", row.citation, "the notation is not all in capitals")
    size, address = front.smallest(places), _address_type(front, profile, pack)
    if size <= address + 0.01:
        message = (
            f"the notation is set in {size:.1f} points, not larger than the address's {address:.1f}"
        )
        yield Finding("notation.type", row.citation, message)
    if not _distinct(front, places):
        message = (
            "the notation differs from other type by its size alone, in neither face nor colour"
        )
        yield Finding("notation.distinct", row.citation, message)
    yield from _placed(front, places, front.box(places), profile, pack, row)


def _address_type(front: Front, profile: PrintProfile, pack: RulePack) -> float:
    """Return the largest type of the address in the window and of what else stands on the front, notation and label left out."""
    words = [line for row in pack.on_envelope("safety").values() for line in _lines(row, None)]
    known = {n for line in (*words, *LOGOS) for n in front.find(line) or ()}
    sizes = [float(front.glyphs.size[n]) for n in _printed(front) if n not in known]
    return max([profile.size("address", "point_size"), *sizes])


def _lines(row: Statement, language: str | None) -> list[str]:
    texts = row.text.values() if language is None else [row.wording(language)]
    return [line for text in texts for line in text.split("\n")]


def _printed(front: Front) -> list[int]:
    """Return the characters that an envelope bears; what a proof says of its zones is set smaller."""
    return [n for n, size in enumerate(front.glyphs.size.tolist()) if size > GUIDE_SIZE + 0.1]


def _distinct(front: Front, places: range) -> bool:
    rest = {front.styles[n] for n in _printed(front) if n not in places}
    own = {front.styles[n] for n in places}
    return all(_told_apart(one, other) for one in own for other in rest)


def _told_apart(one: Style, other: Style) -> bool:
    return one.face != other.face or not _alike(one.colour, other.colour)


def _alike(one: Colour, other: Colour) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < DISTINCT


def _label(front: Front, profile: PrintProfile, pack: RulePack, language: str) -> Iterator[Finding]:
    """577.14(b), (c): two lines of 10 points, white on red and black on white, in a frame of 1 by 3 inches."""
    row = pack.statement(LABEL)
    lines = _lines(row, language)
    first, second = map(front.find, lines)
    if first is None or second is None:
        yield Finding("label.missing", row.citation, "the label is missing")
        return
    places = (*first, *second)
    for line, found in zip(lines, (first, second), strict=True):
        if front.text(found) != "".join(normal(line).split()):
            yield Finding("label.capitals", row.citation, f"{line!r} is in other capitals")
    least, size = pack.measure("label_type").value, front.smallest(places)
    if size < least - 0.01:
        message = f"the label is set in {size:.1f} points, below {least:g}"
        yield Finding("label.type", row.citation, message)
    if not (_coloured(front, first, WHITE, red=True) and _coloured(front, second, BLACK)):
        message = "the label is not white on red in its first line and black on white in its second"
        yield Finding("label.colour", row.citation, message)
    yield from _framed(front, places, profile, pack)


def _coloured(front: Front, places: range, ink: Colour, *, red: bool = False) -> bool:
    """Tell whether characters are of one colour, on red or on white."""
    filled = [frame.fill for frame in front.around(front.box(places)) if frame.fill]
    ground = filled[0] if filled else WHITE
    right = ground[0] >= 150 and max(ground[1:]) <= 90 if red else _alike(ground, WHITE)
    return right and all(_alike(front.styles[n].colour, ink) for n in places)


def _framed(
    front: Front, places: Sequence[int], profile: PrintProfile, pack: RulePack
) -> Iterator[Finding]:
    row, frames = pack.statement(LABEL), front.around(front.box(places))
    if not frames:
        yield Finding("label.size", row.citation, "the label has no frame")
        return
    box = frames[0].box
    for name, size in (
        ("label_height", box.bottom - box.top), ("label_width", box.right - box.left),
    ):  # fmt: skip
        low, high = pack.measure(name).range_points
        if not low - 0.01 <= size <= high + 0.01:
            message = f"{name} is {size:.1f} points"
            yield Finding("label.size", pack.measure(name).citation, message)
    logos = [n for words in LOGOS for n in front.find(words) or ()]
    yield from _placed(front, (*places, *logos), box, profile, pack, row)


def _placed(
    front: Front,
    own: Iterable[int],
    box: Box,
    profile: PrintProfile,
    pack: RulePack,
    row: Statement,
) -> Iterator[Finding]:
    """Yield where a mark lies in a zone that must stay clear, touches other type, or cannot be seen."""
    name, mine = NAMES[row.id], frozenset(own)
    for zone, place in zones(profile, pack).items():
        if box.meets(place):
            yield Finding(f"{name}.zone", "DMM 202", f"the {name} lies in the zone {zone}")
    others = (n for n in _printed(front) if n not in mine)
    if any(front.box([n]).meets(box) for n in others):
        message = f"the {name} lies on other type, such as the return address"
        yield Finding(f"{name}.zone", row.citation, message)
    if mine & front.unseen:
        message = f"the {name} cannot be read: without ink of its own, or on other type"
        yield Finding(f"{name}.legible", row.citation, message)
