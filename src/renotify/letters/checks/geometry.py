"""Where a letter's ink may and may not be, judged on slots and on the rendered page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from renotify.letters import readback
from renotify.letters.checks.finding import Finding
from renotify.letters.checks.legibility import DPI
from renotify.letters.profile import Box
from renotify.letters.readback import PageText
from renotify.letters.version import LetterVersion, Slot
from renotify.rules import RulePack
from renotify.values.english import counted

SHEET = 2  # pages
NEEDED = ("imb", "line1", "line2", "line3", "line4", "line5", "vin", "reference")


def missing(version: LetterVersion) -> Iterator[Finding]:
    """A letter needs slots for address, barcode, VIN and reference; each that is absent is named."""
    held = {slot.name for slot in version.slots}
    for name in NEEDED:
        if name not in held:
            yield Finding("slot.missing", "house rule", f"the letter has no slot {name}")


def slots(version: LetterVersion, pack: RulePack) -> Iterator[Finding]:
    """Slots lie on the sheet, out of clear zones, apart; the address in the window, in type that the mail standards take."""
    for slot in version.slots:
        if not slot.type_box.inside(version.profile.sheet):
            yield Finding("slot.page", "print profile", f"the slot {slot.name} leaves the page")
        for zone in version.profile.clear_zones:
            if (zone.every_page or slot.page == 1) and slot.type_box.meets(zone.box):
                yield Finding(
                    "slot.zone", "print profile", f"the slot {slot.name} is in {zone.name}"
                )
        yield from _window_slot(version, slot)
        yield from _address_type(slot, pack)
    for one, other in combinations(version.slots, 2):
        if one.page == other.page and _extent(version, one).meets(_extent(version, other)):
            yield Finding(
                "slot.overlap", "print profile", f"the slots {one.name} and {other.name} overlap"
            )


def _extent(version: LetterVersion, slot: Slot) -> Box:
    if slot.name != "imb":
        return slot.type_box
    return Box(slot.x, slot.y - version.profile.barcode.height, slot.x + slot.width, slot.y)


def _window_slot(version: LetterVersion, slot: Slot) -> Iterator[Finding]:
    address = slot.name == "imb" or slot.name.startswith("line")
    box = _extent(version, slot)
    if address and not (slot.page == 1 and box.inside(version.profile.always_seen)):
        yield Finding(
            "window.address",
            "DMM 202",
            f"{slot.name} does not stay in the window at every position of the insert",
        )
    if not address and slot.page == 1 and box.meets(version.profile.seen):
        yield Finding("window.private", "DMM 202", f"{slot.name} can show through the window")


def _address_type(slot: Slot, pack: RulePack) -> Iterator[Finding]:
    """The lines of the address are set in type no smaller than the pack's measure."""
    row = pack.measure("address_type")
    least, _ = row.range_points
    if slot.name.startswith("line") and slot.size < least - 0.01:
        message = f"{slot.name} is set in {slot.size:.1f} points, smaller than {least:.1f}"
        yield Finding("window.type", row.citation, message)


def ink(version: LetterVersion, body: bytes, bare: bytes) -> Iterator[Finding]:
    """Nothing but address and barcode shows through the window, as its pages without values (``bare``) show; clear zones are blank
    on the finished letter ``body``.
    """
    if readback.area_inked(bare, 0, version.profile.seen):
        yield Finding(
            "window.private", "DMM 202", "something besides the address can show in the window"
        )
    for page in range(version.page_count):
        picture = readback.raster(body, page, DPI)
        for zone in version.profile.clear_zones:
            if (zone.every_page or page == 0) and readback.inked(picture, zone.box, DPI):
                yield Finding("zone", "print profile", f"page {page + 1} is printed in {zone.name}")


def file(version: LetterVersion, body: bytes, pages: Sequence[PageText]) -> Iterator[Finding]:
    """Every font is embedded, pages are no more than the profile allows, each carries the digest."""
    for font in readback.unembedded_fonts(body):
        yield Finding("font", "print profile", f"the font {font} is not embedded")
    if version.page_count > version.profile.max_pages:
        yield Finding(
            "pages",
            "print profile",
            f"the letter has {counted(version.page_count, 'page')}, more than {version.profile.max_pages}",
        )
    starts = [*(first for _, first in version.parts), version.page_count + 1]
    for (language, first), after in zip(version.parts, starts[1:], strict=True):
        if after - first > SHEET:
            message = f"the {language} text takes {after - first} pages, more than one sheet holds: say less"
            yield Finding("sheets", "house rule", message, "should")
    for number, page in enumerate(pages, start=1):
        if version.short_digest not in "".join(page.text.split()):
            yield Finding("digest", "house rule", f"page {number} does not carry the digest")


def written(
    version: LetterVersion, pages: Sequence[PageText], wanted: Mapping[str, str]
) -> Iterator[Finding]:
    """Each slot says what the specimen's row says, ``wanted`` by its name (577.5(b): the VIN of that vehicle)."""
    for number, slot in enumerate(version.slots):
        shown = pages[slot.page - 1].slots.get(number, "")
        if "".join(shown.split()) != "".join(wanted.get(slot.name, "").split()):
            yield Finding("slot.text", "49 CFR 577.5(b)", f"the slot {slot.name} reads otherwise")
