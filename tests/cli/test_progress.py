"""``report progress`` says where completion is going, with an interval, and by what response."""

from __future__ import annotations

from datetime import timedelta

from folder import ON, Folder, make_vin


def test_progress_by_dealer_shows_the_dealer_and_what_is_expected_without_a_plan(
    sqlite_ledger, folder: Folder, run
) -> None:
    folder.campaign("9LA").dealer().vehicle(make_vin(1), "9LA")
    run("load", folder.write(), "--on", ON)
    said = run("report", "progress", "--by", "dealer", "--on", ON)
    assert "D0001" in said.out
    assert "9LA: no follow-up plans it" in said.out
    (each,) = [line for line in said.out.splitlines() if line.startswith("Row by row: ")]
    assert each.endswith(f" --as-of {ON} --by campaign,area,dealer,status")
    (group,) = run(*each.partition(": renotify ")[2].split(), "--json").json["rows"]
    assert (group["dealer"], group["status"], group["count"]) == ("D0001", "open", 1)
    (row,) = run("report", "progress", "--on", ON, "--json").json
    # one open vehicle on no list, 0.3 % of which are assumed to come in a week
    assert row["forecast"]["more"] == [0.0] * 4
    assert row["forecast"]["weeks"][0] == (ON - timedelta(days=ON.weekday())).isoformat()


def test_progress_by_another_word_is_refused(sqlite_ledger, run) -> None:
    assert run("report", "progress", "--by", "colour").code != 0
