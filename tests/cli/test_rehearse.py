"""``rehearse``: what it prints and draws, its document, what it refuses, and that each switch is read."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from math import exp
from pathlib import Path
from typing import Any

import pytest

import two_dealers as w
from conftest import copy_of
from printed import refusal, row, sentences
from small_world import Desk, World

ASKED = ("rehearse", "spring", "--workers", 1)
ASSUMED = (
    "Assumed: 10 % of booked visits do not come and book again next week; fewer than 30 appointments on file were kept or missed. Give"
    " --no-shows where you know better."
)


def test_a_rehearsal_prints_the_weeks_by_their_mondays_and_a_sentence_for_each_reader(
    office: Desk,
) -> None:
    printed = office.run(*ASKED).out
    assert printed.splitlines()[0].strip() == "100 runs, seed 2013"
    assert row(printed, "2013-03-04")[:2] == ["2013-03-04", "9"]
    assert row(printed, "2013-03-11")[:2] == ["2013-03-11", "0"]
    said = sentences(printed)
    assert said[0].startswith("9 letters to the owners of 9 vehicles: ")
    assert "1 dealer with no hours on file is taken as never full: load dealer_capacity." in said
    assert said[-3:-1] == ["Assumed: 20 % of the owners who find no kit never return.", ASSUMED]
    assert " expect 5 visits (3 to 8 in nine of ten cases), booked ones among them." in said[-1]


def test_the_document_speaks_to_each_reader_and_one_seed_says_it_again(office: Desk) -> None:
    first, again = office.do(*ASKED), office.do(*ASKED)
    assert first == again
    assert first != office.do(*ASKED, "--seed", 5)
    assert {"analyst", "parts", "dealers", "owner", "said"} <= set(first)
    assert (first["follow_up"], first["policy"], first["first_week"]) == (
        "spring",
        "all-at-once",
        "2013-03-04",
    )
    # half of nine owners answer, but for the last 0.5 e^-4
    analyst = first["analyst"]
    assert analyst["asked"]["mean"] == pytest.approx(9 * w.ANSWERED, abs=0.7)
    # the one visit that takes bolts finds none before March 11: 1 - e^-0.32 = 0.27 runs have an owner who asks in the first week
    (bolt,) = first["parts"]
    assert bolt["part"] == w.BOLT
    assert bolt["chance"] == pytest.approx(1 - exp(-w.answered(0)), abs=0.14)
    assert bolt["runs_out"]["median"] == "2013-03-04"
    assert {one["dealer"] for one in first["dealers"]["weeks"]} == {w.EAST}


def test_deliveries_that_come_late_turn_more_owners_away(office: Desk) -> None:
    (soon,), (late,), punctual = (
        office.do(*ASKED, "--late", weeks, "--late-chance", chance)["parts"]
        for weeks, chance in ((0, 1), (3, 1), (3, 0))
    )
    assert late["chance"] > soon["chance"]
    assert late["weeks"] != soon["weeks"]
    assert punctual == [soon]


def test_owners_who_do_not_come_are_done_later(office: Desk) -> None:
    none, many = (office.do(*ASKED, "--no-shows", share) for share in (0, 0.6))
    assert (none["no_shows"], many["no_shows"]) == (0, 0.6)
    first = [one["analyst"]["weeks"][0]["repaired"]["mean"] for one in (none, many)]
    assert first[1] < first[0]
    assert (
        none["said"][-2] == "0 % of booked visits do not come, as stated, and book again next week."
    )


def test_thirty_appointments_on_file_say_how_many_do_not_come(office: Desk) -> None:
    past = World(office.folder / "past")
    for number in range(30):
        status = "no_show" if number < 6 else "done"
        past.appointment(w.EAST_OPEN[0], w.EAST, w.PMP, day=date(2013, 1, 7), status=status)
    office.do("load", past.write(), on=w.NOTICE)
    document = office.do(*ASKED)
    assert document["no_shows"] == 0.2
    assert document["said"][-2] == (
        "20 % of booked visits do not come and book again next week, as of 30 appointments on file."
    )


def test_a_visit_that_is_booked_is_played_before_the_first_release_too(office: Desk) -> None:
    """Two visits are booked; the plan's weeks hold one more, of March 12: one repair more, and as many owners who still ask."""
    asked = (*ASKED, "--no-shows", 0)
    before = office.do(*asked)["analyst"]
    booked = World(office.folder / "booked")
    booked.appointment(w.EAST_OPEN[0], w.EAST, w.PMP, day=date(2013, 3, 12))
    booked.appointment(
        w.EAST_OPEN[1], w.EAST, w.PMP, day=date(2013, 3, 1)
    )  # before the weeks that are played
    office.do("load", booked.write(), on=w.NOTICE)
    document = office.do(*asked)
    analyst = document["analyst"]
    assert (before["booked"], analyst["booked"]) == (2, 3)
    assert analyst["asked"] == before["asked"]
    assert analyst["repaired"]["mean"] == pytest.approx(before["repaired"]["mean"] + 1, abs=0.05)
    assert " ask for a visit beside 3 visits that are booked, " in document["said"][0]


def test_the_picture_says_its_figures(office: Desk) -> None:
    file = office.folder / "rehearsal.svg"
    said = office.run(*ASKED, "--svg", file)
    assert said.err == f"Drawn in {file}.\n"
    texts = [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", file.read_text())]
    assert "Rehearsal of spring" in texts
    assert w.BOLT in texts
    assert any(text.endswith(" repaired") for text in texts)


def test_a_rehearsal_writes_nothing(office: Desk) -> None:
    before = office.sql("select policy, document from plan"), office.sql("select * from wave")
    office.do(*ASKED)
    assert (
        office.sql("select policy, document from plan"),
        office.sql("select * from wave"),
    ) == before


def test_without_a_plan_a_rehearsal_says_what_comes_first(office: Desk) -> None:
    office.do("followup", "new", w.settings_file(office.folder, name="summer"), on=w.NOTICE)
    said = office.run("rehearse", "summer")
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == (
        "The follow-up summer has no plan yet.",
        "Plan it with `renotify plan summer`.",
    )


def released(office: Desk, waves: str) -> None:
    with sqlite3.connect(office.ledger.removeprefix("sqlite:///")) as ledger:
        ledger.execute(f"update wave set released_at = current_timestamp where {waves}")


def test_after_the_last_release_nothing_is_left_to_rehearse(office: Desk) -> None:
    released(office, "true")
    said = office.run(*ASKED)
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == (
        "Every wave of spring is released: nothing is left to rehearse.",
        "See what comes of it with `renotify report progress`.",
    )


def test_once_a_wave_is_released_the_weeks_that_are_left_are_played_from_what_the_ledger_has(
    office: Desk,
) -> None:
    """On Tuesday of the second week: the first wave is out, one of its owners has come, one of each dealer is booked for this week."""
    office.do("plan", "spring", "--policy", "uniform:3", on=w.NOTICE)
    out = office.do("mail", "release", "spring", 1, "--out", "out", on=w.FIRST_LETTER)
    (came, dealer), *_ = office.sql(
        "select p.vin, v.dealer_code from piece p join vehicle v on v.vin = p.vin where p.state in ('released', 'printed')"
        f" and p.family = 'safety' and p.bundle = '{w.PMP}' and p.vin not in (select vin from appointment) order by p.vin"
    )
    second = w.FIRST_WEEK + timedelta(weeks=1, days=1)
    world = World(office.folder / "came").dealer(dealer)
    office.do(
        "load",
        world.repair(came, w.PMP, w.FIRST_LETTER + timedelta(days=3), dealer=dealer).write(),
        on=second,
    )
    played = office.do(*ASKED, on=second)
    assert played["said"][0] == (
        f"Played from the week of 2013-03-11 on, from what the ledger has on 2013-03-12: {out['printed']} letters out, 1 vehicle of the"
        " list done, 2 visits booked."
    )
    weeks = played["analyst"]["weeks"]
    assert (played["first_week"], weeks[0]["week"]) == ("2013-03-11", "2013-03-11")
    assert (played["analyst"]["repaired_before"], played["analyst"]["booked"]) == (1, 2)
    assert all(week["repaired"]["low"] >= 1 for week in weeks)
    assert played["analyst"]["letters"] == sum(week["letters"] for week in weeks) < 9
    # nobody is made to come in a week that has passed: the two who are booked come this week, or when there are hours
    assert weeks[-1]["repaired"]["low"] >= 1 + 2


# ---- lived once, by the real commands on a copy


LIVED = ("rehearse", "spring", "--play", 3, "--on", w.NOTICE)


@dataclass(frozen=True)
class Lived:
    """A play of three weeks that was kept: who played it, what the ledger had before, and what was said."""

    office: Desk
    before: object
    said: dict[str, Any]


def of_the_ledger(office: Desk) -> object:
    return sorted(office.sql("select name from source")), office.sql("select * from wave")


@pytest.fixture(scope="module")
def lived(planned_on_sqlite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Three weeks, lived once for the tests that read them."""
    folder = tmp_path_factory.mktemp("lived")
    with copy_of(planned_on_sqlite, folder) as url:
        office = Desk(url, folder / "desk")
        before = of_the_ledger(office)
        yield Lived(office, before, office.do(*LIVED, "--answers", 2, "--out", "kept"))


def test_weeks_are_lived_by_the_commands_on_a_copy_and_the_ledger_stays_as_it_is(
    lived: Lived,
) -> None:
    """Nine letters, six of them to owners of whom none has a visit yet; each owner answers, two in three of them in the first week."""
    office, said = lived.office, lived.said
    assert [row["week"] for row in said["weeks"]] == ["2013-03-04", "2013-03-11", "2013-03-18"]
    assert [row["letters"] for row in said["weeks"]] == [9, 0, 0]
    assert said["weeks"][0]["asked"] >= 3
    assert {one.partition(":")[0] for one in said["said"]} == {
        "Analyst", "Mail house", "Parts", "Dealers", "Owners"
    }  # fmt: skip
    # two are booked and ask no more; the other seven answer as the plan has it
    assert said["expected_visits"] == pytest.approx(2 + 7 * w.ANSWERED, abs=0.35)
    assert of_the_ledger(office) == lived.before
    copy = Desk(f"sqlite:///{office.folder}/kept/renotify.sqlite3", office.folder)
    assert copy.sql("select released_at is not null from wave") == [(1,)]
    assert copy.sql("select count(*) from piece where state = 'accepted'") == [(9,)]


def test_the_diary_names_neither_the_folder_nor_what_a_program_asks_for(lived: Lived) -> None:
    """Typed as it stands it makes the same ledger: test_page_of_six_weeks.py."""
    kept = lived.office.folder / "kept" / "diary.txt"
    typed = [line for line in kept.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    assert {line.split()[0] for line in typed} == {"renotify"}
    assert not [line for line in typed if str(lived.office.folder) in line or "--json" in line]


def test_a_wave_whose_dealers_were_not_told_in_time_waits_for_them(office: Desk) -> None:
    """They are told on the day of the wave; the plan of the next Monday gives its letters the first week that is not promised."""
    lived = office.do("rehearse", "spring", "--play", 4, "--on", w.FIRST_LETTER)
    assert [row["letters"] for row in lived["weeks"]][:3] == [0, 0, 0]
    assert lived["weeks"][3]["letters"] > 5
    (held,) = (said for said in lived["said"] if "is held" in said)
    assert held.startswith(f"Analyst: on {w.FIRST_LETTER} Wave 1 is held. 2 dealers with letters")


def test_letters_that_were_with_the_mail_house_are_answered_for_in_the_play(office: Desk) -> None:
    """The first wave is out for three weeks without a word of the mail house; a week later the play has its evidence."""
    office.do("plan", "spring", "--policy", "uniform:3", on=w.NOTICE)
    out = office.do("mail", "release", "spring", 1, "--out", "out", on=w.FIRST_LETTER)
    awaiting = "select count(*) from piece where state = 'printed'"
    assert office.sql(awaiting) == [(out["printed"],)]
    day = w.FIRST_LETTER + timedelta(weeks=3)
    lived = office.do("rehearse", "spring", "--play", 2, "--answers", 0, "--out", "kept", on=day)
    assert lived["sent_before"] == {"letters": out["printed"], "awaiting": out["printed"]}
    assert (
        f"Mail house: it answered for {out['printed']} of {out['printed']} letters that waited for its answer when the play began."
        in lived["said"]
    )
    copy = Desk(f"sqlite:///{office.folder}/kept/renotify.sqlite3", office.folder)
    assert copy.sql("select distinct state, mailed_on from piece where wave = 1") == [
        ("accepted", str(w.FIRST_LETTER + timedelta(days=1)))
    ]
    assert (copy.sql(awaiting), office.sql(awaiting)) == ([(0,)], [(out["printed"],)])


def test_a_play_is_refused_while_a_release_is_not_finished(office: Desk) -> None:
    """The machine stopped before anything was printed: the letters are in nobody's mail, and a copy cannot finish the job."""
    office.do("plan", "spring", "--policy", "uniform:3", on=w.NOTICE)
    office.do("mail", "release", "spring", 1, "--out", "out", on=w.FIRST_LETTER)
    with sqlite3.connect(office.ledger.removeprefix("sqlite:///")) as ledger:
        ledger.execute("update piece set state = 'released' where state = 'printed'")
    said = office.run("rehearse", "spring", "--play", 3, "--on", w.FIRST_LETTER)
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == (
        "The release of wave 1 of spring was begun and has not finished.",
        "Finish it first: renotify mail release spring 1.",
    )


def test_a_play_goes_on_when_the_horizon_is_over(office: Desk) -> None:
    """All letters are out; of the three weeks played the first is the last of the horizon."""
    office.do("mail", "release", "spring", 1, "--out", "out", on=w.FIRST_LETTER)
    day = w.FIRST_LETTER + timedelta(weeks=w.WEEKS - 1)
    said = office.do("rehearse", "spring", "--play", 3, "--answers", 0, on=day)
    assert [row["week"] for row in said["weeks"]] == ["2013-03-25", "2013-04-01", "2013-04-08"]
    assert [row["letters"] for row in said["weeks"]] == [0, 0, 0]
    assert "it answered for 9 of 9 letters" in " ".join(said["said"])


def test_who_never_answers_asks_for_no_visit_and_the_words_say_it(office: Desk) -> None:
    said = office.run(*LIVED[:2], "--play", 2, *LIVED[4:], "--answers", 0).out
    assert "Owners: 0 owners asked for a visit, 0 of them without a letter" in " ".join(
        said.split()
    )
    assert "The copy of the ledger" not in said


def test_one_seed_lives_the_same_weeks_and_no_shows_and_late_kits_are_heard(
    office: Desk, lived: Lived
) -> None:
    def again(weeks: int, *options: object) -> list[dict[str, object]]:
        said: list[dict[str, object]] = office.do(
            *LIVED[:2], "--play", weeks, *LIVED[4:], "--answers", 2, *options
        )["weeks"]
        return said

    once = lived.said["weeks"]
    assert again(2) == once[:2]
    assert again(1, "--seed", 5) != once[:1]
    assert sum(int(str(row["no_shows"])) for row in again(2, "--no-shows", 0.9)) > 0
    assert again(3, "--late", 2) != once


def test_of_a_play_that_is_refused_no_folder_is_left(office: Desk) -> None:
    said = office.run("rehearse", "nobody", "--play", 2, "--out", "kept")
    assert (said.code, (office.folder / "kept").exists()) == (1, False)


def test_a_play_in_a_folder_that_has_one_is_refused(office: Desk) -> None:
    kept = office.folder / "kept"
    kept.mkdir()
    (kept / "renotify.sqlite3").touch()
    said = office.run(*LIVED, "--out", kept)
    assert (said.code, said.out) == (1, "")
    assert "is there already" in " ".join(said.err.split())


@pytest.mark.parametrize(
    "options",
    [("--out", "kept"), ("--answers", 2), ("--play", 2, "--svg", "a.svg"), ("--play", 0)],
)
def test_what_goes_with_a_play_alone_is_wrong_use(
    office: Desk, options: tuple[object, ...]
) -> None:
    said = office.run("rehearse", "spring", *options)
    assert (said.code, said.out) == (2, "")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--runs", "19"),
        ("--late", "-1"),
        ("--late-chance", "1.1"),
        ("--no-shows", "1"),
        ("--no-shows", "-0.1"),
        ("--seed", "-1"),
    ],
)
def test_an_option_beyond_its_bounds_is_wrong_use(office: Desk, option: str, value: str) -> None:
    said = office.run("rehearse", "spring", option, value)
    assert (said.code, said.out) == (2, "")
    assert option in said.err


def test_a_picture_in_no_folder_is_wrong_use(office: Desk) -> None:
    said = office.run(*ASKED, "--svg", Path("nowhere") / "a.svg")
    assert (said.code, said.out) == (2, "")
    assert refusal(said.err)[0] == "There is no folder nowhere."
