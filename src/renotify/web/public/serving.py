"""Starting the look-up: workers of granian, each with the snapshot open and an eye on its file."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from renotify.publish.signing_keys import public_key
from renotify.web.listening import end_with_server, refuse_taken, say_who_serves
from renotify.web.public.address_limit import AddressLimit
from renotify.web.public.live_snapshot import LiveSnapshot
from renotify.web.public.public_site import PublicSite
from renotify.web.public.rsgi_door import RsgiDoor


@dataclass(frozen=True)
class ServedLookup:
    """What is served: a snapshot, the public key of its maker, and how.

    ``on`` is the day that it is, None for the day on which somebody asks; ``per_minute`` the questions of an address in each worker
    (0: no limit); ``trusted`` the proxies whose X-Forwarded-For counts.
    """

    snapshot: Path
    key: Path
    on: date | None = None
    per_minute: int = 60
    trusted: tuple[str, ...] = ()


def refuse_bad_start(served: ServedLookup, host: str, port: int) -> None:
    """Raise BadInput where the snapshot cannot be opened, Refused where the address is taken: before any worker starts."""
    LiveSnapshot(served.snapshot, public_key(served.key))
    refuse_taken(host, port)


def serve(served: ServedLookup, host: str, port: int, workers: int) -> None:
    """Serve a snapshot until the process is told to end, in as many processes as ``workers``.

    One that is put in its place later is taken within seconds; one that cannot be opened is not, and the log says so.
    """
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    refuse_bad_start(served, host, port)
    say_who_serves()
    Server(
        "renotify.web.public.serving", address=host, port=port, interface=Interfaces.RSGI, workers=workers, websockets=False,
        log_level=LogLevels.warning, respawn_failed_workers=True,
    ).serve(target_loader=partial(door_of, served), wrap_loader=False)  # fmt: skip


def door_of(served: ServedLookup) -> Callable[..., Any]:
    """Return the application of one worker, with the snapshot open and watched."""
    end_with_server()
    logging.basicConfig(format="[%(levelname)s] %(message)s")
    live = LiveSnapshot(served.snapshot, public_key(served.key))
    live.watch()
    return RsgiDoor(site_of(served, live)).answer


def site_of(served: ServedLookup, live: LiveSnapshot) -> PublicSite:
    """Return the site on a live snapshot."""
    fixed = served.on
    today = (lambda: fixed) if fixed else date.today
    return PublicSite(live, today, AddressLimit(served.per_minute), served.trusted)
