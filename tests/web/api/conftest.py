"""Systems of the two dealers that call the interface by their tokens."""

from __future__ import annotations

from typing import Any

import pytest

from web.api.system_calls import System, system_of


@pytest.fixture
def east(site: Any) -> System:
    """East's system."""
    return system_of("east_system")


@pytest.fixture
def west(site: Any) -> System:
    """West's system."""
    from renotify.web.door.person import Person
    from two_dealers import WEST

    Person.objects.create_user("west_system", role="integration", dealer_code=WEST)
    return system_of("west_system")


@pytest.fixture
def east_on_both(site_on_both: Any) -> System:
    """East's system on both stores."""
    return system_of("east_system")
