"""No page names a command: what a room says to a terminal is a link to the form that does the same, for a reader who may open it."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import renotify
from two_dealers import EAST, EAST_BOTH, PMP

NAMED = re.compile(r"renotify [a-z][a-z-]+")


def _said(text: str, role: str = "analyst") -> str:
    from renotify.web.theme.commands_as_links import said

    return said(text, role)


def test_every_command_of_the_house_has_its_place_on_the_site_or_is_known_to_have_none() -> None:
    from renotify.cli import MODULES
    from renotify.web.theme.where_it_is_done import OF_THE_RUNNERS, WAYS

    known = {one.partition(" ")[0] for one in WAYS} | set(OF_THE_RUNNERS)
    commands = set(MODULES)
    assert commands - known == set()


def test_every_command_is_read_to_the_end_of_what_it_is_given_and_no_further() -> None:
    """Of all that the house has: `letter accept NAME` is one command, and not `letter` with a rest that stays in the sentence."""
    import click

    from renotify.cli import main
    from renotify.web.theme.where_it_is_done import COMMAND, command_at

    def own(command: Any, *path: str) -> Iterator[tuple[str, int]]:
        if isinstance(command, click.Group):
            within = click.Context(command)
            for name in command.list_commands(within):
                yield from own(command.get_command(within, name), *path, name)
        else:
            yield (
                " ".join(path),
                sum(isinstance(one, click.Argument) and one.nargs == 1 for one in command.params),
            )

    wrong = []
    for command, given in own(main):
        call = " ".join(["renotify", command, *(f"given{number}" for number in range(given))])
        read, values, end = command_at(f"{call} tells it", COMMAND.match(f"{call} tells it"))
        if (read, len(values), end) != (command, given, len(call)):
            wrong.append((call, read, values))
    assert wrong == []


def test_every_option_without_a_value_is_known_lest_it_swallow_the_next_word() -> None:
    import click

    from renotify.cli import main
    from renotify.web.theme.where_it_is_done import FLAGS

    def flags(command: Any) -> Any:
        for one in command.params:
            if getattr(one, "is_flag", False):
                yield from (name for name in (*one.opts, *one.secondary_opts))
        if isinstance(command, click.Group):
            within = click.Context(command)
            for name in command.list_commands(within):
                yield from flags(command.get_command(within, name))

    known = {f"--{one}" for one in (*FLAGS, "help", "version", "quiet", "withdrawn")} | {
        "-h",
        "-q",
    }  # --withdrawn has a value in deadlines
    assert set(flags(main)) - known == set()


def test_every_place_is_an_address_of_the_site(site: Any) -> None:
    from django.urls import reverse

    from renotify.web.theme.where_it_is_done import WAYS

    example = {"name": "spring", "wave": 1, "code": PMP, "vin": "JTHCE96SX70900019"}
    for ways in WAYS.values():
        for way in ways:
            assert reverse(way.address, args=[example[part] for part in way.parts])
            assert not way.parts or reverse(way.otherwise)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "Plan it with `renotify plan spring`.",
            'Plan it with <a href="/analyst/follow-ups/spring/#plan">the plans of follow-up spring</a>.',
        ),
        (
            "Write them: renotify notices spring; renotify notices spring --sent --on DATE.",
            'Write them: <a href="/mailing/spring/#notices">the notices of follow-up spring</a>.',
        ),
        (
            "until it is planned again (`renotify replan spring`) or another plan is put in force (`renotify plans use spring DRAFT`).",
            (
                'until it is planned again (<a href="/analyst/follow-ups/spring/#plan">the plans of follow-up spring</a>) or another plan'
                " is put in force ("
                '<a href="/analyst/follow-ups/spring/#decide">the form that puts a plan of follow-up spring in force</a>).'
            ),
        ),
        (
            "mail accept: renotify mail accept spring 2 EVIDENCE.csv",
            'mail accept: <a href="/mailing/spring/2/">the page of wave 2 of spring</a>',
        ),
        (
            "renotify vehicles --campaign A --campaign B --not-booked",
            '<a href="/analyst/vehicles/?campaign=A%2CB&amp;booked=no">the list of vehicles (campaign A,B, booked no)</a>',
        ),
        (
            "See: renotify owners refused.",
            'See: <a href="/analyst/owners/">the owners that a person must find</a>.',
        ),
        ("renotify publish writes it.", "the terminal of the people who run the site writes it."),
        ("It runs on renotify alone.", "It runs on renotify alone."),
    ],
)
def test_a_command_in_a_sentence_is_a_link_with_words_that_fit(site: Any, text: str, words: str) -> None:  # fmt: skip
    assert _said(text) == words


_STANDS_ALONE = re.compile(
    r"(?:^|:|\bwith|\(|;|, or) *`?$"
)  # before a command: it is no word of the sentence

_MAY_NAME = re.compile(r"""(?<!from )renotify(?: |["'])""")  # within a text, or at its end


def _sentences(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every text of a program, without what it says of itself; what is filled in is a blank."""
    bodies = [
        one.body[0]
        for one in ast.walk(tree)
        if isinstance(one, ast.Module | ast.ClassDef | ast.FunctionDef) and one.body
    ]
    said = {id(one.value) for one in bodies if isinstance(one, ast.Expr)}
    said |= {
        id(part) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for part in one.values
    }
    for one in ast.walk(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in said:
            yield one.lineno, one.value
        elif isinstance(one, ast.JoinedStr):
            yield (
                one.lineno,
                "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "_"
                    for part in one.values
                ),
            )


@cache
def _of_the_house() -> tuple[tuple[str, int, str], ...]:
    """Every text of the house that may name a command, with its file and line; those of the terminal alone are left out."""
    rooms, found = Path(renotify.__file__).parent, []
    for file in rooms.rglob("*.py"):
        program = file.read_text(encoding="utf-8")
        if {"cli", "demo"} & {*file.relative_to(rooms).parts} or not _MAY_NAME.search(program):
            continue
        found += [(file.name, line, text) for line, text in _sentences(ast.parse(program))]
    return tuple(found)


def test_a_sentence_for_two_readers_has_its_command_in_a_place_of_its_own() -> None:
    """After a colon, in brackets, or after "with": there a page's name fits as well, whereas "until the next COMMAND" makes no sense."""
    wrong = [
        (file, line, text[: found.end()])
        for file, line, text in _of_the_house()
        for found in NAMED.finditer(text)
        if not _STANDS_ALONE.search(text[: found.start()])
    ]
    assert wrong == []


OF_TERMINALS = {
    "earlier_plan.py",
    "void_jobs.py",
}  # a file of a plan, and the note beside a void print job: no page shows them


def test_every_command_that_a_room_names_is_read_whole_with_what_it_is_given() -> None:
    """All sentences of the house: each is a command that there is, its options are its own, and where it ends the sentence goes on."""
    from renotify.web.theme.where_it_is_done import COMMAND, POSITIONAL, STOPS, command_at

    wrong, read = [], 0
    goes_on = re.compile(rf"$|[.,;:)]| \(| (?:{'|'.join(sorted(STOPS))})\b")
    for file, line, text in _of_the_house():
        if file in OF_TERMINALS:
            continue
        said, at = html.escape(text.replace("_", "given")), 0
        while found := COMMAND.search(said, at):
            command, given, at = command_at(said, found)
            read += 1
            known = _taken_by(command) | {*POSITIONAL.get(command, ())}
            if not known >= {*given} or not (found["tick"] or goes_on.match(said, at)):
                wrong.append((file, line, said[found.start() : at + 20], given))
    assert wrong == []
    assert read > 150


def _taken_by(command: str) -> set[str]:
    """What a command of the house takes, by name; it must be one, and no group of them that another word belongs to."""
    import click

    from renotify.cli import main

    found: Any = main
    for word in command.split():
        found = found.get_command(click.Context(found), word)
    return {name.lstrip("-").replace("-", "_") for one in found.params for name in (*one.opts, *one.secondary_opts)}  # fmt: skip


def test_every_list_of_mail_that_waits_says_what_to_do_in_the_words_of_the_site(site: Any) -> None:
    from renotify.mailing import open_work, return_work
    from renotify.web.mail_room.mail_pages import HERE

    assert {*HERE} == {*return_work.LISTS, *open_work.NEXT}
    assert [said for said in HERE.values() if NAMED.search(said)] == []


def test_each_reader_is_sent_to_a_page_of_their_own_or_to_the_analyst(site: Any) -> None:
    hint = "Take the receipts in: renotify notices spring --acknowledge FILE."
    assert 'href="/dealer/notices/"' in _said(hint, "dealer_parts")
    assert 'href="/area/notices/"' in _said(hint, "area_manager")
    assert html.unescape(_said(hint, "contact")) == "Take the receipts in: the analyst's desk."


def test_values_of_fields_and_words_within_a_link_get_no_link(site: Any) -> None:
    from renotify.web.theme.commands_as_links import with_links

    page = '<input value="renotify plan spring"><a href="/x/">renotify plan spring</a>'
    assert with_links(page, "analyst") == (
        '<input value="renotify plan spring"><a href="/x/">the plans of follow-up spring</a>'
    )


def _words(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<(script|style).*?</\1>", "", page)))


def _walked(browser: Any, most: int = 81) -> dict[str, list[str]]:
    """Walk from a person's first page along every link of the site to a page, two of a shape; return the commands that pages name."""
    found, seen, shapes, waiting = (
        {},
        set(),
        {},
        ["/", f"/contact/vehicle/{EAST_BOTH}/", "/analyst/freeze/"],
    )
    while waiting and len(seen) < most:
        at = waiting.pop(0)
        shape = re.sub(r"[A-HJ-NPR-Z0-9]{17}|\d+|=[^&]*", "*", at)
        shapes[shape] = shapes.get(shape, 0) + 1
        if at in seen or shapes[shape] > 2:
            continue
        seen.add(at)
        answer = browser.get(at if at == "/" else at + ("&" if "?" in at else "?") + "now=1", follow=True)  # fmt: skip
        if "text/html" not in answer.get("Content-Type", ""):
            continue
        page = answer.content.decode()
        if named := NAMED.findall(_words(page)):
            found[at] = named
        links = [html.unescape(one) for one in re.findall(r'href="(/[^"#]*)', page)]
        waiting += [
            one
            for one in links
            if not one.startswith(("/static", "/sign-in", "/api")) and "/file/" not in one
        ]
    return found


@pytest.mark.parametrize(
    "names",  # who sees the same is told what was worked out for the other
    [("ana", "rex"), ("east_area",), ("east_service", "east_parts"), ("carla",), ("stranger",)],
    ids=" and ".join,
)
def test_no_page_of_anybody_names_a_command(site: Any, names: tuple[str, ...]) -> None:
    assert {name: _walked(site.client(name)) for name in names} == {name: {} for name in names}


def test_no_refusal_names_one(site: Any) -> None:
    """Each of these refusals has a command in its hint."""
    for name, at in {
        "ana": "/mailing/summer/",
        "rex": "/analyst/follow-ups/summer/",
        "east_service": "/dealer/notices/summer/1/",
    }.items():
        page = site.client(name).get(at).content.decode()
        assert NAMED.findall(_words(page)) == [], at


def test_the_sentence_of_a_job_and_the_log_of_the_auditor_name_none(site: Any) -> None:
    from renotify.web.door.person import Person
    from renotify.web.jobs.job import Job

    ana = site.client("ana")
    job = Job.objects.create(
        kind="release", title="Release", asked_by=Person.objects.get(username="ana"), state="refused",
        sentence="Follow-up summer has no waves. Plan it first: renotify plan summer.",
    )  # fmt: skip
    page = ana.get(f"/jobs/{job.pk}/").content.decode()
    assert 'Plan it first: <a href="/analyst/follow-ups/summer/#plan">' in page
    ana.get(f"/analyst/vehicles/file/csv/?campaign={PMP}&dealer={EAST}")
    log = _words(site.client("rex").get("/auditor/").content.decode())
    assert f"campaign {PMP}, dealer {EAST}" in log
    assert NAMED.findall(log) == []
