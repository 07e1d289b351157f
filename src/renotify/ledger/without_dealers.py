"""The campaigns whose remedy needs no dealer: it comes over the air or by mail. Nobody visits one for them."""

from __future__ import annotations

from renotify.campaigns.letter_facts import without_visit
from renotify.ledger import registry
from renotify.ledger.session import Session


def without_visits(session: Session) -> frozenset[str]:
    """Return the codes of the campaigns that are remedied without a visit, read once a snapshot."""
    return session.remembered(_without_visits)


def _without_visits(session: Session) -> frozenset[str]:
    known = registry.campaigns(session)
    return frozenset(code for code, one in known.items() if without_visit(one))
