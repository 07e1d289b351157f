"""The command that serves the look-up, over the wire: no ledger is there, bodies have bounds, snapshots are swapped, bad starts refused."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

import public_world as w
from lookup_server import Server, served
from public_visitor import newer_of, replace
from renotify.cli import main

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def server(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(published, "--on", str(w.ON), "--rate", "0") as started:
        yield started


def until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_it_answers_page_and_program_without_a_ledger(server: Server) -> None:
    status, headers, body = server.ask("POST", "/es", f"vin={w.ALL}".encode(), content_type=FORM)
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert "2 retiros de seguridad pendientes" in body.decode()
    asked = json.dumps({"vins": [w.ALL]}).encode()
    status, _, body = server.ask("POST", "/api/v1/lookup", asked, content_type="application/json")
    assert (status, len(json.loads(body)["answers"][0]["campaigns"])) == (200, 3)


def test_head_has_the_headers_and_no_body(server: Server) -> None:
    status, headers, body = server.ask("HEAD", "/en")
    assert (status, body) == (200, b"")
    assert headers["content-type"].startswith("text/html")


def test_a_body_beyond_its_bound_is_refused_stated_or_not(server: Server) -> None:
    long = b"vin=" + b"1" * 5_000
    assert server.ask("POST", "/en", long, content_type=FORM)[0] == 413
    parts = iter([b"1" * 1_000] * 10)  # without a length, in pieces
    status = server.ask("POST", "/en", parts, content_type=FORM)[0]  # type: ignore[arg-type]
    assert status == 413


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01" * 50,
        b"POST /en HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    ],
)
def test_what_is_no_request_ends_the_connection_and_not_the_server(
    server: Server, raw: bytes
) -> None:
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as way,
        suppress(OSError),  # the server may have hung up by then
    ):
        way.sendall(raw)
        way.shutdown(socket.SHUT_WR)
        while way.recv(4_096):
            pass
    assert server.ask("GET", "/health")[0] == 200


def test_of_several_lines_of_forwarded_addresses_the_proxy_s_own_is_the_last(own: Path) -> None:
    """The visitor writes another address into the first line each time; it is the second that counts: 60 questions, then no more."""
    with served(own, "--on", str(w.ON), "--rate", "1", "--trusted-proxy", "127.0.0.1") as server:
        statuses = []
        for number in range(62):
            lines = f"x-forwarded-for: 10.0.0.{number}\r\nx-forwarded-for: 203.0.113.9\r\n"
            head = f"POST /en HTTP/1.1\r\nhost: x\r\ncontent-type: {FORM}\r\ncontent-length: 5\r\nconnection: close\r\n"
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as way:
                way.sendall(f"{head}{lines}\r\nvin=1".encode())
                statuses.append(int(way.recv(64).split()[1]))
        assert statuses == [422] * 60 + [429] * 2
        assert server.ask("POST", "/en", b"vin=1", content_type=FORM, x_forwarded_for="203.0.113.8")[0] == 422  # fmt: skip


def test_no_vin_stands_in_the_log(server: Server) -> None:
    server.ask("POST", "/en", f"vin={w.ALL}".encode(), content_type=FORM)
    assert w.ALL not in server.log.read_text(encoding="utf-8")


def test_a_newer_snapshot_is_taken_under_way_and_a_spoiled_one_is_not(own: Path) -> None:
    with served(own, "--on", str(w.ON)) as server:
        good = own.read_bytes()
        replace(own, good[:-1])
        assert until(lambda: json.loads(server.ask("GET", "/health")[2])["newer_refused"])
        assert "Not taken, the snapshot before stays" in server.log.read_text(encoding="utf-8")
        assert server.ask("POST", "/en", f"vin={w.DONE}".encode(), content_type=FORM)[0] == 200
        replace(own, good)
        newer_of(own, own.with_name("later"))
        replace(own, own.with_name("later").read_bytes())
        assert until(lambda: json.loads(server.ask("GET", "/health")[2])["updated"] == "2013-03-06")
        body = server.ask("POST", "/en", f"vin={w.DONE}".encode(), content_type=FORM)[2]
        assert b"We have no recall for this number" in body


def test_it_does_not_start_on_a_spoiled_snapshot_another_s_key_or_a_taken_port(
    own: Path, server: Server
) -> None:
    key = str(own.with_name("publish.key.pub"))
    spoiled = own.with_name("spoiled")
    spoiled.write_bytes(own.read_bytes()[:-1])
    for arguments in (
        (str(spoiled), "--public-key", key),
        (str(own), "--public-key", str(own.with_name("publish.key"))),
        (str(own.with_name("none")), "--public-key", key),
        (str(own), "--public-key", key, "--port", str(server.port)),
    ):
        told = CliRunner().invoke(main, ["lookup-site", *arguments])
        assert told.exit_code == 1
        assert told.stderr.startswith("Refused: ")
        assert told.stdout == ""


def test_whoever_serves_imports_neither_django_nor_what_works_on_populations() -> None:
    code = (
        "import sys, renotify.web.public.serving; "
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'django', 'numpy', 'pyarrow', 'duckdb', 'scipy'}))"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
