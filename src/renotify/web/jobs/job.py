"""A job: which command, asked for by whom, how far it is, and what it said."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from django.db import models
from django.utils import timezone

from renotify.web.door.person import Person

ALIVE = timedelta(seconds=30)  # a running job whose worker has said nothing for longer has lost it
TRIES = 3  # times that a job begins, after workers that died under it


class JobState(StrEnum):
    """How a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = (JobState.DONE, JobState.REFUSED, JobState.FAILED, JobState.CANCELLED)


class Job(models.Model):
    """One command to run: ``arguments`` are its words, ``files`` its private folder, ``heard_at`` is when its worker last spoke.

    ``about`` is what it works on, its follow-up and wave; blank for one that works on nothing of its own.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32)
    title = models.CharField(max_length=255)
    about = models.CharField(max_length=255, blank=True)
    arguments = models.JSONField(default=list)
    files = models.CharField(max_length=255, blank=True)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT)
    asked_at = models.DateTimeField(auto_now_add=True, db_index=True)
    state = models.CharField(max_length=12, default=JobState.WAITING)
    tries = models.IntegerField(default=0)
    begun_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)
    at = models.CharField(max_length=255, blank=True)
    done = models.FloatField(null=True)
    total = models.FloatField(null=True)
    cancel_asked = models.BooleanField(default=False)
    sentence = models.TextField(blank=True)
    said = models.JSONField(null=True)

    class Meta:
        db_table = "web_job"

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def share(self) -> float | None:
        """How much of what it is at is done, 0 to 1; None while that is not known."""
        return min(1.0, self.done / self.total) if self.total and self.done is not None else None

    @property
    def is_lost(self) -> bool:
        """Tell whether the worker died under a running job."""
        return self.state == JobState.RUNNING and (
            self.heard_at is None or timezone.now() - self.heard_at > ALIVE
        )
