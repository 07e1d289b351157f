"""The site on the planned ledger of two_dealers.py, with a made-up person of each role at each dealer and area."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from browsers import browser
from command_in_process import run_here
from conftest import STORES, copy_of, database_of_the_run, file_of_the_run
from renotify.ledger import migrating
from renotify.ledger.session import Session, open_session
from renotify.ledger.store import VARIABLE, named_store
from two_dealers import EAST, WEST

DAY = date(2013, 3, 5)
PASSWORD = "a made-up password"
CAST = {  # name: role, area, dealer
    "ana": ("analyst", "", ""),
    "east_area": ("area_manager", "E", ""),
    "west_area": ("area_manager", "W", ""),
    "east_service": ("dealer_service", "", EAST),
    "east_parts": ("dealer_parts", "", EAST),
    "west_service": ("dealer_service", "", WEST),
    "carla": ("contact", "", ""),
    "rex": ("auditor", "", ""),
    "east_system": ("integration", "", EAST),
    "stranger": ("", "", ""),
    "unknown_role": ("king", "", ""),
    "dealer_of_nothing": ("dealer_service", "", ""),
}


@pytest.fixture(scope="module")
def opened() -> Iterator[Any]:
    """A real browser for the tests of a file; each opens pages of its own in it (tests/browsers.py)."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(
            "DJANGO_ALLOW_ASYNC_UNSAFE", "1"
        )  # Playwright keeps a loop running in this thread
        with browser() as one:
            yield one


@dataclass
class Site:
    """The site on one ledger: ``client(name)`` is a browser in which that person has signed in (None: nobody has).

    The site has noted these sign-ins only where a test asks for it (``notes_sign_ins``, ``signs_in``).
    """

    url: str
    notes_sign_ins: bool = False

    def client(self, name: str | None = None) -> Any:
        from django.conf import settings
        from django.test import Client

        if name is not None and self.notes_sign_ins:
            return self.signs_in(name)
        browser = Client()
        if name is not None:
            browser.cookies[settings.SESSION_COOKIE_NAME] = _session_of(name)
        return browser

    def comes_in(self, shown: Any, address: str, name: str) -> None:
        """Let a page of a real browser be of a person who has signed in: for tests that are not about the way there."""
        from django.conf import settings

        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": _session_of(name), "url": address}
        shown.context.add_cookies([cookie])

    def signs_in(self, name: str) -> Any:
        """The same, and the site has noted that the person signed in."""
        from django.test import Client

        from renotify.web.door.person import Person

        browser = Client()
        browser.force_login(
            Person.objects.get(username=name), "django.contrib.auth.backends.ModelBackend"
        )
        return browser

    @contextmanager
    def ledger(self) -> Iterator[Session]:
        with open_session(self.url, bulk=False) as session:
            yield session

    def readings(self) -> list[tuple[str, str, str]]:
        """Who did what to which subject, in order, sign-ins left out."""
        from renotify.web.door.reading import Reading

        rows = (
            Reading.objects.exclude(deed="signed_in")
            .order_by("id")
            .values_list("person__username", "deed", "subject")
        )
        return [tuple(row) for row in rows]


def _session_of(name: str) -> str:
    """Return the key of a new session of a person: what a sign-in leaves, without the six other things that it writes."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from renotify.web.door.person import Person

    person, session = Person.objects.get(username=name), SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _told_django(url: str) -> None:
    migrating.set_up_django(named_store(url))


def _make_people(url: str) -> None:
    """Bring the site's tables up on a ledger and make the cast."""
    from django.core.management import call_command
    from django.db import connection

    _told_django(url)
    call_command("migrate", interactive=False, verbosity=0)
    from renotify.web.door.person import Person

    for name, (role, area, dealer) in CAST.items():
        Person.objects.create_user(
            name, password=PASSWORD, role=role, area_code=area, dealer_code=dealer, made_up=True
        )
    connection.close()


@contextmanager
def _with_its_people(planned: str, folder: Path) -> Iterator[str]:
    with copy_of(planned, folder) as url:
        _make_people(url)
        yield url


@pytest.fixture(scope="session")
def site_kept_on_sqlite(planned_on_sqlite: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a ledger with the site's tables and its cast, made once a run: to be copied."""
    return file_of_the_run(
        "site", lambda: _with_its_people(planned_on_sqlite, tmp_path_factory.mktemp("site"))
    )


@pytest.fixture(scope="session")
def site_kept_on_postgresql(
    planned_on_postgresql: str,
    postgresql_server: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """The same on PostgreSQL."""
    make = lambda: _with_its_people(planned_on_postgresql, tmp_path_factory.mktemp("site"))  # noqa: E731
    return database_of_the_run(postgresql_server, "site", make)


@contextmanager
def _site(kept: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    from django.conf import settings
    from django.core.cache import cache, caches
    from django.db import connections

    with copy_of(kept, folder) as url:
        monkeypatch.setenv(VARIABLE, url)
        _told_django(url)
        monkeypatch.setattr(settings, "RENOTIFY_DAY", DAY)
        cache.clear()
        caches["kept"].clear()
        yield Site(url)
        connections.close_all()


@pytest.fixture
def site(site_kept_on_sqlite, tmp_path, monkeypatch) -> Iterator[Site]:
    """The site on SQLite, a copy of the test's own."""
    with _site(site_kept_on_sqlite, tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture(params=STORES)
def site_on_both(request, tmp_path, monkeypatch) -> Iterator[Site]:
    """The same on SQLite and on PostgreSQL, for what touches the store."""
    with _site(
        request.getfixturevalue(f"site_kept_on_{request.param}"), tmp_path, monkeypatch
    ) as opened:
        yield opened


@dataclass(frozen=True)
class Office:
    """What tests of jobs do."""

    def upload(self, text: str, name: str = "repair_orders.csv") -> Any:
        """A file as a browser sends it."""
        from django.core.files.uploadedfile import SimpleUploadedFile

        return SimpleUploadedFile(name, text.encode())

    def work(self) -> None:
        """Let a worker of this process do what waits."""
        from renotify.web.jobs.worker import work

        rounds = iter([True, False])
        work(lambda: next(rounds))

    def job(self, number: int = 0) -> Any:
        """The job of a number, or the newest."""
        from renotify.web.jobs.job import Job

        return Job.objects.get(pk=number) if number else Job.objects.latest("pk")


@pytest.fixture
def queue(queue_of_processes, monkeypatch) -> Office:
    """The same, whose commands run in the test's own process."""
    run_here(monkeypatch)
    return queue_of_processes


@pytest.fixture
def queue_of_processes(site, tmp_path, monkeypatch) -> Office:
    """The queue of the site as it is served: it works in a folder of the test's own, each command in a process of its own."""
    from django.conf import settings

    from renotify.web.jobs import worker

    monkeypatch.setattr(settings, "RENOTIFY_FOLDER", str(tmp_path))
    monkeypatch.setattr(worker, "PAUSE", 0.0)
    return Office()
