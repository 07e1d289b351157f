"""The reading log: who read what about a vehicle or an owner, who decided what, and what they were answered. Rows are only added."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db import models

from renotify.web.door.person import Person


class Deed(StrEnum):
    """What somebody did."""

    READ_OWNER = "read_owner"
    CHECKED_VIN = "checked_vin"
    EXPORTED = "exported"
    DECIDED = "decided"
    TYPED = "typed"
    DISPUTED = (
        "disputed"  # a dealer says that an open vehicle was done elsewhere: the analyst looks
    )
    REFUSED = "refused"
    SIGNED_IN = "signed_in"
    CALL_NOTE = "call_note"
    REFERRED = "referred"
    ASKED_ONCE = "asked_once"  # a system wrote under a key of its own: what it asked,
    ANSWERED_ONCE = "answered_once"  # and what it was answered


class Reading(models.Model):
    """One thing that one person did: ``subject`` is a VIN, a follow-up or a file; ``answer`` what was shown, without an owner's name."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    role = models.CharField(max_length=20, blank=True)
    dealer_code = models.CharField(max_length=32, blank=True)
    deed = models.CharField(max_length=20)
    subject = models.CharField(max_length=255, blank=True)
    answer = models.JSONField(default=dict)

    class Meta:
        db_table = "web_reading"
        indexes = (
            models.Index(fields=["subject", "at"], name="reading_by_subject"),
            models.Index(fields=["dealer_code", "at"], name="reading_by_dealer"),
        )


def note(
    person: Person | None, deed: Deed, subject: str = "", answer: dict[str, Any] | None = None
) -> Reading:
    """Add a line to the log; ``person`` is None where nobody has signed in."""
    return Reading.objects.create(
        person=person, role=person.role if person else "", dealer_code=person.dealer_code if person else "",
        deed=deed, subject=subject[:255], answer=answer or {},
    )  # fmt: skip
