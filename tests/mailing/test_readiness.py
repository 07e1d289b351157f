"""Whether a wave is ready: what is told of it with its dealers, and what its follow-up's rule makes of that."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pytest

import two_dealers as w
from renotify.campaigns.follow_up_settings import to_facts
from renotify.campaigns.readiness_settings import DEFAULTS
from renotify.errors import AlreadyDone, Refused, UnknownName, WrongUse
from renotify.ledger import artifacts, follow_ups, pieces, told_weeks, wave_decisions
from renotify.ledger.kinds import DayWord
from renotify.ledger.stated_days import state
from renotify.ledger.wave_decisions import Decision
from renotify.mailing import readiness
from renotify.mailing.readiness import Gate
from renotify.notices import receipts
from renotify.values.notice_number import AGAIN

WHO = Decision("R. Analyst", "told by telephone")
TELL_ALL = dict.fromkeys(DEFAULTS, "tell")


def ruled(session, kind="follow_up_voluntary", **rules):
    """Give the follow-up these rules of readiness, and return its settings."""
    stated = replace(follow_ups.settings(session, "spring"), kind=kind, readiness=rules)
    json_type = "text" if session.sqlite else "jsonb"
    with session.transaction():
        session.execute(
            f"update follow_up set settings = cast(:facts as {json_type})",
            facts=json.dumps(to_facts(stated)),
        )
    return stated


def noticed(session, *dealers, sent=None, receipt=""):
    """Put notices on record without the work of typesetting them."""
    rows = pa.table({"code": list(dealers), "receipt": [receipt] * len(dealers)})
    with session.transaction():
        session.stage("written", rows)
        session.execute(
            "insert into notice (follow_up, audience, code, file, sha256, written_on, sent_on, acknowledged_at, receipt)"
            " select 'spring', 'dealer', code, code, '', :day, :sent, receipt, receipt from written",
            day=w.NOTICE, sent=sent,
        )  # fmt: skip


def not_booked(session):
    """Let the East's booking be cancelled: its owner is still to ask."""
    with session.transaction():
        session.execute(
            "update appointment set status = 'cancelled' where vin = :vin", vin=w.EAST_BOTH
        )


def asked(session, on=w.FIRST_LETTER):
    return readiness.ready(session, "spring", 1, on)


def found(session, check, on=w.FIRST_LETTER):
    return [one for one in asked(session, on).unready if one.check == check]


def passed(session, settings, on=w.FIRST_LETTER, anyway=None):
    return Gate(anyway).passed(session, settings, pieces.wave(session, "spring", 1), on)


def who(one):
    return dict(
        zip(one.dealers["dealer_code"].to_pylist(), one.dealers["what"].to_pylist(), strict=True)
    )


# ---- each check, counted by hand


def test_a_dealer_is_told_when_its_notice_was_sent_a_week_before(own_session):
    """East's went a week before, West's a day too late; without a day nobody knows that it went."""
    noticed(own_session, w.EAST, sent=w.FIRST_LETTER - timedelta(days=7))
    (one,) = found(own_session, "notices")
    assert who(one) == {w.WEST: "no notice written"}
    assert one.dealers["letters"].to_pylist() == [5]
    noticed(own_session, w.WEST)
    (one,) = found(own_session, "notices")
    assert who(one) == {w.WEST: f"notice written on {w.NOTICE}, not stated as sent"}
    receipts.state_sent(own_session, "spring", w.NOTICE + timedelta(days=1), [w.WEST])
    (one,) = found(own_session, "notices")
    assert who(one) == {w.WEST: "notice sent on 2013-02-27"}
    assert found(own_session, "notices", on=w.FIRST_LETTER + timedelta(days=1)) == []


def told_letters(session, dealer, letters, week=w.FIRST_WEEK):
    with session.transaction():
        told_weeks.record(session, "spring", {dealer: {week: letters}}, w.NOTICE)


def test_a_dealer_that_was_told_fewer_letters_of_the_week_is_told_again(own_session):
    """East has four letters in the wave and West five: of East three were told, of West six; another week's do not count."""
    noticed(own_session, w.EAST, w.WEST, sent=w.NOTICE)
    told_letters(own_session, w.EAST, 3)
    told_letters(own_session, w.WEST, 6)
    (one,) = found(own_session, "notices")
    assert who(one) == {w.EAST: "told 3, now 4"}
    assert one.first == [f"{w.EAST} {one.dealers['name'][0].as_py()}"]  # by code and name
    assert f"({one.first[0]})" in one.sentence
    assert (
        one.words
        == "1 dealer will have more letters in the week of 2013-03-04, sent again or not, than the last notice that went told of it"
    )
    assert "Write and send their notices again" in one.next_step
    told_letters(own_session, w.EAST, 9, w.FIRST_WEEK + timedelta(weeks=1))
    assert who(found(own_session, "notices")[0]) == {w.EAST: "told 0, now 4"}
    told_letters(own_session, w.EAST, 4)
    assert found(own_session, "notices") == []


def test_a_letter_that_is_sent_again_is_one_of_its_week(own_session):
    """Its dealer hears of the owner anew: East was told of three letters of the week, and has four, one of them another attempt."""
    noticed(own_session, w.EAST, w.WEST, sent=w.NOTICE)
    told_letters(own_session, w.EAST, 3)
    with own_session.transaction():
        own_session.execute(
            f"update piece set piece_id = piece_id || '{AGAIN}2' where vin = :vin",
            vin=w.EAST_OPEN[0],
        )
    (one,) = found(own_session, "notices")
    assert who(one) == {w.EAST: "told 3, now 4"}
    told_letters(own_session, w.EAST, 4)
    assert found(own_session, "notices") == []


def test_an_owner_who_came_in_is_no_letter_beyond_what_was_told(own_session):
    noticed(own_session, w.EAST, w.WEST, sent=w.NOTICE)
    told_letters(own_session, w.EAST, 3)
    with own_session.transaction():
        own_session.execute(
            "update state set status = 'repaired' where vin = :vin", vin=w.EAST_OPEN[0]
        )
    assert found(own_session, "notices") == []


@pytest.mark.parametrize(("rule", "said"), [("refuse", "is not ready"), ("ask", "is held")])
def test_letters_beyond_what_was_told_hold_the_wave_by_the_rule_of_notices(own_session, rule, said):
    noticed(own_session, w.EAST, w.WEST, sent=w.NOTICE)
    told_letters(own_session, w.EAST, 3)
    with pytest.raises(Refused, match=said):
        passed(own_session, ruled(own_session, notices=rule))
    told = passed(own_session, ruled(own_session, "follow_up_ordered", notices=rule)).told
    assert "more letters in the week" in told[1]  # owed: nothing holds it


def test_a_receipt_or_a_stated_day_tells_that_a_notice_was_there(own_session):
    noticed(own_session, w.EAST, receipt="2013-02-26T10:00:00-05:00")
    assert who(found(own_session, "notices")[0]) == {w.WEST: "no notice written"}
    assert who(found(own_session, "receipts")[0]) == {w.WEST: "no receipt"}
    with own_session.transaction():
        state(own_session, "spring:dealer_notice", DayWord.DONE, w.NOTICE, "deadlines --done")
    assert found(own_session, "notices") == found(own_session, "receipts") == []


def test_kits_lack_where_visits_draw_more_than_the_pool_has_in_a_week(own_session):
    """The first BOLTs come on March 11; East's letter asks for 0.63 in the week before, 0.98 in all. Who is booked asks for none."""
    assert found(own_session, "kits") == []
    not_booked(own_session)
    assert 2 * w.answered(0) == pytest.approx(0.63, abs=0.01)
    (one,) = found(own_session, "kits")
    assert who(one) == {w.EAST: f"{2 * w.ANSWERED:.1f} of BOLT beyond its shelf"}
    assert one.words.startswith("BOLT will not suffice")


def test_hours_lack_where_the_workload_books_days(own_session):
    """Two hours in the whole of the horizon for the visits of four letters."""
    assert found(own_session, "hours") == []
    with own_session.transaction():
        own_session.execute("update dealer_capacity set hours_available = 0.1")
    (one,) = found(own_session, "hours")
    assert list(who(one)) == [w.EAST]
    assert "extra technician-day" in who(one)[w.EAST]


def test_an_address_is_stale_by_the_wave_s_own_day_and_the_days_of_the_rules(own_session):
    newest = own_session.scalar("select max(as_of) from owner where role = 'owner'")
    fresh = date.fromisoformat(str(newest)) + timedelta(days=95)
    assert found(own_session, "addresses", on=fresh) == []
    (one,) = found(own_session, "addresses", on=fresh + timedelta(days=1))
    assert one.words.startswith("9 letters would go to an address older than 95 days")
    assert "DMM 602.5" in one.words
    ruled(own_session, address_days=200)
    assert found(own_session, "addresses", on=fresh + timedelta(days=1)) == []


def test_a_letter_that_the_release_would_withdraw_goes_to_no_stale_address(own_session):
    newest = own_session.scalar("select max(as_of) from owner where role = 'owner'")
    late = date.fromisoformat(str(newest)) + timedelta(days=96)
    with own_session.transaction():  # one of the nine came in
        own_session.execute(
            "update state set status = 'repaired' where vin = (select min(vin) from piece where wave = 1)"
        )
    (one,) = found(own_session, "addresses", on=late)
    assert one.words.startswith("8 letters would go to an address older than 95 days")


def test_a_letter_version_is_signed_off_or_told(own_session):
    (one,) = found(own_session, "versions")
    assert one.words.startswith(
        "3 letter versions are not signed off, of PMP (en), PMP+STP (en) and SVC (en)"
    )
    assert sorted(who(one).items()) == [(w.EAST, "4 of its letters"), (w.WEST, "5 of its letters")]


# ---- what the rule makes of it


@pytest.mark.parametrize("check", list(DEFAULTS))
def test_each_check_refuses_holds_or_tells_by_its_rule(own_session, check):
    """Every check finds something here: under ``tell`` the wave goes, under ``ask`` a reason lets it go, under ``refuse`` none does.

    Unsigned letters are refused by the release itself, whatever its gate says: tests/mailing/test_unread_sentences.py.
    """
    not_booked(own_session)
    with own_session.transaction():
        own_session.execute("update dealer_capacity set hours_available = 0.1")
    days = {"address_days": 1}
    settings = ruled(own_session, **TELL_ALL, **days)
    assert passed(own_session, settings).held == ()
    settings = ruled(own_session, **TELL_ALL | {check: "ask"}, **days)
    with pytest.raises(Refused, match="Wave 1 is held") as held:
        passed(own_session, settings)
    assert "--anyway REASON" in held.value.hint
    (said,) = passed(own_session, settings, anyway=WHO).held
    assert said in held.value.message
    settings = ruled(own_session, **TELL_ALL | {check: "refuse"}, **days)
    if check == "versions":
        assert asked(own_session).released_by == "nobody"
        return
    with pytest.raises(Refused, match="Wave 1 is not ready"):
        passed(own_session, settings, anyway=WHO)


def filed(monkeypatch, day):
    """Let every campaign have been reported on a day."""
    known = readiness.registry.campaigns

    def campaigns(*asked):
        return {code: replace(one, filed_date=day) for code, one in known(*asked).items()}

    monkeypatch.setattr(readiness.registry, "campaigns", campaigns)


@pytest.mark.parametrize("day", [date(2012, 10, 1), date(2013, 1, 12)])
def test_nothing_holds_a_first_notice_in_its_last_lawful_week(own_session, monkeypatch, day):
    """Sixty days after the report of January 12 are March 13, and the next week ends on the 15th: it goes, and all is told."""
    filed(monkeypatch, day)
    told = passed(own_session, ruled(own_session, "initial", notices="refuse"))
    assert told.held == ()
    assert "no later week ends by it" in told.told[0]
    assert "no notice stated as sent" in told.told[1]


def test_a_first_notice_that_may_go_in_a_later_week_is_held(own_session, monkeypatch):
    filed(monkeypatch, date(2013, 1, 14))
    with pytest.raises(Refused, match="is not ready"):
        passed(own_session, ruled(own_session, "initial", notices="refuse"))


def joined(session, day, *vins):
    """Let vehicles (none: all) have come into their recalls on a day."""
    which = " where vin = :vin" if vins else ""
    for own in vins or ("",):
        named = {"vin": own} if vins else {}
        with session.transaction():
            session.execute(f"update state set added_on = :day{which}", day=day, **named)


def test_vehicles_that_joined_later_have_a_last_day_of_their_own(own_session, monkeypatch):
    """Reported on 1 October 2012: due by 30 November. Joined on 20 February 2013: by 21 April, 8 + 31 + 21 days, so a week can wait."""
    filed(monkeypatch, date(2012, 10, 1))
    settings = ruled(own_session, "initial", notices="refuse")
    joined(own_session, date(2013, 2, 20))
    with pytest.raises(Refused, match="is not ready"):
        passed(own_session, settings)
    first = own_session.scalar("select min(vin) from piece where follow_up = 'spring' and wave = 1")
    joined(own_session, date(2012, 11, 1), first)
    assert "are due by 2012-11-30, and no later week" in passed(own_session, settings).told[0]


@pytest.mark.parametrize("kind", ["remedy_available", "follow_up_ordered"])
def test_nothing_holds_a_second_notice_or_an_ordered_one(own_session, kind):
    assert "are owed" in passed(own_session, ruled(own_session, kind, notices="refuse")).told[0]


# ---- what is kept and written


def test_who_lets_a_held_wave_go_is_kept_with_what_was_told(own_session):
    settings = ruled(own_session, versions="tell")
    row = pieces.wave(own_session, "spring", 1)
    with own_session.transaction():
        readiness.keep(own_session, row, passed(own_session, settings, anyway=WHO), w.FIRST_LETTER)
    (kept,) = readiness.decided(own_session, row)
    assert (kept.decided_by, kept.reason, kept.decided_on) == (*WHO, w.FIRST_LETTER)
    assert "no notice stated as sent by 2013-02-26" in kept.document()["told"][0]
    assert kept.sentence.endswith("by R. Analyst: told by telephone")
    noticed(own_session, w.EAST, w.WEST, sent=w.NOTICE)
    with own_session.transaction():  # nothing held it: nothing is kept
        readiness.keep(own_session, row, passed(own_session, settings, anyway=WHO), w.FIRST_LETTER)
    assert len(wave_decisions.decisions(own_session, "spring")) == 1


@pytest.mark.parametrize("words", [("", "why"), ("who", "  "), ("who", "x" * 256)])
def test_a_decision_needs_a_name_and_a_reason(words):
    with pytest.raises(WrongUse, match="--anyway"):
        Decision(*words).checked("--anyway")


def test_all_dealers_are_in_a_file_that_is_recorded(own_session, tmp_path):
    not_booked(own_session)
    file = readiness.write(own_session, asked(own_session), tmp_path)
    with file.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    assert {row["check"] for row in rows} == {"notices", "receipts", "kits", "versions"}
    assert file.name == "wave-01-readiness.csv"
    known = artifacts.of_follow_up(own_session, "spring", "readiness")["path"].to_pylist()
    assert known == [str(file)]


def test_a_released_wave_and_one_that_is_not_there_are_not_asked(own_session):
    with pytest.raises(UnknownName):
        readiness.ready(own_session, "spring", 9, w.FIRST_LETTER)
    with own_session.transaction():
        own_session.execute("update wave set released_at = current_timestamp")
    with pytest.raises(AlreadyDone, match="released before"):
        asked(own_session)


@pytest.mark.parametrize(
    ("code", "day", "error"),
    [("D0009", w.NOTICE, "No notice of spring to 'D0009'"), (w.EAST, w.NOTICE - timedelta(days=1), "was written after")],
)  # fmt: skip
def test_a_notice_is_sent_after_it_is_written_and_to_whom_it_was(own_session, code, day, error):
    noticed(own_session, w.EAST)
    with pytest.raises(Refused, match=error):
        receipts.state_sent(own_session, "spring", day, [code])
    assert receipts.state_sent(own_session, "spring", w.NOTICE)["stated"] == 1
    again = receipts.state_sent(own_session, "spring", w.FIRST_LETTER)
    assert (again["stated"], again["unchanged"]) == (0, 1)
