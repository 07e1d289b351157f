"""What of a campaign's own texts `letter check` will refuse: told with what is missing, before anybody plans letters."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.letter_facts import OWNERS_TEXTS, TEXTS, by_repair, text_of
from renotify.rules import RulePack, normal
from renotify.rules.capitals import in_capitals
from renotify.rules.read_wording import SENTENCE_END, digest_of_texts, read_wording
from renotify.rules.wording import Forbidden
from renotify.values.telephone import dialed

SUMMARIES = ("defect", "consequence", "remedy")  # that NHTSA's file fills
OF_NHTSA = (*SUMMARIES, "component")  # which it has in capitals
CONTESTED = "makers_reasons"  # in it a maker may say what 577.8 forbids elsewhere (577.6(b)(8))
PRINTED = tuple(dict.fromkeys((*OWNERS_TEXTS, *(key for key in TEXTS if key != CONTESTED))))
QUOTED = 60  # so many characters of a sentence are repeated


def spoken_digest(campaign: Campaign, language: str) -> str:
    """Return the digest of what a campaign is and says to owners in a language, which the reading of one of its sentences is beside."""
    return digest_of_texts(campaign.campaign_type.value, _spoken(campaign, language))


def _spoken(campaign: Campaign, language: str) -> dict[str, str]:
    keys = dict.fromkeys(("subject", *OWNERS_TEXTS, *TEXTS))
    if not by_repair(campaign):
        keys.pop("remedy", None)
    return {key: text_of(campaign, key, language) for key in keys}


class RefusedText(NamedTuple):
    """A text that no letter is printed with: its key, its language, the rule, and what is wrong."""

    key: str
    language: str
    citation: str
    wrong: str


def refused_texts(
    campaign: Campaign,
    pack: RulePack,
    language: str,
    facts: Collection[str],
    telephones: Collection[str] | None = None,
    accepted: Collection[str] = (),
) -> Iterator[RefusedText]:
    """Yield the texts for owners in which a row of the pack that refuses finds something, each such sentence; ``facts`` are the letter's.

    Words for the work of a remedy that is no repair are printed nowhere. Capitals, promises of the past and telephone numbers are of
    NHTSA's summaries (defect, consequence, remedy). ``telephones`` are the ten digits of the sender's own, which may stand; None: the
    sender is not known yet, and each number is told. What a person accepted (``accepted``, handles of readings) is not told.
    """
    texts = spoken_digest(campaign, language) if accepted else ""
    for key in PRINTED:
        if key == "remedy" and not by_repair(campaign):
            continue
        text = text_of(campaign, key, language)
        if key in OF_NHTSA and in_capitals(text):
            todo = "write sentences" if key in SUMMARIES else "name the part in words"
            yield RefusedText(key, language, "house rule", f"it is in capitals: {todo} for owners")
            continue
        rows = [row for row in _rows(pack, language, key) if _binds(row, campaign, key, facts)]
        for sentence in SENTENCE_END.split(normal(text)) if text else ():
            found = next(
                (
                    row
                    for row in rows
                    if _stands_in(row, sentence, telephones)
                    and not (
                        accepted
                        and _reading(row, campaign, key, language, sentence, texts) in accepted
                    )
                ),
                None,
            )
            if found is not None:
                said = sentence if len(sentence) <= QUOTED else f"{sentence[:QUOTED]}..."
                own = _of_telephone(found) and telephones is None
                todo = "leave it out" + (", unless it is the sender's own" if own else "")
                yield RefusedText(key, language, found.citation, f"{found.title}, {said!r}: {todo}")


def _reading(
    row: Forbidden, campaign: Campaign, key: str, language: str, sentence: str, texts: str
) -> str:
    return read_wording(row, campaign.campaign_code, key, language, sentence, texts).handle


def _rows(pack: RulePack, language: str, key: str) -> list[Forbidden]:
    surfaces = ("letter", "own_terms", *(["campaign_text"] if key in SUMMARIES else []))
    found = [row for surface in surfaces for row in pack.forbidden(language, surface)]
    return [row for row in found if row.severity == "must" and not row.house_words_only]


def _binds(row: Forbidden, campaign: Campaign, key: str, facts: Collection[str]) -> bool:
    return campaign.family in row.families and row.looks_at(key) and row.holds_with(facts)


def _of_telephone(row: Forbidden) -> bool:
    return row.id.startswith("other_telephone")


def _stands_in(row: Forbidden, sentence: str, telephones: Collection[str] | None) -> bool:
    """Tell whether a sentence has what a row forbids; a number of the sender's own is none."""
    hits = row.find(sentence)
    if _of_telephone(row) and telephones is not None:
        text = normal(sentence)
        return any(dialed(text[start:end]) not in telephones for start, end in hits)
    return bool(hits)
