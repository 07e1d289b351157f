"""Every write happens once: a key that the caller chose stands for one call, and the same call again gets the same answer.

What was asked under a key and what was answered are two lines of the reading log (decision 0102): the log is added to only, and the
first line is written before the write, so that of two calls at once one writes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from renotify.errors import RenotifyError
from renotify.web.api.problems import PROBLEM_JSON, Stopped, of_refusal, problem
from renotify.web.door.person import Person
from renotify.web.door.reading import Deed, Reading, note
from renotify.web.door.visit import visit_of

PATIENCE = timedelta(seconds=30)  # a call that has said nothing for longer is lost
JSON = "application/json; charset=utf-8"


class Answered(NamedTuple):
    """An answer as it is kept: its status and its document."""

    status: int
    body: str

    def answer(self, *, again: bool) -> HttpResponse:
        """Return it as an answer; ``again``: it is the answer of an earlier call."""
        kind = JSON if self.status < 400 else PROBLEM_JSON
        answer = HttpResponse(self.body, status=self.status, content_type=kind)
        if again:
            answer["Idempotent-Replayed"] = "true"
        return answer


def once(
    request: HttpRequest,
    key: str,
    write: Callable[[], BaseModel],
    *,
    status: int = 200,
    may_repeat: bool = True,
) -> HttpResponse:
    """Return the answer of ``write``, or the one it had under the same key.

    The same key with another call is refused (422), and while the first one runs (409). A call that was lost on its way is written again,
    as rows of the input contract say nothing new the second time; where they would add up (``may_repeat`` is False) it is refused, and
    says where to look.
    """
    person = visit_of(request).person
    if person is None:
        raise Stopped(problem(401))
    known = _claimed(person, key, _call_of(request), may_repeat=may_repeat)
    if known is not None:
        return known.answer(again=True)
    said = Answered(500, "")
    try:
        said = _answer_of(write, status)
    finally:
        kept: dict[str, Any] = {"status": said.status, "body": said.body}
        note(person, Deed.ANSWERED_ONCE, _subject(key), kept)
    return said.answer(again=False)


def _answer_of(write: Callable[[], BaseModel], status: int) -> Answered:
    try:
        return Answered(status, write().model_dump_json())
    except RenotifyError as error:
        refused = of_refusal(error)
    except Stopped as stopped:
        refused = stopped.problem
    return Answered(refused.status, refused.answer().content.decode())


def _subject(key: str) -> str:
    return f"key {key}"


def _call_of(request: HttpRequest) -> str:
    """Return what stands for a call: the same method, address and body are the same call."""
    parts = (request.method or "", request.get_full_path(), "")
    return hashlib.sha256("\n".join(parts).encode() + request.body).hexdigest()


def _claimed(person: Person, key: str, call: str, *, may_repeat: bool) -> Answered | None:
    """Write that a key is asked under, when nobody else can; return the answer that it has already."""
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        lines = Reading.objects.filter(
            person=person,
            subject=_subject(key),
            deed__in=(Deed.ASKED_ONCE, Deed.ANSWERED_ONCE),
        )
        before = list(lines.order_by("id"))
        if before:
            if before[0].answer["call"] != call:
                raise Stopped(
                    problem(422, "This key stands for another call.", "Give every call a key of its own: a UUID.")
                )  # fmt: skip
            last = before[-1]
            if last.deed == Deed.ANSWERED_ONCE and last.answer["status"] < 500:
                return Answered(last.answer["status"], last.answer["body"])
            _refuse_what_is_not_lost(last, may_repeat=may_repeat)
        note(person, Deed.ASKED_ONCE, _subject(key), {"call": call})
    return None


def _refuse_what_is_not_lost(last: Reading, *, may_repeat: bool) -> None:
    if last.deed == Deed.ASKED_ONCE and datetime.now(UTC) - last.at < PATIENCE:
        raise Stopped(
            problem(409, "The first call with this key has not ended.", "Ask again in half a minute, with the same key.")
        )  # fmt: skip
    if not may_repeat:
        raise Stopped(
            problem(
                409,
                "It is not known whether the first call with this key was taken.",
                "Look what the ledger has (GET /api/v1/parts), and send what lacks with a new key.",
            )
        )
