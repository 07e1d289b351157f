"""Writes the tables of docs/reference/terminal.md from ``renotify.cli.terminal_words`` and the commands' own options; cog puts them in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import click
from cli_reference import leaves

from renotify.cli.terminal_words import COLUMNS, EXITS, KINDS, OPTIONS, VALUES
from renotify.values.list_file import HEADINGS
from renotify.vehicle_lists import list_columns


def kinds() -> str:
    """How each kind of value is written."""
    return _table(("kind", "how it is written"), KINDS.items())


def columns() -> str:
    """The columns of all tables, with their kinds; those of ``vehicles`` alone after them."""
    own = list_columns.COLUMNS | list_columns.BESIDE
    rows = [(f"`{name}`", one.kind, one.meaning) for name, one in COLUMNS.items()]
    lists = [(f"`{name}`", one.about) for name, one in own.items()]
    shorter = ", ".join(f"`{key}` as `{name}`" for key, name in HEADINGS.items())
    return (
        f"{_table(('column', 'kind', 'what it says'), rows)}\nA table says some keys of `--json` shorter: {shorter}."
        " A file that a list is written to has both, the shorter at its end.\n\n"
        f"### Columns of `vehicles`\n\n{_table(('column', 'what it says'), lists)}"
    )


def options() -> str:
    """The options that several commands share, and which commands have each."""
    used = defaultdict(list)
    for command, name, value in given():
        used[name, value].append(f"`{command}`")
    rows = []
    for one in OPTIONS:
        commands = used[one.name, one.value]
        where = "most commands" if len(commands) > MOST_NAMED else ", ".join(commands)
        rows.append((f"`{one.name}{one.value and ' '}{one.value}`", one.meaning, where))
    return _table(("option", "what it says", "of"), rows)


MOST_NAMED = 8


def values() -> str:
    """What is written behind options."""
    return _table(
        ("value", "what is written"), ((f"`{name}`", about) for name, about in VALUES.items())
    )


def exits() -> str:
    """The exit codes."""
    return _table(("code", "what it says"), ((f"`{code}`", about) for code, about in EXITS.items()))


def _is_long(name: str) -> bool:
    """Whether it is the name of an option and no letter for it."""
    return name.startswith("--")


def given() -> Iterator[tuple[str, str, str]]:
    """Yield of each option its command, name and value: "" for a switch; a choice of columns is COLUMNS."""
    for words, command in leaves():
        context = click.Context(command)
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                value = "" if option.is_flag else option.make_metavar(context)
                value = "COLUMNS" if option.name == "by" and value.startswith("[") else value
                for name in filter(_is_long, (*option.opts, *option.secondary_opts)):
                    yield words, name, value


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines
    )
