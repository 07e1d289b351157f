"""The envelope: label for safety recalls only, as large and where it must be; the job ticket."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from letters.samples import SENDER, rows
from renotify.errors import BadInput, NothingToDo, UnknownName
from renotify.letters import envelope, readback
from renotify.letters.print_run import render
from renotify.letters.profile import Box, load_profile
from renotify.rules import normal


def moved(profile, group, **changes):
    facts = profile.facts | {group: profile.facts[group] | changes}
    return replace(profile, facts=facts)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_drawn_label_passes_and_reads_as_the_rule_says(profile, pack, language):
    body = envelope.proof(profile, pack, SENDER, family="safety", language=language)
    assert envelope.check(body, profile, pack, family="safety", language=language) == []
    words = normal(pack.statement("P12").wording(language))
    assert words in normal(readback.read(body, (), 1)[0].text)


def test_the_label_is_one_by_three_inches(profile, pack):
    box = envelope.label_box(profile, pack)
    assert box.right - box.left == pytest.approx(216)
    assert box.bottom - box.top == pytest.approx(72)


def test_a_service_campaign_s_envelope_has_no_label(profile, pack):
    body = envelope.proof(profile, pack, SENDER, family="service")
    assert envelope.check(body, profile, pack, family="service") == []
    assert envelope.check(body, profile, pack, family="safety")[0].code == "label.missing"
    labelled = envelope.proof(profile, pack, SENDER, family="safety")
    assert envelope.check(labelled, profile, pack, family="service")[0].code == "label.none"


def test_a_label_in_the_read_area_is_found(profile, pack):
    low = moved(profile, "label", top=30.0)
    body = envelope.proof(low, pack, SENDER, family="safety")
    assert {f.code for f in envelope.check(body, low, pack, family="safety")} == {"label.zone"}


def test_a_mixed_run_is_two_print_streams(version, service_version, pack, tmp_path):
    runs = [
        (version, render(version, rows(3), tmp_path, stem="recall")),
        (service_version, render(service_version, rows(2), tmp_path, stem="service")),
    ]
    ticket = envelope.job_ticket(runs, tmp_path, stem="w1", sender=SENDER, pack=pack)
    streams = json.loads(ticket.json.read_text("utf-8"))["streams"]
    assert [(s["family"], s["letters"]) for s in streams] == [("safety", 3), ("service", 2)]
    assert [s["label"] for s in streams] == ["yes, 1 by 3 inches", "no"]
    assert {f["name"] for s in streams for f in s["files"]} == {
        "recall-0001.pdf",
        "service-0001.pdf",
    }
    assert len(ticket.envelopes) == 2
    assert ticket.pdf.read_bytes().startswith(b"%PDF")


def test_a_ticket_for_nothing_is_refused(pack, tmp_path):
    with pytest.raises(NothingToDo):
        envelope.job_ticket([], tmp_path, stem="w", sender=SENDER, pack=pack)


def test_what_always_shows_lies_within_what_can_show(profile):
    assert profile.always_seen.inside(profile.seen)
    assert profile.seen.bottom < profile.fold
    narrow = profile.always_seen.right - profile.always_seen.left
    assert narrow >= profile.barcode.width + 2 * 9


def test_the_profile_agrees_with_the_rule_pack_s_measures(profile, pack):
    pairs = {
        "window_left": ("window", "left"),
        "window_bottom": ("window", "bottom"),
        "window_width": ("window", "width"),
        "window_height": ("window", "height"),
        "envelope_width": ("envelope", "width"),
        "envelope_height": ("envelope", "height"),
        "window_clear_side": ("clearance", "side"),
        "window_clear_top": ("clearance", "above_below"),
    }
    for name, place in pairs.items():
        assert profile.size(*place) * 72 / 25.4 == pytest.approx(pack.measure(name).points)
    for name in ("bar_width", "full_height", "tracker_height"):
        least, most = pack.measure(f"imb_{name}").range_points
        assert least <= getattr(profile.barcode, name) * 72 <= most
    assert profile.size("address", "point_size") >= pack.measure("address_type").least


def test_an_unknown_or_broken_profile_is_refused(tmp_path):
    with pytest.raises(UnknownName, match="nowhere") as caught:
        load_profile("nowhere")
    assert "no10-window" in caught.value.hint
    path = tmp_path / "mine.toml"
    path.write_text("name = 'mine'\n", "utf-8")
    with pytest.raises(BadInput, match=r"mine\.toml cannot be read"):
        load_profile(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("left_max = 22.225", "left_max = 60.0", "does not stay within the window"),
        ("full_height = 0.145", "full_height = 0.3", "outside 0.125 to 0.165"),
    ],
)
def test_a_profile_that_no_letter_can_meet_is_refused(profile, tmp_path, old, new, words):
    path = tmp_path / "mine.toml"
    path.write_text(profile.text.replace(old, new), "utf-8")
    with pytest.raises(BadInput, match=words):
        load_profile(path)


def test_boxes_know_inside_and_overlap():
    box = Box(0, 0, 10, 10)
    assert Box(1, 1, 9, 9).inside(box)
    assert not Box(1, 1, 11, 9).inside(box)
    assert box.meets(Box(9, 9, 20, 20))
    assert not box.meets(Box(10, 0, 20, 10))
