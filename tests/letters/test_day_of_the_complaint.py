"""From which day a letter counts the 60 days of a repair that an owner may complain about (577.5(g)(1)(vii)(B))."""

from __future__ import annotations

from datetime import date

from letters.samples import FUEL, MAIL_DATE, SPRING, spec
from renotify.letters.letter_text import placed
from renotify.rules import load


def complaints(given, language="en"):
    """What a letter says of the date from which the 60 days of a repair run."""
    found = placed(given, load(MAIL_DATE), language)
    return [one.text for one in found if one.statement.id in ("P6N", "P6F", "P6U")]


def test_a_follow_up_counts_the_60_days_from_the_later_of_its_first_notice_and_the_remedy_s_day():
    """577.5(g)(1)(vii)(B)(1). 9LA: both 2009-02-17. ALE: noticed 2010-07-26, remedied from 2010-08-16."""
    assert complaints(spec(FUEL)) == ["For Recall 9LA, that date is February 17, 2009."]
    assert complaints(spec(FUEL, earlier_notice={"9LA": date(2010, 1, 2)})) == [
        "For Recall 9LA, that date is January 2, 2010."
    ]
    assert complaints(spec(SPRING), "es") == [
        "Para el retiro ALE, esa fecha es el 16 de agosto de 2010."
    ]
    later = {"ALE": date(2012, 3, 5)}  # of a vehicle whose own remedy came later
    assert complaints(spec(SPRING, remedy_date=later)) == [
        "For Recall ALE, that date is March 5, 2012."
    ]


def test_two_recalls_in_a_follow_up_name_each_its_day_and_one_day_of_both_once():
    assert complaints(spec(FUEL, SPRING)) == [
        "For Recall 9LA, that date is February 17, 2009.",
        "For Recall ALE, that date is August 16, 2010.",
    ]
    same = {"9LA": date(2010, 8, 16)}
    assert complaints(spec(FUEL, SPRING, earlier_notice=same)) == [
        "For Recalls 9LA and ALE, that date is August 16, 2010."
    ]
    assert complaints(spec(FUEL, SPRING, earlier_notice=same), "es") == [
        "Para los retiros 9LA y ALE, esa fecha es el 16 de agosto de 2010."
    ]


def test_a_letter_that_is_the_first_to_tell_of_the_remedy_counts_from_itself():
    for kind in ("initial", "remedy_available"):
        assert complaints(spec(FUEL, kind=kind)) == ["That date is the date of this notice."]
    today = spec(FUEL, remedy_date={"9LA": MAIL_DATE})  # the remedy came with the follow-up
    assert complaints(today) == ["That date is the date of this notice."]


def test_a_recall_that_waits_for_kits_has_no_day_though_its_remedy_has_one():
    """9LA's remedy is of 2009; an interim letter that cannot name a day said that it is its own date."""
    waits = frozenset(["9LA"])
    assert complaints(spec(FUEL, kind="interim", waiting=waits)) == [
        "Our second notice will name that date."
    ]
