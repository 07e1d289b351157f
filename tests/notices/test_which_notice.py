"""A notice says which notice owners get: what the memo says of a follow-up is not said of a first or second one."""

from __future__ import annotations

import re

from cases import at_once
from notices import sample
from renotify import rules
from renotify.notices import memo
from renotify.notices.facts import Facts

PACK = rules.load(sample.ON)
AGAIN = ("Owner Re-notification of a Non-Completed Safety Recall", "Follow-Up Owner Notification")
FIRST = ("Owner Notification of a Safety Recall", "Owner Notification")
SECOND = ("Second Owner Notification of a Safety Recall", "Second Owner Notification")


def printed(kind: str, facts: Facts | None = None):
    return memo.document(facts or sample.dealer(), sample.occasion(sample.RECALL, kind=kind), PACK)


@at_once(
    ("kind", "words", "notices"),
    [
        ("follow_up_voluntary", AGAIN, "Follow-Up Notices"),
        ("follow_up_ordered", AGAIN, "Follow-Up Notices"),
        ("initial", FIRST, "First Notices"),
        ("interim", FIRST, "First Notices"),
        ("remedy_available", SECOND, "Second Notices"),
    ],
)
def test_a_notice_says_which_notice_owners_get(kind, words, notices):
    subject, letters = words
    for facts in (sample.dealer(), sample.area()):
        told = printed(kind, facts)
        assert told["subject"] == subject
        assert told["sections"][1] == f"{letters} Letter Mailing Date"
        assert told["mailing"].startswith(f"The {letters} Letters (“owner letters”) are mailed")
        assert f"will be sending {notices}" in told["opening"][0]
        assert f"as owners receive the {notices} and contact" in told["opening"][1]
        if not kind.startswith("follow_up"):
            keys = ("title", "sections", "opening", "expect", "handling", "closing")
            said = " ".join(str(told[key]) for key in keys)
            assert not re.search("follow-up|re-notification|non-completed", said, re.IGNORECASE)


def test_dealers_are_told_what_comes_after_each_notice():
    def next_of(kind):
        return " ".join(printed(kind)["opening"])

    assert "asks the owner to wait" in next_of("interim")
    assert "will send Second Notices to these owners once the remedy is available." in next_of("interim")  # fmt: skip
    assert "it is available now" in next_of("remedy_available")
    assert "will follow up in the months to come with owners who do not respond." in next_of("initial")  # fmt: skip


def test_the_words_of_each_kind_are_the_same_in_number():
    """A kind without one of them could not be printed."""
    kinds = memo.words()["kind"]
    assert kinds.keys() == set(rules.KIND_OF_FOLLOWUP.values())
    assert len({frozenset(table) for table in kinds.values()}) == 1
