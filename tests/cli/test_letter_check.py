"""What the check of letters prints."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from renotify.cli.letters import _counted, _print_check
from renotify.cli.report import _print_clocks
from renotify.errors import LetterRefused
from renotify.letters.checks.finding import Finding, RefusedByFindings
from renotify.mailing.approving import Judged, _refusing

CHARGE = "a charge for the remedy is named: For a small charge the dealer will put in a new pipe"


def version(**stated: Any) -> dict[str, Any]:
    """A row of the check, as it stands where a version passes."""
    usual = {"bundle": "9LA", "role": "owner", "language": "en", "finding": "passes", "citation": "", "severity": "",
             "pages": 2, "digest": "d" * 64, "mail_date": "2013-03-07", "open_marks": []}  # fmt: skip
    return usual | stated


def test_a_finding_that_comes_several_times_is_printed_once_with_their_number() -> None:
    rows = [("9LA", "too long"), ("ALE", "too long"), ("9LA", "too long")]
    assert _counted(rows, 1) == [("9LA", "(2 times) too long"), ("ALE", "too long")]


def test_at_eighty_places_a_refused_version_looks_otherwise_than_one_that_passes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = version(
        bundle="ALE",
        finding=CHARGE,
        citation="49 CFR 577.8",
        severity="must",
        pages=None,
        digest="",
    )
    for width in (48, 80, 200):
        monkeypatch.setenv("COLUMNS", str(width))
        _print_check(Judged([version(), refused], ()), "spring")
        printed = capsys.readouterr().out
        table = [line.split() for line in printed.splitlines() if line[:3] in ("9LA", "ALE")]
        assert [line[:4] for line in table] == [
            ["9LA", "owner", "en", "passes"],
            ["ALE", "owner", "en", "refused"],
        ]
        assert "None" not in printed
        whole = " ".join(printed.split())  # sentences are folded at the terminal's width
        assert whole.count(CHARGE[1:]) == 1
        assert (
            f"- ALE to the owner (en), must: {CHARGE[:1].upper()}{CHARGE[1:]} 49 CFR 577.8" in whole
        )
    assert table[1][4:] == [
        "must",
        "49",
        "CFR",
        "577.8",
        "2013-03-07",
    ]  # under citation the citation


def test_a_refused_version_is_said_finding_by_finding_each_with_its_own_citation() -> None:
    found = (
        Finding("charge", "49 CFR 577.8", CHARGE),
        Finding("heading", "49 CFR 577.5(b)", "no heading"),
    )
    assert _refusing(RefusedByFindings("May not be printed.", "All of it again.", found)) == found
    (typeset,) = _refusing(LetterRefused("The text cannot be typeset.", "Write it otherwise."))
    assert (typeset.message, typeset.citation, typeset.severity) == (
        "The text cannot be typeset. Write it otherwise.", "", "must",
    )  # fmt: skip


def test_at_eighty_places_a_deadline_says_what_it_is_and_of_which_campaign(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    clock = {
        "state": "ok", "due": "2013-03-07", "campaign": "follow-up-2013-02", "what": "quarterly report 2009Q1 and 5 more", "vehicles": 12,
        "citation": "49 CFR 579.5(a)", "id": "follow-up-2013-02:communications_monthly:2013-02", "list": "",
    }  # fmt: skip
    columns = ("state", "due", "campaign", "what", "vehicles", "citation", "id")
    _print_clocks([clock], columns, date(2013, 3, 5))
    printed = capsys.readouterr().out
    assert "follow-up-2013-02  quarterly report 2009Q1 and 5 more" in printed
    assert max(map(len, printed.splitlines()[:5])) <= 80
    assert "Not shown for want of room:" in printed
    assert "vehicles" not in printed.splitlines()[2]
    assert "id" in printed.split("want of room: ")[1].split(".")[0].split(", ")
