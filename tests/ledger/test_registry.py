"""The registry of campaigns."""

from __future__ import annotations

from datetime import date

import pytest

from renotify.campaigns import catalogue
from renotify.errors import UnknownName
from renotify.ledger import registry


@pytest.fixture
def read(folder):
    path = folder.campaign("9LA").campaign("CLB").write() / "campaigns.toml"
    return catalogue.read(path)


@pytest.mark.usefixtures("ledger")
def test_a_saved_campaign_comes_back_as_it_was_read(read):
    assert registry.save(read, source_id=1) == registry.Counts(accepted=2)
    assert registry.campaigns() == {c.campaign_code: c for c in read}
    assert registry.campaign("9LA").filed_date == date(2009, 1, 16)


@pytest.mark.usefixtures("ledger")
def test_the_same_campaigns_again_change_nothing(read):
    registry.save(read, source_id=1)
    assert registry.save(read, source_id=2) == registry.Counts(unchanged=2)


@pytest.mark.usefixtures("sqlite_ledger")
def test_an_unknown_campaign_is_refused_with_the_nearest_code(read):
    registry.save(read, source_id=1)
    with pytest.raises(UnknownName) as refusal:
        registry.campaign("9LB")
    assert "9LA" in refusal.value.hint


@pytest.mark.usefixtures("sqlite_ledger")
def test_an_unknown_campaign_is_refused_with_the_known_codes_when_none_is_near(read):
    registry.save(read, source_id=1)
    with pytest.raises(UnknownName) as refusal:
        registry.campaigns(["ZZZZZZ"])
    assert "9LA, CLB" in refusal.value.hint


@pytest.mark.usefixtures("sqlite_ledger")
def test_an_empty_registry_says_what_to_load():
    with pytest.raises(UnknownName) as refusal:
        registry.campaign("9LA")
    assert "campaigns.toml" in refusal.value.hint
