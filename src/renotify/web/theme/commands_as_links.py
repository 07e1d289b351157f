"""No page names a command: where a sentence of a room below does, the page has a link to the form that does the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.html import escape

from renotify.web.door.person import Person
from renotify.web.theme.where_it_is_done import COMMAND, command_at, place_of

_TAG = re.compile(r"(<[^>]*>)")
_KEPT = (
    "a",
    "button",
    "option",
    "textarea",
    "title",
    "svg",
)  # a link within these is none: words alone
_UNREAD = ("script", "style")
_AND_THEN = re.compile(r"[;,]? (?:(?:and|or|then) )?")


class CommandsAsLinks:
    """The middleware that goes over the text of a page, if it names a command at all: values of fields and scripts stay as they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with links in place of commands."""
        answer = self.get_response(request)
        if (
            isinstance(answer, HttpResponse)
            and answer.get("Content-Type", "").startswith("text/html")
            and b"renotify " in answer.content
        ):
            user = getattr(request, "user", None)
            role = user.role if isinstance(user, Person) else ""
            answer.content = with_links(answer.content.decode(answer.charset), role)
        return answer


def with_links(page: str, role: str) -> str:
    """Return a page (HTML) in which each command is a link to where a reader of a role does it."""
    return "".join(_parts(page, role))


def _parts(page: str, role: str) -> Iterator[str]:
    within: list[str] = []
    for part in _TAG.split(page):
        if part.startswith("<"):
            _enter(within, part)
            yield part
        elif "renotify " not in part or any(one in within for one in _UNREAD):
            yield part
        else:
            yield said(part, role, linked=not within)


def _enter(within: list[str], tag: str) -> None:
    """Keep in which of the elements that matter the text after a tag stands."""
    name = tag[1:].split(None, 1)[0].strip("/>").lower() if len(tag) > 2 else ""
    if name not in _KEPT + _UNREAD:
        return
    if tag.startswith("</"):
        if name in within:
            within.remove(name)
    elif not tag.endswith("/>"):
        within.append(name)


def said(text: str, role: str, *, linked: bool = True) -> str:
    """Return a text (escaped) with a link, or words alone, in place of each command that it names."""
    out, at, before = [], 0, None
    while found := COMMAND.search(text, at):
        command, given, end = command_at(text, found)
        place = place_of(command, given, role)
        if place == before and _AND_THEN.fullmatch(text[at : found.start()]):
            at = end  # two commands in a row that one page does: it is named once
            continue
        before = place
        words = escape(place.words)
        out += [
            text[at : found.start()],
            f'<a href="{escape(place.address)}">{words}</a>' if linked and place.address else words,
        ]
        at = end
    return "".join([*out, text[at:]])
