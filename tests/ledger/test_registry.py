"""The registry of campaigns."""

from __future__ import annotations

from datetime import date

import pytest

from folder import ON
from renotify.campaigns import catalogue
from renotify.errors import UnknownName
from renotify.ledger import registry, sources
from renotify.ledger.kinds import SourceKind


@pytest.fixture
def read(folder):
    path = folder.campaign("9LA").campaign("CLB").write() / "campaigns.toml"
    return catalogue.read(path)


def save(session, campaigns):
    with session.transaction():
        source = sources.record(session, SourceKind.FILE, "campaigns.toml")
        return registry.save(session, campaigns, source, on=ON)


def test_a_saved_campaign_comes_back_as_it_was_read(session, read):
    assert save(session, read) == registry.Counts(accepted=2)
    assert registry.campaigns(session) == {c.campaign_code: c for c in read}
    assert registry.campaign(session, "9LA").filed_date == date(2009, 1, 16)


def test_the_same_campaigns_again_change_nothing(session, read):
    save(session, read)
    assert save(session, read) == registry.Counts(unchanged=2)


def test_an_unknown_campaign_is_refused_with_the_nearest_code(session, read):
    save(session, read)
    with pytest.raises(UnknownName) as refusal:
        registry.campaign(session, "9LB")
    assert "9LA" in refusal.value.hint


def test_an_unknown_campaign_is_refused_with_the_known_codes_when_none_is_near(session, read):
    save(session, read)
    with pytest.raises(UnknownName) as refusal:
        registry.campaigns(session, ["ZZZZZZ"])
    assert "9LA, CLB" in refusal.value.hint


def test_an_empty_registry_says_what_to_load(session):
    with pytest.raises(UnknownName) as refusal:
        registry.campaign(session, "9LA")
    assert "campaigns.toml" in refusal.value.hint


def test_campaigns_are_read_once_while_a_snapshot_stands_and_anew_after_what_was_written(
    sqlite_session, read, monkeypatch
):
    asked, rows = [], sqlite_session.rows
    save(sqlite_session, read[:1])
    monkeypatch.setattr(
        sqlite_session,
        "rows",
        lambda kind, *more, **named: asked.append(kind) or rows(kind, *more, **named),
    )
    for _ in range(3):
        assert list(registry.campaigns(sqlite_session)) == ["9LA"]
        assert registry.campaign(sqlite_session, "9LA").filed_date == date(2009, 1, 16)
    assert asked == [registry.Stored] * 2  # all of them, and one
    save(sqlite_session, read)
    assert list(registry.campaigns(sqlite_session)) == ["9LA", "CLB"]
