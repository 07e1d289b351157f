"""campaigns.toml, rule by rule: what each key may be at its edges, and which campaign and part a refusal names."""

from __future__ import annotations

from datetime import date

import pytest

from cases import at_once
from renotify.campaigns import catalogue
from renotify.campaigns.campaign import Campaign, CampaignType, Document
from renotify.errors import BadInput

RECALL = {
    "campaign_code": '"9LA"', "campaign_type": '"safety_recall"', "make": '"Lexus"', "subject": '"Fuel pipes"',
}  # fmt: skip
SCOPE = {"model": '"IS 250"', "year_from": "2006", "year_to": "2008"}
DOCUMENT = {
    "kind": '"technical_instructions"', "revision": '"A"', "effective_date": "2010-01-04", "url": '"https://tis.example/9la"',
}  # fmt: skip
ANSWER = {"question": '"May I drive it?"', "answer": '"Yes."'}
PARTS = {"scope": SCOPE, "document": DOCUMENT, "answer": ANSWER}


def table(head, facts):
    return "\n".join(
        [head, *(f"{key} = {value}" for key, value in facts.items() if value is not None)]
    )


@pytest.fixture
def read(tmp_path):
    """Read a catalogue of one recall; ``parts`` are (name, changes), ``changes`` those of the recall."""

    def written(*parts, **changes):
        texts = [table("[[campaign]]", RECALL | changes)]
        texts += [table(f"[[campaign.{name}]]", PARTS[name] | other) for name, other in parts]
        path = tmp_path / "campaigns.toml"
        path.write_text("\n".join(texts) + "\n", encoding="utf-8")
        return catalogue.read(path)

    return written


@pytest.fixture
def refusal(read):
    def said(*parts, **changes):
        with pytest.raises(BadInput) as caught:
            read(*parts, **changes)
        assert caught.value.message.startswith("campaigns.toml, campaign 9LA")
        return f"{caught.value.message} {caught.value.hint}"

    return said


# The code


@at_once("code", ["9LA", "a", "A" * 32, "10V-309", "x_1", "LSC.2013", "-"])
def test_a_code_of_letters_digits_and_three_marks_can_stand_in_a_file_s_name(code):
    assert catalogue.is_code(code)


@at_once("code", ["", "A" * 33, "9 LA", "9/LA", "9+LA", "9|LA", "9;LA", "É", "９LA", "9LA\n", "*"])
def test_a_code_that_could_be_mistaken_in_a_bundle_or_a_path_is_none(code):
    assert not catalogue.is_code(code)


@pytest.mark.parametrize("code", ["A" * 33, "9+LA", "9/LA"])
def test_a_wrong_code_is_refused_with_what_a_code_may_hold(read, code):
    with pytest.raises(BadInput, match="cannot be a campaign code") as caught:
        read(campaign_code=f'"{code}"')
    assert caught.value.hint == "It has up to 32 letters, digits and - . _."


# Values at their edges


@pytest.mark.parametrize(
    ("key", "least", "below"),
    [("remedy_version", "1", "0"), ("involved", "0", "-1"), ("risk_weight", "0", "-0.01")],
)
def test_a_number_at_its_least_is_read_and_one_below_is_refused(read, refusal, key, least, below):
    (campaign,) = read(**{key: least})
    assert getattr(campaign, key) == float(least)
    assert f"{key} is {below}. It is at least {least}." in refusal(**{key: below})


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_weight_that_is_no_finite_number_is_refused(refusal, value):
    assert "is not a number" in refusal(risk_weight=value)


@pytest.mark.parametrize("kind", ["Safety_Recall", "recall", "service", ""])
def test_a_type_in_other_words_is_refused_with_the_three_there_are(refusal, kind):
    said = refusal(campaign_type=f'"{kind}"')
    if kind:
        assert "safety_recall, noncompliance_recall, service_campaign" in said
    else:
        assert "campaign_type is missing" in said


def test_filing_and_first_notice_may_be_on_one_day(read, refusal):
    assert read(filed_date="2009-01-16", first_notice_date="2009-01-16")
    said = refusal(filed_date="2009-01-17", first_notice_date="2009-01-16")
    assert "filed_date 2009-01-17 is later than first_notice_date 2009-01-16" in said


@pytest.mark.parametrize(
    ("kind", "number", "taken"),
    [
        ("safety_recall", "09V-020", "09V020000"),
        ("noncompliance_recall", "09V020000", "09V020000"),
        ("service_campaign", "", ""),
        ("safety_recall", "", ""),
    ],
)
def test_an_nhtsa_number_is_kept_in_its_full_form(read, kind, number, taken):
    (campaign,) = read(campaign_type=f'"{kind}"', nhtsa_campaign_number=f'"{number}"')
    assert campaign.nhtsa_campaign_number == taken


@pytest.mark.parametrize("number", ["9V020", "09020000", "09V02", "09V0200000", "see below"])
def test_a_number_that_is_none_of_nhtsa_s_is_refused(refusal, number):
    said = refusal(nhtsa_campaign_number=f'"{number}"')
    assert "NHTSA's numbers look like 09V020000" in said
    assert '"none" says that there is none' in said


@pytest.mark.parametrize("kind", ["safety_recall", "service_campaign"])
def test_a_campaign_may_state_that_it_has_no_number(read, kind):
    (campaign,) = read(campaign_type=f'"{kind}"', nhtsa_campaign_number='"None"')
    assert (campaign.nhtsa_campaign_number, campaign.no_nhtsa_number) == ("", True)
    assert catalogue.from_facts(catalogue.to_facts(campaign)) == campaign
    assert "no_nhtsa_number" not in catalogue.to_facts(read()[0])


def test_a_scope_may_name_the_plant_of_its_vehicles_as_the_vin_has_it(read):
    (campaign,) = read(("scope", {"plant": '"5"'}), ("scope", {}))
    assert [scope.plant for scope in campaign.scopes] == ["5", ""]
    first, second = catalogue.to_facts(campaign)["scopes"]
    assert first["plant"] == "5"
    assert "plant" not in second  # stated before plants could be: it is no other statement now
    assert catalogue.from_facts(catalogue.to_facts(campaign)) == campaign


@pytest.mark.parametrize("plant", ["Tahara", "k", "O", "57"])
def test_a_plant_is_one_character_that_a_vin_may_hold(read, plant):
    with pytest.raises(BadInput, match=r"campaign 9LA, scope 1: plant is") as refused:
        read(("scope", {"plant": f'"{plant}"'}))
    assert "11th place of the VIN" in str(refused.value.hint)


@pytest.mark.parametrize("key", ["do_not_drive", "park_outside", "inspect_first"])
def test_an_advisory_is_yes_or_no_and_no_where_it_is_left_out(read, refusal, key):
    assert getattr(read()[0], key) is False
    assert getattr(read(**{key: "true"})[0], key) is True
    assert "true or false" in refusal(**{key: "1"})


# Parts


@pytest.mark.parametrize(
    ("part", "key"), [(part, key) for part, facts in PARTS.items() for key in facts if key != "url"]
)
def test_each_needed_key_of_a_part_is_named_when_it_is_missing(refusal, part, key):
    assert f", {part} 1: {key} is missing" in refusal((part, {key: None}))


def test_the_second_of_two_parts_is_named_by_its_number(refusal):
    assert ", scope 2: year_from 2008 is later than year_to 2006" in refusal(
        ("scope", {}), ("scope", {"year_from": "2008", "year_to": "2006"})
    )


@pytest.mark.parametrize(
    ("dates", "refused"),
    [
        ({"built_from": "2005-08-01"}, False),
        ({"built_to": "2005-08-01"}, False),
        ({"built_from": "2005-08-01", "built_to": "2005-08-01"}, False),
        ({"built_from": "2005-08-02", "built_to": "2005-08-01"}, True),
    ],
)
def test_a_range_of_production_may_be_open_or_one_day_but_not_backwards(
    read, refusal, dates, refused
):
    if refused:
        assert "built_from 2005-08-02 is later" in refusal(("scope", dates))
    else:
        assert read(("scope", dates))


@pytest.mark.parametrize("places", [{"url": None}, {"file": '"a.pdf"'}])
def test_a_document_with_no_place_or_with_two_is_refused(refusal, places):
    assert "document 1: a document has one place. Give either url or file." in refusal(
        ("document", places)
    )


def test_a_document_s_place_is_its_address_or_its_file(read):
    (campaign,) = read(("document", {}), ("document", {"url": None, "file": '"a.pdf"'}))
    assert [one.location for one in campaign.documents] == ["https://tis.example/9la", "a.pdf"]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_without_double_brackets_is_refused_with_how_to_write_it(tmp_path, part):
    path = tmp_path / "campaigns.toml"
    path.write_text(
        f"{table('[[campaign]]', RECALL)}\n{table(f'[campaign.{part}]', PARTS[part])}\n"
    )
    with pytest.raises(BadInput) as caught:
        catalogue.read(path)
    assert caught.value.message == f"campaigns.toml, campaign 9LA: {part} is one table."
    assert f"[[campaign.{part}]]" in caught.value.hint


def test_the_campaign_with_the_fault_is_named_and_not_the_one_before_it(tmp_path):
    path = tmp_path / "campaigns.toml"
    other = RECALL | {"campaign_code": '"ALE"', "make": "7"}
    path.write_text(f"{table('[[campaign]]', RECALL)}\n{table('[[campaign]]', other)}\n")
    with pytest.raises(BadInput, match="campaign ALE: make = 7 is not text"):
        catalogue.read(path)


def test_a_catalogue_without_campaigns_holds_none_and_one_with_another_key_is_refused(tmp_path):
    path = tmp_path / "campaigns.toml"
    path.write_text("")
    assert catalogue.read(path) == []
    path.write_text("[[campaigns]]\n")
    with pytest.raises(BadInput, match="there is no key 'campaigns'") as caught:
        catalogue.read(path)
    assert "'campaign'" in caught.value.hint


# What a campaign says of itself


@at_once(
    ("kind", "family", "words"),
    [
        (CampaignType.SAFETY_RECALL, "safety", "safety recall"),
        (CampaignType.NONCOMPLIANCE_RECALL, "safety", "noncompliance recall"),
        (CampaignType.SERVICE_CAMPAIGN, "service", "service campaign"),
    ],
)
def test_recalls_are_one_family_and_service_campaigns_another(kind, family, words):
    assert (kind.family, kind.words) == (family, words)
    assert Campaign("X", kind, "Lexus", "x").family == family


def test_the_document_in_force_is_the_newest_of_its_kind_that_has_begun():
    def revision(name, day, kind="instructions"):
        return Document(kind, name, date.fromisoformat(day), f"{name}.pdf")

    campaign = Campaign(
        "X", CampaignType.SAFETY_RECALL, "Lexus", "x",
        documents=(
            revision("B", "2011-02-01"), revision("A", "2010-07-20"), revision("C", "2011-02-01"),
            revision("Z", "2012-01-01", "letter"),
        ),
    )  # fmt: skip

    def at(day, kind="instructions"):
        found = campaign.current_document(kind, date.fromisoformat(day))
        return found.revision if found else None

    assert at("2010-07-19") is None
    assert at("2010-07-20") == "A"
    assert at("2011-01-31") == "A"
    assert at("2011-02-01") == "C"
    assert at("2013-02-26", "letter") == "Z"
    assert at("2013-02-26", "poster") is None
