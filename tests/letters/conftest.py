"""Forms compiled once for all tests of the room."""

from __future__ import annotations

import pytest

from compiled_letters import compiled
from letters import samples
from renotify.letters import compose
from renotify.letters.profile import load_profile
from renotify.rules import load


@pytest.fixture(scope="session")
def profile():
    return load_profile()


@pytest.fixture(scope="session")
def pack():
    return load(samples.MAIL_DATE)


@pytest.fixture(scope="session")
def version(profile):
    """The memo's follow-up about one safety recall, in English, checked."""
    return compiled(samples.spec(), rules_on=samples.MAIL_DATE, profile=profile)


@pytest.fixture(scope="session")
def service_version(profile):
    """The follow-up about the service campaign."""
    return compiled(samples.spec(samples.ACTUATOR), rules_on=samples.MAIL_DATE, profile=profile)


@pytest.fixture(scope="session")
def typeset(profile, pack):
    """Typeset a specification without judging it."""

    def make(spec, sources=compose.SOURCES):
        printed = compose.set_print(compose.recipe(spec, profile, pack, sources), sources)
        return compose.version_of(printed, profile, sources)

    return make
