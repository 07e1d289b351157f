"""Accepted wordings on both stores: who accepted which reading, that it is taken back and stays, and of whose letters it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ledger.test_guards import ROWS, insert
from renotify.ledger import accepted_wordings
from renotify.ledger.setting_changes import Decided
from renotify.rules import load
from renotify.rules.read_wording import read_wording

DAY, NEXT = date(2013, 2, 26), date(2013, 2, 27)
PACK = load(DAY)
FIRST = 900  # no number that the store gives by itself
ROW = next(row for row in PACK.forbidden("en") if row.id == "limited_offer.en")
COUNSEL = Decided("counsel", DAY, "it tells what the pump does")


@pytest.fixture
def ledger_of_two(session):
    with session.transaction():
        insert(session, "source", ROWS["source"] | {"id": FIRST})
        for name in ("small", "other"):
            insert(session, "follow_up", ROWS["follow_up"] | {"name": name, "source_id": FIRST})
    return session


def reading(code="9LA", sentence="The offer ends."):
    return read_wording(ROW, code, "defect" if code else "letter", "en", sentence, "a1")


def test_a_reading_is_kept_with_all_that_it_is_of_and_taken_back(ledger_of_two):
    session, one = ledger_of_two, reading()
    with session.transaction():
        accepted_wordings.accept(session, "small", [one], PACK.digest, COUNSEL)
    (kept,) = accepted_wordings.accepted(session, ["9LA"])
    assert (kept.handle, kept.sentence, kept.rule_digest) == (
        one.handle,
        "The offer ends",
        PACK.digest,
    )
    assert (kept.stands, kept.words) == (True, "counsel on 2013-02-26: it tells what the pump does")
    before = COUNSEL.on - timedelta(days=1)
    assert accepted_wordings.handles_accepted(session, COUNSEL.on) == {one.handle}
    assert accepted_wordings.handles_accepted(session, before) == frozenset()
    with session.transaction():
        accepted_wordings.take_back(
            session, "small", [one.handle], Decided("chief", NEXT, "read again")
        )
    (kept,) = accepted_wordings.accepted(session, ["9LA"])
    assert (kept.stands, kept.withdrawn_by, kept.withdrawn_on) == (False, "chief", NEXT)
    assert accepted_wordings.handles_accepted(session, NEXT) == frozenset()


def test_a_campaign_s_sentence_is_of_every_follow_up_and_a_template_s_of_its_own(ledger_of_two):
    session = ledger_of_two
    with session.transaction():
        accepted_wordings.accept(session, "small", [reading(), reading("")], PACK.digest, COUNSEL)

    def codes(follow_up):
        return [
            one.campaign_code for one in accepted_wordings.accepted(session, ["9LA"], follow_up)
        ]

    assert (codes("small"), codes("other")) == (["9LA", ""], ["9LA"])
    assert accepted_wordings.accepted(session, ["ALE"], "other") == []
