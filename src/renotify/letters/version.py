"""A letter version: typeset once, checked, immutable, and named by its digest.

The digest is the SHA-256 of everything the version is made from: the sources of the letter, its
facts, the rule pack's statements, the print profile, the faces and the version of this writer.
It is printed on every piece, so that a piece in the hand leads back to what was approved.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renotify.errors import BadInput
from renotify.letters.profile import Box, PrintProfile
from renotify.letters.shared_objects import SharedObjects

if TYPE_CHECKING:
    from renotify.letters.checks.finding import Finding, MakersSentence

WRITER = 3  # raise it when the same recipe would give other bytes
READABLE = (2, WRITER)  # writers whose versions are read, to copy or prove a letter that was mailed
_EPOCH = (2000, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Slot:
    """A place for one field: page from 1; base line, width, type size in points from top left."""

    name: str
    page: int
    x: float
    y: float
    width: float
    size: float
    face: int = 0

    @property
    def type_box(self) -> Box:
        """Return the bounds of unaccented capitals and descenders, as windows are judged."""
        return Box(
            self.x, self.y - 0.76 * self.size, self.x + self.width, self.y + 0.25 * self.size
        )


@dataclass(frozen=True)
class Recipe:
    """All that a version is made from; its canonical JSON is what the digest is taken of."""

    source: str
    modules: Mapping[str, str]
    inputs: Mapping[str, Any]
    profile: str
    profile_digest: str
    faces: str
    rules: str
    writer: int = WRITER

    @cached_property
    def canonical(self) -> bytes:
        """Return the JSON that two equal recipes share byte for byte."""
        content = {one.name: getattr(self, one.name) for one in fields(self)}
        return json.dumps(content, sort_keys=True, ensure_ascii=False).encode()

    @cached_property
    def digest(self) -> str:
        """Return the version's name: 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical).hexdigest()


@dataclass(frozen=True)
class LetterVersion:
    """One letter version, ready to print: static pages as shared forms, slots, and its recipe.

    ``shared`` holds the PDF objects that all letters of a file share, as plain bytes; ``parts``
    gives the first page of each language, ``blocks`` the named blocks with their language.
    """

    recipe: Recipe
    slots: tuple[Slot, ...]
    page_count: int
    static: bytes
    shared: SharedObjects
    profile: PrintProfile
    parts: tuple[tuple[str, int], ...] = ()
    blocks: tuple[tuple[str, str], ...] = ()

    @cached_property
    def judged(self) -> dict[tuple[str, date], tuple[Finding, ...]]:
        """Return what ``letters.checks`` found wrong with it so far, by the digest and day of the rules; it is kept in memory alone."""
        return {}

    @cached_property
    def read(self) -> dict[tuple[str, date], tuple[MakersSentence, ...]]:
        """Return the sentences that ``letters.checks`` found in it which are not the law's, by the same keys; kept in memory alone."""
        return {}

    @property
    def digest(self) -> str:
        """Return the version's digest, 64 hexadecimal digits."""
        return self.recipe.digest

    @property
    def short_digest(self) -> str:
        """Return the part of the digest that is printed on the piece."""
        return self.digest[:16]

    @property
    def sheets(self) -> int:
        """Return how many sheets one letter takes; the next letter never begins on the back of its last."""
        return -(-self.page_count // self.profile.sides)

    @property
    def pages_in_file(self) -> int:
        """Return how many pages of a batch file one letter takes: its own, and a blank back where it ends on a front."""
        return self.sheets * self.profile.sides

    @property
    def without_dealer(self) -> Mapping[str, str]:
        """Return what stands for a dealer where a row names none: any of the make, and whom to ask for the nearest."""
        letter = self.recipe.inputs["letter"]
        return {
            "dealer_name": str(letter["any-dealer"]),
            "dealer_address": str(letter.get("find-dealer", "")),  # versions saved before had none
            "dealer_phone": str(letter["sender"]["phone"]),
        }

    @property
    def make(self) -> str:
        """Return the make of the letter's vehicles, which stands where a row has no model."""
        return str(self.recipe.inputs["letter"]["make"])

    @property
    def summary(self) -> Mapping[str, Any]:
        """Return what the version is: kind, family, campaigns, recipient, language, dates."""
        return dict(self.recipe.inputs["summary"])

    def save(self, path: Path) -> Path:
        """Write the version to one file; the same version gives the same bytes."""
        members = {
            "recipe.json": self.recipe.canonical,
            "static.pdf": self.static,
            "shared_objects.bin": self.shared.body,
            "profile.toml": self.profile.text.encode(),
            "profile.icc": self.profile.icc,
        }
        layout = {
            "digest": self.digest,
            "slots": [asdict(slot) for slot in self.slots],
            "page_count": self.page_count,
            "parts": self.parts,
            "blocks": self.blocks,
            "shared": self.shared[1:],
            "sha256": {name: hashlib.sha256(body).hexdigest() for name, body in members.items()},
        }
        members["version.json"] = json.dumps(layout, sort_keys=True).encode()
        target = BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(members):
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), members[name])
        part = path.with_name(path.name + ".part")
        part.write_bytes(target.getvalue())
        part.replace(path)
        return path

    @classmethod
    def load(cls, path: Path) -> LetterVersion:
        """Read a version; BadInput when a byte of it is not what was saved."""
        try:
            with zipfile.ZipFile(path) as archive:
                members = {name: archive.read(name) for name in archive.namelist()}
            return _assemble(members)
        except (zipfile.BadZipFile, KeyError, TypeError, ValueError, OSError) as error:
            raise BadInput(
                f"The letter version {path.name} cannot be read: {error}.",
                "Compile the letter again; an approval of another digest does not carry over.",
            ) from error


def _assemble(members: Mapping[str, bytes]) -> LetterVersion:
    layout = json.loads(members["version.json"])
    for name, digest in layout["sha256"].items():
        if hashlib.sha256(members[name]).hexdigest() != digest:
            raise ValueError(f"{name} was changed")
    facts = json.loads(members["recipe.json"])
    if facts["writer"] not in READABLE:
        raise ValueError("another release of the writer made it")
    text = members["profile.toml"].decode()
    offsets, resources, intent = layout["shared"]
    version = LetterVersion(
        recipe=Recipe(**facts),
        slots=tuple(Slot(**slot) for slot in layout["slots"]),
        page_count=layout["page_count"],
        static=members["static.pdf"],
        shared=SharedObjects(members["shared_objects.bin"], tuple(offsets), resources, intent),
        profile=PrintProfile(text, tomllib.loads(text), members["profile.icc"]),
        parts=tuple((language, first) for language, first in layout["parts"]),
        blocks=tuple((language, name) for language, name in layout["blocks"]),
    )
    if version.digest != layout["digest"]:
        raise ValueError("the recipe does not give the digest")
    return version
