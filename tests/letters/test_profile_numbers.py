"""The print profile in points, worked out from its millimetres; and the envelope's zones and label."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from letters.samples import MAIL_DATE, SENDER, rows, spec
from renotify.errors import BadInput, LetterRefused, UnknownName
from renotify.letters import envelope, faces
from renotify.letters.checks.envelope_front import check
from renotify.letters.compose import compile_letter
from renotify.letters.profile import Box, load_profile
from renotify.letters.proofsheet import longest, proof, worst
from renotify.rules import load

MM = 72 / 25.4


def test_all_that_can_show_is_the_window_at_the_ends_of_the_insert_s_way(profile):
    """The window begins 22.225 mm from the left; the sheet lies 3.175 to 22.225 mm from it.

    So at most 0 to 133.35 mm of the sheet show; from the top 104.775 - 12.7 - 28.575 = 63.5 mm, less
    0 to 4.775 mm: 58.725 to 92.075 mm.
    """
    assert profile.seen == pytest.approx([0, 58.725 * MM, 133.35 * MM, 92.075 * MM])


def test_what_always_shows_is_the_window_less_the_way_and_the_clearances(profile):
    """From 22.225 - 3.175 + 3.175 to 136.525 - 22.225 - 3.175; from 63.5 + 1.016 to 92.075 - 4.775 - 1.016 mm."""
    expected = [22.225 * MM, 64.516 * MM, 111.125 * MM, 86.284 * MM]
    assert profile.always_seen == pytest.approx(expected)


def test_sixty_five_bars_are_sixty_four_pitches_and_one_bar_long(profile):
    assert profile.barcode.width == pytest.approx((64 / 22 + 0.020) * 72)
    assert profile.barcode.height == pytest.approx(0.145 * 72)
    assert faces.bar_pitch(profile.barcode) == pytest.approx(72 / 22)
    assert faces.bar_size(profile.barcode) * 0.3 == pytest.approx(72 / 22)


def test_the_sheet_is_letter_paper_folded_at_a_hundred_millimetres(profile):
    assert profile.sheet == pytest.approx([0, 0, 612, 792])
    assert profile.fold == pytest.approx(100 * MM)
    (zone,) = profile.clear_zones
    assert zone.every_page
    assert zone.box == pytest.approx([0, 0, 9 * MM, 792])


def test_files_are_numbered_in_four_digits_and_go_on_beyond(profile):
    assert profile.file_name("w1", 1) == "w1-0001.pdf"
    assert profile.file_name("w1", 10_000) == "w1-10000.pdf"


def test_a_profile_s_digest_follows_its_text_and_its_colour_profile(profile):
    assert replace(profile, text=profile.text + " ").digest != profile.digest
    assert replace(profile, icc=b"x").digest != profile.digest
    assert load_profile().digest == profile.digest


@pytest.fixture
def changed(profile, tmp_path):
    """Load the shipped profile with one line of it changed."""

    def load(old, new):
        assert old in profile.text
        path = tmp_path / "mine.toml"
        path.write_text(profile.text.replace(old, new, 1), "utf-8")
        return load_profile(path)

    return load


@pytest.mark.parametrize(
    ("line", "least", "most", "below", "above"),
    [
        ("bars_per_inch = 22.0", "20", "24", "19.9", "24.1"),
        ("bar_width = 0.020", "0.015", "0.025", "0.014", "0.026"),
        ("full_height = 0.145", "0.125", "0.165", "0.124", "0.166"),
        ("tracker_height = 0.048", "0.039", "0.057", "0.038", "0.058"),
    ],
)
def test_a_bar_at_the_ends_of_its_range_is_taken_and_one_beyond_is_refused(
    changed, line, least, most, below, above
):
    name = line.split(" = ")[0]
    for value in (least, most):
        assert changed(line, f"{name} = {value}").size("barcode", name) == float(value)
    for value in (below, above):
        with pytest.raises(BadInput, match=f"barcode.{name} is outside"):
            changed(line, f"{name} = {value}")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[sheet]", "[paper]"),
        ("max_pages = 8", "most_pages = 8"),
        ("title = ", "called = "),
        ("width = 215.9", "width = "),
        ('icc = ""', 'icc = "press.icc"'),
        ("[barcode]", "[bars]"),
    ],
)
def test_a_profile_that_lacks_a_group_a_value_or_its_colour_file_is_refused(changed, old, new):
    with pytest.raises(BadInput, match=r"mine\.toml cannot be read"):
        changed(old, new)


def test_a_profile_that_is_not_there_is_refused_with_those_shipped():
    for name in ("nowhere", "nowhere.toml"):
        with pytest.raises(UnknownName) as caught:
            load_profile(name)
        assert "no10-window" in caught.value.hint


@pytest.mark.parametrize(
    ("box", "inside", "meets"),
    [
        (Box(0, 0, 10, 10), True, True),
        (Box(-0.01, 0, 10.01, 10), True, True),
        (Box(-0.02, 0, 10, 10), False, True),
        (Box(10, 0, 20, 10), False, False),
        (Box(9.995, 0, 20, 10), False, False),
        (Box(9.98, 0, 20, 10), False, True),
        (Box(2, 10, 8, 20), False, False),
        (Box(2, 2, 8, 8), True, True),
    ],
)
def test_boxes_lie_in_each_other_and_meet_to_a_hundredth_of_a_point(box, inside, meets):
    other = Box(0, 0, 10, 10)
    assert box.inside(other) == inside
    assert box.meets(other) == other.meets(box) == meets


# The envelope


def test_the_zones_of_a_number_ten_envelope_are_where_the_mail_manual_has_them(profile, pack):
    """9.5 by 4.125 inches; the address is read 0.5 in from the sides, 0.625 to 2.75 in from the foot."""
    zones = envelope.zones(profile, pack)
    assert zones["ocr"] == pytest.approx(
        [36, (4.125 - 2.75) * 72, (9.5 - 0.5) * 72, (4.125 - 0.625) * 72]
    )
    assert zones["barcode"] == pytest.approx(
        [(9.5 - 4.75) * 72, (4.125 - 0.625) * 72, 9.5 * 72, 4.125 * 72]
    )
    assert zones["window"] == pytest.approx([0.875 * 72, 2.5 * 72, 5.375 * 72, 3.625 * 72])


@pytest.mark.parametrize(("top", "clear"), [(9.5, True), (9.6, False)])
def test_a_label_may_reach_the_read_area_and_not_enter_it(profile, top, clear):
    """The area begins 1.375 in, 34.925 mm, from the top; the label is 25.4 mm high: 9.525 mm are left."""
    pack = load(date(2014, 2, 18))
    low = replace(profile, facts=profile.facts | {"label": profile.facts["label"] | {"top": top}})
    body = envelope.proof(low, pack, SENDER, family="safety")
    found = [f.code for f in check(body, low, pack, family="safety")]
    assert found == ([] if clear else ["label.zone"])


@pytest.mark.parametrize(
    ("day", "family", "state", "stream", "folder"),
    [
        (date(2014, 2, 18), "safety", "CA", ("safety", "en"), "safety"),
        (date(2014, 2, 18), "safety", "PR", ("safety", "es"), "safety-es"),
        (date(2014, 2, 17), "safety", "PR", ("safety", "en"), "safety"),  # no label, no Spanish one
        (date(2014, 2, 18), "service", "PR", ("service", "en"), "service"),
    ],
)
def test_the_spanish_label_goes_to_puerto_rico_only(day, family, state, stream, folder):
    """Whatever the letter's languages are: an owner elsewhere who asked for Spanish gets the English label."""
    found = envelope.stream(family, state, load(day))
    assert (found, found.folder) == (stream, folder)


# The proof


def test_the_longest_value_is_taken_column_by_column_and_codes_from_the_first_row():
    table = rows(
        3, name1=["A", "LONGEST", "BB"], city=["LONGER", "X", "Y"], zip=["62701", "90501", "10001"],
        name2=[None, "B", None],
    )  # fmt: skip
    found = longest(table)
    assert (found["name1"], found["city"], found["name2"]) == ("LONGEST", "LONGER", "B")
    assert (found["zip"], found["piece_id"]) == ("62701", "P0000001")


def test_the_worst_value_fills_its_slot_and_leaves_no_room_for_one_more_letter(version):
    filled = worst(version)
    for name in ("model_text", "dealer_name", "dealer_phone"):
        slot = min((s for s in version.slots if s.name == name), key=lambda s: s.width / s.size)
        table = faces.advances(faces.FACES[slot.face])
        room = slot.width * 1000 / slot.size - sum(int(table[ord(c)]) for c in filled[name])
        assert 0 <= room < int(table[ord("I")]), name


def test_a_proof_is_named_by_its_version_and_holds_no_owner_s_name_in_its_files(version, tmp_path):
    made = proof(version, rows(name1="ANA EXAMPLE"), tmp_path / "new", stem="spring")
    assert made.pdf.name == f"spring-{version.short_digest}.pdf"
    assert not any("ANA" in path.name for path in (tmp_path / "new").iterdir())


def test_a_print_house_that_sets_addresses_too_small_gets_no_letter(changed):
    small = changed("point_size = 8.5", "point_size = 7.9")
    with pytest.raises(LetterRefused, match=r"line1 is set in 7\.9 points, smaller than 8\.0"):
        compile_letter(spec(), profile=small, rules_on=MAIL_DATE)


def test_every_number_of_the_profile_is_read(profile):
    """By its name in a source: a number that nothing reads promises what nobody keeps."""
    room = Path(envelope.__file__).parent
    sources = "".join(
        path.read_text("utf-8") for path in room.rglob("*") if path.suffix in {".py", ".typ"}
    )
    names = [name for group in profile.facts.values() if isinstance(group, dict) for name in group]
    assert len(names) > 40
    assert [name for name in names if not re.search(rf"\b{name}\b", sources)] == []
