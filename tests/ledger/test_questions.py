"""Is it done, may it be delivered, does its owner get letters: one answer for each status."""

from __future__ import annotations

from cases import at_once
from renotify.ledger import questions
from renotify.ledger.kinds import Status


@at_once(
    ("status", "done", "may_be_delivered", "gets_letters"),
    [
        ("open", False, False, True),
        ("unreachable", False, False, False),
        ("repaired", True, True, False),
        ("inspected_ok", True, True, False),
        ("removed", None, True, False),
    ],
)
def test_each_status_answers_the_three_questions(status, done, may_be_delivered, gets_letters):
    assert questions.answers(status) == (done, may_be_delivered, gets_letters)


def test_every_status_of_the_ledger_has_its_answers():
    assert set(questions.OF_STATUS) == set(Status)


def test_the_answers_stand_in_sql_as_well():
    assert questions.not_done("s.status") == "s.status in ('open', 'unreachable')"
    assert questions.not_deliverable("status") == "status in ('open', 'unreachable')"
