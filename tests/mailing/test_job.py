"""The print job of a wave: its files by kind, the same from any number of processes, read back."""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from mailing.follow_up import NAME, ON, plan, planned, small_follow_up, vehicle
from mailing.releases import contents, nothing_written, release, rows_of, states
from renotify.errors import Inconsistent, LetterRefused
from renotify.ledger import artifacts, follow_ups
from renotify.ledger.session import open_session
from renotify.letters import fields, front_readback, print_run, readback
from renotify.letters.envelope import Stream
from renotify.letters.profile import load_profile
from renotify.letters.version import LetterVersion
from renotify.mailing import approving, printing, proving, releasing, versions
from renotify.values import worker_pool
from renotify.values.worker_pool import Workers
from small_world import SENDER, Desk


def test_the_number_of_workers_does_not_change_a_byte_of_the_job(
    sqlite_ledger, tmp_path, monkeypatch
):
    """Two copies of one planned ledger are released through the command, by one process and by two."""
    world = small_follow_up(tmp_path / "input")
    for number, codes in enumerate((["ALE"], ["9LA", "ALE"], ["ALE", "CLB"], ["ALE"]), start=1):
        vehicle(world, number, *codes)
    vehicle(world, 9, "ALE", state="PR", zip="00901", city="San Juan")
    with open_session(sqlite_ledger) as session:
        plan(session, world)
    monkeypatch.setattr(versions, "SHARED_FROM", 1)
    jobs = []
    for workers in (1, 2):
        copy = shutil.copy(
            sqlite_ledger.removeprefix("sqlite:///"), tmp_path / f"{workers}.sqlite3"
        )
        desk = Desk(f"sqlite:///{copy}", tmp_path / f"desk-{workers}")
        done = desk.do("mail", "release", NAME, 1, "--workers", workers, on=ON)
        assert done["printed"] == 6
        jobs.append(contents(done["folder"]))
    assert jobs[0] == jobs[1]
    assert sum(name.endswith(".pdf") and "-0001" in name for name in jobs[0]) == 4


def test_the_progress_of_the_print_ends_with_every_letter(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"], ["9LA", "ALE"], ["ALE", "CLB"])
    said = []
    release(sqlite_session, tmp_path, printers=releasing.Printers(lambda *now: said.append(now)))
    assert [now for _, now, _ in said] == sorted(now for _, now, _ in said)
    assert len(said) == 3  # one a version
    assert said[-1] == ("Letters", 4, 4)


def test_a_small_wave_starts_no_process(sqlite_session, tmp_path, monkeypatch):
    planned(sqlite_session, tmp_path, ["ALE"])

    def started(_count):
        raise AssertionError("a process was started")

    monkeypatch.setattr(worker_pool, "worker_pool", started)
    monkeypatch.setattr(print_run, "worker_pool", started)
    done = release(sqlite_session, tmp_path, printers=releasing.Printers(workers=8))
    assert done["printed"] == 1


def test_few_letters_are_printed_by_the_workers_that_run_already_and_many_by_all_that_may(
    monkeypatch,
):
    asked = []

    @contextmanager
    def started(count):
        yield asked.append(count) or f"{count} processes"

    monkeypatch.setattr(print_run, "worker_processes", started)
    workers = Workers(4)
    few, many = printing.SHARED_FROM - 1, printing.SHARED_FROM

    def printer(letters):
        with printing._executor(letters, workers) as executor:
            return executor

    assert printer(few) is None
    workers.others = "those that run"
    assert (printer(few), asked) == ("those that run", [])
    assert (printer(many), asked) == ("4 processes", [4])


def test_each_file_of_a_job_is_recorded_with_its_kind(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"], ["CLB"])
    folder = Path(release(sqlite_session, tmp_path)["folder"])
    found = {}
    for row in artifacts.of_follow_up(sqlite_session, NAME).to_pylist():
        found.setdefault(row["kind"], set()).add(str(Path(row["path"]).relative_to(folder)))
    assert {kind: len(names) for kind, names in found.items()} == {
        "letters": 2, "letter_version": 2, "manifest": 1, "exceptions": 1, "job_ticket": 3,
        "envelope": 2,
    }  # fmt: skip
    assert set().union(*found.values()) == set(contents(folder))


def test_the_settings_of_the_mail_are_in_the_barcodes_and_on_the_ticket(sqlite_session, tmp_path):
    world = small_follow_up(tmp_path / "input")
    vehicle(world, 1, "ALE")
    plan(
        sqlite_session, world, sender=dict(SENDER) | {"mailer_id": "912345678"},
        mail={"endorsement": "Address Service Requested"},
    )  # fmt: skip
    done = release(sqlite_session, tmp_path)
    (row,) = rows_of(sqlite_session)
    assert row["imb"].startswith("00" + "141" + "912345678" + "000000")
    (ticket,) = Path(done["folder"]).glob("*-job-ticket.json")
    (stream,) = json.loads(ticket.read_text("utf-8"))["streams"]
    said = " ".join(stream["instructions"])
    assert "service type 141 (full, tracked service): Address Service Requested." in said
    assert "the new address told" in said
    assert "as evidence-sample.csv shows it: piece_id, status, mailed_date, reason." in said
    assert "DO NOT MAIL" not in said
    settings = follow_ups.settings(sqlite_session, NAME)
    printed = replace(settings, mail={"service_type": "503"})
    for asked, words in ((settings, False), (printed, True)):
        made = versions.of_follow_up(sqlite_session, asked, mail_date=ON)
        front = front_readback.read(made.front(Stream("safety", "en")))
        assert (front.find("Address Service Requested") is not None) is words


def test_a_ticket_without_a_mailer_id_says_that_its_letters_may_not_be_mailed(
    sqlite_session, tmp_path
):
    sender = {key: value for key, value in SENDER.items() if key != "mailer_id"}
    planned(sqlite_session, tmp_path, ["ALE"], sender=sender)
    done = release(sqlite_session, tmp_path)
    (ticket,) = Path(done["folder"]).glob("*-job-ticket.json")
    (stream,) = json.loads(ticket.read_text("utf-8"))["streams"]
    first = stream["instructions"][0]
    assert first == "DO NOT MAIL: the barcodes carry Mailer ID 000000, which is for tests only."


def test_a_campaign_whose_code_reads_like_another_kind_of_file_is_a_letter_still(
    sqlite_session, tmp_path
):
    """The kind of a file is what wrote it, not what its name contains."""
    world = small_follow_up(tmp_path / "input")
    vehicle(world, 1, "ALE")
    plan(sqlite_session, world, name="my-envelope-job")
    releasing.release(sqlite_session, "my-envelope-job", 1, on=ON, out=tmp_path)
    rows = artifacts.of_follow_up(sqlite_session, "my-envelope-job", "letters").to_pylist()
    assert [Path(row["path"]).parent.name for row in rows] == ["safety"]


def test_the_copy_is_made_from_the_kept_version_whatever_its_file_is_called(
    sqlite_session, tmp_path
):
    planned(sqlite_session, tmp_path, ["ALE"], ["9LA", "ALE"])
    done = release(sqlite_session, tmp_path)
    for row in rows_of(sqlite_session):
        body = proving.accessible(sqlite_session, row["piece_id"], tmp_path).read_bytes()
        kept = [LetterVersion.load(path) for path in Path(done["folder"]).rglob("*.form")]
        version = next(one for one in kept if one.digest == row["form_digest"])
        text = readback.read(body, (), version.page_count)[0].text
        assert f"Form {version.short_digest}" in text
        assert row["vin"] in text


def test_the_address_on_the_page_is_the_owner_s_in_the_form_of_publication_28(
    sqlite_session, tmp_path
):
    world = small_follow_up(tmp_path / "input")
    vehicle(world, 1, "ALE", name1="Ana Madeup", addr1="12 Fictitious St., Apartment #4b")
    plan(sqlite_session, world)
    done = release(sqlite_session, tmp_path)
    (batch,) = (Path(done["folder"]) / "safety").glob("*.pdf")
    document = pypdfium2.PdfDocument(batch)
    words = document[0].get_textpage().get_text_range().replace("\r\n", "\n")
    document.close()
    assert "ANA MADEUP\n12 FICTITIOUS ST APT 4B\nBOSTON MA 02108" in words


def test_a_batch_file_that_says_otherwise_than_its_rows_is_not_recorded(
    sqlite_session, tmp_path, monkeypatch
):
    """Lines go to print in which every owner has another name; what is read back is held against lines set anew from the rows."""
    planned(sqlite_session, tmp_path, ["ALE"], ["ALE"])
    printed = printing._printed

    def other(rows, *rest):
        at = rows.column_names.index(fields.SET["name1"])
        named = rows.set_column(at, fields.SET["name1"], [["SOMEONE ELSE"] * len(rows)])
        return printed(named, *rest)

    monkeypatch.setattr(printing, "_printed", other)
    with pytest.raises(Inconsistent, match=r"letter 1, page 1: line1 is not its row's"):
        release(sqlite_session, tmp_path)
    assert set(states(sqlite_session).values()) == {"released"}
    assert not (tmp_path / NAME / "wave-01").exists()
    monkeypatch.undo()
    assert release(sqlite_session, tmp_path)["resumed"]
    assert set(states(sqlite_session).values()) == {"printed"}


def envelopes_checked(session):
    return [
        row for row in approving.check_letters(session, NAME, on=ON) if row["role"] == "envelope"
    ]


def test_an_envelope_that_changes_between_two_waves_is_checked_and_proved_in_both_forms(
    sqlite_session, tmp_path
):
    """The label of 577.14 is law since 18 February 2014: the first wave goes the day before, the second a week later."""
    world = small_follow_up(tmp_path / "input")
    for number in (1, 2):
        vehicle(world, number, "ALE")
    plan(sqlite_session, world, weeks=2, notice=date(2014, 2, 10))
    on = date(2014, 2, 17)
    found = approving.check_letters(sqlite_session, NAME, on=on)
    fronts = [row for row in found if row["role"] == "envelope"]
    assert [row["mail_date"] for row in fronts] == ["2014-02-17", "2014-02-24"]
    files = approving.proof_letters(sqlite_session, NAME, on=on, out=tmp_path).files
    drawn = [file for file in map(Path, files) if file.match("envelope-safety*.pdf")]
    labelled = ["577.14(b)(3)" in pdf_words(file) for file in drawn]
    assert ([file.stem for file in drawn], labelled) == (
        ["envelope-safety", "envelope-safety-2014-02-24"], [False, True],
    )  # fmt: skip


def pdf_words(file):
    with pypdfium2.PdfDocument(file) as document:
        return document[0].get_textpage().get_text_bounded()


def test_the_envelopes_are_looked_at_by_the_check_of_letters_and_before_a_release_writes(
    sqlite_session, tmp_path, monkeypatch
):
    planned(sqlite_session, tmp_path, ["ALE"], ["CLB"])
    found = envelopes_checked(sqlite_session)
    assert [(row["bundle"], row["language"], row["finding"]) for row in found] == [
        ("safety", "en", "passes"), ("service", "en", "passes"),
    ]  # fmt: skip
    profile = load_profile()
    low = profile.facts | {"notation": profile.facts["notation"] | {"top": 35.0}}
    monkeypatch.setattr(versions, "load_profile", lambda: replace(profile, facts=low))
    found = envelopes_checked(sqlite_session)
    assert [(row["bundle"], row["severity"]) for row in found] == [
        ("safety", "must"), ("service", ""),
    ]  # fmt: skip
    assert found[0]["finding"] == "the notation lies in the zone ocr"
    with pytest.raises(
        LetterRefused, match=r"safety letters \(en\) .* the notation lies in the zone ocr"
    ):
        release(sqlite_session, tmp_path)
    assert nothing_written(sqlite_session, tmp_path)


def test_a_recorded_digest_is_of_the_file_as_it_lies_there(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    folder = Path(release(sqlite_session, tmp_path)["folder"])
    recorded = {
        row["path"]: row["sha256"]
        for row in artifacts.of_follow_up(sqlite_session, NAME).to_pylist()
    }
    assert recorded == {
        str(folder / name): hashlib.sha256(body).hexdigest()
        for name, body in contents(folder).items()
    }
