"""The public look-up as people start it: the command in a process of its own, on a free port, until the test is over."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Server:
    """Where it listens, and what it says in its log."""

    port: int
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:  # fmt: skip
        """Ask once, and return status, headers and body."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as way:
            way.request(method, path, body, names)
            answer = way.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@contextmanager
def served(snapshot: Path, *options: str) -> Iterator[Server]:
    """Serve a snapshot that lies beside its public key."""
    server = Server(free_port(), snapshot.with_name("server.log"))
    command = [
        sys.executable, "-m", "renotify", "lookup-site", str(snapshot), "--public-key", str(snapshot.with_name("publish.key.pub")),
        "--port", str(server.port), "--workers", "1", *options,
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with server.log.open("wb") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        _wait(server, child)
        yield server
    finally:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait(server: Server, child: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and child.poll() is None:
        try:
            server.ask("GET", "/en")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(server.log.read_text(encoding="utf-8"))
