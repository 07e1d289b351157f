"""What goes out of wordings that a rule refuses and a person accepted, in words: at the signature, and before a wave goes."""

from __future__ import annotations

from collections.abc import Collection

from renotify.ledger.accepted_wordings import Accepted
from renotify.mailing.versions import Versions
from renotify.rules.read_wording import ReadWording


def as_read(one: Accepted) -> ReadWording:
    """Return the reading that was accepted."""
    return ReadWording(
        one.row_id, one.row_digest, one.citation, one.title, one.campaign_code, one.text_key, one.language, one.sentence,
        one.texts_digest,
    )  # fmt: skip


def in_versions(made: Versions) -> list[str]:
    """Say which wordings the compiled versions have that a person accepted, each once."""
    return told(
        made,
        {handle for version in made.compiled.values() for handle in version.summary["accepted"]},
    )


def told(made: Versions, handles: Collection[str]) -> list[str]:
    """Say of some handles which wording goes out that a person accepted, a sentence each."""
    return [
        f"Goes out though its rule refuses it, in {as_read(one).where}: {one.sentence!r} ({one.citation}); accepted by {one.words}"
        for one in made.accepted
        if one.handle in handles
    ]
