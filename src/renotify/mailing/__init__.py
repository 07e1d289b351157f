"""The life of a piece after the plan: released, printed, mailed, returned, reconciled, proven."""

from __future__ import annotations

from renotify.mailing.approving import approve_letters, check_letters, proof_letters
from renotify.mailing.evidence import accept
from renotify.mailing.proving import accessible, proof
from renotify.mailing.reconciling import reconcile
from renotify.mailing.releasing import release
from renotify.mailing.returns import returned

__all__ = [
    "accept",
    "accessible",
    "approve_letters",
    "check_letters",
    "proof",
    "proof_letters",
    "reconcile",
    "release",
    "returned",
]
