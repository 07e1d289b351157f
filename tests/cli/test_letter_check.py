"""What the check of letters prints."""

from __future__ import annotations

from renotify.cli.letters import _counted


def test_a_finding_that_comes_several_times_is_printed_once_with_their_number() -> None:
    rows = [("9LA", "too long"), ("ALE", "too long"), ("9LA", "too long")]
    assert _counted(rows, 1) == [("9LA", "(2 times) too long"), ("ALE", "too long")]
