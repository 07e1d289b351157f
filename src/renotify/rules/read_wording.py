"""What the grammar of forbidden wording read in a sentence: exactly what a person can accept, and how that is named.

A grammar refuses a lawful sentence some day. Its reading is of a sentence, in a text of a campaign, beside its other texts, by a row of the
rule pack: with another of these it is another reading, and nobody has accepted that.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from renotify.rules.row import Row
from renotify.rules.wording import Forbidden, normal

# an hour of the day ends no sentence where that goes on: "8 a.m. to 8 p.m. Eastern time"
_HOUR = r"(?<=\d [ap]\.m\. )|(?<=\d[ap]\.m\. )|(?<=\d [ap]\. m\. )|(?<=\d [ap]\. )"
_GOES_ON = r"[a-záéíóúñ(]|(?:Eastern|Central|Mountain|Pacific|Alaska|Hawaii)\b|[ECMPAH][SD]?T\b"
_NO_HOUR = rf"(?!(?:{_HOUR})(?:{_GOES_ON}))"
SENTENCE_END = re.compile(rf"(?<=[.!?;:])\s+{_NO_HOUR}")
SENTENCE_END_BUT_COLON = re.compile(rf"(?<=[.!?;])\s+{_NO_HOUR}")  # "Hours: 8 a.m." is one
SHORT = 8  # hexadecimal digits by which people name a reading
OF_LETTER = (
    "letter"  # the key of what stands in no stated text: a sentence of the house's templates
)


@dataclass(frozen=True)
class ReadWording:
    """A sentence in which a row of severity must finds what is forbidden.

    ``campaign_code`` is blank for words of the house's own; ``key`` names the text, ``texts`` the digest of all texts that stand beside
    it (``digest_of_texts``), ``row_digest`` that of the row as it is written.
    """

    row_id: str
    row_digest: str
    citation: str
    title: str
    campaign_code: str
    key: str
    language: str
    sentence: str
    texts: str

    @property
    def handle(self) -> str:
        """The SHA-256 over all of it but the row's title and citation, which are within the row's digest: 64 hexadecimal digits."""
        parts = (
            self.row_id, self.row_digest, self.campaign_code, self.key, self.language, self.sentence, self.texts,
        )  # fmt: skip
        return _sha256(parts)

    @property
    def short(self) -> str:
        """The first digits of the handle, by which a person names it."""
        return self.handle[:SHORT]

    @property
    def where(self) -> str:
        """Which text it stands in, in words: ``the en remedy of 9LA``."""
        what = "letter" if self.key == OF_LETTER else self.key
        return f"the {self.language} {what}" + (
            f" of {self.campaign_code}" if self.campaign_code else ""
        )


def read_wording(
    row: Forbidden, campaign_code: str, key: str, language: str, sentence: str, texts: str = ""
) -> ReadWording:
    """Return what a row reads in a sentence; the sentence is kept as texts are compared (``normal``)."""
    return ReadWording(
        row.id, row_digest(row), row.citation, row.title, campaign_code, key, language, normal(sentence).rstrip(" ."), texts
    )  # fmt: skip


@lru_cache(maxsize=1024)
def row_digest(row: Row) -> str:
    """Return a SHA-256 of a row as the pack has it: pattern, words, what may stand, citation, dates."""
    return _sha256(row.columns())


def digest_of_texts(campaign_type: str, texts: Mapping[str, str]) -> str:
    """Return a SHA-256 of what a campaign is and says to owners in one language, by key; blank texts and last full stops do not count."""
    said = {key: normal(text).rstrip(" .") for key, text in texts.items()}
    return _sha256([campaign_type, sorted((key, text) for key, text in said.items() if text)])


def _sha256(content: object) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
