"""How the pieces of one notice are numbered: each bears the notice's number, and one that is sent again which attempt it is.

``0123456789ABCDEF`` is the first mailing of a notice, ``0123456789ABCDEF-2`` the second; the letter shows the first sixteen characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

LENGTH = 16  # of a notice's number
AGAIN = "-"  # before the number of the attempt: 2, 3, ...
MOST_ATTEMPTS = 9  # one digit

_IN_GROUPS = r"^\s*([0-9A-Z]{4})[ -]([0-9A-Z]{4})[ -]([0-9A-Z]{4})[ -]([0-9A-Z]{4})(-[2-9])?\s*$"
_OURS = r"^[0-9A-HJKMNP-TV-Z]{16}(-[2-9])?$"


def looks_numbered(ids: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Return whether texts have the form of a piece's number (``as_numbered``): no other maker of letters numbers so."""
    import pyarrow.compute as pc

    return pc.match_substring_regex(ids, _OURS)


def as_numbered(ids: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Return the numbers of pieces as we write them: in capitals, groups of four drawn together; other text stays."""
    import pyarrow.compute as pc

    return pc.replace_substring_regex(pc.utf8_upper(ids), _IN_GROUPS, r"\1\2\3\4\5")
