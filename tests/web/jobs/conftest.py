"""Jobs of the site: their folder, files to upload, a worker of this process, and the newest job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Office:
    """What tests of jobs do."""

    def upload(self, text: str, name: str = "repair_orders.csv") -> Any:
        """A file as a browser sends it."""
        from django.core.files.uploadedfile import SimpleUploadedFile

        return SimpleUploadedFile(name, text.encode())

    def work(self) -> None:
        """Let a worker of this process do what waits."""
        from renotify.web.jobs.worker import work

        rounds = iter([True, False])
        work(lambda: next(rounds))

    def job(self, number: int = 0) -> Any:
        """The job of a number, or the newest."""
        from renotify.web.jobs.job import Job

        return Job.objects.get(pk=number) if number else Job.objects.latest("pk")


@pytest.fixture
def queue(site, tmp_path, monkeypatch) -> Office:
    """The queue of the site, which works in a folder of the test's own."""
    from django.conf import settings

    from renotify.web.jobs import worker

    monkeypatch.setattr(settings, "RENOTIFY_FOLDER", str(tmp_path))
    monkeypatch.setattr(worker, "PAUSE", 0.0)
    return Office()
