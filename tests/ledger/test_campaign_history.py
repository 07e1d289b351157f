"""What was said of a campaign is kept: what holds on a day, what was known at an instant, and how the campaign began."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from cases import at_once
from renotify.campaigns.campaign import Campaign, CampaignType, stated_total
from renotify.campaigns.catalogue import to_facts
from renotify.ledger import registry, sources
from renotify.ledger.campaign_history import Begun, CampaignHistory, Statement, histories
from renotify.ledger.kinds import Layer, SourceKind
from renotify.ledger.verify import verify

TOLD = date(2009, 2, 9)
HEARD = date(2013, 2, 26)
PIPE = {"filed_date": date(2009, 1, 16), "first_notice_date": TOLD, "remedy_available_date": TOLD}
LATER = date(2012, 5, 1)


def campaign(**facts):
    stated = {"subject": "Pipe", **PIPE, **facts}
    return Campaign("9LA", CampaignType.SAFETY_RECALL, "Lexus", **stated)


def said(on=HEARD, layer=Layer.CATALOGUE, **facts):
    return Statement("9LA", layer, on, json.dumps(to_facts(campaign(**facts))))


FIRST = said(on=date(2009, 2, 1))
TAKEN_BACK = Statement("9LA", Layer.NHTSA, HEARD, "{}")


def history(*statements):
    return CampaignHistory(statements)


def subject_on(day, *later):
    return history(FIRST, *later).on(day).subject


# ---- what holds on a day


@at_once("day", [date(1999, 1, 1), TOLD, date(2030, 1, 1), None])
def test_the_first_statement_holds_from_the_beginning(day):
    assert subject_on(day) == "Pipe"


@at_once("day", [date(1999, 1, 1), HEARD, None])
def test_the_same_remedy_version_said_otherwise_is_a_correction_of_all_days(day):
    assert subject_on(day, said(subject="Fuel pipe")) == "Fuel pipe"


@at_once(
    ("day", "subject"),
    [(date(2012, 4, 30), "Pipe"), (LATER, "New"), (HEARD, "New"), (None, "New")],
)
def test_a_new_remedy_version_holds_from_the_day_of_its_remedy(day, subject):
    new = said(subject="New", remedy_version=2, remedy_available_date=LATER)
    assert subject_on(day, new) == subject


@at_once("available", [date(2013, 6, 1), None])
def test_a_remedy_to_come_holds_from_the_day_on_which_it_was_heard_of(available):
    new = said(subject="New", remedy_version=2, remedy_available_date=available)
    assert subject_on(date(2013, 2, 25), new) == "Pipe"
    assert subject_on(HEARD, new) == "New"


def test_a_correction_of_the_second_version_leaves_the_first_as_it_was():
    new = {"remedy_version": 2, "remedy_available_date": LATER}
    later = said(subject="New", **new), said(subject="Newer", on=date(2013, 3, 1), **new)
    assert subject_on(date(2012, 4, 30), *later) == "Pipe"
    assert subject_on(LATER, *later) == "Newer"


def test_a_stated_day_of_effect_decides():
    changed = said(subject="Changed", effective_date=date(2011, 1, 1))
    assert subject_on(date(2010, 12, 31), changed) == "Pipe"
    assert subject_on(date(2011, 1, 1), changed) == "Changed"


def test_a_lower_version_said_again_by_mistake_holds_from_its_day_only():
    new = said(subject="New", remedy_version=2, remedy_available_date=LATER)
    back = said(subject="Pipe", on=date(2013, 3, 1))
    assert subject_on(HEARD, new, back) == "New"
    assert subject_on(date(2013, 3, 1), new, back) == "Pipe"


def test_a_layer_that_is_taken_back_says_nothing_of_any_day():
    filed = said(layer=Layer.NHTSA, component="PIPES")
    assert history(FIRST, filed).on(HEARD).component == "PIPES"
    assert history(FIRST, filed, TAKEN_BACK).on(HEARD).component == ""
    assert history(filed, TAKEN_BACK).last is None


# ---- how it began


def began(*later):
    begun = history(FIRST, *later).begun
    return begun.first_notice, begun.day


@at_once(
    "facts",
    [
        {"remedy_version": 2, "remedy_available_date": LATER},
        {"remedy_version": 2, "remedy_available_date": LATER, "first_notice_date": LATER},
        {"remedy_available_date": LATER},
        {"first_notice_date": LATER},
        {"first_notice_date": None},
        {"first_notice_date": LATER, "effective_date": LATER},
        {"subject": "Other words"},
    ],
)
def test_what_had_begun_does_not_begin_anew(facts):
    assert began(said(**facts)) == (TOLD, TOLD)


def test_a_notice_of_a_remedy_to_come_begins_when_the_remedy_is_there_and_keeps_its_day():
    interim = said(
        on=date(2009, 2, 1), remedy_available_date=None, letter={"remedy_expected_date": LATER}
    )
    assert history(interim).begun.day is None
    there = said(on=LATER, remedy_available_date=LATER)
    # the owners were told of the remedy's day, on which they hear again
    begun = Begun(TOLD, LATER, first_version_stated=True, hears_again=LATER, told_on=LATER)
    assert history(interim, there).begun == begun
    typed_over = said(
        on=HEARD,
        remedy_available_date=date(2012, 1, 1),
        first_notice_date=date(2011, 1, 1),
    )
    assert history(interim, there, typed_over).begun == begun


def test_a_notice_whose_day_letters_alone_tell_and_that_told_of_no_remedy_is_followed_by_one_that_does():
    untold = {"first_notice_date": None}
    interim = said(
        on=date(2009, 2, 1),
        remedy_available_date=None,
        letter={"remedy_expected_date": LATER},
        **untold,
    )
    there = said(on=LATER, remedy_available_date=LATER, **untold)
    begun = history(interim, there).begun
    assert (begun.first_notice, begun.remedy, begun.told_anew) == (None, LATER, True)
    # the same remedy stated from the beginning was told at once
    assert not history(said(remedy_available_date=LATER, **untold)).begun.told_anew


def test_a_start_that_was_wrong_is_corrected_on_purpose():
    right = said(first_notice_date=date(2009, 4, 6), effective_date=TOLD)
    assert began(right) == (date(2009, 4, 6), date(2009, 4, 6))


def test_a_remedy_that_is_late_moves_the_start_as_long_as_it_has_not_come():
    expected = said(on=date(2009, 2, 1), remedy_available_date=date(2009, 6, 1))
    delayed = said(on=date(2009, 5, 15), remedy_available_date=date(2009, 9, 1))
    assert history(expected, delayed).begun.day == date(2009, 9, 1)
    too_late = delayed._replace(stated_on=date(2009, 6, 2))
    assert history(expected, too_late).begun.day == date(2009, 6, 1)


def test_a_remedy_day_that_was_blank_is_filled_within_its_version_only():
    blank = said(on=date(2009, 2, 1), remedy_available_date=None)
    assert history(blank).begun.day == TOLD
    assert history(blank, said(remedy_available_date=LATER)).begun.day == LATER
    new = said(remedy_version=2, remedy_available_date=LATER)
    assert history(blank, new).begun.day == TOLD


def test_a_notice_that_nobody_had_stated_is_taken_when_it_comes():
    blank = said(on=date(2009, 2, 1), first_notice_date=None, remedy_available_date=None)
    assert history(blank).begun.day is None
    assert history(blank, said()).begun.day == TOLD


def test_where_only_a_later_version_was_stated_the_first_notice_is_the_start():
    only = said(remedy_version=2, remedy_available_date=LATER)
    begun = history(only).begun
    assert (begun.day, begun.first_version_stated) == (TOLD, False)
    first = said(on=date(2013, 3, 1), remedy_available_date=date(2009, 4, 1), effective_date=TOLD)
    again = only._replace(stated_on=date(2013, 3, 2))
    begun = history(only, first, again).begun
    assert (begun.day, begun.first_version_stated) == (date(2009, 4, 1), True)


def test_campaigns_toml_rules_the_start_in_whatever_order_the_files_came():
    filed = said(layer=Layer.NHTSA, first_notice_date=date(2009, 4, 20), remedy_available_date=None)
    assert history(filed, FIRST).begun.day == TOLD
    assert history(FIRST, filed).begun.day == TOLD


# ---- the numbers that codes of one recall state


@at_once(
    ("stated", "found", "total"),
    [
        ([10, 10], 10, 10), ([6, 4], 10, 10), ([10, 10], 20, 20), ([10, 10], 11, 10), ([6, 4], 9, 10),
        ([10, None], 10, 10), ([10, None], 14, None), ([None, None], 3, None), ([12], 11, 12), ([None], 5, None),
    ],
)  # fmt: skip
def test_codes_state_the_total_or_their_own_share(stated, found, total):
    assert stated_total(stated, found) == total


# ---- in the ledger


def save(session, *campaigns, on=HEARD, layer=Layer.CATALOGUE):
    with session.transaction():
        source = sources.record(session, SourceKind.FILE, "campaigns.toml")
        return registry.save(session, campaigns, source, on=on, layer=layer)


def now():
    return datetime.now(UTC)


def test_a_campaign_is_given_as_it_was_on_a_day_and_as_it_was_known(session):
    before = now()
    save(session, campaign())
    between = now()
    new = {"subject": "New", "remedy_version": 2, "remedy_available_date": LATER}
    save(session, campaign(**new))
    assert registry.campaign(session, "9LA").subject == "New"
    then = registry.campaigns(session, as_of=date(2010, 1, 1))
    assert {code: one.subject for code, one in then.items()} == {"9LA": "Pipe"}
    known = registry.campaigns(session, ["9LA"], known_at=between)
    assert known["9LA"] == campaign()
    assert registry.campaigns(session, known_at=before) == {}
    assert registry.campaigns(session, ["9LA"], known_at=before)["9LA"].subject == "Pipe"
    assert verify(session)["ok"]


def test_the_same_said_again_is_no_statement(session):
    stated = campaign(effective_date=date(2012, 1, 1))
    save(session, stated)
    assert save(session, stated) == registry.Counts(unchanged=1)
    assert save(session, campaign()) == registry.Counts(unchanged=1)  # without its day of effect
    assert len(histories(session)["9LA"].statements) == 1


def test_a_recall_known_by_its_number_is_taken_back_when_its_code_comes(session):
    number = "09V020000"
    filed = Campaign(
        number, CampaignType.SAFETY_RECALL, "LEXUS", "PIPES", nhtsa_campaign_number=number
    )
    save(session, filed, layer=Layer.NHTSA)
    by_number = now()
    save(session, campaign(nhtsa_campaign_number=number))
    assert list(registry.campaigns(session)) == ["9LA"]
    assert list(registry.campaigns(session, known_at=by_number)) == [number]
    assert verify(session)["ok"]


def test_verify_finds_a_campaign_that_is_not_as_it_was_said(sqlite_session):
    save(sqlite_session, campaign())
    with sqlite_session.transaction():
        sqlite_session.execute("update campaign set facts = replace(facts, 'Pipe', 'Pump')")
    found = verify(sqlite_session)
    assert found["found"] == {"campaign not as it was said": 1}
    assert found["differences"][0]["about"] == "9LA"


@pytest.mark.parametrize(
    "deed", ["update campaign_fact set layer = 'nhtsa'", "delete from campaign_fact"]
)
def test_what_was_said_is_never_changed(session, deed):
    save(session, campaign())
    with pytest.raises(Exception, match="never changed"), session.transaction():
        session.execute(deed)
