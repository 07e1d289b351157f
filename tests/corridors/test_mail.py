"""From the frozen list to letters, evidence and returned mail: every piece is counted, and each for the right reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from corridors import world as w
from corridors.walk import UNKNOWN_PIECE, Walk, pdf_text


def counts(document: dict, *keys: str) -> dict[str, object]:
    return {key: document[key] for key in keys}


RELEASE = (
    "wave", "planned", "released", "withdrawn", "printed", "exceptions", "withdrawn_reasons", "rebundled", "readdressed", "added",
    "versions", "unapproved",
)  # fmt: skip


def test_the_first_wave_prints_six_letters_and_the_lessors_copy(walk: Walk) -> None:
    """Guards: a lessor's record of the same day as the owner's takes nobody's letter (it took the owner's unnoticed)."""
    assert counts(walk.released, *RELEASE) == {
        "wave": 1, "planned": 7, "released": 7, "withdrawn": 0, "printed": 7, "exceptions": 0, "withdrawn_reasons": {},
        "rebundled": 0, "readdressed": 0, "added": 0,
        "versions": 2, "unapproved": 2,  # the owner's letter and the lessor's
    }  # fmt: skip
    assert walk.released["checked_on"] == w.FIRST_LETTER.isoformat()


def test_the_manifest_names_each_vehicle_of_the_wave_once_and_the_leased_one_twice(
    walk: Walk,
) -> None:
    assert walk.released
    rows = walk.job(1, "manifest.csv")
    assert Counter(row["vin"] for row in rows) == {
        **dict.fromkeys(w.EAST_A + w.WEST_A, 1),
        w.LEASED: 2,
    }
    assert {(row["bundle"], row["family"]) for row in rows} == {(w.A, "safety")}
    assert len({row["imb"] for row in rows}) == len({row["piece_id"] for row in rows}) == 7
    assert walk.job(1, "exceptions.csv") == []


def test_a_letter_states_the_hours_of_its_repair(walk: Walk) -> None:
    assert walk.released
    (file,) = {row["file"] for row in walk.job(1, "manifest.csv") if row["vin"] == w.WEST_A[0]}
    words = " ".join(pdf_text(Path(walk.released["folder"]) / file).split())
    assert f"{w.A_HOURS:.0f} hours" in words


def test_a_released_follow_up_is_not_planned_anew(walk: Walk) -> None:
    """Guards: a release -> the plan in force (caught before; kept)."""
    assert walk.released
    refused = walk.desk.run("plan", "spring", "--json")
    assert refused.code == 1
    assert "released" in refused.err


def test_the_mail_houses_evidence_alone_says_that_letters_were_mailed(walk: Walk) -> None:
    keys = (
        "wave",
        "accepted",
        "spoiled",
        "unchanged",
        "rejected",
        "reasons",
        "awaiting",
        "complete",
    )
    assert counts(walk.accepted, *keys) == {
        "wave": 1, "accepted": 7, "spoiled": 0, "unchanged": 0, "rejected": 1, "reasons": {"no such piece": 1},
        "awaiting": 0, "complete": True,
    }  # fmt: skip
    refused = (walk.desk.folder / walk.accepted["rejects"]).read_text(encoding="utf-8")
    assert UNKNOWN_PIECE in refused
    mailed = walk.desk.sql(
        "select vin, mailed_on from piece where follow_up = 'spring' and wave = 1"
    )
    assert {str(day) for _, day in mailed} == {w.MAILED.isoformat()}
    assert len(mailed) == 7


def test_the_second_wave_withdraws_the_inspected_and_writes_to_the_newer_address(
    walk: Walk,
) -> None:
    assert counts(walk.released_again, *RELEASE) == {
        "wave": 2, "planned": 5, "released": 4, "withdrawn": 1, "printed": 4, "exceptions": 0,
        "withdrawn_reasons": {"inspected_ok": 1}, "rebundled": 0, "readdressed": 1, "added": 0,
        "versions": 2, "unapproved": 2,  # recall C and the service campaign never share a letter
    }  # fmt: skip
    rows = {row["vin"]: row for row in walk.job(2, "manifest.csv")}
    assert rows.keys() == {*w.EAST_C, *w.EAST_S, *w.WEST_S}
    assert {vin: row["family"] for vin, row in rows.items()} == {
        **dict.fromkeys(w.EAST_C, "safety"), **dict.fromkeys(w.EAST_S + w.WEST_S, "service"),
    }  # fmt: skip
    file = Path(walk.released_again["folder"]) / rows[w.MOVED]["file"]
    words = " ".join(pdf_text(file).split()).upper()
    assert "77 OAK ST" in words
    assert words.count("12 ELM ST") == 1  # the other service letter's


def test_a_spoiled_piece_is_not_mailed(walk: Walk) -> None:
    keys = ("accepted", "spoiled", "unchanged", "rejected", "awaiting", "complete")
    assert counts(walk.accepted_again, *keys) == {
        "accepted": 3, "spoiled": 1, "unchanged": 0, "rejected": 0, "awaiting": 0, "complete": True,
    }  # fmt: skip
    states = dict(
        walk.desk.sql(
            "select vin, state from piece where follow_up = 'spring' and wave = 2 and family = 'safety'"
        )
    )
    assert states == {
        w.EAST_C[0]: "spoiled",
        w.EAST_C[1]: "accepted",
        w.INSPECTED_LATE: "withdrawn",
    }


def test_returned_mail_leads_to_one_action_and_an_unknown_code_to_a_person(walk: Walk) -> None:
    keys = ("returned", "unchanged", "rejected", "reasons", "actions")
    assert counts(walk.returned, *keys) == {
        "returned": 2, "unchanged": 0, "rejected": 1,
        "reasons": {
            "it was spoiled, the mail house says: load the evidence that it was mailed (mail accept), then this row again": 1
        },
        "actions": {"ask_a_person": 1, "retry_same": 1},
    }  # fmt: skip
    (queued,) = walk.returned["queue"]
    assert walk.vin_of[queued] == w.EAST_C[1]


def test_the_three_way_count_closes(walk: Walk) -> None:
    done = walk.reconciled
    assert done["closes"] is True
    assert done["total"] == {
        "planned": 22 - 1, "undecided": 22 - 1 - 7 - 5, "released": 7 + 4, "withdrawn": 1, "printed": 11, "exceptions": 0,
        "accepted": 7 + 3, "spoiled": 1, "awaiting": 0, "held": 1,  # of an owner who came in before it was released
    }  # fmt: skip
    assert done["reasons"] == {
        "withdrawn": {"inspected_ok": 1},
        "exceptions": {},
        "spoiled": {"paper jam": 1},
    }
    keys = ("wave", "planned", "released", "withdrawn", "printed", "accepted", "spoiled")
    assert [[row[key] for key in keys] for row in done["waves"][:2]] == [
        [1, 7, 7, 0, 7, 7, 0],
        [2, 5, 4, 1, 4, 3, 1],
    ]
