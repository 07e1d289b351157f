"""The print job of a wave: its files by kind, the same from any number of processes, read back."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from mailing.plant import NAME, ON, WEEK, Plant
from mailing.releases import planted, release, states
from renotify import letters, mailing
from renotify.errors import Inconsistent
from renotify.ledger import artifacts, pieces
from renotify.letters import LetterVersion, readback
from renotify.letters.profile import load_profile
from renotify.mailing import printing, versions

pytestmark = pytest.mark.usefixtures("sqlite_ledger")


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_several_processes_print_the_same_job_as_one(tmp_path, monkeypatch):
    plant = Plant(waves={1: WEEK})
    for number, codes in enumerate((["ALE"], ["9LA", "ALE"], ["ALE", "CLB"], ["ALE"]), start=1):
        plant.vehicle(number, *codes)
    plant.vehicle(9, "ALE", state="PR", zip="00901", city="San Juan")
    plant.write()
    kept = {}

    def spied(rows, made, folder, **how):
        kept.update(rows=rows, made=made, folder=folder)
        return printing_write(rows, made, folder, **how)

    printing_write = printing.write
    monkeypatch.setattr(printing, "write", spied)
    done = release(tmp_path)
    alone = contents(Path(done["folder"]))
    monkeypatch.setattr(printing, "SHARED_FROM", 1)
    said = []
    printing_write(
        kept["rows"],
        kept["made"],
        kept["folder"],
        workers=2,
        progress=lambda *now: said.append(now),
    )
    assert contents(Path(done["folder"])) == alone
    assert len([name for name in alone if name.endswith(".pdf") and "-0001" in name]) == 4
    assert said[-1] == ("Letters", 6, 6)


def test_a_small_wave_starts_no_process(tmp_path, monkeypatch):
    planted(["ALE"])
    asked = []
    started = letters.worker_processes
    monkeypatch.setattr(letters, "worker_processes", lambda n: asked.append(n) or started(n))
    release(tmp_path, workers=8)
    assert asked == [1]


def test_each_file_of_a_job_is_recorded_with_its_kind(tmp_path):
    planted(["ALE"], ["CLB"])
    folder = Path(release(tmp_path)["folder"])
    found = {}
    for row in artifacts.of_follow_up(NAME).to_pylist():
        found.setdefault(row["kind"], set()).add(str(Path(row["path"]).relative_to(folder)))
    assert found.pop("wave_folder") == {"."}
    assert {kind: len(names) for kind, names in found.items()} == {
        "letters": 2, "letter_version": 2, "manifest": 1, "exceptions": 1, "job_ticket": 2,
        "envelope": 2,
    }  # fmt: skip
    assert set().union(*found.values()) == set(contents(folder))


def test_a_campaign_whose_code_reads_like_another_kind_of_file_is_a_letter_still(tmp_path):
    """The kind of a file is what wrote it, not what its name contains."""
    plant = Plant(name="my-envelope-job")
    plant.vehicle(1, "ALE")
    plant.write()
    mailing.release("my-envelope-job", 1, on=ON, out=tmp_path)
    rows = artifacts.of_follow_up("my-envelope-job", "letters").to_pylist()
    assert [Path(row["path"]).parent.name for row in rows] == ["safety"]


def test_the_copy_is_made_from_the_kept_version_whatever_its_file_is_called(tmp_path):
    planted(["ALE"], ["9LA", "ALE"])
    done = release(tmp_path)
    for row in pieces.of_wave(NAME, 1).to_pylist():
        body = mailing.accessible(row["piece_id"], tmp_path).read_bytes()
        kept = [LetterVersion.load(path) for path in Path(done["folder"]).rglob("*.form")]
        version = next(one for one in kept if one.digest == row["form_digest"])
        text = readback.read(body, (), version.page_count)[0].text
        assert f"Form {version.short_digest}" in text
        assert row["vin"] in text


def test_the_address_on_the_page_is_the_owner_s_in_the_form_of_publication_28(tmp_path):
    plant = Plant()
    plant.vehicle(1, "ALE", name1="Ana Madeup", addr1="12 Fictitious St., Apartment #4b")
    plant.write()
    done = release(tmp_path)
    (batch,) = (Path(done["folder"]) / "safety").glob("*.pdf")
    document = pypdfium2.PdfDocument(batch)
    words = document[0].get_textpage().get_text_range().replace("\r\n", "\n")
    document.close()
    assert "ANA MADEUP\n12 FICTITIOUS ST APT 4B\nBOSTON MA 02108" in words


def test_a_batch_file_that_says_otherwise_than_its_rows_is_not_recorded(tmp_path, monkeypatch):
    """The sample is compared with rows in which every owner has another name."""
    planted(["ALE"], ["ALE"])
    sample = letters.sample

    def other(version, path, rows):
        at = rows.column_names.index("name1")
        return sample(version, path, rows.set_column(at, "name1", [["SOMEONE ELSE"] * len(rows)]))

    monkeypatch.setattr(letters, "sample", other)
    with pytest.raises(Inconsistent, match=r"letter 1, page 1: line1 is not its row's"):
        release(tmp_path)
    assert set(states().values()) == {"released"}
    assert not (tmp_path / NAME / "wave-01").exists()
    monkeypatch.undo()
    assert release(tmp_path)["resumed"]
    assert set(states().values()) == {"printed"}


def test_the_check_of_letters_looks_at_the_envelopes_that_go_with_them(monkeypatch):
    planted(["ALE"], ["CLB"])
    found = [row for row in mailing.check_letters(NAME, on=ON) if row["role"] == "envelope"]
    assert [(row["bundle"], row["language"], row["finding"]) for row in found] == [
        ("safety", "en", "passes"), ("service", "en", "passes"),
    ]  # fmt: skip
    profile = load_profile()
    low = profile.facts | {"label": profile.facts["label"] | {"top": 30.0}}
    monkeypatch.setattr(versions, "load_profile", lambda: replace(profile, facts=low))
    found = [row for row in mailing.check_letters(NAME, on=ON) if row["role"] == "envelope"]
    assert [(row["bundle"], row["severity"]) for row in found] == [
        ("safety", "must"), ("service", ""),
    ]  # fmt: skip
    assert found[0]["finding"] == "the label lies in the zone ocr"


def test_a_recorded_digest_is_of_the_file_as_it_lies_there(tmp_path):
    planted(["ALE"])
    folder = Path(release(tmp_path)["folder"])
    recorded = {
        row["path"]: row["sha256"]
        for row in artifacts.of_follow_up(NAME).to_pylist()
        if row["kind"] != "wave_folder"
    }
    assert recorded == {
        str(folder / name): hashlib.sha256(body).hexdigest()
        for name, body in contents(folder).items()
    }
