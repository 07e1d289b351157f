"""The form by which an owner tells a sale or a move: in every letter about one recall or two, on the sheet that it takes anyway."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from itertools import combinations
from pathlib import Path

import pytest

from letters import samples
from renotify.campaigns import catalogue
from renotify.letters import compose

CAMPAIGNS = {
    one.campaign_code: one
    for one in catalogue.read(Path(str(files("renotify.demo") / "campaigns.toml")))
}
RECALLS = [code for code, one in CAMPAIGNS.items() if one.family == "safety"]
HOURS = {code: (2.0 + place, 3.0 + place) for place, code in enumerate(CAMPAIGNS)}
SIZE = 8.8  # points of the slots in the form


def about(*codes, **changes):
    """The demo's own words of its campaigns, and all that a sender may state."""
    together = {"one_visit": codes, "visit_hours": (9.0, 12.0)} if codes[1:] else {}
    facts = {"sender": samples.FULL, "labor_hours": HOURS, "language": "en+es", **together}
    return samples.spec(*(CAMPAIGNS[code] for code in codes), **(facts | changes))


def in_form(version):
    """Return the pages on which a form has its VIN and reference."""
    slots = [slot for slot in version.slots if slot.size == SIZE]
    return {
        name: [slot.page for slot in slots if slot.name == name] for name in ("vin", "reference")
    }


@pytest.mark.parametrize("kind", ["follow_up", "initial"])
@pytest.mark.parametrize("codes", [RECALLS[:1], *combinations(RECALLS, 2)], ids="+".join)
def test_a_letter_about_one_recall_or_two_has_the_form_in_each_language_on_its_one_sheet(
    codes, kind, pack
):
    made = compose.compile_letter(about(*codes, kind=kind), rules_on=pack)
    assert (made.page_count, made.sheets) == (4, 2)
    assert in_form(made) == {"vin": [2, 4], "reference": [2, 4]}


def test_a_letter_about_a_service_campaign_has_the_form_too(pack):
    made = compose.compile_letter(about("CLB"), rules_on=pack)
    last = [first - 1 for _, first in made.parts[1:]] + [made.page_count]
    assert in_form(made) == {"vin": last, "reference": last}


def in_english(*codes, more=0, **changes):
    """A print in English, of which the last recall's text is so many sentences longer."""
    spec = about(*codes, language="en", **changes)
    last = spec.campaigns[-1]
    longer = replace(last, remedy=last.remedy + " Then the dealer will try the part." * more)
    return replace(spec, campaigns=(*spec.campaigns[:-1], longer))


def form_of(version):
    """Return how the form of a letter in English is set."""
    marks = compose.set_print(version.recipe).places
    return next(mark["form"] for mark in marks if "form" in mark)


@pytest.mark.parametrize(
    "step", [4, pytest.param(1, marks=pytest.mark.slow)], ids="a letter in {}".format
)
def test_where_room_is_short_the_form_gives_way_first_and_then_the_type(profile, pack, step):
    """Each longer text finds one of these, in this order, and no letter takes another sheet for its form."""
    seen = []
    for more in range(0, 40, step):
        spec = in_english("9LA", "ALE", more=more, kind="initial")
        first = compose.set_print(compose.recipe(spec, profile, pack))
        if first.sheets(profile) > 1:
            continue
        made = compose.compile_letter(spec, rules_on=pack)
        assert made.sheets == 1
        sizes = [one.inputs["letter"]["body-size"] for one in (made.recipe, first.made)]
        seen.append("smaller type" if sizes[0] < sizes[1] else form_of(made))
    assert list(dict.fromkeys(seen)) == ["full", "short", "smaller type"]


def test_the_words_about_a_sale_or_a_move_stay_where_the_form_does_not(pack):
    made = compose.compile_letter(about("9LA", "ALE", "BLB", language="en"), rules_on=pack)
    assert made.sheets == 1
    assert in_form(made) == {"vin": [], "reference": []}
    assert ("en", "changes") in made.blocks
