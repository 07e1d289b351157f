"""``publish``: the signed snapshot that the public look-up answers from, the keys of its signature, and its check."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.options import FILE, command_options, shared
from renotify.cli.output import noted, progress_bar, show
from renotify.errors import WrongUse
from renotify.values.english import counted

if TYPE_CHECKING:
    from renotify.publish.public_facts import MakersContact

NEW = click.Path(dir_okay=False, path_type=Path)
KEY = Path("publish.key")
SNAPSHOT = Path("look-up.snapshot")


@click.command()
@shared(
    "--out",
    "FILE",
    "file",
    "The snapshot; an older one is replaced when the new one is whole.",
    type=NEW,
    default=SNAPSHOT,
    show_default=True,
)
@click.option(
    "--key",
    metavar="FILE",
    type=NEW,
    default=KEY,
    show_default=True,
    help="The private key that signs; with --check, the public key.",
)
@click.option(
    "--contact",
    "name",
    metavar="WHO",
    help="Who answers the public's questions.  [default: the newest follow-up's sender]",
)
@click.option("--phone", metavar="PHONE", help="The telephone for questions and objections.")
@click.option("--web", metavar="LINK", help="The page for questions and objections, with https://.")
@click.option(
    "--new-key",
    metavar="FILE",
    type=NEW,
    help="Make a pair of keys: FILE signs, FILE.pub is for those who answer.",
)
@click.option("--check", metavar="FILE", type=FILE, help="Check a snapshot, every byte of it.")
@command_options
def publish(
    file: Path,
    key: Path,
    name: str | None,
    phone: str | None,
    web: str | None,
    new_key: Path | None,
    check: Path | None,
    as_json: bool,
    on: date,
) -> None:
    """Write what the public may look up by VIN into one signed file, dated by --on: recalls of 15 years, open or done, without an owner.

    `renotify lookup-site` answers from it, also while the ledger is away. Write it anew every week at least (49 CFR 573.15(b)(7)).
    """
    if new_key is not None and check is not None:
        raise WrongUse("--new-key and --check are two different things.", "Give one of them.")
    if new_key is not None:
        _new_key(new_key, as_json)
    elif check is not None:
        _check(check, key, as_json)
    else:
        _publish(file, key, on, _contact(name, phone, web), as_json)


def _contact(name: str | None, phone: str | None, web: str | None) -> MakersContact | None:
    from renotify.publish.public_facts import MakersContact

    if name is phone is web is None:
        return None
    if not name or not (phone or web):
        raise WrongUse(
            "Whom the public may ask has a name, and a telephone or a page.",
            "Give --contact with --phone or --web.",
        )
    if web and not web.startswith("https://"):
        raise WrongUse(f"--web {web} is no link.", "Write it with https://.")
    return MakersContact(name, phone or "", "", web or "")


def _publish(file: Path, key: Path, on: date, contact: MakersContact | None, as_json: bool) -> None:
    from renotify.ledger.session import open_session
    from renotify.publish.publishing import publish as write
    from renotify.publish.signing_keys import private_key

    signer = private_key(key)
    with progress_bar() as progress, open_session(make=False) as session:
        written = write(session, file, signer, on, contact, progress=progress)
    document: dict[str, Any] = {
        "snapshot": str(written.file), "updated": written.updated, "earliest": written.earliest,
        "campaigns": written.campaigns, "vehicles": written.vehicles, "open_recalls": written.open_recalls, "key": written.key,
        "lacks": list(written.lacks),
    }  # fmt: skip

    def text() -> None:
        noted(
            f"{written.file}, dated {written.updated}, signed with the key {written.key}:"
            f" {counted(written.vehicles, 'vehicle')}, {counted(written.open_recalls, 'open recall')} of them;"
            f" complete since {written.earliest}."
        )
        for lack in written.lacks:
            noted(f"- Not stated, and the public is to be told: {lack}.")
        click.echo(f"Next: renotify lookup-site {written.file}")
        stands = f"renotify deadlines --filed maker:lookup_refresh --on {written.updated}"
        click.echo(f"Once it is up, state it for the clock of the look-up: {stands}")

    show(document, as_json, text)


def _check(file: Path, key: Path, as_json: bool) -> None:
    from renotify.publish.lookup_snapshot import LookupSnapshot
    from renotify.publish.signing_keys import PUBLIC, public_key

    stated = key if key != KEY else KEY.with_name(KEY.name + PUBLIC)
    snapshot = LookupSnapshot(file, public_key(stated))
    vehicles, content = snapshot.check(), snapshot.content
    document = {"snapshot": str(file), "ok": True, "updated": content.updated, "vehicles": vehicles}
    document["key"] = snapshot.manifest.key
    show(
        document,
        as_json,
        lambda: noted(
            f"{file}, dated {content.updated}: {counted(vehicles, 'vehicle')}, every byte as it was signed"
            f" with the key {snapshot.manifest.key}."
        ),
    )


def _new_key(file: Path, as_json: bool) -> None:
    from renotify.publish.signing_keys import fingerprint, new_key, public_key

    public = new_key(file)
    mark = fingerprint(public_key(public))
    show(
        {"private": str(file), "public": str(public), "key": mark},
        as_json,
        lambda: noted(
            f"{file} signs: keep it where nobody else reads it. {public} is for those who answer: its mark is {mark}."
        ),
    )
