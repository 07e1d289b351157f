"""``letter``: the checks, the proof, and who approved which version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from renotify.cli.lazy_group import CommandGroup
from renotify.cli.options import (
    OUT,
    ledger_command,
    shared,
)
from renotify.cli.output import noted, progress_bar, show, table
from renotify.errors import LetterRefused
from renotify.values.english import counted, series

if TYPE_CHECKING:
    from renotify.ledger.session import Session
    from renotify.mailing.accepting import Wording
    from renotify.mailing.approving import Judged


@click.group(cls=CommandGroup)
def letter() -> None:
    """Check, look at and approve the letters of a follow-up."""


@letter.command()
@click.argument("name")
@ledger_command
def check(session: Session, name: str, as_json: bool, on: date) -> None:
    """Compile every version that a follow-up needs and read statements, words and geometry back from the finished PDF.

    Each stands as on the first day, from this one on, on which its wave can be released: what is judged is what is printed.
    The rules that the letters rest on and that a person must still compare or decide are listed after the findings; they block nothing.
    At the end it says whether a release will ask for a signature.
    Exit code 1: a version or an envelope would be refused.
    """
    from renotify.mailing import approving

    with progress_bar() as progress:
        judged = approving.judge_letters(session, name, on=on, progress=progress)
    found = judged.rows
    show(found, as_json, lambda: _print_check(judged, name))
    refused = [row for row in found if row["severity"] == "must"]
    if refused:
        names = list(dict.fromkeys(map(_named, refused)))
        more = len(names) - MOST_NAMED
        shown = [*names[:MOST_NAMED], *([f"{more:,} more"] if more > 0 else [])]
        raise LetterRefused(
            f"{counted(len(names), 'letter version or envelope', 'letter versions or envelopes')} would be refused: {series(shown)}.",
            "Mend what the findings name, then check again." + _or_accept(name, refused),
        )


def _or_accept(name: str, refused: Sequence[Mapping[str, Any]]) -> str:
    """Return what a person can do who holds a refused wording for lawful; blank where none is a wording."""
    if not any(row.get("accept") for row in refused):
        return ""
    return (
        f" Where counsel holds a wording for lawful all the same: renotify letter accept {name} lists each with its id, and"
        f" renotify letter accept {name} ID --by WHO --because REASON accepts it."
    )


MOST_SHOWN = 50
MOST_NAMED = 5


def _print_set_aside(aside: Sequence[Mapping[str, Any]]) -> None:
    """List the pieces that the print run would set aside, by number, field and reason."""
    if not aside:
        return
    fields = ("piece_id", "bundle", "field", "finding")
    listed = [[row[name] for name in fields] for row in aside[:MOST_SHOWN]]
    table("Pieces that would be set aside: correct their rows and load them", fields, listed)
    if len(aside) > MOST_SHOWN:
        noted(f"And {len(aside) - MOST_SHOWN:,} more; --json lists them all.")


def _print_mended(found: Sequence[Mapping[str, Any]]) -> None:
    """Say, version by version, how many letters are printed otherwise than their rows stand."""
    by_version = {row["digest"]: row for row in found if row.get("mended")}
    for row in by_version.values():
        for reason, count in row["mended"].items():
            noted(f"{_named(row)}: printed otherwise than its row stands, {reason}: {count:,}")


def _terms(row: Mapping[str, Any]) -> str:
    """Return what tells a version from another of the same bundle: whose remedy is not free, an interim notice by the plan, its
    wording.
    """
    not_free = f" (not free: {row['not_free']})" if row.get("not_free") else ""
    interim = {"": "", "-": " (interim, no day)"}
    day = row.get("interim", "")
    wording = f" (wording {row['wording']})" if row.get("wording") else ""
    return not_free + interim.get(day, f" (interim, from {day})") + wording


def _named(row: Mapping[str, Any]) -> str:
    """Return what a person calls a version: ``9LA to the owner (en)``."""
    return f"{row['bundle']}{_terms(row)} to the {row['role']} ({row['language']})"


def _counted(rows: Sequence[tuple[str, ...]], at: int) -> list[tuple[str, ...]]:
    """Return different rows once each; one that comes several times says how often before its text at a place."""
    times = Counter(rows).items()
    return [
        row if count == 1 else (*row[:at], f"({count:,} times) {row[at]}", *row[at + 1 :])
        for row, count in times
    ]


# What the table says of a finding by its severity: its words stand once, below the table
VERDICTS = {"": "passes", "must": "refused", "should": "passes, but see below", "accepted": "passes, accepted"}  # fmt: skip


def _number(row: Mapping[str, Any]) -> str:
    """Return by which id a person can accept a refused wording; blank where there is none."""
    return f" [accept {row['accept']}]" if row["severity"] == "must" and row.get("accept") else ""


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _print_signatures(judged: Judged, name: str) -> None:
    """Say whether a release will ask for a signature; of letters that are refused this is asked once they pass."""
    if any(row["severity"] == "must" for row in judged.rows):
        return
    if judged.wanted:
        noted(f"\nA release will ask for a signature. {judged.wanted.sentence}")
    elif judged.unsigned:
        versions = counted(judged.unsigned, "letter version is", "letter versions are")
        noted(
            f"\n{versions} not signed: a wave with one is held, unless [readiness] says otherwise."
            f" Next: renotify letter approve {name} --by WHO."
        )
    else:
        noted("\nEvery letter is signed.")


def _print_check(judged: Judged, name: str) -> None:
    found = judged.rows
    columns = (
        "bundle", "role", "language", "finding", "severity", "citation", "pages", "digest", "mail_date",
    )  # fmt: skip
    versions = [row for row in found if "piece_id" not in row]
    named = [{**row, "bundle": row["bundle"] + _terms(row)} for row in versions]
    named = [{**row, "finding": VERDICTS[row["severity"]]} for row in named]
    rows = _counted([tuple(_text(row.get(c)) for c in columns) for row in named], 3)
    least = (*reversed(columns[4:]), "language")  # the finding goes last
    table("Letter versions", columns, rows, first_to_go=least)
    said = [
        (
            _named(row),
            f"{row['severity']}: {row['finding'][:1].upper()}{row['finding'][1:]}{row['citation'] and ' '}{row['citation']}{_number(row)}",
        )
        for row in versions
        if row["severity"]
    ]
    for who, finding in _counted(said, 1):
        noted(f"- {who}, {finding}")
    _print_set_aside([row for row in found if "piece_id" in row])
    _print_mended(found)
    _print_sentences(found)
    marks = {mark["id"]: mark for row in found for mark in row["open_marks"]}
    if marks:
        fields = ("id", "citation", "mark")
        listed = [[mark[name] for name in fields] for mark in marks.values()]
        table("Open marks: rules still to be compared or decided", fields, listed)
    _print_signatures(judged, name)


def _print_sentences(rows: Sequence[Mapping[str, Any]]) -> None:
    """List every sentence that is not the law's, by the text that it stands in, each once: the signature of the letters is of these."""
    by_text: dict[str, list[str]] = {}
    for row in rows:
        for one in row.get("sentences", ()):
            by_text.setdefault(one["where"], []).append(one["text"])
    if by_text:
        count = counted(sum(map(len, by_text.values())), "sentence")
        noted(f"\nRead before you sign: {count} of the maker's own, which no rule reads whole")
    for where, texts in by_text.items():
        click.echo(where[:1].upper() + where[1:])
        for text in texts:
            noted(f"- {text}")


@letter.command()
@click.argument("name")
@OUT
@ledger_command
def proof(session: Session, name: str, out: Path, as_json: bool, on: date) -> None:
    """Write PNG and PDF of each version with real, longest and worst-case values and the boxes they must fit.

    Exit code 1: a version is refused and has no proof; those of the others are written.
    """
    from renotify.mailing import approving

    with progress_bar() as progress:
        files, refused = approving.proof_letters(session, name, on=on, out=out, progress=progress)
    show(files, as_json, lambda: click.echo("\n".join(files)))
    for sentence in refused:
        click.echo(f"Refused: {sentence}", err=True)
    if refused:
        raise click.exceptions.Exit(1)


@letter.command()
@click.argument("name")
@shared(
    "--by",
    "WHO",
    "approver",
    required=True,
    about="Who approves (a name or role that may stand in the record).",
)
@ledger_command
def approve(session: Session, name: str, approver: str, as_json: bool, on: date) -> None:
    """Record who approved the checked versions of a follow-up, and under which rule pack.

    It lists the sentences that the signature is of: all that are not the law's. With another sentence a letter is not approved.
    """
    from renotify.mailing import approving

    signed = approving.approve_letters(session, name, approver=approver, on=on)

    def text() -> None:
        _print_sentences(signed)
        for sentence in dict.fromkeys(sentence for row in signed for sentence in row["accepted"]):
            noted(f"- {sentence}")
        noted(
            f"{counted(len(signed), 'version')} approved by {signed[0]['approved_by']}, with these sentences;"
            " another sentence is not approved."
        )

    show(signed, as_json, text)


@letter.command()
@click.argument("name")
@click.argument("numbers", nargs=-1, metavar="[ID]...")
@shared(
    "--by", "WHO", about="Who accepts (a name or role that may stand in the record).", default=""
)
@shared(
    "--because",
    "REASON",
    about="Why the sentence is lawful as it stands; kept with the ledger.",
    default="",
)
@shared("--withdrawn", about="Take the acceptance back; --by and --because say who and why.")
@ledger_command
def accept(
    session: Session,
    name: str,
    numbers: tuple[str, ...],
    by: str,
    because: str,
    withdrawn: bool,
    as_json: bool,
    on: date,
) -> None:
    """Accept by name a sentence that the gate refuses for its words: counsel has read it, and answers for it.

    Without an ID it lists the refused wordings, each with its id, text, language, campaign and rule, and those that were accepted.
    An acceptance is of this sentence, beside the campaign's other texts, under this rule; when one of them changes, it lapses.
    Only wordings can be accepted: no missing statement, no place on the page, no fact. Then sign the letters: renotify letter approve.
    """
    from renotify.ledger.wave_decisions import Decision
    from renotify.mailing import accepting

    if not numbers:
        if by or because or withdrawn:
            raise click.UsageError(
                "Name the wordings by their ids: renotify letter accept NAME lists them."
            )
        with progress_bar() as progress:
            found = accepting.wordings(session, name, on=on, progress=progress)
        show([one.document() for one in found], as_json, lambda: _print_wordings(name, found))
        return
    act = accepting.take_back if withdrawn else accepting.accept
    done = act(session, name, numbers, Decision(by, because), on=on)
    show(
        [one.document() for one in done],
        as_json,
        lambda: _print_decided(done, _still_held(session, name, on), taken_back=withdrawn),
    )


def _still_held(session: Session, name: str, on: date) -> list[str]:
    """Say what holds a release of the letters once wordings were decided about, and the next command."""
    from renotify.mailing.approving import judge_letters

    with progress_bar() as progress:
        judged = judge_letters(session, name, on=on, progress=progress)
    refused = [row["bundle"] for row in judged.rows if row["severity"] == "must"]
    if refused:
        ids = [one.short for one in judged.refused]
        wordings = (
            f", of them {counted(len(ids), 'wording')} that can be accepted ({', '.join(ids)})"
            if ids
            else ""
        )
        return [
            f"The release is still refused: {counted(len(refused), 'finding')} about {series(sorted(set(refused)))}{wordings}.",
            f"Next: renotify letter check {name}",
        ]
    if judged.wanted:
        return [f"The release still waits for a signature: {judged.wanted.sentence}"]
    if judged.unsigned:
        versions = counted(judged.unsigned, "letter version")
        return [
            f"{versions} not signed off.",
            f"Next: renotify letter check {name}, then renotify letter approve {name} --by WHO",
        ]
    return [f"Nothing of the letters holds the release. Next: renotify mail ready {name} WAVE"]


WORDINGS = ("id", "stands", "where", "rule", "citation")


def _print_wordings(name: str, found: Sequence[Wording]) -> None:
    if not found:
        noted(f"No wording refuses a letter of {name}, and none was accepted.")
        return
    rows = [one.document() for one in found]
    table(
        "Wordings that a rule refuses",
        WORDINGS,
        [[row[column] for column in WORDINGS] for row in rows],
    )
    for one in found:
        by = f"; accepted by {one.kept.words}" if one.kept else ""
        noted(f"- {one.read.short}, {one.read.title}: {one.read.sentence!r}{by}")
    if any(one.stands == "refused" for one in found):
        click.echo(f"To accept one: renotify letter accept {name} ID --by WHO --because REASON")


def _print_decided(done: Sequence[Wording], held: Sequence[str], *, taken_back: bool) -> None:
    for one in done:
        kept = one.kept.words if one.kept else ""
        what = "no longer accepted; it was, by" if taken_back else "accepted by"
        click.echo(
            f"{one.read.short}, in {one.read.where}, {what} {kept}: {one.read.sentence!r} ({one.read.citation})"
        )
    for sentence in held:
        click.echo(sentence)
