"""The batch file: shared pages once, then for each letter and page one small content stream.

A file is written front to back. What is kept in memory is eight bytes for each object, for the
cross-reference table at the end; letters arrive in chunks of fixed size and leave as bytes.
Each letter is a document part (ISO 16612-2) that names its piece and counts its sheets, so that a
press can find it. A two-sided letter that ends on a front has a blank back page, which is part of it:
nothing is printed there, so that no owner's page lies behind another's. The
standards PDF/X-4 and PDF/VT-1 are claimed only when the profile embeds the press's ICC profile.
"""

from __future__ import annotations

import hashlib
from itertools import chain, repeat
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from renotify.errors import Refused
from renotify.letters.faces import bar_size
from renotify.letters.fields import Prepared
from renotify.letters.profile import Box
from renotify.letters.shared_objects import CATALOG, PAGES
from renotify.letters.version import LetterVersion, Slot

CHUNK = 2500  # letters in one node of the page tree
INK = b"0 0 0 1 k"
_LAST_OFFSET = 10**10 - 1  # ten digits of the cross-reference table

_PAGE = b"%%d 0 obj<</Type/Page/Parent %%d 0 R/Contents %%d 0 R/DPart %%d 0 R/TrimBox[%b]>>endobj\n"
_BACK = b"%%d 0 obj<</Type/Page/Parent %%d 0 R/DPart %%d 0 R/TrimBox[%b]>>endobj\n"
_STREAM = b"%d 0 obj<</Length %d>>stream\n%b\nendstream endobj\n"
_PART = (
    b"%%d 0 obj<</Type/DPart/Parent %%d 0 R/Start %%d 0 R/End %%d 0 R"
    b"/DPM<</Piece%b%%b%b/Sheet %%d/Sheets %d>>>>endobj\n"
)
_PLAIN_ID = "^[0-9A-Za-z._-]*$"  # needs no escape in a PDF string


class Sink(Protocol):
    """Anything bytes can be written to."""

    def write(self, body: bytes, /) -> object: ...


def _number(value: float) -> bytes:
    return b"%.4f" % value


def _font(version: LetterVersion, slot: Slot) -> tuple[str, float]:
    if slot.name == "imb":
        return "FB", bar_size(version.profile.barcode)
    return f"F{slot.face}", slot.size


def _text_operators(
    slot: Slot, height: float, font: tuple[str, float], last: tuple[str, float]
) -> tuple[bytes, bytes]:
    """Return the operators before and after one slot's value; the font is set when it changes."""
    select = b"/%b %b Tf " % (font[0].encode(), _number(font[1])) if font != last else b""
    place = b"1 0 0 1 %b %b Tm" % (_number(slot.x), _number(height - slot.y))
    brackets = (b"(", b")") if slot.name == "imb" else (b"<", b">")
    return select + place + brackets[0], brackets[1] + b"Tj\n"


def _rectangle(box: Box, height: float) -> bytes:
    sides = (box.left, height - box.bottom, box.right - box.left, box.bottom - box.top)
    return b" ".join(map(_number, sides)) + b" re S\n"


def page_template(version: LetterVersion, page: int, marks: tuple[Box, ...] = ()) -> bytes:
    """Return the content stream of a page with ``%b`` for each of its slots, in the version's order.

    ``marks`` are boxes drawn as outlines, for proofs only.
    """
    height = version.profile.sheet.bottom
    parts = [b"q /S%d Do Q\n" % page]
    if marks:
        parts += [b"q 0 1 0 0 K 0.4 w\n", *(_rectangle(box, height) for box in marks), b"Q\n"]
    last: tuple[str, float] = ("", 0.0)
    slots = [slot for slot in version.slots if slot.page == page]
    for slot in slots:
        font = _font(version, slot)
        before, after = _text_operators(slot, height, font, last)
        last = font
        parts += [b"BT %b\n" % INK if slot is slots[0] else b"", before, b"%b", after]
    return b"".join(parts) + (b"ET\n" if slots else b"")


def _moved(numbers: range, by: int) -> range:
    return range(numbers.start + by, numbers.stop + by, numbers.step)


def _xref(offsets: NDArray[np.int64]) -> bytes:
    """Return the lines of a classic cross-reference table."""
    lines = np.empty((len(offsets), 20), dtype=np.uint8)
    lines[:, 10:] = np.frombuffer(b" 00000 n \n", dtype=np.uint8)
    rest = offsets.copy()
    for column in range(9, -1, -1):
        lines[:, column] = 48 + rest % 10
        rest //= 10
    return lines.tobytes()


class BatchFile:
    """One batch PDF under way; ``add`` letters, then ``close`` it."""

    def __init__(
        self,
        version: LetterVersion,
        sink: Sink,
        *,
        marks: dict[int, tuple[Box, ...]] | None = None,
    ) -> None:
        self._version, self._sink = version, sink
        self._hash = hashlib.sha256()
        self._at = 0
        shared = np.array(version.shared.offsets, dtype=np.int64)
        self._offsets = [shared]
        self._late = {CATALOG: (shared, CATALOG - 1), PAGES: (shared, PAGES - 1)}
        self._next = len(version.shared.offsets) + 1
        self._nodes: list[tuple[int, int]] = []
        self._part_nodes: list[int] = []
        self.letters = 0
        drawn = marks or {}
        pages = range(1, version.page_count + 1)
        self._templates = [page_template(version, page, drawn.get(page, ())) for page in pages]
        self._slots = [[n for n, s in enumerate(version.slots) if s.page == page] for page in pages]
        self._leaf, self._back = _PAGE % self._media(), _BACK % self._media()
        self._backs = version.pages_in_file - version.page_count
        self._part_root = self._allocate(2)
        self._write(version.shared.body)

    def _allocate(self, count: int) -> int:
        first = self._next
        self._next += count
        block = np.zeros(count, dtype=np.int64)
        self._offsets.append(block)
        self._late |= {first + place: (block, place) for place in range(count)}
        return first

    def _write(self, body: bytes) -> None:
        self._hash.update(body)
        self._sink.write(body)
        self._at += len(body)

    def _object(self, number: int, body: bytes) -> None:
        """Write one object whose number was allocated before."""
        block, place = self._late.pop(number)
        block[place] = self._at
        self._write(b"%d 0 obj" % number + body + b"endobj\n")

    def _contents(self, letters: Prepared, page: int) -> list[bytes]:
        columns = [letters.values[number] for number in self._slots[page]]
        template = self._templates[page]
        if not columns:
            return [template] * len(letters.piece_ids)
        return list(map(template.__mod__, zip(*columns, strict=True)))

    def add(self, letters: Prepared) -> None:
        """Write up to ``CHUNK`` letters as one node of the page tree."""
        count, pages = len(letters.piece_ids), self._version.page_count
        if not count:
            return
        node = self._allocate(1)
        part_node = self._allocate(1)
        # a page and its content stream; blank backs, which have none; the letter's document part
        each = 2 * pages + self._backs + 1
        first = self._next
        starts = range(first, first + count * each, each)
        columns: list[list[bytes]] = []
        for page in range(pages):
            columns += self._page_objects(letters, page, starts, node)
        columns += self._blank_backs(starts, node)
        columns.append(self._parts(letters, starts, part_node))
        self._emit(columns, count, each)
        self._close_nodes(starts, node, part_node)
        self.letters += count

    def _page_objects(
        self, letters: Prepared, page: int, starts: range, node: int
    ) -> list[list[bytes]]:
        contents = self._contents(letters, page)
        numbers, streams, parts = (
            _moved(starts, place) for place in (2 * page, 2 * page + 1, starts.step - 1)
        )
        nodes = repeat(node, len(starts))
        leaves = list(map(self._leaf.__mod__, zip(numbers, nodes, streams, parts, strict=True)))
        lengths = map(len, contents)
        return [leaves, list(map(_STREAM.__mod__, zip(streams, lengths, contents, strict=True)))]

    def _pages(self) -> list[int]:
        """Return where a letter's pages stand among its objects, a blank back last."""
        printed = 2 * self._version.page_count
        return [*range(0, printed, 2), *range(printed, printed + self._backs)]

    def _blank_backs(self, starts: range, node: int) -> list[list[bytes]]:
        nodes = repeat(node, len(starts))
        own = _moved(starts, starts.step - 1)
        return [
            list(map(self._back.__mod__, zip(_moved(starts, place), nodes, own, strict=True)))
            for place in self._pages()[self._version.page_count :]
        ]

    def _parts(self, letters: Prepared, starts: range, part_node: int) -> list[bytes]:
        """Return the letters' document parts: first page, last page, the piece's id, its first sheet in the file."""
        count, ids, sheets = len(starts), letters.piece_ids, self._version.sheets
        plain = pc.match_substring_regex(ids, _PLAIN_ID)
        if pc.all(plain, min_count=0).as_py():
            texts, shape = ids.cast(pa.binary()).to_pylist(), _PART % (b"(", b")", sheets)
        else:
            texts = [b"feff%b" % i.encode("utf-16-be").hex().encode() for i in ids.to_pylist()]
            shape = _PART % (b"<", b">", sheets)
        own, ends = (_moved(starts, place) for place in (starts.step - 1, self._pages()[-1]))
        first = self.letters * sheets + 1
        numbers = range(first, first + count * sheets, sheets)
        columns = (own, repeat(part_node, count), starts, ends, texts, numbers)
        return list(map(shape.__mod__, zip(*columns, strict=True)))

    def _emit(self, columns: list[list[bytes]], count: int, each: int) -> None:
        lengths = np.empty((count, each), dtype=np.int64)
        for place, column in enumerate(columns):
            lengths[:, place] = np.fromiter(map(len, column), dtype=np.int64, count=count)
        ends = np.cumsum(lengths.ravel())
        self._offsets.append(self._at + ends - lengths.ravel())
        self._next += count * each
        self._write(b"".join(chain.from_iterable(zip(*columns, strict=True))))

    def _close_nodes(self, starts: range, node: int, part_node: int) -> None:
        places = self._pages()
        leaves = (start + place for start in starts for place in places)
        kids = b" ".join(b"%d 0 R" % number for number in leaves)
        total = len(starts) * len(places)
        self._object(
            node, b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%b]>>" % (PAGES, total, kids)
        )
        self._nodes.append((node, total))
        own = b" ".join(b"%d 0 R" % (start + starts.step - 1) for start in starts)
        body = b"<</Type/DPart/Parent %d 0 R/DParts[[%b]]>>" % (self._part_root + 1, own)
        self._object(part_node, body)
        self._part_nodes.append(part_node)

    def _media(self) -> bytes:
        sheet = self._version.profile.sheet
        return b"0 0 %b %b" % (_number(sheet.right), _number(sheet.bottom))

    def _catalog(self) -> bytes:
        intent = b"/OutputIntents[%d 0 R]" % self._version.shared.intent
        kids = b" ".join(b"%d 0 R" % number for number in self._part_nodes)
        root = self._part_root
        self._object(root, b"<</Type/DPartRoot/DPartRootNode %d 0 R/RecordLevel 2"
                           b"/NodeNameList[/Job/Block/Letter]>>" % (root + 1))  # fmt: skip
        self._object(
            root + 1,
            b"<</Type/DPart/Parent %d 0 R/DParts[[%b]]/DPM<</PagesOfSheet %d>>>>"
            % (root, kids, self._version.profile.sides),
        )
        metadata = self._allocate(1)
        packet = xmp(self._version)
        self._object(
            metadata,
            b"<</Type/Metadata/Subtype/XML/Length %d>>stream\n%b\nendstream "
            % (len(packet), packet),
        )
        return b"<</Type/Catalog/Pages %d 0 R/DPartRoot %d 0 R/Metadata %d 0 R%b>>" % (
            PAGES, root, metadata, intent,
        )  # fmt: skip

    def close(self) -> str:
        """Finish the file and return its SHA-256; Refused when it outgrew what PDF can address."""
        kids = b" ".join(b"%d 0 R" % number for number, _ in self._nodes)
        total = sum(count for _, count in self._nodes)
        catalog = self._catalog()
        self._object(CATALOG, catalog)
        self._object(
            PAGES,
            b"<</Type/Pages/Count %d/Kids[%b]/MediaBox[%b]/Resources %d 0 R>>"
            % (total, kids, self._media(), self._version.shared.resources),
        )
        information = self._allocate(1)
        self._object(information, _information(self._version))
        if self._at > _LAST_OFFSET:
            raise Refused("A batch file grew past 10 GB.", "Lower files.letters_per_file.")
        start = self._at
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % self._next)
        for block in self._offsets:
            self._write(_xref(block))
        name = self._hash.hexdigest()[:32].encode()
        self._write(
            b"trailer<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n"
            % (self._next, CATALOG, information, name, name, start)
        )
        return self._hash.hexdigest()


def _day(version: LetterVersion) -> str:
    return str(version.summary["mail_date"])


def _information(version: LetterVersion) -> bytes:
    title = f"Letters {version.short_digest}".encode()
    day = _day(version).replace("-", "").encode()
    return (
        b"<</Title(%b)/Creator(renotify)/Producer(renotify)/CreationDate(D:%b000000Z)"
        b"/ModDate(D:%b000000Z)/Trapped/False>>" % (title, day, day)
    )


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/"
 xmlns:pdfvtid="http://www.npes.org/pdfvt/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Letters {name}</rdf:li></rdf:Alt></dc:title>
<xmp:CreateDate>{day}T00:00:00Z</xmp:CreateDate><xmp:ModifyDate>{day}T00:00:00Z</xmp:ModifyDate>
<xmp:MetadataDate>{day}T00:00:00Z</xmp:MetadataDate><xmp:CreatorTool>renotify</xmp:CreatorTool>
<pdf:Producer>renotify</pdf:Producer><pdf:Trapped>False</pdf:Trapped>
<xmpMM:DocumentID>urn:sha256:{digest}</xmpMM:DocumentID><xmpMM:VersionID>1</xmpMM:VersionID>
<xmpMM:RenditionClass>default</xmpMM:RenditionClass>
{standards}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>"""


_STANDARDS = """<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>
<pdfvtid:GTS_PDFVTVersion>PDF/VT-1</pdfvtid:GTS_PDFVTVersion>
<pdfvtid:GTS_PDFVTModDate>{day}T00:00:00Z</pdfvtid:GTS_PDFVTModDate>
"""


def xmp(version: LetterVersion) -> bytes:
    """Return the XMP packet; PDF/X-4, and PDF/VT-1 on top of it, are named with an ICC profile only."""
    day = _day(version)
    return _XMP.format(
        name=version.short_digest,
        day=day,
        digest=version.digest,
        standards=_STANDARDS.format(day=day) if version.profile.icc else "",
    ).encode()
