"""``completion``: a shell completes commands, options and values."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.shell_completion import BashComplete, get_completion_class
from click.testing import CliRunner

from renotify.cli import main
from small_world import Desk, World, vin


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_asks_the_command_itself(
    shell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BashComplete, "_check_version", staticmethod(lambda: None))
    said = CliRunner().invoke(main, ["completion", shell])
    assert said.exit_code == 0
    assert f"_RENOTIFY_COMPLETE={shell}_complete" in said.stdout
    document = json.loads(CliRunner().invoke(main, ["completion", shell, "--json"]).stdout)
    assert document == {"shell": shell, "script": said.stdout.removesuffix("\n")}


def test_another_shell_is_refused_with_those_there_are() -> None:
    said = CliRunner().invoke(main, ["completion", "csh"])
    assert (said.exit_code, said.stdout) == (2, "")
    assert "'bash', 'zsh', 'fish'" in said.stderr


@pytest.mark.parametrize(
    ("typed", "begun", "completed"),
    [
        ([], "dead", ["deadlines"]),
        (["mail"], "re", ["ready", "reconcile", "release", "reprint", "resend", "returned"]),
        (["status"], "--a", ["--as-of", "--area"]),
        (["status", "--by"], "", ["campaign", "area", "dealer"]),
    ],
)
def test_commands_options_and_values_are_completed(
    typed: list[str], begun: str, completed: list[str]
) -> None:
    completes = get_completion_class("zsh")
    assert completes is not None
    found = completes(main, {}, "renotify", "_RENOTIFY_COMPLETE").get_completions(typed, begun)
    assert [one.value for one in found] == completed


def completed_by(typed: list[str], begun: str) -> list[str]:
    completes = get_completion_class("zsh")
    assert completes is not None
    found = completes(main, {}, "renotify", "_RENOTIFY_COMPLETE").get_completions(typed, begun)
    return [one.value for one in found]


@pytest.mark.parametrize(
    ("typed", "begun", "completed"),
    [
        (["vehicles", "--status"], "re", ["repaired", "removed"]),
        (["vehicles", "--piece"], "p", ["planned", "printed"]),
        (["vehicles", "--by"], "model,owner_", ["model,owner_state", "model,owner_zip"]),
        (["vehicles", "--sort"], "dealer_", ["dealer_name", "dealer_state", "dealer_zip"]),
        (["vehicles", "--wave"], "", ["any"]),
    ],
)
def test_words_of_the_house_are_completed_without_a_ledger(
    typed: list[str],
    begun: str,
    completed: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RENOTIFY_DATABASE_URL", f"sqlite:///{tmp_path}/none.sqlite3")
    assert set(completed_by(typed, begun)) == set(completed)
    assert not list(tmp_path.iterdir())  # nobody made a ledger by asking


def test_names_are_those_of_the_ledger(
    sqlite_ledger: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENOTIFY_DATABASE_URL", f"sqlite:///{tmp_path}/none.sqlite3")
    assert completed_by(["campaign", "show"], "") == []  # no ledger: nothing, and no error
    desk = Desk(sqlite_ledger, tmp_path)
    world = World(tmp_path / "input").dealer("E1", "EAST").dealer("E2", "EAST").dealer("W1", "WEST")
    world.campaign("QA1").campaign("QB2").vehicle(vin(1), "QA1", dealer="E1", model="Alto")
    desk.do("load", world.write(), on=date(2013, 2, 26))
    monkeypatch.setenv("RENOTIFY_DATABASE_URL", sqlite_ledger)
    assert completed_by(["campaign", "show"], "Q") == ["QA1", "QB2"]
    assert completed_by(["vehicles", "--campaign"], "QB") == ["QB2"]
    assert completed_by(["dealer", "day"], "E") == ["E1", "E2"]
    assert completed_by(["area", "month"], "") == ["EAST", "WEST"]
    assert completed_by(["vehicles", "--model"], "A") == ["Alto"]
    assert completed_by(["report", "quarterly"], "QA") == ["QA1"]
    assert completed_by(["mail", "ready"], "") == []  # no follow-up is made yet


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_reads_its_script() -> None:
    script = CliRunner().invoke(main, ["completion", "bash"]).stdout
    done = subprocess.run(["bash", "-n"], input=script, text=True, check=False, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["renotify", "dead"], ["deadlines"]),
        (["renotify", "mail", "rec"], ["reconcile"]),
        (["renotify", "status", "--by", "a"], ["area"]),
    ],
)
def test_bash_completes_what_is_typed_after_it_read_the_script(
    tmp_path: Path, words: list[str], completed: list[str]
) -> None:
    """The script is sourced in a bash of its own, and the function that it names is asked as readline asks it."""
    command = tmp_path / "renotify"
    command.write_text(
        f"#!{sys.executable}\nfrom renotify.cli import main\nmain()\n", encoding="utf-8"
    )
    command.chmod(0o755)
    script = CliRunner().invoke(main, ["completion", "bash"]).stdout
    asked = f"""{script}
COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}
_renotify_completion renotify
printf '%s\\n' "${{COMPREPLY[@]}}"
complete -p renotify >&2
"""
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    done = subprocess.run(
        ["bash", "--norc", "-c", asked],
        text=True,
        check=False,
        capture_output=True,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == completed
    assert "_renotify_completion" in done.stderr
