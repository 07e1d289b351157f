"""A server has its address for itself, and whatever it started ends with it, also when it is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

LONG = 60.0  # seconds in which a server must be there, or gone


@contextmanager
def started(folder: Path, url: str, port: int) -> Iterator[subprocess.Popen[str]]:
    """``renotify serve`` in a process of its own, until the block ends."""
    surroundings = os.environ | {
        "RENOTIFY_DATABASE_URL": url,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "renotify", "serve", "--port", str(port), "--workers", "1", "-q"],
        cwd=folder, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield server
    finally:
        server.kill()
        server.wait()


def test_killed_with_9_it_leaves_no_process_behind_and_its_address_to_the_next(
    site, tmp_path: Path
) -> None:
    port = free_port()
    with started(tmp_path, site.url, port) as server:
        until(lambda: answers(port), "an answer")
        until(lambda: len(_children(server.pid)) >= 2, "a process that answers and one for jobs")
        left = _children(server.pid)
        with started(tmp_path, site.url, port) as second:
            said, _ = second.communicate(timeout=LONG)
        assert second.returncode == 1
        assert f"127.0.0.1 port {port} cannot be listened on" in said
        server.send_signal(signal.SIGKILL)
        server.wait()
        until(lambda: not any(map(_is_running, left)), "the end of all that it started")
    assert not answers(port)


def test_a_web_process_that_is_killed_with_9_is_followed_by_another_and_the_site_stays(
    site, tmp_path: Path
) -> None:
    port = free_port()
    with started(tmp_path, site.url, port) as server:
        until(lambda: answers(port), "an answer")
        until(lambda: _web_process(server.pid) is not None, "a process that answers")
        killed = _web_process(server.pid)
        os.kill(killed, signal.SIGKILL)
        until(lambda: not _is_running(killed), "the end of the process")
        until(lambda: _web_process(server.pid) not in (None, killed), "another process")
        until(lambda: answers(port), "an answer of the next process")
        assert server.poll() is None


def _web_process(server: int) -> int | None:
    """The child that answers, told by its command line: the job worker is `renotify worker`."""
    for child in _children(server):
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        except OSError:  # it ended in between
            continue
        if words[0] and b"worker" not in words and b"resource_tracker" not in b" ".join(words):
            return child
    return None


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def answers(port: int) -> bool:
    try:
        page = requests.get(f"http://127.0.0.1:{port}/", timeout=5, allow_redirects=False)
    except requests.RequestException:
        return False
    return page.status_code < 400


def _children(process: int) -> list[int]:
    found = subprocess.run(
        ["pgrep", "-P", str(process)], capture_output=True, text=True, check=False
    )
    return [int(one) for one in found.stdout.split()]


def _is_running(process: int) -> bool:
    try:
        return " Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2][:2]
    except OSError:
        return False


def until(there: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + LONG
    while not there():
        assert time.monotonic() < end, f"no {what} within {LONG:.0f} seconds"
        time.sleep(0.1)
