"""The envelope: notation and label for safety recalls only, as the rules of the day say, read back; the job ticket."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from letters.samples import SENDER, rows
from renotify.campaigns.mail_service import mail_service
from renotify.errors import BadInput, NothingToDo, UnknownName
from renotify.letters import envelope, readback
from renotify.letters.checks.envelope_front import check
from renotify.letters.envelope import Stream
from renotify.letters.front_readback import read
from renotify.letters.job_ticket import Run, job_ticket
from renotify.letters.print_run import render
from renotify.letters.profile import Box, load_profile
from renotify.letters.typesetting import SOURCES
from renotify.rules import load, normal


@pytest.fixture(scope="module")
def since():
    """The rules of a day on which the label is law."""
    return load(date(2014, 2, 18))


@pytest.fixture(scope="module")
def drawn(profile, since):
    """The fronts of 2014, by family and label language."""
    return {
        (family, language): envelope.proof(profile, since, SENDER, family=family, language=language)
        for family, language in (("safety", "en"), ("safety", "es"), ("service", "en"))
    }


def moved(profile, group, **changes):
    facts = profile.facts | {group: profile.facts[group] | changes}
    return replace(profile, facts=facts)


def worded(pack, name, words):
    """Return a pack in which a statement has other words."""
    row = replace(pack.statement(name), text={"en": words, "es": words})
    statements = MappingProxyType(dict(pack.rows["statements"]) | {name: row})
    return replace(pack, rows=MappingProxyType(dict(pack.rows) | {"statements": statements}))


def codes(body, profile, pack, family="safety", language="en"):
    return {f.code for f in check(body, profile, pack, family=family, language=language)}


# What it bears


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_recall_s_envelope_bears_notation_and_label_as_the_rules_say(
    drawn, profile, since, language
):
    body = drawn["safety", language]
    assert codes(body, profile, since, language=language) == set()
    text = normal(readback.read(body, (), 1)[0].text)
    assert "SAFETY RECALL NOTICE" in text  # English on every envelope
    assert normal(since.statement("P12").wording(language)) in text


def test_an_english_label_is_no_label_for_puerto_rico_nor_a_spanish_one_elsewhere(
    drawn, profile, since
):
    for drawn_in, wanted in (("en", "es"), ("es", "en")):
        found = codes(drawn["safety", drawn_in], profile, since, language=wanted)
        assert "label.missing" in found


def test_the_label_is_one_by_three_inches_and_the_notation_of_fourteen_points(drawn):
    front = read(drawn["safety", "en"])
    first = front.find("IMPORTANT SAFETY RECALL INFORMATION")
    second = front.find("Issued in Accordance With Federal Law")
    frame = front.around(front.box([*first, *second]))[0].box
    size = (frame.right - frame.left, frame.bottom - frame.top)
    assert size == pytest.approx((216, 72))
    assert front.smallest(front.find("safety recall notice")) == pytest.approx(14)


def test_a_service_campaign_s_envelope_bears_neither(drawn, profile, since):
    assert codes(drawn["service", "en"], profile, since, family="service") == set()
    assert codes(drawn["service", "en"], profile, since) == {"notation.missing", "label.missing"}
    marked = codes(drawn["safety", "en"], profile, since, family="service")
    assert marked == {"notation.none", "label.none"}


def test_an_envelope_of_before_18_february_2014_bears_the_notation_and_no_label(
    drawn, profile, pack
):
    body = envelope.proof(profile, pack, SENDER, family="safety")
    assert codes(body, profile, pack) == set()
    assert codes(drawn["safety", "en"], profile, pack) == {"label.none"}
    assert read(body).find("IMPORTANT SAFETY RECALL INFORMATION") is None
    assert read(body).find("SAFETY RECALL NOTICE") is not None


def test_no_caption_of_the_proof_is_printed_over_another(drawn):
    captions = (
        "OCR read area",
        "barcode clear zone",
        "insert, lowest and rightmost",
        "insert, highest and leftmost",
    )
    for body in drawn.values():
        front = read(body)
        places = [front.find(words) for words in captions]
        assert None not in places
        boxes = [front.box(place) for place in places]
        for number, one in enumerate(boxes):
            for other in boxes[number + 1 :]:
                apart = one.right < other.left or other.right < one.left
                assert apart or one.bottom < other.top or other.bottom < one.top


# What refuses it


def test_a_label_of_other_type_or_size_is_found(profile, since):
    for name, change, code in (
        ("label_type", {"value": 9.0}, "label.type"), ("label_height", {"value": 0.9}, "label.size"),
    ):  # fmt: skip
        row = replace(since.measure(name), **change)
        mail = MappingProxyType(dict(since.rows["mail"]) | {name: row})
        other = replace(since, rows=MappingProxyType(dict(since.rows) | {"mail": mail}))
        body = envelope.proof(profile, other, SENDER, family="safety")
        assert codes(body, profile, since) == {code}


@pytest.mark.parametrize(
    ("words", "code"),
    [("Safety Recall Notice", "notation.capitals"), ("SAFETY NOTICE", "notation.missing")],
)
def test_a_notation_in_other_words_or_in_small_letters_is_found(profile, since, words, code):
    body = envelope.proof(profile, worded(since, "ENV1", words), SENDER, family="safety")
    assert code in codes(body, profile, since)


@pytest.mark.parametrize(
    ("group", "change", "wrong"),
    [
        ("notation", {"point_size": 8.5}, True),  # the address's own size is not larger
        ("notation", {"point_size": 8.6}, False),
        ("address", {"point_size": 14.0}, True),
    ],
)
def test_the_notation_is_larger_than_the_address_in_the_window(
    profile, since, group, change, wrong
):
    other = moved(profile, group, **change)
    body = envelope.proof(other, since, SENDER, family="safety")
    assert codes(body, other, since) == ({"notation.type"} if wrong else set())


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('weight: "bold", fill: rgb(n.colour)', "fill: black", "notation.distinct"),
        ('weight: "bold", fill: rgb(n.colour)', 'weight: "bold", fill: rgb("#200010")', "notation.distinct"),
        ('weight: "bold", fill: rgb(n.colour)', "fill: rgb(n.colour)", None),  # the colour alone tells
        ('weight: "bold", fill: rgb(n.colour)', 'weight: "bold", fill: white', "notation.legible"),
        ('block(width: 100%, fill: rgb("#c8102e")', 'block(width: 100%, fill: rgb("#1030c8")', "label.colour"),
        ("size: l.size * 1pt, l.second)", "size: l.size * 1pt, upper(l.second))", "label.capitals"),
        ("stroke: 0.6pt + black, fill: white, clip: true", "clip: false", "label.size"),
        ("text(size: 8pt)[*#e", "text(size: 15pt)[*#e", "notation.type"),
    ],
)  # fmt: skip
def test_each_way_of_spoiling_a_front_is_found_on_the_finished_page(
    profile, since, tmp_path, old, new, code
):
    shutil.copytree(SOURCES, tmp_path / "typst")
    source = tmp_path / "typst" / "envelope.typ"
    text = source.read_text("utf-8")
    assert text.count(old) == 1
    source.write_text(text.replace(old, new), "utf-8")
    body = envelope.proof(profile, since, SENDER, family="safety", sources=tmp_path / "typst")
    found = codes(body, profile, since)
    assert (code in found) if code else found == set()


@pytest.mark.parametrize(
    ("group", "place", "zone"),
    [
        ("label", {"top": 30.0}, "ocr"),
        ("label", {"left": 150.0}, "indicia"),
        ("notation", {"top": 35.0}, "ocr"),
        ("notation", {"left": 170.0, "top": 18.0}, "indicia"),
        ("notation", {"left": 30.0, "top": 75.0}, "window"),
        ("notation", {"left": 130.0, "top": 92.0}, "barcode"),
    ],
)
def test_a_mark_in_a_zone_is_found(profile, since, group, place, zone):
    other = moved(profile, group, **place)
    body = envelope.proof(other, since, SENDER, family="safety")
    findings = check(body, other, since, family="safety")
    assert f"the {group} lies in the zone {zone}" in {one.message for one in findings}


def test_a_notation_on_the_label_or_on_the_return_address_is_found(profile, since):
    for place in ({"left": 120.0, "top": 18.0}, {"left": 9.5, "top": 10.0}):
        other = moved(profile, "notation", **place)
        body = envelope.proof(other, since, SENDER, family="safety")
        assert codes(body, other, since) & {"notation.zone", "label.zone"}


def test_five_lines_below_the_sender_s_name_still_leave_room_for_the_notation(profile, since):
    for lines, found in ((5, set()), (6, {"notation.zone", "notation.legible"})):
        sender = replace(SENDER, address=tuple(f"LINE {n} TORRANCE CA 90501" for n in range(lines)))
        body = envelope.proof(profile, since, sender, family="safety")
        assert codes(body, profile, since) == found


def test_a_sender_whose_name_holds_the_words_in_small_letters_does_not_hide_the_notation(
    profile, since
):
    sender = replace(SENDER, name="Example Safety Recall Notice Center")
    body = envelope.proof(profile, since, sender, family="safety")
    assert codes(body, profile, since) == set()


# The ticket


def test_each_envelope_of_a_run_is_a_stream_of_the_job_ticket(
    version, service_version, drawn, since, tmp_path
):
    streams = [Stream("safety", "en"), Stream("safety", "es"), Stream("service", "en")]
    runs = [
        Run(version, render(version, rows(3), tmp_path, stem="recall"), streams[0]),
        Run(version, render(version, rows(1), tmp_path, stem="island"), streams[1]),
        Run(service_version, render(service_version, rows(2), tmp_path, stem="service"), streams[2]),
    ]  # fmt: skip
    fronts = {stream: drawn[tuple(stream)] for stream in streams}
    ticket = job_ticket(runs, fronts, tmp_path, stem="w1", pack=since)
    told = json.loads(ticket.json.read_text("utf-8"))["streams"]
    assert [(s["family"], s["language"], s["letters"]) for s in told] == [
        ("safety", "en", 3), ("safety", "es", 1), ("service", "en", 2),
    ]  # fmt: skip
    assert [(s["label"], s["notation"]) for s in told] == [
        ("yes, 1 by 3 inches, in English", "SAFETY RECALL NOTICE, bold and red, 14 points"),
        ("yes, 1 by 3 inches, in Spanish", "SAFETY RECALL NOTICE, bold and red, 14 points"),
        ("no", "no"),
    ]
    assert [[f["name"] for f in s["files"]] for s in told] == [
        ["recall-0001.pdf"], ["island-0001.pdf"], ["service-0001.pdf"],
    ]  # fmt: skip
    assert [(tmp_path / s["front"]).read_bytes() for s in told] == list(fronts.values())
    words = normal(" ".join(page.text for page in readback.read(ticket.pdf.read_bytes(), (), 3)))
    assert words.count("placeholders: put in the art") == 2
    assert words.count("Neither the notation of 49 CFR 577.5(a) nor the label") == 1


def test_a_ticket_of_2013_orders_no_label_and_says_what_is_not_established(
    version, profile, pack, tmp_path
):
    stream = Stream("safety", "en")
    run = Run(version, render(version, rows(1), tmp_path, stem="recall"), stream)
    front = envelope.proof(profile, pack, SENDER, family="safety")
    ticket = job_ticket([run], {stream: front}, tmp_path, stem="w1", pack=pack)
    (told,) = json.loads(ticket.json.read_text("utf-8"))["streams"]
    assert told["label"] == "no"
    assert told["instructions"][0].endswith(
        "No label: that of 49 CFR 577.14 was not yet in force on 2013-03-05."
    )
    assert [one["id"] for one in told["not_established"]] == ["ENV1"]
    words = normal(readback.read(ticket.pdf.read_bytes(), (), 1)[0].text)
    assert "from memory; the text of 577.5(a) of before 2014-02-18 was not found" in words


def test_a_ticket_asks_about_the_label_of_follow_ups_only_where_letters_are_follow_ups():
    """577.14(a) keeps the label to first notices: what counsel must decide is whether a follow-up bears it."""
    label = load(date(2014, 3, 5)).statement("P12")
    assert label.is_open_in({"follow_up"})
    assert label.is_open_in({"initial", "follow_up"})
    assert not label.is_open_in({"initial", "interim"})
    act = load(date(2013, 3, 5)).statement("P3")
    assert act.is_open_in({"initial"})
    assert not load(date(2014, 3, 5)).statement("P3").is_open_in({"initial"})


def test_a_ticket_for_nothing_is_refused(pack, tmp_path):
    with pytest.raises(NothingToDo):
        job_ticket([], {}, tmp_path, stem="w", pack=pack)


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


def test_a_profile_of_before_the_notation_has_it_where_the_shipped_one_has(profile, tmp_path):
    before, after = profile.text.split("[notation]")
    path = tmp_path / "mine.toml"
    path.write_text(before + "[return_address]" + after.split("[return_address]")[1], "utf-8")
    assert "[notation]" not in path.read_text("utf-8")
    assert load_profile(path).facts["notation"] == profile.facts["notation"]


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


# What the Postal Service is asked to do


def test_an_endorsement_that_must_be_printed_stands_below_the_return_address(profile, since):
    asked = "Address Service Requested"
    body = envelope.proof(profile, since, SENDER, family="safety", endorsement=asked)
    front = read(body)
    place = front.box(front.find(asked))
    last_line = front.box(front.find(SENDER.address[-1]))
    notation = front.box(front.find("SAFETY RECALL NOTICE"))
    assert last_line.bottom < place.top < place.bottom < notation.top
    assert not check(body, profile, since, family="safety", endorsement=asked)


def test_a_front_without_the_endorsement_of_its_barcodes_is_refused(drawn, profile, since):
    found = check(
        drawn["safety", "en"], profile, since, family="safety", endorsement="Return Service Requested"
    )  # fmt: skip
    assert [finding.code for finding in found] == ["endorsement.missing"]


@pytest.mark.parametrize(
    ("mail", "printed"),
    [
        ({"service_type": "503"}, "Address Service Requested"),
        ({"service_type": "141"}, ""),
        ({"endorsement": "Return Service Requested"}, ""),
        ({"service_type": "999", "endorsement": "Change Service Requested"}, "Change Service Requested"),
        ({"service_type": "999", "endorsement": "none"}, ""),
    ],
)  # fmt: skip
def test_only_a_service_type_that_needs_the_words_prints_them(mail, printed):
    assert mail_service(mail).on_front == printed
