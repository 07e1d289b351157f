"""A print profile: one print house's paper, envelope, window, clear zones and file habits, as data.

Profiles are TOML files; every number carries its source there. Lengths are millimetres in the file
and in ``PrintProfile``; rectangles for drawing and checking are in points, y counted downwards
from the top of the sheet.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from renotify.errors import BadInput, UnknownName
from renotify.letters.typesetting import ROOM

MM = 72 / 25.4
INCH = 72.0
SHIPPED = ROOM / "profiles"
DEFAULT = "no10-window"


class Box(NamedTuple):
    """A rectangle in points: left, top, right, bottom, y counted downwards from the sheet's top."""

    left: float
    top: float
    right: float
    bottom: float

    def inside(self, other: Box) -> bool:
        """Tell whether this box lies wholly in ``other``, to a hundredth of a point."""
        slack = 0.01
        return (
            self.left >= other.left - slack
            and self.top >= other.top - slack
            and self.right <= other.right + slack
            and self.bottom <= other.bottom + slack
        )

    def meets(self, other: Box) -> bool:
        """Tell whether the two boxes share area, more than a hundredth of a point deep."""
        slack = 0.01
        return (
            self.left < other.right - slack
            and other.left < self.right - slack
            and self.top < other.bottom - slack
            and other.top < self.bottom - slack
        )


@dataclass(frozen=True)
class ClearZone:
    """A rectangle of the sheet that must stay unprinted, on the first page or on every page."""

    name: str
    every_page: bool
    box: Box


@dataclass(frozen=True)
class Barcode:
    """Physical sizes of the Intelligent Mail barcode in inches (USPS-B-3200)."""

    bars_per_inch: float
    bar_width: float
    full_height: float
    tracker_height: float
    clear_side: float
    clear_above_below: float
    source: str

    @property
    def width(self) -> float:
        """Length of 65 bars in points, from the first bar's left edge to the last one's right."""
        return (64 / self.bars_per_inch + self.bar_width) * INCH

    @property
    def height(self) -> float:
        """Height of a full bar in points."""
        return self.full_height * INCH


@dataclass(frozen=True)
class PrintProfile:
    """What one print house needs to know and to be given; made by ``load_profile``."""

    text: str
    facts: dict[str, Any]
    icc: bytes = b""

    @property
    def name(self) -> str:
        """Return the profile's name."""
        return str(self.facts["name"])

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the profile's text and colour profile."""
        return hashlib.sha256(self.text.encode() + b"\0" + self.icc).hexdigest()

    def size(self, group: str, name: str) -> float:
        """Return a number of the file, in the file's own unit."""
        return float(self.facts[group][name])

    @cached_property
    def sheet(self) -> Box:
        """Return the sheet, in points."""
        return Box(0, 0, self.size("sheet", "width") * MM, self.size("sheet", "height") * MM)

    @property
    def fold(self) -> float:
        """Return the depth of the panel behind the window, in points."""
        return self.size("sheet", "first_fold") * MM

    @property
    def max_pages(self) -> int:
        """Return the most pages one letter may have."""
        return int(self.facts["sheet"]["max_pages"])

    @property
    def sides(self) -> int:
        """Return how many sides of a sheet are printed: 2, or 1 where each page has a sheet of its own."""
        return 2 if self.facts["sheet"]["duplex"] else 1

    def _window_edges(self) -> tuple[float, float, float, float]:
        left, width = self.size("window", "left"), self.size("window", "width")
        height = self.size("window", "height")
        top = self.size("envelope", "height") - self.size("window", "bottom") - height
        return left, top, left + width, top + height

    @cached_property
    def seen(self) -> Box:
        """Return all that can show through the window at some position of the insert, in points."""
        left, top, right, bottom = self._window_edges()
        edges = (
            left - self.size("insert", "left_max"),
            top - self.size("insert", "top_max"),
            right - self.size("insert", "left_min"),
            bottom - self.size("insert", "top_min"),
        )
        return Box(*(edge * MM for edge in edges))

    @cached_property
    def always_seen(self) -> Box:
        """Return what shows at every position of the insert, clearances taken off, in points."""
        left, top, right, bottom = self._window_edges()
        side, end = self.size("clearance", "side"), self.size("clearance", "above_below")
        edges = (
            left - self.size("insert", "left_min") + side,
            top - self.size("insert", "top_min") + end,
            right - self.size("insert", "left_max") - side,
            bottom - self.size("insert", "top_max") - end,
        )
        return Box(*(edge * MM for edge in edges))

    @cached_property
    def clear_zones(self) -> tuple[ClearZone, ...]:
        """Return the zones that must stay blank."""
        return tuple(
            ClearZone(
                name=zone["name"],
                every_page=zone["pages"] == "every",
                box=Box(
                    zone["left"] * MM,
                    zone["top"] * MM,
                    (zone["left"] + zone["width"]) * MM,
                    (zone["top"] + zone["height"]) * MM,
                ),
            )
            for zone in self.facts.get("clear_zone", ())
        )

    @cached_property
    def barcode(self) -> Barcode:
        """Return the barcode's physical sizes."""
        return Barcode(**self.facts["barcode"])

    @property
    def condense(self) -> int:
        """Return the percentage to which a line may be condensed once."""
        return int(self.facts["fit"]["condense_percent"])

    def file_name(self, stem: str, number: int) -> str:
        """Return the name of batch file ``number``, counted from 1."""
        return str(self.facts["files"]["naming"]).format(stem=stem, number=number)


def load_profile(source: str | Path = DEFAULT) -> PrintProfile:
    """Return a shipped profile by name, or one from a TOML file; UnknownName when there is none."""
    named = isinstance(source, str) and not source.endswith(".toml")
    path = SHIPPED / f"{source}.toml" if named else Path(source)
    if not path.is_file():
        raise UnknownName(
            f"There is no print profile {path.stem!r}.",
            "Shipped: " + ", ".join(sorted(p.stem for p in SHIPPED.glob("*.toml"))) + ".",
        )
    text = path.read_text("utf-8")
    try:
        facts = _complete(tomllib.loads(text))
        icc_name = facts["colour"]["icc"]
        profile = PrintProfile(
            text, facts, (path.parent / icc_name).read_bytes() if icc_name else b""
        )
        _check(profile)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, OSError) as error:
        raise BadInput(
            f"The print profile {path.name} cannot be read: {error}.",
            f"Compare it with the shipped {DEFAULT}.toml.",
        ) from error
    return profile


def _complete(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers of a profile; KeyError for one that the shipped profile has and this one lacks: a print run would stop at it.

    A profile of before the envelope's notation has it where the shipped one has.
    """
    shipped = tomllib.loads((SHIPPED / f"{DEFAULT}.toml").read_text("utf-8"))
    facts = {"notation": shipped["notation"], **facts}
    for group, wanted in shipped.items():
        if isinstance(wanted, list):  # clear zones: another print house may have none
            continue
        given = facts[group]
        for name in wanted if isinstance(wanted, dict) else ():
            if name not in given:
                raise KeyError(f"[{group}] {name}")
    return facts


def _check(profile: PrintProfile) -> None:
    """Refuse a window in which nothing stays visible, and a barcode outside USPS-B-3200."""
    code, safe = profile.barcode, profile.always_seen
    if safe.right - safe.left < code.width + code.clear_side * INCH:
        raise BadInput(
            f"In the print profile {profile.name} the barcode does not stay within the window "
            "through the full movement of the insert.",
            "Let the insert move less (insert.left_max) or take a wider window.",
        )
    ranges = {
        "bars_per_inch": (20, 24),
        "bar_width": (0.015, 0.025),
        "full_height": (0.125, 0.165),
        "tracker_height": (0.039, 0.057),
    }
    for name, (least, most) in ranges.items():
        if not least <= getattr(code, name) <= most:
            raise BadInput(
                f"In the print profile {profile.name} barcode.{name} is outside {least} to {most}.",
                "USPS-B-3200 gives the range.",
            )
