"""Sign-off: of one version, by somebody, under rules; withdrawn when rules that touch it change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from renotify.errors import BadInput, LetterRefused
from renotify.letters import signoff

WHEN = datetime(2013, 2, 20, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def approval(version, pack):
    return signoff.approve(version, approver="J. Counsel", when=WHEN, pack=pack)


def changed(pack, name, **changes):
    """Return a pack in which one statement reads otherwise."""
    statements = dict(pack.rows["statements"])
    statements[name] = replace(statements[name], **changes)
    return replace(pack, rows=dict(pack.rows) | {"statements": statements}, digest="another")


def test_an_approved_version_may_be_printed(approval, version, pack):
    assert approval.digest == version.digest
    assert signoff.changes(approval, version, pack) == []
    signoff.require(approval, version, pack)


def test_an_unapproved_version_may_not(version, pack):
    with pytest.raises(LetterRefused, match="has not been approved"):
        signoff.require(None, version, pack)


def test_an_approval_covers_no_other_version(approval, service_version, pack):
    with pytest.raises(LetterRefused, match="another version"):
        signoff.require(approval, service_version, pack)


def test_a_reworded_statement_of_the_letter_withdraws_the_approval(approval, version, pack):
    words = {"en": "An entirely new sentence.", "es": "Una frase nueva."}
    other = changed(pack, "P9", text=words, matcher=words)
    with pytest.raises(LetterRefused, match="changed the statement en/P9"):
        signoff.require(approval, version, other)


def test_a_new_statement_withdraws_the_approval(approval, version, pack):
    other = changed(pack, "N1", letter_kinds=("interim", "follow_up"))
    assert "en/N1" in signoff.changes(approval, version, other)[0].message


def test_a_change_that_does_not_touch_the_letter_leaves_the_approval(approval, version, pack):
    other = changed(pack, "N1", text={"en": "Other words.", "es": "Otras palabras."})
    assert signoff.changes(approval, version, other) == []


def test_new_forbidden_words_that_the_letter_uses_withdraw_the_approval(approval, version, pack):
    rows = dict(pack.rows["forbidden"])
    rows["new"] = replace(rows["goodwill.en"], id="new", pattern=r"\bglad to help\b")
    other = replace(pack, rows=dict(pack.rows) | {"forbidden": rows}, digest="another")
    with pytest.raises(LetterRefused, match="glad to help"):
        signoff.require(approval, version, other)


def test_an_approval_needs_a_name_and_a_time_with_its_zone(version, pack):
    with pytest.raises(LetterRefused, match="name"):
        signoff.approve(version, approver=" ", when=WHEN, pack=pack)
    with pytest.raises(BadInput, match="time zone"):
        signoff.approve(version, approver="A", when=datetime(2013, 2, 20), pack=pack)  # noqa: DTZ001


def test_approvals_come_back_from_their_file_and_a_bad_line_is_named(approval):
    assert signoff.parse(signoff.dump([approval, approval])) == [approval, approval]
    with pytest.raises(BadInput, match="Line 2"):
        signoff.parse(signoff.dump([approval]) + "{}\n")
