"""Sign-off through the commands: a text approved on Tuesday is approved when mailed on Thursday."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner

from mailing.plant import CAMPAIGNS, NAME, Plant, campaign
from mailing.releases import planted
from renotify.cli import main
from renotify.ledger import artifacts, registry
from renotify.rules import pack

TUESDAY, WEDNESDAY, THURSDAY = (date(2013, 3, day) for day in (5, 6, 7))

pytestmark = pytest.mark.usefixtures("sqlite_ledger")


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def approve(on=TUESDAY, by="counsel"):
    return run("letter", "approve", NAME, "--by", by, "--on", on, "--json")


def unapproved(out, on=THURSDAY):
    """Release the wave on a day; return how many of its versions nobody signed off."""
    done = run("mail", "release", NAME, 1, "--on", on, "--out", out, "--workers", 1, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["unapproved"]


@pytest.fixture
def from_thursday(monkeypatch):
    """Let one row of the rule pack take the place of another, or join it, from Thursday on."""
    known = pack.all_rows()

    def change(table, row, **changes):
        new = replace(row, effective_from=THURSDAY, **changes)
        kept = [
            replace(old, effective_to=WEDNESDAY) if old.id == new.id else old
            for old in known[table]
        ]
        rows = {**known, table: (*kept, new)}
        monkeypatch.setattr(pack, "all_rows", lambda _jurisdiction="us": rows)
        pack.load.cache_clear()

    yield change
    monkeypatch.undo()
    pack.load.cache_clear()


def row_of(table, name):
    return next(row for row in pack.all_rows()[table] if row.id == name and not row.effective_to)


def test_a_text_approved_on_tuesday_is_approved_when_mailed_on_thursday(tmp_path):
    planted(["ALE"], ["CLB"])
    signed = json.loads(approve().stdout)
    assert [row["approved_by"] for row in signed] == ["counsel", "counsel"]
    assert unapproved(tmp_path) == 0


def test_a_text_nobody_approved_is_counted(tmp_path):
    planted(["ALE"], ["CLB"])
    assert unapproved(tmp_path) == 2


def test_a_changed_word_withdraws_the_approval(tmp_path):
    planted(["ALE"], ["CLB"])
    approve()
    registry.save((campaign("ALE", defect="The pipe can break."),), 1)
    assert unapproved(tmp_path) == 1


def test_a_statement_reworded_from_thursday_withdraws_the_approval(tmp_path, from_thursday):
    planted(["ALE"])
    approve()
    statement = row_of("statements", "P9")
    matcher = {language: f"(?:{words})" for language, words in statement.matcher.items()}
    from_thursday("statements", statement, matcher=matcher)
    assert unapproved(tmp_path) == 1


def test_a_word_forbidden_from_thursday_withdraws_the_approval(tmp_path, from_thursday):
    planted(["ALE"])
    approve()
    from_thursday("forbidden", row_of("forbidden", "goodwill.en"), id="new", pattern="zebra")
    assert unapproved(tmp_path) == 1


def test_a_rule_of_thursday_is_not_yet_a_rule_on_wednesday(tmp_path, from_thursday):
    planted(["ALE"])
    approve()
    from_thursday("forbidden", row_of("forbidden", "goodwill.en"), id="new", pattern="zebra")
    assert unapproved(tmp_path, on=WEDNESDAY) == 0


def test_a_rule_about_something_else_leaves_the_approval(tmp_path, from_thursday):
    planted(["ALE"])
    approve()
    clock = pack.all_rows()["clocks"][0]
    from_thursday("clocks", clock, amount=clock.amount + 1)
    assert unapproved(tmp_path) == 0


def test_a_text_that_fails_its_checks_is_not_approved():
    plant = Plant(campaigns=(campaign("ALE", spanish={}), CAMPAIGNS[0], CAMPAIGNS[2]))
    plant.vehicle(1, "ALE", language="es")
    plant.write()
    refused = approve()
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "in language 'es'" in refused.stderr
    assert artifacts.approvals() == {}


def test_an_approval_needs_a_name_and_pieces_to_approve():
    planted()
    assert approve().exit_code == 1
    assert "has no pieces" in approve().stderr
    assert approve(by=" ").exit_code == 2
    assert artifacts.approvals() == {}
