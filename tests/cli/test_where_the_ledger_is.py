"""Where a command finds its ledger: by the variable, by what a folder carries, else in the folder; a name typed wrong makes none."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import pytest

from cli_support import DAY
from folder import Folder, make_vin
from renotify.ledger.locks import file_claim, file_turn
from renotify.ledger.store import ADDRESS_FILE, VARIABLE, named_store


@pytest.fixture
def unnamed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder to work in, without the variable."""
    monkeypatch.delenv(VARIABLE, raising=False)
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def input_in(place: Path) -> Path:
    made = Folder(place / "input")
    made.campaign("9LA").dealer().vehicle(make_vin(1), "9LA")
    return made.write()


@pytest.mark.parametrize(
    "command",
    [("status",), ("explain", make_vin(1)), ("deadlines",), ("plan", "small"), ("verify",)],
)
def test_a_ledger_that_nobody_made_is_told_and_not_made(
    unnamed: Path, run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{unnamed}/fist.sqlite3")
    said = run(*command)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"Refused: There is no ledger {unnamed}/fist.sqlite3.")
    assert "renotify load" in said.err
    assert list(unnamed.iterdir()) == []


def test_load_makes_the_ledger_and_leaves_nothing_else_beside_it(unnamed: Path, run) -> None:
    folder = input_in(unnamed)
    assert run("load", folder, "--on", DAY).code == 0
    assert run("status", "--on", DAY).code == 0
    assert sorted(one.name for one in unnamed.iterdir()) == ["input", "renotify.sqlite3"]


def test_a_folder_carries_its_ledger_s_address_to_those_below_it(
    unnamed: Path, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (unnamed / ADDRESS_FILE).write_text("sqlite:///kept/ours.sqlite3\n", encoding="utf-8")
    (unnamed / "kept").mkdir()
    assert run("load", input_in(unnamed), "--on", DAY).code == 0
    assert (unnamed / "kept" / "ours.sqlite3").is_file()
    below = unnamed / "letters" / "wave-01"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert run("status", "--json", "--on", DAY).json[0]["involved"] == 1


def test_the_variable_goes_before_the_folder_and_an_address_of_a_server_stands_as_it_is(
    unnamed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "postgresql://me@server/ledger"
    (unnamed / ADDRESS_FILE).write_text(f"{address}\n", encoding="utf-8")
    assert named_store().url == address
    monkeypatch.setenv(VARIABLE, "sqlite:////elsewhere.sqlite3")
    assert named_store().file == Path("/elsewhere.sqlite3")


def test_a_claim_is_one_s_alone_and_its_file_goes_with_it(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with file_claim(file) as first:
        with file_claim(file) as second:
            assert (first, second) == (True, False)
        assert file.exists()
    assert not file.exists()
    with file_claim(file) as again:
        assert again


def test_whoever_waits_for_a_turn_has_it_alone_though_its_file_went_meanwhile(
    tmp_path: Path,
) -> None:
    """Eight threads, one after the other: each finds nobody else within, whatever file it had opened."""
    file, within, seen = tmp_path / "turn", [0], []

    def take() -> None:
        for _ in range(25):
            with file_turn(file):
                within[0] += 1
                seen.append(within[0])
                within[0] -= 1

    threads = [threading.Thread(target=take) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert seen == [1] * 200
    assert not file.exists()


def test_a_turn_whose_work_fails_leaves_no_file(tmp_path: Path) -> None:
    with contextlib.suppress(ValueError), file_turn(tmp_path / "turn"):
        raise ValueError
    assert list(tmp_path.iterdir()) == []
