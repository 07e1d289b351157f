"""The server's children end with it, also when it is killed, and a port that somebody serves is refused."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from renotify.errors import Refused
from renotify.web.site.server_process import refuse_a_taken_port

CHILD = (
    "import time; from renotify.web.site.server_process import end_with_server; "
    "end_with_server(); print('begun', flush=True); time.sleep(60)"
)
SERVER = """
import os, subprocess, sys, time
known = {**os.environ, "RENOTIFY_SERVER": str(os.getpid())}
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], env=known, stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


def lives(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="asks Linux which processes live")
def test_a_child_of_a_server_that_is_killed_ends() -> None:
    known = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, CHILD], env=known, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        child = int(server.stdout.readline())
        time.sleep(1)
        assert lives(child)  # while its server does
        server.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while lives(child) and time.monotonic() < until:
        time.sleep(0.1)
    assert not lives(child)


def test_a_process_that_no_server_started_goes_on() -> None:
    known = {key: value for key, value in os.environ.items() if key != "RENOTIFY_SERVER"}
    said = subprocess.run(
        [sys.executable, "-c", CHILD.replace("sleep(60)", "sleep(1); print('whole')")],
        env=known | {"PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.split() == ["begun", "whole"]


def test_a_port_that_somebody_serves_is_refused_also_one_that_may_be_shared() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as web workers do
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Refused, match=rf"^Another process serves port {port} of 127\.0\.0\.1"):
            refuse_a_taken_port("127.0.0.1", port, patience=0)
    refuse_a_taken_port("127.0.0.1", port, patience=0)  # nobody serves it now
