"""The server's process and its children: they end with it, however it ends, and nobody else serves its port.

Web workers listen on one port together, so those that a killed server left would answer beside the next one, with old code and its day.
"""

from __future__ import annotations

import errno
import os
import socket
import threading
import time

from renotify.errors import Refused

SERVER = "RENOTIFY_SERVER"  # environment: the number of the server's process
LOOKED_AT = 0.5  # seconds between two looks at the parent, and at a port that is taken
FREED_IN = 3.0  # seconds in which what a killed server left has ended


def end_with_server() -> None:
    """End this process at once when the server that started it is gone; one that no server started goes on."""
    server = int(os.environ.get(SERVER) or os.getpid())
    if server != os.getpid():
        threading.Thread(target=_watch, args=(server,), daemon=True).start()


def _watch(server: int) -> None:
    while os.getppid() == server:
        time.sleep(LOOKED_AT)
    os._exit(
        1
    )  # whoever is asked something now is told that the connection broke; what is not committed is not written


def refuse_a_taken_port(host: str, port: int, patience: float = FREED_IN) -> None:
    """Raise Refused where another process listens on the port, still after ``patience`` (seconds)."""
    until = time.monotonic() + patience
    while _is_taken(host, port):
        if time.monotonic() >= until:
            raise Refused(
                f"Another process serves port {port} of {host}.",
                "Stop it, or serve at another port: --port NUMBER.",
            )
        time.sleep(LOOKED_AT)


def _is_taken(host: str, port: int) -> bool:
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(kind, socket.SOCK_STREAM) as tried:
        tried.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # closed connections do not count
        try:
            tried.bind((host, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False
