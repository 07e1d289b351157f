"""``letter`` and ``mail``: a wave from its checked letters to the proof of one piece, in words and in documents."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

import two_dealers as w
from printed import refusal, row, rows, sentences
from small_world import Desk, World, write_csv

MAILED = date(2013, 3, 6)
LATER = date(2013, 3, 20)


def desk_of(kept: str, folder: Path) -> Desk:
    """A person with a copy of a ledger, in a folder of their own."""
    folder.mkdir(exist_ok=True)
    shutil.copy(kept.removeprefix("sqlite:///"), folder / "renotify.sqlite3")
    return Desk(f"sqlite:///{folder}/renotify.sqlite3", folder / "desk")


UNREADY = ("- 2 dealers", "- BOLT")  # what a release tells of readiness


@pytest.fixture(scope="module")
def released(planned_on_sqlite: str, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office that released its wave, after West's booked owner came in early."""
    desk = desk_of(planned_on_sqlite, tmp_path_factory.mktemp("released") / "first")
    made = World(desk.folder / "came-in")
    made.repair(w.WEST_BOOKED, w.PMP, date(2013, 3, 4), dealer=w.WEST)
    desk.do("load", made.write(), on=w.FIRST_LETTER)
    untold = desk.run("mail", "release", "spring", 1, "--on", w.FIRST_LETTER)
    assert untold.code == 1
    (desk.folder / "held.txt").write_text(untold.err, encoding="utf-8")
    said = desk.run(
        "mail", "release", "spring", 1, "--workers", 1, "--on", w.FIRST_LETTER,
        "--anyway", "told by telephone", "--by", "R. Analyst",
    )  # fmt: skip
    assert said.code == 0, said.err
    (desk.folder / "printed.txt").write_text(said.out, encoding="utf-8")
    return desk


@pytest.fixture
def mailing(released: Desk, tmp_path: Path) -> Desk:
    """A copy of that office whose files lie where the ledger says."""
    return Desk(desk_of(released.ledger, tmp_path / "copy").ledger, tmp_path / "desk")


def pieces(released: Desk) -> dict[str, str]:
    """Return the piece of each VIN in the wave's manifest; of two letters to one vehicle the recall's."""
    file = released.folder / "out" / "spring" / "wave-01" / "manifest.csv"
    with file.open(encoding="utf-8") as opened:
        listed = list(csv.DictReader(opened))
    return {one["vin"]: one["piece_id"] for one in reversed(listed)}


def answers(desk: Desk, *stated: tuple[object, ...], name: str = "evidence.csv") -> Path:
    columns = ("piece_id", "status", "mailed_date", "reason")
    return write_csv(desk.folder / name, [dict(zip(columns, one, strict=True)) for one in stated])


# ---- letters


def test_the_letters_are_checked_version_by_version_and_the_envelopes_after_them(
    office: Desk,
) -> None:
    printed = office.run("letter", "check", "spring", "--on", w.FIRST_LETTER).out
    found = [one[:4] for one in rows(printed) if len(one) > 4]
    assert found[0] == ["bundle", "role", "language", "finding"]
    assert found[1:] == [
        [w.PMP, "owner", "en", "passes"],
        [f"{w.PMP}+{w.STP}", "owner", "en", "passes"],
        [w.SVC, "owner", "en", "passes"],
        ["safety", "envelope", "en", "passes"],
        ["service", "envelope", "en", "passes"],
    ]


def test_rules_still_to_be_compared_or_decided_are_listed_once_after_the_findings(
    office: Desk,
) -> None:
    asked = ("letter", "check", "spring", "--on", w.FIRST_LETTER)
    printed = office.run(*asked)
    assert printed.code == 0  # an open mark blocks nothing
    listed = printed.out.split("Open marks: rules still to be compared or decided")[1]
    found = {one[0]: one[1:] for one in rows(listed) if len(one) == 3}
    assert found["P3"] == [
        "49 CFR 577.5(b) as in force until 2014-02-17", "a part of the rule was read",
    ]  # fmt: skip
    assert found["P7"][1].startswith("needs counsel: 577.5(h) binds the lessor")
    assert found["letter_weight"] == ["DMM 201", "from memory"]
    assert "P4" not in found  # its words were read
    assert "grade" not in found  # a policy of the house
    assert len(re.findall(r"^ *P7 ", listed, re.MULTILINE)) == 1  # three letters rest on it


def test_each_version_names_its_own_open_marks_in_the_document(office: Desk) -> None:
    told = office.run("letter", "check", "spring", "--on", w.FIRST_LETTER, "--json").json
    own = {(one["bundle"], one["role"]): {m["id"]: m for m in one["open_marks"]} for one in told}
    assert own[w.PMP, "owner"]["P3"] == {
        "id": "P3", "citation": "49 CFR 577.5(b) as in force until 2014-02-17",
        "mark": "a part of the rule was read",
    }  # fmt: skip
    assert (
        own[w.SVC, "owner"] == {}
    )  # a service campaign's letter rests on no statement of Part 577
    assert own["safety", "envelope"]["ENV1"]["mark"].startswith("from memory; the text of 577.5(a)")
    assert "P12" not in own["safety", "envelope"]  # no label in 2013
    assert not {"ENV1", "P12"} & set(own["service", "envelope"])


def test_since_2014_act_s_sentence_and_notation_were_read_and_need_no_comparing(
    office: Desk,
) -> None:
    told = office.run("letter", "check", "spring", "--on", date(2014, 3, 5), "--json").json
    marks = {one["id"] for row in told for one in row["open_marks"]}
    assert not {"P3", "ENV1"} & marks
    assert {"P7", "P12"} <= marks


def test_an_approval_names_who_approved_each_version(office: Desk) -> None:
    asked = ("letter", "approve", "spring", "--by", " Q. Example ", "--on", w.FIRST_LETTER)
    last = office.run(*asked).out.splitlines()[-1]
    assert last.startswith("3 versions approved by Q. Example, with these sentences;")
    signed = office.run(*asked, "--json").json
    assert [one["bundle"] for one in signed] == [w.PMP, f"{w.PMP}+{w.STP}", w.SVC]
    assert {one["approved_by"] for one in signed} == {"Q. Example"}
    assert office.sql("select distinct approved_by from approval") == [("Q. Example",)]


def test_nobody_approves_without_a_name(office: Desk) -> None:
    said = office.run("letter", "approve", "spring", "--by", "  ", "--on", w.FIRST_LETTER)
    assert (said.code, said.out) == (2, "")
    assert refusal(said.err)[0] == "An approval needs the name of who approves."
    assert office.run("letter", "approve", "spring").code == 2
    assert office.sql("select count(*) from approval") == [(0,)]


# ---- release


def test_a_release_says_what_became_of_every_piece(released: Desk) -> None:
    printed = (released.folder / "printed.txt").read_text(encoding="utf-8").splitlines()
    unready = [line for line in printed if line.startswith(UNREADY)]
    assert [line.split(" (")[0] for line in unready] == [
        "- 2 dealers with letters in this wave have no notice stated as sent by 2013-02-26",
        "- 2 dealers with letters in this wave have not acknowledged their notice",
    ]
    assert [line for line in printed if line not in unready] == [
        (
            "Wave 1 of spring, checked on 2013-03-05: 9 planned = 8 released + 1 withdrawn;"
            " 8 released = 8 printed + 0 exceptions."
        ),
        "- withdrawn, repaired: 1",
        "- languages: en 8",
        "- envelopes: safety 6, service 2",
        "- printed otherwise than its row stands, dealer_phone: the maker's own, for want of the dealer's: 4",
        "- 3 letter versions are not signed off: renotify letter approve spring",
        (
            "- No day is stated on which letter and envelope of spring were submitted to NHTSA: no later than 2013-02-26, 5"
            " Federal business days before the first piece (49 CFR 577.5(a)). That this binds a voluntary follow-up is not"
            " established: ask counsel."
        ),
        "- released anyway: told by telephone",
        "The job for the mail house, with manifest and ticket: out/spring/wave-01",
        "The list behind a figure: renotify vehicles --wave 1 --follow-up spring --by piece --letters",
        "Next: renotify mail accept spring 1 EVIDENCE.csv",
    ]


def test_a_wave_whose_dealers_were_not_told_is_held_until_somebody_says_why_it_goes(
    released: Desk,
) -> None:
    held = (released.folder / "held.txt").read_text(encoding="utf-8")
    assert (
        "Wave 1 is held. 2 dealers with letters in this wave have no notice stated as sent" in held
    )
    assert "--anyway REASON" in held
    kept = released.do("followup", "show", "spring")["decisions"]
    assert [(one["decided_by"], one["reason"]) for one in kept] == [
        ("R. Analyst", "told by telephone")
    ]


def test_the_vehicle_that_came_in_early_has_no_letter(released: Desk) -> None:
    listed = pieces(released)
    assert w.WEST_BOOKED not in listed
    assert set(listed) == {
        *w.EAST_OPEN, w.EAST_BOTH, w.WEST_OPEN, w.WEST_SERVICE, w.WEST_TWO_LETTERS,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("on", "sentence", "hint"),
    [
        (
            date(2013, 3, 3),
            ("No letter may be mailed before 2013-03-05: the notice is of 2013-02-26 and letters follow 7 days later;"
            " today is 2013-03-03."),
            "Wait, or change the notice date and freeze the follow-up again.",
        ),
        (
            date(2013, 3, 4),
            ("No letter may be mailed before 2013-03-05: the notice is of 2013-02-26 and letters follow 7 days later;"
            " today is 2013-03-04."),
            "Wait, or change the notice date and freeze the follow-up again.",
        ),
    ],
)  # fmt: skip
def test_no_wave_goes_before_its_first_lawful_day(
    office: Desk, on: date, sentence: str, hint: str
) -> None:
    said = office.run("mail", "release", "spring", 1, "--on", on)
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == (sentence, hint)
    assert not (office.folder / "out").exists()


def test_no_wave_goes_before_the_monday_of_its_week(office: Desk) -> None:
    office.do("plan", "spring", "--policy", "uniform:2")
    said = office.run("mail", "release", "spring", 2, "--on", date(2013, 3, 10))
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == (
        "Wave 2 is planned for the week of 2013-03-11; today is 2013-03-10.",
        "Dealers have parts and hours from that week on: release it then, or plan again.",
    )


@pytest.mark.parametrize("wave", ["0", "2", "99"])
def test_a_wave_that_is_not_there_is_refused(office: Desk, wave: str) -> None:
    said = office.run("mail", "release", "spring", wave, "--on", w.FIRST_LETTER)
    assert (said.code, said.out) == (1, "")
    sentence, hint = refusal(said.err)
    assert wave in sentence
    assert hint


@pytest.mark.parametrize(
    "arguments", [("spring", "one"), ("spring",), ("spring", "1", "--workers", "0")]
)
def test_a_release_that_is_typed_wrong_is_wrong_use(
    office: Desk, arguments: tuple[str, ...]
) -> None:
    said = office.run("mail", "release", *arguments)
    assert (said.code, said.out) == (2, "")


def test_a_wave_is_released_once(mailing: Desk) -> None:
    said = mailing.run("mail", "release", "spring", 1, "--on", w.FIRST_LETTER)
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == (
        "Wave 1 of 'spring' was released before.",
        "See what became of it with: renotify mail reconcile spring.",
    )


def test_a_plan_stands_once_a_wave_of_it_is_released(mailing: Desk) -> None:
    said = mailing.run("plan", "spring")
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == (
        "1 wave(s) of spring are released; the plan stands.",
        "Plan the weeks that are still free with `renotify replan spring`.",
    )


# ---- the mail house's evidence


def test_evidence_is_taken_row_by_row_and_every_refused_row_has_its_reason(
    released: Desk, mailing: Desk
) -> None:
    piece = pieces(released)
    file = answers(
        mailing,
        (piece[w.EAST_OPEN[0]], "accepted", MAILED, ""),
        (piece[w.EAST_OPEN[1]], "Accepted ", MAILED, ""),
        (piece[w.EAST_OPEN[2]], "spoiled", "", "torn"),
        (piece[w.EAST_BOTH], "gone", MAILED, ""),
        (piece[w.WEST_OPEN], "accepted", date(2013, 3, 4), ""),
        (piece[w.WEST_SERVICE], "accepted", date(2013, 3, 8), ""),
        ("NOBODY", "accepted", MAILED, ""),
        (piece[w.EAST_OPEN[0]], "accepted", date(2013, 3, 7), ""),
    )
    taken = mailing.do("mail", "accept", "spring", 1, file, on=date(2013, 3, 7))
    assert {key: taken[key] for key in ("accepted", "spoiled", "unchanged", "rejected")} == {
        "accepted": 2, "spoiled": 1, "unchanged": 0, "rejected": 5,
    }  # fmt: skip
    assert taken["reasons"] == {
        "an earlier row of this file says otherwise": 1,
        "mailed_date lies before the release": 1,
        "mailed_date lies in the future": 1,
        "no such piece": 1,
        "status is neither accepted nor spoiled": 1,
    }
    assert (taken["awaiting"], taken["complete"]) == (8 - 3, False)
    with (mailing.folder / taken["rejects"]).open(encoding="utf-8") as opened:
        assert [one["row"] for one in csv.DictReader(opened)] == ["5", "6", "7", "8", "9"]


def test_evidence_is_printed_in_words(released: Desk, mailing: Desk) -> None:
    piece = pieces(released)
    file = answers(mailing, (piece[w.WEST_OPEN], "accepted", MAILED, ""))
    printed = mailing.run("mail", "accept", "spring", 1, file, "--on", MAILED).out
    assert printed.splitlines() == [
        "follow up: spring", "wave: 1", "accepted: 1", "spoiled: 0", "taken back: 0", "unchanged: 0", "remade: 0", "unanswered: 0",
        "rejected: 0", "reasons: none", "awaiting: 7", "complete: no",
        "The list behind a figure: renotify vehicles --wave 1 --follow-up spring --by piece --letters",
    ]  # fmt: skip


def test_the_same_evidence_again_changes_nothing(released: Desk, mailing: Desk) -> None:
    piece = pieces(released)
    file = answers(mailing, (piece[w.WEST_OPEN], "accepted", MAILED, ""))
    mailing.do("mail", "accept", "spring", 1, file, on=MAILED)
    again = mailing.do("mail", "accept", "spring", 1, file, on=MAILED)
    assert (again["accepted"], again["unchanged"], again["awaiting"]) == (0, 1, 7)


@pytest.mark.parametrize("header", ["piece,status,mailed_date", "piece_id,reason", "PIECE;STATUS"])
def test_evidence_without_its_columns_is_refused_with_those_it_needs(
    mailing: Desk, header: str
) -> None:
    file = mailing.folder / "evidence.csv"
    file.write_text(f"{header}\nP1,accepted,2013-03-06\n", encoding="utf-8")
    said = mailing.run("mail", "accept", "spring", 1, file)
    assert (said.code, said.out) == (1, "")
    sentence, hint = refusal(said.err)
    assert "evidence.csv" in sentence
    assert all(name in sentence + hint for name in ("piece_id", "status", "mailed_date"))


def test_mailed_letters_are_told_to_contact_staff_and_to_the_regulator(
    released: Desk, mailing: Desk
) -> None:
    piece = pieces(released)
    file = answers(mailing, (piece[w.WEST_OPEN], "accepted", MAILED, ""))
    mailing.do("mail", "accept", "spring", 1, file, on=MAILED)
    assert (
        "The last letter was mailed on March 6, 2013."
        in mailing.run("answer", w.WEST_OPEN, "--on", MAILED).out
    )
    filed = mailing.do("report", "quarterly", w.PMP, "2013Q1", on=LATER)
    assert filed["ODATEEND"] is None  # a letter of a follow-up is no first notice
    clocks = {(one["campaign"], one["what"]): one for one in mailing.do("deadlines", on=LATER)}
    assert clocks[w.PMP, "reimbursement period"]["due"] == "2013-03-16"  # ten days after
    # a letter of a follow-up is no first notice, and a copy of it is due five days after it was mailed
    assert "The ledger holds none of these letters" in clocks[w.PMP, "owner letters"]["sentence"]
    assert clocks["spring", "copy to NHTSA, letters of 2013-03-06"]["due"] == "2013-03-11"
    assert clocks["spring", "monthly copies 2013-03"]["due"] == "2013-04-05"


# ---- returned mail


def test_returned_mail_leads_to_one_action_a_code_and_unknown_codes_wait_for_a_person(
    released: Desk, mailing: Desk
) -> None:
    piece = pieces(released)
    sent = [piece[vin] for vin in (w.WEST_OPEN, w.WEST_SERVICE)]
    file = answers(mailing, *((one, "accepted", MAILED, "") for one in sent))
    mailing.do("mail", "accept", "spring", 1, file, on=MAILED)
    back = write_csv(
        mailing.folder / "returned.csv",
        [
            {"piece_id": sent[0], "returned_date": LATER, "return_code": "L"},
            {"piece_id": sent[1], "returned_date": LATER, "return_code": "??"},
            {"piece_id": piece[w.EAST_BOTH], "returned_date": LATER, "return_code": "L"},
            {"piece_id": sent[0], "returned_date": MAILED, "return_code": "L"},
        ],
    )
    taken = mailing.do("mail", "returned", back, on=LATER)
    assert (taken["returned"], taken["rejected"], taken["queue"]) == (3, 1, [sent[1]])
    assert taken["before_evidence"] == 1  # of the letter that the mail house has not answered for
    assert sum(taken["actions"].values()) == 3
    assert taken["actions"]["ask_a_person"] == 1
    assert taken["follow_ups"] == ["spring"]
    assert taken["reasons"] == {
        "an earlier row of this file says otherwise": 1,
    }
    printed = mailing.run("mail", "returned", back, "--on", LATER).out
    assert "unchanged: 3" in printed.splitlines()
    assert "{" not in printed


# ---- the count


def test_the_count_of_a_wave_closes_and_says_what_is_still_awaited(released: Desk) -> None:
    printed = released.run("mail", "reconcile", "spring").out
    (wave,) = rows(printed, "1")
    assert wave == ["1", "2013-03-04", "9", "8", "1", "8", "0", "0", "0", "8"]
    lines = printed.splitlines()
    assert [*lines[:4], *lines[-2:]] == [
        "follow up: spring",
        "closes: yes",
        (
            "total: planned 9, undecided 0, released 8, withdrawn 1, printed 8, exceptions 0, accepted 0, spoiled 0,"
            " awaiting 8, held 0"
        ),
        "reasons: withdrawn repaired 1; exceptions none; spoiled none",
        "- Wave 1: the mail house has not answered for 8 of 8 printed pieces.",
        "The list behind a figure: renotify vehicles --follow-up spring --by wave,piece --letters",
    ]


def test_the_count_of_a_wave_that_waits_for_its_week_is_undecided(office: Desk) -> None:
    counted = office.do("mail", "reconcile", "spring")
    assert (counted["total"]["planned"], counted["total"]["undecided"]) == (9, 9)
    assert counted["sentences"] == ["Wave 1 (week of 2013-03-04) is not released: 9 pieces."]
    assert counted["closes"] is True


def test_a_follow_up_without_a_plan_has_nothing_to_count(office: Desk) -> None:
    office.do("followup", "new", w.settings_file(office.folder, name="summer"), on=w.NOTICE)
    said = office.run("mail", "reconcile", "summer")
    assert (said.code, said.out) == (1, "")
    assert refusal(said.err) == (
        "Follow-up 'summer' has no waves.",
        "Plan it first: renotify plan summer.",
    )


def test_every_piece_accounted_for_is_said_in_one_sentence(released: Desk, mailing: Desk) -> None:
    with (released.folder / "out/spring/wave-01/manifest.csv").open(encoding="utf-8") as opened:
        every = [one["piece_id"] for one in csv.DictReader(opened)]
    file = answers(mailing, *((one, "accepted", MAILED, "") for one in every))
    taken = mailing.do("mail", "accept", "spring", 1, file, on=MAILED)
    assert (taken["accepted"], taken["awaiting"], taken["complete"]) == (8, 0, True)
    assert sentences(mailing.run("mail", "reconcile", "spring").out) == [
        "Every piece is accounted for."
    ]


# ---- the proof of one piece


def test_the_proof_of_a_piece_names_its_owner_only_when_asked_and_that_is_disclosed(
    released: Desk, mailing: Desk
) -> None:
    piece = pieces(released)[w.WEST_OPEN]
    before = len(mailing.do("report", "disclosures"))
    printed = mailing.run("mail", "proof", piece).out
    assert "EXAMPLE" not in printed
    assert re.search(r"^vin: " + w.WEST_OPEN + "$", printed, re.MULTILINE)
    proven = mailing.do("mail", "proof", piece, "--with-address")
    assert "EXAMPLE" in str(proven)
    given = mailing.do("report", "disclosures")[before:]
    assert given[-1]["vehicles"] == 1
    assert given[-1]["purpose"] == "recall"


def test_a_piece_nobody_printed_has_no_proof(mailing: Desk) -> None:
    for more in ((), ("--accessible",), ("--with-address",)):
        said = mailing.run("mail", "proof", "NOBODY", *more)
        assert (said.code, said.out) == (1, "")
        assert refusal(said.err) == (
            "There is no piece 'NOBODY'.",
            "Piece ids stand in the wave's manifest.",
        )


def test_a_released_wave_is_shown_as_released(released: Desk) -> None:
    assert row(released.run("followup", "show", "spring").out, "1") == [
        "1", "2013-03-04", "9", "yes",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "header", "bad", "good"),
    [
        (("mail", "accept", "spring", 1), ("piece_id", "status", "mailed_date"), ("X", "accepted", MAILED), "accepted"),
        (("mail", "returned"), ("piece_id", "returned_date", "return_code"), ("X", LATER, "UTF"), ""),
    ],
    ids=["accept", "returned"],
)  # fmt: skip
def test_a_file_of_which_every_row_is_rejected_ends_with_1(
    mailing: Desk, released: Desk, line: tuple[object, ...], header: tuple[str, ...],
    bad: tuple[object, ...], good: str,
) -> None:  # fmt: skip
    file = mailing.folder / "file.csv"
    write_csv(file, [dict(zip(header, bad, strict=True))])
    said = mailing.run(*line, file, "--on", LATER)
    assert said.code == 1
    assert "rejected: 1" in said.out
    assert refusal(said.err)[0] == (
        "Every row of the file was rejected (1 row); nothing of it was taken in."
    )
    if good:
        known = pieces(released)[w.EAST_OPEN[0]]
        rows_of_both = [bad, (known, good, MAILED)]
        write_csv(file, [dict(zip(header, one, strict=True)) for one in rows_of_both])
        assert mailing.run(*line, file, "--on", LATER).code == 0
