"""Checks: what a finished letter must say and where its ink may be, judged on the PDF read back."""

from __future__ import annotations

from renotify.letters.checks.finding import Finding
from renotify.letters.checks.run_all import check, refuse

__all__ = ["Finding", "check", "refuse"]
