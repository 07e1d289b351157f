"""campaigns.toml: what is read, and what is refused in words."""

from __future__ import annotations

import json
from datetime import date

import pytest

from renotify.campaigns import catalogue
from renotify.campaigns.campaign import Answer, CampaignType, Document, Scope
from renotify.errors import BadInput

WHOLE = """
[[campaign]]
campaign_code = "ALE"
nhtsa_campaign_number = "10V-309"
campaign_type = "safety_recall"
make = "Lexus"
subject = "Valve springs"
defect = "A valve spring can break."
consequence = "The engine can stop."
filed_date = 2010-07-06
first_notice_date = 2010-07-28
remedy_version = 2
involved = 138874
inspect_first = true
risk_weight = 3

[[campaign.scope]]
model = "IS 350"
year_from = 2006
year_to = 2008
built_from = 2005-08-01

[[campaign.document]]
kind = "technical_instructions"
revision = "B"
effective_date = 2011-02-01
url = "https://tis.example/ale"

[[campaign.document]]
kind = "dealer_letter"
revision = "A"
effective_date = 2010-07-20
file = "documents/ale.pdf"

[[campaign.answer]]
question = "May I drive it?"
answer = "Yes, and make an appointment now."

[campaign.es]
subject = "Resortes de válvula"
defect = "Un resorte de válvula puede romperse."
"""
SMALL = """
[[campaign]]
campaign_code = "CLB"
campaign_type = "service_campaign"
make = "Lexus"
subject = "Actuator"
"""


@pytest.fixture
def read(tmp_path):
    def written(text):
        path = tmp_path / "campaigns.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return catalogue.read(path)

    return written


def refusal(read, text):
    with pytest.raises(BadInput) as refused:
        read(text)
    return f"{refused.value.message} {refused.value.hint}"


def test_every_key_of_a_campaign_is_read(read):
    (ale,) = read(WHOLE)
    assert ale.nhtsa_campaign_number == "10V309000"
    assert ale.campaign_type is CampaignType.SAFETY_RECALL
    assert ale.filed_date == date(2010, 7, 6)
    assert (ale.remedy_version, ale.involved, ale.risk_weight) == (2, 138874, 3.0)
    assert (ale.inspect_first, ale.do_not_drive) == (True, False)
    assert ale.scopes == (Scope("IS 350", 2006, 2008, date(2005, 8, 1)),)
    assert ale.documents == (
        Document("technical_instructions", "B", date(2011, 2, 1), "https://tis.example/ale"),
        Document("dealer_letter", "A", date(2010, 7, 20), "documents/ale.pdf"),
    )
    assert ale.answers == (Answer("May I drive it?", "Yes, and make an appointment now."),)
    assert ale.spanish["subject"] == "Resortes de válvula"


def test_only_four_keys_are_needed(read):
    (clb,) = read(SMALL)
    assert clb.family == "service"
    assert clb.scopes == ()
    assert clb.remedy_version == 1


def test_a_byte_order_mark_is_passed_over(read):
    assert read(b"\xef\xbb\xbf" + SMALL.encode())[0].campaign_code == "CLB"


def test_a_campaign_goes_to_json_and_back(read):
    for campaign in read(WHOLE + SMALL):
        facts = json.loads(json.dumps(catalogue.to_facts(campaign)))
        assert catalogue.from_facts(facts) == campaign


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('campaign_code = "CLB"', "", ["number 1", "campaign_code is missing"]),
        ('subject = "Actuator"', 'subject = "  "', ["CLB", "subject is missing"]),
        ('subject = "Actuator"', 'subjekt = "Actuator"', ["CLB", "'subjekt'", "'subject'"]),
        ('make = "Lexus"', "make = 3", ["CLB", "make = 3", "text"]),
        ('"service_campaign"', '"recall"', ["CLB", "campaign_type", "safety_recall"]),
        ('"CLB"', '"C|B"', ["C|B", "cannot be a campaign code"]),
        ('"CLB"', '"C LB"', ["cannot be a campaign code"]),
        ('make = "Lexus"', 'make = "L"\nfiled_date = "2013-02-26"', ["date", "without quotes"]),
        (
            'make = "Lexus"',
            'make = "L"\nfiled_date = 2013-02-26T10:00:00',
            ["filed_date", "a date"],
        ),
        ('make = "Lexus"', 'make = "L"\ninvolved = -1', ["involved", "at least 0"]),
        ('make = "Lexus"', 'make = "L"\ninvolved = 1.5', ["involved", "whole number"]),
        ('make = "Lexus"', 'make = "L"\ninvolved = true', ["involved", "whole number"]),
        ('make = "Lexus"', 'make = "L"\nremedy_version = 0', ["remedy_version", "at least 1"]),
        ('make = "Lexus"', 'make = "L"\ndo_not_drive = "yes"', ["do_not_drive", "true or false"]),
        (
            'make = "Lexus"',
            'make = "L"\nnhtsa_campaign_number = "12V345000"',
            ["service campaign", "no NHTSA number"],
        ),
        (
            'make = "Lexus"',
            'make = "L"\nfiled_date = 2013-01-02\nfirst_notice_date = 2013-01-01',
            ["filed_date", "later than first_notice_date"],
        ),
    ],
)
def test_what_cannot_stand_is_refused_with_campaign_and_key(read, was, becomes, said):
    sentence = refusal(read, SMALL.replace(was, becomes))
    assert all(part in sentence for part in said), sentence


@pytest.mark.parametrize(
    ("addition", "said"),
    [
        ('[[campaign.scope]]\nmodel = "CT"\nyear_from = 2011', ["scope 1", "year_to is missing"]),
        (
            '[[campaign.scope]]\nmodel = "CT"\nyear_from = 2012\nyear_to = 2011',
            ["scope 1", "year_from 2012 is later"],
        ),
        ('[[campaign.scope]]\nmodle = "CT"', ["'modle'", "'model'"]),
        (
            '[[campaign.document]]\nkind = "k"\nrevision = "A"\neffective_date = 2012-01-01',
            ["document 1", "either url or file"],
        ),
        ('[[campaign.answer]]\nquestion = "?"', ["answer 1", "answer is missing"]),
        ('[campaign.scope]\nmodel = "CT"', ["[[campaign.scope]]"]),
        ('[campaign.es]\nsubjet = "x"', ["es", "'subjet'"]),
        ('es = "x"', ["[campaign.es]"]),
    ],
)
def test_parts_of_a_campaign_are_checked_alike(read, addition, said):
    sentence = refusal(read, SMALL + addition)
    assert all(part in sentence for part in ["CLB", *said]), sentence


def test_a_code_twice_is_refused(read):
    assert "CLB twice" in refusal(read, SMALL + SMALL)


def test_an_nhtsa_number_of_another_form_is_refused(read):
    assert "09V020000" in refusal(read, WHOLE.replace("10V-309", "10309"))


def test_one_table_where_several_are_needed_is_refused(read):
    assert "[[campaign]]" in refusal(read, SMALL.replace("[[campaign]]", "[campaign]"))


def test_text_that_is_no_toml_is_refused_with_its_line(read):
    assert "line 2" in refusal(read, "[[campaign]]\ncampaign_code = \nmake = 1")


def test_text_that_is_not_utf8_is_refused(read):
    assert "UTF-8" in refusal(read, 'subject = "v\xe1lvula"'.encode("latin-1"))


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"campaigns\.toml cannot be read"):
        catalogue.read(tmp_path / "campaigns.toml")
