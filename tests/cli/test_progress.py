"""``report progress`` says where completion is going, and why there is no interval."""

from __future__ import annotations

from folder import ON, Folder, make_vin


def test_progress_by_dealer_shows_the_dealer_and_why_nothing_is_forecast(
    sqlite_ledger, folder: Folder, run
) -> None:
    folder.campaign("9LA").dealer().vehicle(make_vin(1), "9LA")
    run("load", folder.write(), "--on", ON)
    said = run("report", "progress", "--by", "dealer", "--on", ON)
    assert "D0001" in said.out
    assert "No forecast where no letter went out" in said.out
    (row,) = run("report", "progress", "--on", ON, "--json").json
    assert row["forecast"]["done"] is None


def test_progress_by_another_word_is_refused(sqlite_ledger, run) -> None:
    assert run("report", "progress", "--by", "colour").code != 0
