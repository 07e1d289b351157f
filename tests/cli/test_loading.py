"""``load``: what it says of every row, what it refuses, and what a stranger gives it by mistake."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import two_dealers as w
from printed import refusal, row, rows
from small_world import Desk, World

EMPTY = {"accepted": 0, "rejected": 0, "unchanged": 0}


@pytest.fixture
def desk(sqlite_ledger: str, tmp_path: Path) -> Desk:
    """A person with an empty ledger."""
    return Desk(sqlite_ledger, tmp_path / "desk")


def small(desk: Desk) -> World:
    """A world of one campaign, one dealer and one vehicle."""
    made = World(desk.folder / "input")
    return made.campaign(w.PMP).dealer(w.EAST).vehicle(w.STRANGER, w.PMP, dealer=w.EAST)


def test_load_prints_each_table_with_the_rows_it_took(desk: Desk) -> None:
    folder = w.world(desk.folder / "input").write()
    printed = desk.run("load", folder, "--on", w.NOTICE).out
    # 16 rows: ten vehicles in one campaign, three of PMP and another, one only removed
    for table, taken in (
        ("campaigns", 3), ("dealers", 2), ("vehicles", 14), ("population", 16), ("owners", 12),
        ("repair_orders", 2), ("vehicle_status", 1), ("appointments", 2), ("dealer_stock", 2),
        ("parts", 2), ("campaign_parts", 2), ("labor_times", 4), ("part_supply", 2),
        ("dealer_capacity", 1), ("dealer_part_stock", 1),
    ):  # fmt: skip
        assert row(printed, table) == [table, str(taken), "0", "0"]
    assert "Refused rows" not in printed


def test_the_same_folder_again_changes_nothing(desk: Desk) -> None:
    folder = small(desk).write()
    first = desk.do("load", folder, on=w.NOTICE)
    again = desk.do("load", folder, on=w.NOTICE)
    for table, counts in first["tables"].items():
        assert counts["rejected"] == 0
        assert again["tables"][table] == EMPTY | {"unchanged": counts["accepted"]}
    assert again["rejects"] is None


def test_a_row_that_is_refused_goes_to_a_file_and_the_others_are_taken(desk: Desk) -> None:
    made = small(desk)
    made.add("population", campaign_code=w.PMP, vin="JTHBK26246590007X")
    said = desk.run("load", made.write(), "--on", w.NOTICE, "--rejects", desk.folder / "refused")
    assert said.code == 0
    assert row(said.out, "population") == ["population", "1", "0", "1"]
    (file,) = (desk.folder / "refused").glob("*.csv")
    assert f"Refused rows, each with its reason: {file}" in said.out.replace("\n", "")
    with file.open(encoding="utf-8") as opened:
        (refused,) = csv.DictReader(opened)
    assert (refused["file"], refused["row"], refused["column"]) == ("population.csv", "3", "vin")
    assert refused["reason"]


def test_the_document_names_the_file_of_the_refused_rows(desk: Desk) -> None:
    made = small(desk).add("dealers", dealer_code="D9", name="", area_code="E")
    loaded = desk.do("load", made.write(), "--rejects", desk.folder / "refused", on=w.NOTICE)
    assert set(loaded) == {"tables", "rejects", "refused", "notes"}
    assert loaded["tables"]["dealers"]["rejected"] == 1
    assert Path(loaded["rejects"]).is_file()


def test_refused_rows_lie_in_out_rejects_when_no_folder_is_named(desk: Desk) -> None:
    made = small(desk).add("population", campaign_code=w.PMP, vin="X")
    loaded = desk.do("load", made.write(), on=w.NOTICE)
    assert Path(loaded["rejects"]).parent == Path("out/rejects")


def test_strict_refuses_everything_for_one_bad_row_and_says_where_it_is(desk: Desk) -> None:
    made = small(desk).add("population", campaign_code=w.PMP, vin="X")
    said = desk.run(
        "load", made.write(), "--on", w.NOTICE, "--strict", "--rejects", desk.folder / "refused"
    )
    assert (said.code, said.out) == (1, "")
    _, hint = refusal(said.err)
    (file,) = (desk.folder / "refused").glob("*.csv")
    assert hint.endswith(f"The refused rows are in {file}.")
    assert desk.sql("select count(*) from event") == [(0,)]
    assert desk.sql("select count(*) from vehicle") == [(0,)]


def test_a_day_after_the_day_of_the_load_is_refused(desk: Desk) -> None:
    made = small(desk)
    made.repair(w.STRANGER, w.PMP, w.NOTICE, dealer=w.EAST)
    loaded = desk.do("load", made.write(), on=w.NOTICE.replace(day=25))
    assert loaded["tables"]["repair_orders"] == EMPTY | {"rejected": 1}
    again = desk.do("load", made.path, on=w.NOTICE)
    assert again["tables"]["repair_orders"] == EMPTY | {"accepted": 1}


def test_a_file_of_another_name_is_passed_over_with_a_note(desk: Desk) -> None:
    folder = small(desk).write()
    (folder / "populaton.csv").write_text("vin\n", encoding="utf-8")
    (folder / "README.txt").write_text("read me\n", encoding="utf-8")
    said = desk.run("load", folder, "--on", w.NOTICE)
    notes = [line for line in said.out.splitlines() if line.startswith("Note: ")]
    assert notes == [
        "Note: populaton.csv was passed over: did you mean population.csv?",
    ]


def test_a_file_that_is_not_utf_8_is_read_and_said_to_be_guessed(desk: Desk) -> None:
    folder = small(desk).write()
    content = (folder / "owners.csv").read_bytes().replace(b"ANA", "PE\u00d1A".encode("cp1252"))
    (folder / "owners.csv").write_bytes(content)
    loaded = desk.do("load", folder, on=w.NOTICE)
    assert loaded["notes"] == [
        "owners.csv: in 1 row bytes that are no UTF-8 were read as Windows-1252 (row 2)."
    ]
    assert desk.sql("select name1 from owner") == [("PE\u00d1A EXAMPLE",)]


def test_one_file_alone_may_be_loaded(desk: Desk) -> None:
    folder = small(desk).write()
    loaded = desk.do("load", folder / "campaigns.toml", on=w.NOTICE)
    assert loaded["tables"] == {"campaigns": EMPTY | {"accepted": 1}}


def test_files_of_a_folder_are_loaded_whatever_their_order_on_the_line(desk: Desk) -> None:
    folder = small(desk).write()
    files = [folder / name for name in ("population.csv", "vehicles.csv", "dealers.csv")]
    loaded = desk.do("load", *files, folder / "campaigns.toml", on=w.NOTICE)
    assert all(counts["rejected"] == 0 for counts in loaded["tables"].values())
    (counted,) = desk.do("status")
    assert counted["open"] == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence", "hint"),
    [
        (
            "customers.csv", "a\n1\n", "customers.csv is no file to load.",
            "its name begins with no table's name.",
        ),
        (
            "owner.csv", "a\n1\n", "owner.csv is no file to load.", "did you mean owners.csv?",
        ),
        (
            "campaigns.csv", "a\n1\n", "campaigns.csv is no file to load.",
            "campaigns is read from campaigns.toml.",
        ),
        (
            "followup.toml", "a = 1\n", "followup.toml is no file to load.",
            "it is read where a list is frozen (renotify followup new).",
        ),
        (
            "owners.csv", "", "owners.csv is empty.",
            "It needs a header row; was the export cut short?",
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused_with_what_it_may_have_meant(
    desk: Desk, name: str, content: str, sentence: str, hint: str
) -> None:
    file = desk.folder / name
    file.write_text(content, encoding="utf-8")
    said = desk.run("load", file)
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == (sentence, hint)


def test_an_empty_folder_is_refused_with_the_names_it_could_hold(desk: Desk) -> None:
    folder = desk.folder / "nothing"
    folder.mkdir()
    said = desk.run("load", folder)
    sentence, hint = refusal(said.err)
    assert (said.code, sentence) == (1, "The folder nothing holds no file to load.")
    assert "population" in hint
    assert "owners" in hint


def test_a_folder_that_is_not_there_is_wrong_use(desk: Desk) -> None:
    said = desk.run("load", desk.folder / "nowhere")
    assert (said.code, said.out) == (2, "")
    assert "nowhere" in said.err


@contextmanager
def counted_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, float]]]:
    """Collect the steps that a command reports instead of drawing a bar."""
    steps: list[tuple[str, float]] = []

    @contextmanager
    def bar() -> Iterator[object]:
        yield lambda description, done, _total=None: steps.append((description, done))

    monkeypatch.setattr("renotify.cli.load.progress_bar", bar)
    yield steps


def test_a_load_reports_its_progress_and_never_backwards(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from renotify.cli import load  # noqa: F401 - the module must be there before it is changed

    with counted_steps(monkeypatch) as steps:
        desk.do("load", small(desk).write(), on=w.NOTICE)
    assert steps
    by_step: dict[str, list[float]] = {}
    for description, done in steps:
        by_step.setdefault(description, []).append(done)
    assert all(done == sorted(done) for done in by_step.values())


def test_no_bar_is_drawn_where_stderr_is_no_terminal(desk: Desk) -> None:
    said = desk.run("load", small(desk).write(), "--on", w.NOTICE)
    assert said.err == ""
    assert not rows(said.out, "Loading")


def test_the_makes_whose_recalls_are_taken_are_stated_once(desk: Desk) -> None:
    rows = [
        ["1", number, make, "MODEL", "2020", *[""] * 5, "V", "10", *[""] * 17]
        for number, make in (("21V00D000", "TESLA"), ("20V001000", "RAM"))
    ]
    file = desk.folder / "FLAT_RCL.txt"
    file.write_text("".join("\t".join(row) + "\r\n" for row in rows), encoding="utf-8")
    assert desk.do("load", file)["tables"]["flat_rcl"] == EMPTY | {"unchanged": 2}
    assert desk.do("load", file, "--make", "Tesla")["tables"]["flat_rcl"]["accepted"] == 1
    assert desk.sql("select campaign_code, nhtsa_campaign_number from campaign") == [
        ("21V00D000", "21V00D000")
    ]
    printed = desk.run("load", file).out
    assert "taken are recalls of TESLA, as `load --make` said on" in printed
    desk.do("load", file, "--make", "ledger")
    assert desk.sql("select make from recall_make") == []
    assert desk.run("load", file, "--make", "ledger", "--make", "RAM").code == 2
