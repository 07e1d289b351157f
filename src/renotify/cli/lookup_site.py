"""``lookup-site``: the public look-up, served from a snapshot."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from renotify.cli.options import command_options, is_given, shared, usable_cpus
from renotify.cli.output import noted, show

NEW = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("snapshot", type=NEW, default=Path("look-up.snapshot"))
@click.option(
    "--public-key",
    metavar="FILE",
    type=NEW,
    default=Path("publish.key.pub"),
    show_default=True,
    help="The maker's public key.",
)
@shared("--host", "ADDRESS", default="127.0.0.1", show_default=True)
@shared("--port", "NUMBER", type=click.IntRange(1, 65535), default=8573, show_default=True)
@click.option(
    "--rate",
    metavar="NUMBER",
    type=click.IntRange(min=0),
    default=60,
    show_default=True,
    help="Questions a minute that one address may ask each worker; 0 is no bound.",
)
@click.option(
    "--trusted-proxy",
    "trusted",
    metavar="ADDRESS",
    multiple=True,
    help="A proxy whose X-Forwarded-For counts; may be repeated.",
)
@shared(
    "--workers",
    "NUMBER",
    about="Processes that answer.",
    type=click.IntRange(min=1),
    default=usable_cpus,
    show_default="the machine's CPUs",
)
@command_options
def lookup_site(
    snapshot: Path,
    public_key: Path,
    host: str,
    port: int,
    rate: int,
    trusted: tuple[str, ...],
    workers: int,
    as_json: bool,
    on: date,
) -> None:
    """Serve the public look-up by VIN from a snapshot of `renotify publish`, until it is stopped; no ledger is needed.

    A newer snapshot in the file's place is taken within seconds, if its signature holds. Pages: /en and /es; for programs
    /api/v1/lookup; for whoever watches it /health. With --on, as if it were that day.
    """
    from renotify.web.public.serving import ServedLookup, refuse_bad_start, serve

    served = ServedLookup(snapshot, public_key, on if is_given("on") else None, rate, trusted)
    refuse_bad_start(served, host, port)
    address = f"http://{host}:{port}/"
    show({"address": address}, as_json, lambda: noted(f"Look up at {address}"))
    serve(served, host, port, workers)
