"""Where a letter's ink may and may not be, judged on slots and on the rendered page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from renotify.letters import readback
from renotify.letters.accessible import values
from renotify.letters.checks.finding import Finding
from renotify.letters.profile import Box
from renotify.letters.readback import PageText
from renotify.letters.specimen import SPECIMEN, printed
from renotify.letters.version import LetterForm, Slot

NEEDED = ("imb", "line1", "line2", "line3", "line4", "line5", "vin", "reference")


def missing(form: LetterForm) -> Iterator[Finding]:
    """A letter without an address reaches nobody, one without a reference answers to nobody."""
    held = {slot.name for slot in form.slots}
    for name in NEEDED:
        if name not in held:
            yield Finding("slot.missing", "house rule", f"the letter has no slot {name}")


def slots(form: LetterForm) -> Iterator[Finding]:
    """Slots lie on the sheet, out of clear zones, apart; the address in the window."""
    for slot in form.slots:
        if not slot.type_box.inside(form.profile.sheet):
            yield Finding("slot.page", "print profile", f"the slot {slot.name} leaves the page")
        for zone in form.profile.clear_zones:
            if (zone.every_page or slot.page == 1) and slot.type_box.meets(zone.box):
                yield Finding(
                    "slot.zone", "print profile", f"the slot {slot.name} is in {zone.name}"
                )
        yield from _window_slot(form, slot)
    for one, other in combinations(form.slots, 2):
        if one.page == other.page and _extent(form, one).meets(_extent(form, other)):
            yield Finding(
                "slot.overlap", "print profile", f"the slots {one.name} and {other.name} overlap"
            )


def _extent(form: LetterForm, slot: Slot) -> Box:
    if slot.name != "imb":
        return slot.type_box
    return Box(slot.x, slot.y - form.profile.barcode.height, slot.x + slot.width, slot.y)


def _window_slot(form: LetterForm, slot: Slot) -> Iterator[Finding]:
    address = slot.name == "imb" or slot.name.startswith("line")
    box = _extent(form, slot)
    if address and not (slot.page == 1 and box.inside(form.profile.always_seen)):
        yield Finding(
            "window.address",
            "DMM 202",
            f"{slot.name} does not stay in the window at every position of the insert",
        )
    if not address and slot.page == 1 and box.meets(form.profile.seen):
        yield Finding("window.private", "DMM 202", f"{slot.name} can show through the window")


def ink(form: LetterForm) -> Iterator[Finding]:
    """Nothing but address and barcode shows through the window; clear zones are blank."""
    bare = printed(form, blank=True)
    for page in range(form.page_count):
        picture = readback.raster(bare, page)
        if page == 0 and readback.inked(picture, form.profile.seen):
            yield Finding(
                "window.private", "DMM 202", "something besides the address can show in the window"
            )
        for zone in form.profile.clear_zones:
            if (zone.every_page or page == 0) and readback.inked(picture, zone.box):
                yield Finding("zone", "print profile", f"page {page + 1} is printed in {zone.name}")


def file(form: LetterForm, body: bytes, pages: Sequence[PageText]) -> Iterator[Finding]:
    for font in readback.unembedded_fonts(body):
        yield Finding("font", "print profile", f"the font {font} is not embedded")
    if form.page_count > form.profile.max_pages:
        yield Finding(
            "pages",
            "print profile",
            f"the letter has {form.page_count} pages, more than {form.profile.max_pages}",
        )
    for number, page in enumerate(pages, start=1):
        if form.short_digest not in "".join(page.text.split()):
            yield Finding("digest", "house rule", f"page {number} does not carry the digest")


def written(form: LetterForm, pages: Sequence[PageText]) -> Iterator[Finding]:
    """Each slot says what the specimen's row says (577.5(b): the VIN of that vehicle)."""
    wanted = values(form, SPECIMEN)
    for number, slot in enumerate(form.slots):
        shown = pages[slot.page - 1].slots.get(number, "")
        if "".join(shown.split()) != "".join(wanted.get(slot.name, "").split()):
            yield Finding("slot.text", "49 CFR 577.5(b)", f"the slot {slot.name} reads otherwise")
