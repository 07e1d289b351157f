"""What a release refuses: one sentence, and nothing half-written."""

from __future__ import annotations

import json
from datetime import date

import pytest

from mailing.follow_up import (
    NAME,
    ON,
    PERSON,
    STREET,
    freeze,
    load,
    plan,
    planned,
    small_follow_up,
    vehicle,
)
from mailing.releases import interrupted, nothing_written, release, rows_of, without_pieces
from renotify.errors import BadInput, LetterRefused, NothingToDo, Refused, UnknownName
from renotify.ledger import pieces
from renotify.mailing import approving, proving, reconciling, releasing, returns
from small_world import SENDER


def test_no_letter_before_the_days_after_the_notice(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    with pytest.raises(Refused, match="No letter may be mailed before 2013-03-05"):
        release(sqlite_session, tmp_path, on=date(2013, 3, 4))
    assert nothing_written(sqlite_session, tmp_path)


def test_no_wave_before_its_week(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"remedy_available_date": date(2013, 4, 3)})
    with pytest.raises(Refused, match="planned for the week of 2013-04-01; today is 2013-03-29"):
        release(sqlite_session, tmp_path, on=date(2013, 3, 29))
    assert nothing_written(sqlite_session, tmp_path)


def test_a_campaign_without_its_translation_refuses_the_list_and_one_that_loses_it_the_wave(
    sqlite_session, tmp_path
):
    silent = {"es": None}
    world = small_follow_up(tmp_path / "input", ALE=silent)
    vehicle(world, 1, "ALE")
    vehicle(world, 2, "ALE", language="es")
    with pytest.raises(Refused, match=r"Campaign ALE has no `defect` under \[campaign\.es\]"):
        plan(sqlite_session, world)
    load(sqlite_session, small_follow_up(tmp_path / "spanish"))
    plan(sqlite_session, small_follow_up(tmp_path / "again"))
    load(sqlite_session, small_follow_up(tmp_path / "silent", ALE=silent))
    with pytest.raises(LetterRefused, match=r"letter for ALE to the owner .* in language 'es'"):
        release(sqlite_session, tmp_path)
    assert nothing_written(sqlite_session, tmp_path)


def test_proofs_of_the_good_versions_are_written_beside_one_that_is_refused(
    sqlite_session, tmp_path
):
    world = small_follow_up(tmp_path / "input")
    vehicle(world, 1, "ALE")
    vehicle(world, 2, "ALE", language="es")
    plan(sqlite_session, world)
    load(sqlite_session, small_follow_up(tmp_path / "silent", ALE={"es": None}))
    files, refused = approving.proof_letters(sqlite_session, NAME, on=ON, out=tmp_path / "out")
    (said,) = refused
    assert said.startswith("The letter for ALE to the owner (en+es) is refused:")
    english = [name for name in files if "ALE-owner-en-" in name]
    assert {name.rpartition(".")[2] for name in english} == {"pdf", "png"}
    assert not [name for name in files if "en_es" in name or "en+es" in name]


NO_ADDRESS = {name: value for name, value in SENDER.items() if name != "address"}


@pytest.mark.parametrize(
    ("code", "sender", "said"),
    [
        (
            "ALE", {},
            ("before 4 facts are stated or mended: [sender] has no name. [sender] has no address. [sender] has no phone."
             " [sender] has no tty."),
        ),
        ("ALE", NO_ADDRESS, "before 1 fact is stated or mended: [sender] has no address."),
        ("ALE", SENDER | {"phone": "", "tty": ""}, "before 2 facts are stated or mended: [sender] has no phone. [sender] has no tty."),
        ("CLB", {}, "before 3 facts are stated or mended: [sender] has no name. [sender] has no address. [sender] has no phone."),
    ],
    ids=["nothing", "no address", "no telephone", "of a service campaign"],
)  # fmt: skip
def test_no_list_is_frozen_of_a_sender_that_cannot_write(sqlite_session, tmp_path, code, sender, said):  # fmt: skip
    """577.11(c)(2): a recall's telephone has a TTY; a service campaign's letter can do without."""
    with pytest.raises(Refused) as refused:
        planned(sqlite_session, tmp_path, [code], sender=sender)
    lines = [line.strip() for line in refused.value.message.splitlines()]
    assert " ".join(lines) == f"No letter can be printed {said}"
    assert len(lines) == 1 or len(lines) == 1 + said.count("[sender]")  # one a line
    assert "followup.toml" in refused.value.hint
    assert sqlite_session.scalar("select count(*) from follow_up") == 0


def test_the_sender_s_words_in_spanish_are_asked_for_where_a_letter_is_in_spanish(
    sqlite_session, tmp_path
):
    world = small_follow_up(tmp_path / "input")
    vehicle(world, 1, "ALE", language="es")
    with pytest.raises(
        Refused, match=r"states its hours, and \[sender\.es\] has no Spanish words for it"
    ):
        plan(sqlite_session, world, sender=dict(SENDER) | {"hours": "8 to 5"})


def test_a_list_of_before_without_the_sender_s_address_is_refused_by_check_and_release_alike(
    sqlite_session, tmp_path
):
    planned(sqlite_session, tmp_path, ["ALE"])
    held = json.loads(sqlite_session.scalar("select cast(settings as text) from follow_up"))
    with sqlite_session.transaction():
        sqlite_session.execute(
            "update follow_up set settings = :held", held=json.dumps(held | {"sender": NO_ADDRESS})
        )
    for refused in (
        lambda: approving.check_letters(sqlite_session, NAME, on=ON),
        lambda: release(sqlite_session, tmp_path),
    ):
        with pytest.raises(BadInput, match=r"can be printed: \[sender\] has no address\."):
            refused()
    assert nothing_written(sqlite_session, tmp_path)


def test_an_unknown_wave_and_an_unknown_follow_up_are_refused(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    with pytest.raises(UnknownName, match="has no wave 9"):
        release(sqlite_session, tmp_path, wave=9)
    with pytest.raises(UnknownName, match="nobody"):
        releasing.release(sqlite_session, "nobody", 1, on=ON, out=tmp_path)


def test_a_folder_from_another_ledger_is_not_written_over(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    (tmp_path / NAME / "wave-01").mkdir(parents=True)
    with pytest.raises(Refused, match="this ledger did not write it"):
        release(sqlite_session, tmp_path)
    assert not pieces.wave(sqlite_session, NAME, 1).released


def test_an_interrupted_release_is_finished_where_it_was_begun(
    sqlite_session, tmp_path, monkeypatch
):
    planned(sqlite_session, tmp_path, ["ALE"])
    with monkeypatch.context() as patched:
        interrupted(patched, "_record")
        with pytest.raises(KeyboardInterrupt):
            release(sqlite_session, tmp_path / "one")
    with pytest.raises(Refused, match="was begun in"):
        release(sqlite_session, tmp_path / "two")
    assert release(sqlite_session, tmp_path / "one")["printed"] == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda session, out: approving.check_letters(session, "nobody", on=ON),
        lambda session, out: approving.proof_letters(session, "nobody", on=ON, out=out),
        lambda session, out: approving.approve_letters(
            session, "nobody", approver="counsel", on=ON
        ),
        lambda session, out: reconciling.reconcile(session, "nobody"),
    ],
    ids=["check", "proof", "approve", "reconcile"],
)
def test_letters_of_a_follow_up_that_nobody_froze_are_refused(sqlite_session, tmp_path, ask):
    with pytest.raises(UnknownName, match="nobody"):
        ask(sqlite_session, tmp_path)
    assert list(tmp_path.glob("nobody*")) == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda session, out: approving.check_letters(session, NAME, on=ON),
        lambda session, out: approving.proof_letters(session, NAME, on=ON, out=out),
        lambda session, out: approving.approve_letters(session, NAME, approver="counsel", on=ON),
    ],
    ids=["check", "proof", "approve"],
)
def test_there_are_no_letters_without_pieces(sqlite_session, tmp_path, ask):
    without_pieces(sqlite_session, tmp_path)
    with pytest.raises(NothingToDo, match="has no pieces"):
        ask(sqlite_session, tmp_path)


def test_a_follow_up_without_waves_cannot_be_reconciled(sqlite_session, tmp_path):
    world = small_follow_up(tmp_path / "input")
    vehicle(world, 1, "ALE")
    freeze(sqlite_session, world)
    with pytest.raises(UnknownName, match="has no waves"):
        reconciling.reconcile(sqlite_session, NAME)


def test_a_wave_without_pieces_is_not_released(sqlite_session, tmp_path):
    without_pieces(sqlite_session, tmp_path)
    with pytest.raises(NothingToDo, match="has no pieces to release"):
        release(sqlite_session, tmp_path)


def test_no_copy_is_made_of_a_letter_that_was_not_printed(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    with pytest.raises(UnknownName, match="no piece 'XXX'"):
        proving.accessible(sqlite_session, "XXX", tmp_path)
    row = rows_of(sqlite_session)[0]
    with pytest.raises(NothingToDo, match="was not printed"):
        proving.accessible(sqlite_session, row["piece_id"], tmp_path)
    done = release(sqlite_session, tmp_path)
    for path in (tmp_path / NAME).rglob("*.form"):
        path.unlink()
    with pytest.raises(NothingToDo, match="its version is gone"):
        proving.accessible(sqlite_session, row["piece_id"], tmp_path)
    assert done["printed"] == 1
    assert not (tmp_path / "proofs").exists()


def test_a_file_of_returned_mail_with_another_header_is_refused_whole(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    file = tmp_path / "back.csv"
    file.write_text("piece,code\n1,2\n", "utf-8")
    with pytest.raises(BadInput, match=r"back\.csv has no header row that is known"):
        returns.returned(sqlite_session, file, on=ON)


def test_a_path_too_long_to_record_is_refused_before_anything_is_written(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    with pytest.raises(BadInput, match="more than 170 characters"):
        release(sqlite_session, tmp_path / ("x" * 180))
    assert nothing_written(sqlite_session, tmp_path)


def test_nothing_personal_stands_in_a_name_or_a_manifest(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    done = release(sqlite_session, tmp_path)
    words = [*PERSON.split(), STREET.split()[1], "Boston"]
    said = (
        str(done)
        + str(reconciling.reconcile(sqlite_session, NAME))
        + "".join(map(str, tmp_path.rglob("*")))
    )
    for path in (tmp_path / NAME / "wave-01").glob("*.csv"):
        said += path.read_text("utf-8")
    row = rows_of(sqlite_session)[0]
    said += str(proving.proof(sqlite_session, row["piece_id"]))
    assert [word for word in words if word.lower() in said.lower()] == []
