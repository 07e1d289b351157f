"""What all letters of a batch file share: the static pages as forms, the faces, the bar font.

pikepdf turns the typeset pages into form XObjects once per version; the objects are then kept as
plain bytes, so that printing needs neither pikepdf nor Typst.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name

from renotify.errors import Inconsistent
from renotify.letters import faces
from renotify.letters.profile import Barcode, PrintProfile

HEADER = b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"
CATALOG, PAGES = 1, 2


class SharedObjects(NamedTuple):
    """Bytes of the shared objects, the offset of each object from number 1 (0: not yet written)."""

    body: bytes
    offsets: tuple[int, ...]
    resources: int
    intent: int


@lru_cache(maxsize=16)
def _packed(body: bytes) -> bytes:
    """Return a body compressed; faces and maps are the same in every version."""
    return zlib.compress(body, 9)


def _stream(pdf: pikepdf.Pdf, body: bytes, **entries: object) -> pikepdf.Object:
    stream = pdf.make_stream(_packed(body), **entries)
    stream.Filter = Name.FlateDecode
    return stream


@lru_cache(maxsize=16)
def _ranges(codes: tuple[int, ...]) -> list[tuple[int, int]]:
    """Group codes into runs that stay within one high byte, as ToUnicode maps ask."""
    runs: list[tuple[int, int]] = []
    for code in codes:
        if runs and code == runs[-1][1] + 1 and code >> 8 == runs[-1][0] >> 8:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return runs


_CMAP = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange
{space}
endcodespacerange
{runs}
endcmap CMapName currentdict /CMap defineresource pop end end
"""


def _to_unicode(pdf: pikepdf.Pdf, codes: tuple[int, ...], width: int) -> pikepdf.Object:
    """Return the identity map from codes to Unicode, in blocks of at most 100 runs."""
    lines = [f"<{a:0{width}x}> <{b:0{width}x}> <{a:04x}>" for a, b in _ranges(codes)]
    blocks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    text = "\n".join(
        f"{len(block)} beginbfrange\n" + "\n".join(block) + "\nendbfrange" for block in blocks
    )
    space = f"<{'00' * (width // 2)}> <{'ff' * (width // 2)}>"
    return _stream(pdf, _CMAP.format(space=space, runs=text).encode())


def _descriptor(pdf: pikepdf.Pdf, name: str, program: bytes, bounds: list[int]) -> pikepdf.Object:
    return pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + name),
            Flags=4,
            FontBBox=Array(bounds),
            ItalicAngle=0,
            Ascent=bounds[3],
            Descent=bounds[1],
            CapHeight=714,
            StemV=80,
            FontFile2=_stream(pdf, program, Length1=len(program)),
        )
    )


def _widths(face: str, codes: tuple[int, ...]) -> Array:
    widths = faces.advances(face)
    rows: list[object] = []
    for first, last in _ranges(codes):
        rows += [first, Array(widths[first : last + 1].tolist())]
    return Array(rows)


@lru_cache(maxsize=1)
def _repertoire() -> tuple[int, ...]:
    return tuple(np.flatnonzero(faces.repertoire()).tolist())


def _field_face(pdf: pikepdf.Pdf, face: str, tag: str) -> pikepdf.Object:
    """Return a Type 0 font whose character codes are Unicode numbers."""
    program, glyphs = faces.field_font(face)
    codes = _repertoire()
    name = f"{tag}+{face}"
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name("/" + name),
        CIDSystemInfo=Dictionary(
            Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
        ),
        FontDescriptor=_descriptor(pdf, name, program, [-621, -389, 2800, 1067]),
        CIDToGIDMap=_stream(pdf, glyphs),
        DW=0,
        W=_widths(face, codes),
    )
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name("/" + name),
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=_to_unicode(pdf, codes, 4),
    )
    return pdf.make_indirect(font)


def _bar_face(pdf: pikepdf.Pdf, code: Barcode) -> pikepdf.Object:
    """Return the simple font of the four bars, one letter each."""
    advance = faces.BAR_ADVANCE * 1000 // faces.BAR_UNITS
    codes = tuple(ord(letter) for letter in "ADFT")
    widths = [advance if at in codes else 0 for at in range(ord("A"), ord("T") + 1)]
    top = round(code.height / faces.bar_size(code) * 1000)
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.TrueType,
        BaseFont=Name("/RNIMBC+RenotifyIMb"),
        FirstChar=ord("A"),
        LastChar=ord("T"),
        Widths=Array(widths),
        Encoding=Name.WinAnsiEncoding,
        FontDescriptor=_descriptor(
            pdf, "RNIMBC+RenotifyIMb", faces.bar_font(code), [0, 0, 300, top]
        ),
        ToUnicode=_to_unicode(pdf, codes, 2),
    )
    font.FontDescriptor.Flags = 32
    return pdf.make_indirect(font)


def _intent(pdf: pikepdf.Pdf, profile: PrintProfile) -> pikepdf.Object:
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFX,
        OutputConditionIdentifier=pikepdf.String(profile.facts["colour"]["condition"]),
        RegistryName=pikepdf.String("http://www.color.org"),
    )
    if profile.icc:
        intent.DestOutputProfile = _stream(pdf, profile.icc, N=4)
    return pdf.make_indirect(intent)


def _objects(pdf: pikepdf.Pdf) -> SharedObjects:
    """Serialise every object but the catalogue and the page tree, which each file writes anew."""
    body, offsets = bytearray(HEADER), [0, 0]
    for number in range(3, len(pdf.objects) + 1):
        item = pdf.get_object(number, 0)
        offsets.append(len(body))
        body += b"%d 0 obj\n" % number
        if isinstance(item, pikepdf.Stream):
            raw = item.read_raw_bytes()
            item.stream_dict.Length = len(raw)
            body += item.stream_dict.unparse(resolved=True) + b"\nstream\n" + raw
            body += b"\nendstream"
        else:
            body += item.unparse(resolved=True)
        body += b"\nendobj\n"
    root = pdf.Root
    # objects are numbered in the order of the catalogue's sorted keys: Pages comes before Shared
    if (root.objgen[0], root.Pages.objgen[0]) != (CATALOG, PAGES):
        raise Inconsistent("The shared pages were numbered otherwise than the writer expects.")
    return SharedObjects(
        bytes(body), tuple(offsets), root.Shared.objgen[0], root.SharedIntent.objgen[0]
    )


def build(static: bytes, profile: PrintProfile) -> SharedObjects:
    """Return the shared objects for static pages typeset by Typst."""
    out = pikepdf.Pdf.new()
    with pikepdf.open(BytesIO(static)) as typeset:
        forms = {
            f"/S{number}": out.copy_foreign(page.as_form_xobject())
            for number, page in enumerate(typeset.pages, start=1)
        }
    fonts = {
        "/F0": _field_face(out, faces.FACES[0], "RNFLDA"),
        "/F1": _field_face(out, faces.FACES[1], "RNFLDB"),
        "/FB": _bar_face(out, profile.barcode),
    }
    out.Root.Shared = out.make_indirect(
        Dictionary(Font=Dictionary(fonts), XObject=Dictionary(forms))
    )
    out.Root.SharedIntent = _intent(out, profile)
    saved = _saved(out)
    with pikepdf.open(BytesIO(saved)) as plain:
        return _objects(plain)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    target = BytesIO()
    pdf.save(
        target,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        compress_streams=True,
        deterministic_id=True,
    )
    return target.getvalue()
