"""Names of parts, makes and models that only NHTSA's file says, in capitals: told, and no letter is printed with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from letters.samples import FUEL, MAIL_DATE, spec
from renotify.campaigns.campaign import Scope
from renotify.campaigns.catalogue import from_facts, to_facts
from renotify.campaigns.letter_faults import faults
from renotify.campaigns.missing_facts import missing
from renotify.errors import LetterRefused
from renotify.letters.letter_text import placed
from renotify.rules import load
from renotify.rules.capitals import name_in_capitals

PACK = load(MAIL_DATE)
OF_NHTSA = replace(
    FUEL, make="CALDER", component="FUEL SYSTEM, GASOLINE",
    scopes=(Scope("RIDGE HYBRID", 2021, 2021), Scope("RAV4", 2021, 2022), Scope("RIDGE HYBRID", 2022, 2022)),
)  # fmt: skip


def kept(stated, filed=OF_NHTSA):
    """A campaign as the ledger gives it back, with what campaigns.toml and NHTSA's file say beside it."""
    layers = {"nhtsa": to_facts(filed)} | ({"catalogue": stated} if stated else {})
    return from_facts(to_facts(filed) | (stated or {}) | {"layers": layers})


def wrong(campaign):
    return {one.key: one.wrong for one in faults(campaign, ("en",), MAIL_DATE)}


def test_a_name_is_in_capitals_where_a_long_word_of_it_is():
    names = ["RIDGE", "CAMRY HYBRID", "MERCEDES-BENZ", "MODEL 3", "SILVERADO 1500"]
    assert [one for one in names if not name_in_capitals(one)] == []
    others = ["ES 350", "RAV4", "BMW", "CX-5", "F-150", "GLC300", "Ridge", "IS 250/350", "GX460"]
    assert [one for one in others if name_in_capitals(one)] == []


def test_make_and_models_that_nhtsa_alone_says_are_told_by_key_each_once():
    told = wrong(kept({}))
    assert told["make"].startswith(
        "its `make` is in capitals, as only NHTSA's file says it (CALDER): state `make` in campaigns.toml"
    )
    assert "(RIDGE HYBRID): state [[campaign.scope]] in campaigns.toml" in told["scope"]
    must = {one.key for one in missing(kept({}), PACK, "initial", ("en",)) if one.must}
    assert {"make", "scope"} <= must


def test_a_name_that_the_maker_states_stands_in_capitals_or_not():
    scopes = [{"model": "RIDGE HYBRID", "year_from": 2021, "year_to": 2021}]
    assert set(wrong(kept({"make": "CALDER"}))) == {"scope"}
    assert wrong(kept({"make": "CALDER", "scopes": scopes})) == {}
    assert wrong(replace(FUEL, make="CALDER")) == {}  # no file of NHTSA's


def test_no_letter_is_printed_with_a_model_in_capitals_of_nhtsa_s():
    with pytest.raises(LetterRefused, match=r"its `make` is in capitals"):
        placed(spec(kept({})), PACK, "en")


def test_the_part_that_nhtsa_names_in_capitals_is_told_until_the_maker_names_it():
    told = [one.sentence for one in missing(kept({}), PACK, "initial", ("en",))]
    assert (
        "Campaign 9LA: letter check refuses its `component`: it is in capitals: name the part in words for owners (house rule)."
        in told
    )
    own = kept({"component": "the fuel pipes"})
    assert not [one for one in missing(own, PACK, "initial", ("en",)) if one.key == "component"]
