"""Ledgers of the tests about outreach: letters by arm, or in an order that is drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from renotify.ledger.session import Session
from reports.arms_world import arms_answered, order_drawn


@pytest.fixture
def in_arms(session_on: Callable[..., Session]) -> Session:
    return session_on("sqlite", arms_answered)


@pytest.fixture
def drawn(session_on: Callable[..., Session]) -> Session:
    return session_on("sqlite", order_drawn)


@pytest.fixture(params=["sqlite", "postgresql"])
def on_both(request: pytest.FixtureRequest, session_on: Callable[..., Session]) -> Session:
    return session_on(request.param, arms_answered)
