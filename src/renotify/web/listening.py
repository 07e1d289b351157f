"""What every server of the house minds: its address is its own alone, and no process that it started outlives it."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time

from renotify.errors import Refused

SERVER = "RENOTIFY_SERVER"  # the process number of the server, for the processes that it starts
LOOKED_AT = 1.0  # seconds between two looks at the server
GIVEN = 10.0  # seconds to end by oneself


def refuse_taken(host: str, port: int) -> None:
    """Raise Refused where an address cannot be listened on: another server, or one that was left, would answer in turns with this one."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except OSError as error:
        raise Refused(
            f"{host} port {port} cannot be listened on: {error.strerror}.",
            "Give another --host or --port.",
        ) from None


def say_who_serves() -> None:
    """Tell the processes that this one starts that it is their server."""
    os.environ[SERVER] = str(os.getpid())


def end_with_server() -> None:
    """End this process when the server that started it is gone, also by kill -9; of a process that no server started nothing is done."""
    server = os.environ.get(SERVER)
    if server:
        threading.Thread(target=_watch, args=(int(server),), daemon=True).start()


def _watch(server: int) -> None:
    while os.getppid() == server:
        time.sleep(LOOKED_AT)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GIVEN)
    os._exit(1)
